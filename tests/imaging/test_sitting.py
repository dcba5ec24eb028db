"""One sitting serves every look: the same pictures each time, the small ones like the large ones."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from headshot_web.imaging import marks
from headshot_web.imaging.marks import Mark
from headshot_web.imaging.sitting import Sitting
from headshot_web.imaging.sizes import standard_size
from headshot_web.model import Crop, Light, Scene, Size
from tests import portraits
from tests.imaging.sitters import SMALL, jpeg, pixels, puzzled, recipe, sitting

CROP = Crop.PORTRAIT_4_5


def test_the_same_photo_and_look_give_the_same_bytes() -> None:
    picture = jpeg(portraits.hopper())
    wish = recipe(light=Light.WINDOW, scene=Scene.PAPER, color="#d8d4cc")
    one = Sitting.of(picture).headshot(wish, SMALL[CROP])
    assert sitting("grace_hopper").headshot(wish, SMALL[CROP]) == one


def test_another_look_in_between_changes_nothing() -> None:
    made = sitting("astronaut")
    first = made.headshot(recipe(), SMALL[CROP])
    for crop in Crop:
        made.headshot(recipe(light=Light.WARM, crop=crop, color="#a04030"), SMALL[crop])
    assert made.headshot(recipe(), SMALL[CROP]) == first


@pytest.mark.parametrize("crop", Crop)
def test_a_headshot_has_exactly_the_size_asked_for(crop: Crop) -> None:
    size = standard_size(crop)
    rendered = sitting("grace_hopper").headshot(recipe(crop=crop), size)
    with Image.open(io.BytesIO(rendered.picture)) as image:
        assert image.size == (size.width_px, size.height_px)
        assert image.format == "JPEG"
        assert image.info.get("icc_profile")
    assert rendered.size == size


def test_a_preview_shows_what_the_headshot_will_be() -> None:
    picture = jpeg(portraits.hopper())
    wish = recipe(light=Light.CLASSIC, color="#35506a")
    small = Size(width_px=320, height_px=400)
    preview = pixels(Sitting.of(picture, longest_px=768).preview(wish, small))
    headshot = sitting("grace_hopper").headshot(wish, standard_size(CROP))
    with Image.open(io.BytesIO(headshot.picture)) as image:
        same = np.asarray(image.convert("RGB").resize((320, 400), Image.Resampling.BOX))
    assert np.abs(preview.astype(int) - same).mean() < 4


def test_a_picture_says_truly_how_it_was_made() -> None:
    assert marks.read(sitting("astronaut").headshot(recipe(), SMALL[CROP]).picture) is Mark.RETOUCHED
    kept = puzzled().headshot(recipe(), SMALL[CROP])
    assert marks.read(kept.picture) is Mark.SOFTENED


def test_a_face_number_that_is_not_there_takes_the_likeliest_face() -> None:
    picture = jpeg(portraits.astronaut())
    unknown = Sitting.of(picture, subject=7).before(CROP, SMALL[CROP])
    assert unknown == sitting("astronaut").before(CROP, SMALL[CROP])


@pytest.mark.parametrize(
    "odd",
    [
        Image.new("RGB", (256, 256)),
        Image.new("RGB", (256, 256), "white"),
        portraits.astronaut().crop((180, 70, 280, 170)),
        portraits.noisy_low_light(portraits.astronaut()),
        portraits.astronaut().crop((150, 0, 300, 512)),
    ],
    ids=["black", "white", "only-a-face", "candlelight", "strip"],
)
def test_odd_photos_still_give_a_picture(odd: Image.Image) -> None:
    made = Sitting.of(jpeg(odd))
    for crop in (Crop.SQUARE, Crop.PORTRAIT_2_3):
        assert pixels(made.headshot(recipe(crop=crop), SMALL[crop]).picture).shape[0] == 600
        assert pixels(made.before(crop, SMALL[crop])).shape[0] == 600
