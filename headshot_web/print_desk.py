"""The booth's way onto paper, as the event's printing is set."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from headshot_web.errors import NotFound, NotPrintedHere, PrintError
from headshot_web.event import Print
from headshot_web.event_book import EventBook
from headshot_web.imaging.darkroom import Darkroom
from headshot_web.model import Paper
from headshot_web.printers import Printers, PrinterState
from headshot_web.shelves import new_id

BROWSER_PATIENCE_S: Final = 45.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet that the booth's browser is to print; it is held in memory only, until it is printed."""

    id: str
    paper: Paper
    copies: int
    picture: bytes = field(repr=False)


class PrintDesk:
    """Lays headshots out and prints them: on a printer of this computer, or by the booth's browser."""

    def __init__(self, events: EventBook, darkroom: Darkroom, printers: Printers) -> None:
        self._events = events
        self._darkroom = darkroom
        self.printers = printers
        self.spool_kept = False
        """Whether the print service did not let go of the pictures it has printed."""
        self._trays: list[Callable[[Sheet], None]] = []
        self._sheet: Sheet | None = None
        self._put: asyncio.Future[bool] | None = None

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
        """Print a master; raises a `PrintError`, and then nothing is printed later by itself."""
        printing = self._printing
        copies = max(1, min(copies, printing.copies_most))
        if printing.by_browser:
            sheet = Sheet(id=new_id(), paper=printing.size, copies=copies, picture=await self.sheet(picture))
            await self._print_by_browser(sheet)
            return
        state = await self.printers.state(printing.printer)
        if state.trouble is not None:
            raise state.trouble
        laid_out = await self.sheet(picture)
        await self.printers.send(printing.printer, laid_out, paper=printing.size, copies=copies)

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

    # By the booth's browser

    def wait_for_sheets(self, tray: Callable[[Sheet], None]) -> Callable[[], None]:
        """Let an open page print; call what is returned when it closes."""
        self._trays.append(tray)
        return lambda: self._trays.remove(tray) if tray in self._trays else None

    def sheet_to_print(self, sheet_id: str) -> bytes:
        """Return the sheet that the browser is printing now; raises `NotFound` for any other."""
        if self._sheet is None or self._sheet.id != sheet_id:
            raise NotFound
        return self._sheet.picture

    def put(self, sheet_id: str, *, good: bool) -> None:
        """Hear from the page that it gave a sheet to the browser, or that it could not."""
        if self._sheet and self._sheet.id == sheet_id and self._put and not self._put.done():
            self._put.set_result(good)

    async def _print_by_browser(self, sheet: Sheet) -> None:
        if not self._trays or self._sheet is not None:
            raise PrintError
        self._sheet, self._put = sheet, asyncio.get_running_loop().create_future()
        try:
            self._trays[-1](sheet)
            if not await asyncio.wait_for(self._put, BROWSER_PATIENCE_S):
                raise PrintError
        except TimeoutError as error:
            raise PrintError from error
        finally:
            self._sheet = self._put = None
