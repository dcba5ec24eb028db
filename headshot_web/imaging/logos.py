"""A logo for the booth: decoded and made anew as a small PNG, what is clear in it left clear."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Final

from PIL import Image

from headshot_web.errors import HeadshotError, LogoUnusable
from headshot_web.imaging import filekinds
from headshot_web.imaging.filekinds import FileKind
from headshot_web.imaging.negative import DECODERS_ERRORS, TURNS

WIDEST_PX: Final = 900
HIGHEST_PX: Final = 450
LEAST_PX: Final = 24
MOST_PIXELS: Final = 40_000_000
LARGEST_BYTES: Final = 8_000_000
KEPT_BYTES: Final = 500_000
_ORIENTATION: Final = 0x0112
_KINDS: Final = (FileKind.PNG, FileKind.JPEG, FileKind.WEBP)


def logo(data: bytes) -> bytes:
    """Decode a picture and write it anew, small enough to lie in the event's file; raises `LogoUnusable`."""
    picture = _opened(data)
    while True:
        picture.thumbnail((WIDEST_PX, HIGHEST_PX), Image.Resampling.LANCZOS)
        written = _png(picture)
        if len(written) <= KEPT_BYTES:
            return written
        picture = picture.resize((picture.width * 3 // 4, picture.height * 3 // 4), Image.Resampling.LANCZOS)


def _opened(data: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(data), formats=[_kind(data).value]) as image:
            _refuse_shape(*image.size)
            image.draft("RGB", (2 * WIDEST_PX, 2 * HIGHEST_PX))
            turn = TURNS.get(image.getexif().get(_ORIENTATION, 1))
            picture = image.convert("RGBA")
    except (HeadshotError, *DECODERS_ERRORS, MemoryError, struct.error, zlib.error) as error:
        raise LogoUnusable from error
    return picture if turn is None else picture.transpose(turn)


def _kind(data: bytes) -> FileKind:
    kind = filekinds.kind_of(data)
    if len(data) > LARGEST_BYTES or kind not in _KINDS:
        raise LogoUnusable
    filekinds.refuse_many_scans(data)
    return kind


def _refuse_shape(width: int, height: int) -> None:
    if width * height > MOST_PIXELS or min(width, height) < LEAST_PX:
        raise LogoUnusable


def _png(picture: Image.Image) -> bytes:
    """Write the pixels alone."""
    fresh = Image.new("RGBA", picture.size)
    fresh.paste(picture)
    out = io.BytesIO()
    fresh.save(out, "PNG", optimize=True)
    return out.getvalue()
