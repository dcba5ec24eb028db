"""The privacy policy: true to the facts, dated, promised, and asked about before anything is sent."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from headshot_web import consent
from headshot_web.consent import ConsentKind, Consents
from headshot_web.endpoint import Connection, Endpoint
from headshot_web.engines.price_list import PriceList
from headshot_web.errors import ConsentNeeded, PolicyChanged
from headshot_web.event import BoothEngine, Event, Keep, Print
from headshot_web.index import Index
from headshot_web.keys import Keys
from headshot_web.library import Library
from headshot_web.model import EngineName
from headshot_web.policy import POLICY_DATE, PROMISES, Booth, Facts, day, policy
from headshot_web.provider import ProviderDesk
from headshot_web.settings import Settings
from tests.test_cli import headshot_web

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
OWN = "http://192.168.1.20:4000/v1"


def settings(tmp_path: Path, **chosen: Any) -> Settings:
    return Settings(data_dir=tmp_path / "pictures of mine", **chosen)


def facts(chosen: Settings, **more: Any) -> Facts:
    return Facts.of(chosen, Endpoint.of(chosen), PriceList.load(), tuple(EngineName), **more)


BOOTH = Booth(
    until_the_end=False,
    handed_over=False,
    grace_min=30,
    drawn=True,
    drawn_else_here=False,
    printing=True,
    by_browser=False,
)


def said(of: Facts) -> str:
    return " ".join(line for section in policy(of).sections for line in (section.title, *section.paragraphs))


class TestFacts:
    def test_it_says_where_what_is_kept_and_who_answers(self, tmp_path: Path) -> None:
        text = said(facts(settings(tmp_path, contact="privacy@office.example")))
        assert str(tmp_path / "pictures of mine") in text
        assert str(tmp_path / "pictures of mine" / "log" / "headshot-web.log") in text
        assert "privacy@office.example" in text
        assert "main@jellyapps.cz" in said(facts(settings(tmp_path)))

    def test_it_says_who_is_sent_what_and_how_long_they_keep_it(self, tmp_path: Path) -> None:
        text = said(facts(settings(tmp_path)))
        days = PriceList.load().kept_days
        for words in (
            *("drawn at api.openai.com", "encrypted, over HTTPS", f"up to {days} days", "What OpenAI keeps"),
            *("longer where the law or safety requires", "not used to train", "your network address"),
        ):
            assert words in text

    def test_of_an_own_server_nothing_is_promised_for_its_operator(self, tmp_path: Path) -> None:
        text = said(facts(settings(tmp_path, openai_base_url=OWN)))
        assert "OpenAI" not in text
        assert " days" not in text
        assert "up to whoever runs 192.168.1.20:4000" in text
        assert "not encrypted: others in that network could read along" in text
        near = said(facts(settings(tmp_path, openai_base_url="http://127.0.0.1:4000")))
        assert "passes no network" in near
        assert "read along" not in near

    def test_where_nothing_can_be_sent_it_says_so_and_names_nobody(self, tmp_path: Path) -> None:
        chosen = settings(tmp_path)
        for endpoint, engines in (
            (Endpoint.of(chosen), [EngineName.ON_DEVICE]),
            (None, [EngineName.ON_DEVICE, EngineName.OPENAI]),
        ):
            text = said(Facts.of(chosen, endpoint, PriceList.load(), engines))
            assert "Nothing leaves." in text
            assert "OpenAI" not in text
            assert "your yes" not in text

    def test_without_the_engine_here_it_does_not_claim_one(self, tmp_path: Path) -> None:
        chosen = settings(tmp_path)
        here = "What is made on this computer is sent to nobody."
        assert here in said(facts(chosen))
        assert here not in said(Facts.of(chosen, Endpoint.of(chosen), PriceList.load(), [EngineName.OPENAI]))

    def test_it_says_what_goes_by_itself(self, tmp_path: Path) -> None:
        assert "Nothing goes by itself" in said(facts(settings(tmp_path)))
        text = said(facts(settings(tmp_path, delete_after_days=30)))
        assert "deleted by themselves after 30 days" in text
        assert "Nothing goes by itself" not in text
        assert "as soon as a headshot was made" in said(facts(settings(tmp_path, delete_originals=True)))
        assert "after 1 day." in said(facts(settings(tmp_path, delete_after_days=1)))

    def test_it_says_what_was_said_yes_to(self, tmp_path: Path) -> None:
        text = said(facts(settings(tmp_path), sending_since=NOON, agreed_since=NOON.replace(day=23)))
        assert "You said yes to this on 24 November 2026." in text
        assert "You agreed to it on 23 November 2026." in text
        assert "Nobody said yes to this yet" in said(facts(settings(tmp_path)))

    def test_every_single_fact_changes_the_text(self, tmp_path: Path) -> None:
        plain = facts(settings(tmp_path))
        others: dict[str, object] = {
            "folder": "/elsewhere", "log": "/elsewhere/log", "contact": "x@y.example", "made_here": False,
            "host": "eu.api.openai.com", "is_openai": False, "secure": False, "kept_days": 60,
            "delete_after_days": 7, "delete_originals": True, "subscriptions": True, "sending_since": NOON,
            "agreed_since": NOON, "phones_open": True, "guests_keep": True, "guests_drawn": True,
            "booth": BOOTH,
        }  # fmt: skip
        for name, value in others.items():
            assert said(replace(plain, **{name: value})) != said(plain), name  # type: ignore[arg-type]
        there = replace(plain, booth=BOOTH)
        for name in (field.name for field in fields(Booth)):
            other = replace(BOOTH, **{name: 5 if name == "grace_min" else not getattr(BOOTH, name)})
            assert said(replace(there, booth=other)) != said(there), name
        near = replace(plain, secure=False)
        assert said(replace(near, on_this_computer=True)) != said(near)
        assert {field.name for field in fields(Facts)} == {*others, "on_this_computer"}

    def test_it_speaks_of_the_booth_as_it_is_set(self, tmp_path: Path) -> None:
        chosen = settings(tmp_path)
        assert "There is none here." in said(facts(chosen))
        chosen.folders.booth.mkdir(parents=True)
        event = Event(operator_name="The office")
        event.save(chosen.folders.event)
        text = said(facts(chosen))
        assert "deleted: at once, or after 30 minutes where a phone is to fetch it" in text
        assert "Guests’ headshots are made on this computer alone." in text
        assert "Nothing is printed." in text
        event.changed(
            engine=BoothEngine.OPENAI_ELSE_HERE,
            keep=Keep.UNTIL_EVENT_ENDS,
            printing=Print(enabled=True, printer="photo"),
        ).save(chosen.folders.event)
        text = said(facts(chosen))
        assert "stay until whoever runs the booth ends the event" in text
        assert "Guests’ headshots are drawn by OpenAI, at api.openai.com" in text
        assert "When it can’t be asked, this computer makes them" in text
        assert "takes it out there once it was printed" in text

    def test_it_covers_what_a_policy_must(self, tmp_path: Path) -> None:
        text = said(facts(settings(tmp_path)))
        for words in (
            *("No faceprint, template, embedding", "held in memory", "No ads", "no tracking", "no profiling"),
            *("no telemetry", "sold, rented or shared", "Camera and photo library", "13 or older"),
            *(
                "RevenueCat",
                "technical data only",
                "Security",
                "as one ZIP",
                "When this changes",
                "No account",
            ),
        ):
            assert words.lower() in text.lower(), words


class TestWords:
    def test_there_are_enough_promises_each_a_sentence_of_its_own(self) -> None:
        assert len(PROMISES) >= 16
        assert len(set(PROMISES.values())) == len(PROMISES)
        for name, sentence in PROMISES.items():
            assert re.fullmatch("[a-z]+(-[a-z]+)*", name)
            assert re.fullmatch(r"[A-Z][^!]{20,200}\.", sentence), sentence

    def test_the_days_that_are_promised_are_those_of_the_price_list(self) -> None:
        assert f"up to {PriceList.load().kept_days} days" in PROMISES["provider-keeps"]


class TestYes:
    @pytest.fixture
    def index(self, tmp_path: Path) -> Iterator[Index]:
        with closing(Index.open(tmp_path / "index.sqlite3")) as opened:
            yield opened

    @staticmethod
    def desk(index: Index, tmp_path: Path) -> ProviderDesk:
        async def well() -> Connection:
            return Connection(models=())

        chosen = settings(tmp_path)
        keys = Keys(chosen.folders, environ={})
        return ProviderDesk(chosen, keys, Consents(index), check=well, prices=PriceList.load)

    async def test_nothing_is_sent_before_it_and_nothing_once_it_is_taken_back(
        self, index: Index, tmp_path: Path
    ) -> None:
        desk = self.desk(index, tmp_path)
        host = desk.endpoint().host
        await desk.agree()
        assert await desk.policy_agreed() is None
        with pytest.raises(PolicyChanged):
            await desk.permit(host)
        agreed = await desk.agree_to_policy()
        assert (agreed.kind, agreed.version) == (ConsentKind.POLICY, POLICY_DATE.isoformat())
        assert await desk.policy_agreed() == agreed
        await desk.permit(host)
        await desk.withdraw_policy()
        with pytest.raises(PolicyChanged):
            await desk.permit(host)
        assert [past.kind for past in Consents(index).history()] == [ConsentKind.POLICY, ConsentKind.SENDING]

    async def test_it_does_not_stand_for_the_yes_to_sending(self, index: Index, tmp_path: Path) -> None:
        desk = self.desk(index, tmp_path)
        await desk.agree_to_policy()
        with pytest.raises(ConsentNeeded):
            await desk.permit(desk.endpoint().host)

    async def test_a_new_version_is_asked_about_before_the_next_send(
        self, index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk = self.desk(index, tmp_path)
        await desk.agree()
        await desk.agree_to_policy()
        monkeypatch.setitem(consent.VERSIONS, ConsentKind.POLICY, "2027-01-01")
        with pytest.raises(PolicyChanged):
            await desk.permit(desk.endpoint().host)
        await desk.agree_to_policy()
        await desk.permit(desk.endpoint().host)
        assert {past.version for past in Consents(index).history()} == {
            "2027-01-01", POLICY_DATE.isoformat(), consent.SENDING_VERSION,
        }  # fmt: skip

    async def test_the_policy_of_the_app_is_made_of_what_is_set_now(
        self, index: Index, tmp_path: Path
    ) -> None:
        desk = self.desk(index, tmp_path)
        assert "api.openai.com" in repr(await desk.policy())
        await desk.use_server(OWN, "flux")
        text = repr(await desk.policy())
        assert "192.168.1.20:4000" in text
        assert "OpenAI" not in text
        desk.engines = (EngineName.ON_DEVICE,)
        assert "Nothing leaves." in repr(await desk.policy())


class TestCommand:
    def test_it_is_printed_as_wide_as_paper_with_every_promise(self, tmp_path: Path) -> None:
        done = headshot_web("privacy", "--data-dir", tmp_path / "app")
        assert done.returncode == 0
        assert f"Last updated {day(POLICY_DATE)}" in done.stdout
        assert str(tmp_path / "app") in done.stdout
        assert all(len(line) <= 80 or str(tmp_path) in line for line in done.stdout.splitlines())
        flat = " ".join(done.stdout.split())
        assert all(" ".join(promise.split()) in flat for promise in PROMISES.values())
        assert not (tmp_path / "app").exists(), "reading it makes nothing"

    def test_programs_read_it_as_json_and_it_knows_of_every_yes(self, tmp_path: Path) -> None:
        with closing(Library.open(Settings(data_dir=tmp_path).folders)) as library:
            given = Consents(library.index, clock=lambda: NOON)
            given.give(ConsentKind.SENDING, "api.openai.com")
            given.give(ConsentKind.POLICY)
        told = json.loads(headshot_web("privacy", "--json", "--data-dir", tmp_path).stdout)
        assert told["updated"] == POLICY_DATE.isoformat()
        assert told["promises"] == PROMISES
        text = json.dumps(told["sections"])
        assert "You said yes to this on 24 November 2026" in text
        assert "You agreed to it on 24 November 2026" in text
