"""Printing by the booth's own browser: what it is given to print, and nothing else of the page with it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import Log
from tests.doors import free_port

SERVER = Path(__file__).parents[1] / "paper_server.py"
NOTING = """window.sheets = []; window.print = () => {
  const picture = document.querySelector(".booth-paper img");
  const page = document.querySelector(".booth-paper style").textContent;
  window.sheets.push([picture.naturalWidth, picture.naturalHeight, page]);
}"""


class Booth:
    """A booth in a process of its own, told to print by a line."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(SERVER), str(folder), str(free_port())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.address = self.said()

    def said(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def prints(self) -> str:
        assert self.process.stdin
        self.process.stdin.write("print\n")
        self.process.stdin.flush()
        return self.said()


@pytest.fixture
def booth(tmp_path: Path) -> Iterator[Booth]:
    opened = Booth(tmp_path / "data")
    yield opened
    assert opened.process.stdin
    assert opened.process.stdout
    opened.process.stdin.close()  # it waits for the next line no more
    opened.process.terminate()
    opened.process.wait(30)
    opened.process.stdout.close()


@pytest.mark.thorough
def test_the_open_booth_prints_the_sheet_alone_on_its_paper(page: Page, log: Log, booth: Booth) -> None:
    assert booth.prints() == "PrintError", "no page is open"
    page.add_init_script(NOTING)
    page.goto(booth.address)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for times in (2, 4):
        assert booth.prints() == "printed"
        sheets = page.evaluate("window.sheets")
        assert len(sheets) == times
        assert sheets[-1] == [1200, 1800, "@page { size: 4in 6in; margin: 0 }"]
    expect(page.locator(".booth-paper img")).to_have_count(0)
    page.emulate_media(media="print")
    expect(page.locator("h1")).to_have_css("visibility", "hidden")
    assert log.complaints == []
