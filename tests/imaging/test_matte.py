"""The cut-out holds the whole person and nothing else, with no fringe of the old background."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageFilter
from skimage import data

from headshot_web.imaging import framing, matte
from headshot_web.imaging.sitting import Sitting
from headshot_web.model import Crop, Remark
from tests import portraits
from tests.imaging.sitters import (
    PEOPLE,
    SMALL,
    jpeg,
    mask,
    over,
    pixels,
    puzzled,
    recipe,
    sitting,
    the_face,
)


def agreement(person: str, image: Image.Image) -> float:
    """Intersection over union with the independent mask, in head and shoulders."""
    face = the_face(image)
    region = framing.region(face, *image.size)
    ours = matte.cut_out(image, region, face).alpha > 127
    theirs = np.asarray(mask(person).crop(region)) > 127
    reach = 1.7 * face.width
    columns = slice(max(0, int(face.middle_x - reach) - region[0]), int(face.middle_x + reach) - region[0])
    rows = slice(0, int(face.middle_y + 1.9 * face.height) - region[1])
    return overlap(ours[rows, columns], theirs[rows, columns])


def overlap(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Intersection over union."""
    return float((ours & theirs).sum() / (ours | theirs).sum())


@pytest.mark.parametrize(
    ("person", "crop", "least"),
    [
        ("astronaut", Crop.PORTRAIT_2_3, 0.993),
        ("astronaut", Crop.PORTRAIT_4_5, 0.9895),
        ("astronaut", Crop.SQUARE, 0.991),
        ("grace_hopper", Crop.PORTRAIT_2_3, 0.9935),
        ("grace_hopper", Crop.PORTRAIT_4_5, 0.9922),
        ("grace_hopper", Crop.SQUARE, 0.9907),
    ],
)
def test_the_cut_out_agrees_with_an_independent_one_in_what_a_headshot_shows(
    person: str, crop: Crop, least: float
) -> None:
    # The independent outline lies about 0.4 px outside the edge that the photo's own pixels show. That
    # alone costs some .006 to .008 with the astronaut, and .004 to .006 with the other.
    made = sitting(person)
    frame = framing.frame(
        made.face,
        crop,
        framing.outline(made.cut_out.alpha, made.region, made.face, *made.photo.size),
        *made.photo.size,
    )
    left, top, right, bottom = made.region
    shown = (
        max(left, round(frame.left)),
        max(top, round(frame.top)),
        min(right, round(frame.left + frame.width)),
        min(bottom, round(frame.top + frame.height)),
    )
    theirs = np.asarray(mask(person).crop(shown)) > 127
    ours = made.cut_out.alpha[shown[1] - top : shown[3] - top, shown[0] - left : shown[2] - left] > 127
    assert overlap(ours, theirs) >= least


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("wall", "most"), [((190, 190, 190), 0.045), ((40, 42, 48), 0.1), ((245, 245, 245), 0.04)], ids=str
)
def test_light_that_mixed_in_the_lens_is_parted_again(wall: tuple[int, int, int], most: float) -> None:
    made = sitting("astronaut")
    true = np.asarray(mask("astronaut").crop(made.region)) / 255
    light = true[..., None] * (made.cut_out.colors / 255) ** 2.2
    light += (1 - true[..., None]) * (np.array(wall) / 255) ** 2.2
    seen = Image.fromarray(np.rint(light ** (1 / 2.2) * 255).astype(np.uint8))
    face = made.face.moved(-made.region[0], -made.region[1])
    again = matte.cut_out(seen, (0, 0, *seen.size), face).alpha / 255
    head = slice(None, int(face.top + face.height))
    edge = (true[head] > 0.05) & (true[head] < 0.95)
    assert np.abs(again[head] - true[head])[edge].mean() < most


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("person", "background", "least"),
    [
        ("astronaut", "brick", 0.982),
        ("astronaut", "gravel", 0.976),
        ("astronaut", "coffee", 0.983),
        ("grace_hopper", "hubble_deep_field", 0.985),
    ],
)
def test_a_busy_background_does_not_confuse_it(person: str, background: str, least: float) -> None:
    behind = Image.fromarray(getattr(data, background)())
    assert agreement(person, over(person, behind)) >= least


def test_what_hangs_beside_the_person_in_a_colour_of_theirs_is_left_behind() -> None:
    made = sitting("grace_hopper")
    # The flag's golden cord, beside a golden badge and a face.
    cord = made.cut_out.alpha[120 - made.region[1] : 225 - made.region[1], 134:143]
    assert made.region[0] == 0
    assert (cord > 127).mean() < 0.02


def test_a_cap_is_whole_up_to_its_crown_before_a_flag() -> None:
    made = sitting("grace_hopper")
    crown = np.s_[26:32, 236:264]
    assert made.region[:2] == (0, 0)
    assert made.cut_out.alpha[crown].mean() > 220
    # It is black there; the white of the badge beneath must not shine through.
    photo = np.asarray(made.photo)[crown].mean()
    assert made.cut_out.colors[crown].mean() < 1.2 * photo


def loose(made: Sitting, place: tuple[slice, slice]) -> int:
    """Count the pixels of the person that hang in the air, more than a pixel off."""
    alpha = made.cut_out.alpha
    body = Image.fromarray(((alpha > 127) * 255).astype(np.uint8)).filter(ImageFilter.MaxFilter(3))
    return int(((alpha > 20) & (np.asarray(body) == 0))[place].sum())


@pytest.mark.parametrize(
    ("place", "most"),
    [(np.s_[60:180, 360:], 20), (np.s_[330:400, 40:190], 60), (np.s_[300:420, 360:], 12)],
    ids=["beside the cap", "on one shoulder", "on the other"],
)
def test_no_crumbs_of_the_background_hang_beside_the_person(place: tuple[slice, slice], most: int) -> None:
    assert loose(sitting("grace_hopper"), place) <= most


def test_single_hairs_stay() -> None:
    assert loose(sitting("astronaut"), np.s_[:170, :]) >= 40


def test_a_dark_coat_before_a_blue_wall_has_no_blue_rim() -> None:
    made = sitting("grace_hopper")
    shoulder = np.s_[330:420, 380:500]
    true = mask("grace_hopper")
    deep, deeper = (np.asarray(true.filter(ImageFilter.MinFilter(side)))[shoulder] > 250 for side in (7, 15))
    colors = made.cut_out.colors[shoulder].astype(float)
    blue = colors[..., 2] - colors[..., :2].mean(axis=2)
    rim = (made.cut_out.alpha[shoulder] > 200) & ~deep
    assert blue[rim].mean() - blue[deep & ~deeper].mean() < 7.5


@pytest.mark.thorough
@pytest.mark.parametrize("stops", [-2.5, 0.7])
def test_dark_and_bright_photos_are_cut_out_as_well(stops: float) -> None:
    assert agreement("astronaut", portraits.lit(portraits.astronaut(), stops)) >= 0.985


def test_the_face_has_no_holes() -> None:
    made = sitting("grace_hopper")
    face, (left, top, *_) = made.face, made.region
    rows = slice(int(face.top - top), int(face.top + face.height - top))
    columns = slice(int(face.eye_x - 0.25 * face.width - left), int(face.eye_x + 0.25 * face.width - left))
    assert made.cut_out.alpha[rows, columns].min() > 250


def test_no_fringe_of_the_old_background_is_left() -> None:
    green = Image.new("RGB", (64, 64), (0, 200, 40))
    made = Sitting.of(jpeg(over("astronaut", green)))
    edge = (made.cut_out.alpha > 30) & (made.cut_out.alpha < 220)
    before = np.asarray(made.photo.crop(made.region)).astype(int)[edge]
    after = made.cut_out.colors.astype(int)[edge]

    def greenness(values: np.ndarray) -> float:
        return float(np.mean(np.clip(values[:, 1] - np.maximum(values[:, 0], values[:, 2]), 0, None)))

    assert greenness(before) > 15
    assert greenness(after) < 0.2 * greenness(before)


def test_an_unsure_outline_keeps_its_own_background_and_says_so() -> None:
    made = puzzled()
    size = SMALL[Crop.PORTRAIT_4_5]
    red, blue = (made.headshot(recipe(color=color), size) for color in ("#ff0000", "#0000ff"))
    assert Remark.BACKGROUND_KEPT in red.remarks
    corner = np.s_[:120, :60]
    assert np.abs(pixels(red.picture)[corner].astype(int) - pixels(blue.picture)[corner]).max() < 3
    assert np.abs(pixels(red.picture)[corner].mean((0, 1)) - (255, 0, 0)).max() > 60


@pytest.mark.parametrize("person", PEOPLE)
def test_a_sure_outline_gets_the_wished_backdrop(person: str) -> None:
    rendered = sitting(person).headshot(recipe(color="#2040c0"), SMALL[Crop.PORTRAIT_4_5])
    assert Remark.BACKGROUND_KEPT not in rendered.remarks
    red, _, blue = pixels(rendered.picture)[:60, :60].mean((0, 1))
    assert blue > 1.8 * red


def test_the_person_beside_is_left_behind() -> None:
    both = Image.new("RGB", (760, 600))
    both.paste(portraits.hopper(), (-40, 0))
    both.paste(portraits.hopper().transpose(Image.Transpose.FLIP_LEFT_RIGHT), (330, 0))
    made = Sitting.of(jpeg(both), subject=0)
    # The second pair of eyes is at 578, so whatever lies beyond 440 is the other person's.
    beyond = 440 - made.region[0]
    assert made.region[2] > 500
    assert (made.cut_out.alpha[:300, beyond:] > 127).mean() < 0.02
