"""What a person gets who has headshots drawn elsewhere from the command line."""

from __future__ import annotations

import asyncio
import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from PIL import Image
from pydantic import SecretStr

from headshot_web import commission
from headshot_web.accounts import Outcome
from headshot_web.consent import ConsentKind, Consents
from headshot_web.errands import Order, Stopped
from headshot_web.errors import LeftInTheApp
from headshot_web.imaging.darkroom import Darkroom
from headshot_web.index import Index
from headshot_web.keys import Keys
from headshot_web.ledger import Ledger
from headshot_web.library import Library
from headshot_web.model import JobState, Step, StyleId
from headshot_web.paths import Folders
from headshot_web.settings import Settings
from headshot_web.studio import Studio, open_studio
from headshot_web.styles import style
from tests import portraits
from tests.fake_engine import FakeDarkroom, PaidEngine, developed
from tests.openai_faults import Fault
from tests.openai_server import OpenAIServer
from tests.test_cli import COMMAND, Done, environment, headshot_web
from tests.test_jobs import states, until
from tests.test_studio import all_settled, opened

LOOK = "advisor-navy"
RECEIVED = JobState.RECEIVED


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "office"
    folder.mkdir()
    portraits.astronaut().save(folder / "a.png")
    portraits.hopper().save(folder / "b.jpg")
    return folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def variables(folder: Path, server: OpenAIServer) -> dict[str, object]:
    """The loopback server as one's own, with OpenAI's prices for it."""
    data = folder / "data"
    data.mkdir(exist_ok=True)
    (data / "openai_models.toml").write_text(f'host = "127.0.0.1:{server.port}"\n')
    return {
        "HEADSHOT_WEB_DATA_DIR": data,
        "HEADSHOT_WEB_OPENAI_BASE_URL": server.base_url,
        "HEADSHOT_WEB_OPENAI_API_KEY": server.key,
        "HEADSHOT_WEB_OPENAI_MODEL": "gpt-image-2.6-sunburst",
        "HEADSHOT_WEB_OPENAI_DRAFT_MODEL": "gpt-image-2.6-flare",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }


def draw(server: OpenAIServer, photo: Path, out: Path, *options: object, **more: object) -> Done:
    given = {**variables(out.parent, server), **more}
    wanted = [photo, "--style", LOOK, "--out", out, "--engine", "openai", "--quality", "draft", *options]
    return headshot_web("render", *wanted, **given)


@contextmanager
def under_way(server: OpenAIServer, out: Path, *photos: object) -> Iterator[subprocess.Popen[str]]:
    """The command in a process of its own, once the first photo has left."""
    wanted = [*photos, "--style", LOOK, "--out", out, "--engine", "openai", "--i-agree"]
    with subprocess.Popen(
        [*COMMAND, "render", *map(str, wanted)], stderr=subprocess.PIPE, text=True,
        env=environment(**variables(out.parent, server)),
    ) as run:  # fmt: skip
        while not server.posts:
            assert run.poll() is None
            time.sleep(0.01)
        yield run


@contextmanager
def index(out: Path) -> Iterator[Index]:
    with closing(Index.open(out.parent / "data" / "index.sqlite3")) as opened:
        yield opened


def kept(out: Path) -> tuple[int, int]:
    """How many photos and headshots the app still has."""
    library = Library.open(Folders(out.parent / "data"))
    with closing(library):
        return library.storage().photos, library.storage().headshots


class TestYes:
    def test_without_a_terminal_and_without_the_option_nothing_is_sent(
        self, openai_server: OpenAIServer, photos: Path, out: Path
    ) -> None:
        done = draw(openai_server, photos, out)
        assert done.returncode == 2
        assert done.stderr.startswith("Your yes is needed first. Nothing was sent.")
        assert "--i-agree" in done.stderr
        assert "Traceback" not in done.stderr
        assert openai_server.bytes_received == 0
        assert kept(out) == (0, 0)
        assert not list(out.iterdir())

    def test_the_option_says_it_once_and_it_is_remembered_as_in_the_app(
        self, openai_server: OpenAIServer, photos: Path, out: Path
    ) -> None:
        host = f"127.0.0.1:{openai_server.port}"
        assert draw(openai_server, photos / "a.png", out, "--i-agree").returncode == 0
        with index(out) as opened:
            assert Consents(opened).given(ConsentKind.SENDING, host)
        assert draw(openai_server, photos / "b.jpg", out).returncode == 0
        assert len(openai_server.posts) == 2

    @pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminal")
    @pytest.mark.parametrize(
        ("answer", "code", "posts"), [("yes", 0, 2), pytest.param("y", 1, 0, marks=pytest.mark.thorough)]
    )
    def test_on_a_terminal_a_person_is_asked_and_only_yes_is_one(  # noqa: PLR0917 - what is typed, and what comes of it
        self, openai_server: OpenAIServer, photos: Path, out: Path, answer: str, code: int, posts: int
    ) -> None:
        said, returned = at_a_terminal(openai_server, photos / "b.jpg", out, answer)
        for words in (
            *("May your photo be sent to your own server?", f"at 127.0.0.1:{openai_server.port}"),
            *(
                "without place, time, camera or name",
                "2 headshots, for about $0.0",
                "Type yes to send: ",
            ),
        ):
            assert words in said
        assert returned == code, said
        assert len(openai_server.posts) == posts
        assert ("It cost $0.0" in said) is bool(posts)
        assert kept(out) == (0, 0)


def at_a_terminal(server: OpenAIServer, photo: Path, out: Path, answer: str, *more: str) -> tuple[str, int]:
    import pty  # noqa: PLC0415 - not on Windows

    ours, theirs = pty.openpty()
    wanted = ["render", str(photo), "--style", LOOK, "--out", str(out), "--engine", "openai", "--quality"]
    with subprocess.Popen(
        [*COMMAND, *wanted, "draft", "--count", "2", *more], stdin=theirs, stdout=theirs, stderr=theirs,
        env=environment(**variables(out.parent, server)), start_new_session=True,
    ) as run:  # fmt: skip
        os.close(theirs)
        said, typed = "", False
        while select.select([ours], [], [], 60)[0]:
            try:
                said += os.read(ours, 65536).decode()
            except OSError:  # the other side has ended
                break
            if not typed and "Type yes to send: " in said:
                os.write(ours, f"{answer}\n".encode())
                typed = True
        returned = run.wait(30)
    os.close(ours)
    return " ".join(said.split()), returned


class TestDrawing:
    def test_every_look_is_sent_once_written_priced_and_then_forgotten(
        self, openai_server: OpenAIServer, photos: Path, out: Path
    ) -> None:
        done = draw(
            openai_server, photos, out, "--style", "stage", "--count", "2", "--i-agree",
            "--json", "--size", "800",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert len(openai_server.posts) == 8
        report = json.loads(done.stdout)
        names = sorted(Path(made["file"]).name for made in report["made"])
        assert names == sorted(
            f"{who}-{look}{number}.jpg" for who in "ab" for look in (LOOK, "stage") for number in ("", "-2")
        )
        for made in report["made"]:
            with Image.open(made["file"]) as picture:
                assert max(picture.size) == 800
                assert picture.size == (made["width_px"], made["height_px"])
            assert made["model"] == "gpt-image-2.6-flare"
        each = {made["cost"]["amount"] for made in report["made"]}
        assert report["cost_is_exact"]
        assert report["cost"]["currency"] == "USD"
        assert (
            0
            < float(report["cost"]["amount"])
            == pytest.approx(sum(float(made["cost"]["amount"]) for made in report["made"]))
        )
        assert all(float(cost) > 0 for cost in each)
        assert kept(out) == (0, 0)
        with index(out) as opened:
            entries = Ledger(opened).entries()
        assert len(entries) == 8
        assert all(entry.deleted for entry in entries), "the ledger says that its photo is gone"
        files = [file for file in out.parent.rglob("*") if file.is_file()]
        assert not [file for file in files if openai_server.key.encode() in file.read_bytes()]
        assert openai_server.key not in done.stdout + done.stderr

    def test_one_refused_stops_no_other_and_is_free(
        self, openai_server: OpenAIServer, photos: Path, out: Path
    ) -> None:
        openai_server.play(Fault.moderation())
        done = draw(openai_server, photos / "b.jpg", out, "--count", "2", "--i-agree")
        assert done.returncode == 1
        assert len(openai_server.posts) == 2
        assert len(list(out.iterdir())) == 1
        assert re.search(r"^It cost \$0\.0\d*[1-9]\.$", done.stdout, re.MULTILINE)
        assert "Traceback" not in done.stderr
        assert kept(out) == (0, 0)

    def test_what_was_drawn_otherwise_than_asked_is_told_and_every_photo_gets_its_headshot(
        self, openai_server: OpenAIServer, photos: Path, out: Path
    ) -> None:
        openai_server.play(Fault.no_model("gpt-image-2.6-flare"), Fault.other_size(640, 960))
        done = draw(openai_server, photos, out, "--i-agree", HEADSHOT_WEB_BUDGET_DAY="0.07")
        assert done.returncode == 0, done.stderr
        assert len(list(out.iterdir())) == 2
        assert "Another model drew it. The one that was chosen was not available." in done.stdout
        assert "Drawn in another size." in done.stdout
        assert "It cost $0.0" in done.stdout
        assert "Near your budget of $0.07 a day. It still fits." in done.stderr
        assert kept(out) == (0, 0)

    def test_what_may_have_been_charged_is_said_as_about_and_not_sent_again(
        self, openai_server: OpenAIServer, photos: Path, out: Path
    ) -> None:
        openai_server.play(Fault.half_body())
        done = draw(openai_server, photos / "b.jpg", out, "--i-agree", LC_ALL="de_DE.UTF-8")
        assert done.returncode == 1
        assert len(openai_server.posts) == 1
        assert re.search(r"^It cost about 0,0\d*[1-9]\s\$\.$", done.stdout, re.MULTILINE)

    def test_a_budget_stops_it_before_anything_is_sent(
        self, openai_server: OpenAIServer, photos: Path, out: Path
    ) -> None:
        done = draw(openai_server, photos, out, "--i-agree", HEADSHOT_WEB_BUDGET_DAY="0.001")
        assert done.returncode == 1
        assert done.stderr.startswith("Your budget does not reach for this. Nothing was sent.")
        assert openai_server.bytes_received == 0
        assert kept(out) == (0, 0)

    @pytest.mark.thorough
    def test_what_cannot_be_written_stays_in_the_app_for_it_is_paid(
        self, openai_server: OpenAIServer, photos: Path, out: Path
    ) -> None:
        openai_server.delay_s = 1.0

        def take_away() -> None:
            while not openai_server.posts:
                time.sleep(0.01)
            shutil.rmtree(out)

        thread = threading.Thread(target=take_away)
        thread.start()
        done = draw(openai_server, photos / "b.jpg", out, "--i-agree")
        thread.join()
        assert done.returncode == 1
        assert "It was drawn and is kept in the app" in done.stderr
        assert kept(out) == (1, 1)

    @pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for another process")
    def test_after_ctrl_c_what_was_sent_is_waited_for_and_kept(
        self, openai_server: OpenAIServer, photos: Path, out: Path
    ) -> None:
        openai_server.delay_s = 1.0
        with under_way(openai_server, out, photos / "b.jpg") as run:
            run.send_signal(signal.SIGINT)
            _, errors = run.communicate(timeout=60)
        assert run.returncode == 130
        assert errors.startswith("Stopping. What was sent already is waited for; Ctrl-C again")
        assert "\nStopped." in errors
        assert re.search(r"^It cost \$0\.\d+\.$", errors, re.MULTILINE)
        assert "Traceback" not in errors
        assert len(openai_server.posts) == 1
        assert len(list(out.iterdir())) == 1, "it was paid, and so it is written all the same"
        assert kept(out) == (0, 0)

    @pytest.mark.thorough
    @pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for another process")
    def test_a_second_ctrl_c_waits_no_longer_and_says_that_it_may_be_charged(
        self, openai_server: OpenAIServer, photos: Path, out: Path
    ) -> None:
        openai_server.delay_s = 30.0
        with under_way(openai_server, out, photos / "b.jpg") as run:
            run.send_signal(signal.SIGINT)
            assert run.stderr is not None
            assert run.stderr.readline().startswith("Stopping. What was sent already is waited for")
            pressed = time.monotonic()
            run.send_signal(signal.SIGINT)
            _, errors = run.communicate(timeout=20)
        assert time.monotonic() - pressed < 15
        assert run.returncode == 130
        assert "It cost about $0." in errors, "it may be charged"
        assert "Traceback" not in errors
        with index(out) as opened:
            assert [entry.receipt.outcome for entry in Ledger(opened).entries()] == [Outcome.UNCLEAR]
        assert kept(out) == (0, 0)

    @pytest.mark.thorough
    @pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for another process")
    def test_after_ctrl_c_nothing_more_is_sent_not_even_what_waits_to_be_sent_again(
        self, openai_server: OpenAIServer, photos: Path, out: Path
    ) -> None:
        openai_server.play(Fault.rate_limited(5))
        with under_way(openai_server, out, photos / "b.jpg") as run:
            time.sleep(1)  # it was refused, and waits
            run.send_signal(signal.SIGINT)
            _, errors = run.communicate(timeout=20)
        assert run.returncode == 130
        assert "waited for" not in errors, "nothing is with the provider"
        assert len(openai_server.posts) == 1
        assert kept(out) == (0, 0)

    def test_while_the_app_is_open_it_says_so(
        self, openai_server: OpenAIServer, photos: Path, out: Path
    ) -> None:
        library = Library.open(Folders(out.parent / "data"))
        with closing(library):
            done = draw(openai_server, photos, out, "--i-agree")
        assert done.returncode == 1
        assert done.stderr.startswith("The app is already running with this folder.")
        assert openai_server.bytes_received == 0

    def test_without_a_key_for_openai_it_is_said(self, photos: Path, out: Path) -> None:
        done = headshot_web(
            "render", photos, "--style", LOOK, "--out", out, "--engine", "openai", "--i-agree",
            "--data-dir", out.parent / "data",
        )  # fmt: skip
        assert done.returncode == 1
        assert done.stderr.startswith("There is no OpenAI key yet.")
        assert kept(out) == (0, 0)

    @pytest.mark.parametrize("option", ["--i-agree", "--quality=draft", "--count=2", "--also=b.jpg"])
    def test_what_is_for_a_provider_is_not_silently_passed_over_here(
        self, photos: Path, out: Path, option: str
    ) -> None:
        done = headshot_web("render", photos, "--style", LOOK, "--out", out, option)
        assert done.returncode == 2
        assert "--engine openai" in done.stderr


@pytest.mark.thorough
class TestLikeness:
    def test_more_photos_go_along_are_counted_and_forgotten(
        self, openai_server: OpenAIServer, photos: Path, out: Path
    ) -> None:
        also = ["--also", photos / "b.jpg", "--also", photos / "a.png", "--also", photos / "b.jpg"]
        done = draw(openai_server, photos / "a.png", out, *also, "--style", "stage", "--i-agree", "--json")
        assert done.returncode == 0, done.stderr
        assert [len(post.form.images) for post in openai_server.posts if post.form] == [2, 2]
        assert len(json.loads(done.stdout)["made"]) == 2
        assert kept(out) == (0, 0)
        with index(out) as opened:
            entries = Ledger(opened).entries()
        assert [len(entry.dispatch.pictures) for entry in entries] == [2, 2]
        assert all(entry.deleted for entry in entries)

    @pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminal")
    @pytest.mark.parametrize(("answer", "posts"), [("yes", 2), ("no", 0)])
    def test_the_question_says_how_many_photos_would_go(
        self, openai_server: OpenAIServer, photos: Path, out: Path, answer: str, posts: int
    ) -> None:
        said, _ = at_a_terminal(openai_server, photos / "b.jpg", out, answer, "--also", str(photos / "a.png"))
        assert "2 headshots, each from 2 photos, for about $0.0" in said
        assert len(openai_server.posts) == posts
        assert kept(out) == (0, 0)

    def test_without_one_of_them_nothing_is_sent(
        self, openai_server: OpenAIServer, photos: Path, out: Path
    ) -> None:
        (photos / "c.jpg").write_text("no picture")
        also = ["--also", photos / "b.jpg", "--also", photos / "c.jpg"]
        done = draw(openai_server, photos / "a.png", out, *also, "--i-agree")
        assert done.returncode == 1
        assert f"{photos / 'c.jpg'}: " in done.stderr
        assert openai_server.bytes_received == 0
        assert kept(out) == (0, 0)

    @pytest.mark.parametrize(
        ("photo", "count", "said"),
        [("b.jpg", 4, "--also goes with up to three photos."), ("", 1, "--also goes with one photo.")],
    )
    def test_four_more_or_several_people_are_refused(  # noqa: PLR0917 - what is named, and what comes of it
        self, openai_server: OpenAIServer, photos: Path, out: Path, photo: str, count: int, said: str
    ) -> None:
        also = [f"--also={photos / f'{number}.jpg'}" for number in range(count)]
        done = draw(openai_server, photos / photo, out, *also, "--i-agree")
        assert done.returncode == 2
        assert done.stderr.startswith(said)
        assert openai_server.bytes_received == 0

    @pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for another process")
    def test_ctrl_c_loses_nothing_that_was_sent_with_more_photos(
        self, openai_server: OpenAIServer, photos: Path, out: Path
    ) -> None:
        openai_server.delay_s = 1.0
        with under_way(openai_server, out, photos / "b.jpg", "--also", photos / "a.png") as run:
            run.send_signal(signal.SIGINT)
            run.communicate(timeout=60)
        assert len(list(out.iterdir())) == 1
        assert kept(out) == (0, 0)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for another process")
async def test_what_is_just_being_kept_at_a_second_ctrl_c_stays_in_the_app(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = PaidEngine(stop_at=Step.SAVING)
    made: list[Studio] = []

    async def with_the_engine(settings: Settings, **more: Any) -> Studio:
        room = cast("Darkroom", FakeDarkroom())
        made.append(await open_studio(settings, darkroom=room, engines={engine.name: engine}, **more))
        return made[0]

    monkeypatch.setattr(commission, "open_studio", with_the_engine)
    (tmp_path / "b.jpg").write_bytes(developed().picture)
    settings = Settings(data_dir=tmp_path / "app")
    wanted = commission.Commission(
        order=Order(photos=(tmp_path / "b.jpg",), looks=(style(StyleId(LOOK)),), out=tmp_path / "out"),
        agreed=True,
    )
    keys = Keys(settings.folders, environ={"OPENAI_API_KEY": SecretStr("sk-" + "k" * 40)})
    task = asyncio.create_task(commission.carry_out(wanted, settings, keys, quiet=True))
    async with asyncio.timeout(20):
        await until(lambda: bool(made) and RECEIVED in states(made[0].library.orders.unfinished()))
        for _ in range(2):
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.sleep(0.1)
        with pytest.raises(Stopped) as stopped:
            await task
    assert [type(one.error) for one in stopped.value.report.failed] == [LeftInTheApp]
    assert stopped.value.report.bill is not None
    engine.go.set()
    async with opened(settings, PaidEngine()) as studio:
        (photo,) = await studio.photos()
        jobs = await asyncio.to_thread(studio.library.orders.of_photo, photo.id)
        assert [job.state for job in await all_settled(studio, jobs[0].order_id)] == [JobState.DONE]
    assert len(engine.posts) == 1
