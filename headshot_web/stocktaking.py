"""Stocktaking: what lies on the shelves against what the index says, at start, in a check, and in a rebuild.

A folder is whole when its picture and a readable note are there. A whole folder without a row comes from a
crash between the two and is taken into the index. A folder that is not whole, and has no row, could never be
shown again and is erased. A note of a later version is left alone. A row without its folder is taken out.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from headshot_web import sendings
from headshot_web.deletions import Deletions
from headshot_web.errors import DiskFull, FolderError, HeadshotError, NotFound
from headshot_web.index import Index, insert
from headshot_web.inventory import Health
from headshot_web.model import JobState
from headshot_web.paths import Folders
from headshot_web.records import (
    NoteUnreadable,
    Record,
    headshot_of,
    headshot_record,
    job_of,
    job_record,
    photo_of,
    photo_record,
    read_note,
)
from headshot_web.shelves import ANSWER, NOTE, PICTURE, Shelf, Shelves, open_to_others, sync_folder

_SALVAGED: Final = ("orders", "deletions", "jobs", "sendings", "consents", "devices", "visits")
_NO_ANSWER_NEEDED: Final = (JobState.DONE.value, JobState.CANCELLED.value)


def settle(index: Index, shelves: Shelves) -> None:
    """Make the index and the shelves agree, whatever a crash left."""
    for table, shelf in (("photos", shelves.photos), ("headshots", shelves.headshots)):
        listed = {row["id"] for row in index.read(f"SELECT id FROM {table}")}  # noqa: S608 - the two above
        there = _real_folders(shelf)
        _take_in(index, table, shelf, sorted(there - listed))
        _take_out(index, table, listed - there)
    _settle_answers(index, shelves.answers)
    _let_go(index)


def check(folders: Folders, index: Index, shelves: Shelves) -> Health:
    """Look at every row and every folder."""
    missing = stray = 0
    counts = {}
    for table, shelf in (("photos", shelves.photos), ("headshots", shelves.headshots)):
        listed = {row["id"] for row in index.read(f"SELECT id FROM {table}")}  # noqa: S608 - the two above
        bare = _bare(index) if table == "photos" else set()
        counts[table] = len(listed - bare)
        missing += sum(not shelf.has(thing, PICTURE, NOTE) for thing in listed - bare)
        missing += sum(not shelf.has(thing, NOTE) for thing in bare)
        stray += sum(name not in listed for name, _ in shelf.names())
    return Health(
        index_sound=index.is_sound(),
        photos=counts["photos"],
        headshots=counts["headshots"],
        missing=missing,
        stray=stray,
        open_modes=sum(1 for _ in open_to_others(folders.root)),
    )


def _bare(index: Index) -> set[str]:
    """Return the photos whose pictures were deleted by themselves; an index of before knows of none."""
    with suppress(FolderError):
        return {row["id"] for row in index.read("SELECT id FROM photos WHERE picture_gone = 1")}
    return set()


def examine(folders: Folders, shelves: Shelves) -> Health:
    """Look at every row and every folder; when the index can't be read, say what lies on the shelves.

    Raises `DiskFull` when there is no room even to read: that says nothing about the index.
    """
    try:
        with closing(Index.peek(folders.index)) as index:
            return check(folders, index, shelves)
    except DiskFull:
        raise
    except HeadshotError:
        pass
    return Health(
        index_sound=False,
        photos=sum(shelves.photos.has(name, PICTURE, NOTE) for name, _ in shelves.photos.names()),
        headshots=sum(shelves.headshots.has(name, PICTURE, NOTE) for name, _ in shelves.headshots.names()),
        missing=0,
        stray=0,
        open_modes=sum(1 for _ in open_to_others(folders.root)),
    )


def rebuild(folders: Folders, shelves: Shelves) -> None:
    """Make a new index from the files and what can still be read of the old one, which is then erased."""
    drop_half_made(folders)
    path = folders.half_made  # not in the scratch folder: deleting everything may have to be finished
    with closing(Index.open(path)) as index:
        salvaged = _salvage(folders.index)
        _restore(index, "deletions", salvaged["deletions"])
        Deletions(index, shelves, lambda: datetime.now(UTC)).complete()
        for table, shelf in (("photos", shelves.photos), ("headshots", shelves.headshots)):
            _take_in(index, table, shelf, sorted(_real_folders(shelf)))
        for name in ("orders", "jobs", "sendings", "consents", "devices", "visits"):
            _restore(index, name, salvaged[name])
        _settle_answers(index, shelves.answers)
        _let_go(index)
    # A left-over log would be played into the new index, so it goes first.
    for suffix in ("-wal", "-shm", "-journal"):
        folders.index.with_name(folders.index.name + suffix).unlink(missing_ok=True)
    sync_folder(folders.root)
    path.replace(folders.index)
    for open_path, mode in list(open_to_others(folders.root)):
        with suppress(OSError):
            open_path.chmod(mode)
    sync_folder(folders.root)


def drop_half_made(folders: Folders) -> None:
    """Erase an index that was being made when a crash came."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        folders.half_made.with_name(folders.half_made.name + suffix).unlink(missing_ok=True)


def _take_in(index: Index, table: str, shelf: Shelf, things: Iterable[str]) -> None:
    """List whole folders, oldest first, and erase those that are not whole."""
    read: Callable[[Shelf, str], Record] = {"photos": _photo, "headshots": _headshot}[table]
    records = []
    for thing in things:
        try:
            records.append(read(shelf, thing))
        except NoteUnreadable:
            if not _is_of_later_version(shelf, thing):
                shelf.remove(thing)
    if records:
        with index.write() as connection:
            for record in sorted(records, key=lambda record: str(record["created_at"])):
                while not insert(connection, table, record) and "ordinal" in record:
                    record["ordinal"] = int(record["ordinal"] or 0) + 1


def _take_out(index: Index, table: str, things: Iterable[str]) -> None:
    gone = [(thing,) for thing in things]
    if gone:
        with index.write() as connection:
            connection.executemany(f"DELETE FROM {table} WHERE id = ?", gone)  # noqa: S608


def _let_go(index: Index) -> None:
    with index.write() as connection:
        sendings.let_go(connection)


def _settle_answers(index: Index, shelf: Shelf) -> None:
    """Keep the answers that a job still waits for, with the job itself; erase the others."""
    for name, is_folder in list(shelf.names()):
        rows = index.read("SELECT state FROM jobs WHERE id = ?", (name,))
        if is_folder and rows and rows[0]["state"] not in _NO_ANSWER_NEEDED:
            continue
        if is_folder and not rows and _job_came_back(index, shelf, name):
            continue
        shelf.remove(name)


def _job_came_back(index: Index, shelf: Shelf, thing: str) -> bool:
    """Enter the job of an answer whose row was lost, as received, if its photo is here and it is not done."""
    try:
        record = read_note("job", thing, shelf.read(thing, NOTE))
    except (NoteUnreadable, NotFound):
        return False
    if not shelf.has(thing, ANSWER) or index.read("SELECT 1 FROM headshots WHERE job_id = ?", (thing,)):
        return False
    record = job_record(job_of(record), int(record["position"] or 0))
    try:
        with index.write() as connection:
            return insert(connection, "jobs", {**record, "state": JobState.RECEIVED.value})
    except sqlite3.IntegrityError:
        return False


def _photo(shelf: Shelf, thing: str) -> Record:
    return photo_record(photo_of(_note(shelf, "photo", thing)))


def _headshot(shelf: Shelf, thing: str) -> Record:
    record = _note(shelf, "headshot", thing)
    return headshot_record(headshot_of(record), int(record["ordinal"] or 0))


def _note(shelf: Shelf, kind: str, thing: str) -> Record:
    if not shelf.has(thing, NOTE):
        raise NoteUnreadable
    record = read_note(kind, thing, shelf.read(thing, NOTE))
    if not shelf.has(thing, PICTURE) and not record.get("picture_gone"):
        raise NoteUnreadable
    return record


def _is_of_later_version(shelf: Shelf, thing: str) -> bool:
    """Say whether a note is whole but more than this version understands."""
    try:
        found = json.loads(shelf.read(thing, NOTE))
        return shelf.has(thing, PICTURE) and isinstance(found, dict) and found.get("id") == thing
    except (NotFound, ValueError):
        return False


def _real_folders(shelf: Shelf) -> set[str]:
    """Return the ids of the real folders; a link or a file in a folder's place is erased, not followed."""
    entries = list(shelf.names())
    for name, is_folder in entries:
        if not is_folder:
            shelf.remove(name)
    return {name for name, is_folder in entries if is_folder}


def _salvage(path: Path) -> dict[str, list[Record]]:
    """Read what the files cannot tell from an index that may be damaged or missing."""
    found: dict[str, list[Record]] = {table: [] for table in _SALVAGED}
    with suppress(HeadshotError), closing(Index.peek(path)) as old:
        for table in _SALVAGED:
            with suppress(HeadshotError):
                found[table] = [dict(row) for row in old.read(f"SELECT * FROM {table}")]  # noqa: S608
    return found


def _restore(index: Index, table: str, records: Iterable[Record]) -> None:
    columns = {row["name"] for row in index.read(f"PRAGMA table_info({table})")}
    with index.write() as connection:
        for record in records:
            known = {column: value for column, value in record.items() if column in columns}
            with suppress(sqlite3.IntegrityError):  # a job of a photo that is gone
                insert(connection, table, known)
