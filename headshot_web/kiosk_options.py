"""The options of `headshot-web kiosk`, and the help that explains them."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

_EPILOG = """
examples:
  headshot-web kiosk                            the booth, full screen on the first screen
  headshot-web kiosk --screen 1                 on the second one
  headshot-web kiosk --event wedding.toml       with an event that was saved as a file
  headshot-web kiosk --no-browser               you open the address yourself, full screen
  headshot-web kiosk --install                  at every login; shown first, asked, removable
  headshot-web kiosk --reset-pin                for who forgot the operator's PIN

An installed Chromium, Chrome or Edge is opened with a profile of its own, which is wiped at the start and
at the end; it may use the camera, reaches nothing but the booth, and saves nothing. It is started again
when it dies. The guests see the booth alone. Its operator enters with a PIN at /operator: there the event
is set, and everything of its guests is deleted at the end. Under Wayland alone no program may choose its
screen: put it where it belongs yourself, or leave out --screen.
"""


def add(
    commands: Any,  # noqa: ANN401 - argparse has no public type
    serving: argparse.ArgumentParser,
    common: argparse.ArgumentParser,
) -> None:
    """Add the photo booth."""
    kiosk = commands.add_parser(
        "kiosk",
        parents=[serving, common],
        help="open a photo booth for an event, full screen, that forgets its guests",
        description="Open a photo booth for an event: guests by touch, its operator behind a PIN.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    kiosk.add_argument("--event", type=_place, metavar="FILE", help="an event's settings, put in force first")
    kiosk.add_argument(
        "--screen", type=_screen, metavar="N", help="the screen, from 0, or its left upper corner: 1920,0"
    )
    kiosk.add_argument("--program", type=_place, metavar="BROWSER", help="Chromium, Chrome or Edge itself")
    kiosk.add_argument(
        "--browser-flag",
        action="append",
        default=[],
        metavar="FLAG",
        help="one more flag for the browser, written --browser-flag=--flag; again for more",
    )
    instead = kiosk.add_mutually_exclusive_group()
    instead.add_argument("--install", action="store_true", help="open the booth at every login of this user")
    instead.add_argument("--uninstall", action="store_true", help="remove what --install wrote")
    instead.add_argument("--reset-pin", action="store_true", help="take the operator's PIN away")
    kiosk.add_argument("--yes", action="store_true", help="with --install: don't ask")


def _screen(text: str) -> str:
    if not re.fullmatch("[0-9]{1,2}|-?[0-9]{1,5},-?[0-9]{1,5}", text):
        raise argparse.ArgumentTypeError(f"a screen is a number from 0, or a corner as 1920,0, not “{text}”")
    return text


def _place(text: str) -> Path:
    return Path(text).expanduser()
