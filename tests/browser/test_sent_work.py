"""What is drawn elsewhere, meanwhile and after: steady cards, honest words, notes in files, a full disk."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page, expect

from headshot_web.imaging import marks
from headshot_web.imaging.marks import Mark
from tests.browser.drawing import MODEL, start_with_provider
from tests.browser.steps import SLOW_MS, bring, shown
from tests.doors import Served
from tests.openai_faults import Fault
from tests.openai_server import KEY, OpenAIServer
from tests.portraits import astronaut, hopper

LOOKS = ("advisor-navy", "founder-loft", "linkedin-daylight", "boardroom-charcoal")
HEIGHTS = """() => {
  window.heights = {};
  const look = () => {
    for (const job of document.querySelectorAll('.jobs:not(.finished) .job')) {
      if (!job.querySelector('.steps')) continue;
      const tall = Math.round(job.getBoundingClientRect().height);
      const steps = ((window.heights[job.querySelector('h2').textContent] ??= {})[tall] ??= []);
      if (!steps.includes(job.dataset.step)) steps.push(job.dataset.step);
    }
    requestAnimationFrame(look);
  };
  look();
}"""


@pytest.fixture(scope="module")
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as provider:
        yield provider


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, server: OpenAIServer) -> Iterator[Served]:
    """The whole app, told to take the loopback for OpenAI, with a key from the start."""
    folder = tmp_path_factory.mktemp("app") / "data"
    served = start_with_provider(folder, server, HEADSHOT_WEB_OPENAI_API_KEY=KEY)
    yield served
    served.stop()
    served.errors.close()


@pytest.fixture(autouse=True)
def _quiet(server: OpenAIServer) -> None:
    server.forget()
    server.delay_s = 0.0


@pytest.fixture
def slow(page: Page) -> Page:
    page.set_default_timeout(SLOW_MS)
    return page


def order(page: Page, app: Served, photo: str, *looks: str) -> None:
    """Send what was chosen, with a yes where none was given yet."""
    page.goto(f"{app.address}/photo/{photo}/looks?looks={','.join(looks)}&quality=draft")
    make = page.get_by_role("button", name=re.compile("^Make .* about "))
    expect(make).to_be_enabled(timeout=SLOW_MS)
    make.click()
    page.wait_for_url(re.compile("/sending|/order/"))
    if "/sending" in page.url:
        page.get_by_role("button", name=re.compile("^Yes, send")).click()
        page.wait_for_url("**/order/*")


def packed(page: Page, button: str) -> list[Mark | None]:
    """Download a ZIP, and read what each of its files says of itself."""
    with page.expect_download() as coming:
        page.get_by_text(button, exact=True).click()
    with zipfile.ZipFile(io.BytesIO(Path(coming.value.path()).read_bytes())) as pack:
        return [marks.read(pack.read(name)) for name in pack.namelist()]


@pytest.mark.thorough
def test_cards_stay_as_tall_as_they_are_and_each_end_has_its_own_word(
    slow: Page, app: Served, server: OpenAIServer
) -> None:
    page = slow
    page.set_viewport_size({"width": 390, "height": 844})
    photo = bring(page, app, astronaut())
    server.delay_s = 7.0
    server.play(Fault.rate_limited(3))
    order(page, app, photo, *LOOKS)
    page.evaluate(HEIGHTS)
    waiting = page.locator('.job[data-step="waiting"]').last
    expect(waiting.get_by_text("If you cancel now, nothing is charged.")).to_be_visible()
    sent = page.locator('.job[data-step="drawing"]').first
    expect(sent.get_by_text("may still charge it")).to_be_visible()
    waiting.get_by_role("button", name=re.compile("^Cancel")).click()
    expect(page.get_by_role("heading", name="3 of 4 headshots are ready.")).to_be_visible(timeout=SLOW_MS)
    heights = page.evaluate("window.heights")
    assert len(heights) == 4
    seen = {step for each in heights.values() for steps in each.values() for step in steps}
    assert seen >= {"waiting", "drawing"}, "and a pause, on a computer that is quick enough to show it"
    assert {name: each for name, each in heights.items() if len(each) > 1} == {}

    expect(page.get_by_role("button", name=re.compile("^Make the cancelled one again"))).to_be_visible()
    note = page.get_by_role("checkbox", name="Say in each file how it was made")
    expect(note).to_be_checked()
    assert packed(page, "Download 3 as ZIP") == [Mark.EDITED_WITH_AI] * 3
    note.uncheck()
    expect(page.get_by_text("the law of some places wants you to say so")).to_be_visible()
    assert packed(page, "Download 3 as ZIP") == [None] * 3


@pytest.mark.thorough
def test_in_the_gallery_the_notes_can_be_left_out_and_a_single_one_put_back(slow: Page, app: Served) -> None:
    page = slow
    page.goto(f"{app.address}/gallery")
    tiles = page.locator(".tile img")
    expect(tiles.first).to_be_visible()
    page.get_by_role("button", name="Select").click()
    boxes = page.locator(".tile").get_by_role("checkbox")
    boxes.nth(0).check()
    boxes.nth(1).check()
    assert packed(page, "Download 2 as ZIP") == [Mark.EDITED_WITH_AI] * 2
    page.get_by_role("checkbox", name="Say in each file how it was made").uncheck()
    assert packed(page, "Download 2 as ZIP") == [None] * 2
    boxes.nth(1).uncheck()
    before = page.locator(".gallery-tools [role=status]").inner_text()
    page.get_by_role("button", name="Delete 1 headshot").click()
    asked = page.get_by_role("dialog")
    expect(asked).to_contain_text("You can undo it for 10 seconds.")
    asked.get_by_role("button", name="Delete 1 headshot").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".gallery-tools [role=status]")).to_have_text(before)


@pytest.mark.thorough
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the size of files is limited from outside")
def test_on_a_full_disk_what_was_paid_for_is_offered_and_kept_once_there_is_room(
    slow: Page, app: Served, server: OpenAIServer
) -> None:
    page = slow
    photo = bring(page, app, astronaut())
    server.delay_s = 6.0
    order(page, app, photo, "founder-loft", "advisor-navy")
    sent = len(server.posts)
    process = psutil.Process(app.process.pid)
    nothing = process.rlimit(psutil.RLIMIT_FSIZE)
    expect(page.locator('.job[data-step="drawing"]').first).to_be_visible()
    process.rlimit(psutil.RLIMIT_FSIZE, (30_000, nothing[1]))
    try:
        card = page.locator(".job").first
        link = card.get_by_role("link", name="Download it now")
        expect(link).to_be_visible(timeout=SLOW_MS)
        expect(card).to_contain_text("The picture is here, in memory.")
        with page.expect_download() as coming:
            link.click()
        assert Path(coming.value.path()).read_bytes()[:2] == b"\xff\xd8"
    finally:
        process.rlimit(psutil.RLIMIT_FSIZE, nothing)
    again = page.get_by_role("button", name=re.compile("^Try the 2 failed ones again"))
    expect(again).not_to_contain_text("$")  # both are here and paid
    again.click()
    expect(page.get_by_role("heading", name="Your 2 headshots are ready.")).to_be_visible(timeout=SLOW_MS)
    assert len(server.posts) == 2, "nothing is paid twice"
    assert sent <= 2


@pytest.mark.thorough
def test_a_yes_is_taken_back_in_one_place(slow: Page, app: Served, server: OpenAIServer) -> None:
    page = slow
    page.set_viewport_size({"width": 390, "height": 420})
    page.goto(f"{app.address}/settings#provider")
    expect(page.locator("#provider")).to_have_count(1)
    expect(page.get_by_role("heading", name=f"127.0.0.1:{server.port}")).to_be_in_viewport()
    page.goto("about:blank")
    page.goto(f"{app.address}/settings#delete")
    expect(page.get_by_role("button", name="Delete everything")).to_be_in_viewport()
    shown(page)
    expect(page.locator(".provider")).to_contain_text("Given on")
    page.locator(".provider").get_by_role("link", name="See it, or take it back").click()
    back = page.get_by_role("button", name="Take it back")
    expect(back).to_have_count(1)
    expect(back).to_be_in_viewport()
    back.click()
    expect(page.get_by_text("Taken back.")).to_be_visible()
    expect(back).to_have_count(0)
    expect(page.locator(".provider")).to_contain_text("Not given.")
    page.get_by_text("Before", exact=True).click()
    expect(page.locator("#agreed li")).to_contain_text(f"Sending photos to 127.0.0.1:{server.port}")


@pytest.mark.thorough
def test_a_connection_that_is_gone_is_called_that_and_tried_again_by_itself(
    slow: Page, app: Served, server: OpenAIServer
) -> None:
    page = slow
    photo = bring(page, app, astronaut())
    order(page, app, photo, "founder-loft")
    page.wait_for_url("**/headshot/*")
    with server.away():
        order(page, app, photo, "advisor-navy")
        pause = page.get_by_role("timer")
        expect(pause).to_have_text(
            re.compile(
                rf"^There is no connection to 127\.0\.0\.1:{server.port}\. It is tried again in 0:0\d\.$"
            )
        )
        assert not page.get_by_text("asks for a pause").is_visible()
    page.wait_for_url("**/headshot/*")
    assert len(server.posts) == 2


@pytest.mark.thorough
def test_more_photos_of_you_are_shown_sent_and_written_down(
    slow: Page, app: Served, server: OpenAIServer
) -> None:
    page = slow
    bring(page, app, hopper())
    photo = bring(page, app, astronaut())
    page.goto(f"{app.address}/photo/{photo}/looks?looks=founder-loft&quality=draft")
    more = page.get_by_role("group", name="More photos of you")
    more.get_by_role("checkbox").first.check()
    expect(page.get_by_text("Your photo and 1 more leave this computer")).to_be_visible()
    page.get_by_role("button", name="See what is sent").click()
    page.wait_for_url("**/sending*")
    expect(page.get_by_text("More photos of you, for likeness only")).to_be_visible()
    expect(page.locator(".leaving-others img")).to_have_count(1)
    page.get_by_role("button", name=re.compile("(S|s)end these 2 photos to")).click()
    page.wait_for_url("**/headshot/*")
    (sent,) = server.posts
    assert sent.form
    assert len(sent.form.images) == 2
    page.goto(f"{app.address}/sent")
    page.locator(".sent > li summary").first.click()
    expect(page.locator(".sent > li").first).to_contain_text("Fingerprints of the pictures")


@pytest.mark.thorough
def test_that_another_model_drew_it_is_told_with_the_headshot(
    slow: Page, app: Served, server: OpenAIServer
) -> None:
    page = slow
    photo = bring(page, app, astronaut())
    server.whenever(Fault.no_model("gpt-image-2.6-flare"), model="gpt-image-2.6-flare")
    server.whenever(Fault.no_model(MODEL), model=MODEL)
    order(page, app, photo, "founder-loft")
    page.wait_for_url("**/headshot/*")
    expect(page.get_by_text("Another model drew it.")).to_be_visible()
    expect(page.get_by_text("The one that was chosen was not available.")).to_be_visible()
    expect(page.get_by_text(re.compile(r"\(gpt-image-2(\.5-\w+)?\) on"))).to_be_visible()
    assert len(server.posts) == 2
