"""What a person finds in the catalogue, and what becomes of their own wishes."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
from skimage.color import rgb2lab

from headshot_web import styles
from headshot_web.errors import BadWish, NoSuchStyle
from headshot_web.imaging.backdrops import paint
from headshot_web.model import Crop, Scene, Size, Wishes

LOOKS = styles.catalogue()


def test_there_are_looks_for_many_people() -> None:
    assert len(LOOKS) >= 16
    assert len({look.audience for look in LOOKS}) >= 12
    assert len({look.recipe.backdrop.scene for look in LOOKS}) == len(Scene)


def test_each_look_has_an_address_and_a_name_of_its_own() -> None:
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", look.id) for look in LOOKS)
    assert len({look.id for look in LOOKS}) == len(LOOKS)
    assert len({look.name.casefold() for look in LOOKS}) == len(LOOKS)
    assert all(styles.style(look.id) == look for look in LOOKS)


def test_few_groups_lead_to_all_looks_and_none_is_empty() -> None:
    groups = [look.group for look in LOOKS]
    assert 3 <= len(set(groups)) <= 7
    assert all(groups.count(group) >= 2 for group in groups)


def test_two_looks_differ_in_two_of_backdrop_light_attire_crop() -> None:
    for one, other in itertools.combinations(LOOKS, 2):
        same = (
            one.recipe.backdrop == other.recipe.backdrop,
            one.recipe.light == other.recipe.light,
            one.attire == other.attire,
            one.recipe.crop == other.recipe.crop,
        )
        assert same.count(False) >= 2, (one.id, other.id)


def test_no_two_looks_put_the_same_picture_behind_a_person() -> None:
    # On this computer clothes stay as they are: only what is behind a person tells looks apart.
    drawn = {}
    for look in LOOKS:
        picture = paint(
            look.recipe.backdrop, look.recipe.light, Size(width_px=96, height_px=120), face_x=0.5, face_y=0.36
        )
        shown = (
            np.repeat(picture.mean(axis=2, keepdims=True), 3, axis=2) if look.recipe.monochrome else picture
        )
        drawn[look.id] = rgb2lab(shown / 255)
    for one, other in itertools.combinations(LOOKS, 2):
        difference = np.linalg.norm(drawn[one.id] - drawn[other.id], axis=2).mean()
        assert difference > 6, (one.id, other.id, difference)


def test_a_look_only_promises_all_of_itself_where_clothes_stay_as_photographed() -> None:
    for look in LOOKS:
        says_so = "your" in look.attire.casefold()
        assert look.keeps_clothes is says_so, look.id
    assert any(look.keeps_clothes for look in LOOKS)


def test_a_look_that_is_not_there_is_said_to_be_missing() -> None:
    with pytest.raises(NoSuchStyle):
        styles.style("passport")


def test_without_wishes_a_look_is_as_the_catalogue_has_it() -> None:
    assert all(styles.apply(look, Wishes()) == look.recipe for look in LOOKS)


@pytest.mark.parametrize("wish", ["#0E5A58", " #0e5a58 ", "#0e5a58"])
def test_a_colour_may_be_written_in_capitals_or_with_spaces(wish: str) -> None:
    recipe = styles.apply(styles.style("brand-colour"), Wishes(backdrop_color=wish))
    assert recipe.backdrop.color == "#0e5a58"


def test_a_short_colour_is_the_long_one() -> None:
    recipe = styles.apply(styles.style("brand-colour"), Wishes(backdrop_color="#0af"))
    assert recipe.backdrop.color == "#00aaff"


def test_a_colour_wished_for_in_a_drawn_place_becomes_a_plain_backdrop_in_that_light() -> None:
    look = styles.style("counsel-library")
    recipe = styles.apply(look, Wishes(backdrop_color="#aabbcc"))
    assert (recipe.backdrop.scene, recipe.backdrop.color) == (Scene.GRADIENT, "#aabbcc")
    assert recipe.light == look.recipe.light


def test_a_painted_canvas_stays_a_painted_canvas_in_the_wished_colour() -> None:
    recipe = styles.apply(styles.style("casting-theatrical"), Wishes(backdrop_color="#445566"))
    assert (recipe.backdrop.scene, recipe.backdrop.color) == (Scene.TEXTURE, "#445566")


@pytest.mark.parametrize(
    "wish",
    ["", "#", "teal", "0e5a58", "#12", "#1234", "#12345", "#1234567", "#12345g", "#１２３", "url(#fff)"],
)
def test_what_is_no_colour_is_refused(wish: str) -> None:
    with pytest.raises(BadWish):
        styles.apply(styles.style("brand-colour"), Wishes(backdrop_color=wish))


def test_a_crop_changes_the_shape_and_nothing_else() -> None:
    look = styles.style("brand-colour")
    recipe = styles.apply(look, Wishes(crop=Crop.PORTRAIT_2_3))
    assert recipe.crop is Crop.PORTRAIT_2_3
    assert (recipe.backdrop, recipe.light) == (look.recipe.backdrop, look.recipe.light)


def test_a_crop_that_does_not_exist_is_refused() -> None:
    with pytest.raises(BadWish):
        styles.apply(styles.style("brand-colour"), Wishes(crop="16:9"))  # type: ignore[arg-type]


def test_a_headshot_keeps_a_readable_name_when_its_look_left_the_catalogue() -> None:
    assert styles.name("advisor-navy") == "Advisor navy"
    assert styles.name("velvet-red") == "Velvet red"
