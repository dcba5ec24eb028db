"""How well one colour can be read on another, and how a colour is made readable. Colours are #rrggbb."""

from __future__ import annotations

from typing import Final

WHITE: Final = "#ffffff"
_STEPS: Final = 100
_LINEAR_BELOW: Final = 0.04045


def ratio(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 for equal ones to 21 for black on white."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def lightened(color: str, *, on: str, least: float) -> str:
    """Return the colour, mixed with as little white as lets it stand out on a dark one."""
    for step in range(_STEPS):
        mixed = _mixed(color, step / _STEPS)
        if ratio(mixed, on) >= least:
            return mixed
    return WHITE


def _mixed(color: str, share: float) -> str:
    return "#" + "".join(f"{round(value + (255 - value) * share):02x}" for value in _values(color))


def _values(color: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(color.removeprefix("#")))


def _luminance(color: str) -> float:
    red, green, blue = (_linear(value / 255) for value in _values(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return float(value / 12.92 if value <= _LINEAR_BELOW else ((value + 0.055) / 1.055) ** 2.4)
