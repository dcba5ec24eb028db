"""`headshot-web kiosk` as an operator uses it: what it says, what it opens, and that both end together."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from headshot_web.errors import WrongPin
from headshot_web.event import Event
from headshot_web.paths import Folders
from headshot_web.pin import Pin
from tests.doors import Served, ask, free_port, start

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the stand-in browser is a shell script")
PIN = "480173"


def kiosk(folder: Path, *more: str, home: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command that ends by itself."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("HEADSHOT_")}
    places = {"HOME": str(home or folder.parent), "XDG_CONFIG_HOME": str((home or folder.parent) / ".config")}
    return subprocess.run(
        [sys.executable, "-m", "headshot_web", "kiosk", "--data-dir", str(folder), *more],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**clean, **places},
    )


def begun(folder: Path, *more: str, **environment: str) -> Served:
    words = ["-m", "headshot_web", "kiosk", "--port", str(free_port()), "--data-dir", str(folder), *more]
    return start(words, folder=folder, PYTHONUNBUFFERED="1", HOME=str(folder.parent), **environment)


def until(condition: object, seconds: float = 20) -> None:
    assert callable(condition)
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.05)


@pytest.fixture
def stand_in(tmp_path: Path) -> Path:
    """A browser that only notes its words and stays open."""
    program = tmp_path / "bin" / "chromium"
    program.parent.mkdir()
    calls = tmp_path / "calls"
    noted = f'printf "%s\\n" "$@" > "{calls}.new"\necho $$ > "{tmp_path}/pid"\nmv "{calls}.new" "{calls}"'
    program.write_text(f"#!/bin/sh\n{noted}\nsleep 60\n")
    program.chmod(0o755)
    return program


def test_it_serves_the_booth_opens_its_browser_and_ends_both(tmp_path: Path, stand_in: Path) -> None:
    saved = tmp_path / "fair.toml"
    Event(name="Fair", operator_name="Novák").save(saved)
    served = begun(
        tmp_path / "data", "--event", str(saved), "--program", str(stand_in), "--browser-flag=--headless=new"
    )
    try:
        until((tmp_path / "calls").exists)
        words = (tmp_path / "calls").read_text().splitlines()
        assert words[-2:] == ["--kiosk", served.address]
        assert "--headless=new" in words
        assert f"--user-data-dir={tmp_path / 'data' / 'booth' / 'browser'}" in words
        page = ask(served.port, "GET", "/", {"Accept": "text/html"}).body.decode()
        assert "Fair" in page
        for path in ("/settings", "/gallery", "/sent", "/phones", "/privacy"):
            assert ask(served.port, "GET", path, {"Accept": "text/html"}).status == 404
        pid = int((tmp_path / "pid").read_text())
    finally:
        assert served.stop() == 0
        served.errors.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert not (tmp_path / "data" / "booth" / "browser").exists()
    assert Event.load(Folders(tmp_path / "data").event).name == "Fair"


def test_without_a_screen_it_says_so_and_serves_all_the_same(tmp_path: Path, stand_in: Path) -> None:
    served = begun(tmp_path / "data", "--program", str(stand_in), DISPLAY="", WAYLAND_DISPLAY="")
    assert served.process.stdout
    lines = [served.process.stdout.readline() for _ in range(3)]
    assert ask(served.port, "GET", "/", {"Accept": "text/html"}).status == 200
    served.stop(signal.SIGTERM)
    served.errors.close()
    assert "There is no screen here" in lines[0]
    assert "--no-browser" in lines[0]
    assert "choose a PIN" in lines[1]
    assert not (tmp_path / "calls").exists()


class TestWords:
    def test_a_missing_browser_and_a_missing_screen_are_said(self, tmp_path: Path) -> None:
        lost = kiosk(tmp_path / "data", "--program", str(tmp_path / "none"), "--browser-flag=--headless")
        assert lost.returncode == 1
        assert lost.stderr.startswith("No Chromium, Chrome or Edge was found.")
        odd = kiosk(tmp_path / "data", "--screen", "first")
        assert odd.returncode == 2
        assert "1920,0" in odd.stderr

    def test_an_event_that_cannot_be_is_said(self, tmp_path: Path) -> None:
        (tmp_path / "bad.toml").write_text("shots = 9\n")
        bad = kiosk(tmp_path / "data", "--no-browser", "--event", str(tmp_path / "bad.toml"))
        assert bad.returncode == 1
        assert "a whole number from 1 to 4" in bad.stderr
        missing = kiosk(tmp_path / "data", "--no-browser", "--event", str(tmp_path / "none.toml"))
        assert missing.stderr.startswith("The event's file can't be read.")

    def test_help_says_how(self) -> None:
        said = subprocess.run(
            [sys.executable, "-m", "headshot_web", "kiosk", "--help"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for word in ("--install", "--uninstall", "--reset-pin", "--screen", "--no-browser", "/operator"):
            assert word in said


@pytest.mark.skipif(sys.platform == "darwin", reason="a Linux desktop's own files")
class TestLogin:
    def test_it_is_shown_asked_written_and_taken_away(self, tmp_path: Path) -> None:
        asked = kiosk(tmp_path / "data", "--install", "--screen", "1")
        assert asked.returncode == 1
        assert "[Desktop Entry]" in asked.stdout
        assert "Nothing was written" in asked.stderr
        assert list(tmp_path.rglob("*.desktop")) == []
        done = kiosk(tmp_path / "data", "--install", "--screen", "1", "--yes")
        assert done.returncode == 0
        (entry,) = tmp_path.rglob("*.desktop")
        assert entry.read_text() in done.stdout.replace("\n    ", "\n") + entry.read_text()
        assert "--screen" in "".join(path.read_text() for path in tmp_path.rglob("headshot-web-kiosk.*"))
        removed = kiosk(tmp_path / "data", "--uninstall")
        assert f"Removed: {entry}" in removed.stdout
        assert list(tmp_path.rglob("headshot-web-kiosk.*")) == []


class TestPin:
    def test_who_forgot_it_takes_it_away(self, tmp_path: Path) -> None:
        folders = Folders(tmp_path / "data")
        Pin(folders).choose(PIN)
        said = kiosk(folders.root, "--reset-pin")
        assert said.returncode == 0
        assert "taken away" in said.stdout
        assert not Pin(folders).is_set

    def test_it_is_chosen_at_the_terminal_typed_twice_and_never_shown(self, tmp_path: Path) -> None:
        typed = ["123456", "123456", PIN, "480174", PIN, PIN]
        shown = at_terminal(tmp_path / "data", ["--reset-pin"], typed)
        assert "A guest would try this one first" in shown
        assert "not the same" in shown
        assert "The PIN is set." in shown
        assert not re.search("123456|480173|480174", shown)
        Pin(Folders(tmp_path / "data")).check(PIN)
        with pytest.raises(WrongPin):
            Pin(Folders(tmp_path / "data")).check("480174")


def at_terminal(folder: Path, words: list[str], typed: list[str]) -> str:
    """Run the command in a terminal of its own, type a line at each question, and return what it showed."""
    child, terminal = pty.fork()
    if child == 0:
        command = [sys.executable, "-m", "headshot_web", "kiosk", "--data-dir", str(folder), *words]
        os.execv(sys.executable, command)  # noqa: S606 - there is to be no shell
    shown, asked = b"", 0
    try:
        while piece := os.read(terminal, 4096):
            shown += piece
            questions = shown.count(b"PIN: ") + shown.count(b"Once more: ")
            if questions > asked and asked < len(typed):
                asked += 1
                time.sleep(0.1)
                os.write(terminal, typed[asked - 1].encode() + b"\n")
    except OSError:
        pass  # the terminal is closed
    finally:
        os.waitpid(child, 0)
        os.close(terminal)
    return shown.decode()
