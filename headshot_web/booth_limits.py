"""What the booth may spend, how long its guests wait, and whether it can deliver at all."""

from __future__ import annotations

import asyncio
import shutil
from collections import deque
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from statistics import median
from typing import Final

from headshot_web.errors import HeadshotError
from headshot_web.event import BoothEngine, Event
from headshot_web.model import EngineName
from headshot_web.signals import Closed
from headshot_web.studio import Studio
from headshot_web.till import EventBudget

LEAST_FREE_BYTES: Final = 500_000_000
UNREACHABLE_AFTER: Final = 2
"""So many headshots in a row that the provider did not bring close a booth that has no other engine."""
_WAITS: Final = 12
_AT_FIRST_S: Final = {EngineName.ON_DEVICE: 6.0, EngineName.OPENAI: 40.0}


class Waits:
    """How long headshots took lately, as a guess for the next one."""

    def __init__(self) -> None:
        self._took = {name: deque[float](maxlen=_WAITS) for name in EngineName}

    def took(self, engine: EngineName, seconds: float) -> None:
        """Learn from one that is finished."""
        self._took[engine].append(seconds)

    def usually_s(self, engine: EngineName) -> float:
        """Return how long one takes, as a rule."""
        took = self._took[engine]
        return median(took) if took else _AT_FIRST_S[engine]


class Purse:
    """The event's limits of paid headshots: per hour, in all, and by its budget."""

    def __init__(self, studio: Studio, clock: Callable[[], datetime]) -> None:
        self._studio = studio
        self._clock = clock

    def open_for(self, event: Event) -> None:
        """Count all that is sent from now on for this event."""
        self._studio.till.event = EventBudget(event=event.id, limit=event.budget)

    def _counts_allow(self, event: Event, under_way: int) -> bool:
        hour = self._clock() - timedelta(hours=1)
        ledger = self._studio.ledger
        return (
            ledger.sent_for(event.id, since=hour) + under_way < event.paid_per_hour
            and ledger.sent_for(event.id) + under_way < event.paid_in_all
        )

    async def allows(self, event: Event, under_way: int = 0) -> bool:
        """Whether one more may be paid for; whether the budget reaches is known with its price."""
        if event.engine is BoothEngine.ON_DEVICE:
            return False
        if not await asyncio.to_thread(self._counts_allow, event, under_way):
            return False
        budget = await asyncio.to_thread(self._studio.till.budget)
        return budget is None or budget.left > 0


class Health:
    """Looks whether the booth can deliver; what is wrong goes away by itself when it is mended."""

    def __init__(self, studio: Studio, purse: Purse, clock: Callable[[], datetime]) -> None:
        self._studio = studio
        self._purse = purse
        self._clock = clock
        self.least_free_bytes = LEAST_FREE_BYTES
        self.camera_missing: bool | None = None
        """None until the booth's screen has looked."""
        self.printer_out = False
        self.resting = False
        self.unreachable = 0
        """How often in a row the provider did not bring a headshot."""
        self.trouble: HeadshotError | None = None
        """What is wrong with the engine, for the operator."""

    async def look(self, event: Event) -> tuple[Closed, ...]:
        """Return every reason why no guest can be taken in now."""
        engine = await self._engine_missing(event)
        spent = await self._is_spent(event)
        return tuple(self._reasons(event, engine_missing=engine, spent=spent))

    def _reasons(self, event: Event, *, engine_missing: bool, spent: bool) -> Iterator[Closed]:
        if self.resting or not _is_on(event, self._clock().astimezone().date()):
            yield Closed.RESTING
        if self.camera_missing:
            yield Closed.NO_CAMERA
        if engine_missing:
            yield Closed.NO_ENGINE
        if spent:
            yield Closed.BUDGET_SPENT
        if self._is_full():
            yield Closed.DISK_FULL
        if self.printer_out and event.printing.enabled and not event.share_by_qr:
            yield Closed.PRINTER_OUT

    async def _engine_missing(self, event: Event) -> bool:
        self.trouble = None
        if event.engine is not BoothEngine.OPENAI:
            return False
        desk = self._studio.desk
        try:
            offer = await desk.offer()
            if offer.reason is not None:
                raise offer.reason
            await desk.permit(offer.host)
            if self.unreachable >= UNREACHABLE_AFTER:
                await desk.check()
                self.unreachable = 0
        except HeadshotError as error:
            self.trouble = error
            return True
        return False

    async def _is_spent(self, event: Event) -> bool:
        return event.engine is BoothEngine.OPENAI and not await self._purse.allows(event)

    def _is_full(self) -> bool:
        try:
            free = shutil.disk_usage(self._studio.settings.folders.root).free
        except OSError:
            return False
        return free < self.least_free_bytes


def _is_on(event: Event, today: date) -> bool:
    begun = event.starts_on is None or event.starts_on <= today
    return begun and (event.ends_on is None or today <= event.ends_on)
