"""The operator's PIN: known by its hash alone, and patient with nobody who guesses."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import math
import re
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Final

from headshot_web import words_operator as said
from headshot_web.errors import BadPin, FolderError, PinDamaged, PinRests, PinThere, WrongPin
from headshot_web.paths import FOLDER_MODE, Folders
from headshot_web.shelves import replace_file

SHORTEST: Final = 6
LONGEST: Final = 12
FREE_TRIES: Final = 5
WAITS_S: Final = (30, 60, 120, 300)
"""How long the PIN rests after each further wrong one; the last of them again and again."""
_COST: Final = 2**14
_BLOCKS: Final = 8
_FEW_DIGITS: Final = 2
_WELL_KNOWN: Final = frozenset({"112233", "159753", "147258", "258456", "102030", "314159", "271828"})


def refuse_simple(pin: str) -> None:
    """Raise `BadPin` for digits that are too few, or that a guest would try first."""
    if not re.fullmatch(rf"[0-9]{{{SHORTEST},{LONGEST}}}", pin):
        raise BadPin(said.PIN_DIGITS)
    steps = {(int(after) - int(before)) % 10 for before, after in itertools.pairwise(pin)}
    repeats = any(pin == (pin[:n] * len(pin))[: len(pin)] for n in range(1, len(pin) // 2 + 1))
    if len(steps) == 1 or repeats or len(set(pin)) <= _FEW_DIGITS or pin in _WELL_KNOWN:
        raise BadPin(said.PIN_SIMPLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """What the file holds: no PIN, but what one can be compared with, and the wrong ones since the last."""

    salt: str
    hash: str
    wrong: int = 0
    wrong_at: float = 0.0


class Pin:
    """The PIN of this booth. Everything here takes a moment, and belongs into a thread."""

    def __init__(self, folders: Folders, *, now: Callable[[], float] = time.time) -> None:
        """Know the app folder; `now` is the time of day in seconds, which goes on while the app is closed.

        Raises `PinDamaged`: a booth that has a PIN never goes on without one.
        """
        self._folders = folders
        self._now = now
        self._lock = threading.Lock()
        self._kept = self._read()

    @property
    def is_set(self) -> bool:
        """Whether there is a PIN."""
        return self._kept is not None

    @property
    def rests_s(self) -> int:
        """For how many seconds more no PIN is looked at."""
        return math.ceil(self._rest_s())

    def choose(self, pin: str) -> None:
        """Set the first PIN; raises `BadPin`, `PinThere` or `FolderError`."""
        refuse_simple(pin)
        with self._lock:
            if self._kept is not None:
                raise PinThere
            self._write(_hashed(pin))

    def check(self, pin: str) -> None:
        """Raise `WrongPin`, or `PinRests` while none is looked at."""
        with self._lock:
            self._check(pin)

    def change(self, old: str, new: str) -> None:
        """Set another PIN behind the old one; raises `BadPin`, `WrongPin`, `PinRests` or `FolderError`."""
        with self._lock:
            self._check(old)
            refuse_simple(new)
            self._write(_hashed(new))

    @staticmethod
    def forget(folders: Folders) -> None:
        """Take the PIN away, even a damaged one, so that another can be set; raises `FolderError`."""
        try:
            folders.pin.unlink(missing_ok=True)
        except OSError as error:
            raise FolderError from error

    def _check(self, pin: str) -> None:
        kept = self._kept
        if kept is None:
            raise WrongPin
        if rest := self.rests_s:
            raise PinRests(rest)
        # It counts as wrong, on the disk, before it is looked at: who ends the app gains no further try.
        self._note(replace(kept, wrong=kept.wrong + 1, wrong_at=self._now()))
        if not hmac.compare_digest(_hash(pin, bytes.fromhex(kept.salt)), bytes.fromhex(kept.hash)):
            if rest := self.rests_s:
                raise PinRests(rest)
            raise WrongPin
        self._note(replace(kept, wrong=0, wrong_at=0.0))

    def _rest_s(self) -> float:
        kept = self._kept
        if kept is None or kept.wrong < FREE_TRIES:
            return 0.0
        wait = WAITS_S[min(kept.wrong - FREE_TRIES, len(WAITS_S) - 1)]
        return min(float(wait), max(0.0, kept.wrong_at + wait - self._now()))

    def _note(self, kept: _Kept) -> None:
        """Remember the wrong ones; a full disk must not keep the operator out."""
        self._kept = kept
        with suppress(FolderError):
            self._write(kept)

    def _read(self) -> _Kept | None:
        try:
            found = json.loads(self._folders.pin.read_text("utf-8"))
            kept = _Kept(**found)
            bytes.fromhex(kept.salt), bytes.fromhex(kept.hash), kept.wrong + kept.wrong_at
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError) as error:
            raise PinDamaged from error
        return kept

    def _write(self, kept: _Kept) -> None:
        self._folders.prepare()
        try:
            self._folders.booth.mkdir(mode=FOLDER_MODE, exist_ok=True)
        except OSError as error:
            raise FolderError from error
        replace_file(self._folders.pin, json.dumps(asdict(kept)).encode(), self._folders.scratch)
        self._kept = kept


def _hashed(pin: str) -> _Kept:
    salt = secrets.token_bytes(16)
    return _Kept(salt=salt.hex(), hash=_hash(pin, salt).hex())


def _hash(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=_COST, r=_BLOCKS, p=1)
