"""Guests: what they may have made, what each said yes to, and how a visit ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from headshot_web import logbook
from headshot_web.access import Right
from headshot_web.consent import VERSIONS, ConsentKind
from headshot_web.errors import (
    ConsentNeeded,
    GuestLimit,
    GuestsFull,
    HeadshotError,
    NotForGuests,
    NotFound,
    PolicyChanged,
)
from headshot_web.finishing import firmly, to_its_end
from headshot_web.model import OWNER, Role, Session
from headshot_web.settings import GuestEngine

if TYPE_CHECKING:
    from headshot_web.devices import Device, Devices
    from headshot_web.library import Library
    from headshot_web.model import DeviceId
    from headshot_web.provider import ProviderDesk
    from headshot_web.wastebasket import Wastebasket

LONGEST_WAIT_S: Final = 60.0
"""How long at most passes before the end of a visit is looked for; a clock may be set anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """How many headshots can still be drawn elsewhere for a guest."""

    mine: int
    """How many of the guest's own are left."""
    everybodys: int
    """How many are left for all guests of today."""
    of: int
    """How many a guest has from the beginning."""

    @property
    def left(self) -> int:
        """How many the guest can really order."""
        return max(0, min(self.mine, self.everybodys))


def agreement(kind: ConsentKind, host: str = "") -> str:
    """Return what is written on a device when somebody says yes on it: which words, and for which host."""
    return f"{VERSIONS[kind]} {host}".strip()


class Guests:
    """Looks after everybody who is not the owner."""

    def __init__(
        self, library: Library, devices: Devices, desk: ProviderDesk, wastebasket: Wastebasket
    ) -> None:
        self._book = library.visits
        self._devices = devices
        self._desk = desk
        self._wastebasket = wastebasket
        self.ordering = asyncio.Lock()
        """Held while a guest's order is counted and placed, so that two at once don't both fit."""
        self._before_us: set[Session] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._changed = asyncio.Event()
        self._unsubscribe: Callable[[], None] | None = None

    # What they may have made

    async def allowance(self, session: Session) -> Allowance | None:
        """Return what a guest can still have drawn elsewhere; None where the owner allows none of it."""
        chosen = self._desk.current
        if chosen.guest_engine is not GuestEngine.PROVIDER:
            return None
        mine, everybodys = await asyncio.to_thread(
            lambda: (self._book.drawn(session), self._book.drawn_today())
        )
        return Allowance(
            mine=max(0, chosen.guest_paid - mine),
            everybodys=max(0, chosen.guests_paid - everybodys),
            of=chosen.guest_paid,
        )

    async def check(self, session: Session, count: int) -> None:
        """Raise `NotForGuests`, `GuestLimit` or `GuestsFull` when so many more are not to be drawn."""
        allowance = await self.allowance(session)
        if allowance is None:
            raise NotForGuests
        if count > allowance.mine:
            raise GuestLimit
        if count > allowance.everybodys:
            raise GuestsFull

    async def permit(self, session: Session, host: str) -> None:
        """Raise why nothing of a guest's may be sent: the guest's own yes counts, not the owner's."""
        if session in self._before_us:
            await self._desk.permit(host)
            return
        if self._desk.current.guest_engine is not GuestEngine.PROVIDER:
            raise NotForGuests
        here = [one for one in self._devices.all() if one.session == session and one.only is None]
        if not any(one.agreed_policy == agreement(ConsentKind.POLICY) for one in here):
            raise PolicyChanged
        if not any(one.agreed_sending == agreement(ConsentKind.SENDING, host) for one in here):
            raise ConsentNeeded

    def agreed_before_us(self, session: Session) -> None:
        """Remember, until the visit ends, that a guest said yes to the booth's terms on its own screen."""
        self._before_us.add(session)

    @property
    def shared(self) -> tuple[Right, ...]:
        """What the owner lets guests see beside their own things."""
        return (Right.COSTS,) if self._desk.current.guest_costs else ()

    # How a visit ends

    async def start(self) -> None:
        """End the visits that are over since the last time, and from now on each at its time."""
        await firmly(self._book.settle)
        alive = {one.session for one in self._devices.all()}
        await self._settle_devices()
        for session in await firmly(self._book.unsettled):
            if session not in alive and not await firmly(self._book.is_the_booths, session):
                await self._try(self.end(session))
        self._unsubscribe = self._devices.subscribe(self._hear)
        self._go(self._watch(asyncio.get_running_loop()))

    async def close(self) -> None:
        """Stop looking; who is here may come back after the next start, until their time is over."""
        if self._unsubscribe is not None:
            self._unsubscribe()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def end(self, session: Session) -> None:
        """End a visit: its phones are let go, and its pictures go, or become the owner's if so promised."""
        if session == OWNER:
            return

        self._before_us.discard(session)

        async def end() -> None:
            await firmly(self._book.close, session)
            for device in self._devices.all():
                if device.session == session and device.role is Role.GUEST:
                    await firmly(self._devices.end, device.id)
            if await firmly(self._book.is_kept, session):
                await self._wastebasket.settle_session(session)
                await firmly(self._book.hand_over, session)
            else:
                await self._wastebasket.forget_session(session)

        await to_its_end(end())

    async def leave(self, device_id: DeviceId, *, is_done: bool = False) -> None:
        """Let one phone go; a guest's visit ends with it. Raises `NotFound`.

        One that began at the booth stays until the booth ends it, but for a guest who says they are done.
        """
        device = self._devices.device(device_id)
        await firmly(self._devices.end, device_id)
        await self._finish(device, is_done=is_done)

    async def leave_all(self) -> None:
        """Let every phone go, and end every visit of theirs; the booth on this computer stays."""
        self._devices.open_until = None
        for device in self._devices.all():
            with suppress(NotFound):
                if device.role is not Role.BOOTH:
                    await self.leave(device.id)

    async def _finish(self, device: Device, *, is_done: bool = False) -> None:
        """Do what is to be done once a phone is gone; after a crash it is done again."""
        is_whole = device.role is Role.GUEST and device.only is None
        if is_whole and (is_done or not await firmly(self._book.is_the_booths, device.session)):
            await self.end(device.session)
        await firmly(self._devices.drop, device.id)

    async def _settle_devices(self) -> None:
        for device in self._devices.over():
            await firmly(self._devices.end, device.id)
            await self._try(self._finish(device))

    async def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        while True:
            self._changed.clear()
            await self._settle_devices()
            ends = [one.ends_at for one in self._devices.all()]
            seconds = min(((end - datetime.now(UTC)).total_seconds() for end in ends), default=LONGEST_WAIT_S)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), min(max(seconds, 0.05), LONGEST_WAIT_S))

    def _hear(self, _device: Device) -> None:
        """Look again: somebody came, went, or may stay longer. It may be told in any thread."""
        with suppress(RuntimeError, AttributeError):
            self._loop.call_soon_threadsafe(self._changed.set)

    async def _try(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something that is done at the next start when it fails now."""
        try:
            await work
        except HeadshotError as error:
            logbook.note(logbook.Event.DELETION_FAILED, error)

    def _go(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
