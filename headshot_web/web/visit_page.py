"""A guest's visit: until when, what becomes of the pictures, what can still be drawn; and “Done”."""

import json
from typing import TYPE_CHECKING

from babel.dates import format_time
from fastapi import FastAPI, Request
from nicegui import ui
from starlette.responses import JSONResponse, Response

from headshot_web import words_guests as said
from headshot_web import words_privacy
from headshot_web.errors import NotFound
from headshot_web.model import Role
from headshot_web.visit import Visit
from headshot_web.web.amounts import visitor
from headshot_web.web.answers import answering
from headshot_web.web.doors import DOOR_KEY, LanDoor
from headshot_web.web.engine_choice import named
from headshot_web.web.frame import VISIT, Ask, button, frame, page, tag
from headshot_web.web.guard import LEAVE_PATH, PAIR_PATH
from headshot_web.web.visiting import visit, visit_of

if TYPE_CHECKING:
    from headshot_web.studio import Studio

# First everything is gone, then a page that shows nothing of what was.
_LEAVE = (
    "window.leaving = true;"
    "fetch({path}, {{method: 'POST'}}).then(r => r.json()).then(a => location.replace(a.to || '/'))"
    ".catch(() => location.replace('/'))"
)


def register_end(app: FastAPI, studio: "Studio") -> None:
    """Add the route that ends a visit."""

    @app.post(LEAVE_PATH)
    @answering
    async def end(request: Request) -> Response:
        here = visit_of(studio, request)
        how = _ending(here)
        await here.end()
        answer = JSONResponse({"to": f"{PAIR_PATH}#{how}"}, headers={"clear-site-data": '"cache", "storage"'})
        door = request.scope.get(DOOR_KEY)
        if isinstance(door, LanDoor):
            answer.headers.append("set-cookie", door.cookie("", 0))
        return answer


def _ending(here: Visit) -> str:
    """Say which way a visit ends, for the page that comes then."""
    if here.visitor.role is not Role.GUEST or here.visitor.only is not None:
        return "left"
    return "kept" if here.is_kept else "ended"


def register(studio: "Studio") -> None:
    """Register the page of the visit."""

    @page(VISIT, said.NAV_VISIT)
    async def visit_page() -> None:
        here = visit(studio)
        if here.visitor.is_owner:
            raise NotFound
        deleted, asked = _fate(here)
        with frame(studio, VISIT), tag("div", classes="reading"):
            tag("h1", said.NAV_VISIT)
            with tag("dl", classes="facts"):
                for term, value in (*_until(here), (said.VISIT_END, deleted), *await _drawn(here)):
                    tag("dt", term)
                    tag("dd", value)
            await _agreed(here)
            tag("p", said.DONE_LEAD, "soft after")
            leave = _LEAVE.format(path=json.dumps(LEAVE_PATH))
            with tag("div", classes="actions"):
                Ask(
                    said.DONE,
                    {"title": said.DONE_TITLE, "text": asked, "confirm": said.DONE, "look": "button accent"},
                    lambda: ui.run_javascript(leave),
                )


async def _agreed(here: Visit) -> None:
    """Show the yes to sending photos, with the way back."""
    offer = await here.offer()
    if not offer.agreed_at:
        return
    section = tag("div", classes="agreed after")

    async def take_back() -> None:
        await here.withdraw_sending()
        section.clear()
        with section:
            tag("p", words_privacy.AGREED["taken_back"], "fine", role="status", tabindex="-1")
            ui.run_javascript("document.querySelector('.agreed [role=status]').focus()")

    with section:
        tag("p", said.AGREED.format(to=named(offer)))
        button(words_privacy.AGREED["take_back"], take_back)


def _fate(here: Visit) -> tuple[str, str]:
    """Say what becomes of the pictures, and how that is asked."""
    if here.visitor.role is Role.FAMILY:
        return said.VISIT_SHARED, said.DONE_SHARED
    return (said.VISIT_KEPT, said.DONE_KEEPS) if here.is_kept else (said.VISIT_DELETED, said.DONE_DELETES)


def _until(here: Visit) -> list[tuple[str, str]]:
    if here.ends_at is None:
        return []
    time = format_time(here.ends_at.astimezone(), "short", locale=visitor())
    return [(said.VISIT_UNTIL, said.VISIT_TIME.format(time=time))]


async def _drawn(here: Visit) -> list[tuple[str, str]]:
    """Say how many can still be drawn elsewhere, where the owner allows any."""
    allowance, offer = await here.allowance(), await here.offer()
    if allowance is None or not offer.ready:
        return []
    left = said.VISIT_DRAWN_LEFT.format(n=allowance.left, of=allowance.of)
    return [(said.VISIT_DRAWN.format(to=named(offer)), left if allowance.left else said.VISIT_NONE_LEFT)]
