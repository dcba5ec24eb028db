"""The command `headshot-web kiosk`: the PIN at the terminal, the booth at login, and opening the booth."""

from __future__ import annotations

import asyncio
import getpass
import sys
from typing import TYPE_CHECKING

from headshot_web import kiosk_install
from headshot_web import words_operator as said
from headshot_web.errors import BadPin, CannotReadEvent, NotInstalled
from headshot_web.event import Event
from headshot_web.pin import Pin

if TYPE_CHECKING:
    import argparse

    from headshot_web.keys import Keys
    from headshot_web.settings import Settings


def run(options: argparse.Namespace, settings: Settings, kept: Keys) -> int:
    """Do what the options of `headshot-web kiosk` say; raises a `HeadshotError`."""
    if options.uninstall:
        return _uninstall()
    if options.install:
        return _install(options)
    settings.folders.prepare()
    if options.reset_pin:
        return _reset_pin(settings)
    if sys.stdin.isatty() and not Pin(settings.folders).is_set:
        _choose_pin(Pin(settings.folders))
    from headshot_web import kiosk_opening  # noqa: PLC0415 - only this needs a server

    wishes = kiosk_opening.Wishes(
        event=_event(options),
        screen=options.screen,
        program=options.program,
        flags=tuple(options.browser_flag),
    )
    asyncio.run(kiosk_opening.keep_booth_open(settings, kept, wishes))
    print(said.BOOTH_CLOSED)
    return 0


def _event(options: argparse.Namespace) -> bytes | None:
    if options.event is None:
        return None
    try:
        data: bytes = options.event.read_bytes()
    except OSError as error:
        raise CannotReadEvent from error
    Event.of(data)  # said at once, before anything is opened
    return data


def _install(options: argparse.Namespace) -> int:
    """Show what would be written, ask, and write it."""
    planned = kiosk_install.plan(_words(options))
    for one in planned:
        print(f"{one.path}\n", *(f"    {line}" for line in one.text.splitlines()), "", sep="\n")
    if not options.yes:
        print(said.INSTALL_ASK, end=" ", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() != "yes":
            raise NotInstalled
    kiosk_install.write(planned)
    print(said.INSTALLED)
    return 0


def _uninstall() -> int:
    removed = kiosk_install.remove()
    for path in removed.gone:
        print(said.REMOVED.format(path=path))
    for path in removed.left:
        print(said.LEFT_ALONE.format(path=path))
    if not removed.gone:
        print(said.NOTHING_TO_REMOVE)
    return 0


def _words(options: argparse.Namespace) -> tuple[str, ...]:
    """Return the options again, for the command at login."""
    words: list[str] = []
    if "data_dir" in options:
        words += ["--data-dir", str(options.data_dir)]
    if "port" in options:
        words += ["--port", str(options.port)]
    if "browser" in options:
        words.append("--no-browser")
    for name in ("phones", "phones_https"):
        words += [f"--{name.replace('_', '-')}"] if name in options else []
    for name in ("phones_network", "phones_hours"):
        words += [f"--{name.replace('_', '-')}", str(getattr(options, name))] if name in options else []
    if options.screen is not None:
        words += ["--screen", options.screen]
    if options.program is not None:
        words += ["--program", str(options.program)]
    words += [f"--browser-flag={flag}" for flag in options.browser_flag]
    return tuple(words)


def _reset_pin(settings: Settings) -> int:
    """Take the PIN away; where somebody sits at the terminal, have another chosen."""
    Pin.forget(settings.folders)
    print(said.PIN_RESET)
    if sys.stdin.isatty():
        _choose_pin(Pin(settings.folders))
    return 0


def _choose_pin(pin: Pin) -> None:
    """Have a PIN typed twice; an empty line leaves it for the booth's screen."""
    print(said.PIN_WANTED)
    while True:
        first = getpass.getpass(said.PIN_FIRST)
        if not first:
            print(said.PIN_LATER)
            return
        if getpass.getpass(said.PIN_SECOND) != first:
            print(said.PAD["differ"])
            continue
        try:
            pin.choose(first)
        except BadPin as error:
            print(f"{error.title}. {error.advice}")
            continue
        print(said.PIN_KEPT)
        return
