"""Uvicorn as we use it, and a listener that can be opened and closed while the app goes on."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import uvicorn

from headshot_web.web.crowd import Crowd

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from headshot_web.web.certificates import Leaf

GRACE_S: Final = 2
"""How long the end of the app waits for answers under way."""
HANG_UP_S: Final = 0.5
"""How long a listener that is closed waits for them."""
ENOUGH_FILES: Final = 4096
"""How many files and connections a process may have open, where the system lets it."""
_STEP_S: Final = 0.02
_SOCKET_BYTES: Final = 1_100_000


def configure(app: ASGIApp, **more: Any) -> uvicorn.Config:  # noqa: ANN401 - uvicorn's own options
    """Return how every listener of ours is set up."""
    return uvicorn.Config(
        app,
        log_level="warning",
        log_config=None,  # see `logbook`: uvicorn would write to the terminal
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws_max_size=_SOCKET_BYTES,
        ws_per_message_deflate=False,
        timeout_keep_alive=65,
        timeout_graceful_shutdown=GRACE_S,
        **more,
    )


def make_room() -> None:
    """Have the system allow as many connections as a full room needs; some allow 256 only."""
    try:
        import resource  # noqa: PLC0415 - not on Windows, which has no such limit
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH_FILES if hard == resource.RLIM_INFINITY else min(ENOUGH_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class Listener(uvicorn.Server):
    """A second way into the same app; it hears no signals, and hangs up at once when it is closed."""

    def __init__(self, app: ASGIApp, leaf: Leaf | None = None, crowd: Crowd | None = None) -> None:
        """Take the app, the certificate where the way in is to be encrypted, and how many may come."""
        encrypted = {"ssl_certfile": leaf.path} if leaf else {}
        self._crowd = crowd or Crowd()
        super().__init__(configure(app, lifespan="off", http=self._crowd.protocol(), **encrypted))
        self._ready = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def begin(self, listening: socket.socket) -> None:
        """Answer whoever comes to this socket from now on."""
        counted = self._crowd.before(listening)
        self._task = asyncio.create_task(self.serve([counted]), name="phones")
        ready = asyncio.create_task(self._ready.wait())
        await asyncio.wait({self._task, ready}, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if self._task.done():
            await self._task

    async def end(self) -> None:
        """Let nobody in any more, and hang up on those who are; returns when nothing listens."""
        self.should_exit = True
        if self._task is not None:
            await self._task

    def renew(self, leaf: Leaf) -> None:
        """Show another certificate to whoever comes from now on."""
        if self.config.ssl is not None:
            self.config.ssl.load_cert_chain(leaf.path)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, then say so."""
        make_room()
        await super().startup(sockets)
        self._ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, then hang up."""
        for server in self.servers:
            server.close()
        for listening in sockets or ():
            listening.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        left_s = HANG_UP_S
        while self.server_state.connections and left_s > 0:
            await asyncio.sleep(_STEP_S)
            left_s -= _STEP_S
        for connection in list(self.server_state.connections):
            transport: Any = getattr(connection, "transport", None)
            if transport is not None:
                transport.abort()
        for task in list(self.server_state.tasks):
            task.cancel()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the app's own server, which closes this one."""
        yield
