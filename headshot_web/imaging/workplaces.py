"""Places of work out of focus behind the person: an open office, a clinic's corridor."""

# ruff: noqa: PLR2004 (a drawing is made of places)
from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from headshot_web.imaging.canvas import Dice, Sketch, glow, lens, linear

if TYPE_CHECKING:
    from headshot_web.imaging.canvas import Plane, Sheet
    from headshot_web.imaging.lamps import Lamp

_END: Final = (0.17, 0.36)
"""Where the corridor's lines meet, beside the person's head."""
_HALF: Final = 0.62
_CEILING: Final = -0.62
_FLOOR: Final = 0.85
_NEAR: Final = 0.35
_FAR: Final = 5.0


def office(sheet: Sheet, lamp: Lamp, color: Plane) -> Plane:
    """Draw an open office before tall windows: desks, screens, warm lamps, a plant, nobody."""
    dice, sketch = Dice(211), Sketch(sheet, color * 0.9)
    _windows(sketch, dice)
    wall = linear("#c9c4bb") * 0.55
    sketch.polygon(
        [(-1.1, -0.2), (-0.34, -0.2), (-0.30, 0.02), (-0.30, 0.72), (-0.42, 0.9), (-1.1, 0.9)], wall
    )
    _bookcase(sketch, dice)
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
    _plant(sketch, dice)
    planes = sketch.planes()
    light = 0.8 + 0.5 * glow(sheet, 0.2, 0.3, 0.6) - 0.35 * np.clip(sheet.y - 0.55, 0, 1)
    planes *= light * lamp.exposure * lamp.tint
    return lens(sheet, planes, 0.027)


def _bookcase(sketch: Sketch, dice: Dice) -> None:
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


def _plant(sketch: Sketch, dice: Dice) -> None:
    for _ in range(46):
        leaf = linear(dice.pick(["#3d5f36", "#5d8148", "#2c4629", "#7d9c5a"])) * 0.75
        sketch.disc(
            0.37 + dice.between(-0.075, 0.075),
            0.52 + dice.between(-0.13, 0.1),
            dice.between(0.012, 0.03),
            leaf,
            tall=1.5,
        )


def _windows(sketch: Sketch, dice: Dice) -> None:
    """Draw tall panes with a hazy city behind them."""
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
    """Draw floor, tables and screens."""
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
    """Draw a bright clinic corridor with doors on both sides and light at its end."""
    sketch = Sketch(sheet, color * 0.95)
    _span(sketch, (-_HALF, _CEILING), (_HALF, _CEILING), (_NEAR, _FAR), linear("#f4f6f6") * 0.8)
    _span(sketch, (-_HALF, _FLOOR), (_HALF, _FLOOR), (_NEAR, _FAR), linear("#b4c0c2") * 0.72)
    _span(sketch, (-0.22, _FLOOR), (0.3, _FLOOR), (_NEAR, _FAR), linear("#c6d1d3") * 0.85)
    for side, shade in ((-_HALF, 1.0), (_HALF, 0.8)):
        _span(sketch, (side, _CEILING), (side, _FLOOR), (_NEAR, _FAR), color * shade)
        _span(sketch, (side, 0.26), (side, 0.33), (_NEAR, _FAR), linear("#5b9aa0") * 0.85 * shade)
        _span(sketch, (side, 0.74), (side, _FLOOR), (_NEAR, _FAR), linear("#90a3a6") * 0.7 * shade)
        for depth in (0.62, 1.05, 1.75, 2.9):
            frame, door, pane = (
                (depth, depth * 1.24),
                (depth * 1.02, depth * 1.21),
                (depth * 1.06, depth * 1.11),
            )
            _span(sketch, (side, -0.38), (side, _FLOOR), frame, linear("#f2f4f2") * 0.75 * shade)
            _span(sketch, (side, -0.34), (side, _FLOOR), door, linear("#8fb3b8") * 0.72 * shade)
            _span(sketch, (side, -0.2), (side, 0.1), pane, linear("#e4f2f4") * 1.4 * shade)
    for depth in (0.42, 0.66, 1.0, 1.5, 2.3, 3.6):
        _span(sketch, (-0.2, _CEILING), (0.2, _CEILING), (depth, depth * 1.22), linear("#f7fbff") * 3.4)
    (left, top), (right, bottom) = _seen(-_HALF, _CEILING, _FAR), _seen(_HALF, _FLOOR, _FAR)
    sketch.box(left, top, right, bottom, linear("#f6fbff") * 2.2)
    sketch.box((left + right) / 2 - 0.004, top, (left + right) / 2 + 0.004, bottom, linear("#8fa3aa"))
    planes = sketch.planes()
    planes *= (0.78 + 0.35 * glow(sheet, *_END, 0.4) - 0.1 * sheet.y) * lamp.exposure * lamp.tint
    return lens(sheet, planes, 0.024)


def _seen(x: float, y: float, depth: float) -> tuple[float, float]:
    """Find where a point of the corridor is seen."""
    return _END[0] + x / depth, _END[1] + y / depth


def _span(
    sketch: Sketch,
    one: tuple[float, float],
    other: tuple[float, float],
    depths: tuple[float, float],
    color: Plane,
) -> None:
    """Fill a strip that runs into the corridor, between two of its edges and two depths."""
    near, far = depths
    sketch.polygon([_seen(*one, near), _seen(*one, far), _seen(*other, far), _seen(*other, near)], color)
