"""Orders and their jobs in the index, and the answers that wait on their shelf until they are read."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final, NamedTuple

from headshot_web import sendings
from headshot_web.accounts import Dispatch, Estimate, Receipt
from headshot_web.errors import NotFound
from headshot_web.index import Index, Value, insert
from headshot_web.model import (
    EngineName,
    Job,
    JobId,
    JobState,
    OrderId,
    PhotoId,
    Request,
    Step,
    StyleId,
    Wishes,
)
from headshot_web.records import Record, job_of, job_record, note, time_text
from headshot_web.shelves import ANSWER, NOTE, Shelves, new_id

Estimates = Mapping[JobId, Estimate | None]
"""What each job will probably cost, as it was said when it was ordered."""

_FINAL: Final = tuple(state.value for state in JobState if state.is_final)
_OPEN: Final = "state NOT IN ({})".format(", ".join(f"'{state}'" for state in _FINAL))
_CHANGING: Final = ("state", "step", "error", "changed_at", "request_id", "resumes_at")
_NO_ESTIMATES: Final[Estimates] = {}
_SELECT: Final = """
    SELECT jobs.*, (SELECT group_concat(id, ' ') FROM (SELECT id FROM headshots
        WHERE job_id = jobs.id AND binned_by IS NULL ORDER BY ordinal)) AS headshot_ids
    FROM jobs WHERE EXISTS (SELECT 1 FROM photos WHERE id = jobs.photo_id AND binned_by IS NULL)
    AND (NOT EXISTS (SELECT 1 FROM headshots WHERE job_id = jobs.id)
        OR EXISTS (SELECT 1 FROM headshots WHERE job_id = jobs.id AND binned_by IS NULL)) AND """
"""A job whose photo, or all of whose headshots, are in the bin is as good as gone."""


class Wish(NamedTuple):
    """A headshot to be made: its look, what was changed about it, and all that the engine is given."""

    style_id: StyleId
    wishes: Wishes
    request: Request
    subject: int | None = None
    """Which face is the person."""
    others: tuple[PhotoId, ...] = ()
    """More photos of the same person that go along."""
    estimate: Estimate | None = None


class OrderBook:
    """Every job ever ordered for the photos that are here. Thread-safe."""

    def __init__(self, index: Index, shelves: Shelves, now: Callable[[], datetime]) -> None:
        self._index = index
        self._shelves = shelves
        self._now = now

    def add(self, order_id: OrderId, jobs: Sequence[Job], estimates: Estimates = _NO_ESTIMATES) -> bool:
        """Enter an order's jobs; False when that order was entered before, and nothing is entered again.

        Raises `NotFound` when the photo is gone.
        """
        with self._index.write() as connection:
            if not insert(connection, "orders", {"digest": _digest(order_id)}):
                return False
            for position, job in enumerate(jobs):
                _insert(connection, job, position, estimates.get(job.id))
        return True

    def change(self, job: Job) -> Job:
        """Enter a job's new state, durably; raises `NotFound` when it is settled already or gone."""
        with self._index.write() as connection:
            return self._change(connection, job)

    def send(self, job: Job, dispatch: Dispatch, event: str | None = None) -> Job:
        """Enter a job as sent and, in the same step, what is about to leave, in the ledger.

        Nothing may leave before this returns. Raises `NotFound` when the job is settled or gone.
        """
        with self._index.write() as connection:
            changed = self._change(connection, job)
            sendings.begin(connection, job, dispatch, changed.changed_at, event)
        return changed

    def receive(self, job: Job, receipt: Receipt | None) -> Job:
        """Enter a job whose answer was kept and, in the same step, what is known of it in the ledger.

        Without a receipt nothing had left. Raises `NotFound` when the job is settled or gone.
        """
        request_id = (receipt.request_id if receipt else None) or job.request_id
        received = replace(
            job, state=JobState.RECEIVED, step=Step.SAVING, resumes_at=None, request_id=request_id
        )
        with self._index.write() as connection:
            changed = self._change(connection, received)
            if receipt is not None:
                sendings.finish_job(connection, job.id, receipt, changed.changed_at)
        return changed

    def reopen(self, job: Job) -> Job:
        """Set a failed job back to received, because its answer is still here; nothing is asked for again."""
        changed = replace(job, state=JobState.RECEIVED, step=Step.SAVING, error=None, changed_at=self._now())
        with self._index.write() as connection:
            cursor = connection.execute(
                """UPDATE jobs SET state = ?, step = ?, error = NULL, changed_at = ?
                WHERE id = ? AND state = 'failed'""",
                (changed.state.value, changed.step.value, time_text(changed.changed_at), job.id),
            )
            if not cursor.rowcount:
                raise NotFound
        return changed

    def renew(
        self, jobs: Sequence[tuple[JobId, Job]], estimates: Estimates = _NO_ESTIMATES
    ) -> tuple[Job, ...]:
        """Put a new job in the place of each old one; an old one that was replaced before is passed over."""
        entered = []
        with self._index.write() as connection:
            for old, new in jobs:
                row = connection.execute(
                    "UPDATE jobs SET superseded = 1 WHERE id = ? AND superseded = 0 RETURNING position",
                    (old,),
                ).fetchone()
                if row is not None:
                    _insert(connection, new, row["position"], estimates.get(new.id))
                    entered.append(new)
        return tuple(entered)

    def job(self, job_id: JobId) -> Job:
        """Return one job; raises `NotFound`."""
        jobs = self._jobs("id = ?", (job_id,))
        if not jobs:
            raise NotFound
        return jobs[0]

    def of_order(self, order_id: OrderId) -> tuple[Job, ...]:
        """Return an order's jobs as they were ordered; none when it is unknown or all were deleted."""
        return self._jobs("order_id = ? AND superseded = 0 ORDER BY position, seq", (order_id,))

    def of_photo(self, photo_id: PhotoId) -> tuple[Job, ...]:
        """Return every job of a photo."""
        return self._jobs("photo_id = ? ORDER BY seq", (photo_id,))

    def unfinished(self) -> tuple[Job, ...]:
        """Return every job that is not settled, in the order in which they were ordered."""
        return self._jobs(f"{_OPEN} ORDER BY seq")

    def keep_answer(self, job: Job, raw: bytes) -> None:
        """Keep what an engine gave back, exactly as it came; on the disk when this returns."""
        self._shelves.answers.remove(job.id)
        # Other photos may be deleted while this lies here, so it does not name them.
        record = job_record(replace(job, others=()), 0)
        self._shelves.answers.put(job.id, {ANSWER: raw, NOTE: note("job", record)})

    def answer(self, job_id: JobId) -> bytes | None:
        """Return a job's stored answer, if it is still there."""
        try:
            return self._shelves.answers.read(job_id, ANSWER)
        except NotFound:
            return None

    def drop_answer(self, job_id: JobId) -> None:
        """Erase a job's answer."""
        self._shelves.answers.remove(job_id)

    def _jobs(self, where: str, values: Sequence[Value] = ()) -> tuple[Job, ...]:
        rows = self._index.read(_SELECT + where, values)
        return tuple(job_of(row, (row["headshot_ids"] or "").split()) for row in rows)

    def _change(self, connection: sqlite3.Connection, job: Job) -> Job:
        changed = replace(job, changed_at=self._now())
        record = job_record(changed, 0)
        sets = ", ".join(f"{column} = :{column}" for column in _CHANGING)
        cursor = connection.execute(
            f"UPDATE jobs SET {sets} WHERE id = :id AND {_OPEN}",  # noqa: S608
            {column: record[column] for column in (*_CHANGING, "id")},
        )
        if not cursor.rowcount:
            raise NotFound
        return changed


def _insert(connection: sqlite3.Connection, job: Job, position: int, estimate: Estimate | None) -> None:
    sql = "SELECT 1 FROM photos WHERE id = ? AND binned_by IS NULL"
    here = connection.execute(sql, (job.photo_id,)).fetchone()
    if here is None:
        raise NotFound
    reserved: Record = {
        "estimate_micro": sendings.micro(estimate.high) if estimate else None,
        "currency": estimate.currency if estimate else None,
    }
    insert(connection, "jobs", {**job_record(job, position), **reserved})


def new_job(photo_id: PhotoId, order_id: OrderId, engine: EngineName, wish: Wish) -> Job:
    """Make the job of one wish, waiting in the queue."""
    now = datetime.now(UTC)
    return Job(
        id=JobId(new_id()),
        order_id=order_id,
        photo_id=photo_id,
        style_id=wish.style_id,
        engine=engine,
        wishes=wish.wishes,
        subject=wish.subject,
        quality=wish.request.quality,
        others=wish.others,
        state=JobState.QUEUED,
        step=Step.WAITING,
        created_at=now,
        changed_at=now,
    )


def is_free_again(job: Job) -> bool:
    """Whether nothing was or will be charged for a job as it ended, so that others may bring it along."""
    return job.state is JobState.FAILED or (job.state is JobState.CANCELLED and job.error is None)


def to_make_again(jobs: Iterable[Job]) -> tuple[Job, ...]:
    """Return what trying once more makes of an order: what failed, or else what was cancelled in time.

    What may have been charged, and what a person cancelled beside what failed, is made again only by itself.
    """
    free = tuple(job for job in jobs if is_free_again(job))
    return tuple(job for job in free if job.state is JobState.FAILED) or free


def again(job: Job) -> Job:
    """Make the job that does the same once more."""
    now = datetime.now(UTC)
    return replace(
        job,
        id=JobId(new_id()),
        state=JobState.QUEUED,
        step=Step.WAITING,
        created_at=now,
        changed_at=now,
        error=None,
        headshot_ids=(),
        request_id=None,
        resumes_at=None,
    )


def _digest(order_id: OrderId) -> str:
    """Return what stays of an order, so that it is never carried out twice, even after its deletion."""
    return hashlib.sha256(order_id.encode()).hexdigest()
