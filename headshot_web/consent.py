"""What a person said yes to: in which words, for which host, since when, and until when."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from headshot_web.policy import POLICY_DATE

if TYPE_CHECKING:
    import sqlite3

    from headshot_web.index import Index

SENDING_VERSION: Final = "2026-11-28"
"""The day of the words below. When what they say changes, so does this, and everybody is asked again."""


class ConsentKind(StrEnum):
    """What can be said yes to."""

    SENDING = "sending"
    """That photos are sent to a host, to be drawn there."""
    POLICY = "policy"
    """To the privacy policy, by somebody of 13 or older; it is of no host, which is then empty."""


VERSIONS: Final = {
    ConsentKind.SENDING: SENDING_VERSION,
    ConsentKind.POLICY: POLICY_DATE.isoformat(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One yes."""

    kind: ConsentKind
    version: str
    """Which words were shown."""
    host: str
    given_at: datetime
    withdrawn_at: datetime | None = None
    """When it was taken back, or another one took its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a person is asked, in the words of the current version."""

    title: str
    paragraphs: tuple[str, ...]
    yes: str
    no: str


class Consents:
    """Every yes, in the index. Without one for this host, in the current words, nothing is sent there."""

    def __init__(self, index: Index, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Know the index; it is asked anew each time, so that a yes taken back counts at once."""
        self._index = index
        self._clock = clock
        self._lock = threading.Lock()

    def given(self, kind: ConsentKind, host: str = "") -> Consent | None:
        """Return the yes that counts now: for this host, in the current words, and not taken back."""
        rows = self._index.read(
            "SELECT * FROM consents WHERE kind = ? AND host = ? AND version = ? AND withdrawn_at IS NULL",
            (kind.value, host, VERSIONS[kind]),
        )
        return _consent(rows[0]) if rows else None

    def give(self, kind: ConsentKind, host: str = "") -> Consent:
        """Write a yes down, durably; one that counts already stays as it is."""
        with self._lock:
            if there := self.given(kind, host):
                return there
            consent = Consent(kind=kind, version=VERSIONS[kind], host=host, given_at=self._clock())
            with self._index.write() as connection:
                _end(connection, kind, host, consent.given_at)
                connection.execute(
                    "INSERT INTO consents (kind, version, host, given_at) VALUES (?, ?, ?, ?)",
                    (kind.value, consent.version, host, consent.given_at.isoformat()),
                )
        return consent

    def withdraw(self, kind: ConsentKind, host: str = "") -> None:
        """Take a yes back; that it was given stays written."""
        with self._lock, self._index.write() as connection:
            _end(connection, kind, host, self._clock())

    def before(self, kind: ConsentKind) -> Consent | None:
        """Return the latest yes, where it was to earlier words and never taken back."""
        latest = next((consent for consent in self.history() if consent.kind is kind), None)
        is_old = latest is not None and latest.version < VERSIONS[kind] and latest.withdrawn_at is None
        return latest if is_old else None

    def history(self) -> tuple[Consent, ...]:
        """Return every yes that was ever given, newest first."""
        return tuple(map(_consent, self._index.read("SELECT * FROM consents ORDER BY seq DESC")))


def sending_words(
    host: str, provider_name: str, kept_days: int | None, *, is_openai: bool = True, is_guest: bool = False
) -> Question:
    """Put the question whether photos may be sent there; `kept_days` is None where that is not known.

    A guest is asked the same, as somebody who came to another person's computer.
    """
    drawn_by, here, key = provider_name, "this computer", "your key"
    back = "in the settings at any time"
    if is_guest:
        drawn_by = provider_name if is_openai else "a server that whoever invited you chose"
        here, key = "the computer", "the key of whoever invited you"
        back = "under “Your visit” at any time"
    if kept_days is None:
        kept = f"How long it stays there is up to whoever runs {host}."
    else:
        kept = (
            f"{provider_name} normally keeps it for up to {kept_days} days, to look for misuse; longer where "
            "the law or safety requires it. It is not used to train models."
        )
    sent = (
        "What is sent: the framed picture you are shown, and others of you that you add, each without "
        "place, time, camera or name; a description of the look; how to draw it (model, size, quality); and "
        f"{key}. Nothing else."
    )
    asked_of = host if is_guest and not is_openai else provider_name
    return Question(
        title=f"May your photo be sent to {asked_of}?",
        paragraphs=(
            f"Your headshot is then drawn by {drawn_by}, at {host}. Your photo leaves {here}.",
            sent,
            kept,
            "Send only photos of yourself, or of people who said yes to this.",
            "Your yes counts for each headshot that you order there from now on.",
            f"You can take your yes back {back}; then nothing more is sent.",
        ),
        yes=f"Yes, send it to {asked_of}",
        no=f"No, stay on {here}",
    )


def with_policy(question: Question) -> Question:
    """Put the policy into a question that is asked without a page, so that one yes is to both."""
    also = (
        "With your yes you also say that you are 13 or older, and that you read the privacy policy: "
        "“headshot-web privacy” shows it."
    )
    return replace(question, paragraphs=(*question.paragraphs, also))


def _end(connection: sqlite3.Connection, kind: ConsentKind, host: str, moment: datetime) -> None:
    connection.execute(
        "UPDATE consents SET withdrawn_at = ? WHERE kind = ? AND host = ? AND withdrawn_at IS NULL",
        (moment.isoformat(), kind.value, host),
    )


def _consent(row: sqlite3.Row) -> Consent:
    withdrawn = row["withdrawn_at"]
    return Consent(
        kind=ConsentKind(row["kind"]),
        version=row["version"],
        host=row["host"],
        given_at=datetime.fromisoformat(row["given_at"]),
        withdrawn_at=datetime.fromisoformat(withdrawn) if withdrawn else None,
    )
