"""Runs the whole app in networks that a file names: `python networks_server.py FOLDER PORT NETWORKS.json`.

The file holds the name and the address of each network; other addresses of loopback stand in for them. It is
read anew at each look, so a test moves the computer from one network to another by writing it.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from headshot_web.doorbell import let_phones_in
from headshot_web.settings import Settings
from headshot_web.studio import open_studio
from headshot_web.web.interfaces import Interface, Kind
from headshot_web.web.server import serve


async def run(settings: Settings, file: Path) -> None:
    """Serve until told to stop; print the address once it answers."""

    def networks() -> tuple[Interface, ...]:
        named = json.loads(file.read_text(encoding="utf-8"))
        return tuple(
            Interface(name=name, label=name, address=address, kind=Kind.WIFI)
            for name, address in named.items()
        )

    studio = await open_studio(settings)
    try:
        await serve(
            studio,
            settings,
            port=settings.port,
            on_ready=lambda address: print(address, flush=True),
            attend=(lambda lan: let_phones_in(lan, studio)) if settings.phones else None,
            networks=networks,
        )
    finally:
        await studio.close()


if __name__ == "__main__":
    folder, port, file = sys.argv[1:]
    asyncio.run(run(Settings(data_dir=Path(folder), port=int(port)), Path(file)))
