"""What leaves this computer and what it costs: money, a dispatch before it goes, and the receipt after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from headshot_web.model import JobId, PhotoId, StyleId

MICRO = 1_000_000
"""Amounts are kept as whole millionths of the currency's unit, so that sums are exact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An amount in a currency (ISO 4217)."""

    amount: Decimal
    currency: str = "USD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What something will probably cost: a range, in a currency (ISO 4217)."""

    low: Decimal
    high: Decimal
    currency: str = "USD"

    def times(self, count: int) -> Estimate:
        """Return the estimate for so many of the same."""
        return Estimate(low=self.low * count, high=self.high * count, currency=self.currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a provider counted, in tokens."""

    text_in: int = 0
    pictures_in: int = 0
    cached_in: int = 0
    """Those of the input that were charged at the lower price."""
    pictures_out: int = 0


class Outcome(StrEnum):
    """How a dispatch ended."""

    UNDER_WAY = "under-way"
    ANSWERED = "answered"
    """The picture came."""
    REFUSED = "refused"
    """The provider said no, or it never got there: nothing was charged."""
    UNCLEAR = "unclear"
    """It broke off: it may have been charged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """What is about to leave: to whom, how much, and which fields. It holds no picture and no words."""

    host: str
    """The host and, where it is not the scheme's own, the port."""
    secure: bool
    """Whether it goes over HTTPS."""
    model: str
    fields: tuple[str, ...]
    """The names of the form's fields, in their order."""
    pictures: tuple[str, ...]
    """The sha256 of each picture, as hex."""
    size_bytes: int
    """The length of the whole body."""
    estimate: Estimate | None = None
    """None where no prices are known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What came back for one dispatch."""

    outcome: Outcome
    status: int | None = None
    """The HTTP status, where one came."""
    request_id: str | None = None
    """The provider's own number for it."""
    usage: Usage | None = None
    cost: Money | None = None
    """None where no prices or no usage are known."""
    kept_days: int | None = None
    """How many days the provider normally keeps its copy; None where that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """An engine's word that it is about to send; it goes on only when it is asked for its next word."""

    dispatch: Dispatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """An engine's word that the latest dispatch brought no picture, and that it will go on by itself."""

    receipt: Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """An engine's word that it waits before it sends again."""

    until: datetime
    offline: bool = False
    """Whether nobody could be reached; else the provider asked for the pause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the ledger: one dispatch and what became of it."""

    number: int
    sent_at: datetime
    dispatch: Dispatch
    receipt: Receipt
    answered_at: datetime | None = None
    gone_by: datetime | None = None
    """When the provider's copy should be gone; None where that is not known, or nothing was kept."""
    job_id: JobId | None = None
    photo_ids: tuple[PhotoId, ...] = ()
    """The photos whose working copies were sent, as far as they are still here."""
    style_id: StyleId | None = None
    deleted: bool = False
    """Whether the photo it was made of was deleted here since."""
    for_guest: bool = False
    """Whether a guest ordered it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """What was spent, by the ledger. Dispatches that may have been charged count with their estimate."""

    today: Money
    month: Money
    everything: Money
    headshots: int
    """How many headshots came of it."""
    kept: int
    """How many of these were favourited or downloaded."""
    unclear: int = 0
    """How many dispatches may have been charged without bringing a picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfReach:
    """Copies that nothing done on this computer can delete."""

    provider_copies_until: datetime | None
    """When the last copy with a provider should be gone; None where there is none whose date is known."""
    hosts: tuple[str, ...]
    """Where these copies are."""
    undated_hosts: tuple[str, ...]
    """Where copies may be for as long as whoever runs that server likes."""
