"""The booth's pictures and its one upload: each for the guest who is before it, and for nobody else."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from fastapi import FastAPI, Request
from PIL import Image
from starlette.responses import JSONResponse, Response

from headshot_web import styles
from headshot_web.errors import NotFound
from headshot_web.imaging import backdrops
from headshot_web.model import Size
from headshot_web.signals import VisitId
from headshot_web.web.answers import answering, unless_gone
from headshot_web.web.guard import BOOTH_UPLOAD_PATH
from headshot_web.web.uploads import bytes_of

if TYPE_CHECKING:
    from headshot_web.booth import BoothKeeper

_JPEG: Final = "image/jpeg"
_DRAWN_PX: Final = 480


def register(app: FastAPI, keeper: BoothKeeper) -> None:
    """Add the routes of the booth."""

    @app.post(BOOTH_UPLOAD_PATH)
    @answering
    async def take_in(request: Request) -> Response:
        visit = VisitId(request.query_params.get("visit", ""))
        await keeper.take_in(visit, bytes_of(request))
        return JSONResponse({}, status_code=201)

    @app.get("/api/booth/alive")
    @answering
    async def alive(request: Request) -> Response:  # noqa: ARG001
        return JSONResponse({})

    @app.get("/media/booth/logo")
    @answering
    async def logo(request: Request) -> Response:  # noqa: ARG001
        if keeper.event.logo is None:
            raise NotFound
        return Response(keeper.event.logo, media_type="image/png")

    @app.get("/media/booth/drawn/{style}")
    @answering
    async def drawn(request: Request, style: str) -> Response:  # noqa: ARG001
        return Response(await asyncio.to_thread(_drawn, styles.style(style).id), media_type=_JPEG)

    _register_pictures(app, keeper)


def _register_pictures(app: FastAPI, keeper: BoothKeeper) -> None:
    def add(path: str, picture: Callable[[str, str], Awaitable[bytes]]) -> None:
        @app.get(f"/media/booth/{{visit}}/{path}")
        @answering
        async def show(request: Request, visit: str, thing: str = "") -> Response:
            return Response(await unless_gone(request, _got(picture(visit, thing))), media_type=_JPEG)

    async def photo(visit: str, _: str) -> bytes:
        return await keeper.photo(visit)

    async def partial(visit: str, _: str) -> bytes:
        return keeper.partial(visit)

    add("photo", photo)
    add("partial/{thing}", partial)
    add("look/{thing}", keeper.look_of)
    add("headshot/{thing}", keeper.headshot)
    add("headshot/{thing}/thumbnail", keeper.thumbnail)
    add("headshot/{thing}/before", keeper.before)


async def _got(picture: Awaitable[bytes]) -> bytes:
    return await picture


@lru_cache(maxsize=32)
def _drawn(style: str) -> bytes:
    """Draw a look's backdrop with nobody before it."""
    recipe = styles.style(style).recipe
    size = Size(width_px=round(_DRAWN_PX * 0.8), height_px=_DRAWN_PX)
    pixels = backdrops.paint(recipe.backdrop, recipe.light, size, face_x=0.5, face_y=0.4)
    image = Image.fromarray(pixels)
    out = io.BytesIO()
    (image.convert("L") if recipe.monochrome else image).save(out, "JPEG", quality=84)
    return out.getvalue()
