"""The jobs: a fair queue, and the states a headshot goes through while it is made.

`queued → sending → received → done`, or `failed`, `cancelled`, `unknown`. Every state is on the disk before
what it names begins, so that a crash leaves nothing unclear: an engine that may cost money is never asked
twice by itself, and an answer that arrived is never lost.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from typing import Final, cast

from headshot_web.engines import Engine
from headshot_web.errors import (
    AnswerUnreadable,
    DiskFull,
    HeadshotError,
    Interrupted,
    JobError,
    NoSuchEngine,
    NotFound,
)
from headshot_web.finishing import firmly, to_its_end
from headshot_web.library import Library
from headshot_web.line import Line
from headshot_web.model import (
    Answer,
    EngineName,
    Job,
    JobId,
    JobState,
    OrderId,
    Partial,
    Photo,
    PhotoId,
    Progress,
    Rendered,
    Request,
    Step,
)
from headshot_web.orders import Wish, again, new_job

Listener = Callable[[Job], None]

PATIENCE_S: Final = 20.0
"""How long closing waits for an answer that may already be paid for."""

_log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Work:
    """A job in this process: waiting with its request, or being made."""

    job: Job
    request: Request | None
    raw: bytes | None = None
    partial: bytes | None = None
    making: asyncio.Task[None] | None = None
    """The work itself, which may be cancelled."""
    task: asyncio.Task[None] | None = None
    """The one who watches it and settles the job, who never is."""
    closing: bool = False

    def stop(self) -> None:
        """Cancel the work; whoever watches it settles the job."""
        if self.making is not None:
            self.making.cancel()


class Jobs:
    """Makes headshots, a few at once; pages may come and go meanwhile."""

    def __init__(
        self,
        library: Library,
        engines: Mapping[EngineName, Engine],
        *,
        at_once: int,
        thumbnail: Callable[[bytes], Awaitable[bytes]],
    ) -> None:
        self._library = library
        self._engines = engines
        self._at_once = at_once
        self._thumbnail = thumbnail
        self._waiting: Line[OrderId, _Work] = Line()
        self._works: dict[JobId, _Work] = {}
        self._unwritten: dict[JobId, Job] = {}
        self._unkept: dict[JobId, bytes] = {}
        self._listeners: dict[object, Listener] = {}
        self._running: set[_Work] = set()
        self._closed = False

    async def start(self) -> None:
        """Settle what a crash left; answers that had arrived are finished."""
        for job in await firmly(self._library.orders.unfinished):
            if await firmly(self._library.orders.answer, job.id) is not None and job.engine in self._engines:
                received = replace(job, state=JobState.RECEIVED, step=Step.SAVING)
                self._put(_Work(await firmly(self._library.orders.change, received), None))
            elif job.state is JobState.QUEUED or not self._may_cost(job):
                await self._settle(job, JobState.FAILED, Interrupted)
            else:
                await self._settle(job, JobState.UNKNOWN, Interrupted)
        self._fill()

    async def close(self) -> None:
        """Stop everything: what may be paid for is waited for, the rest is settled as interrupted."""
        self._closed = True
        for work in self._waiting.clear():
            self._works.pop(work.job.id, None)
            if work.job.state is JobState.QUEUED:
                await self._settle(work.job, JobState.FAILED, Interrupted)
        running = list(self._running)
        for work in running:
            work.closing = True
            if not self._may_cost(work.job):
                work.stop()
        await _ended(running, timeout_s=PATIENCE_S)
        for work in running:
            work.stop()
        await _ended(running)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Tell a listener of every change from now on; call what is returned to stop that."""
        key = object()
        self._listeners[key] = listener

        def unsubscribe() -> None:
            self._listeners.pop(key, None)

        return unsubscribe

    async def order(
        self, photo: Photo, requests: Sequence[Wish], *, engine: EngineName, order_id: OrderId
    ) -> tuple[Job, ...]:
        """Order one headshot for each request; an order that was placed before is not placed again.

        Raises `NoSuchEngine`, `DiskFull`, and `NotFound` when the photo is gone or the order was deleted.
        """
        if engine not in self._engines or self._closed:
            raise NoSuchEngine
        works = [_Work(new_job(photo.id, order_id, engine, wish), wish[2]) for wish in requests]

        async def place() -> None:
            if await firmly(self._library.orders.add, order_id, [work.job for work in works]):
                self._begin(works)

        await to_its_end(place())
        jobs = await self.of_order(order_id)
        if not jobs:
            raise NotFound
        return jobs

    async def retry(self, requests: Sequence[tuple[Job, Request]]) -> None:
        """Make failed, cancelled or unknown jobs once more, each in its old place of the order.

        A job whose answer is still here is only read again: nothing is asked for, or paid, twice.
        """
        wanted = [(job, request) for job, request in requests if _may_retry(job)]
        await to_its_end(self._place_again(wanted))

    async def cancel(self, job_id: JobId) -> Job:
        """Cancel a job at whatever step it is; what was received and may be paid for is finished instead."""
        work = self._works.get(job_id)
        if work is not None:
            await to_its_end(self._cancel(work))
        return await self.job(job_id)

    async def cancel_photo(self, photo_id: PhotoId) -> None:
        """Cancel all that is being made of a photo, whatever it may cost, before the photo is deleted."""
        await self._stop([work for work in self._works.values() if work.job.photo_id == photo_id])

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

    def _begin(self, works: Sequence[_Work]) -> None:
        for work in works:
            self._put(work)
            self._tell(work.job)
        self._fill()

    def _put(self, work: _Work) -> None:
        self._works[work.job.id] = work
        self._waiting.join(work.job.order_id, work)

    def _fill(self) -> None:
        """Start what has room."""
        while len(self._running) < self._at_once and not self._closed and (work := self._waiting.next()):
            self._running.add(work)
            work.making = asyncio.create_task(self._make(work))
            work.task = asyncio.create_task(self._run(work, work.making))

    def _take_out(self, work: _Work) -> bool:
        if not self._waiting.leave(work.job.order_id, work):
            return False
        self._works.pop(work.job.id, None)
        return True

    # One job

    async def _run(self, work: _Work, making: asyncio.Task[None]) -> None:
        try:
            await making
        except asyncio.CancelledError:
            await self._stopped(work)
        except HeadshotError as error:
            await self._settle_failed(work, type(error))
        except Exception as error:  # noqa: BLE001 - whatever it is, the job must be settled and the queue go on
            _log.error("A job stopped: %s", type(error).__name__)
            await self._settle_failed(work, JobError)
        finally:
            self._works.pop(work.job.id, None)
            self._running.discard(work)
            self._fill()

    async def _make(self, work: _Work) -> None:
        engine = self._engines[work.job.engine]
        if work.job.state is not JobState.RECEIVED:
            if work.request is None:
                raise JobError
            await self._enter(work, JobState.SENDING, Step.WAITING)
            work.raw = await self._ask(work, engine, work.request)
            await firmly(self._library.orders.keep_answer, work.job, work.raw)
            await self._enter(work, JobState.RECEIVED, Step.SAVING)
        raw = work.raw or await firmly(self._library.orders.answer, work.job.id)
        pictures = [
            (rendered, await self._thumbnail(rendered.picture)) for rendered in await _read(engine, raw)
        ]
        await firmly(self._library.keep_headshots, work.job, pictures)
        await self._done(work)

    async def _ask(self, work: _Work, engine: Engine, request: Request) -> bytes:
        words = cast("AsyncGenerator[Progress | Partial | Answer, None]", engine.render(request))
        async with aclosing(words):
            async for word in words:
                match word:
                    case Progress(step=step):
                        await self._enter(work, JobState.SENDING, step)
                    case Partial(picture=picture):
                        work.partial = picture
                        self._tell(work.job)
                    case Answer(raw=raw):
                        return raw
        raise AnswerUnreadable

    async def _enter(self, work: _Work, state: JobState, step: Step) -> None:
        changed = replace(work.job, state=state, step=step)
        work.job = await firmly(self._library.orders.change, changed)
        self._tell(work.job)

    async def _done(self, work: _Work) -> None:
        with suppress(HeadshotError):  # the headshot is kept; an answer left behind goes at the next start
            await firmly(self._library.orders.drop_answer, work.job.id)
        with suppress(HeadshotError):
            work.job = await firmly(self._library.orders.job, work.job.id)
            self._unkept.pop(work.job.id, None)
            self._tell(work.job)

    async def _stopped(self, work: _Work) -> None:
        """Settle a job that was cancelled by a person, by the end of the app, or too late."""
        with suppress(HeadshotError):
            if (await firmly(self._library.orders.job, work.job.id)).state is JobState.DONE:
                await self._done(work)
                return
        if not work.closing:
            await self._drop(work)
            await self._settle(work.job, JobState.CANCELLED, None)
        elif work.job.state is JobState.SENDING and self._may_cost(work.job) and work.raw is None:
            await self._settle(work.job, JobState.UNKNOWN, Interrupted)
        elif work.job.state is not JobState.RECEIVED and work.raw is None:
            await self._settle(work.job, JobState.FAILED, Interrupted)

    async def _settle_failed(self, work: _Work, error: type[HeadshotError]) -> None:
        if not self._may_cost(work.job):
            await self._drop(work)
        elif work.raw is not None and error is DiskFull:
            self._unkept[work.job.id] = work.raw
        await self._settle(work.job, JobState.FAILED, error)

    async def _settle(self, job: Job, state: JobState, error: type[HeadshotError] | None) -> None:
        settled = replace(job, state=state, error=error.code() if error else None)
        try:
            settled = await firmly(self._library.orders.change, settled)
        except NotFound:
            return
        except HeadshotError as trouble:
            _log.error("A job's end could not be written: %s", trouble.code())
            self._unwritten[job.id] = settled
        self._tell(settled)

    async def _drop(self, work: _Work) -> None:
        with suppress(HeadshotError):
            await firmly(self._library.orders.drop_answer, work.job.id)

    async def _cancel(self, work: _Work) -> None:
        paid = self._may_cost(work.job) and (work.raw is not None or work.job.state is JobState.RECEIVED)
        if not paid:
            await self._stop([work])

    async def _stop(self, works: Sequence[_Work]) -> None:
        for work in works:
            if self._take_out(work):
                await self._drop(work)
                await self._settle(work.job, JobState.CANCELLED, None)
            else:
                work.stop()
        await _ended(works)

    async def _place_again(self, requests: Sequence[tuple[Job, Request]]) -> None:
        asked: list[tuple[Job, Request]] = []
        for job, request in requests:
            if not await self._reopened(job):
                asked.append((job, request))
        fresh = {job.id: (again(job), request) for job, request in asked}
        entered = await firmly(self._library.orders.renew, [(old, new) for old, (new, _) in fresh.items()])
        by_id = {new.id: request for new, request in fresh.values()}
        for old in fresh:
            self._unwritten.pop(old, None)
        self._begin([_Work(job, by_id[job.id]) for job in entered])

    async def _reopened(self, job: Job) -> bool:
        """Take up a failed job whose answer is still here; False when there is none."""
        raw = self._unkept.get(job.id) or await firmly(self._library.orders.answer, job.id)
        if raw is None or job.state is not JobState.FAILED:
            return False
        if job.id in self._unwritten:  # there was no room for its end; perhaps there is now
            await firmly(self._library.orders.change, self._unwritten.pop(job.id))
        with suppress(NotFound):  # a second press: it was taken up already
            reopened = await firmly(self._library.orders.reopen, job)
            self._begin([_Work(reopened, None, raw=raw)])
        return True

    def _may_cost(self, job: Job) -> bool:
        engine = self._engines.get(job.engine)
        return engine.may_cost if engine is not None else job.engine is not EngineName.ON_DEVICE

    def _tell(self, job: Job) -> None:
        for listener in list(self._listeners.values()):
            try:
                listener(job)
            except Exception as error:  # noqa: BLE001 - a page that went away must not stop a job
                _log.error("A listener failed: %s", type(error).__name__)


async def _ended(works: Sequence[_Work], timeout_s: float | None = None) -> None:
    """Wait until these jobs are settled."""
    tasks = {work.task for work in works if work.task is not None}
    if tasks:
        await asyncio.wait(tasks, timeout=timeout_s)


async def _read(engine: Engine, raw: bytes | None) -> tuple[Rendered, ...]:
    pictures = await engine.read(raw) if raw else ()
    if not pictures:
        raise AnswerUnreadable
    return pictures


def _may_retry(job: Job) -> bool:
    return job.state in (JobState.FAILED, JobState.CANCELLED, JobState.UNKNOWN)
