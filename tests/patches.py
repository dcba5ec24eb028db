"""A patch of colours drawn on a guest's chest, that says whose photo it is and is read back from pictures."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageDraw

from tests import portraits

FRAME = (255, 0, 255)
ONE, NOUGHT = (255, 230, 0), (0, 0, 200)
COLUMNS, ROWS = 4, 2
_LEFT, _TOP, _CELL, _EDGE = 196, 396, 28, 7


def marked(guest: int, size: tuple[int, int] | None = None) -> Image.Image:
    """A portrait with the patch of a guest, below 64, on the chest: six bits, and two that check them."""
    image = portraits.hopper()
    pen = ImageDraw.Draw(image)
    wide, high = COLUMNS * _CELL + 2 * _EDGE, ROWS * _CELL + 2 * _EDGE
    pen.rectangle((_LEFT, _TOP, _LEFT + wide - 1, _TOP + high - 1), fill=FRAME)
    for number, bit in enumerate(_bits(guest)):
        row, column = divmod(number, COLUMNS)
        left, top = _LEFT + _EDGE + column * _CELL, _TOP + _EDGE + row * _CELL
        pen.rectangle((left, top, left + _CELL - 1, top + _CELL - 1), fill=ONE if bit else NOUGHT)
    return image.resize(size, Image.Resampling.BICUBIC) if size else image


def guest_of(picture: bytes) -> int | None:
    """Read whose photo a picture was made of; None where no patch is to be seen."""
    with Image.open(io.BytesIO(picture)) as opened:
        hsv = np.asarray(opened.convert("HSV"), np.int16)
        rgb = np.asarray(opened.convert("RGB"), np.int16)
    framed = (abs(hsv[..., 0] - 213) < 14) & (hsv[..., 1] > 120) & (hsv[..., 2] > 90)
    rows, columns = (np.flatnonzero(framed.sum(axis) >= 0.5 * framed.sum(axis).max()) for axis in (1, 0))
    if not framed.any() or min(np.ptp(rows), np.ptp(columns)) < 2 * COLUMNS:
        return None
    step = (np.ptp(columns) + 1) / (COLUMNS * _CELL + 2 * _EDGE)
    bits = []
    for number in range(COLUMNS * ROWS):
        row, column = divmod(number, COLUMNS)
        y = int(rows[0] + (_EDGE + (row + 0.5) * _CELL) * step)
        x = int(columns[0] + (_EDGE + (column + 0.5) * _CELL) * step)
        around = rgb[y - 1 : y + 2, x - 1 : x + 2].reshape(-1, 3).mean(0)
        bits.append(bool(around[1] > around[2]))
    guest = sum(bit << place for place, bit in enumerate(bits[:6]))
    return guest if bits == _bits(guest) else None


def _bits(guest: int) -> list[bool]:
    bits = [bool(guest >> place & 1) for place in range(6)]
    return [*bits, sum(bits[:3]) % 2 == 0, sum(bits[3:]) % 2 == 0]
