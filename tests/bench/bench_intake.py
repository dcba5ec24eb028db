"""How long taking a photo in takes, beside bare Pillow making the same two pictures, in one run."""

from __future__ import annotations

import functools
import io
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from headshot_web.imaging import negative, noticing
from tests import portraits

Figure = tuple[str, float, float]
"""A name, the value measured, and the most it may be (infinite: only told)."""

ROUNDS = 15
LIMIT = 1.15


def figures() -> list[Figure]:
    """Measure 12 and 48 MP: seconds of CPU, ours over bare Pillow's, and the memory of a 200 MP photo."""
    found: list[Figure] = []
    for megapixels in (12, 48):
        data = portraits.phone(megapixels)
        ours, bare = _medians(functools.partial(_ours, data), functools.partial(_bare, data))
        picture = negative.clean_picture(data)
        (noticed,) = _medians(functools.partial(noticing.notices, picture))
        found += [
            (f"intake of {megapixels} MP over bare Pillow", ours / bare, LIMIT),
            (f"intake of {megapixels} MP, seconds", ours, float("inf")),
            (f"bare Pillow with {megapixels} MP, seconds", bare, float("inf")),
            (f"noticing in a {megapixels} MP photo, seconds", noticed, float("inf")),
        ]
    return [*found, ("memory for a 200 MP photo, MB", _memory_of_200_mp(), 500.0)]


def _ours(data: bytes) -> tuple[bytes, bytes]:
    picture = negative.clean_picture(data)
    return negative.jpeg(picture, quality=92), negative.jpeg(negative.shrunk(picture, 512), quality=85)


def _bare(data: bytes) -> tuple[bytes, bytes]:
    opened = Image.open(io.BytesIO(data))
    opened.draft("RGB", (1512, 2016))
    image = opened.resize((1512, 2016), Image.Resampling.LANCZOS)
    small = image.resize((384, 512), Image.Resampling.LANCZOS)
    return _written(image, 92), _written(small, 85)


def _written(image: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, subsampling="4:4:4")
    return buffer.getvalue()


def _medians(*works: Callable[[], object]) -> list[float]:
    """Take turns, so that a busy moment is shared; the first round only warms."""
    seconds: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS + 1):
        for work, taken in zip(works, seconds, strict=True):
            before = time.process_time()
            work()
            taken.append(time.process_time() - before)
    return [statistics.median(taken[1:]) for taken in seconds]


def _memory_of_200_mp() -> float:
    """Develop a true 200 MP JPEG in a fresh process and return the most memory it held, in MB."""
    done = subprocess.run(
        [sys.executable, __file__, "--memory"], input=portraits.phone(200), stdout=subprocess.PIPE, check=True
    )
    return float(done.stdout)


def _tell_memory() -> None:
    data = sys.stdin.buffer.read()
    negative.develop(data)
    print(_most_memory_held_mb())


def _most_memory_held_mb() -> float:
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would tell what the process that started this one held
        held = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(held.split()[1]) / 1024
    import resource  # noqa: PLC0415 - not on Windows

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1 << 20 if sys.platform == "darwin" else 1 << 10
    )


def main() -> int:
    """Print the table; 1 when a limit was missed."""
    measured = figures()
    for name, value, limit in measured:
        said = (
            "" if limit == float("inf") else f"  at most {limit:.2f}  {'ok' if value <= limit else 'MISSED'}"
        )
        print(f"{name:44} {value:9.3f}{said}")
    return int(any(value > limit for _, value, limit in measured))


if __name__ == "__main__":
    if "--memory" in sys.argv:
        _tell_memory()
    else:
        raise SystemExit(main())
