"""Every sentence that a guest reads on the phone and nobody else does, ready for translation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Words = dict[str, str]

# Letting the phone in

PAIR_TITLE: Final = "Connect this phone"
PAIR: Final[Words] = {
    "busy": "Connecting this phone",
    "busy_text": "One moment.",
    "heading": "Connect this phone",
    "lead": "On the computer, open “Use a phone” and scan the code that it shows.",
    "or": "Or type the eight digits from there:",
    "label": "Eight digits",
    "connect": "Connect",
    "asked": "Waiting for a yes on the computer",
    "asked_text": "Whoever is there was asked to let this phone in. Leave this page open.",
    "lost": "The computer can’t be reached",
    "lost_text": "Check that this phone is in the same Wi-Fi, then try again.",
    "retry": "Try again",
    "ended": "Your visit is over",
    "ended_text": "Your photos and headshots were deleted from the computer. What you saved on this phone stays yours.",
    "kept": "Your visit is over",
    "kept_text": "Your pictures stay with whoever invited you, as you were told at the beginning.",
    "left": "This phone is no longer connected",
    "left_text": "To come back, scan the code on the computer once more.",
    "no_script": "This page needs JavaScript. Turn it on in the browser’s settings, then scan the code again.",
}

# The one headshot that was made at the booth

TAKE_TITLE: Final = "Your headshot"
TAKE_LEAD: Final = "Save it on this phone now. It can be fetched here for a short time only."
TAKE_SAVE: Final = "Save the headshot"
TAKE_ALT: Final = "Your headshot"

# Before the first photo

WELCOME_LEAD: Final = "This app turns a photo of you into a headshot you would sign. It runs on the computer of whoever invited you."
WELCOME_STAYS: Final = "Where your pictures are"
WELCOME_STAYS_TEXT: Final = (
    "On that computer, in a space of your own: nobody else who is connected sees them, nor does its owner "
    "while you are here."
)
WELCOME_STAYS_FAMILY: Final = "In the gallery on that computer, which you share with whoever invited you."
WELCOME_END: Final = "When you leave"
WELCOME_DELETED: Final = (
    "Everything of yours is deleted there. Save what you want to keep on your phone before."
)
WELCOME_KEPT: Final = "Your photos and headshots stay there, in the gallery of whoever invited you."
WELCOME_FAMILY: Final = "Your pictures stay in the gallery, until one of you deletes them."
WELCOME_LEAVES_NEVER: Final = "Nothing goes anywhere else. Every headshot is made there."
WELCOME_PLAIN: Final = (
    "This Wi-Fi",
    "What passes between your phone and the computer is not encrypted: others in this Wi-Fi could read along.",
)
WELCOME_NOTED: Final = "Your yes is written down for this visit only."
START_LEAD: Final = "Choose a photo, pick a look, save it on this phone. It takes about a minute."
PROMISE: Final = "Your photo goes to the computer of whoever invited you, and stays there."
PROMISE_ASKED: Final = (
    "Your photo goes to the computer of whoever invited you, and no further without your yes."
)
GALLERY_EMPTY: Final = "Your headshots wait here until you leave. Save what you want to keep on this phone."
DROP: Final[Words] = {
    "stays": "It goes to the computer of whoever invited you.",
    "lost_advice": "Nothing was kept. Check that this phone is in the same Wi-Fi, then choose the photo again.",
}
PILL: Final = "Only you see your pictures"
PILL_SHORT: Final = "Only you"
PILL_FAMILY: Final = "You share the gallery of this app"
PILL_FAMILY_SHORT: Final = "Shared gallery"

# The visit, and its end

NAV_VISIT: Final = "Your visit"
NAV_VISIT_SHORT: Final = "Visit"
VISIT_UNTIL: Final = "Open until"
VISIT_TIME: Final = "{time}, then it ends by itself"
VISIT_END: Final = "Your pictures"
VISIT_DELETED: Final = "Deleted from the computer when you leave"
VISIT_KEPT: Final = "Stay with whoever invited you"
VISIT_SHARED: Final = "Stay in the gallery you share"
VISIT_DRAWN: Final = "Drawn by {to}"
VISIT_DRAWN_LEFT: Final = "{n} of {of} left for you"
VISIT_NONE_LEFT: Final = "None left. On the computer, more can still be made."
AGREED: Final = "You said yes to sending photos to {to}."
DONE: Final = "Done"
DONE_TITLE: Final = "Leave now?"
DONE_DELETES: Final = (
    "Your photos and headshots are deleted from the computer at once. Save first what you want to keep."
)
DONE_KEEPS: Final = "This phone is disconnected. Your pictures stay with whoever invited you."
DONE_SHARED: Final = "This phone is disconnected. The pictures stay in the gallery."
DONE_LEAD: Final = "Saved your headshot? Then you can leave."
LEFT_FOR_YOU: Final = "{n} left for you"
"""How many headshots a guest can still have drawn by the provider."""
NONE_LEFT_FOR_YOU: Final = "None left for you"
TOO_FEW_LEFT: Final = (
    "Only {n} left for you.",
    "Choose fewer looks, or fewer of each; or let the computer make them.",
)
NONE_LEFT: Final = ("None left for you.", "The computer can still make them.")
LEFT: Final = "Left for you"
NOT_DRAWN: Final = "It can’t be drawn there just now"
OWNER_MENDS: Final = "Whoever invited you can see to it. Your photo is safe."
BY_A_GUEST: Final = "For a guest"


def there(text: str, *, is_owner: bool) -> str:
    """Say a sentence to whoever reads it: on a phone, “this computer” is the one that the guest came to."""
    if is_owner:
        return text
    return text.replace("this computer", "the computer").replace("This computer", "The computer")


def all_there(said: Mapping[str, str], *, is_owner: bool) -> Words:
    """Say the sentences of a page in the same way."""
    return {name: there(text, is_owner=is_owner) for name, text in said.items()}
