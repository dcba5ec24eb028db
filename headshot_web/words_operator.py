"""Every sentence an operator reads about their booth, in one place and ready for translation."""

from __future__ import annotations

from typing import Final

# An event, and what can be wrong with it

EVENT_NAME: Final = "Photo booth"
EVENT_FILE: Final = "An event of the photo booth. It can be loaded on the booth's own pages, or with --event."
UNKNOWN_PART: Final = "“{name}” is nothing that an event has. Correct its name, or take the line out."
BAD_PART: Final = (
    "“{name}” can't be understood. Take it out, or save the event anew on the booth's own pages."
)
BAD_TEXT: Final = "{name}: write at most {most} characters."
BAD_LETTERS: Final = "{name}: use plain letters and signs only."
BAD_NUMBER: Final = "{name}: a whole number from {least} to {most}."
BAD_CHOICE: Final = "{name}: one of {choices}."
BAD_SWITCH: Final = "{name}: true or false."
BAD_DATE: Final = "A date is written as 2026-11-28."
ENDS_BEFORE: Final = "The event ends before it begins. Change one of the two days."
BAD_COLOR: Final = "A colour is written as #rrggbb, in small letters."
NO_LOOKS: Final = "Choose at least one look, so that guests have something to choose from."
UNKNOWN_LOOK: Final = "There is no look called “{name}”. Choose those that “headshot-web styles” lists."
LOOK_TWICE: Final = "One look is named twice. Name each of them once."
BAD_LOGO: Final = "The logo can't be used. Choose another PNG or JPEG."
BAD_BUDGET: Final = "The budget is an amount such as 25 or 12.50. Without one there is no limit."
BAD_PRINTER: Final = "The printer is one of the names of this computer's printers, or “browser”."

_PARTS: Final = {
    "name": "Name of the event",
    "title": "Title",
    "operator_name": "Who runs the booth",
    "terms_text": "Own text",
    "camera": "Camera",
    "headshots_per_guest": "Headshots for each guest",
    "paid_per_guest": "Paid headshots for each guest",
    "paid_per_hour": "Paid headshots in an hour",
    "paid_in_all": "Paid headshots in all",
    "idle_s": "Seconds without a touch",
    "idle_warning_s": "Seconds of the warning",
    "grace_min": "Minutes for the phone",
    "shots": "Photos to choose from",
    "countdown_s": "Seconds of the countdown",
    "engine": "Made by",
    "quality": "Quality",
    "keep": "What is kept",
    "placement": "Where the buttons are",
    "flash": "Flash",
    "sounds": "Sounds",
    "share_by_qr": "Sharing by QR",
    "printing": "Printing",
    "size": "Paper",
    "copies_most": "Copies",
}


def parts(name: str) -> str:
    """Say what a part of an event is called."""
    return _PARTS.get(name, name)


# The PIN

PIN_DIGITS: Final = "A PIN has 6 to 12 digits and nothing else."
PIN_SIMPLE: Final = "A guest would try this one first. Take digits that follow no pattern."
