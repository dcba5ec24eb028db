"""Amounts of money as the visitor's browser writes them, or this computer's terminal."""

import re
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from babel import Locale, UnknownLocaleError, default_locale
from babel.numbers import (
    NumberFormatError,
    format_currency,
    format_decimal,
    get_group_symbol,
    parse_decimal,
)

from headshot_web.accounts import Estimate, Money
from headshot_web.errors import BadAmount

_DEFAULT = "en_US"
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_CENT = Decimal("0.01")
_TENTH = Decimal("0.10")
_DIGITS = 2
_USUAL, _FINER = "#,##0.00", "0.000"
_TYPED = "0.00##"
_SMALL, _SMALLEST = "0.00#", "0.00##"
_WRITTEN = re.compile(r"[0-9][0-9.,\s'’٬٫]{0,30}")
_PARTING = re.compile(r"[\s'’]")
_EXAMPLES = (Decimal(1250), Decimal("12.50"))


def visitor() -> str:
    """Return the locale that the browser of the page being built asks for first."""
    from nicegui import ui  # noqa: PLC0415 - the command line writes amounts too, and has no pages

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


def locale_here() -> str:
    """Return the locale of this computer, for what is said in the terminal."""
    try:
        found = Locale.parse(default_locale("LC_MONETARY") or _DEFAULT)
    except (ValueError, UnknownLocaleError):
        return _DEFAULT
    return _DEFAULT if found.variant == "POSIX" else str(found)


def read(text: str | None, locale: str) -> Decimal | None:
    """Read an amount as it is typed in a country; None for nothing at all.

    Raises `BadAmount` for what is none, and for what could be meant in another country's way: 12,50 or 1.000
    typed in English.
    """
    text = (text or "").strip()
    if not text:
        return None
    group = get_group_symbol(locale)
    if _PARTING.fullmatch(group):  # whoever types has one space or one apostrophe
        text = _PARTING.sub(group, text)
    try:
        amount = parse_decimal(text, locale, strict=True) if _WRITTEN.fullmatch(text) else None
    except NumberFormatError:
        amount = None
    if amount is None or _finer_than_a_cent(amount):
        one, other = _EXAMPLES
        raise BadAmount(f"{format_decimal(one, locale=locale)} or {typed(other, locale)}")
    return amount


def typed(amount: Decimal, locale: str) -> str:
    """Write an amount as a field shows it, so that it is read as the same again."""
    return format_decimal(amount, format=_TYPED, locale=locale)


def _finer_than_a_cent(amount: Decimal) -> bool:
    """Tell whether more than two digits follow, though they be zeros: 1.000 may be meant as a thousand."""
    exponent = amount.as_tuple().exponent
    return isinstance(exponent, int) and exponent < -_DIGITS


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
