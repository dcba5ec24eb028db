"""The keys for providers: taken from the environment, kept in the system's keyring, else in a private file.

A key belongs to one host and is given out for that host only.
"""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from headshot_web.errors import BadKey, KeyNotForgotten
from headshot_web.keyrings import SystemKeyring
from headshot_web.shelves import replace_file

if TYPE_CHECKING:
    from pydantic import SecretStr

    from headshot_web.paths import Folders

OPENAI_HOST: Final = "api.openai.com"
OPENAI_VARIABLE: Final = "OPENAI_API_KEY"
OWN_VARIABLE: Final = "HEADSHOT_WEB_OPENAI_API_KEY"
SHORTEST, LONGEST = 8, 512
HINT_CHARACTERS: Final = 4
_QUOTES: Final = "\"'`“”„‘’«»"
_INVISIBLE: Final = re.compile("[\r\n\t\u200b-\u200f\u2028\u2029\u2060\ufeff]")
_BEFORE_A_KEY: Final = re.compile(
    r"(?:(?:export|set)\s+)?\w*API_KEY\s*=|(?:Authorization:\s*)?Bearer\s", re.IGNORECASE
)
_NONE: Final[Mapping[str, SecretStr]] = MappingProxyType({})


class KeyPlace(StrEnum):
    """Where the key for a host is."""

    ENVIRONMENT = "environment"
    KEYRING = "keyring"
    FILE = "file"
    NOWHERE = "nowhere"


def take_from_environment(environ: MutableMapping[str, str] = os.environ) -> Mapping[str, SecretStr]:
    """Take the keys out of the environment, before any other process is started that would inherit them."""
    taken = {}
    for name in (OWN_VARIABLE, OPENAI_VARIABLE):
        for there in [there for there in environ if there.upper() == name]:
            value = environ.pop(there)
            if value.strip():
                from pydantic import SecretStr  # noqa: PLC0415 - “--help” is quicker without it

                taken[name] = SecretStr(value)
    return MappingProxyType(taken)


def clean(pasted: str) -> SecretStr:
    """Return what was pasted without the quotation marks and line breaks around it; raises `BadKey`."""
    from pydantic import SecretStr  # noqa: PLC0415 - “--help” is quicker without it

    text = _INVISIBLE.sub("", pasted.strip()).strip(_QUOTES + " \u00a0;")
    text = _BEFORE_A_KEY.sub("", text, count=1) if _BEFORE_A_KEY.match(text) else text
    text = text.strip(_QUOTES + " \u00a0;")
    if not re.fullmatch(f"[!-~]{{{SHORTEST},{LONGEST}}}", text):
        raise BadKey from None
    return SecretStr(text)


class Keys:
    """The keys, each for one host. Everything here may wait for the keyring for some seconds."""

    def __init__(
        self,
        folders: Folders,
        *,
        environ: Mapping[str, SecretStr] = _NONE,
        keyring: SystemKeyring | None = None,
        own_host: str | None = None,
    ) -> None:
        """Know the app's folders, and what `take_from_environment` gave; nothing is looked up yet.

        `own_host` is the host that was set when the app was started: a key given then is for that one alone.
        """
        self._folders = folders
        self._environ = environ
        self._own_host = own_host
        self._keyring = keyring or SystemKeyring()
        self._lock = threading.RLock()
        self._known: dict[str, tuple[SecretStr, KeyPlace]] = {}

    def find(self, host: str) -> SecretStr | None:
        """Return the key for this host, and for no other."""
        found = self._found(host)
        return found[0] if found else None

    def where(self, host: str) -> KeyPlace:
        """Say where the key for this host is."""
        found = self._found(host)
        return found[1] if found else KeyPlace.NOWHERE

    def hint(self, host: str) -> str:
        """Return all that is ever shown of a key: “…” and its last four characters; empty without a key."""
        key = self.find(host)
        return f"…{key.get_secret_value()[-HINT_CHARACTERS:]}" if key else ""

    def place_to_keep(self) -> KeyPlace:
        """Say where a key would be kept: in the keyring, else in a file, which the person is told first."""
        return KeyPlace.KEYRING if self._keyring.name() else KeyPlace.FILE

    def keyring_name(self) -> str | None:
        """Return which of the system's keyrings is used; None when none that encrypts is there."""
        return self._keyring.name()

    def keep(self, host: str, key: SecretStr | str) -> KeyPlace:
        """Keep the key for this host in place of an earlier one; raises `BadKey`, `DiskFull`, `FolderError`.

        A key from the environment counts first all the same.
        """
        key = clean(key if isinstance(key, str) else key.get_secret_value())
        with self._lock:
            in_keyring = self._keyring.keep(host, key.get_secret_value())
            place = KeyPlace.KEYRING if in_keyring else KeyPlace.FILE
            self._write({**self._read(), host: in_keyring or key.get_secret_value()})
            self._known.pop(host, None)
            if self._from_environment(host) is None:
                self._known[host] = key, place
        return place

    def forget(self, host: str) -> KeyPlace:
        """Forget the key for this host and say where one still is: that of the environment stays.

        Raises `KeyNotForgotten` when the keyring does not let go of it.
        """
        with self._lock:
            kept = self._read()
            if kept.get(host) is True and not self._keyring.forget(host):
                raise KeyNotForgotten
            self._write({there: key for there, key in kept.items() if there != host})
            self._known.pop(host, None)
        return self.where(host)

    def forget_all(self) -> None:
        """Forget every key that is kept here; raises `KeyNotForgotten` when the keyring keeps one."""
        hosts = tuple(self._read())
        kept = []
        for host in hosts:
            try:
                self.forget(host)
            except KeyNotForgotten:
                kept.append(host)
        with self._lock:
            self._known.clear()
        if kept:
            raise KeyNotForgotten

    def misread(self) -> tuple[str, ...]:
        """Name the variables whose text cannot be a key; they are not used."""
        return tuple(name for name, value in self._environ.items() if _cleaned(value) is None)

    def _found(self, host: str) -> tuple[SecretStr, KeyPlace] | None:
        with self._lock:
            if host not in self._known and (found := self._look(host)):
                self._known[host] = found
            return self._known.get(host)

    def _look(self, host: str) -> tuple[SecretStr, KeyPlace] | None:
        from pydantic import SecretStr  # noqa: PLC0415 - “--help” is quicker without it

        if key := self._from_environment(host):
            return key, KeyPlace.ENVIRONMENT
        kept = self._read().get(host)
        # The keyring is asked only for what was put there: it may ask the person for a password.
        text, place = (self._keyring.find(host), KeyPlace.KEYRING) if kept is True else (kept, KeyPlace.FILE)
        key = _cleaned(SecretStr(text)) if isinstance(text, str) else None
        return (key, place) if key else None

    def _from_environment(self, host: str) -> SecretStr | None:
        names = [OWN_VARIABLE] if self._own_host in (None, host) else []
        if host == OPENAI_HOST:
            names.append(OPENAI_VARIABLE)
        return next(filter(None, (_cleaned(self._environ.get(name)) for name in names)), None)

    def _read(self) -> dict[str, str | bool]:
        """Return each host's key, or True where it is in the keyring; a damaged file holds nothing."""
        try:
            flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)
            with os.fdopen(os.open(self._folders.keys, flags), encoding="utf-8") as file:
                kept = json.load(file)
        except (OSError, ValueError):
            return {}
        if not isinstance(kept, dict):
            return {}
        return {host: key for host, key in kept.items() if isinstance(key, str) or key is True}

    def _write(self, kept: Mapping[str, str | bool]) -> None:
        """Write the file anew, readable by this user alone; one that holds nothing is removed."""
        if kept == self._read():
            return
        if kept:
            self._folders.prepare()
            replace_file(self._folders.keys, json.dumps(kept, indent=1).encode(), self._folders.scratch)
        else:
            self._folders.keys.unlink(missing_ok=True)


def _cleaned(value: SecretStr | None) -> SecretStr | None:
    with suppress(BadKey):
        return clean(value.get_secret_value()) if value else None
    return None
