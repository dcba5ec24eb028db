"""The page on which a phone is let in: small, plain, and the only one that a stranger sees."""

import html
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from fastapi import FastAPI, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from headshot_web import NAME
from headshot_web import words_guests as said
from headshot_web.access import Visitor
from headshot_web.errors import NotFound, NotUnderstood
from headshot_web.finishing import firmly
from headshot_web.model import HeadshotId, Role
from headshot_web.pairing import Grant
from headshot_web.web.answers import answering
from headshot_web.web.assets import asset
from headshot_web.web.device_names import device_name
from headshot_web.web.doors import DOOR_KEY, LanDoor
from headshot_web.web.guard import PAIR_PATH
from headshot_web.web.sessions import VISITOR_KEY

if TYPE_CHECKING:
    from headshot_web.studio import Studio

PAIR_API: Final = "/api/pair"
LONGEST_BODY: Final = 1000
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_PAGE: Final = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} · {name}</title>
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark"><link rel="icon" href="/static/favicon.svg">
<link rel="stylesheet" href="{sheet}">{script}</head>
<body{data}><main>{body}</main></body></html>"""
_PAIR: Final = """<p class="name">{name}</p><div role="status" aria-live="polite"><h1 id="title"></h1>
<p id="text" class="soft"></p></div><button id="retry" class="button accent" hidden></button>
<form id="digits" hidden><label for="code"></label>
<input id="code" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9 ]*" maxlength="11" required>
<button class="button accent"></button></form><noscript><p>{no_script}</p></noscript>"""
_TAKE: Final = """<p class="name">{name}</p><h1>{title}</h1>
<img src="/media/headshot/{id}" alt="{alt}" class="headshot"><p class="soft">{lead}</p>
<a class="button accent" href="/download/headshot/{id}" download>{save}</a>"""


def register(app: FastAPI, studio: "Studio") -> None:
    """Add the page, and the routes it asks."""
    _register_pages(app)
    _register_pairing(app, studio)


def way_of(only: HeadshotId | None) -> str:
    """Return where a phone goes once it was let in."""
    return f"/take/{only}" if only else "/"


def _register_pages(app: FastAPI) -> None:
    @app.get(PAIR_PATH)
    @answering
    async def pair(request: Request) -> Response:
        if not isinstance(request.scope.get(DOOR_KEY), LanDoor):
            return RedirectResponse("/", 303)  # on the computer itself there is nothing to pair
        script = f'<script src="{asset("pair.js")}" defer></script>'
        data = f' data-words="{html.escape(json.dumps(said.PAIR))}" data-api="{PAIR_API}"'
        body = _PAIR.format(name=html.escape(NAME), no_script=html.escape(said.PAIR["no_script"]))
        return _page(said.PAIR_TITLE, body, script=script, data=data)

    @app.get("/take/{headshot}")
    @answering
    async def take(request: Request, headshot: str) -> Response:
        visitor: Visitor | None = request.scope.get(VISITOR_KEY)
        if visitor is None or visitor.only is None or visitor.only != headshot:
            raise NotFound
        body = _TAKE.format(
            name=html.escape(NAME),
            title=said.TAKE_TITLE,
            id=visitor.only,
            alt=said.TAKE_ALT,
            lead=said.TAKE_LEAD,
            save=said.TAKE_SAVE,
        )
        return _page(said.TAKE_TITLE, body)


def _page(title: str, body: str, *, script: str = "", data: str = "") -> Response:
    text = _PAGE.format(
        title=title, name=html.escape(NAME), sheet=asset("pair.css"), script=script, data=data, body=body
    )
    return HTMLResponse(text, headers={"content-security-policy": _POLICY})


def _register_pairing(app: FastAPI, studio: "Studio") -> None:
    @app.post(PAIR_API)
    @answering
    async def by_token(request: Request) -> Response:
        door, text = await _told(request, "token")
        return await _granted(studio, request, door, studio.pairing.redeem(text))

    @app.post(f"{PAIR_API}/code")
    @answering
    async def by_code(request: Request) -> Response:
        door, text = await _told(request, "code")
        return await _granted(studio, request, door, studio.pairing.redeem_code(text))

    @app.post(f"{PAIR_API}/wait")
    @answering
    async def wait(request: Request) -> Response:
        door, text = await _told(request, "ticket")
        answered = studio.pairing.answered(text)
        if answered is None:
            return JSONResponse({"ticket": text}, status_code=202)
        return await _let_in(studio, request, door, *answered)


async def _told(request: Request, name: str) -> tuple[LanDoor, str]:
    """Read the one word that the page sends."""
    door = request.scope.get(DOOR_KEY)
    if not isinstance(door, LanDoor):
        raise NotFound
    body = await request.body()
    try:
        told: Any = json.loads(body) if len(body) <= LONGEST_BODY else None
        word = told[name]
    except (ValueError, TypeError, KeyError) as error:
        raise NotUnderstood from error
    if not isinstance(word, str):
        raise NotUnderstood
    return door, word


async def _granted(studio: "Studio", request: Request, door: LanDoor, grant: Grant) -> Response:
    """Let the phone in, or let it wait for the owner's yes."""
    name = device_name(request.headers.get("user-agent", ""))
    if studio.settings.phones_ask and grant.session is None and grant.only is None:
        return JSONResponse({"ticket": studio.pairing.ask(grant, name)}, status_code=202)
    return await _let_in(studio, request, door, grant, name)


async def _let_in(studio: "Studio", request: Request, door: LanDoor, grant: Grant, name: str) -> Response:
    """Give the phone its secret; one that is here already, as the same, keeps its own and its pictures."""
    visitor: Visitor | None = request.scope.get(VISITOR_KEY)
    answer = JSONResponse({"to": way_of(grant.only)})
    is_here = visitor is not None and visitor.only is None and visitor.role is grant.role
    if is_here and grant.session is None and grant.only is None:
        return answer
    ends_at = studio.devices.open_until or datetime.now(UTC) + timedelta(hours=studio.settings.phones_hours)
    device, token = await firmly(
        studio.devices.pair,
        grant.role,
        grant.session,
        name=name,
        ends_at=ends_at,
        only=grant.only,
        keep=studio.settings.guests_keep and grant.role is Role.GUEST and grant.session is None,
    )
    seconds = int((device.ends_at - datetime.now(UTC)).total_seconds())
    answer.headers.append("set-cookie", door.cookie(token, seconds))
    return answer
