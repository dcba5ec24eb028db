"""The wastebasket: deleting at once, with some seconds to think again, or by itself as it was set."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NewType, TypedDict, Unpack

from headshot_web import logbook
from headshot_web.errors import BadSetting, DiskFull, HeadshotError, KeyNotForgotten, NotFound
from headshot_web.finishing import firmly, to_its_end
from headshot_web.kiosk_browser import wipe_all
from headshot_web.model import DeletionKind, HeadshotId, Job, PhotoId, Session
from headshot_web.shelves import new_id

if TYPE_CHECKING:
    from headshot_web.jobs import Jobs
    from headshot_web.library import Library
    from headshot_web.lightbox import Lightbox
    from headshot_web.provider import ProviderDesk
    from headshot_web.shredder import Old

Token = NewType("Token", str)

UNDO_S: Final = 10.0
"""How long a single thing that was deleted can be put back."""
SWEEP_S: Final = 3600.0
"""How often what is old enough is looked for."""
MOST_DAYS: Final = 3650


@dataclass(frozen=True, slots=True, kw_only=True)
class Binned:
    """One thing that was deleted a moment ago, and can be put back for some seconds."""

    token: Token
    until: datetime
    kind: DeletionKind
    session: Session


class Also(TypedDict, total=False):
    """What goes along when everything is deleted, each only when it is chosen."""

    settings: bool
    """All that was set, and an own list of prices."""
    keys: bool
    """Every key that is kept here."""
    consents: bool
    """What was said yes to."""
    ledger: bool
    """What left this computer, and so also what was spent; and what was deleted before."""


class Wastebasket:
    """Deletes for the studio, and never leaves it waiting."""

    def __init__(
        self,
        library: Library,
        jobs: Jobs,
        lightbox: Lightbox,
        desk: ProviderDesk,
        ordering: asyncio.Lock,
    ) -> None:
        """Know all that may hold something of what goes; nothing is ordered while `ordering` is held."""
        self._library = library
        self._shredder = library.shredder
        self._jobs = jobs
        self._lightbox = lightbox
        self._desk = desk
        self._ordering = ordering
        self.undo_s = UNDO_S
        self._binned: dict[Token, tuple[Binned, int]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._finished = asyncio.Event()
        self._unsubscribe: Callable[[], None] | None = None

    def start(self) -> None:
        """Begin to look for what is old enough: now, every hour, and whenever a headshot is finished."""
        self._unsubscribe = self._jobs.subscribe(self._hear)
        self._go(self._sweep_hourly())

    async def close(self) -> None:
        """Carry out what could still have been undone."""
        if self._unsubscribe is not None:
            self._unsubscribe()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._binned.clear()
        await self._try(self._shredder.empty)

    # At once

    async def forget_headshots(self, headshot_ids: Sequence[HeadshotId]) -> None:
        """Delete several headshots without a trace; raises `NotFound` before any is deleted."""
        unique = list(dict.fromkeys(headshot_ids))
        photo_ids = {(await self._headshot(headshot_id))[0] for headshot_id in unique}
        await firmly(self._library.delete_headshots, unique)
        for photo_id in photo_ids:
            self._lightbox.drop_looks(photo_id)

    async def forget_photo(self, photo_id: PhotoId) -> None:
        """Delete a photo and all that came of it; what is being made of it is cancelled first."""

        async def forget() -> None:
            async with self._ordering:
                await self._jobs.cancel_photo(photo_id)
                await firmly(self._library.delete_photo, photo_id)
                self._lightbox.forget(photo_id)

        await to_its_end(forget())

    async def forget_session(self, session: Session) -> None:
        """Delete all that belongs to a visit; what is being made for it is cancelled first."""

        async def forget() -> None:
            async with self._ordering:
                photo_ids = await firmly(self._shredder.photos_of, session)
                for photo_id in photo_ids:
                    await self._jobs.cancel_photo(photo_id)
                await firmly(self._library.delete_session, session)
                for photo_id in photo_ids:  # others may be looking at theirs meanwhile
                    self._lightbox.forget(photo_id)

        await to_its_end(forget())

    async def settle_session(self, session: Session) -> None:
        """Carry out what was deleted within a visit, so that nobody puts it back any more."""
        for token, (binned, number) in list(self._binned.items()):
            if binned.session == session and self._binned.pop(token, None) is not None:
                await self._try(self._shredder.empty, number)

    async def forget_everything(self, **also: Unpack[Also]) -> None:
        """Delete every photo and headshot without a trace, what lies in the bin, and the log.

        Raises `KeyNotForgotten` at the end when the system's keyring keeps a key.
        """

        async def forget() -> None:
            async with self._ordering:
                self._binned.clear()
                await self._jobs.cancel_everything()
                self._lightbox.forget()
                await firmly(wipe_all, self._library.folders)
                await firmly(self._library.delete_everything, **also)  # in one intent, which a crash outlives
                is_kept = also.get("keys", False) and not await firmly(self._forget_keys)
                if also.get("settings"):
                    await firmly(self._desk.start_anew)
                self._lightbox.forget()
            if is_kept:
                raise KeyNotForgotten

        await to_its_end(forget())

    def _forget_keys(self) -> bool:
        try:
            self._desk.keys.forget_all()
        except KeyNotForgotten:
            return False
        return True

    # With some seconds to think again

    async def bin_headshot(self, headshot_id: HeadshotId) -> Binned:
        """Delete a headshot, so that it can be put back for some seconds; raises `NotFound`."""
        photo_id, session = await self._headshot(headshot_id)

        async def put() -> Binned:
            number = await self._number(self._shredder.bin_headshot, headshot_id)
            if number is None:
                await firmly(self._library.delete_headshot, headshot_id)
            self._lightbox.drop_looks(photo_id)
            return self._wait(DeletionKind.HEADSHOT, session, number)

        return await to_its_end(put())

    async def bin_photo(self, photo_id: PhotoId) -> Binned:
        """Delete a photo and all that came of it, so that it can be put back for some seconds.

        What is being made of it is cancelled, and stays so. Raises `NotFound`.
        """
        session = await firmly(self._library.session_of, photo_id)

        async def put() -> Binned:
            async with self._ordering:
                await self._jobs.cancel_photo(photo_id)
                number = await self._number(self._shredder.bin_photo, photo_id)
                if number is None:
                    await firmly(self._library.delete_photo, photo_id)
                self._lightbox.forget(photo_id)
                return self._wait(DeletionKind.PHOTO, session, number)

        return await to_its_end(put())

    async def undo(self, token: Token) -> None:
        """Put back what was deleted a moment ago; raises `NotFound` when it is gone for good."""
        if token not in self._binned:
            raise NotFound
        _, number = self._binned.pop(token)
        await firmly(self._shredder.put_back, number)

    def binned(self, session: Session | None = None) -> tuple[Binned, ...]:
        """Return what can still be put back, of all or of a visit, the latest last."""
        return tuple(one for one, _ in self._binned.values() if session in (None, one.session))

    async def _number(self, put: Callable[[Any], int], thing: str) -> int | None:
        """Put a thing into a bin; None when there is no room for that, since deleting makes room."""
        try:
            return await firmly(put, thing)
        except DiskFull:
            return None

    def _wait(self, kind: DeletionKind, session: Session, number: int | None) -> Binned:
        """Begin the seconds; without a bin there are none."""
        seconds = 0.0 if number is None else self.undo_s
        until = datetime.now(UTC) + timedelta(seconds=seconds)
        binned = Binned(token=Token(new_id()), until=until, kind=kind, session=session)
        if number is not None:
            self._binned[binned.token] = binned, number
            self._go(self._run_out(binned.token, number))
        return binned

    async def _run_out(self, token: Token, number: int) -> None:
        await asyncio.sleep(self.undo_s)
        if self._binned.pop(token, None) is not None:
            await self._try(self._shredder.empty, number)

    # By itself

    async def choose(self, *, after_days: int | None, originals: bool) -> None:
        """Set what is deleted by itself, and do it; raises `BadSetting`, `SetElsewhere`, `FolderError`."""
        if after_days is not None and not 1 <= after_days <= MOST_DAYS:
            raise BadSetting
        await self._desk.choose(delete_after_days=after_days, delete_originals=originals)
        await self.sweep()

    async def old(self, days: int) -> Old:
        """Count the photos and headshots that are older than so many days."""
        return await firmly(self._shredder.old, datetime.now(UTC) - timedelta(days=days))

    async def sweep(self) -> None:
        """Delete what is to go by itself by now; nothing of which something is being made."""
        chosen = self._desk.current
        days = chosen.delete_after_days
        if days is None and not chosen.delete_originals:
            return
        before = None if days is None else datetime.now(UTC) - timedelta(days=days)

        async def sweep() -> None:
            async with self._ordering:
                if await firmly(self._shredder.sweep, before, originals=chosen.delete_originals):
                    self._lightbox.forget()

        await to_its_end(sweep())

    async def _sweep_hourly(self) -> None:
        while True:
            self._finished.clear()
            try:
                await self.sweep()
            except HeadshotError as error:  # once more in an hour
                logbook.note(logbook.Event.DELETION_FAILED, error)
            with suppress(TimeoutError):
                async with asyncio.timeout(SWEEP_S):  # Python 3.11's wait_for may swallow the cancelling
                    await self._finished.wait()

    def _hear(self, job: Job) -> None:
        """Once nothing is made of a photo any more, it may be to go."""
        if job.state.is_final:
            self._finished.set()

    # What all of them need

    async def _headshot(self, headshot_id: HeadshotId) -> tuple[PhotoId, Session]:
        photo_id = (await firmly(self._library.headshot, headshot_id)).photo_id
        return photo_id, await firmly(self._library.session_of, photo_id)

    async def _try(self, empty: Callable[..., None], *number: int) -> None:
        """Empty a bin; what cannot be deleted now is deleted at the next start."""
        try:
            await firmly(empty, *number)
        except HeadshotError as error:
            logbook.note(logbook.Event.DELETION_FAILED, error)

    def _go(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
