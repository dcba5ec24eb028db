"""Everything to take along: all photos, headshots and how each was made, as one ZIP with readable names."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any, Final

from headshot_web import NAME, styles
from headshot_web.errors import NotFound, Refusal
from headshot_web.imaging.filekinds import FileKind, kind_of
from headshot_web.model import OWNER

if TYPE_CHECKING:
    from headshot_web.ledger import Ledger
    from headshot_web.library import Library
    from headshot_web.model import Headshot, Photo, PhotoId

_PAGE: Final = 200
_PRIVATE_FILE: Final = 0o600 << 16
_ENDINGS: Final = {FileKind.JPEG: "jpg", FileKind.PNG: "png", FileKind.WEBP: "webp", FileKind.AVIF: "avif"}
_README: Final = f"""Everything that {NAME} kept for you.

photos/        Your photos, as they were taken in: turned upright, without place, camera or name.
headshots/     Your headshots. Where a provider drew one, its own file lies beside it, untouched,
               with “original” in its name: its marks of where it comes from are whole only there.
recipes.json   How each headshot was made: from which photo, in which look, with which wishes, by whom,
               when, and what it cost.

The oldest come first. This is a copy: what is in the app stays there until you delete it, and this
copy stays until you delete it too.
"""


class Takeaway:
    """One ZIP, written while it is sent: it needs no room on the disk, and little memory."""

    name: Final = "all-my-headshots.zip"
    media_type: Final = "application/zip"
    size_bytes: Final = None

    def __init__(self, library: Library, ledger: Ledger) -> None:
        self._library = library
        self._ledger = ledger
        self._seen: Counter[str] = Counter()
        self._photos: dict[PhotoId, str] = {}

    def close(self) -> None:
        """Do nothing: nothing was kept for it."""

    def pieces(self) -> Iterator[bytes]:
        """Yield the ZIP, a picture at a time; what is deleted meanwhile is left out."""
        outlet = _Outlet()
        with zipfile.ZipFile(outlet, "w", zipfile.ZIP_STORED) as archive:
            recipes: dict[str, list[dict[str, Any]]] = {"photos": [], "headshots": []}
            archive.writestr(_entry("README.txt", None), _README)
            for photo in reversed(self._library.photos(OWNER)):
                recipes["photos"] += self._add_photo(archive, photo)
                yield outlet.take()
            for headshot in self._headshots():
                recipes["headshots"] += self._add_headshot(archive, headshot)
                yield outlet.take()
            text = json.dumps(recipes, indent=1, ensure_ascii=False)
            archive.writestr(_entry("recipes.json", None), text)
        yield outlet.take()

    def _headshots(self) -> Iterator[Headshot]:
        """Yield every headshot of the owner's there is now, the oldest first."""
        count = self._library.count(session=OWNER)
        found = [
            headshot
            for offset in range(0, count, _PAGE)
            for headshot in self._library.headshots(offset, _PAGE, session=OWNER)
        ]
        yield from reversed(dict.fromkeys(found))

    def _add_photo(self, archive: zipfile.ZipFile, photo: Photo) -> list[dict[str, Any]]:
        try:
            picture = self._library.photo_picture(photo.id)
        except NotFound:
            return []
        name = self._named("photos", photo.created_at, "photo") + ".jpg"
        archive.writestr(_entry(name, photo.created_at), picture)
        self._photos[photo.id] = name
        return [{"file": name, "taken_in_at": _moment(photo.created_at)}]

    def _add_headshot(self, archive: zipfile.ZipFile, headshot: Headshot) -> list[dict[str, Any]]:
        try:
            picture = self._library.headshot_picture(headshot.id)
        except NotFound:
            return []
        stem = self._named("headshots", headshot.created_at, styles.name(headshot.style_id))
        archive.writestr(_entry(f"{stem}.jpg", headshot.created_at), picture)
        recipe = self._recipe(headshot) | {"file": f"{stem}.jpg", "original": None}
        try:
            original = self._library.headshot_original(headshot.id)
        except NotFound:
            return [recipe]
        recipe["original"] = f"{stem} original.{_ending(original)}"
        archive.writestr(_entry(recipe["original"], headshot.created_at), original)
        return [recipe]

    def _recipe(self, headshot: Headshot) -> dict[str, Any]:
        cost = self._ledger.cost_of_headshot(headshot.job_id)
        return {
            "file": "",
            "original": None,
            "photo": self._photos.get(headshot.photo_id),
            "look": styles.name(headshot.style_id),
            "style": headshot.style_id,
            "wishes": {
                "color": headshot.wishes.backdrop_color,
                "crop": headshot.wishes.crop.value if headshot.wishes.crop else None,
            },
            "engine": headshot.engine.value,
            "model": headshot.model,
            "made_at": _moment(headshot.created_at),
            "width_px": headshot.size.width_px,
            "height_px": headshot.size.height_px,
            "favourite": headshot.favourite,
            "remarks": [remark.value for remark in headshot.remarks],
            "cost": {"amount": str(cost.amount), "currency": cost.currency} if cost else None,
        }

    def _named(self, folder: str, moment: datetime, what: str) -> str:
        """Return a name without its ending: the day, what it is, and which of that day."""
        plain = re.sub(r"[^\w .,()&+-]", "-", what)
        stem = f"{folder}/{moment.astimezone().date().isoformat()} {plain}"
        self._seen[stem] += 1
        return f"{stem} {self._seen[stem]}"


class _Outlet(io.RawIOBase):
    """Where a ZIP is written to, and taken away from at once; it cannot go back."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def writable(self) -> bool:
        """Say that it can be written to."""
        return True

    def write(self, data: Any) -> int:  # noqa: ANN401 - any bytes
        """Let bytes wait."""
        self._waiting += data
        return len(data)

    def take(self) -> bytes:
        """Return what was written since."""
        taken = bytes(self._waiting)
        self._waiting.clear()
        return taken


def write(takeaway: Takeaway, file: IO[bytes]) -> int:
    """Write the whole ZIP, and return how many bytes that were."""
    return sum(file.write(piece) for piece in takeaway.pieces())


def _ending(data: bytes) -> str:
    try:
        return _ENDINGS.get(kind_of(data), "bin")
    except Refusal:
        return "bin"


def _entry(name: str, moment: datetime | None) -> zipfile.ZipInfo:
    """Describe a file so that the same things make the same ZIP; without a moment it is as old as ZIP is."""
    entry = zipfile.ZipInfo(name)
    if moment is not None:
        at = moment.astimezone()
        entry.date_time = (max(at.year, entry.date_time[0]), at.month, at.day, at.hour, at.minute, at.second)
    entry.external_attr = _PRIVATE_FILE
    return entry


def _moment(moment: datetime) -> str:
    return moment.astimezone().isoformat(timespec="seconds")
