"""The booth in a process that may be killed at any moment, and one guest after another who uses it."""

from __future__ import annotations

import asyncio
import io
import json
import os
import random
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import numpy as np
import psutil
from PIL import Image
from pydantic import SecretStr

from headshot_web import booth, booth_limits
from headshot_web.booth import BoothKeeper
from headshot_web.booth_sides import Code
from headshot_web.endpoint import Endpoint
from headshot_web.engines.openai_images import OpenAIImages
from headshot_web.engines.price_list import PriceList
from headshot_web.errors import HeadshotError, NotFound
from headshot_web.event import BoothEngine, Event
from headshot_web.event_book import EventBook
from headshot_web.imaging.darkroom import Darkroom
from headshot_web.kiosk import Step
from headshot_web.model import Crop, EngineName, Session
from headshot_web.settings import Settings
from headshot_web.signals import Agree, Cancel, Leave, Returned, Share, Shot, Take, Touch, VisitId
from headshot_web.studio import open_studio
from headshot_web.styles import catalogue
from tests.fake_engine import FakeEngine
from tests.openai_server import KEY
from tests.torture.child import priced, settings_of
from tests.torture.plain_darkroom import PlainDarkroom

BITS = 16
SHAPE, MIDDLE = (384, 480), (124, 174, 260, 334)
"""The size of a photo, and where in it the squares are: where a drawn headshot still shows the person."""
LOOKS = tuple(look.id for look in catalogue() if look.recipe.crop is Crop.PORTRAIT_4_5)
NOT_YET_S = 40.0


def marked(number: int) -> bytes:
    """A photo that says in black and white squares whose it is."""
    squares = [(number >> bit) & 1 for bit in range(BITS)]
    small = Image.fromarray((np.array(squares, np.uint8) * 215 + 20).reshape(4, 4))
    whole = Image.new("L", SHAPE, 128)
    whole.paste(
        small.resize((MIDDLE[2] - MIDDLE[0], MIDDLE[3] - MIDDLE[1]), Image.Resampling.NEAREST), MIDDLE
    )
    out = io.BytesIO()
    whole.convert("RGB").save(out, "JPEG", quality=88)
    return out.getvalue()


def mark_of(picture: bytes) -> int:
    """Read back whose picture it is."""
    with Image.open(io.BytesIO(picture)) as image:
        middle = image.convert("L").resize(SHAPE).crop(MIDDLE)
        grey = np.asarray(middle.resize((4, 4), Image.Resampling.BOX)).reshape(-1)
    return sum(1 << bit for bit in range(BITS) if grey[bit] > 120)


class MarkedEngine(FakeEngine):
    """Retouches in no time: it hands the photo back as it came."""

    async def read(self, raw: bytes) -> Any:
        room = PlainDarkroom()
        picture = bytes.fromhex(json.loads(raw)["picture"])
        return (await room.finish(picture, crop=cast("Any", None), size=cast("Any", None)),)

    async def render(self, request: Any) -> AsyncIterator[Any]:  # type: ignore[override]
        async for word in super().render(request):
            if hasattr(word, "raw"):
                word = type(word)(raw=json.dumps({"picture": request.picture.hex()}).encode())  # noqa: PLW2901
            yield word


class SoakDarkroom(PlainDarkroom):
    """Also shows looks: the photo itself."""

    async def preview(self, picture: bytes, **_: Any) -> bytes:
        return picture

    async def before(self, picture: bytes, **_: Any) -> bytes:
        return picture


class Phones:
    """Codes that lead nowhere."""

    async def invite(self, _session: Session, _only: object) -> Code:
        ends_at = datetime.now(UTC) + timedelta(minutes=2)
        return Code(url="http://192.168.1.20:8418/pair#x", ends_at=ends_at)


@dataclass
class Fleeting:
    """A clock that lets the grace of thirty minutes last three seconds."""

    begun: datetime

    def clock(self) -> datetime:
        now = datetime.now(UTC)
        return self.begun + (now - self.begun) * 600


def settings_for(folder: Path, base_url: str) -> Settings:
    return settings_of(folder, base_url)


async def opened(folder: Path, base_url: str) -> BoothKeeper:
    """The booth on the real library, with the real engine for OpenAI before the loopback one."""
    booth.TICK_S, booth.LOOK_S = 0.1, 0.2  # type: ignore[misc]
    booth_limits.LEAST_FREE_BYTES = 1  # type: ignore[misc]
    settings = settings_for(folder, base_url)
    room = cast("Darkroom", SoakDarkroom())
    prices = PriceList.load(priced(settings))
    engine = OpenAIImages(
        room, endpoint=lambda: Endpoint.of(settings), key=lambda *_: SecretStr(KEY), prices=lambda: prices
    )
    engines = {EngineName.ON_DEVICE: MarkedEngine(), EngineName.OPENAI: engine}
    studio = await open_studio(settings, darkroom=room, engines=cast("Any", engines))
    await studio.desk.agree_to_policy()
    await studio.desk.agree()
    await studio.desk.keep_key(KEY)
    events = EventBook.open(settings.folders)
    if not settings.folders.event.exists():
        events.use(
            Event(
                operator_name="Soak",
                looks=LOOKS,
                engine=BoothEngine.OPENAI_ELSE_HERE,
                paid_per_hour=10_000,
                paid_in_all=100_000,
                idle_s=10,
                idle_warning_s=5,
            )
        )
    keeper = BoothKeeper(studio, events, phones=Phones(), clock=Fleeting(datetime.now(UTC)).clock)
    await keeper.open()
    return keeper


class Guest:
    """Somebody who uses the booth in one of many ways; how it ended is said in a word."""

    def __init__(self, keeper: BoothKeeper, number: int, dice: random.Random) -> None:
        self.keeper = keeper
        self.number = number
        self.dice = dice
        self.visit = VisitId("")

    async def uses_it(self) -> str:
        """Go the whole way, or stop somewhere; return how it ended."""
        keeper = self.keeper
        async with asyncio.timeout(NOT_YET_S):  # closed for a moment: they wait for it to open by itself
            while keeper.state.in_the_way:  # noqa: ASYNC110 - as somebody who looks
                await asyncio.sleep(0.01)
        keeper.begin()
        assert keeper.state.visit, f"nobody could begin at {keeper.state}"
        self.visit = keeper.state.visit
        self.touch(Agree)
        if self.dice.random() < 0.05:  # the camera goes, and comes back
            keeper.camera(missing=True)
            await asyncio.sleep(0.01)
            keeper.camera(missing=False)
            self.touch(Returned)
        for _ in range(self.dice.randint(1, 3)):
            self.touch(Shot)
            if self.dice.random() < 0.3:
                self.touch(Returned)  # the browser was killed: its shots are gone
                self.touch(Shot)
        if self.dice.random() < 0.08:
            return self.leaves("left before a photo")
        await keeper.take_in(self.visit, self.photo())
        assert mark_of(await keeper.photo(self.visit)) == self.number
        assert mark_of(await keeper.look_of(self.visit, keeper.event.looks[2])) == self.number
        ended = "left with a result"
        for _ in range(self.dice.randint(1, 2)):
            ended = await self.orders()
            if keeper.state.visit != self.visit:
                return ended
        if keeper.state.step is Step.RESULT and self.dice.random() < 0.5:
            self.touch(Take)
            await asyncio.sleep(0.005)
        return self.leaves(ended)

    async def orders(self) -> str:
        keeper = self.keeper
        if keeper.state.step is Step.RESULT:
            if not keeper.state.left(keeper.event):
                return "left with a result"
            keeper.touch(booth_another(self.visit))
        style = self.dice.choice(keeper.event.looks)
        await asyncio.gather(keeper.choose(self.visit, style), keeper.choose(self.visit, style))
        way = self.dice.random()
        if way < 0.1:
            self.touch(Share)
            await asyncio.sleep(0.02)
            return self.leaves("left while it worked")
        if way < 0.2:
            self.touch(Cancel)
            return "cancelled"
        async with asyncio.timeout(NOT_YET_S):
            while keeper.state.step is Step.WAITING and keeper.state.trouble is None:
                self.touch(Touch)
                await asyncio.sleep(0.005)
        if keeper.state.trouble:
            return "left with a kind word"
        shown = keeper.state.shown
        assert shown
        assert mark_of(await keeper.headshot(self.visit, shown)) == self.number, "another guest's picture"
        return "left with a result"

    def leaves(self, how: str) -> str:
        self.touch(Leave)
        assert self.keeper.state.visit is None
        return how

    def touch(self, signal: type[Any]) -> None:
        self.keeper.touch(signal(visit=self.visit))

    async def photo(self) -> AsyncIterator[bytes]:
        yield marked(self.number)


def booth_another(visit: VisitId) -> Any:
    from headshot_web.signals import Another  # noqa: PLC0415

    return Another(visit=visit)


def left_over(keeper: BoothKeeper) -> int:
    """How many files of any guest are on the disk."""
    folders = keeper.studio.settings.folders
    places = (folders.photos, folders.headshots, folders.answers)
    return sum(path.is_file() for place in places for path in place.rglob("*"))


async def forgets(keeper: BoothKeeper) -> None:
    """Wait until nothing of anybody is left, as it must be soon after the grace."""
    async with asyncio.timeout(NOT_YET_S):
        while left_over(keeper) or keeper.busy:  # noqa: ASYNC110 - as somebody who looks
            await asyncio.sleep(0.1)


async def play(folder: Path, base_url: str, first: int, last: int, seed: int) -> None:
    """Receive guests, and say after each how it ended; say what is left after the last."""
    keeper = await opened(folder, base_url)
    # What a kill left must go by itself: whoever was here then is not here any more.
    await forgets(keeper)
    say(recovered=True)
    for number in range(first, last):
        dice = random.Random(seed * 100_000 + number)  # noqa: S311
        try:
            ended = await Guest(keeper, number, dice).uses_it()
        except NotFound:
            ended = "left with a kind word"
        except HeadshotError as error:
            ended = f"left with a kind word: {error.title}"
        say(guest=number, ended=ended, memory=memory())
    await forgets(keeper)
    numbers = await keeper.counters()
    say(numbers={name: numbers.total(name) for name in ("guests", "headshots", "paid", "failures")})
    await keeper.close()
    await keeper.studio.close()
    say(left=left_over(keeper))


def memory() -> float:
    return float(psutil.Process().memory_info().rss) / 1e6


def say(**told: Any) -> None:
    os.write(1, json.dumps(told).encode() + b"\n")


if __name__ == "__main__":
    where, address, begin, end, chosen = sys.argv[1:]
    asyncio.run(play(Path(where), address, int(begin), int(end), int(chosen)))
