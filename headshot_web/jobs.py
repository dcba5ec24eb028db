"""The jobs: a fair queue, and the states a headshot goes through while it is made.

`queued → sending → received → done`, or `failed`, `cancelled`, `unknown`. Every state is on the disk before
what it names begins, so that a crash leaves nothing unclear: an engine that may cost money is never asked
twice by itself, and an answer that arrived is never lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final

from headshot_web import logbook
from headshot_web.accounts import Outcome, Receipt
from headshot_web.engines import Engine
from headshot_web.errors import (
    CancelledAfterSending,
    ChargeUnknown,
    HeadshotError,
    Interrupted,
    JobError,
    NoSuchEngine,
    NotFound,
    StoppedAfterSending,
)
from headshot_web.finishing import firmly, to_its_end
from headshot_web.ledger import Ledger
from headshot_web.library import Library
from headshot_web.line import Line
from headshot_web.making import Making, Permit, Work
from headshot_web.model import EngineName, Job, JobId, JobState, OrderId, Photo, PhotoId, Step
from headshot_web.orders import Wish, again, is_free_again, new_job

Listener = Callable[[Job], None]

PATIENCE_S: Final = 20.0
"""How long closing waits for an answer that may already be paid for, unless a person lets it wait longer."""

_LOST: Final = (JobState.FAILED, JobState.CANCELLED, JobState.UNKNOWN)
"""What can be made once more; what may have been charged only by itself."""

_NOT_OUT: Final = (Step.PAUSED, Step.RECONNECTING)
"""Where a job that was sent before waits until it may be sent again."""


class Jobs:
    """Makes headshots, a few at once of each engine; pages may come and go meanwhile."""

    def __init__(
        self,
        library: Library,
        engines: Mapping[EngineName, Engine],
        *,
        thumbnail: Callable[[bytes], Awaitable[bytes]],
        permit: Permit,
        event: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._library = library
        self._ledger = Ledger(library.index)
        self._engines = engines
        self._making = Making(
            library, engines, thumbnail=thumbnail, permit=permit, tell=self._tell, event=event
        )
        self._waiting: dict[EngineName, Line[OrderId, Work]] = {name: Line() for name in engines}
        self._works: dict[JobId, Work] = {}
        self._unwritten: dict[JobId, Job] = {}
        self._unkept: dict[JobId, Work] = {}
        self._listeners: dict[object, Listener] = {}
        self._running: set[Work] = set()
        self._closed = False

    async def start(self) -> None:
        """Settle what a crash left; answers that had arrived are finished, and nothing is sent again."""
        await self._making.settle_entries()
        for job in await firmly(self._library.orders.unfinished):
            if await firmly(self._library.orders.answer, job.id) is not None:
                await self._finish_later(job)
            elif job.state is JobState.QUEUED or not self._may_cost(job):
                await self._settle(job, JobState.FAILED, Interrupted)
            else:
                await self._settle_sent(job)
        self._fill()

    async def close(self, patience_s: float = PATIENCE_S) -> None:
        """Stop everything: what may be paid for is waited for, the rest is settled as interrupted.

        Cancelled, it waits no longer, and settles what is left all the same.
        """
        self._closed = True
        for work in [work for line in self._waiting.values() for work in line.clear()]:
            self._works.pop(work.job.id, None)
            if work.job.state is JobState.QUEUED:
                await self._settle(work.job, JobState.FAILED, Interrupted)
        running = list(self._running)
        for work in running:
            work.closing = True
            if not self._is_paid_for(work):
                work.stop()
        try:
            await _ended(running, timeout_s=patience_s)
        finally:
            await to_its_end(self._settle_the_rest(running))

    @property
    def sent(self) -> int:
        """How many are with a provider just now, or came from there and are being kept."""
        return sum(map(self._is_paid_for, self._running))

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Tell a listener of every change from now on; call what is returned to stop that."""
        key = object()
        self._listeners[key] = listener

        def unsubscribe() -> None:
            self._listeners.pop(key, None)

        return unsubscribe

    async def order(
        self, photo: Photo, wishes: Sequence[Wish], *, engine: EngineName, order_id: OrderId
    ) -> tuple[Job, ...]:
        """Order one headshot for each wish; an order that was placed before is not placed again.

        Raises `NoSuchEngine`, `DiskFull`, and `NotFound` when the photo is gone or the order was deleted.
        """
        if engine not in self._engines or self._closed:
            raise NoSuchEngine
        works = [Work(new_job(photo.id, order_id, engine, wish), wish.request) for wish in wishes]
        estimates = {work.job.id: wish.estimate for work, wish in zip(works, wishes, strict=True)}

        async def place() -> None:
            if await firmly(self._library.orders.add, order_id, [work.job for work in works], estimates):
                self._begin(works)

        await to_its_end(place())
        jobs = await self.of_order(order_id)
        if not jobs:
            raise NotFound
        return jobs

    async def retry(self, wanted: Sequence[tuple[Job, Wish]], *, alone: bool = False) -> None:
        """Make failed and cancelled jobs once more, each in its old place of the order.

        One that may have been charged is made again only when it was asked for alone. A job whose answer is
        still here is only read again: nothing is asked for, or paid, twice.
        """
        again = [(job, wish) for job, wish in wanted if is_free_again(job) or (alone and job.state in _LOST)]
        await to_its_end(self._place_again(again))

    async def is_answered(self, job: Job) -> bool:
        """Whether a failed job's answer is still here, so that making it again costs nothing."""
        return job.state is JobState.FAILED and await self._answer(job.id) is not None

    async def unkept(self, job_id: JobId) -> tuple[Engine, bytes] | None:
        """Return a paid answer that could not become a headshot, for whatever reason, and who can read it."""
        job = await self.job(job_id)
        raw = await self._answer(job_id) if job.state in _LOST and self._may_cost(job) else None
        engine = self._engines.get(job.engine)
        return (engine, raw) if engine is not None and raw is not None else None

    async def cancel(self, job_id: JobId) -> Job:
        """Cancel a job at whatever step it is; what was received and may be paid for is finished instead.

        What was sent may still be charged, and then the cancelled job says so.
        """
        work = self._works.get(job_id)
        if work is not None:
            await to_its_end(self._cancel(work))
        return await self.job(job_id)

    async def cancel_photo(self, photo_id: PhotoId) -> None:
        """Cancel all that is being made of a photo, whatever it may cost, before the photo is deleted."""
        works = list(self._works.values())
        await self._stop([work for work in works if photo_id in (work.job.photo_id, *work.job.others)])
        for job in await firmly(self._library.orders.of_photo, photo_id):
            self._unkept.pop(job.id, None)
            self._unwritten.pop(job.id, None)

    async def cancel_everything(self) -> None:
        """Cancel all that is being made, before everything is deleted."""
        await self._stop(list(self._works.values()))
        self._unkept.clear()
        self._unwritten.clear()

    async def job(self, job_id: JobId) -> Job:
        """Return one job; raises `NotFound`."""
        job = await asyncio.to_thread(self._library.orders.job, job_id)
        return self._unwritten.get(job_id, job)

    async def of_order(self, order_id: OrderId) -> tuple[Job, ...]:
        """Return an order's jobs as they were ordered."""
        jobs = await asyncio.to_thread(self._library.orders.of_order, order_id)
        return tuple(self._unwritten.get(job.id, job) for job in jobs)

    def partial(self, job_id: JobId) -> bytes | None:
        """Return the latest unfinished picture of a job that is being made, if there is one."""
        work = self._works.get(job_id)
        return work.partial if work is not None else None

    # The queue

    def _begin(self, works: Sequence[Work]) -> None:
        for work in works:
            self._put(work)
            self._tell(work.job)
        self._fill()

    def _put(self, work: Work) -> None:
        self._works[work.job.id] = work
        self._waiting[work.job.engine].join(work.job.order_id, work)

    def _fill(self) -> None:
        """Start what has room."""
        for name, line in self._waiting.items():
            under_way = sum(work.job.engine is name for work in self._running)
            while under_way < self._engines[name].at_once and not self._closed and (work := line.next()):
                under_way += 1
                self._running.add(work)
                work.making = asyncio.create_task(self._making.make(work))
                work.task = asyncio.create_task(self._run(work, work.making))

    def _take_out(self, work: Work) -> bool:
        if not self._waiting[work.job.engine].leave(work.job.order_id, work):
            return False
        self._works.pop(work.job.id, None)
        return True

    # The end of a job

    async def _run(self, work: Work, making: asyncio.Task[None]) -> None:
        try:
            await making
            await self._done(work)
        except asyncio.CancelledError:
            await self._stopped(work)
        except HeadshotError as error:
            await self._settle_failed(work, error)
        except Exception as error:  # noqa: BLE001 - whatever it is, the job must be settled and the queue go on
            logbook.note(logbook.Event.JOB_STOPPED, error)
            await self._settle_failed(work, JobError())
        finally:
            self._works.pop(work.job.id, None)
            self._running.discard(work)
            self._fill()

    async def _done(self, work: Work) -> None:
        with suppress(HeadshotError):  # the headshot is kept; an answer left behind goes at the next start
            await firmly(self._library.orders.drop_answer, work.job.id)
        with suppress(HeadshotError):
            work.job = await firmly(self._library.orders.job, work.job.id)
            self._unkept.pop(work.job.id, None)
            self._tell(work.job)

    async def _stopped(self, work: Work) -> None:
        """Settle a job that was cancelled by a person, by the end of the app, or too late."""
        with suppress(HeadshotError):
            if (await firmly(self._library.orders.job, work.job.id)).state is JobState.DONE:
                await self._done(work)
                return
        was_sent = await self._account(work) and work.raw is None
        if not work.closing:
            await self._drop(work)
            await self._settle(work.job, JobState.CANCELLED, CancelledAfterSending if was_sent else None)
        elif was_sent:
            await self._settle(work.job, JobState.UNKNOWN, ChargeUnknown)
        elif work.raw is not None:
            self._unkept[work.job.id] = work
        elif work.job.state is not JobState.RECEIVED:
            await self._settle(work.job, JobState.FAILED, Interrupted)

    async def _settle_failed(self, work: Work, error: HeadshotError) -> None:
        kind = type(error)
        if not self._may_cost(work.job):
            await self._drop(work)
        elif work.raw is not None:
            if not await self._is_on_disk(work.job):
                self._unkept[work.job.id] = work
            await self._account(work)
            if kind.may_be_charged:  # it came, but is no picture: only the person may ask for another one
                await self._settle(work.job, JobState.UNKNOWN, kind)
                return
        else:
            receipt = getattr(error, "receipt", None)
            was_sent = await self._account(work, receipt)
            is_unclear = was_sent and (receipt is None or receipt.outcome is Outcome.UNCLEAR)
            if getattr(kind, "may_be_charged", False):
                await self._settle(work.job, JobState.UNKNOWN, kind)
                return
            if is_unclear:
                await self._settle(work.job, JobState.UNKNOWN, kind if receipt else StoppedAfterSending)
                return
        await self._settle(work.job, JobState.FAILED, kind)

    async def _account(self, work: Work, receipt: Receipt | None = None) -> bool:
        try:
            return await self._making.account(work, receipt)
        except HeadshotError as trouble:  # the line stays open and counts as what it may cost at most
            logbook.note(logbook.Event.COST_NOT_WRITTEN, trouble)
            return work.job.state is JobState.SENDING

    async def _settle(self, job: Job, state: JobState, error: type[HeadshotError] | None) -> None:
        settled = replace(job, state=state, error=error.code() if error else None, resumes_at=None)
        try:
            settled = await firmly(self._library.orders.change, settled)
        except NotFound:
            return
        except HeadshotError as trouble:
            logbook.note(logbook.Event.JOB_NOT_WRITTEN, trouble)
            self._unwritten[job.id] = settled
        self._tell(settled)

    async def _drop(self, work: Work) -> None:
        with suppress(HeadshotError):
            await firmly(self._library.orders.drop_answer, work.job.id)

    async def _cancel(self, work: Work) -> None:
        paid = self._may_cost(work.job) and (work.raw is not None or work.job.state is JobState.RECEIVED)
        if not paid:
            await self._stop([work])

    async def _stop(self, works: Sequence[Work]) -> None:
        for work in works:
            if self._take_out(work):
                await self._drop(work)
                await self._settle(work.job, JobState.CANCELLED, None)
            else:
                work.stop()
        await _ended(works)

    async def _place_again(self, wanted: Sequence[tuple[Job, Wish]]) -> None:
        asked = [(job, wish) for job, wish in wanted if not await self._reopened(job)]
        fresh = [(old.id, replace(again(old), others=wish.others), wish) for old, wish in asked]
        entered = await firmly(
            self._library.orders.renew,
            [(old, new) for old, new, _ in fresh],
            {new.id: wish.estimate for _, new, wish in fresh},
        )
        for old, _, _ in fresh:
            self._unwritten.pop(old, None)
            self._unkept.pop(old, None)
        requests = {new.id: wish.request for _, new, wish in fresh}
        self._begin([Work(job, requests[job.id]) for job in entered])

    async def _reopened(self, job: Job) -> bool:
        """Take up a failed job whose answer is still here; False when there is none."""
        raw = await self._answer(job.id)
        if raw is None or job.state is not JobState.FAILED:
            return False
        if job.id in self._unwritten:  # there was no room for its end; perhaps there is now
            await firmly(self._library.orders.change, self._unwritten.pop(job.id))
        with suppress(NotFound):  # a second press: it was taken up already
            reopened = await firmly(self._library.orders.reopen, job)
            self._begin([Work(reopened, None, raw=raw)])
        return True

    async def _is_on_disk(self, job: Job) -> bool:
        with suppress(HeadshotError):
            return await firmly(self._library.orders.answer, job.id) is not None
        return False

    async def _answer(self, job_id: JobId) -> bytes | None:
        unkept = self._unkept.get(job_id)
        return unkept.raw if unkept else await firmly(self._library.orders.answer, job_id)

    # After a crash, and before the end

    async def _settle_sent(self, job: Job) -> None:
        """Settle a job that a crash met while its provider was at work, or while it waited to go on."""
        lines = await firmly(self._ledger.of_job, job.id)
        if lines and lines[0].receipt.outcome is Outcome.REFUSED:
            await self._settle(job, JobState.FAILED, Interrupted)
        else:
            await self._settle(job, JobState.UNKNOWN, ChargeUnknown)

    async def _finish_later(self, job: Job) -> None:
        """Put a job whose answer is here in the line; without its engine it waits until that is there."""
        if job.engine not in self._engines:
            await self._settle(job, JobState.FAILED, Interrupted)
            return
        received = replace(job, state=JobState.RECEIVED, step=Step.SAVING, resumes_at=None)
        self._put(Work(await firmly(self._library.orders.change, received), None))

    async def _write_late(self) -> None:
        """Try once more to write what there was no room for."""
        for work in self._unkept.values():
            with suppress(HeadshotError):
                await firmly(self._library.orders.job, work.job.id)  # not when it was deleted meanwhile
                if await firmly(self._library.orders.answer, work.job.id) is None and work.raw:
                    await firmly(self._library.orders.keep_answer, work.job, work.raw)
        for job in self._unwritten.values():
            with suppress(HeadshotError):
                await firmly(self._library.orders.change, job)

    def _is_paid_for(self, work: Work) -> bool:
        """Whether it may be charged as it is; what has not left yet, or was refused and waits, is not."""
        is_out = work.job.state is JobState.SENDING and work.job.step not in _NOT_OUT
        return self._may_cost(work.job) and (is_out or work.job.state is JobState.RECEIVED)

    async def _settle_the_rest(self, works: Sequence[Work]) -> None:
        for work in works:
            work.stop()
        await _ended(works)
        await self._write_late()

    def _may_cost(self, job: Job) -> bool:
        engine = self._engines.get(job.engine)
        return engine.may_cost if engine is not None else job.engine is not EngineName.ON_DEVICE

    def _tell(self, job: Job) -> None:
        for listener in list(self._listeners.values()):
            try:
                listener(job)
            except Exception as error:  # noqa: BLE001 - a page that went away must not stop a job
                logbook.note(logbook.Event.LISTENER_FAILED, error)


async def _ended(works: Sequence[Work], timeout_s: float | None = None) -> None:
    """Wait until these jobs are settled."""
    tasks = {work.task for work in works if work.task is not None}
    if tasks:
        await asyncio.wait(tasks, timeout=timeout_s)
