"""The work: the photo stays in view while each headshot goes through its named steps."""

import asyncio
import uuid
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from nicegui import background_tasks, ui
from nicegui.events import GenericEventArguments

from headshot_web import words
from headshot_web import words_openai as said
from headshot_web.accounts import Estimate, Money
from headshot_web.errors import ConsentNeeded, HeadshotError, NotFound, PictureGone
from headshot_web.model import EngineName, Job, JobId, JobState, OrderId, Photo, PhotoId
from headshot_web.orders import to_make_again
from headshot_web.studio import Studio
from headshot_web.visit import Visit
from headshot_web.web.amounts import say, say_range, visitor
from headshot_web.web.engine_choice import named
from headshot_web.web.frame import frame, go, link, missing, page, retitle, tag
from headshot_web.web.order_cards import Order, Together, card, numbered, retry_words, to_make_alone
from headshot_web.web.telling import told
from headshot_web.web.visiting import visit
from headshot_web.web.wanted import Wanted

PAUSE_S = 0.7
"""Long enough to see that the work is done before the headshot opens."""

JUST_NOW = timedelta(seconds=30)
"""So long after its end a single headshot still opens by itself: the page may have come later than it."""

_UNMADE = (JobState.FAILED, JobState.UNKNOWN)
"""How what was paid may have ended, and still be here."""


class OrderView:
    """One visitor's view of one order."""

    def __init__(self, here: Visit, jobs: Sequence[Job], place: ui.element, to: str) -> None:
        self.visit = here
        self.place = place
        self.to = to
        self.locale = visitor()
        self.jobs = {job.id: job for job in jobs}
        self.order_id = jobs[0].order_id
        self.partials: dict[JobId, tuple[int, bytes]] = {}
        self.costs: dict[JobId, Money] = {}
        self.unkept: set[JobId] = set()
        self.price = ""
        self.prices: dict[JobId, str] = {}
        self.is_free = False
        self.title = ""
        self._opens = False
        self.heading = tag("h1", "", "small", aria_live="polite")
        self.lead = tag("p", "", "soft")
        self.order = Order(jobs[0].photo_id, to=to, is_owner=here.visitor.is_owner)
        with tag("div", classes="actions after") as self.onward:
            self.gallery = link(words.TO_GALLERY, "/gallery")
            self.together = Together()
            self.more = link(words.ORDER_MORE, f"/photo/{jobs[0].photo_id}/looks")
        self.order.on("cancel", self.cancel)
        self.order.on("retry", self.retry, args=[])
        self.order.on("again", self.again)
        self.order.on("here", self.here)
        self.show()

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen by itself."""
        return all(job.state.is_final for job in self.jobs.values())

    @property
    def sent(self) -> bool:
        """Whether the pictures are drawn elsewhere, for money perhaps."""
        return any(job.engine is EngineName.OPENAI for job in self.jobs.values())

    def show(self) -> None:
        """Say what is true now."""
        jobs = tuple(self.jobs.values())
        done = sum(job.state is JobState.DONE for job in jobs)
        if self.finished:
            self.heading.text = words.ready(done, len(jobs))
            self.lead.text = words.ORDER_DONE_LEAD if done else words.ORDER_FAILED_LEAD
            self.lead.text += self._spent()
        else:
            self.heading.text = words.making(sum(not job.state.is_final for job in jobs))
            self.lead.text = words.ORDER_LEAD
        self._head_the_tab()
        self.onward.set_visibility(self.finished)
        self._lead_on()
        names = numbered(jobs)
        alone = to_make_alone(jobs) if self.finished else ()
        self.order.show([self._card(job, names[job.id], alone) for job in jobs], self._retry_words())

    def _head_the_tab(self) -> None:
        """Whoever waits in another tab sees from there how it goes."""
        title = self.heading.text.rstrip(".")
        if title != self.title:
            self.title = title
            with self.order:
                retitle(title)

    def _card(self, job: Job, name: str, alone: Sequence[Job]) -> dict[str, Any]:
        cost = self.costs.get(job.id)
        return card(
            job,
            name,
            to=self.to,
            partial=self.partials.get(job.id, (0, b""))[0],
            is_unkept=job.id in self.unkept,
            is_alone=job in alone,
            cost=say(cost, self.locale) if cost else "",
            price=" · ".join(filter(None, (self.to if self.sent else "", self.prices.get(job.id)))),
            is_owner=self.visit.visitor.is_owner,
        )

    def _look_at(self, job: Job) -> None:
        """Count the unfinished pictures that came, so that each is asked for once."""
        latest = None if job.state.is_final else self.visit.partial(job.id)
        number, before = self.partials.get(job.id, (0, b""))
        if latest is not None and latest is not before:
            self.partials[job.id] = number + 1, latest

    def _spent(self) -> str:
        if not self.costs:
            return ""
        amounts = list(self.costs.values())
        total = Money(amount=sum((one.amount for one in amounts), Decimal(0)), currency=amounts[0].currency)
        text = said.SPENT_ONE if len(amounts) == 1 else said.SPENT_MANY
        return f" {text.format(money=say(total, self.locale))}"

    def _retry_words(self) -> str:
        """Name what would be made again, by whom, and for how much."""
        again = retry_words(self.jobs.values()) if self.finished else ""
        if not (again and self.sent) or self.is_free:
            return again
        return " · ".join(filter(None, (again, self.to, self.price)))

    async def reckon(self) -> None:
        """Look up what the finished ones cost, and what making the others again would."""
        if not self.sent:
            return
        for job in self.jobs.values():
            if job.headshot_ids and job.id not in self.costs:
                with suppress(NotFound):
                    headshot = await self.visit.headshot(job.headshot_ids[0])
                    if cost := await self.visit.cost_of_headshot(headshot):
                        self.costs[job.id] = cost
            if job.state in _UNMADE and await self.visit.unkept(job.id) is not None:
                self.unkept.add(job.id)
        lacking = [
            job
            for job in to_make_again(self.jobs.values())
            if not (job.state is JobState.FAILED and job.id in self.unkept)  # that is only read again
        ]
        self.is_free = not lacking
        with suppress(HeadshotError):
            self.price = await _price(self.visit, lacking, self.locale)
            for job in to_make_alone(self.jobs.values()):
                self.prices[job.id] = await _price(self.visit, [job], self.locale)
        self.show()

    def _lead_on(self) -> None:
        """Offer what comes next, and give the finished headshots the room the photo had."""
        made = [shot for job in self.jobs.values() for shot in job.headshot_ids]
        self.gallery.classes(**{"add" if made else "remove": "accent"})
        self.together.show(made)
        self.place.classes(**{"add" if self.finished and len(made) > 1 else "remove": "finished"})

    def hear(self, job: Job) -> None:
        """Follow a job of this order; a single one that is done opens its headshot."""
        if job.id not in self.jobs:
            return
        watched = not self.finished
        self.jobs[job.id] = _later(self.jobs[job.id], job)
        self._look_at(job)
        self.show()
        if watched and self.finished and self.sent:
            with self.order:
                background_tasks.create(self.reckon())
        self._open_a_single_one()

    def _open_a_single_one(self) -> None:
        """Go on to the headshot of an order of one, once, when it was done just now."""
        job = next(iter(self.jobs.values()))
        if self._opens or len(self.jobs) > 1 or job.state is not JobState.DONE or not job.headshot_ids:
            return
        if datetime.now(UTC) - job.changed_at > JUST_NOW:
            return
        self._opens = True
        address = f"/headshot/{job.headshot_ids[0]}"
        with self.order:
            ui.timer(PAUSE_S, lambda: go(address, instead=True), once=True)

    async def cancel(self, event: GenericEventArguments) -> None:
        """Stop one headshot; nothing of it is kept."""
        if job := self._named(event):
            await self.visit.cancel(job.id)

    async def retry(self) -> None:
        """Make again what failed."""
        lacking = to_make_again(self.jobs.values())
        await self._try(self.visit.retry_failed(self.order_id), lacking)

    async def again(self, event: GenericEventArguments) -> None:
        """Make one again although it may have been charged: the person says so."""
        if job := self._named(event):
            await self._try(self.visit.retry(job.id), [job])

    async def _try(self, trying: Awaitable[object], lacking: Sequence[Job]) -> None:
        """Order once more, or say why that can't be; where a yes is needed first, it is asked for."""
        self.order.trouble(None)
        try:
            await trying
        except NotFound:  # deleted in another window
            pass
        except ConsentNeeded as error:
            if lacking:
                go(_question(lacking))
                return
            self.order.trouble(told(error, is_owner=self.visit.visitor.is_owner))
        except HeadshotError as error:
            self.order.trouble(told(error, is_owner=self.visit.visitor.is_owner))
        await self.catch_up()

    async def here(self, event: GenericEventArguments) -> None:
        """Make one on this computer instead; pressed twice, it is still one order."""
        if job := self._named(event):
            order_id = OrderId(uuid.uuid5(uuid.UUID(job.id), EngineName.ON_DEVICE).hex)
            try:
                await self.visit.order(
                    job.photo_id,
                    [job.style_id],
                    engine=EngineName.ON_DEVICE,
                    wishes=job.wishes,
                    order_id=order_id,
                )
            except HeadshotError as error:
                self.order.trouble(told(error, is_owner=self.visit.visitor.is_owner))
                return
            go(f"/order/{order_id}")

    def _named(self, event: GenericEventArguments) -> Job | None:
        return self.jobs.get(JobId(str(event.args)))

    async def catch_up(self) -> None:
        """Show what happened while nobody listened."""
        with suppress(NotFound):
            jobs = await self.visit.order_jobs(self.order_id)
            self.jobs = {job.id: _later(self.jobs.get(job.id, job), job) for job in jobs}
            for job in self.jobs.values():
                self._look_at(job)
            self.show()
            self._open_a_single_one()
            if self.finished:
                await self.reckon()


def _question(jobs: Sequence[Job]) -> str:
    """Say where what is still to be made is shown before it leaves, with the question."""
    wanted = Wanted(
        looks=tuple(dict.fromkeys(job.style_id for job in jobs)),
        wishes=jobs[0].wishes,
        quality=jobs[0].quality,
        count=1,
        others=jobs[0].others,
    )
    return wanted.sending(jobs[0].photo_id, OrderId(uuid.uuid4().hex))


async def _price(here: Visit, jobs: Sequence[Job], locale: str) -> str:
    """Say what these would cost once more; nothing where no prices are known."""
    estimates = [
        await here.estimate(
            job.photo_id,
            [job.style_id],
            engine=EngineName.OPENAI,
            wishes=job.wishes,
            quality=job.quality,
            count=1,
            others=job.others,
        )
        for job in jobs
    ]
    known = [one for one in estimates if one is not None]
    if not known or len(known) < len(estimates):
        return ""
    low, high = (sum((getattr(one, end) for one in known), Decimal(0)) for end in ("low", "high"))
    return said.ABOUT.format(
        money=say_range(Estimate(low=low, high=high, currency=known[0].currency), locale)
    )


def register(studio: Studio) -> None:
    """Register the page of an order."""

    @page("/order/{order_id}", words.ORDER_TITLE)
    async def order_page(order_id: str) -> None:
        here = visit(studio)
        try:
            jobs = await here.order_jobs(OrderId(order_id))
            if not jobs:
                raise NotFound
            photo = await _photo(here, jobs[0].photo_id)
            to = named(await here.offer())
        except HeadshotError as error:
            missing(studio, error)
            return
        with frame(studio, "/"), tag("div", classes="two") as place:
            if photo is not None:
                _show(photo)
            with tag("div", classes="panel"):
                view = OrderView(here, jobs, place, to)
                view.more.set_visibility(photo is not None)
        loop = asyncio.get_running_loop()

        def hear(job: Job) -> None:
            loop.call_soon_threadsafe(view.hear, job)

        ui.context.client.on_delete(here.subscribe(hear))
        await view.catch_up()


async def _photo(here: Visit, photo_id: PhotoId) -> Photo | None:
    """Return the photo; None when it was deleted by itself since."""
    try:
        return await here.photo(photo_id)
    except PictureGone:
        return None


def _show(photo: Photo) -> None:
    ratio = photo.size.width_px / photo.size.height_px
    with tag("div", classes="faces stay", style=f"--ratio: {ratio:.4f}"):
        tag(
            "img",
            src=f"/media/photo/{photo.id}",
            width=photo.size.width_px,
            height=photo.size.height_px,
            alt=words.PHOTO_ALT,
        )


def _later(one: Job, other: Job) -> Job:
    """Return the newer of two words about the same job: they may overtake each other."""
    return one if one.changed_at > other.changed_at else other
