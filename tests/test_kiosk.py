"""Whatever guests touch and whatever fails: nobody is stuck, mixed up with another, or pays twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headshot_web.event import BoothEngine, Event, Print
from headshot_web.kiosk import Booth, Step, advance
from headshot_web.model import HeadshotId, OrderId, PhotoId, Session
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
from headshot_web.signals import Print as PrintTouch

EVENTS = [
    Event(engine=engine, headshots_per_guest=headshots, paid_per_guest=paid, printing=Print(enabled=True))
    for engine in BoothEngine
    for headshots, paid in ((1, 1), (2, 1), (3, 2), (2, 0))
]
LOOK = EVENTS[0].looks[0]
PLAIN = (
    Touch,
    Back,
    Agree,
    Shot,
    Again,
    UsePhoto,
    Cancel,
    Share,
    Another,
    Take,
    Leave,
    Returned,
    CodeShown,
    Tick,
)


@dataclass
class World:
    """The booth and all that surrounds it: who owns what, and what was asked of the provider."""

    event: Event
    booth: Booth = field(default_factory=Booth)
    now: float = 0.0
    visits: list[VisitId] = field(default_factory=list)
    begun: set[VisitId] = field(default_factory=set)
    owner: dict[str, VisitId] = field(default_factory=dict)
    """Of every photo, order and headshot: whose it is."""
    placed: list[PlaceOrder] = field(default_factory=list)
    settled: set[OrderId] = field(default_factory=set)
    unpaid: set[OrderId] = field(default_factory=set)
    ended: Counter[VisitId] = field(default_factory=Counter)
    forgotten: set[PhotoId] = field(default_factory=set)

    def send(self, signal: Signal | Health) -> None:
        self.booth, acts = advance(self.booth, signal, self.event, self.now)
        for act in acts:
            self.carry_out(act)
        self.check()

    def carry_out(self, act: Act) -> None:
        match act:
            case BeginVisit():
                assert act.visit == self.visits[-1]
                self.begun.add(act.visit)
            case PlaceOrder():
                assert act.choice.order_id not in self.owner
                assert self.owner[act.photo] == act.visit
                assert act.photo not in self.forgotten
                assert act.choice.style in self.event.looks
                assert act.session == session_of(act.visit)
                self.owner[act.choice.order_id] = act.visit
                self.placed.append(act)
            case CancelOrder():
                assert act.order_id in self.owner
            case ShowCode():
                assert act.session == session_of(act.visit)
            case PrintOut():
                assert self.owner[act.headshot] == act.visit
                assert 1 <= act.copies <= self.event.printing.copies_most
            case ForgetPhoto():
                assert not any(one.photo == act.photo for one in self.placed)
                self.forgotten.add(act.photo)
            case EndVisit():
                assert act.session == session_of(act.visit)
                assert act.order_id is None or self.owner[act.order_id] == act.visit
                self.ended[act.visit] += 1

    def check(self) -> None:
        booth = self.booth
        theirs = [booth.photo, booth.shown, *booth.made, *(one.order_id for one in booth.orders)]
        if booth.choice:
            theirs.append(booth.choice.order_id)
        if booth.visit is None:
            assert booth == Booth(closed=booth.closed), "something of a guest is left on the first screen"
        assert all(self.owner[thing] == booth.visit for thing in theirs if thing), "another guest's"
        assert booth.photo not in self.forgotten
        assert booth.choice is None or booth.step is Step.WAITING
        assert booth.shown is None or booth.shown in booth.made
        assert (booth.step is Step.LOOKS) <= (booth.photo is not None)
        assert (booth.step in (Step.RESULT, Step.TAKE)) <= (booth.shown is not None)
        assert all(count == 1 for count in self.ended.values())
        self.check_paid()

    def check_paid(self) -> None:
        for visit in set(self.owner.values()):
            asked = [one.choice for one in self.placed if one.visit == visit and one.choice.elsewhere]
            charged = [one for one in asked if one.order_id not in self.unpaid]
            assert len(charged) <= self.event.paid_per_guest
            if self.event.engine is BoothEngine.ON_DEVICE:
                assert not asked


def session_of(visit: VisitId) -> Session:
    return Session(f"session of {visit}")


# What happens: a kind, a guest (0 the one who is here, then earlier ones), a number, and seconds gone by
Happening = tuple[str, int, int, float]
happenings = st.lists(
    st.tuples(
        st.sampled_from([
            "begin", "agree", "shot", "use", "in", "not in", "choose", "made", "not made", "see", "print",
            "health", *(kind.__name__ for kind in PLAIN),
        ]),
        st.sampled_from([0, 0, 0, 0, 1, 2]),
        st.integers(0, 5),
        st.sampled_from([0.0, 0.0, 0.5, 3.0, 20.0, 50.0, 100.0]),
    ),
    max_size=60,
)  # fmt: skip
A_GUEST: list[Happening] = [
    ("begin", 0, 0, 0.0), ("agree", 0, 0, 1.0), ("shot", 0, 0, 1.0), ("use", 0, 0, 1.0), ("in", 0, 0, 1.0),
    ("choose", 0, 0, 1.0), ("made", 0, 0, 1.0), ("Take", 0, 0, 1.0),
]  # fmt: skip


def happen(world: World, happening: Happening) -> None:
    kind, who, number, seconds = happening
    world.now += seconds
    if kind == "begin":
        visit = VisitId(f"visit {len(world.visits)}")
        world.visits.append(visit)
        world.send(Begin(visit=visit, session=session_of(visit)))
        return
    if kind == "health":
        world.send(Health(closed=tuple(Closed)[number:] if number < 4 else ()))
        return
    if not world.visits or who >= len(world.visits):
        return
    visit = world.booth.visit if who == 0 and world.booth.visit else world.visits[-1 - who]
    for signal in _signals(world, kind, visit, number):
        world.send(signal)


def _signals(  # noqa: PLR0911 - one for each kind
    world: World, kind: str, visit: VisitId, number: int
) -> list[Signal]:
    if plain := {one.__name__: one for one in (*PLAIN, Agree, Shot, UsePhoto)}.get(kind.title()):
        return [plain(visit=visit)]
    orders = [one.choice for one in world.placed if one.visit == visit]
    order = orders[number % len(orders)] if orders else None
    theirs = [HeadshotId(thing) for thing in world.owner if thing.startswith("headshot")]
    match kind:
        case "use":
            return [UsePhoto(visit=visit)]
        case "in":
            photo = PhotoId(f"photo {len(world.owner)}")
            world.owner[photo] = visit
            return [TakenIn(visit=visit, photo=photo)]
        case "not in":
            return [NotTakenIn(visit=visit, trouble="TooSmall")]
        case "choose":  # pressed twice
            style = LOOK if number else world.event.looks[1]
            return [Choose(visit=visit, style=style, may_pay=number < 4)] * 2
        case "made" if order and order.order_id not in world.settled:
            world.settled.add(order.order_id)
            headshot = HeadshotId(f"headshot {len(world.owner)}")
            world.owner[headshot] = visit
            return [Made(visit=visit, order_id=order.order_id, headshot=headshot)] * (1 + number % 2)
        case "not made" if order and order.order_id not in world.settled:
            world.settled.add(order.order_id)
            unpaid = not order.elsewhere or number < 3
            world.unpaid |= {order.order_id} if unpaid else set()
            failed = NotMade(
                visit=visit, order_id=order.order_id, trouble="Offline", unpaid=unpaid, here_helps=number != 2
            )
            return [failed] * (1 + number % 2)
        case "see" if theirs:
            return [See(visit=visit, headshot=theirs[number % len(theirs)])]
        case "print":
            return [PrintTouch(visit=visit, copies=number * 3)]
    return []


def played(event: Event, guests: int, happened: list[Happening]) -> World:
    world = World(event=event)
    for happening in [*(A_GUEST * guests), *happened]:
        happen(world, happening)
    return world


def leads_home(world: World) -> None:
    """With nobody there, the booth is back at the start after the longest wait, and the guest is gone."""
    for _ in range(3):
        world.now += world.event.idle_s * 4
        if world.booth.visit:
            world.send(Tick(visit=world.booth.visit))
    assert world.booth.step is Step.ATTRACT
    assert set(world.ended) == world.begun


def leads_on(world: World) -> None:
    """Whoever goes on in good faith comes to a headshot, or to the end of what they may have."""
    world.send(Health(closed=()))
    for _ in range(14):
        booth = world.booth
        if booth.step in (Step.RESULT, Step.TAKE) or (booth.visit and not booth.left(world.event)):
            return
        if booth.trouble and booth.step is Step.WAITING and booth.trouble == "BudgetReached":
            return  # said kindly; they may leave
        happen(world, _good_faith(booth))
    raise AssertionError(f"stuck at {world.booth}")


def _good_faith(booth: Booth) -> Happening:
    if booth.taking_in:
        return ("in", 0, 0, 0.0)
    if booth.step is Step.WAITING and booth.choice is None:
        return ("choose", 0, 0, 0.0)
    if booth.step is Step.WAITING:
        return ("made", 0, booth.placed - 1, 0.0)
    kinds = {
        Step.ATTRACT: "begin",
        Step.TERMS: "agree",
        Step.CAMERA: "shot",
        Step.SHOTS: "use",
        Step.LOOKS: "choose",
    }
    return (kinds[booth.step], 0, 0, 0.0)


@given(st.sampled_from(EVENTS), st.integers(0, 2), happenings)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_way_through_the_booth_is_a_dead_end_or_anothers_or_paid_twice(
    event: Event, guests: int, happened: list[Happening]
) -> None:
    leads_on(played(event, guests, happened))
    leads_home(played(event, guests, happened))


def guest_at(step: str, event: Event | None = None) -> World:
    """A guest who came to a step in good faith."""
    world = World(event=event or Event())
    for happening in A_GUEST:
        if world.booth.step == step:
            return world
        happen(world, happening)
    return world


def test_a_guest_who_says_nothing_is_asked_first_and_any_touch_stays() -> None:
    world = guest_at(Step.LOOKS)
    visit = world.visits[0]
    world.now += 46
    world.send(Tick(visit=visit))
    assert world.booth.warned
    assert world.booth.step is Step.LOOKS
    world.send(Touch(visit=visit))
    assert not world.booth.warned
    world.now += 59
    world.send(Tick(visit=visit))
    assert world.booth.step is Step.LOOKS
    world.now += 1
    world.send(Tick(visit=visit))
    assert world.booth == Booth()


def test_a_timer_of_an_earlier_guest_does_nothing_to_the_next() -> None:
    world = guest_at(Step.RESULT)
    world.send(Leave(visit=world.visits[0]))
    happen(world, ("begin", 0, 0, 1.0))
    before = world.booth
    world.now += 500
    for late in (Tick, Leave, Touch, Take, Share):
        world.send(late(visit=world.visits[0]))
    assert world.booth == before


def test_what_cannot_be_reached_is_made_here_and_the_guest_is_told() -> None:
    world = guest_at(Step.WAITING, Event(engine=BoothEngine.OPENAI_ELSE_HERE))
    sent = world.placed[0].choice
    assert sent.elsewhere
    world.unpaid.add(sent.order_id)
    world.send(
        NotMade(
            visit=world.visits[0], order_id=sent.order_id, trouble="Offline", unpaid=True, here_helps=True
        )
    )
    here = world.placed[1].choice
    assert here.instead
    assert not here.elsewhere
    assert here.style == sent.style
    assert world.booth.step is Step.WAITING
    assert world.booth.left(world.event) == 1


def test_a_booth_that_cannot_deliver_takes_nobody_in_but_lets_its_guest_finish() -> None:
    world = guest_at(Step.LOOKS)
    world.send(Health(closed=(Closed.NO_CAMERA, Closed.DISK_FULL)))
    assert not world.booth.in_the_way
    world.send(Leave(visit=world.visits[0]))
    assert world.booth.in_the_way == (Closed.NO_CAMERA, Closed.DISK_FULL)
    happen(world, ("begin", 0, 0, 0.0))
    assert world.booth.step is Step.ATTRACT
    world.send(Health(closed=()))
    happen(world, ("begin", 0, 0, 0.0))
    assert world.booth.step is Step.TERMS
