"""The studio as one visitor sees it: their own things and nobody else's.

Pages and routes ask this, never the studio, for whatever is a person's. What belongs to somebody else is
`NotFound`, exactly as what does not exist.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Unpack

from headshot_web.access import Right, can_see
from headshot_web.errors import NotFound
from headshot_web.model import EngineName, Export, FileKind, Wishes
from headshot_web.orders import to_make_again
from headshot_web.standing import Standing

if TYPE_CHECKING:
    from headshot_web.accounts import Estimate, Money
    from headshot_web.counter import How, Outgoing
    from headshot_web.downloads import Parcel
    from headshot_web.library import Which
    from headshot_web.model import (
        Crop,
        Download,
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
    )
    from headshot_web.takeaway import Takeaway
    from headshot_web.till import Budget
    from headshot_web.wastebasket import Also, Binned, Token

_NO_WISHES: Final = Wishes()


class Visit(Standing):
    """Everything one visitor can do with their photos and headshots."""

    # Photos

    async def take_in(self, stream: AsyncIterator[bytes]) -> Photo:
        """Take a photo in; raises a `Refusal` or `DiskFull`, and `NotFound` when the visit is over."""
        self._whole()
        return await self._studio.take_in(stream, self.session)

    async def photo(self, photo_id: PhotoId) -> Photo:
        """Return a photo; raises `NotFound`."""
        await self._own_photo(photo_id)
        return await self._studio.photo(photo_id)

    async def photos(self) -> tuple[Photo, ...]:
        """Return every photo of theirs, newest first."""
        return () if self.visitor.only else await self._studio.photos(self.session)

    async def photo_picture(self, photo_id: PhotoId) -> bytes:
        """Return a photo as JPEG."""
        await self._own_photo(photo_id)
        return await self._studio.photo_picture(photo_id)

    async def photo_thumbnail(self, photo_id: PhotoId) -> bytes:
        """Return a photo small, as JPEG."""
        await self._own_photo(photo_id)
        return await self._studio.photo_thumbnail(photo_id)

    async def faces(self, photo_id: PhotoId) -> tuple[Face, ...]:
        """Find the faces of a photo, from left to right."""
        await self._own_photo(photo_id)
        return await self._studio.faces(photo_id)

    async def choose_face(self, photo_id: PhotoId, number: int | None) -> Photo:
        """Say which face is the person, counted from the left from 0."""
        await self._own_photo(photo_id)
        return await self._studio.choose_face(photo_id, number)

    # Looks and orders

    async def preview(self, photo_id: PhotoId, style_id: StyleId, wishes: Wishes = _NO_WISHES) -> bytes:
        """Return a look on the person's own photo, small, as JPEG."""
        await self._own_photo(photo_id)
        return await self._studio.preview(photo_id, style_id, wishes)

    async def estimate(
        self, photo_id: PhotoId, style_ids: Sequence[StyleId], **how: Unpack[How]
    ) -> Estimate | None:
        """Return what an order will cost; None where that is not known, or not this visitor's to know."""
        await self._own_photos(photo_id, *how.get("others", ()))
        if not self.may(Right.COSTS):
            return None
        return await self._studio.estimate(photo_id, style_ids, **how)

    async def outgoing(self, photo_id: PhotoId, style_id: StyleId, **how: Unpack[How]) -> Outgoing:
        """Return all that would leave this computer for one headshot; nothing is sent."""
        await self._own_photos(photo_id, *how.get("others", ()))
        return await self._studio.outgoing(photo_id, style_id, **how)

    async def working_copy(self, photo_id: PhotoId, crop: Crop) -> bytes:
        """Return exactly the picture that would be sent, as JPEG."""
        await self._own_photo(photo_id)
        return await self._studio.working_copy(photo_id, crop)

    async def budget(self, order: Estimate | None = None) -> Budget | None:
        """Return the budget of which least would be left after an order; only the owner has one."""
        return await self._studio.books.budget(order) if self.visitor.is_owner else None

    async def order(
        self, photo_id: PhotoId, style_ids: Sequence[StyleId], *, order_id: OrderId, **how: Unpack[How]
    ) -> tuple[Job, ...]:
        """Order headshots; raises `PolicyChanged`, `ConsentNeeded`, and `GuestLimit` or `GuestsFull`."""
        await self._own_photos(photo_id, *how.get("others", ()))
        try:
            await self._own_order(order_id)
        except NotFound:  # a new order, as it should be; one of somebody else's is found out below
            pass
        else:
            return await self._studio.order_jobs(order_id)
        if self.visitor.is_owner or how.get("engine") is not EngineName.OPENAI:
            return _of(photo_id, await self._studio.order(photo_id, style_ids, order_id=order_id, **how))
        count = len(dict.fromkeys(style_ids)) * max(1, how.get("count", 1))
        async with self._studio.guests.ordering:
            await self.check_sending(count)
            return _of(photo_id, await self._studio.order(photo_id, style_ids, order_id=order_id, **how))

    async def order_jobs(self, order_id: OrderId) -> tuple[Job, ...]:
        """Return an order's jobs as they were ordered; raises `NotFound`."""
        await self._own_order(order_id)
        return await self._studio.order_jobs(order_id)

    async def job(self, job_id: JobId) -> Job:
        """Return one job; raises `NotFound`."""
        await self._own_job(job_id)
        return await self._studio.job(job_id)

    def partial(self, job_id: JobId) -> bytes | None:
        """Return the latest unfinished picture of a job that is being made, if there is one."""
        picture = self._studio.partial(job_id)
        if picture is None:  # most of the time: nobody need look up whose it would be
            return None
        try:
            self._allow(self._studio.belongings.job(job_id))
        except NotFound:
            return None
        return picture

    async def cancel(self, job_id: JobId) -> Job:
        """Cancel a headshot that is being made."""
        await self._own_job(job_id)
        return await self._studio.cancel(job_id)

    async def retry_failed(self, order_id: OrderId) -> tuple[Job, ...]:
        """Make what failed of an order, or else what was cancelled, once more, and return all its jobs."""
        jobs = await self.order_jobs(order_id)
        async with self._studio.guests.ordering:
            await self._check_again(to_make_again(jobs))
            return await self._studio.retry_failed(order_id)

    async def retry(self, job_id: JobId) -> tuple[Job, ...]:
        """Make one headshot once more, even one that may have been charged; return its order's jobs."""
        job = await self.job(job_id)
        async with self._studio.guests.ordering:
            await self._check_again([job])
            return await self._studio.retry(job_id)

    async def unkept(self, job_id: JobId) -> Download | None:
        """Return a paid headshot that could not be kept here, for the person's own folder."""
        await self._own_job(job_id)
        return await self._studio.unkept(job_id)

    def subscribe(self, listener: Callable[[Job], None]) -> Callable[[], None]:
        """Tell a listener of every change of their own jobs; call what is returned to stop that."""
        own: dict[PhotoId, bool] = {}

        def hear(job: Job) -> None:
            if job.photo_id not in own:
                try:
                    own[job.photo_id] = can_see(self.visitor, self._studio.belongings.photo(job.photo_id))
                except NotFound:
                    return
            if own[job.photo_id]:
                listener(job)

        return self._studio.subscribe(hear)

    # Headshots

    async def headshot(self, headshot_id: HeadshotId) -> Headshot:
        """Return a headshot; raises `NotFound`."""
        await self._seen(headshot_id)
        return await self._studio.headshot(headshot_id)

    async def headshots(
        self, offset: int = 0, limit: int = 60, **which: Unpack[Which]
    ) -> tuple[Headshot, ...]:
        """Return a page of their gallery, newest first."""
        if self.visitor.only:
            return ()
        which["session"] = self.session
        return await self._studio.headshots(offset, limit, **which)

    async def count(self, **which: Unpack[Which]) -> int:
        """Return how many headshots of theirs there are."""
        if self.visitor.only:
            return 0
        which["session"] = self.session
        return await self._studio.count(**which)

    async def set_favourite(self, headshot_id: HeadshotId, on: bool) -> Headshot:  # noqa: FBT001 - a switch
        """Mark or unmark a favourite."""
        await self._own_headshot(headshot_id)
        return await self._studio.set_favourite(headshot_id, on)

    async def headshot_picture(self, headshot_id: HeadshotId) -> bytes:
        """Return the master, exactly as it was made."""
        await self._seen(headshot_id)
        return await self._studio.headshot_picture(headshot_id)

    async def headshot_thumbnail(self, headshot_id: HeadshotId) -> bytes:
        """Return a headshot small, as JPEG."""
        await self._seen(headshot_id)
        return await self._studio.headshot_thumbnail(headshot_id)

    async def headshot_original(self, headshot_id: HeadshotId) -> bytes:
        """Return the provider's own file, byte for byte; raises `NotFound` for one made here."""
        await self._seen(headshot_id)
        return await self._studio.headshot_original(headshot_id)

    async def before(self, headshot_id: HeadshotId) -> bytes:
        """Return the photo itself in the headshot's framing, as JPEG; `PictureGone` when it went."""
        await self._own_headshot(headshot_id)
        return await self._studio.before(headshot_id)

    async def sample(self, headshot_id: HeadshotId, export: Export) -> bytes:
        """Show how a file would look, as JPEG; nothing is taken along yet."""
        master = await self.headshot_picture(headshot_id)
        return await self._studio.darkroom.export(master, replace(export, kind=FileKind.JPEG))

    async def download(self, headshot_id: HeadshotId, export: Export) -> Download:
        """Return a headshot as a file with a readable name."""
        await self._seen(headshot_id)
        return await self._studio.download(headshot_id, export)

    async def pack(self, headshot_ids: Sequence[HeadshotId], export: Export) -> Parcel:
        """Return several headshots as one ZIP; raises `NotFound` when one of them is not theirs."""
        for headshot_id in dict.fromkeys(headshot_ids):
            await self._seen(headshot_id)
        return await self._studio.pack(headshot_ids, export)

    async def drawn_at(self, headshot: Headshot) -> str:
        """Return the host where a headshot was drawn; nothing when it was made here, or is not known."""
        if headshot.engine is EngineName.ON_DEVICE:
            return ""
        await self._seen(headshot.id)
        sent = await asyncio.to_thread(self._studio.ledger.of_job, headshot.job_id)
        return sent[0].dispatch.host if sent else ""

    async def cost_of_headshot(self, headshot: Headshot) -> Money | None:
        """Return what a headshot cost; None where that is nothing, not known, or not theirs to know."""
        await self._seen(headshot.id)
        return await self._studio.books.cost_of_headshot(headshot) if self.may(Right.COSTS) else None

    async def cost_of_photo(self, photo_id: PhotoId) -> Money | None:
        """Return what all that was made of a photo cost, likewise."""
        await self._own_photo(photo_id)
        return await self._studio.books.cost_of_photo(photo_id) if self.may(Right.COSTS) else None

    async def export_everything(self) -> Takeaway:
        """Return all of the owner's photos and headshots as one ZIP."""
        self.require(Right.EXPORT_ALL)
        return await self._studio.export_everything()

    # Deleting

    async def forget_headshots(self, headshot_ids: Sequence[HeadshotId]) -> None:
        """Delete several headshots without a trace; raises `NotFound` before any is deleted."""
        for headshot_id in headshot_ids:
            await self._own_headshot(headshot_id)
        await self._studio.forget_headshots(headshot_ids)

    async def forget_photo(self, photo_id: PhotoId) -> None:
        """Delete a photo and all that came of it."""
        await self._own_photo(photo_id)
        await self._studio.forget_photo(photo_id)

    async def forget_everything(self, **also: Unpack[Also]) -> None:
        """Delete every photo and headshot, guests' too."""
        self.require(Right.DELETE_ALL)
        await self._studio.forget_everything(**also)

    async def bin_headshot(self, headshot_id: HeadshotId) -> Binned:
        """Delete a headshot, so that it can be put back for some seconds; raises `NotFound`."""
        await self._own_headshot(headshot_id)
        return await self._studio.bin_headshot(headshot_id)

    async def bin_photo(self, photo_id: PhotoId) -> Binned:
        """Delete a photo and all that came of it, so that it can be put back for some seconds."""
        await self._own_photo(photo_id)
        return await self._studio.bin_photo(photo_id)

    def binned(self) -> tuple[Binned, ...]:
        """Return what of theirs can still be put back, the latest last."""
        return () if self.visitor.only else self._studio.wastebasket.binned(self.session)

    async def undo(self, token: Token) -> None:
        """Put back what was deleted a moment ago; raises `NotFound` when it is gone, or somebody else's."""
        if token not in {one.token for one in self.binned()}:
            raise NotFound
        await self._studio.undo(token)

    # The end

    async def end(self) -> None:
        """Say “Done”: the phone is let go, and a guest's pictures go or stay as the guest was told."""
        await self._studio.guests.leave(self._device().id, is_done=True)

    # The rule

    def _whole(self) -> None:
        if self.visitor.only is not None:
            raise NotFound

    async def _own_photo(self, photo_id: PhotoId) -> None:
        self._allow(await asyncio.to_thread(self._studio.belongings.photo, photo_id))

    async def _own_photos(self, *photo_ids: PhotoId) -> None:
        for photo_id in photo_ids:
            await self._own_photo(photo_id)

    async def _own_headshot(self, headshot_id: HeadshotId) -> None:
        self._allow(await asyncio.to_thread(self._studio.belongings.headshot, headshot_id))

    async def _seen(self, headshot_id: HeadshotId) -> None:
        whose = await asyncio.to_thread(self._studio.belongings.headshot, headshot_id)
        self._allow(whose, headshot_id)

    async def _own_job(self, job_id: JobId) -> None:
        self._allow(await asyncio.to_thread(self._studio.belongings.job, job_id))

    async def _own_order(self, order_id: OrderId) -> None:
        self._allow(await asyncio.to_thread(self._studio.belongings.order, order_id))

    def _allow(self, session: Session, headshot_id: HeadshotId | None = None) -> None:
        if not can_see(self.visitor, session, headshot_id):
            raise NotFound

    async def _check_again(self, jobs: Sequence[Job]) -> None:
        """Count what is made again; what was never sent, or was refused, did not count before."""
        sent = [job for job in jobs if job.engine is EngineName.OPENAI and not job.headshot_ids]
        if sent and not self.visitor.is_owner:
            await self.check_sending(len(sent))


def _of(photo_id: PhotoId, jobs: tuple[Job, ...]) -> tuple[Job, ...]:
    """Return an order's jobs when they are of this photo; an id that somebody else used is not here."""
    if any(job.photo_id != photo_id for job in jobs):
        raise NotFound
    return jobs
