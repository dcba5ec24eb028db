"""Torture it: `make torture`, or `make torture ARGS="--seed 7"`."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
import time
from pathlib import Path


def main() -> int:
    """Kill it and fill its disk; 1 when something was lost, sent twice or torn."""
    parser = argparse.ArgumentParser(prog="make torture")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="the same seed, the same moments")
    parser.add_argument("--rounds", type=int, help="fewer kills than the whole")
    chosen = parser.parse_args()
    if os.name != "posix":
        print("Torture needs signals that nothing can catch; this system has none.")
        return 0
    from tests.torture import full_disks, kills  # noqa: PLC0415 - they need a POSIX system

    logging.disable()  # what goes wrong here is meant to
    print(f"seed {chosen.seed}", flush=True)
    for work in (lambda at: kills.main(at, seed=chosen.seed, rounds=chosen.rounds), full_disks.main):
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            try:
                told = work(Path(folder))
            except AssertionError as failure:
                print(f"\nBROKEN with seed {chosen.seed}: {failure}")
                raise
        print(f"{told} ({time.monotonic() - began:.0f} s)", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
