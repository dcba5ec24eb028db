"""The settings for drawing elsewhere: the key, trying it, the yes, the budget, and the server."""

import asyncio
from typing import Any

from nicegui import ui
from nicegui.events import GenericEventArguments

from headshot_web import words_openai as said
from headshot_web.errors import HeadshotError
from headshot_web.keys import KeyPlace
from headshot_web.model import Quality
from headshot_web.paths import static_dir
from headshot_web.settings import OPENAI_BASE_URL
from headshot_web.studio import Studio
from headshot_web.web.amounts import say, visitor
from headshot_web.web.engine_choice import named
from headshot_web.words import date


class Provider(ui.element, component=static_dir() / "components" / "provider.js"):
    """The section of the settings on OpenAI or the person's own server. No key ever comes back to it."""

    def __init__(self, state: dict[str, Any]) -> None:
        super().__init__()
        self.props.update({"words": said.SETTINGS, "keys": said.KEY_STEPS, "page": said.KEY_PAGE})
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
        for name in ("key", "forget", "test", "budget", "server"):
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
        used = {self.studio.prices.model(quality) for quality in Quality}
        ends = [
            said.ENDS.format(model=model, date=f"{day.day} {day:%B %Y}")
            for model, day in connection.ends.items()
            if model in used
        ]
        return " ".join((said.SETTINGS["works"].format(to=named(offer)), *ends))

    async def _budget(self, wanted: dict[str, str]) -> str:
        await self.studio.desk.set_budget(wanted.get("day"), wanted.get("month"))
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
        "consent": said.SETTINGS["consent_given"].format(date=date(offer.agreed_at), host=offer.host)
        if offer.agreed_at
        else "",
        "day": _plain(settings.budget_day),
        "month": _plain(settings.budget_month),
        "currency": studio.prices.currency,
        "spent": said.SPENT_SO_FAR.format(
            today=say(spending.today, locale), month=say(spending.month, locale)
        ),
        "address": "" if settings.openai_base_url == OPENAI_BASE_URL else settings.openai_base_url,
        "model": settings.openai_model or "",
        "draft": settings.openai_draft_model or "",
        "suggested": studio.prices.model(Quality.FINAL) if offer.is_openai else "",
        "suggested_draft": studio.prices.model(Quality.DRAFT) if offer.is_openai else "",
    }


def _plain(amount: object) -> str:
    return "" if amount is None else str(amount)


def _trouble(error: HeadshotError) -> dict[str, Any]:
    return {
        "title": error.title,
        "advice": error.advice,
        "link": error.link or "",
        "linktext": error.link_text,
    }
