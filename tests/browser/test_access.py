"""axe-core finds nothing to complain about, on any page, light or dark."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.steps import bring, choose, make, shown
from tests.doors import Served
from tests.portraits import group

OF_COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules that look at colours; all others find the same in the dark."""


@pytest.fixture(scope="module")
def made(profile: BrowserContext, app: Served) -> dict[str, str]:
    """The addresses of one photo, one of several people, and a headshot."""
    with profile.new_page() as page:
        page.set_default_timeout(30_000)
        people = bring(page, app, group())
        photo = bring(page, app)
        choose(page, app, photo, "Boardroom charcoal", "Consultant cream")
        page.get_by_role("button", name="Make 2 headshots").click()
        expect(page.get_by_role("heading", name="ready")).to_be_visible(timeout=30_000)
        order = page.url
        return {
            "start": f"{app.address}/",
            "photo": f"{app.address}/photo/{photo}",
            "people": f"{app.address}/photo/{people}",
            "looks": f"{app.address}/photo/{photo}/looks?looks=advisor-navy&crop=1:1",
            "order": order,
            "headshot": f"{app.address}/headshot/{make(page, app, photo)}",
            "gallery": f"{app.address}/gallery",
            "favourites": f"{app.address}/gallery?favourites=1",
            "privacy": f"{app.address}/privacy",
            "settings": f"{app.address}/settings",
            "missing": f"{app.address}/photo/0",
        }


def complaints(page: Page) -> dict[str, list[str]]:
    """What axe-core finds in the light; and in the dark, where only colours are others."""
    page.emulate_media(color_scheme="light")
    light = Axe().run(page).response["violations"]
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(100)
    dark = Axe().run(page, options={"runOnly": OF_COLOURS}).response["violations"]
    page.emulate_media(color_scheme="light")
    said = {"light": light, "dark": dark}
    return {
        scheme: [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]
        for scheme, found in said.items()
        if found
    }


@pytest.mark.thorough
def test_every_page_can_be_used_by_everyone_light_or_dark(
    context: BrowserContext, made: dict[str, str]
) -> None:
    page = context.new_page()
    page.emulate_media(reduced_motion="reduce")
    found = {}
    for name, address in made.items():
        page.goto(address)
        shown(page)
        page.wait_for_timeout(300)
        found[name] = complaints(page)
    assert not {name: said for name, said in found.items() if said}


@pytest.mark.thorough
def test_what_opens_over_a_page_can_be_used_by_everyone_light_or_dark(
    context: BrowserContext, made: dict[str, str]
) -> None:
    page = context.new_page()
    page.emulate_media(reduced_motion="reduce")
    found = []
    page.goto(made["settings"])
    page.get_by_role("button", name="Delete everything").click()
    found.append(complaints(page))
    page.goto(made["start"])
    page.get_by_role("button", name="Use the camera").click()
    expect(page.get_by_role("alert")).to_be_visible()
    found.append(complaints(page))
    page.goto(made["gallery"])
    page.get_by_role("button", name="Select").click()
    page.get_by_role("checkbox").first.check()
    found.append(complaints(page))
    page.get_by_role("button", name="Delete 1 headshot").click()
    found.append(complaints(page))
    assert not any(found)


@pytest.mark.thorough
def test_motion_stops_where_it_is_not_wanted(context: BrowserContext, made: dict[str, str]) -> None:
    page = context.new_page()
    page.emulate_media(reduced_motion="reduce")
    page.goto(made["looks"])
    shown(page)
    style = "getComputedStyle(e)"
    moving = f"(e) => {style}.animationName !== 'none' || {style}.transitionDuration !== '0s'"
    assert not page.evaluate(f"[...document.querySelectorAll('*')].filter({moving}).map((e) => e.className)")
