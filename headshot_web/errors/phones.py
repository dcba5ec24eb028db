"""What can go wrong while a phone is let in, and what a guest can't have any more."""

from __future__ import annotations

from headshot_web.errors.door import NotConnected, Refused
from headshot_web.errors.told import HeadshotError


class NotPaired(NotConnected):
    """A phone that was not let in, or whose time is over."""

    title = "This phone is not connected"
    advice = "Scan the code on the computer once more."


class FromOutside(Refused):
    """Somebody who is not in this network."""

    title = "This is open in this network only"
    advice = "Connect the phone to the same Wi-Fi as the computer."


class PairingRefused(HeadshotError):
    """A code that opens nothing."""

    title = "This code opens nothing"
    advice = "Ask for a new code on the computer, and scan that one."
    status = 403


class InvitationOver(PairingRefused):
    """A code whose two minutes are over."""

    title = "This code is too old"
    advice = "A code counts for two minutes. Scan the one that the computer shows now."


class InvitationUsed(PairingRefused):
    """A code with which another phone came in, or this one a moment ago."""

    title = "This code was used already"
    advice = "Each code lets one phone in. Scan the one that the computer shows now."


class WrongCode(PairingRefused):
    """Eight digits that are not those on the computer."""

    title = "These are not the digits on the computer"
    advice = "Look once more, and type all eight."


class TooManyTries(PairingRefused):
    """Wrong digits too often: nobody can go on guessing."""

    title = "That was wrong too often"
    advice = "Ask for new digits on the computer. After many wrong ones they come back within the hour."
    status = 429


class PairingDeclined(PairingRefused):
    """The owner said no to this phone."""

    title = "This phone was not let in"
    advice = "Ask whoever is at the computer."


class GuestsFull(HeadshotError):
    """All that guests may have drawn elsewhere was used."""

    title = "No more can be drawn elsewhere for guests"
    advice = "They can still be made on the computer, which sends nothing. Or ask whose computer it is."
    status = 429
    retouch_helps = True


class GuestLimit(GuestsFull):
    """All that one guest may have drawn elsewhere was used."""

    title = "Not enough is left for you"
    advice = "Choose fewer looks, or have them made on the computer, which sends nothing."


class NotForGuests(GuestsFull):
    """The owner lets nothing be drawn elsewhere for guests."""

    title = "Headshots are made on the computer alone now"
    advice = "Choose again: what is made there costs nothing and is sent nowhere."
    status = 403


class TooManyPhones(Refused):
    """So many connections are open that no more are let in."""

    title = "Too many phones are connected just now"
    advice = "Wait a moment, then try again."
    status = 503
