"""A guest with a phone: scan, choose a photo, get the headshot, leave; and see nobody else's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image, ImageChops
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from tests.browser.chromium import launch
from tests.browser.steps import SLOW_MS, picture, shown
from tests.doors import Served
from tests.heic import heic
from tests.networks import WIFI, start_with_networks, write_networks
from tests.portraits import astronaut, hopper, saved
from tests.qr_reader import read
from tests.slow_line import SlowLine

THUMB_PX = 44
COLD_KB = 350
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
SMALL = f"""() => [...document.querySelectorAll('a, button, select, label:has(input)')]
  .filter((it) => it.checkVisibility() && !it.closest('p, dd') && it.getBoundingClientRect().width > 1)
  .filter((it) => it.getBoundingClientRect().height < {THUMB_PX - 0.5})
  .map((it) => it.ariaLabel || it.innerText)"""
"""What can be pressed and is too low for a thumb."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The computer, in one network."""
    networks = tmp_path_factory.mktemp("networks") / "networks.json"
    write_networks(networks, wlan0=WIFI)
    served = start_with_networks(tmp_path_factory.mktemp("home") / "data", networks)
    yield served
    served.stop()
    assert served.said() == ""
    served.errors.close()


@pytest.fixture(scope="module")
def owner(browser: Browser, home: Served) -> Iterator[Page]:
    """The owner's window, in which the code is shown."""
    with browser.new_context() as context:
        page = context.new_page()
        page.set_default_timeout(SLOW_MS)
        page.goto(f"{home.address}/phones")
        page.get_by_role("button", name="Let phones connect").click()
        expect(page.get_by_role("img", name="A code to scan")).to_be_visible()
        yield page


@contextmanager
def guest(browser: Browser, owner: Page, width: int = 390, height: int = 844) -> Iterator[Page]:
    """A phone that scanned the code, and whose guest is 13 or older."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, has_touch=True, is_mobile=True, device_scale_factor=1
    )
    context.set_default_timeout(SLOW_MS)
    page = context.new_page()
    page.goto(_scan(owner))
    page.wait_for_url("**/welcome*")
    page.get_by_role("button", name="I am 13 or older").tap()
    expect(page.get_by_role("button", name="Take a photo")).to_be_visible()
    try:
        yield page
    finally:
        context.close()


def _scan(owner: Page) -> str:
    """Wait for a code that nobody used yet, and read it."""
    owner.reload()
    drawn = owner.get_by_role("img", name="A code to scan")
    expect(drawn).to_be_visible()
    return read(drawn.evaluate("(it) => it.outerHTML"))[0]


def choose(page: Page, data: bytes, kind: str = "image/jpeg", name: str = "IMG_0001.HEIC") -> str:
    """Choose a photo; returns its id once it is shown."""
    file: Any = {"name": name, "mimeType": kind, "buffer": data}
    page.bring_to_front()  # a page behind another draws once a second
    page.locator("input[type=file]").first.set_input_files(file)
    page.wait_for_url("**/photo/*")
    return page.url.rsplit("/", 1)[1]


def make(page: Page, look: str = "Advisor navy") -> str:
    """Go from the photo to a headshot; returns its id."""
    page.get_by_role("link", name="See the looks").tap()
    page.get_by_role("checkbox", name=look).check(force=True)
    page.get_by_role("button", name="Make 1 headshot").tap()
    page.wait_for_url("**/headshot/*")
    return page.url.rsplit("/", 1)[1]


def of_iphone(image: Image.Image) -> bytes:
    """A photo as an iPhone keeps it."""
    small = image.convert("RGB").resize((512, 512))
    return heic(np.asarray(small))


def held_sideways(image: Image.Image) -> bytes:
    """A photo that says it must be turned."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return saved(image.transpose(Image.Transpose.ROTATE_90), "JPEG", quality=92, exif=exif.tobytes())


@pytest.mark.thorough
def test_a_guest_brings_a_photo_as_an_iphone_keeps_it_and_leaves_with_a_headshot(
    browser: Browser, owner: Page
) -> None:
    with guest(browser, owner) as page:
        assert "#" not in page.url
        choose(page, of_iphone(astronaut()), "image/heic")
        make(page)
        expect(page.get_by_text("Retouched on the computer")).to_be_visible()
        with page.expect_download() as caught:
            page.get_by_role("link", name="Download").tap()
        assert picture(Path(caught.value.path()).read_bytes()).size == (1200, 1200)
        page.get_by_role("link", name="Your visit").tap()
        page.get_by_role("button", name="Done").tap()
        page.get_by_role("dialog").get_by_role("button", name="Done").tap()
        expect(page.get_by_role("heading", level=1)).to_have_text("Your visit is over")
        page.goto(page.url.partition("/pair")[0] + "/gallery")
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Connect|no longer"))


@pytest.mark.thorough
def test_a_photo_held_sideways_stands_upright(browser: Browser, owner: Page) -> None:
    with guest(browser, owner) as page:
        photo = choose(page, held_sideways(hopper()))
        upright = picture(page.request.get(f"{_home(page)}/media/photo/{photo}").body())
        assert upright.height > upright.width


def test_two_guests_side_by_side_see_only_what_is_theirs(browser: Browser, owner: Page) -> None:
    with guest(browser, owner) as one, guest(browser, owner) as other:
        mine = choose(one, saved(astronaut(), "JPEG"))
        shot = make(one)
        choose(other, saved(hopper(), "JPEG"))
        hers = make(other)
        for page, own in ((one, shot), (other, hers)):
            page.goto(f"{_home(page)}/gallery")
            expect(page.get_by_text("1 headshot")).to_be_visible()
            expect(page.locator(f"a[href*='{own}']").first).to_be_visible()
        for path in (f"/media/headshot/{shot}", f"/media/photo/{mine}", f"/download/headshot/{shot}"):
            assert other.request.get(_home(other) + path).status == 404
        other.goto(f"{_home(other)}/headshot/{shot}")
        expect(other.get_by_role("heading", level=1)).to_have_text("This is no longer here")
        owner.goto(owner.url.partition("/phones")[0] + "/gallery")
        assert owner.locator("a[href*='/headshot/']").count() == 0
        owner.go_back()


def test_a_photo_that_did_not_arrive_is_held_and_goes_again_by_itself(browser: Browser, owner: Page) -> None:
    with guest(browser, owner) as page:
        page.context.set_offline(True)
        file: Any = {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": saved(astronaut(), "JPEG")}
        page.locator("input[type=file]").first.set_input_files(file)
        expect(page.get_by_role("heading", name="Your photo is still here")).to_be_visible()
        expect(page.get_by_role("button", name="Send it again")).to_be_visible()
        page.context.set_offline(False)
        page.wait_for_url("**/photo/*")


@pytest.mark.thorough
def test_a_photo_of_48_megapixels_that_broke_off_on_its_way_goes_again_whole(
    player: Playwright, owner: Page, home: Served, tmp_path: Path
) -> None:
    photo = tmp_path / "IMG_4800.jpg"
    grain = Image.effect_noise((2016, 1512), 40).convert("RGB").resize((8064, 6048), Image.Resampling.NEAREST)
    photo.write_bytes(saved(ImageChops.add(astronaut().resize(grain.size), grain, 2), "JPEG", quality=95))
    address = urlsplit(_scan(owner))
    assert address.port
    assert home.folder
    before = set(home.folder.rglob("*"))
    with SlowLine(WIFI, address.port) as line:
        rule = f"--host-resolver-rules=MAP {WIFI}:{address.port} 127.0.0.1:{line.port}"
        with launch(player, rule) as phone, guest(phone, owner) as page:
            sockets = heard(page)
            line.pace = photo.stat().st_size / 8
            page.locator("input[type=file]").first.set_input_files(photo)
            expect(page.get_by_role("progressbar")).to_have_attribute(
                "aria-valuenow", re.compile(r"^[1-7]\d$")
            )
            line.cut()
            expect(page.get_by_role("heading", name="Your photo is still here")).to_be_visible()
            assert line.passed < photo.stat().st_size
            left = [it for it in set(home.folder.rglob("*")) - before if it.suffix == ".jpg"]
            assert not left, "half a photo was kept"
            line.mend()
            line.pace = None
            page.get_by_role("button", name="Send it again").tap()
            page.wait_for_url("**/photo/*")
            shown = picture(
                page.request.get(f"{_home(page)}/media/photo/{page.url.rsplit('/', 1)[1]}").body()
            )
            assert max(shown.size) == 2016
            assert sum(sockets) < 100_000, "it went through the websocket"


@pytest.mark.thorough
def test_a_phone_may_come_by_the_name_instead_of_the_number(
    player: Playwright, owner: Page, home: Served
) -> None:
    pair = urlsplit(_scan(owner))
    named = re.search(r"http://(headshot-[0-9a-f]+\.local):\d+", owner.locator(".address").inner_text())
    assert named
    with launch(player, f"--host-resolver-rules=MAP *.local {WIFI}") as phone:
        page = phone.new_context(has_touch=True, is_mobile=True).new_page()
        page.set_default_timeout(SLOW_MS)
        page.goto(f"{named[0]}{pair.path}#{pair.fragment}")
        page.get_by_role("button", name="I am 13 or older").click()
        choose(page, saved(astronaut(), "JPEG"))
        make(page)
        expect(page.get_by_text("Retouched on the computer")).to_be_visible()
        assert _home(page) == named[0]
        page.goto(f"http://headshot-000000.local:{pair.port}/")
        assert "AI Headshot Pro" not in page.title()


@pytest.mark.thorough
def test_who_is_disconnected_is_told_so_on_the_phone(browser: Browser, owner: Page) -> None:
    with guest(browser, owner) as page:
        choose(page, saved(astronaut(), "JPEG"))
        owner.bring_to_front()
        owner.reload()
        for _ in range(owner.get_by_role("button", name="Disconnect").count()):
            owner.get_by_role("button", name="Disconnect").first.click()
            owner.get_by_role("dialog").get_by_role("button", name="Disconnect").click()
            owner.wait_for_timeout(600)
        expect(page.get_by_role("heading", level=1)).to_have_text("This phone is no longer connected")
        expect(page.get_by_text("scan the code on the computer once more")).to_be_visible()


def heard(page: Page) -> list[int]:
    """Count what the page's websockets send from now on."""
    sent: list[int] = []
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.on("Network.webSocketFrameSent", lambda said: sent.append(len(said["response"]["payloadData"])))
    return sent


@pytest.mark.thorough
def test_what_was_chosen_outlasts_a_lost_connection_and_the_result_waits(
    browser: Browser, owner: Page
) -> None:
    with guest(browser, owner) as page:
        choose(page, saved(astronaut(), "JPEG"))
        page.get_by_role("link", name="See the looks").tap()
        page.get_by_role("checkbox", name="Advisor navy").check(force=True)
        page.context.set_offline(True)
        page.wait_for_timeout(1500)
        page.get_by_role("checkbox", name="Consultant cream").check(force=True)
        page.context.set_offline(False)
        page.wait_for_function("window.socket?.connected")
        expect(page.get_by_role("checkbox", name="Advisor navy")).to_be_checked()
        page.get_by_role("button", name="Make 2 headshots").tap()
        page.wait_for_url("**/order/*")
        page.context.set_offline(True)
        page.wait_for_timeout(1500)
        page.context.set_offline(False)
        expect(page.get_by_role("heading", level=1)).to_have_text(
            "Your 2 headshots are ready.", timeout=SLOW_MS
        )


@pytest.mark.thorough
def test_every_page_of_a_guest_fits_the_smallest_phone_and_every_ear(browser: Browser, owner: Page) -> None:
    with guest(browser, owner, 320, 640) as page:
        photo = choose(page, saved(astronaut(), "JPEG"))
        shot = make(page)
        own = (f"/photo/{photo}", f"/photo/{photo}/looks", f"/headshot/{shot}")
        for path in ("/", *own, "/gallery", "/visit"):
            page.goto(_home(page) + path)
            shown(page)
            assert not page.evaluate(SIDEWAYS), path
            assert page.evaluate(SMALL) == [], path
            found = Axe().run(page).response["violations"]
            assert [one["id"] for one in found] == [], path


@pytest.mark.thorough
def test_the_first_page_on_a_phone_is_light_and_can_be_kept_among_its_apps(
    browser: Browser, owner: Page
) -> None:
    with guest(browser, owner) as page, _again(browser, page) as cold:
        came: list[int] = []
        tab = cold.new_page()
        line = cold.new_cdp_session(tab)
        line.send("Network.enable")
        line.on("Network.loadingFinished", lambda said: came.append(int(said["encodedDataLength"])))
        tab.goto(_home(page))
        tab.wait_for_load_state("networkidle")
        assert 0 < sum(came) <= COLD_KB * 1000
        kept = tab.request.get(_home(page) + "/static/app.webmanifest")
        assert kept.headers["content-type"] == "application/manifest+json"
        for icon in kept.json()["icons"]:
            side = int(icon["sizes"].split("x")[0])
            assert picture(tab.request.get(_home(page) + icon["src"]).body()).size == (side, side)


@contextmanager
def _again(browser: Browser, page: Page) -> Iterator[BrowserContext]:
    """The same phone with an empty cache."""
    with browser.new_context(storage_state=page.context.storage_state()) as context:
        yield context


def _home(page: Page) -> str:
    return re.match(r"https?://[^/]+", page.url)[0]  # type: ignore[index]
