"""A real Chromium, and what its pages ask for and complain about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from tests.browser.find_chromium import find_chromium

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--renderer-process-limit=1",
)


def launch(player: Playwright, *more: str) -> Browser:
    """Start the Chromium of this computer, with more flags where a test needs them."""
    return player.chromium.launch(executable_path=find_chromium(), args=[*FLAGS, *more])


def keep_warm(profile: BrowserContext) -> BrowserContext:
    """Leave a page of a profile open: its process stays, and the next page opens in a third of the time."""
    still = profile.new_page()
    still.route("**", lambda route: route.fulfill(body="", content_type="text/html"))
    still.goto("http://localhost/")
    return profile


@contextmanager
def as_new(profile: BrowserContext) -> Iterator[BrowserContext]:
    """A kept profile as if it were new: without cookies, permissions, storage, or pages of another test."""
    profile.set_storage_state({})
    profile.clear_permissions()
    profile.set_default_timeout(15_000)
    others = profile.pages
    yield profile
    for page in profile.pages:
        if page not in others:
            page.close()


@dataclass
class Log:
    """What a page asked for and complained about."""

    addresses: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def origins(self) -> set[str]:
        """Every place the browser talked to; what never leaves it (data:, blob:) is left out."""
        seen = (urlsplit(address) for address in self.addresses)
        return {f"{one.hostname}:{one.port}" for one in seen if one.scheme in {"http", "https", "ws", "wss"}}

    def listen(self, page: Page) -> None:
        page.on("request", lambda request: self.addresses.append(request.url))
        page.on("websocket", lambda line: self.addresses.append(line.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self._console(said.type, said.text))

    def _console(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.complaints.append(text)
