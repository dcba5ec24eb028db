"""Where a Chromium or Chrome is on this computer."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
MAC = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
WINDOWS = (
    "Google/Chrome/Application/chrome.exe",
    "Chromium/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
)
PLAYWRIGHT = (
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
    "chromium-*/chrome-win*/chrome.exe",
)


def find_chromium() -> Path | None:
    """Find the browser: HEADSHOT_WEB_TEST_BROWSER, an installed one, or the one Playwright brought."""
    named = os.environ.get("HEADSHOT_WEB_TEST_BROWSER")
    if named:
        return Path(named)
    return next((path for path in _places() if path.is_file() and not _is_snap_stub(path)), None)


def _places() -> list[Path]:
    """List every place to look at, the likeliest first."""
    if sys.platform == "win32":
        roots = [os.environ.get(name) for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")]
        installed = [Path(root) / tail for root in roots if root for tail in WINDOWS]
    elif sys.platform == "darwin":
        roots_mac = (Path("/Applications"), Path.home() / "Applications")
        installed = [root / tail for root in roots_mac for tail in MAC]
    else:
        installed = []
    on_path = [Path(found) for name in COMMANDS if (found := shutil.which(name))]
    brought = [path for tail in PLAYWRIGHT for path in sorted(_playwright_folder().glob(tail), reverse=True)]
    return [*on_path, *installed, *brought]


def _playwright_folder() -> Path:
    """Return where Playwright keeps the browsers it brings."""
    named = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    if named and named != "0":
        return Path(named)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "ms-playwright"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "ms-playwright"
    return Path.home() / ".cache" / "ms-playwright"


def _is_snap_stub(path: Path) -> bool:
    """Tell Ubuntu's placeholder, a small script that asks for the snap, from a browser."""
    if sys.platform != "linux" or Path("/snap/bin/chromium").exists():
        return False
    with path.open("rb") as file:
        start = file.read(4096)
    return start.startswith(b"#!") and b"snap install chromium" in start
