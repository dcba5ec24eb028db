"""Who may see what: one rule, for the owner, a family's phone, a guest, and who may fetch one headshot."""

from __future__ import annotations

import pytest

from headshot_web.access import OWNER_HERE, Right, Visitor, can_see, may
from headshot_web.model import OWNER, DeviceId, HeadshotId, Role, Session

ANNA, BERT = Session("anna"), Session("bert")
HERS = HeadshotId("hers")
PHONE = DeviceId("phone")


def guest(session: Session = ANNA, only: HeadshotId | None = None) -> Visitor:
    return Visitor(role=Role.GUEST, session=session, device=PHONE, only=only)


@pytest.mark.parametrize(
    ("who", "whose", "sees"),
    [
        (OWNER_HERE, OWNER, True),
        (OWNER_HERE, ANNA, False),
        (Visitor(role=Role.FAMILY, session=OWNER, device=PHONE), OWNER, True),
        (Visitor(role=Role.FAMILY, session=OWNER, device=PHONE), ANNA, False),
        (guest(ANNA), ANNA, True),
        (guest(ANNA), BERT, False),
        (guest(ANNA), OWNER, False),
        (Visitor(role=Role.BOOTH, session=BERT), BERT, True),
        (Visitor(role=Role.BOOTH, session=BERT), ANNA, False),
        (Visitor(role=Role.BOOTH, session=BERT), OWNER, False),
    ],
)
def test_everybody_sees_their_own_and_nothing_else(who: Visitor, whose: Session, sees: bool) -> None:
    assert can_see(who, whose) is sees
    assert can_see(who, whose, HERS) is sees


def test_who_may_fetch_one_headshot_sees_that_one_and_no_photo() -> None:
    one = guest(ANNA, only=HERS)
    assert can_see(one, ANNA, HERS)
    assert not can_see(one, ANNA, HeadshotId("another of hers"))
    assert not can_see(one, ANNA)
    assert not can_see(one, BERT, HERS)


def test_what_is_not_everybodys_is_the_owners() -> None:
    for right in Right:
        assert may(OWNER_HERE, right)
        assert not may(guest(), right)
        assert not may(Visitor(role=Role.FAMILY, session=OWNER), right)
    assert may(guest(), Right.COSTS, shared=[Right.COSTS])
    assert not may(guest(), Right.SETTINGS, shared=[Right.COSTS])
    assert not may(guest(only=HERS), Right.COSTS, shared=[Right.COSTS])
