"""A code at the booth leads to the real address, for one phone, and to one headshot; or there is none."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from headshot_web.errors import InvitationUsed
from headshot_web.model import HeadshotId, Role, Session
from headshot_web.pairing import Grant, Pairing
from headshot_web.web.booth_phones import GuestPhones

SESSION, SHOT = Session("a guest"), HeadshotId("a headshot")


@dataclass
class WayIn:
    address: str | None = None


async def test_no_code_while_no_phone_could_fetch_anything() -> None:
    assert await GuestPhones(WayIn(), Pairing()).invite(SESSION, SHOT) is None


async def test_a_code_lets_one_phone_in_to_one_headshot() -> None:
    pairing = Pairing()
    code = await GuestPhones(WayIn("http://192.168.1.20:8418"), pairing).invite(SESSION, SHOT)
    assert code
    address, _, token = code.url.partition("#")
    assert address == "http://192.168.1.20:8418/pair"
    assert pairing.redeem(token) == Grant(role=Role.GUEST, session=SESSION, only=SHOT)
    with pytest.raises(InvitationUsed):
        pairing.redeem(token)
