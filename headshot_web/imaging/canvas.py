"""What backdrops are drawn with: a small sheet in linear light, shapes, noise, and a lens that blurs."""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np
from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    from numpy.typing import NDArray

    Plane: TypeAlias = NDArray[np.float32]

_Thing = TypeVar("_Thing")

MARGIN: Final = 0.09
"""How far the sheet reaches beyond the picture, as a share of its height: the lens needs it."""
_REACH: Final = 1.1
"""Noise covers this many heights to each side of the middle, whatever the picture's shape."""


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
        """Rows and columns with the margin, even so that the lens works fast."""
        rows, columns = self.height + 2 * self.margin, self.width + 2 * self.margin
        return rows + rows % 2, columns + columns % 2

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

    def pixel(self, x: float, y: float) -> tuple[float, float]:
        """Turn a place into columns and rows of the sheet."""
        return x * self.height + self.width / 2 + self.margin, y * self.height + self.margin

    def cut(self, planes: Plane) -> Plane:
        """Take the margin off 3×H×W planes."""
        top = left = self.margin
        return planes[:, top : top + self.height, left : left + self.width]


class Sketch:
    """Shapes in colours of linear light (lamps may be far brighter than 1), later ones over earlier."""

    def __init__(self, sheet: Sheet, ground: Plane) -> None:
        self._sheet = sheet
        self._colors = [ground]
        self._image = Image.new("I", sheet.shape[::-1], 0)
        self._draw = ImageDraw.Draw(self._image)

    def polygon(self, places: Sequence[tuple[float, float]], color: Plane) -> None:
        """Fill a polygon."""
        self._draw.polygon([self._sheet.pixel(x, y) for x, y in places], fill=self._ink(color))

    def box(self, left: float, top: float, right: float, bottom: float, color: Plane) -> None:
        """Fill an upright rectangle; a very thin one still leaves a pixel."""
        x0, y0 = self._sheet.pixel(left, top)
        x1, y1 = self._sheet.pixel(right, bottom)
        corners = (round(x0), round(y0), max(round(x0), round(x1) - 1), max(round(y0), round(y1) - 1))
        self._draw.rectangle(corners, fill=self._ink(color))

    def disc(self, x: float, y: float, radius: float, color: Plane, *, tall: float = 1.0) -> None:
        """Fill a disc, or an ellipse `tall` times as high as wide."""
        x0, y0 = self._sheet.pixel(x - radius, y - radius * tall)
        x1, y1 = self._sheet.pixel(x + radius, y + radius * tall)
        self._draw.ellipse((x0, y0, max(x0 + 1, x1), max(y0 + 1, y1)), fill=self._ink(color))

    def planes(self) -> Plane:
        """Give the drawing as 3×H×W in linear light."""
        palette = np.stack(self._colors, axis=1).astype(np.float32)
        return np.take(palette, np.asarray(self._image), axis=1)

    def _ink(self, color: Plane) -> int:
        self._colors.append(color)
        return len(self._colors) - 1


class Dice:
    """Numbers that look thrown but are the same every time, on every system."""

    def __init__(self, seed: int) -> None:
        self._counter = itertools.count()
        self._seed = seed

    def between(self, low: float, high: float) -> float:
        """Throw a number of [low, high)."""
        return low + (high - low) * float(_scatter(np.array([next(self._counter)]), self._seed)[0])

    def pick(self, things: Sequence[_Thing]) -> _Thing:
        """Throw one of several things."""
        return things[int(self.between(0, len(things)))]


def noise(sheet: Sheet, cells: float, seed: int, *, stretch: float = 1.0) -> Plane:
    """Draw smooth mottles, about −1 to 1, H×W: `cells` to a picture height, `stretch` times as wide as high."""
    rows = round(cells * 1.5) + 4
    columns = round(cells * 2 * _REACH / stretch) + 4
    lattice = _scatter(np.arange(rows * columns), seed).reshape(rows, columns) * 2 - 1
    per_row, per_column = rows / 1.5, columns / (2 * _REACH)
    height, width = sheet.shape
    left, top = sheet.x[0, 0] + _REACH - 0.5 / sheet.height, sheet.y[0, 0] + 0.25 - 0.5 / sheet.height
    box = (
        max(0.0, float(left) * per_column),
        max(0.0, float(top) * per_row),
        min(float(columns), (float(left) + width / sheet.height) * per_column),
        min(float(rows), (float(top) + height / sheet.height) * per_row),
    )
    drawn = Image.fromarray(lattice.astype(np.float32)).resize((width, height), Image.Resampling.BICUBIC, box)
    return np.asarray(drawn)


def layered(sheet: Sheet, cells: float, seed: int, *, layers: int = 4, stretch: float = 1.0) -> Plane:
    """Draw mottles of several sizes, each half as large and a little over half as strong as the last."""
    total = np.zeros(sheet.shape, np.float32)
    for layer in range(layers):
        if cells * 2**layer > sheet.height / 2:
            break
        total += noise(sheet, cells * 2**layer, seed + layer, stretch=stretch) * np.float32(0.55**layer)
    return total


def lens(sheet: Sheet, planes: Plane, radius: float) -> Plane:
    """Blur 3×H×W as an open lens does: every point becomes an even disc of `radius` picture heights."""
    spread = np.fft.rfft2(planes) * _disc(sheet.shape, round(radius * sheet.height, 2))
    return np.fft.irfft2(spread, s=sheet.shape).astype(np.float32, copy=False)


@functools.lru_cache(maxsize=48)
def _disc(shape: tuple[int, int], radius: float) -> NDArray[np.complex64]:
    """Prepare the lens opening: a disc of `radius` pixels with a slightly brighter rim, smooth at its edge."""
    rows = np.minimum(np.arange(shape[0]), shape[0] - np.arange(shape[0]))[:, None].astype(np.float32)
    columns = np.minimum(np.arange(shape[1]), shape[1] - np.arange(shape[1]))[None, :].astype(np.float32)
    distance = np.hypot(rows, columns)
    opening = np.clip(radius + 0.5 - distance, 0, 1) * (1 + 0.25 * (distance / max(radius, 1)) ** 6)
    return np.fft.rfft2((opening / opening.sum()).astype(np.float32))


def glow(sheet: Sheet, x: float, y: float, radius: float) -> Plane:
    """Draw the light that falls off around a lamp, H×W, 1 at the lamp."""
    return (1 / (1 + (np.hypot(sheet.x - x, sheet.y - y) / radius) ** 2) ** 1.5).astype(np.float32)


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
