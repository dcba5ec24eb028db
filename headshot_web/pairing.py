"""Letting a phone in: codes that count once and for a short time. They are held in memory only."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Final, NewType

from headshot_web.errors import (
    InvitationOver,
    InvitationUsed,
    NotFound,
    PairingDeclined,
    PairingRefused,
    TooManyTries,
    WrongCode,
)
from headshot_web.model import HeadshotId, Role, Session

Ticket = NewType("Ticket", str)
"""What a phone holds while the owner is asked about it; nobody else knows it."""
RequestId = NewType("RequestId", str)

INVITATION_S: Final = 120.0
REMEMBERED_S: Final = 1800.0
"""How long a used or old invitation is told apart from one that never was."""
TOKEN_BYTES: Final = 32
DIGITS: Final = 8
TRIES_A_CODE: Final = 5
TRIES_AN_HOUR: Final = 20
HOUR_S: Final = 3600.0
ASKED_S: Final = 120.0
"""How long the owner may take to say yes or no."""
MOST_ASKED: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What an invitation was for: as who a phone comes in, and to what."""

    role: Role = Role.GUEST
    session: Session | None = None
    """The visit that it joins; None for a new one, or the owner's own."""
    only: HeadshotId | None = None
    """The one headshot it may fetch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A code to scan: its secret, which is not kept, and until when it counts."""

    token: str = field(repr=False)
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Knock:
    """A phone that waits for the owner's yes."""

    id: RequestId
    name: str
    grant: Grant
    since: datetime


class _Answer(Enum):
    OPEN = "open"
    YES = "yes"
    NO = "no"


@dataclass(slots=True)
class _Waiting:
    knock: Knock
    until: float
    answer: _Answer = _Answer.OPEN


@dataclass(slots=True)
class _Invited:
    grant: Grant
    until: float
    used: bool = False


@dataclass(slots=True)
class _Code:
    digits: str
    grant: Grant
    tries: int = 0


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class Pairing:
    """Makes invitations and takes them. Nothing in it waits, so of many that race for one, one wins."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Know the time; a clock that only goes forward."""
        self._clock = clock
        self._invited: dict[str, _Invited] = {}
        self._code: _Code | None = None
        self._tries: list[float] = []
        self._waiting: dict[str, _Waiting] = {}
        self._listeners: dict[object, Callable[[], None]] = {}

    # Invitations to scan

    def invite(
        self, role: Role = Role.GUEST, session: Session | None = None, only: HeadshotId | None = None
    ) -> Invitation:
        """Make a code to scan; those that were shown before count on until their own time is over."""
        self._tidy()
        token = secrets.token_urlsafe(TOKEN_BYTES)
        grant = Grant(role=role, session=session, only=only)
        self._invited[_digest(token)] = _Invited(grant, self._clock() + INVITATION_S)
        return Invitation(token=token, ends_at=datetime.now(UTC) + timedelta(seconds=INVITATION_S))

    def redeem(self, token: str) -> Grant:
        """Take an invitation, once; raises `InvitationOver`, `InvitationUsed` or another `PairingRefused`."""
        invited = self._invited.get(_digest(token))
        if invited is None:
            raise PairingRefused
        if invited.used:
            raise InvitationUsed
        if invited.until <= self._clock():
            raise InvitationOver
        invited.used = True
        self._tell()
        return invited.grant

    def revoke(self) -> None:
        """Let no invitation count any more, nor the digits, nor who is waiting."""
        self._invited.clear()
        self._waiting.clear()
        self._code = None
        self._tell()

    # Digits to type

    @property
    def code(self) -> str | None:
        """The digits that count now; None when they were used, guessed at too often, or put away."""
        return self._code.digits if self._code else None

    def open_code(self, role: Role = Role.GUEST) -> str:
        """Make new digits, for one phone, to be shown while the dialog is open; raises `TooManyTries`."""
        self._check_tries()
        self._code = _Code(f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}", Grant(role=role))
        return self._code.digits

    def close_code(self) -> None:
        """Put the digits away."""
        self._code = None

    def redeem_code(self, code: str) -> Grant:
        """Take the digits; raises `WrongCode`, `TooManyTries`, or `PairingRefused` when none are shown."""
        self._check_tries()
        shown = self._code
        if shown is None:
            self._tries.append(self._clock())
            raise PairingRefused
        digits = "".join(part for part in code if part.isascii() and part.isdigit())
        if secrets.compare_digest(digits, shown.digits):
            self._code = None
            self._tell()
            return shown.grant
        shown.tries += 1
        self._tries.append(self._clock())
        if shown.tries >= TRIES_A_CODE:
            self._code = None
            self._tell()
            raise TooManyTries
        raise WrongCode

    def _check_tries(self) -> None:
        since = self._clock() - HOUR_S
        self._tries = [moment for moment in self._tries if moment > since]
        if len(self._tries) >= TRIES_AN_HOUR:
            self._code = None
            raise TooManyTries

    # Asking the owner about each phone

    def ask(self, grant: Grant, name: str) -> Ticket:
        """Let a phone that has redeemed wait for the owner's yes; raises `TooManyTries` when many wait."""
        self._tidy()
        if len(self._waiting) >= MOST_ASKED:
            raise TooManyTries
        ticket = Ticket(secrets.token_urlsafe(TOKEN_BYTES))
        knock = Knock(id=RequestId(secrets.token_hex(16)), name=name, grant=grant, since=datetime.now(UTC))
        self._waiting[_digest(ticket)] = _Waiting(knock, self._clock() + ASKED_S)
        self._tell()
        return ticket

    def waiting(self) -> tuple[Knock, ...]:
        """Return the phones that wait for a yes, the longest waiting first."""
        self._tidy()
        return tuple(one.knock for one in self._waiting.values() if one.answer is _Answer.OPEN)

    def approve(self, request: RequestId) -> None:
        """Say yes to a phone; raises `NotFound` when it no longer waits."""
        self._settle(request, _Answer.YES)

    def decline(self, request: RequestId) -> None:
        """Say no to a phone; raises `NotFound` when it no longer waits."""
        self._settle(request, _Answer.NO)

    def answered(self, ticket: str) -> tuple[Grant, str] | None:
        """Return, once, what a waiting phone was granted and its name; None while the owner thinks.

        Raises `PairingDeclined`, or `InvitationOver` when nobody answered.
        """
        one = self._waiting.get(_digest(ticket))
        if one is None:
            raise InvitationOver
        if one.answer is _Answer.OPEN:
            if one.until > self._clock():
                return None
            self._forget(ticket)
            raise InvitationOver
        self._forget(ticket)
        if one.answer is _Answer.NO:
            raise PairingDeclined
        return one.knock.grant, one.knock.name

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Tell a listener when a code was used, or somebody knocks; returns how to stop."""
        key = object()
        self._listeners[key] = listener

        def unsubscribe() -> None:
            self._listeners.pop(key, None)

        return unsubscribe

    def _settle(self, request: RequestId, answer: _Answer) -> None:
        for one in self._waiting.values():
            if one.knock.id == request and one.answer is _Answer.OPEN:
                one.answer = answer
                self._tell()
                return
        raise NotFound

    def _forget(self, ticket: str) -> None:
        self._waiting.pop(_digest(ticket), None)
        self._tell()

    def _tidy(self) -> None:
        moment = self._clock()
        self._invited = {key: one for key, one in self._invited.items() if one.until + REMEMBERED_S > moment}
        self._waiting = {key: one for key, one in self._waiting.items() if one.until + ASKED_S > moment}

    def _tell(self) -> None:
        for listener in list(self._listeners.values()):
            listener()
