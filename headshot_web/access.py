"""Who is here, and what they may see and do: the one rule that every page, route and event asks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from headshot_web.model import OWNER, DeviceId, HeadshotId, Role, Session


class Right(StrEnum):
    """Something that is not everybody's to do or to see."""

    SETTINGS = "settings"
    """The settings, the key, and the app's folder."""
    LEDGER = "ledger"
    """What left this computer, and what was deleted."""
    PHONES = "phones"
    """Who is connected, and letting others in."""
    EXPORT_ALL = "export-all"
    DELETE_ALL = "delete-all"
    COSTS = "costs"
    """What a headshot costs, and what it cost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Somebody at the app: who they are to this computer, and whose things are theirs."""

    role: Role
    session: Session
    device: DeviceId | None = None
    """The phone; None for the browser on this computer."""
    only: HeadshotId | None = None
    """The one headshot they may fetch, when they may see nothing else."""

    @property
    def is_owner(self) -> bool:
        """Whether it is the browser on this computer."""
        return self.role is Role.OWNER


OWNER_HERE: Final = Visitor(role=Role.OWNER, session=OWNER)
"""The browser on this computer."""
BOOTH_HERE: Final = Visitor(role=Role.BOOTH, session=Session("booth"))
"""The browser on this computer, while that is a booth: nothing in the library is its own."""


def can_see(visitor: Visitor, session: Session, headshot: HeadshotId | None = None) -> bool:
    """Whether something of a visit is this visitor's to see; `headshot` names it where it is one."""
    if visitor.session != session:
        return False
    return visitor.only is None or visitor.only == headshot


def may(visitor: Visitor, right: Right, *, shared: Collection[Right] = ()) -> bool:
    """Whether a visitor may do something that is not everybody's; `shared` is what the owner lets others."""
    return visitor.is_owner or (visitor.only is None and right in shared)
