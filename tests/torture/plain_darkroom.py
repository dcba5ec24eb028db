"""A darkroom in this process, with Pillow alone: it looks at every pixel, and starts in no time."""

# ruff: noqa: ARG002 - it has the darkroom's own signatures

from __future__ import annotations

import asyncio
import io

from PIL import Image

from headshot_web.errors import AnswerUnreadable
from headshot_web.imaging.negative import Developed
from headshot_web.model import Crop, Export, Rendered, Size


class PlainDarkroom:
    """Opens photos, hands them on as they are, and reads what comes back to its last pixel."""

    def start(self) -> None:
        pass

    def close(self) -> None:
        pass

    def forget(self) -> None:
        pass

    async def develop(self, data: bytes) -> Developed:
        return Developed(picture=data, thumbnail=data, size=_size(data), notices=())

    async def working_copy(self, picture: bytes, *, crop: Crop, subject: int | None) -> bytes:
        return picture

    async def thumbnail(self, picture: bytes) -> bytes:
        return picture

    async def finish(self, picture: bytes, *, crop: Crop, size: Size, asked: Size | None = None) -> Rendered:
        try:
            found = await asyncio.to_thread(_size, picture)
        except OSError as error:
            raise AnswerUnreadable from error
        return Rendered(picture=picture, size=found, scale=1.0)

    async def export(self, picture: bytes, export: Export) -> bytes:
        return picture


def _size(data: bytes) -> Size:
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        return Size(width_px=image.width, height_px=image.height)
