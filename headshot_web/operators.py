"""Who is behind the PIN: the browsers that entered it, each for ten minutes of use."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final

from headshot_web.errors import OperatorOnly
from headshot_web.pin import Pin

OPEN_S: Final = 600.0
"""After so long without use the PIN is asked for again."""


class Operators:
    """Opens the operator's pages for one browser at a time, known by its session."""

    def __init__(self, pin: Pin, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.pin = pin
        self._clock = clock
        self._used: dict[str, float] = {}

    async def enter(self, session: str | None, pin: str) -> None:
        """Let a browser in; raises `WrongPin` or `PinRests`."""
        await asyncio.to_thread(self.pin.check, pin)
        self._open(session)

    async def choose(self, session: str | None, pin: str) -> None:
        """Set the first PIN, and let in who did; raises `BadPin`, `PinThere` or `FolderError`."""
        await asyncio.to_thread(self.pin.choose, pin)
        self._open(session)

    async def change(self, session: str | None, old: str, new: str) -> None:
        """Set another PIN; whoever else is in has to enter it. Raises what `Pin.change` does."""
        self.use(session)
        await asyncio.to_thread(self.pin.change, old, new)
        self._used.clear()
        self._open(session)

    def is_open(self, session: str | None) -> bool:
        """Whether this browser is behind the PIN."""
        return session is not None and self._clock() - self._used.get(session, -OPEN_S) < OPEN_S

    def use(self, session: str | None) -> None:
        """Note that it is used, so that it stays open; raises `OperatorOnly`."""
        if session is None or not self.is_open(session):
            raise OperatorOnly
        self._used[session] = self._clock()

    def lock(self, session: str | None) -> None:
        """Ask this browser for the PIN again."""
        self._used.pop(session or "", None)

    def _open(self, session: str | None) -> None:
        if session is None:
            raise OperatorOnly
        now = self._clock()
        self._used = {one: used for one, used in self._used.items() if now - used < OPEN_S}
        self._used[session] = now
