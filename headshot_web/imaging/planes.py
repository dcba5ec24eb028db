"""Planes of numbers: blurring, enlarging and growing them, quickly and on one thread."""

from __future__ import annotations

import functools
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PIL import Image

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.floating[Any]]
Bools = npt.NDArray[np.bool_]
GAMMA: Final = 2.2
"""How a screen's values answer to light, near enough to sRGB's curve."""
LONG_LINE: Final = 600


def box_blur(planes: Floats, radius: int) -> Floats:
    """Return the mean of each (2·radius + 1)² neighbourhood of planes (…×H×W); edges count what is there."""
    stack = planes.reshape(-1, *planes.shape[-2:])
    down = _running_means(stack.transpose(1, 0, 2), radius)
    across = _running_means(down.transpose(2, 1, 0), radius)
    return np.ascontiguousarray(across.transpose(1, 2, 0)).reshape(planes.shape)


def _running_means(lines: Floats, radius: int) -> Floats:
    """Return running means along the first axis of L×N×M, as differences of running sums."""
    length = len(lines)
    reach = max(0, min(radius, (length - 1) // 2))
    sums = _running_sums(lines)
    means = np.empty(lines.shape, np.float32)
    wide = 2 * reach + 1
    means[: reach + 1] = sums[reach:wide]
    np.subtract(sums[wide:], sums[:-wide], out=means[reach + 1 : length - reach], casting="unsafe")
    tail = sums[length - wide : length - reach - 1]
    np.subtract(sums[-1:], tail, out=means[length - reach :], casting="unsafe")
    rows = np.arange(length)
    counts = np.minimum(rows + reach, length - 1) - np.maximum(rows - reach, 0) + 1
    means *= (1 / counts).astype(np.float32)[:, None, None]
    return means


def _running_sums(lines: Floats) -> Floats:
    """Return running sums along the first axis; line by line where a line is long, which is twice as fast."""
    if lines[0].size < LONG_LINE:
        return np.cumsum(lines, axis=0, dtype=np.float64)
    lines = np.ascontiguousarray(lines)
    sums = np.empty(lines.shape, np.float64)
    sums[0] = lines[0]
    for i in range(1, len(lines)):
        np.add(sums[i - 1], lines[i], out=sums[i])
    return sums


def wide_blur(planes: Floats, radius: int) -> Floats:
    """Return about the same as `box_blur` for a large radius and C×H×W, worked out on every fourth pixel."""
    height, width = planes.shape[-2:]
    few = resized(planes, max(1, width // 4), max(1, height // 4))
    return resized(box_blur(few, round(radius / 4)), width, height)


def resized(planes: Floats, width: int, height: int) -> Floats:
    """Return planes (H×W or C×H×W) smoothly enlarged or reduced to `height`×`width`."""
    if planes.shape[-2:] == (height, width):
        return planes
    if planes.ndim == 3:  # noqa: PLR2004
        return np.stack([resized(plane, width, height) for plane in planes])
    shrinks = planes.shape[1] > width or planes.shape[0] > height
    filtering = Image.Resampling.BOX if shrinks else Image.Resampling.BILINEAR
    return np.asarray(Image.fromarray(planes).resize((width, height), filtering))


def planes_of(picture: Image.Image, size: tuple[int, int]) -> Floats:
    """Return a picture reduced to width × height as planes (3×H×W, 0 to 1)."""
    small = picture.resize(size, Image.Resampling.BOX)
    return np.ascontiguousarray(np.asarray(small, np.float32).transpose(2, 0, 1)) / np.float32(255)


def picture_of(planes: Floats, width: int, height: int) -> Bytes:
    """Return planes (3×H×W, 0 to 1) as a picture (`height`×`width`×3, 0 to 255)."""
    values = np.rint(np.clip(planes, 0, 1) * 255).astype(np.uint8)
    small = Image.fromarray(np.ascontiguousarray(values.transpose(1, 2, 0)))
    return np.asarray(small.resize((width, height), Image.Resampling.BILINEAR))


def smooth_step(plane: Floats, low: float, high: float) -> Floats:
    """Return 0 where a plane is below `low`, 1 above `high`, and a smooth way between."""
    t = np.clip((plane - low) / (high - low), 0, 1)
    stepped: Floats = (t * t * (3 - 2 * t)).astype(np.float32)
    return stepped


def joined(mask: Bools, seed: Bools) -> Bools:
    """Return the part of a mask that hangs together, across and down, with the seed."""
    reached = seed & mask
    before = -1
    while (count := int(reached.sum())) != before:
        before = count
        reached = _along_rows(mask, reached)
        reached = _along_rows(mask.T, reached.T).T
    return reached


def _along_rows(mask: Bools, reached: Bools) -> Bools:
    """Fill each unbroken run of a row in which anything is reached."""
    starts = mask.copy()
    starts[:, 1:] &= ~mask[:, :-1]
    runs = np.cumsum(starts.ravel()).reshape(mask.shape)
    touched = np.zeros(int(runs[-1, -1]) + 1, dtype=bool)
    touched[runs[reached]] = True
    filled: Bools = touched[runs] & mask
    return filled


def flowed(planes: Floats, guide: Floats, *, reach: float, contrast: float) -> Floats:
    """Let planes (C×H×W) flow `reach` pixels far, but hardly across what are edges in the guide (3×H×W).

    The recursive filter of Gastal and Oliveira (2011); a step of `contrast` is as far as `reach`.
    """
    down, across = (
        (1 + reach / contrast * np.abs(np.diff(guide, axis=axis)).sum(axis=0)).astype(np.float32)
        for axis in (1, 2)
    )
    lines = np.ascontiguousarray(planes.transpose(1, 0, 2), np.float32)
    for rounds_left in (1, 0):
        spread = reach * np.sqrt(3) * 2**rounds_left / np.sqrt(4**2 - 1)
        kept = np.float32(np.exp(-np.sqrt(2) / spread))
        for steps in (down, across.T):
            _swept(lines, (kept**steps)[:, None, :])
            lines = np.ascontiguousarray(lines.transpose(2, 1, 0))
    return lines.transpose(1, 0, 2)


def _swept(lines: Floats, kept: Floats) -> None:
    """Hand on to each line (the first axis) the share `kept` of what its neighbour has, there and back."""
    for i in range(1, len(lines)):
        lines[i] += kept[i - 1] * (lines[i - 1] - lines[i])
    for i in range(len(lines) - 2, -1, -1):
        lines[i] += kept[i] * (lines[i + 1] - lines[i])


def sampled(planes: Floats, places: npt.NDArray[np.intp], width: int, height: int) -> Floats:
    """Return planes (C×h×w), as if smoothly enlarged to `height`×`width`, at some places: N×C."""
    rows, columns = planes.shape[1:]
    table = np.ascontiguousarray(planes.transpose(1, 2, 0), np.float32).reshape(rows * columns, -1)
    y, x = np.divmod(places, width)
    down = np.clip((y + 0.5) * rows / height - 0.5, 0, rows - 1.001).astype(np.float32)
    across = np.clip((x + 0.5) * columns / width - 0.5, 0, columns - 1.001).astype(np.float32)
    top, left = down.astype(np.intp), across.astype(np.intp)
    v, u = (down - top)[:, None].astype(np.float32), (across - left)[:, None].astype(np.float32)
    at = top * columns + left
    upper = table[at] + u * (table[at + 1] - table[at])
    lower = table[at + columns] + u * (table[at + columns + 1] - table[at + columns])
    values: Floats = upper + v * (lower - upper)
    return values


def light_of(values: Bytes) -> Floats:
    """Return how much light values (0 to 255) stand for, 0 to 1."""
    light: Floats = _lights()[values]
    return light


def shown(light: Floats) -> Bytes:
    """Return the values (0 to 255) that show an amount of light, 0 to 1."""
    return _values()[np.rint(np.clip(light, 0, 1) * 65535).astype(np.uint16)]


@functools.cache
def _lights() -> Floats:
    table: Floats = ((np.arange(256) / 255) ** GAMMA).astype(np.float32)
    return table


@functools.cache
def _values() -> Bytes:
    return np.rint((np.arange(65536) / 65535) ** (1 / GAMMA) * 255).astype(np.uint8)
