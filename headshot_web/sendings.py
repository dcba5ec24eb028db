"""The ledger's lines: written before anything leaves, finished by what came back, blanked when a photo goes.

A line holds no picture, no words and no name; only sums, sizes, times, and the ids of what is still here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from headshot_web.accounts import MICRO, Dispatch, Entry, Estimate, Money, Outcome, Receipt, Usage
from headshot_web.model import OWNER, Job, JobId, PhotoId, StyleId
from headshot_web.records import Record, Written, time_text


def micro(amount: Decimal) -> int:
    """Return an amount in whole millionths; what is smaller is rounded to the nearest."""
    return int((amount * MICRO).to_integral_value())


def amount(value: int) -> Decimal:
    """Return whole millionths as an amount."""
    return Decimal(value) / MICRO


def begin(
    connection: sqlite3.Connection, job: Job, dispatch: Dispatch, moment: datetime, event: str | None = None
) -> int:
    """Write down what is about to leave, and return the line's number."""
    estimate = dispatch.estimate
    line: Record = {
        "sent_at": time_text(moment),
        "host": dispatch.host,
        "secure": int(dispatch.secure),
        "model": dispatch.model,
        "fields": " ".join(dispatch.fields),
        "pictures": " ".join(dispatch.pictures),
        "size_bytes": dispatch.size_bytes,
        "estimate_low_micro": micro(estimate.low) if estimate else None,
        "estimate_high_micro": micro(estimate.high) if estimate else None,
        "currency": estimate.currency if estimate else None,
        "job_id": job.id,
        "photo_ids": " ".join((job.photo_id, *job.others)),
        "style_id": job.style_id,
        "outcome": Outcome.UNDER_WAY.value,
        "event": event,
        "guest": int(_count_for_guest(connection, job.photo_id, 1)),
    }
    columns, marks = ", ".join(line), ", ".join(f":{column}" for column in line)
    sql = f"INSERT INTO sendings ({columns}) VALUES ({marks})"  # noqa: S608 - the names above
    return int(connection.execute(sql, dict(line)).lastrowid or 0)


def finish(connection: sqlite3.Connection, number: int, receipt: Receipt, moment: datetime) -> bool:
    """Write down what came back; False when that was done before, and then nothing is changed."""
    usage, cost = receipt.usage, receipt.cost
    gone_by = None if receipt.kept_days is None else moment + timedelta(days=receipt.kept_days)
    values: Record = {
        "number": number,
        "outcome": receipt.outcome.value,
        "status": receipt.status,
        "request_id": receipt.request_id,
        "text_in": usage.text_in if usage else None,
        "pictures_in": usage.pictures_in if usage else None,
        "cached_in": usage.cached_in if usage else None,
        "pictures_out": usage.pictures_out if usage else None,
        "cost_micro": micro(cost.amount) if cost else None,
        "currency": cost.currency if cost else None,
        "answered_at": time_text(moment),
        "kept_days": receipt.kept_days,
        "gone_by": time_text(gone_by) if gone_by else None,
    }
    cursor = connection.execute(
        """UPDATE sendings SET outcome = :outcome, status = :status, request_id = :request_id,
        text_in = :text_in, pictures_in = :pictures_in, cached_in = :cached_in, pictures_out = :pictures_out,
        cost_micro = :cost_micro, currency = coalesce(:currency, currency), answered_at = :answered_at,
        kept_days = :kept_days, gone_by = :gone_by
        WHERE seq = :number AND outcome = 'under-way'""",
        dict(values),
    )
    if cursor.rowcount and receipt.outcome is Outcome.REFUSED:
        rows = connection.execute(
            "SELECT photo_ids FROM sendings WHERE seq = ? AND guest = 1", (number,)
        ).fetchall()
        for photo_id in [photo for row in rows for photo in row["photo_ids"].split()[:1]]:
            _count_for_guest(connection, PhotoId(photo_id), -1)
    return cursor.rowcount > 0


def _count_for_guest(connection: sqlite3.Connection, photo_id: PhotoId, number: int) -> bool:
    """Count what is drawn for a guest, so that deleting the photo does not make it undone."""
    row = connection.execute(
        "SELECT session FROM photos WHERE id = ? AND session <> ?", (photo_id, OWNER)
    ).fetchone()
    if row is None:
        return False
    connection.execute(
        """INSERT INTO visits (session, began_at, paid) SELECT ?1, created_at, max(?2, 0) FROM photos
        WHERE id = ?3 ON CONFLICT (session) DO UPDATE SET paid = max(paid + ?2, 0)""",
        (row["session"], number, photo_id),
    )
    return True


def finish_job(connection: sqlite3.Connection, job_id: JobId, receipt: Receipt, moment: datetime) -> bool:
    """Write down what came back for a job; False when nothing of it was under way."""
    rows = connection.execute(
        "SELECT seq FROM sendings WHERE job_id = ? AND outcome = ?", (job_id, Outcome.UNDER_WAY.value)
    ).fetchall()
    for row in rows:
        finish(connection, row["seq"], receipt, moment)
    return bool(rows)


def keep(connection: sqlite3.Connection, where: str, values: tuple[str, ...] = ()) -> None:
    """Remember of headshots, found in `headshots` by a condition, that they were kept by the person."""
    connection.execute(
        f"""UPDATE sendings SET kept = 1 WHERE outcome = 'answered'
        AND job_id IN (SELECT job_id FROM headshots WHERE {where})""",  # noqa: S608 - the conditions are ours
        values,
    )


def let_go(connection: sqlite3.Connection) -> None:
    """Take every photo and job that is no longer here out of the ledger; its sums stay."""
    here = {row["id"] for row in connection.execute("SELECT id FROM photos")}
    rows = connection.execute("SELECT seq, photo_ids FROM sendings WHERE deleted = 0").fetchall()
    for row in rows:
        photos = row["photo_ids"].split()
        left = " ".join(photo for photo in photos if photo in here)
        if left != row["photo_ids"]:
            is_gone = photos[0] not in here
            connection.execute(
                "UPDATE sendings SET photo_ids = ?, deleted = ? WHERE seq = ?",
                ("" if is_gone else left, int(is_gone), row["seq"]),
            )
    connection.execute(
        "UPDATE sendings SET job_id = NULL WHERE deleted = 1 OR job_id NOT IN (SELECT id FROM jobs)"
    )


def entry_of(row: Written) -> Entry:
    """Read a line of the ledger."""
    return Entry(
        number=row["seq"],
        sent_at=datetime.fromisoformat(row["sent_at"]),
        dispatch=_dispatch(row),
        receipt=_receipt(row),
        answered_at=_moment(row["answered_at"]),
        gone_by=_moment(row["gone_by"]),
        job_id=JobId(row["job_id"]) if row["job_id"] else None,
        photo_ids=tuple(PhotoId(photo) for photo in row["photo_ids"].split()),
        style_id=StyleId(row["style_id"]) if row["style_id"] else None,
        deleted=bool(row["deleted"]),
        for_guest=bool(row["guest"]),
    )


def _dispatch(row: Written) -> Dispatch:
    high = row["estimate_high_micro"]
    return Dispatch(
        host=row["host"],
        secure=bool(row["secure"]),
        model=row["model"],
        fields=tuple(row["fields"].split()),
        pictures=tuple(row["pictures"].split()),
        size_bytes=row["size_bytes"],
        estimate=None
        if high is None
        else Estimate(low=amount(row["estimate_low_micro"]), high=amount(high), currency=row["currency"]),
    )


def _receipt(row: Written) -> Receipt:
    counted: Mapping[str, Any] = {
        name: row[name] for name in ("text_in", "pictures_in", "cached_in", "pictures_out")
    }
    cost = row["cost_micro"]
    return Receipt(
        outcome=Outcome(row["outcome"]),
        status=row["status"],
        request_id=row["request_id"],
        usage=None if counted["text_in"] is None else Usage(**counted),
        cost=None if cost is None else Money(amount=amount(cost), currency=row["currency"]),
        kept_days=row["kept_days"],
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
