"""The operator's pages in a real browser, on a booth that was opened by its own command."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from headshot_web.event import Event
from headshot_web.paths import Folders
from tests.browser.chromium import Log, launch
from tests.doors import Served, ask, free_port, start

PIN, OTHER = "480173", "902746"
COMMAND = ("-m", "headshot_web", "kiosk", "--no-browser")
CAMERA = ("--use-fake-device-for-media-stream=device-count=2", "--use-fake-ui-for-media-stream")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of who runs the booth, with the folder for downloads in it."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def booth(tmp_path_factory: pytest.TempPathFactory, home: Path) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("booth") / "data"
    served = start(
        [
            "-m",
            "headshot_web",
            "kiosk",
            "--port",
            str(free_port()),
            "--data-dir",
            str(folder),
            "--no-browser",
        ],
        folder=folder,
        HOME=str(home),
        XDG_CONFIG_HOME=str(home / ".config"),
        PYTHONUNBUFFERED="1",
    )
    yield served
    served.stop()
    served.errors.close()


@pytest.fixture(scope="module")
def chromium(player: Playwright) -> Iterator[Browser]:
    """A browser with two cameras."""
    browser = launch(player, *CAMERA)
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def operator(chromium: Browser, booth: Served) -> Iterator[BrowserContext]:
    """The browser of who set the PIN and is behind it, for all tests of this module."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, permissions=["camera"])
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.goto(f"{booth.address}/operator")
    expect(page.get_by_text("Choose a PIN.")).to_be_visible()
    for once in (PIN, PIN):
        typed(page, once)
    expect(page.get_by_role("navigation", name="Sections")).to_be_visible()
    page.close()
    yield context
    context.close()


@pytest.fixture
def desk(operator: BrowserContext, booth: Served) -> Iterator[Page]:
    page = operator.new_page()
    kept = Log()
    kept.listen(page)
    yield page
    page.close()
    assert [said for said in kept.complaints if "status of 422" not in said] == []
    assert kept.origins == {f"localhost:{booth.port}"}


def typed(page: Page, pin: str) -> None:
    page.keyboard.type(pin)
    page.get_by_role("button", name="Go on").click()


def opened(page: Page, booth: Served, section: str) -> Page:
    page.goto(f"{booth.address}/operator#{section}")
    expect(page.get_by_role("navigation", name="Sections")).to_be_visible()
    page.wait_for_function("window.did_handshake === true")
    return page


def saved(page: Page) -> None:
    expect(page.get_by_role("status").get_by_text("Saved", exact=True)).to_be_visible(timeout=15_000)


def event(booth: Served) -> Event:
    assert booth.folder
    return Event.load(Folders(booth.folder).event)


def change(page: Page, label: str, value: str) -> None:
    field = page.get_by_label(label)
    field.fill(value)
    field.dispatch_event("change")


class TestSetting:
    def test_a_new_booth_says_what_is_missing_and_opens_once_it_is_there(
        self, desk: Page, booth: Served
    ) -> None:
        opened(desk, booth, "now")
        expect(desk.get_by_text("The booth is closed.")).to_be_visible()
        desk.get_by_role("button", name="Fill it in").click()
        change(desk, "Who runs the booth", "Novák & daughters")
        saved(desk)
        expect(desk.get_by_text("The booth is open.")).to_be_visible(timeout=10_000)
        assert event(booth).operator_name == "Novák & daughters"

    @pytest.mark.thorough
    def test_whatever_is_changed_is_saved_at_once_and_still_there(self, desk: Page, booth: Served) -> None:
        opened(desk, booth, "event")
        change(desk, "Name of the event", "Summer <b>fair</b>")
        saved(desk)
        change(desk, "First day", "2026-07-04")
        change(desk, "First day", "")
        saved(desk)
        desk.get_by_role("button", name="Guests", exact=True).click()
        desk.get_by_role("switch", name="Sounds").uncheck()
        saved(desk)
        desk.get_by_role("radio", name="Low, for wheelchairs").check()
        desk.get_by_role("radio", name="Handed over to you").check()
        saved(desk)
        change(desk, "Countdown in seconds", "5")
        saved(desk)
        desk.get_by_role("button", name="Looks and cost").click()
        desk.get_by_role("checkbox", name="Editorial mono").check()
        desk.get_by_role("radio", name=re.compile("OpenAI, else")).check()
        change(desk, "Budget", "12,50")
        saved(desk)
        desk.reload()
        expect(desk.get_by_role("heading", level=1)).to_have_text("Summer <b>fair</b>")
        expect(desk.get_by_label("Budget")).to_have_value("12.50")
        kept = event(booth)
        assert (kept.countdown_s, kept.sounds, kept.placement.value) == (5, False, "low")
        assert kept.keep.value == "handed-over"
        assert kept.looks[-1] == "editorial-mono"
        desk.get_by_role("radio", name="This computer Free").check()
        saved(desk)

    def test_what_cannot_be_is_said_and_not_kept(self, desk: Page, booth: Served) -> None:
        opened(desk, booth, "guests")
        change(desk, "Ask after so many seconds", "3")
        expect(desk.get_by_text("a whole number from 10 to 600")).to_be_visible(timeout=15_000)
        expect(desk.get_by_label("Ask after so many seconds")).to_have_value("45")
        assert event(booth).idle_s == 45

    @pytest.mark.thorough
    def test_a_logo_is_made_anew_and_can_be_taken_away(self, desk: Page, booth: Served) -> None:
        out = io.BytesIO()
        Image.new("RGB", (2400, 600), "orange").save(out, "PNG")
        opened(desk, booth, "event")
        desk.locator("input[accept^='image/png']").set_input_files(
            {"name": "logo.png", "mimeType": "image/png", "buffer": out.getvalue()}
        )
        picture = desk.get_by_alt_text("The logo of the event")
        expect(picture).to_be_visible()
        logo = event(booth).logo
        assert logo
        with Image.open(io.BytesIO(logo)) as kept:
            assert kept.size == (900, 225)
        desk.get_by_role("button", name="Take it away").click()
        expect(picture).to_be_hidden()
        assert event(booth).logo is None

    @pytest.mark.thorough
    def test_an_event_goes_into_a_file_and_comes_back(self, desk: Page, booth: Served, home: Path) -> None:
        opened(desk, booth, "event")
        before = event(booth)
        desk.get_by_role("button", name="Save in Downloads").click()
        expect(desk.get_by_text(re.compile(r"Saved as .+booth-event-.+\.toml"))).to_be_visible()
        (file,) = home.rglob("booth-event-*.toml")
        change(desk, "Title on the first screen", "Something else")
        saved(desk)
        desk.locator("input[accept='.toml']").set_input_files(file)
        expect(desk.get_by_text("It counts as another event")).to_be_visible()
        expect(desk.get_by_label("Title on the first screen")).to_have_value("")
        assert event(booth) == before.changed(id=event(booth).id)
        assert event(booth).id != before.id

    @pytest.mark.thorough
    def test_a_file_that_is_no_event_changes_nothing(self, desk: Page, booth: Served) -> None:
        opened(desk, booth, "event")
        before = event(booth)
        desk.locator("input[accept='.toml']").set_input_files(
            {"name": "x.toml", "mimeType": "text/plain", "buffer": b"shots = 77\n"}
        )
        expect(desk.get_by_text("a whole number from 1 to 4")).to_be_visible(timeout=15_000)
        assert event(booth) == before


class TestNow:
    def test_the_booth_is_closed_and_opened_and_the_guests_see_it(self, desk: Page, booth: Served) -> None:
        opened(desk, booth, "event")
        change(desk, "Who runs the booth", "Novák")
        saved(desk)
        opened(desk, booth, "now")
        desk.get_by_role("button", name="Close the booth").click()
        expect(desk.get_by_text("You closed the booth.")).to_be_visible()
        desk.get_by_role("button", name="Open the booth").click()
        expect(desk.get_by_text("The booth is open.")).to_be_visible()

    @pytest.mark.thorough
    def test_a_test_shot_shows_a_look_and_leaves_nothing(self, desk: Page, booth: Served) -> None:
        opened(desk, booth, "guests")
        desk.get_by_label("Camera").select_option("fake_device_1")
        saved(desk)
        assert event(booth).camera == "fake_device_1"
        desk.evaluate(
            """() => {
                const devices = navigator.mediaDevices, ask = devices.getUserMedia.bind(devices);
                devices.getUserMedia = async (wish) => {
                    const stream = await ask(wish);
                    window.looking = stream.getVideoTracks()[0].label;
                    return stream;
                };
            }"""
        )
        desk.get_by_role("button", name="Now", exact=True).click()
        desk.get_by_role("button", name="Take a test shot").click()
        desk.wait_for_function("window.looking === 'fake_device_1'")
        expect(desk.get_by_alt_text("Your test shot in the first look offered")).to_be_visible(timeout=30_000)
        expect(desk.get_by_text("Nothing of it was kept.").last).to_be_visible()
        assert booth.folder
        folders = Folders(booth.folder)
        assert list(folders.photos.iterdir()) == list(folders.headshots.iterdir()) == []

    @pytest.mark.thorough
    def test_the_numbers_are_saved_as_a_table(self, desk: Page, booth: Served, home: Path) -> None:
        opened(desk, booth, "now")
        desk.get_by_role("button", name="Save the numbers in Downloads").click()
        expect(desk.get_by_text(re.compile("Saved as .+csv"))).to_be_visible()
        (file,) = home.rglob("booth-numbers-*.csv")
        assert file.read_text().startswith("hour,guests,headshots,paid,failures")


class TestDoor:
    @pytest.mark.thorough
    @pytest.mark.usefixtures("operator")
    def test_another_browser_is_asked_for_the_pin_and_gets_nothing_without(
        self, chromium: Browser, booth: Served
    ) -> None:
        stranger = chromium.new_context()
        page = stranger.new_page()
        page.goto(f"{booth.address}/operator#event")
        expect(page.get_by_text("Enter your PIN.")).to_be_visible()
        assert "Novák" not in page.content()
        for path in ("event", "numbers", "logo"):
            assert page.request.get(f"{booth.address}/api/operator/{path}").status == 403
        typed(page, "000000")
        expect(page.get_by_text("That was not the PIN")).to_be_visible()
        for digit in PIN:
            page.get_by_role("button", name=digit, exact=True).click()
        page.get_by_role("button", name="Go on").click()
        expect(page.get_by_role("navigation", name="Sections")).to_be_visible()
        page.get_by_role("button", name="Lock, and show the booth").click()
        page.wait_for_url(f"{booth.address}/")
        page.goto(f"{booth.address}/operator")
        expect(page.get_by_text("Enter your PIN.")).to_be_visible()
        stranger.close()

    def test_nothing_of_it_is_answered_without_a_browser_of_ours(self, booth: Served) -> None:
        for path in ("event", "numbers", "logo"):
            assert ask(booth.port, "GET", f"/api/operator/{path}").status == 403
        assert ask(booth.port, "POST", "/api/operator/event", {}, b"").status == 403

    @pytest.mark.thorough
    def test_the_pin_is_changed_behind_the_old_one(self, desk: Page, booth: Served) -> None:
        opened(desk, booth, "ending")
        desk.get_by_label("PIN until now").fill(PIN)
        desk.get_by_label("New PIN").fill("123456")
        desk.get_by_role("button", name="Change it").click()
        expect(desk.get_by_text("A guest would try this one first.")).to_be_visible()
        desk.get_by_label("New PIN").fill(OTHER)
        desk.get_by_role("button", name="Change it").click()
        expect(desk.get_by_text("The PIN is changed.")).to_be_visible()


@pytest.mark.thorough
class TestLook:
    def test_every_section_can_be_used_by_everybody(self, desk: Page, booth: Served) -> None:
        for section in ("now", "event", "making", "guests", "taking", "ending"):
            opened(desk, booth, section)
            desk.wait_for_timeout(250)
            found = Axe().run(desk).response["violations"]
            assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == [], section

    def test_all_can_be_read_in_the_dark_too(self, desk: Page, booth: Served) -> None:
        desk.emulate_media(color_scheme="dark")
        for section in ("now", "making", "ending"):
            opened(desk, booth, section)
            desk.wait_for_timeout(250)
            found = Axe().run(desk, options={"runOnly": ["color-contrast"]}).response["violations"]
            assert found == [], section

    def test_nothing_is_wider_than_a_phone(self, desk: Page, booth: Served) -> None:
        desk.set_viewport_size({"width": 390, "height": 844})
        for section in ("now", "event", "making", "guests", "taking", "ending"):
            opened(desk, booth, section)
            assert desk.evaluate("document.documentElement.scrollWidth") <= 390, section


def test_at_the_end_there_is_a_receipt_and_the_booth_is_closed(desk: Page, booth: Served) -> None:
    opened(desk, booth, "ending")
    before = event(booth)
    desk.get_by_role("button", name="End the event").click()
    dialog = desk.get_by_role("dialog")
    expect(dialog).to_contain_text("Every photo and headshot of its guests")
    dialog.get_by_label("what the event was set to").check()
    dialog.get_by_role("button", name="End it and delete").click()
    expect(desk.get_by_text("is over.")).to_be_visible()
    expect(desk.get_by_text("Nothing of any guest was here any more.")).to_be_visible()
    expect(desk.get_by_text("What the event was set to was deleted")).to_be_visible()
    expect(desk.get_by_text("You closed the booth.")).to_be_visible()
    assert event(booth).id != before.id
    assert event(booth).operator_name == ""
