"""What the booth has to do with: a guest's phone, paper, and the numbers of an event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from headshot_web.accounts import Money
    from headshot_web.booth_book import Hour
    from headshot_web.errors import HeadshotError
    from headshot_web.model import HeadshotId, Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A code for the guest's own phone: what it leads to, and until when it counts."""

    url: str
    ends_at: datetime


class Phones(Protocol):
    """How a guest's phone gets in."""

    async def invite(self, session: Session, only: HeadshotId | None) -> Code | None:
        """Make a code; None while nothing can be fetched by phone."""


class Paper(Protocol):
    """How headshots get onto paper."""

    async def print(self, picture: bytes, copies: int) -> None:
        """Print; raises a `HeadshotError` when that cannot be."""

    async def trouble(self) -> HeadshotError | None:
        """Say what is wrong with the printer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """The event in numbers; no picture and no name is in it."""

    hours: tuple[Hour, ...]
    cost: Money
    under_way: int

    def total(self, what: str) -> float:
        """Return one of the numbers of all hours."""
        return float(sum(getattr(hour, what) for hour in self.hours))


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What was done at the end of an event."""

    visits: int
    """Of how many guests something was still here."""
    deleted: int
    """Of how many of these it was deleted."""
    at: datetime
