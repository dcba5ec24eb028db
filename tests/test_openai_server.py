"""The loopback OpenAI is one that the official client understands."""

from __future__ import annotations

import base64
import contextlib
import http.client
import io
import json
import time
from pathlib import Path
from typing import Any

import pytest
from openai import APIStatusError, APITimeoutError, OpenAI
from PIL import Image

from tests.openai_client import ORDER, edit, opened, photo, second_photo, sent, stream
from tests.openai_faults import Fault
from tests.openai_form import SCHEMAS, faults_by_schema, schema
from tests.openai_pictures import MANIFEST
from tests.openai_process import OpenAIProcess
from tests.openai_rules import ModelCard
from tests.openai_server import KEY, OpenAIServer
from tests.portraits import astronaut

FULL_SCHEMA = Path(__file__).parents[2] / "shared" / "schemas" / "openai-images-edits-2026-11.json"
SPOKEN_ONLY = {"description", "example", "examples", "x-oaiMeta", "x-oaiTypeLabel", "x-stainless-const"}


class TestAnswers:
    @pytest.mark.parametrize(("kind", "name"), [("png", "PNG"), ("jpeg", "JPEG"), ("webp", "WEBP")])
    def test_a_picture_of_the_asked_size_and_format_shows_the_person_before_a_new_backdrop(
        self, sdk: OpenAI, kind: str, name: str
    ) -> None:
        answer = edit(sdk, output_format=kind, n=2)
        one, two = (opened(each.b64_json) for each in answer.data)
        assert (one.format, one.size) == (name, (768, 960))
        before = astronaut().crop((56, 0, 456, 500)).resize((768, 960))
        face = (250, 150, 500, 400)
        there, here = before.crop(face).resize((1, 1)), one.convert("RGB").crop(face).resize((1, 1))
        assert max(abs(a - b) for a, b in zip(there.tobytes(), here.tobytes(), strict=True)) < 12
        assert one.convert("RGB").getpixel((5, 5)) != two.convert("RGB").getpixel((5, 5))
        assert MANIFEST in base64.b64decode(answer.data[0].b64_json)

    def test_the_same_order_gives_the_same_bytes_and_another_prompt_another_backdrop(
        self, sdk: OpenAI
    ) -> None:
        first, again, other = edit(sdk), edit(sdk), edit(sdk, prompt="Something else.")
        assert first.data[0].b64_json == again.data[0].b64_json != other.data[0].b64_json

    def test_a_transparent_backdrop_can_be_seen_through(self, sdk: OpenAI) -> None:
        answer = edit(sdk, background="transparent", output_format="png")
        assert opened(answer.data[0].b64_json).getchannel("A").getextrema() == (0, 255)
        assert answer.background == "transparent"

    def test_usage_grows_with_quality_pixels_and_pictures_sent(self, sdk: OpenAI) -> None:
        low = edit(sdk, size="1024x1536").usage
        assert abs(low.output_tokens * 30 / 1e6 - 0.0047) < 0.0002
        assert edit(sdk, size="1536x2048").usage.output_tokens == 2 * low.output_tokens
        assert edit(sdk, quality="high").usage.output_tokens > 5 * edit(sdk).usage.output_tokens
        two = edit(sdk, image=[sent(), sent(second_photo())])
        assert two.usage.input_tokens_details.image_tokens > low.input_tokens_details.image_tokens
        assert low.total_tokens == low.input_tokens + low.output_tokens

    def test_plain_answers_and_events_are_exact_by_the_schema(
        self, sdk: OpenAI, openai_server: OpenAIServer
    ) -> None:
        plain = json.loads(sdk.images.with_raw_response.edit(image=sent(), **ORDER).content)
        assert faults_by_schema(plain, schema("ImagesResponse")) == []
        raw = sdk.images.with_raw_response.edit(image=sent(), **ORDER, stream=True, partial_images=2)
        lines = raw.http_response.read().decode().split("\n")
        events = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]
        kinds = ["image_edit.partial_image"] * 2 + ["image_edit.completed"]
        assert [event["type"] for event in events] == kinds
        assert [line.removeprefix("event: ") for line in lines if line.startswith("event: ")] == kinds
        for event in events:
            assert faults_by_schema(event, schema("ImageEditStreamEvent")) == []
        assert raw.headers["content-type"].startswith("text/event-stream")
        assert raw.headers["x-request-id"] == openai_server.posts[-1].request_id

    def test_the_schema_finds_what_is_missing_unknown_or_out_of_range(self, sdk: OpenAI) -> None:
        plain = json.loads(sdk.images.with_raw_response.edit(image=sent(), **ORDER).content)
        del plain["usage"]["total_tokens"]
        assert faults_by_schema(plain, schema("ImagesResponse")) == [".usage.total_tokens is missing"]
        asked = {"image": "", "prompt": "p", "n": 11, "moderation": "low", "quality": 3}
        found = faults_by_schema(asked, schema("CreateImageEditRequest"))
        assert {each.split()[0] for each in found} == {".n", ".moderation", ".quality"}

    def test_partial_pictures_come_before_the_finished_one_and_are_softer(
        self, sdk: OpenAI, openai_server: OpenAIServer
    ) -> None:
        openai_server.delay_s = 0.3
        began = time.monotonic()
        events, at = [], []
        for event in edit(sdk, stream=True, partial_images=2):
            events.append(event)
            at.append(time.monotonic() - began)
        assert [event.type for event in events[:2]] == ["image_edit.partial_image"] * 2
        assert [event.partial_image_index for event in events[:2]] == [0, 1]
        assert len(events[0].b64_json) < len(events[1].b64_json) < len(events[2].b64_json)
        assert opened(events[0].b64_json).size == (768, 960)
        assert at[2] - at[0] > 0.15
        openai_server.delay_s = 0
        assert events[2].usage.output_tokens > edit(sdk).usage.output_tokens
        openai_server.partials = 0
        assert [event.type for event in stream(sdk)] == ["image_edit.completed"]

    def test_the_list_of_models_tells_which_will_be_shut_down(self, sdk: OpenAI) -> None:
        raw = json.loads(sdk.models.with_raw_response.list().content)
        assert faults_by_schema(raw, schema("ListModelsResponse")) == []
        ends = {model.id: model.shutdown_date for model in sdk.models.list()}
        assert ends["gpt-image-2.6-sunburst"] is None
        assert ends["gpt-image-1.5"] == "2026-12-01"


class TestRefusals:
    @pytest.mark.parametrize(
        ("more", "no"),
        [
            ({"model": "gpt-image-9"}, (404, "model_not_found", "model")),
            ({"model": "gpt-image-1"}, (404, "model_not_found", "model")),
            ({"model": "gpt-image-1.5"}, (404, "model_not_found", "model")),
            ({"input_fidelity": "high"}, (400, "invalid_input_fidelity_model", "input_fidelity")),
            ({"response_format": "b64_json"}, (400, "unknown_parameter", "response_format")),
            ({"extra_body": {"moderation": "low"}}, (400, "unknown_parameter", "moderation")),
            ({"size": "1000x1000"}, (400, "invalid_value", "size")),
            ({"size": "512x512"}, (400, "invalid_value", "size")),
            ({"size": "3856x1600"}, (400, "invalid_value", "size")),
            ({"size": "3200x800"}, (400, "invalid_value", "size")),
            ({"size": "3200x2688"}, (400, "invalid_value", "size")),
            ({"size": "large"}, (400, "invalid_value", "size")),
            ({"n": 0}, (400, "integer_below_min_value", "n")),
            ({"n": 11}, (400, "integer_above_max_value", "n")),
            ({"extra_body": {"n": "two"}}, (400, "invalid_type", "n")),
            ({"stream": True, "partial_images": 4}, (400, "integer_above_max_value", "partial_images")),
            ({"partial_images": 2}, (400, "invalid_value", "partial_images")),
            ({"quality": "best"}, (400, "invalid_value", "quality")),
            ({"quality": "xhigh"}, (400, "invalid_value", "quality")),
            ({"output_format": "gif"}, (400, "invalid_value", "output_format")),
            ({"background": "transparent"}, (400, "invalid_value", "background")),
            ({"prompt": ""}, (400, "missing_required_parameter", "prompt")),
            ({"prompt": "x" * 32_001}, (400, "string_above_max_length", "prompt")),
            ({"image": [sent()] * 17}, (400, "array_above_max_length", "image")),
            ({"image": photo()}, (400, "unsupported_file_mimetype", "image")),
            ({"image": sent(kind="image/heic")}, (400, "unsupported_file_mimetype", "image")),
            ({"image": sent(kind="image/gif")}, (400, "unsupported_file_mimetype", "image")),
            ({"image": sent(photo("GIF"))}, (400, "invalid_image_file", "image")),
            ({"image": sent(photo()[:2000])}, (400, "invalid_image_file", "image")),
            ({"image": sent(b"no picture")}, (400, "invalid_image_file", "image")),
            ({"mask": sent()}, (400, "invalid_image_file", "mask")),
            ({"model": "gpt-image-2", "markup": sent()}, (400, "invalid_value", "markup")),
        ],
    )
    def test_what_openai_refuses_is_refused_in_its_form(
        self, sdk: OpenAI, openai_server: OpenAIServer, more: dict[str, Any], no: tuple[int, str, str]
    ) -> None:
        with pytest.raises(APIStatusError) as caught:
            edit(sdk, **more)
        error = caught.value
        assert (error.status_code, error.code, error.param) == no
        assert error.request_id == openai_server.posts[0].request_id
        assert faults_by_schema(error.response.json(), schema("ErrorResponse")) == []

    def test_a_photo_of_fifty_megabytes_is_too_large(self, sdk: OpenAI) -> None:
        with pytest.raises(APIStatusError) as caught:
            edit(sdk, image=sent(photo() + bytes(50_000_000)))
        assert caught.value.status_code == 413

    def test_a_wrong_key_is_echoed_in_part_as_openai_does(self, sdk: OpenAI) -> None:
        with pytest.raises(APIStatusError) as caught:
            sdk.with_options(api_key="sk-proj-secretsecretsecretABCD").models.list()
        assert (caught.value.status_code, caught.value.code) == (401, "invalid_api_key")
        assert "ABCD" in caught.value.message
        assert "secret" not in caught.value.message

    def test_higher_qualities_are_for_some_models_only(
        self, sdk: OpenAI, openai_server: OpenAIServer
    ) -> None:
        assert edit(sdk, model="gpt-image-2.5-flare", quality="xhigh").quality == "xhigh"
        openai_server.models["gpt-image-3"] = ModelCard(id="gpt-image-3")
        assert edit(sdk, model="gpt-image-3").data

    def test_what_is_allowed_and_unusual_is_taken(self, sdk: OpenAI) -> None:
        assert edit(sdk, size="auto").size == "1024x1536"
        assert opened(edit(sdk, size=None, quality=None, n=None, output_format=None).data[0].b64_json)
        assert edit(sdk, user="someone", image=[sent()] * 16).data
        clear = io.BytesIO()
        Image.new("RGBA", (400, 500)).save(clear, "PNG")
        assert edit(sdk, markup=("m.png", clear.getvalue(), "image/png")).data


class TestRecord:
    def test_every_byte_header_and_field_is_kept_as_it_came(
        self, sdk: OpenAI, openai_server: OpenAIServer
    ) -> None:
        edit(sdk, image=[sent(), sent(second_photo())])
        (post,) = openai_server.posts
        assert (post.method, post.path, post.status) == ("POST", "/v1/images/edits", 200)
        assert post.form is not None
        expected = {name: str(value) for name, value in ORDER.items()}
        assert post.form.fields == expected
        assert [image.data for image in post.form.images] == [photo(), second_photo()]
        assert {(i.name, i.filename, i.content_type) for i in post.form.images} == {
            ("image[]", "photo.jpg", "image/jpeg")
        }
        assert post.header("AUTHORIZATION") == f"Bearer {KEY}"
        assert "x-stainless-os" in post.header_names
        assert photo() in post.body
        assert post.complete
        assert int(post.header("content-length") or 0) == len(post.body)
        assert openai_server.bytes_received > len(post.body)

    def test_a_body_in_chunks_is_read_whole(self, openai_server: OpenAIServer) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", openai_server.port, timeout=5)
        with contextlib.closing(connection):
            body = iter([b"--b\r\ncontent-disposition: form-data; name=", b"model\r\n\r\nx\r\n--b--\r\n"])
            headers = {"content-type": "multipart/form-data; boundary=b", "authorization": f"Bearer {KEY}"}
            connection.request("POST", "/v1/images/edits", body, headers, encode_chunked=True)
            assert connection.getresponse().status == 400
        (post,) = openai_server.posts
        assert post.form is not None
        assert post.form.fields == {"model": "x"}

    def test_somebody_can_wait_for_posts(self, sdk: OpenAI, openai_server: OpenAIServer) -> None:
        openai_server.play(Fault.hang())
        with pytest.raises(APITimeoutError):
            edit(sdk, timeout=0.2)
        (post,) = openai_server.wait_for(1)
        assert openai_server.wait_until(lambda posts: posts[0].left_early)
        assert not post.answered
        with pytest.raises(TimeoutError):
            openai_server.wait_for(2, timeout_s=0.05)

    def test_faults_go_by_queue_by_model_and_by_prompt(
        self, sdk: OpenAI, openai_server: OpenAIServer
    ) -> None:
        openai_server.whenever(Fault.moderation(), prompt="swimsuit")
        openai_server.whenever(Fault.no_model(), model="gpt-image-2", times=1)
        openai_server.play(Fault.none(), Fault.rate_limited(retry_after=2).later(0.1))
        codes = []
        for more in ({"prompt": "a swimsuit"}, {"model": "gpt-image-2"}, {}, {"model": "gpt-image-2"}, {}):
            try:
                edit(sdk, **more)
                codes.append("well")
            except APIStatusError as error:
                codes.append(str(error.code))
        assert codes == ["moderation_blocked", "model_not_found", "well", "rate_limit_exceeded", "well"]


class TestPlaces:
    def test_in_a_process_of_its_own_it_speaks_obeys_and_remembers(
        self, openai_process: OpenAIProcess
    ) -> None:
        openai_process.play(Fault.moderation())
        with OpenAI(base_url=openai_process.base_url, api_key=openai_process.key, max_retries=0) as client:
            with pytest.raises(APIStatusError):
                edit(client)
            assert opened(edit(client).data[0].b64_json).size == (768, 960)
        refused, done = openai_process.wait_for(2)
        assert (refused.status, done.status, openai_process.count()) == (400, 200, 2)
        assert done.form is not None
        assert done.form.images[0].data == photo()
        openai_process.follow(forget=True, delay_s=0.5)
        assert openai_process.count() == 0

    def test_somebodys_own_server_takes_any_model_and_speaks_fastapi(self, own_server: OpenAIServer) -> None:
        with OpenAI(base_url=own_server.base_url, api_key="none", max_retries=0) as client:
            assert [model.id for model in client.models.list()] == ["portrait-edit"]
            answer = edit(client, model="my-model", size="640x800")
            assert opened(answer.data[0].b64_json).size == (640, 800)
            assert answer.usage is None
            with pytest.raises(APIStatusError) as caught:
                edit(client, image=sent(b"no picture"))
            assert "detail" in caught.value.response.json()
            with pytest.raises(APIStatusError):
                stream(client)


def _pruned(value: Any) -> Any:
    if isinstance(value, list):
        return [_pruned(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: {name: _pruned(each) for name, each in inner.items()} if key == "properties" else _pruned(inner)
        for key, inner in value.items()
        if key not in SPOKEN_ONLY
    }


@pytest.mark.skipif(not FULL_SCHEMA.exists(), reason="OpenAI's whole schema does not lie beside this folder")
def test_the_schema_here_is_openais_without_its_prose() -> None:
    whole = json.loads(FULL_SCHEMA.read_text())["components"]["schemas"]
    assert json.loads(SCHEMAS.read_text())["schemas"] == _pruned(whole)
