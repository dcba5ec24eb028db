"""Every sentence a guest reads at the booth, in one place and ready for translation.

`{to}` is who draws, `{booth}` who runs the booth; `|` parts what is said of none, one and many, or a title
from its text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from headshot_web.model import Step
from headshot_web.signals import Closed

Words = dict[str, str]

TITLE: Final = "Photo booth"

SCREEN: Final[Words] = {
    "begin": "Touch to begin",
    "pitch": "A headshot you would sign, in about a minute.",
    "pitch_keep": "Nothing of you is kept.",
    "operator": "For the operator",
    "stop": "Stop and start over",
    "back": "Back",
    "step": "Step {n} of 4: {name}",
    "step_photo": "Photo",
    "step_look": "Look",
    "step_make": "Making",
    "step_take": "Yours",
    "terms_title": "First, how it works.",
    "agree": "Yes, I agree. I am 13 or older",
    "decline": "No, thank you",
    "keep": "{booth} may also keep my headshots",
    "keep_text": "Only if you wish. Leave it off and everything is deleted.",
    "own_terms": "From {booth}",
    "camera_title": "Look at the lens and breathe out.",
    "camera_text": "Nothing is sent yet. Take it as often as you like.",
    "shoot": "Take the photo",
    "counting": "Look at the lens",
    "starting": "The camera is waking up",
    "preview": "Live picture of you, mirrored",
    "shots_title": "Is this the one?",
    "shots_text": "Choose the one you like, or take another.",
    "shots_full": "Choose the one you like. Another one takes the place of the oldest.",
    "use": "Use this photo",
    "again": "Take another",
    "shot": "Photo {n}",
    "chosen_shot": "The photo you chose",
    "using": "Bringing your photo in",
    "looks_title": "Which one is you?",
    "looks_text": "Every look on your own photo. Touch one.",
    "looks_group": "Looks",
    "look_failed": "This look can't be shown just now. It can still be made.",
    "make": "Make my headshot",
    "choose_first": "Touch a look",
    "other_photo": "Take another photo",
    "yours": "Your photo",
    "waiting_title": "Making your headshot",
    "longer": "It takes a little longer than usual.",
    "soon": "Just a moment",
    "about": "About {n} seconds left",
    "partial": "Your headshot, not finished yet",
    "cancel": "Cancel",
    "later": "Get it later by phone",
    "later_text": "Scan this, and you can go. It comes to your phone when it is ready.",
    "again_same": "Try again",
    "other_look": "Choose another look",
    "result_title": "Here you are.",
    "result_text": "Slide to compare it with your photo.",
    "take": "Take it with me",
    "another": "Another look|Another look · 1 left|Another look · {n} left",
    "no_more": "That was your last one here.",
    "finish": "Finish",
    "to_mine": "See my headshots",
    "take_title": "Take it with you.",
    "scan": "Scan this with your phone's camera",
    "scan_text": "Your phone needs to be in the same Wi-Fi. The code is for one phone.",
    "code": "Code for your phone, leading to {url}",
    "code_making": "Making your code",
    "no_phone": "Phones can't fetch it here just now.",
    "print": "Print it|Print {n} copies",
    "printing": "Printing",
    "printed": "It comes out of the printer.",
    "print_failed": "It could not be printed. Please tell {booth}.",
    "fewer": "One copy less",
    "more": "One copy more",
    "copies": "1 copy|{n} copies",
    "done": "Done",
    "done_text": "Done clears the screen for the next guest.",
    "grace": "Your phone can fetch it for {n} minutes. Then it is deleted here.",
    "grace_none": "Your photo and headshots are deleted here as soon as you leave.",
    "idle_title": "Still there?",
    "idle_text": "Touch anywhere to stay. Otherwise this is cleared for the next guest.",
    "stay": "I am still here",
    "before": "Your photo",
    "handle": "Compare your photo with the headshot",
    "value": "{n} % of your photo is shown",
    "alt_before": "Your photo in the same framing",
    "alt_after": "{name}, your headshot",
    "mine": "Your headshots",
    "see": "See {name}",
    "elsewhere_title": "The booth is open in another window.",
    "elsewhere": "Use this window",
    "lost": "The booth is starting again. Just a moment.",
}

# The terms

WHO: Final = "{booth} runs this booth."
WHO_NOBODY: Final = "This booth makes headshots."
HERE: Final = "Your photo stays on this computer.|Nothing of it goes over the internet."
ELSEWHERE: Final = (
    "Your photo is sent to {to}.|They draw the headshot, and normally keep the photo up to 30 days "
    "to look for misuse. It trains nothing."
)
ELSEWHERE_OWN: Final = (
    "Your photo is sent to {to}.|It draws the headshot. How long it keeps the photo is up to {booth}."
)
ELSE_HERE: Final = "If {to} can't be reached,|this computer makes it instead, and tells you."
DELETED: Final = "Then it is deleted.|At most {n} minutes after you leave, so that your phone can fetch it."
DELETED_AT_ONCE: Final = "Then it is deleted.|As soon as you leave."
KEPT_TO_THE_END: Final = "It is deleted when this event ends."
ONLY_YOU: Final = "Only you.|Nobody after you sees your photo or your headshots."

# Who makes it

MADE_HERE: Final = "Made on this computer"
MADE_ELSEWHERE: Final = "Drawn by {to}. Your photo is sent there."
MADE_INSTEAD: Final = "{to} can't be reached just now, so this computer makes it."
WAS_MADE_INSTEAD: Final = "Made on this computer, because {to} could not be reached."

STEPS: Final[Mapping[Step, str]] = {
    Step.WAITING: "Waiting for its turn",
    Step.SENDING: "Sending your photo",
    Step.DRAWING: "Drawing",
    Step.PAUSED: "Waiting for a free place",
    Step.RECONNECTING: "Waiting for the connection",
    Step.FRAMING: "Framing on your eyes",
    Step.CUTTING_OUT: "Cutting out, hair by hair",
    Step.LIGHTING: "Setting the light",
    Step.SAVING: "Finishing",
}
STEPS_HERE: Final = (Step.FRAMING, Step.CUTTING_OUT, Step.LIGHTING, Step.SAVING)
STEPS_ELSEWHERE: Final = (Step.SENDING, Step.DRAWING, Step.SAVING)

# When the booth cannot deliver

CLOSED: Final[Mapping[Closed, str]] = {
    Closed.RESTING: "The booth is resting.|Come back a little later.",
    Closed.NO_CAMERA: "The booth can't see just now.|Its camera is not there. Please tell {booth}.",
    Closed.NO_ENGINE: "The booth takes a short break.|Headshots can't be made just now. Please come back soon.",
    Closed.BUDGET_SPENT: "That's all for now.|All headshots of this event have been made. Thank you for coming.",
    Closed.DISK_FULL: "The booth takes a short break.|It has no room left. Please tell {booth}.",
    Closed.PRINTER_OUT: "The booth takes a short break.|The printer needs somebody. Please tell {booth}.",
}
CLOSED_FINE: Final = "It opens again by itself."
SOMEBODY: Final = "the people here"
OWN_SERVER: Final = "the booth's own server"
OPENAI: Final = "OpenAI"

# When something does not work, said to a guest

TROUBLES: Final[Mapping[str, str]] = {
    "BudgetReached": "All paid headshots are used up.|Thank you for coming. Your photo is deleted when you leave.",
    "ModerationRefused": "{to} did not want to draw this one.|Another look or another photo may work.",
    "PhotoRefused": "{to} could not use this photo.|Take another one, facing the light.",
    "DiskFull": "The booth has no room left.|Please tell {booth}. Your photo is deleted when you leave.",
    "TooSmall": "This photo is too small.|Please take it again.",
    "UploadInterrupted": "The photo did not arrive.|Please try once more.",
}
TROUBLE: Final = "This one did not work.|Your photo is safe. Try again, or choose another look."
TROUBLE_LAST: Final = "It may have been drawn all the same, so it counts as your last one here."
TROUBLE_PHOTO: Final = "This photo can't be used.|Please take it again."
MAY_BE_SLOW: Final = "{to} is busy just now.|Your photo is safe. Try again in a moment."


def trouble(code: str, *, to: str, booth: str, of_photo: bool) -> list[str]:
    """Say kindly what did not work: a title and what to do."""
    words = TROUBLES.get(code, TROUBLE_PHOTO if of_photo else TROUBLE)
    return words.format(to=to, booth=booth or SOMEBODY).split("|")


def closed(reason: Closed, booth: str) -> list[str]:
    """Say why the booth is closed: a title and a text."""
    return CLOSED[reason].format(booth=booth or SOMEBODY).split("|")
