"""Consent, the policy, deleting and undoing, as a person meets them; and what the browser sees of it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from headshot_web.policy import POLICY_DATE, day
from tests.browser.chromium import FLAGS, Log
from tests.browser.find_chromium import find_chromium
from tests.browser.steps import SLOW_MS, bring, make, shown
from tests.doors import Served, agreed_to_policy, free_port, start
from tests.openai_server import KEY, OpenAIServer

MODEL = "gpt-image-2.6-sunburst"
START = "I am 13 or older – start"
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
VIOLATIONS = "addEventListener('securitypolicyviolation', (e) => console.error(e.effectiveDirective))"
REMEMBERED = """async () => [
    localStorage.length, await indexedDB.databases(), (await caches.keys()).length,
    (await navigator.serviceWorker.getRegistrations()).length,
]"""
TABS = {"__nicegui_tab_id", "__nicegui_tab_closed"}
"""By what a page that is loaded anew is known again, as long as its tab is open."""
UPLOAD = """async () => {
    const answer = await fetch('/api/photos', { method: 'POST', body: 'x' });
    return [answer.status, (await answer.json()).title];
}"""


def serve(folder: Path, **environment: Any) -> Served:
    return start(
        ["-m", "headshot_web", "--port", str(free_port()), "--data-dir", str(folder), "--no-browser"],
        folder=folder,
        PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring",
        OPENAI_API_KEY="",
        **environment,
    )


def ended(served: Served) -> None:
    served.stop()
    served.errors.close()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Served]:
    """The app before anybody agreed to anything, with a screen on which a folder can be shown."""
    programs = tmp_path / "programs"
    programs.mkdir()
    opener = programs / "xdg-open"
    opener.write_text(f'#!/bin/sh\necho "$1" > "{tmp_path}/shown"\n')
    opener.chmod(0o755)
    served = serve(tmp_path / "data", DISPLAY=":9", PATH=f"{programs}{os.pathsep}{os.environ['PATH']}")
    yield served
    ended(served)


def files(folder: Path) -> dict[str, bytes]:
    """All that is in a folder, byte for byte; but for the map that SQLite keeps of its own memory."""
    there = [path for path in folder.rglob("*") if path.is_file() and not path.name.endswith("-shm")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in there}


def holding(folder: Path, *canaries: bytes) -> list[str]:
    """The files that hold any of these bytes, in their name or in what they say."""
    return [
        name
        for name, data in files(folder).items()
        if any(canary in data or canary in name.encode() for canary in canaries)
    ]


def tab_to(page: Page, role: str, name: str) -> None:
    wanted = page.get_by_role(role, name=name).first  # type: ignore[arg-type]
    expect(wanted).to_be_visible(timeout=SLOW_MS)
    for _ in range(80):
        if wanted.evaluate("(it) => it === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"The {role} “{name}” can't be reached by keyboard")


def withdraw(page: Page, app: Served) -> None:
    page.goto(f"{app.address}/settings")
    page.get_by_role("button", name="Withdraw the yes to the policy").click()
    page.get_by_role("dialog").get_by_role("button", name="Withdraw", exact=True).click()
    page.wait_for_url("**/welcome*")


@pytest.mark.thorough
def test_the_first_visit_asks_once_leads_on_and_can_be_taken_back(
    page: Page, fresh: Served, log: Log, tmp_path: Path
) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{fresh.address}/gallery?favourites=1")
    expect(page.get_by_role("heading", name="Before your first photo")).to_be_visible()
    assert not page.evaluate(SIDEWAYS)
    assert complaints(page) == []
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    assert complaints(page, "color-contrast") == []
    for said in ("What stays here", "What leaves, and when", "Who it is for", "No account"):
        expect(page.get_by_text(said, exact=True)).to_be_visible()
    assert page.locator("input").count() == 0
    assert page.evaluate(UPLOAD) == [403, "The first page comes first"]
    page.get_by_role("link", name="Read the whole privacy policy").click()
    expect(page.get_by_text(f"Last updated {day(POLICY_DATE)}")).to_be_visible()
    expect(page.get_by_role("button", name="Open the folder")).to_be_hidden()
    page.goto(f"{fresh.address}/gallery?favourites=1")
    tab_to(page, "button", START)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{fresh.address}/gallery?favourites=1")
    page.goto(f"{fresh.address}/welcome?to=/gallery")
    assert page.url == f"{fresh.address}/gallery"

    page.goto(f"{fresh.address}/privacy")
    page.get_by_role("button", name="Open the folder").click()
    expect(page.get_by_text("The folder is open in a window of its own.")).to_be_visible()
    expect(page.get_by_text("main@jellyapps.cz")).to_be_visible()
    shown = tmp_path / "shown"
    for _ in range(200):
        if shown.exists() and shown.read_text():
            break
        page.wait_for_timeout(50)
    assert shown.read_text().strip() == str(fresh.folder)

    withdraw(page, fresh)
    expect(page.get_by_role("button", name=START)).to_be_visible()
    assert page.evaluate(UPLOAD)[0] == 403
    page.goto(f"{fresh.address}/welcome?to=//elsewhere.example/")
    page.get_by_role("button", name=START).click()
    page.wait_for_url(f"{fresh.address}/")
    page.goto(f"{fresh.address}/settings")
    expect(page.locator("#agreed")).to_contain_text(f"The privacy policy of {day(POLICY_DATE)}")
    page.locator("#agreed summary").click()
    expect(page.locator("#agreed li")).to_contain_text("ended on")

    page.get_by_role("button", name="Delete everything").click()
    page.get_by_role("dialog").get_by_role("checkbox", name="What I agreed to").check()
    page.get_by_role("dialog").get_by_role("textbox").fill("delete")
    page.get_by_role("dialog").get_by_role("button", name="Delete everything").click()
    expect(page.get_by_role("button", name=START)).to_be_visible()
    assert log.origins == {f"localhost:{fresh.port}"}


@pytest.mark.thorough
def test_under_13_it_stops_kindly_and_stores_nothing(
    page: Page, context: BrowserContext, fresh: Served
) -> None:
    assert fresh.folder
    page.goto(fresh.address)
    expect(page.get_by_role("link", name="I am under 13")).to_be_visible()
    page.wait_for_timeout(3000)  # the app's own beginnings are over then
    before = files(fresh.folder)
    page.reload()
    page.get_by_role("link", name="I am under 13").click()
    expect(page.get_by_role("heading", name="Come back when you are 13")).to_be_visible()
    page.wait_for_function("window.did_handshake === true")
    assert files(fresh.folder) == before
    assert [cookie["name"] for cookie in context.cookies()] == [f"hsw_{fresh.port}"]
    assert [cookie["expires"] for cookie in context.cookies()] == [-1], "it ends with the browser"
    assert page.evaluate(REMEMBERED) == [0, [], 0, 0]
    assert set(page.evaluate("Object.keys(sessionStorage)")) <= TABS
    page.goto(f"{fresh.address}/settings")
    expect(page.get_by_role("button", name=START)).to_be_visible()


@pytest.fixture
def agreed_before(tmp_path: Path) -> Iterator[tuple[Served, OpenAIServer]]:
    """An app that draws elsewhere, whose person agreed to an earlier policy and to sending."""
    with OpenAIServer() as provider:
        folder = tmp_path / "data"
        agreed_to_policy(folder)
        (folder / "openai_models.toml").write_text(f'host = "127.0.0.1:{provider.port}"\n')
        served = serve(
            folder, HEADSHOT_WEB_OPENAI_BASE_URL=provider.base_url, HEADSHOT_WEB_OPENAI_MODEL=MODEL
        )
        yield served, provider
        ended(served)


def change_the_policy(folder: Path | None) -> None:
    """Let the yes be one to an earlier policy."""
    assert folder
    with closing(sqlite3.connect(folder / "index.sqlite3")) as index, index:
        index.execute("UPDATE consents SET version = '2026-01-02' WHERE kind = 'policy'")


@pytest.mark.thorough
def test_a_changed_policy_is_shown_with_what_is_new_before_anything_is_sent(
    page: Page, agreed_before: tuple[Served, OpenAIServer]
) -> None:
    app, provider = agreed_before
    photo = bring(page, app)
    page.goto(f"{app.address}/settings")
    page.get_by_label("Your key").fill(KEY)
    page.get_by_role("button", name="Save the key").click()
    expect(page.get_by_text("A key ending in …")).to_be_visible()
    page.goto(f"{app.address}/photo/{photo}/looks?looks=advisor-navy&quality=draft")
    page.get_by_role("button", name="Make 1 headshot").click()
    page.wait_for_url("**/sending*")
    wanted = page.url
    expect(page.get_by_role("button", name="Yes, send this photo to")).to_be_visible()
    page.wait_for_function("window.did_handshake === true")
    change_the_policy(app.folder)
    page.get_by_role("button", name="Yes, send this photo to").click()

    expect(page.get_by_role("heading", name="The privacy policy has changed")).to_be_visible()
    expect(page.get_by_text("You agreed to the one of 2 January 2026.")).to_be_visible()
    expect(page.get_by_text("What is new")).to_be_visible()
    assert complaints(page) == []
    assert not provider.posts
    page.get_by_role("button", name="I am 13 or older and agree").click()
    page.wait_for_url(wanted)
    page.get_by_role("button", name="Send this photo to").click()
    page.wait_for_url("**/headshot/*", timeout=SLOW_MS)
    assert len(provider.posts) == 1
    expect(page.get_by_text("Made by 127.0.0.1")).to_be_visible()

    change_the_policy(app.folder)
    page.goto(f"{app.address}/gallery")
    expect(page.get_by_role("heading", name="The privacy policy has changed")).to_be_visible()
    page.get_by_role("button", name="Delete everything").click()
    expect(page.get_by_role("dialog")).to_contain_text(
        f"The copy at 127.0.0.1:{provider.port}, normally until"
    )


def delete_headshot(page: Page) -> None:
    page.get_by_role("button", name="Delete this headshot").click()
    expect(page.get_by_role("dialog")).to_contain_text("You can undo it for 10 seconds.")
    page.get_by_role("dialog").get_by_role("button", name="Delete this headshot").click()
    page.wait_for_url("**/gallery")
    expect(page.get_by_role("status").filter(has_text="You can undo this for")).to_have_count(1)


@pytest.mark.thorough
def test_a_deletion_can_be_undone_for_ten_seconds_and_then_nothing_is_on_the_disk(
    page: Page, app: Served
) -> None:
    assert app.folder
    photo = bring(page, app)
    headshot = make(page, app, photo)
    delete_headshot(page)
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("link", name="Advisor navy").first.wait_for()
    expect(page.get_by_role("button", name="Undo")).to_be_hidden()

    page.goto(f"{app.address}/photo/{photo}")
    page.get_by_role("button", name="Delete this photo and its headshot").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete this photo").click()
    page.wait_for_url(f"{app.address}/")
    tab_to(page, "button", "Undo")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Go on with a photo")).to_be_visible()

    page.goto(f"{app.address}/headshot/{headshot}")
    delete_headshot(page)
    assert holding(app.folder, headshot.encode())
    page.goto(f"{app.address}/settings")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    expect(page.get_by_text("It is gone for good.").first).to_be_visible(timeout=12_000)
    for _ in range(100):
        if not holding(app.folder, headshot.encode()):
            break
        page.wait_for_timeout(100)
    assert holding(app.folder, headshot.encode()) == []
    page.goto(f"{app.address}/sent")
    expect(page.locator(".receipts li").first).to_contain_text("A headshot")


@pytest.fixture(scope="module")
def kept(profile: BrowserContext, app: Served) -> str:
    """A headshot that was made before, and left where it is."""
    with profile.new_page() as page:
        return make(page, app, bring(page, app))


@pytest.mark.thorough
def test_the_note_in_the_file_can_be_left_out_and_what_that_means_is_said(
    page: Page, app: Served, kept: str
) -> None:
    page.goto(f"{app.address}/headshot/{kept}")
    expect(page.get_by_text("Retouched on this computer,")).to_be_visible()

    def taken() -> bytes:
        with page.expect_download() as coming:
            page.get_by_role("link", name="Download").click()
        return Path(coming.value.path()).read_bytes()

    assert b"DigitalSourceType" in taken()
    page.get_by_role("checkbox", name="Say in the file how it was made").uncheck()
    expect(page.get_by_text("Without the note, nobody can see")).to_be_visible()
    assert b"DigitalSourceType" not in taken()


def complaints(page: Page, *rules: str) -> list[str]:
    """What axe-core finds; of these rules alone, or of all."""
    found = Axe().run(page, options={"runOnly": rules} if rules else None).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


def everything_asked(page: Page) -> None:
    page.get_by_role("button", name="Delete everything").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def reported(page: Page) -> None:
    page.get_by_role("button", name="Show the report").click()
    expect(page.get_by_role("region", name="The report, word for word")).to_be_visible(timeout=SLOW_MS)


def unmarked(page: Page) -> None:
    page.get_by_role("checkbox", name="Say in the file").uncheck()


@pytest.mark.thorough
def test_every_page_of_it_can_be_used_by_everyone_and_fits_a_small_phone(
    browser: Browser, app: Served, kept: str
) -> None:
    with browser.new_context(viewport={"width": 360, "height": 740}, reduced_motion="reduce") as context:
        page = context.new_page()
        page.add_init_script(VIOLATIONS)
        log = Log()
        log.listen(page)
        nothing: Callable[[Page], None] = lambda _: None  # noqa: E731
        pages = (
            ("/not-yet", nothing),
            ("/sent", nothing),
            ("/settings", reported),
            ("", everything_asked),
            (f"/headshot/{kept}", unmarked),
            ("", delete_headshot),
        )
        found: dict[str, list[str]] = {}
        for path, act in pages:
            if path:
                page.goto(app.address + path)
                shown(page)
            act(page)
            found[f"{path} {act.__name__}"] = complaints(page)
            page.emulate_media(color_scheme="dark")
            page.wait_for_timeout(100)
            found[f"{path} {act.__name__} dark"] = complaints(page, "color-contrast")
            page.emulate_media(color_scheme="light")
            if page.evaluate(SIDEWAYS):
                found[f"{path} {act.__name__} is too wide"] = ["sideways"]
        assert not {name: said for name, said in found.items() if said}
        assert not log.complaints


@pytest.mark.thorough
def test_what_is_deleted_by_itself_is_off_until_it_is_set_and_names_what_goes(
    page: Page, app: Served, log: Log
) -> None:
    photo = bring(page, app)
    headshot = make(page, app, photo)
    page.goto(f"{app.address}/settings")
    part = page.locator(".keeping")
    expect(part).to_contain_text("Off: nothing is deleted by itself.")
    expect(part.get_by_role("checkbox")).not_to_be_checked()
    days = part.get_by_label("Delete after this many days")
    days.fill("0")
    part.get_by_role("button", name="Save").click()
    expect(part).to_contain_text("from 1 to 3650")
    days.fill("30")
    part.get_by_role("button", name="Save").click()
    expect(part).to_contain_text("deleted 30 days after they came")
    part.get_by_role("checkbox").check()
    part.get_by_role("button", name="Save").click()
    expect(part).to_contain_text("every photo of which there is a headshot")
    assert page.request.get(f"{app.address}/media/photo/{photo}").status == 200
    part.get_by_role("button", name="Save, and delete these now").click()
    expect(part).to_contain_text("A photo is deleted as soon as a headshot was made of it.")
    page.goto(f"{app.address}/gallery")
    expect(page.get_by_role("link", name="Advisor navy").first).to_be_visible()
    page.goto(f"{app.address}/headshot/{headshot}")
    page.get_by_role("link", name="a photo that was deleted since").click()
    expect(page.get_by_role("heading", name="The photo was deleted")).to_be_visible()
    assert not log.complaints
    page.goto(f"{app.address}/settings")
    days.fill("")
    part.get_by_role("checkbox").uncheck()
    part.get_by_role("button", name="Save").click()
    expect(part).to_contain_text("Off: nothing is deleted by itself.")


@pytest.mark.thorough
def test_a_report_is_read_and_copied_and_nothing_is_sent(
    page: Page, context: BrowserContext, app: Served, log: Log
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{app.address}/settings")
    page.wait_for_function("window.did_handshake === true")
    asked = len(log.addresses)
    page.get_by_role("button", name="Show the report").click()
    text = page.get_by_role("region", name="The report, word for word")
    expect(text).to_contain_text("What the doctor found", timeout=SLOW_MS)
    page.get_by_role("button", name="Copy the report").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == text.text_content()
    assert str(app.folder) not in str(text.text_content())
    assert log.addresses[asked:] == []


@pytest.mark.thorough
def test_the_whole_journey_talks_to_us_alone_and_leaves_nothing_in_the_browser(
    player: Playwright, app: Served, tmp_path: Path
) -> None:
    assert app.folder
    cache = tmp_path / "cache"
    profile = player.chromium.launch_persistent_context(
        tmp_path / "profile",
        executable_path=find_chromium(),
        args=[*FLAGS, f"--disk-cache-dir={cache}"],
        accept_downloads=True,
    )
    log = Log()
    page = profile.pages[0]
    page.set_default_timeout(SLOW_MS)
    log.listen(page)
    page.add_init_script(VIOLATIONS)
    photo = bring(page, app)
    headshot = make(page, app, photo)
    pictures = [
        *(app.folder / "photos" / photo).glob("*.jpg"),
        *(app.folder / "headshots" / headshot).glob("*.jpg"),
    ]
    assert len(pictures) >= 4
    canaries = [data[len(data) // 2 :][:40] for data in map(Path.read_bytes, pictures)]
    for path in ("/privacy", "/sent", f"/photo/{photo}", f"/photo/{photo}/looks", "/gallery", "/settings"):
        page.goto(app.address + path)
        shown(page)
    with page.expect_download() as coming:
        page.get_by_role("link", name="Take everything with you").click()
    assert coming.value.suggested_filename == "all-my-headshots.zip"
    ours = f"localhost:{app.port}/static".encode()
    assert holding(cache, ours)  # the browser did keep something, and this is where
    assert holding(cache, *canaries) == [], "but no picture, also before anything is deleted"
    assert holding(tmp_path / "profile", *canaries) == []
    page.get_by_role("button", name="Delete everything").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Your own backups, files you downloaded")
    for choice in ("My settings", "My key", "The list of what left"):
        expect(dialog.get_by_role("checkbox", name=choice)).not_to_be_checked()
        dialog.get_by_role("checkbox", name=choice).check()
    dialog.get_by_role("textbox").fill("delete")
    with page.expect_response("**/api/clear-cache") as cleared:
        dialog.get_by_role("button", name="Delete everything").click()
    assert cleared.value.all_headers()["clear-site-data"] == '"cache"'
    expect(page.get_by_text("Everything was deleted.")).to_be_visible()
    page.goto(f"{app.address}/sent")
    profile.close()

    assert log.origins == {f"localhost:{app.port}"}
    assert not log.complaints
    assert holding(cache, ours, *canaries) == []
    assert holding(tmp_path / "profile", *canaries) == []
    assert holding(app.folder, *canaries, photo.encode(), headshot.encode()) == []
