"""The operator's files: the logo, the event, the numbers, and a test shot; each behind the PIN."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Final

from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response

from headshot_web.errors import NotFound
from headshot_web.web.answers import answering
from headshot_web.web.sessions import SCOPE_KEY
from headshot_web.web.uploads import bytes_of

if TYPE_CHECKING:
    from headshot_web.backstage import Backstage

EVENT_FILE: Final = "booth-event-{date}.toml"
NUMBERS_FILE: Final = "booth-numbers-{date}.csv"


def file_name(pattern: str) -> str:
    """Name a file by the day, and by nothing an operator wrote."""
    return pattern.format(date=f"{datetime.now().astimezone():%Y-%m-%d}")


def register(app: FastAPI, backstage: Backstage) -> None:
    """Add the routes."""

    def behind_the_pin(request: Request) -> None:
        backstage.operators.use(request.scope.get(SCOPE_KEY))

    @app.get("/api/operator/event")
    @answering
    async def event(request: Request) -> Response:
        behind_the_pin(request)
        return _file(backstage.events.current.written(), "application/toml", EVENT_FILE)

    @app.post("/api/operator/event")
    @answering
    async def load(request: Request) -> Response:
        behind_the_pin(request)
        await backstage.load(await _all_of(request))
        return JSONResponse({})

    @app.get("/api/operator/numbers")
    @answering
    async def numbers(request: Request) -> Response:
        behind_the_pin(request)
        return _file(await backstage.counters_csv(), "text/csv; charset=utf-8", NUMBERS_FILE)

    @app.get("/api/operator/logo")
    @answering
    async def logo(request: Request) -> Response:
        behind_the_pin(request)
        picture = backstage.events.current.logo
        if picture is None:
            raise NotFound
        return Response(picture, media_type="image/png")

    @app.post("/api/operator/logo")
    @answering
    async def put_logo(request: Request) -> Response:
        behind_the_pin(request)
        await backstage.put_logo(await _all_of(request))
        return JSONResponse({})

    @app.post("/api/operator/test")
    @answering
    async def test_shot(request: Request) -> Response:
        behind_the_pin(request)
        look = backstage.events.current.looks[0]
        picture = await backstage.keeper.test_shot(bytes_of(request), look)
        return Response(picture, media_type="image/jpeg")


async def _all_of(request: Request) -> bytes:
    return b"".join([piece async for piece in bytes_of(request)])


def _file(data: bytes, media_type: str, pattern: str) -> Response:
    name = json.dumps(file_name(pattern))
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(data, media_type=media_type, headers=headers)
