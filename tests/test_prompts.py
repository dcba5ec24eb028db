"""What a provider is told: to change what the look changes, and to leave the person who they are."""

from __future__ import annotations

import re

import pytest

from headshot_web import prompts, styles
from headshot_web.model import Crop, Recipe, Style, Wishes
from headshot_web.prompts import color_name, prompt

LOOKS = styles.catalogue()
COLORS = {"#0e5a58": "dark teal", "#ffffff": "white", "#c62828": "red", "#22344f": "navy blue"}
EVERY = [
    pytest.param(look, styles.apply(look, wishes), id=f"{look.id}-{wishes.crop}-{wishes.backdrop_color}")
    for look in LOOKS
    for wishes in (
        Wishes(),
        *(Wishes(crop=crop) for crop in Crop),
        *(Wishes(backdrop_color=color) for color in COLORS),
    )
]

OWN = {
    "shape of the face": ("face", "shape"), "features": ("feature", "nose", "jaw", "chin"),
    "age": ("apparent age", "line"), "skin": ("skin", "tone", "texture"),
    "marks": ("moles", "scars", "freckles", "vitiligo"), "eyes": ("eyes", "colour", "brows"),
    "glasses": ("glasses",), "hair": ("hair", "grey", "parting", "hairline", "style"),
    "kinds of hair": ("coils", "braids", "locs"), "beard": ("facial hair",),
    "teeth": ("teeth", "gaps", "braces"), "head covering": ("hijab", "turban", "kippah"),
    "aids": ("hearing aid", "prosthesis", "wheelchair"), "body": ("body", "weight"),
    "expression": ("expression", "gaze"),
}  # fmt: skip
"""What a person may name as theirs, and the words that must stand for it among what is kept."""

JUDGING = re.compile(
    r"\b(?:wom[ae]n|m[ae]n|male|female|lady|gentleman|girl|boy|he|she|his|her|him|asian|african|european"
    r"|white (?:person|skin)|black (?:person|skin)|caucasian|young|old|elderly|middle-aged|attractive"
    r"|beautiful|handsome|perfect|flawless|slim|years)\b",
    re.IGNORECASE,
)
FILE_NAME = re.compile(r"\.(?:jpe?g|png|webp|heic)|[/\\]\w+[/\\]", re.IGNORECASE)


def part(text: str, start: str) -> str:
    """One layer of the words: from its first words to the empty line after it."""
    (layer,) = (layer for layer in text.split("\n\n") if layer.startswith(start))
    return layer


def changed(text: str) -> str:
    return part(text, "Change only")


def kept(text: str) -> str:
    return part(text, "Keep everything else")


# Whatever the look and the wishes


@pytest.mark.thorough
@pytest.mark.parametrize(("look", "recipe"), EVERY)
def test_everything_that_is_a_persons_own_is_kept_in_every_look(look: Style, recipe: Recipe) -> None:
    words = kept(prompt(look, recipe, pictures=1))
    assert [name for name, own in OWN.items() for word in own if word not in words] == []


@pytest.mark.thorough
@pytest.mark.parametrize(("look", "recipe"), EVERY)
def test_nothing_is_said_about_who_somebody_is_or_how_they_should_be(look: Style, recipe: Recipe) -> None:
    text = prompt(look, recipe, pictures=4)
    assert JUDGING.findall(text) == []
    assert FILE_NAME.findall(text) == []
    assert "{" not in text
    assert text.isprintable() or set(text) - {"\n"} <= {c for c in text if c.isprintable()}


@pytest.mark.thorough
@pytest.mark.parametrize(("look", "recipe"), EVERY)
def test_it_is_short_enough_and_the_same_each_time(look: Style, recipe: Recipe) -> None:
    text = prompt(look, recipe, pictures=4)
    assert 1500 < len(text) <= prompts.MOST_CHARACTERS
    assert text == prompt(look, recipe, pictures=4)


@pytest.mark.thorough
@pytest.mark.parametrize(("look", "recipe"), EVERY)
def test_backdrop_light_and_shape_are_each_said_once(look: Style, recipe: Recipe) -> None:
    words = changed(prompt(look, recipe, pictures=1))
    assert (
        words.count("- the backdrop: ") == words.count("- the light: ") == words.count("- the framing: ") == 1
    )
    assert re.findall(r"#[0-9a-f]{6}", words) == [recipe.backdrop.color]
    shape = "square" if recipe.crop is Crop.SQUARE else recipe.crop.value
    shapes = [word for word in ("square", *(crop.value for crop in Crop)) if re.search(rf"\b{word}\b", words)]
    assert shapes == [shape]


@pytest.mark.thorough
@pytest.mark.parametrize(("look", "recipe"), EVERY)
def test_a_photograph_with_real_skin_is_asked_for_and_no_beautifying(look: Style, recipe: Recipe) -> None:
    text = prompt(look, recipe, pictures=1)
    for words in (
        "photorealistic",
        "visible texture",
        "pores",
        "No beautifying",
        "No hands",
        "gaze",
        "loose",
    ):
        assert words in text


# Clothes


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.id)
def test_a_look_asks_for_its_own_clothes_or_for_none(look: Style) -> None:
    text = prompt(look, look.recipe, pictures=1)
    if look.keeps_clothes:
        assert "clothes" not in changed(text)
        assert "insignia" in kept(text)
        assert "none invented" in kept(text)
        assert "cloth" not in kept(text).replace("the clothes: every garment", "")
        return
    asked = changed(text).split("- the clothes: ")[1].split("\n")[0]
    named = re.findall(r"[a-z]{4,}", look.attire.casefold())
    assert [word for word in named if word.removesuffix("s") in asked], (look.attire, asked)
    assert "clothes" not in kept(text)


def test_clothes_of_other_looks_never_appear() -> None:
    for look in LOOKS:
        for other in LOOKS:
            if look is other or other.keeps_clothes or look.attire == other.attire:
                continue
            theirs = (
                changed(prompt(other, other.recipe, pictures=1)).split("- the clothes: ")[1].split(".")[0]
            )
            assert theirs not in prompt(look, look.recipe, pictures=1), (look.id, other.id)


def test_new_clothes_never_show_more_of_a_person_than_their_own_did() -> None:
    for look in LOOKS:
        text = prompt(look, look.recipe, pictures=1)
        assert ("covering at least as much" in text) is not look.keeps_clothes
        assert "stays covered" in kept(text)


# Wishes


@pytest.mark.thorough
@pytest.mark.parametrize(("color", "name"), COLORS.items())
@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.id)
def test_a_wished_colour_is_named_and_takes_the_place_of_the_looks_own(
    look: Style, color: str, name: str
) -> None:
    own = look.recipe.backdrop.color
    text = prompt(look, styles.apply(look, Wishes(backdrop_color=color)), pictures=1)
    assert f"{name} ({color})" in changed(text)
    assert own == color or own not in text
    places = ("brick", "office", "books", "corridor", "plant", "trees", "façades", "stage")
    assert [place for place in places if place in changed(text).split("\n")[1]] == []


def test_a_wished_shape_takes_the_place_of_the_looks_own() -> None:
    look = styles.style("boardroom-charcoal")
    text = prompt(look, styles.apply(look, Wishes(crop=Crop.SQUARE)), pictures=1)
    assert "square" in text
    assert "4:5" not in text


@pytest.mark.parametrize(
    ("color", "name"),
    [
        ("#000000", "black"), ("#ffffff", "white"), ("#808080", "mid grey"), ("#ff0000", "red"),
        ("#0000ff", "blue"), ("#ffff00", "yellow"), ("#1f7a78", "teal"), ("#ece2d2", "cream"),
        ("#ffa500", "orange"), ("#ffc0cb", "pink"), ("#34363a", "charcoal grey"), ("#006400", "dark green"),
    ],
)  # fmt: skip
def test_colours_have_the_names_people_use(color: str, name: str) -> None:
    assert color_name(color) == name


# Black and white, and several photos


def test_only_the_black_and_white_look_speaks_of_black_and_white() -> None:
    for look in LOOKS:
        text = prompt(look, look.recipe, pictures=1)
        assert ("black-and-white" in text) is look.recipe.monochrome
        assert ("true greys" in text) is look.recipe.monochrome


@pytest.mark.parametrize(
    ("pictures", "others"),
    [(1, None), (2, "Image 2: "), (3, "Images 2 and 3: "), (4, "Images 2 to 4: ")],
)
def test_every_photo_that_goes_along_has_a_number_and_a_role(pictures: int, others: str | None) -> None:
    look = LOOKS[0]
    text = prompt(look, look.recipe, pictures=pictures)
    assert text.startswith("Image 1: the person, to be edited.")
    if others is None:
        assert "likeness" not in text
        assert set(re.findall(r"[Ii]mages? (\d)", text)) == {"1"}
    else:
        assert f"{others}the same person" in text
        assert "for likeness only" in text


def test_two_looks_never_ask_for_the_same() -> None:
    asked = {changed(prompt(look, look.recipe, pictures=1)) for look in LOOKS}
    assert len(asked) == len(LOOKS)
