"""Killed at more than a hundred moments of a generation: nothing received is lost, nothing is sent twice."""

from __future__ import annotations

import asyncio
import json
import os
import random
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openai import AsyncOpenAI

from headshot_web.engines import openai_door
from headshot_web.model import EngineName, JobState, OrderId, PhotoId
from tests import portraits
from tests.openai_process import OpenAIProcess
from tests.torture import child

BY_THE_CLOCK = 70
"""How many are killed after a while, spread evenly over a whole generation and a little more."""
BY_THE_STEP = 50
"""How many are killed right before a file, a folder or a connection is made, renamed or removed."""
REAL_EVERY = 20
"""Each so-many-th has the real darkroom."""
DELAY_S = 0.12
STEPS = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "socket.connect", "os.truncate"}
HONEST = {("done", None), ("unknown", "ChargeUnknown"), ("failed", "Interrupted")}


@dataclass
class Run:
    """One process, from its start to its end."""

    pid: int
    lines: int
    said: list[dict[str, Any]] = field(default_factory=list)
    _rest: bytes = b""
    _is_buried: bool = False

    def until(self, word: str) -> Any:
        """Read on until it says a word; None when it ended first."""
        while True:
            for line in self.said:
                if word in line:
                    return line[word]
            if not self.read():
                return None

    def read(self) -> bool:
        """Read what it says next; False when it has ended."""
        while not select.select([self.lines], [], [], 0.2)[0]:
            self._bury(os.WNOHANG)
        data = os.read(self.lines, 1 << 20)
        *whole, self._rest = (self._rest + data).split(b"\n")
        self.said += [json.loads(line) for line in whole]
        return bool(data)

    def _bury(self, how: int = 0) -> None:
        """See whether it has ended; then those that it started end too, for they hold its line open."""
        if not self._is_buried and os.waitpid(self.pid, how)[0]:
            self._is_buried = True
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)

    def kill(self) -> None:
        """End it and all that it started, as a power cut does."""
        os.kill(self.pid, signal.SIGKILL)
        self.end()

    def end(self) -> None:
        """Read the rest, and leave nothing of it behind."""
        while self.read():
            pass
        os.close(self.lines)
        self._bury()


def start(work: Callable[[], Any]) -> Run:
    """Fork a process in which everything is imported already."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    pid = os.fork()
    if not pid:
        os.close(reading)
        os.setsid()  # so that all it starts can be ended with it
        child.SAYING.append(writing)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for out in (sys.stdout, sys.stderr):  # those it starts complain when it is killed
            os.dup2(nowhere, out.fileno())
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - the parent says it
            child.say(broken="".join(traceback.format_exception(error)))
        os._exit(0)
    os.close(writing)
    return Run(pid, reading)


def generating(root: Path, base_url: str, *, real: bool, count: int, step: int | None) -> Run:
    """Start the app on a folder; with a step, it kills itself right before its so-many-th."""

    def die() -> None:
        if step is None:
            return
        left = [step]

        def hook(event: str, _: tuple[Any, ...]) -> None:
            if event in STEPS:
                left[0] -= 1
                if not left[0]:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)

    return start(lambda: asyncio.run(child.generate(root, base_url, real=real, count=count, die=die)))


class Torture:
    """A folder that is killed again and again, and what is known of it."""

    def __init__(self, root: Path, server: OpenAIProcess) -> None:
        self.root = root
        self.server = server
        self.lines = 0
        self.received: set[str] = set()
        self.ever_received: set[str] = set()
        self.told: dict[str, int] = {
            "killed": 0,
            "received": 0,
            "sent": 0,
            "done": 0,
            "unknown": 0,
            "failed": 0,
        }

    def once(self, run: Run, *, before: int, pause_s: float | None) -> None:
        """Hold what the last order, of so many, left against what is known; then let this one be killed."""
        self.hold(run.until("found"), run, before)
        run.until("ordering")
        if pause_s is not None:
            time.sleep(pause_s)
            run.kill()
        elif run.until("finished") is not None:  # it had fewer steps than that
            run.kill()
        else:
            run.end()
        self.told["killed"] += 1
        told = [line["job"] for line in run.said if "job" in line]
        self.received = {job for job, state in told if state in ("received", "done")}
        self.received |= {answer.parent.name for answer in self.root.glob("answers/*/answer")}
        self.ever_received |= self.received
        self.told["received"] = len(self.ever_received)

    def hold(self, found: dict[str, Any] | None, run: Run, count: int) -> None:
        """Claim what must be true after every start."""
        assert found is not None, run.said
        assert found["well"], found
        assert not found["torn"], found["torn"]
        assert not found["scratch"], "something half written was left"
        jobs = {job: tuple(what) for job, what in found["jobs"].items()}
        states = {job: (state, error) for job, (state, error, _) in jobs.items()}
        assert set(states.values()) <= HONEST, states
        lost = {job: states.get(job) for job in self.ever_received if states.get(job, ("", ""))[0] != "done"}
        assert not lost, f"received and lost: {lost}"
        done = [job for job, (state, _) in states.items() if state == "done"]
        assert all(found["headshots"][job] == 1 for job in done), found["headshots"]
        self.hold_money(found["entries"], jobs, count)
        for state in ("done", "unknown", "failed"):
            self.told[state] = sum(found_state == state for found_state, _ in states.values())

    def hold_money(self, entries: list[list[Any]], jobs: dict[str, tuple[Any, ...]], count: int) -> None:
        """Claim that everything that left was written down, once, and that its end is told honestly."""
        sent = self.server.count()
        self.server.follow(forget=True)
        assert sent <= count, f"{sent} were sent of an order of {count}"
        new = len(entries) - self.lines
        assert sent <= new <= count, f"{sent} left, {new} were written down"
        assert "under-way" not in {outcome for _, outcome, _ in entries}
        charged = {job for job, outcome, _ in entries if outcome in ("answered", "unclear")}
        for job, (state, _, request_id) in jobs.items():
            assert (state in ("done", "unknown")) == (job in charged), (job, state, entries)
            if state == "done":
                assert [job, "answered", request_id] in entries
        assert len({job for job, *_ in entries}) == len(entries), "a job was sent twice"
        self.lines = len(entries)
        self.told["sent"] += sent


def plan(chance: random.Random, seconds: float, steps: int) -> Iterator[tuple[float | None, int | None]]:
    """Yield when to kill: a pause, or a step."""
    moments: list[tuple[float | None, int | None]] = [
        (1.1 * seconds * (number + chance.random()) / BY_THE_CLOCK, None) for number in range(BY_THE_CLOCK)
    ]
    moments += [(None, chance.randint(1, steps)) for _ in range(BY_THE_STEP)]
    chance.shuffle(moments)
    yield from moments


def measure(root: Path, base_url: str) -> tuple[float, int]:
    """Return how long the first generation of a process takes, and how many steps it has."""
    steps = [0]

    def hook(event: str, _: tuple[Any, ...]) -> None:
        steps[0] += event in STEPS

    async def one() -> None:
        async with child.opened(root, base_url) as studio:
            photo = PhotoId(await child.photo_in(studio, (root.with_name("photo.jpg")).read_bytes()))
            sys.addaudithook(hook)
            began = time.perf_counter()
            await studio.order(photo, [child.LOOK], engine=EngineName.OPENAI, order_id=OrderId("measured"))
            assert {job.state for job in await child.settled(studio)} == {JobState.DONE}
            child.say(measured=[time.perf_counter() - began, steps[0]])

    run = start(lambda: asyncio.run(one()))
    measured = run.until("measured")
    run.end()
    assert measured, run.said
    return measured[0], measured[1]


def warm_up() -> None:
    """Import, once for all that are forked, what is imported when it is first touched."""
    client = AsyncOpenAI(api_key="none", base_url="http://127.0.0.1:1/v1")
    assert client.images
    assert client.models
    assert openai_door.client


def main(folder: Path, *, seed: int, rounds: int | None = None) -> str:
    """Kill, start, look, and again; return what to tell of it."""
    chance = random.Random(seed)  # noqa: S311
    warm_up()
    (folder / "photo.jpg").write_bytes(portraits.saved(portraits.astronaut(), "JPEG", quality=90))
    with OpenAIProcess(delay_s=DELAY_S) as server:
        seconds, steps = measure(folder / "measured", server.base_url)
        server.follow(forget=True)
        torture = Torture(folder / "app", server)
        count = 1
        for number, (pause_s, step) in enumerate(plan(chance, seconds, steps)):
            if rounds is not None and number == rounds:
                break
            real = number % REAL_EVERY == REAL_EVERY - 1
            before, count = count, chance.choice([1, 1, 1, 3])
            run = generating(torture.root, server.base_url, real=real, count=count, step=step)
            torture.once(run, before=before, pause_s=pause_s)
        run = start(lambda: asyncio.run(child.look(torture.root, server.base_url)))
        torture.hold(run.until("found"), run, count)
        run.end()
        told = torture.told
    return (
        f"killed {told['killed']} times in {seconds:.2f} s long generations of {steps} steps: "
        f"{told['sent']} sent, {told['received']} received, {told['done']} made, "
        f"{told['unknown']} may have been charged, {told['failed']} never left"
    )
