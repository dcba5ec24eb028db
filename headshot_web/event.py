"""An event: all that an operator sets for a photo booth, and the file it is kept in."""

from __future__ import annotations

import base64
import binascii
import re
import tomllib
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypeVar

import tomli_w

from headshot_web import contrast
from headshot_web import words_operator as said
from headshot_web.errors import BadEvent, EventUnreadable, FolderError
from headshot_web.model import Paper, Quality, StyleId
from headshot_web.shelves import replace_file
from headshot_web.styles import catalogue

INK: Final = "#161412"
"""The booth's paper, and what is written on its accent colour."""
READABLE: Final = 7.0
"""The least contrast of the booth's colours."""
LARGEST_FILE_BYTES: Final = 2_000_000
LARGEST_LOGO_BYTES: Final = 1_000_000
_LOOKS_AT_FIRST: Final = 8
_COLOR: Final = re.compile(r"#[0-9a-f]{6}")
_ID: Final = re.compile(r"[0-9a-f]{32}")
_AMOUNT: Final = re.compile(r"[0-9]{1,6}(\.[0-9]{1,2})?")
_PRINTER: Final = re.compile(r"[^\s/#\x00-\x1f-][^\s/#\x00-\x1f]{0,126}")

T = TypeVar("T", bound=StrEnum)


class BoothEngine(StrEnum):
    """Who makes the guests' headshots."""

    ON_DEVICE = "on-device"
    OPENAI = "openai"
    OPENAI_ELSE_HERE = "openai-else-here"
    """OpenAI, and this computer when it cannot be reached; the guest is told which."""


class Keep(StrEnum):
    """What is kept of a guest's visit."""

    NOTHING = "nothing"
    """All of it is deleted once the grace for the phone is over."""
    UNTIL_EVENT_ENDS = "until-event-ends"
    HANDED_OVER = "handed-over"
    """It goes into the owner's gallery, after the guest's yes."""


class Placement(StrEnum):
    """Where on the screen the things to touch are."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"
    LOW = "low"
    """Within reach from a wheelchair."""


BROWSER_PRINTS: Final = "browser"
"""In place of a printer's name: the booth's browser prints, on the system's own default printer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """How headshots are printed."""

    enabled: bool = False
    size: Paper = Paper.P4X6
    copies_most: int = 2
    """How many copies a guest may print of one headshot."""
    printer: str = BROWSER_PRINTS
    """The name of a printer of this computer, or “browser”."""

    @property
    def by_browser(self) -> bool:
        """Whether the booth's browser prints, and not the computer's own print service."""
        return self.printer == BROWSER_PRINTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event of the booth. A changed copy is made by `changed`; whatever is wrong is a `BadEvent`."""

    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    """What the event's spending is counted under, so that a new name is no new budget."""
    name: str = said.EVENT_NAME
    starts_on: date | None = None
    ends_on: date | None = None
    title: str = ""
    """What guests read on the first screen; empty for the name."""
    logo: bytes | None = field(repr=False, default=None)
    """A PNG, re-made by the darkroom."""
    accent: str = "#7fd0c8"
    operator_name: str = ""
    """Who runs the booth; guests read it before their first photo."""
    terms_text: str = ""
    """The operator's own text above the terms."""
    looks: tuple[StyleId, ...] = field(
        default_factory=lambda: tuple(look.id for look in catalogue()[:_LOOKS_AT_FIRST])
    )
    engine: BoothEngine = BoothEngine.ON_DEVICE
    quality: Quality = Quality.FINAL
    headshots_per_guest: int = 2
    paid_per_guest: int = 2
    paid_per_hour: int = 60
    paid_in_all: int = 300
    budget: Decimal | None = None
    """No more than this is spent for the event, in the currency of the prices."""
    idle_s: int = 45
    """After so many seconds without a touch the guest is asked whether they are still there."""
    idle_warning_s: int = 15
    """So many seconds later the booth goes back to the start."""
    grace_min: int = 30
    """For so long after a visit a phone can still fetch the headshot."""
    keep: Keep = Keep.NOTHING
    shots: int = 4
    """How many photos a guest may choose from."""
    countdown_s: int = 3
    flash: bool = True
    sounds: bool = True
    placement: Placement = Placement.CENTRE
    camera: str = ""
    """The name of the camera, as the browser says it; empty for the first one."""
    printing: Print = Print()
    share_by_qr: bool = True

    def __post_init__(self) -> None:
        for about, told in _mistakes(self):
            raise BadEvent(about, told)

    @property
    def heading(self) -> str:
        """What guests read on the first screen."""
        return self.title or self.name

    @property
    def shown_accent(self) -> str:
        """The accent colour as the dark booth shows it: bright enough that ink can be read on it."""
        return contrast.lightened(self.accent, on=INK, least=READABLE)

    @property
    def is_ready(self) -> bool:
        """Whether guests can be received: they must read whose booth it is."""
        return bool(self.operator_name)

    def changed(self, **parts: Any) -> Event:  # noqa: ANN401 - as `replace` takes them
        """Return a copy with some parts changed; raises `BadEvent`."""
        return replace(self, **parts)

    def anew(self) -> Event:
        """Return the same settings as another event, for which nothing was spent yet."""
        return replace(self, id=uuid.uuid4().hex)

    @classmethod
    def load(cls, path: Path) -> Event:
        """Read an event from a file; raises `BadEvent`, or `FolderError` when it cannot be read."""
        try:
            if path.stat().st_size > LARGEST_FILE_BYTES:
                raise EventUnreadable
            return cls.of(path.read_bytes())
        except OSError as error:
            raise FolderError from error

    @classmethod
    def of(cls, written: bytes) -> Event:
        """Understand the bytes of a file; raises `BadEvent`."""
        try:
            parts = tomllib.loads(written.decode("utf-8-sig"), parse_float=Decimal)
        except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
            raise EventUnreadable from error
        return cls(**_understood(parts))

    def written(self) -> bytes:
        """Return the event as the bytes of a file, its logo with it."""
        parts: dict[str, Any] = {}
        for name in (one.name for one in fields(self)):
            value = getattr(self, name)
            if value is None:
                continue  # TOML has no word for nothing
            if isinstance(value, Print):
                value = {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
            parts[name] = _plain(value)
        return f"# {said.EVENT_FILE}\n{tomli_w.dumps(parts)}".encode()

    def save(self, path: Path, scratch: Path | None = None) -> None:
        """Write the event into a file, whole and durably; raises `DiskFull` or `FolderError`."""
        replace_file(path, self.written(), scratch or path.parent)


# From a file and back


def _plain(value: object) -> object:
    """Return a value as TOML has it."""
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return list(value) if isinstance(value, tuple) else value


def _understood(parts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts of a file as an event has them."""
    known = {one.name for one in fields(Event)}
    for name in parts:
        if name not in known:
            raise BadEvent(name, said.UNKNOWN_PART.format(name=name))
    readers: Mapping[str, Callable[[Any], Any]] = {
        "logo": _logo,
        "looks": lambda value: tuple(value) if isinstance(value, list) else value,
        "engine": lambda value: _one_of(BoothEngine, value),
        "quality": lambda value: _one_of(Quality, value),
        "keep": lambda value: _one_of(Keep, value),
        "placement": lambda value: _one_of(Placement, value),
        "budget": lambda value: Decimal(value) if type(value) is int else value,
        "printing": _printing,
    }
    return {name: readers.get(name, lambda value: value)(value) for name, value in parts.items()}


def _one_of(kind: type[T], value: object) -> T | object:
    """Return the member of that value; another value is judged with all the others."""
    return next((member for member in kind if member.value == value), value)


def _logo(value: object) -> bytes | object:
    try:
        return base64.b64decode(value, validate=True) if isinstance(value, str) else value
    except (binascii.Error, ValueError):
        return value


def _printing(value: object) -> Print | object:
    known = {one.name for one in fields(Print)}
    if not isinstance(value, dict) or not known.issuperset(value):
        return value
    return Print(**{**value, "size": _one_of(Paper, value.get("size", Print().size.value))})


# What is wrong with an event


def _mistakes(event: Event) -> Iterator[tuple[str, str]]:
    """Name the parts that cannot be, each with what would be right."""
    if not (isinstance(event.id, str) and _ID.fullmatch(event.id)):
        yield "id", said.BAD_PART.format(name="id")
    yield from _wrong_texts(event)
    yield from _wrong_numbers(event)
    yield from _wrong_choices(event)
    if any(day is not None and type(day) is not date for day in (event.starts_on, event.ends_on)):
        yield "starts_on", said.BAD_DATE
    elif event.starts_on and event.ends_on and event.ends_on < event.starts_on:
        yield "ends_on", said.ENDS_BEFORE
    if not (isinstance(event.accent, str) and _COLOR.fullmatch(event.accent)):
        yield "accent", said.BAD_COLOR
    known = [look.id for look in catalogue()]
    if not isinstance(event.looks, tuple) or not event.looks:
        yield "looks", said.NO_LOOKS
    elif strange := [look for look in event.looks if look not in known]:
        yield "looks", said.UNKNOWN_LOOK.format(name=strange[0])
    elif len(set(event.looks)) < len(event.looks):
        yield "looks", said.LOOK_TWICE
    if event.logo is not None and not (
        isinstance(event.logo, bytes) and len(event.logo) <= LARGEST_LOGO_BYTES
    ):
        yield "logo", said.BAD_LOGO
    if event.budget is not None and not (
        isinstance(event.budget, Decimal) and _AMOUNT.fullmatch(str(event.budget))
    ):
        yield "budget", said.BAD_BUDGET


_TEXTS: Final[Mapping[str, tuple[int, int]]] = {
    "name": (1, 60),
    "title": (0, 60),
    "operator_name": (0, 120),
    "terms_text": (0, 4000),
    "camera": (0, 200),
}
"""The fewest and most characters of each text."""

_NUMBERS: Final[Mapping[str, tuple[int, int]]] = {
    "headshots_per_guest": (1, 20),
    "paid_per_guest": (0, 20),
    "paid_per_hour": (0, 10_000),
    "paid_in_all": (0, 100_000),
    "idle_s": (10, 600),
    "idle_warning_s": (5, 120),
    "grace_min": (0, 24 * 60),
    "shots": (1, 4),
    "countdown_s": (1, 10),
}
"""The least and most of each number."""

LIMITS: Final[Mapping[str, tuple[int, int]]] = {**_TEXTS, **_NUMBERS, "copies_most": (1, 20)}
"""For the pages: how long texts, and how large numbers may be."""


def _wrong_texts(event: Event) -> Iterator[tuple[str, str]]:
    for name, (least, most) in _TEXTS.items():
        value = getattr(event, name)
        if not isinstance(value, str) or not least <= len(value) <= most:
            yield name, said.BAD_TEXT.format(name=said.parts(name), most=most)
        elif any(not character.isprintable() for character in value.replace("\n", "")) or (
            "\n" in value and name != "terms_text"
        ):
            yield name, said.BAD_LETTERS.format(name=said.parts(name))


def _wrong_numbers(event: Event) -> Iterator[tuple[str, str]]:
    for name, (least, most) in _NUMBERS.items():
        value = getattr(event, name)
        if type(value) is not int or not least <= value <= most:
            yield name, said.BAD_NUMBER.format(name=said.parts(name), least=least, most=most)


def _wrong_choices(event: Event) -> Iterator[tuple[str, str]]:
    kinds = {"engine": BoothEngine, "quality": Quality, "keep": Keep, "placement": Placement}
    for name, kind in kinds.items():
        if not isinstance(getattr(event, name), kind):
            yield name, said.BAD_CHOICE.format(name=said.parts(name), choices=", ".join(kind))
    for name in ("flash", "sounds", "share_by_qr"):
        if type(getattr(event, name)) is not bool:
            yield name, said.BAD_SWITCH.format(name=said.parts(name))
    printing = event.printing
    if not isinstance(printing, Print) or type(printing.enabled) is not bool:
        yield "printing", said.BAD_PART.format(name=said.parts("printing"))
    elif not isinstance(printing.size, Paper):
        yield "printing", said.BAD_CHOICE.format(name=said.parts("size"), choices=", ".join(Paper))
    elif type(printing.copies_most) is not int or not 1 <= printing.copies_most <= LIMITS["copies_most"][1]:
        least, most = LIMITS["copies_most"]
        yield "printing", said.BAD_NUMBER.format(name=said.parts("copies_most"), least=least, most=most)
    elif not (isinstance(printing.printer, str) and _PRINTER.fullmatch(printing.printer)):
        yield "printing", said.BAD_PRINTER
