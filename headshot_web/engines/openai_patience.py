"""What is tried again by itself, and how long is waited: only where nothing was charged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from headshot_web.model import Remark
from headshot_web.provider_errors import (
    ConnectionFailed,
    LongBreak,
    ModelNotFound,
    ProviderOverloaded,
    RateLimited,
    ServerBusy,
    ServerModelNotFound,
    ServerUnreachable,
    SettingRefused,
    TooLargeForProvider,
)

if TYPE_CHECKING:
    from headshot_web.engines.openai_form import Form
    from headshot_web.engines.price_list import PriceList
    from headshot_web.provider_errors import ProviderError

_OK: Final = 200
_NOT_FOUND: Final = 404


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often and how long."""

    reconnect_s: tuple[float, ...] = (1.0, 2.0, 4.0)
    """The pauses after a connection that did not come about; after the last it is given up."""
    busy_s: tuple[float, ...] = (5.0, 10.0, 20.0, 40.0, 60.0)
    """The pauses where the provider does not say how long; the last is repeated."""
    longest_s: float = 600.0
    """All waiting for a busy provider together."""


class Attempts:
    """One headshot's way through refusals: which form goes next, and what must be said of it."""

    def __init__(self, form: Form, prices: PriceList, patience: Patience) -> None:
        self.form = form
        self.remarks: list[Remark] = []
        self.must_shrink = False
        """Whether the pictures must be made smaller before they go again."""
        self._prices = prices
        self._patience = patience
        self._models = list(prices.fallbacks(form.model))
        self._reconnects = 0
        self._busy = 0
        self._waited_s = 0.0
        self._shrunk = False
        self._plainer = False

    def after(self, failure: ProviderError) -> float | None:
        """Say how long to wait before it goes again, after changing what must change; None to give up.

        Raises `LongBreak` where longer was asked for than all the waiting together may take.
        """
        if failure.may_be_charged or _came_inside(failure):
            return None
        changes = {
            ConnectionFailed: self._reconnect,
            RateLimited: self._wait,
            ProviderOverloaded: self._wait,
            TooLargeForProvider: self._shrink,
            SettingRefused: self._drop,
            ModelNotFound: self._next_model,
            ServerUnreachable: self._reconnect,
            ServerBusy: self._wait,
            ServerModelNotFound: self._next_model,
        }
        change = changes.get(type(failure))
        return change(failure) if change else None

    def _reconnect(self, _failure: ProviderError) -> float | None:
        if self._reconnects >= len(self._patience.reconnect_s):
            return None
        self._reconnects += 1
        return self._patience.reconnect_s[self._reconnects - 1]

    def _wait(self, failure: ProviderError) -> float | None:
        pauses = self._patience.busy_s
        wait_s = pauses[min(self._busy, len(pauses) - 1)]
        if failure.wait_s is not None:
            if failure.wait_s > self._patience.longest_s:
                raise LongBreak(failure.receipt, wait_s=failure.wait_s)
            # A provider that asks for no pause at all must not be asked again and again without one.
            wait_s = max(failure.wait_s, pauses[0] if self._busy else 0.0)
        if self._waited_s + wait_s > self._patience.longest_s:
            return None
        self._busy += 1
        self._waited_s += wait_s
        return wait_s

    def _shrink(self, _failure: ProviderError) -> float | None:
        if self._shrunk:
            return None
        self._shrunk = self.must_shrink = True
        return 0.0

    def _drop(self, failure: ProviderError) -> float | None:
        plainer = None if self._plainer else self.form.without(failure.setting)
        if plainer is None:
            return None
        self._plainer = True
        self.form = plainer
        self.remarks.append(Remark.PLAINER)
        return 0.0

    def _next_model(self, failure: ProviderError) -> float | None:
        if not self._models or failure.receipt is None or failure.receipt.status != _NOT_FOUND:
            return None
        self.form = self.form.with_model(self._models.pop(0), self._prices)
        if Remark.OTHER_MODEL not in self.remarks:
            self.remarks.append(Remark.OTHER_MODEL)
        return 0.0


def _came_inside(failure: ProviderError) -> bool:
    """Tell whether a refusal came after the work had begun: nobody knows what that did."""
    return failure.receipt is not None and failure.receipt.status == _OK
