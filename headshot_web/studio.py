"""The studio: what a person can do. It is the one object that the pages talk to."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Final, Unpack

from headshot_web import counter, downloads, intake, styles
from headshot_web.accounts import Dispatch, Estimate
from headshot_web.books import Books
from headshot_web.consent import Consents
from headshot_web.counter import Counter, How, Outgoing
from headshot_web.endpoint import Connection
from headshot_web.engines import Engine
from headshot_web.engines.on_device import OnDevice
from headshot_web.engines.openai_images import OpenAIImages
from headshot_web.engines.price_list import PriceList
from headshot_web.errors import HeadshotError, NotFound
from headshot_web.finishing import firmly, to_its_end
from headshot_web.imaging.darkroom import Darkroom
from headshot_web.jobs import Jobs
from headshot_web.keys import Keys
from headshot_web.ledger import Ledger
from headshot_web.library import Library
from headshot_web.lightbox import Lightbox
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
    Storage,
    StyleId,
    Wishes,
)
from headshot_web.provider import ProviderDesk
from headshot_web.settings import Settings, Theme
from headshot_web.till import Budget, Till

THUMBNAIL_PX: Final = 512
_MEGABYTE: Final = 1_000_000
_WARM_AFTER_S: Final = 2.5
_NO_WISHES: Final = Wishes()


async def open_studio(
    settings: Settings,
    *,
    keys: Keys | None = None,
    darkroom: Darkroom | None = None,
    engines: Mapping[EngineName, Engine] | None = None,
) -> Studio:
    """Open the studio on the app folder: from here on, all that is written is private to this user.

    `keys` are those that are known; `engines` are used instead of the app's own.

    Raises `AlreadyRunning`, `IndexDamaged`, `IndexTooNew` or `FolderError`.
    """
    if os.name == "posix":
        os.umask(0o077)
    library = await asyncio.to_thread(Library.open, settings.folders)
    room = darkroom or Darkroom(workers=settings.workers, scratch=settings.folders.scratch)
    studio = Studio(settings, library, room, engines, keys or Keys(settings.folders))
    try:
        await studio.desk.offer()  # the keyring is asked once, before anybody waits for a page
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
        engines: Mapping[EngineName, Engine] | None,
        keys: Keys,
    ) -> None:
        self.library = library
        self.darkroom = darkroom
        self.prices = PriceList.at_hand(settings.folders.prices)
        self.desk = ProviderDesk(
            settings, keys, Consents(library.index), check=self._check_connection, prices=lambda: self.prices
        )
        self._openai = OpenAIImages(
            darkroom, endpoint=self.desk.endpoint, key=self.desk.key, prices=lambda: self.prices
        )
        if engines is None:
            here = OnDevice(darkroom, at_once=settings.workers)
            engines = {here.name: here, self._openai.name: self._openai}
        self.ledger = Ledger(library.index)
        self.till = Till(self.ledger, lambda: self.settings)
        self.jobs = Jobs(library, engines, thumbnail=self._thumbnail, permit=self._permit)
        self._lightbox = Lightbox(library, darkroom)
        self._counter = Counter(library, self._lightbox, engines)
        self.books = Books(self.ledger, self.till)
        self._ordering = asyncio.Lock()

    async def close(self) -> None:
        """End what is under way, settle it, and let others open the folder."""
        self._lightbox.forget()
        try:
            await self.jobs.close()
        finally:
            await self._openai.close()
            await asyncio.to_thread(self.darkroom.close)
            await asyncio.to_thread(self.library.close)

    @property
    def settings(self) -> Settings:
        """The settings that are in force now."""
        return self.desk.current

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
        await self.photo(photo_id)
        return await self._lightbox.faces(photo_id)

    async def choose_face(self, photo_id: PhotoId, number: int | None) -> Photo:
        """Say which face is the person, counted from the left from 0; looks are then drawn anew."""
        if number is not None and number not in range(len(await self.faces(photo_id))):
            raise NotFound
        photo = await firmly(self.library.set_subject, photo_id, number)
        self._lightbox.drop_looks(photo_id)
        return photo

    # Looks and orders

    async def preview(self, photo_id: PhotoId, style_id: StyleId, wishes: Wishes = _NO_WISHES) -> bytes:
        """Return a look on the person's own photo, small, as JPEG; raises `NoSuchStyle`, `BadWish`."""
        recipe = styles.apply(styles.style(style_id), wishes)
        return await self._lightbox.preview(await self.photo(photo_id), recipe)

    async def estimate(
        self, photo_id: PhotoId, style_ids: Sequence[StyleId], **how: Unpack[How]
    ) -> Estimate | None:
        """Return what an order will cost; None where it costs nothing, or no prices are known."""
        return counter.total((await self._counter.take(photo_id, style_ids, **how)).wishes)

    async def outgoing(self, photo_id: PhotoId, style_id: StyleId, **how: Unpack[How]) -> Outgoing:
        """Return all that would leave this computer for one headshot; nothing is sent."""
        return await self._counter.outgoing(self._openai, photo_id, style_id, **how)

    async def working_copy(self, photo_id: PhotoId, crop: Crop) -> bytes:
        """Return exactly the picture that would be sent for a headshot of this shape, as JPEG."""
        photo = await self.photo(photo_id)
        return await self._lightbox.working_copy(photo, crop, photo.subject)

    async def budget(self, order: Estimate | None = None) -> Budget | None:
        """Return the budget of which least would be left after an order; None where there is none."""
        return await asyncio.to_thread(self.till.budget, order)

    async def order(
        self, photo_id: PhotoId, style_ids: Sequence[StyleId], *, order_id: OrderId, **how: Unpack[How]
    ) -> tuple[Job, ...]:
        """Order headshots in each look; the same order placed again only returns its jobs.

        Raises `ConsentNeeded` or `BudgetReached`, and then nothing of it was ordered.
        """
        async with self._ordering:
            placed = await self.jobs.of_order(order_id)
            if placed:
                return placed
            if how.get("engine") is EngineName.OPENAI:
                await self.desk.permit(self.desk.endpoint().host)
            order = await self._counter.take(photo_id, style_ids, **how)
            await asyncio.to_thread(self.till.check, counter.total(order.wishes))
            return await self.jobs.order(order.photo, order.wishes, engine=order.engine, order_id=order_id)

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
            jobs = await self.order_jobs(order_id)
            await self._retry([job for job in jobs if job.state in (JobState.FAILED, JobState.CANCELLED)])
        return await self.order_jobs(order_id)

    async def retry(self, job_id: JobId) -> tuple[Job, ...]:
        """Make one headshot once more, even one that may have been charged; return its order's jobs."""
        async with self._ordering:
            job = await self.job(job_id)
            await self._retry([job], alone=True)
        return await self.order_jobs(job.order_id)

    async def unkept(self, job_id: JobId) -> Download | None:
        """Return a headshot that came when the disk was full, for the person's own folder."""
        found = await self.jobs.unkept(job_id)
        if found is None:
            return None
        engine, raw = found
        job = await self.job(job_id)
        with suppress(HeadshotError):
            (first, *_) = await engine.read(raw)
            return downloads.unkept(job, first.picture)
        return downloads.unkept(job, raw, is_picture=False)

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

    async def headshot_original(self, headshot_id: HeadshotId) -> bytes:
        """Return the provider's own file, byte for byte; raises `NotFound` for one made here."""
        return await asyncio.to_thread(self.library.headshot_original, headshot_id)

    async def before(self, headshot_id: HeadshotId) -> bytes:
        """Return the photo itself in exactly the headshot's framing, as JPEG."""
        headshot = await self.headshot(headshot_id)
        return await self._lightbox.before(headshot)

    async def download(self, headshot_id: HeadshotId, export: Export) -> Download:
        """Return a headshot as a file with a readable name; it counts as taken along from then on."""
        headshot = await self.headshot(headshot_id)
        master = await self.headshot_picture(headshot_id)
        unchanged = export == Export()
        data = master if unchanged else await self.darkroom.export(master, export)
        with suppress(HeadshotError):  # a full disk is no reason not to hand it over
            await firmly(self.library.set_downloaded, headshot_id)
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
            self._lightbox.drop_looks(photo_id)

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
        return await self.books.deletions()

    async def choose_theme(self, theme: Theme) -> None:
        """Keep how the pages look, in the app folder's settings."""
        await self.desk.choose(theme=theme)

    async def storage(self) -> Storage:
        """Return how much is kept on this computer."""
        return await asyncio.to_thread(self.library.storage)

    async def check(self) -> Health:
        """Look through everything that is kept and say what was found."""
        return await asyncio.to_thread(self.library.check)

    def _forget_in_memory(self, photo_id: PhotoId | None = None) -> None:
        self._lightbox.forget(photo_id)
        self.darkroom.forget()

    async def _retry(self, jobs: Sequence[Job], *, alone: bool = False) -> None:
        wanted = [(job, await self._counter.take_again(job)) for job in jobs]
        asked = [wish for job, wish in wanted if not await self.jobs.is_answered(job)]
        await asyncio.to_thread(self.till.check, counter.total(asked))
        await self.jobs.retry(wanted, alone=alone)

    async def _permit(self, _job: Job, dispatch: Dispatch) -> None:
        """Let a dispatch go, or raise why not; the jobs ask right before anything leaves."""
        await self.desk.permit(dispatch.host)
        await asyncio.to_thread(self.till.check_sending, dispatch)

    async def _thumbnail(self, picture: bytes) -> bytes:
        return await self.darkroom.export(picture, Export(longest_px=THUMBNAIL_PX))

    async def _check_connection(self) -> Connection:
        return await self._openai.check()
