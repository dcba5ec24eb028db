"""What stands behind the person: drawn here, never a downloaded picture."""

# ruff: noqa: PLR2004 (the numbers are those of the sRGB curve and of the ring around a face)
from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image

from headshot_web.imaging.canvas import Sheet, linear
from headshot_web.imaging.lamps import LAMPS
from headshot_web.imaging.scenes import SCENES
from headshot_web.imaging.walls import WALLS, light_on_wall
from headshot_web.model import Scene

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from headshot_web.imaging.canvas import Plane
    from headshot_web.imaging.lamps import Lamp
    from headshot_web.model import Backdrop, Light, Size

GRAIN: Final = 1.15
"""How strong the grain is, in steps of 256."""
_ROWS: Final = {
    Scene.GRADIENT: (200, 100),
    Scene.PAPER: (200, 100),
    Scene.OUTDOORS: (256, 128),
    Scene.CITY: (256, 144),
    Scene.CORRIDOR: (256, 144),
    Scene.BOKEH: (288, 144),
}
"""How many rows are drawn for a large and for a small picture, where softness allows fewer."""
_LEAST_ROWS: Final = 24
_ROWS_AT_ONCE: Final = 24
_STEPS: Final = 1 << 14
_BRIGHTEST: Final = np.float32(4)


def paint(backdrop: Backdrop, light: Light, size: Size, *, face_x: float, face_y: float) -> NDArray[np.uint8]:
    """Draw the backdrop for a picture of `size`, H×W×3 sRGB 0–255; the same at every size, only finer.

    `face_x` and `face_y` say where the face is, as shares of the width and the height from the top left.
    """
    aspect = size.width_px / size.height_px
    if backdrop.scene in WALLS:
        small = _wall(backdrop, LAMPS[light], _sheet(size, backdrop.scene), (face_x - 0.5) * aspect, face_y)
    else:
        small = _place(backdrop, light, _sheet(size, backdrop.scene))
    return _enlarge(small, size)


def _sheet(size: Size, scene: Scene) -> Sheet:
    """Choose the small sheet for a picture: backdrops are out of focus, so few pixels are enough."""
    fine, coarse = _ROWS.get(scene, (320, 144))
    height = fine if size.height_px > 640 else coarse
    height = max(_LEAST_ROWS, min(height, size.height_px))
    return Sheet(width=max(2, round(height * size.width_px / size.height_px)), height=height)


def _wall(backdrop: Backdrop, lamp: Lamp, sheet: Sheet, x: float, y: float) -> Plane:
    """Draw a plain backdrop so that its colour is exactly the wished one around the face, H×W×3, 0–255."""
    fall = light_on_wall(sheet, lamp, x, y)
    light = fall * WALLS[backdrop.scene](sheet)
    near = np.hypot(sheet.x - np.float32(x), sheet.y - np.float32(y))
    light /= np.median(light[(near > 0.16) & (near < 0.3)])
    planes = linear(backdrop.color)[:, None, None] * light
    tint = np.clip((fall - 1) * 0.25, -0.1, 0.1) * np.float32(lamp.warmth)
    planes[0] *= 1 + tint
    planes[2] *= 1 - tint
    return _encode(sheet.cut(planes), _curve(shoulder=False))


@functools.lru_cache(maxsize=24)
def _place(backdrop: Backdrop, light: Light, sheet: Sheet) -> Plane:
    """Draw a place once for each size: H×W×3, 0–255."""
    planes = SCENES[backdrop.scene](sheet, LAMPS[light], linear(backdrop.color))
    planes *= 1 - 0.3 * (sheet.x**2 + (sheet.y - 0.45) ** 2)
    return _encode(sheet.cut(planes), _curve(shoulder=True))


def _encode(planes: Plane, curve: Plane) -> Plane:
    """Turn linear light, 3×H×W, into H×W×3 of 0–255 along a curve."""
    steps = (np.sqrt(np.clip(planes / _BRIGHTEST, 0, 1)) * np.float32(_STEPS - 1) + 0.5).astype(np.int32)
    return np.ascontiguousarray(np.take(curve, steps).transpose(1, 2, 0))


@functools.cache
def _curve(*, shoulder: bool) -> Plane:
    """Tabulate how bright linear light looks; with a shoulder, lamps burn out softly as on film."""
    light = np.linspace(0, 1, _STEPS) ** 2 * _BRIGHTEST  # squared, as `_encode` counts: finer in the shadows
    if shoulder:
        light /= (1 + (light / 1.02) ** 3.2) ** (1 / 3.2)
    light = np.minimum(light, 1)
    encoded = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return (encoded * 255).astype(np.float32)


def _enlarge(small: Plane, size: Size) -> NDArray[np.uint8]:
    """Enlarge H×W×3 of 0–255 smoothly and lay grain over it, so that no gradient shows steps."""
    wide = _columns(small, size.width_px)
    rows, height = len(wide), size.height_px
    place = np.clip((np.arange(height) + 0.5) * rows / height - 0.5, 0, rows - 1)
    upper = np.minimum(place.astype(np.intp), rows - 2)
    share = (place - upper).astype(np.float32)[:, None]
    grain = _grain(size.width_px)
    picture = np.empty((height, wide.shape[1]), np.uint8)
    for top in range(0, height, _ROWS_AT_ONCE):
        part = slice(top, min(top + _ROWS_AT_ONCE, height))
        above = wide[upper[part]]
        lines = wide[upper[part] + 1]
        lines -= above
        lines *= share[part]
        lines += above
        lines += grain[top % _GRAIN_ROWS :][: len(lines)]
        np.clip(lines, 0, 255, out=lines)
        picture[part] = lines
    return picture.reshape(height, size.width_px, 3)


def _columns(small: Plane, width: int) -> Plane:
    """Enlarge H×W×3 to H×(3·`width`), colours side by side."""
    rows = small.shape[0]
    wide = np.empty((rows, width, 3), np.float32)
    for color in range(3):
        plane = Image.fromarray(np.ascontiguousarray(small[:, :, color]))
        wide[:, :, color] = np.asarray(plane.resize((width, rows), Image.Resampling.BICUBIC))
    return wide.reshape(rows, width * 3)


_GRAIN_ROWS: Final = _ROWS_AT_ONCE * 16


@functools.lru_cache(maxsize=4)
def _grain(width: int) -> Plane:
    """Scatter grain, rows×(3·width), around one half so that cutting off the fraction rounds fairly."""
    thrown = np.random.Generator(np.random.PCG64(7)).random((4, _GRAIN_ROWS, width), np.float32) - 0.5
    grey = thrown[0] + np.roll(thrown[0], (1, 1), (0, 1)) * 0.6
    grain = np.stack([grey + 0.45 * thrown[1 + i] for i in range(3)], axis=2)
    grain *= GRAIN / grain.std()
    return (grain + 0.5).reshape(_GRAIN_ROWS, -1)
