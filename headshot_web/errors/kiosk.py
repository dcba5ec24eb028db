"""What setting up and running a photo booth can fail with."""

from __future__ import annotations

from headshot_web.errors.folder import FolderError
from headshot_web.errors.told import HeadshotError


class BadEvent(HeadshotError):
    """Something about an event that cannot be set."""

    title = "This can't be set for an event"
    advice = "Correct it, then save again. The event was left as it was."
    status = 422

    def __init__(self, about: str = "", told: str | None = None) -> None:
        super().__init__()
        self.about = about
        """Which part of the event it is about, by its name in the file; empty for the whole file."""
        if told:
            self.advice = told


class EventUnreadable(BadEvent):
    """A file that does not hold an event."""

    title = "This file does not hold an event"
    advice = "Choose a file that was saved by “Save as a file” on the booth's own pages."


class BadPin(HeadshotError):
    """Digits that cannot be, or should not be, a PIN."""

    title = "Choose another PIN"
    advice = "A PIN has 6 to 12 digits."
    status = 422

    def __init__(self, told: str | None = None) -> None:
        super().__init__()
        if told:
            self.advice = told


class PinThere(HeadshotError):
    """A PIN was set already, so that another is set behind it alone."""

    title = "There is a PIN already"
    advice = "Enter it first. Who forgot it: “headshot-web kiosk --reset-pin” on this computer."
    status = 409


class PinDamaged(FolderError):
    """A file of the PIN that cannot be read."""

    title = "The operator's PIN can't be read"
    advice = "Set another one: headshot-web kiosk --reset-pin"


class WrongPin(HeadshotError):
    """Not the PIN."""

    title = "That was not the PIN"
    advice = "Try again. Who forgot it: “headshot-web kiosk --reset-pin” on this computer."
    status = 403


class PinRests(HeadshotError):
    """Too many wrong PINs, so that none is looked at for a while."""

    title = "Too many wrong PINs"
    advice = "Wait a little, then try again."
    status = 429

    def __init__(self, wait_s: int = 0) -> None:
        super().__init__()
        self.wait_s = wait_s
        if wait_s:
            minutes, seconds = divmod(wait_s, 60)
            wait = f"{minutes}:{seconds:02} minutes" if minutes else f"{seconds} seconds"
            self.advice = f"Try again in {wait}."


class OperatorOnly(HeadshotError):
    """Something that the operator does, asked for without the PIN."""

    title = "This needs the operator's PIN"
    advice = "Enter it, then go on."
    status = 403


class LogoUnusable(HeadshotError):
    """A picture that cannot be a logo."""

    title = "This logo can't be used"
    advice = "Choose a PNG, JPEG or WebP of at least 24 pixels, at most 8 MB."
    status = 422


class NoKioskBrowser(HeadshotError):
    """No browser that can be a booth's screen."""

    title = "No Chromium, Chrome or Edge was found"
    advice = (
        "Install one of them, or say where it is: headshot-web kiosk --program /where/it/is. "
        "With --no-browser you open the address yourself."
    )


class NoSuchScreen(HeadshotError):
    """A screen that is not connected, or that cannot be told apart from others."""

    title = "This screen was not found"
    advice = "Leave out --screen for the first one, or write where its left upper corner is: --screen 1920,0"
    status = 404

    def __init__(self, told: str | None = None) -> None:
        super().__init__()
        if told:
            self.advice = f"{told} {type(self).advice}"


class NotInstalledHere(HeadshotError):
    """A system that opens programs at login in a way of its own."""

    title = "On this system the booth is added to the login items by hand"
    advice = "Add the command “headshot-web kiosk” to what is opened at login."

    def __init__(self, command: str | None = None) -> None:
        super().__init__()
        if command:
            self.advice = f"Add this command to what is opened at login: {command}"


class CannotReadEvent(FolderError):
    """A file named on the command line that cannot be read."""

    title = "The event's file can't be read"
    advice = "Check how its name is written, and that you may open it."


class NotInstalled(HeadshotError):
    """A person was asked whether to open the booth at login, and did not say yes."""

    title = "Nothing was written"
    advice = "The booth is not opened at login. Add --yes to write it without being asked."
