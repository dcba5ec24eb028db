"""The desk for drawing elsewhere: by which server, with which key, allowed or not, and for how much."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from headshot_web import settings_file
from headshot_web.consent import Consent, ConsentKind, Consents, Question, sending_words
from headshot_web.endpoint import Connection, Ending, Endpoint, endings
from headshot_web.errors import (
    BadAmount,
    BadCount,
    BadModelName,
    ConsentNeeded,
    HeadshotError,
    PolicyChanged,
    SetElsewhere,
)
from headshot_web.finishing import firmly, to_its_end
from headshot_web.keys import KeyPlace, Keys
from headshot_web.model import EngineName, Quality
from headshot_web.policy import Facts, Policy, policy
from headshot_web.provider_errors import BadServer, KeyMissing, ModelNotChosen
from headshot_web.settings import OPENAI_BASE_URL, Settings, variable

if TYPE_CHECKING:
    from pydantic import SecretStr

    from headshot_web.engines.price_list import PriceList

MOST_AT_ONCE: Final = 20
LARGEST_BUDGET: Final = Decimal(1_000_000)
LONGEST_MODEL: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Whether headshots can be drawn elsewhere, by whom, and what is missing for it."""

    ready: bool
    """Whether a key is there, or none is needed; the yes to sending is `agreed_at`."""
    host: str
    provider_name: str
    """How the provider is called in a sentence."""
    secure: bool
    """Whether it is reached over HTTPS; without it others in the same network could read along."""
    on_this_computer: bool
    """Whether it runs on this computer, so that nobody can read along."""
    is_openai: bool
    place: KeyPlace
    """Where the key is."""
    hint: str | None = None
    """“…” and the key's last four characters."""
    agreed_at: datetime | None = None
    """When somebody said yes to sending photos there, in the words of today."""
    model: str = ""
    """The model for finished headshots; empty where none was named for an own server."""
    draft_model: str = ""
    reason: type[HeadshotError] | None = None
    """What keeps it from being ready: `BadServer` or `KeyMissing`."""


class ProviderDesk:
    """Everything a person sets about drawing elsewhere. It holds the settings that are in force."""

    def __init__(
        self,
        settings: Settings,
        keys: Keys,
        consents: Consents,
        *,
        check: Callable[[], Awaitable[Connection]],
        prices: Callable[[], PriceList],
    ) -> None:
        """Know where it all is; `check` is how the connection is tried."""
        self._settings = settings
        self.keys = keys
        self.consents = consents
        self._check = check
        self._prices = prices
        self.engines: Collection[EngineName] = tuple(EngineName)
        """Who makes headshots here."""
        self._is_set_up = False
        self._ends: tuple[str, Mapping[str, date]] = ("", {})
        self._choosing = asyncio.Lock()

    # What is in force, for the engine and the till

    @property
    def current(self) -> Settings:
        """The settings as they are now."""
        return self._settings

    def endpoint(self) -> Endpoint:
        """Return the server that is asked now; raises `BadServer`."""
        return Endpoint.of(self._settings)

    def key(self, host: str | None = None) -> SecretStr | None:
        """Return the key for the server that is asked now, or for that host; never one given for another."""
        return self.keys.find(self.endpoint().host if host is None else host)

    async def permit(self, host: str) -> None:
        """Raise `ConsentNeeded` unless somebody said yes, in the current words, to sending photos there.

        And `PolicyChanged` unless somebody agreed to the privacy policy as it is now.
        """
        if await self.policy_agreed() is None:
            raise PolicyChanged
        if await asyncio.to_thread(self.consents.given, ConsentKind.SENDING, host) is None:
            raise ConsentNeeded

    # What a person sees and does

    async def offer(self) -> Offer:
        """Say whether headshots can be drawn elsewhere now, and what is missing if not."""
        try:
            endpoint = self.endpoint()
        except BadServer:
            self._is_set_up = False
            return _NO_SERVER
        place = await asyncio.to_thread(self.keys.where, endpoint.host)
        given = await asyncio.to_thread(self.consents.given, ConsentKind.SENDING, endpoint.host)
        hint = await asyncio.to_thread(self.keys.hint, endpoint.host)
        models = endpoint.models(self._prices().model)
        model = models.get(Quality.FINAL, "")
        reason: type[HeadshotError] | None = None
        if endpoint.is_openai and place is KeyPlace.NOWHERE:  # an own server may need none
            reason = KeyMissing
        elif not model and not endpoint.is_openai:
            reason = ModelNotChosen
        self._is_set_up = ready = reason is None
        return Offer(
            ready=ready,
            host=endpoint.host,
            provider_name=provider_name(endpoint),
            secure=endpoint.secure,
            on_this_computer=endpoint.on_this_computer,
            is_openai=endpoint.is_openai,
            place=place,
            hint=hint or None,
            agreed_at=given.given_at if given else None,
            model=model,
            draft_model=models.get(Quality.DRAFT, ""),
            reason=reason,
        )

    @property
    def is_set_up(self) -> bool:
        """Whether headshots could be drawn elsewhere when `offer` was asked last."""
        return self._is_set_up

    def question(self, *, is_guest: bool = False) -> Question:
        """Put the question whether photos may be sent to the server that is set; raises `BadServer`."""
        endpoint = self.endpoint()
        kept_days = self._prices().kept_days if endpoint.is_openai else None
        return sending_words(
            endpoint.host,
            provider_name(endpoint),
            kept_days,
            is_openai=endpoint.is_openai,
            is_guest=is_guest,
        )

    async def agree(self, host: str | None = None) -> Consent:
        """Write down the yes for the host that the question named."""
        host = self.endpoint().host if host is None else host
        return await firmly(self.consents.give, ConsentKind.SENDING, host)

    async def withdraw(self, host: str | None = None) -> None:
        """Take the yes back: from now on nothing is sent there."""
        host = self.endpoint().host if host is None else host
        await firmly(self.consents.withdraw, ConsentKind.SENDING, host)

    async def policy(self, *, phones_open: bool = False) -> Policy:
        """Return the privacy policy, as it is true now; `phones_open` is whether phones are let in."""
        agreed = await self.policy_agreed()
        endpoint, since = None, None
        with suppress(BadServer):
            endpoint = self.endpoint()
            since = await asyncio.to_thread(self.consents.given, ConsentKind.SENDING, endpoint.host)
        facts = Facts.of(
            self._settings,
            endpoint,
            self._prices(),
            self.engines,
            sending_since=since.given_at if since else None,
            agreed_since=agreed.given_at if agreed else None,
            phones_open=phones_open,
        )
        return policy(facts)

    async def policy_agreed(self) -> Consent | None:
        """Return the yes to the privacy policy as it is now, by somebody of 13 or older."""
        return await asyncio.to_thread(self.consents.given, ConsentKind.POLICY)

    async def policy_before(self) -> Consent | None:
        """Return the yes to an earlier policy, where that is the latest, and was never taken back."""
        return await asyncio.to_thread(self.consents.before, ConsentKind.POLICY)

    async def agree_to_policy(self) -> Consent:
        """Write down that yes."""
        return await firmly(self.consents.give, ConsentKind.POLICY)

    async def withdraw_policy(self) -> None:
        """Take that yes back: from now on nothing is sent anywhere."""
        await firmly(self.consents.withdraw, ConsentKind.POLICY)

    async def keep_key(self, pasted: str) -> KeyPlace:
        """Keep the key for the server that is set; raises `BadKey`, `DiskFull` or `FolderError`."""
        return await firmly(self.keys.keep, self.endpoint().host, pasted)

    async def forget_key(self) -> KeyPlace:
        """Forget that key and say where one still is; raises `KeyNotForgotten`."""
        return await firmly(self.keys.forget, self.endpoint().host)

    async def check(self) -> Connection:
        """Try the connection, which costs nothing and sends no photo; raises what is wrong with it."""
        await asyncio.to_thread(self.key)  # the keyring may take its time
        host = self.endpoint().host
        connection = await self._check()
        self._ends = host, connection.ends
        return connection

    def endings(self) -> tuple[Ending, ...]:
        """Say which of the models in use are shut down, and when: as their host said last, or else the table.

        Raises `BadServer`.
        """
        endpoint, prices = self.endpoint(), self._prices()
        host, said = self._ends
        told = said if host == endpoint.host else {}
        return endings(
            endpoint.models(prices.model),
            lambda model: told.get(model) or prices.ends(model, host=endpoint.host),
        )

    async def use_server(
        self, base_url: str | None, model: str | None = None, draft_model: str | None = None
    ) -> Endpoint:
        """Have another server draw, OpenAI's for None; raises `BadServer`, `BadModelName`, `SetElsewhere`."""
        chosen = {
            "openai_base_url": (base_url or "").strip() or OPENAI_BASE_URL,
            "openai_model": _name(model),
            "openai_draft_model": _name(draft_model),
        }
        endpoint = Endpoint.of(self._settings.model_copy(update=chosen))
        await self.choose(**chosen)
        return endpoint

    async def set_budget(self, day: Decimal | None, month: Decimal | None) -> None:
        """Spend no more than this in a day and a month; None is no limit; raises `BadAmount`."""
        for amount in (day, month):
            if amount is not None and not (amount.is_finite() and 0 <= amount <= LARGEST_BUDGET):
                raise BadAmount
        await self.choose(budget_day=day, budget_month=month)

    async def set_at_once(self, count: int) -> None:
        """Ask for so many headshots at the same time; raises `BadCount`."""
        if not 1 <= count <= MOST_AT_ONCE:
            raise BadCount(MOST_AT_ONCE)
        await self.choose(openai_at_once=count)

    def fixed(self, name: str) -> str | None:
        """Return the variable by which a setting was given, so that it cannot be changed here."""
        given = {there.upper() for there, value in os.environ.items() if value}
        return variable(name) if variable(name) in given else None

    def start_anew(self) -> None:
        """Forget all that was set in the app; what was given at its start stays in force."""
        started = self._settings
        settings_file.start_anew(started.folders)
        given = {name: getattr(started, name) for name in ("data_dir", "port", "browser")}
        self._settings = Settings(**given)

    async def choose(self, **chosen: Any) -> None:  # noqa: ANN401 - each setting has its own type
        """Keep settings in the app folder and put them in force; raises `SetElsewhere`, `FolderError`."""

        async def choose() -> None:
            async with self._choosing:
                changed = {name: new for name, new in chosen.items() if getattr(self._settings, name) != new}
                for name in changed:
                    if given := self.fixed(name):
                        raise SetElsewhere(given)
                for name, new in changed.items():
                    written = None if new == Settings.model_fields[name].default else new
                    await asyncio.to_thread(settings_file.keep, self._settings.folders, name, written)
                    self._settings = self._settings.model_copy(update={name: new})

        await to_its_end(choose())


def provider_name(endpoint: Endpoint) -> str:
    """Return how the provider is called in a sentence."""
    return "OpenAI" if endpoint.is_openai else "your own server"


_NO_SERVER: Final = Offer(
    ready=False,
    host="",
    provider_name="your own server",
    secure=False,
    on_this_computer=False,
    is_openai=False,
    place=KeyPlace.NOWHERE,
    reason=BadServer,
)


def _name(name: str | None) -> str | None:
    name = (name or "").strip()
    if len(name) > LONGEST_MODEL or not name.isprintable() or " " in name:
        raise BadModelName
    return name or None
