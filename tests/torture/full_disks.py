"""A disk that is full before, while and after the answer comes: what was paid for is never lost."""

from __future__ import annotations

import asyncio
import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from headshot_web.errors import DiskFull
from headshot_web.model import EngineName, Job, JobId, JobState, OrderId, PhotoId
from headshot_web.studio import Studio
from tests import portraits
from tests.openai_process import OpenAIProcess
from tests.torture import child, kills

DELAY_S = 0.4
DISK_BYTES = 32 * 1024 * 1024
WHEN = ("before", "while", "after")
LEFT_BYTES = (0, 4096, 30_000, 70_000, 150_000, 600_000, 1_500_000)
"""How much room is left: none, or enough for some of what has to be written."""


class Disk(Protocol):
    """A disk that a test can fill."""

    def fill(self, left: int) -> None:
        """Leave room for so many bytes."""
        ...

    def free(self) -> None:
        """Make room again."""
        ...


class SmallDisk:
    """A disk of its own, in memory."""

    def __init__(self, root: Path) -> None:
        self._ballast = root / "ballast"
        self._root = root

    def fill(self, left: int) -> None:
        """Take all the room but what is left, page by page where the app takes some meanwhile."""
        free = os.statvfs(self._root)
        pages = free.f_bavail - left // free.f_frsize
        with self._ballast.open("wb") as file:
            while pages > 0:
                with suppress(OSError):
                    os.posix_fallocate(file.fileno(), 0, pages * free.f_frsize)
                    return
                pages -= 1

    def free(self) -> None:
        self._ballast.unlink(missing_ok=True)


class SmallFiles:
    """Where no disk can be mounted: no file may grow beyond what is left."""

    def fill(self, left: int) -> None:
        self._set(left)

    def free(self) -> None:
        self._set(resource.getrlimit(resource.RLIMIT_FSIZE)[1])

    def _set(self, soft: int) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


@contextmanager
def disk(place: Path) -> Iterator[Disk]:
    """Mount a small disk, where that is allowed."""
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=0700", "none", str(place)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        yield SmallFiles()
        return
    try:
        yield SmallDisk(place)
    finally:
        subprocess.run(["umount", str(place)], check=True)


async def suffer(root: Path, server: OpenAIProcess, room: Disk, when: str, left: int) -> None:
    """Order while the disk fills up; then make room, try again, and say what became of it."""
    before, job_id = server.count(), None
    async with child.opened(root, server.base_url) as studio:
        photo = PhotoId(await child.photo_in(studio, (root.parent.parent / "photo.jpg").read_bytes()))
        job_id = await order(studio, photo, server, lambda at: at == when and room.fill(left))
        offered = None
        if job_id is not None:
            job = await ended(studio, job_id)
            offered = await studio.unkept(job_id)
            child.say(ended=[job.state.value, job.error], offered=offered and child.is_whole(offered.data))
        child.say(posts=server.count() - before)
        if when == "after":
            await studio.close()
        room.free()
    async with child.opened(root, server.base_url) as studio:
        if job_id is None:
            child.say(again=None)
            return
        job = await ended(studio, job_id)
        if job.state is not JobState.DONE:
            answered = await studio.jobs.is_answered(job)
            child.say(answered=answered)
            jobs = await studio.retry(job_id)
            job = await ended(studio, jobs[0].id)
        child.say(again=[job.state.value, job.error], found=await child.found(studio))
        child.say(posts_after=server.count() - before)


async def order(
    studio: Studio, photo: PhotoId, server: OpenAIProcess, now: Callable[[str], object]
) -> JobId | None:
    """Order one headshot, and tell when which moment has come."""

    def hear(job: Job) -> None:
        if job.state is JobState.RECEIVED:
            now("after")

    studio.subscribe(hear)
    before = server.count()
    now("before")
    try:
        (job,) = await studio.order(
            photo, [child.LOOK], engine=EngineName.OPENAI, order_id=OrderId("on a full disk")
        )
    except DiskFull:
        return None
    while server.count() == before and not (await studio.job(job.id)).state.is_final:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    now("while")
    return job.id


async def ended(studio: Studio, job_id: JobId) -> Job:
    async with asyncio.timeout(child.NOT_YET_S):
        while not (job := await studio.job(job_id)).state.is_final:  # noqa: ASYNC110 - as a page would
            await asyncio.sleep(0.005)
    return job


def hold(said: list[dict[str, Any]], when: str) -> str:
    """Claim that nothing was lost and nothing paid twice; return what became of it."""
    told: dict[str, Any] = {}
    for line in said:
        told |= line
    assert "broken" not in told, told
    if told["again"] is None:
        assert told["posts"] == 0, told
        return "not ordered"
    assert told["again"] == ["done", None], told
    assert told["found"]["well"], told
    assert not told["found"]["torn"]
    state, error = told["ended"]
    assert told["posts_after"] == 1, "it was sent twice, or never"
    if state == "done":
        assert told["posts"] == 1
        return "made"
    assert (state, error) == ("failed", "DiskFull"), told
    if told["posts"]:
        assert told["offered"] is True, "what was paid for is not offered"
        assert told.get("answered", True)
    outcomes = [outcome for _, outcome, _ in told["found"]["entries"]]
    assert outcomes == ["answered"], outcomes
    assert when == "before" or told["posts"] == 1
    return "kept for later" if told["posts"] else "not sent"


def main(folder: Path) -> str:
    """Fill the disk at every moment; return what to tell of it."""
    (folder / "photo.jpg").write_bytes(portraits.saved(portraits.astronaut(), "JPEG", quality=90))
    became: dict[str, int] = {}
    kind = ""
    with OpenAIProcess(delay_s=DELAY_S) as server:
        for when in WHEN:
            for left in LEFT_BYTES:
                with disk(folder / f"{when} {left}") as room:
                    root = folder / f"{when} {left}" / "app"
                    kind = type(room).__name__
                    run = kills.start(
                        lambda: asyncio.run(suffer(root, server, room, when, left))  # noqa: B023
                    )
                    run.end()
                    what = hold(run.said, when)
                    became[f"{when}: {what}"] = became.get(f"{when}: {what}", 0) + 1
    note = (
        ""
        if kind == "SmallDisk"
        else " (mounting is not allowed here, so only the size of files was limited)"
    )
    return "full disks" + note + ": " + ", ".join(f"{what} {count}" for what, count in became.items())
