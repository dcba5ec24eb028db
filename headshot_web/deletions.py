"""Deleting without a trace: the intent is written first, so a crash in the middle is made good."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime

from headshot_web import sendings
from headshot_web.errors import DiskFull, NotFound
from headshot_web.index import Index
from headshot_web.model import DeletionKind
from headshot_web.records import time_text
from headshot_web.shelves import Shelves

Target = tuple[str, str]
"""A shelf's name and the id of what lies there."""
Unlist = Callable[[sqlite3.Connection], None]

_EVERYTHING: list[Target] = [("*", "")]


class Deletions:
    """Carries deletions out, whole, and leaves a word of each without saying what it was."""

    def __init__(self, index: Index, shelves: Shelves, now: Callable[[], datetime]) -> None:
        self._index = index
        self._shelves = shelves
        self._now = now

    def carry_out(self, kind: DeletionKind, targets: Sequence[Target], unlist: Unlist) -> None:
        """Take the rows out and write the intent in one step; then erase the files, then every trace."""
        try:
            number = self._begin(kind, targets, unlist)
        except DiskFull:
            # Deleting is how a person makes room, so it must work without any: files first.
            files = self._erase(targets)
            self._index.scrub()
            number = self._begin(kind, (), unlist)
        else:
            files = self._erase(targets)
        self._finish(number, files)

    def everything(self) -> None:
        """Delete all photos, headshots, jobs and answers."""
        self.carry_out(DeletionKind.EVERYTHING, _EVERYTHING, _unlist_everything)

    def complete(self) -> None:
        """Carry out what a crash left undone."""
        rows = self._index.read("SELECT seq, files, targets FROM deletions WHERE finished_at IS NULL")
        for row in rows:
            files = self._erase([(shelf, thing) for shelf, thing in json.loads(row["targets"] or "[]")])
            self._finish(row["seq"], row["files"] + files)

    def _begin(self, kind: DeletionKind, targets: Sequence[Target], unlist: Unlist) -> int:
        with self._index.write() as connection:
            unlist(connection)
            sendings.let_go(connection)
            cursor = connection.execute(
                "INSERT INTO deletions (kind, began_at, targets) VALUES (?, ?, ?)",
                (kind.value, time_text(self._now()), json.dumps(list(targets))),
            )
            return int(cursor.lastrowid or 0)

    def _erase(self, targets: Sequence[Target]) -> int:
        if list(targets) == _EVERYTHING:
            return self._shelves.empty()
        return sum(self._shelves.named(shelf).remove(thing) for shelf, thing in targets)

    def _finish(self, number: int, files: int) -> None:
        """Blank the intent, scrub, and only then call it finished; after a crash this is done again."""
        with self._index.write() as connection:
            connection.execute(
                "UPDATE deletions SET files = ?, targets = NULL WHERE seq = ?", (files, number)
            )
        self._index.scrub()
        with self._index.write() as connection:
            connection.execute(
                "UPDATE deletions SET finished_at = ? WHERE seq = ?", (time_text(self._now()), number)
            )


def targets_of_photo(index: Index, photo_id: str) -> list[Target]:
    """Return what lies on the shelves of a photo and of all that came of it; nothing when it is not here."""

    def ids(sql: str) -> list[str]:
        return [row["id"] for row in index.read(sql, (photo_id,))]

    return [
        *(("photos", thing) for thing in ids("SELECT id FROM photos WHERE id = ?")),
        *(("headshots", thing) for thing in ids("SELECT id FROM headshots WHERE photo_id = ?")),
        *(("answers", thing) for thing in ids("SELECT id FROM jobs WHERE photo_id = ?")),
    ]


def unlist_photo(connection: sqlite3.Connection, photo_id: str) -> None:
    """Take the rows out of a photo and of all that came of it, and the photo out of other orders."""
    sendings.keep(connection, "favourite = 1 AND photo_id = ?", (photo_id,))
    rows = connection.execute("SELECT id, others FROM jobs WHERE instr(others, ?)", (photo_id,)).fetchall()
    for row in rows:
        left = " ".join(other for other in row["others"].split() if other != photo_id)
        connection.execute("UPDATE jobs SET others = ? WHERE id = ?", (left, row["id"]))
    for table, column in (("headshots", "photo_id"), ("jobs", "photo_id"), ("photos", "id")):
        connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (photo_id,))  # noqa: S608 - those above


def unlist_headshot(connection: sqlite3.Connection, headshot_id: str) -> None:
    """Take a headshot's row out; raises `NotFound`.

    A job of which no headshot is left goes with it, and those that it replaced: they hold the same wishes.
    """
    row = connection.execute("DELETE FROM headshots WHERE id = ? RETURNING job_id", (headshot_id,)).fetchone()
    if row is None:
        raise NotFound
    connection.execute(
        """DELETE FROM jobs
        WHERE (order_id, position) IN (SELECT order_id, position FROM jobs WHERE id = :job)
        AND NOT EXISTS (SELECT 1 FROM headshots WHERE job_id = :job)""",
        {"job": row["job_id"]},
    )


def _unlist_everything(connection: sqlite3.Connection) -> None:
    sendings.keep(connection, "favourite = 1")
    for table in ("headshots", "jobs", "photos", "orders"):
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 - the four names above
