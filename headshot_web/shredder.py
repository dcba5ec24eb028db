"""The shredder: whatever of the library is to go, at once, from the bin, or by itself when it is old."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from headshot_web.deletions import (
    CONSENTS,
    EVERYTHING,
    KEYS,
    LEDGER,
    PICTURES,
    SETTINGS,
    Deletions,
    Target,
    targets_of_photo,
    with_all_of_it,
)
from headshot_web.errors import NotFound
from headshot_web.index import Index, Value
from headshot_web.model import DeletionKind, HeadshotId, JobState, PhotoId, Session
from headshot_web.records import time_text
from headshot_web.shelves import ANSWER, Shelves

_FINAL: Final = ", ".join(f"'{state}'" for state in JobState if state.is_final)
_BUSY: Final = f"""EXISTS (SELECT 1 FROM jobs WHERE state NOT IN ({_FINAL})
    AND (photo_id = photos.id OR instr(others, photos.id)))"""  # noqa: S608 - our own words
"""Something is being made of a photo."""


class Old(NamedTuple):
    """How much is older than some moment."""

    photos: int
    headshots: int


class Shredder:
    """Takes things out of the library for good; what lies in the bin can still be put back."""

    def __init__(
        self, index: Index, shelves: Shelves, deletions: Deletions, changing: threading.RLock
    ) -> None:
        self._index = index
        self._shelves = shelves
        self._deletions = deletions
        self._changing = changing

    # At once

    def headshots(self, headshot_ids: Sequence[HeadshotId]) -> None:
        """Delete several headshots, each of them or, after `NotFound`, none."""
        with self._changing:
            for headshot_id in headshot_ids:
                self._find("headshots", headshot_id)
            if len(set(headshot_ids)) < len(headshot_ids):
                raise NotFound
            self._carry_out(DeletionKind.HEADSHOT, [("headshots", thing) for thing in headshot_ids])

    def photo(self, photo_id: PhotoId) -> None:
        """Delete a photo and all that came of it; raises `NotFound`."""
        with self._changing:
            self._find("photos", photo_id)
            self._empty_bins_of([photo_id])
            self._carry_out(DeletionKind.PHOTO, [("photos", photo_id)])

    def session(self, session: Session) -> bool:
        """Delete all that belongs to a visit; False when there was nothing."""
        with self._changing:
            self._empty_bins_of(self._ids("SELECT id FROM photos WHERE session = ?", session))
            there = self._ids("SELECT id FROM photos WHERE session = ?", session)
            if there:
                self._carry_out(DeletionKind.SESSION, [("photos", thing) for thing in there])
        return bool(there)

    def everything(
        self, *, consents: bool = False, ledger: bool = False, settings: bool = False, keys: bool = False
    ) -> None:
        """Delete all photos, headshots, jobs, answers and the log, and more where it is chosen."""
        more = {CONSENTS: consents, LEDGER: ledger, SETTINGS: settings, KEYS: keys}
        with self._changing:
            self.empty()
            chosen = [EVERYTHING, *(target for target, is_chosen in more.items() if is_chosen)]
            self._deletions.carry_out(DeletionKind.EVERYTHING, chosen)

    # By way of the bin

    def bin_headshot(self, headshot_id: HeadshotId) -> int:
        """Put a headshot into the bin, and return the bin's number; raises `NotFound`."""
        with self._changing:
            self._find("headshots", headshot_id)
            with self._index.write() as connection:
                number = self._deletions.intend(
                    connection, DeletionKind.HEADSHOT, [("headshots", headshot_id)]
                )
                connection.execute("UPDATE headshots SET binned_by = ? WHERE id = ?", (number, headshot_id))
        return number

    def bin_photo(self, photo_id: PhotoId) -> int:
        """Put a photo and all that came of it into the bin, and return the bin's number; `NotFound`."""
        with self._changing:
            self._find("photos", photo_id)
            targets = targets_of_photo(self._index, photo_id)
            with self._index.write() as connection:
                number = self._deletions.intend(connection, DeletionKind.PHOTO, targets)
                connection.execute("UPDATE photos SET binned_by = ? WHERE id = ?", (number, photo_id))
                connection.execute(
                    "UPDATE headshots SET binned_by = ? WHERE photo_id = ? AND binned_by IS NULL",
                    (number, photo_id),
                )
        return number

    def put_back(self, number: int) -> None:
        """Take all out of a bin again; raises `NotFound` when it was emptied."""
        with self._changing, self._index.write() as connection:
            cursor = connection.execute(
                "DELETE FROM deletions WHERE seq = ? AND finished_at IS NULL AND targets IS NOT NULL",
                (number,),
            )
            if not cursor.rowcount:
                raise NotFound
            connection.execute("UPDATE photos SET binned_by = NULL WHERE binned_by = ?", (number,))
            # A headshot whose photo is in another bin by now goes back to its photo.
            connection.execute(
                """UPDATE headshots SET binned_by = (SELECT binned_by FROM photos WHERE id = photo_id)
                WHERE binned_by = ?""",
                (number,),
            )

    def empty(self, number: int | None = None) -> None:
        """Delete what is in one bin, or in all of them; one that is empty already stays so."""
        with self._changing:
            if number is None:
                for full in self._bins("SELECT id FROM photos", "SELECT id FROM headshots"):
                    self.empty(full)
                return
            rows = self._index.read(
                "SELECT kind FROM deletions WHERE seq = ? AND finished_at IS NULL", (number,)
            )
            photos = self._ids("SELECT id FROM photos WHERE binned_by = ?", number)
            self._empty_bins_of(photos, but=number)
            if rows:
                headshots = self._ids("SELECT id FROM headshots WHERE binned_by = ?", number)
                targets = [("photos", thing) for thing in photos]
                targets += [("headshots", thing) for thing in headshots]
                self._carry_out(DeletionKind(rows[0]["kind"]), targets, number)

    # By itself

    def photos_of(self, session: Session) -> tuple[PhotoId, ...]:
        """Return every photo of a visit, wherever it lies."""
        return tuple(PhotoId(one) for one in self._ids("SELECT id FROM photos WHERE session = ?", session))

    def old(self, before: datetime) -> Old:
        """Count what is older than a moment."""
        photos = "SELECT id FROM photos WHERE picture_gone = 0 AND binned_by IS NULL AND created_at < ?"
        headshots = "SELECT id FROM headshots WHERE binned_by IS NULL AND created_at < ?"
        moment = time_text(before)
        return Old(len(self._ids(photos, moment)), len(self._ids(headshots, moment)))

    def sweep(
        self, before: datetime | None, *, originals: bool = False, even_unfinished: bool = False
    ) -> bool:
        """Delete what is older than a moment and, if wished, the pictures of photos that became headshots.

        An old photo with a younger headshot loses its picture alone. Nothing is touched of which something
        is being made; `even_unfinished`, when no app is open that makes it. False when nothing went.
        """
        with self._changing:
            idle = "1" if even_unfinished else f"NOT {_BUSY}"
            targets = self._old(before, idle) if before is not None else []
            if originals:
                going = {thing for shelf, thing in targets if shelf in ("photos", PICTURES)}
                targets += [(PICTURES, thing) for thing in self._originals(idle) if thing not in going]
            if targets:
                self._carry_out(DeletionKind.AUTOMATIC, targets)
        return bool(targets)

    def _old(self, before: datetime, idle: str) -> list[Target]:
        moment = time_text(before)
        headshots = self._ids(
            f"""SELECT headshots.id FROM headshots LEFT JOIN photos ON photos.id = photo_id
            WHERE headshots.created_at < ? AND headshots.binned_by IS NULL
            AND (photos.id IS NULL OR photos.picture_gone = 0 OR {idle})""",  # noqa: S608 - our own words
            moment,
        )
        photos = self._index.read(
            f"""SELECT id, picture_gone, EXISTS (SELECT 1 FROM headshots WHERE photo_id = photos.id
            AND (created_at >= ?1 OR binned_by IS NOT NULL)) AS is_needed
            FROM photos WHERE created_at < ?1 AND binned_by IS NULL AND {idle}""",  # noqa: S608 - our own words
            (moment,),
        )
        return [
            *(("headshots", thing) for thing in headshots),
            *(("photos", row["id"]) for row in photos if not row["is_needed"]),
            *((PICTURES, row["id"]) for row in photos if row["is_needed"] and not row["picture_gone"]),
        ]

    def _originals(self, idle: str) -> list[str]:
        """Return the photos that became a headshot, and of which nothing is waiting that was paid for."""
        photos = self._ids(
            f"""SELECT id FROM photos WHERE picture_gone = 0 AND binned_by IS NULL AND {idle}
            AND EXISTS (SELECT 1 FROM headshots WHERE photo_id = photos.id AND binned_by IS NULL)"""  # noqa: S608
        )
        return [
            photo
            for photo in photos
            if not any(
                self._shelves.answers.has(job, ANSWER)
                for job in self._ids("SELECT id FROM jobs WHERE photo_id = ? AND state = 'failed'", photo)
            )
        ]

    def _carry_out(self, kind: DeletionKind, targets: Sequence[Target], number: int | None = None) -> None:
        self._deletions.carry_out(kind, with_all_of_it(self._index, targets), number)

    def _find(self, table: str, thing: str) -> None:
        sql = f"SELECT id FROM {table} WHERE id = ? AND binned_by IS NULL"  # noqa: S608 - one of our two
        if not self._ids(sql, thing):
            raise NotFound

    def _ids(self, sql: str, *values: Value) -> list[str]:
        return [row["id"] for row in self._index.read(sql, values)]

    def _bins(self, photos: str, headshots: str, *values: Value) -> list[int]:
        rows = self._index.read(
            f"""SELECT binned_by FROM headshots WHERE binned_by IS NOT NULL AND id IN ({headshots})
            UNION SELECT binned_by FROM photos WHERE binned_by IS NOT NULL AND id IN ({photos})""",  # noqa: S608
            values,
        )
        return [row["binned_by"] for row in rows]

    def _empty_bins_of(self, photo_ids: Iterable[str], but: int | None = None) -> None:
        """Empty the bins in which something of these photos is."""
        for photo_id in photo_ids:
            found = self._bins(
                "SELECT id FROM photos WHERE id = ?",
                "SELECT id FROM headshots WHERE photo_id = ?",
                *[photo_id] * 2,
            )
            for number in found:
                if number != but:
                    self.empty(number)
