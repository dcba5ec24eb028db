"""The settings for drawing elsewhere: the key, trying it, the yes, the budget, and the server."""

import asyncio
import re
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from nicegui import ui
from nicegui.events import GenericEventArguments

from headshot_web import words
from headshot_web import words_openai as said
from headshot_web.errors import BadCount, HeadshotError
from headshot_web.keys import KeyPlace
from headshot_web.model import Quality
from headshot_web.paths import static_dir
from headshot_web.provider import MOST_AT_ONCE, ProviderDesk
from headshot_web.provider_errors import BadServer
from headshot_web.settings import OPENAI_BASE_URL
from headshot_web.studio import Studio
from headshot_web.web.amounts import read, say, typed, visitor
from headshot_web.web.engine_choice import named

_COUNT: Final = re.compile(r"[0-9]{1,4}")


class Provider(ui.element, component=static_dir() / "components" / "provider.js"):
    """The section of the settings on OpenAI or the person's own server. No key ever comes back to it."""

    def __init__(self, state: dict[str, Any]) -> None:
        super().__init__()
        self.props.update(
            {
                "words": said.SETTINGS | {"most": str(MOST_AT_ONCE)},
                "keys": said.KEY_STEPS,
                "page": said.KEY_PAGE,
            }
        )
        self.props.update({"state": state, "news": {}})

    def show(self, state: dict[str, Any], news: dict[str, Any]) -> None:
        """Show what is set now, and what came of the latest press."""
        self.props.update({"state": state, "news": news})
        self.update()


class ProviderSettings:
    """One visitor's view of these settings."""

    def __init__(self, studio: Studio, state: dict[str, Any], locale: str) -> None:
        self.studio = studio
        self.locale = locale
        self.section = Provider(state)
        for name in ("key", "forget", "test", "budget", "count", "server"):
            self.section.on(name, self._heard(name))

    async def renew(self) -> None:
        """Show what is set now, after it was changed elsewhere on the page."""
        self.section.show(await state(self.studio, self.locale), {})

    def _heard(self, name: str) -> Any:  # noqa: ANN401 - what NiceGUI calls
        async def hear(event: GenericEventArguments) -> None:
            news: dict[str, Any] = {"about": name}
            try:
                news["good"] = await getattr(self, f"_{name}")(event.args)
            except HeadshotError as error:
                news |= _trouble(error)
            self.section.show(await state(self.studio, self.locale), news)

        return hear

    async def _key(self, pasted: object) -> str:
        await self.studio.desk.keep_key(str(pasted))
        return said.SETTINGS["saved"]

    async def _forget(self, _nothing: object) -> str:
        await self.studio.desk.forget_key()
        return said.SETTINGS["removed"]

    async def _test(self, _nothing: object) -> str:
        connection = await self.studio.desk.check()
        offer = await self.studio.desk.offer()
        return said.SETTINGS["works" if connection.lists else "works_unlisted"].format(to=named(offer))

    async def _budget(self, wanted: dict[str, str]) -> str:
        settings = self.studio.desk.current
        day = self._amount(wanted.get("day"), settings.budget_day)
        month = self._amount(wanted.get("month"), settings.budget_month)
        await self.studio.desk.set_budget(day, month)
        return said.SETTINGS["saved"]

    def _amount(self, text: str | None, before: Decimal | None) -> Decimal | None:
        """Read an amount; one that stands there as it was shown stays, finer than a cent though it be."""
        return before if text == _typed(before, self.locale) else read(text, self.locale)

    async def _count(self, wanted: object) -> str:
        text = str(wanted).strip()
        if not _COUNT.fullmatch(text):
            raise BadCount(MOST_AT_ONCE)
        await self.studio.desk.set_at_once(int(text))
        return said.SETTINGS["saved"]

    async def _server(self, wanted: dict[str, str]) -> str:
        await self.studio.desk.use_server(wanted.get("address"), wanted.get("model"), wanted.get("draft"))
        return said.SETTINGS["saved"]


async def add(studio: Studio) -> ProviderSettings:
    """Add the section."""
    locale = visitor()
    return ProviderSettings(studio, await state(studio, locale), locale)


async def state(studio: Studio, locale: str) -> dict[str, Any]:
    """Say what is set now; of the key no more than its last four characters."""
    desk, settings = studio.desk, studio.desk.current
    offer = await desk.offer()
    spending = await studio.books.spending()
    kept = said.PLACES[offer.place]
    return {
        "to": named(offer),
        "host": offer.host,
        "own": not offer.is_openai,
        "key": said.SETTINGS["key_kept"].format(hint=offer.hint, where=kept) if offer.hint else "",
        "fixed": offer.place is KeyPlace.ENVIRONMENT,
        "where": said.PLACES[await asyncio.to_thread(desk.keys.place_to_keep)],
        "consent": said.SETTINGS["consent_given"].format(date=words.date(offer.agreed_at), host=offer.host)
        if offer.agreed_at
        else "",
        "day": _typed(settings.budget_day, locale),
        "month": _typed(settings.budget_month, locale),
        "currency": studio.prices.currency,
        "spent": said.SPENT_SO_FAR.format(
            today=say(spending.today, locale), month=say(spending.month, locale)
        ),
        "count": str(settings.openai_at_once),
        "ends": _ends(desk),
        "address": "" if settings.openai_base_url == OPENAI_BASE_URL else settings.openai_base_url,
        "model": settings.openai_model or "",
        "draft": settings.openai_draft_model or "",
        "suggested": studio.prices.model(Quality.FINAL) if offer.is_openai else "",
        "suggested_draft": studio.prices.model(Quality.DRAFT) if offer.is_openai else "",
    }


def _ends(desk: ProviderDesk) -> list[tuple[str, str]]:
    """Say which of the models in use are shut down, and what to do."""
    with suppress(BadServer):
        return [
            said.parts(
                said.ENDED if one.day <= _today() else said.ENDS,
                model=one.model,
                date=f"{one.day.day} {one.day:%B %Y}",
                what=said.DRAWS[one.of],
            )
            for one in desk.endings()
        ]
    return []


def _today() -> date:
    return datetime.now().astimezone().date()


def _typed(amount: Decimal | None, locale: str) -> str:
    return "" if amount is None else typed(amount, locale)


def _trouble(error: HeadshotError) -> dict[str, Any]:
    return {
        "title": error.title,
        "advice": error.advice,
        "link": error.link or "",
        "linktext": error.link_text,
        "request": getattr(error, "request_id", None) or "",
    }
