"""The engine that sends: exactly this leaves, to exactly one host, and the picture comes back untouched."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import os
import subprocess
import sys
from contextlib import aclosing
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image
from pydantic import SecretStr

from headshot_web.accounts import Money, Outcome, Sending
from headshot_web.endpoint import Endpoint
from headshot_web.engines.openai_images import OpenAIImages
from headshot_web.engines.price_list import PriceList
from headshot_web.imaging.darkroom import Darkroom
from headshot_web.model import Answer, Crop, Partial, Progress, Quality, Remark, Size, Step
from headshot_web.provider_errors import (
    BadServer,
    CaptivePortal,
    KeyWrong,
    NoAnswer,
    NoSuchService,
    SettingRefused,
)
from headshot_web.settings import Settings
from tests import portraits
from tests.engines.provider import (
    PROMPT,
    Bench,
    engine_at,
    heard,
    home_at,
    openai_at,
    portrait,
    request,
    sendings,
)
from tests.imaging.sitters import SMALL, jpeg
from tests.openai_faults import Fault
from tests.openai_form import faults_by_schema, schema
from tests.openai_line import Exchange
from tests.openai_server import KEY, OpenAIServer
from tests.portraits import CANARY, laden

ROOT = Path(__file__).resolve().parents[2]
TRAP = "trap-4711"
HEADERS = {
    "host", "content-type", "content-length", "accept", "accept-encoding", "connection", "user-agent",
    "authorization",
}  # fmt: skip


def the_form(post: Exchange) -> dict[str, object]:
    """The fields as the schema types them."""
    assert post.form is not None
    fields: dict[str, object] = dict(post.form.fields)
    for name in ("n", "partial_images"):
        if name in fields:
            fields[name] = int(str(fields[name]))
    if "stream" in fields:
        fields["stream"] = fields["stream"] == "true"
    return fields | {"image": ["…" for _ in post.form.images]}


def assert_bare(post: Exchange) -> None:
    """Every picture holds pixels and nothing else."""
    assert post.form is not None
    for part in post.form.images:
        with Image.open(io.BytesIO(part.data)) as opened:
            assert not opened.getexif()
            assert not {"exif", "xmp", "comment", "photoshop"} & set(opened.info)


class TestWhatLeaves:
    async def test_exactly_these_fields_and_no_others(self, openai_server: OpenAIServer) -> None:
        await heard(engine_at(openai_at(openai_server)), request(quality=Quality.FINAL))
        (post,) = openai_server.posts
        assert post.path == "/v1/images/edits"
        assert the_form(post) == {
            "prompt": PROMPT,
            "model": "gpt-image-2.6-sunburst",
            "background": "opaque",
            "n": 1,
            "output_format": "jpeg",
            "partial_images": 2,
            "quality": "high",
            "size": "1536x1920",
            "stream": True,
            "image": ["…"],
        }
        assert faults_by_schema(the_form(post), schema("CreateImageEditRequest")) == []

    @pytest.mark.parametrize("pictures", [1, 2, 4])
    async def test_pictures_go_as_they_are_under_one_plain_name(
        self, pictures: int, openai_server: OpenAIServer
    ) -> None:
        others = tuple(portrait() + bytes(number) for number in range(1, pictures))
        await heard(engine_at(openai_at(openai_server)), request(*others))
        form = openai_server.posts[0].form
        assert form is not None
        assert [part.data for part in form.images] == [portrait(), *others]
        for part in form.images:
            assert (part.filename, part.content_type) == ("photo.jpg", "image/jpeg")
            assert part.name == ("image" if pictures == 1 else "image[]")

    async def test_never_more_than_four_pictures(self, openai_server: OpenAIServer) -> None:
        await heard(engine_at(openai_at(openai_server)), request(*[portrait()] * 6))
        form = openai_server.posts[0].form
        assert form is not None
        assert len(form.images) == 4

    @pytest.mark.parametrize("pictures", [1, 3])
    @pytest.mark.parametrize("own", [False, True], ids=["OpenAI", "own"])
    async def test_what_was_announced_is_what_left(
        self, pictures: int, own: bool, openai_server: OpenAIServer
    ) -> None:
        endpoint = (home_at if own else openai_at)(openai_server, model="gpt-image-2")
        engine, wish = engine_at(endpoint), request(*[portrait()] * (pictures - 1))
        words = await heard(engine, wish)
        (sending,), (post,) = sendings(words), openai_server.posts
        dispatch = sending.dispatch
        assert dispatch == engine.dispatch(wish)
        assert str(dispatch.size_bytes) == post.header("content-length")
        assert dispatch.size_bytes == len(post.body)
        assert post.form is not None
        assert dispatch.fields == tuple(part.name for part in post.form.parts)
        assert dispatch.pictures == tuple(hashlib.sha256(part.data).hexdigest() for part in post.form.images)
        assert (dispatch.host, dispatch.secure) == (endpoint.host, False)
        assert dispatch.model == post.form.fields["model"]

    async def test_nothing_of_the_environment_leaves_and_nothing_goes_elsewhere(
        self,
        openai_server: OpenAIServer,
        other_server: OpenAIServer,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        elsewhere = other_server.base_url
        for name, value in {
            "OPENAI_BASE_URL": elsewhere,
            "OPENAI_API_KEY": f"sk-{TRAP}",
            "OPENAI_ADMIN_KEY": f"sk-admin-{TRAP}",
            "OPENAI_ORG_ID": f"org-{TRAP}",
            "OPENAI_PROJECT_ID": f"proj-{TRAP}",
            "OPENAI_WEBHOOK_SECRET": TRAP,
            "OPENAI_CUSTOM_HEADERS": (
                f"x-custom: {TRAP}\nuser-agent: {TRAP}\nauthorization: Bearer {TRAP}\n"
                f"cookie: {TRAP}\naccept: {TRAP}\nHost: {TRAP}"
            ),
            **{
                name: elsewhere.removesuffix("/v1")
                for upper in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
                for name in (upper, upper.lower())
            },
            "NO_PROXY": "",
            "no_proxy": "",
        }.items():
            monkeypatch.setenv(name, value)
        engine = engine_at(openai_at(openai_server))
        await heard(engine, request())
        await engine.check()
        assert other_server.bytes_received == 0
        post, get = openai_server.exchanges
        assert set(post.header_names) == HEADERS
        assert set(get.header_names) == HEADERS - {"content-type", "content-length"}
        assert len(post.headers) == len(HEADERS)
        for exchange in (post, get):
            assert exchange.header("authorization") == f"Bearer {KEY}"
            assert exchange.header("user-agent") == "headshot-web"
            assert exchange.header("host") == f"127.0.0.1:{openai_server.port}"
            assert TRAP not in repr(exchange.headers)
        assert TRAP.encode() not in post.body

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIC"])
    async def test_nothing_a_photo_carries_leaves(
        self, kind: str, shared_darkroom: Darkroom, openai_server: OpenAIServer
    ) -> None:
        photo = laden(kind)
        assert CANARY in photo
        developed = await shared_darkroom.develop(photo)
        copy = await shared_darkroom.working_copy(developed.picture, crop=Crop.PORTRAIT_4_5, subject=None)
        await heard(engine_at(openai_at(openai_server)), replace(request(copy), picture=copy))
        (post,) = openai_server.posts
        text = CANARY.decode()
        for spelling in (CANARY, text.encode("utf-16-le"), text.encode("utf-16-be")):
            assert spelling not in post.body
        assert_bare(post)

    async def test_what_is_made_smaller_for_a_provider_carries_nothing_either(
        self, shared_darkroom: Darkroom, openai_server: OpenAIServer
    ) -> None:
        photo = await shared_darkroom.develop(jpeg(portraits.hopper().resize((1600, 1920))))
        copy = await shared_darkroom.working_copy(photo.picture, crop=Crop.PORTRAIT_4_5, subject=None)
        openai_server.play(Fault.too_large())
        engine = engine_at(openai_at(openai_server), bench=shared_darkroom)  # type: ignore[arg-type]
        await heard(engine, replace(request(), picture=copy))
        first, second = openai_server.posts
        assert len(second.body) < len(first.body)
        assert_bare(second)

    async def test_your_own_server_gets_only_what_every_server_understands(
        self, own_server: OpenAIServer
    ) -> None:
        words = await heard(engine_at(home_at(own_server), key=None), request(quality=Quality.FINAL))
        (post,) = own_server.posts
        assert the_form(post) == {
            "prompt": PROMPT,
            "model": "Qwen-Image-Edit",
            "n": 1,
            "size": "896x1120",
            "image": ["…"],
        }
        assert set(post.header_names) == HEADERS - {"authorization"}
        assert sendings(words)[0].dispatch.estimate is None

    async def test_your_own_server_may_stream_when_you_say_so(self, openai_server: OpenAIServer) -> None:
        endpoint = home_at(openai_server, stream=True, model="gpt-image-2")
        words = await heard(engine_at(endpoint), request())
        assert [word for word in words if isinstance(word, Partial)]
        assert the_form(openai_server.posts[0])["stream"] is True


class TestWhatComesBack:
    async def test_the_picture_is_seen_as_it_comes(self, openai_server: OpenAIServer) -> None:
        words = await heard(engine_at(openai_at(openai_server)), request())
        kinds = [word.step if isinstance(word, Progress) else type(word) for word in words]
        assert kinds == [Step.SENDING, Sending, Step.DRAWING, Partial, Partial, Answer]
        partials = [word for word in words if isinstance(word, Partial)]
        assert [partial.index for partial in partials] == [0, 1]
        for partial in partials:
            with Image.open(io.BytesIO(partial.picture)) as opened:
                opened.load()

    async def test_the_providers_bytes_are_kept_as_they_came(self, openai_server: OpenAIServer) -> None:
        bench = Bench()
        engine = engine_at(openai_at(openai_server), bench=bench)
        wish = request()
        answer = (await heard(engine, wish))[-1]
        assert isinstance(answer, Answer)
        first, _, rest = answer.raw.partition(b"\n")
        assert first == b"headshot-web openai 1"
        body = json.loads(rest.partition(b"\n")[2])
        assert body["type"] == "image_edit.completed"
        (made,) = await engine.read(answer.raw)
        ((drawn, crop, size, asked),) = bench.finished
        assert made.original == drawn
        assert (crop, size, asked) == (
            Crop.PORTRAIT_4_5, wish.size, Size(width_px=896, height_px=1120),
        )  # fmt: skip
        assert made.model == "gpt-image-2.6-flare"

    async def test_another_size_than_asked_for_is_said(
        self, shared_darkroom: Darkroom, openai_server: OpenAIServer
    ) -> None:
        openai_server.play(Fault.other_size(1024, 1024))
        engine = engine_at(openai_at(openai_server), bench=shared_darkroom)  # type: ignore[arg-type]
        answer = (await heard(engine, request()))[-1]
        assert isinstance(answer, Answer)
        (made,) = await engine.read(answer.raw)
        assert Remark.OTHER_SIZE in made.remarks
        assert made.size == SMALL[Crop.PORTRAIT_4_5]

    async def test_what_it_cost_is_known_even_after_a_restart(
        self, openai_server: OpenAIServer, tmp_path: Path
    ) -> None:
        own = tmp_path / "openai_models.toml"
        own.write_text(f'host = "127.0.0.1:{openai_server.port}"\n')
        price_list = PriceList.load(own)
        engine = engine_at(openai_at(openai_server), price_list=price_list)
        words = await heard(engine, request())
        answer = words[-1]
        assert isinstance(answer, Answer)
        anew = engine_at(openai_at(openai_server, base_url="http://127.0.0.1:9/v1"), key=None)
        receipt = anew.receipt(answer.raw)
        assert receipt is not None
        usage = receipt.usage
        assert usage is not None
        tokens = usage.text_in * 5 + usage.pictures_in * 8 + usage.pictures_out * 30
        assert receipt.cost == Money(amount=Decimal(tokens) / 1_000_000)
        assert receipt.outcome is Outcome.ANSWERED
        assert (receipt.status, receipt.kept_days) == (200, 30)
        assert receipt.request_id == openai_server.posts[0].request_id
        estimate = sendings(words)[0].dispatch.estimate
        assert estimate is not None
        assert 0 < estimate.low < estimate.high

    async def test_the_list_of_models_is_asked_for_free(self, openai_server: OpenAIServer) -> None:
        engine = engine_at(openai_at(openai_server))
        found = await engine.check()
        assert "gpt-image-2.6-sunburst" in found.models
        assert found.ends["gpt-image-1.5"] == date(2026, 12, 1)
        assert [(each.method, each.path) for each in openai_server.exchanges] == [("GET", "/v1/models")]

    @pytest.mark.parametrize(
        ("fault", "kind"),
        [
            (Fault.wrong_key(), KeyWrong),
            (Fault.portal(), CaptivePortal),
            (Fault.status(404), NoSuchService),
            (Fault.answer(200, {"hello": "world"}), NoSuchService),
            (Fault.status(500), NoAnswer),
            (Fault.reset(), NoAnswer),
        ],
        ids=lambda value: getattr(value, "label", "") or value.__name__,
    )
    async def test_a_connection_that_fails_says_why(
        self, fault: Fault, kind: type[Exception], openai_server: OpenAIServer
    ) -> None:
        openai_server.play_check(fault)
        with pytest.raises(kind) as caught:
            await engine_at(openai_at(openai_server)).check()
        assert type(caught.value) is kind


class TestCancelling:
    @pytest.mark.parametrize("stream", [True, False], ids=["stream", "plain"])
    async def test_closing_hangs_up_at_once(self, stream: bool, openai_server: OpenAIServer) -> None:
        engine = engine_at(openai_at(openai_server, stream=stream))
        await engine.check()
        openai_server.play(Fault.hang())
        async with asyncio.timeout(3):
            async with aclosing(engine.render(request())) as words:  # type: ignore[type-var]
                async for word in words:
                    if word == Progress(step=Step.DRAWING):
                        break
            await asyncio.to_thread(
                openai_server.wait_until, lambda every: bool(every) and every[-1].left_early
            )
        assert len(openai_server.posts) == 1

    async def test_a_cancelled_task_hangs_up_between_two_partial_pictures(
        self, openai_server: OpenAIServer
    ) -> None:
        openai_server.delay_s = 30.0
        engine = engine_at(openai_at(openai_server))
        task = asyncio.create_task(heard(engine, request()))
        await asyncio.to_thread(openai_server.wait_for, 1)
        task.cancel()
        async with asyncio.timeout(3):
            with pytest.raises(asyncio.CancelledError):
                await task
        await asyncio.to_thread(openai_server.wait_until, lambda every: every[0].left_early)

    async def test_closing_at_the_announcement_sends_nothing(self, openai_server: OpenAIServer) -> None:
        async with aclosing(engine_at(openai_at(openai_server)).render(request())) as words:  # type: ignore[type-var]
            async for word in words:
                if isinstance(word, Sending):
                    break
        assert openai_server.bytes_received == 0

    async def test_several_go_at_once_and_one_that_fails_spoils_no_other(
        self, openai_server: OpenAIServer
    ) -> None:
        engine = engine_at(openai_at(openai_server))
        openai_server.delay_s = 30.0
        under_way = [asyncio.create_task(heard(engine, request())) for _ in range(4)]
        await asyncio.to_thread(openai_server.wait_for, 4)  # all have come, and none has its answer
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

        openai_server.forget()
        openai_server.delay_s = 0.0
        openai_server.play(Fault.moderation())
        ends = await asyncio.gather(*(heard(engine, request()) for _ in range(4)), return_exceptions=True)
        assert sum(isinstance(end, list) and isinstance(end[-1], Answer) for end in ends) == 3
        assert len(openai_server.posts) == 4


class TestTheDoor:
    async def test_it_leads_to_one_host_only(
        self, openai_server: OpenAIServer, other_server: OpenAIServer
    ) -> None:
        from headshot_web.engines import openai_door  # noqa: PLC0415 - as the engine does

        async with openai_door.client(openai_at(openai_server), lambda: SecretStr(KEY)) as client:
            await client.get(openai_server.base_url + "/models")
            for address in (
                other_server.base_url,
                f"http://localhost:{openai_server.port}/v1/models",
                f"https://127.0.0.1:{openai_server.port}/v1/models",
            ):
                with pytest.raises(Exception, match="another address") as caught:
                    await client.get(address)
                assert openai_door.never_left(caught.value)
        assert other_server.bytes_received == 0
        assert len(openai_server.exchanges) == 1

    async def test_an_endless_error_is_cut_off(self, openai_server: OpenAIServer) -> None:
        openai_server.play(Fault.text("moderation? " * 2**20, status=400))
        with pytest.raises(SettingRefused):
            await heard(engine_at(openai_at(openai_server)), request())


class TestTheLibrary:
    def test_it_is_imported_only_when_something_is_sent(self) -> None:
        script = (
            "import sys\n"
            "from headshot_web.engines.openai_images import OpenAIImages\n"
            "from tests.engines.provider import engine_at, openai_at, request\n"
            "from types import SimpleNamespace\n"
            "engine = engine_at(openai_at(SimpleNamespace(base_url='http://127.0.0.1:9/v1', port=9)))\n"
            "assert engine.dispatch(request()).size_bytes > 1000\n"
            "found = {'openai', 'httpx2', 'httpcore2'} & set(sys.modules)\n"
            "assert not found, found\n"
        )
        done = run(script)
        assert done.returncode == 0, done.stderr

    def test_it_is_silent_whatever_the_environment_says(self, openai_server: OpenAIServer) -> None:
        script = (
            "import asyncio, sys\n"
            "from types import SimpleNamespace\n"
            "from tests.engines.provider import engine_at, heard, openai_at, request\n"
            f"place = SimpleNamespace(base_url={openai_server.base_url!r}, port={openai_server.port})\n"
            "async def main():\n"
            "    engine = engine_at(openai_at(place))\n"
            "    await heard(engine, request())\n"
            "    await engine.close()\n"
            "asyncio.run(main())\n"
            "import logging\n"
            "assert not logging.getLogger().handlers\n"
        )
        done = run(script, OPENAI_LOG="debug", HTTPX_LOG_LEVEL="trace")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert len(openai_server.posts) == 1

    async def test_a_new_key_or_address_counts_at_once(
        self, openai_server: OpenAIServer, other_server: OpenAIServer
    ) -> None:
        here = openai_at(openai_server)
        engine = OpenAIImages(
            Bench(),
            endpoint=lambda: here,
            key=lambda host: SecretStr(f"key-of-{host}"),
            prices=PriceList.load,
        )
        for server in (openai_server, other_server):
            server.own = True
            here = home_at(server, model="gpt-image-2")
            await heard(engine, request())
            (post,) = server.posts
            assert post.header("authorization") == f"Bearer key-of-127.0.0.1:{server.port}"


def run(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a few lines in a Python of their own."""
    return subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        check=False,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )


class TestAddresses:
    @pytest.mark.parametrize(
        ("address", "base_url", "host"),
        [
            ("https://api.openai.com/v1", "https://api.openai.com/v1", "api.openai.com"),
            ("https://API.OpenAI.com:443/v1/", "https://api.openai.com/v1", "api.openai.com"),
            ("https://eu.api.openai.com/v1", "https://eu.api.openai.com/v1", "eu.api.openai.com"),
            (" https://gpu.example:8443 ", "https://gpu.example:8443/v1", "gpu.example:8443"),
            ("https://gpu.example/openai/v2", "https://gpu.example/openai/v2", "gpu.example"),
            ("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1", "127.0.0.1:8080"),
            ("http://localhost:4000", "http://localhost:4000/v1", "localhost:4000"),
            ("http://[::1]:8080/v1", "http://[::1]:8080/v1", "[::1]:8080"),
            ("http://192.168.1.20/v1", "http://192.168.1.20/v1", "192.168.1.20"),
            ("http://10.0.0.7:80/v1", "http://10.0.0.7/v1", "10.0.0.7"),
        ],
    )
    def test_these_can_be_used(self, address: str, base_url: str, host: str) -> None:
        endpoint = Endpoint.of(Settings(openai_base_url=address))
        assert (endpoint.base_url, endpoint.host) == (base_url, host)
        assert endpoint.secure == base_url.startswith("https://")
        assert endpoint.is_openai == endpoint.stream == host.endswith("api.openai.com")

    @pytest.mark.parametrize(
        "address",
        [
            "", "api.openai.com", "ftp://api.openai.com", "https://", "http://api.openai.com/v1",
            "http://gpu.example/v1", "http://8.8.8.8/v1", "http://0.0.0.0/v1", "http://127.1/v1",
            "http://2130706433/v1", "http://[::ffff:8.8.8.8]/v1", "http://localhost.example/v1",
            "https://name:word@api.openai.com/v1", "https://api.openai.com/v1?key=1",
            "https://api.openai.com/v1#x", "https://api.openai.com:99999/v1", "https://a b.example/v1",
            "https://api.openаi.com/v1", "http://127.0.0.1\n.example/v1", "file:///etc/passwd",
        ],
    )  # fmt: skip
    def test_these_cannot(self, address: str) -> None:
        with pytest.raises(BadServer):
            Endpoint.of(Settings(openai_base_url=address))

    @pytest.mark.parametrize(
        "address",
        [
            "https://api.openai.com.example/v1",
            "https://evil-api.openai.com.example/v1",
            "https://notapi.openai.com/v1",
        ],
    )
    def test_what_only_looks_like_openai_is_not(self, address: str) -> None:
        assert not Endpoint.of(Settings(openai_base_url=address)).is_openai
