"""All pages of the product."""

from importlib import import_module

from fastapi import Request, Response
from fastapi.exception_handlers import http_exception_handler
from nicegui import Client, app, ui
from nicegui.translations import translations
from starlette.exceptions import HTTPException

from headshot_web import NAME, words
from headshot_web.errors import HeadshotError, NotFound
from headshot_web.studio import Studio
from headshot_web.web import (
    gallery_page,
    headshot_page,
    looks_page,
    order_page,
    phones_page,
    photo_page,
    privacy_page,
    sending_page,
    sent_page,
    settings_page,
    start_page,
    visit_page,
    welcome_page,
)
from headshot_web.web.frame import missing
from headshot_web.web.lan import Lan
from headshot_web.web.threshold import Threshold

ROOMS = (
    start_page,
    photo_page,
    looks_page,
    order_page,
    headshot_page,
    gallery_page,
    privacy_page,
    sending_page,
    sent_page,
    settings_page,
    visit_page,
    welcome_page,
)


FETCHING = (headshot_page, gallery_page, photo_page, privacy_page, visit_page)
"""What a guest of a booth needs: nothing is made from a phone there."""


def register(studio: Studio, lan: Lan) -> None:
    """Register every page with the one object the pages talk to."""
    for room in ROOMS:
        room.register(studio)
    phones_page.register(studio, lan)
    app.add_middleware(Threshold, studio=studio)
    translations["en-US"].update(words.CONNECTION)
    _say_failures(studio)
    _register_nowhere(studio)


def register_for_booth(studio: Studio) -> None:
    """Register what a guest's phone may open beside the booth's own pages: looking and taking along."""
    for room in FETCHING:
        room.register(studio)
    translations["en-US"].update(words.CONNECTION)
    _say_failures(studio)
    _register_nowhere(studio)


def _say_failures(studio: Studio) -> None:
    """Let a page that could not be built say so in our words, whatever NiceGUI would have said."""
    app.on_page_exception(lambda: missing(studio, HeadshotError()))
    building = import_module("nicegui.page")  # where it answers by itself, without asking any handler
    vars(building)["error_content"] = lambda _status, _what="": missing(studio, HeadshotError())


def _register_nowhere(studio: Studio) -> None:
    """Answer an address that leads nowhere with a page that leads on."""

    @app.exception_handler(404)
    async def nowhere(request: Request, error: HTTPException) -> Response:
        if request.url.path.startswith("/_nicegui"):
            return await http_exception_handler(request, error)
        with Client(ui.page("", title=f"{words.GONE_TITLE} · {NAME}"), request=request) as client:
            missing(studio, NotFound())
        return client.build_response(request, NotFound.status)
