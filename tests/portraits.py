"""The two packaged portraits and all that is made of them in code: light, sizes, kinds of file, traps."""

from __future__ import annotations

import functools
import importlib.util
import io
import struct
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms, ImageFilter, PngImagePlugin

from tests.heic import heic

Pixels = npt.NDArray[np.uint8]

CANARY = b"CANARY-7f3a-do-not-keep"


def _packaged(package: str, path: str) -> Path:
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / path


@functools.cache
def _read(package: str, path: str) -> Image.Image:
    with Image.open(_packaged(package, path)) as image:
        return image.convert("RGB")


# Pictures, as Pillow images in sRGB


def astronaut() -> Image.Image:
    """Eileen Collins, NASA, public domain: 512×512, bright, a flag and a shuttle behind her."""
    return _read("skimage", "data/astronaut.png").copy()


def hopper() -> Image.Image:
    """Grace Hopper, US Navy, public domain: 512×600, a flag behind her."""
    return _read("matplotlib", "mpl-data/sample_data/grace_hopper.jpg").copy()


def cat() -> Image.Image:
    """A cat, CC0: a photo without a person."""
    return _read("skimage", "data/chelsea.png").copy()


def lit(image: Image.Image, stops: float) -> Image.Image:
    """Give a picture more or less light, in linear light."""
    linear = (np.asarray(image, np.float64) / 255) ** 2.2 * 2.0**stops
    return Image.fromarray((np.clip(linear, 0, 1) ** (1 / 2.2) * 255 + 0.5).astype(np.uint8))


def dark_skinned(
    image: Image.Image, box: tuple[float, float, float, float], stops: float = -2.0
) -> Image.Image:
    """Darken an ellipse (fractions of the picture) and leave the rest: dark skin in the same light."""
    rows, columns = np.mgrid[0 : image.height, 0 : image.width]
    left, top, right, bottom = (
        value * side for value, side in zip(box, (image.width, image.height) * 2, strict=True)
    )
    away = np.hypot(
        (columns - (left + right) / 2) / ((right - left) / 2),
        (rows - (top + bottom) / 2) / ((bottom - top) / 2),
    )
    mask = Image.fromarray((np.clip((1.15 - away) / 0.3, 0, 1) * 255).astype(np.uint8))
    return Image.composite(lit(image, stops), image, mask)


def noisy_low_light(image: Image.Image) -> Image.Image:
    """Take the picture as if by candlelight: four stops less, with grain."""
    dim = np.asarray(lit(image, -4.0), np.int16)
    grain = np.random.default_rng(7).normal(0, 3, dim.shape)
    return Image.fromarray(np.clip(dim + grain, 0, 255).astype(np.uint8))


def blurred(image: Image.Image, radius: float = 6.0) -> Image.Image:
    """Move the focus away."""
    return image.filter(ImageFilter.GaussianBlur(radius))


def far_away(image: Image.Image, size: tuple[int, int] = (1600, 1200), share: float = 0.22) -> Image.Image:
    """Put the person small into a large plain room."""
    room = Image.new("RGB", size, (172, 176, 180))
    height = round(size[1] * share)
    small = image.resize((round(image.width * height / image.height), height), Image.Resampling.LANCZOS)
    room.paste(small, ((size[0] - small.width) // 2, size[1] // 3))
    return room


def group() -> Image.Image:
    """Two people side by side, the astronaut on the left."""
    left, right = astronaut().resize((600, 600)), hopper().resize((512, 600))
    both = Image.new("RGB", (left.width + right.width, 600))
    both.paste(left, (0, 0))
    both.paste(right, (left.width, 0))
    return both


def sideways(image: Image.Image, quarter_turns: int = 1) -> Image.Image:
    """Lay a picture on its side, counter-clockwise, without saying so in EXIF."""
    return image.rotate(90 * quarter_turns, expand=True)


@functools.cache
def phone(megapixels: int) -> bytes:
    """A phone's JPEG of 12 or 48 MP: 3:4, quality 90, with grain so that it weighs what photos weigh."""
    return taken_by_phone(hopper(), megapixels)


def taken_by_phone(image: Image.Image, megapixels: int) -> bytes:
    """Write a picture of 512×600 as a phone's JPEG."""
    width, height = {12: (3024, 4032), 48: (6048, 8064), 108: (9000, 12000), 200: (12240, 16320)}[megapixels]
    way = Image.Resampling.BICUBIC if megapixels <= 48 else Image.Resampling.NEAREST
    image = image.crop((0, 0, 450, 600)).resize((width, height), way)
    if megapixels <= 48:
        tile = np.random.default_rng(1).normal(128, 4, (512, 512)).astype(np.uint8)
        grain = Image.fromarray(np.tile(tile, (-(-height // 512), -(-width // 512)))[:height, :width])
        image = Image.blend(image, Image.merge("RGB", [grain] * 3), 0.12)
    return saved(image, "JPEG", quality=90)


# Files


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    """Write a picture as a file of a kind."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def held(image: Image.Image, orientation: int, kind: str = "JPEG") -> bytes:
    """Write the picture as a camera held that way would: turned pixels, and the orientation in EXIF."""
    undo = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    return saved(image if undo is None else image.transpose(undo), kind, exif=exif, quality=95)


def heic_of(image: Image.Image, *, quarter_turns: int = 0) -> bytes:
    """Write a HEIC; the sides are cut to multiples of 16. EXIF and ICC carry the canary."""
    wide, high = image.width // 16 * 16, image.height // 16 * 16
    exif = b"Exif\0\0" + _canary_exif().tobytes().removeprefix(b"Exif\0\0")
    turned = image.crop((0, 0, wide, high)).rotate(-90 * quarter_turns, expand=True)
    return heic(np.asarray(turned), quarter_turns=quarter_turns, exif=exif)


def srgb_profile() -> bytes:
    """An sRGB profile."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def swapped_profile() -> bytes:
    """A valid profile in which red and blue have changed places: it shows at once whether it was used."""
    data = bytearray(srgb_profile())
    for at in range(132, 132 + 12 * struct.unpack_from(">I", data, 128)[0], 12):
        name = bytes(data[at : at + 4])
        if name in (b"rXYZ", b"bXYZ"):
            data[at : at + 1] = b"b" if name == b"rXYZ" else b"r"
    return bytes(data).replace(_wide("sRGB"), _wide("swap"))


def _wide(text: str) -> bytes:
    return text.encode("utf-16-be")


def _canary_exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010E] = CANARY.decode()
    exif[0x013B] = CANARY.decode()
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    return exif


@functools.cache
def laden(kind: str) -> bytes:
    """A picture with the canary wherever a file of that kind can carry one, and after its end."""
    icc = srgb_profile() + CANARY
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">' + CANARY + b"</x:xmpmeta>"
    options: dict[str, object] = {"exif": _canary_exif(), "icc_profile": icc}
    if kind == "HEIC":
        return heic_of(hopper()) + CANARY
    if kind == "JPEG":
        options |= {"xmp": xmp, "comment": CANARY}
    elif kind == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_text("Comment", CANARY.decode())
        text.add_itxt("XML:com.adobe.xmp", xmp.decode())
        options["pnginfo"] = text
    else:
        options["xmp"] = xmp
    return saved(hopper(), kind, **options) + CANARY


def png(width: int, height: int, *, depth: int, colour: int, rows: bytes) -> bytes:
    """Write a PNG from raw rows (each with its filter byte), for what Pillow does not write."""
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in parts
    )


def grey_16_bit(image: Image.Image) -> bytes:
    """The picture as a 16-bit grey PNG."""
    grey = np.asarray(image.convert("L"), np.uint16) * 257
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in grey)
    return png(image.width, image.height, depth=16, colour=0, rows=zlib.compress(rows, 1))


@functools.cache
def pixel_bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A small PNG that would decode to 900 MP."""
    packer = zlib.compressobj(9)
    row = b"\0" + bytes(-(-width // 8))
    rows = b"".join(packer.compress(row * 1000) for _ in range(height // 1000)) + packer.flush()
    return png(width, height, depth=1, colour=0, rows=rows)


@functools.cache
def scan_bomb(scans: int = 1_000, side: int = 4_000) -> bytes:
    """A progressive JPEG that repeats its last scan many times."""
    plain = saved(Image.new("L", (side, side), 90), "JPEG", progressive=True)
    last = plain.rindex(b"\xff\xda")
    return plain[:last] + plain[last:-2] * scans + plain[-2:]


def animated(kind: str) -> bytes:
    """A moving picture whose first frame is the astronaut and whose second is Grace Hopper."""
    second = hopper().resize((512, 512))
    return saved(astronaut(), kind, save_all=True, append_images=[second], duration=200, lossless=True)
