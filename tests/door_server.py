"""Runs the door in a process of its own: `python door_server.py FOLDER PORT [LIMITS as JSON]`."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from functools import partial
from pathlib import Path
from typing import Any, cast

from headshot_web.settings import Settings
from headshot_web.web.bodies import Limits
from headshot_web.web.server import build, serve

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.fake_studio import FakeStudio


def register(studio: Any, _lan: Any) -> None:
    """Add one page with a counter, on which a stranger's click would show, and a page that fails."""
    from nicegui import ui  # noqa: PLC0415 - as in the server, after its folders are set

    pressed = {"count": 0}

    @ui.page("/")
    def start() -> None:
        def press() -> None:
            pressed["count"] += 1
            label.set_text(f"pressed {pressed['count']}")

        label = ui.label(f"pressed {pressed['count']}")
        ui.button("Press", on_click=press).props("id=press")
        ui.input("Say")
        ui.html("<p id=html>hello</p>", sanitize=False)

    @ui.page("/trouble")
    def trouble() -> None:
        raise ValueError("secret detail")


def main() -> None:
    """Serve until told to stop; print the address once it answers."""
    folder, port, *rest = sys.argv[1:]
    settings = Settings(
        data_dir=Path(folder), port=int(port), max_upload_mb=int(os.environ.get("TEST_MB", "20"))
    )
    settings.folders.prepare()
    limits = Limits(**json.loads(rest[0])) if rest else None
    studio = cast("Any", FakeStudio(settings))
    asyncio.run(
        serve(
            studio,
            settings,
            port=settings.port,
            on_ready=lambda address: print(address, flush=True),
            app=partial(build, limits=limits, register=register),
        )
    )


if __name__ == "__main__":
    main()
