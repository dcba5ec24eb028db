"""Measure every figure against its limit: `make bench`, or `make bench ARGS="intake"` for some of them."""

from __future__ import annotations

import contextlib
import importlib
import json
import math
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
Figure = tuple[str, float, float | None]
"""A name, the value measured, and the most it may be (None when it is only told)."""


def main(arguments: list[str]) -> int:
    """Measure one module after the other, each in a process of its own; 1 when a limit is broken."""
    if arguments[:1] == ["--one"]:
        return _measure(arguments[1])
    names = [path.stem for path in sorted(FOLDER.glob("bench_*.py"))]
    chosen = [name for name in names if not arguments or any(word in name for word in arguments)]
    broken = 0
    for name in chosen:
        print(f"\n{name.removeprefix('bench_').replace('_', ' ')}", flush=True)
        broken += _show(name)
    print(
        f"\n{broken} {'limit is' if broken == 1 else 'limits are'} broken."
        if broken
        else "\nEvery limit is kept."
    )
    return int(broken > 0 or not chosen)


def _measure(name: str) -> int:
    """Measure one module and write its figures as JSON, alone on the output."""
    with contextlib.redirect_stdout(sys.stderr):
        figures: list[Figure] = importlib.import_module(f"tests.bench.{name}").figures()
    told = [
        (said, value, None if limit is None or math.isinf(limit) else limit) for said, value, limit in figures
    ]
    print(json.dumps(told))
    return 0


def _show(name: str) -> int:
    """Print the table of one module; returns how many of its limits are broken."""
    command = [sys.executable, "-m", "tests.bench", "--one", name]
    done = subprocess.run(command, cwd=FOLDER.parents[1], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        print("  could not be measured", flush=True)
        return 1
    figures: list[Figure] = json.loads(done.stdout.splitlines()[-1])
    for said, value, limit in figures:
        kept = "" if limit is None else f"  at most {limit:<8.6g} {'ok' if value <= limit else 'BROKEN'}"
        print(f"  {said:<62} {value:>10.4g}{kept}", flush=True)
    return sum(limit is not None and value > limit for _, value, limit in figures)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
