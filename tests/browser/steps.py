"""The steps a person takes on the pages, for tests that begin further along the way."""

from __future__ import annotations

import io
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from PIL import Image
from playwright.sync_api import Page, expect

from tests.doors import Served
from tests.portraits import astronaut, saved

PREVIEWS = re.compile(r"/media/photo/[0-9a-f]+/look/")
NOTHING = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="5"/>'
SLOW_MS = 30_000
"""A busy computer may need this long to make a headshot."""


def selfie(image: Image.Image | None = None) -> dict[str, object]:
    """Return a photo as a file chooser takes it, with a name that must never be seen again."""
    return {
        "name": "C:evil<script>.jpg",
        "mimeType": "image/jpeg",
        "buffer": saved(image or astronaut(), "JPEG", quality=92),
    }


def bring(page: Page, app: Served, image: Image.Image | None = None) -> str:
    """Choose a photo on the first page; returns the photo's id once it is shown."""
    page.goto(app.address)
    page.locator("input[type=file]").first.set_input_files(selfie(image))  # type: ignore[arg-type]
    page.wait_for_url("**/photo/*", timeout=SLOW_MS)
    expect(page.get_by_role("link", name="See the looks")).to_be_visible()
    return page.url.rsplit("/", 1)[1]


def choose(page: Page, app: Served, photo: str, *looks: str) -> None:
    """Choose looks on the wall, whose pictures are nobody's concern here: none is made."""
    page.route(PREVIEWS, lambda asked: asked.fulfill(body=NOTHING, content_type="image/svg+xml"))
    page.goto(f"{app.address}/photo/{photo}/looks")
    for look in looks:
        page.get_by_role("checkbox", name=look).check()


def make(page: Page, app: Served, photo: str, look: str = "Advisor navy") -> str:
    """Make one headshot; returns its id once it is shown."""
    choose(page, app, photo, look)
    page.get_by_role("button", name="Make 1 headshot").click()
    page.wait_for_url("**/headshot/*", timeout=SLOW_MS)
    expect(page.get_by_role("heading", level=1)).to_have_text(look)
    page.unroute(PREVIEWS)
    return page.url.rsplit("/", 1)[1]


@contextmanager
def slow_to_write(app: Served) -> Iterator[None]:
    """Let the app's writing wait, as on a busy disk, until this ends."""
    assert app.folder
    with closing(sqlite3.connect(app.folder / "index.sqlite3", isolation_level=None)) as index:
        index.execute("BEGIN IMMEDIATE")
        yield
        index.execute("ROLLBACK")


def empty(page: Page, app: Served) -> None:
    """Delete everything, as the settings offer it."""
    page.goto(f"{app.address}/settings")
    page.get_by_role("button", name="Delete everything").click()
    page.get_by_role("dialog").get_by_role("textbox").fill("delete")
    page.get_by_role("dialog").get_by_role("button", name="Delete everything").click()
    expect(page.get_by_text("Everything was deleted.")).to_be_visible()
    expect(page.get_by_text("Nothing is kept at the moment.")).to_be_visible()


def shown(page: Page) -> Page:
    """Wait until a page has its heading and its pictures."""
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_function("[...document.images].filter(i => i.loading !== 'lazy').every(i => i.complete)")
    return page


def picture(data: bytes) -> Image.Image:
    """Open what was downloaded."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def number(text: str) -> int:
    """Return the first number in a sentence."""
    found = re.search(r"\d+", text)
    assert found, text
    return int(found[0])
