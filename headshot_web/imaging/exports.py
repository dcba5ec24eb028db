"""The files a person takes away: the master, downloads cut from it, and thumbnails."""

from __future__ import annotations

import functools
import io
from typing import TYPE_CHECKING, Final

from PIL import Image, ImageCms, PngImagePlugin

from headshot_web.imaging import marks
from headshot_web.imaging.framing import EYE_LINES
from headshot_web.imaging.marks import Mark
from headshot_web.model import Crop, Export, FileKind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MASTER_QUALITY: Final = 95
WEBP_QUALITY: Final = 92
THUMBNAIL_QUALITY: Final = 84
THUMBNAIL_PX: Final = 512

MEDIA_TYPES: Final = {
    FileKind.JPEG: "image/jpeg",
    FileKind.PNG: "image/png",
    FileKind.WEBP: "image/webp",
}
ENDINGS: Final = {FileKind.JPEG: ".jpg", FileKind.PNG: ".png", FileKind.WEBP: ".webp"}


def master(rgb: NDArray[np.uint8], *, mark: Mark, quality: int = MASTER_QUALITY) -> bytes:
    """Write the finished pixels (H×W×3, sRGB, 0–255) as the JPEG that is kept and cut from."""
    return _encode(Image.fromarray(rgb), FileKind.JPEG, mark, quality=quality)


def master_and_thumbnail(image: Image.Image, *, mark: Mark) -> tuple[bytes, bytes]:
    """Write finished pixels (sRGB) as the JPEG that is kept, and small as an export of it would be."""
    size = _fit(image.size, THUMBNAIL_PX) if max(image.size) > THUMBNAIL_PX else image.size
    small = image.resize(size, Image.Resampling.LANCZOS)
    return (
        _encode(image, FileKind.JPEG, mark, quality=MASTER_QUALITY),
        _encode(small, FileKind.JPEG, mark, quality=MASTER_QUALITY),
    )


def export(picture: bytes, wish: Export, *, mark: Mark | None = None) -> bytes:
    """Write a download from a master: the wished kind, shape and size, with the master's own mark or none.

    Shapes are cut, never stretched; pictures are made smaller, never larger.
    """
    stamp = (mark or marks.read(picture)) if wish.marks else None
    with Image.open(io.BytesIO(picture), formats=["JPEG", "PNG", "WEBP"]) as opened:
        image = opened.convert("RGB")
    if wish.crop is not None:
        image = image.crop(_cut(image.width, image.height, wish.crop))
    if wish.longest_px is not None and max(image.size) > wish.longest_px:
        image = image.resize(_fit(image.size, wish.longest_px), Image.Resampling.LANCZOS)
    return _encode(image, wish.kind, stamp, quality=MASTER_QUALITY)


def thumbnail(picture: bytes, longest_px: int = THUMBNAIL_PX) -> bytes:
    """Write a small JPEG of a headshot; it carries the same mark, since it is the same picture."""
    stamp = marks.read(picture)
    with Image.open(io.BytesIO(picture), formats=["JPEG", "PNG", "WEBP"]) as opened:
        size = _fit(opened.size, longest_px) if max(opened.size) > longest_px else opened.size
        opened.draft("RGB", size)
        image = opened.convert("RGB").resize(size, Image.Resampling.LANCZOS)
    return _encode(image, FileKind.JPEG, stamp, quality=THUMBNAIL_QUALITY)


def _cut(width: int, height: int, crop: Crop) -> tuple[int, int, int, int]:
    """Find the largest box of a shape inside a headshot that leaves the eyes on that shape's eye line."""
    wide = min(width, round(height * crop.aspect))
    high = min(height, round(width / crop.aspect))
    shape = min(Crop, key=lambda known: abs(known.aspect - width / height))
    top = height * EYE_LINES[shape] - high * EYE_LINES[crop]
    left = (width - wide) // 2
    upper = round(min(max(top, 0), height - high))
    return left, upper, left + wide, upper + high


def _fit(size: tuple[int, int], longest_px: int) -> tuple[int, int]:
    """Work out the size whose longer side is `longest_px`, of the same shape."""
    share = longest_px / max(size)
    return max(1, round(size[0] * share)), max(1, round(size[1] * share))


def _encode(image: Image.Image, kind: FileKind, mark: Mark | None, *, quality: int) -> bytes:
    """Write pixels with the sRGB profile and the mark, and nothing else; the same pixels, the same bytes."""
    image.info.clear()  # what came with the file read is not written on
    out = io.BytesIO()
    packet = marks.packet(mark) if mark else b""
    if kind is FileKind.PNG:
        chunks = PngImagePlugin.PngInfo()
        if packet:
            chunks.add_itxt("XML:com.adobe.xmp", packet.decode())
        image.save(out, "PNG", compress_level=4, icc_profile=srgb_profile(), pnginfo=chunks)
    elif kind is FileKind.WEBP:
        image.save(out, "WEBP", quality=WEBP_QUALITY, method=4, icc_profile=srgb_profile(), xmp=packet)
    else:
        image.save(out, "JPEG", quality=quality, subsampling=0, icc_profile=srgb_profile(), xmp=packet)
    return out.getvalue()


@functools.cache
def srgb_profile() -> bytes:
    """Make the sRGB profile, the same bytes on every day and every system."""
    written = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    # The library writes the moment and the system it runs on into the header: bytes 24–35 and 40–43.
    written[24:36] = bytes((0x07, 0xD0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0))
    written[40:44] = bytes(4)
    return bytes(written)
