"""What a person may want to know of their photo before they go on: advice, never a refusal."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

from headshot_web.imaging import networks
from headshot_web.imaging.faces import FaceMark, find_faces, main_face
from headshot_web.model import Notice

Plane = npt.NDArray[np.float32]

SMALL_FACE_PX = 160
"""A narrower face is enlarged more than twice in a headshot of standard size."""
SHARPNESS_PX = 96
"""Sharpness is measured on faces of this width at most, so that it means the same in every photo."""
BLURRED_BELOW = 0.03
"""Share of fine detail in a face's contrast: sharp portraits have .16 to 1, blurred ones .01."""
DIM_PICTURE = 115
DIM_FACE = 100
BACKLIT_FACE = 55
"""Luma (0 to 255) of the brightest parts. Skin alone never makes a photo dark: its highlights and what is
around it count, not its median."""


def marks(picture: Image.Image) -> tuple[FaceMark, ...]:
    """Find the faces of an upright sRGB picture, from left to right."""
    return find_faces(np.asarray(picture))


def warm() -> None:
    """Load the networks, so that the first photo does not wait for them."""
    networks.warm()


def notices(picture: Image.Image) -> tuple[Notice, ...]:
    """Look at a developed picture (RGB) and say what stands in the way of a good headshot."""
    found = marks(picture)
    face = main_face(found, picture.width, picture.height)
    if face is None:
        return (Notice.NO_FACE,)
    whole = picture.convert("L")
    inner = _inner(whole, face)
    noticed = {
        Notice.SEVERAL_FACES: len(found) > 1,
        Notice.FACE_SMALL: face.width < SMALL_FACE_PX,
        Notice.BLURRED: sharpness(inner) < BLURRED_BELOW,
        Notice.DARK: _is_dark(whole, inner),
        Notice.SIDEWAYS: face.turned != 0,
    }
    return tuple(notice for notice, is_so in noticed.items() if is_so)


def sharpness(face: Image.Image) -> float:
    """Return the share of fine detail in a grey face's contrast, 0 to about 1, whatever its brightness."""
    if face.width > SHARPNESS_PX:
        face = face.resize(
            (SHARPNESS_PX, round(face.height * SHARPNESS_PX / face.width)), Image.Resampling.BOX
        )
    plane: Plane = np.asarray(face, np.float32)
    if min(plane.shape) < 3:  # noqa: PLR2004 - too small to have neighbours
        return 1.0
    middle = plane[1:-1, 1:-1]
    detail = 4 * middle - plane[:-2, 1:-1] - plane[2:, 1:-1] - plane[1:-1, :-2] - plane[1:-1, 2:]
    return float(detail.var() / max(float(plane.var()), 1.0))


def _is_dark(whole: Image.Image, inner: Image.Image) -> bool:
    brightest_of_face = np.percentile(np.asarray(inner), 95)
    dim = np.percentile(np.asarray(whole), 98) < DIM_PICTURE and brightest_of_face < DIM_FACE
    return bool(dim or brightest_of_face < BACKLIT_FACE)


def _inner(whole: Image.Image, face: FaceMark) -> Image.Image:
    """Cut out the face without hair, ears and background."""
    left = min(max(0, round(face.left + 0.15 * face.width)), whole.width - 1)
    top = min(max(0, round(face.top + 0.1 * face.height)), whole.height - 1)
    right = min(max(left + 1, round(face.left + 0.85 * face.width)), whole.width)
    bottom = min(max(top + 1, round(face.top + 0.95 * face.height)), whole.height)
    return whole.crop((left, top, right, bottom))
