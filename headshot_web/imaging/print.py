"""One framed person at a headshot's size: their colours, their outline, and the original beneath."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image, ImageFilter

from headshot_web.imaging.planes import (
    GAMMA,
    Bytes,
    Floats,
    box_blur,
    light_of,
    picture_of,
    planes_of,
    resized,
    shown,
    wide_blur,
)
from headshot_web.imaging.tone import Place, inner_face

if TYPE_CHECKING:
    from headshot_web.imaging.faces import FaceMark
    from headshot_web.imaging.framing import Frame
    from headshot_web.imaging.matte import Box, CutOut
    from headshot_web.model import Size

GRAIN_PX: Final = 256
GRAIN_MOST: Final = 3.0
SOFTENING_PX: Final = 96
SHARPENED: Final = 1.3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Print:
    """A framed person, ready for any look of this shape and size."""

    colors: Bytes
    """H×W×3: the person's own colours."""
    alpha: Bytes
    """H×W, 0 to 255: how much of each pixel is the person."""
    photo: Image.Image
    frame: Frame
    """What part of the photo this is."""
    place: Place
    scale: float
    """How many times the pixels were enlarged."""
    grain: float
    """How strong the photo's own grain is, in steps of 256."""

    def original(self) -> Bytes:
        """Return the photo in the same frame, H×W×3; past its edges, its softened edge colours."""
        height, width = self.alpha.shape
        canvas = _softly_extended(self.photo, self.frame, (width, height))
        _laid(self.photo, (0, 0, self.photo.width, self.photo.height), self.frame, canvas)
        return np.asarray(canvas)

    def composed(self, person: Bytes, behind: Bytes) -> Bytes:
        """Lay the person over what is behind them (both H×W×3); light adds up as it does in a camera."""
        inside = np.repeat((self.alpha > 127) * np.uint8(255), 3).reshape(person.shape)  # noqa: PLR2004
        picture = (person & inside) | (behind & ~inside)
        mixed = np.flatnonzero((self.alpha > 0) & (self.alpha < 255))  # noqa: PLR2004
        share = self.alpha.ravel()[mixed, None].astype(np.float32) / 255
        own, old = (light_of(one.reshape(-1, 3)[mixed]) for one in (person, behind))
        picture.reshape(-1, 3)[mixed] = shown(old + share * (own - old))
        return picture

    def with_grain(self, behind: Bytes) -> Bytes:
        """Give a drawn backdrop a trace of the photo's own grain, so that person and backdrop match."""
        if self.grain < 0.6:  # noqa: PLR2004
            return behind
        height, width = self.alpha.shape
        tile = np.rint(_grain() * min(self.grain, GRAIN_MOST)).astype(np.int16)
        noise = np.tile(tile, (-(-height // GRAIN_PX), -(-width // GRAIN_PX)))[:height, :width, None]
        grained: Bytes = np.clip(behind + noise, 0, 255).astype(np.uint8)
        return grained

    def softened(self) -> Bytes:
        """Blur the photo's own background like a large lens; the person's colours do not bleed into it."""
        height, width = self.alpha.shape
        step = max(height, width) / (2 * SOFTENING_PX)
        size = (max(2, round(width / step)), max(2, round(height / step)))
        small = planes_of(Image.fromarray(self.original()), size)
        person = np.clip(box_blur(resized(self.alpha.astype(np.float32) / 255, *size), 2) * 3, 0, 1)
        free = np.maximum(1 - person, 0.0)
        stack = np.concatenate([small**GAMMA * free, free[None]])
        blurred = box_blur(box_blur(stack, 5), 3)
        blurred += np.float32(0.004) * wide_blur(wide_blur(stack, 24), 24)
        own = blurred[:3] / np.maximum(blurred[3], np.float32(1e-6))
        return picture_of(np.clip(own, 0, 1) ** np.float32(1 / GAMMA), width, height)


def enlarged(  # noqa: PLR0913
    photo: Image.Image, cut_out: CutOut, *, region: Box, face: FaceMark, frame: Frame, size: Size
) -> Print:
    """Bring a frame of a photo, and of the cut-out that lies on its `region`, to a size."""
    scale = size.width_px / frame.width
    colors = Image.new("RGB", (size.width_px, size.height_px))
    _laid(Image.fromarray(cut_out.colors), region, frame, colors)
    alpha = Image.new("L", colors.size)
    _laid(Image.fromarray(cut_out.alpha), region, frame, alpha, Image.Resampling.BICUBIC)
    if scale > SHARPENED:
        colors = colors.filter(ImageFilter.UnsharpMask(radius=0.7 * scale, percent=40, threshold=1))
    place = Place(
        x=(face.eye_x - frame.left) * scale, y=(face.eye_y - frame.top) * scale, face=face.height * scale
    )
    outline, person = np.asarray(alpha), np.asarray(colors)
    return Print(
        colors=person,
        alpha=outline,
        photo=photo,
        frame=frame,
        place=place,
        scale=scale,
        grain=_grain_of(person, outline, place),
    )


def _laid(
    source: Image.Image,
    at: Box,
    frame: Frame,
    canvas: Image.Image,
    how: Image.Resampling = Image.Resampling.LANCZOS,
) -> None:
    """Lay a picture, which covers `at` of the photo, on a frame's canvas; what is outside stays as it is."""
    across, down = canvas.width / frame.width, canvas.height / frame.height
    left, top = (
        max(0, math.ceil((at[0] - frame.left) * across)),
        max(0, math.ceil((at[1] - frame.top) * down)),
    )
    right = min(canvas.width, math.floor((at[2] - frame.left) * across + 1e-6))
    bottom = min(canvas.height, math.floor((at[3] - frame.top) * down + 1e-6))
    if right <= left or bottom <= top:
        return
    box = (
        max(0.0, frame.left + left / across - at[0]),
        max(0.0, frame.top + top / down - at[1]),
        min(float(source.width), frame.left + right / across - at[0]),
        min(float(source.height), frame.top + bottom / down - at[1]),
    )
    canvas.paste(source.resize((right - left, bottom - top), how, box=box), (left, top))


def _softly_extended(photo: Image.Image, frame: Frame, canvas: tuple[int, int]) -> Image.Image:
    """Return a canvas of the photo's softened edge colours, for where a frame reaches past its edges."""
    inside = frame.left >= 0 and frame.top >= 0
    if inside and frame.left + frame.width <= photo.width and frame.top + frame.height <= photo.height:
        return Image.new("RGB", canvas)
    small = np.asarray(photo.resize((48, 48), Image.Resampling.BOX))
    columns = np.clip(((np.arange(64) + 0.5) / 64 * frame.width + frame.left) / photo.width * 48, 0, 47)
    rows = np.clip(((np.arange(64) + 0.5) / 64 * frame.height + frame.top) / photo.height * 48, 0, 47)
    edges = Image.fromarray(small[rows.astype(int)][:, columns.astype(int)])
    return edges.filter(ImageFilter.GaussianBlur(2)).resize(canvas, Image.Resampling.BICUBIC)


def _grain_of(colors: Bytes, alpha: Bytes, place: Place) -> float:
    """Return how strong the grain on the face is: the median of what neighbouring pixels differ by."""
    face = inner_face(alpha, place)
    rows, columns = np.flatnonzero(face.any(axis=1)), np.flatnonzero(face.any(axis=0))
    if rows.size < 16 or columns.size < 16:  # noqa: PLR2004
        return 0.0
    patch = colors[rows[0] : rows[-1], columns[0] : columns[-1], 1].astype(np.float32)
    bent = patch[1:-1, 1:-1] * 4 - patch[:-2, 1:-1] - patch[2:, 1:-1] - patch[1:-1, :-2] - patch[1:-1, 2:]
    return float(np.median(np.abs(bent)) / (0.6745 * math.sqrt(20)))


@functools.cache
def _grain() -> Floats:
    """Return one tile of grain, slightly soft, spread 1; always the same."""
    noise = np.random.default_rng(20).standard_normal((GRAIN_PX, GRAIN_PX)).astype(np.float32)
    soft = noise + 0.5 * (np.roll(noise, 1, 0) + np.roll(noise, 1, 1))
    tile: Floats = (soft / soft.std()).astype(np.float32)
    return tile
