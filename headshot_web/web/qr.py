"""A code to scan, drawn here: for a page, and for a terminal."""

from __future__ import annotations

import io
from html import escape
from typing import Final

QUIET: Final = 4
"""How many modules of white stand around it, as scanners need."""
DARK, LIGHT = "#1f1b16", "#ffffff"


def svg(text: str, *, label: str) -> str:
    """Return a code as SVG, dark on white in either scheme; `label` says to a screen reader what it is."""
    import segno  # noqa: PLC0415 - only once phones are let in

    code = segno.make(text, error="m", micro=False)
    side = code.symbol_size(border=QUIET)[0]
    drawn = "".join(
        f"M{x + QUIET} {y + QUIET}h{length}v1h-{length}z"
        for y, x, length in _runs(tuple(map(bytes, code.matrix)))
    )
    return (
        f'<svg class="qr" viewBox="0 0 {side} {side}" role="img" aria-label="{escape(label)}" '
        f'shape-rendering="crispEdges"><path fill="{LIGHT}" d="M0 0h{side}v{side}H0z"/>'
        f'<path fill="{DARK}" d="{drawn}"/></svg>'
    )


def terminal(text: str) -> str:
    """Return a code as lines for a terminal, white around it whatever its colours are."""
    import segno  # noqa: PLC0415

    out = io.StringIO()
    segno.make(text, error="m", micro=False).terminal(out, compact=True)
    return out.getvalue()


def _runs(rows: tuple[bytes, ...]) -> list[tuple[int, int, int]]:
    """Return the dark runs of each row: row, first column, length."""
    found = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            length = len(row[x:]) - len(row[x:].lstrip(b"\x01"))
            if length:
                found.append((y, x, length))
            x += max(length, 1)
    return found
