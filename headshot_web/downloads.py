"""Files for the person's own folder: readable names, one by one or together in a ZIP."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Sequence
from typing import Final

from headshot_web.model import Download, Export, FileKind, Headshot

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


def pack(files: Sequence[Download]) -> Download:
    """Put files into one ZIP, each under a name of its own; pictures are compressed already."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, file in zip(_unique([file.name for file in files]), files, strict=True):
            archive.writestr(name, file.data)
    return Download(name="headshots.zip", media_type="application/zip", data=target.getvalue())


def _unique(names: Sequence[str]) -> list[str]:
    """Give each file a name of its own: the second of one name is `…-2.jpg`."""
    seen: Counter[str] = Counter()
    unique = []
    for name in names:
        seen[name] += 1
        stem, _, ending = name.rpartition(".")
        unique.append(name if seen[name] == 1 else f"{stem}-{seen[name]}.{ending}")
    return unique
