"""Letting phones in, as the owner does it: switch on, show the code, see who comes, switch off."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import Log
from tests.browser.steps import SLOW_MS, shown
from tests.doors import Served, ask
from tests.networks import CABLE, WIFI, start_with_networks, write_networks
from tests.qr_reader import read

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_2 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("networks") / "networks.json"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, networks: Path) -> Iterator[Served]:
    """The app on a computer that is in two networks."""
    write_networks(networks, wlan0=WIFI, eth0=CABLE)
    served = start_with_networks(tmp_path_factory.mktemp("home") / "data", networks)
    yield served
    served.stop()
    assert served.said() == ""
    served.errors.close()


@pytest.fixture(autouse=True)
def off(home: Served, networks: Path, browser: Browser) -> Iterator[None]:
    """Each test begins and ends with phones not let in."""
    yield
    write_networks(networks, wlan0=WIFI, eth0=CABLE)
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{home.address}/phones")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        if page.get_by_role("button", name="Switch off").count():
            switch_off(page)


def switch_on(page: Page, home: Served) -> str:
    """Let phones in; returns what the code says."""
    page.goto(f"{home.address}/phones")
    page.get_by_role("button", name="Let phones connect").click()
    return code(page)


def code(page: Page) -> str:
    drawn = page.get_by_role("img", name="A code to scan")
    expect(drawn).to_be_visible()
    return read(drawn.evaluate("(it) => it.outerHTML"))[0]


def switch_off(page: Page) -> None:
    page.get_by_role("button", name="Switch off").click()
    page.get_by_role("dialog").get_by_role("button", name="Switch off").click()
    expect(page.get_by_role("button", name="Let phones connect")).to_be_visible()


def listens(address: str, port: int) -> bool:
    try:
        socket.create_connection((address, port), timeout=2).close()
    except ConnectionRefusedError:
        return False
    return True


def test_it_is_off_until_it_is_switched_on_and_nothing_listens_once_it_is_off_again(
    page: Page, home: Served, log: Log
) -> None:
    page.goto(home.address)
    page.get_by_role("link", name="Use a phone").click()
    expect(page.get_by_role("heading", name="Use a phone")).to_be_visible()
    assert not listens(WIFI, home.port)
    text = switch_on(page, home)
    address, _, token = text.partition("/pair#")
    assert address == f"http://{WIFI}:{home.port}"
    assert len(token) == 43
    assert listens(WIFI, home.port)
    assert not listens(CABLE, home.port)
    expect(page.locator(".address")).to_contain_text(address)
    expect(page.locator(".digits")).to_have_text(re.compile(r"\d{8}$"))
    expect(page.get_by_role("heading", name="Open until")).to_be_visible()
    expect(page.get_by_text(re.compile("A fresh code in [0-9]+ s"))).to_be_visible()
    expect(page.get_by_text("None yet.")).to_be_visible()
    expect(page.get_by_text("others in this network could read along")).to_be_visible()

    page.get_by_role("button", name="4 hours more").click()
    expect(page.get_by_text("8 h left")).to_be_visible()
    switch_off(page)
    assert not listens(WIFI, home.port)
    assert not log.complaints


@pytest.mark.thorough
def test_only_the_address_itself_is_a_way_in_and_each_door_has_its_own(page: Page, home: Served) -> None:
    switch_on(page, home)
    port = home.port
    assert knock(WIFI, port, f"{WIFI}:{port}") in (200, 303)
    for host in (f"localhost:{port}", f"127.0.0.1:{port}", f"evil.example:{port}", f"{CABLE}:{port}"):
        assert knock(WIFI, port, host) == 421
    assert ask(port, "GET", "/", {"Host": f"{WIFI}:{port}"}).status == 421
    for path in ("/phones", "/settings", "/sent", "/gallery"):
        assert knock(WIFI, port, f"{WIFI}:{port}", path) in (303, 403, 404)


def knock(address: str, port: int, host: str, path: str = "/pair") -> int:
    with socket.create_connection((address, port), timeout=5) as line:
        request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\nConnection: close\r\n\r\n"
        line.sendall(request.encode())
        return int(line.makefile("rb").readline().split()[1])


@pytest.mark.thorough
def test_the_code_follows_the_network_and_a_network_that_is_gone_is_said(
    page: Page, home: Served, networks: Path
) -> None:
    switch_on(page, home)
    write_networks(networks, wlan0="127.0.0.43")
    expect(page.get_by_text("another address")).to_be_visible(timeout=SLOW_MS)
    assert code(page).startswith("http://127.0.0.43:")
    assert not listens(WIFI, home.port)
    write_networks(networks)
    expect(page.get_by_role("heading", name="Waiting for the network")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("The network is gone.")).to_be_visible()
    write_networks(networks, wlan0=WIFI)
    expect(page.get_by_role("img", name="A code to scan")).to_be_visible(timeout=SLOW_MS)
    assert code(page).startswith(f"http://{WIFI}:")


@pytest.mark.thorough
def test_another_network_is_chosen_and_without_any_it_is_said(
    page: Page, home: Served, networks: Path
) -> None:
    page.goto(f"{home.address}/phones")
    page.get_by_role("radio", name="eth0").check()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert switch_on(page, home).startswith(f"http://{CABLE}:")
    page.get_by_role("radio", name="wlan0").check()
    expect(page.get_by_text("phones have to scan once more")).to_be_visible()
    expect(page.get_by_role("img", name=f"http://{WIFI}:")).to_be_visible()
    assert not listens(CABLE, home.port)
    switch_off(page)
    write_networks(networks)
    page.reload()
    page.get_by_role("button", name="Let phones connect").click()
    expect(page.get_by_role("alert")).to_contain_text("in no network of its own")


@pytest.mark.thorough
def test_encrypted_it_shows_a_certificate_that_can_be_installed_and_says_what_the_phone_says(
    page: Page, home: Served
) -> None:
    page.goto(f"{home.address}/phones")
    page.get_by_role("radio", name="Encrypted").check()
    expect(page.get_by_text("Saved.")).to_be_visible()
    text = switch_on(page, home)
    assert text.startswith(f"https://{WIFI}:")
    expect(page.get_by_text("could read along. If")).to_have_count(0)
    page.get_by_text("What the phone says first").click()
    expect(page.get_by_text("Show Details")).to_be_visible()
    expect(page.get_by_text(f"https://{WIFI}:{home.port}/certificate")).to_be_visible()
    authority = page.request.get(f"{home.address}/certificate")
    assert authority.status == 200, authority.text()
    assert authority.headers["content-type"] == "application/x-x509-ca-cert"
    trusting = ssl.create_default_context(cadata=authority.body())
    with (
        socket.create_connection((WIFI, home.port), timeout=5) as plain,
        trusting.wrap_socket(plain, server_hostname=WIFI) as line,
    ):
        # Whoever is not let in yet can have it too: the phone, to install it.
        host = f"{WIFI}:{home.port}"
        line.sendall(f"GET /certificate HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: line.recv(65536), b""))
        assert answer.endswith(authority.body())
    page.get_by_role("radio", name="Simple").check()
    expect(page.get_by_role("img", name=f"http://{WIFI}:")).to_be_visible()


@pytest.mark.thorough
def test_each_choice_is_kept(page: Page, home: Served) -> None:
    page.goto(f"{home.address}/phones")
    page.get_by_role("checkbox", name="Ask me about each phone").check()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_role("radio", name="Their pictures go to your gallery").check()
    page.get_by_role("radio", name="Your gallery For your own").check()
    expect(page.get_by_text("When a guest leaves")).to_be_hidden()
    page.reload()
    expect(page.get_by_role("checkbox", name="Ask me about each phone")).to_be_checked()
    expect(page.get_by_role("radio", name="Your gallery For your own")).to_be_checked()
    page.get_by_role("radio", name="Each phone its own space").check()
    expect(page.get_by_role("radio", name="Their pictures go to your gallery")).to_be_checked()
    page.get_by_role("radio", name="Their pictures are deleted").check()
    page.get_by_role("checkbox", name="Ask me about each phone").uncheck()
    expect(page.get_by_text("Saved.")).to_be_visible()


def test_a_phone_that_scans_the_code_appears_and_is_let_go_with_all_that_it_brought(
    page: Page, home: Served, browser: Browser
) -> None:
    text = switch_on(page, home)
    with browser.new_context(user_agent=IPHONE, has_touch=True, is_mobile=True) as context:
        phone = context.new_page()
        phone.goto(text)
        expect(phone.get_by_role("button", name="13 or older")).to_be_visible(timeout=SLOW_MS)
        assert "#" not in phone.url
        here = page.locator(".here li")
        expect(here).to_contain_text("iPhone")
        expect(here).to_contain_text("here now · own space")
        assert code(page) != text  # the next phone gets a code of its own
        page.get_by_role("button", name="Disconnect iPhone").click()
        expect(page.get_by_role("dialog")).to_contain_text("are deleted from this computer")
        page.get_by_role("dialog").get_by_role("button", name="Disconnect").click()
        expect(page.get_by_text("None yet.")).to_be_visible()
        expect(phone.get_by_role("heading", level=1)).to_have_text("This phone is no longer connected")
        phone.goto(f"http://{WIFI}:{home.port}/")
        expect(phone.get_by_role("heading", level=1)).to_have_text("Connect this phone")


@pytest.mark.thorough
def test_a_phone_that_cannot_scan_types_the_digits_and_waits_until_it_is_let_in(
    page: Page, home: Served, browser: Browser
) -> None:
    page.goto(f"{home.address}/phones")
    page.get_by_role("checkbox", name="Ask me about each phone").check()
    expect(page.get_by_text("Saved.")).to_be_visible()
    switch_on(page, home)
    digits = re.sub(r"\D", "", page.locator(".digits").inner_text())
    with browser.new_context(user_agent=IPHONE) as context:
        phone = context.new_page()
        phone.goto(f"http://{WIFI}:{home.port}/")
        phone.get_by_role("textbox").fill(digits)
        phone.get_by_role("textbox").press("Enter")
        expect(page.get_by_text("iPhone asks to connect")).to_be_visible()
        page.get_by_role("button", name="Let iPhone in").click()
        expect(phone.get_by_role("button", name="13 or older")).to_be_visible(timeout=SLOW_MS)
        expect(page.locator(".here li")).to_have_count(1)
    page.get_by_role("checkbox", name="Ask me about each phone").uncheck()
    expect(page.get_by_text("Saved.")).to_be_visible()


def complaints(page: Page, *rules: str) -> list[str]:
    found = Axe().run(page, options={"runOnly": rules} if rules else None).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


@pytest.mark.thorough
def test_the_page_can_be_used_by_everyone_and_fits_a_narrow_window(browser: Browser, home: Served) -> None:
    size = {"width": 360, "height": 740}
    with browser.new_context(viewport=size, reduced_motion="reduce") as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"{home.address}/phones")
        shown(page)
        found = complaints(page)
        page.get_by_role("button", name="Let phones connect").click()
        code(page)
        found += complaints(page)
        page.emulate_media(color_scheme="dark")
        page.wait_for_timeout(100)
        found += complaints(page, "color-contrast")
        assert not page.evaluate(SIDEWAYS)
        page.get_by_role("button", name="Switch off").click()
        found += complaints(page)
        assert not found
