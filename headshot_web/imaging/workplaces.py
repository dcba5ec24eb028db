"""Places of work out of focus behind the person: an open office, a clinic's corridor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from headshot_web.imaging.canvas import Dice, Sketch, glow, lens, linear

if TYPE_CHECKING:
    from headshot_web.imaging.canvas import Plane, Sheet
    from headshot_web.imaging.lamps import Lamp

_END = (0.17, 0.36)
"""Where the corridor's lines meet, beside the person's head."""


def office(sheet: Sheet, lamp: Lamp, color: Plane) -> Plane:
    """An open office before tall windows: desks, screens, warm lamps, a plant, nobody."""
    dice, sketch = Dice(211), Sketch(sheet, color * 0.9)
    _windows(sketch, dice)
    wall = linear("#c9c4bb") * 0.55
    sketch.polygon(
        [(-1.1, -0.2), (-0.34, -0.2), (-0.30, 0.02), (-0.30, 0.72), (-0.42, 0.9), (-1.1, 0.9)], wall
    )
    sketch.box(-0.62, 0.16, -0.40, 0.74, linear("#8c6f55") * 0.5)
    for shelf in range(5):
        sketch.box(-0.62, 0.16 + shelf * 0.115, -0.40, 0.175 + shelf * 0.115, linear("#d8c6ab") * 0.7)
        x = -0.61
        while x < -0.43:
            step = dice.between(0.012, 0.04)
            tone = linear(
                dice.pick(["#b8503c", "#e7e0d2", "#2f4a63", "#d9a441", "#3f5a49", "#f4f1ea", "#54504c"])
            )
            sketch.box(
                x, 0.205 + shelf * 0.115 + dice.between(0, 0.04), x + step, 0.275 + shelf * 0.115, tone * 0.7
            )
            x += step + dice.between(0.0, 0.02)
    sketch.polygon(
        [(-1.1, -0.2), (1.1, -0.2), (1.1, 0.0), (0.1, 0.075), (-1.1, 0.0)], linear("#d9d9d6") * 0.62
    )
    for x in (-0.75, -0.25, 0.3, 0.85):
        sketch.polygon(
            [(x, -0.12), (x + 0.09, -0.12), (0.08 + x * 0.32, 0.06), (0.06 + x * 0.32, 0.06)],
            linear("#fff4e2") * 3.2,
        )
    _desks(sketch, dice)
    for x, y, size in ((-0.21, 0.155, 0.020), (0.255, 0.13, 0.024), (0.44, 0.2, 0.017), (-0.47, 0.09, 0.026)):
        sketch.box(x - 0.003, -0.1, x + 0.003, y, linear("#35322f"))
        sketch.disc(x, y - 0.012, size * 1.7, linear("#2b2a29"), tall=0.6)
        sketch.disc(x, y, size, linear("#ffc777") * 9, tall=0.7)
    for _ in range(46):
        leaf = linear(dice.pick(["#3d5f36", "#5d8148", "#2c4629", "#7d9c5a"])) * 0.75
        sketch.disc(
            0.37 + dice.between(-0.075, 0.075),
            0.52 + dice.between(-0.13, 0.1),
            dice.between(0.012, 0.03),
            leaf,
            tall=1.5,
        )
    planes = sketch.planes()
    light = 0.8 + 0.5 * glow(sheet, 0.2, 0.3, 0.6) - 0.35 * np.clip(sheet.y - 0.55, 0, 1)
    planes *= (light * lamp.exposure).astype(np.float32) * lamp.tint
    return lens(sheet, planes, 0.027)


def _windows(sketch: Sketch, dice: Dice) -> None:
    """Tall panes with a hazy city behind them."""
    sketch.box(-1.1, -0.2, 1.1, 0.66, linear("#e9f1f6") * 1.35)
    for _ in range(26):
        x, top = dice.between(-0.6, 1.1), dice.between(0.16, 0.42)
        tone = linear(dice.pick(["#9fb4c2", "#b9c6cd", "#8aa0b0", "#c8c4ba", "#a9b7b0"]))
        sketch.box(x, top, x + dice.between(0.05, 0.16), 0.62, tone * dice.between(0.9, 1.25))
    sketch.box(-1.1, 0.52, 1.1, 0.62, linear("#7c8f80") * 0.8)
    for x in (-0.44, -0.12, 0.185, 0.505, 0.83):
        sketch.box(x - 0.012, -0.2, x + 0.012, 0.66, linear("#4a4d50"))
    sketch.box(-1.1, 0.235, 1.1, 0.247, linear("#4f5254"))


def _desks(sketch: Sketch, dice: Dice) -> None:
    """Floor, tables and screens."""
    sketch.box(-1.1, 0.66, 1.1, 1.2, linear("#7a716a") * 0.6)
    for x in (-0.52, -0.16, 0.2, 0.56, 0.9):
        sketch.box(x - 0.085, 0.55, x + 0.055, 0.645, linear("#23262a"))
        sketch.box(
            x - 0.078, 0.557, x + 0.048, 0.636, linear(dice.pick(["#5f7f9c", "#39424b", "#a9c0cf"])) * 0.8
        )
        sketch.box(x - 0.2, 0.665, x + 0.16, 0.69, linear("#d9c3a0") * 0.9)
        sketch.disc(x + 0.1, 0.76, 0.05, linear("#2d3034"), tall=1.5)
    sketch.box(-1.1, 0.93, 1.1, 1.2, linear("#4c4641") * 0.6)


def corridor(sheet: Sheet, lamp: Lamp, color: Plane) -> Plane:
    """A bright clinic corridor with doors on both sides and light at its end."""
    sketch = Sketch(sheet, color * 0.95)

    def at(x: float, y: float, depth: float) -> tuple[float, float]:
        return _END[0] + x / depth, _END[1] + y / depth

    def wall(side: float, low: float, high: float, front: float, back: float, tone: Plane) -> None:
        left, right = at(side, low, front), at(side, low, back)
        sketch.polygon([left, right, at(side, high, back), at(side, high, front)], tone)

    half, top, floor = 0.62, -0.62, 0.85
    end = 5.0
    front = 0.35
    sketch.polygon(
        [at(-half, top, front), at(half, top, front), at(half, top, end), at(-half, top, end)],
        linear("#f4f6f6") * 0.8,
    )
    sketch.polygon(
        [at(-half, floor, front), at(half, floor, front), at(half, floor, end), at(-half, floor, end)],
        linear("#b9c6c8") * 0.75,
    )
    wall(-half, top, floor, front, end, color * 0.98)
    wall(half, top, floor, front, end, color * 0.78)
    for side, shade in ((-half, 1.0), (half, 0.8)):
        wall(side, 0.26, 0.33, front, end, linear("#5b9aa0") * 0.85 * shade)
        wall(side, 0.74, floor, front, end, linear("#90a3a6") * 0.7 * shade)
        for depth in (0.62, 1.05, 1.75, 2.9):
            wall(side, -0.38, floor, depth, depth * 1.24, linear("#f2f4f2") * 0.75 * shade)
            wall(side, -0.34, floor, depth * 1.02, depth * 1.21, linear("#8fb3b8") * 0.72 * shade)
            wall(side, -0.2, 0.1, depth * 1.06, depth * 1.11, linear("#e4f2f4") * 1.4 * shade)
    for depth in (0.42, 0.66, 1.0, 1.5, 2.3, 3.6):
        panel = [
            at(-0.2, top, depth),
            at(0.2, top, depth),
            at(0.2, top, depth * 1.22),
            at(-0.2, top, depth * 1.22),
        ]
        sketch.polygon(panel, linear("#f7fbff") * 3.4)
        shine = [
            at(-0.16, floor, depth),
            at(0.16, floor, depth),
            at(0.16, floor, depth * 1.3),
            at(-0.16, floor, depth * 1.3),
        ]
        sketch.polygon(shine, linear("#e8f0f2") * 1.15)
    left, high = at(-half, top, end)
    right, low = at(half, floor, end)
    sketch.box(left, high, right, low, linear("#f6fbff") * 2.2)
    sketch.box((left + right) / 2 - 0.004, high, (left + right) / 2 + 0.004, low, linear("#8fa3aa"))
    planes = sketch.planes()
    light = 0.78 + 0.35 * glow(sheet, *_END, 0.4) - 0.1 * sheet.y
    planes *= (light * lamp.exposure).astype(np.float32) * lamp.tint
    return lens(sheet, planes, 0.021)
