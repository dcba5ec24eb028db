"""All that is installed with the app: what `pyproject.toml` names, what that needs, and so on."""

from __future__ import annotations

import functools
import importlib.metadata
import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@functools.cache
def distributions() -> dict[str, importlib.metadata.Distribution]:
    """Every distribution by name, as the requirements lead to it on this computer."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    waiting = [Requirement(line) for line in project["dependencies"]]
    seen: set[str] = set()
    found: dict[str, importlib.metadata.Distribution] = {}
    while waiting:
        wanted = waiting.pop()
        if str(wanted) in seen:
            continue
        seen.add(str(wanted))
        there = found[normal(wanted.name)] = importlib.metadata.distribution(wanted.name)
        for need in map(Requirement, there.requires or []):
            extras = wanted.extras or {""}
            if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in {"", *extras}):
                waiting.append(need)
    return found


def files(*endings: str) -> list[tuple[str, Path]]:
    """Every installed file with one of these endings, and whose it is."""
    return [
        (name, Path(str(file.locate())))
        for name, there in distributions().items()
        for file in there.files or []
        if str(file).endswith(endings)
    ]
