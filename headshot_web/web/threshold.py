"""The threshold: before somebody of 13 or older has agreed, every page leads to the first one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from starlette.responses import RedirectResponse

from headshot_web.visit import Visit
from headshot_web.web.visiting import visitor_of
from headshot_web.web.ways import NOT_HERE

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from headshot_web.studio import Studio

WELCOME = "/welcome"
YOUNG = "/not-yet"
POLICY = "/privacy"
OPEN = frozenset({WELCOME, YOUNG, POLICY, NOT_HERE})
"""Pages that can be read before the yes."""

_OWN_PREFIX = "/_nicegui"
_WAY = re.compile(r"/(?![/\\])[\w/.,:?=&%#~+-]*", re.ASCII)


def way_on(wanted: str | None) -> str:
    """Return where somebody wanted to go; only a page of ours is a way on."""
    if not wanted or not _WAY.fullmatch(wanted) or wanted.partition("?")[0] in (WELCOME, YOUNG):
        return "/"
    return wanted


def welcome(wanted: str) -> str:
    """Return the address of the first page, from which it goes on to a page."""
    way = way_on(wanted)
    return WELCOME if way == "/" else f"{WELCOME}?{urlencode({'to': way})}"


class Threshold:
    """Stands before the pages."""

    def __init__(self, app: ASGIApp, studio: Studio) -> None:
        self.app = app
        self._studio = studio

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lead to the first page, or let through."""
        if scope["type"] == "http" and not _is_open(scope) and not await self._agreed(scope):
            query = scope["query_string"].decode("latin-1")
            wanted = quote(scope["path"], safe="/:,") + (f"?{query}" if query else "")
            await RedirectResponse(welcome(wanted), 303)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    async def _agreed(self, scope: Scope) -> bool:
        return await Visit(self._studio, visitor_of(scope)).policy_agreed()


def _is_open(scope: Scope) -> bool:
    path = scope["path"]
    return path in OPEN or path.startswith(_OWN_PREFIX) or scope["method"] not in ("GET", "HEAD")
