"""Soak it: `make soak`, or `make soak ARGS="--guests 800 --seed 7"`."""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from statistics import median

from tests.openai_faults import Fault
from tests.openai_process import OpenAIProcess
from tests.soak import screens

CHECKOUT = Path(__file__).parents[2]
MOST_GROWTH = 1.1


def faults() -> list[Fault]:
    """What goes wrong now and then between the booth and its provider."""
    return [
        Fault.status(500),
        Fault.overloaded(0.05),
        Fault.rate_limited(0.05),
        Fault.status(400, code="moderation_blocked", kind="image_generation_user_error"),
        Fault.no_money(),
        Fault(name="reset"),
        Fault.none().later(1.0),
        Fault(name="cut_stream"),
        Fault(name="not_a_picture"),
    ]


def receive(
    folder: Path, provider: OpenAIProcess, first: int, last: int, *, seed: int, kill_at: int | None
) -> list[dict[str, object]]:
    """Let guests use the booth in a process of its own; kill it in the middle of one where that is wished."""
    command = [sys.executable, "-m", "tests.soak.guests", str(folder), provider.base_url]
    process = subprocess.Popen(
        [*command, str(first), str(last), str(seed)], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    )
    told: list[dict[str, object]] = []
    dice = random.Random(seed + first)  # noqa: S311
    assert process.stdout
    for line in process.stdout:
        told.append(json.loads(line))
        if "guest" in told[-1] and dice.random() < 0.25:
            provider.play(dice.choice(faults()))
        if kill_at is not None and told[-1].get("guest") == kill_at:
            time.sleep(dice.random() * 0.05)
            process.kill()
    code = process.wait(timeout=60)
    process.stdout.close()
    assert code == 0 or kill_at is not None, f"it ended with {code}"
    return told


def soak(folder: Path, guests: int, seed: int) -> str:
    """Receive guests in several processes, some of which are killed, then one long one for the memory."""
    ways: Counter[str] = Counter()
    with OpenAIProcess(delay_s=0.02) as provider:
        next_guest, kills = 1, 0
        while next_guest <= guests // 4:
            last = next_guest + 20
            told = receive(folder, provider, next_guest, last, seed=seed, kill_at=next_guest + 12)
            ways.update(str(one["ended"]) for one in told if "ended" in one)
            assert any("recovered" in one for one in told), "something of a guest outlived a kill"
            next_guest, kills = last, kills + 1
        told = receive(folder, provider, next_guest, guests + 1, seed=seed, kill_at=None)
        ways.update(str(one["ended"]) for one in told if "ended" in one)
    memory = [float(str(one["memory"])) for one in told if "memory" in one]
    hundred = min(100, len(memory) // 3)
    before, after = median(memory[:hundred]), median(memory[-hundred:])
    assert after <= before * MOST_GROWTH, f"{before:.0f} MB became {after:.0f} MB"
    assert told[-1] == {"left": 0}, f"left behind: {told[-1]}"
    assert sum(ways.values()) >= guests - 10 * kills
    lines = [f"  {count:5}  {how}" for how, count in ways.most_common()]
    return "\n".join(
        [
            f"{sum(ways.values())} guests, {kills} kills; memory {before:.0f} → {after:.0f} MB; nothing left",
            *lines,
        ]
    )


def main() -> int:
    """Play the guests; an assertion tells what broke."""
    parser = argparse.ArgumentParser(prog="make soak")
    parser.add_argument("--guests", type=int, default=400)
    parser.add_argument("--screens", type=int, default=6, help="how many more before a real browser")
    parser.add_argument(
        "--seed", type=int, default=int(time.time()) % 10_000, help="the same seed, the same guests"
    )
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        print(soak(Path(folder) / "data", chosen.guests, chosen.seed), flush=True)
    if chosen.screens:
        with tempfile.TemporaryDirectory() as folder:
            print(screens.soak(Path(folder), chosen.screens))
    print(f"({time.monotonic() - began:.0f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
