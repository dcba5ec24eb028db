"""Every sentence on the pages about consent, privacy, deletion and reports; the policy itself is in `policy`.

As in `words`, `{n}` is a count and `|` parts one case from another.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from headshot_web.model import DeletionKind
from headshot_web.words import count, date

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headshot_web.accounts import OutOfReach
    from headshot_web.model import Deletion

Words = dict[str, str]

# The very first page

WELCOME_TITLE: Final = "Welcome"
WELCOME_HEADING: Final = "Before your first photo"
WELCOME_HEADING_AGAIN: Final = "Before you go on"
WELCOME_LEAD: Final = "This app turns a photo of you into a headshot you would sign. It runs on this computer and works for you alone."
WELCOME_STAYS: Final = (
    "What stays here",
    "Your photos and headshots, in one folder that only your user account can open.",
)
WELCOME_LEAVES: Final = "What leaves, and when"
WELCOME_LEAVES_ASKED: Final = "Nothing by itself. A photo leaves only when you ask {to} for a headshot. Before the first one you see the exact picture, and are asked for your yes."
WELCOME_LEAVES_NEVER: Final = "Nothing. Every headshot is made here."
WELCOME_WHO: Final = (
    "Who it is for",
    "People of 13 or older. By starting you say that you are, and that you have read this.",
)
WELCOME_NO_ACCOUNT: Final = (
    "No account",
    "No name, no e-mail address, no tracking. Delete everything at any time.",
)
WELCOME_START: Final = "I am 13 or older – start"
WELCOME_YOUNG: Final = "I am under 13"
WELCOME_READ: Final = "Read the whole privacy policy"
WELCOME_NOTED: Final = (
    "Your yes is written down on this computer, with the day. You can take it back in the settings."
)

CHANGED_HEADING: Final = "The privacy policy has changed"
CHANGED_LEAD: Final = "You agreed to the one of {date}. Nothing is sent before you agree to this one."
CHANGED_NEWS: Final = "What is new"
CHANGED_START: Final = "I am 13 or older and agree – go on"
CHANGES: Final[Mapping[str, str]] = {
    "2026-11-29": "It says what becomes of the guests of a photo booth, who draws their headshots and what is "
    "printed, where this computer runs one, and that your browser keeps a cookie for this app.",
    "2026-11-28": "Phones can be let in, when you switch that on: it says who sees what then, and what becomes of a "
    "guest’s pictures. It says more exactly what goes along with a photo, that one yes counts for the headshots "
    "you order there later, and what is sent when you test the connection.",
    "2026-11-23": "It is written anew: what the local log holds, how a deletion can be undone for 10 seconds, "
    "what can be deleted by itself, and that you say you are 13 or older.",
}
"""What is new in each policy, by its date."""

BACK_HEADING: Final = "What you made before is still here"
BACK_TEXT: Final = "Without your yes the app stands still. You can take everything with you, or delete it."

YOUNG_TITLE: Final = "Not yet"
YOUNG_HEADING: Final = "Come back when you are 13"
YOUNG_TEXT: Final = "This app is for people of 13 or older. Nothing was stored: no photo, no name, not even this answer. You can close this page."
YOUNG_SLIP: Final = "Pressed by mistake? Open the app once more."

# How it works, and the policy

PRIVACY_HEADING: Final = "How this works, and where your photo goes"
PRIVACY_UPDATED: Final = "Last updated {date}"
PRIVACY_STEPS: Final = (
    ("You choose a photo.", "It is read here and kept as a new picture, without place, time or camera."),
    (
        "Looks are made here.",
        "You are cut out, hair by hair, and set before a drawn backdrop in gentle light.",
    ),
    (
        "You decide what leaves.",
        "A photo is sent only for a headshot that you order elsewhere. Before the first one you see the exact picture, and say yes.",
    ),
    ("You delete, or keep.", "One by one, everything at once, or by itself after days you set."),
)
PRIVACY_CONTENTS: Final = "On this page"
PRIVACY_FOLDER: Final = "Open the folder"
PRIVACY_FOLDER_OPEN: Final = "The folder is open in a window of its own."
PRIVACY_FOLDER_SHUT: Final = "No window could be opened. The folder is where this page says."
PRIVACY_SENT: Final = "What left, and what was deleted"
PRIVACY_DELETE: Final = "Delete"
PRIVACY_EXPORT: Final = "Take everything with you (ZIP)"
PRIVACY_BACK: Final = "Back to the first page"
PRIVACY_OFFICES: Final = (
    "Offices refuse retouched pictures for passports, visas and identity cards. Use an unedited photo there."
)

# What was agreed to

AGREED: Final[Words] = {
    "heading": "What you agreed to",
    "policy": "The privacy policy of {version}, and that you are 13 or older",
    "sending": "Sending photos to {host}",
    "given": "Agreed on {date}",
    "ended": "Agreed on {date}, ended on {end}",
    "outdated": "Agreed on {date}; the words have changed since, so you are asked again",
    "none": "You have not agreed to anything yet.",
    "withdraw_policy": "Withdraw the yes to the policy",
    "take_back": "Take it back",
    "taken_back": "Taken back. Nothing is sent there before you say yes again.",
    "policy_title": "Withdraw this yes?",
    "policy_text": "Nothing is sent any more, and the first page comes again. Your pictures stay until you delete them.",
    "withdraw": "Withdraw",
    "before": "Before",
}

# Deleting

UNDO: Final[Mapping[DeletionKind, str]] = {
    DeletionKind.HEADSHOT: "The headshot was deleted.",
    DeletionKind.PHOTO: "The photo and all from it were deleted.",
}
UNDO_WORDS: Final[Words] = {
    "label": "Deleted a moment ago",
    "button": "Undo",
    "say": "You can undo this for {n} seconds.",
    "left": "{n} s",
    "gone": "It is gone for good.",
}
DELETE_HEADSHOT_TEXT: Final = "Its picture, its small copies and how it was made go. Your photo and other headshots stay. You can undo it for 10 seconds."
DELETE_PHOTO_TEXT: Final = "The photo, every headshot from it, their small copies and what is being made of it go. You can undo it for 10 seconds."
DELETE_ALL_TEXT: Final = (
    "All photos and headshots go, with their small copies, the list of orders, the log and the browser’s own copies. "
    "Nobody can bring them back."
)
DELETE_ALL_ALSO: Final = "Delete as well"
DELETE_ALL_CHOICES: Final = (
    ("settings", "My settings"),
    ("keys", "My key"),
    ("consents", "What I agreed to"),
    ("ledger", "The list of what left this computer, and what was deleted"),
)
DELETE_ALL_REACH: Final = "What can’t be reached from here"
DELETE_ALL_BACKUPS: Final = "Your own backups, files you downloaded, and what a disk keeps inside itself."
DELETE_ALL_COPY: Final = "The copy at {host}, normally until {date}."
DELETE_ALL_COPY_UNDATED: Final = "Copies at {host}, for as long as whoever runs it likes."
DELETED_ALL: Final = "Everything was deleted."
SETTINGS_DELETE_TEXT: Final = "Photos and headshots stay until you delete them, one by one or all at once."

BY_ITSELF: Final[Words] = {
    "heading": "Delete by itself",
    "off": "Off: nothing is deleted by itself.",
    "days_on": "Photos and headshots are deleted {n} days after they came.",
    "day_on": "Photos and headshots are deleted a day after they came.",
    "originals_on": "A photo is deleted as soon as a headshot was made of it.",
    "days": "Delete after this many days; empty means never",
    "originals": "Delete a photo as soon as a headshot was made of it",
    "originals_text": "The headshot stays. It can then not be compared with the photo any more, and no other look can be made of it.",
    "save": "Save",
    "saved": "Saved.",
    "bad_title": "This can't be set.",
    "bad_advice": "Days are a whole number from 1 to 3650; nothing means never.",
    "now": "This deletes at once, for good: {what}.",
    "now_originals": "every photo of which there is a headshot",
    "sure": "Save, and delete these now",
    "cancel": "Cancel",
}
EXPORT_HEADING: Final = "Take everything with you"
EXPORT_TEXT: Final = "One ZIP with every photo, every headshot and how each was made, under readable names. Nothing is deleted by it."

# What was deleted

RECEIPTS: Final = "What was deleted"
RECEIPTS_TEXT: Final = "When it was, and how many files went; not what they showed. The latest come first."
RECEIPTS_NONE: Final = "Nothing was deleted yet."
RECEIPT_KINDS: Final[Mapping[DeletionKind, str]] = {
    DeletionKind.HEADSHOT: "A headshot",
    DeletionKind.PHOTO: "A photo and all from it",
    DeletionKind.SESSION: "All of a guest’s visit",
    DeletionKind.EVERYTHING: "Everything",
    DeletionKind.AUTOMATIC: "By itself, as it was set",
}
RECEIPT_UNDER_WAY: Final = "under way"

# The photo that was deleted by itself

PHOTO_GONE_HEADING: Final = "The photo was deleted"
PHOTO_GONE_TEXT: Final = "It went by itself, as it was set. The headshots made from it are still here."
FACT_PHOTO_GONE: Final = "a photo that was deleted since"

# The note in a file

MARKS: Final[Words] = {
    "label": "Say in the file how it was made",
    "left_drawn": "Without the note, platforms and people can’t see by themselves that AI was used. In some places the law wants you to say so.",
    "label_many": "Say in each file how it was made",
    "left_many": "Without the note, nobody can see from the files how they were made. Where AI was used, the law of some places wants you to say so.",
    "left_here": "Without the note, nobody can see from the file that this photograph was retouched.",
}

# A report of a problem

REPORT: Final[Words] = {
    "heading": "Report a problem",
    "text": "The app can write down what helps to find a mistake. Nothing is sent: read it, copy it, and write to {contact} if you like.",
    "show": "Show the report",
    "renew": "Write it anew",
    "label": "The report, word for word",
    "copy": "Copy the report",
    "copied": "Copied. It is in your clipboard only.",
    "not_copied": "The browser did not allow that. Select the text and copy it.",
}


def changes_since(version: str) -> tuple[str, ...]:
    """Say what is new in every policy after a version, the latest first."""
    return tuple(CHANGES[day] for day in sorted(CHANGES, reverse=True) if day > version)


def version_day(version: str) -> str:
    """Say the day of a policy: 23 November 2026."""
    day = dt.date.fromisoformat(version)
    return f"{day.day} {day:%B %Y}"


def out_of_reach(reach: OutOfReach) -> tuple[str, ...]:
    """Say what no deletion on this computer can reach."""
    copies = []
    if reach.provider_copies_until:
        until = date(reach.provider_copies_until)
        copies.append(DELETE_ALL_COPY.format(host=", ".join(reach.hosts), date=until))
    if reach.undated_hosts:
        copies.append(DELETE_ALL_COPY_UNDATED.format(host=", ".join(reach.undated_hosts)))
    return (DELETE_ALL_BACKUPS, *copies)


def delete_rest(headshots: int) -> str:
    """Name what goes when a photo is deleted of which only headshots are left."""
    return count(headshots, "Delete the headshot from it", "Delete the {n} headshots from it")


def by_itself(days: int | None, *, originals: bool) -> str:
    """Say what is deleted by itself, as it is set."""
    said = []
    if days is not None:
        said.append(BY_ITSELF["day_on"] if days == 1 else BY_ITSELF["days_on"].format(n=f"{days:,}"))
    if originals:
        said.append(BY_ITSELF["originals_on"])
    return " ".join(said) or BY_ITSELF["off"]


def goes_now(photos: int, headshots: int, *, originals: bool) -> str:
    """Name what a new setting deletes at once; nothing where nothing goes."""
    parts = []
    if photos:
        parts.append(count(photos, "1 photo", "{n} photos"))
    if headshots:
        parts.append(count(headshots, "1 headshot", "{n} headshots"))
    if originals:
        parts.append(BY_ITSELF["now_originals"])
    return BY_ITSELF["now"].format(what=", ".join(parts)) if parts else ""


def receipt(deletion: Deletion) -> tuple[str, str]:
    """Say what was deleted, and how many files it was."""
    files = count(deletion.files, "1 file", "{n} files")
    return RECEIPT_KINDS[deletion.kind], files if deletion.finished_at else RECEIPT_UNDER_WAY
