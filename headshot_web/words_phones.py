"""Every sentence about phones that a person reads on the owner's computer, ready for translation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from datetime import timedelta

_HERE_MINUTES: Final = 2
_HOUR: Final = 60

# Above every page

PILL: Final = "Only the phones you let in"
PILL_SHORT: Final = "Only your phones"

# Networks

WIFI: Final = "Wi-Fi"
CABLE: Final = "Ethernet"
HOTSPOT: Final = "This computer’s own hotspot"
VIRTUAL: Final = "Inside this computer ({name})"
OTHER_NETWORK: Final = "Network {name}"

# The page

HEADING: Final = "Use a phone"
STEPS: Final = (
    ("Let phones connect.", "The app opens at one address of your network, for a few hours."),
    ("Scan the code.", "The phone’s camera app opens the page. There is nothing to install."),
    ("Take a selfie.", "Everybody sees their own photos only, and leaves with their own headshot."),
)
WHERE: Final = "In {network}, for {hours} hours. Switch it off at any time."
WHERE_ONE: Final = "In {network}, for one hour. Switch it off at any time."

PAGE: Final[dict[str, str]] = {
    "heading": HEADING,
    "lead": "Take the photo with a phone, and save the headshot on it. The phone opens this app over your own network; nothing goes through the internet.",
    "no_network": "Waiting for the network",
    "switch_on": "Let phones connect",
    "switching": "One moment",
    "switch_off": "Switch off",
    "off_title": "Switch off, and let every phone go?",
    "off_text": "Nothing can be opened from the network then.",
    "off_confirm": "Switch off",
    "scan_title": "Scan this with the phone’s camera",
    "scan_text": "Point the camera app at the code, then tap what appears.",
    "fresh": "A fresh code in {s} s",
    "type_title": "A phone that can’t scan",
    "type_text": "Type this address into its browser, then these eight digits:",
    "named": "or {address}",
    "digits": "Eight digits",
    "no_digits": "Too many wrong digits were typed. Scanning still works; new digits come within the hour.",
    "open_until": "Open until {time}",
    "read_along": "Not encrypted: others in this network could read along. If you don’t trust it, choose “Encrypted” below.",
    "left_whole": "{h} h left",
    "left_hours": "{h} h {m} min left",
    "left_minutes": "{m} min left",
    "left_soon": "less than a minute left",
    "prolong": "4 hours more",
    "phones_title": "Phones that are connected",
    "no_phones": "None yet. A phone appears here as soon as it has scanned the code.",
    "guest": "own space",
    "family": "shares your gallery",
    "booth": "the booth’s screen",
    "one": "fetches one headshot",
    "disconnect": "Disconnect",
    "disconnect_name": "Disconnect {name}",
    "disconnect_title": "Disconnect {name}?",
    "disconnect_deletes": "Its photos and headshots are deleted from this computer.",
    "disconnect_keeps": "Its photos and headshots go to your gallery, as was said on the phone.",
    "disconnect_family": "It can no longer open your gallery. Nothing is deleted.",
    "cancel": "Cancel",
    "waiting_title": "{name} asks to connect",
    "approve": "Let it in",
    "decline": "Decline",
    "approve_name": "Let {name} in",
    "decline_name": "Decline {name}",
    "look_again": "Look again",
    "network": "Network",
    "space": "What a phone sees",
    "space_own": "Each phone its own space",
    "space_own_text": "Guests see their own photos and headshots, and nobody else’s. You don’t see theirs either.",
    "space_family": "Your gallery",
    "space_family_text": "For your own phone and your family: all of it, as on this computer. Settings and your key stay here.",
    "end": "When a guest leaves",
    "end_delete": "Their pictures are deleted",
    "end_keep": "Their pictures go to your gallery",
    "end_keep_text": "Guests are told so before their first photo.",
    "ask_group": "Before a phone comes in",
    "ask": "Ask me about each phone",
    "ask_text": "A phone that has scanned the code waits until you let it in, here.",
    "crypt": "Connection",
    "plain": "Simple",
    "plain_text": "Opens at once. Others in this Wi-Fi could read along, so use it where you trust them.",
    "https": "Encrypted",
    "https_text": "Nobody can read along, and the phone’s live camera with countdown works. Each phone shows a warning first.",
    "crypt_here": "When you change this, phones that are connected have to scan again.",
    "drawn": "Who may use {provider}",
    "drawn_none": "Only you",
    "drawn_none_text": "Guests’ headshots are made on this computer, at no cost.",
    "drawn_guests": "Guests too, with your key",
    "drawn_guests_text": "Each guest is asked for their own yes first. You pay.",
    "each": "Each guest, at most",
    "all": "All together, per day",
    "costs": "Guests see what it costs",
    "save": "Save",
}
SAVED: Final = "Saved."
SAVED_AGAIN: Final = "Saved. The address is another one now: phones have to scan once more."
BAD_NUMBER: Final = (
    "That is not a number we can use",
    "Write whole numbers: up to 1000 for each guest, up to 10000 for all.",
)
NEWS: Final = {
    "moved": "The network gave this computer another address. Phones have to scan once more.",
    "away": "The network is gone. As soon as this computer is back in it, phones can connect again.",
    "ended": "The time is over, and every phone was let go. You can switch it on again.",
}
CAME: Final = "{name}, came {time}"
SEEN_NOW: Final = "here now"
SEEN_MINUTES: Final = "seen {n} min ago"
SEEN_HOURS: Final = "seen {n} h ago"
OFF_PHONES: Final = "{n} phones are connected. {end}|One phone is connected. {end}"
OFF_DELETES: Final = "The photos and headshots of guests are deleted from this computer."
OFF_KEEPS: Final = "The photos and headshots of guests go to your gallery."
USED: Final = "{n} of {all} were drawn for guests today"
RULES_HEADING: Final = "How phones connect"
RULES_TEXT: Final = "Each choice is remembered on this computer."
QR_LABEL: Final = "A code to scan with a phone, which opens {address}"

# The warning that comes with a certificate of one's own

WARNING_TITLE: Final = "What the phone says first, and what to do"
WARNING_TEXT: Final = "A phone knows the certificates of big websites, but not the one of this computer. So it warns once. It is right to: go on only because you see this computer in front of you."
WARNING_ONCE: Final = "To go on this time"
WARNING_ONCE_STEPS: Final = (
    "iPhone: tap “Show Details”, then “visit this website”, and confirm.",
    "Android: tap “Advanced”, then “Proceed”.",
)
WARNING_TRUST: Final = "To have no warning any more"
WARNING_TRUST_TEXT: Final = "Install this computer’s certificate on the phone. It counts for addresses of private networks only, for two years, and no other app or website can use it."
WARNING_TRUST_STEPS: Final = (
    "Open {address} on the phone.",
    "iPhone: allow the download, then Settings → Profile Downloaded → Install. Then Settings → General → About → Certificate Trust Settings, and switch it on.",
    "Android: save the file, then Settings → Security → More → Install a certificate → CA certificate, and choose it.",
)
WARNING_COMPARE: Final = "Before you install it, compare the fingerprint (SHA-256):"
WARNING_SAVE: Final = "Save the certificate on this computer"

# Elsewhere in the app

START_ASK: Final = "Is the photo on your phone?"
START_LINK: Final = "Use a phone"
SETTINGS_HEADING: Final = "Phones"
SETTINGS_TEXT: Final = "Phones in the same network can connect while you let them, each with its own space. Off until you switch it on."

# On the terminal

OPEN_AT: Final = "Phones can connect at {address} until {time}."
OPEN_NAMED: Final = "The same by name: {address}"
OPEN_PLAIN: Final = (
    "Others in this network could read along. With --phones-https they can’t; each phone then warns first."
)
SCAN: Final = "Scan this with the phone’s camera. It counts once, for two minutes; Enter draws a fresh one."
SCAN_ON_PAGE: Final = "To let a phone in, open “Use a phone” in the app on this computer."
NO_PHONES: Final = "Phones can’t connect: {title}. {advice}"


def where(network: str, hours: int) -> str:
    """Say in which network it will be open, and for how long."""
    return WHERE.format(network=network, hours=hours) if hours > 1 else WHERE_ONE.format(network=network)


def seen(ago: timedelta) -> str:
    """Say when a phone was heard of last."""
    minutes = int(ago.total_seconds() // 60)
    if minutes < _HERE_MINUTES:
        return SEEN_NOW
    return SEEN_MINUTES.format(n=minutes) if minutes < _HOUR else SEEN_HOURS.format(n=minutes // _HOUR)


def off_text(phones: int, *, keeps: bool) -> str:
    """Say what switching off does to the phones that are connected."""
    many, one = OFF_PHONES.split("|")
    return (one if phones == 1 else many).format(n=phones, end=OFF_KEEPS if keeps else OFF_DELETES)


def warning(address: str, fingerprint: str) -> dict[str, Any]:
    """Explain the phone's warning, and how to have none."""
    trust = [step.format(address=address) for step in WARNING_TRUST_STEPS]
    return {
        "title": WARNING_TITLE,
        "text": WARNING_TEXT,
        "parts": [
            {"title": WARNING_ONCE, "text": "", "steps": WARNING_ONCE_STEPS},
            {"title": WARNING_TRUST, "text": WARNING_TRUST_TEXT, "steps": trust},
        ],
        "compare": WARNING_COMPARE,
        "print": fingerprint,
        "save": WARNING_SAVE,
    }
