"""From a stranger's photo to a headshot in the gallery, and without a trace: what a person does and sees."""

from __future__ import annotations

import base64
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.chromium import Log, launch
from tests.browser.steps import SLOW_MS, bring, choose, empty, make, number, picture, selfie
from tests.doors import Served
from tests.portraits import astronaut, saved

DROP = """(data) => {
    const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
    const carried = new DataTransfer();
    carried.items.add(new File([bytes], "me.jpg", { type: "image/jpeg" }));
    for (const kind of ["dragover", "drop"]) document.querySelector(".drop").dispatchEvent(
        new DragEvent(kind, { dataTransfer: carried, bubbles: true, cancelable: true }));
}"""
PASTE = """(data) => {
    const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
    const carried = new DataTransfer();
    carried.items.add(new File([bytes], "me.jpg", { type: "image/jpeg" }));
    dispatchEvent(new ClipboardEvent("paste", { clipboardData: carried, cancelable: true }));
}"""


def carried() -> str:
    return base64.b64encode(saved(astronaut(), "JPEG", quality=92)).decode()


def headshots(page: Page, app: Served) -> int:
    """How many headshots the gallery says there are."""
    page.goto(f"{app.address}/gallery")
    said = page.get_by_role("status").filter(has_text="headshot").or_(page.get_by_text("Nothing here yet"))
    expect(said).to_be_visible()
    return 0 if "Nothing" in said.inner_text() else number(said.inner_text())


def test_from_a_dropped_photo_to_a_headshot_and_without_a_trace(page: Page, app: Served, log: Log) -> None:
    page.goto(app.address)
    expect(page.get_by_role("heading", name="Drop your photo here")).to_be_visible()
    page.evaluate(DROP, carried())
    page.get_by_role("link", name="See the looks").click(timeout=SLOW_MS)

    page.wait_for_function(
        "document.querySelectorAll('.look img').length >= 12 && [...document.querySelectorAll('.look img')]"
        ".slice(0, 6).every((i) => i.classList.contains('in'))",
        timeout=SLOW_MS,
    )
    for look in ("Advisor navy", "Boardroom charcoal"):
        page.get_by_role("checkbox", name=look).check()
    page.get_by_role("button", name="Make 2 headshots").click()
    expect(page.get_by_role("heading", name="Your 2 headshots are ready.")).to_be_visible(timeout=SLOW_MS)

    with page.expect_download() as together:
        page.get_by_role("link", name="Download 2 as ZIP").click()
    with zipfile.ZipFile(together.value.path()) as pack:
        assert len(pack.namelist()) == 2

    page.get_by_role("link", name="See Advisor navy").click()
    slider = page.get_by_role("slider", name="Compare your photo with the headshot")
    slider.press("Home")
    expect(slider).to_have_attribute("aria-valuenow", "0")
    slider.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "2 % of your photo is shown")

    page.get_by_text("LinkedIn, round").click()
    page.get_by_text("PNG", exact=True).click()
    with page.expect_download() as coming:
        page.get_by_role("link", name="Download").click()
    file = picture(Path(coming.value.path()).read_bytes())
    assert (file.format, file.width) == ("PNG", file.height)
    assert coming.value.suggested_filename.endswith(".png")

    page.get_by_role("link", name="this photo").click()
    page.get_by_role("button", name="Delete this photo and its 2 headshots").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete this photo and its 2 headshots").click()
    expect(page.get_by_role("heading", name="One selfie.")).to_be_visible()
    assert headshots(page, app) == 0
    assert log.origins == {f"localhost:{app.port}"}
    assert not log.complaints


@pytest.mark.thorough
def test_a_pasted_photo_is_taken_in(page: Page, app: Served) -> None:
    page.goto(app.address)
    expect(page.get_by_role("button", name="Paste a photo")).to_be_visible()
    page.evaluate(PASTE, carried())
    expect(page.get_by_role("link", name="See the looks")).to_be_visible(timeout=SLOW_MS)


def test_a_refused_file_is_told_kindly_and_another_can_be_chosen(page: Page, app: Served) -> None:
    page.goto(app.address)
    letter = {"name": "letter.txt", "mimeType": "text/plain", "buffer": b"Dear all, " * 50}
    page.locator("input[type=file]").first.set_input_files(letter)  # type: ignore[arg-type]
    expect(page.get_by_text("This file is not a picture")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("Choose a photo: JPEG")).to_be_visible()
    expect(page.get_by_role("button", name="Choose another photo")).to_be_focused()
    page.locator("input[type=file]").first.set_input_files(selfie())  # type: ignore[arg-type]
    expect(page.get_by_role("link", name="See the looks")).to_be_visible(timeout=SLOW_MS)


@pytest.mark.thorough
def test_pressing_twice_makes_one_order_and_back_keeps_what_was_chosen(page: Page, app: Served) -> None:
    empty(page, app)
    photo = bring(page, app)
    choose(page, app, photo, "Advisor navy")
    page.get_by_role("button", name="Make 1 headshot").dblclick()
    page.wait_for_url("**/headshot/*", timeout=SLOW_MS)
    expect(page.get_by_role("heading", level=1)).to_have_text("Advisor navy")
    page.go_back()
    expect(page.get_by_role("checkbox", name="Advisor navy")).to_be_checked()
    assert headshots(page, app) == 1


@pytest.mark.thorough
def test_a_reload_and_a_second_tab_lose_nothing_and_do_nothing_twice(page: Page, app: Served) -> None:
    empty(page, app)
    photo = bring(page, app)
    choose(page, app, photo, "Advisor navy", "Boardroom charcoal")
    page.get_by_role("button", name="Make 2 headshots").click()
    page.wait_for_url("**/order/*")
    second = page.context.new_page()
    second.goto(page.url)
    page.reload()
    for tab in (page, second):
        expect(tab.get_by_role("heading", name="Your 2 headshots are ready.")).to_be_visible(timeout=SLOW_MS)
    page.bring_to_front()  # a page behind another draws once a second
    assert headshots(page, app) == 2

    page.get_by_role("link", name="Advisor navy", exact=False).first.click()
    second.goto(page.url)
    page.get_by_role("button", name="Delete this headshot").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete this headshot").click()
    page.wait_for_url("**/gallery")
    answer = second.reload()
    assert answer
    assert answer.status == 404
    expect(second.get_by_role("heading", name="This is no longer here")).to_be_visible()


@pytest.mark.thorough
def test_what_is_cancelled_is_said_and_can_be_made_after_all(page: Page, app: Served) -> None:
    photo = bring(page, app)
    page.goto(f"{app.address}/photo/{photo}/looks")
    for box in page.get_by_role("checkbox").all()[:12]:
        box.check()
    page.get_by_role("button", name="headshots").click()
    page.wait_for_url("**/order/*")
    page.locator(".job").last.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Cancelled.")).to_be_visible()
    expect(page.get_by_role("heading", name="headshots are ready.")).to_be_visible(timeout=2 * SLOW_MS)
    expect(page.locator("main .accent:visible")).to_have_text(["Open the gallery"])
    page.get_by_role("button", name="Make the cancelled one again").click()
    expect(page.get_by_text("Cancelled.")).to_be_hidden(timeout=SLOW_MS)


def to(page: Page, role: str, name: str) -> None:
    """Move with the Tab key alone until something is reached."""
    wanted = page.get_by_role(role, name=name).first  # type: ignore[arg-type]
    expect(wanted).to_be_visible(timeout=SLOW_MS)
    for _ in range(80):
        if wanted.evaluate("(it) => it === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"The {role} “{name}” can't be reached by keyboard")


@pytest.mark.thorough
def test_the_whole_way_by_keyboard_alone(page: Page, app: Served) -> None:
    # From the beginning: else the browser may open its own chooser before it is asked not to.
    page.on("filechooser", lambda _: None)
    page.goto(app.address)
    expect(page.get_by_role("button", name="Choose a photo")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/#*")  # the jump takes the focus along
    to(page, "button", "Choose a photo")
    with page.expect_file_chooser() as asked:
        page.keyboard.press("Enter")
    asked.value.set_files(selfie())  # type: ignore[arg-type]
    to(page, "link", "See the looks")
    page.keyboard.press("Enter")
    to(page, "checkbox", "LinkedIn daylight")
    page.keyboard.press("Space")
    to(page, "button", "Make 1 headshot")
    page.keyboard.press("Enter")
    page.wait_for_url("**/headshot/*", timeout=SLOW_MS)
    to(page, "slider", "Compare your photo with the headshot")
    page.keyboard.press("End")
    expect(page.get_by_role("slider")).to_have_attribute("aria-valuenow", "100")
    to(page, "button", "Keep")
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Keep")).to_have_attribute("aria-pressed", "true")
    to(page, "button", "Delete this headshot")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("button", name="Delete this headshot")).to_be_focused()


@pytest.mark.thorough
def test_another_look_and_a_wish_for_backdrop_and_shape(page: Page, app: Served) -> None:
    photo = bring(page, app)
    make(page, app, photo)
    page.get_by_role("link", name="Another look").click()
    page.get_by_role("button", name="Shape and backdrop").click()
    page.get_by_text("Tall 2:3").click()
    page.get_by_text("Sage", exact=True).click()
    expect(page.locator(".look img").first).to_have_attribute("src", wished(photo))
    page.get_by_role("checkbox", name="Advisor navy").check()
    page.get_by_role("button", name="Make 1 headshot").click()
    page.wait_for_url("**/headshot/*", timeout=SLOW_MS)
    expect(page.locator(".facts")).to_contain_text("1024 × 1536 pixels")


def wished(photo: str) -> str:
    return f"/media/photo/{photo}/look/linkedin-daylight?color=%2393a48f&crop=2%3A3"


@pytest.fixture
def camera(player: Playwright, tmp_path: Path) -> Iterator[Page]:
    """A page in a browser whose camera always shows the same face."""
    film = tmp_path / "face.mjpeg"
    film.write_bytes(saved(astronaut().resize((640, 640)), "JPEG", quality=92) * 20)
    browser = launch(
        player,
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )
    yield browser.new_page()
    browser.close()


@pytest.mark.thorough
def test_a_photo_taken_with_the_camera(camera: Page, app: Served) -> None:
    camera.goto(app.address)
    camera.get_by_role("button", name="Use the camera").click()
    shoot = camera.get_by_role("button", name="Take the photo")
    expect(shoot).to_be_enabled(timeout=SLOW_MS)
    assert camera.locator("video").evaluate("(v) => getComputedStyle(v).transform").startswith("matrix(-1")
    shoot.click()
    expect(camera.get_by_text(re.compile("^[123]$")).first).to_be_visible()
    expect(camera.get_by_role("button", name="Take it again")).to_be_visible(timeout=SLOW_MS)
    assert camera.locator("video").evaluate("(v) => v.srcObject === null")
    camera.get_by_role("button", name="Use this photo").click()
    expect(camera.get_by_role("link", name="See the looks")).to_be_visible(timeout=SLOW_MS)


@pytest.mark.thorough
def test_without_a_camera_there_is_another_way(page: Page, app: Served) -> None:
    page.goto(app.address)
    page.get_by_role("button", name="Use the camera").click()
    expect(page.get_by_role("alert")).to_contain_text("choose a photo instead", timeout=SLOW_MS)
    with page.expect_file_chooser():
        page.get_by_role("dialog").get_by_role("button", name="Choose a photo").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
