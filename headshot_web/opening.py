"""Opening the app: the studio, a port, the address on the screen, and the browser where there is one."""

from __future__ import annotations

import threading
import webbrowser
from typing import TYPE_CHECKING

from headshot_web import NAME
from headshot_web.doorbell import let_phones_in
from headshot_web.finishing import CtrlC
from headshot_web.screen import has_screen
from headshot_web.studio import open_studio
from headshot_web.web.ports import find_port
from headshot_web.web.server import serve

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from headshot_web.keys import Keys
    from headshot_web.settings import Settings
    from headshot_web.web.lan import Lan


async def keep_open(settings: Settings, keys: Keys) -> None:
    """Serve the app until Ctrl-C; raises `AlreadyRunning`, `NoPortFree` or another `HeadshotError`."""
    studio = await open_studio(settings, keys=keys)
    try:
        if studio.library.visits.has_the_booths():
            from headshot_web.booth_leaving import without_the_booth  # noqa: PLC0415 - few have a booth

            await without_the_booth(studio)
        door = find_port(settings.port)
        if door.port != settings.port:
            _say(f"Port {settings.port} is not free, another program uses it: this time it is {door.port}.")

        def attend(lan: Lan) -> Awaitable[None]:
            return let_phones_in(lan, studio)

        somebody_waits = await serve(
            studio,
            settings,
            port=door,
            on_ready=lambda address: _welcome(address, settings),
            attend=attend if settings.phones else None,
        )
        if somebody_waits and studio.jobs.sent:
            with CtrlC() as ctrl_c:
                _say("Closing. What was sent already is waited for; Ctrl-C again closes at once.")
                await ctrl_c.unless_pressed(studio.jobs.close(studio.desk.endpoint().timeout_s))
                await studio.jobs.close(patience_s=0)
    finally:
        await studio.close()


def _welcome(address: str, settings: Settings) -> None:
    """Say the address, and open it now that it answers."""
    _say(f"{NAME} is open at {address}")
    only = "" if settings.phones else "It can be opened on this computer only. "
    _say(f"{only}Ctrl-C closes it.")
    if settings.browser and has_screen():
        # A browser may take its time to come back, and must not keep the app waiting.
        threading.Thread(target=webbrowser.open, args=(address,), name="browser", daemon=True).start()


def _say(line: str) -> None:
    print(line, flush=True)
