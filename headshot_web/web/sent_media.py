"""What pages show of headshots drawn elsewhere: the picture that is sent, unfinished ones, the ledger."""

from typing import TYPE_CHECKING, Annotated

from fastapi import FastAPI, Query, Request
from starlette.responses import JSONResponse, Response

from headshot_web.access import Right
from headshot_web.errors import BadWish, NotFound
from headshot_web.model import Crop, Download, HeadshotId, JobId, PhotoId
from headshot_web.web.answers import answering, unless_gone
from headshot_web.web.saving import attachment
from headshot_web.web.visiting import visit_of
from headshot_web.web.wanted import checked

if TYPE_CHECKING:
    from headshot_web.studio import Studio

_MOST_ENTRIES = 200
_KINDS = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"RIFF", "image/webp"))


def register(app: FastAPI, studio: "Studio") -> None:
    """Add the routes."""
    _register_pictures(app, studio)
    _register_downloads(app, studio)
    _register_ledger(app, studio)


def _register_pictures(app: FastAPI, studio: "Studio") -> None:
    @app.get("/media/photo/{photo}/sending")
    @answering
    async def sending(request: Request, photo: str, crop: str = Crop.PORTRAIT_4_5) -> Response:
        try:
            shape = Crop(crop)
        except ValueError as error:
            raise BadWish from error
        work = visit_of(studio, request).working_copy(PhotoId(checked(photo)), shape)
        return Response(await unless_gone(request, work), media_type="image/jpeg")

    @app.get("/media/job/{job}/partial")
    @answering
    async def partial(request: Request, job: str) -> Response:
        picture = visit_of(studio, request).partial(JobId(checked(job)))
        return Response(picture, media_type=_kind(picture))


def _kind(picture: bytes | None) -> str:
    """Say what kind of picture it is; what is none is not passed on to the browser."""
    for beginning, kind in _KINDS:
        if picture is not None and picture.startswith(beginning):
            return kind
    raise NotFound


def _register_downloads(app: FastAPI, studio: "Studio") -> None:
    @app.get("/download/headshot/{headshot}/original")
    @answering
    async def original(request: Request, headshot: str) -> Response:
        here = visit_of(studio, request)
        name = HeadshotId(checked(headshot))
        made = await here.headshot(name)
        data = await here.headshot_original(name)
        kind = _kind(data)
        ending = kind.removeprefix("image/").replace("jpeg", "jpg")
        return attachment(Download(name=f"{made.style_id}-untouched.{ending}", media_type=kind, data=data))

    @app.get("/download/job/{job}")
    @answering
    async def unkept(request: Request, job: str) -> Response:
        file = await unless_gone(request, visit_of(studio, request).unkept(JobId(checked(job))))
        if file is None:
            raise NotFound
        return attachment(file)

    @app.get("/download/sent.csv")
    @answering
    async def sent(request: Request) -> Response:
        visit_of(studio, request).require(Right.LEDGER)
        return attachment(await studio.books.table())


def _register_ledger(app: FastAPI, studio: "Studio") -> None:
    @app.get("/api/sent")
    @answering
    async def entries(
        request: Request,
        offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
        limit: Annotated[int, Query(ge=1, le=_MOST_ENTRIES)] = 50,
    ) -> Response:
        from headshot_web.web.amounts import locale_of  # noqa: PLC0415 - they import NiceGUI
        from headshot_web.web.sent_page import listed  # noqa: PLC0415

        here = visit_of(studio, request)
        here.require(Right.LEDGER)
        locale = locale_of(request.headers.get("accept-language", ""))
        shown = await studio.books.entries(offset, limit)
        total = await studio.books.count()
        return JSONResponse({"total": total, "items": [await listed(here, one, locale) for one in shown]})
