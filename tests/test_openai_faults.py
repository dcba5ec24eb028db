"""Every fault, as the official client sees it or fails to; and what that client does when left alone."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openai import APIConnectionError, APIError, APIStatusError, OpenAI

from tests.openai_client import edit, opened, photo, stream
from tests.openai_faults import MONEY_WORDS, Fault
from tests.openai_server import KEY, OpenAIServer


def status(fault: Fault, number: int, code: str | None) -> Any:
    return pytest.param(fault, number, code, id=fault.label)


class TestFaults:
    @pytest.mark.parametrize(
        ("fault", "number", "code"),
        [
            status(Fault.status(500), 500, None),
            status(Fault.gateway(502), 502, None),
            status(Fault.gateway(504), 504, None),
            status(Fault.overloaded(), 503, "server_is_overloaded"),
            status(Fault.rate_limited(), 429, "rate_limit_exceeded"),
            status(Fault.slow_down(), 429, "slow_down"),
            *(status(Fault.no_money(code), 429, code) for code in MONEY_WORDS),
            status(Fault.wrong_key(), 401, "invalid_api_key"),
            status(Fault.missing_scope(), 403, "missing_scope"),
            status(Fault.missing_scope(status=401), 401, "missing_scope"),
            status(Fault.unverified(), 403, None),
            status(Fault.country(), 403, "unsupported_country_region_territory"),
            status(Fault.no_model(), 404, "model_not_found"),
            status(Fault.too_large(), 413, None),
            status(Fault.moderation(), 400, "moderation_blocked"),
            status(Fault.setting("quality"), 400, "invalid_value"),
            status(Fault.detail(), 500, None),
            status(Fault.detail_list(), 422, None),
            status(Fault.text("upstream failed", status=500), 500, None),
        ],
    )
    def test_refusals_are_understood_by_the_sdk(
        self, sdk: OpenAI, openai_server: OpenAIServer, fault: Fault, number: int, code: str | None
    ) -> None:
        openai_server.play(fault)
        with pytest.raises(APIStatusError) as caught:
            edit(sdk)
        assert (caught.value.status_code, caught.value.code) == (number, code)
        assert ("retry-after" in caught.value.response.headers) == (
            code in {"server_is_overloaded", "rate_limit_exceeded", "slow_down"}
        )
        assert caught.value.response.headers["x-request-id"]

    @pytest.mark.parametrize(
        "fault",
        [
            Fault.reset(),
            Fault.reset_while_sending(),
            Fault.half_body(),
            Fault.garbage(),
            Fault.reset_stream(),
        ],
        ids=lambda fault: fault.label,
    )
    def test_a_broken_wire_is_a_connection_error(
        self, sdk: OpenAI, openai_server: OpenAIServer, fault: Fault
    ) -> None:
        openai_server.play(fault)
        with pytest.raises(APIConnectionError):
            stream(sdk) if fault.name == "reset_stream" else edit(sdk)
        assert len(openai_server.posts) == 1
        assert edit(sdk).data

    def test_nobody_is_there_and_then_somebody_is(self, sdk: OpenAI, openai_server: OpenAIServer) -> None:
        edit(sdk)
        with openai_server.away(), pytest.raises(APIConnectionError):
            edit(sdk)
        edit(sdk)
        assert len(openai_server.posts) == 2

    def test_a_slow_drip_comes_whole(self, sdk: OpenAI, openai_server: OpenAIServer) -> None:
        openai_server.play(Fault.drip(0.2, pieces=5), Fault.drip(0.2, pieces=5))
        began = time.monotonic()
        assert opened(edit(sdk).data[0].b64_json)
        assert time.monotonic() - began > 0.2
        assert stream(sdk)[-1].type == "image_edit.completed"

    @pytest.mark.parametrize(
        ("fault", "seen"),
        [
            (Fault.error_with_200(), lambda answer: answer.data is None),
            (Fault.no_data(), lambda answer: answer.data is None),
            (Fault.empty_data(), lambda answer: answer.data == []),
            (Fault.no_picture(), lambda answer: answer.data[0].b64_json is None),
            (Fault.url(), lambda answer: answer.data[0].b64_json is None and answer.data[0].url),
            (Fault.no_usage(), lambda answer: answer.usage is None and opened(answer.data[0].b64_json)),
            (Fault.speck(), lambda answer: opened(answer.data[0].b64_json).size == (1, 1)),
            (Fault.other_size(640, 800), lambda answer: opened(answer.data[0].b64_json).size == (640, 800)),
            (Fault.portal(), lambda answer: isinstance(answer, str)),
        ],
    )
    def test_silent_failures_pass_the_sdk_without_a_word(
        self, sdk: OpenAI, openai_server: OpenAIServer, fault: Fault, seen: Callable[[Any], bool]
    ) -> None:
        openai_server.play(fault)
        assert seen(edit(sdk))

    @pytest.mark.parametrize("fault", [Fault.cut_base64(), Fault.not_a_picture(), Fault.cut_picture()])
    def test_pictures_that_are_none(self, sdk: OpenAI, openai_server: OpenAIServer, fault: Fault) -> None:
        openai_server.play(fault, fault)
        for b64 in (edit(sdk).data[0].b64_json, stream(sdk)[-1].b64_json):
            with pytest.raises((ValueError, OSError)):
                opened(b64)

    def test_a_painted_checkerboard_has_no_alpha(self, sdk: OpenAI, openai_server: OpenAIServer) -> None:
        openai_server.play(Fault.checkerboard())
        answer = edit(sdk, background="transparent", output_format="png")
        assert (answer.background, opened(answer.data[0].b64_json).mode) == ("transparent", "RGB")

    def test_streams_that_end_without_a_picture(self, sdk: OpenAI, openai_server: OpenAIServer) -> None:
        openai_server.play(
            Fault.cut_stream(), Fault.cut_completed(), Fault.json_for_stream(), Fault.no_picture()
        )
        for _ in range(2):
            assert [event.type for event in stream(sdk)] == ["image_edit.partial_image"] * 2
        assert stream(sdk) == []
        assert stream(sdk)[-1].b64_json is None

    def test_an_error_inside_the_stream_and_broken_json(
        self, sdk: OpenAI, openai_server: OpenAIServer
    ) -> None:
        openai_server.play(Fault.stream_error("server_error"), Fault.bad_json(), Fault.bad_json())
        with pytest.raises(APIError) as caught:
            stream(sdk)
        assert type(caught.value) is APIError
        assert caught.value.code == "server_error"
        with pytest.raises(json.JSONDecodeError):
            edit(sdk)
        with pytest.raises(json.JSONDecodeError):
            stream(sdk)

    def test_the_look_at_the_models_can_fail_too(self, sdk: OpenAI, openai_server: OpenAIServer) -> None:
        openai_server.play_check(Fault.unverified(), Fault.reset())
        with pytest.raises(APIStatusError):
            sdk.models.list()
        with pytest.raises(APIConnectionError):
            sdk.models.list()
        assert len(list(sdk.models.list())) == 8
        assert openai_server.posts == []


class TestDangers:
    """What the SDK does when it is left alone."""

    def test_one_press_is_sent_three_times(self, openai_server: OpenAIServer) -> None:
        openai_server.play(*[Fault.status(500, retry_after=0.01)] * 3)
        with OpenAI(base_url=openai_server.base_url, api_key=KEY) as alone, pytest.raises(APIStatusError):
            edit(alone)
        posts = openai_server.posts
        assert [post.header("x-stainless-retry-count") for post in posts] == ["0", "1", "2"]
        assert len({post.form.images[0].data for post in posts if post.form}) == 1

    def test_a_redirect_takes_the_photo_to_another_host(
        self, sdk: OpenAI, openai_server: OpenAIServer, other_server: OpenAIServer
    ) -> None:
        openai_server.play(Fault.redirect(f"{other_server.base_url}/images/edits"))
        with pytest.raises(APIStatusError):  # only the key stays behind
            edit(sdk)
        (stray,) = other_server.posts
        assert photo() in stray.body
        assert stray.header("authorization") is None
        assert other_server.bytes_received > len(photo())

    def test_bare_bytes_are_refused_and_a_path_tells_its_name(
        self, sdk: OpenAI, openai_server: OpenAIServer, tmp_path: Path
    ) -> None:
        path = tmp_path / "Ada at the beach.jpg"
        path.write_bytes(photo())
        edit(sdk, image=path)
        form = openai_server.posts[0].form
        assert form is not None
        assert form.images[0].filename == path.name
