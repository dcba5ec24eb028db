from __future__ import annotations

import contextlib
import io
import random
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from PIL import Image

from headshot_web import errors
from headshot_web.imaging import negative
from headshot_web.model import Notice, Size
from tests import portraits

ORIENTATIONS = range(1, 9)


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of two pictures, 0 to 255; far apart when one is turned, mirrored or inverted."""
    assert one.size == other.size
    return float(np.abs(np.asarray(one, np.int16) - np.asarray(other, np.int16)).mean())


def grey(image: Image.Image) -> Image.Image:
    return image.convert("L").convert("RGB")


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_a_photo_stands_upright_however_the_camera_was_held(orientation: int) -> None:
    picture = negative.clean_picture(portraits.held(portraits.hopper(), orientation))
    assert difference(picture, portraits.hopper()) < 4


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
def test_other_kinds_say_which_way_up_they_are_too(kind: str) -> None:
    picture = negative.clean_picture(portraits.held(portraits.hopper(), 6, kind))
    assert difference(picture, portraits.hopper()) < 5


@pytest.mark.parametrize("quarter_turns", range(4))
def test_a_heic_is_turned_exactly_once(quarter_turns: int) -> None:
    data = portraits.heic_of(portraits.hopper(), quarter_turns=quarter_turns)
    assert difference(negative.clean_picture(data), portraits.hopper().crop((0, 0, 512, 592))) < 3


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("CMYK", "JPEG"), ("YCbCr", "JPEG"), ("P", "PNG"), ("RGBA", "PNG"), ("RGBA", "WEBP"), ("RGBA", "AVIF")],
)
def test_every_way_of_storing_colour_shows_the_same_picture(mode: str, kind: str) -> None:
    image = portraits.hopper().quantize(256) if mode == "P" else portraits.hopper().convert(mode)
    assert difference(negative.clean_picture(portraits.saved(image, kind)), portraits.hopper()) < 8


@pytest.mark.parametrize(
    "data",
    [
        portraits.saved(portraits.hopper().convert("L"), "JPEG", quality=95),
        portraits.saved(portraits.hopper().convert("LA"), "PNG"),
        portraits.grey_16_bit(portraits.hopper()),
    ],
    ids=["grey-jpeg", "grey-alpha", "grey-16-bit"],
)
def test_grey_photos_keep_their_tones(data: bytes) -> None:
    assert difference(negative.clean_picture(data), grey(portraits.hopper())) < 3


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
def test_what_is_clear_becomes_white(kind: str) -> None:
    image = portraits.hopper().convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 512, 100))
    picture = negative.clean_picture(portraits.saved(image, kind))
    assert picture.crop((0, 0, 512, 90)).getextrema() == ((255, 255),) * 3


def test_the_clear_colour_of_a_palette_becomes_white() -> None:
    image = Image.new("P", (300, 300), 1)
    image.putpalette([0, 0, 0, 200, 30, 30])
    image.paste(0, (0, 0, 300, 100))
    picture = negative.clean_picture(portraits.saved(image, "PNG", transparency=0))
    assert picture.getpixel((150, 50)) == (255, 255, 255)
    assert picture.getpixel((150, 200)) == (200, 30, 30)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_moving_picture_gives_its_first_frame(kind: str) -> None:
    assert difference(negative.clean_picture(portraits.animated(kind)), portraits.astronaut()) < 3


def test_a_stereo_photo_gives_its_first_picture() -> None:
    data = portraits.saved(
        portraits.hopper(), "MPO", save_all=True, append_images=[portraits.astronaut()], quality=95
    )
    assert difference(negative.clean_picture(data), portraits.hopper()) < 4


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_colours_of_another_profile_become_srgb(kind: str) -> None:
    data = portraits.saved(portraits.hopper(), kind, icc_profile=portraits.swapped_profile())
    red, green, blue = portraits.hopper().split()
    assert difference(negative.clean_picture(data), Image.merge("RGB", (blue, green, red))) < 12


def test_a_broken_profile_is_ignored() -> None:
    data = portraits.saved(portraits.hopper(), "JPEG", quality=95, icc_profile=b"no profile" * 40)
    assert difference(negative.clean_picture(data), portraits.hopper()) < 4


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "HEIC"])
def test_nothing_but_the_pixels_survives(kind: str) -> None:
    data = portraits.laden(kind)
    assert portraits.CANARY in data
    developed = negative.develop(data)
    for kept in (developed.picture, developed.thumbnail):
        assert portraits.CANARY not in kept
        with Image.open(io.BytesIO(kept)) as image:
            assert set(image.info) == {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert kept.endswith(b"\xff\xd9")


@pytest.mark.parametrize("megapixels", [12, 48])
def test_a_phone_photo_is_kept_at_working_size(megapixels: int) -> None:
    developed = negative.develop(portraits.phone(megapixels))
    assert developed.size == Size(width_px=1512, height_px=2016)
    assert Image.open(io.BytesIO(developed.picture)).size == (1512, 2016)
    assert Image.open(io.BytesIO(developed.thumbnail)).size == (384, 512)


SIZES = [(4000, 3000), (4080, 3060), (6000, 4000), (2500, 1900), (2017, 900), (700, 500)]
FEW_SIZES = [((4000, 3000), "JPEG"), ((2500, 1900), "PNG"), ((2017, 900), "JPEG"), ((700, 500), "PNG")]


@pytest.mark.parametrize(
    ("size", "kind"),
    [
        pytest.param(size, kind, marks=() if (size, kind) in FEW_SIZES else pytest.mark.thorough)
        for size in SIZES
        for kind in ("JPEG", "PNG")
    ],
)
def test_any_size_keeps_its_shape_and_detail(size: tuple[int, int], kind: str) -> None:
    data = portraits.saved(Image.linear_gradient("L").convert("RGB").resize(size), kind)
    picture = negative.clean_picture(data)
    assert min(max(size), 1890) <= max(picture.size) <= 2016
    assert picture.width / picture.height == pytest.approx(size[0] / size[1], rel=0.002)


@pytest.mark.parametrize(
    ("refusal", "data"),
    [
        (errors.NotAPicture, b""),
        (errors.NotAPicture, b"Dear photo,\n"),
        (errors.NotAPicture, b"<!doctype html><html><svg></svg></html>"),
        (errors.NotAPicture, b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41"),
        (errors.KindNotOpened, portraits.saved(portraits.hopper(), "GIF")),
        (errors.KindNotOpened, portraits.saved(portraits.hopper(), "TIFF")),
        (errors.KindNotOpened, portraits.saved(portraits.hopper(), "BMP")),
        (errors.KindNotOpened, portraits.saved(portraits.hopper(), "EPS")),
        (errors.KindNotOpened, portraits.saved(portraits.hopper(), "PDF")),
        (errors.KindNotOpened, portraits.saved(portraits.hopper(), "PPM")),
        (errors.KindNotOpened, portraits.saved(portraits.hopper(), "JPEG2000")),
        (errors.KindNotOpened, b"8BPS\0\1" + bytes(100)),
        (errors.KindNotOpened, b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>'),
        (errors.TooManyPixels, portraits.pixel_bomb),
        (errors.TooManyPixels, partial(portraits.pixel_bomb, 13_000, 7_000)),
        (errors.TooManyScans, portraits.scan_bomb),
        (errors.TooSmall, portraits.saved(Image.new("RGB", (1, 1)), "PNG")),
        (errors.TooSmall, portraits.saved(Image.new("RGB", (255, 600)), "JPEG")),
        (errors.TooNarrow, portraits.saved(Image.new("RGB", (6000, 300)), "PNG")),
        (errors.BrokenFile, b"\xff\xd8\xff\xe0 and nothing more"),
        (errors.BrokenFile, portraits.grey_16_bit(portraits.hopper())[:5_000]),
    ],
)
def test_what_cannot_be_used_is_refused_for_its_own_reason(
    refusal: type[errors.Refusal], data: bytes | Callable[[], bytes]
) -> None:
    with pytest.raises(errors.Refusal) as refused:
        negative.develop(data() if callable(data) else data)
    assert type(refused.value) is refusal
    assert refused.value.title
    assert refused.value.advice


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "HEIC"])
@pytest.mark.parametrize("share", [0.01, 0.3, 0.9])
def test_a_cut_off_file_is_called_damaged(kind: str, share: float) -> None:
    data = portraits.laden(kind)
    with pytest.raises(errors.BrokenFile):
        negative.clean_picture(data[: int(len(data) * share)])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "HEIC"])
def test_random_damage_never_ends_in_anything_but_a_picture_or_a_refusal(kind: str) -> None:
    chance = random.Random(kind)  # noqa: S311 - the same damage every time
    whole = portraits.laden(kind)
    for _ in range(25):
        data = bytearray(whole)
        for _ in range(chance.choice((1, 8, 200))):
            data[chance.randrange(chance.choice((200, 3000, len(data))))] = chance.randrange(256)
        with contextlib.suppress(errors.Refusal):
            assert negative.clean_picture(bytes(data)).mode == "RGB"


def test_ordinary_progressive_photos_and_busy_trailers_are_not_bombs() -> None:
    progressive = portraits.saved(portraits.hopper(), "JPEG", progressive=True, quality=95)
    picture = negative.clean_picture(progressive + b"\xff\xda" * 5_000)
    assert difference(picture, portraits.hopper()) < 4


def test_a_photo_says_what_was_noticed() -> None:
    def noticed(image: Image.Image) -> set[Notice]:
        return set(negative.develop(portraits.saved(image, "PNG")).notices)

    hopper = portraits.hopper()
    assert noticed(hopper) == set()
    assert noticed(portraits.cat()) == {Notice.NO_FACE}
    assert Notice.SEVERAL_FACES in noticed(portraits.group())
    assert noticed(portraits.far_away(hopper)) == {Notice.FACE_SMALL}
    assert noticed(portraits.blurred(hopper, 4)) == {Notice.BLURRED}
    assert noticed(portraits.lit(hopper, -4)) == {Notice.DARK}
    assert noticed(portraits.noisy_low_light(hopper)) == {Notice.DARK}
    assert noticed(portraits.sideways(hopper)) == {Notice.SIDEWAYS}


@pytest.mark.parametrize("stops", [-1.0, -2.0, -3.0])
def test_dark_skin_in_good_light_is_not_called_dark(stops: float) -> None:
    for image, box in (
        (portraits.hopper(), (0.31, 0.16, 0.72, 0.56)),
        (portraits.astronaut(), (0.33, 0.08, 0.56, 0.36)),
    ):
        data = portraits.saved(portraits.dark_skinned(image, box, stops), "PNG")
        assert Notice.DARK not in negative.develop(data).notices


def test_the_faces_of_a_group_are_told_from_left_to_right() -> None:
    developed = negative.develop(portraits.saved(portraits.group(), "PNG"))
    left, right = negative.faces(developed.picture)
    assert 0 < left.left < left.left + left.width < 600 / 1112 < right.left < right.left + right.width < 1
