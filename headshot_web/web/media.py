"""Pictures by id, downloads, and the list that the gallery scrolls through."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import parse_qs

from fastapi import FastAPI, Query, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from headshot_web.downloads import Parcel
from headshot_web.errors import BadWish, NotFound, NotUnderstood, PictureGone
from headshot_web.model import (
    Crop,
    Export,
    FileKind,
    Headshot,
    HeadshotId,
    PhotoId,
    StyleId,
    Wishes,
)
from headshot_web.styles import name as style_name
from headshot_web.visit import Visit
from headshot_web.web import sent_media
from headshot_web.web.answers import answering, unless_gone
from headshot_web.web.refusals import API_PREFIXES
from headshot_web.web.saving import attachment, saved_as
from headshot_web.web.visiting import visit_of
from headshot_web.web.wanted import checked

if TYPE_CHECKING:
    from headshot_web.studio import Studio

_JPEG = "image/jpeg"
_COLOR = re.compile(r"#?[0-9a-fA-F]{6}")
_PIXELS = range(16, 8001)
_SWITCH = {None: True, "1": True, "0": False}
_MOST_IN_A_PACK = 2000
_MOST_A_PAGE = 500


def _wishes(color: str | None, crop: str | None) -> Wishes:
    if color and not _COLOR.fullmatch(color):
        raise BadWish
    return Wishes(backdrop_color="#" + color.removeprefix("#").lower() if color else None, crop=_crop(crop))


def _crop(text: str | None) -> Crop | None:
    try:
        return Crop(text) if text else None
    except ValueError as error:
        raise BadWish from error


def _export(fields: Mapping[str, str]) -> Export:
    kind, crop, px, marks = (fields.get(name) for name in ("kind", "crop", "px", "marks"))
    try:
        longest = int(px) if px else None
        chosen = FileKind(kind) if kind else FileKind.JPEG
    except ValueError as error:
        raise BadWish from error
    if (longest is not None and longest not in _PIXELS) or marks not in _SWITCH:
        raise BadWish
    return Export(kind=chosen, crop=_crop(crop), longest_px=longest, marks=_SWITCH[marks])


class _Parcelled(StreamingResponse):
    """A ZIP sent in pieces, which leaves the disk when it was sent, or when nobody waits for it any more."""

    def __init__(self, parcel: Parcel) -> None:
        headers = {**saved_as(parcel.name), "content-length": str(parcel.size_bytes)}
        super().__init__(parcel.pieces(), media_type=parcel.media_type, headers=headers)
        self._parcel = parcel

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._parcel.close()


def _listed(headshot: Headshot) -> dict[str, Any]:
    return {
        "id": headshot.id,
        "photo": headshot.photo_id,
        "style": headshot.style_id,
        "name": style_name(headshot.style_id),
        "created": headshot.created_at.isoformat(),
        "favourite": headshot.favourite,
        "width": headshot.size.width_px,
        "height": headshot.size.height_px,
    }


def register(app: FastAPI, studio: "Studio") -> None:
    """Add the routes of pictures, downloads and the gallery's list."""
    _register_pictures(app, studio)
    _register_preview(app, studio)
    _register_sample(app, studio)
    _register_downloads(app, studio)
    _register_list(app, studio)
    sent_media.register(app, studio)
    _register_nothing_else(app)


def _register_pictures(app: FastAPI, studio: "Studio") -> None:
    def add(path: str, picture: Callable[[Visit, Any], Awaitable[bytes]]) -> None:
        @app.get(path)
        @answering
        async def show(request: Request, thing: str) -> Response:
            try:
                return Response(await picture(visit_of(studio, request), checked(thing)), media_type=_JPEG)
            except PictureGone:
                if not path.endswith("/thumbnail"):
                    raise
                return Response(status_code=204)  # pages ask for it beside headshots, and show none then

    add("/media/photo/{thing}", Visit.photo_picture)
    add("/media/photo/{thing}/thumbnail", Visit.photo_thumbnail)
    add("/media/headshot/{thing}", Visit.headshot_picture)
    add("/media/headshot/{thing}/thumbnail", Visit.headshot_thumbnail)
    add("/media/headshot/{thing}/before", Visit.before)


def _register_preview(app: FastAPI, studio: "Studio") -> None:
    @app.get("/media/photo/{photo}/look/{style}")
    @answering
    async def preview(
        request: Request, photo: str, style: str, color: str | None = None, crop: str | None = None
    ) -> Response:
        work = visit_of(studio, request).preview(
            PhotoId(checked(photo)), StyleId(style), _wishes(color, crop)
        )
        return Response(await unless_gone(request, work), media_type=_JPEG)


def _register_sample(app: FastAPI, studio: "Studio") -> None:
    @app.get("/media/headshot/{headshot}/sample")
    @answering
    async def sample(request: Request, headshot: str) -> Response:
        """Show how a file would look; nothing is taken along yet."""
        export = _export(request.query_params)
        work = visit_of(studio, request).sample(HeadshotId(checked(headshot)), export)
        return Response(await unless_gone(request, work), media_type=_JPEG)


def _register_downloads(app: FastAPI, studio: "Studio") -> None:
    @app.get("/download/headshot/{headshot}")
    @answering
    async def download(request: Request, headshot: str) -> Response:
        export = _export(request.query_params)
        work = visit_of(studio, request).download(HeadshotId(checked(headshot)), export)
        return attachment(await unless_gone(request, work))

    @app.api_route("/download/headshots.zip", methods=["GET", "POST"])
    @answering
    async def pack(request: Request) -> Response:
        text = (await request.body()).decode("latin-1") if request.method == "POST" else request.url.query
        fields = {name: values[-1] for name, values in parse_qs(text).items()}
        ids = [HeadshotId(checked(part)) for part in fields.get("ids", "").split(",") if part]
        if not ids or len(ids) > _MOST_IN_A_PACK:
            raise NotUnderstood
        export = _export(fields)
        return _Parcelled(await unless_gone(request, visit_of(studio, request).pack(ids, export)))


def _register_list(app: FastAPI, studio: "Studio") -> None:
    @app.get("/api/headshots")
    @answering
    async def headshots(
        request: Request,
        offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
        limit: Annotated[int, Query(ge=1, le=_MOST_A_PAGE)] = 60,
        style: str | None = None,
        favourites: bool = False,  # noqa: FBT001, FBT002 - a query parameter
    ) -> Response:
        look = StyleId(style) if style else None
        here = visit_of(studio, request)
        shown = await here.headshots(offset, limit, style_id=look, favourites=favourites)
        total = await here.count(style_id=look, favourites=favourites)
        return JSONResponse({"total": total, "items": [_listed(one) for one in shown]})


def _register_nothing_else(app: FastAPI) -> None:
    @answering
    async def nothing(request: Request) -> Response:  # noqa: ARG001
        raise NotFound

    for prefix in API_PREFIXES:
        app.add_route(prefix + "{rest:path}", nothing, methods=["GET", "POST"])
