"""Errands on the command line: what to make of which photos, what became of it, and the files."""

from __future__ import annotations

import errno
import glob
import itertools
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Never

from tqdm import tqdm

from headshot_web import styles
from headshot_web.errors import CannotWriteThere, DiskFull, HeadshotError, NoPhotosFound, PhotoUnreadable
from headshot_web.imaging.sizes import standard_size
from headshot_web.model import FileKind, Notice, Remark, Size, Wishes
from headshot_web.words import NOTICES
from headshot_web.words_openai import remark_words

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from headshot_web.accounts import Money
    from headshot_web.model import Crop, Recipe, Style

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
    model: str | None = None
    """Which of a provider's models drew it."""
    cost: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotMade:
    """A photo, or one look of it, that did not become a headshot, with the sentence why."""

    photo: Path
    look: Style | None
    error: HeadshotError
    request_id: str | None = None
    """The provider's own number for it, for asking them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What an order cost at a provider."""

    cost: Money | None
    """None where no prices are known."""
    is_exact: bool
    """Whether all of it is known; else what may have been charged counts with its estimate."""


@dataclass(slots=True)
class Report:
    """What became of an order."""

    noticed: list[Noticed] = field(default_factory=list)
    made: list[Made] = field(default_factory=list)
    failed: list[NotMade] = field(default_factory=list)
    bill: Bill | None = None
    """None when nothing was sent."""

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
                    "model": made.model,
                    "cost": _money(made.cost),
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
                    "request_id": failed.request_id,
                }
                for failed in self.failed
            ],
            "cost": _money(self.bill.cost) if self.bill else None,
            "cost_is_exact": self.bill is None or self.bill.is_exact,
        }


class Stopped(Exception):  # noqa: N818 - a person ended it; nothing is wrong
    """Ctrl-C came; what was made until then is in the report."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report


class Teller:
    """Keeps what became of each photo and headshot, and says it in a line."""

    def __init__(self, bar: tqdm[Never], *, quiet: bool) -> None:
        """Say it beside a progress bar; a quiet one says only what did not work."""
        self._bar = bar
        self._quiet = quiet
        self.report = Report()

    def advance(self, count: int = 1) -> None:
        """Move the bar on."""
        self._bar.update(count)

    def warn(self, line: str) -> None:
        """Say a line that is no outcome."""
        self._bar.write(line, file=sys.stderr)

    def tell(self, outcome: Noticed | Made | NotMade) -> None:
        """Keep and say one outcome."""
        where = sys.stdout
        match outcome:
            case Noticed():
                self.report.noticed.append(outcome)
                line = "\n    ".join((f"{outcome.photo}:", *outcome.advice))
            case Made():
                self.report.made.append(outcome)
                line = "\n    ".join((f"{outcome.photo} → {outcome.file}", *outcome.remarks))
            case NotMade():
                self.report.failed.append(outcome)
                what = f"{outcome.photo}, {outcome.look.name}" if outcome.look else str(outcome.photo)
                line, where = f"{what}: {outcome.error.title}. {outcome.error.advice}", sys.stderr
        if not (self._quiet and where is sys.stdout):
            self._bar.write(line, file=where)


def progress(total: int) -> tqdm[Never]:
    """Open a progress bar, which only a terminal shows."""
    return tqdm(total=total, unit=" headshot", disable=None, leave=False, file=sys.stderr)


def open_out(order: Order) -> None:
    """Make the folder for the headshots; raises `NoPhotosFound` or `CannotWriteThere`."""
    if not order.photos:
        raise NoPhotosFound
    try:
        order.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotWriteThere from error


def _money(money: Money | None) -> dict[str, str] | None:
    return {"amount": str(money.amount), "currency": money.currency} if money else None


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


def contents(photo: Path, limit_bytes: int) -> bytes:
    """Read a photo, one byte past the limit at most."""
    try:
        with photo.open("rb") as file:
            return file.read(limit_bytes + 1)
    except OSError as error:
        raise PhotoUnreadable from error


async def stream(data: bytes) -> AsyncIterator[bytes]:
    """Give a photo's bytes in one piece."""
    yield data


def advice_for(notice: Notice) -> str:
    """Say what was noticed; here nobody can tap on a face."""
    title, advice = NOTICES[notice]
    return f"{title} The clearest face is taken." if notice is Notice.SEVERAL_FACES else f"{title} {advice}"


def said_of(
    remarks: Iterable[Remark], scale: float, noticed: Iterable[Notice], *, is_drawn: bool = False
) -> tuple[str, ...]:
    """Say what the person should know of a headshot, and what was not said of its photo already."""
    known = {Remark.NO_FACE} if Notice.NO_FACE in noticed else set()
    return tuple(
        " ".join(remark_words(remark, scale, is_drawn=is_drawn)) for remark in remarks if remark not in known
    )


def safe_stem(photo: Path) -> str:
    """Return the photo's name without its ending, as every system accepts it in a file name."""
    kept = "".join("_" if char in _UNSAFE or not char.isprintable() else char for char in photo.stem)
    kept = kept.encode("utf-8", "replace")[:LONGEST_STEM].decode("utf-8", "ignore").strip(" .")
    return f"_{kept}" if not kept or kept.lower() in _RESERVED else kept


def write(folder: Path, stem: str, ending: str, data: bytes) -> Path:
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
