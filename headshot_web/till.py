"""The till: what an order will cost, what was spent, and the budgets that stop it before anything is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from enum import StrEnum
from typing import Final, Protocol, runtime_checkable

from headshot_web.accounts import Dispatch, Estimate, Money, Spending
from headshot_web.errors import BudgetReached
from headshot_web.ledger import Ledger, bounds
from headshot_web.model import Request
from headshot_web.settings import Settings

NEAR: Final = Decimal("0.8")
"""From this share of a budget on, a person is told."""


class Period(StrEnum):
    """What a budget is for."""

    DAY = "day"
    MONTH = "month"
    EVENT = "event"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventBudget:
    """An event, and how much may be spent for it, whenever that is."""

    event: str
    limit: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """A budget, and how it would stand after an order."""

    period: Period
    limit: Money
    used: Money
    """What was spent, and what is under way or waiting."""
    after: Money
    """The same with the order."""

    @property
    def over(self) -> bool:
        """Whether the order is more than is left: then nothing of it is sent."""
        return self.after.amount > self.limit.amount

    @property
    def near(self) -> bool:
        """Whether most of the budget would be used."""
        return self.after.amount >= self.limit.amount * NEAR

    @property
    def left(self) -> Decimal:
        """What would be left after the order; negative when it is over."""
        return self.limit.amount - self.after.amount


@runtime_checkable
class Sender(Protocol):
    """An engine that can say what it would send for a request, without sending it."""

    def dispatch(self, request: Request) -> Dispatch:
        """Return what would leave this computer."""
        ...


def estimate(engine: object, request: Request) -> Estimate | None:
    """Return what a request will cost; None where it costs nothing, or no prices are known."""
    return engine.dispatch(request).estimate if isinstance(engine, Sender) else None


def together(estimates: Sequence[Estimate]) -> Estimate | None:
    """Return several estimates as one; None when there are none."""
    if not estimates:
        return None
    low = sum((one.low for one in estimates), Decimal())
    high = sum((one.high for one in estimates), Decimal())
    return Estimate(low=low, high=high, currency=estimates[0].currency)


class Till:
    """Counts what is spent against what may be. Synchronous and thread-safe."""

    def __init__(
        self,
        ledger: Ledger,
        settings: Callable[[], Settings],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        zone: tzinfo | None = None,
    ) -> None:
        """Know the ledger and the settings; days and months are those of `zone`, else of this computer."""
        self._ledger = ledger
        self._settings = settings
        self._now = now
        self._zone = zone
        self.event: EventBudget | None = None
        """The event that is on: all that is sent meanwhile counts for it."""

    def event_id(self) -> str | None:
        """Return what the event that is on is counted under; None while there is none."""
        return self.event.event if self.event else None

    def spending(self) -> Spending:
        """Return what was spent today, this month and ever."""
        return self._ledger.spending(self._now(), self._zone)

    def budgets(
        self, order: Estimate | None = None, *, event: EventBudget | None = None
    ) -> tuple[Budget, ...]:
        """Return every budget as it would stand after an order; what waits in the line counts as used."""
        currency = order.currency if order else self._ledger.currency()
        waiting = self._ledger.reserved(currency)
        return tuple(self._budgets(order.high if order else Decimal(), currency, waiting, event))

    def budget(self, order: Estimate | None = None, *, event: EventBudget | None = None) -> Budget | None:
        """Return the budget of which least would be left after an order; None where there is none.

        Where no prices are known, as of one's own server, budgets do not apply: an order without an estimate
        never goes over one.
        """
        return min(self.budgets(order, event=event), key=lambda budget: budget.left, default=None)

    def check(self, order: Estimate | None, *, event: EventBudget | None = None) -> Budget | None:
        """Raise `BudgetReached` when an order is more than is left; return the budget it comes near to."""
        if order is None:
            return None
        budgets = self.budgets(order, event=event)
        if any(budget.over for budget in budgets):
            raise BudgetReached
        return min(
            (budget for budget in budgets if budget.near), key=lambda budget: budget.left, default=None
        )

    def check_sending(self, dispatch: Dispatch, *, event: EventBudget | None = None) -> None:
        """Raise `BudgetReached` when this one would be more than is left of what was really spent.

        What else waits in the line does not count: each of that is checked when its own turn comes.
        """
        price = dispatch.estimate
        if price is not None:
            budgets = self._budgets(price.high, price.currency, Decimal(), event)
            if any(budget.over for budget in budgets):
                raise BudgetReached

    def _budgets(
        self, price: Decimal, currency: str, waiting: Decimal, event: EventBudget | None
    ) -> Iterator[Budget]:
        settings = self._settings()
        day, month = bounds(self._now(), self._zone)
        limits: list[tuple[Period, Decimal | None, datetime | None, str | None]] = [
            (Period.DAY, settings.budget_day, day, None),
            (Period.MONTH, settings.budget_month, month, None),
        ]
        if event := event or self.event:
            limits.append((Period.EVENT, event.limit, None, event.event))
        for period, limit, since, name in limits:
            if limit is not None:
                used = self._ledger.spent(currency, since=since, event=name) + waiting
                yield Budget(
                    period=period,
                    limit=Money(amount=limit, currency=currency),
                    used=Money(amount=used, currency=currency),
                    after=Money(amount=used + price, currency=currency),
                )
