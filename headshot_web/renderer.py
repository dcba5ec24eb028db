"""Headshots without a browser: photos from a folder in, headshots into a folder, nothing kept in the app."""

from __future__ import annotations

import asyncio
import errno
import glob
import itertools
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Never

from tqdm import tqdm

from headshot_web import intake, styles
from headshot_web.engines.on_device import OnDevice
from headshot_web.errors import CannotWriteThere, DiskFull, HeadshotError, NoPhotosFound, PhotoUnreadable
from headshot_web.imaging.darkroom import Darkroom
from headshot_web.imaging.sizes import standard_size
from headshot_web.model import Answer, Export, FileKind, Notice, Remark, Request, Size, Wishes
from headshot_web.words import NOTICES, REMARKS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from headshot_web.imaging.negative import Developed
    from headshot_web.model import Crop, Recipe, Rendered, Style
    from headshot_web.settings import Settings

MEGABYTE: Final = 1_000_000
ENDINGS: Final = {FileKind.JPEG: ".jpg", FileKind.PNG: ".png", FileKind.WEBP: ".webp"}
PHOTO_ENDINGS: Final = frozenset(
    {".jpg", ".jpeg", ".jpe", ".mpo", ".png", ".webp", ".heic", ".heif", ".avif"}
)
LONGEST_STEM: Final = 80
_UNSAFE: Final = frozenset('<>:"/\\|?*')
_RESERVED: Final = frozenset(
    {"con", "prn", "aux", "nul", *(f"{n}{i}" for n in ("com", "lpt") for i in range(10))}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to make: every look of every photo, as files of one kind in one folder."""

    photos: tuple[Path, ...]
    looks: tuple[Style, ...]
    out: Path
    kind: FileKind = FileKind.JPEG
    crop: Crop | None = None
    color: str | None = None
    longest_px: int | None = None

    def recipe(self, look: Style) -> Recipe:
        """Return the look's recipe with what was wished for."""
        return styles.apply(look, Wishes(backdrop_color=self.color, crop=self.crop))

    def size(self, recipe: Recipe) -> Size:
        """Return how large the headshot becomes."""
        size = standard_size(recipe.crop)
        if self.longest_px is None:
            return size
        share = self.longest_px / max(size.width_px, size.height_px)
        return Size(width_px=round(size.width_px * share), height_px=round(size.height_px * share))


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """What was noticed in a photo; said once, before its looks."""

    photo: Path
    advice: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A headshot that was written, and what it says about itself."""

    photo: Path
    look: Style
    file: Path
    size: Size
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotMade:
    """A photo, or one look of it, that did not become a headshot, with the sentence why."""

    photo: Path
    look: Style | None
    error: HeadshotError


@dataclass(slots=True)
class Report:
    """What became of an order."""

    noticed: list[Noticed] = field(default_factory=list)
    made: list[Made] = field(default_factory=list)
    failed: list[NotMade] = field(default_factory=list)

    @property
    def all_made(self) -> bool:
        """Whether nothing failed, and there was something to make."""
        return bool(self.made) and not self.failed

    def as_json(self) -> dict[str, object]:
        """Return the report for other programs."""
        return {
            "noticed": [
                {"photo": str(noticed.photo), "advice": list(noticed.advice)} for noticed in self.noticed
            ],
            "made": [
                {
                    "photo": str(made.photo),
                    "style": made.look.id,
                    "file": str(made.file),
                    "width_px": made.size.width_px,
                    "height_px": made.size.height_px,
                    "remarks": list(made.remarks),
                }
                for made in self.made
            ],
            "failed": [
                {
                    "photo": str(failed.photo),
                    "style": failed.look.id if failed.look else None,
                    "error": failed.error.code(),
                    "title": failed.error.title,
                    "advice": failed.error.advice,
                }
                for failed in self.failed
            ],
        }


def find_photos(named: Iterable[str]) -> tuple[Path, ...]:
    """Return every photo once, in the order named: a folder stands for the photos in it, sorted by name."""
    found: dict[Path, None] = {}
    for name in named:
        path = Path(name).expanduser()
        if path.is_dir():
            inside = (
                file for file in path.iterdir() if file.suffix.lower() in PHOTO_ENDINGS and file.is_file()
            )
            found.update(dict.fromkeys(sorted(inside)))
        elif glob.has_magic(name) and not path.exists():  # left to us by the shell, as on Windows
            found.update(dict.fromkeys(sorted(path.parent.glob(path.name))))
        else:
            found[path] = None
    return tuple(found)


async def render(order: Order, settings: Settings, *, quiet: bool = False) -> Report:
    """Make every headshot of the order, several at once; one that fails stops none of the others."""
    if not order.photos:
        raise NoPhotosFound
    try:
        order.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotWriteThere from error
    settings.folders.prepare()
    with ExitStack() as stack:
        scratch = stack.enter_context(
            tempfile.TemporaryDirectory(dir=settings.folders.scratch, ignore_cleanup_errors=True)
        )
        darkroom = Darkroom(workers=settings.workers, scratch=Path(scratch))
        stack.callback(darkroom.close)
        total = len(order.photos) * len(order.looks)
        bar = stack.enter_context(
            tqdm(total=total, unit=" headshot", disable=None, leave=False, file=sys.stderr)
        )
        sitting = _Rendering(order, settings, darkroom, bar, quiet=quiet)
        return await sitting.carry_out()


class _Rendering:
    """One order under way."""

    def __init__(
        self, order: Order, settings: Settings, darkroom: Darkroom, bar: tqdm[Never], *, quiet: bool
    ) -> None:
        self._order = order
        self._limit_bytes = settings.max_upload_mb * MEGABYTE
        self._at_once = settings.workers + 1  # one is taken in while the others are made
        self._darkroom = darkroom
        self._engine = OnDevice(darkroom)
        self._bar = bar
        self._quiet = quiet
        self._report = Report()

    async def carry_out(self) -> Report:
        """Go through the photos, several at once."""
        turns = asyncio.Semaphore(self._at_once)

        async def in_turn(photo: Path) -> None:
            async with turns:
                await self._photo(photo)

        async with asyncio.TaskGroup() as group:
            for photo in self._order.photos:
                group.create_task(in_turn(photo))
        return self._report

    async def _photo(self, photo: Path) -> None:
        try:
            data = await asyncio.to_thread(_contents, photo, self._limit_bytes)
            developed = await intake.develop(self._darkroom, _stream(data), limit_bytes=self._limit_bytes)
        except HeadshotError as error:
            self._note(NotMade(photo=photo, look=None, error=error))
            self._bar.update(len(self._order.looks))
            return
        if developed.notices:
            self._note(Noticed(photo=photo, advice=tuple(map(_advice, developed.notices))))
        for look in self._order.looks:
            try:
                made = await self._headshot(photo, look, developed)
            except HeadshotError as error:
                self._note(NotMade(photo=photo, look=look, error=error))
            else:
                self._note(made)
            self._bar.update()

    async def _headshot(self, photo: Path, look: Style, developed: Developed) -> Made:
        recipe = self._order.recipe(look)
        request = Request(picture=developed.picture, recipe=recipe, size=self._order.size(recipe))
        raw = b""
        async for step in self._engine.render(request):
            if isinstance(step, Answer):
                raw = step.raw
        (rendered,) = await self._engine.read(raw)
        picture = rendered.picture
        if self._order.kind is not FileKind.JPEG:
            picture = await self._darkroom.export(picture, Export(kind=self._order.kind))
        stem = f"{safe_stem(photo)}-{look.id}"
        file = await asyncio.to_thread(_write, self._order.out, stem, ENDINGS[self._order.kind], picture)
        remarks = _remarks(rendered, developed.notices)
        return Made(photo=photo, look=look, file=file, size=rendered.size, remarks=remarks)

    def _note(self, outcome: Noticed | Made | NotMade) -> None:
        """Keep what became of a photo or a headshot, and say it in a line."""
        stream = sys.stdout
        match outcome:
            case Noticed():
                self._report.noticed.append(outcome)
                line = "\n    ".join((f"{outcome.photo}:", *outcome.advice))
            case Made():
                self._report.made.append(outcome)
                line = "\n    ".join((f"{outcome.photo} → {outcome.file}", *outcome.remarks))
            case NotMade():
                self._report.failed.append(outcome)
                what = f"{outcome.photo}, {outcome.look.name}" if outcome.look else str(outcome.photo)
                line, stream = f"{what}: {outcome.error.title}. {outcome.error.advice}", sys.stderr
        if not (self._quiet and stream is sys.stdout):
            self._bar.write(line, file=stream)


def _contents(photo: Path, limit_bytes: int) -> bytes:
    """Read a photo, one byte past the limit at most."""
    try:
        with photo.open("rb") as file:
            return file.read(limit_bytes + 1)
    except OSError as error:
        raise PhotoUnreadable from error


async def _stream(data: bytes) -> AsyncIterator[bytes]:
    yield data


def _advice(notice: Notice) -> str:
    """Say what was noticed; here nobody can tap on a face."""
    title, advice = NOTICES[notice]
    return f"{title} The clearest face is taken." if notice is Notice.SEVERAL_FACES else f"{title} {advice}"


def _remarks(rendered: Rendered, noticed: Iterable[Notice]) -> tuple[str, ...]:
    """Say what the person should know of this headshot, and what was not said of its photo already."""
    known = {Remark.NO_FACE} if Notice.NO_FACE in noticed else set()
    said = [REMARKS[remark] for remark in rendered.remarks if remark not in known]
    scale = f"{rendered.scale:.1f}"
    return tuple(f"{title} {advice}".replace("{scale}", scale) for title, advice in said)


def safe_stem(photo: Path) -> str:
    """Return the photo's name without its ending, as every system accepts it in a file name."""
    kept = "".join("_" if char in _UNSAFE or not char.isprintable() else char for char in photo.stem)
    kept = kept.encode("utf-8", "replace")[:LONGEST_STEM].decode("utf-8", "ignore").strip(" .")
    return f"_{kept}" if not kept or kept.lower() in _RESERVED else kept


def _write(folder: Path, stem: str, ending: str, data: bytes) -> Path:
    """Write a new file; one that is there is never replaced, the new one is called -2, -3 … instead."""
    for number in itertools.count(1):
        file = folder / f"{stem}{f'-{number}' if number > 1 else ''}{ending}"
        try:
            with file.open("xb") as target:
                _fill(target, data, file)
        except FileExistsError:
            continue
        except OSError as error:
            raise CannotWriteThere from error
        return file
    raise CannotWriteThere


def _fill(target: BinaryIO, data: bytes, file: Path) -> None:
    """Fill a file that was just made; when the disk is full, leave none half-written."""
    try:
        target.write(data)
        target.flush()
    except OSError as error:
        target.close()
        file.unlink(missing_ok=True)
        raise (DiskFull if error.errno == errno.ENOSPC else CannotWriteThere) from error
