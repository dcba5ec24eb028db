"""Rooms with a past out of focus behind the person: a loft, a library, a living room."""

# ruff: noqa: PLR2004 (a drawing is made of places)
from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from headshot_web.imaging.canvas import Dice, Sketch, glow, layered, lens, linear

if TYPE_CHECKING:
    from headshot_web.imaging.canvas import Plane, Sheet
    from headshot_web.imaging.lamps import Lamp

_SHELF: Final = 0.205
_LEATHER: Final = (
    "#5f352b", "#6e4a32", "#3f3027", "#38423a", "#333b48", "#8a7350", "#b3a282",
    "#4f2a29", "#463c45", "#735a3d", "#c2b69c", "#3c4647", "#744036", "#98805a",
)  # fmt: skip


def brick(sheet: Sheet, lamp: Lamp, color: Plane) -> Plane:
    """Draw a loft's brick wall in the light of a tall window on the left."""
    dice, sketch = Dice(101), Sketch(sheet, linear("#8f8378") * 0.8)
    high, wide, gap = 0.052, 0.158, 0.0075
    tones = [color * f for f in (0.7, 0.84, 0.95, 1.0, 1.08, 1.22)]
    tones += [color * np.array(f, np.float32) for f in ((1.15, 0.9, 0.8), (0.8, 0.84, 0.9), (0.64, 0.6, 0.6))]
    for row in range(-2, 23):
        x = -0.62 - (wide / 2 if row % 2 else 0) + dice.between(-0.006, 0.006)
        while x < 0.62:
            y = row * high + dice.between(-0.0015, 0.0015)
            sketch.box(x + gap / 2, y + gap / 2, x + wide - gap / 2, y + high - gap / 2, dice.pick(tones))
            x += wide
    planes = sketch.planes()
    planes *= np.exp(0.14 * layered(sheet, 3, 103) + 0.1 * layered(sheet, 14, 108, layers=2))
    planes *= 0.36 + 0.95 * np.exp(-(sheet.x + 0.3) * 2.1) * (1 - 0.3 * sheet.y)
    planes = _loft_window(sheet, planes) * lamp.exposure * lamp.tint
    return lens(sheet, planes, 0.0135)


def _loft_window(sheet: Sheet, wall: Plane) -> Plane:
    """Set a tall iron window into the left of a wall."""
    sketch = Sketch(sheet, linear("#000000"))
    sketch.box(-1.1, -0.2, -0.225, 0.72, linear("#7d6a5c") * 0.9)
    sketch.box(-1.1, -0.2, -0.247, 0.70, linear("#2b2a2a") * 0.8)
    for left in (-0.805, -0.67, -0.535, -0.4):
        for top in (-0.16, 0.055, 0.27, 0.485):
            pane = linear("#e8eff4") * (2.3 - 1.3 * max(top, 0))
            sketch.box(left, top, left + 0.126, top + 0.2, pane)
    sketch.box(-1.1, 0.70, -0.215, 0.735, linear("#b8a896") * 1.1)
    return sketch.planes() + wall * (1 - sketch.cover())


def library(sheet: Sheet, lamp: Lamp, color: Plane) -> Plane:
    """Draw wooden shelves full of books, a reading lamp's light on them."""
    dice, sketch = Dice(307), Sketch(sheet, color * 0.16)
    for shelf in range(-1, 7):
        top = shelf * _SHELF - 0.035
        _volumes(sketch, dice, top, top + _SHELF - 0.022)
        sketch.box(-1.1, top + _SHELF - 0.022, 1.1, top + _SHELF - 0.004, color)
        sketch.box(-1.1, top + _SHELF - 0.004, 1.1, top + _SHELF, color * 0.3)
    for x in (-0.83, -0.305, 0.235, 0.78):
        sketch.box(x - 0.02, -0.2, x + 0.012, 1.2, color * 0.85)
        sketch.box(x + 0.012, -0.2, x + 0.022, 1.2, color * 0.25)
    planes = sketch.planes()
    planes *= np.exp(0.1 * layered(sheet, 6, 311, layers=3))
    light = 0.34 + 1.5 * glow(sheet, -0.34, 0.3, 0.42) + 0.5 * glow(sheet, 0.42, 0.12, 0.3)
    planes *= light * lamp.exposure * lamp.tint
    return lens(sheet, planes, 0.0185)


def _volumes(sketch: Sketch, dice: Dice, top: float, bottom: float) -> None:
    """Fill one shelf: sets of equal volumes, single books, gaps, a leaning one here and there."""
    tones = [linear(tone) for tone in _LEATHER]
    x = -0.62
    while x < 0.62:
        if dice.chance(0.1):
            x += dice.between(0.015, 0.05)
        wide, high = dice.between(0.014, 0.032), dice.between(0.6, 0.9) * (bottom - top)
        tone = dice.pick(tones) * dice.between(0.7, 1.2)
        for _ in range(dice.pick([1, 1, 1, 2, 3, 6])):
            sketch.box(x, bottom - high, x + wide - 0.002, bottom, tone)
            if high > 0.13:
                sketch.box(
                    x,
                    bottom - high * 0.8,
                    x + wide - 0.002,
                    bottom - high * 0.73,
                    tone * 1.25 + linear("#c8a45c") * 0.12,
                )
            x += wide


def room(sheet: Sheet, lamp: Lamp, color: Plane) -> Plane:
    """Draw a quiet living room: a lamp that glows, a picture, plants by the window."""
    dice, sketch = Dice(401), Sketch(sheet, color * 0.85)
    sketch.box(-1.1, -0.2, -0.40, 0.78, linear("#f4efe2") * 1.9)
    for x in (-0.86, -0.62, -0.415):
        sketch.box(x, -0.2, x + 0.022, 0.78, linear("#efe8da") * 0.7)
    sketch.polygon([(-0.40, -0.2), (-0.27, -0.2), (-0.30, 0.86), (-0.40, 0.86)], linear("#e4d9c6") * 1.05)
    sketch.box(0.15, 0.03, 0.345, 0.25, linear("#5b4331") * 0.7)
    sketch.box(0.162, 0.042, 0.333, 0.238, linear("#e9e2d3") * 0.85)
    sketch.polygon(
        [(0.18, 0.21), (0.22, 0.12), (0.255, 0.17), (0.285, 0.1), (0.315, 0.21)], linear("#9a7b5c") * 0.8
    )
    sketch.box(0.2, 0.66, 1.1, 0.685, linear("#8a6240") * 0.6)
    sketch.box(0.2, 0.685, 1.1, 0.92, linear("#6f4c31") * 0.4)
    sketch.box(-1.1, 0.92, 1.1, 1.2, linear("#7a5b42") * 0.4)
    sketch.box(0.316, 0.51, 0.324, 0.64, linear("#6b5330") * 0.8)
    sketch.disc(0.32, 0.635, 0.036, linear("#b06a4a") * 0.7, tall=0.9)
    sketch.polygon([(0.27, 0.37), (0.37, 0.37), (0.405, 0.51), (0.235, 0.51)], linear("#ffd9a0") * 2.4)
    planes = sketch.planes()
    light = 0.5 + 0.42 * glow(sheet, -0.45, 0.3, 0.5) + 1.1 * glow(sheet, 0.32, 0.45, 0.17)
    planes *= light * lamp.exposure * lamp.tint
    leaves = Sketch(sheet, linear("#000000"))
    _plant(leaves, dice, -0.30, 0.50, 0.2)
    _plant(leaves, dice, 0.45, 0.55, 0.13)
    drawn = leaves.planes() * (lamp.exposure * (0.75 + 0.5 * glow(sheet, -0.5, 0.3, 0.3)))
    planes = drawn + planes * (1 - leaves.cover())
    return lens(sheet, planes, 0.022)


def _plant(sketch: Sketch, dice: Dice, x: float, y: float, size: float) -> None:
    """Draw a house plant: leaves on bent stems out of one pot."""
    greens = [linear(tone) for tone in ("#3e5a34", "#577a46", "#2a4427", "#7f9a5d", "#688a55", "#a5b583")]
    sketch.box(x - size * 0.28, y + size * 0.9, x + size * 0.28, y + size * 1.7, linear("#b9a58c") * 0.7)
    for _ in range(38):
        lean, reach = dice.between(-1.2, 1.2), size * dice.between(0.35, 1.25)
        tip = (x + reach * np.sin(lean), y + size * 0.9 - reach * np.cos(lean))
        side = size * dice.between(0.07, 0.15)
        middle = ((x + tip[0]) / 2, (y + size * 0.9 + tip[1]) / 2)
        outline = [
            (x, y + size * 0.9),
            (middle[0] - side, middle[1] - side),
            tip,
            (middle[0] + side, middle[1] + side),
        ]
        sketch.polygon(outline, dice.pick(greens) * 0.8)
