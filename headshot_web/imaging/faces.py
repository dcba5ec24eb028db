"""Where the faces in a photo are: for framing only, in memory only, never stored, never recognised."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from PIL import Image

from headshot_web.imaging import networks

Bytes = npt.NDArray[np.uint8]

INPUT_PX = 192
CELLS = 48
SURE_WHOLE = 0.6
SURE_TILE = 0.7
SURE_TURNED = 0.75
LARGE_FACE = 0.13
"""Beside a face this large (of the longer side) nobody small in the background is looked for."""
SAME_FACE = 0.35
CLOSE, CLOSER = 0.5, 0.25
"""How large the tiles are, as shares of the longer side."""
UPRIGHT = 40
"""Degrees: a face in a sideways photo leans at most this far after the turn."""
WORKING_PX = 1008
"""Faces are looked for at this size at most, so that a photo gives the same faces at every size.

It is half of what photos are kept at, so that making one smaller is a mean of whole pixels.
"""
SMALLEST_FACE = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceMark:
    """One face, in pixels of the photo it was found in."""

    left: float
    top: float
    width: float
    height: float
    eye_x: float
    """The middle between the eyes."""
    eye_y: float
    eye_distance: float
    mouth_x: float
    mouth_y: float
    tilt: float
    """Degrees by which the line of the eyes leans, clockwise, after `turned` was undone."""
    score: float
    """0 to 1, how surely this is a face."""
    turned: int = 0
    """How many quarter turns counter-clockwise make this face upright."""

    @property
    def middle_x(self) -> float:
        """The box's middle."""
        return self.left + self.width / 2

    @property
    def middle_y(self) -> float:
        """The box's middle."""
        return self.top + self.height / 2

    def scaled(self, factor: float) -> FaceMark:
        """Return the same face in a photo `factor` times as large."""
        lengths = ("left", "top", "width", "height", "eye_x", "eye_y", "eye_distance", "mouth_x", "mouth_y")
        return replace(self, **{name: getattr(self, name) * factor for name in lengths})

    def moved(self, by_x: float, by_y: float) -> FaceMark:
        """Return the same face in a photo whose corner lies elsewhere."""
        across = {name: getattr(self, name) + by_x for name in ("left", "eye_x", "mouth_x")}
        down = {name: getattr(self, name) + by_y for name in ("top", "eye_y", "mouth_y")}
        return replace(self, **across, **down)

    def after_turns(self, turns: int, width: float, height: float) -> FaceMark:
        """Return the same face after the photo (`width`×`height`) was turned left by quarters."""
        mark = self
        for _ in range(turns % 4):
            mark = replace(
                mark,
                left=mark.top,
                top=width - mark.left - mark.width,
                width=mark.height,
                height=mark.width,
                eye_x=mark.eye_y,
                eye_y=width - mark.eye_x,
                mouth_x=mark.mouth_y,
                mouth_y=width - mark.mouth_x,
                turned=(mark.turned - 1) % 4,
            )
            width, height = height, width
        return mark


def find_faces(rgb: Bytes, *, known: bool = False) -> tuple[FaceMark, ...]:
    """Find the faces in a photo (H×W×3, sRGB 0 to 255), from left to right.

    When there is none, the other three turns of the photo are tried; `FaceMark.turned` tells. Where a face is
    `known` to be, a first look is enough.
    """
    height, width = rgb.shape[:2]
    factor = min(1.0, WORKING_PX / max(height, width))
    small = Image.fromarray(rgb)
    if factor < 1:
        size = (max(1, round(width * factor)), max(1, round(height * factor)))
        small = small.resize(size, Image.Resampling.BOX, reducing_gap=1.0)
    marks = _upright_faces(small, known=known) or _sideways_faces(small) or _upright_faces(small, closer=True)
    scaled = (mark.scaled(width / small.width) for mark in marks)
    return tuple(sorted(scaled, key=lambda mark: mark.middle_x))


def main_face(marks: tuple[FaceMark, ...], width: int, height: int) -> FaceMark | None:
    """Pick the face a photo is most likely about: large and near the middle; None when there is none."""

    def weight(mark: FaceMark) -> float:
        away = math.hypot(mark.middle_x / width - 0.5, (mark.middle_y / height - 0.45) * 0.7)
        return mark.width * mark.height * math.exp(-3 * away**2)

    return max(marks, key=weight, default=None)


def chosen_face(marks: tuple[FaceMark, ...], subject: int | None, width: int, height: int) -> FaceMark | None:
    """Return the face of this number, counted from the left from 0, or else the most likely one."""
    if subject is not None and 0 <= subject < len(marks):
        return marks[subject]
    return main_face(marks, width, height)


def _upright_faces(picture: Image.Image, *, closer: bool = False, known: bool = False) -> list[FaceMark]:
    """Find upright faces: in the whole picture, then in overlapping tiles for the small ones."""
    windows = _windows(picture, CLOSER if closer else CLOSE)
    found = [mark for box, sure in windows[:1] for mark in _faces_in(picture, box, sure)]
    if max((mark.width for mark in found), default=0) < LARGE_FACE * max(picture.size):
        found += [mark for box, sure in windows[1:] for mark in _faces_in(picture, box, sure)]
    smallest = SMALLEST_FACE * min(picture.size)
    faces = _merged([mark for mark in found if mark.width >= smallest])
    return [mark for mark in faces if known or _is_certain(picture, mark)]


def _sideways_faces(picture: Image.Image) -> list[FaceMark]:
    """Find the faces of a photo that lies on its side or head; the turn with the surest face counts."""
    best: list[FaceMark] = []
    for turns in (1, 3, 2):
        turned = picture.rotate(90 * turns, expand=True)
        marks = [
            mark for mark in _upright_faces(turned) if mark.score >= SURE_TURNED and abs(mark.tilt) < UPRIGHT
        ]
        if max((mark.score for mark in marks), default=0) > max((mark.score for mark in best), default=0):
            best = [mark.after_turns(-turns, *turned.size) for mark in marks]
    return best


def _is_certain(picture: Image.Image, mark: FaceMark) -> bool:
    """Look once more from closer up: what is no face seldom looks like one twice."""
    for reach in (1.5, 2.5):
        half = mark.width * reach
        box = tuple(
            round(value)
            for value in (
                mark.middle_x - half,
                mark.middle_y - half,
                mark.middle_x + half,
                mark.middle_y + half,
            )
        )
        inside = (max(0, box[0]), max(0, box[1]), min(picture.width, box[2]), min(picture.height, box[3]))
        if not any(_overlap(mark, again) > SAME_FACE for again in _faces_in(picture, inside, SURE_TILE)):
            return False
    return True


def _windows(picture: Image.Image, share: float) -> list[tuple[tuple[int, int, int, int], float]]:
    """Return the boxes to look into, the whole picture first, with how sure a face in each has to be."""
    width, height = picture.size
    windows = [((0, 0, width, height), SURE_WHOLE)]
    side = round(max(width, height) * share)
    if side < INPUT_PX:
        return windows
    for top in _starts(height, side):
        for left in _starts(width, side):
            box = (left, top, min(width, left + side), min(height, top + side))
            windows.append((box, SURE_TILE))
    return windows


def _starts(length: int, side: int) -> list[int]:
    """Return where overlapping tiles begin along one side."""
    if length <= side:
        return [0]
    count = math.ceil((length - side) / (side * 0.6)) + 1
    return [round(i * (length - side) / (count - 1)) for i in range(count)]


def _faces_in(picture: Image.Image, box: tuple[int, int, int, int], sure: float) -> Iterator[FaceMark]:
    """Yield the faces in one window of the picture, in the picture's pixels."""
    left, top, right, bottom = box
    side = max(right - left, bottom - top)
    pad_x, pad_y = (side - (right - left)) / 2, (side - (bottom - top)) / 2
    fitted = (
        max(1, round((right - left) * INPUT_PX / side)),
        max(1, round((bottom - top) * INPUT_PX / side)),
    )
    square = Image.new("RGB", (INPUT_PX, INPUT_PX))
    inset = (round(pad_x * INPUT_PX / side), round(pad_y * INPUT_PX / side))
    seen = picture.resize(fitted, Image.Resampling.BILINEAR, box=box, reducing_gap=2.0)
    square.paste(seen, inset)
    boxes, raw = networks.find(np.asarray(square, np.float32) / 127.5 - 1)
    scores = 1 / (1 + np.exp(-np.clip(raw, -100, 100)))
    scale = side / INPUT_PX
    for cell in np.flatnonzero(scores >= sure):
        anchor = ((cell % CELLS + 0.5) * INPUT_PX / CELLS, (cell // CELLS + 0.5) * INPUT_PX / CELLS)
        mark = _mark(boxes[cell].astype(float), anchor, float(scores[cell]))
        if mark is not None:
            yield mark.moved(-inset[0], -inset[1]).scaled(scale).moved(left, top)


def _mark(values: npt.NDArray[np.float64], anchor: tuple[float, float], score: float) -> FaceMark | None:
    """Read one of the network's answers (16 values in its own pixels); None when no face can look so."""
    points = values[4:].reshape(6, 2) + anchor
    right_eye, left_eye, mouth = points[0], points[1], points[3]
    width, height = values[2], values[3]
    middle = (right_eye + left_eye) / 2
    across = left_eye - right_eye
    distance = float(np.hypot(*across))
    if min(width, height) < 1 or distance < 0.08 * width or across[0] <= 0 or mouth[1] <= middle[1]:
        return None
    return FaceMark(
        left=float(anchor[0] + values[0] - width / 2),
        top=float(anchor[1] + values[1] - height / 2),
        width=float(width),
        height=float(height),
        eye_x=float(middle[0]),
        eye_y=float(middle[1]),
        eye_distance=distance,
        mouth_x=float(mouth[0]),
        mouth_y=float(mouth[1]),
        tilt=math.degrees(math.atan2(across[1], across[0])),
        score=score,
    )


def _merged(marks: list[FaceMark]) -> list[FaceMark]:
    """Make one face of all the marks that lie on each other, each weighing as much as it is sure."""
    waiting = sorted(marks, key=lambda mark: -mark.score)
    faces = []
    while waiting:
        best = waiting[0]
        same = [mark for mark in waiting if mark is best or _overlap(best, mark) > SAME_FACE]
        waiting = [mark for mark in waiting if mark not in same]
        faces.append(_mean(same))
    return faces


def _overlap(one: FaceMark, other: FaceMark) -> float:
    """Return how much of the smaller box lies in the other, 0 to 1."""
    across = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
    down = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
    smaller = min(one.width * one.height, other.width * other.height)
    return max(0.0, across) * max(0.0, down) / smaller


def _mean(marks: list[FaceMark]) -> FaceMark:
    """Return the mean of marks of one face."""
    total = sum(mark.score for mark in marks)
    names = ("left", "top", "width", "height", "eye_x", "eye_y", "eye_distance", "mouth_x", "mouth_y", "tilt")
    values = {name: sum(getattr(mark, name) * mark.score for mark in marks) / total for name in names}
    return replace(marks[0], **values)
