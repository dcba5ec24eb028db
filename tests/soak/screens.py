"""Some guests before a real Chromium: it is killed under one of them, and the server under another."""

from __future__ import annotations

import signal
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from headshot_web.paths import Folders
from tests.browser.booths import launch_before, start_booth, to_looks, to_result, touch
from tests.browser.steps import SLOW_MS
from tests.doors import Served, free_port


def soak(folder: Path, guests: int) -> str:
    """Let each guest come to a result or a kind word, whatever ends under them; then nothing is left."""
    port = free_port()
    with sync_playwright() as player:
        served, browser = _booth(folder, port), launch_before(player, folder)
        try:
            for number in range(guests):
                served, browser = _guest(player, served, browser, folder, how=number % 3)
        finally:
            browser.close()
            served.stop()
    folders = Folders(folder / "data")
    left = [
        path for place in (folders.photos, folders.headshots) for path in place.rglob("*") if path.is_file()
    ]
    assert not left, f"left behind: {left}"
    return f"{guests} guests before a real browser, some with the browser or the server killed; nothing left"


def _booth(folder: Path, port: int) -> Served:
    return start_booth(folder / "data", port=port, countdown_s=1, sides=False)


def _guest(
    player: Playwright, served: Served, browser: Browser, folder: Path, *, how: int
) -> tuple[Served, Browser]:
    page = _page(browser)
    if how == 0:
        to_result(page, served)
        touch(page, "Finish")
    elif how == 1:  # the browser is killed; whoever opens it again finds the guest's step, and can stop it
        to_looks(page, served)
        browser.close()
        browser = launch_before(player, folder)
        page = _page(browser)
        page.goto(served.address)
        expect(page.get_by_role("heading", name="Which one is you?")).to_be_visible(timeout=SLOW_MS)
        touch(page, "Stop and start over")
    else:  # the server is killed; the page comes back by itself, with nothing of the guest
        to_looks(page, served)
        served.stop(signal.SIGKILL)
        expect(page.get_by_text("The booth is starting again.")).to_be_visible(timeout=SLOW_MS)
        served = _booth(folder, served.port)
    expect(page.get_by_role("button", name="Touch to begin")).to_be_visible(timeout=SLOW_MS)
    page.context.close()
    return served, browser


def _page(browser: Browser) -> Page:
    context = browser.new_context(viewport={"width": 1024, "height": 600})
    context.set_default_timeout(SLOW_MS)
    return context.new_page()
