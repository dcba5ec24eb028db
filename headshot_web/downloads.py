"""Files for the person's own folder: readable names, one by one or together in a ZIP."""

from __future__ import annotations

import os
import re
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Final, Self

from headshot_web.engines import Engine
from headshot_web.errors import HeadshotError, NotFound
from headshot_web.model import Download, Export, FileKind, Headshot, Job
from headshot_web.shelves import own_errors

_PIECE_BYTES: Final = 1 << 20
_ENDINGS: Final = {FileKind.JPEG: "jpg", FileKind.PNG: "png", FileKind.WEBP: "webp"}
_MEDIA_TYPES: Final = {
    FileKind.JPEG: "image/jpeg",
    FileKind.PNG: "image/png",
    FileKind.WEBP: "image/webp",
}


def single(headshot: Headshot, export: Export, data: bytes) -> Download:
    """Name one file after its look and its day, such as `headshot-advisor-navy-2026-11-22.jpg`."""
    look = re.sub(r"[^a-z0-9]+", "-", headshot.style_id.lower()).strip("-")
    day = headshot.created_at.astimezone().date().isoformat()
    shape = export.crop.value.replace(":", "x") if export.crop else ""
    size = f"{export.longest_px}px" if export.longest_px else ""
    stem = "-".join(part for part in ("headshot", look, day, shape, size) if part)
    return Download(name=f"{stem}.{_ENDINGS[export.kind]}", media_type=_MEDIA_TYPES[export.kind], data=data)


async def unkept(job: Job, engine: Engine, raw: bytes) -> Download:
    """Name what came when there was no room for it; where no picture can be read, it is as it came."""
    look = re.sub(r"[^a-z0-9]+", "-", job.style_id.lower()).strip("-")
    day = job.created_at.astimezone().date().isoformat()
    with suppress(HeadshotError):
        (first, *_) = await engine.read(raw)
        return Download(name=f"headshot-{look}-{day}.jpg", media_type="image/jpeg", data=first.picture)
    return Download(name=f"answer-{look}-{day}.bin", media_type="application/octet-stream", data=raw)


def table(name: str, data: bytes) -> Download:
    """Name a table for spreadsheets."""
    return Download(name=f"{name}.csv", media_type="text/csv; charset=utf-8", data=data)


class Parcel:
    """A finished ZIP on the disk, under no name: handed over in pieces, and gone once it is closed."""

    name: Final = "headshots.zip"
    media_type: Final = "application/zip"

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.size_bytes = file.seek(0, os.SEEK_END)
        file.seek(0)

    def pieces(self) -> Iterator[bytes]:
        """Yield the bytes, a little at a time, whatever the size of the whole."""
        while piece := self._file.read(_PIECE_BYTES):
            yield piece

    def close(self) -> None:
        """Let the disk have its room back."""
        self._file.close()


class Pack:
    """A ZIP of several files, built in the app's own folder under no name, so that nothing of it stays."""

    def __init__(self, scratch: Path) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=scratch)  # noqa: SIM115 - closed by `close`
        self._archive = zipfile.ZipFile(self._file, "w", zipfile.ZIP_STORED)
        self._seen: Counter[str] = Counter()
        self._is_handed_over = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError, ValueError):  # given up halfway: closing it must not fail for that
            self._archive.close()
        if not self._is_handed_over:
            self._file.close()

    def add(self, file: Download) -> None:
        """Add a file, the second of one name as `…-2.jpg`; raises `DiskFull`."""
        self._seen[file.name] += 1
        number = self._seen[file.name]
        stem, _, ending = file.name.rpartition(".")
        with own_errors():
            self._archive.writestr(file.name if number == 1 else f"{stem}-{number}.{ending}", file.data)

    def finish(self) -> Parcel:
        """Hand the whole ZIP over; raises `NotFound` when nothing was added."""
        if not self._seen:
            raise NotFound
        with own_errors():
            self._archive.close()
            parcel = Parcel(self._file)
        self._is_handed_over = True
        return parcel
