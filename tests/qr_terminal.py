"""Reads a code that was drawn in a terminal with half blocks, by drawing it as SVG first."""

from __future__ import annotations

from tests.qr_reader import read

HALVES = {" ": (1, 1), "▀": (0, 1), "▄": (1, 0), "█": (0, 0)}
"""Which of the upper and the lower module are dark: a terminal's light is the block."""


def read_terminal(said: str) -> str:
    """Return what the last code on a terminal says."""
    drawn = [
        line.rstrip("\r")
        for line in said.split("\n")
        if line.strip("\r") and set(line.strip("\r")) <= set(HALVES)
    ]
    rows: list[list[int]] = []
    for line in drawn:
        rows += [[HALVES[one][half] for one in line] for half in (0, 1)]
    side = max(map(len, rows))
    dark = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows[:side]) for x, it in enumerate(row) if it)
    return read(f'<svg viewBox="0 0 {side} {side}">{dark}</svg>')[0]
