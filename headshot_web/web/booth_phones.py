"""How a booth's guest gets their headshots onto their own phone: by a code, while phones are let in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from headshot_web.booth_sides import Code
from headshot_web.model import HeadshotId, Role, Session

if TYPE_CHECKING:
    from headshot_web.pairing import Pairing


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
