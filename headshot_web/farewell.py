"""Deleting and taking along on the command line, without a browser and while the app is closed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from headshot_web import takeaway
from headshot_web.errors import (
    CannotWriteThere,
    DiskFull,
    FileThere,
    HeadshotError,
    IndexDamaged,
    IndexTooNew,
    KeyNotForgotten,
)
from headshot_web.kiosk_browser import wipe_all
from headshot_web.ledger import Ledger
from headshot_web.library import Library
from headshot_web.model import OWNER
from headshot_web.paths import FILE_MODE
from headshot_web.shelves import own_errors

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from headshot_web.accounts import OutOfReach
    from headshot_web.keys import Keys
    from headshot_web.paths import Folders

WORD: Final = "delete"
"""What a person types to delete everything."""
NOT_IN_REACH: Final = "backups of this computer, and what its disk keeps inside for itself"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What is to be deleted."""

    older_than_days: int | None = None
    """Only what is older than this; everything for None."""
    settings: bool = False
    """All that was set, and what was said yes to."""
    keys: bool = False
    ledger: bool = False
    """What left this computer, and what was deleted before."""


def erase(
    erasure: Erasure, folders: Folders, keys: Keys, confirm: Callable[[tuple[str, ...]], None]
) -> tuple[str, ...]:
    """Delete it, once `confirm` was shown what goes and raised nothing; return what there is to say.

    Raises `AlreadyRunning`, `KeyNotForgotten` or another `FolderError`.
    """
    if not folders.root.is_dir():
        return ("Nothing is kept here.",)
    library = _opened(erasure, folders)
    try:
        before = _before(erasure.older_than_days)
        confirm(_goes(erasure, library, before))
        beyond = Ledger(library.index).out_of_reach(datetime.now(UTC))
        if before is not None:
            something = library.shredder.sweep(before, even_unfinished=True)
            return (_deleted(library), *_said(beyond)) if something else ("Nothing is as old as that.",)
        is_kept = _everything(erasure, library, keys)
        if is_kept:
            raise KeyNotForgotten
        return (_deleted(library), *_said(beyond))
    finally:
        library.close()


def export(folders: Folders, out: Path) -> str:
    """Write everything into a new ZIP, and say so.

    Raises `AlreadyRunning`, `FileThere`, `CannotWriteThere` or `DiskFull`, and then there is no file.
    """
    library = Library.open(folders)
    try:
        photos, headshots = len(library.photos(OWNER)), library.count(session=OWNER)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        try:
            descriptor = os.open(out, flags, FILE_MODE)
        except FileExistsError as error:
            raise FileThere from error
        except OSError as error:
            raise CannotWriteThere from error
        try:
            with own_errors(), os.fdopen(descriptor, "wb") as file:
                takeaway.write(takeaway.Takeaway(library, Ledger(library.index)), file)
        except BaseException as error:
            out.unlink(missing_ok=True)
            if isinstance(error, HeadshotError) and not isinstance(error, DiskFull):
                raise CannotWriteThere from error
            raise
    finally:
        library.close()
    return f"{_counted(photos, 'photo')} and {_counted(headshots, 'headshot')} are in {out}."


def _opened(erasure: Erasure, folders: Folders) -> Library:
    """Open the library; when everything is to go, an index that cannot be opened is no obstacle."""
    try:
        return Library.open(folders)
    except (IndexDamaged, IndexTooNew):
        if erasure.older_than_days is not None:
            raise
    Library.rebuild(folders)
    return Library.open(folders)


def _everything(erasure: Erasure, library: Library, keys: Keys) -> bool:
    """Delete everything, and what was chosen; say whether the keyring kept a key all the same."""
    wipe_all(library.folders)
    library.delete_everything(
        consents=erasure.settings, ledger=erasure.ledger, settings=erasure.settings, keys=erasure.keys
    )
    try:
        if erasure.keys:
            keys.forget_all()
    except KeyNotForgotten:
        return True
    return False


def _before(days: int | None) -> datetime | None:
    return None if days is None else datetime.now(UTC) - timedelta(days=days)


def _goes(erasure: Erasure, library: Library, before: datetime | None) -> tuple[str, ...]:
    """Say what goes and what stays."""
    if before is not None:
        photos, headshots = library.shredder.old(before)
        what = f"{_counted(photos, 'photo')} and {_counted(headshots, 'headshot')}"
        return (f"This deletes what is older than {_counted(erasure.older_than_days or 0, 'day')}: {what}.",)
    kept = library.storage()
    what = f"{_counted(kept.photos, 'photo')} and {_counted(kept.headshots, 'headshot')}"
    chosen = {
        "what was set and agreed to": erasure.settings,
        "the keys": erasure.keys,
        "the list of what left this computer": erasure.ledger,
    }
    lines = [f"This deletes everything in {library.folders.root}: {what}, and the log."]
    if goes := [name for name, is_chosen in chosen.items() if is_chosen]:
        lines.append(f"Also: {', '.join(goes)}.")
    if stays := [name for name, is_chosen in chosen.items() if not is_chosen]:
        lines.append(f"These stay: {', '.join(stays)}.")
    return (*lines, "It can't be undone.")


def _deleted(library: Library) -> str:
    """Say what the receipt says."""
    deletion = Ledger(library.index).deletions(1)[0]
    return f"Deleted: {_counted(deletion.files, 'file')}. Nothing of them is left in the app's folder."


def _said(beyond: OutOfReach) -> tuple[str, ...]:
    """Say what is out of reach."""
    lines = [f"Out of reach: {NOT_IN_REACH}."]
    if beyond.provider_copies_until is not None:
        day = beyond.provider_copies_until.astimezone().date().isoformat()
        lines.append(f"Copies that were sent should be gone by {day}: {', '.join(beyond.hosts)}.")
    if beyond.undated_hosts:
        lines.append(f"How long copies stay is up to whoever runs {', '.join(beyond.undated_hosts)}.")
    return tuple(lines)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
