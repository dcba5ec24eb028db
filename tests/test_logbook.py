"""What the log holds, and what never gets into it, whoever writes it."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import logging
import os
import re
import threading
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from headshot_web import logbook
from headshot_web.logbook import Event
from headshot_web.paths import Folders
from tests.doors import Served, Visitor, ask, start_door
from tests.test_library import posix
from tests.web.test_guard import dial, join

KEY = "sk-proj-CANARY0123456789abcdef"
NAME = "IMG_Anna-Canary-2026.heic"
IDENTITY = "0f" * 16
LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (?:ERROR|WARNING) [\w.]+ \w+:\d+( .*)?", re.ASCII)


@pytest.fixture
def folders(tmp_path: Path) -> Iterator[Folders]:
    folders = Folders(tmp_path / "app")
    folders.prepare()
    with logbook.keep(folders):
        yield folders


def lines(folders: Folders) -> list[str]:
    return folders.log.read_text("ascii").splitlines() if folders.log.exists() else []


def failing(text: str) -> None:
    try:
        Path(text).read_bytes()
    except OSError as error:
        raise ValueError(text) from error


def deep_failure(depth: int = 9) -> Exception:
    """An error with causes, whose line is longer than a line may be."""
    error = RuntimeError(KEY)
    code = f"def {'n' * 60}(error): raise error\n{'n' * 60}(error)"
    with contextlib.suppress(RuntimeError):
        exec(code, {"error": error, "__name__": "n" * 70})  # noqa: S102
    error.__cause__ = deep_failure(depth - 1) if depth else None
    return error


class TestLines:
    def test_an_error_is_its_class_and_where_it_came_from(self, folders: Folders) -> None:
        try:
            failing(f"/volumes/anna/{NAME}")
        except ValueError as error:
            logbook.note(Event.JOB_STOPPED, error)
        (line,) = lines(folders)
        assert LINE.fullmatch(line)
        assert re.search(
            r"ERROR headshot_web test_logbook:\d+ job-stopped "
            r"ValueError at tests\.test_logbook:\d+ < tests\.test_logbook:\d+ "
            r"from FileNotFoundError\(2\) at pathlib:\d+",
            line,
        )
        assert NAME not in line
        assert "anna" not in line

    @pytest.mark.parametrize(
        "logger",
        ["uvicorn.error", "nicegui", "socketio.server", "openai._x", "headshot_web.x", "headshot_web"],
    )
    @pytest.mark.parametrize("secret", [KEY, NAME, IDENTITY, "192.168.1.20", "?color=ff0000&t=1"])
    def test_what_is_said_to_a_logger_is_left_out_but_that_something_was_said_is_not(
        self, folders: Folders, logger: str, secret: str
    ) -> None:
        before = logging.getLogger(logger).level
        logging.getLogger(logger).setLevel(logging.WARNING)
        try:
            logging.getLogger(logger).warning(f"GET {secret}")  # noqa: G004 - as libraries do
            logging.getLogger(logger).error("%s: %s", secret, {"of": secret})
            try:
                failing(secret)
            except ValueError:
                logging.getLogger(logger).exception(secret)
            logging.getLogger(logger).info("nothing worth a line")
        finally:
            logging.getLogger(logger).setLevel(before)
        written = lines(folders)
        assert len(written) == 3
        assert all(LINE.fullmatch(line) and f" {logger} test_logbook:" in line for line in written)
        assert "ValueError at tests.test_logbook" in written[2]
        assert secret not in "".join(written)

    def test_even_names_of_code_are_written_only_when_they_are_such(self, folders: Folders) -> None:
        hostile = type("Gone\r\n2026-01-01T00:00:00Z ERROR forged\x1b[2J\u202e", (Exception,), {})
        logging.getLogger(f"nicegui.{NAME}\n").error("x", exc_info=hostile(KEY))
        logging.getLogger("headshot_web").error("x", extra={"event": "job-stopped " + KEY})
        written = lines(folders)
        assert len(written) == 2
        assert written[0].endswith("ERROR ? test_logbook:" + written[0].rpartition(":")[2])
        assert "? at ?" in written[0]
        assert KEY not in "".join(written)

    def test_a_failure_of_many_is_told_by_its_first(self, folders: Folders) -> None:
        logbook.note(Event.JOB_STOPPED, ExceptionGroup(KEY, [KeyError(KEY), OSError(28, NAME)]))
        assert "ExceptionGroup at ? from KeyError at ?" in lines(folders)[0]

    @pytest.mark.parametrize("sign", ["\r", "\n", "\x1b", "\x00", "\u202e", "\u2028", "\x7f", "\x9b", "é"])
    def test_signs_that_steer_a_terminal_are_written_out(self, sign: str) -> None:
        line = logbook.escaped(f"before{sign}after")
        assert line == f"before\\u{ord(sign):04x}after"
        assert all(unicodedata.category(each)[0] != "C" for each in line)

    def test_long_lines_are_cut(self, folders: Folders) -> None:
        logbook.note(Event.REQUEST_FAILED, deep_failure())
        logging.getLogger("a." * 30 + "b").error("x")
        assert max(map(len, lines(folders))) == logbook.LONGEST_LINE
        assert len(logbook.escaped("x" * 9999)) == logbook.LONGEST_LINE

    def test_every_own_word_is_a_word(self) -> None:
        assert all(re.fullmatch("[a-z]+(-[a-z]+)+", event.value) for event in Event)


class TestOtherWays:
    def test_what_fails_in_a_thread_or_in_a_forgotten_task_is_noted_without_its_text(
        self, folders: Folders, capfd: pytest.CaptureFixture[str]
    ) -> None:
        thread = threading.Thread(target=failing, args=(KEY,))
        thread.start()
        thread.join()

        async def forget() -> None:
            task = asyncio.get_running_loop().create_task(asyncio.to_thread(failing, KEY))
            await asyncio.wait([task])
            del task
            gc.collect()

        asyncio.run(forget())
        written = lines(folders)
        assert "background-failed ValueError at" in written[0]
        assert any(" asyncio " in line and "ValueError at" in line for line in written[1:])
        assert KEY not in "".join(written) + "".join(capfd.readouterr())


class TestFiles:
    def test_they_are_three_small_ones_that_only_this_user_can_open(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert logbook.FILES * logbook.FILE_BYTES <= 768_000
        monkeypatch.setattr(logbook, "FILE_BYTES", 9000)
        folders = Folders(tmp_path / "app")
        folders.prepare()
        before = os.umask(0)
        try:
            with logbook.keep(folders):
                for _ in range(400):
                    logbook.note(Event.LISTENER_FAILED, ValueError(KEY))
        finally:
            os.umask(before)
        files = sorted(folders.logs.iterdir())
        assert [file.name for file in files] == [f"headshot-web.log{end}" for end in ("", ".1", ".2")]
        assert all(0 < file.stat().st_size <= 9000 for file in files)
        assert os.name != "posix" or {file.stat().st_mode & 0o777 for file in files} == {0o600}

    @posix
    def test_a_log_that_others_could_read_is_closed_to_them(self, tmp_path: Path) -> None:
        folders = Folders(tmp_path / "app")
        folders.prepare()
        folders.log.write_text("")
        folders.log.chmod(0o644)
        with logbook.keep(folders):
            logbook.note(Event.JOB_STOPPED)
        assert folders.log.stat().st_mode & 0o777 == 0o600

    @posix
    def test_a_link_in_its_place_is_not_written_through(
        self, folders: Folders, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        precious = tmp_path / "precious"
        precious.write_text("mine")
        folders.log.symlink_to(precious)
        logbook.note(Event.JOB_STOPPED)
        assert precious.read_text() == "mine"
        assert capfd.readouterr().err == ""

    def test_it_can_be_cleared_while_it_is_kept_and_goes_on(self, folders: Folders) -> None:
        logbook.note(Event.JOB_STOPPED)
        (folders.logs / "headshot-web.log.1").write_text("older")
        assert logbook.clear(folders) == 2
        assert list(folders.logs.iterdir()) == []
        logbook.note(Event.REQUEST_FAILED)
        (line,) = lines(folders)
        assert line.endswith("request-failed")

    def test_the_last_lines_come_from_every_file_and_hold_only_what_was_written_here(
        self, folders: Folders
    ) -> None:
        for event in (Event.JOB_STOPPED, Event.REQUEST_FAILED, Event.COST_NOT_READ):
            logbook.note(event)
        older = folders.log.with_name(f"{folders.log.name}.1")
        older.write_text(
            "2026-01-01T00:00:00Z ERROR a b:1\nsomething else\n2026-01-01T00:00:01Z ERROR \x1b[2J\n"
            f"2026-01-01T00:00:02Z ERROR {'x' * 900}\n"
        )
        ends = [line.rpartition(" ")[2] for line in logbook.last_lines(folders, 9)]
        assert ends == ["b:1", "job-stopped", "request-failed", "cost-not-read"]
        assert [line.rpartition(" ")[2] for line in logbook.last_lines(folders, 1)] == ["cost-not-read"]


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = start_door(tmp_path_factory.mktemp("door") / "app")
    yield served
    served.stop()
    assert served.said() == ""
    served.errors.close()


def log_of(door: Served, expected: int = 0) -> list[str]:
    """The lines of a server's log, once there are so many."""
    assert door.folder
    folders = Folders(door.folder)
    deadline = time.monotonic() + 5
    while len(lines(folders)) < expected and time.monotonic() < deadline:
        time.sleep(0.05)
    return lines(folders)


class TestServing:
    """A server is attacked by what a browser can send; the terminal stays silent."""

    def test_what_a_page_says_is_noted_but_not_repeated(self, door: Served) -> None:
        visitor = Visitor.opens(door.port)
        before = len(log_of(door))
        with dial(visitor, visitor.socket_path()) as line:
            join(line)
            for level in ("error", "warning", "none"):
                said = {"client_id": visitor.client_id, "level": level}
                for message in ("first\nFORGED \x1b[2J" + "x" * 9000, KEY, {"a": [1]}, None):
                    line.send("42" + json.dumps(["log", {**said, "message": message}]))
            written = log_of(door, before + 8)[before:]
        assert len(written) == 8
        assert all(LINE.fullmatch(row) and " nicegui client:" in row for row in written)
        assert "FORGED" not in "".join(written)
        assert visitor.client_id not in "".join(written)

    @pytest.mark.parametrize(
        "message",
        [
            "42[", "42{}", '42["event"]', '42["event",null,1,2,3]', '42["log"]',
            '42["log",{"level":"error"}]',
            "451-", '451-["event",{"_placeholder":true,"num":9}]', "4", "9x", "",
            "42" + "[" * 5000,
            "b" + "A" * 99, '421["event",{}]', '43["x"]', "41/other,", '42["handshake",7]', "4\ud7ff\u202e2",
        ],
    )  # fmt: skip
    def test_a_malformed_message_leaves_the_terminal_silent(self, door: Served, message: str) -> None:
        visitor = Visitor.opens(door.port)
        with dial(visitor, visitor.socket_path()) as line:
            join(line)
            line.send(message)
            time.sleep(0.1)
        assert ask(door.port, "GET", "/", {"Accept": "text/html"}).status == 200
        assert door.said() == ""
        assert all(LINE.fullmatch(row) for row in log_of(door))

    def test_a_request_that_fails_is_noted_without_what_was_asked(self, door: Served) -> None:
        visitor = Visitor.opens(door.port)
        path = f"/api/headshots?style=boom&limit=7&name={NAME}"
        assert ask(door.port, "GET", path, visitor.headers).status == 500
        assert ask(door.port, "GET", "/trouble", {**visitor.headers, "Accept": "text/html"}).status == 500
        written = "\n".join(log_of(door, 2))
        assert "request-failed RuntimeError at tests.fake_studio:" in written
        assert "ValueError at" in written
        for secret in ("secret detail", NAME, "boom", "limit", visitor.cookie, "127.0.0.1", str(door.folder)):
            assert secret not in written
