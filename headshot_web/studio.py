"""The studio: what a person can do. It is the one object that the pages talk to."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Final, TypeVar

from headshot_web import downloads, intake, settings_file, styles
from headshot_web.engines import Engine
from headshot_web.engines.on_device import OnDevice
from headshot_web.errors import NoSuchStyle, NotFound
from headshot_web.finishing import firmly, to_its_end
from headshot_web.imaging.darkroom import Darkroom
from headshot_web.imaging.sizes import standard_size
from headshot_web.jobs import Jobs
from headshot_web.ledger import Ledger
from headshot_web.library import Library
from headshot_web.model import (
    Crop,
    Deletion,
    Download,
    EngineName,
    Export,
    Face,
    Headshot,
    HeadshotId,
    Health,
    Job,
    JobId,
    JobState,
    OrderId,
    Photo,
    PhotoId,
    Request,
    Size,
    Storage,
    StyleId,
    Wishes,
)
from headshot_web.previews import Memory
from headshot_web.settings import Settings, Theme

T = TypeVar("T")

PREVIEW_PX: Final = 480
"""The longer side of a look shown on the person's own photo."""
THUMBNAIL_PX: Final = 512
_PREVIEW_BYTES: Final = 64 * 1024 * 1024
_PHOTOS_OF_FACES: Final = 64
_PHOTOS_AT_HAND: Final = 4
"""Whose bytes all orders and previews share, so that a thousand orders weigh no more than one."""
_MEGABYTE: Final = 1_000_000
_WARM_AFTER_S: Final = 2.5
_NO_WISHES: Final = Wishes()


async def open_studio(
    settings: Settings,
    *,
    darkroom: Darkroom | None = None,
    engines: Mapping[EngineName, Engine] | None = None,
) -> Studio:
    """Open the studio on the app folder: from here on, all that is written is private to this user.

    Raises `AlreadyRunning`, `IndexDamaged`, `IndexTooNew` or `FolderError`.
    """
    if os.name == "posix":
        os.umask(0o077)
    library = await asyncio.to_thread(Library.open, settings.folders)
    room = darkroom or Darkroom(workers=settings.workers, scratch=settings.folders.scratch)
    studio = Studio(settings, library, room, engines or {EngineName.ON_DEVICE: OnDevice(room)})
    try:
        await studio.jobs.start()
        # Once the first page is there: a process that starts beside us makes us start more slowly.
        asyncio.get_running_loop().call_later(_WARM_AFTER_S, room.start)
    except BaseException:
        await studio.close()
        raise
    return studio


class Studio:
    """Everything a person can do with photos and headshots; made by `open_studio`."""

    def __init__(
        self,
        settings: Settings,
        library: Library,
        darkroom: Darkroom,
        engines: Mapping[EngineName, Engine],
    ) -> None:
        self.settings = settings
        self.library = library
        self.darkroom = darkroom
        self.ledger = Ledger(library.index)
        self.jobs = Jobs(library, engines, at_once=settings.workers, thumbnail=self._thumbnail)
        self._previews: Memory[bytes] = Memory(_PREVIEW_BYTES, len)
        self._faces: Memory[tuple[Face, ...]] = Memory(_PHOTOS_OF_FACES)
        self._pictures: Memory[bytes] = Memory(_PHOTOS_AT_HAND)
        self._ordering = asyncio.Lock()

    async def close(self) -> None:
        """End what is under way, settle it, and let others open the folder."""
        for memory in (self._previews, self._faces, self._pictures):
            memory.clear()
        try:
            await self.jobs.close()
        finally:
            await asyncio.to_thread(self.darkroom.close)
            await asyncio.to_thread(self.library.close)

    # Photos

    async def take_in(self, stream: AsyncIterator[bytes]) -> Photo:
        """Take a photo in; raises a `Refusal` or `DiskFull`, and then nothing of it was kept."""
        limit = self.settings.max_upload_mb * _MEGABYTE
        developed = await intake.develop(self.darkroom, stream, limit_bytes=limit)
        return await firmly(self.library.keep_photo, developed)

    async def photo(self, photo_id: PhotoId) -> Photo:
        """Return a photo; raises `NotFound`."""
        return await asyncio.to_thread(self.library.photo, photo_id)

    async def photos(self) -> tuple[Photo, ...]:
        """Return every photo, newest first."""
        return await asyncio.to_thread(self.library.photos)

    async def photo_picture(self, photo_id: PhotoId) -> bytes:
        """Return a photo as JPEG."""
        return await asyncio.to_thread(self.library.photo_picture, photo_id)

    async def photo_thumbnail(self, photo_id: PhotoId) -> bytes:
        """Return a photo small, as JPEG."""
        return await asyncio.to_thread(self.library.photo_thumbnail, photo_id)

    async def faces(self, photo_id: PhotoId) -> tuple[Face, ...]:
        """Find the faces of a photo, from left to right; they are held in memory only."""

        async def find() -> tuple[Face, ...]:
            return await self.darkroom.faces(await self._picture(photo_id))

        await self.photo(photo_id)
        return await self._from(self._faces, photo_id, (), find)

    async def choose_face(self, photo_id: PhotoId, number: int | None) -> Photo:
        """Say which face is the person, counted from the left from 0; looks are then drawn anew."""
        if number is not None and number not in range(len(await self.faces(photo_id))):
            raise NotFound
        photo = await firmly(self.library.set_subject, photo_id, number)
        self._previews.drop(photo_id)
        return photo

    # Looks and orders

    async def preview(self, photo_id: PhotoId, style_id: StyleId, wishes: Wishes = _NO_WISHES) -> bytes:
        """Return a look on the person's own photo, small, as JPEG; raises `NoSuchStyle`, `BadWish`."""
        recipe = styles.apply(styles.style(style_id), wishes)
        photo = await self.photo(photo_id)

        async def render() -> bytes:
            picture = await self._picture(photo_id)
            size = _within(standard_size(recipe.crop), PREVIEW_PX)
            return await self.darkroom.preview(picture, recipe=recipe, size=size, subject=photo.subject)

        return await self._from(self._previews, photo_id, (photo.subject, recipe), render)

    async def order(
        self,
        photo_id: PhotoId,
        style_ids: Sequence[StyleId],
        *,
        engine: EngineName = EngineName.ON_DEVICE,
        wishes: Wishes = _NO_WISHES,
        order_id: OrderId,
    ) -> tuple[Job, ...]:
        """Order a headshot in each look; the same order placed again only returns its jobs."""
        async with self._ordering:
            placed = await self.jobs.of_order(order_id)
            if placed:
                return placed
            if not style_ids:
                raise NoSuchStyle
            photo = await self.photo(photo_id)
            picture = await self._picture(photo_id)
            requests = [
                (style_id, wishes, _request(picture, style_id, wishes, photo.subject))
                for style_id in dict.fromkeys(style_ids)
            ]
            return await self.jobs.order(photo, requests, engine=engine, order_id=order_id)

    async def order_jobs(self, order_id: OrderId) -> tuple[Job, ...]:
        """Return an order's jobs as they were ordered; raises `NotFound`."""
        jobs = await self.jobs.of_order(order_id)
        if not jobs:
            raise NotFound
        return jobs

    async def job(self, job_id: JobId) -> Job:
        """Return one job; raises `NotFound`."""
        return await self.jobs.job(job_id)

    def partial(self, job_id: JobId) -> bytes | None:
        """Return the latest unfinished picture of a job that is being made, if there is one."""
        return self.jobs.partial(job_id)

    async def cancel(self, job_id: JobId) -> Job:
        """Cancel a headshot that is being made."""
        return await self.jobs.cancel(job_id)

    async def retry_failed(self, order_id: OrderId) -> tuple[Job, ...]:
        """Make those of an order that failed or were cancelled once more, and return all its jobs."""
        async with self._ordering:
            again = []
            for job in await self.order_jobs(order_id):
                if job.state.is_final and job.state is not JobState.DONE:
                    picture = await self._picture(job.photo_id)
                    again.append((job, _request(picture, job.style_id, job.wishes, job.subject)))
            await self.jobs.retry(again)
        return await self.order_jobs(order_id)

    def subscribe(self, listener: Callable[[Job], None]) -> Callable[[], None]:
        """Tell a listener of every job's change from now on; call what is returned to stop that."""
        return self.jobs.subscribe(listener)

    # Headshots

    async def headshot(self, headshot_id: HeadshotId) -> Headshot:
        """Return a headshot; raises `NotFound`."""
        return await asyncio.to_thread(self.library.headshot, headshot_id)

    async def headshots(
        self,
        offset: int = 0,
        limit: int = 60,
        style_id: StyleId | None = None,
        *,
        favourites: bool = False,
        photo_id: PhotoId | None = None,
    ) -> tuple[Headshot, ...]:
        """Return a page of the gallery, newest first."""
        return await asyncio.to_thread(
            self.library.headshots, offset, limit, style_id, favourites=favourites, photo_id=photo_id
        )

    async def count(
        self, style_id: StyleId | None = None, *, favourites: bool = False, photo_id: PhotoId | None = None
    ) -> int:
        """Return how many headshots there are."""
        return await asyncio.to_thread(self.library.count, style_id, favourites=favourites, photo_id=photo_id)

    async def set_favourite(self, headshot_id: HeadshotId, on: bool) -> Headshot:  # noqa: FBT001 - a switch
        """Mark or unmark a favourite."""
        return await firmly(self.library.set_favourite, headshot_id, on)

    async def headshot_picture(self, headshot_id: HeadshotId) -> bytes:
        """Return the master, exactly as it was made."""
        return await asyncio.to_thread(self.library.headshot_picture, headshot_id)

    async def headshot_thumbnail(self, headshot_id: HeadshotId) -> bytes:
        """Return a headshot small, as JPEG."""
        return await asyncio.to_thread(self.library.headshot_thumbnail, headshot_id)

    async def before(self, headshot_id: HeadshotId) -> bytes:
        """Return the photo itself in exactly the headshot's framing, as JPEG."""
        headshot = await self.headshot(headshot_id)

        async def frame() -> bytes:
            picture = await self._picture(headshot.photo_id)
            return await self.darkroom.before(
                picture, crop=_shape(headshot.size), size=headshot.size, subject=headshot.subject
            )

        return await self._from(self._previews, headshot.photo_id, ("before", headshot_id), frame)

    async def download(self, headshot_id: HeadshotId, export: Export) -> Download:
        """Return a headshot as a file with a readable name."""
        headshot = await self.headshot(headshot_id)
        master = await self.headshot_picture(headshot_id)
        unchanged = export == Export()
        data = master if unchanged else await self.darkroom.export(master, export)
        return downloads.single(headshot, export, data)

    async def pack(self, headshot_ids: Sequence[HeadshotId], export: Export) -> downloads.Parcel:
        """Return several headshots as one ZIP, to be closed by who takes it; raises `NotFound`."""
        with downloads.Pack(self.settings.folders.scratch) as pack:
            for headshot_id in dict.fromkeys(headshot_ids):
                file = await self.download(headshot_id, export)
                await firmly(pack.add, file)
            return await firmly(pack.finish)

    # Deleting

    async def forget_headshot(self, headshot_id: HeadshotId) -> None:
        """Delete a headshot without a trace; raises `NotFound`."""
        await self.forget_headshots([headshot_id])

    async def forget_headshots(self, headshot_ids: Sequence[HeadshotId]) -> None:
        """Delete several headshots without a trace; raises `NotFound` before any is deleted."""
        unique = list(dict.fromkeys(headshot_ids))
        photo_ids = {(await self.headshot(headshot_id)).photo_id for headshot_id in unique}
        await firmly(self.library.delete_headshots, unique)
        for photo_id in photo_ids:
            self._previews.drop(photo_id)

    async def forget_photo(self, photo_id: PhotoId) -> None:
        """Delete a photo and all that came of it; what is being made of it is cancelled first."""

        async def forget() -> None:
            async with self._ordering:
                await self.jobs.cancel_photo(photo_id)
                await firmly(self.library.delete_photo, photo_id)
                self._forget_in_memory(photo_id)

        await to_its_end(forget())

    async def forget_everything(self) -> None:
        """Delete every photo and headshot without a trace; the settings stay."""

        async def forget() -> None:
            async with self._ordering:
                await self.jobs.cancel_everything()
                self._forget_in_memory()
                await firmly(self.library.delete_everything)
                self._forget_in_memory()

        await to_its_end(forget())

    async def deletions(self) -> tuple[Deletion, ...]:
        """Return the ledger's latest deletions, newest first."""
        return await asyncio.to_thread(self.ledger.deletions)

    async def choose_theme(self, theme: Theme) -> None:
        """Keep how the pages look, in the app folder's settings."""
        self.settings = self.settings.model_copy(update={"theme": theme})
        await firmly(settings_file.keep_theme, self.settings.folders, theme)

    async def storage(self) -> Storage:
        """Return how much is kept on this computer."""
        return await asyncio.to_thread(self.library.storage)

    async def check(self) -> Health:
        """Look through everything that is kept and say what was found."""
        return await asyncio.to_thread(self.library.check)

    def _forget_in_memory(self, photo_id: PhotoId | None = None) -> None:
        for memory in (self._previews, self._faces, self._pictures):
            if photo_id is None:
                memory.clear()
            else:
                memory.drop(photo_id)
        self.darkroom.forget()

    async def _from(
        self, memory: Memory[T], photo_id: PhotoId, what: tuple[object, ...], make: Callable[[], Awaitable[T]]
    ) -> T:
        """Return what is in memory or made now; `NotFound` when the photo was deleted meanwhile."""
        try:
            return await memory.get(photo_id, what, make)
        except asyncio.CancelledError:
            asking = asyncio.current_task()
            if asking is not None and asking.cancelling():
                raise
            raise NotFound from None

    async def _picture(self, photo_id: PhotoId) -> bytes:
        return await self._from(self._pictures, photo_id, (), lambda: self.photo_picture(photo_id))

    async def _thumbnail(self, picture: bytes) -> bytes:
        return await self.darkroom.export(picture, Export(longest_px=THUMBNAIL_PX))


def _request(picture: bytes, style_id: StyleId, wishes: Wishes, subject: int | None) -> Request:
    recipe = styles.apply(styles.style(style_id), wishes)
    return Request(picture=picture, recipe=recipe, size=standard_size(recipe.crop), subject=subject)


def _within(size: Size, longest_px: int) -> Size:
    scale = longest_px / max(size.width_px, size.height_px)
    return Size(width_px=round(size.width_px * scale), height_px=round(size.height_px * scale))


def _shape(size: Size) -> Crop:
    """Return the shape a headshot has; its look may have another one by now."""
    aspect = size.width_px / size.height_px
    return min(Crop, key=lambda crop: abs(crop.aspect - aspect))
