"""Taking everything along as one ZIP, and having the browser forget what it kept of the pictures."""

from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from starlette.responses import Response, StreamingResponse

from headshot_web.web.answers import answering
from headshot_web.web.visiting import visit_of

if TYPE_CHECKING:
    from headshot_web.studio import Studio

TAKE_ALL_PATH = "/download/everything.zip"
CLEAR_PATH = "/api/clear-cache"


def register(app: FastAPI, studio: "Studio") -> None:
    """Add both routes."""

    @app.get(TAKE_ALL_PATH)
    @answering
    async def everything(request: Request) -> Response:
        takeaway = await visit_of(studio, request).export_everything()
        headers = {
            "content-disposition": f'attachment; filename="{takeaway.name}"',
            "content-encoding": "identity",  # pictures do not become smaller
        }
        return StreamingResponse(takeaway.pieces(), media_type=takeaway.media_type, headers=headers)

    @app.post(CLEAR_PATH)
    @answering
    async def clear(request: Request) -> Response:  # noqa: ARG001
        return Response(status_code=204, headers={"clear-site-data": '"cache"'})
