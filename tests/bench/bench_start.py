"""How soon the app answers and its first page can be used, beside a bare NiceGUI page, in one run."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil
from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import launch
from tests.doors import agreed_to_policy, free_port

Figure = tuple[str, float, float]
"""A name, the value measured, and the most it may be (infinite: only told)."""

Command = Callable[[Path, int], list[str]]
"""How an app is started with a folder and a port."""

STARTS, OPENINGS = 6, 12
RATIO = 1.3
BARE = """
from nicegui import ui

@ui.page("/")
def hello():
    ui.label("Hello")
    ui.button("Press", on_click=lambda: ui.notify("pressed"))

ui.run(host="127.0.0.1", port={port}, show=False, reload=False)
"""


def figures() -> list[Figure]:
    """Measure start, first page and memory; the least of several turns, since other work only adds."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        agreed_to_policy(folder / "data")
        starts = [
            (_seconds_to_first_page(_ours, folder), _seconds_to_first_page(_bare, folder))
            for _ in range(STARTS)
        ]
        ours, bare = (min(taken) for taken in zip(*starts[1:], strict=True))
        player = stack.enter_context(sync_playwright())
        browser = launch(player)
        stack.callback(browser.close)
        port, process = stack.enter_context(_running(_ours, folder))
        bare_port, bare_process = stack.enter_context(_running(_bare, folder))
        pages = [(_open(browser, port), _open(browser, bare_port)) for _ in range(OPENINGS)]
        usable, bare_usable = (min(one[side][0] for one in pages[1:]) for side in (0, 1))
        weight, bare_weight = (min(one[side][1] for one in pages) for side in (0, 1))
        return [
            ("start to first page over bare NiceGUI", ours / bare, RATIO),
            ("start to first page, seconds", ours, float("inf")),
            ("start of bare NiceGUI, seconds", bare, float("inf")),
            ("first page usable over bare NiceGUI", usable / bare_usable, RATIO),
            ("first page usable, seconds", usable, float("inf")),
            ("bare NiceGUI's page usable, seconds", bare_usable, float("inf")),
            ("first page, KB", weight / 1000, 400.0),
            ("bare NiceGUI's page, KB", bare_weight / 1000, float("inf")),
            ("idle memory without workers, MB", _memory(process), 150.0),
            ("bare NiceGUI's memory, MB", _memory(bare_process), float("inf")),
        ]


def _ours(folder: Path, port: int) -> list[str]:
    return ["-m", "headshot_web", "--port", str(port), "--data-dir", str(folder / "data"), "--no-browser"]


def _bare(folder: Path, port: int) -> list[str]:
    script = folder / "bare.py"
    script.write_text(BARE.format(port=port))
    return [str(script)]


@contextmanager
def _running(command: Command, folder: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Start an app in a process of its own and wait for its first page."""
    port = free_port()
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "HEADSHOT_"))}
    process = subprocess.Popen(
        [sys.executable, *command(folder, port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=clean,
    )
    try:
        while process.poll() is None:
            try:
                with urlopen(f"http://127.0.0.1:{port}/") as answer:
                    answer.read()
                break
            except (URLError, ConnectionError):
                time.sleep(0.005)
        yield port, process
    finally:
        process.terminate()
        process.wait()


def _seconds_to_first_page(command: Command, folder: Path) -> float:
    started = time.perf_counter()
    with _running(command, folder):
        return time.perf_counter() - started


def _open(browser: Browser, port: int) -> tuple[float, int]:
    """Open the page in an empty profile: seconds until it can be used, and bytes that came."""
    context = browser.new_context()
    page = context.new_page()
    came: list[int] = []
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.on("Network.loadingFinished", lambda said: came.append(int(said["encodedDataLength"])))
    started = time.perf_counter()
    page.goto(f"http://localhost:{port}/", wait_until="commit")
    page.wait_for_function("window.did_handshake === true", polling=5)
    seconds = time.perf_counter() - started
    page.wait_for_load_state("networkidle")
    context.close()
    return seconds, sum(came)


def _memory(process: subprocess.Popen[bytes]) -> float:
    """Return what a process holds itself, in MB."""
    return psutil.Process(process.pid).memory_info().rss / 1_000_000
