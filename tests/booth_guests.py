"""Guests of the booth, played without a screen: they touch what a guest would, and see what is shown."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from headshot_web.booth import BoothKeeper
from headshot_web.booth_sides import Code
from headshot_web.engines import Engine
from headshot_web.errors import HeadshotError, NotFound
from headshot_web.event import BoothEngine, Event
from headshot_web.event_book import EventBook
from headshot_web.imaging.darkroom import Darkroom
from headshot_web.kiosk import Step
from headshot_web.model import EngineName, HeadshotId, Session, StyleId
from headshot_web.settings import Settings
from headshot_web.signals import Agree, Leave, Shot, Take, VisitId
from headshot_web.studio import open_studio
from tests.fake_engine import FakeDarkroom, FakeEngine, PaidEngine
from tests.openai_server import KEY


@dataclass
class Times:
    """Both clocks of the booth, moved by hand."""

    ahead_s: float = 0.0

    def now(self) -> float:
        return time.monotonic() + self.ahead_s

    def clock(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.ahead_s)


@dataclass
class FakePhones:
    """Codes that lead nowhere; `off` when phones cannot fetch anything."""

    off: bool = False
    invited: list[tuple[Session, HeadshotId | None]] = field(default_factory=list)

    async def invite(self, session: Session, only: HeadshotId | None) -> Code | None:
        if self.off:
            return None
        self.invited.append((session, only))
        return Code(url="http://192.168.1.20:8418/pair#x", ends_at=datetime.now(UTC) + timedelta(days=1))


@dataclass
class FakePaper:
    """A printer that counts sheets; `broken` is what is wrong with it."""

    broken: HeadshotError | None = None
    sheets: list[bytes] = field(default_factory=list)

    async def print(self, picture: bytes, copies: int) -> None:
        if self.broken:
            raise self.broken
        self.sheets += [picture] * copies

    async def trouble(self) -> HeadshotError | None:
        return self.broken


@asynccontextmanager
async def booth(
    folder: Path,
    event: Event | None = None,
    engines: Mapping[EngineName, FakeEngine] | None = None,
    *,
    times: Times | None = None,
    **sides: Any,
) -> AsyncIterator[BoothKeeper]:
    """A booth over an own folder, with engines that take no time."""
    engines = engines or {EngineName.ON_DEVICE: FakeEngine(), EngineName.OPENAI: PaidEngine()}
    settings = Settings(data_dir=folder)
    studio = await open_studio(
        settings,
        darkroom=cast("Darkroom", FakeDarkroom()),
        engines=cast("Mapping[EngineName, Engine]", engines),
    )
    await studio.desk.agree_to_policy()
    await studio.desk.agree()
    await studio.desk.keep_key(KEY)
    times = times or Times()
    events = EventBook.open(settings.folders)
    if event is not None:
        events.use(event)
    keeper = BoothKeeper(studio, events, now=times.now, clock=times.clock, **sides)
    await keeper.open()
    try:
        yield keeper
    finally:
        for engine in engines.values():
            engine.go.set()
        await keeper.close()
        await studio.close()


@dataclass
class Guest:
    """Somebody at the booth, with a mark that is in their photo and in whatever is made of it."""

    keeper: BoothKeeper
    mark: bytes = b"A"
    visit: VisitId = field(init=False)

    async def comes(self) -> Guest:
        self.keeper.begin()
        assert self.keeper.state.visit
        self.visit = self.keeper.state.visit
        return self

    def touches(self, signal: type[Any], **more: Any) -> None:
        self.keeper.touch(signal(visit=self.visit, **more))

    async def is_photographed(self) -> Guest:
        await self.comes()
        self.touches(Agree)
        self.touches(Shot)
        await self.keeper.take_in(self.visit, photo(self.mark))
        assert self.step is Step.LOOKS
        return self

    async def orders(self, look: int = 0) -> Guest:
        await self.keeper.choose(self.visit, self.looks[look])
        return self

    async def sees_result(self) -> HeadshotId:
        await until(lambda: self.step is Step.RESULT)
        assert self.keeper.state.shown
        return self.keeper.state.shown

    async def has_headshot(self) -> HeadshotId:
        await self.is_photographed()
        await self.orders()
        return await self.sees_result()

    async def leaves(self) -> None:
        self.touches(Leave)
        await settled(self.keeper)

    async def takes(self) -> None:
        self.touches(Take)
        await asyncio.sleep(0.05)

    @property
    def step(self) -> Step:
        return self.keeper.state.step

    @property
    def looks(self) -> tuple[StyleId, ...]:
        return self.keeper.event.looks


async def photo(mark: bytes = b"A") -> AsyncIterator[bytes]:
    yield b"\xff\xd8" + mark * 3000 + b"\xff\xd9"


async def until(holds: Callable[[], bool], timeout_s: float = 20.0) -> None:
    end = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < end, "it never came to that"
        await asyncio.sleep(0.005)


async def settled(keeper: BoothKeeper) -> None:
    """Wait until the booth has done what followed from the last touch."""
    await asyncio.sleep(0.01)
    await until(lambda: not keeper.busy)


async def refuses(work: Any) -> bool:
    try:
        await work
    except NotFound:
        return True
    return False


def offering(engine: BoothEngine, **more: Any) -> Event:
    return Event(operator_name="Studio North", engine=engine, **more)
