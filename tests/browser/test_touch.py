"""A phone in the hand: everything goes by taps and swipes, and nothing is too small for a thumb."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.chromium import as_new, keep_warm
from tests.browser.finger import Hand, centre, phone
from tests.browser.steps import SLOW_MS, bring, make, picture, selfie, shown
from tests.doors import Served
from tests.portraits import astronaut, group

THUMB_PX = 44
MOVED = "[Math.round(scrollX), Math.round(scrollY), Math.round(visualViewport.offsetLeft)]"
"""Where the page was moved to."""
TARGETS = """() => {
  const targets = [...document.querySelectorAll('a, button, select, input, [role=slider], label:has(input)')];
  const text = (it) => it.matches('a') && getComputedStyle(it).display === 'inline' && it.closest('p, dd');
  const within = (it) => it.matches('input') && it.closest('label');
  return targets.filter((it) => it.checkVisibility() && !text(it) && !within(it))
    .map((it) => [it.ariaLabel || it.innerText || it.outerHTML, it.getBoundingClientRect()])
    .filter(([, box]) => box.bottom + scrollY > 0 && box.width > 1)
    .map(([name, box]) => [name, Math.round(box.width * 10) / 10, Math.round(box.height * 10) / 10]);
}"""
"""Name, width and height of all that can be pressed; links within a sentence are left out."""


@pytest.fixture(scope="module")
def pocket(browser: Browser) -> Iterator[BrowserContext]:
    """The phone that all tests here take in their hands."""
    kept = keep_warm(phone(browser))
    yield kept
    kept.close()


@pytest.fixture
def page(pocket: BrowserContext) -> Iterator[Page]:
    with as_new(pocket) as fresh:
        yield fresh.new_page()


@pytest.fixture
def hand(page: Page) -> Hand:
    return Hand(page)


@pytest.fixture(scope="module")
def made(profile: BrowserContext, app: Served) -> dict[str, str]:
    """The paths of a photo, of one with several people, and of a headshot."""
    with profile.new_page() as page:
        page.set_default_timeout(SLOW_MS)
        people = bring(page, app, group())
        photo = bring(page, app, astronaut().resize((1400, 1400)))
        make(page, app, photo, "Consultant cream")
        return {
            "start": "/",
            "photo": f"/photo/{photo}",
            "people": f"/photo/{people}",
            "looks": f"/photo/{photo}/looks?crop=1:1&looks=advisor-navy",
            "headshot": f"/headshot/{make(page, app, photo)}",
            "gallery": "/gallery",
            "privacy": "/privacy",
            "settings": "/settings",
            "missing": "/photo/0",
        }


def opened(page: Page, app: Served, path: str) -> Page:
    page.goto(app.address + path)
    return shown(page)


def split(page: Page) -> int:
    """Where the slider stands, in percent; the photo is cut at the same place."""
    said = int(page.get_by_role("slider").get_attribute("aria-valuenow") or -1)
    cut = page.get_by_alt_text("Your photo in the same framing").evaluate("(i) => i.style.clipPath")
    assert abs(float(cut.split()[1].removesuffix("%")) - (100 - said)) < 1
    return said


def picture_box(page: Page) -> Any:
    return page.locator(".compare").bounding_box()


@pytest.mark.thorough
def test_the_slider_follows_a_finger_and_the_page_stands_still(
    page: Page, hand: Hand, app: Served, made: dict[str, str]
) -> None:
    opened(page, app, made["headshot"])
    box = picture_box(page)
    grip = centre(page.get_by_role("slider"))
    for share in (0.2, 0.75):
        aim = (box["x"] + box["width"] * share, grip[1] - 30)
        hand.put(grip)
        hand.move([grip], [aim])
        assert abs(split(page) - 100 * share) <= 2
        hand.lift()
        assert page.evaluate(MOVED) == [0, 0, 0]
        grip = centre(page.get_by_role("slider"))
    begin = (box["x"] + box["width"] * 0.7, box["y"] + 90)
    hand.put(begin)
    hand.move([begin], [(box["x"] + box["width"] * 0.4, box["y"] + 100)])
    assert abs(split(page) - 40) <= 2
    hand.lift()
    assert page.evaluate(MOVED) == [0, 0, 0]


@pytest.mark.thorough
def test_a_swipe_upwards_on_the_picture_scrolls_and_leaves_the_slider_alone(
    page: Page, hand: Hand, app: Served, made: dict[str, str]
) -> None:
    opened(page, app, made["headshot"])
    box = picture_box(page)
    begin = (box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.6)
    hand.swipe(begin, (begin[0] + 6, begin[1] - 200))
    page.wait_for_function("scrollY > 100")
    assert split(page) == 50


@pytest.mark.thorough
def test_a_tap_on_the_picture_moves_the_slider_there(page: Page, app: Served, made: dict[str, str]) -> None:
    opened(page, app, made["headshot"])
    box = picture_box(page)
    page.touchscreen.tap(box["x"] + box["width"] * 0.3, box["y"] + 120)
    expect(page.get_by_role("slider")).to_have_attribute("aria-valuenow", "30")


@pytest.mark.thorough
@pytest.mark.parametrize("where", ["headshot", "photo", "looks"])
def test_two_fingers_make_any_page_larger(
    page: Page, hand: Hand, app: Served, made: dict[str, str], where: str
) -> None:
    opened(page, app, made[where])
    hand.spread((195, 260), 30, 110)
    page.wait_for_function("visualViewport.scale > 1.5")
    if where == "headshot":
        assert split(page) == 50


@pytest.mark.thorough
def test_the_headshot_at_its_own_size_is_moved_by_a_finger(
    page: Page, hand: Hand, app: Served, made: dict[str, str]
) -> None:
    opened(page, app, made["headshot"])
    page.get_by_role("button", name="See every pixel").tap()
    window = page.get_by_role("region", name="The headshot at its own size")
    at = "(w) => [w.scrollLeft, w.scrollTop]"
    left, top = window.evaluate(at)
    x, y = centre(window)
    hand.swipe((x, y), (x - 70, y))
    hand.swipe((x, y), (x, y - 90))
    page.wait_for_timeout(700)
    moved = window.evaluate(at)
    assert moved[0] > left + 30
    assert moved[1] > top + 40
    assert page.evaluate(MOVED) == [0, 0, 0]
    page.get_by_role("button", name="See the whole headshot").tap()
    expect(page.get_by_role("slider")).to_be_visible()


@pytest.mark.thorough
def test_the_whole_way_by_taps_alone(page: Page, app: Served) -> None:
    # From the beginning: else the browser may open its own chooser before it is asked not to.
    page.on("filechooser", lambda _: None)
    page.goto(app.address)
    camera = page.locator("input[capture=user]")
    expect(camera).to_have_attribute("accept", "image/*")
    with page.expect_file_chooser() as asked:
        page.get_by_role("button", name="Use the camera").tap()
    assert asked.value.element.get_attribute("capture") == "user"
    asked.value.set_files(selfie(astronaut().resize((1400, 1400))))  # type: ignore[arg-type]
    page.wait_for_url("**/photo/*", timeout=SLOW_MS)
    page.get_by_role("link", name="See the looks").tap()
    page.locator(".look").filter(has_text="Advisor navy").tap()
    expect(page.get_by_role("checkbox", name="Advisor navy")).to_be_checked()
    page.get_by_role("button", name="Make 1 headshot").tap()
    page.wait_for_url("**/headshot/*", timeout=SLOW_MS)
    box = picture_box(shown(page))
    page.touchscreen.tap(box["x"] + box["width"] * 0.7, box["y"] + 60)
    expect(page.get_by_role("slider")).to_have_attribute("aria-valuenow", "70")
    page.locator(".purpose label").filter(has_text="LinkedIn").tap()
    with page.expect_download() as coming:
        page.get_by_role("link", name="Download").tap()
    file = picture(Path(coming.value.path()).read_bytes())
    assert file.width == file.height
    page.get_by_role("button", name="Keep").tap()
    expect(page.get_by_role("button", name="Keep")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Delete this headshot").tap()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").tap()
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.get_by_role("button", name="Delete this headshot").tap()
    page.get_by_role("dialog").get_by_role("button", name="Delete this headshot").tap()
    page.wait_for_url("**/gallery")


@pytest.mark.thorough
def test_no_camera_or_chooser_opens_before_a_tap(page: Page, app: Served) -> None:
    asked: list[Page] = []
    page.on("filechooser", lambda chooser: asked.append(chooser.page))
    opened(page, app, "/")
    page.wait_for_timeout(400)
    assert not asked
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a photo").tap()
    assert chooser.value.element.get_attribute("capture") is None


@pytest.mark.thorough
def test_a_tap_on_a_face_says_who_it_is_for(page: Page, app: Served, made: dict[str, str]) -> None:
    opened(page, app, made["people"])
    people = page.get_by_role("radio")
    expect(people.first).to_be_visible(timeout=SLOW_MS)
    for person in (people.first, people.last):
        person.tap()
        expect(person).to_be_checked()


@pytest.mark.thorough
def test_headshots_are_selected_and_deleted_by_taps(page: Page, app: Served, made: dict[str, str]) -> None:
    make(page, app, made["photo"].rsplit("/", 1)[1], "Founder loft")
    opened(page, app, made["gallery"])
    said = page.get_by_role("status").first
    before = int(said.inner_text().split()[0])
    page.get_by_role("button", name="Select").tap()
    tiles = page.locator(".tile label")
    for number in (0, 1, 1):
        tiles.nth(number).tap()
    expect(page.get_by_role("checkbox").first).to_be_checked()
    expect(page.get_by_role("checkbox").nth(1)).not_to_be_checked()
    page.get_by_role("button", name="Delete 1 headshot").tap()
    page.get_by_role("dialog").get_by_role("button", name="Delete 1 headshot").tap()
    expect(said).to_have_text(f"{before - 1} headshot{'s' if before != 2 else ''}")


@pytest.mark.thorough
def test_the_looks_can_be_pushed_aside_while_the_page_stands_still(
    page: Page, hand: Hand, app: Served, made: dict[str, str]
) -> None:
    opened(page, app, made["looks"])
    bar = page.locator(".looks-tools")
    x, y = centre(bar)
    hand.swipe((x + 100, y), (x - 100, y))
    page.wait_for_function("document.querySelector('.looks-tools').scrollLeft > 100")
    assert page.evaluate(MOVED) == [0, 0, 0]


def too_small(page: Page) -> list[Any]:
    return [one for one in page.evaluate(TARGETS) if min(one[1:]) < THUMB_PX - 0.5]


@pytest.mark.thorough
def test_all_that_can_be_pressed_is_large_enough_for_a_thumb(
    page: Page, app: Served, made: dict[str, str]
) -> None:
    found = {}
    for name, path in made.items():
        opened(page, app, path)
        if name == "people":
            expect(page.get_by_role("radio").first).to_be_visible(timeout=SLOW_MS)
        assert len(page.evaluate(TARGETS)) >= 6
        found[name] = too_small(page)
    opened(page, app, made["gallery"])
    page.get_by_role("button", name="Select").tap()
    page.locator(".tile label").first.tap()
    found["selecting"] = too_small(page)
    page.get_by_role("button", name="Delete 1 headshot").tap()
    found["asked"] = too_small(page)
    opened(page, app, made["settings"])
    page.get_by_role("button", name="Delete everything").tap()
    found["asked for the word"] = too_small(page)
    assert not {name: small for name, small in found.items() if small}
