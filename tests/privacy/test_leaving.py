"""The promises about what leaves this computer, each a test that is named as it."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import importlib.util
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import psutil
import pytest
from PIL import Image
from pydantic import SecretStr

from headshot_web import consent, prompts
from headshot_web.consent import ConsentKind, sending_words
from headshot_web.endpoint import Endpoint
from headshot_web.engines import openai_door
from headshot_web.engines.price_list import PriceList
from headshot_web.errors import ConsentNeeded, PolicyChanged
from headshot_web.imaging.darkroom import Darkroom
from headshot_web.keys import Keys, take_from_environment
from headshot_web.model import Crop, EngineName, JobState, OrderId, PhotoId, Quality, Rendered, Size
from headshot_web.policy import Facts, policy
from headshot_web.provider_errors import BadServer
from headshot_web.settings import Settings
from headshot_web.studio import Studio, open_studio
from headshot_web.styles import style
from tests import portraits
from tests.engines.provider import Bench, engine_at, heard, openai_at, portrait, request
from tests.fake_engine import FakeDarkroom
from tests.openai_faults import Fault
from tests.openai_server import KEY, OpenAIServer
from tests.portraits import CANARY
from tests.privacy.conftest import INHERITED, Visit
from tests.privacy.house import COMPUTER, LOOK, PERSON
from tests.test_cli import Done
from tests.test_commission import draw
from tests.test_studio import NAVY, all_settled, stream

SENT_FIELDS = {
    "background", "image", "model", "n", "output_format", "partial_images", "prompt", "quality", "size",
    "stream",
}  # fmt: skip
SENT_HEADERS = {
    "accept", "accept-encoding", "authorization", "connection", "content-length", "content-type", "host",
    "user-agent",
}  # fmt: skip


class Room(FakeDarkroom):
    """Frames a real portrait, whatever it is given, and takes what comes back as it is."""

    async def working_copy(self, picture: bytes, *, crop: Crop, subject: int | None) -> bytes:  # noqa: ARG002
        return portrait()

    async def finish(self, picture: bytes, *, crop: Crop, size: Size, asked: Size | None = None) -> Rendered:
        return await Bench().finish(picture, crop=crop, size=size, asked=asked)


@asynccontextmanager
async def studio_before(server: OpenAIServer, folder: Path) -> AsyncIterator[Studio]:
    """The real studio, desk, jobs and way out; only pictures are not really looked at."""
    settings = Settings(
        data_dir=folder, openai_base_url=server.base_url, openai_model="gpt-image-2.6-sunburst"
    )
    given = take_from_environment({"HEADSHOT_WEB_OPENAI_API_KEY": KEY})
    keys = Keys(settings.folders, environ=given, own_host=f"127.0.0.1:{server.port}")
    studio = await open_studio(settings, keys=keys, darkroom=cast("Darkroom", Room()))
    try:
        yield studio
    finally:
        await studio.close()


async def photo_of(studio: Studio) -> PhotoId:
    return (await studio.take_in(stream(portraits.saved(portraits.hopper(), "JPEG")))).id


async def ordered(studio: Studio, photo: PhotoId, number: int) -> None:
    """Order a headshot from the provider, and wait for whatever comes of it."""
    order = OrderId(f"order {number}")
    await studio.order(photo, [NAVY], order_id=order, engine=EngineName.OPENAI, quality=Quality.DRAFT)
    await all_settled(studio, order)


@pytest.fixture
def unasked(openai_server: OpenAIServer, tmp_path: Path) -> Done:
    """What the command says that is to send a photo where nobody can be asked: it has no terminal."""
    photo = tmp_path / "me.png"
    portraits.astronaut().save(photo)
    return draw(openai_server, photo, tmp_path / "out")


async def test_no_photo_is_sent_before_your_clear_yes_and_none_any_more_once_you_take_it_back(
    visit: Visit,
    openai_server: OpenAIServer,
    other_server: OpenAIServer,
    unasked: Done,
    tmp_path: Path,
) -> None:
    assert visit.sent_before == 0, "looking at what would be sent sends nothing"
    assert visit.yeses == [("policy", "")], "nor does looking say yes"
    assert visit.asked
    assert openai_server.bytes_received == 0
    assert (unasked.returncode, unasked.stderr[:24]) == (2, "Your yes is needed first")
    async with studio_before(openai_server, tmp_path / "app") as studio:
        desk, photo = studio.desk, await photo_of(studio)

        async def refused(error: type[Exception]) -> None:
            before = openai_server.bytes_received, other_server.bytes_received
            with pytest.raises(error):
                await ordered(studio, photo, -1)
            assert (openai_server.bytes_received, other_server.bytes_received) == before

        await refused(PolicyChanged)
        await desk.agree_to_policy()
        await refused(ConsentNeeded)
        await desk.agree()
        await ordered(studio, photo, 1)
        assert len(openai_server.posts) == 1, "with both it goes"
        await desk.use_server(other_server.base_url, "portrait-edit")
        await refused(ConsentNeeded)
        await desk.use_server(openai_server.base_url, "gpt-image-2.6-sunburst")
        for kind, error in ((ConsentKind.SENDING, ConsentNeeded), (ConsentKind.POLICY, PolicyChanged)):
            with pytest.MonkeyPatch.context() as later:
                later.setitem(consent.VERSIONS, kind, "2027-01-01")
                await refused(error)
        await ordered(studio, photo, 2)

        openai_server.play(Fault.rate_limited(3))
        waiting = OrderId("refused at first, and waiting for its next try")
        await studio.order(photo, [NAVY], order_id=waiting, engine=EngineName.OPENAI, quality=Quality.DRAFT)
        async with asyncio.timeout(20):
            while len(openai_server.posts) < 3:  # noqa: ASYNC110 - there is nothing to be told
                await asyncio.sleep(0.01)
        await desk.withdraw()
        (job,) = await all_settled(studio, waiting)
        assert (job.state, job.error) == (JobState.FAILED, ConsentNeeded.code())
        await refused(ConsentNeeded)
        await desk.agree()
        await desk.withdraw_policy()
        await refused(PolicyChanged)
        assert len(openai_server.posts) == 3, "what waited stays here, once the yes is taken back"


async def test_pictures_go_to_the_provider_you_chose_and_to_nobody_else(
    visit: Visit, openai_server: OpenAIServer, other_server: OpenAIServer, tmp_path: Path
) -> None:
    asked = {(one.method, one.path) for one in visit.provider.exchanges}
    assert asked <= {("POST", "/v1/images/edits"), ("GET", "/v1/models")}
    assert len(visit.provider.posts) == 1
    assert visit.stranger.bytes_received == 0, "neither a proxy nor another address in the environment counts"
    async with studio_before(openai_server, tmp_path / "app") as studio:
        await studio.desk.agree_to_policy()
        await studio.desk.agree()
        photo = await photo_of(studio)
        for number, status in enumerate((301, 302, 307, 308)):
            openai_server.play(Fault.redirect(f"{other_server.base_url}/images/edits", status=status))
            await ordered(studio, photo, number)
        assert len(openai_server.posts) == 4
    assert other_server.bytes_received == 0


async def test_only_what_the_headshot_you_asked_for_needs_is_sent(
    visit: Visit, openai_server: OpenAIServer
) -> None:
    await heard(engine_at(openai_at(openai_server)), request())
    for sent, allowed in (
        (openai_server.posts[0], SENT_FIELDS),
        (visit.provider.posts[0], SENT_FIELDS - {"background", "output_format", "quality"}),
    ):
        assert sent.form
        assert sorted(part.name for part in sent.form.parts) == sorted(allowed), "each once, and no other"
        assert sorted(sent.header_names) == sorted(SENT_HEADERS)
        assert sent.header("user-agent") == "headshot-web"
    (post,) = visit.provider.posts
    assert post.form
    (picture,) = post.form.images
    assert (picture.filename, picture.content_type) == ("photo.jpg", "image/jpeg")
    assert picture.data == visit.shown["picture"], "to the byte what was shown before"
    assert picture.data.endswith(b"\xff\xd9"), "nothing follows it"
    with Image.open(io.BytesIO(picture.data)) as shown:
        assert not shown.getexif()
        assert set(shown.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}
    prompt = str(post.form.fields["prompt"])
    assert prompt.startswith("Image 1: the person, to be edited.")
    assert prompt == visit.shown["prompt"].decode()
    assert prompt == prompts.prompt(style(LOOK), style(LOOK).recipe, pictures=1), (
        "the look, and nobody's name"
    )
    for secret in (CANARY.decode(), visit.photo, visit.here, visit.drawn, KEY, str(visit.at.root)):
        assert secret.encode() not in post.body
    whole = post.body + repr(post.headers).encode()
    assert not [name for name in (COMPUTER, PERSON) if name.encode() in whole]


async def test_what_is_sent_beyond_your_own_network_is_always_encrypted_over_https(tmp_path: Path) -> None:
    assert Endpoint.of(Settings(data_dir=tmp_path)).secure, "as it comes"
    for address in (
        "api.openai.com",
        "gpu.example",
        "8.8.8.8",
        "[2001:4860::8]",
        "localhost.example",
        "0.0.0.0",  # noqa: S104
        *("gpu", "gpu.lan", "gpu.local", "gpu.home.arpa", "100.64.0.1", "[::ffff:8.8.8.8]", "2130706433"),
        *("[2001:0:808:808::1]", "[2002:808:808::1]"),  # tunnels to a public host
    ):
        with pytest.raises(BadServer):
            Endpoint.of(Settings(data_dir=tmp_path, openai_base_url=f"http://{address}/v1"))
        assert Endpoint.of(Settings(data_dir=tmp_path, openai_base_url=f"https://{address}/v1")).secure
    for near in ("127.0.0.1:4000", "localhost", "192.168.1.20", "10.0.0.7", "[::1]:80"):
        assert not Endpoint.of(Settings(data_dir=tmp_path, openai_base_url=f"http://{near}")).secure
    far = Endpoint.of(Settings(data_dir=tmp_path))
    async with openai_door.client(far, lambda: None) as client:
        with pytest.raises(Exception, match="another address") as refused:
            await client.get("http://api.openai.com/v1/models")
        assert openai_door.never_left(refused.value)
    if importlib.util.find_spec("cryptography"):  # it comes with the keyring, on Linux
        from tests.tls_server import TLSServer, certificate  # noqa: PLC0415

        with TLSServer(certificate(tmp_path)) as pretender:
            there = Endpoint.of(Settings(data_dir=tmp_path, openai_base_url=pretender.base_url))
            async with openai_door.client(there, lambda: SecretStr(KEY)) as client:
                with pytest.raises(openai_door.Untrusted):
                    await client.post(pretender.base_url, content=portrait())
            assert (pretender.knocks, pretender.heard) == (1, b""), "to a false name nothing is said"


async def test_every_photo_that_leaves_this_computer_is_written_down_first_where_you_can_look_it_up(
    visit: Visit, openai_server: OpenAIServer, tmp_path: Path
) -> None:
    (post,) = visit.provider.posts
    assert post.form
    (line,) = csv.DictReader(io.StringIO(visit.files["sent.csv"].decode("utf-8-sig")))
    assert line["host"] == f"127.0.0.1:{visit.provider.port}"
    assert line["picture_sha256"] == hashlib.sha256(post.form.images[0].data).hexdigest()
    assert line["form_fields"].split() == [part.name for part in post.form.parts]
    assert line["size_bytes"] == str(len(post.body))
    assert datetime.fromisoformat(line["sent_at"]).timestamp() <= post.began + 1
    (listed,) = [
        element["props"]["first"]
        for element in visit.at.page("/sent").elements.values()
        if "first" in element.get("props", {})
    ]
    assert [(one["host"], one["pictures"]) for one in listed] == [(line["host"], [line["picture_sha256"]])]

    async with studio_before(openai_server, tmp_path / "app") as studio:
        await studio.desk.agree_to_policy()
        await studio.desk.agree()
        photo = await photo_of(studio)
        openai_server.play(Fault.hang())
        order = OrderId("under way")
        (job,) = await studio.order(photo, [NAVY], order_id=order, engine=EngineName.OPENAI)
        async with asyncio.timeout(10):
            while not openai_server.posts:  # noqa: ASYNC110 - there is nothing to be told
                await asyncio.sleep(0.01)
        assert await studio.books.count() == 1, "it stands there while it is on its way"
        await asyncio.wait_for(studio.cancel(job.id), 10)
        with studio.library.index.write() as book:
            book.execute(
                "CREATE TRIGGER shut BEFORE INSERT ON sendings BEGIN SELECT RAISE(ABORT, 'shut'); END"
            )
        await ordered(studio, photo, 2)
        assert len(openai_server.posts) == 1, "what cannot be written down does not leave"


def test_openai_may_keep_what_it_received_normally_for_up_to_30_days(visit: Visit, tmp_path: Path) -> None:
    prices = PriceList.load()
    assert prices.kept_days == 30
    settings = Settings(data_dir=tmp_path)
    facts = Facts.of(settings, Endpoint.of(settings), prices, tuple(EngineName))
    in_policy = " ".join(text for section in policy(facts).sections for text in section.paragraphs)
    in_question = " ".join(sending_words("api.openai.com", "OpenAI", prices.kept_days).paragraphs)
    for text in (in_policy, in_question):
        assert "keeps" in text
        assert "up to 30 days" in text
        assert "longer where the law or safety requires it" in text
        assert "not used to train" in text
    (line,) = csv.DictReader(io.StringIO(visit.files["sent.csv"].decode("utf-8-sig")))
    sent, gone = (datetime.fromisoformat(line[name]) for name in ("sent_at", "provider_copy_gone_by"))
    assert timedelta(days=30) <= gone - sent < timedelta(days=30, minutes=10)
    assert "should be gone by" in json.dumps(visit.at.page("/sent").elements)


async def test_your_key_goes_to_its_own_host_alone_and_stands_in_no_page_no_log_and_no_export(
    visit: Visit, openai_server: OpenAIServer, other_server: OpenAIServer, tmp_path: Path
) -> None:
    (post,) = visit.provider.posts
    assert post.header("authorization") == f"Bearer {KEY}"
    secret = KEY[:-4].encode()
    assert any(KEY[-4:].encode() in answer for answer in visit.at.answers), "its end is shown"
    assert not [answer[:200] for answer in visit.at.answers if secret in answer]
    assert [name for name, data in visit.files.items() if secret in data] == []
    assert visit.at.holding(secret) == ["keys.json"]
    assert secret.decode() not in visit.at.served.said()
    app = psutil.Process(visit.at.served.process.pid)
    assert INHERITED in app.environ().values(), "a key can also come with the environment"
    given = []
    for child in app.children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            given += [*child.environ().values(), *child.cmdline()]
    assert str(visit.at.root / "calls") in given, "this is what its processes were given"
    assert not [one for one in given if INHERITED in one or KEY in one]
    assert not [answer[:200] for answer in visit.at.answers if INHERITED[:-4].encode() in answer]
    assert visit.at.holding(INHERITED) == []
    assert not [one.path for one in visit.provider.exchanges if INHERITED in repr(one.headers)]
    async with studio_before(openai_server, tmp_path / "app") as studio:
        await studio.desk.agree_to_policy()
        await studio.desk.use_server(other_server.base_url, "gpt-image-2.6-sunburst")
        await studio.desk.agree()
        await ordered(studio, await photo_of(studio), 1)
    for asked in other_server.exchanges:
        assert KEY not in repr(asked.headers), "a key for one host is shown to no other"
        assert KEY.encode() not in asked.body
