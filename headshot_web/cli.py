"""The command: open the app, make headshots without a browser, list the looks, or look after itself."""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import signal
import sys
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from headshot_web import keys, logbook
from headshot_web.errors import FolderError, HeadshotError, NobodyAsked, NotConfirmed
from headshot_web.model import EngineName, Quality
from headshot_web.options import MISUSE, parser

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pydantic import SecretStr, ValidationError

    from headshot_web import commission, errands
    from headshot_web.accounts import Estimate
    from headshot_web.model import Style
    from headshot_web.settings import Settings
    from headshot_web.till import Budget

_SERVING = ("port", "browser", "data_dir", "phones", "phones_network", "phones_hours", "phones_https")
SUCCESS, FAILURE, INTERRUPTED = 0, 1, 130


def run(arguments: Sequence[str]) -> int:
    """Run one command; say what went wrong in a sentence, never in a traceback. Returns the exit code."""
    taken = keys.take_from_environment()  # before any process is started that would inherit them
    _speak_utf8()
    logbook.begin()
    options = parser().parse_args(arguments)
    settings: Settings | None = None
    try:
        settings = _settings(options)
        return _commands()[options.command](options, settings, _keys(settings, taken))
    except HeadshotError as error:
        _say(error.title, error.advice)
        return MISUSE if isinstance(error, NobodyAsked) else FAILURE
    except _Misread as error:
        _say(*error.args)
        return MISUSE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return FAILURE
    except Exception as error:  # noqa: BLE001 - the last door before the person
        return _say("Something did not work", _noted(error, settings))


def _commands() -> dict[str | None, Callable[[argparse.Namespace, Settings, keys.Keys], int]]:
    return {
        None: _serve,
        "serve": _serve,
        "render": _render,
        "styles": _styles,
        "doctor": _doctor,
        "privacy": _privacy,
        "export": _export,
        "erase": _erase,
        "kiosk": _kiosk,
    }


# What the commands do


def _serve(_options: argparse.Namespace, settings: Settings, kept: keys.Keys) -> int:
    """Open the studio and serve it until Ctrl-C."""
    gc.disable()  # a start only makes what stays; `serve` sets the sweeping going once the app is open
    from headshot_web import opening  # noqa: PLC0415 - only this command needs a server

    asyncio.run(opening.keep_open(settings, kept))
    print("The app is closed.")
    return SUCCESS


def _render(options: argparse.Namespace, settings: Settings, kept: keys.Keys) -> int:
    """Make headshots without a browser."""
    from headshot_web import errands, styles  # noqa: PLC0415

    elsewhere = options.engine == EngineName.OPENAI.value
    if not elsewhere and (options.quality or options.count or options.also or options.i_agree):
        advice = "They are for --engine openai; on this computer a look is made once, as well as it goes."
        raise _Misread("--quality, --count, --also and --i-agree don't apply here", advice)
    wanted = tuple(dict.fromkeys(options.style))
    looks = styles.catalogue() if "all" in wanted else tuple(styles.style(name) for name in wanted)
    order = errands.Order(
        photos=errands.find_photos(options.photos),
        looks=looks,
        out=options.out,
        kind=options.kind,
        crop=options.crop or options.size[0],
        color=options.color,
        longest_px=options.size[1],
    )
    _check_also(options, order)
    try:
        make = _drawn_elsewhere if elsewhere else _made_here
        report = asyncio.run(make(order, options, settings, kept))
    except (KeyboardInterrupt, errands.Stopped) as stopped:
        print(f"Stopped. What was made until then is in {options.out}.", file=sys.stderr)
        if isinstance(stopped, errands.Stopped) and stopped.report.bill:
            print(_bill(stopped.report.bill), file=sys.stderr)
        return INTERRUPTED
    if options.json:
        _print_json(report.as_json())
    elif report.bill:
        print(_bill(report.bill))
    return SUCCESS if report.all_made else FAILURE


def _check_also(options: argparse.Namespace, order: errands.Order) -> None:
    """Refuse more photos than go along, or more photos of whom it would not be clear; nothing is sent."""
    from headshot_web.counter import MOST_OTHERS  # noqa: PLC0415 - brings much, and is seldom asked for

    if len(dict.fromkeys(options.also)) > MOST_OTHERS:
        raise _Misread("--also goes with up to three photos", "Leave some out. Nothing was sent.")
    if options.also and len(order.photos) > 1:
        advice = "It is for more photos of one person: name one photo before it. Nothing was sent."
        raise _Misread("--also goes with one photo", advice)


async def _made_here(
    order: errands.Order, options: argparse.Namespace, settings: Settings, _kept: keys.Keys
) -> errands.Report:
    from headshot_web import renderer  # noqa: PLC0415

    return await renderer.render(order, settings, quiet=options.json)


async def _drawn_elsewhere(
    order: errands.Order, options: argparse.Namespace, settings: Settings, kept: keys.Keys
) -> errands.Report:
    from headshot_web import commission  # noqa: PLC0415 - brings the whole studio

    wanted = commission.Commission(
        order=order,
        quality=Quality(options.quality or Quality.FINAL),
        count=options.count or 1,
        also=tuple(photo for photo in dict.fromkeys(options.also) if photo not in order.photos),
        agreed=options.i_agree,
        ask=_ask if sys.stdin.isatty() and sys.stderr.isatty() else None,
        near=_say_near,
    )
    return await commission.carry_out(wanted, settings, kept, quiet=options.json)


def _ask(terms: commission.Terms) -> bool:
    """Put the question on the terminal, with what it will cost; only a typed “yes” is one."""
    question = terms.question
    headshots = "1 headshot" if terms.headshots == 1 else f"{terms.headshots} headshots"
    if terms.photos > 1:
        headshots += f"{' ' if terms.headshots == 1 else ', each '}from {terms.photos} photos"
    lines = [question.title, "", *(f"  {paragraph}" for paragraph in question.paragraphs), ""]
    if terms.news:
        lines += ["  New in the privacy policy since your last yes:", *(f"  {new}" for new in terms.news), ""]
    print(*lines, f"  {headshots}, {_range(terms.estimate)}.", "", sep="\n", file=sys.stderr)
    print("Type yes to send: ", end="", file=sys.stderr, flush=True)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # else Ctrl-C waits for the answer
    try:
        return sys.stdin.readline().strip().lower() == "yes"
    except KeyboardInterrupt:
        return False
    finally:
        signal.signal(signal.SIGINT, before)


def _say_near(budget: Budget) -> None:
    """Tell that most of a budget will be used."""
    from headshot_web import words_openai as said  # noqa: PLC0415
    from headshot_web.web.amounts import locale_here, say  # noqa: PLC0415 - only here

    money = say(budget.limit, locale_here())
    sentences = said.parts(said.BUDGET_NEAR, money=money, period=said.PERIODS[budget.period])
    print(*sentences, file=sys.stderr)


def _range(estimate: Estimate | None) -> str:
    if estimate is None:
        return "at a cost that is not known here"
    from headshot_web.web.amounts import locale_here, say_range  # noqa: PLC0415 - only here

    return f"for about {say_range(estimate, locale_here())}"


def _bill(bill: errands.Bill) -> str:
    """Say what an order cost."""
    if bill.cost is None:
        return "What it cost is not known: there are no prices for this server."
    from headshot_web.web.amounts import locale_here, say  # noqa: PLC0415 - only here

    return f"It cost {'' if bill.is_exact else 'about '}{say(bill.cost, locale_here())}."


def _styles(options: argparse.Namespace, _settings: Settings, _kept: keys.Keys) -> int:
    """List the catalogue."""
    from headshot_web import styles  # noqa: PLC0415

    looks = styles.catalogue()
    if options.json:
        _print_json([_style_as_json(look) for look in looks])
        return SUCCESS
    widths = [max(len(cell) for cell in column) for column in zip(*map(_style_row, looks), strict=True)]
    for look in looks:
        cells = [cell.ljust(width) for cell, width in zip(_style_row(look), widths, strict=True)]
        print("  ".join(cells).rstrip())
    return SUCCESS


def _doctor(options: argparse.Namespace, settings: Settings, kept: keys.Keys) -> int:
    """Say how everything is, and rebuild the index when asked to."""
    from headshot_web import doctor  # noqa: PLC0415

    if options.rebuild:
        said = doctor.rebuild(settings)
        print(said, file=sys.stderr if options.json else sys.stdout)
    if options.report:
        from headshot_web import report  # noqa: PLC0415

        print(report.compose(settings, kept))
        return SUCCESS
    findings = doctor.examine(settings, kept)
    if options.json:
        _print_json([finding.as_json() for finding in findings])
    else:
        for finding in findings:
            print(finding.line)
    return SUCCESS if all(finding.healthy for finding in findings) else FAILURE


def _privacy(options: argparse.Namespace, settings: Settings, _kept: keys.Keys) -> int:
    """Say the privacy policy, as it is true here."""
    from headshot_web import leaflet, policy  # noqa: PLC0415

    written = policy.policy(leaflet.facts(settings))
    if options.json:
        _print_json(leaflet.as_json(written))
    else:
        print(leaflet.as_text(written))
    return SUCCESS


def _export(options: argparse.Namespace, settings: Settings, _kept: keys.Keys) -> int:
    """Write everything into one ZIP."""
    from headshot_web import farewell  # noqa: PLC0415

    print(farewell.export(settings.folders, options.out))
    return SUCCESS


def _erase(options: argparse.Namespace, settings: Settings, kept: keys.Keys) -> int:
    """Delete everything, or what is old."""
    from headshot_web import farewell  # noqa: PLC0415

    if options.older_than and (options.settings or options.key or options.ledger):
        raise _Misread("--settings, --key and --ledger don't apply here", "They go with everything.")
    if not options.yes and not sys.stdin.isatty():
        raise _Misread("Nothing was deleted", "Nobody can be asked here: add --yes when you mean it.")
    erasure = farewell.Erasure(
        older_than_days=options.older_than,
        settings=options.settings,
        keys=options.key,
        ledger=options.ledger,
    )
    confirm = _nothing_asked if options.yes else _confirm
    print(*farewell.erase(erasure, settings.folders, kept, confirm), sep="\n")
    return SUCCESS


def _kiosk(options: argparse.Namespace, settings: Settings, kept: keys.Keys) -> int:
    """Open the photo booth, or write it into the login."""
    from headshot_web import kiosk_command  # noqa: PLC0415

    return kiosk_command.run(options, settings, kept)


def _nothing_asked(_goes: tuple[str, ...]) -> None:
    """Go on: --yes was given."""


def _confirm(goes: tuple[str, ...]) -> None:
    """Show what goes, and have the word typed; raises `NotConfirmed`."""
    from headshot_web.farewell import WORD  # noqa: PLC0415

    print(*goes, sep="\n", file=sys.stderr)
    print(f"Type {WORD} to go on: ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() != WORD:
        raise NotConfirmed


def _style_row(look: Style) -> tuple[str, ...]:
    clothes = "all of it on this computer" if look.keeps_clothes else "keeps your clothes"
    return look.id, look.name, look.audience, look.recipe.crop.value, clothes


def _style_as_json(look: Style) -> dict[str, object]:
    recipe = look.recipe
    return {
        "id": look.id,
        "name": look.name,
        "audience": look.audience,
        "group": look.group,
        "attire": look.attire,
        "keeps_clothes": look.keeps_clothes,
        "backdrop": {"scene": recipe.backdrop.scene.value, "color": recipe.backdrop.color},
        "light": recipe.light.value,
        "crop": recipe.crop.value,
        "monochrome": recipe.monochrome,
    }


# The settings


def _keys(settings: Settings, taken: Mapping[str, SecretStr]) -> keys.Keys:
    """Return the keys; one from the environment is for the host that is set now, at the start."""
    from headshot_web.endpoint import Endpoint  # noqa: PLC0415
    from headshot_web.provider_errors import BadServer  # noqa: PLC0415

    try:
        host = Endpoint.of(settings).host
    except BadServer:
        host = ""
    return keys.Keys(settings.folders, environ=taken, own_host=host)


class _Misread(Exception):  # noqa: N818 - two sentences, not a failure of ours
    """A setting that is not understood."""


def _settings(options: argparse.Namespace) -> Settings:
    """Put the options before the environment, and that before settings.toml."""
    from pydantic import ValidationError  # noqa: PLC0415 - not needed for --help and --version

    from headshot_web.settings import Settings  # noqa: PLC0415

    given = {name: getattr(options, name) for name in _SERVING if name in options}
    folder = os.environ.get(_variable("data_dir"))
    if folder and "data_dir" not in given:
        given["data_dir"] = Path(folder).expanduser().absolute()
    try:
        return Settings(**given)
    except ValidationError as error:
        raise _Misread(*_first_misread(error)) from error
    except tomllib.TOMLDecodeError as error:
        raise _Misread("settings.toml can't be read", f"Correct it or delete it: {error}.") from error


def _first_misread(error: ValidationError) -> tuple[str, str]:
    """Name the first setting that was not understood, where it was given, and what it must be."""
    first = error.errors()[0]
    name = str(first["loc"][0])
    where = _variable(name) if _variable(name) in os.environ else f"“{name}” in settings.toml"
    return f"{where} is not understood", f"{first['msg']}."


def _variable(name: str) -> str:
    return f"HEADSHOT_WEB_{name.upper()}"


# What is said


def _print_json(value: object) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False))


def _say(title: str, advice: str) -> int:
    """Say what did not work and what to do next; returns the exit code for it."""
    print(f"{title}. {advice}", file=sys.stderr)
    return FAILURE


def _noted(error: Exception, settings: Settings | None) -> str:
    """Note where an unforeseen error came from, without its own text, which may name a file."""
    where = ""
    with suppress(OSError, FolderError):
        if settings is not None:
            settings.folders.prepare()
            with logbook.keep(settings.folders):
                logbook.note(logbook.Event.COMMAND_FAILED, error)
            where = f" Where it happened is noted in {settings.folders.log}."
    report = "“headshot-web doctor --report” writes a text to read, and to send along if you ask about it."
    return f"It was a {type(error).__name__}. Run “headshot-web doctor”; {report}{where}"


def _speak_utf8() -> None:
    """Keep old consoles from failing at “×” or “…”; a worker's or a pipe's stream may not allow it."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
