"""Runs a booth in a process of its own: `python booth_server.py FOLDER PORT [PARTS OF THE EVENT as JSON]`.

Beside them, `sides` is whether it has a printer and phones, and `faster` how fast its clock runs.
"""

# ruff: noqa: ARG002 - they have the real signatures

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
from headshot_web import booth, booth_limits
from headshot_web.access import BOOTH_HERE
from headshot_web.booth import BoothKeeper
from headshot_web.booth_sides import Code
from headshot_web.event import BoothEngine, Event, Keep, Placement, Print
from headshot_web.event_book import EventBook
from headshot_web.settings import Settings
from headshot_web.studio import open_studio
from headshot_web.web.ports import find_port
from headshot_web.web.server import serve


class Phones:
    """Codes that lead to a phone's page of this network."""

    async def invite(self, session: object, only: object) -> Code:
        return Code(
            url="http://192.168.1.20:8418/pair#KVKZ2dOzI0pBz5s9XJZ6y0cQ7mM3uQb4T8nR1aWfEhg",
            ends_at=datetime.now(UTC) + timedelta(seconds=120),
        )


class Printer:
    """Prints into nothing."""

    async def print(self, picture: bytes, copies: int) -> None:
        await asyncio.sleep(0.3)

    async def trouble(self) -> None:
        return None


def event_of(parts: dict[str, Any]) -> Event:
    parts = {"operator_name": "Studio North", **parts}
    for name, kind in (("engine", BoothEngine), ("keep", Keep), ("placement", Placement)):
        if name in parts:
            parts[name] = kind(parts[name])
    if "printing" in parts:
        parts["printing"] = Print(**parts["printing"])
    if "looks" in parts:
        parts["looks"] = tuple(parts["looks"])
    return Event(**parts)


async def run(folder: Path, port: int, parts: dict[str, Any]) -> None:
    sides, faster = parts.pop("sides", True), parts.pop("faster", 1)
    booth.LOOK_S = booth.TICK_S = 0.3  # type: ignore[misc]
    booth_limits.LEAST_FREE_BYTES = 1  # type: ignore[misc]
    settings = Settings(data_dir=folder, port=port)
    studio = await open_studio(settings)
    try:
        await studio.desk.agree_to_policy()
        if os.environ.get("HEADSHOT_WEB_OPENAI_BASE_URL"):
            await studio.desk.agree()
            await studio.desk.keep_key(os.environ["TEST_KEY"])
        events = EventBook.open(settings.folders)
        if parts:
            events.use(event_of(parts))
        keeper = BoothKeeper(
            studio,
            events,
            now=lambda: faster * time.monotonic(),
            phones=Phones() if sides else None,
            paper=Printer() if sides else None,
        )
        await keeper.open()
        try:
            await serve_booth(studio, settings, keeper)
        finally:
            await keeper.close()
    finally:
        await studio.close()


async def serve_booth(studio: Any, settings: Settings, keeper: BoothKeeper) -> None:
    from headshot_web.web.server import build  # noqa: PLC0415

    def app(studio: Any, settings: Settings, *, port: int, lan: Any) -> Any:
        def routes(fastapi: Any) -> None:
            from headshot_web.web import booth_media  # noqa: PLC0415

            booth_media.register(fastapi, keeper)

        def register(_: Any, __: Any) -> None:
            from headshot_web.web import booth_page  # noqa: PLC0415

            booth_page.register(keeper)

        return build(
            studio, settings, port=port, lan=lan, register=register, routes=routes, here=lambda _: BOOTH_HERE
        )

    door = find_port(settings.port)
    await serve(studio, settings, port=door, on_ready=lambda at: print(at, flush=True), app=app)


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3]) if sys.argv[3:] else {}))
