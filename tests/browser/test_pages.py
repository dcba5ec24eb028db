"""Each page by itself: what it says, what it keeps, and that a phone can show it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import BrowserContext, Page, expect

from headshot_web.policy import POLICY_DATE, day
from tests.browser.chromium import Log
from tests.browser.steps import SLOW_MS, bring, choose, make, picture, shown, slow_to_write
from tests.doors import Served
from tests.portraits import astronaut, blurred, group, hopper, sideways

NARROW = 360
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
"""Whether a page can be moved sideways."""


@pytest.mark.parametrize(
    "path", ["/photo/{id}", "/photo/{id}/looks", "/order/{id}", "/headshot/{id}", "/nowhere"]
)
def test_what_is_not_here_is_said_with_one_way_on(page: Page, app: Served, path: str) -> None:
    answer = page.goto(app.address + path.format(id="0" * 32))
    assert answer
    assert answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("This is no longer here")
    page.get_by_role("link", name="Open the gallery").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your headshots")


@pytest.mark.thorough
def test_several_people_can_be_told_apart_by_a_tap(page: Page, app: Served) -> None:
    photo = bring(page, app, group())
    expect(page.get_by_text("There are several people in this photo.")).to_be_visible()
    people = page.get_by_role("radio")
    expect(people.first).to_be_visible(timeout=SLOW_MS)
    with slow_to_write(app):
        people.last.click()
        page.wait_for_timeout(400)
        expect(people.last).not_to_be_checked()
    expect(people.last).to_be_checked()
    page.goto(f"{app.address}/photo/{photo}")
    expect(people.last).to_be_checked(timeout=SLOW_MS)
    people.last.press("ArrowRight")
    expect(people.first).to_be_checked()


@pytest.mark.thorough
def test_advice_is_given_and_the_person_may_go_on(page: Page, app: Served) -> None:
    photo = bring(page, app, blurred(hopper()))
    expect(page.get_by_text("This photo is a little blurred.")).to_be_visible()
    expect(page.get_by_role("link", name="See the looks")).to_have_attribute("href", f"/photo/{photo}/looks")


@pytest.mark.thorough
def test_a_photo_that_is_not_upright_needs_no_turning(page: Page, app: Served) -> None:
    def look() -> Image.Image:
        answer = page.request.get(f"{app.address}/media/photo/{bring(page, app, image)}/look/advisor-navy")
        return picture(answer.body()).resize((48, 60))

    image = hopper()
    upright = look()
    for turns in (1, 2, 3):
        image = sideways(hopper(), turns)
        turned = look()
        expect(page.get_by_role("heading", level=1)).to_have_text("A good start.")
        expect(page.get_by_text("every look turns it for you")).to_be_visible()
        assert max(ImageStat.Stat(ImageChops.difference(upright, turned)).mean) < 6


@pytest.mark.thorough
def test_the_theme_is_kept(page: Page, app: Served) -> None:
    page.emulate_media(color_scheme="light")
    page.goto(f"{app.address}/settings")
    page.get_by_text("Dark", exact=True).click()
    paper = "getComputedStyle(document.body).backgroundColor"
    page.wait_for_function(f"{paper} === 'rgb(22, 20, 18)'")
    page.goto(f"{app.address}/privacy")
    assert page.evaluate(paper) == "rgb(22, 20, 18)"
    page.goto(f"{app.address}/settings")
    expect(page.get_by_role("radio", name="Dark")).to_be_checked()
    page.get_by_text("As this computer").click()
    page.wait_for_function(f"{paper} === 'rgb(246, 243, 238)'")


@pytest.mark.thorough
def test_everything_is_deleted_only_after_the_word_was_typed(page: Page, app: Served) -> None:
    bring(page, app)
    page.goto(f"{app.address}/settings")
    page.get_by_role("button", name="Delete everything").click()
    yes = page.get_by_role("dialog").get_by_role("button", name="Delete everything")
    expect(yes).to_be_disabled()
    page.get_by_role("dialog").get_by_role("textbox").fill("delete")
    yes.click()
    expect(page.get_by_text("Everything was deleted.")).to_be_visible()
    expect(page.get_by_text("Nothing is kept at the moment.")).to_be_visible()


def test_the_privacy_page_is_dated_and_names_the_folder(page: Page, app: Served) -> None:
    page.goto(f"{app.address}/privacy")
    expect(page.get_by_text(f"Last updated {day(POLICY_DATE)}")).to_be_visible()
    expect(page.get_by_text(str(app.folder), exact=True)).to_be_visible()


@pytest.mark.thorough
def test_no_page_is_wider_than_a_small_phone_and_its_next_step_is_in_reach(
    page: Page, app: Served, log: Log
) -> None:
    photo = bring(page, app)
    headshot = make(page, app, photo)
    page.set_viewport_size({"width": NARROW, "height": 740})
    paths = ("/", f"/photo/{photo}", f"/photo/{photo}/looks?crop=2:3", f"/headshot/{headshot}")
    for path in (*paths, "/gallery", "/privacy", "/settings"):
        page.goto(app.address + path)
        shown(page)
        assert not page.evaluate(SIDEWAYS), path
        for place in page.get_by_role("navigation", name="Main").get_by_role("link").all():
            box = place.bounding_box()
            assert box
            assert box["height"] >= 44
            assert box["y"] > 600
        for step in page.locator(".thumb .button").all():
            expect(step).to_be_in_viewport(ratio=1)
    page.goto(f"{app.address}/headshot/{headshot}")
    expect(page.get_by_role("link", name="Download")).to_be_in_viewport(ratio=1)
    choose(page, app, photo, "Advisor navy")
    expect(page.get_by_role("button", name="Make 1 headshot")).to_be_in_viewport(ratio=1)
    assert log.origins == {f"localhost:{app.port}"}
    assert not log.complaints


@pytest.mark.thorough
def test_the_wall_says_how_long_only_what_was_chosen_takes(page: Page, app: Served) -> None:
    photo = bring(page, app)
    choose(page, app, photo)
    said = page.locator(".bar .says")
    expect(said).to_contain_text("free")
    expect(said).not_to_contain_text("seconds")
    page.get_by_role("checkbox", name="Advisor navy").check()
    expect(said).to_contain_text("about 2 seconds")


@pytest.mark.thorough
def test_a_headshot_enlarged_a_lot_is_offered_smaller_and_sharp(page: Page, app: Served) -> None:
    make(page, app, bring(page, app, astronaut().resize((300, 300))))
    expect(page.locator(".note")).to_contain_text("Enlarged ×")
    said = page.locator(".size")
    expect(said).to_contain_text("enlarged ×")
    for name, sharp in (("Smaller and sharp", True), ("LinkedIn, round", False), ("CV", False)):
        page.locator(".purpose label").filter(has_text=name).click()
        expect(said).to_contain_text("not enlarged" if sharp else "enlarged ×")
        with page.expect_download() as coming:
            page.get_by_role("link", name="Download").click()
        file = picture(Path(coming.value.path()).read_bytes())
        expect(said).to_contain_text(f"{file.width} × {file.height} pixels")
        assert f"-{max(file.size)}px" in coming.value.suggested_filename
        assert max(file.size) < 300 or not sharp


@pytest.mark.thorough
def test_a_sharp_headshot_has_no_smaller_twin(page: Page, app: Served) -> None:
    make(page, app, bring(page, app, astronaut().resize((2000, 2000))))
    expect(page.locator(".size")).to_contain_text("pixels")
    expect(page.get_by_text("Smaller and sharp")).to_be_hidden()


def test_a_page_that_lost_the_app_says_what_to_do(page: Page, app: Served) -> None:
    page.goto(app.address)
    expect(page.locator("#popup")).to_contain_text("If it was closed, start it again")


@pytest.mark.thorough
def test_the_slider_follows_a_mouse_and_the_zoom_shows_single_pixels(page: Page, app: Served) -> None:
    make(page, app, bring(page, app))
    box = page.locator(".compare").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + 60, steps=3)
    page.mouse.up()
    said = page.get_by_role("slider").get_attribute("aria-valuenow")
    assert said
    assert 23 <= int(said) <= 27
    page.get_by_role("button", name="See every pixel").click()
    window = page.get_by_role("region", name="The headshot at its own size")
    expect(window.locator("img")).to_have_js_property("complete", value=True)
    natural = (
        "(w) => [w.querySelector('img').getBoundingClientRect().width, w.querySelector('img').naturalWidth]"
    )
    width, pixels = window.evaluate(natural)
    assert width == pixels


@pytest.mark.thorough
def test_what_another_window_deleted_is_no_dead_end(page: Page, context: BrowserContext, app: Served) -> None:
    photo = bring(page, app)
    make(page, app, photo)
    other = context.new_page()
    other.goto(page.url)
    expect(other.get_by_role("button", name="Keep")).to_be_visible()
    third = context.new_page()
    third.goto(page.url)
    for window in (page, other):
        window.get_by_role("button", name="Delete this headshot").click()
        window.get_by_role("dialog").get_by_role("button", name="Delete this headshot").click()
        window.wait_for_url("**/gallery")
    third.get_by_role("button", name="Keep").click()
    expect(third.get_by_role("heading", name="This is no longer here")).to_be_visible()
