"""The booth's browser: how it is found and opened, that it comes back, and that nothing of it stays."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from headshot_web.displays import Display
from headshot_web.errors import NoKioskBrowser
from headshot_web.kiosk_browser import Kind, KioskBrowser, Opening, chosen, find, prepare, profile_for, wipe
from headshot_web.paths import Folders
from tests.browser.find_chromium import find_chromium

ADDRESS = "http://localhost:8417"
QUICKLY = (0.01, 0.02, 0.05)
posix = pytest.mark.skipif(os.name != "posix", reason="the stand-in is a shell script")


def program(place: Path, text: str = "#!/bin/sh\nsleep 60\n") -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)
    place.chmod(0o755)
    return place


def recorder(folder: Path, then: str) -> Path:
    """Write a program that notes how it was called, and does something then."""
    return program(folder / "chromium", f'#!/bin/sh\nprintf "%s\\n" "$@" --- >> "{folder}/calls"\n{then}\n')


def calls(folder: Path) -> list[list[str]]:
    text = (folder / "calls").read_text() if (folder / "calls").exists() else ""
    return [part.splitlines() for part in text.split("---\n") if part]


async def until(condition: object, seconds: float = 10) -> None:
    assert callable(condition)
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for is another process
            await asyncio.sleep(0.02)


class TestFinding:
    @posix
    def test_one_on_the_path_is_found(self, tmp_path: Path) -> None:
        there = program(tmp_path / "bin" / "google-chrome")
        assert find({"PATH": str(tmp_path / "bin")}, "linux") in {there, find({"PATH": ""}, "linux")}

    @posix
    def test_windows_and_macs_have_their_own_places(self, tmp_path: Path) -> None:
        edge = program(tmp_path / "Program Files (x86)" / "Microsoft/Edge/Application/msedge.exe")
        assert find({"PROGRAMFILES(X86)": str(edge.parents[3])}, "win32") == edge
        chrome = program(tmp_path / "Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
        assert find({"HOME": str(tmp_path)}, "darwin") == chrome
        assert [Kind.of(edge), Kind.of(chrome), Kind.of(Path("/usr/bin/chromium"))] == [
            Kind.EDGE,
            Kind.CHROME,
            Kind.CHROMIUM,
        ]

    @posix
    def test_what_is_no_browser_is_passed_over(self, tmp_path: Path) -> None:
        stub = program(tmp_path / "chromium", "#!/bin/sh\necho snap install chromium\n")
        if not Path("/snap/bin/chromium").exists():
            with pytest.raises(NoKioskBrowser):
                chosen(stub)
        with pytest.raises(NoKioskBrowser):
            chosen(tmp_path / "not-there")
        assert find({"PATH": ""}, "win32") is None

    def test_a_snap_gets_a_profile_where_it_may_write(self, tmp_path: Path) -> None:
        folders = Folders(tmp_path / "app")
        assert profile_for(Path("/usr/bin/google-chrome"), folders, tmp_path) == folders.kiosk_profile
        assert profile_for(Path("/snap/bin/chromium"), folders, tmp_path).is_relative_to(tmp_path / "snap")


class TestOpening:
    def opened(self, **more: object) -> tuple[str, ...]:
        kind = {"program": Path("/usr/bin/chromium"), "address": ADDRESS, "profile": Path("/p"), **more}
        return Opening(**kind).command()  # type: ignore[arg-type]

    def test_it_opens_the_address_full_screen_in_its_own_profile(self) -> None:
        command = self.opened()
        assert command[0] == "/usr/bin/chromium"
        assert command[-2:] == ("--kiosk", ADDRESS)
        assert "--user-data-dir=/p" in command
        assert "--kiosk-printing" not in command
        assert not any("position" in word for word in command)

    def test_it_goes_to_the_chosen_screen(self) -> None:
        command = self.opened(display=Display(left=1920, top=-20, width=1080, height=1920))
        assert "--window-position=1920,-20" in command
        assert "--window-size=1080,1920" in command

    def test_it_prints_without_asking_only_when_it_is_to_print(self) -> None:
        assert "--kiosk-printing" in self.opened(printing=True)

    def test_edge_needs_a_word_of_its_own(self) -> None:
        assert "--edge-kiosk-type=fullscreen" in self.opened(program=Path("/opt/microsoft-edge"))


@posix
class TestKeepingOpen:
    async def test_it_is_started_again_when_it_dies_and_ends_with_us(self, tmp_path: Path) -> None:
        opening = Opening(
            program=recorder(tmp_path, f"echo $$ > {tmp_path}/pid; sleep 60"),
            address=ADDRESS,
            profile=tmp_path / "profile",
        )
        browser = KioskBrowser(opening, patience_s=QUICKLY)
        browser.start()
        await until((tmp_path / "pid").exists)
        await until(lambda: (tmp_path / "pid").read_text() != "")
        first = (tmp_path / "pid").read_text()
        os.kill(int(first), signal.SIGKILL)
        await until(lambda: (tmp_path / "pid").read_text() not in {"", first})
        second = int((tmp_path / "pid").read_text())
        assert browser.restarts == 1
        assert len(calls(tmp_path)) == 2
        assert (tmp_path / "profile" / "Default" / "Preferences").exists()
        await browser.stop()
        with pytest.raises(ProcessLookupError):
            os.kill(second, 0)
        assert not (tmp_path / "profile").exists()

    async def test_one_that_ends_at_once_rests_longer_and_the_operator_is_told(self, tmp_path: Path) -> None:
        told: list[int] = []
        opening = Opening(program=recorder(tmp_path, "exit 1"), address=ADDRESS, profile=tmp_path / "p")
        browser = KioskBrowser(opening, patience_s=(0.01, 0.01, 0.01, 60), told=told.append)
        browser.start()
        await until(lambda: len(calls(tmp_path)) == 4)
        await asyncio.sleep(0.1)
        assert len(calls(tmp_path)) == 4
        assert told == [3]
        await asyncio.wait_for(browser.stop(), 2)

    async def test_one_that_will_not_end_is_ended(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("headshot_web.kiosk_browser.ENDING_S", 0.3)
        stubborn = recorder(tmp_path, f"trap '' TERM; echo $$ > {tmp_path}/pid; while :; do sleep 1; done")
        browser = KioskBrowser(Opening(program=stubborn, address=ADDRESS, profile=tmp_path / "p"))
        browser.start()
        await until((tmp_path / "pid").exists)
        await until(lambda: (tmp_path / "pid").read_text() != "")
        await browser.stop()
        with pytest.raises(ProcessLookupError):
            os.kill(int((tmp_path / "pid").read_text()), 0)


def test_a_fresh_profile_holds_nothing_of_the_one_before(tmp_path: Path) -> None:
    profile = tmp_path / "booth" / "browser"
    prepare(profile, ADDRESS)
    (profile / "Default" / "Cache").mkdir()
    (profile / "Default" / "Cache" / "face").write_bytes(b"\xff\xd8\xff")
    (profile / "link").symlink_to(tmp_path)
    prepare(profile, ADDRESS)
    assert [path.name for path in profile.rglob("*")] == ["Default", "Preferences"]
    assert f"{ADDRESS},*" in (profile / "Default" / "Preferences").read_text()
    if os.name == "posix":
        assert stat.S_IMODE((profile / "Default").stat().st_mode) == 0o700
    wipe(profile)
    wipe(profile)
    assert not profile.exists()


PAGE = """<!doctype html><title>booth</title><script>
const say = (what, how) => fetch(`/say?${what}=${how}`);
(async () => {
  await navigator.mediaDevices.getUserMedia({video: true})
    .then(stream => say("camera", stream.getVideoTracks().length), error => say("camera", error.name));
  await navigator.mediaDevices.getUserMedia({audio: true})
    .then(() => say("microphone", "on"), error => say("microphone", error.name));
  const link = document.createElement("a");
  link.href = "/face.jpg"; link.download = "face.jpg"; document.body.append(link); link.click();
  await fetch(`http://127.0.0.1:${location.port}/`, {mode: "no-cors"})
    .then(() => say("elsewhere", "reached"), error => say("elsewhere", error.name));
  await say("all", "done");
})();
</script>"""


@contextmanager
def page_server() -> Iterator[tuple[str, list[str]]]:
    """Serve one page at localhost, and note what it says."""
    said: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            said.append(self.path)
            picture = self.path == "/face.jpg"
            self.send_response(200)
            self.send_header("Content-Type", "image/jpeg" if picture else "text/html")
            self.end_headers()
            self.wfile.write(b"\xff\xd8\xff" + bytes(1000) if picture else PAGE.encode())

        def log_message(self, *_words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}", said
    server.shutdown()
    server.server_close()


@pytest.mark.skipif(sys.platform != "linux" or find_chromium() is None, reason="needs a Chromium on Linux")
async def test_a_real_browser_gives_the_camera_to_the_booth_alone_and_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    found = find_chromium()
    assert found
    more = ("--headless=new", "--no-sandbox", "--disable-gpu", "--use-fake-device-for-media-stream")
    with page_server() as (address, said):
        opening = Opening(program=found, address=address, profile=tmp_path / "p", more=more)
        browser = KioskBrowser(opening, patience_s=QUICKLY)
        browser.start()
        try:
            await until(lambda: "/say?all=done" in said, 30)
            assert "/say?camera=1" in said
            assert "/say?microphone=NotAllowedError" in said
            assert "/say?elsewhere=TypeError" in said
            assert list((tmp_path / "home").rglob("*.jpg")) == []
            lock = (tmp_path / "p" / "SingletonLock").readlink().name
            os.kill(int(lock.rpartition("-")[2]), signal.SIGKILL)
            await until(lambda: said.count("/") == 2, 30)
        finally:
            await browser.stop()
    assert not (tmp_path / "p").exists()
