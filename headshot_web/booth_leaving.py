"""When a guest of the booth has left: their things go, now, after the grace, or at the end of the event."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from headshot_web.booth_book import BoothBook
from headshot_web.booth_sides import Receipt
from headshot_web.event import Event, Keep
from headshot_web.finishing import firmly
from headshot_web.model import Session
from headshot_web.signals import EndVisit
from headshot_web.studio import Studio

_WAITING: Final = datetime(9998, 1, 1, tzinfo=UTC)
"""Later than every grace, and before the end of an event."""


async def without_the_booth(studio: Studio) -> None:
    """Let all guests go who waited for their phone: nobody can fetch anything while there is no booth.

    What the operator keeps until the event ends stays.
    """
    book = BoothBook(studio.library.index)
    now = datetime.now(UTC)
    await firmly(book.interrupted, now, now)
    await Leaving(studio, book, lambda: _WAITING).settle()


class Leaving:
    """Deletes, or hands over, what was a guest's: what is written down for that survives a crash."""

    def __init__(self, studio: Studio, book: BoothBook, clock: Callable[[], datetime]) -> None:
        self._studio = studio
        self._book = book
        self._clock = clock
        self._settling = asyncio.Lock()

    async def recover(self, event: Event) -> None:
        """Let those go who were here when the app ended: after the grace where a phone may still come."""
        now = self._clock()
        await firmly(self._book.interrupted, now + timedelta(minutes=event.grace_min), now)
        await self.settle()

    async def leave(self, act: EndVisit, event: Event) -> None:
        """Write down when a guest's things go; what is due goes at once."""
        now = self._clock()
        forget_at: datetime | None = now + timedelta(minutes=event.grace_min) if act.shared else now
        if event.keep is Keep.UNTIL_EVENT_ENDS:
            forget_at = None
        keep = act.keep and event.keep is Keep.HANDED_OVER
        await firmly(self._book.leave, act.session, forget_at, keep=keep)
        await self.settle()

    async def settle(self) -> None:
        """Delete, or hand over, the things of every guest whose time is over."""
        async with self._settling:
            for gone in await firmly(self._book.due, self._clock()):
                await self._let_go(gone.session, keep=gone.keep)

    async def end_event(self, event: Event, *, delete: bool) -> Receipt:
        """Delete what is still here of an event's guests, or make all of it the owner's."""
        async with self._settling:
            sessions = await firmly(self._book.of_event, event.id)
            for session in sessions:
                await self._let_go(session, keep=not delete)
        return Receipt(visits=len(sessions), deleted=len(sessions) if delete else 0, at=self._clock())

    async def forget(self, session: Session) -> None:
        """Delete one visit at once."""
        async with self._settling:
            await self._let_go(session, keep=False)

    async def _let_go(self, session: Session, *, keep: bool) -> None:
        if keep:
            await self._studio.wastebasket.settle_session(session)
            await firmly(self._studio.library.visits.hand_over, session)
        await self._studio.end_visit(session)
        await firmly(self._book.done, session)
