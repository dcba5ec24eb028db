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

# The door of the operator's pages

Words = dict[str, str]

TITLE: Final = "Operator"
PAD: Final[Words] = {
    "heading": "Operator",
    "enter": "Enter your PIN.",
    "first": "Choose a PIN. It keeps guests out of these pages.",
    "again": "Once more, so that it is sure.",
    "differ": "The two were not the same. Begin anew.",
    "digits": "6 to 12 digits.",
    "pin": "PIN",
    "typed": "{n} digits typed",
    "delete": "Delete the last digit",
    "ok": "Go on",
    "back": "Back to the booth",
    "forgot": "Forgotten? On the computer itself: headshot-web kiosk --reset-pin",
    "looking": "One moment",
}

# The page itself

PAGE: Final[Words] = {
    "lock": "Lock",
    "booth": "Lock, and show the booth",
    "sections": "Sections",
    "now": "Now",
    "event": "Event",
    "making": "Looks and cost",
    "guests": "Guests",
    "taking": "Taking along",
    "ending": "The end",
    "saved": "Saved",
    "saving": "Saving",
    "needed": "Say who runs the booth. Guests read it before their first photo, so the booth opens only then.",
    "needed_go": "Fill it in",
    # now
    "is_open": "The booth is open.",
    "is_busy": "A guest is at the booth.",
    "is_closed": "The booth is closed.",
    "is_resting": "You closed the booth.",
    "close": "Close the booth",
    "open": "Open the booth",
    "numbers": "This event",
    "hours": "Hour by hour",
    "hour": "Hour",
    "guests_n": "Guests",
    "headshots_n": "Headshots",
    "none_yet": "No guest yet.",
    "parts": "How everything is",
    "good": "Well",
    "bad": "Look at it",
    "error": "What went wrong last",
    "no_error": "Nothing so far.",
    "restarts": "The booth’s screen was started anew {n} times.",
    "spool": "The print service keeps printed pictures for a day. To stop that: cupsctl PreserveJobFiles=No",
    "test": "Take a test shot",
    "test_text": "The camera, the light and one look are tried. Nothing of it is kept.",
    "testing": "Hold still",
    "test_done": "This is how a guest would look. Nothing of it was kept.",
    "test_alt": "Your test shot in the first look offered",
    "test_camera": "The camera did not answer. Look at its cable, then try again.",
    "csv": "Numbers as a table (CSV)",
    "csv_here": "Save the numbers in Downloads",
    # event
    "event_text": "What guests see first, and whose booth it is.",
    "name": "Name of the event",
    "name_text": "For you, and above the numbers.",
    "title": "Title on the first screen",
    "title_text": "Empty for the name.",
    "operator_name": "Who runs the booth",
    "operator_name_text": "A person, club or company. Guests read it in the terms.",
    "starts_on": "First day",
    "ends_on": "Last day",
    "days_text": "On other days the booth stays closed. Empty for no limit.",
    "logo": "Logo",
    "logo_text": "PNG or JPEG, best on a clear background.",
    "logo_choose": "Choose a logo",
    "logo_remove": "Take it away",
    "logo_alt": "The logo of the event",
    "accent": "Colour",
    "accent_text": "The booth brightens it until it can be read well.",
    "accent_sample": "How it looks at the booth",
    "terms_text": "Your own text in the terms",
    "terms_text_text": "Shown above ours, which always stays.",
    "file": "Settings as a file",
    "file_text": "All of these settings with the logo, for another day or another booth.",
    "file_save": "Save as a file",
    "file_here": "Save in Downloads",
    "file_load": "Load a file",
    "file_loaded": "Loaded. It counts as another event: nothing was spent for it yet.",
    # looks and cost
    "making_text": "Which looks guests can choose, who makes them, and what that may cost.",
    "looks": "Looks offered",
    "looks_text": "About eight are easy to choose from.",
    "all_looks": "All of them",
    "few_looks": "The first eight",
    "engine": "Made by",
    "engine_here": "This computer",
    "engine_here_text": "Free, and without a network. Clothes stay as they are.",
    "engine_openai": "OpenAI",
    "engine_openai_text": "New clothes, light and backdrop. Photos leave this computer, after the guest’s yes.",
    "engine_else": "OpenAI, else this computer",
    "engine_else_text": "When OpenAI can’t be reached, this computer makes it, and the guest is told.",
    "quality": "Quality",
    "quality_draft": "Draft",
    "quality_final": "Final",
    "limits": "Limits of what is paid for",
    "paid_per_guest": "For each guest",
    "paid_per_hour": "In an hour",
    "paid_in_all": "In all",
    "budget": "Budget",
    "budget_text": "At this amount the booth stops sending. Empty for no limit.",
    # guests
    "guests_text": "How it goes for one guest.",
    "headshots_per_guest": "Headshots for each guest",
    "shots": "Photos to choose from",
    "countdown_s": "Countdown in seconds",
    "flash": "The screen lights up for the photo",
    "sounds": "Sounds",
    "placement": "Where the buttons are",
    "left": "Left",
    "centre": "Middle",
    "right": "Right",
    "low": "Low, for wheelchairs",
    "camera": "Camera",
    "camera_first": "The first one",
    "camera_there": "Choose it on the booth’s own screen, where the cameras are.",
    "idle": "When nobody touches the screen",
    "idle_s": "Ask after so many seconds",
    "idle_warning_s": "Back to the start after so many more",
    "keep": "What is kept of a guest",
    "keep_nothing": "Nothing",
    "keep_nothing_text": "All of it is deleted once the phone’s time is over.",
    "keep_end": "Until the event ends",
    "keep_end_text": "Guests read so in the terms.",
    "keep_over": "Handed over to you",
    "keep_over_text": "Only of guests who say yes to it. The headshots come into your gallery.",
    "grace_min": "Minutes for the phone to fetch it",
    # taking along
    "taking_text": "How guests take their headshot home.",
    "share_by_qr": "To the guest’s phone, by a code to scan",
    "phones_off": "Phones can’t come in yet.",
    "phones_on": "Phones come in at {address}, until {until}.",
    "phones_open": "Let phones in",
    "phones_close": "Let no phone in",
    "own_phone": "A code for your own phone",
    "own_phone_text": "Scan it within two minutes. Your phone then asks for the PIN and shows these pages.",
    "phones_none": "This version of the booth lets no phone in.",
    "printing": "On paper",
    "size": "Paper",
    "size_4x6": "4 × 6 in, one picture",
    "size_5x7": "5 × 7 in, one picture",
    "size_2x6": "Strips 2 × 6, two on 4 × 6",
    "size_2x2": "Small 2 × 2, six on 4 × 6",
    "copies_most": "Copies for each headshot",
    "printer": "Printer",
    "printer_browser": "The default printer, by the booth’s browser",
    # the end
    "ending_text": "Pack up: one tap that leaves no face behind.",
    "end": "End the event",
    "end_title": "End “{event}”?",
    "end_text": "The booth closes. Every photo and headshot of its guests that is still here is deleted. Phones can’t fetch any more.",
    "end_also": "Also delete",
    "end_numbers": "the numbers",
    "end_event": "what the event was set to, with its logo",
    "end_yes": "End it and delete",
    "ended": "Done",
    "pin": "Change the PIN",
    "pin_old": "PIN until now",
    "pin_new": "New PIN",
    "pin_save": "Change it",
    "pin_changed": "The PIN is changed.",
    "quit": "Close the app",
    "quit_text": "The booth’s screen closes with it. Nothing is deleted.",
    "cancel": "Cancel",
    "saved_as": "Saved as {path}",
    "lost": "That did not arrive. Try again.",
}

CLOSED: Final[Words] = {
    "resting": "It is not one of the event’s days.",
    "no-camera": "There is no camera.",
    "no-engine": "Headshots can’t be made just now.",
    "budget-spent": "The budget, or one of the limits, is used up.",
    "disk-full": "The disk is nearly full.",
    "printer-out": "The printer can’t print, and guests have no other way to take it along.",
}
NUMBERS: Final[Words] = {
    "guests": "Guests",
    "headshots": "Headshots",
    "wait": "Wait, on average",
    "failures": "Not made",
    "paid": "Paid headshots",
    "cost": "Spent",
    "printed": "Prints",
}
PARTS_OF_BOOTH: Final[Words] = {
    "camera": "Camera",
    "engine": "Headshots",
    "printer": "Printer",
    "disk": "Disk",
    "phones": "Phones",
}
SPENT_OF: Final = "{spent} of {budget}"
CAMERA: Final = {
    None: "Not looked at yet: the booth’s screen does that.",
    False: "Connected.",
    True: "No camera was found, or not the chosen one, or it is not allowed. Look at its cable.",
}
ENGINE_HERE: Final = "Made on this computer."
ENGINE_READY: Final = "Drawn by OpenAI, or by your own server."
ENGINE_ELSE_HERE: Final = "Made on this computer for now."
DISK_FREE: Final = "{room} free."
UNKNOWN: Final = "Not known here."
BROWSER_PRINTS: Final = "The booth’s browser prints on the default printer. How that is, is not known here."
PRINTER_READY: Final = "Ready."
PHONES_OPEN: Final = "They come in at {address}, until {until}."
PHONES_CLOSED: Final = "No phone can come in, so no code is shown. Let phones in under “Taking along”."
RECEIPT_TITLE: Final = "“{event}” is over."
RECEIPT_AT: Final = "{date}, {time}"
RECEIPT_CLOSED: Final = "The booth is closed, and no phone comes in any more."
ALSO_DELETED: Final[Words] = {
    "numbers": "The numbers were deleted.",
    "event": "What the event was set to was deleted, with its logo.",
}


def queue(waiting: int) -> str:
    """Say how many prints wait."""
    if waiting == 0:
        return "Nothing waits."
    return "1 print waits." if waiting == 1 else f"{waiting} prints wait."


def guests_deleted(guests: int) -> str:
    """Say of how many guests something was deleted."""
    if guests == 0:
        return "Nothing of any guest was here any more."
    if guests == 1:
        return "The photos and headshots of the last guest were deleted."
    return f"The photos and headshots of {guests} guests were deleted."


def prints_taken_back(prints: int) -> str:
    """Say how many prints were taken back; nothing where there was none."""
    if prints == 0:
        return ""
    return "1 print was taken back." if prints == 1 else f"{prints} prints were taken back."


# In the terminal

BOOTH_OPEN: Final = "The booth is open at {address}"
OPEN_YOURSELF: Final = "Open {address} in a browser yourself, full screen (F11)."
NO_SCREEN: Final = "There is no screen here, so no browser was opened. The booth is served all the same. If that is meant: --no-browser"
NO_PIN: Final = "First choose a PIN for its operator: {address}/operator"
NOT_READY: Final = "Say who runs the booth, then it receives guests: {address}/operator"
PHONES_AT: Final = "Guests’ phones come in at {address}"
CTRL_C: Final = "Ctrl-C closes it, and its browser with it."
BOOTH_CLOSED: Final = "The booth is closed."
OTHER_PORT: Final = "Port {wanted} is not free, another program uses it: this time it is {port}."
ENDS_AT_ONCE: Final = "The booth's browser ended at once, {n} times in a row. It is tried again. To see why, start it yourself, or take another one with --program."
WAYLAND: Final = "Under Wayland a program may not choose its screen."
PIN_WANTED: Final = (
    "The booth needs a PIN for its operator: 6 to 12 digits. (Enter alone: choose it on the booth's screen.)"
)
PIN_FIRST: Final = "PIN: "
PIN_SECOND: Final = "Once more: "
PIN_LATER: Final = "The PIN is chosen on the booth's screen. Until then it receives no guest."
PIN_KEPT: Final = "The PIN is set."
PIN_RESET: Final = "The PIN was taken away."
INSTALL_ASK: Final = "Type yes to write this:"
INSTALLED: Final = (
    "Written. The booth opens at the next login. “headshot-web kiosk --uninstall” takes it away again."
)
REMOVED: Final = "Removed: {path}"
LEFT_ALONE: Final = "Left alone, since it was not written by this app: {path}"
NOTHING_TO_REMOVE: Final = "There was nothing to remove."


def screens(found: list[str]) -> str:
    """Say which screens there are, numbered from 0."""
    if not found:
        return "This system does not say which screens there are."
    return "There are: " + ", ".join(f"{number}: {size}" for number, size in enumerate(found)) + "."
