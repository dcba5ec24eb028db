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
    """How much light falls on a wall behind a face (place in picture heights), H×W, about 1 at the face."""
    across, down = sheet.x - np.float32(face_x), sheet.y - np.float32(face_y)
    distance = np.hypot(across - lamp.pool_x, down - lamp.pool_y) / lamp.pool_radius
    pool = lamp.pool_floor + (1 - lamp.pool_floor) / (1 + distance**2) ** 1.25
    slope = np.exp(-lamp.side * 1.3 * across - lamp.above * down)
    return (pool * slope).astype(np.float32)


def gradient(sheet: Sheet) -> Plane:
    """Seamless paper, far behind: nothing but the faintest unevenness."""
    return 1 + 0.012 * noise(sheet, 2.2, 11)


def paper(sheet: Sheet) -> Plane:
    """Rolled paper: long soft waves from top to bottom, and the curve where it turns towards the floor."""
    waves = 0.022 * noise(sheet, 1.1, 21, stretch=0.32) + 0.008 * noise(sheet, 3.0, 23, stretch=0.2)
    turn = 1 / (1 + np.exp(-(sheet.y - 0.8) * 9))
    return (1 + waves + 0.10 * turn - 0.16 * np.clip(sheet.y - 0.86, 0, 1) * 4 * turn).astype(np.float32)


def texture(sheet: Sheet) -> Plane:
    """Canvas painted by hand: clouds of paint laid over each other with a broad brush."""
    bend = 0.06 * noise(sheet, 3, 31)
    clouds = layered(sheet, 3.2, 32, layers=4)
    strokes = layered(sheet, 7, 37, layers=3, stretch=1.9)
    dabs = np.abs(layered(sheet, 5, 41, layers=3))
    return np.exp(0.17 * clouds + 0.07 * strokes - 0.12 * dabs + bend).astype(np.float32)


def plaster(sheet: Sheet) -> Plane:
    """Raw plaster: wide patches, the arcs of a trowel, a little pitting."""
    patches = layered(sheet, 1.8, 51, layers=3)
    trowel = noise(sheet, 9, 55, stretch=3.0) * (0.5 + 0.5 * noise(sheet, 2.5, 56))
    pits = np.clip(noise(sheet, 26, 58) - 0.55, 0, 1)
    return (1 + 0.055 * patches + 0.05 * trowel + 0.025 * layered(sheet, 12, 59) - 0.16 * pits).astype(
        np.float32
    )


WALLS: Final[dict[Scene, Callable[[Sheet], Plane]]] = {
    Scene.GRADIENT: gradient,
    Scene.PAPER: paper,
    Scene.TEXTURE: texture,
    Scene.PLASTER: plaster,
}
