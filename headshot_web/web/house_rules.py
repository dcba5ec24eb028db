"""What the owner chose about phones and guests: each choice is checked, kept, and in force at once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from headshot_web import words_phones as said
from headshot_web.errors import BadSetting
from headshot_web.settings import GuestEngine
from headshot_web.web.reception import chosen_network

if TYPE_CHECKING:
    from headshot_web.studio import Studio
    from headshot_web.web.lan import Lan

MOST_EACH: Final = 1000
MOST_ALL: Final = 10_000
SWITCHES: Final = ("phones_family", "phones_https", "phones_ask", "guests_keep", "guest_costs")
MOVING: Final = ("phones_network", "phones_https")
"""Choices with which the address becomes another one."""
_S_PER_HOUR: Final = 3600


class BadLimit(BadSetting):
    """A limit that is no number, or too large a one."""

    title, advice = said.BAD_NUMBER


class HouseRules:
    """Reads and keeps the choices."""

    def __init__(self, studio: Studio, lan: Lan) -> None:
        self._studio, self._lan = studio, lan

    async def shown(self) -> dict[str, Any]:
        """Return what the page shows of them."""
        settings, studio = self._studio.settings, self._studio
        there = await self._lan.interfaces()
        here = chosen_network(studio, there)
        offer = await studio.desk.offer()
        drawn = await asyncio.to_thread(studio.library.visits.drawn_today)
        names = (*SWITCHES, "guest_paid", "guests_paid")
        return {
            "rules": {
                **{name: getattr(settings, name) for name in names},
                "guest_engine": settings.guest_engine.value,
                "phones_network": here.name if here else "",
            },
            "networks": [(one.name, f"{one.label} · {one.address}") for one in there],
            "provider": offer.provider_name if offer.ready else "",
            "used": said.USED.format(n=drawn, all=settings.guests_paid),
        }

    async def choose(self, name: str, value: object) -> str:
        """Keep a choice, and say so; raises `BadSetting`, `SetElsewhere` or another `HeadshotError`."""
        await self._studio.desk.choose(**self._understood(name, value))
        if name not in MOVING or not self._lan.state.open:
            return said.SAVED
        await self._reopen()
        return said.SAVED_AGAIN

    def _understood(self, name: str, value: object) -> dict[str, Any]:
        if name in SWITCHES:
            return {name: bool(value)}
        if name == "phones_network":
            return {name: str(value)[:100] or None}
        if name == "guest_engine" and value in list(GuestEngine):
            return {name: GuestEngine(str(value))}
        if name == "limits" and isinstance(value, list) and len(value) == 2:  # noqa: PLR2004
            return {"guest_paid": _number(value[0], MOST_EACH), "guests_paid": _number(value[1], MOST_ALL)}
        raise BadSetting

    async def _reopen(self) -> None:
        """Open at the other address for the rest of the time."""
        until = self._lan.state.until or datetime.now(UTC)
        hours = (until - datetime.now(UTC)).total_seconds() / _S_PER_HOUR
        here = chosen_network(self._studio, await self._lan.interfaces())
        https = self._studio.settings.phones_https
        await self._lan.open(here.address if here else None, https=https, hours=max(hours, 0))


def _number(text: object, most: int) -> int:
    digits = str(text).strip()
    if not (digits.isascii() and digits.isdigit()) or int(digits[:8]) > most:
        raise BadLimit
    return int(digits[:8])
