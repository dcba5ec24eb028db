"""What goes to a provider shows the person and no more; what comes back becomes a headshot or an error."""

from __future__ import annotations

import functools
import hashlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageCms, ImageOps

from headshot_web.engines.price_list import PriceList
from headshot_web.errors import AnswerUnreadable
from headshot_web.imaging import delivery, exports, marks, negative
from headshot_web.imaging.darkroom import Darkroom
from headshot_web.imaging.faces import FaceMark, find_faces
from headshot_web.imaging.marks import Mark
from headshot_web.imaging.sizes import standard_size
from headshot_web.model import Crop, Export, FileKind, Quality, Remark, Rendered, Size
from tests import portraits
from tests.imaging.sitters import PEOPLE, jpeg, pixels, the_face

CROP = Crop.PORTRAIT_4_5
WIRE = {crop: PriceList.load().wire_size(crop, Quality.FINAL) for crop in Crop}


def opened(file: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(file))
    image.load()
    return image


@functools.cache
def room() -> bytes:
    """Grace Hopper with much room around her, in a photo as large as photos are kept."""
    return jpeg(portraits.far_away(portraits.hopper(), (1512, 2016), 0.36))


def copy_of(image: Image.Image, crop: Crop = CROP, subject: int | None = None) -> Image.Image:
    return opened(delivery.working_copy(jpeg(image), crop=crop, subject=subject))


def close_together() -> Image.Image:
    """The two of them shoulder to shoulder."""
    left = portraits.astronaut().crop((80, 0, 380, 512)).resize((352, 600))
    right = portraits.hopper().crop((120, 0, 420, 600))
    both = Image.new("RGB", (left.width + right.width, 600))
    both.paste(left, (0, 0))
    both.paste(right, (left.width, 0))
    return both


@functools.cache
def drawn(person: str, crop: Crop = CROP, kind: str = "JPEG") -> bytes:
    """What a provider might draw: the person with room around them, at the size that was asked for."""
    copy = copy_of(PEOPLE[person](), crop).convert("RGB")
    size = (WIRE[crop].width_px, WIRE[crop].height_px)
    picture = ImageOps.fit(copy, size).resize((8, 8)).resize(size)
    inside = ImageOps.contain(copy, (size[0] * 7 // 8, size[1] * 7 // 8))
    picture.paste(inside, ((size[0] - inside.width) // 2, size[1] - inside.height))
    return png(picture) if kind == "PNG" else portraits.saved(picture, kind, quality=95)


def png(image: Image.Image, **options: object) -> bytes:
    return portraits.saved(image, "PNG", compress_level=1, **options)


def small(picture: bytes) -> npt.NDArray[np.int_]:
    """A picture so small that it does not matter by a pixel more or less."""
    return np.asarray(opened(picture).convert("RGB").resize((60, 75), Image.Resampling.BOX), int)


@functools.cache
def finished(person: str, crop: Crop = CROP, kind: str = "JPEG") -> Rendered:
    return delivery.finish(drawn(person, crop, kind), crop=crop, size=standard_size(crop), asked=WIRE[crop])


@pytest.fixture
def darkroom(scratch: Path) -> Iterator[Darkroom]:
    darkroom = Darkroom(workers=1, scratch=scratch)
    yield darkroom
    darkroom.close()


# The working copy


def test_a_working_copy_holds_pixels_and_nothing_else() -> None:
    developed = negative.develop(portraits.laden("JPEG"))
    copy = delivery.working_copy(developed.picture, crop=CROP, subject=None)
    image = opened(copy)
    assert image.format == "JPEG"
    assert image.mode == "RGB"
    assert portraits.CANARY not in copy
    assert not image.getexif()
    assert {name for name in image.info if not str(name).startswith("jfif")} == set()
    markers = {copy[at + 1] for at in _segments(copy)}
    assert markers <= {0xE0, 0xDB, 0xC0, 0xC4, 0xDA}


def _segments(file: bytes) -> Iterator[int]:
    at = 2
    while file[at + 1] != 0xDA:
        yield at
        at += 2 + int.from_bytes(file[at + 2 : at + 4], "big")


def test_even_a_photo_that_still_carries_something_is_sent_without_it() -> None:
    laden = portraits.laden("JPEG")
    assert laden.count(portraits.CANARY) > 3
    assert portraits.CANARY not in delivery.working_copy(laden, crop=CROP, subject=None)


def test_the_same_photo_gives_the_same_bytes() -> None:
    made = {
        hashlib.sha256(delivery.working_copy(room(), crop=CROP, subject=None)).hexdigest() for _ in range(2)
    }
    assert len(made) == 1


@pytest.mark.parametrize("crop", Crop)
def test_a_working_copy_is_looser_than_the_headshot_with_the_eyes_where_they_belong(crop: Crop) -> None:
    copy = opened(delivery.working_copy(room(), crop=crop, subject=None))
    face = the_face(copy)
    assert 3.6 < copy.height / face.height < 5.6
    assert face.eye_x / copy.width == pytest.approx(0.5, abs=0.06)
    assert face.eye_y / copy.height == pytest.approx(0.38 if crop is Crop.SQUARE else 1 / 3, abs=0.05)
    assert copy.width / copy.height == pytest.approx(crop.aspect, abs=0.02)


def test_a_working_copy_leaves_most_of_a_wide_photo_at_home() -> None:
    photo, copy = opened(room()), opened(delivery.working_copy(room(), crop=CROP, subject=None))
    assert copy.width * copy.height < 0.75 * photo.width * photo.height


@pytest.mark.parametrize("person", PEOPLE)
def test_nothing_is_added_around_a_tight_photo_and_nothing_enlarged(person: str) -> None:
    image = PEOPLE[person]()
    copy = copy_of(image)
    assert copy.width <= image.width
    assert copy.height <= image.height
    there, same = the_face(image), the_face(copy)
    assert same.eye_distance == pytest.approx(there.eye_distance, rel=0.06)
    whole = np.asarray(image, float)
    left, top = round(there.eye_x - same.eye_x), round(there.eye_y - same.eye_y)
    found = [
        np.abs(whole[y : y + copy.height, x : x + copy.width] - np.asarray(copy)).mean()
        for y in range(max(0, top - 8), top + 9)
        for x in range(max(0, left - 8), left + 9)
        if y + copy.height <= image.height and x + copy.width <= image.width
    ]
    assert min(found) < 4


def test_a_large_photo_is_made_smaller() -> None:
    big = negative.develop(portraits.phone(12)).picture
    assert max(opened(big).size) == 2016
    assert max(opened(delivery.working_copy(big, crop=CROP, subject=None)).size) == 1536


@pytest.mark.parametrize("subject", [0, 1])
@pytest.mark.parametrize("crop", Crop)
def test_only_the_chosen_person_is_sent(crop: Crop, subject: int) -> None:
    copy = copy_of(close_together(), crop, subject)
    (face,) = find_faces(np.asarray(copy))
    person = (portraits.astronaut, portraits.hopper)[subject]()
    assert np.corrcoef(_around(copy, face), _around(person, the_face(person)))[0, 1] > 0.8


def _around(image: Image.Image, face: FaceMark) -> npt.NDArray[np.float64]:
    """The face alone, small and grey."""
    reach = 0.5 * face.height
    box = (face.eye_x - reach, face.eye_y - reach, face.eye_x + reach, face.eye_y + reach)
    grey = image.convert("L").resize((24, 24), Image.Resampling.BOX, box=box)
    return np.asarray(grey, np.float64).ravel()


def test_a_photo_on_its_side_is_sent_upright() -> None:
    lying = copy_of(portraits.sideways(portraits.hopper()))
    assert the_face(lying).turned == 0
    assert the_face(lying).tilt == pytest.approx(the_face(portraits.hopper()).tilt, abs=6)


@pytest.mark.parametrize("crop", Crop)
def test_without_a_face_the_middle_is_sent(crop: Crop) -> None:
    plain = Image.new("RGB", (900, 700), "white")
    plain.paste((200, 0, 0), (400, 300, 500, 400))
    copy = copy_of(plain, crop)
    assert copy.width / copy.height == pytest.approx(crop.aspect, abs=0.01)
    assert min(copy.size) > 450
    rows, columns = np.nonzero(np.asarray(copy.convert("RGB"), int)[..., 1] < 100)
    assert (rows.mean() / copy.height, columns.mean() / copy.width) == pytest.approx((0.5, 0.5), abs=0.02)


# The finished headshot


@pytest.mark.parametrize("crop", Crop)
@pytest.mark.parametrize("person", PEOPLE)
def test_a_finished_headshot_has_its_size_and_the_eyes_at_their_line(person: str, crop: Crop) -> None:
    made = finished(person, crop)
    image = opened(made.picture)
    size = standard_size(crop)
    assert made.size == size
    assert image.size == (size.width_px, size.height_px)
    face = the_face(image)
    assert face.eye_y / size.height_px == pytest.approx(0.38 if crop is Crop.SQUARE else 1 / 3, abs=0.045)
    assert face.eye_x / size.width_px == pytest.approx(0.5, abs=0.05)
    assert set(made.remarks) <= {Remark.ENLARGED}
    assert made.original == drawn(person, crop)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
def test_every_kind_that_providers_send_is_read_and_kept_untouched(kind: str) -> None:
    made = finished("astronaut", kind=kind)
    assert made.original == drawn("astronaut", kind=kind)
    assert np.abs(small(made.picture) - small(finished("astronaut").picture)).mean() < 5


@pytest.mark.parametrize("person", PEOPLE)
def test_the_photo_before_lies_on_the_headshot_pixel_on_pixel(person: str) -> None:
    size = standard_size(CROP)
    before = delivery.before(jpeg(PEOPLE[person]()), like=finished(person).picture, size=size, subject=None)
    one, other = opened(before).convert("L"), opened(finished(person).picture).convert("L")
    assert one.size == (size.width_px, size.height_px)
    face = the_face(opened(before))
    alike = [_around(image, face) for image in (one, other)]
    assert np.corrcoef(*alike)[0, 1] > 0.9  # type: ignore[call-overload]


def test_a_photo_narrower_than_the_headshot_goes_on_softly_without_a_black_edge() -> None:
    size = standard_size(CROP)
    tight = portraits.astronaut().crop((150, 20, 300, 200)).resize((600, 720))
    before = pixels(delivery.before(jpeg(tight), like=finished("astronaut").picture, size=size, subject=None))
    for edge in (before[:8], before[-8:], before[:, :8], before[:, -8:]):
        assert edge.mean() > 25


@pytest.mark.parametrize("like", [portraits.cat, portraits.astronaut])
def test_a_photo_without_a_face_still_has_a_before(like: object) -> None:
    size = Size(width_px=400, height_px=500)
    assert callable(like)
    before = delivery.before(jpeg(portraits.cat()), like=jpeg(like()), size=size, subject=None)
    assert opened(before).size == (400, 500)


def test_no_edge_of_what_was_drawn_is_shown_and_nothing_is_stretched() -> None:
    framed = Image.new("RGB", (1536, 1920), (255, 0, 255))
    inside = opened(drawn("astronaut")).resize((1532, 1916))
    framed.paste(inside, (2, 2))
    file = png(framed)
    for crop in (Crop.SQUARE, Crop.PORTRAIT_2_3):
        made = pixels(delivery.finish(file, crop=crop, size=standard_size(crop)).picture).astype(int)
        for edge in (made[0], made[-1], made[:, 0], made[:, -1]):
            assert (np.minimum(edge[:, 0], edge[:, 2]) - edge[:, 1]).max() < 120


def test_a_headshot_says_when_it_was_drawn_in_another_size() -> None:
    other = portraits.saved(opened(drawn("astronaut")).resize((1024, 1280)), "JPEG")
    size = standard_size(CROP)
    told = delivery.finish(other, crop=CROP, size=size, asked=WIRE[CROP])
    assert Remark.OTHER_SIZE in told.remarks
    assert Remark.OTHER_SIZE not in delivery.finish(other, crop=CROP, size=size).remarks
    wide = portraits.saved(opened(drawn("astronaut")).resize((1536, 1536)), "JPEG")
    assert Remark.OTHER_SIZE in delivery.finish(wide, crop=CROP, size=size).remarks


def test_a_headshot_says_how_much_it_was_enlarged() -> None:
    tiny = portraits.saved(opened(drawn("astronaut")).resize((768, 960)), "JPEG")
    made = delivery.finish(tiny, crop=CROP, size=standard_size(CROP))
    assert Remark.ENLARGED in made.remarks
    seen = the_face(opened(made.picture)).eye_distance / the_face(opened(tiny)).eye_distance
    assert made.scale == pytest.approx(seen, rel=0.1)
    assert made.scale == pytest.approx(2 * finished("astronaut").scale, rel=0.1)
    large = portraits.saved(opened(drawn("astronaut")).resize((3072, 3840)), "JPEG")
    assert delivery.finish(large, crop=CROP, size=standard_size(CROP)).scale == pytest.approx(
        finished("astronaut").scale / 2, rel=0.1
    )


def test_a_headshot_without_a_face_says_so_and_shows_the_middle() -> None:
    cat = portraits.cat().resize((1536, 1024))
    made = delivery.finish(png(cat), crop=Crop.SQUARE, size=standard_size(Crop.SQUARE))
    assert Remark.NO_FACE in made.remarks
    middle = np.asarray(cat.crop((256, 0, 1280, 1024)).resize((1200, 1200)), int)
    assert np.abs(pixels(made.picture) - middle).mean() < 4


def test_what_is_clear_becomes_white_and_never_black() -> None:
    clear = opened(drawn("astronaut", kind="PNG")).convert("RGBA")
    clear.paste((0, 0, 0, 0), (0, 0, 420, 1920))
    made = delivery.finish(png(clear), crop=CROP, size=standard_size(CROP))
    assert pixels(made.picture)[:, :20].min() > 240


def test_colours_are_those_that_the_file_means() -> None:
    meant = np.asarray(opened(drawn("astronaut")))
    swapped = Image.fromarray(np.ascontiguousarray(meant[..., ::-1]))
    file = png(swapped, icc_profile=portraits.swapped_profile())
    made = delivery.finish(file, crop=CROP, size=standard_size(CROP))
    assert np.abs(small(made.picture) - small(finished("astronaut").picture)).mean() < 5
    profile = ImageCms.ImageCmsProfile(io.BytesIO(opened(made.picture).info["icc_profile"]))
    assert "sRGB" in ImageCms.getProfileDescription(profile)


BROKEN: dict[str, bytes | Callable[[], bytes]] = {
    "nothing": b"",
    "a web page": b"<!doctype html><title>Sign in</title>",
    "json": b'{"error": {"message": "no"}}',
    "half a picture": lambda: drawn("astronaut", kind="PNG")[:200_000],
    "a gif": portraits.saved(Image.new("P", (600, 600)), "GIF"),
    "a heic": portraits.heic_of(portraits.hopper()),
    "a bomb": portraits.pixel_bomb,
    "many scans": functools.partial(portraits.scan_bomb, 200, 600),
    "too small": portraits.saved(portraits.astronaut().resize((400, 500)), "PNG"),
    "a strip": portraits.saved(portraits.astronaut().resize((600, 2400)), "PNG"),
    "blank": portraits.saved(Image.new("RGB", (1024, 1280), (40, 90, 40)), "PNG"),
    "clear": portraits.saved(Image.new("RGBA", (1024, 1280), (9, 9, 9, 0)), "PNG"),
    "noise on nothing": lambda: portraits.saved(
        Image.fromarray(np.random.default_rng(1).integers(90, 99, (1280, 1024, 3), np.uint8)), "PNG"
    ),
    "too many bytes": lambda: b"\xff\xd8\xff" + bytes(delivery.MOST_BYTES),
}
"""What takes long to make is made when it is needed."""


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_no_headshot_is_told_and_nothing_else_breaks(what: str) -> None:
    broken = BROKEN[what]
    file = broken() if callable(broken) else broken
    with pytest.raises(AnswerUnreadable):
        delivery.finish(file, crop=CROP, size=standard_size(CROP))


# What it says of itself


def test_the_headshot_says_that_a_model_drew_it() -> None:
    assert marks.read(finished("astronaut").picture) is Mark.EDITED_WITH_AI


def test_its_thumbnail_comes_along_and_looks_like_a_small_export_of_it() -> None:
    headshot = finished("astronaut")
    assert headshot.thumbnail is not None
    assert marks.read(headshot.thumbnail) is Mark.EDITED_WITH_AI
    small, cut = (
        np.asarray(Image.open(io.BytesIO(file)).convert("RGB"), float)
        for file in (headshot.thumbnail, exports.export(headshot.picture, Export(longest_px=512)))
    )
    assert small.shape == cut.shape
    assert np.abs(small - cut).mean() < 1


@pytest.mark.parametrize("kind", FileKind)
def test_every_download_of_it_says_so_too(kind: FileKind) -> None:
    for wish in (Export(kind=kind), Export(kind=kind, crop=Crop.SQUARE, longest_px=400)):
        file = exports.export(finished("astronaut").picture, wish)
        assert marks.read(file) is Mark.EDITED_WITH_AI
        assert marks.read(exports.thumbnail(file)) is Mark.EDITED_WITH_AI


# In the darkroom


async def test_the_darkroom_does_it_in_its_own_process_and_a_bomb_does_no_harm(darkroom: Darkroom) -> None:
    photo = jpeg(portraits.astronaut())
    copy = await darkroom.working_copy(photo, crop=CROP, subject=None)
    assert copy == delivery.working_copy(photo, crop=CROP, subject=None)
    size = standard_size(CROP)
    made = await darkroom.finish(drawn("astronaut"), crop=CROP, size=size, asked=WIRE[CROP])
    assert made == finished("astronaut")
    before = await darkroom.before(photo, crop=CROP, size=size, subject=None, like=made.picture)
    assert before == delivery.before(photo, like=made.picture, size=size, subject=None)
    with pytest.raises(AnswerUnreadable):
        await darkroom.finish(portraits.pixel_bomb(), crop=CROP, size=size)
    assert await darkroom.finish(drawn("astronaut"), crop=CROP, size=size, asked=WIRE[CROP]) == made
