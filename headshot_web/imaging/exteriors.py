"""Places under the sky, and a stage at night, out of focus behind the person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from headshot_web.imaging.canvas import Dice, Sketch, glow, layered, lens, linear, noise

if TYPE_CHECKING:
    from headshot_web.imaging.canvas import Plane, Sheet
    from headshot_web.imaging.lamps import Lamp


def outdoors(sheet: Sheet, lamp: Lamp, color: Plane) -> Plane:
    """A park: dark trees, lawn, and the sky breaking through the leaves."""
    dice = Dice(503)
    warm = max(0.0, lamp.warmth)
    sketch = Sketch(sheet, color * 0.34)
    sketch.box(-1.1, 0.66, 1.1, 1.2, color * np.array((1.25, 1.3, 0.8), np.float32))
    sketch.polygon(
        [(-1.1, 0.60), (-0.3, 0.66), (0.4, 0.63), (1.1, 0.68), (1.1, 0.72), (-1.1, 0.72)], color * 0.55
    )
    for x, wide in ((-0.43, 0.05), (-0.245, 0.022), (0.285, 0.04), (0.5, 0.03), (-0.7, 0.05), (0.75, 0.04)):
        bark = linear("#4a3d30") * 0.5
        sketch.polygon(
            [(x - wide / 2, -0.2), (x + wide / 2, -0.2), (x + wide * 0.7, 0.72), (x - wide * 0.7, 0.72)], bark
        )
    planes = sketch.planes()
    crowns = layered(sheet, 2.2, 511, layers=4)
    planes *= np.exp(0.75 * crowns - 0.15) * np.where(sheet.y > 0.66, 0.75, 1.0)
    sun = glow(sheet, -0.36, 0.16, 0.34)
    sky = linear("#dfeaf2") * (1 - warm) + linear("#ffd596") * warm
    haze = np.clip(0.5 * layered(sheet, 1.6, 523, layers=2) + 0.42 - sheet.y * 1.35, 0, 1) ** 1.3
    planes = planes * (1 - 0.75 * haze) + sky[:, None, None] * haze * (0.75 + 0.5 * sun)
    near = lens(sheet, _leaves(sheet, dice, planes.astype(np.float32), sky), 0.030)
    near = near * (0.82 + (0.35 + 0.9 * warm) * sun)
    near += warm * 0.30 * sun * linear("#ffb55a")[:, None, None]
    return (near * lamp.exposure * lamp.tint).astype(np.float32)


def _leaves(sheet: Sheet, dice: Dice, planes: Plane, sky: Plane) -> Plane:
    """Gaps of sky and leaves that catch the sun: the lens turns each into a disc."""
    bright = Sketch(sheet, linear("#000000"))
    for _ in range(150):
        x, y = dice.between(-0.95, 0.95), dice.between(-0.08, 1) ** 1.0
        open_sky = dice.between(0, 1) < 0.55 and y < 0.5
        tone = sky if open_sky else linear(dice.pick(["#c9d86a", "#a9c25c", "#e3dd8a"])) * (0.4 + sky)
        if y > 0.6 and dice.between(0, 1) < 0.7:
            continue
        bright.disc(x, y, dice.between(0.0028, 0.0075), tone * dice.between(2, 14))
    return planes + bright.planes()


def city(sheet: Sheet, lamp: Lamp, color: Plane) -> Plane:
    """A street of glass and stone under an even sky."""
    dice = Dice(601)
    sketch = Sketch(sheet, linear("#e3e9ee") * 1.25)
    for x, wide, top in ((-0.12, 0.10, 0.2), (0.02, 0.12, 0.28), (0.13, 0.09, 0.17), (-0.22, 0.1, 0.1)):
        tone = color * 0.9 + linear("#d5dde3") * 0.35
        sketch.box(x - wide / 2, top, x + wide / 2, 0.7, tone)
        for row in range(14):
            y = top + 0.02 + row * 0.034
            sketch.box(x - wide * 0.42, y, x + wide * 0.42, y + 0.014, tone * dice.between(0.7, 0.95))
    _facade(sketch, dice, -1.0, color, linear("#b9aa98"))
    _facade(sketch, dice, 1.0, color * 0.8, linear("#8795a1"))
    sketch.polygon(
        [(-1.1, 0.74), (-0.1, 0.63), (0.12, 0.63), (1.1, 0.76), (1.1, 1.2), (-1.1, 1.2)],
        linear("#7d8186") * 0.55,
    )
    for x, y, tone in (
        (-0.27, 0.64, "#ff4a35"),
        (0.245, 0.66, "#ffb347"),
        (0.29, 0.655, "#ffcf8a"),
        (-0.31, 0.66, "#fff0d0"),
    ):
        sketch.disc(x, y, 0.006, linear(tone) * 7)
    planes = sketch.planes()
    light = 0.85 + 0.25 * glow(sheet, 0.0, -0.05, 0.5) - 0.22 * np.clip(sheet.y - 0.3, 0, 1)
    planes *= (light * lamp.exposure).astype(np.float32) * lamp.tint
    return lens(sheet, planes, 0.021)


def _facade(sketch: Sketch, dice: Dice, side: float, glass: Plane, stone: Plane) -> None:
    """One side of the street in perspective, floor by floor, window by window."""
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
            if dice.between(0, 1) < 0.16:
                tone = linear("#eef4f8") * dice.between(0.9, 1.4)
            elif dice.between(0, 1) < 0.07:
                tone = linear("#ffd79a") * 1.3
            sketch.polygon(
                [at(depth * 1.02, y), at(back, y), at(back, y + 0.15), at(depth * 1.02, y + 0.15)], tone
            )
            y += 0.2
        depth = back


def bokeh(sheet: Sheet, lamp: Lamp, color: Plane) -> Plane:
    """A stage: spotlights far behind, haze in their beams."""
    dice = Dice(701)
    sketch = Sketch(sheet, color * 0.16)
    tones = [linear(tone) for tone in ("#ffb45e", "#ffd9a8", "#6fa8ff", "#b58cff", "#ff7f6b", "#fff1dc")]
    for row, y in enumerate((0.045, 0.165, 0.30)):
        x = -1.0 + 0.05 * row
        while x < 1.0:
            tone = tones[int(dice.between(0, 6))] * dice.between(3, 16) / (1 + row)
            sketch.disc(
                x + dice.between(-0.02, 0.02), y + dice.between(-0.02, 0.02), dice.between(0.006, 0.011), tone
            )
            x += dice.between(0.09, 0.2)
    for _ in range(26):
        spot = dice.pick(tones) * dice.between(0.5, 5)
        sketch.disc(dice.between(-0.9, 0.9), dice.between(0.34, 0.8), dice.between(0.002, 0.005), spot)
    planes = lens(sheet, sketch.planes(), 0.034)
    smoke = np.exp(0.5 * layered(sheet, 2, 709, layers=3))
    haze = np.zeros_like(planes)
    for x, lean, tone in (
        (-0.34, 0.5, "#ffb974"),
        (0.12, -0.25, "#7d9bff"),
        (0.42, -0.55, "#b48bff"),
        (-0.05, 0.2, "#ffd9a8"),
    ):
        across = (sheet.x - x - lean * sheet.y) / (0.03 + 0.15 * np.clip(sheet.y + 0.1, 0, 2))
        beam = np.exp(-(across**2)) * np.exp(-1.6 * np.clip(sheet.y, 0, 2)) * smoke
        haze += linear(tone)[:, None, None] * beam * 0.16
    haze += color[:, None, None] * (0.55 * glow(sheet, 0.05, 0.4, 0.5) * smoke + 0.04)
    return ((planes + haze) * (0.45 + lamp.exposure) * lamp.tint).astype(np.float32)
