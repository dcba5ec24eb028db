"""Python sweeps its memory whenever a quarter more has gathered; here, at times of our own.

With 50 pages open a whole sweep takes 100 ms, for which everybody waits, and it would come every few seconds.
"""

from __future__ import annotations

import asyncio
import gc
from typing import Final

EVERY_S: Final = 60.0
NEVER: Final = 1_000_000


def begin() -> None:
    """Set the sweeping going, once the app is open; what its start has made stays, and is never swept."""
    gc.freeze()
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, NEVER)
    gc.enable()


async def go_on() -> None:
    """Sweep everything every now and then, where anything happened since."""
    before = _swept()
    while True:
        await asyncio.sleep(EVERY_S)
        if _swept() != before:
            gc.collect()
            before = _swept()


def _swept() -> int:
    """Count the sweepings of what is younger, which come with the work that is done."""
    return int(gc.get_stats()[1]["collections"])
