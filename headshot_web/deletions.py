"""Deleting without a trace: the intent is written first, so a crash in the middle is made good."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

from headshot_web import sendings, settings_file
from headshot_web.errors import DiskFull, FolderError, KeyNotForgotten, NotFound
from headshot_web.index import Index
from headshot_web.keys import Keys
from headshot_web.model import DeletionKind
from headshot_web.records import NoteUnreadable, note, read_note, time_text
from headshot_web.shelves import NOTE, PICTURE, THUMBNAIL, Shelves

Target = tuple[str, str]
"""What goes: a shelf's name and the id of what lies there, or one of the words below."""

PICTURES: Final = "pictures"
"""In a shelf's place: only the picture of a photo goes, its headshots stay."""
EVERYTHING: Final[Target] = ("*", "")
CONSENTS: Final[Target] = ("consents", "")
LEDGER: Final[Target] = ("ledger", "")
"""What left this computer, and what was deleted before."""
SETTINGS: Final[Target] = ("settings", "")
KEYS: Final[Target] = ("keys", "")


class Deletions:
    """Carries deletions out, whole, and leaves a word of each without saying what it was."""

    def __init__(self, index: Index, shelves: Shelves, now: Callable[[], datetime]) -> None:
        self._index = index
        self._shelves = shelves
        self._now = now
        self.completed: set[Target] = set()
        """What a crash had left undone, and was carried out at this start."""

    def carry_out(self, kind: DeletionKind, targets: Sequence[Target], number: int | None = None) -> None:
        """Take the rows out and write the intent in one step; then erase the files, then every trace.

        With a number, an intent that was written before is carried out.
        """
        try:
            number = self._begin(kind, targets, targets, number)
        except DiskFull:
            # Deleting is how a person makes room, so it must work without any: files first.
            files = self._erase(targets)
            self._index.scrub()
            number = self._begin(kind, targets, (), number)
        else:
            files = self._erase(targets)
        self._finish(number, files)

    def intend(self, connection: sqlite3.Connection, kind: DeletionKind, targets: Sequence[Target]) -> int:
        """Write down that something will be deleted, at the latest at the next start; return its number."""
        cursor = connection.execute(
            "INSERT INTO deletions (kind, began_at, targets) VALUES (?, ?, ?)",
            (kind.value, time_text(self._now()), json.dumps(list(targets))),
        )
        return int(cursor.lastrowid or 0)

    def complete(self) -> None:
        """Carry out what a crash left undone, and what was in the bin."""
        rows = self._index.read("SELECT seq, kind, files, targets FROM deletions WHERE finished_at IS NULL")
        for row in rows:
            if row["targets"] is None:
                self._finish(row["seq"], row["files"])
                continue
            targets = [(shelf, thing) for shelf, thing in json.loads(row["targets"])]
            self.completed.update(targets)
            self.carry_out(DeletionKind(row["kind"]), with_all_of_it(self._index, targets), row["seq"])

    def _begin(
        self, kind: DeletionKind, unlisted: Sequence[Target], targets: Sequence[Target], number: int | None
    ) -> int:
        with self._index.write() as connection:
            if number is None:
                number = self.intend(connection, kind, targets)
            connection.execute(
                "UPDATE deletions SET targets = ?, files = max(files, ?) WHERE seq = ?",
                (json.dumps(list(targets)), self._count(targets), number),
            )
            _unlist(connection, unlisted)
            sendings.let_go(connection)
        return number

    def _erase(self, targets: Sequence[Target]) -> int:
        if EVERYTHING in targets:
            files = self._shelves.empty()
            if SETTINGS in targets:
                settings_file.start_anew(self._shelves.folders)
            if KEYS in targets:
                with suppress(KeyNotForgotten):  # whoever asked for it tries once more, and says so
                    Keys(self._shelves.folders).forget_all()
            return files
        count = 0
        for shelf, thing in targets:
            count += (
                self._take_picture(thing) if shelf == PICTURES else self._shelves.named(shelf).remove(thing)
            )
        return count

    def _count(self, targets: Sequence[Target]) -> int:
        """Count the files that are to go; after a crash some are gone already."""
        if EVERYTHING in targets:
            return self._shelves.count()
        count = 0
        for shelf, thing in targets:
            if shelf == PICTURES:
                count += self._shelves.photos.count(thing, PICTURE, THUMBNAIL)
            else:
                count += self._shelves.named(shelf).count(thing)
        return count

    def _take_picture(self, photo_id: str) -> int:
        """Erase a photo's picture; its note stays, and says so."""
        photos = self._shelves.photos
        with suppress(NoteUnreadable, NotFound, FolderError):
            record = read_note("photo", photo_id, photos.read(photo_id, NOTE))
            photos.replace(photo_id, NOTE, note("photo", {**record, "picture_gone": 1}))
        return photos.take_out(photo_id, PICTURE, THUMBNAIL)

    def _finish(self, number: int, files: int) -> None:
        """Blank the intent, scrub, and only then call it finished; after a crash this is done again."""
        with self._index.write() as connection:
            connection.execute(
                "UPDATE deletions SET files = max(files, ?), targets = NULL WHERE seq = ?", (files, number)
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


def with_all_of_it(index: Index, targets: Sequence[Target]) -> list[Target]:
    """Add all that came of the photos, and the photos without a picture whose last headshot goes."""
    all_of_it = list(targets)
    for shelf, thing in targets:
        if shelf == "photos":
            all_of_it += targets_of_photo(index, thing)
    gone = {thing for shelf, thing in all_of_it if shelf == "headshots"}
    rows = index.read(
        """SELECT photo_id, headshots.id FROM headshots JOIN photos ON photos.id = photo_id
        WHERE picture_gone = 1 AND photo_id IN (SELECT photo_id FROM headshots WHERE id IN
        (SELECT value FROM json_each(?)))""",
        (json.dumps(sorted(gone)),),
    )
    for photo_id in dict.fromkeys(row["photo_id"] for row in rows):
        if gone.issuperset(row["id"] for row in rows if row["photo_id"] == photo_id):
            all_of_it += targets_of_photo(index, photo_id)
    return list(dict.fromkeys(all_of_it))


def _unlist(connection: sqlite3.Connection, targets: Sequence[Target]) -> None:
    """Take the rows out of what goes; those that are out already are passed over."""
    for shelf, thing in targets:
        match shelf:
            case "headshots":
                _unlist_headshot(connection, thing)
            case "photos":
                _unlist_photo(connection, thing)
            case "pictures":
                connection.execute("UPDATE photos SET picture_gone = 1 WHERE id = ?", (thing,))
            case "*":
                sendings.keep(connection, "favourite = 1")
                for table in ("headshots", "jobs", "photos", "orders", "devices"):
                    connection.execute(f"DELETE FROM {table}")  # noqa: S608 - the five names above
                # What a guest is just sending comes too late; the next start forgets the visit itself.
                connection.execute("UPDATE visits SET ended_at = coalesce(ended_at, began_at)")
            case "consents":
                connection.execute("DELETE FROM consents")
            case "ledger":
                connection.execute("DELETE FROM sendings")
                connection.execute("DELETE FROM deletions WHERE finished_at IS NOT NULL")


def _unlist_photo(connection: sqlite3.Connection, photo_id: str) -> None:
    """Take the rows out of a photo and of all that came of it, and the photo out of other orders."""
    sendings.keep(connection, "favourite = 1 AND photo_id = ?", (photo_id,))
    rows = connection.execute("SELECT id, others FROM jobs WHERE instr(others, ?)", (photo_id,)).fetchall()
    for row in rows:
        left = " ".join(other for other in row["others"].split() if other != photo_id)
        connection.execute("UPDATE jobs SET others = ? WHERE id = ?", (left, row["id"]))
    for table, column in (("headshots", "photo_id"), ("jobs", "photo_id"), ("photos", "id")):
        connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (photo_id,))  # noqa: S608 - those above


def _unlist_headshot(connection: sqlite3.Connection, headshot_id: str) -> None:
    """Take a headshot's row out.

    A job of which no headshot is left goes with it, and those that it replaced: they hold the same wishes.
    """
    row = connection.execute("DELETE FROM headshots WHERE id = ? RETURNING job_id", (headshot_id,)).fetchone()
    if row is not None:
        connection.execute(
            """DELETE FROM jobs
            WHERE (order_id, position) IN (SELECT order_id, position FROM jobs WHERE id = :job)
            AND NOT EXISTS (SELECT 1 FROM headshots WHERE job_id = :job)""",
            {"job": row["job_id"]},
        )
