"""Guests for whom a provider draws, at the owner's cost: their own yes, and a limit that both can see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from tests.browser.drawing import environment
from tests.browser.steps import SLOW_MS
from tests.browser.test_guests import SIDEWAYS, choose, guest
from tests.doors import Served
from tests.networks import WIFI, start_with_networks, write_networks
from tests.openai_faults import Fault
from tests.openai_server import KEY, OpenAIServer
from tests.portraits import astronaut, saved

EACH, IN_ALL = 2, 3


@pytest.fixture(scope="module")
def provider() -> Iterator[OpenAIServer]:
    with OpenAIServer() as server:
        yield server


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, provider: OpenAIServer) -> Iterator[Served]:
    """The computer, in one network, with a server that draws for money."""
    networks = tmp_path_factory.mktemp("networks") / "networks.json"
    write_networks(networks, wlan0=WIFI)
    served = start_with_networks(
        tmp_path_factory.mktemp("home") / "data",
        networks,
        **environment(provider),
    )
    yield served
    served.stop()
    assert served.said() == ""
    served.errors.close()


@pytest.fixture(scope="module")
def owner(browser: Browser, home: Served) -> Iterator[Page]:
    """The owner's window, whose key guests may use for a few headshots."""
    with browser.new_context() as context:
        page = context.new_page()
        page.set_default_timeout(SLOW_MS)
        page.goto(f"{home.address}/settings")
        page.get_by_label("Your key").fill(KEY)
        page.get_by_role("button", name="Save the key").click()
        expect(page.get_by_text("A key ending in …")).to_be_visible()
        page.goto(f"{home.address}/phones")
        page.get_by_role("button", name="Let phones connect").click()
        page.get_by_role("radio", name="Guests too, with your key").check()
        allow(page, EACH, IN_ALL)
        expect(page.get_by_text("0 of 3 were drawn for guests today")).to_be_visible()
        yield page


def allow(owner: Page, each: int, in_all: int) -> None:
    """Choose how many headshots are drawn for guests."""
    owner.get_by_label("Each guest, at most").fill(str(each))
    owner.get_by_label("All together, per day").fill(str(in_all))
    owner.locator(".limits").get_by_role("button", name="Save").click()
    expect(owner.locator(".limits")).to_contain_text(f"of {in_all} were drawn for guests today")


def picked(page: Page, *looks: str) -> None:
    """Bring a photo, and choose looks on the wall; what they cost is then known."""
    page.bring_to_front()
    page.goto(f"{home_of(page)}/")
    choose(page, saved(astronaut(), "JPEG", quality=80))
    page.get_by_role("link", name="See the looks").tap()
    for look in looks:
        page.get_by_role("checkbox", name=look).check(force=True)


def home_of(page: Page) -> str:
    found = re.match(r"https?://[^/]+", page.url)
    assert found
    return found[0]


def drawn(page: Page, *, asked: bool) -> None:
    """Have what was chosen drawn; `asked` is whether the yes is still to be given."""
    page.get_by_role("button", name="Make 1 headshot").tap()
    if asked:
        page.get_by_role("button", name="Yes, send this photo to").tap()
    page.wait_for_url("**/headshot/*", timeout=SLOW_MS)


def take_back_elsewhere(page: Page) -> None:
    """Take the yes back in another tab of the same guest."""
    other = page.context.new_page()
    other.goto(f"{home_of(page)}/visit")
    other.get_by_role("button", name="Take it back").tap()
    expect(other.get_by_text("Nothing is sent there before you say yes again.")).to_be_visible()
    other.close()


@contextmanager
def connecting_slowly(page: Page) -> Iterator[None]:
    """Hold back what a page that is opened now says, until this ends."""
    held: list[tuple[Any, Any]] = []
    is_open = False

    def route(line: WebSocketRoute) -> None:
        there = line.connect_to_server()
        line.on_message(lambda said: there.send(said) if is_open else held.append((there, said)))

    page.route_web_socket(re.compile("socket.io"), route)
    yield
    is_open = True
    for there, said in held:
        there.send(said)


@pytest.mark.thorough
def test_a_guest_is_asked_sees_how_many_are_left_and_is_never_drawn_more(
    browser: Browser, owner: Page, provider: OpenAIServer
) -> None:
    with guest(browser, owner, 320, 640) as one:
        picked(one, "Advisor navy")
        expect(one.get_by_text(f"{EACH} left for you")).to_be_visible()
        one.get_by_role("button", name="Make 1 headshot").tap()
        one.wait_for_url("**/sending*")
        said = one.locator(".said").inner_text()
        assert "a server that whoever invited you chose" in said
        assert "the key of whoever invited you" in said
        assert "under “Your visit”" in said
        assert not re.search(r"your key|your own server|this computer|in the settings", said, re.IGNORECASE)
        assert not one.evaluate(SIDEWAYS)
        assert not provider.posts
        one.go_back()
        drawn(one, asked=True)
        assert len(provider.posts) == 1

        picked(one, "Advisor navy", "Founder loft")
        bar = one.locator(".bar")
        expect(bar).to_contain_text("Only 1 left for you.")
        expect(bar.get_by_role("link")).to_have_count(0)
        bar.get_by_role("button", name="Make them on the computer").tap()
        expect(one.get_by_role("heading", name="Your 2 headshots are ready.")).to_be_visible(timeout=SLOW_MS)
        picked(one, "Advisor navy")
        drawn(one, asked=False)
        assert len(provider.posts) == EACH

        picked(one, "Advisor navy")
        expect(one.get_by_text("None left for you")).to_be_visible()
        expect(one.locator(".bar")).to_contain_text("Retouch on the computer")
        one.goto(f"{home_of(one)}/visit")
        expect(one.get_by_text("None left. On the computer, more can still be made.")).to_be_visible()
        one.get_by_role("button", name="Take it back").tap()
        expect(one.get_by_text("Nothing is sent there before you say yes again.")).to_be_visible()
        assert not one.evaluate(SIDEWAYS)

    with guest(browser, owner) as two:
        picked(two, "Advisor navy", "Founder loft")
        expect(two.locator(".bar")).to_contain_text("Only 1 left for you.")
        two.get_by_role("checkbox", name="Founder loft").uncheck(force=True)
        drawn(two, asked=True)
        picked(two, "Advisor navy")
        expect(two.get_by_text("None left for you")).to_be_visible()
    assert len(provider.posts) == IN_ALL
    owner.bring_to_front()
    owner.reload()
    expect(owner.get_by_text("3 of 3 were drawn for guests today")).to_be_visible()


@pytest.mark.thorough
def test_what_failed_is_told_in_a_guests_words_and_trying_again_asks_or_says_why(
    browser: Browser, owner: Page, provider: OpenAIServer
) -> None:
    allow(owner, 9, 9)
    provider.forget()
    provider.play(Fault.no_money())
    with guest(browser, owner) as page:
        picked(page, "Advisor navy")
        page.get_by_role("button", name="Make 1 headshot").tap()
        page.get_by_role("button", name="Yes, send this photo to").tap()
        card = page.locator(".job")
        expect(card).to_contain_text("It can’t be drawn there just now", timeout=SLOW_MS)
        assert not re.search("account|your server|credit", card.inner_text(), re.IGNORECASE)
        again = page.get_by_role("button", name=re.compile("failed one again"))
        allow(owner, 0, 9)
        page.bring_to_front()
        again.tap()
        expect(page.get_by_role("alert")).to_contain_text("Not enough is left for you")
        allow(owner, 9, 9)
        take_back_elsewhere(page)
        before = len(provider.posts)
        again.tap()
        page.wait_for_url("**/sending*")
        expect(page.get_by_role("heading", level=1)).to_contain_text("May your photo be sent to")
        assert len(provider.posts) == before


@pytest.mark.thorough
def test_a_yes_taken_back_elsewhere_is_asked_for_anew(
    browser: Browser, owner: Page, provider: OpenAIServer
) -> None:
    allow(owner, 9, 9)
    provider.forget()
    with guest(browser, owner) as page:
        picked(page, "Advisor navy")
        drawn(page, asked=True)
        picked(page, "Founder loft")
        page.get_by_role("button", name="See what is sent").tap()
        page.wait_for_url("**/sending*")
        take_back_elsewhere(page)
        page.get_by_role("button", name="Send this photo to").tap()
        expect(page.get_by_role("heading", level=1)).to_contain_text("May your photo be sent to")
        assert len(provider.posts) == 1


@pytest.mark.thorough
def test_the_price_that_is_known_belongs_to_what_was_chosen_last(browser: Browser, owner: Page) -> None:
    allow(owner, 9, 9)
    with guest(browser, owner) as page:
        picked(page, "Advisor navy")
        make = page.get_by_role("button", name=re.compile("^Make [1-4] headshot|^Make them"))
        looks = page.get_by_role("checkbox", name=re.compile("Founder loft|Consultant cream|Outdoor green"))
        for _ in range(4):  # quicker than any of it is answered
            for number in range(looks.count()):
                looks.nth(number).evaluate("(it) => it.click()")
        expect(make).to_be_enabled()
        for _ in range(4):  # before the page is connected, what it says waits, and may overtake itself
            with connecting_slowly(page):
                page.reload()
                for number in (0, 1, 0):
                    looks.nth(number).evaluate("(it) => it.click()")
                    page.wait_for_timeout(3)
            expect(make).to_be_enabled()
