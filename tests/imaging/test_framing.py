"""Eyes where they belong, room above the hair, and nobody floating above a cut-off body."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from PIL import Image

from headshot_web.imaging.sitting import Sitting
from headshot_web.imaging.sizes import standard_size
from headshot_web.model import Crop, Light, Remark
from tests import portraits
from tests.imaging.sitters import PEOPLE, SMALL, jpeg, pixels, recipe, sitting, the_face


@pytest.mark.parametrize("crop", Crop)
@pytest.mark.parametrize("person", PEOPLE)
def test_the_eyes_stand_at_the_promised_line_in_the_middle(person: str, crop: Crop) -> None:
    size = SMALL[crop]
    picture = pixels(sitting(person).headshot(recipe(crop=crop, color="#8a8f94"), size).picture)
    face = the_face(Image.fromarray(picture))
    expected = 0.38 if crop is Crop.SQUARE else 1 / 3
    assert face.eye_y / size.height_px == pytest.approx(expected, abs=0.025)
    assert face.eye_x / size.width_px == pytest.approx(0.5, abs=0.06)


@pytest.mark.parametrize("crop", Crop)
@pytest.mark.parametrize("person", PEOPLE)
def test_there_is_room_above_hair_and_hat_and_the_head_fills_about_half(person: str, crop: Crop) -> None:
    size = SMALL[crop]
    white, black = (
        pixels(sitting(person).headshot(recipe(crop=crop, color=color), size).picture).astype(int)
        for color in ("#ffffff", "#000000")
    )
    empty = (np.abs(white - black).max(axis=2) > 100).mean(axis=1)
    assert (empty[: int(0.06 * size.height_px)] > 0.97).all()
    crown = int(np.argmax(empty < 0.97))
    face = the_face(Image.fromarray(white.astype(np.uint8)))
    chin = face.top + face.height
    assert 0.36 < (chin - crown) / size.height_px < 0.62


@pytest.mark.parametrize("crop", Crop)
def test_standard_sizes_have_exactly_the_shape_they_promise(crop: Crop) -> None:
    size = standard_size(crop)
    assert size.width_px / size.height_px == pytest.approx(crop.aspect, abs=1e-9)


@functools.cache
def cut_off(cut: tuple[int, int, int, int]) -> Sitting:
    """The astronaut in a photo that ends early."""
    return Sitting.of(jpeg(portraits.astronaut().crop(cut)))


@pytest.mark.thorough
@pytest.mark.parametrize("crop", Crop)
@pytest.mark.parametrize("cut", [(0, 0, 512, 330), (0, 0, 512, 240), (60, 0, 512, 420), (0, 60, 512, 512)])
def test_nobody_floats_when_the_photo_cuts_them_off(cut: tuple[int, int, int, int], crop: Crop) -> None:
    made = cut_off(cut)
    size = SMALL[crop]
    white, black = (
        pixels(made.headshot(recipe(crop=crop, color=color, light=Light.EVEN), size).picture).astype(int)
        for color in ("#ffffff", "#000000")
    )
    person = np.abs(white - black).max(axis=2) < 60
    body = person[int(0.97 * size.height_px) :]
    # Where the body is a little higher, it must go on to the frame's end.
    above = person[int(0.93 * size.height_px)]
    assert above.any()
    assert body[-1][above].mean() > 0.9


def test_choosing_the_other_person_shows_the_other_person() -> None:
    picture = jpeg(portraits.group())
    size = SMALL[Crop.PORTRAIT_4_5]
    left, right = (pixels(Sitting.of(picture, subject=n).before(Crop.PORTRAIT_4_5, size)) for n in (0, 1))
    assert np.abs(left.astype(int) - right).mean() > 30
    orange = left[-80:].astype(int).mean((0, 1))
    navy = right[-80:].astype(int).mean((0, 1))
    assert orange[0] - orange[2] > 40
    assert navy[0] - navy[2] < 20


def test_before_and_after_show_the_same_framing_pixel_on_pixel() -> None:
    size = SMALL[Crop.PORTRAIT_4_5]
    made = sitting("grace_hopper")
    before, after = made.before(Crop.PORTRAIT_4_5, size), made.headshot(recipe(), size).picture
    one, other = the_face(Image.fromarray(pixels(before))), the_face(Image.fromarray(pixels(after)))
    assert one.eye_x == pytest.approx(other.eye_x, abs=3)
    assert one.eye_y == pytest.approx(other.eye_y, abs=3)
    eyes = np.s_[int(one.eye_y) - 20 : int(one.eye_y) + 20, int(one.eye_x) - 60 : int(one.eye_x) + 60]
    grey = [pixels(picture)[eyes].mean(axis=2).ravel() for picture in (before, after)]
    assert np.corrcoef(*grey)[0, 1] > 0.97


def test_a_photo_that_is_too_small_says_how_much_it_was_enlarged() -> None:
    rendered = sitting("astronaut").headshot(recipe(), standard_size(Crop.PORTRAIT_4_5))
    assert Remark.ENLARGED in rendered.remarks
    assert 3 < rendered.scale < 5


def test_a_large_photo_is_not_enlarged() -> None:
    large = portraits.hopper().resize((1536, 1800), Image.Resampling.LANCZOS)
    rendered = Sitting.of(jpeg(large)).headshot(recipe(), standard_size(Crop.PORTRAIT_4_5))
    assert rendered.scale <= 1
    assert rendered.remarks == ()


def test_a_picture_without_a_face_is_still_framed_and_says_so() -> None:
    made = Sitting.of(jpeg(portraits.cat()))
    rendered = made.headshot(recipe(), SMALL[Crop.PORTRAIT_4_5])
    before, after = pixels(made.before(Crop.PORTRAIT_4_5, SMALL[Crop.PORTRAIT_4_5])), pixels(rendered.picture)
    assert Remark.NO_FACE in rendered.remarks
    assert after.shape == (600, 480, 3)
    # Where nobody knows what is background, nothing is softened, nor said to be.
    assert Remark.BACKGROUND_KEPT not in rendered.remarks
    edges = [np.abs(np.diff(picture[:, :60].astype(int), axis=0)).mean() for picture in (before, after)]
    assert edges[1] > 0.85 * edges[0]


def test_a_photo_lying_on_its_side_becomes_an_upright_headshot() -> None:
    made = Sitting.of(jpeg(portraits.sideways(portraits.astronaut())))
    picture = pixels(made.headshot(recipe(), SMALL[Crop.PORTRAIT_4_5]).picture)
    assert the_face(Image.fromarray(picture)).turned == 0
