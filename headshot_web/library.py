"""The library: photos and headshots kept on this computer, listed, and deleted without a trace."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypedDict, Unpack

from filelock import FileLock, Timeout

from headshot_web import sendings, stocktaking
from headshot_web.deletions import SETTINGS, Deletions
from headshot_web.errors import AlreadyRunning, FolderError, NotFound, PictureGone
from headshot_web.index import Index, Value, insert
from headshot_web.inventory import Health, Storage
from headshot_web.model import (
    OWNER,
    Headshot,
    HeadshotId,
    Job,
    JobState,
    Photo,
    PhotoId,
    Rendered,
    Session,
    Step,
    StyleId,
)
from headshot_web.orders import OrderBook
from headshot_web.paths import FILE_MODE, Folders
from headshot_web.records import headshot_of, headshot_record, note, photo_of, photo_record, time_text
from headshot_web.shelves import NOTE, ORIGINAL, PICTURE, THUMBNAIL, Shelf, Shelves, new_id, used_bytes
from headshot_web.shredder import Shredder
from headshot_web.visitbook import VisitBook, check_open

if TYPE_CHECKING:
    from headshot_web.imaging.negative import Developed

_NEWEST_FIRST = "ORDER BY created_at DESC, seq DESC"


class Which(TypedDict, total=False):
    """Which headshots are meant; all of them where nothing is said."""

    style_id: StyleId | None
    favourites: bool
    photo_id: PhotoId | None
    session: Session | None
    """Whose they are."""


def _now() -> datetime:
    return datetime.now(UTC)


class Library:
    """The open library. Every method is synchronous and thread-safe; what it returns is on the disk."""

    def __init__(self, folders: Folders, index: Index, lock: FileLock, now: Callable[[], datetime]) -> None:
        self.folders = folders
        self.index = index
        self._lock = lock
        self._now = now
        self._shelves = Shelves(folders)
        self._deletions = Deletions(index, self._shelves, now)
        self._changing = threading.RLock()  # files and rows change together; reading never waits for this
        self.orders = OrderBook(index, self._shelves, now)
        self.shredder = Shredder(index, self._shelves, self._deletions, self._changing)
        self.visits = VisitBook(index, self._shelves, self._changing, now)

    @classmethod
    def open(cls, folders: Folders, *, now: Callable[[], datetime] = _now) -> Library:
        """Open the library, made if it is new, and tidy up what a crash left.

        Raises `AlreadyRunning`, `IndexDamaged`, `IndexTooNew` or `FolderError`.
        """
        folders.prepare()
        lock = _locked(folders)
        try:
            index = Index.open(folders.index)
            try:
                library = cls(folders, index, lock, now)
                library._shelves.clear_scratch()
                stocktaking.drop_half_made(folders)
                library._deletions.complete()
                stocktaking.settle(index, library._shelves)
            except BaseException:
                index.close()
                raise
        except BaseException:
            lock.release()
            raise
        return library

    @classmethod
    def rebuild(cls, folders: Folders) -> Health:
        """Make the index anew from the files, whatever state it is in, and say what is there now."""
        folders.prepare()
        lock = _locked(folders)
        try:
            shelves = Shelves(folders)
            shelves.clear_scratch()
            stocktaking.rebuild(folders, shelves)
        finally:
            lock.release()
        library = cls.open(folders)
        try:
            return library.check()
        finally:
            library.close()

    @classmethod
    def examine(cls, folders: Folders) -> Health:
        """Look through the whole folder without changing anything; the app may be running meanwhile."""
        return stocktaking.examine(folders, Shelves(folders))

    def close(self) -> None:
        """Close the index and let others in."""
        self.index.close()
        self._lock.release()

    # Photos

    def keep_photo(self, developed: Developed, session: Session = OWNER) -> Photo:
        """Keep a developed photo of somebody's visit; raises `DiskFull`, and `NotFound` when it is over.

        Then nothing of it was kept.
        """
        photo = Photo(
            id=PhotoId(new_id()),
            created_at=self._now(),
            size=developed.size,
            notices=tuple(developed.notices),
            session=session,
        )
        record = photo_record(photo)
        files = {
            PICTURE: developed.picture,
            THUMBNAIL: developed.thumbnail,
            NOTE: note("photo", record),
        }
        with self._changing:
            self._shelves.photos.put(photo.id, files)
            with _else_remove(self._shelves.photos, photo.id), self.index.write() as connection:
                check_open(connection, session)
                insert(connection, "photos", record)
        return photo

    def photo(self, photo_id: PhotoId) -> Photo:
        """Return a photo; raises `NotFound`, and `PictureGone` when only its headshots are left."""
        photo = self._photo(photo_id)
        if photo.picture_gone:
            raise PictureGone
        return photo

    def session_of(self, photo_id: PhotoId) -> Session:
        """Return whose visit a photo belongs to."""
        rows = self.index.read("SELECT session FROM photos WHERE id = ?", (photo_id,))
        return Session(rows[0]["session"]) if rows else OWNER

    def photos(self, session: Session | None = None) -> tuple[Photo, ...]:
        """Return every photo, or those of a visit, newest first."""
        rows = self.index.read(
            f"""SELECT * FROM photos WHERE binned_by IS NULL AND picture_gone = 0
            {"" if session is None else "AND session = ?"} {_NEWEST_FIRST}""",  # noqa: S608
            () if session is None else (session,),
        )
        return tuple(photo_of(row) for row in rows)

    def set_subject(self, photo_id: PhotoId, subject: int | None) -> Photo:
        """Note which face is the person, counted from the left from 0; where it is stays unwritten."""
        with self._changing:
            photo = replace(self.photo(photo_id), subject=subject)
            self._shelves.photos.replace(photo_id, NOTE, note("photo", photo_record(photo)))
            with self.index.write() as connection:
                connection.execute("UPDATE photos SET subject = ? WHERE id = ?", (subject, photo_id))
        return photo

    def photo_picture(self, photo_id: PhotoId) -> bytes:
        """Return a photo as JPEG; raises `NotFound`."""
        self.photo(photo_id)
        return self._shelves.photos.read(photo_id, PICTURE)

    def photo_thumbnail(self, photo_id: PhotoId) -> bytes:
        """Return a photo small, as JPEG; raises `NotFound`."""
        self.photo(photo_id)
        return _small(self._shelves.photos, photo_id)

    # Headshots

    def keep_headshot(self, job: Job, rendered: Rendered, thumbnail: bytes) -> Headshot:
        """Keep one headshot of a job, and settle the job as done."""
        return self.keep_headshots(job, [(rendered, thumbnail)])[0]

    def keep_headshots(self, job: Job, pictures: Sequence[tuple[Rendered, bytes]]) -> tuple[Headshot, ...]:
        """Keep all of a job's headshots with their thumbnails and settle the job, in one step.

        One that was kept before a crash is not kept again. Raises `DiskFull`, and `NotFound` when
        the photo is gone; then nothing was kept.
        """
        with self._changing:
            self._photo(job.photo_id)
            kept = {row["ordinal"]: headshot_of(row) for row in self._of_job(job)}
            placed: list[tuple[Headshot, int]] = []
            try:
                for ordinal, (rendered, thumbnail) in enumerate(pictures):
                    if ordinal not in kept:
                        kept[ordinal] = self._place(job, ordinal, rendered, thumbnail)
                        placed.append((kept[ordinal], ordinal))
                self._settle_done(job, placed)
            except BaseException:
                for headshot, _ in placed:
                    with suppress(FolderError):
                        self._shelves.headshots.remove(headshot.id)
                raise
        return tuple(kept[ordinal] for ordinal in sorted(kept))

    def headshot(self, headshot_id: HeadshotId) -> Headshot:
        """Return a headshot; raises `NotFound`."""
        return headshot_of(self._row("headshots", headshot_id))

    def headshots(self, offset: int = 0, limit: int = 60, **which: Unpack[Which]) -> tuple[Headshot, ...]:
        """Return a page of headshots, newest first."""
        where, values = _filter(which)
        sql = f"SELECT * FROM headshots {where} {_NEWEST_FIRST} LIMIT ? OFFSET ?"  # noqa: S608 - fixed words
        return tuple(
            headshot_of(row) for row in self.index.read(sql, (*values, max(limit, 0), max(offset, 0)))
        )

    def count(self, **which: Unpack[Which]) -> int:
        """Return how many headshots there are."""
        where, values = _filter(which)
        return int(self.index.read(f"SELECT count(*) FROM headshots {where}", values)[0][0])  # noqa: S608

    def headshot_picture(self, headshot_id: HeadshotId) -> bytes:
        """Return the master, exactly as it was made; raises `NotFound`."""
        self.headshot(headshot_id)
        return self._shelves.headshots.read(headshot_id, PICTURE)

    def headshot_original(self, headshot_id: HeadshotId) -> bytes:
        """Return the provider's own file, byte for byte; raises `NotFound` when it was made here."""
        self.headshot(headshot_id)
        return self._shelves.headshots.read(headshot_id, ORIGINAL)

    def headshot_thumbnail(self, headshot_id: HeadshotId) -> bytes:
        """Return a headshot small, as JPEG; raises `NotFound`."""
        self.headshot(headshot_id)
        return _small(self._shelves.headshots, headshot_id)

    def set_favourite(self, headshot_id: HeadshotId, on: bool) -> Headshot:  # noqa: FBT001 - a switch
        """Mark or unmark a favourite."""
        return self._remark(headshot_id, lambda headshot: replace(headshot, favourite=on))

    def set_downloaded(self, headshot_id: HeadshotId) -> Headshot:
        """Remember that the person took a headshot along."""
        return self._remark(headshot_id, lambda headshot: replace(headshot, downloaded=True))

    # Deleting

    def delete_headshot(self, headshot_id: HeadshotId) -> None:
        """Delete a headshot without a trace; raises `NotFound`."""
        self.shredder.headshots([headshot_id])

    def delete_headshots(self, headshot_ids: Sequence[HeadshotId]) -> None:
        """Delete several headshots without a trace, each of them or, after `NotFound`, none."""
        self.shredder.headshots(headshot_ids)

    def delete_photo(self, photo_id: PhotoId) -> None:
        """Delete a photo and all that came of it, without a trace; raises `NotFound`."""
        self.shredder.photo(photo_id)

    def delete_session(self, session: Session) -> bool:
        """Delete all that belongs to a visit, without a trace; False when there was nothing."""
        return self.shredder.session(session)

    @property
    def lost_settings(self) -> bool:
        """Whether opening it brought a deletion to its end that took the settings, too."""
        return SETTINGS in self._deletions.completed

    def delete_everything(
        self, *, consents: bool = False, ledger: bool = False, settings: bool = False, keys: bool = False
    ) -> None:
        """Delete every photo, headshot, job and answer; what was agreed to, set, or left, where chosen."""
        self.shredder.everything(consents=consents, ledger=ledger, settings=settings, keys=keys)

    # The whole

    def check(self) -> Health:
        """Look through everything that is kept and say what was found."""
        return stocktaking.check(self.folders, self.index, self._shelves)

    def storage(self) -> Storage:
        """Return how much is kept."""
        sql = "SELECT count(*) FROM photos WHERE binned_by IS NULL AND picture_gone = 0"
        photos = int(self.index.read(sql)[0][0])
        return Storage(size_bytes=used_bytes(self.folders.root), photos=photos, headshots=self.count())

    def _photo(self, photo_id: PhotoId) -> Photo:
        return photo_of(self._row("photos", photo_id))

    def _row(self, table: str, thing: str) -> sqlite3.Row:
        sql = f"SELECT * FROM {table} WHERE id = ? AND binned_by IS NULL"  # noqa: S608 - one of our two
        rows = self.index.read(sql, (thing,))
        if not rows:
            raise NotFound
        return rows[0]

    def _remark(self, headshot_id: HeadshotId, change: Callable[[Headshot], Headshot]) -> Headshot:
        """Change what a headshot says about itself: in its note, then in the index."""
        with self._changing:
            row = self._row("headshots", headshot_id)
            headshot = headshot_of(row)
            changed = change(headshot)
            if changed != headshot:
                record = headshot_record(changed, row["ordinal"])
                self._shelves.headshots.replace(headshot_id, NOTE, note("headshot", record))
                with self.index.write() as connection:
                    connection.execute(
                        "UPDATE headshots SET favourite = ?, downloaded = ? WHERE id = ?",
                        (int(changed.favourite), int(changed.downloaded), headshot_id),
                    )
                    sendings.keep(connection, "downloaded = 1 AND id = ?", (headshot_id,))
        return changed

    def _of_job(self, job: Job) -> list[sqlite3.Row]:
        return self.index.read("SELECT * FROM headshots WHERE job_id = ?", (job.id,))

    def _place(self, job: Job, ordinal: int, rendered: Rendered, thumbnail: bytes) -> Headshot:
        headshot = Headshot(
            id=HeadshotId(new_id()),
            photo_id=job.photo_id,
            job_id=job.id,
            style_id=job.style_id,
            engine=job.engine,
            wishes=job.wishes,
            created_at=self._now(),
            size=rendered.size,
            scale=rendered.scale,
            remarks=rendered.remarks,
            subject=job.subject,
            model=rendered.model,
        )
        files = {
            PICTURE: rendered.picture,
            THUMBNAIL: thumbnail,
            NOTE: note("headshot", headshot_record(headshot, ordinal)),
        }
        if rendered.original is not None:
            files[ORIGINAL] = rendered.original
        self._shelves.headshots.put(headshot.id, files)
        return headshot

    def _settle_done(self, job: Job, placed: Sequence[tuple[Headshot, int]]) -> None:
        with self.index.write() as connection:
            for headshot, ordinal in placed:
                insert(connection, "headshots", headshot_record(headshot, ordinal))
            connection.execute(
                "UPDATE jobs SET state = ?, step = ?, error = NULL, changed_at = ? WHERE id = ?",
                (JobState.DONE.value, Step.SAVING.value, time_text(self._now()), job.id),
            )


def _locked(folders: Folders) -> FileLock:
    lock = FileLock(folders.lock, mode=FILE_MODE, thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise AlreadyRunning from error
    except OSError as error:
        raise FolderError from error
    return lock


def _small(shelf: Shelf, thing: str) -> bytes:
    try:
        return shelf.read(thing, THUMBNAIL)
    except NotFound:
        return shelf.read(thing, PICTURE)


def _filter(which: Which) -> tuple[str, tuple[Value, ...]]:
    parts, values = ["binned_by IS NULL"], []
    for column in ("session", "style_id", "photo_id"):
        if (value := which.get(column)) is not None:
            parts.append(f"{column} = ?")
            values.append(str(value))
    if which.get("favourites"):
        parts.append("favourite = 1")
    return "WHERE " + " AND ".join(parts), tuple(values)


@contextmanager
def _else_remove(shelf: Shelf, thing: str) -> Iterator[None]:
    """Take a thing off its shelf again when the row did not follow."""
    try:
        yield
    except BaseException:
        with suppress(FolderError):
            shelf.remove(thing)
        raise
