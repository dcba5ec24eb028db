"""What the operator's page shows: the event as it is set, and the booth as it is now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from babel.dates import format_time

from headshot_web import styles
from headshot_web import words_operator as said
from headshot_web.accounts import Money
from headshot_web.backstage import Backstage, Closing
from headshot_web.booth_limits import LEAST_FREE_BYTES
from headshot_web.booth_sides import Counters
from headshot_web.errors import HeadshotError, PrintError
from headshot_web.event import BoothEngine, Event, Print
from headshot_web.web.amounts import say
from headshot_web.words import megabytes

HOURS_SHOWN: Final = 12
Shown = dict[str, Any]


def setting(event: Event) -> Shown:
    """Say what the event is set to, as the page's controls have it."""
    shown = {one.name: _plain(getattr(event, one.name)) for one in fields(event) if one.name != "logo"}
    return {
        **shown,
        "logo": event.logo is not None,
        "heading": event.heading,
        "shown_accent": event.shown_accent,
    }


def looks() -> list[Shown]:
    """Say which looks there are to offer."""
    return [{"id": look.id, "name": look.name, "group": look.group} for look in styles.catalogue()]


async def now(backstage: Backstage, locale: str) -> Shown:
    """Say how the booth is now; no picture and no name is in it."""
    keeper, event = backstage.keeper, backstage.events.current
    counters = await keeper.counters()
    return {
        "open": not keeper.state.closed and event.is_ready,
        "resting": backstage.is_closed,
        "closed": [said.CLOSED[reason.value] for reason in keeper.state.closed],
        "ready": event.is_ready,
        "busy": keeper.state.visit is not None,
        "totals": _totals(counters, event, locale),
        "hours": _hours(counters, locale),
        "parts": await _parts(backstage, locale),
        "error": _last_error(keeper.last_error, locale),
        "phones": _phones(backstage, locale),
        "restarts": backstage.browser.restarts if backstage.browser else 0,
        "spool": backstage.desk.spool_kept,
    }


def receipt(closing: Closing, locale: str) -> Shown:
    """Say what was done at the end of an event."""
    lines = [
        said.guests_deleted(closing.guests),
        said.prints_taken_back(closing.prints),
        *(said.ALSO_DELETED[one.value] for one in closing.also),
        said.RECEIPT_CLOSED,
    ]
    local = closing.at.astimezone()
    return {
        "title": said.RECEIPT_TITLE.format(event=closing.event),
        "at": said.RECEIPT_AT.format(date=f"{local.day} {local:%B %Y}", time=_time(closing.at, locale)),
        "lines": [line for line in lines if line],
    }


def _plain(value: object) -> object:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Print):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, tuple):
        return list(value)
    if value is None:
        return ""
    return value if isinstance(value, (bool, int, str)) else str(value)


def _totals(counters: Counters, event: Event, locale: str) -> list[Shown]:
    made, waited = counters.total("headshots"), counters.total("waited_s")
    numbers = {
        "guests": f"{counters.total('guests'):.0f}",
        "headshots": f"{made:.0f}",
        "wait": f"{waited / made:.0f} s" if made else "–",
        "failures": f"{counters.total('failures'):.0f}",
    }
    if event.engine is not BoothEngine.ON_DEVICE or counters.cost.amount:
        spent = say(counters.cost, locale)
        if event.budget is not None:
            budget = say(Money(amount=event.budget, currency=counters.cost.currency), locale)
            spent = said.SPENT_OF.format(spent=spent, budget=budget)
        numbers["paid"] = f"{counters.total('paid'):.0f}"
        numbers["cost"] = spent
    if event.printing.enabled:
        numbers["printed"] = f"{counters.total('printed'):.0f}"
    return [{"name": said.NUMBERS[name], "value": value} for name, value in numbers.items()]


def _hours(counters: Counters, locale: str) -> list[Shown]:
    """Say the latest hours, one after another, those without a guest too."""
    known = {hour.began_at: hour for hour in counters.hours}
    if not known:
        return []
    last = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    first = max(min(known), last - timedelta(hours=HOURS_SHOWN - 1))
    count = int((last - first) / timedelta(hours=1)) + 1
    moments: Sequence[datetime] = [first + timedelta(hours=number) for number in range(max(count, 1))]
    most = max((hour.guests for hour in known.values()), default=0) or 1
    return [
        {
            "hour": _time(moment, locale),
            "guests": known[moment].guests if moment in known else 0,
            "headshots": known[moment].headshots if moment in known else 0,
            "share": (known[moment].guests if moment in known else 0) / most,
        }
        for moment in moments
    ]


async def _parts(backstage: Backstage, locale: str) -> list[Shown]:
    """Say how each part of the booth is, in words, and whether all is well with it."""
    health, event = backstage.keeper.health, backstage.events.current
    free = backstage.free_bytes()
    parts = [
        _part("camera", good=not health.camera_missing, text=said.CAMERA[health.camera_missing]),
        await _engine(backstage),
        await _printer(backstage),
        _part(
            "disk",
            good=free is None or free >= LEAST_FREE_BYTES,
            text=said.DISK_FREE.format(room=megabytes(free)) if free is not None else said.UNKNOWN,
        ),
        _phones_part(backstage, event, locale),
    ]
    return [part for part in parts if part]


def _part(name: str, *, good: bool, text: str) -> Shown:
    return {"name": said.PARTS_OF_BOOTH[name], "good": good, "text": text}


async def _engine(backstage: Backstage) -> Shown:
    event = backstage.events.current
    trouble: HeadshotError | type[HeadshotError] | None = backstage.keeper.health.trouble
    if event.engine is BoothEngine.ON_DEVICE:
        return _part("engine", good=True, text=said.ENGINE_HERE)
    if trouble is None:
        try:
            offer = await backstage.studio.desk.offer()
            trouble = offer.reason
        except HeadshotError as error:
            trouble = error
    if trouble is None:
        return _part("engine", good=True, text=said.ENGINE_READY)
    good = event.engine is BoothEngine.OPENAI_ELSE_HERE
    text = f"{trouble.title}. {trouble.advice}"
    return _part("engine", good=good, text=f"{said.ENGINE_ELSE_HERE} {text}" if good else text)


async def _printer(backstage: Backstage) -> Shown:
    printing = backstage.events.current.printing
    if not printing.enabled:
        return {}
    if printing.by_browser:
        return _part("printer", good=True, text=said.BROWSER_PRINTS)
    try:
        state = await backstage.desk.state()
    except PrintError as error:
        return _part("printer", good=False, text=f"{error.title}. {error.advice}")
    if state is None:
        return {}
    queue = said.queue(state.waiting)
    if state.trouble is not None:
        return _part("printer", good=False, text=f"{state.trouble.title}. {state.trouble.advice} {queue}")
    return _part("printer", good=True, text=f"{said.PRINTER_READY} {queue}")


def _phones(backstage: Backstage, locale: str) -> Shown:
    network = backstage.network
    if network is None:
        return {"there": False}
    until = _time(network.until, locale) if network.until else ""
    return {"there": True, "address": network.address or "", "until": until}


def _phones_part(backstage: Backstage, event: Event, locale: str) -> Shown:
    if not event.share_by_qr or backstage.network is None:
        return {}
    state = _phones(backstage, locale)
    if not state["address"]:
        return _part("phones", good=False, text=said.PHONES_CLOSED)
    return _part("phones", good=True, text=said.PHONES_OPEN.format(**state))


def _last_error(last: tuple[datetime, HeadshotError] | None, locale: str) -> Shown | None:
    if last is None:
        return None
    moment, error = last
    return {"at": _time(moment, locale), "title": error.title, "advice": error.advice}


def _time(moment: datetime, locale: str) -> str:
    return format_time(moment.astimezone(), format="short", locale=locale)
