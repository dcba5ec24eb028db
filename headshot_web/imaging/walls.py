"""Plain backdrops in one exact colour: seamless paper, rolled paper, painted canvas, raw plaster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from headshot_web.imaging.canvas import layered, noise
from headshot_web.model import Scene

if TYPE_CHECKING:
    from collections.abc import Callable

    from headshot_web.imaging.canvas import Plane, Sheet
    from headshot_web.imaging.lamps import Lamp


def light_on_wall(sheet: Sheet, lamp: Lamp, face_x: float, face_y: float) -> Plane:
    """Work out the light on a wall behind a face (a place in picture heights): H×W, about 1 at the face."""
    across, down = sheet.x - np.float32(face_x), sheet.y - np.float32(face_y)
    distance = np.hypot(across - lamp.pool_x, down - lamp.pool_y) / lamp.pool_radius
    pool = lamp.pool_floor + (1 - lamp.pool_floor) / (1 + distance**2) ** 1.25
    slope = np.exp(-lamp.side * 1.3 * across - lamp.above * down)
    wall: Plane = pool * slope
    return wall


def gradient(sheet: Sheet) -> Plane:
    """Draw seamless paper, far behind: nothing but the faintest unevenness."""
    wall: Plane = 1 + 0.012 * noise(sheet, 2.2, 11)
    return wall


def paper(sheet: Sheet) -> Plane:
    """Draw rolled paper: long soft waves from top to bottom, and the curve where it meets the floor."""
    waves = 0.022 * noise(sheet, 1.1, 21, stretch=0.32) + 0.008 * noise(sheet, 3.0, 23, stretch=0.2)
    turn = 1 / (1 + np.exp(-(sheet.y - 0.8) * 9))
    wall: Plane = 1 + waves + 0.10 * turn - 0.16 * np.clip(sheet.y - 0.86, 0, 1) * 4 * turn
    return wall


def texture(sheet: Sheet) -> Plane:
    """Draw canvas painted by hand: clouds of paint laid over each other with a broad brush."""
    clouds = noise(sheet, 2.3, 31, turn=0.5) + 0.7 * noise(sheet, 3.7, 32, turn=-0.7)
    dabs = np.abs(noise(sheet, 5.5, 33, turn=0.3) + 0.6 * noise(sheet, 9, 34, turn=1.1))
    strokes = noise(sheet, 13, 35, stretch=2.2, turn=0.9) + noise(sheet, 15, 36, stretch=2.4, turn=-0.6)
    fine = noise(sheet, 30, 38, turn=0.4)
    wall: Plane = np.exp(0.14 * clouds - 0.13 * dabs + 0.035 * strokes + 0.02 * fine)
    return wall


def plaster(sheet: Sheet) -> Plane:
    """Draw raw plaster: wide patches, the arcs of a trowel, a little pitting."""
    patches = noise(sheet, 1.7, 51, turn=0.4) + 0.6 * noise(sheet, 3.1, 52, turn=-0.5)
    trowel = noise(sheet, 10, 55, stretch=4.0, turn=0.5) + noise(sheet, 12, 56, stretch=3.5, turn=-0.35)
    cloudy = np.abs(layered(sheet, 6, 59, layers=3))
    pits = np.clip(noise(sheet, 34, 58) - 0.5, 0, 1)
    wall: Plane = 1 + 0.06 * patches + 0.028 * trowel * (1 + patches) - 0.06 * cloudy - 0.05 * pits
    return wall


WALLS: Final[dict[Scene, Callable[[Sheet], Plane]]] = {
    Scene.GRADIENT: gradient,
    Scene.PAPER: paper,
    Scene.TEXTURE: texture,
    Scene.PLASTER: plaster,
}
