"""The studio: what a person can do. It is the one object that the pages talk to."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Final, Unpack

from headshot_web import counter, downloads, intake, styles
from headshot_web.accounts import Dispatch, Estimate
from headshot_web.belongings import Belongings
from headshot_web.books import Books
from headshot_web.consent import Consents
from headshot_web.counter import Counter, How, Outgoing
from headshot_web.devices import Devices
from headshot_web.engines import Engine
from headshot_web.engines.on_device import OnDevice
from headshot_web.engines.openai_images import OpenAIImages
from headshot_web.engines.price_list import PriceList
from headshot_web.errors import HeadshotError, NotFound
from headshot_web.finishing import firmly
from headshot_web.guests import Guests
from headshot_web.imaging.darkroom import Darkroom
from headshot_web.inventory import Health, Storage
from headshot_web.jobs import Jobs
from headshot_web.keys import Keys
from headshot_web.ledger import Ledger
from headshot_web.library import Library, Which
from headshot_web.lightbox import Lightbox
from headshot_web.model import (
    OWNER,
    Crop,
    Download,
    EngineName,
    Export,
    Face,
    Headshot,
    HeadshotId,
    Job,
    JobId,
    OrderId,
    Photo,
    PhotoId,
    Session,
    StyleId,
    Wishes,
)
from headshot_web.orders import to_make_again
from headshot_web.pairing import Pairing
from headshot_web.provider import ProviderDesk
from headshot_web.settings import Settings, Theme
from headshot_web.takeaway import Takeaway
from headshot_web.till import Till
from headshot_web.wastebasket import Also, Binned, Token, Wastebasket

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
        if library.lost_settings:
            studio.desk.start_anew()
        await studio.desk.offer()  # the keyring is asked once, before anybody waits for a page
        await studio.jobs.start()
        studio.wastebasket.start()
        await studio.guests.start()
        # Once the first page is there: a process that starts beside us makes us start more slowly.
        asyncio.get_running_loop().call_later(_WARM_AFTER_S, studio.warm)
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
            settings,
            keys,
            Consents(library.index),
            check=lambda: self._openai.check(),  # noqa: PLW0108 - it is made below
            prices=lambda: self.prices,
        )
        self._openai = OpenAIImages(
            darkroom, endpoint=self.desk.endpoint, key=self.desk.key, prices=lambda: self.prices
        )
        if engines is None:
            here = OnDevice(darkroom, at_once=settings.workers)
            engines = {here.name: here, self._openai.name: self._openai}
        self.desk.engines = tuple(engines)
        self.ledger = Ledger(library.index)
        self.till = Till(self.ledger, lambda: self.settings)
        self.jobs = Jobs(
            library, engines, thumbnail=darkroom.thumbnail, permit=self._permit, event=self.till.event_id
        )
        self._lightbox = Lightbox(library, darkroom)
        self._counter = Counter(library, self._lightbox, engines)
        self.books = Books(self.ledger, self.till)
        self._ordering = asyncio.Lock()
        self.wastebasket = Wastebasket(library, self.jobs, self._lightbox, self.desk, self._ordering)
        self.belongings = Belongings(library.index)
        self.devices = Devices(library.index)
        self.pairing = Pairing()
        self.guests = Guests(library, self.devices, self.desk, self.wastebasket)
        self.lets_phones_in = False
        """Whether the way in for phones is open, as whoever watches over it says."""

    async def close(self) -> None:
        """End what is under way, settle it, and let others open the folder."""
        self._lightbox.forget()
        try:
            await self.guests.close()
            await self.jobs.close()
            await self.wastebasket.close()
        finally:
            await self._openai.close()
            await asyncio.to_thread(self.darkroom.close)
            await asyncio.to_thread(self.library.close)

    def warm(self) -> None:
        """Bring in by and by what the first photo, or the first one drawn elsewhere, would wait for."""
        self.darkroom.start()
        if self.desk.is_set_up:
            self._openai.warm()

    @property
    def settings(self) -> Settings:
        """The settings that are in force now."""
        return self.desk.current

    # Photos

    async def take_in(self, stream: AsyncIterator[bytes], session: Session = OWNER) -> Photo:
        """Take a photo of a visit in; raises a `Refusal` or `DiskFull`, and then nothing of it was kept."""
        limit = self.settings.max_upload_mb * _MEGABYTE
        developed = await intake.develop(self.darkroom, stream, limit_bytes=limit)
        return await firmly(self.library.keep_photo, developed, session)

    async def photo(self, photo_id: PhotoId) -> Photo:
        """Return a photo; raises `NotFound`."""
        return await asyncio.to_thread(self.library.photo, photo_id)

    async def photos(self, session: Session | None = None) -> tuple[Photo, ...]:
        """Return every photo, or those of a visit, newest first."""
        return await asyncio.to_thread(self.library.photos, session)

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
                whose = await asyncio.to_thread(self.belongings.photo, photo_id)
                await self.permit(whose, self.desk.endpoint().host)
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
        """Make what failed of an order, or else what was cancelled, once more, and return all its jobs."""
        async with self._ordering:
            await self._retry(to_make_again(await self.order_jobs(order_id)))
        return await self.order_jobs(order_id)

    async def retry(self, job_id: JobId) -> tuple[Job, ...]:
        """Make one headshot once more, even one that may have been charged; return its order's jobs."""
        async with self._ordering:
            job = await self.job(job_id)
            await self._retry([job], alone=True)
        return await self.order_jobs(job.order_id)

    async def unkept(self, job_id: JobId) -> Download | None:
        """Return a paid headshot that could not be kept here, for the person's own folder."""
        found = await self.jobs.unkept(job_id)
        if found is None:
            return None
        return await downloads.unkept(await self.job(job_id), *found)

    def subscribe(self, listener: Callable[[Job], None]) -> Callable[[], None]:
        """Tell a listener of every job's change from now on; call what is returned to stop that."""
        return self.jobs.subscribe(listener)

    # Headshots

    async def headshot(self, headshot_id: HeadshotId) -> Headshot:
        """Return a headshot; raises `NotFound`."""
        return await asyncio.to_thread(self.library.headshot, headshot_id)

    async def headshots(
        self, offset: int = 0, limit: int = 60, **which: Unpack[Which]
    ) -> tuple[Headshot, ...]:
        """Return a page of a gallery, newest first."""
        return await asyncio.to_thread(self.library.headshots, offset, limit, **which)

    async def count(self, **which: Unpack[Which]) -> int:
        """Return how many headshots there are."""
        return await asyncio.to_thread(self.library.count, **which)

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
        """Return the photo itself in the headshot's framing, as JPEG; `PictureGone` when it went."""
        headshot = await self.headshot(headshot_id)
        await self.photo(headshot.photo_id)
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

    async def export_everything(self) -> Takeaway:
        """Return all photos and headshots, and how each was made, as one ZIP."""
        return Takeaway(self.library, self.ledger)

    # Deleting

    async def forget_headshots(self, headshot_ids: Sequence[HeadshotId]) -> None:
        """Delete several headshots without a trace; raises `NotFound` before any is deleted."""
        await self.wastebasket.forget_headshots(headshot_ids)

    async def forget_photo(self, photo_id: PhotoId) -> None:
        """Delete a photo and all that came of it; what is being made of it is cancelled first."""
        await self.wastebasket.forget_photo(photo_id)

    async def forget_everything(self, **also: Unpack[Also]) -> None:
        """Delete every photo and headshot without a trace; the settings stay, unless they are chosen too."""
        await self.guests.leave_all()
        await self.wastebasket.forget_everything(**also)
        self.devices.forget_all()
        if also.get("settings"):
            self.prices = PriceList.at_hand(self.settings.folders.prices)

    async def end_visit(self, session: Session) -> None:
        """End a guest's visit: its pictures go, or become the owner's where the guest was told so."""
        await self.guests.end(session)

    async def bin_headshot(self, headshot_id: HeadshotId) -> Binned:
        """Delete a headshot, so that it can be put back for some seconds; raises `NotFound`."""
        return await self.wastebasket.bin_headshot(headshot_id)

    async def bin_photo(self, photo_id: PhotoId) -> Binned:
        """Delete a photo and all that came of it, so that it can be put back for some seconds."""
        return await self.wastebasket.bin_photo(photo_id)

    async def undo(self, token: Token) -> None:
        """Put back what was deleted a moment ago; raises `NotFound` when it is gone for good."""
        await self.wastebasket.undo(token)

    async def choose_theme(self, theme: Theme) -> None:
        """Keep how the pages look, in the app folder's settings."""
        await self.desk.choose(theme=theme)

    async def storage(self) -> Storage:
        """Return how much is kept on this computer."""
        return await asyncio.to_thread(self.library.storage)

    async def check(self) -> Health:
        """Look through everything that is kept and say what was found."""
        return await asyncio.to_thread(self.library.check)

    async def permit(self, session: Session, host: str) -> None:
        """Raise why nothing of a visit may be sent to a host; who is photographed has to say yes."""
        if session == OWNER:
            await self.desk.permit(host)
        else:
            await self.guests.permit(session, host)

    async def _retry(self, jobs: Sequence[Job], *, alone: bool = False) -> None:
        wanted = [(job, await self._counter.take_again(job)) for job in jobs]
        asked = [wish for job, wish in wanted if not await self.jobs.is_answered(job)]
        await asyncio.to_thread(self.till.check, counter.total(asked))
        await self.jobs.retry(wanted, alone=alone)

    async def _permit(self, job: Job, dispatch: Dispatch) -> None:
        """Let a dispatch go, or raise why not; the jobs ask right before anything leaves."""
        await self.permit(await asyncio.to_thread(self.belongings.photo, job.photo_id), dispatch.host)
        await asyncio.to_thread(self.till.check_sending, dispatch)
