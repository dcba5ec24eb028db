"""Deleting without a trace: the intent is written first, so a crash in the middle is made good."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime

from headshot_web.errors import DiskFull
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


def _unlist_everything(connection: sqlite3.Connection) -> None:
    for table in ("headshots", "jobs", "photos", "orders"):
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 - the four names above
