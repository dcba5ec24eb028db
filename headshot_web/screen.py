"""Whether a browser can be opened for somebody."""

from __future__ import annotations

import os
import sys


def has_screen() -> bool:
    """Tell whether somebody sits in front of this computer's screen."""
    if sys.platform in ("win32", "darwin"):
        return "SSH_CONNECTION" not in os.environ
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
