"""The privacy policy, written out of the same facts that the app works with, so that it cannot drift."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final, Self

from headshot_web.errors import BadEvent, FolderError
from headshot_web.model import EngineName
from headshot_web.settings import GuestEngine

if TYPE_CHECKING:
    from headshot_web.endpoint import Endpoint
    from headshot_web.engines.price_list import PriceList
    from headshot_web.event import Event
    from headshot_web.settings import Settings

POLICY_DATE: Final = date(2026, 11, 29)
"""The day of the words below. When what they say changes, so does this, and everybody is asked again."""

PROMISES: Final[dict[str, str]] = {
    "no-account": "You need no account, no name and no e-mail address.",
    "no-tracking": "There are no ads, no tracking, no profiling and no telemetry.",
    "nothing-collected": "Nothing about you is collected, sold or shared: the makers of this app receive nothing from it.",
    "no-foreign-host": "The pages load nothing from anywhere but this computer.",
    "works-offline": "Headshots are made on this computer without any network.",
    "no-recognition": "Nobody is recognised: no faceprint, template or embedding is made of anybody.",
    "faces-in-memory": "Where a face is in a photo is held in memory only and never written down.",
    "camera-when-chosen": "The camera is opened, and a photo is read, only when you choose it.",
    "left-behind": "Place, time, camera and file name are left behind when a photo is taken in.",
    "kept-here": "Photos and headshots are kept only on this computer, in a folder that nobody else can open.",
    "door-closed": "Only a browser on this computer can open the app, until you let phones in; then only phones you paired.",
    "guests-apart": "A guest’s pictures are seen by that guest alone and go when the guest leaves: unless the guest was told otherwise before the first photo.",
    "until-deleted": "Pictures stay until you delete them: one by one, all at once, or after a time you set.",
    "deleted-is-gone": "What you delete is gone from the app’s folder, its temporary files and its log.",
    "clear-yes": "No photo is sent before your clear yes, and none any more once you take it back.",
    "only-the-provider": "Pictures go to the provider you chose and to nobody else.",
    "only-for-the-headshot": "Only what the headshot you asked for needs is sent: the framed pictures, the description of the look, how to draw it (model, size, quality), and your key.",
    "https-only": "What is sent beyond your own network is always encrypted, over HTTPS.",
    "written-down": "Every photo that leaves this computer is written down first, where you can look it up.",
    "provider-keeps": "OpenAI may keep what it received, normally for up to 30 days.",
    "key-stays-secret": "Your key goes to its own host alone and stands in no page, no log and no export.",
    "log-is-empty-handed": "The log stays here and holds no key, no picture, no file name and no words of yours.",
    "reports-by-hand": "A problem report is a text for you to read; the app never sends one.",
    "says-how-made": "Every headshot says in its file how it was made, unless you leave that out.",
    "subscriptions-technical": "If subscriptions are turned on, their service sees technical data only: no photo, no headshot, no words, no name.",
    "thirteen": "The app is for people of 13 or older; for anybody younger it stops and stores nothing.",
    "shown-again": "This policy is in the app, carries its date, and is shown again when it changes, before anything more is sent.",
}
"""What the app keeps to, each with a test of this name that fails when it does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Booth:
    """What the policy says of a photo booth: as it is set for the event."""

    until_the_end: bool
    """Whether guests' pictures stay until the event is ended."""
    handed_over: bool
    """Whether they stay with whoever runs the booth, where a guest said yes to that."""
    grace_min: int
    """For so long after a visit a guest's phone can still fetch the headshot."""
    drawn: bool
    """Whether the provider draws the guests' headshots."""
    drawn_else_here: bool
    """Whether this computer makes them when the provider can't be reached."""
    printing: bool
    by_browser: bool
    """Whether the booth's browser prints, and not the app through the print service."""

    @classmethod
    def of(cls, event: Event) -> Self:
        """Gather what guests are to know of an event."""
        from headshot_web.event import BoothEngine, Keep  # noqa: PLC0415 - few have a booth

        return cls(
            until_the_end=event.keep is Keep.UNTIL_EVENT_ENDS,
            handed_over=event.keep is Keep.HANDED_OVER,
            grace_min=event.grace_min,
            drawn=event.engine is not BoothEngine.ON_DEVICE,
            drawn_else_here=event.engine is BoothEngine.OPENAI_ELSE_HERE,
            printing=event.printing.enabled,
            by_browser=event.printing.by_browser,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the policy speaks of, as it is in this installation."""

    folder: str
    log: str
    contact: str
    made_here: bool
    """Whether headshots can be made on this computer."""
    host: str | None
    """Where headshots are drawn that are not made here; None where nothing can be sent."""
    is_openai: bool
    secure: bool
    on_this_computer: bool
    kept_days: int | None
    """How long the provider normally keeps what it received; None where nobody can promise that."""
    delete_after_days: int | None
    delete_originals: bool
    subscriptions: bool
    phones_open: bool
    """Whether phones are let in just now."""
    guests_keep: bool
    """Whether guests' pictures stay with the owner, as guests are told."""
    guests_drawn: bool
    """Whether guests may have headshots drawn by the provider too."""
    booth: Booth | None
    """How this computer's photo booth is set; None where there is none."""
    sending_since: datetime | None
    """When somebody said yes to sending there."""
    agreed_since: datetime | None
    """When somebody agreed to this policy."""

    @classmethod
    def of(  # noqa: PLR0913 - all that it is generated from
        cls,
        settings: Settings,
        endpoint: Endpoint | None,
        prices: PriceList,
        engines: Collection[EngineName],
        *,
        sending_since: datetime | None = None,
        agreed_since: datetime | None = None,
        subscriptions: bool = False,
        phones_open: bool = False,
    ) -> Self:
        """Gather the facts; without an endpoint, or the engine for it, nothing can be sent."""
        there = endpoint if EngineName.OPENAI in engines else None
        return cls(
            folder=str(settings.folders.root),
            log=str(settings.folders.log),
            contact=settings.contact,
            made_here=EngineName.ON_DEVICE in engines,
            host=there.host if there else None,
            is_openai=bool(there and there.is_openai),
            secure=bool(there and there.secure),
            on_this_computer=bool(there and there.on_this_computer),
            kept_days=prices.kept_days if there and there.is_openai else None,
            delete_after_days=settings.delete_after_days,
            delete_originals=settings.delete_originals,
            subscriptions=subscriptions,
            phones_open=phones_open,
            guests_keep=settings.guests_keep,
            guests_drawn=there is not None and settings.guest_engine is GuestEngine.PROVIDER,
            booth=_booth(settings),
            sending_since=sending_since,
            agreed_since=agreed_since,
        )

    @property
    def provider(self) -> str:
        """How the provider is called in a sentence."""
        return "OpenAI" if self.is_openai else "your own server"


def _booth(settings: Settings) -> Booth | None:
    """Read how the booth is set, where there is one."""
    if not settings.folders.event.is_file():
        return None
    from headshot_web.event import Event  # noqa: PLC0415 - likewise

    with suppress(BadEvent, FolderError):  # then the booth does not open either
        return Booth.of(Event.load(settings.folders.event))
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and what stands below it."""

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The whole policy, as it is true here."""

    updated: date
    sections: tuple[Section, ...]


def policy(facts: Facts) -> Policy:
    """Write the policy out of the facts."""
    sections = (
        Section(title="In short", paragraphs=_in_short(facts)),
        Section(title="What stays here", paragraphs=_what_stays(facts)),
        Section(title="What leaves, to whom, and why", paragraphs=_what_leaves(facts)),
        *_what_is_kept(facts),
        Section(title="Phones and guests", paragraphs=_phones(facts)),
        Section(title="At a photo booth", paragraphs=_at_a_booth(facts)),
        Section(title="Faces", paragraphs=_FACES),
        Section(title="What is never done", paragraphs=_NEVER),
        Section(title="Camera and photo library", paragraphs=_CAMERA),
        Section(title="Children", paragraphs=_CHILDREN),
        Section(title="Subscriptions", paragraphs=_subscriptions(facts)),
        Section(title="Security", paragraphs=_security(facts)),
        Section(title="How long, and how to delete", paragraphs=_deleting(facts)),
        Section(title="Your choices", paragraphs=_choices(facts)),
        Section(title="When this changes", paragraphs=_changes(facts)),
        Section(title="Questions", paragraphs=_contact(facts)),
    )
    return Policy(updated=POLICY_DATE, sections=sections)


def day(moment: date) -> str:
    """Say a day: 23 November 2026."""
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_FACES: Final = (
    "To frame you well, the app looks for where a face and its eyes are in the photo. That is detection: it is held in memory while the app works with the photo, and never written down.",
    "Nobody is recognised. No faceprint, template, embedding or other biometric data is made, kept, compared or sent.",
)
_NEVER: Final = (
    "No ads. No tracking, no profiling, no analytics, no telemetry, no crash reports, no check for updates.",
    "Nothing of yours is sold, rented or shared. The makers of this app receive nothing from it, not even that you use it.",
)
_CAMERA: Final = (
    "The camera is opened only when you press its button, and your browser asks you first.",
    "Of your photo library and your folders the app sees only the photos you choose. It never looks through them.",
)
_CHILDREN: Final = (
    "The app is for people of 13 or older, and asks for that at the first visit. For anybody younger it stops there, and stores nothing, not even the answer.",
)


def _in_short(facts: Facts) -> tuple[str, ...]:
    if facts.host is None:
        first = "Your photos stay on this computer. Nothing leaves it."
    else:
        first = f"Your photos stay on this computer. None leaves it unless you ask for a headshot that is drawn by {facts.provider}. Before the first one you see the exact picture, and are asked for your yes."
    return first, "There is no account. You give no name and no e-mail address."


def _what_stays(facts: Facts) -> tuple[str, ...]:
    return (
        f"Photos and headshots are kept in one folder, which only your user account can open: {facts.folder}",
        "A photo is turned upright and kept as a new picture. Place, time, camera and file name are left behind. The file you chose stays as it was.",
        "In the same folder are your settings, what you said yes to, what left this computer and what it cost, and that something was deleted, without a name or a picture of it.",
        "Your browser keeps one cookie for this app: a random number by which it knows that it is you. It goes with the browser’s session; that of a phone, when the phone is disconnected or its time is over. It is used for nothing else.",
        f"A small log helps to find mistakes: {facts.log}. It holds moments, fixed words and places in the program; no key, no picture, no file name, no words of yours. Nobody is sent it.",
    )


def _what_leaves(facts: Facts) -> tuple[str, ...]:
    here = ("What is made on this computer is sent to nobody.",) if facts.made_here else ()
    if facts.host is None:
        return (*here, "Nothing leaves. No provider is set.")
    since = (
        f"You said yes to this on {day(facts.sending_since.astimezone())}. Until you take it back, it counts for each headshot that you order there."
        if facts.sending_since
        else "Nobody said yes to this yet, so nothing is sent."
    )
    return (
        *here,
        f"A headshot that you order from {facts.provider} is drawn at {facts.host}. {_way(facts)}",
        "What is sent: the framed picture, which you can see before, and others of you that you add, each without place, time, camera or name; the description of the look; how to draw it, which is the model, the size and the quality; and your key. Nothing else, and only to make the headshot you asked for.",
        "When you test the connection in the settings, your key goes there with the question which models there are; no photo.",
        "As with every connection, the other side also learns your network address and the time.",
        "Each sending of a photo is written down before it begins. You can look it up under “What left this computer”.",
        since,
    )


def _way(facts: Facts) -> str:
    if facts.secure:
        return "It travels encrypted, over HTTPS."
    if facts.on_this_computer:
        return "That is on this computer, so it passes no network."
    return "That is in your own network and not encrypted: others in that network could read along."


def _what_is_kept(facts: Facts) -> tuple[Section, ...]:
    if facts.host is None:
        return ()
    return (Section(title=f"What {facts.provider} keeps", paragraphs=_kept_there(facts)),)


def _kept_there(facts: Facts) -> tuple[str, ...]:
    if facts.kept_days is None:
        return (f"What happens to it there, and how long it stays, is up to whoever runs {facts.host}.",)
    return (
        f"{facts.provider} normally keeps what it received for up to {facts.kept_days} days, to look for misuse; longer where the law or safety requires it. It is not used to train models.",
        f"This app can’t delete it there. Under “What left this computer” you see until when it is normally kept. For the time it is there, {facts.provider}’s own policy counts.",
    )


def _phones(facts: Facts) -> tuple[str, ...]:
    now = (
        "Phones are let in just now."
        if facts.phones_open
        else "Just now it is off: nothing listens in any network."
    )
    kept = (
        "As it is set, a guest’s pictures stay in your gallery when the guest leaves."
        if facts.guests_keep
        else "When a guest leaves, the guest’s pictures are deleted from this computer."
    )
    drawn = (
        f"As it is set, guests may also have headshots drawn by {facts.provider}, with your key, each after a yes of their own."
        if facts.guests_drawn
        else "Guests’ headshots are made on this computer alone."
    )
    return (
        f"You can let phones in: in one network, for a time that ends by itself, and only those that you pair by a code. {now}",
        "Each guest has a space of their own. No other guest sees it, and neither do you while the guest is here. Guests do not see your pictures, your settings or your key. A phone that you let in as family shares your gallery.",
        f"{kept} Each guest is told so before the first photo, and agrees to this policy for themself.",
        f"{drawn} At a photo booth it is as the next section says.",
        "Of a phone the app keeps what kind it is, when it came and was here last, and what was agreed to on it, until it is disconnected.",
        "By http, others in that network could look on while pictures pass between a phone and this computer. By https they can’t.",
    )


def _at_a_booth(facts: Facts) -> tuple[str, ...]:
    booth = facts.booth
    if booth is None:
        return (
            "There is none here. Where this app runs as a photo booth, this section says what becomes of its guests’ pictures, who draws them, and what is printed.",
        )
    soon = f"at once, or after {_minutes(booth.grace_min)} where a phone is to fetch it"
    kept = f"When a guest leaves the booth, all that is theirs is deleted: {soon}."
    if booth.until_the_end:
        kept = (
            "Guests’ pictures stay until whoever runs the booth ends the event. Then all of them are deleted."
        )
    elif booth.handed_over:
        kept = f"Guests’ pictures stay with whoever runs the booth, after the guest’s yes to that; those of all others are deleted when they leave: {soon}."
    drawn = "Guests’ headshots are made on this computer alone."
    if booth.drawn and facts.host is not None:
        else_here = (
            " When it can’t be asked, this computer makes them, and says so." if booth.drawn_else_here else ""
        )
        drawn = f"Guests’ headshots are drawn by {facts.provider}, at {facts.host}: only the shot a guest chose is sent, after the guest’s yes.{else_here}"
    printed = "Nothing is printed."
    if booth.printing:
        way = (
            "the booth’s browser hands it to the system’s print service. How long that keeps it is up to the system."
            if booth.by_browser
            else "the app hands it to the system’s print service, and takes it out there once it was printed, as far as that service allows it."
        )
        printed = f"What a guest chooses to print leaves the app’s folder: {way} What a printer keeps in itself can’t be reached from here."
    return (
        "This app was set up as a photo booth. Who runs it is said there before the first photo. Of the shots a guest takes, only the chosen one is kept at all.",
        kept,
        drawn,
        printed,
    )


def _minutes(count: int) -> str:
    return "1 minute" if count == 1 else f"{count} minutes"


def _subscriptions(facts: Facts) -> tuple[str, ...]:
    seen = "It sees technical data only: a random number, what was subscribed to and when, and the kind of system. Never a photo, a headshot, a description or a name."
    if facts.subscriptions:
        return (f"Whoever runs this app has turned subscriptions on. RevenueCat handles them. {seen}",)
    return (f"There are none. If whoever runs this app turns them on, RevenueCat handles them. {seen}",)


def _security(facts: Facts) -> tuple[str, ...]:
    key = (
        f"The key for {facts.host} is kept in the system’s keyring, or where there is none in a file that only you can open. It is sent to that host alone.",
    )
    return (
        "Only a browser on this computer can open the app and, while you let phones in, the phones you paired; everybody else is refused at the door.",
        "Folder and files can be opened by your user account alone. A folder that others could change is not used.",
        *(key if facts.host else ()),
        "Nobody can protect a disk from who has it in hand. Let your system encrypt it.",
    )


def _deleting(facts: Facts) -> tuple[str, ...]:
    by_itself = []
    if facts.delete_after_days is not None:
        days = "1 day" if facts.delete_after_days == 1 else f"{facts.delete_after_days} days"
        by_itself.append(f"As it is set, photos and headshots are deleted by themselves after {days}.")
    if facts.delete_originals:
        by_itself.append("As it is set, a photo is deleted by itself as soon as a headshot was made of it.")
    until = " until its day" if facts.kept_days is not None else ""
    copy = f", and {facts.provider}’s copy{until}" if facts.host else ""
    return (
        " ".join(
            by_itself
            or ["Pictures stay until you delete them.", "Nothing goes by itself, unless you set that."]
        ),
        "Delete one headshot, a photo with all that came of it, or everything. A single one can be brought back for 10 seconds; then nothing of it is on the disk.",
        f"What can’t be reached from here: your own backups, files you downloaded, what a disk keeps inside itself{copy}.",
    )


def _choices(facts: Facts) -> tuple[str, ...]:
    yes = (
        ("Take your yes back in the settings at any time. Then nothing more is sent.",) if facts.host else ()
    )
    return (
        *yes,
        "Take everything along: all pictures and how they were made, as one ZIP with readable names.",
        "Every headshot says in its file how it was made. Keep that note or leave it out when you download.",
        "The makers of this app hold nothing about you, so there is nothing to ask them to show, correct or delete.",
    )


def _changes(facts: Facts) -> tuple[str, ...]:
    agreed = (f"You agreed to it on {day(facts.agreed_since.astimezone())}.",) if facts.agreed_since else ()
    return (
        f"This policy is of {day(POLICY_DATE)}. When it changes, it carries a new date and is shown to you again before anything more is sent.",
        *agreed,
    )


def _contact(facts: Facts) -> tuple[str, ...]:
    return (f"Write to {facts.contact}. Please send no photo along.",)
