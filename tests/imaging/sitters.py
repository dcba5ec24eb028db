"""Portraits that sit for the tests of faces, outlines, frames and light, and how they are measured."""

from __future__ import annotations

import colorsys
import functools
import io
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from headshot_web.imaging.faces import FaceMark, find_faces, main_face
from headshot_web.imaging.sitting import Sitting
from headshot_web.model import Backdrop, Crop, Light, Recipe, Scene, Size
from tests import portraits

Pixels = npt.NDArray[np.uint8]
MASKS = Path(__file__).resolve().parents[1] / "masks"
PEOPLE = {"astronaut": portraits.astronaut, "grace_hopper": portraits.hopper}
SMALL = {crop: Size(width_px=round(600 * crop.aspect), height_px=600) for crop in Crop}


def jpeg(image: Image.Image) -> bytes:
    return portraits.saved(image, "JPEG", quality=92)


def pixels(picture: bytes) -> Pixels:
    with Image.open(io.BytesIO(picture)) as image:
        return np.asarray(image.convert("RGB"))


def recipe(
    light: Light = Light.EVEN,
    crop: Crop = Crop.PORTRAIT_4_5,
    color: str = "#33363a",
    scene: Scene = Scene.GRADIENT,
    *,
    monochrome: bool = False,
) -> Recipe:
    return Recipe(backdrop=Backdrop(scene=scene, color=color), light=light, crop=crop, monochrome=monochrome)


def the_face(image: Image.Image) -> FaceMark:
    face = main_face(find_faces(np.asarray(image)), *image.size)
    assert face is not None
    return face


@functools.cache
def sitting(person: str, stops: float = 0.0) -> Sitting:
    image = PEOPLE[person]()
    return Sitting.of(jpeg(portraits.lit(image, stops) if stops else image))


@functools.cache
def puzzled() -> Sitting:
    """Somebody whose outline nobody could find."""
    return Sitting.of(jpeg(puzzle("astronaut")))


def mask(person: str) -> Image.Image:
    with Image.open(MASKS / f"{person}-person.png") as image:
        return image.convert("L")


def over(person: str, background: Image.Image) -> Image.Image:
    """The person in front of something else, cut out by the independent mask."""
    image = PEOPLE[person]()
    return Image.composite(image, background.convert("RGB").resize(image.size), mask(person))


def puzzle(person: str, block: int = 64) -> Image.Image:
    """The person in front of a wall made of pieces of themselves: nobody could tell them apart."""
    image = np.asarray(PEOPLE[person]())
    inside = np.asarray(mask(person)) > 127
    rows, columns = image.shape[0] // block, image.shape[1] // block
    spots = [(y * block, x * block) for y in range(rows) for x in range(columns)]
    pieces = [(y, x) for y, x in spots if inside[y : y + block, x : x + block].mean() > 0.9]
    order = np.random.default_rng(3).integers(len(pieces), size=len(spots))
    wall = image.copy()
    for (y, x), piece in zip(spots, order, strict=True):
        from_y, from_x = pieces[piece]
        wall[y : y + block, x : x + block] = image[from_y : from_y + block, from_x : from_x + block]
    return over(person, Image.fromarray(wall))


def inner_face(picture: Pixels, reach: float = 0.3) -> npt.NDArray[np.bool_]:
    """Where brows, mouth and cheeks are in a picture: H×W."""
    face = the_face(Image.fromarray(picture))
    rows, columns = np.indices(picture.shape[:2])
    middle = face.eye_y + 0.2 * face.height
    inside: npt.NDArray[np.bool_] = (
        np.hypot((columns - face.eye_x) / reach, (rows - middle) / (1.25 * reach)) < face.height
    )
    return inside


def luminance(values: Pixels) -> float:
    """Median relative luminance, in linear light."""
    linear = (values.astype(np.float64) / 255) ** 2.2
    return float(np.median(linear @ [0.2126, 0.7152, 0.0722]))


def hue(values: Pixels) -> float:
    """Hue of the mean colour, 0 to 1."""
    red, green, blue = values.astype(np.float64).mean(axis=0) / 255
    return colorsys.rgb_to_hsv(red, green, blue)[0]
