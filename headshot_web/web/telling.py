"""An error as the one who reads it is told it: a guest can mend neither an account nor the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from headshot_web import line_errors, provider_errors
from headshot_web.errors import BudgetReached
from headshot_web.provider_errors import ProviderBroke, ProviderOverloaded
from headshot_web.words_guests import NOT_DRAWN, OWNER_MENDS, there

if TYPE_CHECKING:
    from headshot_web.errors import HeadshotError

_OWNERS: Final = (
    BudgetReached,
    line_errors.LineNotTrusted,
    provider_errors.NoAnswer,
    provider_errors.AnswerTooLarge,
    provider_errors.AnswerIsALink,
    provider_errors.BillingLimit,
    provider_errors.CountryNotServed,
    provider_errors.ServerBroke,
    provider_errors.ServerBusy,
    provider_errors.ServerCreditSpent,
    provider_errors.ServerLimitReached,
)
"""Whose words are for whoever runs the app, though no link and no setting goes with them."""
_EVERYBODYS: Final = (ProviderBroke, ProviderOverloaded)
"""Whose link leads to a page on how the provider is."""


def told(error: HeadshotError | type[HeadshotError], *, is_owner: bool) -> tuple[str, str]:
    """Return the title of an error and what to do, in words for this reader."""
    kind = error if isinstance(error, type) else type(error)
    if is_owner:
        return error.title, error.advice
    if issubclass(kind, _EVERYBODYS):
        return error.title, OWNER_MENDS
    if error.link or error.settings_help or issubclass(kind, _OWNERS):
        return NOT_DRAWN, OWNER_MENDS
    return error.title, there(error.advice, is_owner=False)
