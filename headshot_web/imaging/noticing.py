"""What a person may want to know of their photo before they go on: advice, never a refusal."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

from headshot_web.imaging import networks
from headshot_web.imaging.faces import FaceMark, find_faces
from headshot_web.model import Notice

Plane = npt.NDArray[np.float32]

SMALL_FACE_PX = 180
"""A face narrower than this gives a soft headshot: its eyes are under 80 px apart."""


def marks(picture: Image.Image) -> tuple[FaceMark, ...]:
    """Find the faces of an upright sRGB picture, from left to right."""
    return find_faces(np.asarray(picture))


def warm() -> None:
    """Load the networks, so that the first photo does not wait for them."""
    networks.warm()


def notices(picture: Image.Image) -> tuple[Notice, ...]:
    """Look at a developed picture (RGB) and say what stands in the way of a good headshot."""
    found = marks(picture)
    if not found:
        return (Notice.NO_FACE,)
    return (Notice.SEVERAL_FACES,) if len(found) > 1 else ()
