"""Sheets for the printer: a headshot laid out on paper at 300 dpi, edge to edge or in parts to be cut."""

from __future__ import annotations

import io
from typing import Final

from PIL import Image, ImageDraw

from headshot_web.imaging import marks
from headshot_web.imaging.exports import MASTER_QUALITY, srgb_profile
from headshot_web.imaging.framing import EYE_LINES
from headshot_web.model import Crop, Paper

DPI: Final = 300
_WHITE: Final = (255, 255, 255)
_CUT: Final = (205, 205, 205)
_STRIP_PX: Final = (600, 1800)
_STRIP_MARGIN_PX: Final = 36
_STRIP_GAP_PX: Final = 24
_SMALL_PX: Final = 600


def sheet(picture: bytes, paper: Paper, logo: bytes | None = None) -> bytes:
    """Lay a master out on a paper, as JPEG with the master's own mark; a strip bears the logo at its foot."""
    with Image.open(io.BytesIO(picture), formats=["JPEG", "PNG", "WEBP"]) as opened:
        master = opened.convert("RGB")
    width, height = (inches * DPI for inches in paper.inches)
    if paper is Paper.STRIP_2X6:
        canvas = _beside_each_other(_strip(master, logo), (width, height))
    elif paper is Paper.SHEET_2X2:
        canvas = _six(master, (width, height))
    else:
        canvas = _filled(master, width, height)
    return _written(canvas, picture)


def _filled(master: Image.Image, width: int, height: int) -> Image.Image:
    """Cut the headshot to a shape, with the eyes where they belong in it, and bring it to this size."""
    aspect = width / height
    wide = min(master.width, round(master.height * aspect))
    high = min(master.height, round(master.width / aspect))
    top = master.height * _eye_line(master.width / master.height) - high * _eye_line(aspect)
    left, upper = (master.width - wide) // 2, round(min(max(top, 0), master.height - high))
    box = (left, upper, left + wide, upper + high)
    return master.resize((width, height), Image.Resampling.LANCZOS, box=box)


def _eye_line(aspect: float) -> float:
    return EYE_LINES[min(Crop, key=lambda known: abs(known.aspect - aspect))]


def _strip(master: Image.Image, logo: bytes | None) -> Image.Image:
    """Return three pictures one above the other; the foot is for the logo."""
    strip = Image.new("RGB", _STRIP_PX, _WHITE)
    wide = strip.width - 2 * _STRIP_MARGIN_PX
    pictures = strip.height - 2 * _STRIP_MARGIN_PX - 2 * _STRIP_GAP_PX
    high = wide * 15 // 16 if logo else pictures // 3
    one = _filled(master, wide, high)
    for number in range(3):
        strip.paste(one, (_STRIP_MARGIN_PX, _STRIP_MARGIN_PX + number * (high + _STRIP_GAP_PX)))
    if logo:
        top = _STRIP_MARGIN_PX + 3 * (high + _STRIP_GAP_PX)
        _put_logo(strip, logo, (_STRIP_MARGIN_PX, top, wide, strip.height - top - _STRIP_MARGIN_PX))
    return strip


def _put_logo(strip: Image.Image, logo: bytes, place: tuple[int, int, int, int]) -> None:
    """Lay the logo in the middle of a place, as large as it fits."""
    left, top, wide, high = place
    with Image.open(io.BytesIO(logo), formats=["PNG"]) as opened:
        image = opened.convert("RGBA")
    scale = min(wide / image.width, high / image.height, 1.0)
    image = image.resize(
        (max(1, round(image.width * scale)), max(1, round(image.height * scale))), Image.Resampling.LANCZOS
    )
    strip.paste(image, (left + (wide - image.width) // 2, top + (high - image.height) // 2), image)


def _beside_each_other(strip: Image.Image, size: tuple[int, int]) -> Image.Image:
    canvas = Image.new("RGB", size, _WHITE)
    canvas.paste(strip, (0, 0))
    canvas.paste(strip, (size[0] - strip.width, 0))
    ImageDraw.Draw(canvas).line([(size[0] // 2, 0), (size[0] // 2, size[1])], fill=_CUT)
    return canvas


def _six(master: Image.Image, size: tuple[int, int]) -> Image.Image:
    canvas = Image.new("RGB", size, _WHITE)
    one = _filled(master, _SMALL_PX, _SMALL_PX)
    for number in range(6):
        canvas.paste(one, ((number % 2) * _SMALL_PX, (number // 2) * _SMALL_PX))
    lines = ImageDraw.Draw(canvas)
    lines.line([(_SMALL_PX, 0), (_SMALL_PX, size[1])], fill=_CUT)
    for row in (1, 2):
        lines.line([(0, row * _SMALL_PX), (size[0], row * _SMALL_PX)], fill=_CUT)
    return canvas


def _written(canvas: Image.Image, picture: bytes) -> bytes:
    mark = marks.read(picture)
    out = io.BytesIO()
    packet = marks.packet(mark) if mark else b""
    canvas.save(
        out,
        "JPEG",
        quality=MASTER_QUALITY,
        subsampling=0,
        icc_profile=srgb_profile(),
        xmp=packet,
        dpi=(DPI, DPI),
    )
    return out.getvalue()
