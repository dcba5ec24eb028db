"""Files for the person's own folder: readable names, one by one or together in a ZIP."""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import IO, Final, Self

from headshot_web.errors import NotFound
from headshot_web.model import Download, Export, FileKind, Headshot
from headshot_web.shelves import own_errors

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


class Pack:
    """A ZIP of several files, built in the app's own folder under no name, so that nothing of it stays."""

    def __init__(self, scratch: Path) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=scratch)  # noqa: SIM115 - closed by `close`
        self._archive = zipfile.ZipFile(self._file, "w", zipfile.ZIP_STORED)
        self._seen: Counter[str] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError, ValueError):  # given up halfway: closing it must not fail for that
            self._archive.close()
        self._file.close()

    def add(self, file: Download) -> None:
        """Add a file, the second of one name as `…-2.jpg`; raises `DiskFull`."""
        self._seen[file.name] += 1
        number = self._seen[file.name]
        stem, _, ending = file.name.rpartition(".")
        with own_errors():
            self._archive.writestr(file.name if number == 1 else f"{stem}-{number}.{ending}", file.data)

    def finish(self) -> Download:
        """Return the whole ZIP; raises `NotFound` when nothing was added."""
        if not self._seen:
            raise NotFound
        with own_errors():
            self._archive.close()
            self._file.seek(0)
            return Download(name="headshots.zip", media_type="application/zip", data=self._file.read())
