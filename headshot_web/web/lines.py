"""The open connections of each phone, so that they can be cut when it is let go."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Send

    from headshot_web.model import DeviceId

POLICY_VIOLATION = 1008


class Cut(Exception):  # noqa: N818 - not an error: the phone was let go
    """The phone was let go while it was being answered."""


class Line:
    """One open request or websocket of a phone."""

    def __init__(self) -> None:
        self._cut = asyncio.Event()

    def cut(self) -> None:
        """End it."""
        self._cut.set()

    async def hold(self, work: Awaitable[None]) -> None:
        """Do the work of a request, and stop it with `Cut` when the line is cut."""
        task = asyncio.ensure_future(work)
        if not await self._first(task):
            raise Cut
        task.result()

    async def _first(self, task: asyncio.Future[Any]) -> bool:
        """Wait for the work; False when the line was cut before it ended, and then the work is stopped."""
        cut = asyncio.ensure_future(self._cut.wait())
        try:
            both: set[asyncio.Future[Any]] = {task, cut}
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            return task.done()
        finally:
            cut.cancel()
            if not task.done():
                task.cancel()
                with suppress(asyncio.CancelledError, Exception):
                    await task

    def websocket(self, receive: Receive, send: Send) -> tuple[Receive, Send]:
        """Return a websocket's two ends; when the line is cut it is closed, as if the phone had gone."""
        is_closed = False

        async def hear() -> Message:
            nonlocal is_closed
            message: asyncio.Future[Message] = asyncio.ensure_future(receive())
            if await self._first(message):
                return message.result()
            if not is_closed:
                is_closed = True
                with suppress(Exception):
                    await send({"type": "websocket.close", "code": POLICY_VIOLATION})
            return {"type": "websocket.disconnect", "code": POLICY_VIOLATION}

        async def say(message: Message) -> None:
            if not is_closed:
                await send(message)

        return hear, say


class Lines:
    """Every open line, by the phone that holds it."""

    def __init__(self) -> None:
        self._open: dict[DeviceId, set[Line]] = defaultdict(set)

    @contextmanager
    def open(self, device_id: DeviceId) -> Iterator[Line]:
        """Keep a line in mind while it is open."""
        line = Line()
        self._open[device_id].add(line)
        try:
            yield line
        finally:
            self._open[device_id].discard(line)
            if not self._open[device_id]:
                del self._open[device_id]

    def cut(self, device_id: DeviceId) -> None:
        """Cut all lines of a phone."""
        for line in list(self._open.get(device_id, ())):
            line.cut()
