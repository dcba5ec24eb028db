"""The booth's screen: the whole way by touch, readable and large, with nothing of one guest for the next."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, TimeoutError, expect  # noqa: A004

from tests.browser.booths import launch_before, start_booth, to_camera, to_looks, to_result, touch
from tests.browser.chromium import Log, launch
from tests.browser.steps import SLOW_MS
from tests.doors import Served
from tests.openai_process import OpenAIProcess

SIZES = ((1080, 1920), (1920, 1080), (1024, 600), (1280, 800))
FORGETS = "Your photo and headshots are deleted here as soon as you leave."

READABLE = (Path(__file__).parent / "readable.js").read_text()


@pytest.fixture(scope="module")
def booth(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A booth that makes everything here, with a printer and phones."""
    served = start_booth(
        tmp_path_factory.mktemp("booth") / "data",
        title="Winter meeting",
        looks=["advisor-navy", "boardroom-charcoal", "consultant-cream"],
        countdown_s=1,
        idle_s=120,
        printing={"enabled": True},
    )
    yield served
    served.stop()
    served.errors.close()


@pytest.fixture(scope="module")
def eyes(player: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A Chromium whose camera sees a portrait."""
    chromium = launch_before(player, tmp_path_factory.mktemp("film"))
    yield chromium
    chromium.close()


@pytest.fixture
def page(eyes: Browser, booth: Served) -> Iterator[Page]:
    context = eyes.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    context.set_default_timeout(SLOW_MS)
    opened = context.new_page()
    yield opened
    stop = opened.get_by_role("button", name=re.compile("Stop and start over|Finish|Done|No, thank you"))
    # The next one begins on the first screen; what was pressed last may still be on its way.
    for _ in range(4):
        opened.wait_for_timeout(500)
        if not stop.first.is_visible():
            break
        with suppress(TimeoutError):
            stop.first.click(timeout=3000)
    context.close()


def killed(served: Served) -> None:
    served.stop(signal.SIGKILL)
    served.errors.close()


def looked_at(page: Page) -> list[str]:
    """What is wrong with what is on the screen now, in every format and for everybody."""
    found = []
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(60)
        found += [f"{width}×{height} {said}" for said in page.evaluate(READABLE)]
    for one in Axe().run(page).response["violations"]:
        found += [f"{one['id']}: {node['html'][:120]}" for node in one["nodes"]]
    return found


def test_a_guest_goes_the_whole_way_and_leaves_nothing_on_the_screen(
    page: Page, booth: Served, eyes: Browser
) -> None:
    log = Log()
    log.listen(page)
    page.goto(booth.address)
    expect(page.get_by_role("heading", name="Winter meeting")).to_be_visible(timeout=SLOW_MS)
    assert page.evaluate("document.querySelector('video')") is None, "the camera rests"
    found = looked_at(page)
    touch(page, "Touch to begin")
    expect(page.get_by_text("Your photo stays on this computer.")).to_be_visible(timeout=SLOW_MS)
    found += looked_at(page)
    touch(page, "Yes, I agree")
    expect(page.get_by_role("button", name="Take the photo")).to_be_enabled(timeout=SLOW_MS)
    found += looked_at(page)
    touch(page, "Take the photo")
    expect(page.locator(".count")).to_be_visible(timeout=SLOW_MS)
    touch(page, "Take another")
    touch(page, "Take the photo")
    expect(page.get_by_role("radio", name="Photo 2")).to_be_checked(timeout=SLOW_MS)
    page.get_by_role("radio", name="Photo 1").click()
    found += looked_at(page)
    touch(page, "Use this photo")
    expect(page.locator("video")).to_have_count(0, timeout=SLOW_MS)
    page.wait_for_function(
        "[...document.querySelectorAll('.look img')].every((i) => i.classList.contains('in'))"
    )
    page.get_by_role("radio", name="Boardroom charcoal").click()
    found += looked_at(page)
    theirs = page.locator(".look img").first.get_attribute("src")
    touch(page, "Make my headshot")
    expect(page.get_by_role("heading", name="Here you are.")).to_be_visible(timeout=2 * SLOW_MS)
    slider = page.get_by_role("slider", name="Compare your photo with the headshot")
    slider.press("Home")
    expect(slider).to_have_attribute("aria-valuenow", "0")
    found += looked_at(page)
    touch(page, "Take it with me")
    expect(page.get_by_role("img", name="Code for your phone")).to_be_visible(timeout=SLOW_MS)
    touch(page, "Print it")
    expect(page.get_by_text("It comes out of the printer.")).to_be_visible(timeout=SLOW_MS)
    found += looked_at(page)
    touch(page, "Done")
    expect(page.get_by_role("button", name="Touch to begin")).to_be_visible(timeout=SLOW_MS)
    assert theirs
    assert theirs.partition("/look")[0] not in page.content()
    gone = page.request.get(f"{booth.address}{theirs}", headers={"Sec-Fetch-Site": "same-origin"})
    assert gone.status == 404, "the pictures of a guest who left are nobody's"
    assert not found
    assert log.origins == {f"localhost:{booth.port}"}
    assert not [said for said in log.complaints if "404" not in said]


@pytest.mark.thorough
def test_nothing_a_browser_can_do_leads_out_of_the_booth(page: Page, booth: Served) -> None:
    to_camera(page, booth)
    page.go_back()
    page.wait_for_timeout(300)
    expect(page.get_by_role("button", name="Take the photo")).to_be_visible(timeout=SLOW_MS)
    stopped = page.evaluate(
        """() => ["contextmenu", "selectstart", "dragstart", "drop", "gesturestart"].map((kind) =>
            !document.body.dispatchEvent(new Event(kind, { bubbles: true, cancelable: true })))"""
    )
    assert all(stopped)
    keys = page.evaluate(
        """() => [["p", 1], ["s", 1], ["o", 1], ["F5", 0], ["F12", 0], ["ArrowLeft", 2]].map(([key, how]) =>
            !document.body.dispatchEvent(new KeyboardEvent("keydown",
                { key, ctrlKey: how === 1, altKey: how === 2, bubbles: true, cancelable: true })))"""
    )
    assert all(keys)
    assert page.evaluate("window.open('/settings')") is None
    assert not page.locator("a[href]:visible").count(), "nothing leads to another page"
    for path in ("/settings", "/gallery", "/sent", "/privacy", "/api/headshots", "/phones"):
        answer = page.request.get(f"{booth.address}{path}", headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status in (403, 404), path
    second = page.context.new_page()
    second.goto(booth.address)
    expect(page.get_by_role("button", name="Use this window")).to_be_visible(timeout=SLOW_MS)
    expect(second.get_by_role("button", name="Take the photo")).to_be_visible(timeout=SLOW_MS)
    second.close()
    touch(page, "Use this window")
    touch(page, "Stop and start over")


@pytest.mark.thorough
def test_the_whole_way_by_keyboard_alone(page: Page, booth: Served) -> None:
    page.goto(booth.address)
    for name in ("Touch to begin", "Yes, I agree", "Take the photo", "Use this photo"):
        press(page, "button", name)
    press(page, "radio", "Consultant cream")
    press(page, "button", "Make my headshot")
    press(page, "button", "Take it with me")
    press(page, "button", "Done")
    expect(page.get_by_role("button", name="Touch to begin")).to_be_visible(timeout=SLOW_MS)


def press(page: Page, role: str, name: str) -> None:
    """Reach something with the Tab key alone, and press it."""
    wanted = page.get_by_role(role, name=name)  # type: ignore[arg-type]
    expect(wanted).to_be_enabled(timeout=2 * SLOW_MS)
    page.wait_for_timeout(400)
    for _ in range(30):
        if wanted.evaluate("(it) => it === document.activeElement"):
            page.keyboard.press("Enter")
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"The {role} “{name}” can't be reached by keyboard")


@pytest.mark.thorough
def test_who_stands_still_is_asked_and_then_forgotten(eyes: Browser, tmp_path: Path) -> None:
    served = start_booth(
        tmp_path / "data", idle_s=30, idle_warning_s=30, countdown_s=1, sides=False, faster=6
    )
    context = eyes.new_context(viewport={"width": 1024, "height": 600})
    page = context.new_page()
    try:
        to_camera(page, served)
        expect(page.get_by_role("alertdialog", name="Still there?")).to_be_visible(timeout=SLOW_MS)
        found = page.evaluate(READABLE)
        page.mouse.click(500, 560)
        expect(page.get_by_role("alertdialog")).to_be_hidden(timeout=SLOW_MS)
        expect(page.get_by_role("button", name="Take the photo")).to_be_visible(timeout=SLOW_MS)
        expect(page.get_by_role("button", name="Touch to begin")).to_be_visible(timeout=SLOW_MS)
        assert page.evaluate("document.querySelector('video')") is None
        assert not found
    finally:
        context.close()
        killed(served)


@pytest.mark.thorough
def test_the_server_comes_back_and_so_does_the_page_within_five_seconds(
    eyes: Browser, tmp_path: Path
) -> None:
    served = start_booth(tmp_path / "data")
    context = eyes.new_context()
    page = context.new_page()
    try:
        page.goto(served.address)
        touch(page, "Touch to begin")
        killed(served)
        expect(page.get_by_text("The booth is starting again.")).to_be_visible(timeout=SLOW_MS)
        again = start_booth(tmp_path / "data", port=served.port)
        try:
            expect(page.get_by_role("button", name="Touch to begin")).to_be_visible(timeout=SLOW_MS)
        finally:
            killed(again)
    finally:
        context.close()


REFUSED = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream=deny")


@pytest.mark.thorough
@pytest.mark.parametrize("camera", [(), REFUSED], ids=["none", "refused"])
def test_a_booth_without_a_camera_is_closed_and_opens_when_one_is_there(
    player: Playwright, eyes: Browser, booth: Served, camera: tuple[str, ...]
) -> None:
    blind = launch(player, *camera)
    try:
        page = blind.new_page()
        page.goto(booth.address)
        expect(page.get_by_role("heading", name="The booth can't see just now.")).to_be_visible(
            timeout=SLOW_MS
        )
        assert not looked_at(page)
    finally:
        blind.close()
    context = eyes.new_context()
    page = context.new_page()
    page.goto(booth.address)
    expect(page.get_by_role("button", name="Touch to begin")).to_be_visible(timeout=SLOW_MS)
    context.close()


@pytest.mark.thorough
def test_of_several_cameras_the_chosen_one_looks_and_no_other_takes_its_place(
    player: Playwright, tmp_path: Path
) -> None:
    several = launch(
        player, "--use-fake-device-for-media-stream=device-count=3", "--use-fake-ui-for-media-stream"
    )
    looking = "document.querySelector('video').srcObject.getVideoTracks()[0].label"
    try:
        for name, used in (("", "fake_device_0"), ("fake_device_2", "fake_device_2"), ("unplugged", "")):
            served = start_booth(tmp_path / (name or "first"), camera=name, sides=False)
            page = several.new_page()
            try:
                if used:
                    to_camera(page, served)
                    assert page.evaluate(looking) == used
                else:
                    page.goto(served.address)
                    expect(page.get_by_role("heading", name="The booth can't see just now.")).to_be_visible()
            finally:
                page.close()
                killed(served)
    finally:
        several.close()


@pytest.mark.thorough
def test_two_cameras_of_one_name_are_told_apart_and_names_told_late_are_waited_for(
    eyes: Browser, booth: Served
) -> None:
    """Two of the same model; and a browser that tells no name before the camera was allowed."""
    page = eyes.new_page()
    page.goto(booth.address)
    found = page.evaluate(
        """async () => {
            const devices = navigator.mediaDevices, asked = [];
            let told = false;
            devices.enumerateDevices = async () => ["a", "b"].map((deviceId) => (
                { kind: "videoinput", deviceId: told ? deviceId : "", label: told ? "C920" : "" }));
            devices.getUserMedia = async ({ video }) => {
                told = true;
                asked.push(video.deviceId?.exact ?? "any");
                return { getTracks: () => [{ stop() {} }] };
            };
            const { cameras, open, present } = await import("/static/components/booth_camera.js");
            const early = await present("C920 (2)", false);
            await open("C920 (2)");
            const missing = await open("C920 (3)").catch((error) => error.name);
            return [asked, (await cameras()).map((one) => one.name), early, missing];
        }"""
    )
    assert found == [["any", "b"], ["C920", "C920 (2)"], True, "NotFoundError"]
    page.close()


@pytest.mark.thorough
def test_a_camera_pulled_out_or_refused_is_told_kindly_and_goes_on_by_itself(
    context: BrowserContext, eyes: Browser, booth: Served
) -> None:
    watched = eyes.new_context()
    page = watched.new_page()
    page.add_init_script(
        """(() => {
            const devices = navigator.mediaDevices;
            const [ask, list] = [devices.getUserMedia.bind(devices), devices.enumerateDevices.bind(devices)];
            devices.getUserMedia = async (wish) => {
                if (window.pulled) throw new DOMException("", "NotFoundError");
                return window.stream = await ask(wish);
            };
            devices.enumerateDevices = async () => window.pulled ? [] : list();
        })()"""
    )
    to_camera(page, booth)
    page.evaluate(
        """() => {
            window.pulled = true;
            for (const track of window.stream.getTracks()) {
                track.stop();
                track.dispatchEvent(new Event("ended"));
            }
        }"""
    )
    expect(page.get_by_role("heading", name="The booth can't see just now.")).to_be_visible(timeout=SLOW_MS)
    page.evaluate("window.pulled = false")
    expect(page.get_by_role("button", name="Take the photo")).to_be_enabled(timeout=SLOW_MS)
    touch(page, "Stop and start over")
    watched.close()


@pytest.mark.thorough
def test_reloading_keeps_the_guest_where_they_were(page: Page, booth: Served) -> None:
    to_result(page, booth)
    page.reload()
    expect(page.get_by_role("heading", name="Here you are.")).to_be_visible(timeout=SLOW_MS)
    touch(page, "Another look")
    expect(page.get_by_role("heading", name="Which one is you?")).to_be_visible(timeout=SLOW_MS)
    touch(page, "Back")
    touch(page, "Finish")
    to_looks(page, booth)
    assert page.get_by_role("radio", name="Advisor navy").get_attribute("aria-checked") == "false"


@pytest.mark.thorough
def test_what_is_drawn_elsewhere_is_said_before_and_seen_to_come(eyes: Browser, tmp_path: Path) -> None:
    with OpenAIProcess(delay_s=4.0) as provider:
        env = {
            "HEADSHOT_WEB_OPENAI_BASE_URL": provider.base_url,
            "HEADSHOT_WEB_OPENAI_MODEL": "gpt-image-2.6-sunburst",
            "HEADSHOT_WEB_OPENAI_STREAM": "true",
            "TEST_KEY": provider.key,
        }
        served = start_booth(tmp_path / "data", env=env, countdown_s=1, engine="openai")
        context = eyes.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
        context.set_default_timeout(SLOW_MS)
        page = context.new_page()
        try:
            page.goto(served.address)
            expect(page.get_by_role("button", name="Touch to begin")).to_be_visible(timeout=SLOW_MS)
            expect(page.get_by_text("Nothing of you is kept.")).to_have_count(0)
            touch(page, "Touch to begin")
            expect(page.get_by_text("Your photo is sent to the booth's own server.")).to_be_visible()
            touch(page, "Yes, I agree")
            touch(page, "Take the photo")
            touch(page, "Use this photo")
            expect(page.get_by_role("heading", name="Which one is you?")).to_be_visible(timeout=SLOW_MS)
            page.wait_for_timeout(400)
            page.get_by_role("radio", name="Advisor navy").click()
            expect(page.get_by_text(FORGETS)).to_be_visible()
            touch(page, "Make my headshot")
            expect(page.get_by_alt_text("Your headshot, not finished yet")).to_be_visible(timeout=SLOW_MS)
            expect(page.get_by_role("heading", name="Here you are.")).to_be_visible(timeout=SLOW_MS)
        finally:
            context.close()
            killed(served)
