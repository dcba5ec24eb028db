"""Showing a folder in the system's own window, for who sits in front of this computer."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from headshot_web.screen import has_screen

if TYPE_CHECKING:
    from pathlib import Path

_OPENERS: Final = {"darwin": "open", "win32": "explorer"}


def can_show() -> bool:
    """Tell whether there is a screen, and a program that shows folders on it."""
    return has_screen() and _opener() is not None


def show_folder(folder: Path) -> bool:
    """Show a folder, and return whether a window was asked for; without a screen nothing happens."""
    opener = _opener()
    if opener is None or not has_screen():
        return False
    silent = subprocess.DEVNULL
    try:
        subprocess.Popen(  # noqa: S603 - the system's own program, and our own folder
            [opener, str(folder)],
            stdin=silent,
            stdout=silent,
            stderr=silent,
            start_new_session=os.name == "posix",
        )
    except OSError:
        return False
    return True


def _opener() -> str | None:
    return shutil.which(_OPENERS.get(sys.platform, "xdg-open"))
