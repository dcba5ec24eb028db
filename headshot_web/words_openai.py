"""Every sentence on the pages about OpenAI and other servers: what leaves, what it costs, and what was sent.

`{to}` is who it goes to: “OpenAI”, or the name of the person's own server. As in `words`, `{n}` is
a count and `|` parts what is said of none, one and many, or one case from another.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from headshot_web.model import Quality, Remark, Step
from headshot_web.words import REMARKS, date

Words = dict[str, str]

OPENAI: Final = "OpenAI"
KEY_PAGE: Final = "https://platform.openai.com/api-keys"

PILL: Final = "Photos stay here until you send one"
PILL_SHORT: Final = "You decide"

# The choice of who makes it

ENGINES: Final[Words] = {
    "legend": "Who makes them?",
    "provider_text": "New clothes, light and backdrop; your photo leaves this computer.",
    "here": "This computer",
    "here_text": "Retouch; nothing leaves.",
    "here_fine": "Free · a few seconds",
    "add_key": "Add a key in two steps",
    "quality": "Quality",
    "count": "Of each look",
    "variants": "1 picture|{n} variants",
    "others": "More photos of you",
    "others_text": "Up to 3, to catch your likeness. They leave this computer too.",
    "other": "Photo of {date}",
    "lead": "You see each look as a retouch here; {to} also draws the clothes and the light anew.",
    "settings": "Key and budget",
    "see": "See what is sent",
    "new": "new clothes, light and backdrop",
    "leaves": "Your photo leaves this computer, to {host}",
    "leaves_many": "Your photo and {n} more leave this computer, to {host}",
    "over_do": "Change the budget",
    "over_here": "Make them on this computer",
}
EACH: Final = "About {money} each"
NO_PRICE_HERE: Final = "No price is known here"
ABOUT: Final = "about {money}"
OWN_SERVER: Final = "Your own server"
BUDGET_NEAR: Final = "Near your budget of {money} a {period}.|It still fits."
BUDGET_OVER: Final = "Over your budget of {money} a {period}.|Nothing is sent. Choose less, or change it."
PERIODS: Final = {"day": "day", "month": "month"}
QUALITIES: Final = (("draft", "Draft", "quick and cheap"), ("final", "Final", "the real thing"))
KEY_STEPS: Final[Words] = {
    "heading": "Add a key, in two steps",
    "text": "You pay {to} directly for each picture, nobody else. Without a key everything else works.",
    "one": "Get a key",
    "one_text": "Sign in at {to}, make a new secret key there, and copy it.",
    "one_link": "Open {to}’s page of keys",
    "new_tab": "opens in a new tab",
    "two": "Paste it here",
    "label": "Your key",
    "save": "Save the key",
    "saving": "Saving",
    "stays": "It is kept {where}, is sent to {host} alone, and is never shown again.",
    "close": "Not now",
}

# Before a photo is sent

SENDING_TITLE: Final = "Before it leaves"
SENDING_AGREED: Final = "This is the picture that would leave."
SENDING_AGREED_MANY: Final = "These are the {n} pictures that would leave."
SENDING_LEAD: Final = "You see exactly the pixels that would leave. Nothing has been sent yet."
SENDING_ALT: Final = "The exact picture that would be sent to {to}"
SENDING_SHAPE: Final = "For looks in {shape}"
SENDING_OTHER: Final = "More photos of you, for likeness only"
TO: Final = "To"
TO_SECURE: Final = "{host}, over HTTPS"
TO_PLAIN: Final = "{host}, over plain HTTP"
HOW_MUCH: Final = "How much"
HOW_MUCH_ONE: Final = "{size}, once"
HOW_MUCH_MANY: Final = "{n} times about {size}, once for each headshot"
COST: Final = "Cost"
COST_VALUE: Final = "about {money}, paid to {to} with your key"
COST_UNKNOWN: Final = "no prices are known for this server"
PROMPT: Final = "The description of the look, word for word"
FIELDS: Final = "Everything in the form, by name"
FIELDS_TEXT: Final = "Model {model}. Fields: {fields}."
FINGERPRINT: Final = "Fingerprint of the picture (sha256): {sha}"
YES: Final = "Yes, send this photo to {to}"
YES_MANY: Final = "Yes, send these {n} photos to {to}"
SEND: Final = "Send this photo to {to}"
SEND_MANY: Final = "Send these {n} photos to {to}"
INSTEAD: Final = "Make it on this computer instead"
INSTEAD_MANY: Final = "Make them on this computer instead"
BACK_TO_LOOKS: Final = "Back to the looks"
AGREED_ALREADY: Final = "You said yes to {host} on {date}."
PLAIN: Final = (
    "This server is reached without encryption.",
    "Others in the same network could see your photo on its way. Use https if you can.",
)
PLAIN_HERE: Final = (PLAIN[0], "It is on this computer, so your photo passes no network on its way.")
LEFT_SO_FAR: Final = "What left this computer so far"

# The work

STEPS: Final = {
    Step.WAITING: "Waiting for its turn",
    Step.SENDING: "Sending the picture",
    Step.DRAWING: "{to} draws",
    Step.SAVING: "Saving",
}
ORDER: Final[Words] = {
    "patience_final": "This can take 3 to 5 minutes.",
    "patience_draft": "A draft often takes less than a minute.",
    "cancel_free": "If you cancel now, nothing is charged.",
    "cancel_cost": "If you cancel now, {to} may still charge it.",
    "pause": "{to} asks for a pause. It goes on by itself in {time}.",
    "reconnect": "There is no connection to {to}. It is tried again in {time}.",
    "request": "Number of the request at {to}:",
    "here": "Make it on this computer",
    "settings": "Open the settings",
    "new_tab": KEY_STEPS["new_tab"],
}
VARIANT: Final = "{name}, {n} of {of}"
UNKNOWN: Final = "This one may have been charged"
UNKNOWN_ADVICE: Final = "It was with {to} when it broke off. It is never sent again by itself."
AGAIN_ANYWAY: Final = "Try again anyway"
AGAIN_ALONE: Final = "Make it again"
UNKEPT: Final = "Download it now"
UNKEPT_RAW: Final = "Download what came"
UNKEPT_FULL: Final = "The picture is here, in memory. Download it now, or free some space and try again: nothing is paid twice."
UNKEPT_ADVICE: Final = "The picture came, and is here. Download it now, or try again: nothing is paid twice."
RETRY_ONE: Final = "Try the failed one again"
RETRY_MANY: Final = "Try the {n} failed ones again"
RETRY_CANCELLED_ONE: Final = "Make the cancelled one again"
RETRY_CANCELLED_MANY: Final = "Make the {n} cancelled ones again"
SPENT_ONE: Final = "It cost {money}."
SPENT_MANY: Final = "Together they cost {money}."

# What is said of a finished headshot and of a photo

MADE: Final = "Made by {to} ({model}) on {date}, from your photo."
MADE_COST: Final = "Made by {to} ({model}) on {date}, from your photo; cost {money}."
FACT_MARK_VALUE: Final = "a note that AI made part of this picture; no place, no camera, no name"
ORIGINAL: Final = "Untouched"
ORIGINAL_LINK: Final = "the provider’s own file, with its content credentials"
ORIGINAL_LINK_OWN: Final = "the server’s own file"
_REMARKS_DRAWN: Final = {
    Remark.ENLARGED: (
        "Enlarged ×{scale}.",
        "It was drawn smaller than this headshot, so it is a little soft.",
    ),
}
"""What is said instead of a headshot that a provider drew."""

_REMARKS: Final = {
    Remark.OTHER_SIZE: (
        "Drawn in another size.",
        "It came in another size than was asked for, and was cut to the look’s shape.",
    ),
    Remark.OTHER_MODEL: ("Another model drew it.", "The one that was chosen was not available."),
    Remark.PLAINER: ("Drawn without one of the settings.", "The model did not take it."),
}


def remark_words(remark: Remark, scale: float, *, is_drawn: bool) -> tuple[str, str]:
    """Say what is to be known of a headshot, in a title and a sentence; drawn ones have some of their own."""
    title, text = {**REMARKS, **_REMARKS, **(_REMARKS_DRAWN if is_drawn else {})}[remark]
    return title.replace("{scale}", f"{scale:.1f}"), text


PHOTO_COST: Final = "What was made from this photo cost {money} so far."

# What left this computer

SENT_TITLE: Final = "What left this computer"
SENT_LEAD: Final = (
    "Every picture that was sent, written down before it left. Testing the connection sends your key only."
)
SENT_NOTHING: Final = "Nothing has left this computer."
SENT_NOTHING_TEXT: Final = (
    "Should you ever send a photo to OpenAI or another server, it is written down here first: "
    "when, to whom, what, and what it cost."
)
SENT_CSV: Final = "Save as CSV"
SENT_TODAY: Final = "Today"
SENT_MONTH: Final = "This month"
SENT_EVERYTHING: Final = "In all"
SENT_KEPT: Final = "Per headshot you kept"
SENT_KEPT_NONE: Final = "none yet"
SENT_KEPT_FINE: Final = "{kept} of {n} kept"
SENT_KEPT_HOW: Final = "Kept means: among the favourites, or downloaded."
SENT_UNCLEAR_ONE: Final = (
    "1 may have been charged without bringing a picture. It is counted with its estimate."
)
SENT_UNCLEAR_MANY: Final = (
    "{n} may have been charged without bringing a picture. They are counted with their estimates."
)
SENT: Final[Words] = {
    "list": "What was sent, newest first",
    "more": "Show more",
    "loading": "Loading",
    "of": "{n} of {total}",
    "failed": "The list could not be loaded. Load the page again.",
    "to": "To",
    "what": "What",
    "what_value": "{size} in one form",
    "answer": "Answer",
    "status": "HTTP {status}",
    "cost": "Cost",
    "model": "Model",
    "fields": "Fields",
    "sha": "Fingerprint of the picture|Fingerprints of the pictures",
    "request": "Request number",
    "gone": "Copy there",
    "for": "For",
    "open": "the headshot",
    "photo": "the photo",
    "deleted": "deleted here since",
    "secure": "over HTTPS",
    "plain": "without encryption",
}
OUTCOMES: Final = {
    "under-way": "Under way",
    "answered": "Came back",
    "refused": "Refused, not charged",
    "unclear": "May have been charged",
}
GONE_BY: Final = "should be gone by {date}, unless law or safety requires longer"
GONE_UNKNOWN: Final = "not known how long it is kept"
NO_COST: Final = "nothing"
NO_PRICE: Final = "not known"

# Settings

SETTINGS: Final[Words] = {
    "text": "For new clothes, light and backdrop. A photo leaves this computer only after you said yes.",
    "key": "Key",
    "key_kept": "A key ending in {hint} is kept {where}.",
    "key_none_needed": "This server was set up without a key; add one if it asks for it.",
    "replace": "Replace the key",
    "remove": "Remove the key",
    "cancel": "Cancel",
    "removed": "The key is gone from this computer.",
    "saved": "Saved.",
    "test": "Test the connection",
    "testing": "Asking",
    "test_text": "Free: it only asks which models there are.",
    "works": "It works. {to} answered and knows the key.",
    "works_unlisted": "{to} answered and knows the key. The key may not list the models, which is not needed.",
    "consent": "Your yes",
    "consent_none": "Not given. You are asked, with the picture before you, when you first send one.",
    "consent_given": "Given on {date}, for {host}.",
    "agreed": "See it, or take it back",
    "budget": "Budget",
    "budget_text": "When the next picture would go over it, nothing is sent. Empty means no limit.",
    "day": "Most in a day, {currency}",
    "month": "Most in a month, {currency}",
    "budget_save": "Save the budget",
    "count": "How many at once",
    "count_text": "So many headshots are drawn at the same time; the others wait for their turn.",
    "count_label": "At the same time, 1 to {most}",
    "count_save": "Save the number",
    "server": "Models and your own server",
    "server_text": "OpenAI, or any server that speaks its Images API: your own machine, a gateway, another company.",
    "server_warning": "Photos then go to that server, under its rules, and no prices are known. It gets a key of its own: "
    "your OpenAI key is never sent there. Plain http works only inside your own network, where others could read along.",
    "address": "Address",
    "model": "Model for headshots",
    "draft": "Model for drafts",
    "suggested": "suggested: {model}",
    "server_save": "Save",
    "server_back": "Use OpenAI",
    "sent": "What left this computer",
    "request": ORDER["request"],
}
ENDS: Final = "{model} is shut down on {date}.|It draws your {what}. Choose another model below."
ENDED: Final = "{model} was shut down on {date}.|It draws your {what}. Choose another model below."
DRAWS: Final = {
    (Quality.FINAL,): "headshots",
    (Quality.DRAFT,): "drafts",
    (Quality.FINAL, Quality.DRAFT): "headshots and drafts",
}
SPENT_SO_FAR: Final = "{today} today, {month} this month."
PLACES: Final = {
    "environment": "in the environment the app was started in",
    "keyring": "in this computer’s keyring",
    "file": "in a file that only your user account can open",
    "nowhere": "here",
}


def moment(time: datetime) -> str:
    """Say a day and the time of day: 22 November 2026, 23:48."""
    return f"{date(time)}, {time.astimezone():%H:%M}"


def parts(text: str, **values: object) -> tuple[str, str]:
    """Give a title and its advice, filled in."""
    title, _, advice = text.format(**values).partition("|")
    return title, advice
