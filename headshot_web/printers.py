"""The printers of this computer, through CUPS: what they are called, how they are, and printing on them."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from headshot_web.errors import (
    FolderError,
    InkOut,
    NoPrintService,
    NoSuchPrinter,
    PaperJam,
    PaperOut,
    PrinterOffline,
    PrinterOpen,
    PrintError,
    PrinterStopped,
)
from headshot_web.finishing import firmly
from headshot_web.model import Paper
from headshot_web.paths import FILE_MODE, FOLDER_MODE, Folders
from headshot_web.shelves import new_id, replace_file

PATIENCE_S: Final = 10.0
MOST_COPIES: Final = 20
TITLE: Final = "Headshot"
"""What the print service calls every job: no name, no number of a guest."""

_NAME: Final = re.compile(r"[^\s/#\x00-\x1f-][^\s/#\x00-\x1f]{0,126}")
_JOB: Final = re.compile(r"[^\s/#\x00-\x1f-][^\s/#\x00-\x1f]{0,126}-[0-9]+")
_REQUEST: Final = re.compile(r"request id is (\S+-[0-9]+) ")
_HANDED_ON: Final = (
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "CUPS_SERVER",
    "CUPS_USER",
    "XDG_RUNTIME_DIR",
    "SYSTEMROOT",
)
_MEDIA: Final[Mapping[tuple[int, int], str]] = {
    (4, 6): "na_index-4x6_4x6in",
    (5, 7): "na_5x7_5x7in",
}
_REASONS: Final[tuple[tuple[str, type[PrintError]], ...]] = (
    ("media-jam", PaperJam),
    ("media-empty", PaperOut),
    ("media-needed", PaperOut),
    ("input-tray-missing", PaperOut),
    ("marker-supply-empty", InkOut),
    ("toner-empty", InkOut),
    ("developer-empty", InkOut),
    ("door-open", PrinterOpen),
    ("cover-open", PrinterOpen),
    ("interlock-open", PrinterOpen),
    ("offline", PrinterOffline),
    ("timed-out", PrinterOffline),
    ("shutdown", PrinterOffline),
    ("paused", PrinterStopped),
)
"""The print service's own words for what is wrong, the most telling first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterState:
    """How a printer is."""

    name: str
    trouble: PrintError | None
    waiting: int
    """How many jobs are in its queue, the one being printed with them."""


class Printers:
    """Talks to CUPS by its own commands; nothing ever goes through a shell."""

    def __init__(self, folders: Folders, environ: Mapping[str, str] = os.environ) -> None:
        self._folders = folders
        self._environ = environ

    async def names(self) -> tuple[str, ...]:
        """Return what the printers are called; none where there is no CUPS or no printer."""
        with suppress(PrintError):
            return tuple(line for line in await self._lines("lpstat", "-e") if _NAME.fullmatch(line))
        return ()

    async def state(self, name: str) -> PrinterState:
        """Say how a printer is; raises `NoSuchPrinter` or `NoPrintService`."""
        _refuse_strange(name)
        said = await self._lines("lpstat", "-l", "-p", name)
        waiting = await self._lines("lpstat", "-o", name)
        return PrinterState(
            name=name, trouble=_trouble(said), waiting=sum(bool(line.strip()) for line in waiting)
        )

    async def send(self, name: str, sheet: bytes, *, paper: Paper, copies: int = 1) -> str:
        """Put a sheet into a printer's queue and return its job; raises a `PrintError`."""
        _refuse_strange(name)
        path = self._folders.scratch / f"{new_id()}.jpg"
        try:
            await firmly(_write, path, sheet)
            said = await self._lines(
                *("lp", "-d", name, "-n", str(max(1, min(copies, MOST_COPIES))), "-t", TITLE),
                *("-o", f"media={_MEDIA[paper.inches]}", "-o", "print-scaling=fill", "--", str(path)),
            )
        finally:
            await firmly(path.unlink, missing_ok=True)
        found = _REQUEST.search("\n".join(said) + " ")
        if found is None:
            raise PrintError
        await firmly(self._remember, found[1])
        return found[1]

    async def cancel(self, job: str) -> None:
        """Take a job out of its queue."""
        if _JOB.fullmatch(job):
            await self._lines("cancel", "-x", job)

    async def settle(self) -> bool:
        """Take the pictures of what is printed away from the print service, and say whether it let go.

        It would keep them for a day, and gives up those of finished jobs only with all that is finished on
        a printer. So it is asked once nothing waits there.
        """
        jobs = await firmly(self._remembered)
        if not jobs:
            return True
        busy = {_printer(job) for job in await self._waiting()}
        for printer in {_printer(job) for job in jobs} - busy:
            try:
                await self._lines("cancel", "-x", "-a", printer)
            except NoSuchPrinter:
                pass  # it went, and its jobs with it
            except PrintError:
                return False
            await firmly(self._remember, None, {job for job in jobs if _printer(job) == printer})
        return True

    async def cancel_all(self) -> int:
        """Take every job of ours out of the queues, and return how many that were."""
        jobs = await firmly(self._remembered)
        waiting = (
            {line.split()[0] for line in await self._lines("lpstat", "-o") if line.strip()} if jobs else set()
        )
        for job in jobs & waiting:
            with suppress(PrintError):
                await self.cancel(job)
        with suppress(PrintError):
            await self.settle()
        return len(jobs & waiting)

    async def _waiting(self) -> set[str]:
        """Return every job that waits or is being printed, of anybody's."""
        return {line.split()[0] for line in await self._lines("lpstat", "-o") if line.strip()}

    async def _lines(self, program: str, *words: str) -> list[str]:
        """Run one of CUPS's commands and return what it says; raises a `PrintError`."""
        found = shutil.which(program, path=self._environ.get("PATH", os.defpath))
        if found is None:
            raise NoPrintService
        environ = {name: self._environ[name] for name in _HANDED_ON if name in self._environ}
        try:
            process = await asyncio.create_subprocess_exec(
                os.path.abspath(found),  # noqa: PTH100, ASYNC240 - nothing is looked up
                *words,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env={**environ, "LC_ALL": "C", "LANG": "C", "SOFTWARE": ""},
            )
        except OSError as error:
            raise NoPrintService from error
        try:
            out, wrong = await asyncio.wait_for(process.communicate(), PATIENCE_S)
        except TimeoutError as error:
            raise NoPrintService from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            raise _refused(wrong.decode(errors="replace"))
        return out.decode(errors="replace").splitlines()

    # The jobs that were sent and whose pictures the print service may still have

    @property
    def _list(self) -> Path:
        return self._folders.booth / "prints.json"

    def _remembered(self) -> set[str]:
        with suppress(OSError, ValueError, TypeError):
            return {job for job in json.loads(self._list.read_text("utf-8")) if _JOB.fullmatch(job)}
        return set()

    def _remember(self, job: str | None, gone: Collection[str] = ()) -> None:
        kept = (self._remembered() | ({job} if job else set())).difference(gone)
        with suppress(FolderError, OSError):
            self._folders.booth.mkdir(mode=FOLDER_MODE, exist_ok=True)
            replace_file(self._list, json.dumps(sorted(kept)).encode(), self._folders.scratch)


def _write(path: Path, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, FILE_MODE), "wb") as file:
        file.write(data)


def _printer(job: str) -> str:
    """Return the printer of a job."""
    return job.rpartition("-")[0]


def _refuse_strange(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise NoSuchPrinter


def _refused(said: str) -> PrintError:
    """Tell what a command that failed was about."""
    if "Invalid destination" in said or "does not exist" in said or "No such" in said or "unknown" in said:
        return NoSuchPrinter()
    if "scheduler" in said.lower() or "connect" in said.lower():
        return NoPrintService()
    return PrintError()


def _trouble(said: list[str]) -> PrintError | None:
    """Read what is wrong from what the print service says of a printer."""
    alerts = " ".join(line.partition(":")[2] for line in said if line.strip().startswith("Alerts:"))
    reasons = [word for word in re.split(r"[\s,]+", alerts) if word and not word.endswith("-report")]
    for reason, error in _REASONS:
        if any(word.startswith(reason) for word in reasons):
            return error()
    first = said[0] if said else ""
    return PrinterStopped() if re.match(r"printer \S+ disabled", first) else None
