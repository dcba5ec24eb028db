"""Which pages and routes are whose: what is not named here is the owner's alone, so none is forgotten."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from headshot_web.model import Role

if TYPE_CHECKING:
    from headshot_web.access import Visitor

NOT_HERE: Final = "/not-here"
"""Leads nowhere: whoever may not have a page is told what everybody is told of a page that is not."""

_ID: Final = "[0-9a-f]{32}"
_ANYBODY: Final = (
    "/pair",
    "/certificate",
    "/api/pair",
    "/api/pair/code",
    "/api/pair/wait",
    "/static/.*",
    r"/favicon\.ico",
)
_THINGS: Final = (
    "/",
    "/gallery",
    "/privacy",
    "/welcome",
    "/not-yet",
    "/visit",
    "/photo/[^/]+(/looks|/sending)?",
    "/order/[^/]+",
    "/headshot/[^/]+",
    "/api/photos",
    "/api/headshots",
    "/api/visit/end",
    "/api/clear-cache",
    "/media/photo/.+",
    "/media/headshot/.+",
    "/media/job/.+",
    "/download/headshot/.+",
    r"/download/headshots\.zip",
    "/download/job/.+",
    "/operator",
    "/api/operator/.+",
    "/_nicegui/.*",
    "/_nicegui_ws/.*",
)
"""The operator's pages, too, where there is a booth: what is behind them is behind a PIN."""
_ONE_HEADSHOT: Final = (
    f"/take/{_ID}",
    "/api/visit/end",
    f"/media/headshot/{_ID}(/thumbnail)?",
    f"/download/headshot/{_ID}",
)
_AT_THE_BOOTH: Final = (
    "/",
    "/operator",
    "/api/booth/.+",
    "/api/operator/.+",
    "/media/booth/.+",
    "/api/clear-cache",
    "/_nicegui/.*",
    "/_nicegui_ws/.*",
)


def _pattern(*ways: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{way})" for way in ways), re.ASCII)


_OF_ANYBODY: Final = _pattern(*_ANYBODY)
_OF_ONE: Final = _pattern(*_ANYBODY, *_ONE_HEADSHOT)
_OF_ROLE: Final = {
    Role.FAMILY: _pattern(*_ANYBODY, *_THINGS),
    Role.GUEST: _pattern(*_ANYBODY, *_THINGS),
    Role.BOOTH: _pattern(*_ANYBODY, *_AT_THE_BOOTH),
}


def is_for_anybody(path: str) -> bool:
    """Whether somebody who was not let in yet may have this."""
    return _OF_ANYBODY.fullmatch(path) is not None


def is_for(visitor: Visitor, path: str) -> bool:
    """Whether a page or route is there for a visitor."""
    if visitor.is_owner:
        return True
    pattern = _OF_ONE if visitor.only is not None else _OF_ROLE[visitor.role]
    return pattern.fullmatch(path) is not None
