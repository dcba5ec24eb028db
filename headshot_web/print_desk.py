"""The booth's way onto paper, as the event's printing is set."""

from __future__ import annotations

from contextlib import suppress

from headshot_web.errors import NotPrintedHere, PrintError
from headshot_web.event import Print
from headshot_web.event_book import EventBook
from headshot_web.imaging.darkroom import Darkroom
from headshot_web.printers import Printers, PrinterState


class PrintDesk:
    """Lays headshots out and prints them; where the browser prints, its page asks for the sheet alone."""

    def __init__(self, events: EventBook, darkroom: Darkroom, printers: Printers) -> None:
        self._events = events
        self._darkroom = darkroom
        self.printers = printers
        self.spool_kept = False
        """Whether the print service did not let go of the pictures it has printed."""

    @property
    def _printing(self) -> Print:
        printing = self._events.current.printing
        if not printing.enabled:
            raise NotPrintedHere
        return printing

    async def sheet(self, picture: bytes) -> bytes:
        """Lay a master out for the event's paper, as JPEG; raises `NotPrintedHere`."""
        return await self._darkroom.sheet(picture, self._printing.size, self._events.current.logo)

    async def print(self, picture: bytes, copies: int) -> None:
        """Print a master; raises a `PrintError`, and then nothing is printed later by itself.

        Where the browser prints there is nothing to do here.
        """
        printing = self._printing
        if printing.by_browser:
            return
        state = await self.printers.state(printing.printer)
        if state.trouble is not None:
            raise state.trouble
        sheet = await self.sheet(picture)
        copies = max(1, min(copies, printing.copies_most))
        await self.printers.send(printing.printer, sheet, paper=printing.size, copies=copies)

    async def trouble(self) -> PrintError | None:
        """Say what is wrong with the printer; None where nothing is, or where the browser prints."""
        state: PrinterState | None = None
        try:
            state = await self.state()
        except PrintError as error:
            return error
        with suppress(PrintError):
            self.spool_kept = not await self.printers.settle()
        return state.trouble if state else None

    async def state(self) -> PrinterState | None:
        """Say how the event's printer is; None where there is none to ask. Raises a `PrintError`."""
        printing = self._events.current.printing
        if not printing.enabled or printing.by_browser:
            return None
        return await self.printers.state(printing.printer)
