"""What the loopback OpenAI draws: the picture it was sent, before a new backdrop, at the size asked for."""

from __future__ import annotations

import base64
import colorsys
import functools
import hashlib
import io
import struct
import zlib

from PIL import Image

from tests.openai_rules import Order, measure

MANIFEST = b"jumb c2pa loopback-manifest: drawn by the loopback, not by a camera"
TOKENS = {"low": 157, "medium": 343, "high": 1373, "xhigh": 2746, "max": 5492, "auto": 343}  # at 1024×1536
PARTIAL_TOKENS = 100


def size_of(order: Order) -> tuple[int, int]:
    """The size that will be drawn, in px: as asked, or by the way the first picture lies."""
    if order.size is not None:
        return order.size
    width, height, _ = measure(order.images[0])
    return (1024, 1024) if width == height else ((1536, 1024) if width > height else (1024, 1536))


def draw(order: Order, number: int = 0) -> bytes:
    """Draw one finished picture; the same order always gives the same bytes."""
    return _drawn(
        order.images[0], size_of(order), order.output_format, _hue(order, number),
        clear=order.background == "transparent", coarse=0,
    )  # fmt: skip


def draw_partial(order: Order, index: int) -> bytes:
    """Draw what can be seen after a part of the way: the same picture, not yet sharp."""
    return _drawn(
        order.images[0],
        size_of(order),
        order.output_format,
        _hue(order, 0),
        clear=False,
        coarse=4 << max(0, 2 - index),
    )


@functools.lru_cache(maxsize=64)
def encoded(data: bytes) -> str:
    """Base64 as the answer carries it."""
    return base64.b64encode(data).decode()


def usage(order: Order) -> dict[str, object]:
    """The tokens of an order, growing with pixels, quality and what was sent."""
    width, height = size_of(order)
    text = len(order.prompt) // 4 + 1
    sent = sum(min(1600, measure(image)[0] * measure(image)[1] // 1300) for image in order.images)
    drawn = round(TOKENS.get(order.quality, 343) * width * height / (1024 * 1536)) * order.n
    drawn += PARTIAL_TOKENS * order.partial_images
    return {
        "total_tokens": text + sent + drawn,
        "input_tokens": text + sent,
        "output_tokens": drawn,
        "input_tokens_details": {"text_tokens": text, "image_tokens": sent},
    }


def _hue(order: Order, number: int) -> int:
    """A backdrop for each prompt and each of its pictures, in degrees."""
    return (hashlib.sha256(order.prompt.encode()).digest()[0] + 67 * number) % 256 * 360 // 256


@functools.lru_cache(maxsize=48)
def _drawn(sent: bytes, size: tuple[int, int], kind: str, hue: int, *, clear: bool, coarse: int) -> bytes:
    person = _covering(sent, size)
    if coarse:
        half = (size[0] // 2, size[1] // 2)
        person = person.reduce(coarse * 2).resize(half).resize(size, Image.Resampling.NEAREST)
    mask = _oval(size)
    if clear and kind != "jpeg":
        seen = person.copy()
        seen.putalpha(mask)
        return written(seen, kind)
    red, green, blue = colorsys.hsv_to_rgb(hue / 360, 0.45, 0.72)
    backdrop = Image.new("RGB", size, (round(red * 255), round(green * 255), round(blue * 255)))
    backdrop.paste(person, (0, 0), mask)
    return written(backdrop, kind)


@functools.lru_cache(maxsize=4)
def _covering(sent: bytes, size: tuple[int, int]) -> Image.Image:
    """The picture sent, scaled and cut from its middle to fill the size."""
    with Image.open(io.BytesIO(sent)) as image:
        image.draft("RGB", size)
        picture = image.convert("RGB")
    scale = max(size[0] / picture.width, size[1] / picture.height)
    width, height = size[0] / scale, size[1] / scale
    left, top = (picture.width - width) / 2, (picture.height - height) / 2
    # A little larger is not worth the time of a smooth one; benchmarks go through here.
    way = Image.Resampling.NEAREST if 1 <= scale <= 2 else Image.Resampling.BILINEAR
    return picture.resize(size, way, (left, top, left + width, top + height))


@functools.lru_cache(maxsize=8)
def _oval(size: tuple[int, int]) -> Image.Image:
    """Where the person shows: soft around the middle, the backdrop towards the edges."""
    small = Image.new("L", (64, 64))
    small.putdata([
        max(0, min(255, round(255 * (1.05 - ((x - 31.5) / 31) ** 2 - ((y - 34) / 36) ** 2) * 4)))
        for y in range(64) for x in range(64)
    ])  # fmt: skip
    return small.resize(size, Image.Resampling.BILINEAR)


def written(image: Image.Image, kind: str) -> bytes:
    """The file, carrying a provider's own marks in the place of its format."""
    out = io.BytesIO()
    if kind == "jpeg":
        image.save(out, "JPEG", quality=88)
        data = out.getvalue()
        return data[:2] + b"\xff\xeb" + struct.pack(">H", len(MANIFEST) + 2) + MANIFEST + data[2:]
    if kind == "webp":
        image.save(out, "WEBP", quality=80, method=0)
        data = (
            out.getvalue()
            + b"C2PA"
            + struct.pack("<I", len(MANIFEST))
            + MANIFEST
            + b"\0" * (len(MANIFEST) % 2)
        )
        return data[:4] + struct.pack("<I", len(data) - 8) + data[8:]
    image.save(out, "PNG", compress_level=1, compress_type=3)
    data = out.getvalue()
    chunk = b"caBX" + MANIFEST
    chunk = struct.pack(">I", len(MANIFEST)) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return data[:-12] + chunk + data[-12:]
