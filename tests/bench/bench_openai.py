"""What the app adds to a picture drawn elsewhere, and how soon its pages answer while eight are drawn."""

from __future__ import annotations

import asyncio
import hashlib
import re
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path

from openai import AsyncOpenAI
from playwright.sync_api import Page, sync_playwright

from headshot_web.keys import Keys
from headshot_web.model import Crop, EngineName, JobState, OrderId, Photo, StyleId
from headshot_web.settings import Settings
from headshot_web.studio import Studio, open_studio
from tests.bench.bench_pages import ANSWERS
from tests.browser.chromium import launch
from tests.browser.steps import bring
from tests.doors import Served, free_port, start
from tests.openai_process import OpenAIProcess
from tests.portraits import astronaut, saved

Figure = tuple[str, float, float | None]
"""A name, the value measured, and the most it may be (None when it is only told)."""

DRAWS_S = 12.0
"""How long a picture takes to be drawn: a quick one."""
ROUNDS = 4
ORDERS = 5
LOOK = StyleId("advisor-navy")
EIGHT = (
    "advisor-navy", "boardroom-charcoal", "consultant-cream", "linkedin-daylight",
    "founder-loft", "open-office", "golden-hour", "engineer-minimal",
)  # fmt: skip
MOST_OVER = 1.02
SPARE_S = 0.05


def figures() -> list[Figure]:
    """Draw in turn through the app and with the bare client; then eight at once, with the pages open."""
    with OpenAIProcess(delay_s=DRAWS_S) as provider, tempfile.TemporaryDirectory() as place:
        ours, bare = asyncio.run(_in_turn(provider, Path(place) / "data"))
    answers = _answers()
    p99 = answers[int(len(answers) * 0.99)]
    return [
        ("order to stored headshot, beyond 1.02 × the bare call, s", ours - MOST_OVER * bare, SPARE_S),
        ("order to stored headshot over the bare call", ours / bare, None),
        ("order to stored headshot, seconds", ours, None),
        ("answer while 8 are drawn elsewhere, p99, ms", p99, 100.0),
        ("answer while 8 are drawn elsewhere, median, ms", answers[len(answers) // 2], None),
    ]


def _settings(provider: OpenAIProcess, folder: Path) -> Settings:
    return Settings(
        data_dir=folder,
        openai_base_url=provider.base_url,
        openai_model="gpt-image-2.6-flare",
        openai_stream=True,
        openai_at_once=8,
    )


async def _in_turn(provider: OpenAIProcess, folder: Path) -> tuple[float, float]:
    """Return the medians of both, in seconds; the first turn of each only warms up."""
    settings = _settings(provider, folder)
    studio = await open_studio(settings, keys=Keys(settings.folders))
    try:
        await studio.desk.keep_key(provider.key)
        await studio.desk.agree_to_policy()
        await studio.desk.agree()
        photo = await studio.take_in(_bytes(saved(astronaut(), "JPEG", quality=92)))
        turns = []
        for number in range(ROUNDS + 1):
            ours = await _ordered(studio, photo, number)
            turns.append((ours, await _bare(provider, studio, photo)))
    finally:
        await studio.close()
    return tuple(statistics.median(turn[who] for turn in turns[1:]) for who in (0, 1))  # type: ignore[return-value]


async def _ordered(studio: Studio, photo: Photo, number: int) -> float:
    """Order one headshot of a photo whose outgoing picture was looked at, as the pages show it before."""
    await studio.working_copy(photo.id, Crop.SQUARE)
    order = OrderId(hashlib.sha256(str(number).encode()).hexdigest())
    done = asyncio.Event()
    silence = studio.subscribe(lambda job: done.set() if job.state.is_final else None)
    began = time.perf_counter()
    await studio.order(photo.id, (LOOK,), engine=EngineName.OPENAI, order_id=order)
    await done.wait()
    took = time.perf_counter() - began
    silence()
    (job,) = await studio.order_jobs(order)
    assert job.state is JobState.DONE, job.error
    return took


async def _bare(provider: OpenAIProcess, studio: Studio, photo: Photo) -> float:
    """Ask for the same with the client alone, and have its picture's bytes."""
    going = await studio.outgoing(photo.id, LOOK)
    began = time.perf_counter()
    async with AsyncOpenAI(base_url=provider.base_url, api_key=provider.key, max_retries=0) as client:
        stream = await client.images.edit(
            model=going.dispatch.model,
            image=("photo.jpg", going.pictures[0], "image/jpeg"),
            prompt=going.prompt,
            stream=True,
            partial_images=2,
            output_format="jpeg",
            size="1024x1024",
        )
        events = [event async for event in stream]
    assert events[-1].type == "image_edit.completed"
    return time.perf_counter() - began


async def _bytes(data: bytes) -> AsyncIterator[bytes]:
    yield data


def _answers() -> list[float]:
    """Order eight headshots a few times, and ask for the gallery's list meanwhile.

    Returns the milliseconds of each answer, sorted: some hundreds, so that one in a hundred is not the worst.
    """
    with ExitStack() as stack:
        provider = stack.enter_context(OpenAIProcess(delay_s=4.0))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "data"
        asyncio.run(_agreed(_settings(provider, folder), provider.key))
        app = _served(stack, provider, folder)
        browser = launch(stack.enter_context(sync_playwright()))
        stack.callback(browser.close)
        page: Page = stack.enter_context(browser.new_context()).new_page()
        photo = bring(page, app)
        taken: list[float] = []
        for _ in range(ORDERS):
            page.goto(f"{app.address}/photo/{photo}/looks?looks={','.join(EIGHT)}&engine=openai")
            page.get_by_role("button", name=re.compile("^Make 8 headshots")).click()
            page.wait_for_url("**/order/*")
            page.wait_for_selector(".job")
            taken += page.evaluate(ANSWERS)
        return sorted(taken)


async def _agreed(settings: Settings, key: str) -> None:
    """Have a key and a yes before the app starts."""
    studio = await open_studio(settings, keys=Keys(settings.folders))
    try:
        await studio.desk.keep_key(key)
        await studio.desk.agree_to_policy()
        await studio.desk.agree()
    finally:
        await studio.close()


def _served(stack: ExitStack, provider: OpenAIProcess, folder: Path) -> Served:
    served = start(
        ["-m", "headshot_web", "--port", str(free_port()), "--data-dir", str(folder), "--no-browser"],
        folder=folder,
        HEADSHOT_WEB_OPENAI_BASE_URL=provider.base_url,
        HEADSHOT_WEB_OPENAI_MODEL="gpt-image-2.6-flare",
        HEADSHOT_WEB_OPENAI_STREAM="true",
        HEADSHOT_WEB_OPENAI_AT_ONCE="8",
    )
    stack.callback(served.errors.close)
    stack.callback(served.stop)
    return served
