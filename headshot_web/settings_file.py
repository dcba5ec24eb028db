"""The file of what the person chose in the settings page; whatever else is written in it stays."""

from __future__ import annotations

import re
import threading
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TypeAlias

import tomli_w

from headshot_web.errors import FolderError, SettingsUnreadable
from headshot_web.paths import Folders
from headshot_web.shelves import own_errors, replace_file

Value: TypeAlias = str | int | bool | Decimal

_CHANGING: Final = threading.Lock()


def start_anew(folders: Folders) -> None:
    """Take away all that was set, also for a booth, an own list of prices, and the certificates.

    Raises `FolderError`.
    """
    certificates = (folders.phone_authority, folders.phone_certificate)
    own = (folders.settings, folders.prices, folders.event, folders.pin, *certificates)
    with _CHANGING, own_errors():
        for path in own:
            path.unlink(missing_ok=True)


def keep(folders: Folders, name: str, value: Value | None) -> None:
    """Write one setting into settings.toml, or take it out with None.

    Raises `DiskFull`, `SettingsUnreadable` or another `FolderError`, and then the file is as it was.
    """
    with _CHANGING:
        text = _text(folders.settings)
        wanted = _understood(text)
        if value is None:
            wanted.pop(name, None)
        else:
            wanted |= tomllib.loads(_line(name, value), parse_float=Decimal)
        changed = _changed(text, name, value)
        if _understood(changed) != wanted:
            raise SettingsUnreadable  # such as a value of several lines, which is left to the person
        if changed != text:
            folders.prepare()
            replace_file(folders.settings, changed.encode(), folders.scratch)


def named_in(folders: Folders) -> frozenset[str]:
    """Return which settings the file names, known or not; none when it cannot be read."""
    try:
        return frozenset(_understood(_text(folders.settings)))
    except FolderError:
        return frozenset()


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8") if path.exists() else ""
    except OSError as error:
        raise FolderError from error
    except UnicodeDecodeError as error:
        raise SettingsUnreadable from error


def _understood(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise SettingsUnreadable from error


def _line(name: str, value: Value) -> str:
    return tomli_w.dumps({name: value})


def _changed(text: str, name: str, value: Value | None) -> str:
    """Change the line of one name before the first table, or put a new one first."""
    table = re.search(r"(?m)^[ \t]*\[", text)
    end = table.start() if table else len(text)
    line = re.compile(rf"""(?m)^[ \t]*(?:{name}|"{name}"|'{name}')[ \t]*=.*(?:\n|\Z)""")
    there = line.search(text, 0, end)
    if there is None:
        return text if value is None else _line(name, value) + text
    new = "" if value is None else _line(name, value).rstrip("\n") + _rest(there[0])
    return text[: there.start()] + new + text[there.end() :]


def _rest(line: str) -> str:
    """Return what stands behind the value of a line: a comment, and its end."""
    for at in (mark.start() for mark in re.finditer(r"[ \t]*#", line)):
        try:
            tomllib.loads(line[:at])
        except tomllib.TOMLDecodeError:
            continue  # this one is inside the value
        return line[at:]
    return "\r\n" if line.endswith("\r\n") else "\n"
