"""NiceGUI as it is, only lighter: what is the same for each element is done once, and what is over goes."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from types import MethodType
from typing import Any


def make_pages_light() -> None:
    """Leave out of NiceGUI's work for each element what is the same for all of them, or for nothing."""
    from nicegui import helpers, props  # noqa: PLC0415 - NiceGUI reads its folders while it is imported

    # What a kind of handler expects is looked up once, not for every element anew.
    expects_arguments = helpers.expects_arguments

    @functools.cache
    def of_method(function: Callable[..., Any]) -> bool:
        return expects_arguments(MethodType(function, object()))

    def quickly(handler: Callable[..., Any]) -> bool:
        return of_method(handler.__func__) if isinstance(handler, MethodType) else expects_arguments(handler)

    helpers.expects_arguments = quickly  # type: ignore[assignment]
    _forget_closed_sockets()
    _let_deleted_elements_go()
    # Words and lists of looks are shared by all pages as they are: whoever changes some calls `update`. Else
    # each page has an observed copy of every one, which the sweeping of memory stops for.
    props.Props._observe = lambda _props, value: value  # type: ignore[assignment] # noqa: SLF001


def _forget_closed_sockets() -> None:
    """Have a connection that is closed wait for its next ping no more.

    Else it stays in memory for a minute and a half, with the page it was for and all that is on it.
    """
    from engineio.async_socket import AsyncSocket  # type: ignore[import-untyped] # noqa: PLC0415

    close = AsyncSocket.close

    def schedule_ping(socket: Any) -> None:  # noqa: ANN401 - the library has no types
        if socket.last_ping:
            socket.last_ping = None
            socket.pinging = socket.server.start_background_task(socket._send_ping)  # noqa: SLF001

    async def close_and_forget(socket: Any, *how: Any, **more: Any) -> None:  # noqa: ANN401
        await close(socket, *how, **more)
        pinging: asyncio.Task[None] | None = getattr(socket, "pinging", None)
        if pinging is not None and pinging is not asyncio.current_task():
            pinging.cancel()

    AsyncSocket.schedule_ping, AsyncSocket.close = schedule_ping, close_and_forget


def _let_deleted_elements_go() -> None:
    """Have an element that is deleted hold itself no more, so that it needs no sweeping of memory to go."""
    from nicegui.element import Element  # noqa: PLC0415

    handle_delete = Element._handle_delete  # noqa: SLF001

    def handle_delete_and_let_go(element: Element) -> None:
        handle_delete(element)
        for part in (element.classes, element.style, element.props):
            part._change_handlers.clear()  # noqa: SLF001

    Element._handle_delete = handle_delete_and_let_go  # type: ignore[assignment] # noqa: SLF001
