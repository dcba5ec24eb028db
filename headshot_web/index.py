"""The index: one SQLite file that knows what lies on the shelves, and that survives a power cut."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from headshot_web.errors import DiskFull, FolderError, IndexDamaged, IndexTooNew
from headshot_web.paths import FILE_MODE

Value = str | int | float | None
Steps = tuple[str, ...]

MIGRATIONS: Final[tuple[Steps, ...]] = (
    (
        """CREATE TABLE photos (
            seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, created_at TEXT NOT NULL,
            width_px INTEGER NOT NULL, height_px INTEGER NOT NULL,
            notices TEXT NOT NULL DEFAULT '', subject INTEGER)""",
        """CREATE TABLE headshots (
            seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, photo_id TEXT NOT NULL, job_id TEXT NOT NULL,
            ordinal INTEGER NOT NULL, style_id TEXT NOT NULL, engine TEXT NOT NULL,
            backdrop_color TEXT, crop TEXT, subject INTEGER, created_at TEXT NOT NULL,
            width_px INTEGER NOT NULL, height_px INTEGER NOT NULL, scale REAL NOT NULL,
            remarks TEXT NOT NULL DEFAULT '', favourite INTEGER NOT NULL DEFAULT 0,
            UNIQUE (job_id, ordinal))""",
        """CREATE TABLE jobs (
            seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, order_id TEXT NOT NULL,
            position INTEGER NOT NULL, photo_id TEXT NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
            style_id TEXT NOT NULL, engine TEXT NOT NULL, backdrop_color TEXT, crop TEXT, subject INTEGER,
            state TEXT NOT NULL, step TEXT NOT NULL, created_at TEXT NOT NULL, changed_at TEXT NOT NULL,
            error TEXT, superseded INTEGER NOT NULL DEFAULT 0)""",
        "CREATE TABLE orders (digest TEXT PRIMARY KEY) WITHOUT ROWID",
        """CREATE TABLE deletions (
            seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, began_at TEXT NOT NULL, finished_at TEXT,
            files INTEGER NOT NULL DEFAULT 0, targets TEXT)""",
        "CREATE INDEX photos_by_time ON photos (created_at)",
        "CREATE INDEX headshots_by_time ON headshots (created_at)",
        "CREATE INDEX headshots_by_style ON headshots (style_id, created_at)",
        "CREATE INDEX headshots_by_photo ON headshots (photo_id, created_at)",
        "CREATE INDEX jobs_by_order ON jobs (order_id, position)",
        "CREATE INDEX jobs_by_photo ON jobs (photo_id)",
        "CREATE INDEX jobs_by_state ON jobs (state)",
    ),
    ("CREATE INDEX headshots_favourite ON headshots (created_at) WHERE favourite = 1",),
    (
        "ALTER TABLE jobs ADD COLUMN quality TEXT NOT NULL DEFAULT 'final'",
        "ALTER TABLE jobs ADD COLUMN others TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE jobs ADD COLUMN request_id TEXT",
        "ALTER TABLE jobs ADD COLUMN resumes_at TEXT",
        "ALTER TABLE jobs ADD COLUMN estimate_micro INTEGER",
        "ALTER TABLE jobs ADD COLUMN currency TEXT",
        "ALTER TABLE headshots ADD COLUMN model TEXT",
        "ALTER TABLE headshots ADD COLUMN downloaded INTEGER NOT NULL DEFAULT 0",
        """CREATE TABLE sendings (
            seq INTEGER PRIMARY KEY, sent_at TEXT NOT NULL, host TEXT NOT NULL, secure INTEGER NOT NULL,
            model TEXT NOT NULL, fields TEXT NOT NULL, pictures TEXT NOT NULL, size_bytes INTEGER NOT NULL,
            estimate_low_micro INTEGER, estimate_high_micro INTEGER, currency TEXT,
            job_id TEXT, photo_ids TEXT NOT NULL DEFAULT '', style_id TEXT,
            outcome TEXT NOT NULL, status INTEGER, request_id TEXT,
            text_in INTEGER, pictures_in INTEGER, cached_in INTEGER, pictures_out INTEGER,
            cost_micro INTEGER, answered_at TEXT, kept_days INTEGER, gone_by TEXT,
            deleted INTEGER NOT NULL DEFAULT 0, kept INTEGER NOT NULL DEFAULT 0, event TEXT)""",
        "CREATE INDEX sendings_by_time ON sendings (sent_at)",
        "CREATE INDEX sendings_by_job ON sendings (job_id)",
        "CREATE INDEX sendings_under_way ON sendings (seq) WHERE outcome = 'under-way'",
    ),
    (
        """CREATE TABLE consents (
            seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, version TEXT NOT NULL, host TEXT NOT NULL,
            given_at TEXT NOT NULL, withdrawn_at TEXT)""",
        "CREATE UNIQUE INDEX consents_in_force ON consents (kind, host) WHERE withdrawn_at IS NULL",
    ),
    (
        "ALTER TABLE photos ADD COLUMN session TEXT NOT NULL DEFAULT 'owner'",
        "ALTER TABLE photos ADD COLUMN picture_gone INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE photos ADD COLUMN binned_by INTEGER",
        "ALTER TABLE headshots ADD COLUMN binned_by INTEGER",
        "CREATE INDEX photos_by_session ON photos (session)",
        "CREATE INDEX photos_binned ON photos (binned_by) WHERE binned_by IS NOT NULL",
        "CREATE INDEX headshots_binned ON headshots (binned_by) WHERE binned_by IS NOT NULL",
    ),
    (
        """CREATE TABLE devices (
            seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, digest TEXT NOT NULL UNIQUE,
            role TEXT NOT NULL, session TEXT NOT NULL, kind TEXT NOT NULL, only_headshot TEXT,
            paired_at TEXT NOT NULL, last_seen TEXT NOT NULL, ends_at TEXT NOT NULL, ended_at TEXT,
            agreed_policy TEXT, agreed_sending TEXT, keep INTEGER NOT NULL DEFAULT 0)""",
        """CREATE TABLE visits (
            session TEXT PRIMARY KEY, began_at TEXT NOT NULL, ended_at TEXT,
            keep INTEGER NOT NULL DEFAULT 0, paid INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID""",
        "ALTER TABLE sendings ADD COLUMN guest INTEGER NOT NULL DEFAULT 0",
        "CREATE INDEX sendings_of_guests ON sendings (sent_at) WHERE guest = 1",
        # A headshot is of its photo's visit; it says so itself too, so that 10,000 are told apart at once.
        "ALTER TABLE headshots ADD COLUMN session TEXT NOT NULL DEFAULT 'owner'",
        """UPDATE headshots SET session = (SELECT session FROM photos WHERE id = photo_id)
            WHERE EXISTS (SELECT 1 FROM photos WHERE id = photo_id AND session <> 'owner')""",
        """CREATE TRIGGER headshot_of_a_visit AFTER INSERT ON headshots
            WHEN EXISTS (SELECT 1 FROM photos WHERE id = NEW.photo_id AND session <> 'owner') BEGIN
            UPDATE headshots SET session = (SELECT session FROM photos WHERE id = NEW.photo_id)
            WHERE seq = NEW.seq; END""",
        """CREATE TRIGGER photo_handed_over AFTER UPDATE OF session ON photos BEGIN
            UPDATE headshots SET session = NEW.session WHERE photo_id = NEW.id; END""",
        "CREATE INDEX headshots_of_session ON headshots (session, created_at)",
        "DROP INDEX photos_by_session",
        "CREATE INDEX photos_of_session ON photos (session, created_at)",
    ),
    (
        """CREATE TABLE booth_visits (
            session TEXT PRIMARY KEY, event TEXT NOT NULL, began_at TEXT NOT NULL, forget_at TEXT,
            shared INTEGER NOT NULL DEFAULT 0, keep INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID""",
        """CREATE TABLE booth_hours (
            event TEXT NOT NULL, hour TEXT NOT NULL, guests INTEGER NOT NULL DEFAULT 0,
            headshots INTEGER NOT NULL DEFAULT 0, paid INTEGER NOT NULL DEFAULT 0,
            failures INTEGER NOT NULL DEFAULT 0, printed INTEGER NOT NULL DEFAULT 0,
            shared INTEGER NOT NULL DEFAULT 0, waited_s REAL NOT NULL DEFAULT 0,
            PRIMARY KEY (event, hour)) WITHOUT ROWID""",
    ),
)
"""What turns each version of the index into the next; a step that was released is never changed."""

_PRAGMAS: Final = (
    "PRAGMA busy_timeout = 5000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA fullfsync = ON",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",  # nothing of a person's in the system's temp folder
    "PRAGMA trusted_schema = OFF",
)
_FULL: Final = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_SHMSIZE,
    sqlite3.SQLITE_IOERR_FSYNC,
}
_DAMAGED: Final = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class Index:
    """The open index: one connection writes, others read meanwhile. Thread-safe."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._readers: list[sqlite3.Connection] = []
        self._readers_lock = threading.Lock()
        self._writer = _connect(path)

    @classmethod
    def open(cls, path: Path, migrations: Sequence[Steps] = MIGRATIONS) -> Index:
        """Open the index, made or brought up to date; raises `IndexDamaged`, `IndexTooNew`, `FolderError`."""
        with _own_errors():
            _make_private(path)
            index = cls(path)
            try:
                index._check()
                index._migrate(migrations)
            except BaseException:
                index.close()
                raise
        return index

    @classmethod
    def peek(cls, path: Path) -> Index:
        """Open the index as it is, to look through it; it is neither made nor brought up to date."""
        if path.is_symlink() or not path.is_file():
            raise IndexDamaged
        with _own_errors():
            return cls(path)

    def close(self) -> None:
        """Close every connection; the log is folded into the index."""
        with self._lock, self._readers_lock:
            for reader in self._readers:
                reader.close()
            self._readers.clear()
            self._writer.close()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction: all of it is on the disk when the block ends, or none; raises `DiskFull`."""
        with self._lock, _own_errors():
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    def read(self, sql: str, values: Sequence[Value] = ()) -> list[sqlite3.Row]:
        """Return the rows of a question; a write under way never makes it wait."""
        with _own_errors(), self._reader() as reader:
            return reader.execute(sql, values).fetchall()

    def scrub(self) -> None:
        """Leave nothing of deleted rows in the index or its log.

        `secure_delete` alone leaves old bytes in pages that were rearranged, so the index is written anew:
        30 ms for 10,000 headshots. On a full disk that has to wait until the next deletion.
        """
        with self._lock, _own_errors():
            with suppress(DiskFull), _own_errors():
                # On a disk that is nearly full the log has to give its room back first.
                self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
                self._writer.execute("VACUUM")
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def is_sound(self) -> bool:
        """Read the whole index and say whether it is undamaged."""
        try:
            with self._reader() as reader:
                rows = reader.execute("PRAGMA integrity_check(1)").fetchall()
        except sqlite3.DatabaseError:
            return False
        return [row[0] for row in rows] == ["ok"]

    @property
    def version(self) -> int:
        """Return how many migrations were done."""
        return int(self.read("PRAGMA user_version")[0][0])

    @contextmanager
    def _reader(self) -> Iterator[sqlite3.Connection]:
        with self._readers_lock:
            reader = self._readers.pop() if self._readers else None
        if reader is None:
            reader = _connect(self._path)
            reader.execute("PRAGMA query_only = ON")
        try:
            yield reader
        finally:
            with self._readers_lock:
                self._readers.append(reader)

    def _check(self) -> None:
        rows = self._writer.execute("PRAGMA quick_check(1)").fetchall()
        if [row[0] for row in rows] != ["ok"]:
            raise IndexDamaged

    def _migrate(self, migrations: Sequence[Steps]) -> None:
        done = self._writer.execute("PRAGMA user_version").fetchone()[0]
        if done > len(migrations):
            raise IndexTooNew
        for version, steps in enumerate(migrations[done:], start=done + 1):
            with self.write() as connection:
                for step in steps:
                    connection.execute(step)
                connection.execute(f"PRAGMA user_version = {version:d}")


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        connection.row_factory = sqlite3.Row
        for pragma in _PRAGMAS:
            connection.execute(pragma)
    except BaseException:
        connection.close()
        raise
    return connection


def _make_private(path: Path) -> None:
    """Make the file before SQLite does: its log and shared memory take over the file's mode."""
    if path.is_symlink():
        raise FolderError
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, FILE_MODE))
        if os.name == "posix":
            path.chmod(FILE_MODE)
            for suffix in ("-wal", "-shm"):
                with suppress(FileNotFoundError):
                    path.with_name(path.name + suffix).chmod(FILE_MODE)
    except OSError as error:
        raise FolderError from error


@contextmanager
def _own_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.IntegrityError:
        raise
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0)
        if code in _FULL:
            raise DiskFull from error
        if code & 0xFF in _DAMAGED:
            raise IndexDamaged from error
        raise FolderError from error


def insert(connection: sqlite3.Connection, table: str, record: Mapping[str, Value]) -> bool:
    """Add a row and say whether it was added; one that is there already stays as it is."""
    columns, marks = ", ".join(record), ", ".join(f":{column}" for column in record)
    sql = f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 - names from records.py
    return connection.execute(sql, dict(record)).rowcount > 0
