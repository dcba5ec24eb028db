"""What an operator changed on the page, as parts of an event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final

from headshot_web import styles
from headshot_web import words_operator as said
from headshot_web.errors import BadEvent
from headshot_web.event import BoothEngine, Event, Keep, Placement
from headshot_web.model import Paper, Quality, StyleId

Parts = dict[str, Any]

_CHOICES: Final[Mapping[str, type[StrEnum]]] = {
    "engine": BoothEngine,
    "quality": Quality,
    "keep": Keep,
    "placement": Placement,
    "size": Paper,
}
_TEXTS: Final = ("name", "title", "operator_name", "terms_text", "accent", "camera", "printer")
_SWITCHES: Final = ("flash", "sounds", "share_by_qr", "enabled")
_NUMBERS: Final = (
    *("headshots_per_guest", "paid_per_guest", "paid_per_hour", "paid_in_all", "idle_s", "idle_warning_s"),
    *("grace_min", "shots", "countdown_s", "copies_most"),
)
_PRINTING: Final = "printing."


def parts(event: Event, name: str, value: object) -> Parts:
    """Return what changes about an event; raises `BadEvent`."""
    if name == "logo":
        return {"logo": None}  # another one comes by its own way
    if name == "looks" and isinstance(value, Mapping):
        return {"looks": _offered(event, value)}
    last = name.removeprefix(_PRINTING)
    reader = _READERS.get(last)
    if reader is None:
        raise BadEvent(name, said.UNKNOWN_PART.format(name=name))
    read = reader(last, value)
    if name.startswith(_PRINTING):
        try:
            return {"printing": replace(event.printing, **{last: read})}
        except TypeError as error:
            raise BadEvent(name, said.UNKNOWN_PART.format(name=name)) from error
    return {last: read}


def _text(name: str, value: object) -> str:
    text = str(value).replace("\r\n", "\n").strip()
    return text.lower() if name == "accent" else text


def _number(_name: str, value: object) -> object:
    text = str(value).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else value  # noqa: PLR2004


def _switch(_name: str, value: object) -> object:
    return value


def _choice(name: str, value: object) -> object:
    return next((one for one in _CHOICES[name] if one.value == value), value)


def _day(name: str, value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError as error:
        raise BadEvent(name, said.BAD_DATE) from error


def _amount(name: str, value: object) -> Decimal | None:
    text = str(value or "").strip().replace(",", ".")
    try:
        return Decimal(text) if text else None
    except InvalidOperation as error:
        raise BadEvent(name, said.BAD_BUDGET) from error


def _offered(event: Event, change: Mapping[str, object]) -> tuple[StyleId, ...]:
    """Offer one look more or less, in the order of the catalogue."""
    chosen = {*event.looks} - {change.get("id")} | ({change.get("id")} if change.get("on") is True else set())
    return tuple(look.id for look in styles.catalogue() if look.id in chosen)


def _looks(_name: str, value: object) -> object:
    return tuple(StyleId(str(look)) for look in value) if isinstance(value, list) else value


_READERS: Final[Mapping[str, Callable[[str, object], Any]]] = {
    **dict.fromkeys(_TEXTS, _text),
    **dict.fromkeys(_NUMBERS, _number),
    **dict.fromkeys(_SWITCHES, _switch),
    **dict.fromkeys(_CHOICES, _choice),
    "starts_on": _day,
    "ends_on": _day,
    "budget": _amount,
    "looks": _looks,
}
