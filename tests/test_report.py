"""A report of a problem: it says what helps, and nothing of a person's."""

from __future__ import annotations

import getpass
import json
import os
import platform
import socket
from contextlib import closing
from pathlib import Path

import pytest
import pytest_socket

from headshot_web import __version__, logbook, report
from headshot_web.consent import ConsentKind, Consents
from headshot_web.keys import Keys, take_from_environment
from headshot_web.library import Library
from headshot_web.logbook import Event
from headshot_web.settings import Settings
from tests.fake_engine import developed
from tests.test_cli import headshot_web

KEY = "sk-proj-CANARY0123456789abcdef"
NAME = "Anna-Canary"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path / NAME / "headshots",
        openai_base_url="http://192.168.77.20:4000/v1",
        openai_model=f"model-of-{NAME}",
        contact=f"{NAME}@office.example",
        budget_day="4.75",
        workers=3,
        max_upload_mb=61,
    )


def kept(settings: Settings) -> str:
    """Use the app a little, badly, and return the photo's id."""
    with closing(Library.open(settings.folders)) as library, logbook.keep(settings.folders):
        photo = library.keep_photo(developed())
        Consents(library.index).give(ConsentKind.SENDING, "192.168.77.20:4000")
        try:
            (settings.data_dir / NAME).read_bytes()
        except OSError as error:
            logbook.note(Event.JOB_STOPPED, error)
    return photo.id


def test_it_says_what_helps_to_find_a_mistake(settings: Settings) -> None:
    kept(settings)
    text = report.compose(settings)
    for words in (
        f"headshot-web {__version__}",
        f"Python {platform.python_version()}",
        "pillow 13",
        "workers = 3",
        "max_upload_mb = 61",
        "ok    index     Undamaged: 1 photo, 0 headshots.",
        "LOOK  server",
        "job-stopped FileNotFoundError(2) at pathlib:",
    ):
        assert words in text, words
    assert "theme" not in text, "what was left as it was is not told"


def test_it_holds_nothing_of_a_person(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", f"org-{NAME}")
    monkeypatch.setenv("HTTPS_PROXY", f"http://{NAME}:secret@proxy.example:3128")
    for whose in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(whose, f"user-{NAME}")
    monkeypatch.setattr(socket, "gethostname", lambda: f"computer-{NAME}")
    monkeypatch.setattr(platform, "node", lambda: f"computer-{NAME}")
    assert (getpass.getuser(), platform.node()) == (f"user-{NAME}", f"computer-{NAME}")
    photo = kept(settings)
    keys = Keys(settings.folders, environ=take_from_environment({"HEADSHOT_WEB_OPENAI_API_KEY": KEY}))
    text = report.compose(settings, keys)
    secrets = [
        *(KEY, "CANARY", NAME, "192.168.77.20", "office.example", "4.75", "proxy", photo, "ORG_ID"),
        *(str(settings.data_dir), str(Path.home()), os.sep + "tmp", "://"),
    ]
    assert [secret for secret in secrets if secret in text] == []
    for name in ("data_dir", "openai_base_url", "openai_model", "contact", "budget_day"):
        assert f"  {name}\n" in text, "that it was changed is told, but not to what"


def test_a_line_that_somebody_else_wrote_into_the_log_is_left_out(settings: Settings) -> None:
    kept(settings)
    with settings.folders.log.open("a", encoding="utf-8") as log:
        log.write(f"{NAME} was here\n2026-01-01T00:00:00Z ERROR \x1b]0;title\x07\n")
    text = report.compose(settings)
    assert "was here" not in text
    assert "\x1b" not in text


def test_it_sends_nothing_and_changes_nothing(settings: Settings, socket_disabled: None) -> None:
    with pytest.raises(pytest_socket.SocketBlockedError):
        socket.socket()
    report.compose(settings)
    assert not settings.data_dir.exists()


def test_the_command_prints_it_whatever_the_doctor_finds(tmp_path: Path) -> None:
    done = headshot_web("doctor", "--report", "--data-dir", tmp_path / NAME, HEADSHOT_WEB_WORKERS=5)
    assert done.returncode == 0
    assert "workers = 5" in done.stdout
    assert NAME not in done.stdout
    with pytest.raises(json.JSONDecodeError):
        json.loads(done.stdout)
