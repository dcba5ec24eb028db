"""Guests' phones at the booth: the way in, opened by the operator, and a code for each guest."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from headshot_web.booth_sides import Code
from headshot_web.model import HeadshotId, Role, Session
from headshot_web.web.lan import MOST_HOURS

if TYPE_CHECKING:
    from headshot_web.studio import Studio
    from headshot_web.web.lan import Lan

HOURS: Final = 12
"""An event's length; the operator opens it anew for a longer one."""


class BoothPhones:
    """Lets a guest's phone fetch its own guest's pictures, as long as the way in is open."""

    def __init__(self, studio: Studio, lan: Lan) -> None:
        self._studio = studio
        self._lan = lan

    @property
    def address(self) -> str | None:
        """Where phones get in; None while they do not."""
        return self._lan.state.address

    @property
    def until(self) -> datetime | None:
        """Until when."""
        return self._lan.state.until

    async def open(self) -> None:
        """Let phones in, at the network and in the way that is set."""
        settings = self._studio.settings
        hours = min(max(HOURS, settings.phones_hours), MOST_HOURS)
        await self._lan.open(settings.phones_network, https=settings.phones_https, hours=hours)

    async def close(self) -> None:
        """Let nobody in any more."""
        await self._lan.close()

    async def invite(self, session: Session, only: HeadshotId | None) -> Code | None:
        """Make a code for one guest; None while no phone can come in."""
        address = self.address
        if address is None:
            return None
        invitation = self._studio.pairing.invite(role=Role.GUEST, session=session, only=only)
        return Code(url=f"{address}/pair#{invitation.token}", ends_at=invitation.ends_at)
