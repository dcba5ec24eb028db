"""The studio as the visitor of a page or a request sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from headshot_web.errors import NotConnected
from headshot_web.visit import Visit
from headshot_web.web.sessions import VISITOR_KEY

if TYPE_CHECKING:
    from starlette.requests import Request

    from headshot_web.access import Visitor
    from headshot_web.studio import Studio


def visitor_of(scope: Mapping[str, Any]) -> Visitor:
    """Return whom the guard let in; raises `NotConnected` when it was nobody."""
    visitor: Visitor | None = scope.get(VISITOR_KEY)
    if visitor is None:
        raise NotConnected
    return visitor


def visit_of(studio: Studio, request: Request) -> Visit:
    """Return the studio as who sent this request sees it."""
    return Visit(studio, visitor_of(request.scope))


def visit(studio: Studio) -> Visit:
    """Return the studio as the visitor of the page that is being built, or is open, sees it."""
    from nicegui import ui  # noqa: PLC0415 - it reads its folders while it is imported

    return Visit(studio, visitor_of(ui.context.client.request.scope))
