"""A booth that prints by its browser: `python paper_server.py FOLDER PORT`; each line prints once."""

from __future__ import annotations

import asyncio
import io
import sys
from functools import partial
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))
from headshot_web.backstage import Backstage, open_backstage
from headshot_web.errors import HeadshotError
from headshot_web.event import Print
from headshot_web.event_book import EventBook
from headshot_web.pin import Pin
from headshot_web.settings import Settings
from headshot_web.studio import open_studio
from headshot_web.web.booth_app import build_booth
from headshot_web.web.server import serve


async def run(folder: Path, port: int) -> None:
    settings = Settings(data_dir=folder, port=port)
    studio = await open_studio(settings)
    events = EventBook.open(settings.folders)
    events.use(events.current.changed(operator_name="Novák", printing=Print(enabled=True)))
    pin = Pin(settings.folders)
    pin.choose("480173")
    backstage = await open_backstage(studio, events, pin)
    printing = asyncio.create_task(print_each(backstage))
    app = partial(build_booth, backstage=backstage)
    try:
        await serve(studio, settings, port=port, on_ready=lambda at: print(at, flush=True), app=app)
    finally:
        printing.cancel()
        await backstage.keeper.close()
        await studio.close()


async def print_each(backstage: Backstage) -> None:
    """Print a headshot at each line, and say how it went."""
    out = io.BytesIO()
    Image.new("RGB", (1200, 1500), "#1f7a78").save(out, "JPEG")
    while await asyncio.to_thread(sys.stdin.readline):
        try:
            await backstage.desk.print(out.getvalue(), 2)
            print("printed", flush=True)
        except HeadshotError as error:
            print(type(error).__name__, flush=True)


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1]), int(sys.argv[2])))
