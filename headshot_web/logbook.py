"""The log: on this computer only, and only words that were chosen beforehand; never a text of anything else.

A line holds the time, who noted it and where, one of our own words, and of an error its class and where it
came from. What a library or an exception wrote is left out, since a key, a name or a path may stand in it.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import sys
import threading
import time
from collections.abc import Iterator
from enum import StrEnum
from logging.handlers import RotatingFileHandler
from typing import IO, TYPE_CHECKING, Any, Final

from headshot_web.paths import FILE_MODE, FOLDER_MODE

if TYPE_CHECKING:
    from types import TracebackType

    from headshot_web.paths import Folders

FILES: Final = 3
FILE_BYTES: Final = 256_000
LONGEST_LINE: Final = 400
FRAMES: Final = 5
CAUSES: Final = 3

_OURS: Final = logging.getLogger("headshot_web")
_OTHERS: Final = (
    "uvicorn",
    "uvicorn.error",
    "uvicorn.asgi",
    "nicegui",
    "socketio",
    "socketio.server",
    "engineio.server",
    "asyncio",
    "websockets",
    "py.warnings",
)
"""Who would otherwise write to the terminal, some with handlers of their own."""
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,79}", re.ASCII)
_LINE: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ [A-Z]+ [\x20-\x7e]*")


class Event(StrEnum):
    """What our own code notes."""

    REQUEST_FAILED = "request-failed"
    JOB_STOPPED = "job-stopped"
    JOB_NOT_WRITTEN = "job-not-written"
    COST_NOT_READ = "cost-not-read"
    COST_NOT_WRITTEN = "cost-not-written"
    LISTENER_FAILED = "listener-failed"
    COMMAND_FAILED = "command-failed"
    BACKGROUND_FAILED = "background-failed"
    DELETION_FAILED = "deletion-failed"


def note(event: Event, error: BaseException | None = None) -> None:
    """Write one of our own words down, and of an error its class and where it came from."""
    # Not as exc_info: any other handler would write the error's own text, which may name a file.
    text = f"{event.value} {told(error)}" if error else event.value
    _OURS.error("%s", text, extra={"event": event, "cause": error}, stacklevel=2)


def begin() -> None:
    """Take the terminal from every library in this process: a person reads there only what they need."""
    logging.raiseExceptions = False  # a line that cannot be written must not be printed instead
    root = logging.getLogger()
    for logger in (root, *map(logging.getLogger, _OTHERS)):
        for handler in [each for each in logger.handlers if type(each) is logging.StreamHandler]:
            logger.removeHandler(handler)
    for name in _OTHERS:
        logging.getLogger(name).setLevel(logging.WARNING)
        logging.getLogger(name).propagate = True
    root.setLevel(logging.WARNING)
    if not root.handlers:
        root.addHandler(logging.NullHandler())  # else Python prints it after all
    logging.captureWarnings(capture=True)


@contextlib.contextmanager
def keep(folders: Folders) -> Iterator[None]:
    """Keep the log in the app folder, which is prepared; its first line makes the file."""
    book = _Book(folders)
    root = logging.getLogger()
    root.addHandler(book)
    before = sys.unraisablehook, threading.excepthook
    sys.unraisablehook = lambda failed: note(Event.BACKGROUND_FAILED, failed.exc_value)
    threading.excepthook = lambda failed: note(Event.BACKGROUND_FAILED, failed.exc_value)
    try:
        yield
    finally:
        sys.unraisablehook, threading.excepthook = before
        root.removeHandler(book)
        book.close()


def clear(folders: Folders) -> int:
    """Erase the log, also while it is kept, and return how many files that were."""
    books = [each for each in logging.getLogger().handlers if isinstance(each, _Book)]
    count = 0
    with contextlib.ExitStack() as stack:
        for book in books:
            stack.enter_context(book.put_down())
        if folders.logs.is_dir() and not folders.logs.is_symlink():
            for path in folders.logs.iterdir():
                path.unlink(missing_ok=True)
                count += 1
    return count


def last_lines(folders: Folders, count: int) -> tuple[str, ...]:
    """Return the latest lines, oldest first; what this module did not write is left out."""
    lines: list[str] = []
    for path in [folders.log, *(folders.log.with_name(f"{folders.log.name}.{n}") for n in range(1, FILES))]:
        try:
            flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)
            with os.fdopen(os.open(path, flags), encoding="ascii", errors="replace") as file:
                read = file.read(2 * FILE_BYTES).split("\n")
        except OSError:
            continue
        lines = [line for line in read if _LINE.fullmatch(line) and len(line) <= LONGEST_LINE] + lines
        if len(lines) >= count:
            break
    return tuple(lines[-count:])


def escaped(text: str) -> str:
    """Return a text as one line of plain characters, not too long, whatever stood in it."""
    plain = "".join(each if " " <= each <= "~" else f"\\u{ord(each):04x}" for each in text)
    return plain if len(plain) <= LONGEST_LINE else plain[: LONGEST_LINE - 3] + "..."


class Line(logging.Formatter):
    """A record as a line: nothing is copied into it but names of code, numbers, and our own words."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created))
        level = "ERROR" if record.levelno >= logging.ERROR else "WARNING"
        parts = [moment, level, _named(record.name), f"{_named(record.module)}:{int(record.lineno)}"]
        event = getattr(record, "event", None)
        if isinstance(event, Event):
            parts.append(event.value)
        cause = record.exc_info[1] if record.exc_info else getattr(record, "cause", None)
        if isinstance(cause, BaseException):
            parts.append(told(cause))
        return escaped(" ".join(parts))


def told(error: BaseException) -> str:
    """Tell an error by its class and where it came from, and so its causes; never by its own text."""
    said: list[str] = []
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen and len(said) < CAUSES:
        seen.add(id(at))
        number = f"({at.errno})" if isinstance(at, OSError) and isinstance(at.errno, int) else ""
        said.append(f"{_named(type(at).__name__)}{number} at {_where(at.__traceback__)}")
        at = _cause(at)
    return " from ".join(said)


def _cause(error: BaseException) -> BaseException | None:
    if isinstance(error, BaseExceptionGroup):
        return error.exceptions[0]
    return error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _where(traceback: TracebackType | None) -> str:
    """Name the innermost places of a traceback by module and line, the innermost first."""
    places: list[str] = []
    while traceback is not None:
        module = traceback.tb_frame.f_globals.get("__name__", "")
        places.append(f"{_named(str(module))}:{traceback.tb_lineno}")
        traceback = traceback.tb_next
    return " < ".join(reversed(places[-FRAMES:])) or "?"


def _named(name: str) -> str:
    """Return a name of code, or a question mark for whatever is none."""
    return name if _NAME.fullmatch(name) else "?"


class _Book(RotatingFileHandler):
    """The files of the log, which only this user can open; the oldest goes when there are too many."""

    def __init__(self, folders: Folders) -> None:
        self._folder = folders.logs
        super().__init__(folders.log, maxBytes=FILE_BYTES, backupCount=FILES - 1, delay=True)
        self.setFormatter(Line())
        self.setLevel(logging.WARNING)

    def _open(self) -> IO[Any]:  # type: ignore[override]
        if self._folder.is_symlink():
            raise NotADirectoryError
        self._folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
        descriptor = os.open(self.baseFilename, flags, FILE_MODE)
        if os.name == "posix":
            os.fchmod(descriptor, FILE_MODE)
        return os.fdopen(descriptor, "a", encoding="ascii", errors="backslashreplace")

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Go on without the line: a full disk is told elsewhere."""

    @contextlib.contextmanager
    def put_down(self) -> Iterator[None]:
        """Close the file while something is done to it; the next line opens it anew."""
        self.acquire()
        try:
            self.close_file()
            yield
        finally:
            self.release()

    def close_file(self) -> None:
        """Close the file, if it is open."""
        if self.stream:
            self.stream.close()
            self.stream = None
