"""How many connections the way in for phones holds: a full room, but not all of one who wants them."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

ENOUGH_FILES: Final = 4096
"""How many files and connections a process may have open, where the system lets it."""


@dataclass(slots=True, kw_only=True)
class Crowd:
    """Counts who is connected."""

    most: int = 800
    most_of_one: int = 128
    """Of one address: a browser opens seven at most."""
    ask_within_s: float = 15.0
    """How long somebody may be connected without having asked for anything."""
    _there: dict[asyncio.Transport, str] = field(default_factory=dict)

    def protocol(self, ordinary: type[Any]) -> type[Any]:
        """Return a uvicorn protocol that counts itself, and hangs up on those who are too many."""
        crowd = self

        class Counted(ordinary):  # type: ignore[misc]
            """One connection."""

            def connection_made(self, transport: asyncio.Transport) -> None:
                """Begin, or hang up."""
                super().connection_made(transport)
                if crowd.has_room(transport):
                    self.loop.call_later(crowd.ask_within_s, self._unless_asked)
                else:
                    transport.abort()

            def _unless_asked(self) -> None:
                if self in self.connections and self.cycle is None:
                    self.transport.abort()

        return Counted

    def has_room(self, line: asyncio.Transport) -> bool:
        """Count one more connection, and say whether it may stay."""
        # Those that became websockets end unheard, so whoever has gone is looked for here.
        self._there = {one: peer for one, peer in self._there.items() if not one.is_closing()}
        peer = str((line.get_extra_info("peername") or ("",))[0])
        if len(self._there) >= self.most or list(self._there.values()).count(peer) >= self.most_of_one:
            return False
        self._there[line] = peer
        return True


def make_room() -> None:
    """Have the system allow as many connections as a full room needs; some allow 256 only."""
    try:
        import resource  # noqa: PLC0415 - not on Windows, which has no such limit
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH_FILES if hard == resource.RLIM_INFINITY else min(ENOUGH_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
