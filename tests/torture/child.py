"""The app without its pages, in a process that may be killed at any moment; it says what it did."""

from __future__ import annotations

import asyncio
import io
import json
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

from PIL import Image
from pydantic import SecretStr

from headshot_web.accounts import Entry
from headshot_web.endpoint import Endpoint
from headshot_web.engines.openai_images import OpenAIImages
from headshot_web.engines.price_list import PriceList
from headshot_web.imaging.darkroom import Darkroom
from headshot_web.model import EngineName, Headshot, Job, OrderId, StyleId
from headshot_web.settings import Settings
from headshot_web.studio import Studio, open_studio
from tests.openai_server import KEY
from tests.torture.plain_darkroom import PlainDarkroom

LOOK = StyleId("founder-loft")
NOT_YET_S = 30.0
SAYING = [sys.stdout.fileno()]
"""To whom this process speaks, last; nothing that it starts has that line."""


def settings_of(root: Path, base_url: str) -> Settings:
    return Settings(
        data_dir=root, openai_base_url=base_url, openai_model="gpt-image-2.6-flare", openai_stream=True,
        openai_at_once=4, openai_timeout_s=20, workers=1,
    )  # fmt: skip


@asynccontextmanager
async def opened(root: Path, base_url: str, *, real: bool = False) -> AsyncIterator[Studio]:
    """The studio itself, with the engine for OpenAI, allowed to send to the loopback one."""
    settings = settings_of(root, base_url)
    room = (
        Darkroom(workers=1, scratch=settings.folders.scratch) if real else cast("Darkroom", PlainDarkroom())
    )
    prices = PriceList.load(priced(settings))
    engine = OpenAIImages(
        room,
        endpoint=lambda: Endpoint.of(settings),
        key=lambda *_: SecretStr(KEY),
        prices=lambda: prices,
    )
    studio = await open_studio(settings, darkroom=room, engines={EngineName.OPENAI: engine})
    try:
        desk = getattr(studio, "desk", None)
        if desk is not None:
            await desk.agree_to_policy()
            await desk.agree()
        yield studio
    finally:
        await studio.close()


def priced(settings: Settings) -> Path:
    """A price list in which the loopback server is the one whose prices are known."""
    path = settings.folders.root.with_name(settings.folders.root.name + ".prices.toml")
    if not path.exists():
        path.write_text(f'host = "{Endpoint.of(settings).host}"\n', encoding="utf-8")
    return path


async def settled(studio: Studio) -> list[Job]:
    """Wait until no job is under way, and return every job there is."""
    orders = studio.library.orders
    async with asyncio.timeout(NOT_YET_S):
        while await asyncio.to_thread(orders.unfinished):  # noqa: ASYNC110 - as a page would
            await asyncio.sleep(0.01)
    return [job for photo in await studio.photos() for job in orders.of_photo(photo.id)]


async def found(studio: Studio, newest: int = 100_000) -> dict[str, Any]:
    """Return all that lies there, the newest pictures looked at to their last pixel."""
    jobs = await settled(studio)
    health = await studio.check()
    torn = [
        headshot.id for headshot in await studio.headshots(0, newest) if not await whole(studio, headshot)
    ]
    folders = studio.settings.folders
    return {
        "jobs": {job.id: [job.state.value, job.error, job.request_id] for job in jobs},
        "headshots": {job.id: len(job.headshot_ids) for job in jobs},
        "well": health.is_well,
        "torn": torn,
        "scratch": len(list(folders.scratch.iterdir())),
        "entries": [line_of(entry) for entry in studio.ledger.entries(0, 100_000)],
    }


async def whole(studio: Studio, headshot: Headshot) -> bool:
    """Say whether both files of a headshot are pictures to their last pixel."""
    master = await studio.headshot_picture(headshot.id)
    original = studio.library.headshot_original(headshot.id)
    return is_whole(master) and (original == master or is_whole(original))


def line_of(entry: Entry) -> list[Any]:
    return [entry.job_id, entry.receipt.outcome.value, entry.receipt.request_id]


def is_whole(data: bytes) -> bool:
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.load()
    except OSError:
        return False
    return True


def say(**what: Any) -> None:
    """Write a line that outlives this process."""
    os.write(SAYING[-1], json.dumps(what).encode() + b"\n")


async def photo_in(studio: Studio, picture: bytes) -> str:
    async def stream() -> AsyncIterator[bytes]:
        yield picture

    return (await studio.take_in(stream())).id


async def look(root: Path, base_url: str) -> None:
    """Say what is there in the end."""
    async with opened(root, base_url) as studio:
        say(found=await found(studio))


async def generate(root: Path, base_url: str, *, real: bool, count: int, die: Callable[[], None]) -> None:
    """Say what the last one left behind; then make headshots until somebody kills it."""
    async with opened(root, base_url, real=real) as studio:
        say(found=await found(studio, newest=2))
        photo = (await studio.photos() or [None])[0]
        if photo is None:
            await photo_in(studio, (root.with_name("photo.jpg")).read_bytes())
            (photo,) = await studio.photos()
        studio.subscribe(lambda job: say(job=[job.id, job.state.value]))
        order_id = OrderId(os.urandom(16).hex())
        say(ordering=order_id)
        die()
        await studio.order(photo.id, [LOOK], engine=EngineName.OPENAI, count=count, order_id=order_id)
        await settled(studio)
        say(finished=order_id)
        await asyncio.sleep(NOT_YET_S)
