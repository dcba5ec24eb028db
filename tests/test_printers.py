"""Printing through CUPS: how its programs are called, what they say, and what stays in its spool."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from PIL import Image

from headshot_web.errors import (
    HeadshotError,
    InkOut,
    NoPrintService,
    NoSuchPrinter,
    NotFound,
    NotPrintedHere,
    PaperJam,
    PaperOut,
    PrinterOffline,
    PrinterOpen,
    PrintError,
    PrinterStopped,
)
from headshot_web.event import Print
from headshot_web.event_book import EventBook
from headshot_web.imaging.darkroom import Darkroom
from headshot_web.model import Paper
from headshot_web.paths import Folders
from headshot_web.print_desk import PrintDesk, Sheet
from headshot_web.printers import Printers
from tests.cups import Cups

pytestmark = pytest.mark.skipif(os.name != "posix", reason="CUPS is not there")
PHOTO = "DNP_DS620"


@pytest.fixture
def cups(tmp_path: Path) -> Cups:
    return Cups(tmp_path / "bin", PHOTO, "Office")


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    folders = Folders(tmp_path / "app")
    folders.prepare()
    return folders


@pytest.fixture
def printers(cups: Cups, folders: Folders) -> Printers:
    return Printers(folders, {"PATH": str(cups.folder), "OPENAI_API_KEY": "sk-secret", "HOME": "/home/some"})


@pytest.fixture
def events(folders: Folders) -> EventBook:
    events = EventBook.open(folders)
    events.change(printing=Print(enabled=True, size=Paper.P5X7, copies_most=2, printer=PHOTO))
    return events


@pytest.fixture
def desk(events: EventBook, shared_darkroom: Darkroom, printers: Printers) -> PrintDesk:
    return PrintDesk(events, shared_darkroom, printers)


def headshot() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (1200, 1500), "teal").save(out, "JPEG")
    return out.getvalue()


class TestPrinters:
    async def test_they_are_listed(self, printers: Printers) -> None:
        assert await printers.names() == (PHOTO, "Office")

    async def test_a_sheet_goes_to_its_printer_word_by_word(self, printers: Printers, cups: Cups) -> None:
        job = await printers.send(PHOTO, b"\xff\xd8sheet", paper=Paper.STRIP_2X6, copies=3)
        ((name, words, variables),) = cups.calls
        assert (name, words[:-1]) == (
            "lp",
            [
                *("-d", PHOTO, "-n", "3", "-t", "Headshot"),
                *("-o", "media=na_index-4x6_4x6in", "-o", "print-scaling=fill", "--"),
            ],
        )
        assert "OPENAI_API_KEY" not in variables
        assert (cups.folder / f"{job}.jpg").read_bytes() == b"\xff\xd8sheet"

    async def test_nothing_of_it_stays_in_our_folder(self, printers: Printers, folders: Folders) -> None:
        await printers.send(PHOTO, b"\xff\xd8sheet", paper=Paper.P4X6)
        assert list(folders.scratch.iterdir()) == []
        with pytest.raises(NoSuchPrinter):
            await printers.send("Gone", b"\xff\xd8sheet", paper=Paper.P4X6)
        assert list(folders.scratch.iterdir()) == []

    @pytest.mark.parametrize("name", ["-o raw", "a b", "x;y\n", "../x", "", "a#b"])
    async def test_what_is_no_name_is_never_a_word_of_a_command(
        self, printers: Printers, cups: Cups, name: str
    ) -> None:
        with pytest.raises(NoSuchPrinter):
            await printers.send(name, b"sheet", paper=Paper.P4X6)
        with pytest.raises(NoSuchPrinter):
            await printers.state(name)
        assert cups.calls == []

    @pytest.mark.parametrize(
        ("alerts", "disabled", "trouble"),
        [
            ("none", False, None),
            ("media-empty-error", False, PaperOut),
            ("media-needed", True, PaperOut),
            ("cups-waiting-for-job-completed, media-jam-warning", False, PaperJam),
            ("marker-supply-empty-error", False, InkOut),
            ("cover-open", False, PrinterOpen),
            ("offline-report", False, None),
            ("offline", False, PrinterOffline),
            ("paused", True, PrinterStopped),
            ("none", True, PrinterStopped),
        ],
    )
    async def test_what_is_wrong_with_one_is_said(
        self,
        printers: Printers,
        cups: Cups,
        alerts: str,
        disabled: bool,
        trouble: type[HeadshotError] | None,
    ) -> None:
        cups.printer(PHOTO, alerts=alerts, disabled=disabled)
        state = await printers.state(PHOTO)
        assert (type(state.trouble) if state.trouble else None) is trouble

    async def test_the_queue_is_counted_for_each(self, printers: Printers) -> None:
        assert (await printers.state(PHOTO)).waiting == 0
        await printers.send("Office", b"sheet", paper=Paper.P4X6)
        for _ in range(2):
            await printers.send(PHOTO, b"sheet", paper=Paper.P4X6)
        assert (await printers.state(PHOTO)).waiting == 2
        assert (await printers.state("Office")).waiting == 1

    async def test_a_job_can_be_taken_back_and_its_picture_goes(self, printers: Printers, cups: Cups) -> None:
        job = await printers.send(PHOTO, b"sheet", paper=Paper.P4X6)
        await printers.cancel(job)
        assert await printers.settle()
        assert (cups.state["queue"], cups.state["spool"]) == ([], [])

    async def test_what_is_printed_is_taken_out_of_the_spool_even_after_a_restart(
        self, printers: Printers, cups: Cups, folders: Folders
    ) -> None:
        first = await printers.send(PHOTO, b"sheet", paper=Paper.P4X6)
        second = await printers.send("Office", b"sheet", paper=Paper.P4X6)
        cups.set(queue=[second])
        again = Printers(folders, {"PATH": str(cups.folder)})
        assert await again.settle()
        assert cups.state["spool"] == [second]
        assert first != second
        assert await again.cancel_all() == 1
        assert cups.state["spool"] == []

    async def test_a_service_that_keeps_the_pictures_is_asked_again(
        self, printers: Printers, cups: Cups
    ) -> None:
        await printers.send(PHOTO, b"sheet", paper=Paper.P4X6)
        cups.set(queue=[], keeps=True)
        assert not await printers.settle()
        cups.set(keeps=False)
        assert await printers.settle()
        assert cups.state["spool"] == []

    async def test_without_cups_there_are_no_printers(self, folders: Folders) -> None:
        none = Printers(folders, {"PATH": "/nowhere"})
        assert await none.names() == ()
        with pytest.raises(NoPrintService):
            await none.send(PHOTO, b"sheet", paper=Paper.P4X6)

    async def test_a_service_that_is_down_or_silent_is_said(
        self, printers: Printers, cups: Cups, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cups.set(down=True)
        with pytest.raises(NoPrintService):
            await printers.state(PHOTO)
        monkeypatch.setattr("headshot_web.printers.PATIENCE_S", 0.3)
        cups.set(down=False, silent=True)
        with pytest.raises(NoPrintService):
            await printers.state(PHOTO)


class TestDesk:
    async def test_a_headshot_is_laid_out_and_printed_no_more_often_than_allowed(
        self, desk: PrintDesk, cups: Cups
    ) -> None:
        await desk.print(headshot(), copies=9)
        words = next(words for name, words, _ in cups.calls if name == "lp")
        assert words[words.index("-n") + 1] == "2"
        assert "media=na_5x7_5x7in" in words
        (job,) = cups.state["queue"]  # type: ignore[misc]
        with Image.open(cups.folder / f"{job}.jpg") as printed:
            assert printed.size == (1500, 2100)

    async def test_nothing_is_sent_to_a_printer_that_cannot(self, desk: PrintDesk, cups: Cups) -> None:
        cups.printer(PHOTO, alerts="media-empty-error")
        with pytest.raises(PaperOut):
            await desk.print(headshot(), copies=1)
        assert isinstance(await desk.trouble(), PaperOut)
        assert cups.state["queue"] == []
        cups.printer(PHOTO)
        assert await desk.trouble() is None

    async def test_looking_at_the_printer_also_clears_its_spool(self, desk: PrintDesk, cups: Cups) -> None:
        await desk.print(headshot(), copies=1)
        cups.set(queue=[])
        assert await desk.trouble() is None
        assert cups.state["spool"] == []

    async def test_where_the_browser_prints_the_open_page_gets_the_sheet(
        self, desk: PrintDesk, events: EventBook, cups: Cups
    ) -> None:
        events.change(printing=Print(enabled=True))
        printed: list[tuple[Sheet, bytes]] = []

        def tray(sheet: Sheet) -> None:
            printed.append((sheet, desk.sheet_to_print(sheet.id)))
            desk.put("another", good=False)
            desk.put(sheet.id, good=True)

        close = desk.wait_for_sheets(tray)
        await desk.print(headshot(), copies=9)
        ((sheet, picture),) = printed
        assert sheet.copies == 2
        with Image.open(io.BytesIO(picture)) as page:
            assert page.size == (1200, 1800)
        with pytest.raises(NotFound):
            desk.sheet_to_print(sheet.id)
        assert await desk.trouble() is None
        assert cups.calls == []
        close()
        with pytest.raises(PrintError):
            await desk.print(headshot(), copies=1)

    async def test_a_page_that_cannot_print_or_says_nothing_is_a_failed_print(
        self, desk: PrintDesk, events: EventBook, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("headshot_web.print_desk.BROWSER_PATIENCE_S", 0.1)
        events.change(printing=Print(enabled=True))
        for tray in (lambda sheet: desk.put(sheet.id, good=False), lambda _sheet: None):
            close = desk.wait_for_sheets(tray)
            with pytest.raises(PrintError):
                await desk.print(headshot(), copies=1)
            close()

    async def test_an_event_without_printing_prints_nothing(self, desk: PrintDesk, events: EventBook) -> None:
        events.change(printing=Print())
        with pytest.raises(NotPrintedHere):
            await desk.print(headshot(), copies=1)

    async def test_a_printer_that_is_gone_is_said(self, desk: PrintDesk, events: EventBook) -> None:
        events.change(printing=Print(enabled=True, printer="Gone"))
        assert isinstance(await desk.trouble(), NoSuchPrinter)
