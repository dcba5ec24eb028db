"""How a route answers when something goes wrong: a sentence and what to do, never a traceback."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from headshot_web import logbook
from headshot_web.errors import HeadshotError, NotUnderstood
from headshot_web.web.bodies import BodyEnded
from headshot_web.web.refusals import refusal

P = ParamSpec("P")
T = TypeVar("T")


def answering(
    route: Callable[Concatenate[Request, P], Awaitable[Response]],
) -> Callable[..., Coroutine[Any, Any, Response]]:
    """Turn every error of a route into its own answer."""

    @wraps(route)
    async def answered(request: Request, *args: P.args, **kwargs: P.kwargs) -> Response:
        try:
            return await route(request, *args, **kwargs)
        except BodyEnded:
            raise
        except HeadshotError as error:
            return refusal(error, request.scope, is_ours=True)
        except ClientDisconnect:
            return Response(status_code=NotUnderstood.status)  # nobody reads it
        except Exception as error:  # noqa: BLE001 - it is noted, and the person gets a sentence
            logbook.note(logbook.Event.REQUEST_FAILED, error)
            return refusal(HeadshotError, request.scope, is_ours=True)

    return answered


async def unless_gone(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """Do the work of an answer, and stop it when the browser no longer waits for it."""
    task = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_until_gone(request))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ClientDisconnect
        return task.result()
    finally:
        gone.cancel()
        task.cancel()


async def _until_gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
