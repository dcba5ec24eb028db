"""The certificate that phones may install: offered while the way in is encrypted, and no secret."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from starlette.requests import Request
from starlette.responses import Response

from headshot_web.errors import NotFound
from headshot_web.web.answers import answering

if TYPE_CHECKING:
    from fastapi import FastAPI

    from headshot_web.web.lan import Lan

PATH: Final = "/certificate"
_KIND: Final = "application/x-x509-ca-cert"
_NAME: Final = "headshots-on-this-computer.crt"


def register(app: FastAPI, lan: Lan) -> None:
    """Register the route."""

    @app.get(PATH)
    @answering
    async def certificate(_request: Request) -> Response:
        if not lan.state.https:
            raise NotFound
        der = await asyncio.to_thread(lan.certificates.authority)
        return Response(der, media_type=_KIND, headers={"content-disposition": f'inline; filename="{_NAME}"'})
