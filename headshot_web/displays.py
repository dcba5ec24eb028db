"""Where each screen of this computer lies, so that the booth's browser can be put on a chosen one."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

MOST: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Display:
    """One screen: its left upper corner among all screens, and its size, in pixels."""

    left: int
    top: int
    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.width} × {self.height}"


def displays() -> tuple[Display, ...]:
    """Return the screens in the system's own order; none where the system does not say (see README)."""
    with suppress(OSError, AttributeError, ValueError):
        if sys.platform == "win32":
            return _of_windows()
        if sys.platform == "darwin":
            return _of_mac()
        return _of_x()
    return ()


def by_x() -> bool:
    """Whether a browser can be put on a chosen screen here: under Wayland alone, no program may."""
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY"))


class _XScreen(ctypes.Structure):
    _fields_ = (
        ("number", ctypes.c_int),
        ("left", ctypes.c_short),
        ("top", ctypes.c_short),
        ("width", ctypes.c_short),
        ("height", ctypes.c_short),
    )


def _of_x() -> tuple[Display, ...]:
    """Ask the X server, also the one that a Wayland desktop brings; without `xrandr`."""
    if not os.environ.get("DISPLAY"):
        return ()
    names = [ctypes.util.find_library(name) for name in ("X11", "Xinerama")]
    x11, xinerama = (ctypes.CDLL(name) for name in names if name)
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XCloseDisplay.argtypes = x11.XFree.argtypes = (ctypes.c_void_p,)
    xinerama.XineramaQueryScreens.restype = ctypes.POINTER(_XScreen)
    xinerama.XineramaQueryScreens.argtypes = (ctypes.c_void_p, ctypes.POINTER(ctypes.c_int))
    server = x11.XOpenDisplay(None)
    if not server:
        return ()
    try:
        count = ctypes.c_int(0)
        found = xinerama.XineramaQueryScreens(server, ctypes.byref(count))
        if not found:
            return ()
        screens = tuple(
            Display(left=one.left, top=one.top, width=one.width, height=one.height)
            for one in found[: min(count.value, MOST)]
        )
        x11.XFree(found)
        return screens
    finally:
        x11.XCloseDisplay(server)


def _of_mac() -> tuple[Display, ...]:
    class Rect(ctypes.Structure):
        _fields_ = tuple((name, ctypes.c_double) for name in ("left", "top", "width", "height"))

    graphics = ctypes.CDLL(ctypes.util.find_library("CoreGraphics"))
    graphics.CGDisplayBounds.restype = Rect
    graphics.CGDisplayBounds.argtypes = (ctypes.c_uint32,)
    numbers = (ctypes.c_uint32 * MOST)()
    count = ctypes.c_uint32(0)
    if graphics.CGGetActiveDisplayList(MOST, numbers, ctypes.byref(count)) != 0:
        return ()
    bounds = [graphics.CGDisplayBounds(number) for number in numbers[: count.value]]
    return tuple(
        Display(left=int(one.left), top=int(one.top), width=int(one.width), height=int(one.height))
        for one in bounds
    )


def _of_windows() -> tuple[Display, ...]:
    found: list[Display] = []
    if sys.platform == "win32":
        rect = ctypes.c_long * 4

        def see(_monitor: Any, _device: Any, bounds: Any, _more: Any) -> int:  # noqa: ANN401 - of the system
            left, top, right, bottom = bounds.contents
            found.append(Display(left=left, top=top, width=right - left, height=bottom - top))
            return 1

        kind = ctypes.WINFUNCTYPE(
            ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.POINTER(rect), ctypes.c_void_p
        )
        ctypes.windll.user32.EnumDisplayMonitors(None, None, kind(see), None)
    return tuple(found)
