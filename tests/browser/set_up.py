"""Bring a browser for the tests: the one installed, else Playwright's own, else the system's packages."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from find_chromium import find_chromium

ADVICE = """No Chromium was found and none could be installed, so the tests that open a browser can't run.
Install Chromium, Google Chrome or Edge, then run “make test” again.
If it lies in an unusual place: HEADSHOT_WEB_TEST_BROWSER=/where/it/is make test"""


def main() -> int:
    """Return 0 once there is a browser, 1 with a sentence when there is none to be had."""
    if find_chromium():
        return 0
    for bring in (_by_playwright, _by_apt):
        bring()
        if found := find_chromium():
            print(f"Browser for the tests: {found.name}")
            return 0
    print(ADVICE, file=sys.stderr)
    return 1


def _by_playwright() -> None:
    """Let Playwright bring its own Chromium."""
    print("Bringing Chromium for the tests …", flush=True)
    _quietly([sys.executable, "-m", "playwright", "install", "chromium"])


def _by_apt() -> None:
    """Install Debian's Chromium, where we are root and apt is there."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return
    print("Installing the system's Chromium for the tests …", flush=True)
    _quietly(["apt-get", "update", "-qq"])
    _quietly(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"])


def _quietly(command: list[str]) -> None:
    """Run a command that may fail; what it prints matters to nobody."""
    silent = {"DEBIAN_FRONTEND": "noninteractive", **os.environ}
    try:
        subprocess.run(
            command, env=silent, stdin=subprocess.DEVNULL, capture_output=True, timeout=600, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return


if __name__ == "__main__":
    sys.exit(main())
