"""An amount is read as it is written where the visitor lives, and what could mean two things is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from headshot_web.accounts import Money
from headshot_web.errors import BadAmount, BadSetting, by_code
from headshot_web.web.amounts import locale_here, read, say, typed

NBSP, NARROW = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("text", "locale", "amount"),
    [
        ("1,000", "en_US", "1000"),
        ("1,234.50", "en_GB", "1234.50"),
        (" 12.5 ", "en_US", "12.5"),
        ("1000", "en_US", "1000"),
        ("0", "en_US", "0"),
        ("12,50", "de_DE", "12.50"),
        ("12,50", "cs_CZ", "12.50"),
        ("12.50", "cs_CZ", "12.50"),
        ("1.234,50", "de_DE", "1234.50"),
        ("1.000", "de_DE", "1000"),
        ("1 234,50", "cs_CZ", "1234.50"),
        (f"1{NBSP}234,50", "cs_CZ", "1234.50"),
        (f"1{NARROW}234,5", "fr_FR", "1234.50"),
        ("1'234.50", "de_CH", "1234.50"),
        ("1,00,000", "en_IN", "100000"),
    ],
)
def test_an_amount_is_read_as_the_visitors_country_writes_it(text: str, locale: str, amount: str) -> None:
    assert read(text, locale) == Decimal(amount)


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        *((text, "en_US") for text in ("12,50", "1,5", "1.000", "1,00", "1,2,3", "10,00,000", "1.2.3")),
        *((text, "de_DE") for text in ("12.50", "2.5", "1,000", "1.00", "1.000.00")),
        *((text, "cs_CZ") for text in ("1.000", "1 0", "12,505")),
        *((text, "en_US") for text in ("-1", "+1", "much", "NaN", "Infinity", "1e3", "$5", "5 USD")),
        *((text, "en_US") for text in ("٣", ".", ",")),
        ("9" * 400, "en_US"),
        ("0." + "9" * 25, "en_US"),
    ],
)  # fmt: skip
def test_what_could_mean_two_things_or_none_is_refused_with_an_example(text: str, locale: str) -> None:
    with pytest.raises(BadAmount) as refused:
        read(text, locale)
    example = {"en_US": "1,250 or 12.50", "de_DE": "1.250 or 12,50", "cs_CZ": f"1{NBSP}250 or 12,50"}[locale]
    assert example in refused.value.advice
    assert "Nothing was changed" in refused.value.advice
    assert isinstance(refused.value, BadSetting)
    assert by_code(refused.value.code()) is BadAmount


@pytest.mark.parametrize("text", [None, "", "  "])
def test_nothing_is_no_limit(text: str | None) -> None:
    assert read(text, "en_US") is None


@pytest.mark.parametrize("locale", ["en_US", "de_DE", "cs_CZ", "fr_FR", "de_CH", "ar_EG", "hi_IN", "fa_IR"])
@pytest.mark.parametrize("amount", ["0.00", "0.50", "12.50", "1234.00", "999999.99"])
def test_what_a_field_shows_is_read_as_the_same(amount: str, locale: str) -> None:
    assert read(typed(Decimal(amount), locale), locale) == Decimal(amount)


@pytest.mark.parametrize(
    ("variable", "said"),
    [
        ("C.UTF-8", "$1,234.50"),
        ("de_DE.UTF-8", f"1.234,50{NBSP}$"),
        ("nonsense", "$1,234.50"),
        ("", "$1,234.50"),
    ],
)
def test_the_terminal_says_money_as_the_pages_do(
    variable: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LANGUAGE", "LC_MONETARY", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LC_ALL", variable)
    assert say(Money(amount=Decimal("1234.5")), locale_here()) == said
