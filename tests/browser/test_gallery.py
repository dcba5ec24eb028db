"""The gallery: ten thousand headshots, filters, favourites, several at once."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.gallery_filler import fill
from tests.browser.steps import number, slow_to_write
from tests.doors import Served, agreed_to_policy, free_port, start

MANY = 10_000
IMAGES = "document.querySelectorAll('.tile img').length"


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The whole app with ten thousand headshots."""
    folder = tmp_path_factory.mktemp("full") / "data"
    fill(folder, MANY)
    agreed_to_policy(folder)
    served = start(
        ["-m", "headshot_web", "--port", str(free_port()), "--data-dir", str(folder), "--no-browser"],
        folder=folder,
    )
    yield served
    served.stop()
    served.errors.close()


def opened(page: Page, full: Served) -> Page:
    page.goto(f"{full.address}/gallery")
    expect(page.locator(".tile img").first).to_be_visible()
    return page


def total(page: Page) -> int:
    return number(page.get_by_role("status").first.inner_text().replace(",", ""))


@pytest.mark.thorough
def test_ten_thousand_are_there_and_only_those_near_the_window_are_loaded(page: Page, full: Served) -> None:
    opened(page, full)
    assert total(page) == MANY
    page.wait_for_function(f"{IMAGES} >= 20")  # the rows beyond the window follow when there is time
    assert page.evaluate(IMAGES) <= 120
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    last = page.locator(f'[aria-posinset="{MANY}"] img').first
    expect(last).to_be_visible()
    expect(last).to_have_js_property("complete", value=True)
    page.wait_for_function(f"{IMAGES} >= 10")
    assert page.evaluate(IMAGES) <= 120


@pytest.mark.thorough
def test_the_first_pictures_come_with_the_page_and_once(page: Page, full: Served) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.route("**/_nicegui_ws/**", lambda route: route.abort())  # the page is never connected
    opened(page, full)
    page.wait_for_function(
        "[...document.querySelectorAll('.tile .shot img')].slice(0, 6).every((i) => i.naturalWidth)"
    )
    first = page.evaluate("[...document.querySelectorAll('.tile .shot img')].slice(0, 6).map((i) => i.src)")
    assert [asked.count(url) for url in first] == [1] * 6
    script = next(n for n, url in enumerate(asked) if url.endswith("/dompurify.mjs"))
    assert all(asked.index(url) < script for url in first), "on their way before the scripts run"


@pytest.mark.thorough
def test_a_photo_leads_to_all_that_was_made_from_it(page: Page, full: Served) -> None:
    opened(page, full).locator("a.origin").first.click()
    expect(page.get_by_role("heading", name="Made from this photo")).to_be_visible()


@pytest.mark.thorough
def test_a_favourite_stays_one_and_can_be_filtered(page: Page, full: Served) -> None:
    heart = opened(page, full).get_by_role("button", name="among the favourites").first
    with slow_to_write(full):
        heart.click()
        expect(heart).to_have_attribute("aria-pressed", "true")
        page.get_by_role("button", name="Favourites", exact=True).click()
        page.wait_for_timeout(400)
    expect(page.get_by_role("status").first).to_have_text("1 headshot")
    page.reload()
    expect(page.get_by_role("status").first).to_have_text("1 headshot")


@pytest.mark.thorough
def test_one_look_can_be_shown_alone(page: Page, full: Served) -> None:
    opened(page, full).get_by_label("Show one look").select_option(label="Advisor navy")
    expect(page.get_by_role("status").first).not_to_have_text("10,000 headshots")
    names = page.locator(".tile .name").all_inner_texts()
    assert set(names) == {"Advisor navy"}


@pytest.mark.thorough
def test_several_are_downloaded_together_and_then_deleted(page: Page, full: Served) -> None:
    before = total(opened(page, full))
    page.get_by_role("button", name="Select").click()
    for box in page.get_by_role("checkbox").all()[:3]:
        box.check()
    with page.expect_download() as coming:
        page.get_by_role("button", name="Download 3 as ZIP").click()
    with zipfile.ZipFile(io.BytesIO(Path(coming.value.path()).read_bytes())) as pack:
        assert len(set(pack.namelist())) == 3
        assert all(name.endswith(".jpg") for name in pack.namelist())
    page.get_by_role("button", name="Delete 3 headshots").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    assert total(page) == before
    page.get_by_role("button", name="Delete 3 headshots").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete 3 headshots").click()
    expect(page.get_by_role("status").first).to_have_text(f"{before - 3:,} headshots")
    page.reload()
    expect(page.locator(".tile img").first).to_be_visible()
    assert total(page) == before - 3
