"""Every sentence a person reads on a page, in one place and ready for translation.

What errors say is in `errors`, what looks are called in `styles`. In templates `{n}` is a count; `|` parts
what is said of none, one and many, or a title from its advice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from headshot_web.model import Notice, Remark, Step

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

Words = dict[str, str]

# What every page shares

SKIP: Final = "Skip to the content"
NAV_LABEL: Final = "Main"
NAV_NEW: Final = "New headshot"
NAV_NEW_SHORT: Final = "New"
NAV_GALLERY: Final = "Gallery"
NAV_PRIVACY: Final = "How it works"
NAV_SETTINGS: Final = "Settings"
PILL: Final = "This computer · nothing leaves"
PILL_SHORT: Final = "Nothing leaves"
CANCEL: Final = "Cancel"
TO_GALLERY: Final = "Open the gallery"
CONNECTION: Final[Words] = {
    "connection_lost": "The app can’t be reached.",
    "trying_to_reconnect": "If it was closed, start it again; on a phone, stay in the same Wi-Fi. This page then goes on by itself.",
}
GONE_TITLE: Final = "This is no longer here"
GONE_ADVICE: Final = "It may have been deleted, or the address is not complete."

# The first page

START_TITLE: Final = "Your photo"
START_HEADING: Final = "One selfie. A headshot you would sign."
START_LEAD: Final = "Choose a photo, pick a look, download. It takes about a minute, and the photo stays on this computer until you send it."
START_STEPS: Final = (
    ("A plain photo is enough.", "Face the light, look at the lens, leave some air around your head."),
    ("See every look on yourself.", "Made here, free, before you decide anything."),
    ("Still you.", "Skin, hair, glasses and scars stay as they are."),
)
START_PROMISE: Final = "No account. No tracking. Delete everything at any time."
RECENT: Final = "Go on with a photo"
PHOTO_OF: Final = "Photo of {date}"
DROP: Final[Words] = {
    "title": "Drop your photo here",
    "title_phone": "Start with a photo",
    "kinds": "JPEG, HEIC, PNG, WebP or AVIF, up to {mb} MB",
    "choose": "Choose a photo",
    "camera": "Use the camera",
    "paste": "Paste a photo",
    "release": "Let go to use this photo",
    "sending": "Bringing your photo in",
    "reading": "Looking at your photo",
    "stays": "It stays on this computer.",
    "cancel": "Cancel",
    "again": "Choose another photo",
    "paste_title": "There is no picture to paste",
    "paste_advice": "Copy a photo first, then paste it here, or choose a file.",
    "take": "Take a photo",
    "held": "Your photo is still here",
    "resend": "Send it again",
    "lost_title": "The photo did not arrive",
    "lost_held": "The connection broke. It is sent again by itself once you are back, or at a tap.",
    "lost_advice": "Nothing was kept. Check that the app is still running, then choose the photo again.",
}
CAMERA: Final[Words] = {
    "title": "Look at the lens and breathe out.",
    "lead": "Nothing is kept until you choose it. Take it as often as you like.",
    "shoot": "Take the photo",
    "again": "Take it again",
    "use": "Use this photo",
    "close": "Close the camera",
    "starting": "Starting the camera",
    "preview": "Live picture of your camera, mirrored",
    "taken": "The photo you just took",
    "denied": "The camera is switched off for this page|Allow it beside the address of this page, then try again, or choose a photo instead.",
    "none": "No camera was found|Connect one and try again, or choose a photo instead.",
    "busy": "The camera is in use|Close the other program that uses it, then try again, or choose a photo instead.",
    "unsafe": "This browser keeps the camera closed here|Take a photo with the device's own camera instead.",
    "retry": "Try again",
    "choose": "Choose a photo",
    "device": "Take a photo",
}

# The photo

PHOTO_TITLE: Final = "Your photo"
PHOTO_HEADING: Final = "A good start."
PHOTO_HEADING_ADVICE: Final = "This will work. Better is possible."
PHOTO_LEAD: Final = "Nothing stands in the way. Next you see every look on yourself."
PHOTO_ALT: Final = "The photo you brought in"
SEE_LOOKS: Final = "See the looks"
OTHER_PHOTO: Final = "Use another photo"
PHOTO_MADE: Final = "Made from this photo"
FACES: Final[Words] = {
    "alt": PHOTO_ALT,
    "heading": "Who is it for?",
    "person": "Person {n} of {total}, counted from the left",
    "group": "People in this photo",
}
NOTICES: Final[Mapping[Notice, tuple[str, str]]] = {
    Notice.NO_FACE: (
        "No face was found.",
        "You can go on: the picture is framed on its middle. A photo from the front works best.",
    ),
    Notice.SEVERAL_FACES: (
        "There are several people in this photo.",
        "Tap the one the headshot is for; otherwise the clearest face is taken.",
    ),
    Notice.FACE_SMALL: (
        "Your face is small in this photo.",
        "It will work, but a closer photo gives a sharper headshot.",
    ),
    Notice.BLURRED: (
        "This photo is a little blurred.",
        "It will work, but a steadier one will look crisper.",
    ),
    Notice.DARK: (
        "This photo is very dark.",
        "It will work, but a brighter one will look more like you. Face a window.",
    ),
    Notice.SIDEWAYS: (
        "This photo is not upright.",
        "Leave it as it is: every look turns it for you.",
    ),
}

# The looks

LOOKS_HEADING: Final = "Which one is you on Monday?"
LOOKS_LEAD: Final = "Every look on your own photo, made on this computer. Choose one or several."
LOOKS: Final[Words] = {
    "all": "All {n}",
    "groups": "Kinds of looks",
    "looks": "Looks",
    "looks_n": "Choose a look to begin|1 look|{n} looks",
    "keeps": "keeps your clothes",
    "stay": "Your clothes stay",
    "free": "Retouch on this computer · free",
    "time": "about {s} seconds",
    "make": "Make a headshot|Make 1 headshot|Make {n} headshots",
    "making": "Starting",
    "adjust": "Shape and backdrop",
    "shape": "Shape",
    "shape_own": "As the look suggests",
    "backdrop": "Backdrop colour",
    "backdrop_own": "As the look suggests",
    "backdrop_custom": "Your own colour",
    "failed": "This look could not be shown. It can still be made.",
    "photo": "The photo these looks are made from",
    "clear": "Choose none",
}
SHAPES: Final = (("1:1", "Square 1:1"), ("4:5", "Portrait 4:5"), ("3:4", "Portrait 3:4"), ("2:3", "Tall 2:3"))
BACKDROPS: Final = (
    ("#2f3236", "Charcoal"),
    ("#8f877d", "Warm grey"),
    ("#848b93", "Cool grey"),
    ("#efe9df", "Off-white"),
    ("#ffffff", "White"),
    ("#22324f", "Navy"),
    ("#93a48f", "Sage"),
    ("#1f6a6b", "Teal"),
)

# The work

ORDER_TITLE: Final = "Working"
ORDER_LEAD: Final = "You can leave this page. The work goes on, and the gallery will have it."
ORDER_DONE_LEAD: Final = "Open a headshot to compare and download it. Your gallery keeps them all."
ORDER_FAILED_LEAD: Final = "Your photo is safe. You can try again."
ORDER_CANCELLED: Final = "Cancelled"
ORDER_CANCELLED_ADVICE: Final = "Nothing of it was kept."
ORDER_UNKNOWN: Final = "What became of this one is not known"
ORDER_UNKNOWN_ADVICE: Final = "It was under way when the app closed. It is not repeated by itself."
ORDER: Final[Words] = {
    "list": "Headshots of this order",
    "cancel": "Cancel {name}",
    "cancel_short": CANCEL,
    "see": "See {name}",
    "see_short": "See it",
}
ORDER_RETRY_ONE: Final = "Make the missing one again"
ORDER_RETRY_MANY: Final = "Make the {n} missing ones again"
ORDER_MORE: Final = "More looks"
ORDER_ZIP: Final = "Download {n} as ZIP"
STEPS: Final[Mapping[Step, str]] = {
    Step.WAITING: "Waiting for its turn",
    Step.FRAMING: "Framing on your eyes",
    Step.CUTTING_OUT: "Cutting out, hair by hair",
    Step.LIGHTING: "Setting the light",
    Step.SAVING: "Saving",
}

# The headshot

COMPARE: Final[Words] = {
    "before": "Your photo",
    "handle": "Compare your photo with the headshot",
    "value": "{n} % of your photo is shown",
    "zoom": "See every pixel",
    "zoom_out": "See the whole headshot",
    "zoom_label": "The headshot at its own size; scroll or drag to look around",
    "alt_before": "Your photo in the same framing",
}
HEADSHOT_TITLE: Final = "Headshot"
HEADSHOT_ALT: Final = "{name}, the finished headshot"
MADE_HERE: Final = (
    "Retouched on this computer, {date}. Your clothes, pose and face are as you photographed them."
)
FACTS: Final = "About this headshot"
FACT_SIZE: Final = "Size"
FACT_SIZE_VALUE: Final = "{width} × {height} pixels, sharp in print to {w_cm}\u00a0×\u00a0{h_cm}\u00a0cm"
FACT_MARK: Final = "In the file"
FACT_MARK_VALUE: Final = "a note that this photograph was retouched; no place, no camera, no name"
FACT_PHOTO: Final = "From"
FACT_PHOTO_VALUE: Final = "this photo"
DOWNLOAD: Final[Words] = {
    "button": "Download",
    "save": "Save to this phone",
    "keep": "Keep",
    "another": "Another look",
    "ready": "Ready for",
    "kind": "Kind of file",
    "preview": "How it will look there",
    "round": "shown as a circle",
    "pixels": "{width} × {height} pixels",
    "enlarged": "enlarged ×{scale}",
    "sharp": "not enlarged",
}
SHARP: Final = "Smaller and sharp"
PURPOSES: Final = (
    ("full", "Full size", "", 0, False),
    ("linkedin", "LinkedIn, round", "1:1", 1200, True),
    ("company", "Company page", "4:5", 1000, False),
    ("cv", "CV", "3:4", 800, False),
    ("chat", "Slack, Teams", "1:1", 512, True),
)
KINDS: Final = (("jpeg", "JPEG"), ("png", "PNG"), ("webp", "WebP"))
REMARKS: Final[Mapping[Remark, tuple[str, str]]] = {
    Remark.BACKGROUND_KEPT: (
        "Your own background was kept.",
        "The outline was not sure enough, so it was softened instead of replaced.",
    ),
    Remark.ENLARGED: (
        "Enlarged ×{scale}.",
        "The photo has fewer pixels than this headshot. A closer or larger photo will be sharper.",
    ),
    Remark.NO_FACE: ("No face was found.", "The picture is framed on its middle."),
}

# The gallery

GALLERY_HEADING: Final = "Your headshots"
GALLERY: Final[Words] = {
    "empty_title": "Nothing here yet",
    "empty_text": "Your headshots will wait here, on this computer, until you delete them.",
    "empty_button": "Make a new headshot",
    "no_match_title": "Nothing to show with this choice",
    "no_match_text": "Show all headshots to see the others.",
    "show_all": "Show all",
    "n": "No headshots|1 headshot|{n} headshots",
    "all_looks": "All looks",
    "look": "Show one look",
    "favourites": "Favourites",
    "select": "Select",
    "done": "Done",
    "chosen": "Choose headshots|1 chosen|{n} chosen",
    "zip": "Download as ZIP|Download 1 as ZIP|Download {n} as ZIP",
    "delete": "Delete|Delete 1 headshot|Delete {n} headshots",
    "list": "Headshots, newest first",
    "open": "{name}, {date}",
    "choose": "Choose {name}, {date}",
    "keep": "Keep {name} among the favourites",
    "from": "The photo behind it and all made from it",
    "confirm_title_one": "Delete this headshot?",
    "confirm_title_many": "Delete these {n} headshots?",
    "confirm_text": "They are removed from this computer for good. The photos stay.",
    "confirm_text_one": "It is removed from this computer. The photo stays. You can undo it for 10 seconds.",
    "cancel": CANCEL,
    "failed": "The headshots could not be loaded. Load the page again.",
}

# Deleting

DELETE_HEADSHOT_TITLE: Final = "Delete this headshot?"
DELETE_HEADSHOT: Final = "Delete this headshot"
DELETE_PHOTO_TITLE: Final = "Delete this photo?"
DELETE_ALL_TITLE: Final = "Delete everything?"
DELETE_ALL_TYPE: Final = "Type “delete” to confirm"
DELETE_ALL_WORD: Final = "delete"
DELETE_ALL: Final = "Delete everything"

# Settings

SETTINGS_HEADING: Final = "Settings"
SETTINGS_THEME: Final = "Appearance"
SETTINGS_THEMES: Final = (("auto", "As this computer"), ("light", "Light"), ("dark", "Dark"))
SETTINGS_FOLDER: Final = "Where your pictures are"
SETTINGS_FOLDER_TEXT: Final = (
    "Only your user account can open this folder. To use another, start the app with --data-dir and its path."
)
SETTINGS_STORAGE: Final = "Room used"
SETTINGS_DELETE: Final = "Delete"
SETTINGS_ABOUT: Final = "About"
SETTINGS_ABOUT_TEXT: Final = (
    "{name} is free software, version {version}. All it needs to find and cut out a person came with it."
)


def count(n: int, one: str, many: str) -> str:
    """Say a number of things: `one` for exactly one, else `many` with `{n}` filled in."""
    return one if n == 1 else many.format(n=f"{n:,}")


def delete_photo(headshots: int) -> str:
    """Name what goes when a photo is deleted."""
    if headshots == 0:
        return "Delete this photo"
    return count(headshots, "Delete this photo and its headshot", "Delete this photo and its {n} headshots")


def making(n: int) -> str:
    """Head the page of an order under way."""
    return count(n, "Making your headshot", "Making {n} headshots")


def ready(n: int, of: int) -> str:
    """Head the page of a finished order."""
    if n == of:
        return count(n, "Your headshot is ready.", "Your {n} headshots are ready.")
    return f"{n} of {of} headshots are ready." if n else "No headshot was made."


def kept(photos: int, headshots: int, size: str) -> str:
    """Say how much the app folder holds."""
    if photos == 0 and headshots == 0:
        return "Nothing is kept at the moment."
    made = count(headshots, "1 headshot", "{n} headshots")
    return f"{count(photos, '1 photo', '{n} photos')} and {made}, {size}"


def megabytes(size: int) -> str:
    """Say a number of bytes the way people do."""
    for unit, bytes_each in (("GB", 10**9), ("MB", 10**6)):
        if size >= bytes_each:
            return f"{size / bytes_each:.1f} {unit}"
    return f"{max(1, round(size / 1000))} KB"


def date(moment: datetime) -> str:
    """Say a day: 22 November 2026."""
    local = moment.astimezone()
    return f"{local.day} {local:%B %Y}"
