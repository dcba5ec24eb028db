"""The command: open the app, make headshots without a browser, list the looks, or look after itself."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import sys
import tomllib
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from headshot_web import __version__
from headshot_web.errors import FolderError, HeadshotError
from headshot_web.options import MISUSE, parser
from headshot_web.paths import ERROR_FILE, FILE_MODE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pydantic import ValidationError

    from headshot_web.model import Style
    from headshot_web.settings import Settings

SUCCESS, FAILURE, INTERRUPTED = 0, 1, 130


def run(arguments: Sequence[str]) -> int:
    """Run one command; say what went wrong in a sentence, never in a traceback. Returns the exit code."""
    _speak_utf8()
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    options = parser().parse_args(arguments)
    settings: Settings | None = None
    try:
        settings = _settings(options)
        return _commands()[options.command](options, settings)
    except HeadshotError as error:
        return _say(error.title, error.advice)
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


def _commands() -> dict[str | None, Callable[[argparse.Namespace, Settings], int]]:
    return {None: _serve, "serve": _serve, "render": _render, "styles": _styles, "doctor": _doctor}


# What the commands do


def _serve(_options: argparse.Namespace, settings: Settings) -> int:
    """Open the studio and serve it until Ctrl-C."""
    from headshot_web import opening  # noqa: PLC0415 - only this command needs a server

    asyncio.run(opening.keep_open(settings))
    print("The app is closed.")
    return SUCCESS


def _render(options: argparse.Namespace, settings: Settings) -> int:
    """Make headshots without a browser."""
    from headshot_web import renderer, styles  # noqa: PLC0415

    wanted = tuple(dict.fromkeys(options.style))
    looks = styles.catalogue() if "all" in wanted else tuple(styles.style(name) for name in wanted)
    order = renderer.Order(
        photos=renderer.find_photos(options.photos),
        looks=looks,
        out=options.out,
        kind=options.kind,
        crop=options.crop or options.size[0],
        color=options.color,
        longest_px=options.size[1],
    )
    try:
        report = asyncio.run(renderer.render(order, settings, quiet=options.json))
    except KeyboardInterrupt:
        print(f"Stopped. What was made until then is in {options.out}.", file=sys.stderr)
        return INTERRUPTED
    if options.json:
        _print_json(report.as_json())
    return SUCCESS if report.all_made else FAILURE


def _styles(options: argparse.Namespace, _settings: Settings) -> int:
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


def _doctor(options: argparse.Namespace, settings: Settings) -> int:
    """Say how everything is, and rebuild the index when asked to."""
    from headshot_web import doctor  # noqa: PLC0415

    if options.rebuild:
        said = doctor.rebuild(settings)
        print(said, file=sys.stderr if options.json else sys.stdout)
    findings = doctor.examine(settings)
    if options.json:
        _print_json([finding.as_json() for finding in findings])
    else:
        for finding in findings:
            print(finding.line)
    return SUCCESS if all(finding.healthy for finding in findings) else FAILURE


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


class _Misread(Exception):  # noqa: N818 - two sentences, not a failure of ours
    """A setting that is not understood."""


def _settings(options: argparse.Namespace) -> Settings:
    """Put the options before the environment, and that before settings.toml."""
    from pydantic import ValidationError  # noqa: PLC0415 - not needed for --help and --version

    from headshot_web.settings import Settings  # noqa: PLC0415

    given = {name: getattr(options, name) for name in ("port", "browser", "data_dir") if name in options}
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
    kind = type(error).__name__
    try:
        if settings is not None:
            settings.folders.prepare()
            path = settings.data_dir / ERROR_FILE
            frames = "".join(traceback.format_tb(error.__traceback__))
            path.write_text(f"headshot-web {__version__}, {kind}\n{frames}", encoding="utf-8")
            path.chmod(FILE_MODE)
            return f"Run “headshot-web doctor”. Where it happened is noted in {path}."
    except (OSError, FolderError):
        pass
    return f"It was a {kind}. Run “headshot-web doctor”."


def _speak_utf8() -> None:
    """Keep old consoles from failing at “×” or “…”; a worker's or a pipe's stream may not allow it."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
