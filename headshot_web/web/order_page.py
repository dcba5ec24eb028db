"""The work: the photo stays in view while each headshot goes through its named steps."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from nicegui import ui
from nicegui.events import GenericEventArguments

from headshot_web import errors, styles, words
from headshot_web.errors import HeadshotError, NotFound
from headshot_web.model import Job, JobId, JobState, OrderId
from headshot_web.paths import static_dir
from headshot_web.studio import Studio
from headshot_web.web.frame import frame, go, link, missing, page, tag

PAUSE_S = 0.7
"""Long enough to see that the work is done before the headshot opens."""


class Order(ui.element, component=static_dir() / "components" / "order.js"):
    """The cards of an order, each with its steps."""

    def __init__(self, photo_id: str) -> None:
        super().__init__()
        self.props.update(
            {
                "words": words.ORDER,
                "jobs": [],
                "retry": "",
                "photo": photo_id,
                "steps": [[step.value, text] for step, text in words.STEPS.items()],
            }
        )

    def show(self, jobs: Sequence[Job]) -> None:
        """Show where each job is now."""
        self.props["jobs"] = [_card(job) for job in jobs]
        lacking = sum(job.state is not JobState.DONE for job in jobs)
        finished = all(job.state.is_final for job in jobs)
        again = words.count(lacking, words.ORDER_RETRY_ONE, words.ORDER_RETRY_MANY)
        self.props["retry"] = again if lacking and finished else ""
        self.update()


class OrderView:
    """One visitor's view of one order."""

    def __init__(self, studio: Studio, jobs: Sequence[Job], place: ui.element) -> None:
        self.studio = studio
        self.place = place
        self.jobs = {job.id: job for job in jobs}
        self.order_id = jobs[0].order_id
        self.heading = tag("h1", "", "small", aria_live="polite")
        self.lead = tag("p", "", "soft")
        self.order = Order(jobs[0].photo_id)
        with tag("div", classes="actions after") as self.onward:
            self.gallery = link(words.TO_GALLERY, "/gallery")
            self.together = link("", "", download=True)
            link(words.ORDER_MORE, f"/photo/{jobs[0].photo_id}/looks")
        self.order.on("cancel", self.cancel)
        self.order.on("retry", self.retry, args=[])
        self.show()

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen by itself."""
        return all(job.state.is_final for job in self.jobs.values())

    def show(self) -> None:
        """Say what is true now."""
        jobs = tuple(self.jobs.values())
        done = sum(job.state is JobState.DONE for job in jobs)
        if self.finished:
            self.heading.text = words.ready(done, len(jobs))
            self.lead.text = words.ORDER_DONE_LEAD if done else words.ORDER_FAILED_LEAD
        else:
            self.heading.text = words.making(sum(not job.state.is_final for job in jobs))
            self.lead.text = words.ORDER_LEAD
        self.onward.set_visibility(self.finished)
        self._lead_on()
        self.order.show(jobs)

    def _lead_on(self) -> None:
        """Offer what comes next, and give the finished headshots the room the photo had."""
        made = [shot for job in self.jobs.values() for shot in job.headshot_ids]
        several = len(made) > 1
        self.gallery.classes(**{"add" if made else "remove": "accent"})
        self.together.text = words.ORDER_ZIP.format(n=len(made))
        self.together.props["href"] = f"/download/headshots.zip?{urlencode({'ids': ','.join(made)})}"
        self.together.set_visibility(several)
        self.place.classes(**{"add" if self.finished and several else "remove": "finished"})

    def hear(self, job: Job) -> None:
        """Follow a job of this order; a single one that is done opens its headshot."""
        if job.id not in self.jobs:
            return
        watched = not self.finished
        self.jobs[job.id] = _later(self.jobs[job.id], job)
        self.show()
        if watched and len(self.jobs) == 1 and job.state is JobState.DONE and job.headshot_ids:
            address = f"/headshot/{job.headshot_ids[0]}"
            with self.order:
                ui.timer(PAUSE_S, lambda: go(address, instead=True), once=True)

    async def cancel(self, event: GenericEventArguments) -> None:
        """Stop one headshot; nothing of it is kept."""
        job_id = JobId(str(event.args))
        if job_id in self.jobs:
            await self.studio.cancel(job_id)

    async def retry(self) -> None:
        """Make again what failed."""
        with suppress(NotFound):  # deleted in another window
            await self.studio.retry_failed(self.order_id)
        await self.catch_up()

    async def catch_up(self) -> None:
        """Show what happened while nobody listened."""
        with suppress(NotFound):
            jobs = await self.studio.order_jobs(self.order_id)
            self.jobs = {job.id: _later(self.jobs.get(job.id, job), job) for job in jobs}
            self.show()


def register(studio: Studio) -> None:
    """Register the page of an order."""

    @page("/order/{order_id}", words.ORDER_TITLE)
    async def order_page(order_id: str) -> None:
        try:
            jobs = await studio.order_jobs(OrderId(order_id))
            if not jobs:
                raise NotFound
            photo = await studio.photo(jobs[0].photo_id)
        except HeadshotError as error:
            missing(studio, error)
            return
        with frame(studio, "/"), tag("div", classes="two") as place:
            ratio = photo.size.width_px / photo.size.height_px
            with tag("div", classes="faces stay", style=f"--ratio: {ratio:.4f}"):
                tag(
                    "img",
                    src=f"/media/photo/{photo.id}",
                    width=photo.size.width_px,
                    height=photo.size.height_px,
                    alt=words.PHOTO_ALT,
                )
            with tag("div", classes="panel"):
                view = OrderView(studio, jobs, place)
        loop = asyncio.get_running_loop()

        def hear(job: Job) -> None:
            loop.call_soon_threadsafe(view.hear, job)

        ui.context.client.on_delete(studio.subscribe(hear))
        await view.catch_up()


def _later(one: Job, other: Job) -> Job:
    """Return the newer of two words about the same job: they may overtake each other."""
    return one if one.changed_at > other.changed_at else other


def _card(job: Job) -> dict[str, Any]:
    """Say all that the card of one job shows."""
    title, advice = _ending(job)
    wishes = {"color": job.wishes.backdrop_color, "crop": job.wishes.crop}
    query = urlencode({key: value for key, value in wishes.items() if value})
    return {
        "id": job.id,
        "style": job.style_id,
        "name": styles.name(job.style_id),
        "state": job.state.value,
        "step": job.step.value,
        "working": not job.state.is_final,
        "headshot": job.headshot_ids[0] if job.headshot_ids else "",
        "title": title,
        "advice": advice,
        "query": f"?{query}" if query else "",
    }


def _ending(job: Job) -> tuple[str, str]:
    """Say how a job that made nothing ended, and what to do."""
    if job.state is JobState.CANCELLED:
        return words.ORDER_CANCELLED, words.ORDER_CANCELLED_ADVICE
    if job.state is JobState.UNKNOWN:
        return words.ORDER_UNKNOWN, words.ORDER_UNKNOWN_ADVICE
    if job.state is not JobState.FAILED:
        return "", ""
    error = errors.by_code(job.error)
    return error.title, error.advice
