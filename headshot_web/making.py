"""One headshot being made: asked for, written down, read and kept, each step on the disk before the next.

Nothing leaves this computer before the ledger has a line for it, and what came back is on the disk before
anything reads it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from headshot_web import logbook
from headshot_web.accounts import Dispatch, Outcome, Paused, Receipt, Returned, Sending
from headshot_web.engines import Engine, Word
from headshot_web.errors import AnswerUnreadable, DrawnUnreadable, FolderError, JobError, NotFound
from headshot_web.finishing import firmly
from headshot_web.ledger import Ledger
from headshot_web.library import Library
from headshot_web.model import Answer, EngineName, Job, JobState, Partial, Progress, Rendered, Request, Step

Permit = Callable[[Job, Dispatch], Awaitable[None]]
"""Lets a dispatch go, or raises why not: `ConsentNeeded`, `BudgetReached`."""


@dataclass(slots=True, eq=False)
class Work:
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


class Making:
    """Takes jobs from their request to the headshots they become."""

    def __init__(  # noqa: PLR0913 - all that it works with
        self,
        library: Library,
        engines: Mapping[EngineName, Engine],
        *,
        thumbnail: Callable[[bytes], Awaitable[bytes]],
        permit: Permit,
        tell: Callable[[Job], None],
        event: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._library = library
        self._ledger = Ledger(library.index)
        self._engines = engines
        self._thumbnail = thumbnail
        self._permit = permit
        self._tell = tell
        self._event = event
        self._gate = asyncio.Lock()

    async def make(self, work: Work) -> None:
        """Make one headshot; a job whose answer is here already is only read."""
        engine = self._engines[work.job.engine]
        if work.job.state is JobState.RECEIVED:
            work.raw = work.raw or await firmly(self._library.orders.answer, work.job.id)
        else:
            if work.request is None:
                raise JobError
            if not engine.may_cost:
                await self._enter(work, state=JobState.SENDING)
            work.raw = await self._ask(work, engine, work.request)
            await firmly(self._library.orders.keep_answer, work.job, work.raw)
        receipt = await _receipt_of(engine, work.raw) if engine.may_cost else None
        work.job = await firmly(self._library.orders.receive, work.job, receipt)
        self._tell(work.job)
        pictures = [
            (rendered, rendered.thumbnail or await self._thumbnail(rendered.picture))
            for rendered in await _read(engine, work.raw)
        ]
        await firmly(self._library.keep_headshots, work.job, pictures)

    async def account(self, work: Work, receipt: Receipt | None = None) -> bool:
        """Finish the ledger's line of a job, from what came back; False when none was under way.

        Without a receipt it is what the answer says; without an answer it may have been charged.
        """
        engine = self._engines.get(work.job.engine)
        if engine is None or not engine.may_cost:
            return False
        if receipt is None:
            receipt = await _receipt_of(engine, work.raw)
        was_under_way = await firmly(self._ledger.finish_job, work.job.id, receipt)
        if receipt.request_id is not None:
            work.job = replace(work.job, request_id=receipt.request_id)
        return was_under_way

    async def settle_entries(self) -> None:
        """Finish the ledger's lines that a crash left open: by the answer where one came, else as unclear."""
        for entry in await firmly(self._ledger.under_way):
            job = None
            with suppress(NotFound):
                job = await firmly(self._library.orders.job, entry.job_id) if entry.job_id else None
            raw = await firmly(self._library.orders.answer, job.id) if job else None
            engine = self._engines.get(job.engine) if job else None
            receipt = await _receipt_of(engine, raw) if engine else Receipt(outcome=Outcome.UNCLEAR)
            await firmly(self._ledger.finish, entry.number, receipt)

    async def _ask(self, work: Work, engine: Engine, request: Request) -> bytes:
        words = cast("AsyncGenerator[Word, None]", engine.render(request))
        async with aclosing(words):
            async for word in words:
                match word:
                    case Sending(dispatch=dispatch):
                        await self._send(work, dispatch)
                    case Returned(receipt=receipt):
                        await self.account(work, receipt)
                    case Paused(until=until, offline=offline):
                        step = Step.RECONNECTING if offline else Step.PAUSED
                        await self._show(work, step, resumes_at=until)
                    case Progress(step=step):
                        await self._show(work, step)
                    case Partial(picture=picture):
                        work.partial = picture
                        self._tell(work.job)
                    case Answer(raw=raw):
                        return raw
        raise AnswerUnreadable

    async def _send(self, work: Work, dispatch: Dispatch) -> None:
        """Let a dispatch go, if it may, once the ledger knows of it."""
        sent = replace(work.job, state=JobState.SENDING, step=Step.SENDING, resumes_at=None)
        async with self._gate:  # what one was permitted is in the ledger before the next one asks
            await self._permit(work.job, dispatch)
            try:
                work.job = await firmly(self._library.orders.send, sent, dispatch, self._event())
            except asyncio.CancelledError:  # it was written down, and then nothing left
                await self.account(work, Receipt(outcome=Outcome.REFUSED))
                raise
        work.partial = None
        self._tell(work.job)

    async def _show(self, work: Work, step: Step, *, resumes_at: datetime | None = None) -> None:
        """Enter a step; without room for that the work still goes on, for it may be paid already."""
        try:
            await self._enter(work, step=step, resumes_at=resumes_at)
        except FolderError:
            work.job = replace(work.job, step=step, resumes_at=resumes_at)
            self._tell(work.job)

    async def _enter(
        self,
        work: Work,
        *,
        state: JobState | None = None,
        step: Step = Step.WAITING,
        resumes_at: datetime | None = None,
    ) -> None:
        changed = replace(work.job, state=state or work.job.state, step=step, resumes_at=resumes_at)
        work.job = await firmly(self._library.orders.change, changed)
        self._tell(work.job)


async def _receipt_of(engine: Engine, raw: bytes | None) -> Receipt:
    """Return what an answer says of its cost; without an answer it may have been charged."""
    if raw is None:
        return Receipt(outcome=Outcome.UNCLEAR)
    try:
        receipt = await asyncio.to_thread(engine.receipt, raw)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with it, an answer came and is charged
        logbook.note(logbook.Event.COST_NOT_READ, error)
        receipt = None
    return receipt or Receipt(outcome=Outcome.ANSWERED)


async def _read(engine: Engine, raw: bytes | None) -> tuple[Rendered, ...]:
    unreadable = DrawnUnreadable if engine.may_cost else AnswerUnreadable
    try:
        pictures = await engine.read(raw) if raw else ()
    except AnswerUnreadable as error:
        raise unreadable from error
    if not pictures:
        raise unreadable
    return pictures
