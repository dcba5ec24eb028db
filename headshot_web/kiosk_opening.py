"""Opening the booth: the studio, the keeper of guests, the operator's pages, and the booth's own browser."""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from headshot_web import words_operator as said
from headshot_web.backstage import Backstage, open_backstage
from headshot_web.displays import Display, by_x, displays
from headshot_web.errors import HeadshotError, NoSuchScreen
from headshot_web.event_book import EventBook, from_elsewhere
from headshot_web.kiosk_browser import KioskBrowser, Opening, chosen, profile_for
from headshot_web.pin import Pin
from headshot_web.screen import has_screen
from headshot_web.studio import open_studio
from headshot_web.web.booth_app import build_booth
from headshot_web.web.ports import find_port
from headshot_web.web.server import serve

if TYPE_CHECKING:
    from headshot_web.keys import Keys
    from headshot_web.settings import Settings
    from headshot_web.studio import Studio
    from headshot_web.web.ports import Door


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How the operator wants the booth to be opened."""

    event: bytes | None = None
    """An event's file to be put in force."""
    screen: str | None = None
    """Which screen: its number from 0, or where its left upper corner is (“1920,0”)."""
    program: Path | None = None
    """The browser; None for one that is found."""
    flags: tuple[str, ...] = ()
    """More flags for it."""


async def keep_booth_open(settings: Settings, keys: Keys, wishes: Wishes) -> None:
    """Serve the booth until Ctrl-C or until its operator closes it; raises a `HeadshotError`."""
    display = _display(wishes.screen)
    opens = settings.browser and (has_screen() or _is_unseen(wishes.flags))
    program = chosen(wishes.program) if opens else None
    events, pin = EventBook.open(settings.folders), Pin(settings.folders)
    studio = await open_studio(settings, keys=keys)
    backstage: Backstage | None = None
    try:
        if wishes.event is not None:
            events.use(await from_elsewhere(wishes.event, studio.darkroom))
        backstage = await open_backstage(studio, events, pin)
        backstage.quit = _quit
        door = find_port(settings.port)
        if door.port != settings.port:
            _say(said.OTHER_PORT.format(wanted=settings.port, port=door.port))
        if program is not None:
            opening = Opening(
                program=program,
                address=door.address,
                profile=profile_for(program, settings.folders),
                display=display,
                printing=_prints_by_browser(events),
                more=wishes.flags,
            )
            backstage.browser = KioskBrowser(opening, told=_say_it_ends)
        await _serve(studio, settings, backstage, door)
    finally:
        if backstage is not None:
            if backstage.browser is not None:
                await backstage.browser.stop()
            await backstage.keeper.close()
        await studio.close()


async def _serve(studio: Studio, settings: Settings, backstage: Backstage, door: Door) -> None:
    """Serve, and open the browser once the address answers."""

    def ready(address: str) -> None:
        _welcome(address, settings, backstage)
        if backstage.browser is not None:
            backstage.browser.start()

    async def let_phones_in(_lan: object) -> None:
        try:
            if backstage.network is not None:
                await backstage.network.open()
                _say(said.PHONES_AT.format(address=backstage.network.address))
        except HeadshotError as error:
            _say(f"{error.title}. {error.advice}")

    app = partial(build_booth, backstage=backstage)
    attend = let_phones_in if settings.phones else None
    await serve(studio, settings, port=door, on_ready=ready, app=app, attend=attend)


def _welcome(address: str, settings: Settings, backstage: Backstage) -> None:
    _say(said.BOOTH_OPEN.format(address=address))
    if backstage.browser is None:
        _say(said.OPEN_YOURSELF.format(address=address) if not settings.browser else said.NO_SCREEN)
    if not backstage.operators.pin.is_set:
        _say(said.NO_PIN.format(address=address))
    elif not backstage.events.current.is_ready:
        _say(said.NOT_READY.format(address=address))
    _say(said.CTRL_C)


def _display(screen: str | None) -> Display | None:
    """Find the wished screen; raises `NoSuchScreen`."""
    if screen is None:
        return None
    if not by_x():
        raise NoSuchScreen(said.WAYLAND)
    if "," in screen:
        left, top = (int(part) for part in screen.split(","))
        there = next((one for one in displays() if (one.left, one.top) == (left, top)), None)
        return there or Display(left=left, top=top, width=1280, height=800)
    found = displays()
    if int(screen) >= len(found):
        raise NoSuchScreen(said.screens([str(one) for one in found]))
    return found[int(screen)]


def _is_unseen(flags: tuple[str, ...]) -> bool:
    return any(flag.startswith("--headless") for flag in flags)


def _prints_by_browser(events: EventBook) -> bool:
    """Whether the browser shall print without asking; it never prints by itself at other events."""
    printing = events.current.printing
    return printing.enabled and printing.by_browser


def _say_it_ends(ends: int) -> None:
    _say(said.ENDS_AT_ONCE.format(n=ends))


def _quit() -> None:
    """End the app as Ctrl-C does."""
    asyncio.get_running_loop().call_later(0.2, os.kill, os.getpid(), signal.SIGINT)


def _say(line: str) -> None:
    print(line, flush=True)
