"""An app folder with as many headshots as one likes, all of which share the same small files."""

from __future__ import annotations

import os
import sqlite3
import uuid
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from headshot_web.imaging.negative import Developed
from headshot_web.library import Library
from headshot_web.model import EngineName, Headshot, HeadshotId, JobId, Size, Wishes
from headshot_web.paths import Folders
from headshot_web.records import headshot_record
from headshot_web.shelves import PICTURE, THUMBNAIL
from headshot_web.styles import catalogue
from tests.portraits import astronaut, saved

PER_PHOTO = 8


def fill(folder: Path, headshots: int) -> None:
    """Lay headshots into an app folder that nobody uses at the moment, eight for each photo."""
    folders = Folders(folder)
    folders.prepare()
    small = saved(astronaut().resize((384, 480)), "JPEG", quality=85)
    size = Size(width_px=384, height_px=480)
    library = Library.open(folders)
    photos = [
        library.keep_photo(Developed(picture=small, thumbnail=small, size=size, notices=())).id
        for _ in range(min(40, -(-headshots // PER_PHOTO)))
    ]
    library.close()
    shared = folders.scratch / "shared.jpg"
    shared.write_bytes(small)
    looks = catalogue()
    begin = datetime.now(UTC) - timedelta(seconds=headshots)
    records = []
    for number in range(headshots):
        thing = uuid.uuid4().hex
        place = folders.headshots / thing
        place.mkdir(mode=0o700)
        for name in (PICTURE, THUMBNAIL):
            os.link(shared, place / name)
        headshot = Headshot(
            id=HeadshotId(thing),
            photo_id=photos[number // PER_PHOTO % len(photos)],
            job_id=JobId(uuid.uuid4().hex),
            style_id=looks[number % len(looks)].id,
            engine=EngineName.ON_DEVICE,
            wishes=Wishes(),
            created_at=begin + timedelta(seconds=number),
            size=size,
            scale=1.0,
        )
        records.append(headshot_record(headshot, 0))
    shared.unlink()
    if not records:
        return
    columns = list(records[0])
    sql = f"INSERT INTO headshots ({', '.join(columns)}) VALUES ({', '.join(':' + c for c in columns)})"  # noqa: S608
    with closing(sqlite3.connect(folders.index)) as index, index:
        index.executemany(sql, records)
