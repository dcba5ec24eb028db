from __future__ import annotations

import asyncio
import functools
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import psutil
import pytest

from headshot_web import errors
from headshot_web.imaging.darkroom import Darkroom
from headshot_web.imaging.worker import Line, Worker, WorkStopped, WorkTookTooLong
from headshot_web.model import Export, FileKind
from tests import portraits

Workers = Callable[[], list[psutil.Process]]
ROOT = Path(__file__).resolve().parents[2]
PHOTO = portraits.saved(portraits.hopper(), "JPEG")


@functools.cache
def slow() -> bytes:
    """Just under the cap of scans and very large: some seconds of decoding."""
    return portraits.scan_bomb(90, 8_000)


@pytest.fixture
def worker(scratch: Path) -> Iterator[Worker]:
    worker = Worker(scratch=scratch)
    yield worker
    worker.close()


@pytest.fixture
def darkroom(scratch: Path) -> Iterator[Darkroom]:
    darkroom = Darkroom(workers=1, scratch=scratch)
    yield darkroom
    darkroom.close()


def workers_of(process: psutil.Process) -> list[psutil.Process]:
    """The processes in which pictures are opened; Python's own bookkeeper is none of them."""
    return [child for child in process.children(recursive=True) if "spawn_main" in " ".join(child.cmdline())]


@pytest.fixture
def own_workers() -> Workers:
    """The processes of this test, and of no other that shares the run."""
    others = set(workers_of(psutil.Process()))
    return lambda: [child for child in workers_of(psutil.Process()) if child not in others]


async def at_work(workers: Workers) -> AsyncIterator[psutil.Process]:
    """Wait until there is a process and it works."""
    for _ in range(1_000):
        for child in workers():
            if child.cpu_times().user > 0.8:
                yield child
                return
        await asyncio.sleep(0.02)
    pytest.fail("no process began to work")


async def gone(processes: list[psutil.Process], within_s: float) -> bool:
    _, alive = await asyncio.to_thread(psutil.wait_procs, processes, timeout=within_s)
    return not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


async def test_what_a_page_waits_for_goes_ahead_of_what_fills_in_later(worker: Worker) -> None:
    done: list[str] = []

    async def ask(name: str, *, pressing: bool = False) -> None:
        await worker.run(time.sleep, 0.05, deadline_s=30.0, outlives_asking=True, pressing=pressing)
        done.append(name)

    asked = [asyncio.create_task(ask(f"look {n}")) for n in range(4)]
    await asyncio.sleep(0)
    asked += [asyncio.create_task(ask(f"page {n}", pressing=True)) for n in range(3)]
    await asyncio.sleep(0)
    asked[2].cancel()  # the third look is not wanted any more
    asked[5].cancel()
    await asyncio.wait(asked)
    assert done == ["look 0", "page 0", "page 2", "look 1", "look 3"]
    await ask("the next")
    assert worker.load == 0


async def test_a_turn_given_to_somebody_who_leaves_goes_to_the_next() -> None:
    line, served = Line(), []

    async def ask(name: str) -> None:
        async with line.turn(pressing=False):
            served.append(name)

    async with line.turn(pressing=False):
        leaving, staying = asyncio.create_task(ask("leaving")), asyncio.create_task(ask("staying"))
        await asyncio.sleep(0)
    leaving.cancel()  # it was called just now, and does not know it yet
    await asyncio.wait_for(staying, 10)
    assert served == ["staying"]
    await asyncio.wait_for(ask("the next"), 10)


async def test_a_killed_process_is_a_clear_refusal_and_the_next_photo_works(
    darkroom: Darkroom, own_workers: Workers
) -> None:
    opening = asyncio.create_task(darkroom.develop(slow()))
    async for child in at_work(own_workers):
        child.kill()
    with pytest.raises(errors.BrokenFile):
        await opening
    assert (await darkroom.develop(PHOTO)).size.width_px == 512


async def test_a_process_killed_while_idle_is_not_noticed_by_the_next_photo(
    darkroom: Darkroom, own_workers: Workers
) -> None:
    await darkroom.develop(PHOTO)
    for child in own_workers():
        child.kill()
    assert (await darkroom.develop(PHOTO)).size.width_px == 512
    await asyncio.sleep(0.3)
    assert (await darkroom.develop(PHOTO)).size.width_px == 512


async def test_a_photo_that_takes_too_long_is_refused_and_the_next_one_works(scratch: Path) -> None:
    darkroom = Darkroom(workers=1, scratch=scratch, develop_deadline_s=4.0)
    try:
        with pytest.raises(errors.TookTooLong):
            await darkroom.develop(slow())
        assert (await darkroom.develop(PHOTO)).size.width_px == 512
    finally:
        darkroom.close()


async def test_cancelling_ends_the_work_at_once_and_the_next_photo_works(
    darkroom: Darkroom, own_workers: Workers
) -> None:
    opening = asyncio.create_task(darkroom.develop(slow()))
    async for child in at_work(own_workers):
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        assert await gone([child], 2.0)
    assert (await darkroom.develop(PHOTO)).size.width_px == 512


async def test_giving_up_on_something_short_keeps_the_process_warm(
    darkroom: Darkroom, own_workers: Workers
) -> None:
    await darkroom.faces(PHOTO)
    before = own_workers()
    looking = [asyncio.create_task(darkroom.faces(PHOTO)) for _ in range(3)]
    await asyncio.sleep(0.02)
    for look in looking:
        look.cancel()
    await asyncio.gather(*looking, return_exceptions=True)
    assert len(await darkroom.faces(PHOTO)) == 1
    assert own_workers() == before


async def test_closing_in_the_middle_is_quick_and_leaves_no_process(
    darkroom: Darkroom, own_workers: Workers
) -> None:
    opening = asyncio.create_task(darkroom.develop(slow()))
    async for child in at_work(own_workers):
        begun = time.monotonic()
        darkroom.close()
        assert time.monotonic() - begun < 2
        assert await gone([child], 1.0)
    with pytest.raises(errors.BrokenFile):
        await opening
    with pytest.raises(errors.BrokenFile):
        await darkroom.develop(PHOTO)


@pytest.mark.thorough
async def test_a_headshot_whose_process_is_killed_stops_clearly_and_the_next_works(
    darkroom: Darkroom,
    own_workers: Workers,
) -> None:
    large = portraits.saved(portraits.hopper().resize((4_000, 4_600)), "JPEG", quality=95)
    making = asyncio.create_task(darkroom.export(large, Export(kind=FileKind.WEBP)))
    async for child in at_work(own_workers):
        child.kill()
    with pytest.raises(errors.RenderingStopped):
        await making
    assert await darkroom.export(PHOTO, Export(kind=FileKind.PNG))


async def test_several_photos_at_once_all_arrive(darkroom: Darkroom) -> None:
    developed = await asyncio.gather(*(darkroom.develop(PHOTO) for _ in range(4)))
    assert len({photo.picture for photo in developed}) == 1


async def test_faces_are_found_for_choosing(darkroom: Darkroom) -> None:
    developed = await darkroom.develop(portraits.saved(portraits.group(), "PNG"))
    assert len(await darkroom.faces(developed.picture)) == 2
    darkroom.forget()
    assert len(await darkroom.faces(developed.picture)) == 2


async def test_a_process_knows_nothing_of_pages_or_the_network(worker: Worker) -> None:
    await worker.run(
        eval, "__import__('headshot_web.imaging.negative').imaging.negative.warm()", deadline_s=30
    )
    known = set(await worker.run(eval, "list(__import__('sys').modules)", deadline_s=5))
    assert "headshot_web.imaging.negative" in known
    assert not known & {"nicegui", "fastapi", "starlette", "uvicorn", "httpx", "openai", "PIL.EpsImagePlugin"}
    assert await worker.run(eval, "__import__('os').environ['OMP_NUM_THREADS']", deadline_s=5) == "1"


@pytest.mark.parametrize(
    "attempt",
    [
        "__import__('subprocess').run(['true'])",
        "__import__('os').system('true')",
        "__import__('socket').create_connection(('127.0.0.1', 9))",
        "__import__('socket').socket().bind(('127.0.0.1', 0))",
    ],
)
async def test_a_process_starts_no_program_and_opens_no_connection(worker: Worker, attempt: str) -> None:
    with pytest.raises(PermissionError):
        await worker.run(eval, attempt, deadline_s=10)


@pytest.mark.skipif(sys.platform != "linux", reason="the memory limit is Linux's")
async def test_what_wants_too_much_memory_ends_in_its_own_process(worker: Worker) -> None:
    with pytest.raises(WorkStopped):
        await worker.run(bytearray, 3 << 30, deadline_s=10)
    assert await worker.run(abs, -1, deadline_s=10) == 1


async def test_temporary_files_would_lie_in_the_scratch_folder(worker: Worker, scratch: Path) -> None:
    assert await worker.run(eval, "__import__('tempfile').gettempdir()", deadline_s=10) == str(scratch)


@pytest.mark.thorough
async def test_the_deadline_counts_from_the_beginning_of_the_work(worker: Worker) -> None:
    waiting = [worker.run(time.sleep, 0.6, deadline_s=1.0) for _ in range(3)]
    assert await asyncio.gather(*waiting) == [None, None, None]
    with pytest.raises(WorkTookTooLong):
        await worker.run(time.sleep, 30, deadline_s=0.3)


APP = """
    import asyncio, sys
    from pathlib import Path
    from headshot_web.imaging.darkroom import Darkroom

    async def app():
        darkroom = Darkroom(workers=1, scratch=Path(sys.argv[1]))
        darkroom.start()
        if sys.argv[2] != "warm":
            print("ready", flush=True)
        await darkroom.develop(Path(sys.argv[3]).read_bytes())
        print("ready", flush=True)
        try:
            await asyncio.sleep(60)
        finally:
            darkroom.close()

    if __name__ == "__main__":
        try:
            asyncio.run(app())
        except KeyboardInterrupt:
            pass
"""


@pytest.fixture
def app(scratch: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    """A program of its own with a darkroom, in a process group of its own as in a terminal."""
    program, photo = tmp_path / "program.py", tmp_path / "photo.jpg"
    program.write_text(textwrap.dedent(APP))
    moment = getattr(request, "param", "warm")
    photo.write_bytes(slow() if moment == "busy" else PHOTO)
    running = subprocess.Popen(
        [sys.executable, program, scratch, moment, photo],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with running:
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        yield running
        running.kill()


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")
@pytest.mark.parametrize("app", ["busy"], indirect=True)
async def test_processes_end_when_the_app_is_killed(app: subprocess.Popen[str]) -> None:
    async for busy in at_work(lambda: workers_of(psutil.Process(app.pid))):
        children = workers_of(psutil.Process(app.pid))
        app.kill()
        assert busy in children
        assert await gone(children, 3.0)


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")
@pytest.mark.parametrize("app", ["warm", "at once"], indirect=True)
def test_ctrl_c_ends_everything_without_a_word(app: subprocess.Popen[str]) -> None:
    children = workers_of(psutil.Process(app.pid))
    os.killpg(app.pid, signal.SIGINT)
    _, said = app.communicate(timeout=10)
    assert said == ""
    assert app.returncode == 0
    assert not [child for child in children if child.is_running()]
