"""Amounts of money as the visitor's browser writes them."""

import re
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency, format_decimal
from nicegui import ui

from headshot_web.accounts import Estimate, Money

_DEFAULT = "en_US"
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_CENT = Decimal("0.01")
_TENTH = Decimal("0.10")
_USUAL, _FINER = "#,##0.00", "0.000"
_SMALL, _SMALLEST = "0.00#", "0.00##"


def visitor() -> str:
    """Return the locale that the browser of the page being built asks for first."""
    request = ui.context.client.request
    return locale_of(request.headers.get("accept-language", "") if request is not None else "")


def locale_of(header: str) -> str:
    """Return the first locale of an Accept-Language header that numbers can be written in."""
    for part in header.split(",")[:8]:
        name = part.partition(";")[0].strip()
        if not _LANGUAGE.fullmatch(name):
            continue
        try:
            return str(Locale.parse(name, sep="-"))
        except (ValueError, UnknownLocaleError):
            continue
    return _DEFAULT


def say(money: Money, locale: str) -> str:
    """Write an amount; small ones more finely, so that they still add up: $0.016, twice, is $0.032."""
    small = 0 < money.amount < _TENTH
    form = (_SMALLEST if money.amount < _CENT else _SMALL) if small else _USUAL
    number = format_decimal(money.amount, format=form, locale=locale)
    return _written(number, money.currency, locale)


def say_range(estimate: Estimate, locale: str) -> str:
    """Write a range, rounded outwards: $0.10–0.22."""
    step, form = (_CENT, _USUAL) if estimate.high >= _TENTH else (_CENT / 10, _FINER)
    ends = (estimate.low.quantize(step, ROUND_FLOOR), estimate.high.quantize(step, ROUND_CEILING))
    numbers = dict.fromkeys(format_decimal(end, format=form, locale=locale) for end in ends)
    return _written("–".join(numbers), estimate.currency, locale)


def _written(number: str, currency: str, locale: str) -> str:
    """Put the currency's sign where the locale has it."""
    one = format_currency(Decimal(1), currency, locale=locale, currency_digits=False)
    return one.replace(format_decimal(Decimal(1), format=_USUAL, locale=locale), number)
