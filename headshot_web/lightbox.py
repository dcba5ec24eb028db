"""The lightbox: photos and the looks on them, held in memory for a while because they are looked at now."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from headshot_web.errors import NotFound
from headshot_web.imaging.darkroom import Darkroom
from headshot_web.imaging.sizes import standard_size
from headshot_web.library import Library
from headshot_web.model import Crop, Face, Headshot, Photo, PhotoId, Recipe, Size
from headshot_web.previews import Memory

T = TypeVar("T")

PREVIEW_PX: Final = 480
"""The longer side of a look shown on the person's own photo."""
_PREVIEW_BYTES: Final = 64 * 1024 * 1024
_COPIES_BYTES: Final = 32 * 1024 * 1024
_PHOTOS_OF_FACES: Final = 64
_PHOTOS_AT_HAND: Final = 4
"""Whose bytes all orders and previews share, so that a thousand orders weigh no more than one."""


class Lightbox:
    """Photos, their faces, and what was drawn of them; never on the disk."""

    def __init__(self, library: Library, darkroom: Darkroom) -> None:
        self._library = library
        self._darkroom = darkroom
        self._previews: Memory[bytes] = Memory(_PREVIEW_BYTES, len)
        self._copies: Memory[bytes] = Memory(_COPIES_BYTES, len)
        self._faces: Memory[tuple[Face, ...]] = Memory(_PHOTOS_OF_FACES)
        self._pictures: Memory[bytes] = Memory(_PHOTOS_AT_HAND)

    async def picture(self, photo_id: PhotoId) -> bytes:
        """Return a photo as JPEG; raises `NotFound`."""

        async def read() -> bytes:
            return await asyncio.to_thread(self._library.photo_picture, photo_id)

        return await _from(self._pictures, photo_id, (), read)

    async def faces(self, photo_id: PhotoId) -> tuple[Face, ...]:
        """Find the faces of a photo, from left to right."""

        async def find() -> tuple[Face, ...]:
            return await self._darkroom.faces(await self.picture(photo_id))

        return await _from(self._faces, photo_id, (), find)

    async def preview(self, photo: Photo, recipe: Recipe) -> bytes:
        """Return a look on a photo, small, as JPEG."""

        async def render() -> bytes:
            size = _within(standard_size(recipe.crop), PREVIEW_PX)
            return await self._darkroom.preview(
                await self.picture(photo.id), recipe=recipe, size=size, subject=photo.subject
            )

        return await _from(self._previews, photo.id, (photo.subject, recipe), render)

    async def before(self, headshot: Headshot) -> bytes:
        """Return the photo itself in exactly the headshot's framing, as JPEG."""

        async def frame() -> bytes:
            picture = await self.picture(headshot.photo_id)
            drawn = None
            if headshot.model is not None:
                drawn = await asyncio.to_thread(self._library.headshot_picture, headshot.id)
            return await self._darkroom.before(
                picture,
                crop=_shape(headshot.size),
                size=headshot.size,
                subject=headshot.subject,
                like=drawn,
            )

        return await _from(self._previews, headshot.photo_id, ("before", headshot.id), frame)

    async def working_copy(self, photo: Photo, crop: Crop, subject: int | None) -> bytes:
        """Return the person's framed copy, the only thing of a photo that ever leaves this computer."""

        async def frame() -> bytes:
            picture = await self.picture(photo.id)
            return await self._darkroom.working_copy(picture, crop=crop, subject=subject)

        return await _from(self._copies, photo.id, (crop, subject), frame)

    def drop_looks(self, photo_id: PhotoId) -> None:
        """Forget the looks on a photo, which are to be drawn anew."""
        self._previews.drop(photo_id)

    def forget(self, photo_id: PhotoId | None = None) -> None:
        """Forget a photo, or all of them, in the darkroom too."""
        for memory in (self._previews, self._copies, self._faces, self._pictures):
            if photo_id is None:
                memory.clear()
            else:
                memory.drop(photo_id)
        self._darkroom.forget()


async def _from(
    memory: Memory[T], photo_id: PhotoId, what: tuple[object, ...], make: Callable[[], Awaitable[T]]
) -> T:
    """Return what is in memory or made now; `NotFound` when the photo was deleted meanwhile."""
    try:
        return await memory.get(photo_id, what, make)
    except asyncio.CancelledError:
        asking = asyncio.current_task()
        if asking is not None and asking.cancelling():
            raise
        raise NotFound from None


def _within(size: Size, longest_px: int) -> Size:
    scale = longest_px / max(size.width_px, size.height_px)
    return Size(width_px=round(size.width_px * scale), height_px=round(size.height_px * scale))


def _shape(size: Size) -> Crop:
    """Return the shape a headshot has; its look may have another one by now."""
    aspect = size.width_px / size.height_px
    return min(Crop, key=lambda crop: abs(crop.aspect - aspect))
