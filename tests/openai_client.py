"""The bare official client before the loopback OpenAI, and the orders it gives."""

from __future__ import annotations

import base64
import functools
import io
from typing import Any

from openai import OpenAI
from PIL import Image

from tests.portraits import astronaut, hopper


@functools.cache
def photo(kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    astronaut().crop((56, 0, 456, 500)).save(out, kind)
    return out.getvalue()


@functools.cache
def second_photo() -> bytes:
    out = io.BytesIO()
    hopper().save(out, "JPEG")
    return out.getvalue()


def sent(data: bytes | None = None, kind: str = "image/jpeg") -> tuple[str, bytes, str]:
    return ("photo.jpg", photo() if data is None else data, kind)


ORDER: dict[str, Any] = {
    "model": "gpt-image-2.6-sunburst",
    "prompt": "Change only the backdrop. Keep everything else.",
    "size": "768x960",
    "quality": "low",
    "output_format": "jpeg",
    "background": "opaque",
    "n": 1,
}


def edit(sdk: OpenAI, **more: Any) -> Any:
    asked = {"image": sent(), **ORDER, **more}
    return sdk.images.edit(**{name: value for name, value in asked.items() if value is not None})


def stream(sdk: OpenAI, **more: Any) -> list[Any]:
    return list(edit(sdk, stream=True, **{"partial_images": 2, **more}))


def opened(b64: str | None) -> Image.Image:
    assert b64 is not None
    image = Image.open(io.BytesIO(base64.b64decode(b64, validate=True)))
    image.load()
    return image
