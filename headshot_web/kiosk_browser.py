"""The booth's own browser: found, started full screen, started again when it dies, ended with the app."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from headshot_web.displays import Display
from headshot_web.errors import NoKioskBrowser
from headshot_web.finishing import firmly
from headshot_web.paths import FOLDER_MODE, Folders
from headshot_web.shelves import erase

_SNAP: Final = "snap/chromium"
_SNAP_PROFILE: Final = "common/headshot-web-booth"
PATIENCE_S: Final = (0.5, 1, 2, 5, 10, 30)
"""How long it rests before it is started again, longer each time it ends at once."""
SETTLED_S: Final = 60.0
"""Once it ran for so long, the next end counts as the first."""
ENDING_S: Final = 5.0
QUICK_ENDS_TOLD: Final = 3
"""After so many ends in a row the operator is told."""

_COMMANDS: Final = (
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "microsoft-edge-stable",
    "microsoft-edge",
)
_LINUX: Final = (
    *(f"/usr/bin/{name}" for name in _COMMANDS),
    "/opt/google/chrome/google-chrome",
    "/opt/microsoft/msedge/microsoft-edge",
    "/snap/bin/chromium",
    "/usr/lib64/chromium-browser/chromium-browser",
)
_MAC: Final = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
_WINDOWS: Final = (
    "Google/Chrome/Application/chrome.exe",
    "Chromium/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
)
_FEATURES_OFF: Final = (
    *("Translate", "MediaRouter", "OptimizationHints", "AutofillServerCommunication", "GlobalMediaControls"),
    *(
        "CertificateTransparencyComponentUpdater",
        "InterestFeedContentSuggestions",
        "OverscrollHistoryNavigation",
    ),
    *("HttpsUpgrades", "DownloadBubble", "AcceptCHFrame", "DialMediaRouteProvider", "PwaNavigationCapturing"),
)
_FLAGS: Final = (
    "--no-first-run",
    "--no-default-browser-check",
    "--noerrdialogs",
    "--disable-infobars",
    "--disable-session-crashed-bubble",
    "--hide-crash-restore-bubble",
    "--disable-search-engine-choice-screen",
    "--deny-permission-prompts",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-pinch",
    "--overscroll-history-navigation=0",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-client-side-phishing-detection",
    "--disable-sync",
    "--disable-extensions",
    "--disable-default-apps",
    "--disable-breakpad",
    "--disable-crash-reporter",
    "--no-pings",
    "--password-store=basic",
    "--disk-cache-size=1",
    "--media-cache-size=1",
    # Whoever gets at an address bar reaches nothing but the booth.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost",
    f"--disable-features={','.join(_FEATURES_OFF)}",
)


class Kind(StrEnum):
    """Which family a browser is of."""

    CHROMIUM = "Chromium"
    CHROME = "Chrome"
    EDGE = "Edge"

    @classmethod
    def of(cls, program: Path) -> Kind:
        """Tell by the program's name."""
        name = program.name.lower()
        if "edge" in name:
            return cls.EDGE
        return cls.CHROME if "chrome" in name and "chromium" not in name else cls.CHROMIUM


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """How the booth's browser is opened."""

    program: Path
    address: str
    profile: Path
    display: Display | None = None
    printing: bool = False
    """Whether a print goes to the default printer at once, without a dialogue."""
    more: tuple[str, ...] = ()
    """Flags of the operator's own."""

    def command(self) -> tuple[str, ...]:
        """Return the command; nothing of it ever goes through a shell."""
        kind = Kind.of(self.program)
        flags = [f"--user-data-dir={self.profile}", f"--crash-dumps-dir={self.profile / 'crashes'}", *_FLAGS]
        if self.printing:
            flags.append("--kiosk-printing")
        if kind is Kind.EDGE:
            flags += ["--edge-kiosk-type=fullscreen", "--kiosk-idle-timeout-minutes=0"]
        if sys.platform == "darwin":
            flags.append("--use-mock-keychain")
        if self.display is not None:
            flags += [
                f"--window-position={self.display.left},{self.display.top}",
                f"--window-size={self.display.width},{self.display.height}",
            ]
            if sys.platform == "linux":
                flags.append("--ozone-platform=x11")  # under Wayland no program may choose its place
        return (str(self.program), *flags, *self.more, "--kiosk", self.address)


def find(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path | None:
    """Return an installed Chromium, Chrome or Edge: at a well-known place, or on the path."""
    return next((path for path in _places(environ, platform) if _is_browser(path)), None)


def _places(environ: Mapping[str, str], platform: str) -> list[Path]:
    if platform == "win32":
        names = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
        roots = [Path(environ[name]) for name in names if environ.get(name)]
        known = [root / tail for tail in _WINDOWS for root in roots]
    elif platform == "darwin":
        home = [Path(environ["HOME"]) / "Applications"] if environ.get("HOME") else []
        known = [root / tail for tail in _MAC for root in (Path("/Applications"), *home)]
    else:
        known = [Path(place) for place in _LINUX]
    on_path = [shutil.which(name, path=environ.get("PATH", "")) for name in _COMMANDS]
    return [*(Path(found).absolute() for found in on_path if found), *known]


def _is_browser(path: Path) -> bool:
    """Tell a program from what is none, such as Ubuntu's script that only asks for the snap."""
    try:
        if not path.is_file() or not os.access(path, os.X_OK):
            return False
        with path.open("rb") as file:
            return b"snap install chromium" not in file.read(4096) or Path("/snap/bin/chromium").exists()
    except OSError:
        return False


def profile_for(program: Path, folders: Folders, home: Path | None = None) -> Path:
    """Say where the profile is: in the app folder; a snap may write into a folder of its own alone."""
    snap = (home or Path.home()) / _SNAP
    through_snap = program.is_relative_to("/snap") or (
        program.name.startswith("chromium") and snap.is_dir() and _starts_snap(program)
    )
    return snap / _SNAP_PROFILE if through_snap else folders.kiosk_profile


def wipe_all(folders: Folders, home: Path | None = None) -> None:
    """Erase every profile that a booth's browser may have left, with what it kept of pages and pictures."""
    for profile in (folders.kiosk_profile, (home or Path.home()) / _SNAP / _SNAP_PROFILE):
        if profile.is_dir():
            wipe(profile)


def _starts_snap(program: Path) -> bool:
    with suppress(OSError), program.open("rb") as file:
        start = file.read(4096)
        return start.startswith(b"#!") and b"/snap/bin/" in start
    return False


class KioskBrowser:
    """Keeps the booth's browser open until it is told to stop; nothing of a guest outlives it."""

    def __init__(
        self,
        opening: Opening,
        *,
        patience_s: Sequence[float] = PATIENCE_S,
        clock: Callable[[], float] = time.monotonic,
        told: Callable[[int], None] = lambda _ends: None,
    ) -> None:
        """Know how it is opened; `told` hears when it ended at once so many times in a row."""
        self.opening = opening
        self.restarts = 0
        self._anew = False
        self._patience_s = patience_s
        self._clock = clock
        self._told = told
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Open it, and keep it open from now on."""
        self._task = asyncio.create_task(self._keep_open(), name="booth's browser")

    async def reopen(self, opening: Opening) -> None:
        """Open it anew in another way, once the window that is open has ended."""
        self.opening = opening
        self._anew = True
        await self._end()

    async def stop(self) -> None:
        """End it with all its windows, and wipe its profile."""
        self._stopping.set()
        await self._end()
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=ENDING_S)
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await firmly(wipe, self.opening.profile)

    async def _keep_open(self) -> None:
        quick = 0
        while not self._stopping.is_set():
            began = self._clock()
            with suppress(OSError):
                await self._run_once()
            if self._stopping.is_set():
                return
            if self._anew:
                self._anew = False
                continue
            self.restarts += 1
            quick = 0 if self._clock() - began >= SETTLED_S else quick + 1
            if quick == QUICK_ENDS_TOLD:
                self._told(quick)
            rest = self._patience_s[min(max(quick - 1, 0), len(self._patience_s) - 1)]
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), rest)

    async def _run_once(self) -> None:
        await firmly(prepare, self.opening.profile, self.opening.address)
        self._process = await asyncio.create_subprocess_exec(
            *self.opening.command(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=os.name == "posix",
        )
        try:
            await self._process.wait()
        finally:
            await self._end()

    async def _end(self) -> None:
        """Ask it to end, then insist; what it started goes with it."""
        process = self._process
        if process is None:
            return
        for number in (signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)):
            _signal(process.pid, number)
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), ENDING_S)
                break
        _signal(process.pid, getattr(signal, "SIGKILL", signal.SIGTERM))


def _signal(pid: int, number: int) -> None:
    """Tell a process and all it started; one that is gone already is passed over."""
    with suppress(ProcessLookupError, PermissionError):
        if os.name == "posix":
            os.killpg(pid, number)
        else:
            os.kill(pid, number)


def prepare(profile: Path, address: str) -> None:
    """Make a fresh profile, in which this address alone may use the camera, and nothing may be saved."""
    wipe(profile)
    own = profile / "Default"
    own.mkdir(parents=True, mode=FOLDER_MODE)
    allowed = {f"{address.rstrip('/')},*": {"setting": 1}}
    wishes = {
        "profile": {"content_settings": {"exceptions": {"media_stream_camera": allowed}}},
        "download_restrictions": 3,
        "translate": {"enabled": False},
        "credentials_enable_service": False,
        "autofill": {"profile_enabled": False, "credit_card_enabled": False},
        "search": {"suggest_enabled": False},
        "alternate_error_pages": {"enabled": False},
        "net": {"network_prediction_options": 2},
        "devtools": {"availability": 2},
    }
    (own / "Preferences").write_text(json.dumps(wishes), encoding="utf-8")


def wipe(profile: Path) -> None:
    """Erase a profile with all that is in it, after a browser that still uses it has ended."""
    _end_left_over(profile)
    for _attempt in range(20):
        with suppress(OSError):
            erase(profile)
        if not profile.exists():
            return
        time.sleep(0.1)  # one that has just ended may still be writing


def _end_left_over(profile: Path) -> None:
    """End a browser that was left behind with this profile, as when the app itself was killed."""
    with suppress(OSError, ValueError, IndexError):
        pid = int((profile / "SingletonLock").readlink().name.rpartition("-")[2])
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        if f"--user-data-dir={profile}".encode() in words:
            os.kill(pid, signal.SIGTERM)
            for _attempt in range(50):
                os.kill(pid, 0)
                time.sleep(0.1)
            os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))


def chosen(program: Path | None) -> Path:
    """Return the browser that was named, or one that is found; raises `NoKioskBrowser`."""
    found = program or find()
    if found is None or not _is_browser(found):
        raise NoKioskBrowser
    return found.absolute()
