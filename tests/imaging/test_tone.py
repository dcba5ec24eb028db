"""Light changes hair, clothes and outline; the face keeps its brightness and its hue, whoever it is."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
import pytest

from headshot_web.imaging.sitting import Sitting
from headshot_web.model import Crop, Light
from tests import portraits
from tests.imaging.sitters import (
    PEOPLE,
    SMALL,
    Pixels,
    hue,
    inner_face,
    jpeg,
    luminance,
    pixels,
    recipe,
    sitting,
)

CROP = Crop.PORTRAIT_4_5
BACKDROPS = ("#08090a", "#fafaf5", "#c01860")


def photographed(made: Sitting) -> tuple[Pixels, npt.NDArray[np.bool_]]:
    """The inner face as the photo has it, and where it is."""
    before = pixels(made.before(CROP, SMALL[CROP]))
    where = inner_face(before)
    return before[where], where


def shown(made: Sitting, light: Light, color: str, *, monochrome: bool = False) -> Pixels:
    wish = recipe(light=light, color=color, monochrome=monochrome)
    return pixels(made.headshot(wish, SMALL[CROP]).picture)


MORE = [(person, stops) for person in PEOPLE for stops in (-3.0, 0.0, 0.6)]
FEW = [("astronaut", 0.0), ("grace_hopper", -3.0)]


@pytest.mark.parametrize(
    ("person", "stops"),
    [pytest.param(*one, marks=() if one in FEW else pytest.mark.thorough) for one in MORE],
)
def test_skin_keeps_its_brightness_and_hue_in_every_light(person: str, stops: float) -> None:
    made = sitting(person, stops)
    photo, where = photographed(made)
    for light, color in zip(Light, itertools.cycle(BACKDROPS), strict=False):
        face = shown(made, light, color)[where]
        assert luminance(face) == pytest.approx(luminance(photo), rel=0.05)
        assert abs(hue(face) - hue(photo)) < 0.05 * max(hue(photo), 0.1)


@pytest.mark.thorough
@pytest.mark.parametrize("stops", [-1.0, -3.0])
def test_dark_skin_in_good_light_stays_as_dark_as_it_is(stops: float) -> None:
    dark = portraits.dark_skinned(portraits.astronaut(), (0.33, 0.1, 0.56, 0.36), stops)
    made = Sitting.of(jpeg(dark))
    photo, where = photographed(made)
    for light in Light:
        face = shown(made, light, "#f4f1ea")[where]
        assert luminance(face) == pytest.approx(luminance(photo), rel=0.05)


@pytest.mark.parametrize("person", PEOPLE)
def test_black_and_white_is_grey_and_keeps_the_brightness(person: str) -> None:
    made = sitting(person)
    photo, where = photographed(made)
    face = shown(made, Light.CLASSIC, "#808080", monochrome=True)[where]
    assert np.ptp(face.astype(int), axis=1).max() <= 2
    assert luminance(face) == pytest.approx(luminance(photo), rel=0.05)


@pytest.mark.thorough
@pytest.mark.parametrize("light", Light)
def test_nothing_smooths_the_skin(light: Light) -> None:
    made = sitting("grace_hopper")

    def texture(picture: bytes) -> float:
        patch = pixels(picture)[180:300, 180:300].astype(float).mean(axis=2)
        return float(np.std(np.diff(patch, axis=0)))

    before, after = made.before(CROP, SMALL[CROP]), made.headshot(recipe(light=light), SMALL[CROP]).picture
    assert texture(after) >= 0.97 * texture(before)


def test_low_key_is_darker_around_the_face_than_high_key() -> None:
    made = sitting("astronaut")
    low, high = (
        pixels(made.headshot(recipe(light=light), SMALL[CROP]).picture)[-60:, 200:280].mean()
        for light in (Light.LOW_KEY, Light.HIGH_KEY)
    )
    assert low < 0.85 * high
