"""The book of visits: which guests are here, what becomes of their pictures, and what was drawn for them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from headshot_web.errors import NotFound
from headshot_web.index import Index, insert
from headshot_web.model import OWNER, Session
from headshot_web.records import note, photo_of, photo_record, time_text
from headshot_web.shelves import NOTE, Shelves

if TYPE_CHECKING:
    import sqlite3

A_DAY: Final = timedelta(days=1)


class VisitBook:
    """Every visit that is not settled. Thread-safe."""

    def __init__(
        self, index: Index, shelves: Shelves, changing: threading.RLock, now: Callable[[], datetime]
    ) -> None:
        self._index = index
        self._shelves = shelves
        self._changing = changing
        self._now = now

    def begin(self, session: Session, *, keep: bool = False) -> None:
        """Write a visit down; `keep` is whether the owner keeps its pictures, as the guest is told."""
        with self._index.write() as connection:
            began = time_text(self._now())
            insert(connection, "visits", {"session": session, "began_at": began, "keep": int(keep)})

    def close(self, session: Session) -> None:
        """Write down that a visit is over: from now on nothing more is taken in for it."""
        self.begin(session)  # one that nobody wrote down is over too
        with self._changing, self._index.write() as connection:
            connection.execute(
                "UPDATE visits SET ended_at = coalesce(ended_at, ?) WHERE session = ?",
                (time_text(self._now()), session),
            )

    def is_kept(self, session: Session) -> bool:
        """Whether the owner keeps the pictures of a visit, as its guest was told."""
        rows = self._index.read("SELECT keep FROM visits WHERE session = ?", (session,))
        return bool(rows and rows[0]["keep"])

    def is_the_booths(self, session: Session) -> bool:
        """Whether a visit began at the booth, which ends it after the grace or with the event."""
        return bool(self._index.read("SELECT 1 FROM booth_visits WHERE session = ?", (session,)))

    def has_the_booths(self) -> bool:
        """Whether anything of the booth's guests may still be here."""
        return bool(self._index.read("SELECT 1 FROM booth_visits LIMIT 1"))

    def hand_over(self, session: Session) -> None:
        """Make all that is left of a visit the owner's: in the notes beside the pictures, then here."""
        with self._changing:
            rows = self._index.read("SELECT * FROM photos WHERE session = ?", (session,))
            for row in rows:
                record = {**photo_record(photo_of(row)), "session": OWNER}
                self._shelves.photos.replace(row["id"], NOTE, note("photo", record))
            with self._index.write() as connection:
                connection.execute("UPDATE photos SET session = ? WHERE session = ?", (OWNER, session))

    def settle(self) -> None:
        """Forget the visits that are over and of which nothing is left; at the start, when nothing runs."""
        with self._index.write() as connection:
            connection.execute(
                """DELETE FROM visits WHERE ended_at IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM photos WHERE photos.session = visits.session)"""
            )

    def unsettled(self) -> tuple[Session, ...]:
        """Return the visits of which something is here or that were not ended, but never the owner."""
        rows = self._index.read(
            """SELECT session FROM photos WHERE session <> ?1
            UNION SELECT session FROM visits WHERE ended_at IS NULL""",
            (OWNER,),
        )
        return tuple(Session(row["session"]) for row in rows)

    def drawn(self, session: Session) -> int:
        """Count what was drawn elsewhere for a visit, or may have been, or waits for that."""
        rows = self._index.read("SELECT paid FROM visits WHERE session = ?", (session,))
        waiting = self._index.read(f"{_WAITING_JOBS} AND photos.session = ?", (session,))
        return (int(rows[0]["paid"]) if rows else 0) + int(waiting[0][0])

    def drawn_today(self) -> int:
        """Count what was drawn elsewhere for all guests in the last 24 hours, or waits for that."""
        since = time_text(self._now() - A_DAY)
        sent = self._index.read(
            "SELECT count(*) FROM sendings WHERE guest = 1 AND outcome <> 'refused' AND sent_at > ?", (since,)
        )
        waiting = self._index.read(f"{_WAITING_JOBS} AND photos.session <> ?", (OWNER,))
        return int(sent[0][0]) + int(waiting[0][0])


_WAITING_JOBS: Final = """SELECT count(*) FROM jobs JOIN photos ON photos.id = jobs.photo_id
    WHERE jobs.state = 'queued' AND jobs.engine = 'openai' AND superseded = 0"""


def check_open(connection: sqlite3.Connection, session: Session) -> None:
    """Raise `NotFound` when a visit is over: what comes too late is not taken in."""
    sql = "SELECT 1 FROM visits WHERE session = ? AND ended_at IS NOT NULL"
    if connection.execute(sql, (session,)).fetchone():
        raise NotFound
