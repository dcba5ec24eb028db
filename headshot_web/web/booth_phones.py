"""How a booth's guest gets their headshots onto their own phone: by a code, while phones are let in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from headshot_web.booth_sides import Code
from headshot_web.model import HeadshotId, Role, Session
from headshot_web.shelves import new_id
from headshot_web.web.lan import MOST_HOURS

if TYPE_CHECKING:
    from datetime import datetime

    from headshot_web.pairing import Pairing
    from headshot_web.studio import Studio
    from headshot_web.web.lan import Lan

HOURS: Final = 12
"""An event's length; the operator opens it anew for a longer one."""


class WayIn(Protocol):
    """The way in for phones."""

    @property
    def address(self) -> str | None:
        """Where phones get in; None while they do not."""


class GuestPhones:
    """Makes codes that lead to the real address of this computer, each for one phone and a short time."""

    def __init__(self, way_in: WayIn, pairing: Pairing) -> None:
        self._way_in = way_in
        self._pairing = pairing

    async def invite(self, session: Session, only: HeadshotId | None) -> Code | None:
        """Make a code for one headshot, or for the whole visit; None while nobody listens for phones."""
        address = self._way_in.address
        if address is None:
            return None
        invitation = self._pairing.invite(Role.GUEST, session, only)
        return Code(url=f"{address}/pair#{invitation.token}", ends_at=invitation.ends_at)


class BoothPhones:
    """The way in for phones as the operator opens and closes it, and the codes of guests."""

    def __init__(self, studio: Studio, lan: Lan) -> None:
        self._studio = studio
        self._lan = lan
        self._guests = GuestPhones(self, studio.pairing)

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
        return await self._guests.invite(session, only)

    async def invite_operator(self) -> Code | None:
        """Make a code for the operator's own phone: it has nobody's pictures, and asks for the PIN."""
        return await self._guests.invite(Session(new_id()), None)
