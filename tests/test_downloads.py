"""A ZIP of many headshots leaves the memory and the folder as they were."""

from __future__ import annotations

import tracemalloc
import zipfile
from pathlib import Path

from headshot_web.downloads import Pack
from headshot_web.model import Download

MEGABYTE = 1_000_000


def test_a_large_zip_is_never_held_in_memory(scratch: Path, tmp_path: Path) -> None:
    picture = bytes(MEGABYTE)
    tracemalloc.start()
    try:
        with Pack(scratch) as pack:
            for _ in range(60):
                pack.add(Download(name="one.jpg", media_type="image/jpeg", data=picture))
            parcel = pack.finish()
        with (tmp_path / "saved.zip").open("wb") as saved:
            for piece in parcel.pieces():
                saved.write(piece)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 8 * MEGABYTE
    assert (tmp_path / "saved.zip").stat().st_size == parcel.size_bytes
    with zipfile.ZipFile(tmp_path / "saved.zip") as archive:
        assert len(set(archive.namelist())) == 60
        assert archive.testzip() is None
    parcel.close()
    assert not list(scratch.iterdir())
