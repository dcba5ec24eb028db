"""The booth's steps, one guest after another: a pure machine with no screen and no clock of its own.

Whatever happens is a signal; `advance` says how the booth stands after it and what is to be done. Every
signal names the visit it belongs to: what comes late from an earlier guest changes nothing for the next one.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from headshot_web.event import BoothEngine
from headshot_web.model import HeadshotId, OrderId, PhotoId, Session, StyleId
from headshot_web.signals import (
    Act,
    Again,
    Agree,
    Another,
    Back,
    Begin,
    BeginVisit,
    Cancel,
    CancelOrder,
    Choice,
    Choose,
    Closed,
    CodeShown,
    EndVisit,
    ForgetPhoto,
    Health,
    Leave,
    Made,
    NotMade,
    NotTakenIn,
    PlaceOrder,
    Print,
    PrintOut,
    Returned,
    See,
    Share,
    Shot,
    ShowCode,
    Signal,
    Take,
    TakenIn,
    Tick,
    Touch,
    UsePhoto,
    VisitId,
)

if TYPE_CHECKING:
    from headshot_web.event import Event

WAITS_LONGER: Final = 3
"""Who watches a headshot being made need not touch anything so soon."""


class Step(StrEnum):
    """Where a guest is."""

    ATTRACT = "attract"
    TERMS = "terms"
    CAMERA = "camera"
    SHOTS = "shots"
    LOOKS = "looks"
    WAITING = "waiting"
    RESULT = "result"
    TAKE = "take"


@dataclass(frozen=True, slots=True, kw_only=True)
class Booth:
    """How the booth stands. Without a visit there is nothing of any guest in it."""

    step: Step = Step.ATTRACT
    closed: tuple[Closed, ...] = ()
    visit: VisitId | None = None
    session: Session | None = None
    touched_at: float = 0.0
    warned: bool = False
    """Whether the guest is asked if they are still there."""
    keep: bool = False
    """Whether the guest said yes to handing their headshots over."""
    shots: int = 0
    taking_in: bool = False
    photo: PhotoId | None = None
    placed: int = 0
    """How many choices were ever ordered in this visit."""
    orders: tuple[Choice, ...] = ()
    """Those that count: made, under way, or perhaps charged."""
    choice: Choice | None = None
    """The one under way."""
    made: tuple[HeadshotId, ...] = ()
    shown: HeadshotId | None = None
    shared: bool = False
    """Whether a code for the guest's phone was shown."""
    trouble: str | None = None
    """The code of what went wrong last (a class of `errors`)."""

    @property
    def in_the_way(self) -> tuple[Closed, ...]:
        """Why the guest cannot go on at this step; nobody loses a photo that is already taken."""
        if self.step in (Step.ATTRACT, Step.TERMS):
            return self.closed
        if self.step is Step.CAMERA:
            return tuple(reason for reason in self.closed if reason is Closed.NO_CAMERA)
        return ()

    def left(self, event: Event) -> int:
        """How many more headshots the guest may have."""
        left = event.headshots_per_guest - len(self.orders)
        if event.engine is BoothEngine.OPENAI:
            left = min(left, event.paid_per_guest - self.paid)
        return max(0, left)

    @property
    def paid(self) -> int:
        """How many paid headshots count for this guest."""
        return sum(choice.paid for choice in self.orders)

    def warns_at(self, event: Event) -> float:
        """When the guest is asked whether they are still there."""
        watching = self.step is Step.WAITING and self.trouble is None
        return self.touched_at + event.idle_s * (WAITS_LONGER if watching else 1)

    def ends_at(self, event: Event) -> float:
        """When the booth goes back to the start by itself."""
        return self.warns_at(event) + event.idle_warning_s


After = tuple[Booth, tuple[Act, ...]]


def advance(booth: Booth, signal: Signal | Health, event: Event, now: float) -> After:
    """Say how the booth stands after a signal, and what is to be done; `now` only ever grows, in seconds."""
    if isinstance(signal, Health):
        return replace(booth, closed=signal.closed), ()
    if isinstance(signal, Begin):
        return _begin(booth, signal, now)
    if booth.visit is None or signal.visit != booth.visit:
        return booth, _left_over(signal)
    if isinstance(signal, Touch):
        booth = replace(booth, touched_at=now, warned=False)
    handle = _HANDLERS.get(type(signal))
    return handle(booth, signal, event, now) if handle else (booth, ())


def order_number(visit: VisitId, number: int) -> OrderId:
    """Name the choice of a visit: the same one always by the same name."""
    return OrderId(uuid.uuid5(uuid.NAMESPACE_OID, f"{visit} {number}").hex)


def _left_over(signal: Signal) -> tuple[Act, ...]:
    """Delete a photo that comes too late, for a guest who left."""
    return (ForgetPhoto(photo=signal.photo),) if isinstance(signal, TakenIn) else ()


def _begin(booth: Booth, signal: Begin, now: float) -> After:
    if booth.visit is not None or booth.in_the_way:
        return booth, ()
    fresh = Booth(
        step=Step.TERMS, closed=booth.closed, visit=signal.visit, session=signal.session, touched_at=now
    )
    return fresh, (BeginVisit(visit=signal.visit, session=signal.session),)


def _agree(booth: Booth, signal: Agree, _event: Event, _now: float) -> After:
    if booth.step is not Step.TERMS or booth.in_the_way:
        return booth, ()
    return replace(booth, step=Step.CAMERA, keep=signal.keep), ()


def _shot(booth: Booth, _signal: Shot, event: Event, _now: float) -> After:
    if booth.step is not Step.CAMERA:
        return booth, ()
    return replace(booth, step=Step.SHOTS, shots=min(booth.shots + 1, event.shots), trouble=None), ()


def _again(booth: Booth, _signal: Again, event: Event, _now: float) -> After:
    if booth.step is Step.SHOTS and not booth.taking_in:
        return replace(booth, step=Step.CAMERA), ()
    if booth.step is Step.LOOKS and booth.left(event):
        return _to_camera(booth)
    return booth, ()


def _to_camera(booth: Booth) -> After:
    """Another photo; the old one stays only where something is made of it."""
    acts = (ForgetPhoto(photo=booth.photo),) if booth.photo and not booth.placed else ()
    return replace(booth, step=Step.CAMERA, shots=0, photo=None, trouble=None), acts


def _use_photo(booth: Booth, _signal: UsePhoto, _event: Event, _now: float) -> After:
    if booth.step is not Step.SHOTS or booth.taking_in:
        return booth, ()
    return replace(booth, taking_in=True, trouble=None), ()


def _taken_in(booth: Booth, signal: TakenIn, _event: Event, _now: float) -> After:
    if not booth.taking_in:
        return booth, (() if signal.photo == booth.photo else _left_over(signal))
    return replace(booth, step=Step.LOOKS, taking_in=False, shots=0, photo=signal.photo), ()


def _not_taken_in(booth: Booth, signal: NotTakenIn, _event: Event, _now: float) -> After:
    if not booth.taking_in:
        return booth, ()
    return replace(booth, taking_in=False, trouble=signal.trouble), ()


def _choose(booth: Booth, signal: Choose, event: Event, _now: float) -> After:
    again = booth.step is Step.WAITING and booth.trouble is not None
    if not (booth.step is Step.LOOKS or again) or booth.photo is None or not booth.left(event):
        return booth, ()
    if signal.style not in event.looks:
        return booth, ()
    paid = _is_paid(booth, event, may_pay=signal.may_pay)
    if event.engine is BoothEngine.OPENAI and not paid:
        return replace(booth, step=Step.WAITING, choice=None, trouble="BudgetReached"), ()
    return _place(booth, signal.style, paid=paid, instead=False)


def _is_paid(booth: Booth, event: Event, *, may_pay: bool) -> bool:
    return event.engine is not BoothEngine.ON_DEVICE and may_pay and booth.paid < event.paid_per_guest


def _place(booth: Booth, style: StyleId, *, paid: bool, instead: bool) -> After:
    """Order the next choice of this visit, under a number of its own."""
    assert booth.visit and booth.session and booth.photo  # noqa: S101, PT018 - there is a visit with a photo
    number = order_number(booth.visit, booth.placed)
    choice = Choice(order_id=number, style=style, paid=paid, instead=instead)
    after = replace(
        booth,
        step=Step.WAITING,
        placed=booth.placed + 1,
        orders=(*booth.orders, choice),
        choice=choice,
        trouble=None,
    )
    order = PlaceOrder(visit=booth.visit, session=booth.session, photo=booth.photo, choice=choice)
    return after, (order,)


def _made(booth: Booth, signal: Made, _event: Event, now: float) -> After:
    if signal.headshot in booth.made or not any(one.order_id == signal.order_id for one in booth.orders):
        return booth, ()
    booth = replace(booth, made=(*booth.made, signal.headshot))
    if booth.choice is None or booth.choice.order_id != signal.order_id:
        return booth, ()
    after = replace(booth, choice=None, shown=signal.headshot, trouble=None)
    if booth.step is Step.WAITING:
        after = replace(after, step=Step.RESULT, touched_at=now, warned=False)
    return after, ()


def _not_made(booth: Booth, signal: NotMade, event: Event, now: float) -> After:
    if signal.unpaid:
        booth = replace(booth, orders=tuple(one for one in booth.orders if one.order_id != signal.order_id))
    choice = booth.choice
    if choice is None or choice.order_id != signal.order_id or booth.step is not Step.WAITING:
        return booth, ()
    booth = replace(booth, choice=None)
    if signal.here_helps and choice.paid and event.engine is BoothEngine.OPENAI_ELSE_HERE:
        # It takes the place of the one that failed; what may have been charged still counts as paid.
        kept = tuple(one for one in booth.orders if one.order_id != choice.order_id)
        return _place(replace(booth, orders=kept), choice.style, paid=not signal.unpaid, instead=True)
    return replace(booth, trouble=signal.trouble or "JobError", touched_at=now, warned=False), ()


def _cancel(booth: Booth, _signal: Cancel, _event: Event, _now: float) -> After:
    if booth.step is not Step.WAITING:
        return booth, ()
    acts = (CancelOrder(order_id=booth.choice.order_id),) if booth.choice else ()
    step = Step.RESULT if booth.made and not booth.choice and not booth.trouble else Step.LOOKS
    return replace(booth, step=step, choice=None, trouble=None), acts


def _share(booth: Booth, _signal: Share, event: Event, _now: float) -> After:
    if booth.step not in (Step.WAITING, Step.TAKE) or not event.share_by_qr:
        return booth, ()
    assert booth.visit and booth.session  # noqa: S101, PT018
    return booth, (ShowCode(visit=booth.visit, session=booth.session),)


def _code_shown(booth: Booth, _signal: CodeShown, _event: Event, _now: float) -> After:
    return replace(booth, shared=True), ()


def _back(booth: Booth, signal: Back, event: Event, now: float) -> After:
    if booth.step is Step.TERMS:
        return _leave(booth, signal, event, now)
    if booth.step is Step.LOOKS and not booth.made:
        return _to_camera(booth)
    onward = Step.LOOKS if booth.left(event) or not booth.made else Step.RESULT
    before = {
        Step.CAMERA: Step.SHOTS if booth.shots else Step.RESULT if booth.made else Step.TERMS,
        Step.SHOTS: Step.SHOTS if booth.taking_in else Step.CAMERA,
        Step.LOOKS: Step.RESULT,
        Step.WAITING: Step.WAITING if booth.choice else onward,
        Step.TAKE: Step.RESULT,
    }
    step = before.get(booth.step, booth.step)
    return (replace(booth, step=step, trouble=None) if step is not booth.step else booth), ()


def _another(booth: Booth, _signal: Another, event: Event, _now: float) -> After:
    if booth.step is not Step.RESULT or not booth.left(event):
        return booth, ()
    return replace(booth, step=Step.LOOKS if booth.photo else Step.CAMERA), ()


def _see(booth: Booth, signal: See, event: Event, now: float) -> After:
    if booth.step not in (Step.RESULT, Step.TAKE) or signal.headshot not in booth.made:
        return booth, ()
    after = replace(booth, shown=signal.headshot)
    if booth.step is Step.TAKE:  # the code is for the one that is seen
        return _share(after, Share(visit=signal.visit), event, now)
    return after, ()


def _take(booth: Booth, signal: Take, event: Event, now: float) -> After:
    if booth.step is not Step.RESULT:
        return booth, ()
    after = replace(booth, step=Step.TAKE)
    return _share(after, Share(visit=signal.visit), event, now)


def _print(booth: Booth, signal: Print, event: Event, _now: float) -> After:
    if booth.step is not Step.TAKE or booth.shown is None or not event.printing.enabled:
        return booth, ()
    assert booth.visit  # noqa: S101
    copies = max(1, min(signal.copies, event.printing.copies_most))
    return booth, (PrintOut(visit=booth.visit, headshot=booth.shown, copies=copies),)


def _leave(booth: Booth, _signal: Signal, _event: Event, _now: float) -> After:
    """Wipe everything of this guest from the booth."""
    assert booth.visit and booth.session  # noqa: S101, PT018
    act = EndVisit(
        visit=booth.visit,
        session=booth.session,
        shared=booth.shared,
        keep=booth.keep,
        order_id=booth.choice.order_id if booth.choice else None,
    )
    return Booth(closed=booth.closed), (act,)


def _returned(booth: Booth, _signal: Returned, _event: Event, _now: float) -> After:
    if booth.step is Step.SHOTS and not booth.taking_in:
        return replace(booth, step=Step.CAMERA, shots=0), ()
    return (replace(booth, shots=0), ()) if booth.step is Step.CAMERA else (booth, ())


def _tick(booth: Booth, signal: Tick, event: Event, now: float) -> After:
    if now >= booth.ends_at(event):
        return _leave(booth, signal, event, now)
    return replace(booth, warned=now >= booth.warns_at(event)), ()


_HANDLERS: Final[Mapping[type[Signal], Callable[[Booth, Any, Event, float], After]]] = {
    Agree: _agree,
    Shot: _shot,
    Again: _again,
    UsePhoto: _use_photo,
    TakenIn: _taken_in,
    NotTakenIn: _not_taken_in,
    Choose: _choose,
    Made: _made,
    NotMade: _not_made,
    Cancel: _cancel,
    Share: _share,
    CodeShown: _code_shown,
    Back: _back,
    Another: _another,
    See: _see,
    Take: _take,
    Print: _print,
    Leave: _leave,
    Returned: _returned,
    Tick: _tick,
}
