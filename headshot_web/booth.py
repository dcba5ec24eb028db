"""The running booth: it carries out on the studio what its steps ask for, one guest after another."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from headshot_web import kiosk, logbook
from headshot_web.accounts import Money
from headshot_web.booth_book import BoothBook
from headshot_web.booth_leaving import Leaving
from headshot_web.booth_limits import Health, Purse, Waits
from headshot_web.booth_orders import GuestOrders
from headshot_web.booth_sides import Code, Counters, Paper, Phones, Receipt
from headshot_web.errors import FolderError, HeadshotError, NotFound, UploadInterrupted
from headshot_web.event import Event
from headshot_web.event_book import EventBook
from headshot_web.finishing import firmly
from headshot_web.kiosk import Booth, Step
from headshot_web.model import Headshot, HeadshotId, Session, StyleId
from headshot_web.shelves import new_id
from headshot_web.signals import (
    Act,
    Begin,
    BeginVisit,
    CancelOrder,
    Choice,
    Choose,
    CodeShown,
    EndVisit,
    ForgetPhoto,
    Leave,
    Made,
    NotTakenIn,
    PlaceOrder,
    PrintOut,
    ShowCode,
    Signal,
    TakenIn,
    Tick,
    UsePhoto,
    VisitId,
)
from headshot_web.signals import Health as HealthSignal
from headshot_web.studio import Studio

TICK_S: Final = 0.5
LOOK_S: Final = 4.0
"""How often the booth looks whether it can deliver, and what is to be deleted."""
RENEW: Final = timedelta(seconds=25)
"""So long before a code ends another one takes its place."""
PRINTING: Final = "printing"
PRINTED: Final = "printed"


class BoothKeeper:
    """Keeps the booth: every guest a visit of their own, and nothing of theirs once it is over."""

    def __init__(  # noqa: PLR0913 - all that surrounds it
        self,
        studio: Studio,
        events: EventBook,
        *,
        phones: Phones | None = None,
        paper: Paper | None = None,
        now: Callable[[], float] = time.monotonic,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Know the studio and the event; `now` only ever grows, `clock` is the time of day."""
        self.studio = studio
        self.events = events
        self.phones = phones
        self.paper = paper
        self.now = now
        self.state = Booth()
        self.code: Code | None = None
        self.print_state: str | None = None
        """How printing went: `PRINTING`, `PRINTED`, or the code of what went wrong."""
        self.shots: dict[HeadshotId, tuple[Headshot, Choice]] = {}
        """The headshots of the guest who is here, and what each was ordered as."""
        self.last_error: tuple[datetime, HeadshotError] | None = None
        self.waits = Waits()
        self.purse = Purse(studio, clock)
        self.health = Health(studio, self.purse, clock)
        self.orders = GuestOrders(self)
        self._clock = clock
        self._book = BoothBook(studio.library.index)
        self._leaving = Leaving(studio, self._book, clock)
        self._listeners: dict[object, Callable[[], None]] = {}
        self._looking = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._clockwork: list[asyncio.Task[None]] = []
        self._ends: list[Callable[[], None]] = []

    @property
    def event(self) -> Event:
        """The event that is in force."""
        return self.events.current

    @property
    def busy(self) -> bool:
        """Whether something that follows from a touch is still being done."""
        return bool(self._tasks)

    # Opening and closing

    async def open(self) -> None:
        """Let those go who were here when the app ended, and begin to look after guests."""
        await self._leaving.recover(self.event)
        self.purse.open_for(self.event)
        loop = asyncio.get_running_loop()

        def later(work: Callable[[Any], None]) -> Callable[[Any], None]:
            def told(news: object) -> None:
                loop.call_soon_threadsafe(work, news)

            return told

        self._ends.append(self.studio.subscribe(later(self.orders.hear)))
        self._ends.append(self.events.subscribe(later(self._renew)))
        await self.look()
        self._clockwork = [asyncio.create_task(self._keep_time()), asyncio.create_task(self._keep_house())]

    async def close(self) -> None:
        """End the visit that is on, and stop; what is due is deleted first."""
        for task in self._clockwork:
            task.cancel()
        await asyncio.gather(*self._clockwork, return_exceptions=True)
        self._leave()
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        for end in self._ends:
            end()
        self.studio.till.event = None

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Tell a listener of every change from now on; call what is returned to stop that."""
        key = object()
        self._listeners[key] = listener

        def unsubscribe() -> None:
            self._listeners.pop(key, None)

        return unsubscribe

    # What happens

    def touch(self, signal: Signal | HealthSignal) -> None:
        """Let something happen, and carry out what follows."""
        before = self.state
        self.state, acts = kiosk.advance(before, signal, self.event, self.now())
        if (self.state.visit, self.state.shown) != (before.visit, before.shown):
            self.code = self.print_state = None
        if self.state.visit != before.visit:
            self.shots = {}
        for act in acts:
            self.go(self._carry_out(act))
        if self.state != before:
            self.tell()

    def begin(self) -> None:
        """Receive a guest, with a fresh visit and a session of its own."""
        self.touch(Begin(visit=VisitId(new_id()), session=Session(new_id())))

    async def choose(self, visit: VisitId, style: StyleId) -> None:
        """Let the guest choose a look; whether it may be paid for is looked up first."""
        if visit != self.state.visit:
            return
        may_pay = False
        try:
            may_pay = await self.purse.allows(self.event, self.orders.unsent)
        except HeadshotError as error:
            self.note(error)
        self.touch(Choose(visit=visit, style=style, may_pay=may_pay))

    async def take_in(self, visit: VisitId, stream: AsyncIterator[bytes]) -> None:
        """Take in the shot that the guest chose; raises `NotFound` when no photo is expected."""
        was = self.state
        self.touch(UsePhoto(visit=visit))
        if was.taking_in or not self.state.taking_in or not self.state.session:
            raise NotFound
        session = self.state.session
        try:
            photo = await self.studio.take_in(stream, session)
        except BaseException as error:
            known = error if isinstance(error, HeadshotError) else UploadInterrupted()
            self.note(known)
            self.touch(NotTakenIn(visit=visit, trouble=type(known).code()))
            raise
        self.touch(TakenIn(visit=visit, photo=photo.id))

    def finished(self, act: PlaceOrder, headshot: Headshot) -> None:
        """Hear of a finished headshot; it is shown when its guest is still here."""
        if act.visit == self.state.visit:
            self.shots[headshot.id] = headshot, act.choice
        self.touch(Made(visit=act.visit, order_id=act.choice.order_id, headshot=headshot.id))

    def camera(self, *, missing: bool) -> None:
        """Hear from the screen whether there is a camera."""
        if missing != self.health.camera_missing:
            self.health.camera_missing = missing
            self.go(self.look())

    # What the guest's screen shows

    async def photo(self, visit: str) -> bytes:
        """Return the guest's own photo; raises `NotFound` for anybody else's."""
        self._check(visit)
        if self.state.photo is None:
            raise NotFound
        return await self.studio.photo_picture(self.state.photo)

    async def look_of(self, visit: str, style: str) -> bytes:
        """Return an offered look on the guest's own photo."""
        self._check(visit)
        if self.state.photo is None or style not in self.event.looks:
            raise NotFound
        return await self.studio.preview(self.state.photo, StyleId(style))

    async def headshot(self, visit: str, headshot: str) -> bytes:
        """Return one of the guest's own headshots."""
        self._check(visit, headshot)
        return await self.studio.headshot_picture(HeadshotId(headshot))

    async def thumbnail(self, visit: str, headshot: str) -> bytes:
        """Return one of the guest's own headshots, small."""
        self._check(visit, headshot)
        return await self.studio.headshot_thumbnail(HeadshotId(headshot))

    async def before(self, visit: str, headshot: str) -> bytes:
        """Return the guest's own photo in the framing of one of their headshots."""
        self._check(visit, headshot)
        return await self.studio.before(HeadshotId(headshot))

    def partial(self, visit: str) -> bytes:
        """Return the unfinished picture of what is being made for the guest."""
        self._check(visit)
        job = self.orders.job(self.state.choice)
        picture = self.studio.partial(job.id) if job else None
        if picture is None:
            raise NotFound
        return picture

    def _check(self, visit: str, headshot: str | None = None) -> None:
        """Raise `NotFound` for whatever is not of the guest who is here."""
        if self.state.visit is None or visit != self.state.visit:
            raise NotFound
        if headshot is not None and headshot not in self.state.made:
            raise NotFound

    # Carrying out

    async def _carry_out(self, act: Act) -> None:
        match act:
            case BeginVisit():
                await firmly(self._book.begin, act.session, self.event.id, self._clock())
                await self.count(guests=1)
            case PlaceOrder():
                await self.orders.place(act)
            case CancelOrder():
                await self.orders.cancel(act.order_id)
            case ShowCode():
                await self._show_code(act)
            case PrintOut():
                await self._print(act)
            case ForgetPhoto():
                await self.studio.forget_photo(act.photo)
            case EndVisit():
                if act.order_id and not act.shared:
                    await self.orders.cancel(act.order_id)
                await self._leaving.leave(act, self.event)

    async def _show_code(self, act: ShowCode) -> None:
        """Show a code, once a phone can really fetch something with it."""
        if self.phones is None:
            return
        only = self.state.shown if self.state.step is Step.TAKE else None
        await firmly(self._book.share, act.session)  # first: a crash must not cut the grace short
        code = await self.phones.invite(act.session, only)
        if code is None or act.visit != self.state.visit:
            return
        if not self.state.shared:
            await self.count(shared=1)
        self.code = code
        self.touch(CodeShown(visit=act.visit))
        self.tell()

    async def _print(self, act: PrintOut) -> None:
        if self.paper is None or self.print_state == PRINTING:
            return
        self.print_state = PRINTING
        self.tell()
        outcome = PRINTED
        try:
            await self.paper.print(await self.studio.headshot_picture(act.headshot), act.copies)
            await self.count(printed=act.copies)
        except HeadshotError as error:
            self.note(error)
            outcome = type(error).code()
        if act.visit == self.state.visit:
            self.print_state = outcome
            self.tell()

    # The operator

    async def look(self) -> None:
        """Look whether the booth can deliver."""
        async with self._looking:  # what was seen last counts
            if self.paper is not None:
                self.health.printer_out = await self.paper.trouble() is not None
            closed = await self.health.look(self.event)
            if self.health.trouble is not None:
                self.note(self.health.trouble)
            self.touch(HealthSignal(closed=closed))

    async def tidy(self) -> None:
        """Look whether the booth can deliver, and let go what is due; by itself, every few seconds."""
        for work in (self.look, self._leaving.settle):
            try:
                await work()
            except HeadshotError as error:  # once more in a moment
                self.note(error)

    async def end_event(self, *, delete: bool) -> Receipt:
        """End the visit that is on; delete what is left of the event's guests, or make it the owner's."""
        self._leave()
        return await self._leaving.end_event(self.event, delete=delete)

    async def test_shot(self, stream: AsyncIterator[bytes], style: StyleId) -> bytes:
        """Try the way of a photo without a guest: return one look on it, and leave nothing."""
        session = Session(new_id())
        await firmly(self._book.begin, session, self.event.id, self._clock())
        try:
            photo = await self.studio.take_in(stream, session)
            return await self.studio.preview(photo.id, style)
        finally:
            await self._leaving.forget(session)

    async def counters(self) -> Counters:
        """Return the event in numbers."""
        event, ledger = self.event.id, self.studio.ledger
        currency = await asyncio.to_thread(ledger.currency)
        spent = await asyncio.to_thread(lambda: ledger.spent(currency, event=event))
        return Counters(
            hours=await asyncio.to_thread(self._book.hours, event),
            cost=Money(amount=spent, currency=currency),
            under_way=self.orders.under_way,
        )

    # What goes on by itself

    def _leave(self) -> None:
        if self.state.visit:
            self.touch(Leave(visit=self.state.visit))

    def _renew(self, event: Event) -> None:
        """Go on with what the operator changed."""
        self.purse.open_for(event)
        self.go(self.look())
        self.tell()

    async def _keep_time(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            if self.state.visit:
                self.touch(Tick(visit=self.state.visit))
            if self.code and self.state.visit and self.state.session and self._is_old(self.code):
                self.code = None
                self.go(self._show_code(ShowCode(visit=self.state.visit, session=self.state.session)))

    def _is_old(self, code: Code) -> bool:
        return self._clock() > code.ends_at - RENEW

    async def _keep_house(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            await self.tidy()

    async def count(self, **more: float) -> None:
        """Add to the numbers of the hour."""
        with suppress(FolderError):  # a full disk must not cost a guest the headshot
            await firmly(self._book.count, self.event.id, self._clock(), **more)

    def note(self, error: HeadshotError) -> None:
        """Keep what went wrong last, for the operator."""
        self.last_error = self._clock(), error

    def tell(self) -> None:
        """Let the screen look again."""
        for listener in list(self._listeners.values()):
            listener()

    def go(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something meanwhile; what goes wrong with it is no trouble of the next guest's."""
        task = asyncio.create_task(self._safely(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _safely(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except NotFound:
            pass  # it is gone already, as it should be
        except HeadshotError as error:
            self.note(error)
        except Exception as error:  # noqa: BLE001 - it is noted
            logbook.note(logbook.Event.LISTENER_FAILED, error)
