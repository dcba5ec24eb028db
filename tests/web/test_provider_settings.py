"""The settings for drawing elsewhere: what they say by themselves, and what comes of each press."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from headshot_web.accounts import Money, Outcome, Receipt
from headshot_web.consent import Consents
from headshot_web.endpoint import Connection
from headshot_web.engines.price_list import PriceList
from headshot_web.index import Index
from headshot_web.keys import Keys
from headshot_web.paths import Folders
from headshot_web.provider import ProviderDesk
from headshot_web.provider_errors import KeyWrong
from headshot_web.settings import Settings
from headshot_web.web import provider_settings

OLD, SUNBURST, FLARE = "gpt-image-1.5", "gpt-image-2.6-sunburst", "gpt-image-2.6-flare"
BEFORE, AFTER = date(2026, 11, 1), date(2026, 12, 2)


class Section:
    """The section as the browser has it: it shows what it is told, and a press is heard."""

    def __init__(self, state: dict[str, Any]) -> None:
        self.state, self.news = state, {}
        self._hears: dict[str, Callable[[Any], Any]] = {}

    def on(self, name: str, hear: Callable[[Any], Any]) -> None:
        self._hears[name] = hear

    def show(self, state: dict[str, Any], news: dict[str, Any]) -> None:
        self.state, self.news = state, news

    async def press(self, name: str, given: object = None) -> dict[str, Any]:
        await self._hears[name](SimpleNamespace(args=given))
        return self.news


class House:
    """A desk, the prices, and the section before it."""

    def __init__(self, index: Index, folders: Folders) -> None:
        self.index, self.folders = index, folders
        self.says: Connection | KeyWrong = Connection(models=())

    async def _check(self) -> Connection:
        if isinstance(self.says, KeyWrong):
            raise self.says
        return self.says

    async def section(
        self, monkeypatch: pytest.MonkeyPatch, *, locale: str = "en_US", **given: Any
    ) -> Section:
        settings = Settings(data_dir=self.folders.root, **given)
        self.prices = PriceList.load()
        keys, consents = Keys(self.folders), Consents(self.index)
        self.desk = ProviderDesk(settings, keys, consents, check=self._check, prices=lambda: self.prices)
        spent = Money(amount=Decimal())

        async def spending() -> object:
            return SimpleNamespace(today=spent, month=spent)

        studio: Any = SimpleNamespace(
            desk=self.desk, prices=self.prices, books=SimpleNamespace(spending=spending)
        )
        monkeypatch.setattr(provider_settings, "Provider", Section)
        monkeypatch.setattr(provider_settings, "visitor", lambda: locale)
        added: Any = (await provider_settings.add(studio)).section
        assert isinstance(added, Section)
        return added


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with closing(Index.open(tmp_path_factory.mktemp("index") / "index.sqlite3")) as opened:
        yield opened


@pytest.fixture
def house(tmp_path: Path, index: Index) -> House:
    return House(index, Folders(tmp_path / "app"))


# The models that end


@pytest.mark.parametrize(
    ("given", "today", "said"),
    [
        ({}, BEFORE, []),
        ({"openai_model": OLD}, BEFORE, [(f"{OLD} is shut down on 1 December 2026.", "headshots")]),
        ({"openai_draft_model": OLD}, BEFORE, [(f"{OLD} is shut down on 1 December 2026.", "drafts")]),
        ({"openai_model": OLD}, AFTER, [(f"{OLD} was shut down on 1 December 2026.", "headshots")]),
        (
            {"openai_model": OLD, "openai_draft_model": OLD},
            BEFORE,
            [(f"{OLD} is shut down on 1 December 2026.", "headshots and drafts")],
        ),
        (
            {"openai_model": OLD, "openai_draft_model": "gpt-image-1-mini"},
            BEFORE,
            [
                (f"{OLD} is shut down on 1 December 2026.", "headshots"),
                ("gpt-image-1-mini is shut down on 1 December 2026.", "drafts"),
            ],
        ),
        ({"openai_base_url": "https://pictures.example/v1", "openai_model": OLD}, BEFORE, []),
    ],
)
async def test_a_model_in_use_that_ends_is_told_without_being_asked(
    house: House, monkeypatch: pytest.MonkeyPatch, given: dict[str, str], today: date,
    said: list[tuple[str, str]],
) -> None:  # fmt: skip
    monkeypatch.setattr(provider_settings, "_today", lambda: today)
    section = await house.section(monkeypatch, **given)
    told = section.state["ends"]
    assert [title for title, _ in told] == [title for title, _ in said]
    for (_, advice), (_, what) in zip(told, said, strict=True):
        assert f"draws your {what}." in advice
        assert "Choose another model" in advice


@pytest.mark.parametrize("own", [False, True])
async def test_what_the_provider_says_of_its_models_is_told_of_those_in_use(
    house: House, monkeypatch: pytest.MonkeyPatch, own: bool
) -> None:
    monkeypatch.setattr(provider_settings, "_today", lambda: BEFORE)
    where = {"openai_base_url": "https://pictures.example/v1", "openai_model": FLARE} if own else {}
    section = await house.section(monkeypatch, **where)
    ends = {FLARE: date(2027, 3, 1), OLD: date(2026, 12, 1)}
    house.says = Connection(models=tuple(ends), ends=ends)
    news = await section.press("test")
    assert news["good"].startswith("It works.")
    ((title, advice),) = section.state["ends"]
    assert title == f"{FLARE} is shut down on 1 March 2027."
    assert ("headshots and drafts" if own else "draws your drafts") in advice
    await section.press("server", {"address": "https://other.example/v1", "model": FLARE, "draft": ""})
    assert section.state["ends"] == [], "another server may keep it"


# The test of the connection


async def test_a_key_that_may_not_list_the_models_is_no_error(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    section = await house.section(monkeypatch)
    house.says = Connection(models=(), lists=False)
    news = await section.press("test")
    assert news["good"] == (
        "OpenAI answered and knows the key. The key may not list the models, which is not needed."
    )


async def test_when_the_test_fails_the_number_of_the_request_is_told(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    section = await house.section(monkeypatch)
    house.says = KeyWrong(Receipt(outcome=Outcome.REFUSED, status=401, request_id="req_42"))
    news = await section.press("test")
    assert (news["title"], news["request"]) == (KeyWrong.title, "req_42")
    house.says = KeyWrong()
    assert (await section.press("test"))["request"] == ""


# Amounts and numbers


@pytest.mark.parametrize(
    ("locale", "typed", "amount", "shown"),
    [
        ("en_US", "1,000", "1000", "1000.00"),
        ("de_DE", "12,50", "12.50", "12,50"),
        ("cs_CZ", "12,50", "12.50", "12,50"),
        ("de_DE", "1.000", "1000", "1000,00"),
    ],
)
async def test_a_budget_is_read_and_shown_as_the_visitor_writes_it(  # noqa: PLR0917 - what is typed, and what comes of it
    house: House, monkeypatch: pytest.MonkeyPatch, locale: str, typed: str, amount: str, shown: str
) -> None:
    section = await house.section(monkeypatch, locale=locale)
    news = await section.press("budget", {"day": typed, "month": ""})
    assert news["good"] == "Saved."
    assert Settings(data_dir=house.folders.root).budget_day == Decimal(amount)
    assert (section.state["day"], section.state["month"]) == (shown, "")
    assert (await section.press("budget", {"day": section.state["day"], "month": ""}))["good"]
    assert house.desk.current.budget_day == Decimal(amount)


@pytest.mark.parametrize(
    ("locale", "typed"),
    [("en_US", "12,50"), ("de_DE", "12.50"), ("en_US", "1.000"), ("en_US", "much"), ("en_US", "2000000")],
)
async def test_a_budget_that_could_mean_two_things_changes_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch, locale: str, typed: str
) -> None:
    section = await house.section(monkeypatch, locale=locale, budget_day=Decimal(7))
    news = await section.press("budget", {"day": "8", "month": typed})
    assert news["title"] == "This can't be set"
    assert "Nothing was changed." in news["advice"]
    assert (house.desk.current.budget_day, house.desk.current.budget_month) == (Decimal(7), None)


async def test_a_budget_that_stands_there_unchanged_stays_as_fine_as_it_is(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    section = await house.section(monkeypatch, budget_day=Decimal("0.001"))
    assert section.state["day"] == "0.001"
    assert (await section.press("budget", {"day": "0.001", "month": "5"}))["good"]
    assert (house.desk.current.budget_day, house.desk.current.budget_month) == (Decimal("0.001"), Decimal(5))


async def test_how_many_at_once_is_in_force_when_it_is_saved(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    section = await house.section(monkeypatch)
    assert section.state["count"] == "3"
    assert (await section.press("count", " 5 "))["good"] == "Saved."
    assert section.state["count"] == "5"
    assert house.desk.endpoint().at_once == Settings(data_dir=house.folders.root).openai_at_once == 5


@pytest.mark.parametrize("nonsense", ["", "0", "21", "-1", "2.5", "many", "٣", "9" * 5000, None])
async def test_nonsense_for_how_many_at_once_is_refused_with_what_goes(
    house: House, monkeypatch: pytest.MonkeyPatch, nonsense: object
) -> None:
    section = await house.section(monkeypatch)
    news = await section.press("count", nonsense)
    assert (news["title"], news["advice"]) == (
        "This can't be set",
        "Nothing was changed. Write a whole number from 1 to 20.",
    )
    assert house.desk.endpoint().at_once == 3


async def test_a_name_that_no_model_has_is_not_called_an_amount(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    section = await house.section(monkeypatch)
    news = await section.press("server", {"address": "", "model": "two words", "draft": ""})
    assert "model’s name" in news["advice"]
    assert house.desk.current.openai_model is None
