"""What backdrops are drawn with: a small sheet in linear light, shapes, noise, and a lens that blurs."""

# ruff: noqa: PLR2004 (the numbers are those of the sRGB curve and of a hash)
from __future__ import annotations

import functools
import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np
from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any, TypeAlias

    from numpy.typing import NDArray

    Plane: TypeAlias = NDArray[np.floating[Any]]

_Thing = TypeVar("_Thing")

MARGIN: Final = 0.09
"""How far the sheet reaches beyond the picture, as a share of its height: the lens needs it."""
_REACH: Final = 0.9
"""Noise covers this many heights to each side of the middle, whatever the shape, however it is turned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What is drawn on: `height` visible rows and `width` columns, with a margin all around.

    Places are given in picture heights: x from the middle to the right, y from the top down.
    """

    width: int
    height: int

    @property
    def margin(self) -> int:
        """How many rows and columns lie outside the picture on each side."""
        return max(4, round(self.height * MARGIN))

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns with the margin, and a few more where the lens then works faster."""
        return _easy(self.height + 2 * self.margin), _easy(self.width + 2 * self.margin)

    @property
    def x(self) -> Plane:
        """Where each column lies, 1×W."""
        columns = np.arange(self.shape[1], dtype=np.float32)
        return ((columns + 0.5 - self.margin - self.width / 2) / self.height)[None, :].astype(np.float32)

    @property
    def y(self) -> Plane:
        """Where each row lies, H×1."""
        rows = np.arange(self.shape[0], dtype=np.float32)
        return ((rows + 0.5 - self.margin) / self.height)[:, None].astype(np.float32)

    def cut(self, planes: Plane) -> Plane:
        """Take the margin off 3×H×W planes."""
        top = left = self.margin
        return planes[:, top : top + self.height, left : left + self.width]


class Sketch:
    """Shapes in colours of linear light (lamps may be far brighter than 1), later ones over earlier."""

    def __init__(self, sheet: Sheet, ground: Plane) -> None:
        # A small sheet is drawn twice as fine and averaged, so that its edges lie where a large one's do.
        self._finer = 2 if sheet.height < 200 else 1
        self._rows, self._columns = (self._finer * side for side in sheet.shape)
        self._unit = self._finer * sheet.height
        self._left, self._top = self._finer * (sheet.width / 2 + sheet.margin), self._finer * sheet.margin
        self._colors = [ground]
        self._sparks: list[tuple[float, float, Plane]] = []
        self._image = Image.new("I", (self._columns, self._rows), 0)
        self._draw = ImageDraw.Draw(self._image)

    def polygon(self, places: Sequence[tuple[float, float]], color: Plane) -> None:
        """Fill a polygon."""
        pixels = [(self._left + x * self._unit, self._top + y * self._unit) for x, y in places]
        self._draw.polygon(pixels, fill=self._ink(color))

    def box(self, left: float, top: float, right: float, bottom: float, color: Plane) -> None:
        """Fill an upright rectangle; a very thin one still leaves a pixel."""
        x0, x1 = round(self._left + left * self._unit), round(self._left + right * self._unit)
        if x1 < 0 or x0 > self._columns:
            return
        y0, y1 = round(self._top + top * self._unit), round(self._top + bottom * self._unit)
        self._draw.rectangle((x0, y0, max(x0, x1 - 1), max(y0, y1 - 1)), fill=self._ink(color))

    def disc(self, x: float, y: float, radius: float, color: Plane, *, tall: float = 1.0) -> None:
        """Fill a disc, or an ellipse `tall` times as high as wide."""
        across, down = self._left + x * self._unit, self._top + y * self._unit
        wide, high = max(0.5, radius * self._unit), max(0.5, radius * tall * self._unit)
        self._draw.ellipse((across - wide, down - high, across + wide, down + high), fill=self._ink(color))

    def spark(self, x: float, y: float, radius: float, color: Plane) -> None:
        """Add a lamp too small to draw: all its light, whatever the sheet's size, for the lens to spread."""
        rows, columns = self._rows // self._finer, self._columns // self._finer
        column = (self._left + x * self._unit) / self._finer - 0.5
        row = (self._top + y * self._unit) / self._finer - 0.5
        if 0 <= column < columns - 1 and 0 <= row < rows - 1:
            self._sparks.append((column, row, color * (math.pi * (radius * self._unit / self._finer) ** 2)))

    def planes(self) -> Plane:
        """Give the drawing as 3×H×W in linear light."""
        palette = np.stack(self._colors, axis=1).astype(np.float32)
        planes = self._average(np.take(palette, np.asarray(self._image), axis=1))
        for column, row, light in self._sparks:
            left, top = int(column), int(row)
            right, low = column - left, row - top
            shares = np.outer((1 - low, low), (1 - right, right))
            planes[:, top : top + 2, left : left + 2] += light[:, None, None] * shares
        return planes

    def cover(self) -> Plane:
        """Give how much of each pixel is drawn on, H×W from 0 to 1."""
        drawn = (np.asarray(self._image) > 0).astype(np.float32)
        cover: Plane = self._average(drawn[None])[0]
        return cover

    def _average(self, planes: Plane) -> Plane:
        if self._finer == 1:
            return planes
        upper, lower = planes[:, ::2], planes[:, 1::2]
        averaged: Plane = upper[..., ::2] + upper[..., 1::2] + lower[..., ::2] + lower[..., 1::2]
        averaged *= np.float32(0.25)
        return averaged

    def _ink(self, color: Plane) -> int:
        self._colors.append(color)
        return len(self._colors) - 1


class Dice:
    """Numbers that look thrown but are the same every time, on every system."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._thrown = self._throws()

    def between(self, low: float, high: float) -> float:
        """Throw a number of [low, high)."""
        return low + (high - low) * next(self._thrown)

    def chance(self, share: float) -> bool:
        """Throw a yes that comes up in this share of throws."""
        return next(self._thrown) < share

    def pick(self, things: Sequence[_Thing]) -> _Thing:
        """Throw one of several things."""
        return things[int(next(self._thrown) * len(things))]

    def _throws(self) -> Iterator[float]:
        for start in itertools.count(0, 512):
            yield from _scatter(np.arange(start, start + 512), self._seed).tolist()


def noise(sheet: Sheet, cells: float, seed: int, *, stretch: float = 1.0, turn: float = 0.0) -> Plane:
    """Draw smooth mottles, about −1 to 1, H×W.

    `cells` of them go to a picture height; each is `stretch` times as wide as high, turned by `turn` radians.
    """
    across = cells / stretch
    rows, columns = round(cells * 2 * _REACH) + 6, round(across * 2 * _REACH) + 6
    lattice = _scatter(np.arange(rows * columns), seed).reshape(rows, columns) * 2 - 1
    cosine, sine = math.cos(turn), math.sin(turn)
    # Few pixels hold a mottle; they are looked up in the lattice, whose middle lies at x 0, y 0.5.
    height, width = sheet.shape
    coarse = min(1.0, max(32.0, 4.5 * cells, 4.5 * across) / sheet.height)
    size = (max(2, round(width * coarse)), max(2, round(height * coarse)))
    step_x, step_y = width / size[0] / sheet.height, height / size[1] / sheet.height
    left, top = float(sheet.x[0, 0]) - 0.5 / sheet.height, float(sheet.y[0, 0]) - 0.5 - 0.5 / sheet.height
    lookup = (
        across * cosine * step_x,
        -across * sine * step_y,
        columns / 2 + across * (left * cosine - top * sine),
        cells * sine * step_x,
        cells * cosine * step_y,
        rows / 2 + cells * (left * sine + top * cosine),
    )
    drawn = Image.fromarray(lattice.astype(np.float32)).transform(
        size, Image.Transform.AFFINE, lookup, Image.Resampling.BICUBIC
    )
    return np.asarray(drawn.resize((width, height), Image.Resampling.BICUBIC))


def layered(sheet: Sheet, cells: float, seed: int, *, layers: int = 4, stretch: float = 1.0) -> Plane:
    """Draw mottles of several sizes, each half as large and a little over half as strong as the last."""
    total: Plane = noise(sheet, cells, seed, stretch=stretch)
    for layer in range(1, layers):
        if cells * 2**layer > sheet.height / 2:
            break
        turn = 0.0 if stretch != 1 else 0.65 * layer
        total = total + noise(sheet, cells * 2**layer, seed + layer, stretch=stretch, turn=turn) * 0.55**layer
    return total


def lens(sheet: Sheet, planes: Plane, radius: float) -> Plane:
    """Blur 3×H×W as an open lens does: every point becomes an even disc of `radius` picture heights."""
    spread = np.fft.rfft2(planes) * _disc(sheet.shape, round(radius * sheet.height, 2))
    return np.fft.irfft2(spread, s=sheet.shape).astype(np.float32, copy=False)


@functools.lru_cache(maxsize=48)
def _disc(shape: tuple[int, int], radius: float) -> NDArray[np.complexfloating[Any, Any]]:
    """Prepare the lens opening: a disc of `radius` pixels, its rim a little brighter, its edge smooth."""
    rows = np.minimum(np.arange(shape[0]), shape[0] - np.arange(shape[0]))[:, None].astype(np.float32)
    columns = np.minimum(np.arange(shape[1]), shape[1] - np.arange(shape[1]))[None, :].astype(np.float32)
    distance = np.hypot(rows, columns)
    opening = np.clip(radius + 0.5 - distance, 0, 1) * (1 + 0.25 * (distance / max(radius, 1)) ** 6)
    return np.fft.rfft2((opening / opening.sum()).astype(np.float32))


def glow(sheet: Sheet, x: float, y: float, radius: float) -> Plane:
    """Draw the light that falls off around a lamp, H×W, 1 at the lamp."""
    light: Plane = 1 / (1 + (np.hypot(sheet.x - x, sheet.y - y) / radius) ** 2) ** 1.5
    return light


@functools.lru_cache(maxsize=256)
def _easy(length: int) -> int:
    """Find the next even length that is made of twos, threes and fives."""
    rest = length = length + length % 2
    for factor in (2, 3, 5):
        while rest % factor == 0:
            rest //= factor
    return length if rest == 1 else _easy(length + 2)


def linear(color: str) -> Plane:
    """Turn `#rrggbb` into three shares of linear light, 0 to 1."""
    return _linear(color).copy()


@functools.lru_cache(maxsize=1024)
def _linear(color: str) -> Plane:
    encoded = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)], np.float64)
    decoded = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    return decoded.astype(np.float32)


def _scatter(counters: NDArray[np.int64], seed: int) -> NDArray[np.float32]:
    """Hash counters into even numbers of [0, 1): integer arithmetic, so the same everywhere."""
    mixed = counters.astype(np.uint32) * np.uint32(0x9E3779B1) + np.uint32(seed * 0x85EBCA6B & 0xFFFFFFFF)
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B)):
        mixed = (mixed ^ (mixed >> np.uint32(shift))) * np.uint32(factor)
    mixed ^= mixed >> np.uint32(16)
    return (mixed >> np.uint32(8)).astype(np.float32) / np.float32(1 << 24)
