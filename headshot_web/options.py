"""The options of the command line, and the help that explains them."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any, Never

from headshot_web import NAME, __version__, kiosk_options
from headshot_web.model import Crop, EngineName, FileKind, Quality

MISUSE = 2
HIGHEST_PORT = 65535
LEAST_PX, MOST_PX = 256, 2400
ROUNDING_PX = 2
MOST_TIMES = 10
MOST_DAYS = 3650
MOST_HOURS = 24

_DESCRIPTION = """One selfie becomes professional headshots, in your browser, on this computer.

Without a command it opens the app in the browser, at http://localhost:8417.
"""

_EPILOG = """
examples:
  headshot-web                                  open the app in the browser
  headshot-web --port 9000 --no-browser         only say the address
  headshot-web --phones                         phones in the same network may connect, for 4 hours
  headshot-web styles                           list the looks
  headshot-web render me.jpg --style advisor-navy --out headshots
  headshot-web render team/ --style all --out headshots --kind png
  headshot-web render me.jpg --style advisor-navy --out headshots --engine openai
  headshot-web doctor                           is everything healthy?
  headshot-web export --out everything.zip      take everything along
  headshot-web erase                            delete everything, without a trace
  headshot-web privacy                          the privacy policy, as it is true here
  headshot-web kiosk                            a photo booth for an event, full screen

where the files are:
  {data_dir}
  Photos and headshots lie there, readable by you alone. Another folder: --data-dir.

privacy:
  Photos never leave this computer unless you choose to have them drawn elsewhere (OpenAI, or your own
  server) and say yes to it: what is sent, and to whom, is shown first, and is written down afterwards.
  There is no account and no tracking. Only this computer can open the app, unless you let phones in.
  “Delete everything” in the settings page leaves no picture behind.

settings:
  Options count first, then these environment variables, then settings.toml in the folder above,
  where the same names are written small and without the prefix: port = 9000
{variables}

keys:
  Enter one in the settings page, where it goes into the system's keyring; or set a variable. Never write
  one into settings.toml.
  OPENAI_API_KEY                  a key for OpenAI itself, sent nowhere else
  HEADSHOT_WEB_OPENAI_API_KEY     a key for the server that is set
"""

_RENDER_EPILOG = """
examples:
  headshot-web render me.heic --style linkedin-daylight --out headshots
  headshot-web render *.jpg --style advisor-navy --style open-office --out headshots --crop 1:1
  headshot-web render office/ --style brand-colour --color "#1f7a78" --out headshots --size 800
  headshot-web render me.heic --style open-office --out headshots --engine openai --quality draft --count 4
  headshot-web render me.heic --also me2.heic --style stage --out headshots --engine openai

With --engine openai the clothes, light and backdrop are new, and photos leave this computer. You are asked
once, with what it will cost; without a terminal, --i-agree says the yes. What it cost is said at the end.
A folder stands for the photos in it. Files that exist are never replaced: a new one gets -2, -3 …
Photos are not kept in the app. The exit code is 0 only when every headshot was made.
"""


_ERASE_EPILOG = """
examples:
  headshot-web erase                            everything; you are asked to type a word
  headshot-web erase --older-than 30 --yes      for a daily task
  headshot-web erase --settings --key --ledger  leave this computer as if the app was never used

What was deleted is noted: when, and how many files; no name and no picture. Out of reach are backups, what
the disk keeps inside for itself, and the copies of a provider until their date, which is said at the end.
The browser keeps no picture of the app; what you downloaded is yours.
"""


class _Parser(argparse.ArgumentParser):
    """Ends with the error and where to read on, instead of a wall of usage."""

    def error(self, message: str) -> Never:
        """Say what was not understood."""
        said = message[:1].upper() + message[1:]
        self.exit(MISUSE, f"{said}.\nRun “{self.prog} --help” to see what there is.\n")


class _Command(_Parser):
    """The command itself; the long end of its help is put together only when somebody reads it."""

    def format_help(self) -> str:
        """Return the help, with the folder and the settings as they are here."""
        self.epilog = _epilog()
        return super().format_help()


def parser() -> argparse.ArgumentParser:
    """Describe every option; nothing is read or made yet."""
    common = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument(
        "--data-dir", type=_folder, metavar="FOLDER", help="where photos and headshots are kept"
    )
    serving = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    serving.add_argument(
        "--port", type=_port, help="the port on this computer (8417); the next free one if busy"
    )
    serving.add_argument("--no-browser", dest="browser", action="store_false", help="don't open the browser")
    _add_phones(serving)
    command = _Command(
        prog="headshot-web",
        description=_DESCRIPTION,
        parents=[serving, common],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("--version", action="version", version=f"headshot-web {__version__}")
    commands = command.add_subparsers(
        dest="command", title="commands", metavar="COMMAND", parser_class=_Parser
    )
    commands.add_parser(
        "serve", parents=[serving, common], help=f"open {NAME} in the browser (the same as no command)"
    )
    _add_render(commands, common)
    listing = commands.add_parser("styles", parents=[common], help="list the looks")
    listing.add_argument("--json", action="store_true", help="write JSON")
    doctor = commands.add_parser(
        "doctor", parents=[common], help="say what is installed, where the files are, and how they are"
    )
    doctor.add_argument("--json", action="store_true", help="write JSON")
    doctor.add_argument("--rebuild", action="store_true", help="make the index anew from the files first")
    doctor.add_argument(
        "--report",
        action="store_true",
        help="write a text to go with a question; nothing personal is in it",
    )
    privacy = commands.add_parser(
        "privacy", parents=[common], help="say what stays on this computer, what leaves it, and why"
    )
    privacy.add_argument("--json", action="store_true", help="write JSON")
    _add_farewell(commands, common)
    kiosk_options.add(commands, serving, common)
    return command


def _add_phones(serving: argparse.ArgumentParser) -> None:
    """Add letting phones in."""
    serving.add_argument(
        "--phones", action="store_true", help="let phones in the same network connect; off by itself in time"
    )
    serving.add_argument(
        "--phones-network",
        metavar="NETWORK",
        help="in which network, by its name or this computer's address in it; the likeliest if not given",
    )
    serving.add_argument(
        "--phones-hours", type=_hours, metavar="HOURS", help="for how long, 1 to 24 hours (4)"
    )
    serving.add_argument(
        "--phones-https", action="store_true", help="encrypted, with a certificate of this computer's own"
    )


def _add_farewell(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401 - as below
    """Add taking everything along, and deleting."""
    export = commands.add_parser(
        "export", parents=[common], help="write all photos, headshots and how they were made into one ZIP"
    )
    export.add_argument(
        "--out", type=_place, required=True, metavar="FILE.zip", help="the new file; none is replaced"
    )
    erase = commands.add_parser(
        "erase",
        parents=[common],
        help="delete everything, or what is old, without a trace",
        description="Delete photos and headshots without a trace, while the app is closed.",
        epilog=_ERASE_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = erase.add_mutually_exclusive_group()
    what.add_argument(
        "--everything", action="store_true", help="every photo, headshot and the log (the same as no option)"
    )
    what.add_argument(
        "--older-than", type=_days, metavar="DAYS", help="only photos and headshots older than so many days"
    )
    erase.add_argument("--settings", action="store_true", help="also what was set and agreed to")
    erase.add_argument("--key", action="store_true", help="also the keys that are kept")
    erase.add_argument(
        "--ledger", action="store_true", help="also the list of what left this computer, with what was spent"
    )
    erase.add_argument("--yes", action="store_true", help="don't ask")


def _add_render(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse has no public type
    render = commands.add_parser(
        "render",
        parents=[common],
        help="make headshots without a browser",
        description="Make headshots of photos without a browser, on this computer or drawn elsewhere.",
        epilog=_RENDER_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    render.add_argument("photos", nargs="+", metavar="PHOTO", help="photos, or folders of photos")
    render.add_argument(
        "--style",
        action="append",
        required=True,
        metavar="NAME",
        help="a look, as “headshot-web styles” lists it; again for more; or: all",
    )
    render.add_argument(
        "--out",
        type=_place,
        required=True,
        metavar="FOLDER",
        help="where the headshots go; made when missing",
    )
    _add_engine(render)
    _add_wishes(render)
    render.add_argument("--json", action="store_true", help="write JSON")


def _add_engine(render: argparse.ArgumentParser) -> None:
    """Add who makes the headshots, and how."""
    render.add_argument(
        "--engine",
        choices=[engine.value for engine in EngineName],
        default=EngineName.ON_DEVICE.value,
        help="who makes them: the retouch on this computer (on-device), or OpenAI or an own server (openai)",
    )
    render.add_argument(
        "--quality", choices=[quality.value for quality in Quality], help="openai: draft or final (final)"
    )
    render.add_argument("--count", type=_times, metavar="N", help="openai: so many of each look, 1 to 10 (1)")
    render.add_argument(
        "--also",
        action="append",
        default=[],
        type=_place,
        metavar="PHOTO",
        help="openai: another photo of the same person, for likeness; again for more, up to 3",
    )
    render.add_argument(
        "--i-agree",
        action="store_true",
        help="openai: yes, send these photos there; I am 13 or older and read “headshot-web privacy”; "
        "remembered as in the app",
    )


def _add_wishes(render: argparse.ArgumentParser) -> None:
    """Add what may be changed about the headshots."""
    render.add_argument(
        "--size",
        type=_size,
        default=(None, None),
        metavar="SIZE",
        help="1024x1536, or the longer side in pixels: 800",
    )
    render.add_argument(
        "--kind", type=_kind, default=FileKind.JPEG, metavar="KIND", help="jpeg, png or webp (jpeg)"
    )
    render.add_argument(
        "--crop", type=_crop, metavar="SHAPE", help="1:1, 4:5, 2:3 or 3:4, instead of the look's own"
    )
    render.add_argument(
        "--color",
        type=_color,
        metavar="#RRGGBB",
        help="the colour behind the person, instead of the look's own",
    )


def _epilog() -> str:
    """Fill the folder and the variables into the help, from the settings themselves."""
    from headshot_web.paths import default_data_dir  # noqa: PLC0415
    from headshot_web.settings import Settings, variable  # noqa: PLC0415

    lines = [f"  {variable(name):<31} {field.description}" for name, field in Settings.model_fields.items()]
    return _EPILOG.format(data_dir=default_data_dir(), variables="\n".join(lines))


# What is written after an option


def _folder(text: str) -> Path:
    return Path(text).expanduser().absolute()


def _place(text: str) -> Path:
    return Path(text).expanduser()


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"a port is a number from 1 to {HIGHEST_PORT}, not “{text}”")
    return int(text)


def _times(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST_TIMES:
        raise argparse.ArgumentTypeError(f"a count is a number from 1 to {MOST_TIMES}, not “{text}”")
    return int(text)


def _days(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST_DAYS:
        raise argparse.ArgumentTypeError(f"days are a number from 1 to {MOST_DAYS}, not “{text}”")
    return int(text)


def _hours(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST_HOURS:
        raise argparse.ArgumentTypeError(f"hours are a number from 1 to {MOST_HOURS}, not “{text}”")
    return int(text)


def _crop(text: str) -> Crop:
    try:
        return Crop(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"a shape is 1:1, 4:5, 2:3 or 3:4, not “{text}”") from None


def _color(text: str) -> str:
    if not re.fullmatch("#[0-9A-Fa-f]{6}", text):
        raise argparse.ArgumentTypeError(f"a colour is written as #rrggbb, in quotation marks, not “{text}”")
    return text.lower()


def _kind(text: str) -> FileKind:
    try:
        return FileKind(text.lower().replace("jpg", "jpeg"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"a kind of file is jpeg, png or webp, not “{text}”") from None


def _size(text: str) -> tuple[Crop | None, int]:
    """Read “800” or “1024x1536”: the shape that this is, when it says one, and the longer side in pixels."""
    sides = (
        [int(side) for side in re.findall("[0-9]+", text)]
        if re.fullmatch("[0-9]+([x×][0-9]+)?", text)
        else []
    )
    if not sides or not LEAST_PX <= max(sides) <= MOST_PX:
        raise argparse.ArgumentTypeError(
            f"a size is 800 or 1024x1536, {LEAST_PX} to {MOST_PX} pixels on the longer side, not “{text}”"
        )
    if len(sides) == 1:
        return None, sides[0]
    width, height = sides
    near = [crop for crop in Crop if abs(width / height - crop.aspect) * max(sides) < ROUNDING_PX]
    if not near:
        raise argparse.ArgumentTypeError(f"a headshot is 1:1, 4:5, 2:3 or 3:4; “{text}” is none of these")
    return near[0], max(sides)
