"""Letting phones in from a terminal: the address and a code to scan, drawn anew at Enter."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import datetime
from typing import TYPE_CHECKING

from headshot_web import words_phones as said
from headshot_web.errors import HeadshotError
from headshot_web.model import Role
from headshot_web.web import qr

if TYPE_CHECKING:
    from headshot_web.studio import Studio
    from headshot_web.web.lan import Lan, LanState


async def let_phones_in(lan: Lan, studio: Studio) -> None:
    """Open the way in as it was wished, say where, and draw codes for as long as it is open."""
    settings = studio.settings
    try:
        state = await lan.open(
            settings.phones_network, https=settings.phones_https, hours=settings.phones_hours
        )
    except HeadshotError as error:
        _say(said.NO_PHONES.format(title=error.title, advice=error.advice))
        return
    _say(*_lines(state))
    known = [state]

    def hear(state: LanState) -> None:
        before, known[0] = known[0], state
        if state.news is not before.news and state.news:
            _say(said.NEWS[state.news.value])
        if state.open and state.address and state.address != before.address:
            _say(*_lines(state)[:1])

    stop = lan.subscribe(hear)
    try:
        if _is_watched():
            await _draw_at_enter(lan, studio)
        else:
            _say(said.SCAN_ON_PAGE)
            await asyncio.Event().wait()
    finally:
        stop()


def _lines(state: LanState) -> list[str]:
    until = state.until.astimezone() if state.until else datetime.now().astimezone()
    lines = [said.OPEN_AT.format(address=state.address, time=f"{until:%H:%M}")]
    lines += [said.OPEN_NAMED.format(address=address) for address in state.named_addresses]
    return lines if state.https else [*lines, said.OPEN_PLAIN]


def _is_watched() -> bool:
    """Whether somebody sits before the terminal, who can press Enter."""
    return os.name == "posix" and sys.stdin.isatty() and sys.stdout.isatty()


async def _draw_at_enter(lan: Lan, studio: Studio) -> None:
    """Draw a code that counts, now and at each Enter."""
    loop, pressed = asyncio.get_running_loop(), asyncio.Event()
    entered = sys.stdin.fileno()

    def press() -> None:
        if os.tcgetpgrp(entered) != os.getpgrp():
            return  # in the background what is typed is for another program
        if not os.read(entered, 1024):
            loop.remove_reader(entered)  # the terminal is gone
            return
        pressed.set()

    pressed.set()
    loop.add_reader(entered, press)
    try:
        while await pressed.wait():
            pressed.clear()
            if lan.state.address:
                role = Role.FAMILY if studio.settings.phones_family else Role.GUEST
                invitation = studio.pairing.invite(role=role)
                _say(qr.terminal(f"{lan.state.address}/pair#{invitation.token}").rstrip("\n"), said.SCAN)
    finally:
        loop.remove_reader(entered)


def _say(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)
