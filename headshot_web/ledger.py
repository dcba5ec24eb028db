"""The ledger: what left this computer, what came of it and what it cost, and what was deleted here.

It knows no name, no words and no picture; a line whose photo was deleted here no longer knows which it was.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time, tzinfo
from decimal import Decimal
from typing import Final

from headshot_web import sendings
from headshot_web.accounts import Entry, Estimate, Money, OutOfReach, Receipt, Spending
from headshot_web.index import Index, Value
from headshot_web.model import Deletion, DeletionKind, JobId, PhotoId
from headshot_web.records import time_text

CURRENCY: Final = "USD"
"""In which sums are shown while nothing was spent in any."""

_SPENT: Final = """CASE WHEN cost_micro IS NOT NULL THEN cost_micro
    WHEN outcome = 'refused' THEN 0 ELSE coalesce(estimate_high_micro, 0) END"""
"""What a line counts: its cost; where that is not known and it may have been charged, the estimate."""
_IS_KEPT: Final = """(kept = 1 OR EXISTS (SELECT 1 FROM headshots
    WHERE headshots.job_id = sendings.job_id AND (favourite = 1 OR downloaded = 1)))"""
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")
_HEADINGS: Final = (
    "number", "sent_at", "host", "encrypted", "model", "form_fields", "picture_sha256", "size_bytes",
    "outcome", "http_status", "request_id", "answered_at", "text_tokens_in", "picture_tokens_in",
    "cached_tokens_in", "picture_tokens_out", "estimate_low", "estimate_high", "cost", "currency",
    "look", "job", "photos", "provider_copy_gone_by", "photo_deleted_here",
)  # fmt: skip


class Ledger:
    """The pages of the ledger, kept in the index. Thread-safe."""

    def __init__(self, index: Index, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._index = index
        self._now = now

    # What left this computer

    def entries(self, offset: int = 0, limit: int = 100) -> tuple[Entry, ...]:
        """Return a page of what left this computer, newest first."""
        return self._entries("ORDER BY seq DESC LIMIT ? OFFSET ?", (max(limit, 0), max(offset, 0)))

    def count(self) -> int:
        """Return how often something left this computer."""
        return int(self._index.read("SELECT count(*) FROM sendings")[0][0])

    def of_job(self, job_id: JobId) -> tuple[Entry, ...]:
        """Return what left for a job, newest first."""
        return self._entries("WHERE job_id = ? ORDER BY seq DESC", (job_id,))

    def under_way(self) -> tuple[Entry, ...]:
        """Return what left and was not answered yet, oldest first."""
        return self._entries("WHERE outcome = 'under-way' ORDER BY seq")

    def finish(self, number: int, receipt: Receipt) -> None:
        """Write down, durably, what came back; a line that was finished stays as it is."""
        with self._index.write() as connection:
            sendings.finish(connection, number, receipt, self._now())

    def finish_job(self, job_id: JobId, receipt: Receipt) -> bool:
        """Write down, durably, what came back for a job; False when nothing of it was under way."""
        with self._index.write() as connection:
            return sendings.finish_job(connection, job_id, receipt, self._now())

    def csv(self) -> bytes:
        """Return the whole ledger, oldest first, as CSV that spreadsheets open and never calculate."""
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow(_HEADINGS)
        for entry in self._entries("ORDER BY seq"):
            writer.writerow([_cell(value) for value in _row(entry)])
        return text.getvalue().encode("utf-8-sig")

    # What it cost

    def spending(self, now: datetime, zone: tzinfo | None = None) -> Spending:
        """Return what was spent on the day and in the month of a moment, as they are in a time zone."""
        currency = self.currency()
        day, month = bounds(now, zone)
        row = self._index.read(
            f"""SELECT count(CASE WHEN outcome = 'answered' THEN 1 END) AS headshots,
            count(CASE WHEN outcome = 'answered' AND {_IS_KEPT} THEN 1 END) AS kept,
            count(CASE WHEN outcome = 'unclear' THEN 1 END) AS unclear FROM sendings"""  # noqa: S608
        )[0]
        return Spending(
            today=Money(amount=self.spent(currency, since=day), currency=currency),
            month=Money(amount=self.spent(currency, since=month), currency=currency),
            everything=Money(amount=self.spent(currency), currency=currency),
            headshots=row["headshots"],
            kept=row["kept"],
            unclear=row["unclear"],
        )

    def spent(self, currency: str, *, since: datetime | None = None, event: str | None = None) -> Decimal:
        """Return what was spent in a currency, since a moment, for an event; as `Spending` counts it."""
        where, values = "currency = ?", [currency]
        if since is not None:
            where, values = f"{where} AND sent_at >= ?", [*values, time_text(since)]
        if event is not None:
            where, values = f"{where} AND event = ?", [*values, event]
        return self._sum(_SPENT, where, values)

    def sent_for(self, event: str, *, since: datetime | None = None) -> int:
        """Return how often something left for an event, since a moment, that was not simply refused."""
        rows = self._index.read(
            "SELECT count(*) FROM sendings WHERE event = ? AND outcome != 'refused' AND sent_at >= ?",
            (event, time_text(since) if since else ""),
        )
        return int(rows[0][0])

    def reserved(self, currency: str) -> Decimal:
        """Return what the headshots that are waiting, and not on their way, will cost at most."""
        rows = self._index.read(
            """SELECT coalesce(sum(estimate_micro), 0) FROM jobs
            WHERE state IN ('queued', 'sending') AND currency = ? AND NOT EXISTS
            (SELECT 1 FROM sendings WHERE job_id = jobs.id AND outcome = 'under-way')""",
            (currency,),
        )
        return sendings.amount(int(rows[0][0]))

    def currency(self) -> str:
        """Return the currency of the latest line that has one."""
        rows = self._index.read(
            "SELECT currency FROM sendings WHERE currency IS NOT NULL ORDER BY seq DESC LIMIT 1"
        )
        return str(rows[0][0]) if rows else CURRENCY

    def cost_of_headshot(self, job_id: JobId) -> Money | None:
        """Return what the headshot of a job cost; None where nothing was charged or that is not known."""
        return self._cost("job_id = ?", job_id)

    def cost_of_photo(self, photo_id: PhotoId) -> Money | None:
        """Return what all that was made of a photo cost; None where nothing was charged or known."""
        return self._cost("substr(photo_ids || ' ', 1, 33) = ? || ' '", photo_id)

    def out_of_reach(self, now: datetime) -> OutOfReach:
        """Say which copies are, or may be, with a provider still, as far as is known at a moment."""
        rows = self._index.read(
            """SELECT DISTINCT host, CASE WHEN gone_by > ? THEN gone_by END AS gone_by FROM sendings
            WHERE gone_by > ? OR (gone_by IS NULL AND outcome != 'refused') ORDER BY host""",
            (time_text(now),) * 2,
        )
        dates = [row["gone_by"] for row in rows if row["gone_by"]]
        return OutOfReach(
            provider_copies_until=datetime.fromisoformat(max(dates)) if dates else None,
            hosts=tuple(dict.fromkeys(row["host"] for row in rows if row["gone_by"])),
            undated_hosts=tuple(dict.fromkeys(row["host"] for row in rows if not row["gone_by"])),
        )

    # What was deleted

    def deletions(self, limit: int = 100) -> tuple[Deletion, ...]:
        """Return the latest deletions, newest first."""
        rows = self._index.read(
            "SELECT kind, began_at, finished_at, files FROM deletions ORDER BY seq DESC LIMIT ?", (limit,)
        )
        return tuple(
            Deletion(
                kind=DeletionKind(row["kind"]),
                began_at=datetime.fromisoformat(row["began_at"]),
                finished_at=datetime.fromisoformat(row["finished_at"]) if row["finished_at"] else None,
                files=row["files"],
            )
            for row in rows
        )

    def _entries(self, rest: str, values: Sequence[Value] = ()) -> tuple[Entry, ...]:
        rows = self._index.read(f"SELECT * FROM sendings {rest}", values)  # noqa: S608 - words of this file
        return tuple(sendings.entry_of(row) for row in rows)

    def _sum(self, what: str, where: str, values: Sequence[Value]) -> Decimal:
        sql = f"SELECT coalesce(sum({what}), 0) FROM sendings WHERE {where}"  # noqa: S608 - as above
        return sendings.amount(int(self._index.read(sql, values)[0][0]))

    def _cost(self, where: str, value: str) -> Money | None:
        rows = self._index.read(
            f"""SELECT sum(cost_micro) AS cost, currency FROM sendings
            WHERE {where} AND cost_micro IS NOT NULL GROUP BY currency ORDER BY max(seq) DESC""",  # noqa: S608
            (value,),
        )
        return Money(amount=sendings.amount(rows[0]["cost"]), currency=rows[0]["currency"]) if rows else None


def bounds(now: datetime, zone: tzinfo | None = None) -> tuple[datetime, datetime]:
    """Return when the day and the month of a moment began in a time zone; None is this computer's own."""
    today = now.astimezone(zone).date()

    def beginning(of: int) -> datetime:
        # Without a zone this is local wall time: the system knows by itself when summer time began.
        return datetime.combine(today.replace(day=of), time(), tzinfo=zone).astimezone(UTC)

    return beginning(today.day), beginning(1)


def _row(entry: Entry) -> tuple[object, ...]:
    dispatch, receipt, usage = entry.dispatch, entry.receipt, entry.receipt.usage
    estimate: Estimate | None = dispatch.estimate
    priced: Estimate | Money | None = receipt.cost or estimate
    return (
        entry.number, entry.sent_at, dispatch.host, dispatch.secure, dispatch.model,
        " ".join(dispatch.fields), " ".join(dispatch.pictures), dispatch.size_bytes,
        receipt.outcome.value, receipt.status, receipt.request_id, entry.answered_at,
        usage and usage.text_in, usage and usage.pictures_in, usage and usage.cached_in,
        usage and usage.pictures_out,
        estimate and estimate.low, estimate and estimate.high, receipt.cost and receipt.cost.amount,
        priced and priced.currency,
        entry.style_id, entry.job_id, " ".join(entry.photo_ids), entry.gone_by, entry.deleted,
    )  # fmt: skip


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    if isinstance(value, Decimal):
        return f"{value:f}"
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULAS) else text
