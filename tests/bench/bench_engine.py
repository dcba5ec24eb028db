"""How long a headshot takes on this computer, in seconds of CPU, and how much memory its process needs."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from headshot_web.imaging import negative, networks, worker
from headshot_web.imaging.sitting import Sitting
from headshot_web.model import Backdrop, Crop, Light, Recipe, Scene, Size
from tests import portraits

Figure = tuple[str, float, float]
"""A name, the value measured, and the most it may be (infinite: only told)."""

ROUNDS = 5
PREVIEW = Size(width_px=320, height_px=400)


def figures() -> list[Figure]:
    """Measure a 12 MP photo's way to a 1024×1536 headshot in a fresh process, and peers where installed."""
    command = [sys.executable, str(Path(__file__).resolve()), "--measure"]
    single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    said = subprocess.run(
        command, env={**os.environ, **single}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True
    ).stdout
    measured = json.loads(said)
    found: list[Figure] = [
        ("12 MP photo to 1024×1536 headshot, CPU seconds", measured["headshot"], 1.0),
        ("memory of its process at most, MB", measured["memory"], 350.0),
        ("each further look of the same photo, CPU seconds", measured["look"], 0.15),
        ("the same look in another shape, CPU seconds", measured["shape"], float("inf")),
        ("twelve previews of one photo, CPU seconds", measured["previews"], 1.5),
    ]
    if importlib.util.find_spec("rembg") is not None:
        found.append(("rembg with alpha matting, cut-out alone, CPU seconds", _rembg(), float("inf")))
    return found


def measure() -> dict[str, float]:
    """Measure all of it in this process: the best of some rounds, since others use this computer too."""
    import resource  # noqa: PLC0415 - not on Windows

    worker.keep_memory()  # as the app's own processes do
    networks.warm()
    data = portraits.phone(12)
    size = Size(width_px=1024, height_px=1536)

    def whole() -> Sitting:
        made = Sitting.of(negative.develop(data).picture, longest_px=2016)
        made.headshot(_looks(Crop.PORTRAIT_2_3)[0], size)
        return made

    headshot = _best(whole)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    made = whole()
    square = _looks(Crop.SQUARE)[0]
    looks = [_best(lambda look=look: made.headshot(look, size), 3) for look in _looks(Crop.PORTRAIT_2_3)]
    shapes = [
        _once(lambda width=width: made.headshot(square, Size(width_px=width, height_px=width)))
        for width in (1200, 1201)
    ]
    picture = negative.develop(data).picture

    def previews() -> None:
        small = Sitting.of(picture, longest_px=768)
        for look in _looks(Crop.PORTRAIT_4_5):
            small.preview(look, PREVIEW)

    mean = sum(looks) / len(looks)
    return {
        "headshot": headshot,
        "memory": memory,
        "look": mean,
        "shape": min(shapes),
        "previews": _best(previews, 3),
    }


def _looks(crop: Crop) -> list[Recipe]:
    scenes, lights = list(Scene), list(Light)
    colors = ("#33363a", "#e8e4dc", "#1f3a5f", "#7c8c7a")
    return [
        Recipe(
            backdrop=Backdrop(scene=scenes[i % len(scenes)], color=colors[i % 4]),
            light=lights[i % len(lights)],
            crop=crop,
        )
        for i in range(12)
    ]


def _once(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def _best(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    return min(_once(work) for _ in range(rounds))


def _rembg() -> float:
    import rembg  # noqa: PLC0415 - only where somebody installed it

    image = portraits.hopper().resize((1536, 1800))
    session = rembg.new_session("u2net")
    return _best(lambda: rembg.remove(image, session=session, alpha_matting=True), 2)


if __name__ == "__main__":
    if "--measure" in sys.argv:
        print(json.dumps(measure()))
    else:
        for name, value, limit in figures():
            print(f"{name:<60} {value:8.3f}  (at most {limit})")
