"""The bodies of requests: counted in bytes and in seconds while they are read."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from starlette.types import Message, Receive

from headshot_web.errors import BodyTooSlow, HeadshotError

MEGABYTE = 1_000_000

Reason = HeadshotError | type[HeadshotError]
"""Why a request is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much and how slowly may be sent."""

    upload_bytes: int
    other_bytes: int = MEGABYTE
    pause_s: float = 20.0
    """The longest silence within one body."""
    upload_s: float = 600.0
    other_s: float = 30.0
    """The longest time spent waiting for the parts of one body."""


class BodyEnded(Exception):  # noqa: N818
    """A body was cut off by the guard; carries the error that is answered."""

    def __init__(self, error: Reason) -> None:
        super().__init__(error.title)
        self.error = error


class Body:
    """A request's body while it is read: counted in bytes and in seconds of waiting."""

    def __init__(
        self, receive: Receive, *, most_bytes: int, most_s: float, pause_s: float, too_large: Reason
    ) -> None:
        self._receive = receive
        self._most_bytes = most_bytes
        self._left_s = most_s
        self._pause_s = pause_s
        self._too_large = too_large
        self._bytes = 0
        self._complete = False
        self.was_cut = False

    async def receive(self) -> Message:
        """Return the next message, or end the request with `BodyEnded`."""
        if self._complete:
            return await self._receive()  # only the browser's leaving can still come: no limit on that
        started = time.monotonic()
        try:
            async with asyncio.timeout(min(self._pause_s, self._left_s)):
                message = await self._receive()
        except TimeoutError:
            self.was_cut = True
            raise BodyEnded(BodyTooSlow) from None
        self._left_s = max(0.0, self._left_s - (time.monotonic() - started))
        self._bytes += len(message.get("body", b""))
        if self._bytes > self._most_bytes:
            self.was_cut = True
            raise BodyEnded(self._too_large)
        self._complete = message["type"] != "http.request" or not message.get("more_body", False)
        return message
