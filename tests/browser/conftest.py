"""One real Chromium for all browser tests, and one server for each module of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests.browser.chromium import Log, as_new, keep_warm, launch
from tests.doors import Served, agreed_to_policy, free_port, start, start_door

expect.set_options(timeout=20_000)
"""A busy computer may need long for what a person would wait for too; a fast one never waits so long."""


@pytest.fixture(scope="session")
def player() -> Iterator[Playwright]:
    with sync_playwright() as playing:
        yield playing


@pytest.fixture(scope="session")
def browser(player: Playwright) -> Iterator[Browser]:
    chromium = launch(player)
    yield chromium
    chromium.close()


@pytest.fixture(scope="session")
def profile(browser: Browser) -> Iterator[BrowserContext]:
    """One profile for all tests."""
    kept = keep_warm(browser.new_context(reduced_motion="reduce"))
    yield kept
    kept.close()


@pytest.fixture
def context(profile: BrowserContext) -> Iterator[BrowserContext]:
    """A browser profile without cookies, and with nothing kept."""
    with as_new(profile) as fresh:
        yield fresh


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def log(page: Page) -> Log:
    """What `page` asks for and complains about."""
    kept = Log()
    kept.listen(page)
    return kept


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The whole app after its first visit, on a free port and with a folder of its own (`app.folder`)."""
    folder, temp = tmp_path_factory.mktemp("app") / "data", tmp_path_factory.mktemp("temp")
    agreed_to_policy(folder)
    served = start(
        ["-m", "headshot_web", "--port", str(free_port()), "--data-dir", str(folder), "--no-browser"],
        folder=folder,
        TMPDIR=str(temp),
        PYTHONUNBUFFERED="1",
    )
    yield served
    served.stop()
    served.errors.close()
    assert not list(temp.iterdir()), "something was left in the system's temp folder"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The door alone, with the trivial pages of door_server.py behind it."""
    served = start_door(tmp_path_factory.mktemp("door"))
    yield served
    served.stop()
    served.errors.close()
