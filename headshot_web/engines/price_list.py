"""What a provider's models cost, how long they last, and in which sizes they draw."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final, Self

from headshot_web.accounts import MICRO, Estimate, Money
from headshot_web.errors import BadPriceList
from headshot_web.model import Quality, Size

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    from headshot_web.accounts import Usage
    from headshot_web.engines.price_table import Limits, Model, Prices, Table
    from headshot_web.model import Crop

FILE_NAME: Final = "openai_models.toml"
"""What a person calls their own changes, in the app folder."""
_MILLION: Final = Decimal(MICRO)
_SMALLEST: Final = 1 / _MILLION


class PriceList:
    """The table of models, prices and limits, with what the person changed of it."""

    def __init__(self, read: Callable[[], Table]) -> None:
        self._read = read

    @classmethod
    def load(cls, override: Path | None = None) -> Self:
        """Read the packaged table, then a person's own over it, if there is one; raises `BadPriceList`."""
        table = _table(override)
        return cls(lambda: table)

    @classmethod
    def at_hand(cls, override: Path) -> Self:
        """Have a person's own table, or the packaged one where that is not understood: the doctor says so.

        It is read when it is first asked for.
        """
        return cls(partial(_understood, override))

    @cached_property
    def _table(self) -> Table:
        return self._read()

    @property
    def dated(self) -> date:
        """The day on which the table was true."""
        return self._table.dated

    @property
    def currency(self) -> str:
        """The currency of every price (ISO 4217)."""
        return self._table.currency

    @property
    def host(self) -> str:
        """The host these prices and promises are of."""
        return self._table.host

    @property
    def kept_days(self) -> int:
        """How many days that host normally keeps what it received."""
        return self._table.kept_days

    @property
    def limits(self) -> Limits:
        """What the provider takes and draws."""
        return self._table.limits

    @property
    def models(self) -> tuple[str, ...]:
        """Every model of the table, also those that have ended."""
        return tuple(self._table.models)

    def model(self, quality: Quality) -> str:
        """Say which model is used where the person named none."""
        return self._table.defaults.final if quality is Quality.FINAL else self._table.defaults.draft

    def wire_quality(self, model: str, quality: Quality) -> str:
        """Say how careful a model is asked to be, in the provider's word."""
        known = self._table.models.get(model)
        own = known.qualities.get(quality) if known else None
        return own or self._table.qualities[quality]

    def fallbacks(self, model: str) -> tuple[str, ...]:
        """Say which models are tried, in this order, when one is not available."""
        chain: list[str] = []
        known = self._table.models.get(model)
        while known is not None and known.next is not None:
            chain.append(known.next)
            known = self._table.models[known.next]
        return tuple(chain)

    def wire_size(self, crop: Crop, quality: Quality) -> Size:
        """Say how large a picture is asked for: larger and looser than the headshot cut out of it."""
        sizes = self._table.sizes.final if quality is Quality.FINAL else self._table.sizes.draft
        width_px, height_px = map(int, sizes[crop].split("x"))
        return Size(width_px=width_px, height_px=height_px)

    def ends(self, model: str, *, host: str | None = None) -> date | None:
        """Say on which day a host shuts a model down; None when that is not known."""
        known = self._known(model, host)
        return known.ends if known else None

    def estimate(  # noqa: PLR0913 - all that a price depends on
        self,
        model: str,
        *,
        quality: Quality,
        size: Size,
        pictures: int,
        partials: int,
        host: str | None = None,
    ) -> Estimate | None:
        """Say what one picture of `size` will probably cost, made from so many; None where nobody knows.

        `host` is where it is sent; None for the provider of this table.
        """
        known = self._priced(model, host)
        drawn = known[0].tokens.get(self.wire_quality(model, quality)) if known else None
        if known is None or drawn is None:
            return None
        prices, expected = known[1], self._table.expected
        share = Decimal(size.width_px * size.height_px) / (expected.at.width * expected.at.height)
        low = (
            expected.text[0] * prices.text_in
            + pictures * expected.picture_in[0] * prices.image_in
            + drawn[0] * share * prices.image_out
        )
        high = (
            expected.text[1] * prices.text_in
            + pictures * expected.picture_in[1] * prices.image_in
            + (drawn[1] * share + partials * expected.partial[1]) * prices.image_out
        )
        return Estimate(
            low=(low / _MILLION).quantize(_SMALLEST, ROUND_FLOOR),
            high=(high / _MILLION).quantize(_SMALLEST, ROUND_CEILING),
            currency=self.currency,
        )

    def cost(self, model: str, usage: Usage, *, host: str | None = None) -> Money | None:
        """Work out what an answer cost, exactly; None where no prices are known.

        What was charged at the lower price is taken from the pictures first: they cost the most.
        """
        known = self._priced(model, host)
        if known is None:
            return None
        prices = known[1]
        cached = min(usage.cached_in, usage.pictures_in + usage.text_in)
        pictures = max(0, usage.pictures_in - cached)
        text = usage.text_in - (cached - (usage.pictures_in - pictures))
        amount = (
            text * prices.text_in
            + pictures * prices.image_in
            + cached * prices.cached
            + usage.pictures_out * prices.image_out
        )
        return Money(amount=amount / _MILLION, currency=self.currency)

    def _priced(self, model: str, host: str | None) -> tuple[Model, Prices] | None:
        """Find a model's prices at a host or one of its regions; None where there are none."""
        known = self._known(model, host)
        if known is None or known.prices is None:
            return None
        return known, self._table.prices[known.prices]

    def _known(self, model: str, host: str | None) -> Model | None:
        """Find a model as a host or one of its regions has it; another host may do as it likes."""
        known = self._table.models.get(model)
        at, has_it = host or self.host, (known and known.host) or self.host
        return known if at == has_it or at.endswith(f".{has_it}") else None


def _understood(override: Path) -> Table:
    try:
        return _table(override)
    except BadPriceList:
        return _table(None)


def _table(override: Path | None) -> Table:
    from headshot_web.engines import price_table  # noqa: PLC0415 - its checks take as long as a page to import

    return price_table.read(override)
