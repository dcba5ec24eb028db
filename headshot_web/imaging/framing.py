"""How a person is framed: by the eyes, never by the box of the face."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from headshot_web.model import Crop

if TYPE_CHECKING:
    from headshot_web.imaging.faces import FaceMark
    from headshot_web.imaging.planes import Bytes, Floats

EYE_LINES: Final = {crop: 0.38 if crop is Crop.SQUARE else 1 / 3 for crop in Crop}
"""Where the eyes stand: a share of the frame's height, from the top."""
FACES_HIGH: Final = {
    Crop.SQUARE: 2.95,
    Crop.PORTRAIT_4_5: 3.3,
    Crop.PORTRAIT_2_3: 3.6,
    Crop.PORTRAIT_3_4: 3.4,
}
"""How many faces (brow to chin) a frame is high, so that the head fills about half of it."""
HEADROOM: Final = 0.08
WIDEST: Final = 1.2
REGION: Final = (1.95, 1.8, 2.8)
"""How many faces beside, above and below the face's middle a frame can reach."""
TOUCH: Final = 64
LINES: Final = (0, -0.02, 0.02, -0.04, 0.04, -0.07, 0.07, -0.1, 0.1, -0.13, 0.14, 0.18)
"""By how much the eye line may give way, as shares of the frame's height."""
SHIFTS: Final = (0, -0.02, 0.02, -0.05, 0.05, -0.08, 0.08, -0.12, 0.12, -0.16, 0.16, -0.2, 0.2)
"""By how much the eyes may leave the middle, as shares of the frame's width."""
UNTOUCHED: Final = (float("inf"), float("-inf"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A headshot's outline on the photo, in the photo's pixels; it may reach past empty edges."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What framing has to know of a cut-out person, in the photo's pixels.

    Each side holds the first and the last place where the person is cut off by the photo's edge.
    """

    crown: float
    """The top of hair or hat."""
    left: tuple[float, float] = UNTOUCHED
    right: tuple[float, float] = UNTOUCHED
    top: tuple[float, float] = UNTOUCHED
    bottom: tuple[float, float] = UNTOUCHED


def region(face: FaceMark, width: int, height: int) -> tuple[int, int, int, int]:
    """Return the part of a photo (`width`×`height`) that any frame of a face can show."""
    beside, above, below = (reach * face.height for reach in REGION)
    return (
        max(0, round(face.middle_x - beside)),
        max(0, round(face.middle_y - above)),
        min(width, round(face.middle_x + beside)),
        min(height, round(face.middle_y + below)),
    )


def outline(alpha: Bytes, box: tuple[int, int, int, int], face: FaceMark, width: int, height: int) -> Outline:
    """Read a cut-out (`alpha` covers `box` of a photo of `width`×`height`)."""
    left, top, right, bottom = box
    near = slice(
        max(0, round(face.eye_x - 0.5 * face.width) - left),
        max(1, round(face.eye_x + 0.5 * face.width) - left),
    )
    rows = np.flatnonzero((alpha[:, near] > 127).mean(axis=1) > 0.04)  # noqa: PLR2004
    sides = {
        "left": (left == 0, alpha[:, :2].max(axis=1), top),
        "right": (right == width, alpha[:, -2:].max(axis=1), top),
        "top": (top == 0, alpha[:2].max(axis=0), left),
        "bottom": (bottom == height, alpha[-2:].max(axis=0), left),
    }
    touched = {name: _span(line, start) for name, (at_edge, line, start) in sides.items() if at_edge}
    return Outline(crown=top + float(rows[0]) if rows.size else face.top - 0.4 * face.height, **touched)


def everywhere(crown: float) -> Outline:
    """Return the outline of a picture whose every edge must stay outside the frame."""
    whole = (float("-inf"), float("inf"))
    return Outline(crown=crown, left=whole, right=whole, top=whole, bottom=whole)


def _span(line: Bytes, start: int) -> tuple[float, float]:
    touched = np.flatnonzero(line > TOUCH)
    return (float(start + touched[0]), float(start + touched[-1])) if touched.size else UNTOUCHED


def frame(face: FaceMark, crop: Crop, outline: Outline, width: int, height: int) -> Frame:
    """Frame a face in a photo of `width`×`height`.

    The eyes stand in the middle at the crop's eye line. Only where the person is cut off by the photo's
    edge does the frame become tighter or move, so that nobody floats.
    """
    ideal = FACES_HIGH[crop] * face.height
    heights = ideal * np.geomspace(WIDEST, 0.3, 61)[:, None, None]
    lines = EYE_LINES[crop] + np.array(LINES)[None, :, None]
    shifts = np.array(SHIFTS)[None, None, :]
    top = face.eye_y - lines * heights + 0 * shifts
    bottom = top + heights
    across = heights * crop.aspect
    left = face.eye_x - across * (0.5 + shifts) + 0 * lines
    right = left + across
    room = (outline.crown - top) / heights
    tighter = np.abs(np.log(heights / ideal))
    cost = (
        tighter
        + 5 * np.clip(tighter - 0.25, 0, None)
        + 40 * np.clip(0.62 * face.height + face.middle_y - bottom, 0, None) / face.height
        + 9 * np.abs(lines - EYE_LINES[crop])
        + 8 * np.abs(shifts)
        + 15 * np.clip(HEADROOM - room, 0, None) * (outline.crown > 0)
        + 100 * _cut_off(outline.left, top, bottom, -left)
        + 100 * _cut_off(outline.right, top, bottom, right - width)
        + 100 * _cut_off(outline.top, left, right, -top)
        + 100 * _cut_off(outline.bottom, left, right, bottom - height)
    )
    best = np.unravel_index(int(np.argmin(cost)), cost.shape)
    return Frame(
        left=float(left[best]),
        top=float(top[best]),
        width=float(across[best[0], 0, 0]),
        height=float(heights[best[0], 0, 0]),
    )


def _cut_off(span: tuple[float, float], start: Floats, end: Floats, beyond: Floats) -> Floats:
    """Return 1 and more where a frame would show an edge at which the person is cut off."""
    shown = (beyond > 0) & (span[0] < end) & (span[1] > start)
    return np.where(shown, 1 + beyond / (end - start), 0)
