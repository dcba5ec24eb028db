"""Backstage: all that an operator reaches behind the PIN, in one place."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import platformdirs

from headshot_web.booth import BoothKeeper
from headshot_web.booth_book import BoothBook
from headshot_web.booth_sides import Code, Phones
from headshot_web.errors import CannotWriteThere, FolderError, PrintError
from headshot_web.event import Event
from headshot_web.event_book import EventBook, from_elsewhere
from headshot_web.finishing import firmly
from headshot_web.operators import Operators
from headshot_web.paths import FILE_MODE, FOLDER_MODE
from headshot_web.pin import Pin
from headshot_web.print_desk import PrintDesk
from headshot_web.printers import Printers

if TYPE_CHECKING:
    from headshot_web.kiosk_browser import KioskBrowser
    from headshot_web.studio import Studio

_CLOSED: Final = "closed"
_MOST_NAMES: Final = 1000
COLUMNS: Final = ("hour", "guests", "headshots", "paid", "failures", "printed", "shared", "average_wait_s")


class Network(Phones, Protocol):
    """The way in for guests' phones."""

    @property
    def address(self) -> str | None:
        """Where phones get in; None while they do not."""

    @property
    def until(self) -> datetime | None:
        """Until when."""

    async def open(self) -> None:
        """Let phones in; raises a `HeadshotError`."""

    async def close(self) -> None:
        """Let nobody in any more."""

    async def invite_operator(self) -> Code | None:
        """Make a code for the operator's own phone."""


class Leftover(StrEnum):
    """What an operator may have deleted at the end beside the guests' pictures."""

    NUMBERS = "numbers"
    EVENT = "event"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What was done at the end of an event, for the receipt."""

    event: str
    at: datetime
    guests: int
    """Of how many guests something was still here."""
    prints: int
    """How many prints were taken back."""
    also: tuple[Leftover, ...]


class Backstage:
    """The booth as its operator sees it; made by `open_backstage`."""

    def __init__(
        self, keeper: BoothKeeper, operators: Operators, desk: PrintDesk, network: Network | None = None
    ) -> None:
        self.keeper = keeper
        self.operators = operators
        self.desk = desk
        self.network = network
        self.browser: KioskBrowser | None = None
        self.quit: Callable[[], None] = lambda: None
        """Ends the app, and the booth's browser with it."""
        self._rest()
        self.events.subscribe(lambda _event: self._rest())

    @property
    def studio(self) -> Studio:
        """What the booth works with."""
        return self.keeper.studio

    @property
    def events(self) -> EventBook:
        """The event in force."""
        return self.keeper.events

    @property
    def _closed_mark(self) -> Path:
        return self.studio.settings.folders.booth / _CLOSED

    def let_phones_in(self, network: Network) -> None:
        """Know the way in for phones, closed until the operator opens it."""
        self.network = network
        self.keeper.phones = network

    @property
    def is_closed(self) -> bool:
        """Whether the operator closed the booth."""
        return self._closed_mark.exists()

    def _rest(self) -> None:
        """Receive guests only once they can read whose booth it is, and there is a PIN before these pages."""
        ready = self.events.current.is_ready and self.operators.pin.is_set
        self.keeper.health.resting = self.is_closed or not ready

    async def close_booth(self, *, closed: bool) -> None:
        """Let no guest in, or let them in again; it stays so when the app is started anew."""
        await firmly(self._mark, closed=closed)
        await self.look()

    async def look(self) -> None:
        """Look at once whether guests can be received."""
        self._rest()
        await self.keeper.look()

    async def show_booth(self) -> None:
        """Give the screen back to the guests; a browser that is to print from now on is opened anew."""
        printing = self.events.current.printing
        wanted = printing.enabled and printing.by_browser
        if self.browser is not None and self.browser.opening.printing != wanted:
            await self.browser.reopen(replace(self.browser.opening, printing=wanted))

    def _mark(self, *, closed: bool) -> None:
        try:
            self._closed_mark.parent.mkdir(mode=FOLDER_MODE, exist_ok=True)
            if closed:
                self._closed_mark.touch(mode=FILE_MODE)
            else:
                self._closed_mark.unlink(missing_ok=True)
        except OSError as error:
            raise FolderError from error

    async def load(self, written: bytes) -> Event:
        """Put an event from a file in force; raises `BadEvent`."""
        event = await from_elsewhere(written, self.studio.darkroom)
        return await firmly(self.events.use, event)

    async def put_logo(self, data: bytes) -> None:
        """Set the logo; raises `LogoUnusable`."""
        logo = await self.studio.darkroom.logo(data)
        await firmly(lambda: self.events.change(logo=logo))

    async def counters_csv(self) -> bytes:
        """Return the event's numbers hour by hour, for a spreadsheet."""
        out = io.StringIO()
        rows = csv.writer(out)
        rows.writerow(COLUMNS)
        for hour in (await self.keeper.counters()).hours:
            wait = round(hour.waited_s / hour.headshots, 1) if hour.headshots else ""
            local = hour.began_at.astimezone()
            rows.writerow([f"{local:%Y-%m-%d %H:%M}", *(getattr(hour, name) for name in COLUMNS[1:-1]), wait])
        return out.getvalue().encode()

    async def end_event(self, also: Collection[Leftover] = ()) -> Closing:
        """Close the booth and delete all that is still here of the event's guests, and what else is chosen.

        What comes after is another event: nothing was spent for it yet.
        """
        event = self.events.current
        await self.close_booth(closed=True)
        receipt = await self.keeper.end_event(delete=True)
        prints = 0
        with suppress(PrintError):
            prints = await self.desk.printers.cancel_all()
        if self.network is not None:
            await self.network.close()
        if Leftover.NUMBERS in also:
            await firmly(BoothBook(self.studio.library.index).forget_numbers, event.id)
        await firmly(self.events.use, Event() if Leftover.EVENT in also else event.anew())
        return Closing(
            event=event.name,
            at=receipt.at,
            guests=receipt.visits,
            prints=prints,
            also=tuple(one for one in Leftover if one in also),
        )

    async def save_here(self, name: str, data: bytes) -> Path:
        """Write a file into this computer's folder for downloads; one that is there is never replaced."""
        return await firmly(_placed, platformdirs.user_downloads_path(), name, data)

    def free_bytes(self) -> int | None:
        """Return how much room is left on the disk."""
        try:
            return shutil.disk_usage(self.studio.settings.folders.root).free
        except OSError:
            return None


def _placed(folder: Path, name: str, data: bytes) -> Path:
    stem, dot, ending = name.rpartition(".")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(1, _MOST_NAMES):
            path = folder / (name if number == 1 else f"{stem}-{number}{dot}{ending}")
            with suppress(FileExistsError), path.open("xb") as file:
                file.write(data)
                return path
    except OSError as error:
        raise CannotWriteThere from error
    raise CannotWriteThere


async def open_backstage(studio: Studio, events: EventBook, pin: Pin) -> Backstage:
    """Open the booth of a studio, with all its operator reaches; raises a `HeadshotError`."""
    desk = PrintDesk(events, studio.darkroom, Printers(studio.settings.folders))
    keeper = BoothKeeper(studio, events, paper=desk)
    backstage = Backstage(keeper, Operators(pin), desk)
    await keeper.open()
    return backstage
