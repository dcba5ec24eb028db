"""A budget stops an order before anything is sent, whatever happens in whatever order."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from headshot_web.accounts import Dispatch, Estimate, Money, Outcome, Receipt
from headshot_web.errors import BudgetReached
from headshot_web.ledger import Ledger
from headshot_web.library import Library
from headshot_web.model import (
    EngineName,
    Job,
    JobId,
    JobState,
    OrderId,
    Photo,
    Request,
    Step,
    StyleId,
    Wishes,
)
from headshot_web.orders import Wish, new_job
from headshot_web.paths import Folders
from headshot_web.settings import Settings
from headshot_web.till import EventBudget, Period, Till, estimate
from tests.fake_engine import SMALL, FakeEngine, PaidEngine, developed, dollars
from tests.test_jobs import ORDER, RECIPE, settled, until, wish, working

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def budgets(tmp_path: Path, day: str | None = None, month: str | None = None) -> Settings:
    return Settings(
        data_dir=tmp_path / "app",
        budget_day=None if day is None else Decimal(day),
        budget_month=None if month is None else Decimal(month),
    )


def dispatch(price: Estimate | None) -> Dispatch:
    return Dispatch(
        host="api.example", secure=True, model="m", fields=("image",), pictures=("ab",), size_bytes=9,
        estimate=price,
    )  # fmt: skip


class Shop:
    """A library whose clock a test sets, and orders without an engine."""

    def __init__(self, library: Library, photo: Photo) -> None:
        self.library = library
        self.photo = photo
        self.now = NOON

    def ordered(self, price: Estimate | None, count: int = 1) -> list[Job]:
        one = Wish(StyleId("look"), Wishes(), Request(picture=b"p", recipe=RECIPE, size=SMALL))
        order_id = OrderId(os.urandom(8).hex())
        jobs = [new_job(self.photo.id, order_id, EngineName.OPENAI, one) for _ in range(count)]
        self.library.orders.add(order_id, jobs, {job.id: price for job in jobs})
        return jobs

    def send(self, job: Job, price: Estimate | None, event: str | None = None) -> None:
        sent = replace(job, state=JobState.SENDING, step=Step.SENDING)
        self.library.orders.send(sent, dispatch(price), event)

    def spend(self, price: str, cost: str | None, outcome: Outcome = Outcome.ANSWERED, **of: str) -> JobId:
        (job,) = self.ordered(dollars(price))
        self.send(job, dollars(price), of.get("event"))
        money = None if cost is None else Money(amount=Decimal(cost))
        Ledger(self.library.index, lambda: self.now).finish_job(job.id, Receipt(outcome=outcome, cost=money))
        self.library.orders.change(replace(job, state=JobState.FAILED))
        return job.id

    def till(self, settings: Settings) -> Till:
        return Till(Ledger(self.library.index), lambda: settings, now=lambda: self.now, zone=BERLIN)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    moments: list[Shop] = []
    library = Library.open(Folders(tmp_path / "app"), now=lambda: moments[0].now if moments else NOON)
    with closing(library):
        moments.append(Shop(library, library.keep_photo(developed())))
        yield moments[0]


def test_an_order_that_is_more_than_is_left_is_stopped_and_one_that_fits_is_not(
    shop: Shop, tmp_path: Path
) -> None:
    shop.spend("0.10", "0.40")
    till = shop.till(budgets(tmp_path, day="1.00"))
    assert till.check(dollars("0.39")) is None
    near = till.check(dollars("0.30", "0.60"))
    assert near is not None
    assert (near.period, near.near, near.over) == (Period.DAY, True, False)
    assert (near.limit.amount, near.used.amount, near.left) == (1, Decimal("0.40"), 0)
    with pytest.raises(BudgetReached):
        till.check(dollars("0.10", "0.600001"))
    over = till.budget(dollars("0.7"))
    assert over is not None
    assert over.over


def test_what_waits_or_is_under_way_counts_before_it_was_paid(shop: Shop, tmp_path: Path) -> None:
    till = shop.till(budgets(tmp_path, day="1.00"))
    first, second, third = shop.ordered(dollars("0.1", "0.3"), 3)
    with pytest.raises(BudgetReached):
        till.check(dollars("0.2"))
    shop.send(first, dollars("0.1", "0.3"))
    assert till.budgets()[0].used.amount == Decimal("0.9"), "under way and waiting, each once"
    Ledger(shop.library.index).finish_job(first.id, Receipt(outcome=Outcome.REFUSED))
    shop.library.orders.change(replace(first, state=JobState.FAILED))
    shop.library.orders.change(replace(second, state=JobState.CANCELLED))
    assert till.budgets()[0].used.amount == Decimal("0.3")
    shop.send(third, dollars("0.1", "0.3"))
    Ledger(shop.library.index).finish_job(third.id, Receipt(outcome=Outcome.UNCLEAR))
    shop.library.orders.change(replace(third, state=JobState.UNKNOWN))
    assert till.budgets()[0].used.amount == Decimal("0.3"), "it may have been charged"
    assert till.check(dollars("0.7"))


@pytest.mark.parametrize(
    ("spent_at", "today", "this_month"),
    [
        (datetime(2026, 3, 29, 0, 0, tzinfo=BERLIN), True, True),  # the day has 23 hours
        (datetime(2026, 3, 28, 23, 59, tzinfo=BERLIN), False, True),
        (datetime(2026, 3, 1, 0, 0, tzinfo=BERLIN), False, True),
        (datetime(2026, 2, 28, 23, 59, tzinfo=BERLIN), False, False),
    ],
)
def test_a_day_begins_at_midnight_where_the_person_is(
    shop: Shop, tmp_path: Path, spent_at: datetime, today: bool, this_month: bool
) -> None:
    shop.now = spent_at
    shop.spend("1", "0.7")
    shop.now = datetime(2026, 3, 29, 23, 30, tzinfo=BERLIN)
    till = shop.till(budgets(tmp_path, day="1", month="2"))
    day, month = till.budgets()
    assert (day.used.amount > 0, month.used.amount > 0) == (today, this_month)
    spending = till.spending()
    assert (spending.today.amount > 0, spending.month.amount > 0) == (today, this_month)
    assert spending.everything.amount == Decimal("0.7")


def test_the_tighter_budget_decides(shop: Shop, tmp_path: Path) -> None:
    shop.now = NOON - timedelta(days=3)
    shop.spend("5", "4.50")
    shop.now = NOON
    till = shop.till(budgets(tmp_path, day="2", month="5"))
    with pytest.raises(BudgetReached):
        till.check(dollars("1"))
    near = till.check(dollars("0.4"))
    assert near is not None
    assert near.period is Period.MONTH


def test_an_event_has_a_budget_of_its_own(shop: Shop, tmp_path: Path) -> None:
    till = shop.till(budgets(tmp_path))
    party = EventBudget(event="party", limit=Decimal(1))
    shop.spend("0.6", "0.6", event="party")
    shop.spend("5", "5")
    assert till.check(dollars("0.3"), event=party)
    with pytest.raises(BudgetReached):
        till.check(dollars("0.5"), event=party)
    with pytest.raises(BudgetReached):
        till.check_sending(dispatch(dollars("0.5")), event=party)
    assert till.check(dollars("100")) is None


def test_where_no_prices_are_known_no_budget_applies(shop: Shop, tmp_path: Path) -> None:
    till = shop.till(budgets(tmp_path, day="0"))
    assert till.check(None) is None
    till.check_sending(dispatch(None))
    with pytest.raises(BudgetReached):
        till.check(dollars("0.01"))
    assert shop.till(budgets(tmp_path)).budget(dollars("99")) is None


def test_what_costs_nothing_has_no_price(tmp_path: Path) -> None:
    request = Request(picture=b"p", recipe=RECIPE, size=SMALL)
    assert estimate(FakeEngine(), request) is None
    assert estimate(PaidEngine(), request) == dollars("0.04", "0.06")
    assert estimate(PaidEngine(price=None), request) is None


async def test_many_at_once_do_not_overshoot_together(tmp_path: Path) -> None:
    """Ordered while there was no budget; then one was set."""
    chosen = [budgets(tmp_path)]

    async def permit(_job: Job, what: Dispatch) -> None:
        tills[0].check_sending(what)

    tills: list[Till] = []
    engine = PaidEngine(stop_at=Step.WAITING, pause_s=0.002)
    async with working(Folders(tmp_path / "app"), engine, at_once=8, permit=permit) as (jobs, library):
        tills.append(Till(Ledger(library.index), lambda: chosen[0]))
        photo = library.keep_photo(developed())
        looks = [wish(str(number)) for number in range(8)]
        await jobs.order(photo, looks, engine=EngineName.OPENAI, order_id=ORDER)
        await until(lambda: len(engine.asked) == 8)
        chosen[0] = budgets(tmp_path, day="0.20")
        engine.go.set()
        found = await settled(jobs)
        assert len(engine.posts) == 3, "three times at most 0.06, and no fourth"
        assert sorted(job.error or "" for job in found) == [""] * 3 + ["BudgetReached"] * 5


class Play:
    """Orders, sends and answers in any order, and adds up what the provider may charge at most."""

    def __init__(self, shop: Shop, till: Till) -> None:
        self.shop = shop
        self.till = till
        self.waiting: list[tuple[Job, Estimate]] = []
        self.sent: list[tuple[Job, Estimate]] = []
        self.charged = Decimal()

    def order(self, count: int, cents: int) -> None:
        price = dollars("0", str(Decimal(cents) / 100))
        with suppress(BudgetReached):
            self.till.check(price.times(count))
            self.waiting += [(job, price) for job in self.shop.ordered(price, count)]

    def send(self, number: int, _: int) -> None:
        job, price = self.waiting.pop(number)
        try:
            self.till.check_sending(dispatch(price))
        except BudgetReached:
            self.settle(job, JobState.FAILED)
        else:
            self.shop.send(job, price)
            self.sent.append((job, price))
            self.charged += price.high

    def cancel(self, number: int, _: int) -> None:
        self.settle(self.waiting.pop(number)[0], JobState.CANCELLED)

    def answer(self, number: int, tenths: int) -> None:
        job, price = self.sent.pop(number)
        cost = price.high * tenths / 10
        self.charged += cost - price.high
        self.finish(job, Receipt(outcome=Outcome.ANSWERED, cost=Money(amount=cost)))

    def refuse(self, number: int, _: int) -> None:
        job, price = self.sent.pop(number)
        self.charged -= price.high
        self.finish(job, Receipt(outcome=Outcome.REFUSED))

    def unclear(self, number: int, _: int) -> None:
        self.finish(self.sent.pop(number)[0], Receipt(outcome=Outcome.UNCLEAR))

    def finish(self, job: Job, receipt: Receipt) -> None:
        Ledger(self.shop.library.index).finish_job(job.id, receipt)
        self.settle(job, JobState.FAILED)

    def settle(self, job: Job, state: JobState) -> None:
        self.shop.library.orders.change(replace(job, state=state))


WHAT = ["order", "order", "send", "send", "cancel", "answer", "refuse", "unclear"]
EVENTS = st.lists(st.tuples(st.sampled_from(WHAT), st.integers(1, 4), st.integers(0, 40)), max_size=40)


@how(max_examples=60, deadline=None)
@given(events=EVENTS, limit=st.integers(10, 120))
@pytest.mark.thorough
def test_whatever_happens_no_more_is_sent_than_the_budget_allows(
    tmp_path_factory: pytest.TempPathFactory, events: list[tuple[str, int, int]], limit: int
) -> None:
    tmp_path = tmp_path_factory.mktemp("till")
    chosen = budgets(tmp_path, day=str(Decimal(limit) / 100))
    with closing(Library.open(Folders(tmp_path / "app"))) as library:
        ledger = Ledger(library.index)
        playing = Play(Shop(library, library.keep_photo(developed())), Till(ledger, lambda: chosen))
        for what, number, size in events:
            with suppress(IndexError):  # there is not that much waiting or under way
                getattr(playing, what)(
                    number - (what != "order"), min(size, 10) if what == "answer" else size
                )
            assert playing.charged <= Decimal(limit) / 100
            assert ledger.spent("USD") == playing.charged
