"""Taking in a photo: its bytes go straight from the browser to the studio, through no temporary file."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from fastapi import FastAPI, Request
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response

from headshot_web.errors import UploadInterrupted, WelcomeFirst
from headshot_web.model import DeviceId
from headshot_web.web.answers import answering
from headshot_web.web.bodies import BodyEnded
from headshot_web.web.guard import UPLOAD_PATH
from headshot_web.web.visiting import visit_of

if TYPE_CHECKING:
    from headshot_web.studio import Studio

AT_ONCE = 4
"""How many photos are read at the same time; more wait, so that they don't fill the memory."""
AT_ONCE_FROM_PHONES = 6
"""How many of phones: one from each, and however slow they are, the owner's own do not wait for them."""


async def bytes_of(request: Request) -> AsyncIterator[bytes]:
    """Yield a body as it comes in."""
    try:
        async for piece in request.stream():
            yield piece
    except ClientDisconnect as error:
        raise UploadInterrupted from error
    except BodyEnded as ended:
        raise ended.error from ended


class Places:
    """Where photos are read."""

    def __init__(self) -> None:
        self._here = asyncio.Semaphore(AT_ONCE)
        self._phones = asyncio.Semaphore(AT_ONCE_FROM_PHONES)
        self._each: WeakValueDictionary[DeviceId, asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def one(self, device: DeviceId | None) -> AsyncIterator[None]:
        """Wait for a place."""
        if device is None:
            async with self._here:
                yield
            return
        own = self._each.setdefault(device, asyncio.Semaphore(1))
        async with own, self._phones:
            yield


def register(app: FastAPI, studio: "Studio") -> None:
    """Add the route that takes a photo in."""
    places = Places()

    @app.post(UPLOAD_PATH)
    @answering
    async def take_in(request: Request) -> Response:
        here = visit_of(studio, request)
        if not await here.policy_agreed():
            raise WelcomeFirst
        async with places.one(here.visitor.device):
            photo = await here.take_in(bytes_of(request))
        return JSONResponse({"photo": photo.id}, status_code=201)
