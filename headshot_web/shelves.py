"""The shelves: pictures as files, each thing in a folder of its own that is there whole or not at all."""

from __future__ import annotations

import errno
import os
import re
import shutil
import stat
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from headshot_web import logbook
from headshot_web.errors import DiskFull, FolderError, NotFound
from headshot_web.paths import FILE_MODE, FOLDER_MODE, Folders

PICTURE: Final = "picture.jpg"
THUMBNAIL: Final = "thumbnail.jpg"
ORIGINAL: Final = "original.bin"
"""The provider's own file, untouched: its marks of where it comes from are whole only there."""
ANSWER: Final = "answer"
NOTE: Final = "note.json"

_ID: Final = re.compile(r"[0-9a-f]{32}")
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_FULL: Final = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


def new_id() -> str:
    """Return a fresh random id: 32 hexadecimal digits."""
    return uuid.uuid4().hex


class Shelf:
    """Folders of one kind, each named by an id. A symbolic link is never followed."""

    def __init__(self, root: Path, scratch: Path) -> None:
        self.root = root
        self._scratch = scratch
        if root.is_symlink() or scratch.is_symlink():
            raise FolderError

    def put(self, thing: str, files: Mapping[str, bytes]) -> None:
        """Place a new folder with these files, durably; raises `DiskFull`, and then nothing was placed."""
        place = self._place(thing)
        beside = self._scratch / new_id()
        with own_errors():
            try:
                beside.mkdir(mode=FOLDER_MODE)
                for name, data in files.items():
                    _write(beside / name, data)
                sync_folder(beside)
                beside.replace(place)
                sync_folder(self.root)
            except BaseException:
                shutil.rmtree(beside, ignore_errors=True)
                raise

    def replace(self, thing: str, name: str, data: bytes) -> None:
        """Replace one file of a folder, whole and durably."""
        place = self._place(thing)
        if place.is_symlink() or not place.is_dir():
            raise NotFound
        replace_file(place / name, data, self._scratch)

    def read(self, thing: str, name: str) -> bytes:
        """Return a file's bytes; raises `NotFound`."""
        place = self._place(thing)
        if place.is_symlink():
            raise NotFound
        try:
            flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
            with os.fdopen(os.open(place / name, flags), "rb") as file:
                return file.read()
        except OSError as error:
            raise NotFound from error

    def has(self, thing: str, *names: str) -> bool:
        """Say whether a real folder with these real, filled files is there."""
        place = self._place(thing)
        if place.is_symlink():
            return False
        return all(
            not (place / name).is_symlink() and (place / name).is_file() and (place / name).stat().st_size > 0
            for name in names
        )

    def remove(self, thing: str) -> int:
        """Remove a folder and return how many files were in it; taken off the shelf in one step."""
        place = self._place(thing)
        aside = self._scratch / new_id()
        with own_errors():
            try:
                place.rename(aside)
            except FileNotFoundError:
                return 0
            except OSError as error:
                if error.errno not in _FULL:
                    raise
                aside = place  # a full disk may have no room for the new name
            count = erase(aside)
            sync_folder(self.root)
            return count

    def count(self, thing: str, *names: str) -> int:
        """Return how many files are in a folder, or how many of these."""
        place = self._place(thing)
        if place.is_symlink():
            return 0
        there = {entry.name for entry in entries_under(place) if not entry.is_dir(follow_symlinks=False)}
        return len(there.intersection(names) if names else there)

    def take_out(self, thing: str, *names: str) -> int:
        """Remove files of a folder, which stays, and return how many there were."""
        place = self._place(thing)
        count = 0
        with own_errors():
            if place.is_symlink() or not place.is_dir():
                return 0
            for name in names:
                with suppress(FileNotFoundError):
                    (place / name).unlink()
                    count += 1
            sync_folder(place)
        return count

    def names(self) -> Iterator[tuple[str, bool]]:
        """Yield the ids on the shelf, and whether each is a real folder; other names are passed over."""
        if not self.root.exists():
            return
        with own_errors(), os.scandir(self.root) as entries:
            for entry in entries:
                if _ID.fullmatch(entry.name):
                    yield entry.name, entry.is_dir(follow_symlinks=False)

    def empty(self) -> int:
        """Remove all that lies on the shelf, whatever its name, and return how many files that were."""
        with own_errors():
            return sum(erase(place) for place in list(self.root.iterdir()))

    def _place(self, thing: str) -> Path:
        if not _ID.fullmatch(thing):
            raise NotFound
        return self.root / thing


class Shelves:
    """All shelves of the app folder, by their names."""

    def __init__(self, folders: Folders) -> None:
        self.photos = Shelf(folders.photos, folders.scratch)
        self.headshots = Shelf(folders.headshots, folders.scratch)
        self.answers = Shelf(folders.answers, folders.scratch)
        self._scratch = folders.scratch
        self.folders = folders

    def named(self, name: str) -> Shelf:
        """Return the shelf of a name."""
        return {"photos": self.photos, "headshots": self.headshots, "answers": self.answers}[name]

    def count(self) -> int:
        """Return how many files are on all shelves."""
        shelves = (self.photos, self.headshots, self.answers)
        return sum(
            not entry.is_dir(follow_symlinks=False)
            for shelf in shelves
            for entry in entries_under(shelf.root)
        )

    def clear_scratch(self) -> None:
        """Erase what was only half written."""
        with own_errors():
            for left in list(self._scratch.iterdir()):
                with suppress(FileNotFoundError):
                    erase(left)

    def empty(self) -> int:
        """Erase everything from every shelf, and the log, and return how many files that were."""
        count = sum(shelf.empty() for shelf in (self.photos, self.headshots, self.answers))
        with own_errors():
            count += logbook.clear(self.folders)
            for path in self.folders.left_over:
                count += erase(path) if path.is_file() else 0
        with suppress(FolderError):  # a process at work may have a file open there; it clears it itself
            self.clear_scratch()
        return count


def erase(path: Path) -> int:
    """Erase a file, a link or a whole folder, and return how many files that were; links are not followed."""
    if path.is_symlink() or not path.is_dir():
        path.unlink(missing_ok=True)
        return 1
    count = 0
    with os.scandir(path) as entries:
        for entry in list(entries):
            if entry.is_dir(follow_symlinks=False):
                count += erase(Path(entry.path))
            else:
                Path(entry.path).unlink(missing_ok=True)
                count += 1
    path.rmdir()
    return count


def replace_file(path: Path, data: bytes, scratch: Path) -> None:
    """Write a file beside, durably, then put it in its place; raises `DiskFull`, and the old one stays."""
    beside = scratch / new_id()
    with own_errors():
        try:
            _write(beside, data)
            beside.replace(path)
            sync_folder(path.parent)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise


def entries_under(root: str | Path) -> Iterator[os.DirEntry[str]]:
    """Yield every file and folder under a folder; links are not followed, what vanishes is passed over."""
    with suppress(FileNotFoundError), os.scandir(root) as entries:
        for entry in entries:
            yield entry
            if entry.is_dir(follow_symlinks=False):
                yield from entries_under(entry.path)


def used_bytes(root: Path) -> int:
    """Return how many bytes the files under a folder hold."""
    total = 0
    for entry in entries_under(root):
        with suppress(FileNotFoundError):
            total += 0 if entry.is_dir(follow_symlinks=False) else entry.stat(follow_symlinks=False).st_size
    return total


def open_to_others(root: Path) -> Iterator[tuple[Path, int]]:
    """Yield what other users could open, with the mode it should have; nothing where modes do not exist."""
    if os.name != "posix":
        return
    if root.stat().st_mode & _OTHERS:
        yield root, FOLDER_MODE
    for entry in entries_under(root):
        with suppress(FileNotFoundError):
            mode = entry.stat(follow_symlinks=False).st_mode
            if mode & _OTHERS and not entry.is_symlink():
                yield Path(entry.path), FOLDER_MODE if stat.S_ISDIR(mode) else FILE_MODE


@contextmanager
def own_errors() -> Iterator[None]:
    """Turn the system's errors into those a person can act on."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFull from error
        raise FolderError from error


def _write(path: Path, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(path, flags, FILE_MODE), "wb") as file:
        file.write(data)
        file.flush()
        _sync(file.fileno())


def _sync(descriptor: int) -> None:
    """Wait until the disk itself has it; on macOS, fsync alone does not wait."""
    if sys.platform == "darwin":
        import fcntl  # noqa: PLC0415 - posix only

        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    else:
        os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    """Wait until the disk knows which names a folder holds."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
