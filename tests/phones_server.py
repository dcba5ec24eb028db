"""Runs the whole app with a second door on another loopback address: `phones_server.py FOLDER PORT …`.

The tests tell it what to do, a line of JSON each, and read a line of JSON back: `{"do": "invite", …}`.
"""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn

sys.path.insert(0, str(Path(__file__).parents[1]))
from headshot_web.errors import HeadshotError
from headshot_web.keys import Keys
from headshot_web.model import DeviceId, EngineName, HeadshotId, Role, Session
from headshot_web.settings import Settings
from headshot_web.studio import Studio, open_studio
from headshot_web.web.bodies import Limits
from headshot_web.web.crowd import Crowd
from headshot_web.web.doors import LanDoor
from headshot_web.web.guard import Guard
from headshot_web.web.lan import Lan
from headshot_web.web.listening import configure
from headshot_web.web.ports import find_port
from headshot_web.web.server import build, serve
from tests.fake_engine import FakeDarkroom, FakeEngine, PaidEngine

LAN = "127.0.0.2"


class Quiet(uvicorn.Server):
    """A second listener that hears no signals."""

    def install_signal_handlers(self) -> None:
        pass

    async def serve(self, sockets: Any = None) -> None:
        await self._serve(sockets)


class Orders:
    """What the tests can have done."""

    def __init__(self, studio: Studio, guard: Guard, port: int) -> None:
        self.studio, self.guard = studio, guard
        self.door = LanDoor(host_names=(LAN, "headshots-7f3a.local"), port=port)

    async def invite(self, role: str = "guest", session: str | None = None, only: str | None = None) -> str:
        whose, one = Session(session) if session else None, HeadshotId(only) if only else None
        return self.studio.pairing.invite(Role(role), whose, one).token

    async def digits(self) -> str:
        return self.studio.pairing.open_code()

    async def waiting(self) -> list[str]:
        return [one.id for one in self.studio.pairing.waiting()]

    async def approve(self, knock: Any) -> None:
        self.studio.pairing.approve(knock)

    async def decline(self, knock: Any) -> None:
        self.studio.pairing.decline(knock)

    async def devices(self) -> list[dict[str, str]]:
        return [{"id": one.id, "name": one.name, "session": one.session} for one in self.studio.devices.all()]

    async def leave(self, device: str) -> None:
        await self.studio.guests.leave(DeviceId(device))

    async def move(self, device: str, session: str) -> None:
        self.studio.devices.move(DeviceId(device), Session(session))

    async def stay(self, seconds: float) -> None:
        self.studio.devices.prolong(datetime.now(UTC) + timedelta(seconds=seconds))

    async def choose(self, **chosen: Any) -> None:
        await self.studio.desk.choose(**chosen)

    async def close(self) -> None:
        self.guard.close_door(self.door)

    async def open(self) -> None:
        self.guard.open_door(self.door)

    async def routes(self) -> list[list[Any]]:
        """Every way there is: those of FastAPI, and NiceGUI's pages."""
        from nicegui import app as pages  # noqa: PLC0415

        inner: Any = self.guard.app
        found = [*inner.app.app.routes, *pages.routes]
        return [[one.path, sorted(getattr(one, "methods", None) or [])] for one in found if one.path]


async def obey(orders: Orders) -> None:
    """Do what the lines say, one after another."""
    while line := await asyncio.to_thread(sys.stdin.readline):
        told = json.loads(line)
        do = getattr(orders, told.pop("do"))
        try:
            answer = {"said": await do(**told)}
        except HeadshotError as error:
            answer = {"error": error.code()}
        print(json.dumps(answer), flush=True)


async def run(
    folder: Path,
    port: int,
    crowd: dict[str, float],
    limits: dict[str, float],
    real: bool,
) -> None:
    settings = Settings(data_dir=folder, port=port)
    engines = None if real else {EngineName.ON_DEVICE: FakeEngine(), EngineName.OPENAI: PaidEngine()}
    darkroom: Any = None if real else FakeDarkroom()
    studio = await open_studio(
        settings, keys=Keys(settings.folders, environ={}), darkroom=darkroom, engines=engines
    )
    tasks: list[asyncio.Task[None]] = []

    def app(studio: Studio, settings: Settings, *, port: int, lan: Lan) -> Guard:
        guard = build(studio, settings, port=port, lan=lan, limits=Limits(**limits))  # type: ignore[arg-type]
        orders = Orders(studio, guard, port)
        guard.open_door(orders.door)
        protocol: Any = Crowd(**crowd).protocol()  # type: ignore[arg-type]
        config = configure(guard, host=LAN, port=port, lifespan="off", http=protocol)
        tasks.extend(asyncio.ensure_future(one) for one in (Quiet(config).serve(), obey(orders)))
        return guard

    try:
        door = find_port(port)
        await serve(studio, settings, port=door, app=app, on_ready=lambda address: print(address, flush=True))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await studio.close()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(run(Path(sys.argv[1]), int(sys.argv[2]), *map(json.loads, sys.argv[3:6])))
