"""The files a person takes away: true colours, the wished shape and size, nothing hidden in them."""

from __future__ import annotations

import io
import subprocess
import sys

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageCms, ImageDraw

from headshot_web.imaging import exports, marks
from headshot_web.imaging.marks import Mark
from headshot_web.model import Crop, Export, FileKind
from tests import portraits

SHAPES = {
    Crop.SQUARE: (600, 600),
    Crop.PORTRAIT_4_5: (600, 750),
    Crop.PORTRAIT_2_3: (512, 768),
    Crop.PORTRAIT_3_4: (576, 768),
}


def pixels(size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    return np.asarray(portraits.astronaut().resize(size, Image.Resampling.LANCZOS))


def master(size: tuple[int, int] = (600, 750)) -> bytes:
    return exports.master(pixels(size), mark=Mark.RETOUCHED)


def opened(file: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(file))
    image.load()
    return image


def test_the_master_keeps_every_pixels_colour() -> None:
    picture = pixels((600, 750))
    kept = opened(exports.master(picture, mark=Mark.RETOUCHED))
    assert kept.format == "JPEG"
    assert [layer[1:3] for layer in kept.layer] == [(1, 1)] * 3  # type: ignore[attr-defined]
    assert np.abs(np.asarray(kept, float) - picture).mean() < 1.5


@pytest.mark.parametrize("kind", FileKind)
def test_a_download_is_what_its_name_says_in_srgb_and_holds_nothing_else(kind: FileKind) -> None:
    file = exports.export(master(), Export(kind=kind))
    image = opened(file)
    assert Image.MIME[image.format or ""] == exports.MEDIA_TYPES[kind]
    assert Image.registered_extensions()[exports.ENDINGS[kind]] == image.format
    profile = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
    assert "sRGB" in ImageCms.getProfileDescription(profile)
    assert not image.getexif()
    allowed = {
        "icc_profile",
        "xmp",
        "XML:com.adobe.xmp",
        "dpi",
        "loop",
        "background",
        "timestamp",
        "duration",
    }
    assert {str(name) for name in image.info if "jfif" not in name} <= allowed
    assert np.abs(np.asarray(image.convert("RGB"), float) - pixels((600, 750))).mean() < 4


@pytest.mark.parametrize("kind", FileKind)
def test_what_came_with_a_file_does_not_go_out_with_a_download(kind: FileKind) -> None:
    came = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "CANARY"
    portraits.astronaut().save(
        came, "JPEG", comment=b"CANARY", exif=exif, xmp=b"<x>CANARY</x>", icc_profile=b"CANARY"
    )
    assert came.getvalue().count(b"CANARY") == 4
    assert b"CANARY" not in exports.export(came.getvalue(), Export(kind=kind))
    assert b"CANARY" not in exports.thumbnail(came.getvalue())


def test_the_same_picture_gives_the_same_bytes_on_another_day() -> None:
    code = (
        "import sys,time,hashlib;time.sleep(float(sys.argv[1]));import numpy as np;"
        "from headshot_web.imaging import exports,marks;from headshot_web.model import *;"
        "m=exports.master(np.full((90,80,3),99,np.uint8),mark=marks.Mark.RETOUCHED);"
        "print(*(hashlib.sha256(exports.export(m,Export(kind=k))).hexdigest() for k in FileKind))"
    )
    # A second later stands for another day: the profile's own date counts seconds.
    runs = [
        subprocess.Popen([sys.executable, "-c", code, wait], stdout=subprocess.PIPE, text=True)
        for wait in ("0", "1.2")
    ]
    now, later = (run.communicate()[0].split() for run in runs)
    assert now == later
    assert len(set(now)) == len(FileKind)


@pytest.mark.parametrize("wish", Crop)
@pytest.mark.parametrize("shape", Crop)
def test_a_download_has_the_wished_shape_and_is_as_large_as_it_can_be(shape: Crop, wish: Crop) -> None:
    image = opened(exports.export(master(SHAPES[shape]), Export(crop=wish)))
    assert image.width / image.height == pytest.approx(wish.aspect, abs=0.01)
    assert image.width == SHAPES[shape][0] or image.height == SHAPES[shape][1]


@pytest.mark.parametrize("shape", [Crop.PORTRAIT_4_5, Crop.PORTRAIT_2_3, Crop.PORTRAIT_3_4])
def test_a_square_cut_keeps_the_head_and_its_eyes_at_their_place(shape: Crop) -> None:
    width, height = SHAPES[shape]
    drawing = Image.new("RGB", (width, height), "white")
    eyes = round(height / 3)
    ImageDraw.Draw(drawing).rectangle((0, eyes - 4, width, eyes + 4), fill="black")
    whole = exports.master(np.asarray(drawing), mark=Mark.RETOUCHED)
    cut = opened(exports.export(whole, Export(crop=Crop.SQUARE)))
    rows = np.flatnonzero(np.asarray(cut.convert("L")).mean(axis=1) < 128)
    assert rows.mean() / cut.height == pytest.approx(0.38, abs=0.015)


def test_nothing_is_stretched() -> None:
    drawing = Image.new("RGB", (600, 900), "white")
    ImageDraw.Draw(drawing).ellipse((200, 200, 400, 400), fill="black")
    round_thing = exports.master(np.asarray(drawing), mark=Mark.RETOUCHED)
    for crop in Crop:
        cut = (
            np.asarray(opened(exports.export(round_thing, Export(crop=crop, longest_px=300))).convert("L"))
            < 128
        )
        assert cut.any(axis=0).sum() == pytest.approx(cut.any(axis=1).sum(), abs=2)


@pytest.mark.parametrize("kind", FileKind)
def test_a_download_is_made_smaller_but_never_larger(kind: FileKind) -> None:
    small = opened(exports.export(master(), Export(kind=kind, longest_px=400)))
    assert small.size == (320, 400)
    assert opened(exports.export(master(), Export(kind=kind, longest_px=4000))).size == (600, 750)


def test_a_thumbnail_is_small_quick_to_load_and_marked() -> None:
    file = exports.thumbnail(master((1200, 1500)))
    assert opened(file).size == (410, 512)
    assert len(file) < 60_000
    assert marks.read(file) is Mark.RETOUCHED


def test_the_mark_of_an_ai_picture_survives_every_cut() -> None:
    made = exports.master(pixels((300, 300)), mark=Mark.MADE_WITH_AI)
    cut = exports.export(made, Export(kind=FileKind.WEBP, crop=Crop.PORTRAIT_4_5, longest_px=128))
    assert marks.read(exports.thumbnail(cut)) is Mark.MADE_WITH_AI
