"""What a visitor has said yes to and is allowed, wherever it is written."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from headshot_web.access import Right, Visitor, may
from headshot_web.consent import ConsentKind
from headshot_web.errors import ConsentNeeded, NotFound, PolicyChanged
from headshot_web.finishing import firmly
from headshot_web.guests import agreement
from headshot_web.keys import KeyPlace
from headshot_web.model import Role

if TYPE_CHECKING:
    from headshot_web.devices import Device
    from headshot_web.guests import Allowance
    from headshot_web.model import Session
    from headshot_web.provider import Offer
    from headshot_web.settings import Settings
    from headshot_web.studio import Studio


class Standing:
    """One visitor's standing with the studio."""

    def __init__(self, studio: Studio, visitor: Visitor) -> None:
        self._studio = studio
        self.visitor = visitor

    @property
    def settings(self) -> Settings:
        """The settings that are in force now."""
        return self._studio.settings

    @property
    def session(self) -> Session:
        """Whose things are theirs."""
        return self.visitor.session

    def may(self, right: Right) -> bool:
        """Whether the visitor may do something that is not everybody's."""
        if self.visitor.is_owner:
            return True
        shared = (Right.COSTS,) if self.visitor.role is Role.FAMILY else self._studio.guests.shared
        return may(self.visitor, right, shared=shared)

    def require(self, right: Right) -> None:
        """Raise `NotFound` unless the visitor may."""
        if not self.may(right):
            raise NotFound

    # What was agreed to

    async def policy_agreed(self) -> bool:
        """Whether this visitor, somebody of 13 or older, agreed to the privacy policy as it is now."""
        if self.visitor.is_owner:
            return await self._studio.desk.policy_agreed() is not None
        with suppress(NotFound):
            return self._device().agreed_policy == agreement(ConsentKind.POLICY)
        return False

    async def agree_to_policy(self) -> None:
        """Write down that yes: the owner's in the list of consents, any other on the device."""
        if self.visitor.is_owner:
            await self._studio.desk.agree_to_policy()
        else:
            await self._agree(ConsentKind.POLICY, agreement(ConsentKind.POLICY))

    async def agree_to_sending(self, host: str) -> None:
        """Write down the yes to sending photos to a host; another guest's or the owner's does not count."""
        if self.visitor.is_owner:
            await self._studio.desk.agree(host)
        else:
            await self._agree(ConsentKind.SENDING, agreement(ConsentKind.SENDING, host))

    async def withdraw_sending(self) -> None:
        """Take that yes back."""
        if self.visitor.is_owner:
            await self._studio.desk.withdraw()
        else:
            await self._agree(ConsentKind.SENDING, None)

    @property
    def is_kept(self) -> bool:
        """Whether the owner keeps the pictures when the visit ends; the guest is told so at its beginning."""
        with suppress(NotFound):
            return self._device().keep
        return False

    @property
    def ends_at(self) -> datetime | None:
        """When the visit ends by itself; None for the owner."""
        with suppress(NotFound):
            return self._device().ends_at
        return None

    async def offer(self) -> Offer:
        """Say whether this visitor can have headshots drawn elsewhere; of the key others learn nothing."""
        offer = await self._studio.desk.offer()
        if self.visitor.is_owner:
            return offer
        agreed = await self._agreed_sending(offer.host)
        is_open = offer.ready
        if self.visitor.role is Role.FAMILY:
            is_open = is_open and offer.agreed_at is not None
        else:
            is_open = is_open and await self.allowance() is not None
        return replace(
            offer,
            ready=is_open,
            place=KeyPlace.NOWHERE,
            hint=None,
            agreed_at=datetime.now(UTC) if agreed else None,
            reason=None,
        )

    async def allowance(self) -> Allowance | None:
        """Return how many headshots this guest can still have drawn elsewhere; None where there is no limit.

        That is for the owner and the family, and where guests can have nothing drawn elsewhere at all.
        """
        if self.visitor.role in (Role.OWNER, Role.FAMILY):
            return None
        return await self._studio.guests.allowance(self.session)

    def _device(self) -> Device:
        return self._studio.devices.device(self.visitor.device)

    async def _agree(self, kind: ConsentKind, version: str | None) -> None:
        await firmly(self._studio.devices.agree, self._device().id, kind, version)

    async def _agreed_sending(self, host: str) -> bool:
        with suppress(NotFound):
            return self._device().agreed_sending == agreement(ConsentKind.SENDING, host)
        return False

    async def check_sending(self, count: int) -> None:
        """Raise why this visitor can't have so many drawn elsewhere."""
        if not await self.policy_agreed():
            raise PolicyChanged
        if not await self._agreed_sending(self._studio.desk.endpoint().host):
            raise ConsentNeeded
        await self.check_allowance(count)

    async def check_allowance(self, count: int) -> None:
        """Raise why a guest can't have so many drawn elsewhere, whatever they agreed to."""
        if self.visitor.role not in (Role.OWNER, Role.FAMILY):
            await self._studio.guests.check(self.session, count)
