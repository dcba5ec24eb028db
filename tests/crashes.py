"""Works in a studio until it is killed: one line in (folder, whether it may cost, how long), one line out.

Run as a program by test_studio.py. What was acknowledged is written beside the app folder, line by line.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

from headshot_web.accounts import Sending
from headshot_web.engines import Word
from headshot_web.imaging.darkroom import Darkroom
from headshot_web.model import (
    EngineName,
    Job,
    JobState,
    OrderId,
    PhotoId,
    Request,
    StyleId,
    Wishes,
)
from headshot_web.settings import Settings
from headshot_web.studio import Studio, open_studio
from tests.fake_engine import FakeDarkroom, FakeEngine, PaidEngine

LOOKS = [StyleId("advisor-navy"), StyleId("founder-loft")]


class Diary:
    """Lines that outlive the process."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, *words: str) -> None:
        os.write(self._file, (" ".join(words) + "\n").encode())


class WatchedEngine(FakeEngine):
    """Writes down each request before anything is done."""

    diary: Diary

    async def render(self, request: Request) -> AsyncIterator[Word]:
        self.diary.write("asked", request.recipe.backdrop.color, str(request.size.height_px))
        async for word in super().render(request):
            yield word


class WatchedPaidEngine(PaidEngine):
    """Writes down what leaves, at the moment when it may."""

    diary: Diary

    async def render(self, request: Request) -> AsyncIterator[Word]:
        async for word in super().render(request):
            yield word
            if isinstance(word, Sending):
                self.diary.write("asked", request.recipe.backdrop.color, str(request.size.height_px))


async def work(root: Path, name: EngineName) -> None:
    diary = Diary(root.with_name(root.name + ".diary"))
    engine = WatchedPaidEngine() if name is EngineName.OPENAI else WatchedEngine()
    engine.diary = diary
    studio = await open_studio(
        Settings(data_dir=root), darkroom=cast("Darkroom", FakeDarkroom()), engines={name: engine}
    )

    await studio.desk.agree_to_policy()
    await studio.desk.agree()

    def hear(job: Job) -> None:
        if job.state is JobState.DONE:
            diary.write("done", *job.headshot_ids)

    studio.subscribe(hear)
    chance = random.Random()  # noqa: S311
    diary.write("ready")
    while True:
        photo = await studio.take_in(_stream(b"\xff\xd8photo" + os.urandom(3000)))
        diary.write("photo", photo.id)
        wishes = Wishes(backdrop_color=f"#{chance.randrange(1 << 24):06x}")
        order_id = OrderId(os.urandom(16).hex())
        await studio.order(photo.id, LOOKS, engine=name, wishes=wishes, order_id=order_id)
        if chance.random() < 0.3:
            await studio.cancel((await studio.order_jobs(order_id))[0].id)
        await _settled(studio, order_id)
        for headshot in await studio.headshots(0, 1):
            if chance.random() < 0.3:
                await studio.set_favourite(headshot.id, on=True)
            elif chance.random() < 0.3:
                diary.write("deleting", headshot.id)
                await studio.forget_headshots([headshot.id])
                diary.write("deleted", headshot.id)
        if chance.random() < 0.2:
            await _forget_photo(studio, photo.id, diary)


async def _settled(studio: Studio, order_id: OrderId) -> None:
    while True:
        if all(job.state.is_final for job in await studio.order_jobs(order_id)):
            return
        await asyncio.sleep(0.001)


async def _forget_photo(studio: Studio, photo_id: PhotoId, diary: Diary) -> None:
    for headshot in await studio.headshots(photo_id=photo_id):
        diary.write("deleting", headshot.id)
    diary.write("deleting", photo_id)
    await studio.forget_photo(photo_id)
    diary.write("deleted", photo_id)


async def _stream(data: bytes) -> AsyncIterator[bytes]:
    yield data


def main() -> None:
    """Fork a worker for each line, and kill it in the middle of its work."""
    for line in sys.stdin:
        root, name, seconds = line.split()
        diary = Path(root + ".diary")
        count = diary.read_text().count("ready") if diary.exists() else 0
        child = os.fork()
        if not child:
            asyncio.run(work(Path(root), EngineName(name)))
            os._exit(1)
        while not diary.exists() or diary.read_text().count("ready") == count:
            time.sleep(0.002)
        time.sleep(float(seconds))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
