"""What the door refuses before anything sees it."""

from __future__ import annotations

from headshot_web.errors.told import HeadshotError


class Refused(HeadshotError):
    """A request that was turned away before anything saw it."""

    title = "This was not opened"
    advice = "Open the app by the address it printed when it started."
    status = 403


class OtherAddress(Refused):
    """A request that came by another name than the app's own."""

    title = "This is not the address of the app"
    status = 421


class OtherOrigin(Refused):
    """Another website, or another app on this computer, asked."""

    title = "Another site asked for this"
    advice = "Nothing was opened or changed. To go on, open the app yourself."


class NotConnected(Refused):
    """The window has no session here: the app was started anew, or the cookies were cleared."""

    title = "This window is no longer connected"
    advice = "Reload the page. Everything that was saved is still there."


class BodyTooLarge(Refused):
    """More was sent than any page ever sends."""

    title = "That was too much at once"
    advice = "Nothing was kept. Reload the page and try again with less."
    status = 413


class BodyTooSlow(Refused):
    """The sending stopped or crawled."""

    title = "Sending took too long"
    advice = "Nothing was kept. Try again."
    status = 408


class NotUnderstood(Refused):
    """A request that no browser sends."""

    title = "This request was not understood"
    status = 400


class NotDoneHere(Refused):
    """A method that no page uses."""

    title = "This can't be done here"
    status = 405
