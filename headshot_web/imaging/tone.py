"""Gentle light and colour: on hair, clothes and outline, hardly on the face, and never on its tone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image

from headshot_web.imaging.planes import (
    Bools,
    Bytes,
    Floats,
    box_blur,
    picture_of,
    planes_of,
    resized,
    smooth_step,
)
from headshot_web.model import Light

STEP: Final = 8
"""Light is worked out on every eighth pixel: it has no edges."""
LUMA: Final = np.array([0.2126, 0.7152, 0.0722], np.float32)
WRAP: Final = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the face stands in a framed picture, in its pixels."""

    x: float
    """The middle between the eyes."""
    y: float
    face: float
    """From brow to chin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fall:
    """How a light falls on a person; shares of brightness, 0 for none."""

    side: float = 0.0
    """How much darker the right side is than the left."""
    down: float = 0.0
    """How much darker the clothes are than the face."""
    around: float = 0.0
    """How much darker it becomes away from the head."""
    lift: float = 0.0
    """How much brighter hair and clothes are."""
    tint: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """How much more red, green and blue there is away from the face."""


FALLS: Final = {
    Light.EVEN: Fall(down=0.05),
    Light.WINDOW: Fall(side=0.16, down=0.07),
    Light.CLASSIC: Fall(side=0.12, down=0.13, around=0.04),
    Light.LOW_KEY: Fall(side=0.2, down=0.24, around=0.16),
    Light.HIGH_KEY: Fall(lift=0.05),
    Light.OPEN_SHADE: Fall(down=0.09, tint=(-0.012, 0.0, 0.014)),
    Light.WARM: Fall(side=0.1, down=0.09, tint=(0.025, 0.004, -0.035)),
}


def lit(colors: Bytes, alpha: Bytes, backdrop: Bytes, *, light: Light, place: Place) -> Bytes:
    """Light a framed person (H×W×3) for a look; `alpha` is H×W, `backdrop` lends the outline its colour.

    Median brightness and hue within the inner face stay those of the photo.
    """
    height, width = alpha.shape
    size = (max(2, -(-width // STEP)), max(2, -(-height // STEP)))
    gains = _gains(FALLS[light], size, place, width / size[0])
    result = np.empty_like(colors)
    gain = resized(gains[0], width, height)
    for channel in range(3):
        if channel and FALLS[light].tint[channel] != FALLS[light].tint[channel - 1]:
            gain = resized(gains[channel], width, height)
        plane = colors[..., channel] * gain
        plane += np.float32(0.5)
        result[..., channel] = np.minimum(plane, 255, out=plane)
    wrapped = _wrapped(result, alpha, backdrop, size, place)
    return _held(wrapped, colors, alpha, place)


def _wrapped(person: Bytes, alpha: Bytes, backdrop: Bytes, size: tuple[int, int], place: Place) -> Bytes:
    """Let a little of the backdrop's light reach round the outline, never onto the inner face."""
    height, width = alpha.shape
    share = resized(
        np.asarray(Image.fromarray(alpha).resize(size, Image.Resampling.BOX), np.float32) / 255, *size
    )
    wrap = np.clip(box_blur(1 - share, 3) - 0.05, 0, 1) * WRAP * (1 - _face(size, place, width / size[0]))
    glow = box_blur(planes_of(Image.fromarray(backdrop), size), 4)
    mask = Image.fromarray(np.rint(wrap * 255).astype(np.uint8)).resize(
        (width, height), Image.Resampling.BILINEAR
    )
    return np.asarray(
        Image.composite(Image.fromarray(picture_of(glow, width, height)), Image.fromarray(person), mask)
    )


def inner_face(alpha: Bytes, place: Place) -> Bools:
    """Return where the inner face is (H×W): from brows to mouth, cheek to cheek, inside the cut-out."""
    mask = np.zeros(alpha.shape, dtype=bool)
    down, across = _around(place)
    rows, columns = _offsets(alpha.shape[1], alpha.shape[0], place, 1.0)
    inside = columns[:, across] ** 2 / 0.34**2 + (rows[down] - 0.22) ** 2 / 0.42**2 < 1
    mask[down, across] = inside & (alpha[down, across] > 250)  # noqa: PLR2004
    return mask


def _around(place: Place) -> tuple[slice, slice]:
    """Return the rows and columns the inner face lies in."""
    top, bottom = (int(place.y + reach * place.face) for reach in (-0.25, 0.7))
    left, right = (int(place.x + reach * place.face) for reach in (-0.4, 0.4))
    return slice(max(0, top), max(0, bottom)), slice(max(0, left), max(0, right))


def monochrome(rgb: Bytes, face: Bools) -> Bytes:
    """Make a black-and-white picture, a little richer in contrast; the face keeps its brightness."""
    light = np.square(np.arange(256, dtype=np.float32) / 255)
    grey = 255 * np.sqrt(sum(light[rgb[..., i]] * LUMA[i] for i in range(3)))
    middle = float(np.median(grey[face])) if face.any() else 128.0
    levels = np.arange(256, dtype=np.float32)
    away = (levels - middle) / 255
    room = np.where(away < 0, middle, 255 - middle) / 255
    richer = levels + 255 * 0.22 * away * np.clip(1 - np.abs(away) / room, 0, 1)
    richer = np.clip(np.rint(richer), 0, 255).astype(np.uint8)
    return np.repeat(richer[np.rint(grey).astype(np.uint8)][..., None], 3, axis=2)


def _offsets(width: int, height: int, place: Place, step: float) -> tuple[Floats, Floats]:
    """Return how many faces each row and column is away from the eyes."""
    rows = ((np.arange(height, dtype=np.float32)[:, None] + 0.5) * step - place.y) / place.face
    columns = ((np.arange(width, dtype=np.float32)[None, :] + 0.5) * step - place.x) / place.face
    return rows.astype(np.float32), columns.astype(np.float32)


def _face(size: tuple[int, int], place: Place, step: float) -> Floats:
    """Return 1 on the inner face, fading to 0 around the head."""
    rows, columns = _offsets(*size, place, step)
    return 1 - smooth_step(np.hypot(columns / 0.62, (rows - 0.2) / 0.8), 0.75, 1.5)


def _gains(fall: Fall, size: tuple[int, int], place: Place, step: float) -> Floats:
    """Return by how much red, green and blue are multiplied: 3×H×W, close to 1."""
    rows, columns = _offsets(*size, place, step)
    face = _face(size, place, step)
    away = smooth_step(np.hypot(columns, rows - 0.2), 0.7, 2.2)
    below = smooth_step(rows + 0 * columns, 0.7, 2.4)
    gain = 1 + fall.lift - fall.side * np.tanh(0.9 * columns) * (0.6 + 0.4 * away)
    gain = gain * (1 - fall.down * below) * (1 - fall.around * away)
    calm = 1 + (gain - 1) * (1 - 0.7 * face)
    return np.stack([calm * (1 + share * (1 - face)) for share in fall.tint]).astype(np.float32)


def _held(result: Bytes, colors: Bytes, alpha: Bytes, place: Place) -> Bytes:
    """Bring the inner face back to the brightness it had, should the light have moved it."""
    near = _around(place)
    face = inner_face(alpha, place)[near]
    if not face.any():
        return result
    before, after = (float(np.median(picture[near][face] @ LUMA)) for picture in (colors, result))
    factor = before / max(after, 1.0)
    if abs(factor - 1) < 0.004:  # noqa: PLR2004
        return result
    levels = np.clip(np.rint(np.arange(256) * factor), 0, 255).astype(np.uint8)
    return np.asarray(Image.fromarray(result).point(levels.tolist() * 3))
