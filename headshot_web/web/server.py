"""The server: uvicorn on loopback, the guard outermost, our routes and NiceGUI's pages behind it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from types import FrameType
from typing import TYPE_CHECKING

import uvicorn

from headshot_web import NAME, logbook
from headshot_web.errors import NotUnderstood
from headshot_web.paths import static_dir
from headshot_web.settings import Settings
from headshot_web.web import sweeping
from headshot_web.web.bodies import MEGABYTE, Limits
from headshot_web.web.guard import Guard, Here, owner_here
from headshot_web.web.interfaces import Networks, interfaces
from headshot_web.web.lan import Lan, LanState
from headshot_web.web.listening import configure
from headshot_web.web.local_name import LocalName
from headshot_web.web.ports import Door, find_port
from headshot_web.web.refusals import as_json

if TYPE_CHECKING:
    from fastapi import FastAPI

    from headshot_web.studio import Studio

RECONNECT_S = 120
"""How long a page's state waits for a phone that went to its camera."""

SIGNALS = ("SIGINT", "SIGTERM", "SIGBREAK", "SIGHUP")
_FAVICON = "favicon.svg"
_CLIENT = "aiohttp"
"""What NiceGUI's sockets would call other servers with, which they never do; slow to import."""
_TURN_S = 0.001
"""How long a thread at work may keep a page waiting before it gives way."""
_FRAMING_BYTES = 64 * 1024


class Server(uvicorn.Server):
    """Uvicorn that ends quietly: no traceback at Ctrl-C, no waiting for open pages."""

    on_ready: Callable[[], None]
    lan: Lan
    attending: asyncio.Future[None] | None = None
    sweeping: asyncio.Future[None] | None = None
    ended_by: int | None = None
    """The signal that asked for the end."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, then say so."""
        await super().startup(sockets)
        if self.started:
            self.on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Hang up on open pages first: they would keep the end waiting."""
        from nicegui import core  # noqa: PLC0415

        for meanwhile in (self.attending, self.sweeping):
            if meanwhile is not None:
                meanwhile.cancel()
        await self.lan.shut()
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        with contextlib.suppress(Exception):
            await asyncio.wait_for(core.sio.eio.disconnect(), timeout=1)
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End at Ctrl-C or when told to; uvicorn itself would raise the signal once more afterwards."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        wanted = [getattr(signal, name) for name in SIGNALS if hasattr(signal, name)]
        if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
            wanted.remove(signal.SIGHUP)  # started with nohup
        before = {number: signal.signal(number, self.handle_exit) for number in wanted}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """Ask once for a clean end; asked again, end at once."""
        self.ended_by = self.ended_by or sig
        self.force_exit = self.should_exit
        self.should_exit = True


def _prepare_nicegui(settings: Settings) -> None:
    """Set what NiceGUI reads while it is imported, its own folder and no store elsewhere, and import it."""
    os.environ["NICEGUI_STORAGE_PATH"] = str(settings.folders.scratch / "pages")
    os.environ.pop("NICEGUI_REDIS_URL", None)
    tempfile.tempdir = str(settings.folders.scratch)
    with contextlib.suppress(ImportError), _without(_CLIENT):
        import nicegui  # noqa: PLC0415 - only now are its folders set
    import nicegui  # noqa: F401, PLC0415 - with the client after all, should it ever insist


@contextlib.contextmanager
def _without(module: str) -> Iterator[None]:
    """Make a module that was not imported yet look as if it were not installed."""
    if module in sys.modules:
        yield
        return
    # This is how Python spells that.
    sys.modules[module] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[module]


def _register_pages(studio: Studio, lan: Lan) -> None:
    from headshot_web.web import pages  # noqa: PLC0415 - pages import NiceGUI

    pages.register(studio, lan)


def _run_nicegui(app: FastAPI) -> None:
    """Hang NiceGUI below our own routes."""
    import nicegui  # noqa: PLC0415 - only after `_prepare_nicegui`
    from nicegui import ui  # noqa: PLC0415

    from headshot_web.web.clients import bind_pages_to_sessions  # noqa: PLC0415
    from headshot_web.web.light_pages import make_pages_light  # noqa: PLC0415

    favicon = static_dir() / _FAVICON
    nicegui.app.config.socket_io_js_transports = ["polling", "websocket"]
    ui.run_with(
        app,
        title=NAME,
        viewport="width=device-width, initial-scale=1, viewport-fit=cover",
        favicon=favicon if favicon.is_file() else None,
        dark=None,
        language="en-US",
        reconnect_timeout=RECONNECT_S,
        tailwind=False,
        show_welcome_message=False,
        gzip_middleware_factory=None,  # scripts get their nonce first
    )
    bind_pages_to_sessions()
    make_pages_light()


def build(  # noqa: PLR0913 - all that can be different
    studio: Studio,
    settings: Settings,
    *,
    port: int,
    lan: Lan,
    limits: Limits | None = None,
    register: Callable[[Studio, Lan], None] = _register_pages,
    routes: Callable[[FastAPI], None] | None = None,
    here: Here = owner_here,
) -> Guard:
    """Return the whole app behind its guard, with its pages as `register` adds them; once in a process.

    `routes` adds some of one's own before the app's; `here` says who the browser on this computer is.
    """
    _prepare_nicegui(settings)
    from fastapi import FastAPI  # noqa: PLC0415 - after NiceGUI's folders are set
    from fastapi.exceptions import RequestValidationError  # noqa: PLC0415
    from starlette.middleware.gzip import GZipMiddleware  # noqa: PLC0415

    from headshot_web.web import (  # noqa: PLC0415
        certificate_door,
        clients,
        leaving,
        media,
        pair_page,
        uploads,
        visit_page,
    )
    from headshot_web.web.assets import Assets  # noqa: PLC0415
    from headshot_web.web.csp import PageScripts  # noqa: PLC0415

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_exception_handler(RequestValidationError, lambda _request, _error: as_json(NotUnderstood))
    if routes is not None:
        routes(app)
    pair_page.register(app, studio)
    visit_page.register_end(app, studio)
    uploads.register(app, studio)
    leaving.register(app, studio)
    media.register(app, studio)
    app.mount("/static", Assets(), name="static")
    certificate_door.register(app, lan)
    register(studio, lan)
    _run_nicegui(app)
    compressed = GZipMiddleware(PageScripts(app), minimum_size=1000, compresslevel=6)
    return Guard(
        compressed,
        port=port,
        limits=limits or Limits(upload_bytes=settings.max_upload_mb * MEGABYTE + _FRAMING_BYTES),
        owns=clients.owns,
        owns_socket=clients.owns_socket,
        devices=studio.devices,
        hang_up=clients.hang_up,
        here=here,
    )


def _way_in_for_phones(studio: Studio, settings: Settings, port: int, networks: Networks) -> Lan:
    """Return the way in for phones, closed."""

    async def leave() -> None:
        studio.pairing.revoke()
        await studio.guests.leave_all()

    async def stay(until: datetime) -> None:
        await asyncio.to_thread(studio.devices.prolong, until)

    def say(state: LanState) -> None:
        studio.lets_phones_in = state.open

    lan = Lan(settings.folders, port=port, leave=leave, stay=stay, networks=networks, name=LocalName())
    lan.subscribe(say)
    return lan


async def serve(  # noqa: PLR0913 - likewise
    studio: Studio,
    settings: Settings,
    *,
    port: int | Door,
    on_ready: Callable[[str], None],
    attend: Callable[[Lan], Awaitable[None]] | None = None,
    networks: Networks = interfaces,
    app: Callable[..., Guard] = build,
) -> bool:
    """Serve until Ctrl-C, on the next free port when the wished one is busy; raises `NoPortFree`.

    Returns whether it was Ctrl-C, so that a person is there who can wait, rather than another signal.
    `on_ready` hears the address once it answers; `attend` then looks after the way in for phones.
    """
    door = port if isinstance(port, Door) else find_port(port)
    sys.setswitchinterval(_TURN_S)
    logbook.begin()
    lan = _way_in_for_phones(studio, settings, door.port, networks)
    try:
        guard = app(studio, settings, port=door.port, lan=lan)
        lan.stand_before(guard)
        config = configure(guard, lifespan="on")
        server = Server(config)
        server.lan = lan

        def ready() -> None:
            sweeping.begin()
            server.sweeping = asyncio.ensure_future(sweeping.go_on())
            on_ready(door.address)
            if attend is not None:
                server.attending = asyncio.ensure_future(attend(lan))

        server.on_ready = ready
        with logbook.keep(settings.folders):
            await server.serve(list(door.sockets))
        return server.ended_by == signal.SIGINT
    finally:
        door.close()
