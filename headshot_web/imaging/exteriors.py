"""Places under the sky, and a stage at night, out of focus behind the person."""

# ruff: noqa: PLR2004 (a drawing is made of places)
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from headshot_web.imaging.canvas import Dice, Sketch, glow, layered, lens, linear, noise

if TYPE_CHECKING:
    from headshot_web.imaging.canvas import Plane, Sheet
    from headshot_web.imaging.lamps import Lamp


def outdoors(sheet: Sheet, lamp: Lamp, color: Plane) -> Plane:
    """Draw a park: dark trees, lawn, and the sky breaking through the leaves."""
    warm = max(0.0, lamp.warmth)
    sky = linear("#e4edf3") * (1 - warm) + linear("#ffdca6") * warm
    planes = _trees(sheet, color)
    crowns = layered(sheet, 2.2, 711, layers=5)
    planes *= np.exp(0.7 * crowns - 0.15)
    hue = noise(sheet, 2.8, 751, turn=0.5) + 0.6 * noise(sheet, 7, 753)
    planes[0] *= np.exp(0.16 * hue - 0.22 * warm)
    planes[2] *= np.exp(0.35 * warm - 0.12 * hue)
    open_sky = np.clip(0.5 * layered(sheet, 2.6, 723, layers=4) + 0.2 - 1.1 * sheet.y, 0, 1) ** 1.5
    planes += (sky * 2.2)[:, None, None] * open_sky
    gaps = np.clip(0.7 * noise(sheet, 30, 731) + 0.34 * layered(sheet, 2.4, 737, layers=3) - 0.4, 0, 1) ** 2
    planes += sky[:, None, None] * gaps * (13 * np.clip(0.62 - sheet.y, 0, 1))
    caught = np.clip(0.75 * noise(sheet, 42, 741) + 0.35 * crowns - 0.42, 0, 1) ** 2
    planes += (
        (color * np.array((1.5, 1.7, 0.9)))[:, None, None] * caught * (15 * np.clip(1.0 - sheet.y, 0.2, 1))
    )
    sun = glow(sheet, -0.36, 0.12, 0.36)
    planes *= 0.85 + (0.4 + 1.1 * warm) * sun
    blurred = lens(sheet, planes, 0.028)
    blurred += warm * 0.46 * sun * linear("#ffb760")[:, None, None]
    return blurred * lamp.exposure * lamp.tint


def _trees(sheet: Sheet, color: Plane) -> Plane:
    """Draw what the leaves are in front of: a hedge, a lawn with a path, trunks near and far."""
    sketch = Sketch(sheet, color * 0.52)
    sketch.box(-1.1, 0.64, 1.1, 1.2, color * np.array((1.15, 1.25, 0.75)))
    sketch.polygon([(0.1, 0.64), (0.16, 0.64), (0.62, 1.2), (-0.1, 1.2)], linear("#b9ab90") * 0.7)
    sketch.polygon(
        [(-1.1, 0.56), (-0.3, 0.62), (0.4, 0.6), (1.1, 0.64), (1.1, 0.68), (-1.1, 0.68)], color * 0.4
    )
    bark = linear("#54473a") * 0.42
    for x, wide in ((-0.43, 0.05), (-0.245, 0.024), (0.285, 0.04), (0.5, 0.03), (-0.7, 0.05), (0.75, 0.04)):
        foot = wide * 0.7
        sketch.polygon([(x - wide / 2, -0.2), (x + wide / 2, -0.2), (x + foot, 0.7), (x - foot, 0.7)], bark)
    return sketch.planes()


def city(sheet: Sheet, lamp: Lamp, color: Plane) -> Plane:
    """Draw a street of glass and stone under an even sky."""
    dice = Dice(601)
    sketch = Sketch(sheet, linear("#e3e9ee") * 1.25)
    for left, wide, top in ((-0.12, 0.10, 0.2), (0.02, 0.12, 0.28), (0.13, 0.09, 0.17), (-0.22, 0.1, 0.1)):
        tone = color * 0.72 + linear("#d5dde3") * 0.3
        sketch.box(left - wide / 2, top, left + wide / 2, 0.7, tone)
        sketch.box(left + wide * 0.18, top, left + wide / 2, 0.7, tone * 0.72)
        for row in range(14):
            y = top + 0.02 + row * 0.034
            sketch.box(left - wide * 0.42, y, left + wide * 0.42, y + 0.014, tone * dice.between(0.55, 0.95))
    _facade(sketch, dice, -1.0, color, linear("#b9aa98"))
    _facade(sketch, dice, 1.0, color * 0.8, linear("#8795a1"))
    sketch.polygon(
        [(-1.1, 0.74), (-0.1, 0.63), (0.12, 0.63), (1.1, 0.76), (1.1, 1.2), (-1.1, 1.2)],
        linear("#7d8186") * 0.55,
    )
    for x, y, shine in (
        (-0.27, 0.64, "#ff4a35"),
        (0.245, 0.66, "#ffb347"),
        (0.29, 0.655, "#ffcf8a"),
        (-0.31, 0.66, "#fff0d0"),
    ):
        sketch.spark(x, y, 0.006, linear(shine) * 7)
    planes = sketch.planes()
    light = 0.85 + 0.25 * glow(sheet, 0.0, -0.05, 0.5) - 0.22 * np.clip(sheet.y - 0.3, 0, 1)
    planes *= light * lamp.exposure * lamp.tint
    return lens(sheet, planes, 0.024)


def _facade(sketch: Sketch, dice: Dice, side: float, glass: Plane, stone: Plane) -> None:
    """Draw one side of the street in perspective, floor by floor, window by window."""
    meet = (0.01, 0.46)

    def at(depth: float, y: float) -> tuple[float, float]:
        return meet[0] + side * 0.34 / depth, meet[1] + y / depth

    sketch.polygon([at(0.25, -2.2), at(1.9, -2.2), at(1.9, 0.4), at(0.25, 0.4)], stone * 0.62)
    depth = 0.3
    while depth < 1.85:
        back = depth * 1.13
        y = -2.1
        while y < 0.3:
            tone = glass * dice.between(0.35, 1.2)
            if dice.chance(0.16):
                tone = linear("#eef4f8") * dice.between(0.9, 1.4)
            elif dice.chance(0.07):
                tone = linear("#ffd79a") * 1.3
            sketch.polygon(
                [at(depth * 1.02, y), at(back, y), at(back, y + 0.15), at(depth * 1.02, y + 0.15)], tone
            )
            y += 0.2
        depth = back


def bokeh(sheet: Sheet, lamp: Lamp, color: Plane) -> Plane:
    """Draw a stage: spotlights far behind, haze in their beams."""
    dice = Dice(701)
    sketch = Sketch(sheet, color * 0.16)
    tones = [linear(tone) for tone in ("#ffb45e", "#ffd9a8", "#6fa8ff", "#b58cff", "#ff7f6b", "#fff1dc")]
    for row, y in enumerate((0.045, 0.165, 0.30)):
        x = -0.62 + 0.05 * row
        while x < 0.62:
            tone = tones[int(dice.between(0, 6))] * dice.between(3, 16) / (1 + row)
            sketch.spark(
                x + dice.between(-0.02, 0.02), y + dice.between(-0.02, 0.02), dice.between(0.006, 0.011), tone
            )
            x += dice.between(0.09, 0.2)
    for _ in range(26):
        spot = dice.pick(tones) * dice.between(0.5, 5)
        sketch.spark(dice.between(-0.6, 0.6), dice.between(0.34, 0.8), dice.between(0.002, 0.005), spot)
    planes = lens(sheet, sketch.planes(), 0.034)
    smoke = np.exp(0.5 * layered(sheet, 2, 709, layers=3))
    haze = np.zeros_like(planes)
    for start, lean, shine in (
        (-0.34, 0.5, "#ffb974"),
        (0.12, -0.25, "#7d9bff"),
        (0.42, -0.55, "#b48bff"),
        (-0.05, 0.2, "#ffd9a8"),
    ):
        across = (sheet.x - start - lean * sheet.y) / (0.03 + 0.15 * np.clip(sheet.y + 0.1, 0, 2))
        beam = np.exp(-(across**2)) * np.exp(-1.6 * np.clip(sheet.y, 0, 2)) * smoke
        haze += linear(shine)[:, None, None] * beam * 0.16
    haze += color[:, None, None] * (0.55 * glow(sheet, 0.05, 0.4, 0.5) * smoke + 0.04)
    return (planes + haze) * (0.45 + lamp.exposure) * lamp.tint
