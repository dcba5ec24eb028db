"""What is being made for the booth's guests, also for those who left and collect it by phone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from headshot_web.errors import HeadshotError, JobError, by_code
from headshot_web.model import EngineName, Job, JobState, OrderId
from headshot_web.signals import Choice, NotMade, PlaceOrder, Signal

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from headshot_web.booth_limits import Health, Waits
    from headshot_web.event import Event
    from headshot_web.model import Headshot
    from headshot_web.studio import Studio


class Desk(Protocol):
    """Who keeps the booth, as far as orders need it."""

    studio: Studio
    waits: Waits
    health: Health

    @property
    def event(self) -> Event:
        """The event that is in force."""

    def touch(self, signal: Signal) -> None:
        """Let something happen."""

    def finished(self, act: PlaceOrder, headshot: Headshot) -> None:
        """Hear of a finished headshot."""

    def now(self) -> float:
        """Return the time in seconds; it only ever grows."""

    def tell(self) -> None:
        """Let the screen look again."""

    def go(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something meanwhile."""

    def note(self, error: HeadshotError) -> None:
        """Keep what went wrong last, for the operator."""

    async def count(self, **more: float) -> None:
        """Add to the numbers of the hour."""


@dataclass(slots=True)
class _Order:
    """A headshot under way: its guest may be gone already."""

    act: PlaceOrder
    since: float
    engine: EngineName
    job: Job | None = None
    partial: bytes | None = None
    partials: int = 0
    """How many unfinished pictures came, so that the screen asks for each once."""


class GuestOrders:
    """Several may be under way at once; the news of each goes to its own visit."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._orders: dict[OrderId, _Order] = {}

    @property
    def under_way(self) -> int:
        """How many headshots are being made."""
        return len(self._orders)

    @property
    def unsent(self) -> int:
        """How many are still to be sent to the provider, so that no ledger knows of them yet."""
        return sum(
            order.engine is EngineName.OPENAI and (order.job is None or order.job.state is JobState.QUEUED)
            for order in self._orders.values()
        )

    def job(self, choice: Choice | None) -> Job | None:
        """Return what is being made of a choice."""
        order = self._orders.get(choice.order_id) if choice else None
        return order.job if order else None

    def left_s(self, choice: Choice | None) -> float | None:
        """Return roughly how long it still takes; negative when it takes longer than usual."""
        order = self._orders.get(choice.order_id) if choice else None
        if order is None:
            return None
        return self._desk.waits.usually_s(order.engine) - (self._desk.now() - order.since)

    def partials(self, choice: Choice | None) -> int:
        """Return how many unfinished pictures came of a choice."""
        order = self._orders.get(choice.order_id) if choice else None
        return order.partials if order else 0

    async def place(self, act: PlaceOrder) -> None:
        """Order one headshot; what goes wrong is said to its guest."""
        engine = EngineName.OPENAI if act.choice.elsewhere else EngineName.ON_DEVICE
        self._orders[act.choice.order_id] = _Order(act=act, since=self._desk.now(), engine=engine)
        self._desk.studio.guests.agreed_before_us(act.session)  # nobody comes so far without the yes
        try:
            jobs = await self._desk.studio.order(
                act.photo,
                [act.choice.style],
                order_id=act.choice.order_id,
                engine=engine,
                quality=self._desk.event.quality,
            )
        except BaseException as error:
            self._orders.pop(act.choice.order_id, None)
            kind = type(error) if isinstance(error, HeadshotError) else JobError
            await self._failed(act, kind, unpaid=True)
            if not isinstance(error, HeadshotError):
                raise
            return
        self.hear(jobs[0])

    async def cancel(self, order_id: OrderId) -> None:
        """Stop what is being made."""
        for job in await self._desk.studio.jobs.of_order(order_id):
            await self._desk.studio.cancel(job.id)

    def hear(self, job: Job) -> None:
        """Follow a job; those of others are passed over."""
        order = self._orders.get(job.order_id)
        if order is None or (order.job is not None and order.job.changed_at > job.changed_at):
            return
        order.job = job
        if not job.state.is_final:
            partial = self._desk.studio.partial(job.id)
            if partial is not None and partial is not order.partial:
                order.partial, order.partials = partial, order.partials + 1
            self._desk.tell()
            return
        del self._orders[job.order_id]
        self._desk.go(self._settle(order, job))

    async def _settle(self, order: _Order, job: Job) -> None:
        """Take note of what became of a headshot, for its guest alone."""
        paid = order.engine is EngineName.OPENAI
        if job.state is JobState.DONE and job.headshot_ids:
            await self._made(order, job, paid=paid)
            return
        error = by_code(job.error) if job.error else JobError
        unpaid = not (paid and (error.may_be_charged or job.state is JobState.UNKNOWN))
        if job.state is JobState.CANCELLED:
            visit = order.act.visit
            self._desk.touch(NotMade(visit=visit, order_id=job.order_id, trouble=None, unpaid=unpaid))
            return
        await self._failed(order.act, error, unpaid=unpaid)

    async def _made(self, order: _Order, job: Job, *, paid: bool) -> None:
        seconds = self._desk.now() - order.since
        self._desk.waits.took(order.engine, seconds)
        if paid:
            self._desk.health.unreachable = 0
        headshot = await self._desk.studio.headshot(job.headshot_ids[0])
        self._desk.finished(order.act, headshot)
        await self._desk.count(headshots=1, paid=int(paid), waited_s=seconds)

    async def _failed(self, act: PlaceOrder, error: type[HeadshotError], *, unpaid: bool) -> None:
        elsewhere = act.choice.elsewhere
        if elsewhere:
            self._desk.health.unreachable += 1
        self._desk.note(error())
        self._desk.touch(
            NotMade(
                visit=act.visit,
                order_id=act.choice.order_id,
                trouble=error.code(),
                unpaid=unpaid,
                here_helps=elsewhere and (error.retouch_helps or not unpaid),
            )
        )
        await self._desk.count(failures=1)
