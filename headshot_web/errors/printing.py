"""What printing can fail with."""

from __future__ import annotations

from headshot_web.errors.told import HeadshotError


class PrintError(HeadshotError):
    """A headshot that was not printed."""

    title = "It could not be printed"
    advice = "Look at the printer, then try again."
    status = 503


class NoPrintService(PrintError):
    """A computer without CUPS, or one whose CUPS does not answer."""

    title = "This computer's print service does not answer"
    advice = "Start CUPS, or let the booth's browser print: choose “browser” as the printer."


class NoSuchPrinter(PrintError):
    """A printer that is not there any more."""

    title = "This printer is not there"
    advice = "Connect it, or choose another one in the booth's printing settings."
    status = 404


class PaperOut(PrintError):
    """No paper left."""

    title = "The printer is out of paper"
    advice = "Put paper in. What waits is printed by itself then."


class PaperJam(PrintError):
    """Paper that is stuck."""

    title = "Paper is stuck in the printer"
    advice = "Open it, take the paper out and close it."


class InkOut(PrintError):
    """No ink, toner or ribbon left."""

    title = "The printer is out of ink or ribbon"
    advice = "Put a new one in. What waits is printed by itself then."


class PrinterOpen(PrintError):
    """A door or a cover that is open."""

    title = "The printer is open"
    advice = "Close its door or cover."


class PrinterOffline(PrintError):
    """A printer that is switched off or cannot be reached."""

    title = "The printer can't be reached"
    advice = "Switch it on and look at its cable or its network."


class PrinterStopped(PrintError):
    """A printer that was paused, or stopped by itself after an error."""

    title = "The printer is stopped"
    advice = "Let it go on in this computer's printer settings, or run: cupsenable with its name."


class NotPrintedHere(PrintError):
    """Printing that is switched off for this event."""

    title = "Nothing is printed at this event"
    advice = "Take the headshot along with the phone."
    status = 404
