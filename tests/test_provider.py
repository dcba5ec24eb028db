"""What a person sets about drawing elsewhere, and what is missing before anything may be sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import keyring
import pytest
from keyring.backends import fail

from headshot_web.consent import ConsentKind, Consents
from headshot_web.endpoint import Connection
from headshot_web.engines.price_list import PriceList
from headshot_web.errors import BadKey, BadSetting, ConsentNeeded, SetElsewhere
from headshot_web.index import Index
from headshot_web.keys import KeyPlace, Keys, take_from_environment
from headshot_web.paths import Folders
from headshot_web.provider import ProviderDesk
from headshot_web.provider_errors import BadServer, KeyMissing, KeyWrong
from headshot_web.settings import OPENAI_BASE_URL, Settings

KEY = "sk-canary-8d1f0b7a6c5e4f3d"
OPENAI, GATEWAY = "api.openai.com", "192.168.1.20:4000"
GATEWAY_URL = f"http://{GATEWAY}/v1"


@pytest.fixture(autouse=True)
def no_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with closing(Index.open(tmp_path / "index.sqlite3")) as opened:
        yield opened


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path / "app")


async def _well() -> Connection:
    return Connection(models=("gpt-image-2.6-sunburst",))


async def _wrong() -> Connection:
    raise KeyWrong


def desk(index: Index, folders: Folders, **environ: str) -> ProviderDesk:
    keys = Keys(folders, environ=take_from_environment(dict(environ)))
    consents = Consents(index)
    consents.give(ConsentKind.POLICY)
    return ProviderDesk(Settings(data_dir=folders.root), keys, consents, check=_well, prices=PriceList.load)


class TestOffer:
    async def test_a_key_and_a_yes_are_all_it_takes(self, index: Index, folders: Folders) -> None:
        at = desk(index, folders)
        offer = await at.offer()
        assert (offer.ready, offer.reason, offer.host, offer.hint) == (False, KeyMissing, OPENAI, None)
        assert not at.is_set_up
        assert await at.keep_key(f" {KEY}\n") is KeyPlace.FILE
        offer = await at.offer()
        assert (offer.ready, offer.reason, offer.hint, offer.agreed_at) == (True, None, "…4f3d", None)
        assert at.is_set_up
        with pytest.raises(ConsentNeeded):
            await at.permit(OPENAI)
        given = await at.agree(OPENAI)
        offer = await at.offer()
        assert (offer.agreed_at, offer.place) == (given.given_at, KeyPlace.FILE)
        assert (offer.is_openai, offer.secure, offer.provider_name) == (True, True, "OpenAI")
        assert (offer.model, offer.draft_model) == ("gpt-image-2.6-sunburst", "gpt-image-2.6-flare")
        assert KEY not in repr(offer)
        await at.permit(OPENAI)

    async def test_a_yes_taken_back_or_a_key_forgotten_ends_it(self, index: Index, folders: Folders) -> None:
        at = desk(index, folders, OPENAI_API_KEY=KEY)
        await at.agree()
        await at.permit(OPENAI)
        await at.withdraw()
        with pytest.raises(ConsentNeeded):
            await at.permit(OPENAI)
        assert (await at.offer()).agreed_at is None
        assert await at.forget_key() is KeyPlace.ENVIRONMENT
        with pytest.raises(BadKey):
            await at.keep_key("no key")

    async def test_another_server_is_asked_about_anew_and_never_gets_the_key(
        self, index: Index, folders: Folders
    ) -> None:
        at = desk(index, folders, OPENAI_API_KEY=KEY)
        await at.agree()
        await at.use_server(GATEWAY_URL, "flux")
        offer = await at.offer()
        assert (offer.host, offer.secure, offer.is_openai, offer.model) == (GATEWAY, False, False, "flux")
        assert offer.agreed_at is None
        assert offer.ready, "an own server may do without a key"
        with pytest.raises(ConsentNeeded):
            await at.permit(GATEWAY)
        assert at.key() is None
        found = at.key(OPENAI)
        assert found is not None
        assert found.get_secret_value() == KEY
        await at.agree()
        await at.permit(GATEWAY)
        await at.use_server(None)
        assert (await at.offer()).agreed_at, "the yes for OpenAI still counts"

    async def test_an_address_that_cannot_be_used_is_no_offer(self, index: Index, folders: Folders) -> None:
        folders.prepare()
        folders.settings.write_text('openai_base_url = "http://photos.example.com"\n')
        offer = await desk(index, folders, OPENAI_API_KEY=KEY).offer()
        assert (offer.ready, offer.reason) == (False, BadServer)

    async def test_the_question_names_who_and_how_long(self, index: Index, folders: Folders) -> None:
        at = desk(index, folders)
        said = " ".join(at.question().paragraphs)
        assert OPENAI in said
        assert "up to 30 days" in said
        await at.use_server(GATEWAY_URL)
        said = " ".join(at.question().paragraphs)
        assert GATEWAY in said
        assert "30 days" not in said

    async def test_the_connection_can_be_tried_and_what_is_wrong_is_said(
        self, index: Index, folders: Folders
    ) -> None:
        at = desk(index, folders)
        assert (await at.check()).models == ("gpt-image-2.6-sunburst",)
        wrong = ProviderDesk(at.current, at.keys, at.consents, check=_wrong, prices=PriceList.load)
        with pytest.raises(KeyWrong):
            await wrong.check()


class TestSettings:
    async def test_a_server_is_in_force_at_once_and_after_a_restart(
        self, index: Index, folders: Folders
    ) -> None:
        at = desk(index, folders)
        assert (await at.use_server(f" {GATEWAY_URL} ", "flux", "")).host == GATEWAY
        for known in (at.current, Settings(data_dir=folders.root)):
            assert (known.openai_base_url, known.openai_model) == (GATEWAY_URL, "flux")
            assert known.openai_draft_model is None
        await at.use_server("")
        assert at.current.openai_base_url == OPENAI_BASE_URL
        assert folders.settings.read_text() == ""

    @pytest.mark.parametrize(
        "address",
        ["http://photos.example.com", "ftp://10.0.0.1", "nonsense", "https://key@api.openai.com/v1"],
    )
    async def test_a_server_that_cannot_be_used_changes_nothing(
        self, index: Index, folders: Folders, address: str
    ) -> None:
        at = desk(index, folders)
        with pytest.raises(BadServer):
            await at.use_server(address)
        assert at.endpoint().host == OPENAI
        assert not folders.settings.exists()

    async def test_budgets_are_kept_to_the_cent(self, index: Index, folders: Folders) -> None:
        at = desk(index, folders)
        await at.set_budget(Decimal("2.50"), Decimal(40))
        for known in (at.current, Settings(data_dir=folders.root)):
            assert (known.budget_day, known.budget_month) == (Decimal("2.50"), Decimal(40))
        await at.set_budget(Decimal(0), None)
        known = Settings(data_dir=folders.root)
        assert (known.budget_day, known.budget_month) == (Decimal(0), None)

    @pytest.mark.parametrize("amount", ["-1", "NaN", "Infinity", "1e30"])
    async def test_what_is_no_amount_is_refused(self, index: Index, folders: Folders, amount: str) -> None:
        at = desk(index, folders)
        with pytest.raises(BadSetting):
            await at.set_budget(Decimal(amount), None)
        assert at.current.budget_day is None

    async def test_what_was_given_at_the_start_is_not_changed_behind_its_back(
        self, index: Index, folders: Folders, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HEADSHOT_WEB_OPENAI_BASE_URL", GATEWAY_URL)
        at = desk(index, folders)
        assert at.fixed("openai_base_url") == "HEADSHOT_WEB_OPENAI_BASE_URL"
        with pytest.raises(SetElsewhere) as refused:
            await at.use_server(None)
        assert "HEADSHOT_WEB_OPENAI_BASE_URL" in refused.value.advice
        assert at.endpoint().host == GATEWAY
        await at.use_server(GATEWAY_URL, "flux")
        assert at.current.openai_model == "flux"

    async def test_how_many_at_once_has_its_limits(self, index: Index, folders: Folders) -> None:
        at = desk(index, folders)
        await at.set_at_once(8)
        assert Settings(data_dir=folders.root).openai_at_once == 8
        for count in (0, 21):
            with pytest.raises(BadSetting):
                await at.set_at_once(count)


def test_a_key_in_the_settings_file_is_not_used(folders: Folders) -> None:
    folders.prepare()
    folders.settings.write_text(f'openai_api_key = "{KEY}"\n')
    assert KEY not in repr(Settings(data_dir=folders.root).model_dump())
    assert Keys(folders).find(OPENAI) is None
