"""What can happen at the booth, and what is then to be done; each names the visit it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NewType

if TYPE_CHECKING:
    from headshot_web.model import HeadshotId, OrderId, PhotoId, Session, StyleId

VisitId = NewType("VisitId", str)


class Closed(StrEnum):
    """Why the booth cannot deliver now."""

    RESTING = "resting"
    """The operator closed it, or the event has not begun or is over."""
    NO_CAMERA = "no-camera"
    NO_ENGINE = "no-engine"
    BUDGET_SPENT = "budget-spent"
    DISK_FULL = "disk-full"
    PRINTER_OUT = "printer-out"
    """Only where printing is the only way to take a headshot along."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One headshot a guest asked for; its order's id is fixed with it, so that it is never ordered twice."""

    order_id: OrderId
    style: StyleId
    paid: bool
    """Whether it counts as paid: asked of the provider, or tried there and perhaps charged."""
    instead: bool = False
    """Whether this computer makes it because the provider could not be reached."""

    @property
    def elsewhere(self) -> bool:
        """Whether the provider is asked to draw it."""
        return self.paid and not self.instead


# What can happen


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """Something that happened in a visit."""

    visit: VisitId


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch(Signal):
    """The guest did something, so they are still there; by itself it is only that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin(Touch):
    """Somebody begins; `visit` and `session` are fresh."""

    session: Session


class Back(Touch):
    """One step back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agree(Touch):
    """A clear yes to the terms, and to handing the headshots over where that is asked."""

    keep: bool = False


class Shot(Touch):
    """The camera took a shot; it stays in the browser until it is chosen."""


class Again(Touch):
    """One more shot, another photo, or the same look once more after trouble."""


class UsePhoto(Touch):
    """The chosen shot is on its way in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choose(Touch):
    """A look was chosen; `may_pay` is whether the event's limits allow a paid headshot now."""

    style: StyleId
    may_pay: bool


class Cancel(Touch):
    """The guest does not want to wait for this one."""


class Share(Touch):
    """The guest wants to fetch it by phone, and need not wait here."""


class Another(Touch):
    """Another look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class See(Touch):
    """The guest looks at one of their headshots."""

    headshot: HeadshotId


class Take(Touch):
    """The guest wants to take it along."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Print(Touch):
    """So many copies on paper."""

    copies: int


class Leave(Touch):
    """Done, or stop and start over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn(Signal):
    """The chosen shot is here."""

    photo: PhotoId


@dataclass(frozen=True, slots=True, kw_only=True)
class NotTakenIn(Signal):
    """The chosen shot could not be used."""

    trouble: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Made(Signal):
    """A headshot is finished."""

    order_id: OrderId
    headshot: HeadshotId


@dataclass(frozen=True, slots=True, kw_only=True)
class NotMade(Signal):
    """A headshot was not made, or was cancelled."""

    order_id: OrderId
    trouble: str | None
    unpaid: bool
    """Whether it is sure that nothing was charged."""
    here_helps: bool = False
    """Whether this computer can make it instead."""


class CodeShown(Signal):
    """A code for the guest's phone is on the screen."""


class Returned(Signal):
    """The screen came back after it was gone; shots that lay in it are lost."""


class Tick(Signal):
    """Time went by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Why the booth cannot deliver, of no visit; nothing when it can."""

    closed: tuple[Closed, ...]


# What is to be done


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginVisit:
    """Write down that a guest is here, before anything of them is kept."""

    visit: VisitId
    session: Session


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOrder:
    """Order one headshot."""

    visit: VisitId
    session: Session
    photo: PhotoId
    choice: Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelOrder:
    """Stop what is being made."""

    order_id: OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowCode:
    """Show a code for the guest's own phone."""

    visit: VisitId
    session: Session


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintOut:
    """Print the guest's own headshot."""

    visit: VisitId
    headshot: HeadshotId
    copies: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetPhoto:
    """Delete a photo that nobody needs any more."""

    photo: PhotoId


@dataclass(frozen=True, slots=True, kw_only=True)
class EndVisit:
    """The guest is gone: cancel what nobody waits for, and delete what is theirs, now or after the grace."""

    visit: VisitId
    session: Session
    shared: bool
    keep: bool
    order_id: OrderId | None
    """What is still being made; it goes on only when a phone waits for it."""


Act = BeginVisit | PlaceOrder | CancelOrder | ShowCode | PrintOut | ForgetPhoto | EndVisit
