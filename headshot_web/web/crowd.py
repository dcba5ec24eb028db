"""How many connections may be open from the network: so many in all, so many from each address.

They are counted as they come, before anything is read: a socket that says nothing never reaches the guard,
and one that never begins to encrypt has its place in the count.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Any, ClassVar, Final

from uvicorn.protocols.http.auto import AutoHTTPProtocol

MOST_IN_ALL: Final = 600
MOST_EACH: Final = 40
"""A phone's browser opens six, and a few more for what it keeps open; several may share one address."""
HEAD_S: Final = 15.0
"""How long the head of a request may take."""


class Crowd:
    """The open connections of one listener."""

    def __init__(
        self, *, most_in_all: int = MOST_IN_ALL, most_each: int = MOST_EACH, head_s: float = HEAD_S
    ) -> None:
        self._most_in_all = most_in_all
        self._most_each = most_each
        self.head_s = head_s
        self._open: dict[asyncio.BaseTransport, str] = {}
        self._come: dict[socket.socket, str] = {}

    def protocol(self) -> type[asyncio.Protocol]:
        """Return what uvicorn is to speak on each connection: its own way, once there is room."""
        return type("Counted", (Counted,), {"crowd": self})

    def before(self, listening: socket.socket) -> socket.socket:
        """Return a listening socket that hangs up on whoever is too many, before a word is exchanged."""
        counted = CountedSocket(fileno=listening.detach())
        counted.crowd = self
        return counted

    def has_room(self, came: socket.socket, peer: str) -> bool:
        """Whether there is room for one more that just came; then it is counted until it is closed."""
        self._come = {one: other for one, other in self._come.items() if one.fileno() >= 0}
        each = sum(1 for other in self._come.values() if other == peer)
        if len(self._come) >= self._most_in_all or each >= self._most_each:
            return False
        self._come[came] = peer
        return True

    def lets_in(self, transport: asyncio.Transport) -> bool:
        """Whether there is room for one more; then it is counted until it is closed."""
        self._open = {one: peer for one, peer in self._open.items() if not one.is_closing()}
        peer = str((transport.get_extra_info("peername") or ("",))[0])
        each = sum(1 for one in self._open.values() if one == peer)
        if len(self._open) >= self._most_in_all or each >= self._most_each:
            return False
        self._open[transport] = peer
        return True


class CountedSocket(socket.socket):
    """A listening socket that accepts only whom its crowd has room for."""

    crowd: Crowd

    def accept(self) -> tuple[socket.socket, Any]:
        """Accept the next for whom there is room; raises `BlockingIOError` when nobody waits any more."""
        while True:
            came, peer = super().accept()
            if self.crowd.has_room(came, str(peer[0])):
                return came, peer
            came.close()


class Counted(AutoHTTPProtocol):  # type: ignore[misc,valid-type]
    """Uvicorn's own protocol, for connections that are let in and do not crawl."""

    crowd: ClassVar[Crowd]
    is_refused = False
    waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401 - as uvicorn has it
        """Let a connection in, or hang up."""
        if self.crowd.lets_in(transport):
            super().connection_made(transport)
            self._wait()
        else:
            self.is_refused = True
            transport.abort()

    def data_received(self, data: bytes) -> None:
        """Read on; nothing of who was refused."""
        if not self.is_refused:
            if self.waiting is None and (self.cycle is None or self.cycle.response_complete):
                self._wait()
            super().data_received(data)

    def handle_websocket_upgrade(self, *event: Any) -> None:  # noqa: ANN401 - as uvicorn has it
        """Go on as a websocket, whose head is complete."""
        self._wait_no_more()
        super().handle_websocket_upgrade(*event)

    def connection_lost(self, exc: Exception | None) -> None:
        """Let it go."""
        self._wait_no_more()
        if not self.is_refused:
            super().connection_lost(exc)

    def _wait(self) -> None:
        """Wait for the head of the next request."""
        loop = asyncio.get_running_loop()
        self.waiting = loop.call_later(self.crowd.head_s, self._look, self.cycle)

    def _look(self, before: object) -> None:
        """Hang up when no request has begun since."""
        self.waiting = None
        if self.cycle is before and not self.transport.is_closing():
            self.transport.abort()

    def _wait_no_more(self) -> None:
        if self.waiting is not None:
            self.waiting.cancel()
            self.waiting = None
