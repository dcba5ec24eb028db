"""Headshots drawn elsewhere, by OpenAI on loopback: what a person sees before, meanwhile and afterwards."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.chromium import Log
from tests.browser.drawing import MODEL, start_with_provider
from tests.browser.steps import SLOW_MS, bring, shown
from tests.doors import Served, agreed_to_policy, free_port, start
from tests.openai_faults import Fault
from tests.openai_server import KEY, OpenAIServer
from tests.portraits import astronaut, hopper

MANY = 10_000
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
LOOK = "advisor-navy"


@pytest.fixture(scope="module")
def server() -> Iterator[OpenAIServer]:
    """The provider, on loopback."""
    with OpenAIServer() as provider:
        yield provider


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, server: OpenAIServer) -> Iterator[Served]:
    """The whole app, told to take the loopback for OpenAI: it streams, and its prices are OpenAI's."""
    served = start_with_provider(tmp_path_factory.mktemp("app") / "data", server)
    yield served
    served.stop()
    served.errors.close()


@pytest.fixture(scope="module")
def photo(profile: BrowserContext, app: Served) -> str:
    """A photo that was brought, and another one before it."""
    with profile.new_page() as page:
        bring(page, app, hopper())
        return bring(page, app, astronaut())


@pytest.fixture(autouse=True)
def _quiet(server: OpenAIServer) -> Iterator[None]:
    """Each test begins with an empty script and record."""
    server.forget()
    server.delay_s = 0.0
    yield
    server.forget()


def looks(page: Page, app: Served, photo: str, *names: str, more: str = "") -> Page:
    """Open the wall of looks with some of them chosen, and wait for their price."""
    page.goto(f"{app.address}/photo/{photo}/looks?looks={','.join(names or (LOOK,))}{more}")
    expect(page.get_by_role("button", name=re.compile("^Make .* about "))).to_be_enabled(timeout=SLOW_MS)
    return page


def agree(page: Page, app: Served, photo: str) -> None:
    """Have a key and a yes, whichever test ran before."""
    page.goto(f"{app.address}/settings")
    expect(page.get_by_role("heading", name="Your yes")).to_be_visible()
    if page.get_by_label("Your key").is_visible():
        page.get_by_label("Your key").fill(KEY)
        page.get_by_role("button", name="Save the key").click()
        expect(page.get_by_text("A key ending in …")).to_be_visible()
    if not page.get_by_role("button", name="Take it back").is_visible():
        make = looks(page, app, photo).get_by_role("button", name="Make 1 headshot")
        make.click()
        page.get_by_role("button", name="Yes, send").click()
        page.wait_for_url("**/headshot/*", timeout=SLOW_MS)


def order(page: Page, app: Served, photo: str, *names: str, more: str = "") -> None:
    """Send what was chosen, with one press."""
    looks(page, app, photo, *names, more=more).get_by_role("button", name=re.compile("^Make ")).click()
    page.wait_for_url("**/order/*")


def test_from_a_pasted_key_to_a_headshot_with_everything_told(
    page: Page, app: Served, server: OpenAIServer, photo: str, log: Log
) -> None:
    page.goto(f"{app.address}/sent")
    expect(page.get_by_role("heading", name="Nothing has left this computer.")).to_be_visible()
    give_the_key(page, app)
    looks(page, app, photo, LOOK, "linkedin-daylight")
    expect(page.get_by_role("link", name="Photos stay here until you send one")).to_be_visible()
    make = page.get_by_role("button", name="Make 2 headshots")
    expect(make).to_have_text(re.compile(rf"Make 2 headshots.*127\.0\.0\.1:{server.port} · about \$\d"))
    make.click()
    seen, prompt = look_at_what_would_leave(page, app)
    assert not server.posts

    server.delay_s = 5.0
    page.get_by_role("button", name="Yes, send this photo to").click()
    expect(page.get_by_text(f"127.0.0.1:{server.port} draws").first).to_be_visible()
    expect(page.locator(".job .layer.in").first).to_be_visible(timeout=SLOW_MS)
    expect(page.locator(".job .clock").first).to_have_text(re.compile(r"0:\d\d"))
    expect(page.get_by_text("may still charge it").first).to_be_visible()
    expect(page.get_by_role("heading", name="Your 2 headshots are ready.")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("Together they cost $0.")).to_be_visible()
    sent = [post.form for post in server.posts if post.form]
    assert len(sent) == len(server.posts) == 2
    photos = {hashlib.sha256(part.data).hexdigest() for form in sent for part in form.parts if part.filename}
    assert hashlib.sha256(seen).hexdigest() in photos
    assert prompt.split() in [form.fields["prompt"].split() for form in sent]

    page.get_by_role("link", name="See Advisor navy").click()
    expect(page.get_by_text(f"Made by 127.0.0.1:{server.port} ({MODEL}) on")).to_contain_text("; cost $0.")
    assert saved(page, "the server’s own file").startswith(b"\x89PNG")
    page.get_by_role("link", name="this photo").click()
    expect(page.get_by_text("What was made from this photo cost $0.")).to_be_visible()
    page.get_by_role("link", name="Photos stay here until you send one").click()
    look_up_what_left(page, photos)
    assert log.origins == {f"localhost:{app.port}"}
    assert not log.complaints


def give_the_key(page: Page, app: Served) -> None:
    page.goto(f"{app.address}/settings")
    page.get_by_label("Your key").fill(f" {KEY}\n")
    page.get_by_role("button", name="Save the key").click()
    expect(page.get_by_text(f"A key ending in …{KEY[-4:]}")).to_be_visible()
    page.get_by_role("button", name="Test the connection").click()
    expect(page.get_by_text("It works.")).to_be_visible()


def look_at_what_would_leave(page: Page, app: Served) -> tuple[bytes, str]:
    """Return the picture and the description as they are shown before the first yes."""
    expect(page.get_by_role("heading", name="May your photo be sent to")).to_be_visible()
    expect(page.get_by_text("This server is reached without encryption.")).to_be_visible()
    expect(page.get_by_text("2 times about")).to_be_visible()
    expect(page.locator("dd", has_text="about $")).to_be_visible()
    picture = page.get_by_role("img", name="The exact picture that would be sent").first
    answer = page.request.get(app.address + str(picture.get_attribute("src")))
    assert answer.headers["cache-control"] == "no-store"
    page.get_by_text("The description of the look, word for word").first.click()
    return answer.body(), page.locator("pre").first.inner_text()


def look_up_what_left(page: Page, photos: set[str]) -> None:
    """Find every picture that was sent in the list and in the table."""
    expect(page.locator(".sums")).to_contain_text("$0.")
    rows = page.locator(".sent > li")
    expect(rows).to_have_count(2)
    for row in rows.all():
        row.locator("summary").click()
    for said in (*photos, "without encryption", "req_", "should be gone by", MODEL):
        expect(page.locator(".sent dd", has_text=said).first).to_be_visible()
    table = list(csv.DictReader(io.StringIO(saved(page, "Save as CSV").decode("utf-8-sig"))))
    assert [row["outcome"] for row in table] == ["answered", "answered"]
    assert {row["picture_sha256"] for row in table} == photos


def saved(page: Page, name: str) -> bytes:
    """Return what a link saves."""
    with page.expect_download() as coming:
        page.get_by_role("link", name=name).click()
    return Path(coming.value.path()).read_bytes()


def test_the_key_never_comes_back(page: Page, app: Served, photo: str) -> None:
    answers: list[bytes] = []
    page.on("response", lambda answer: answers.append(answer.body() if answer.ok else b""))
    page.on(
        "websocket", lambda line: line.on("framereceived", lambda said: answers.append(str(said).encode()))
    )
    page.goto(f"{app.address}/settings")
    expect(page.get_by_text("A key ending in …")).to_be_visible()
    looks(page, app, photo)
    page.wait_for_load_state("networkidle")
    assert any(KEY[-4:].encode() in answer for answer in answers)
    assert not any(KEY[:-4].encode() in answer for answer in answers)


def test_a_wrong_key_is_explained_with_the_place_to_go(page: Page, app: Served, server: OpenAIServer) -> None:
    server.play_check(Fault.wrong_key())
    page.goto(f"{app.address}/settings")
    page.get_by_role("button", name="Test the connection").click()
    expect(page.locator(".provider .note").first).to_contain_text("did not accept the key")


@pytest.mark.thorough
def test_a_key_that_is_refused_in_the_work_leads_to_the_settings(
    page: Page, app: Served, server: OpenAIServer, photo: str
) -> None:
    agree(page, app, photo)
    server.forget()
    server.play(Fault.wrong_key())
    order(page, app, photo)
    page.locator(".job").get_by_role("link", name="Open the settings").click(timeout=SLOW_MS)
    expect(page.get_by_role("heading", name="Your yes")).to_be_visible()


@pytest.mark.thorough
def test_without_a_key_nothing_stops_and_two_steps_lead_on(browser: Browser, tmp_path: Path) -> None:
    agreed_to_policy(tmp_path / "d")
    served = start(
        ["-m", "headshot_web", "--port", str(free_port()), "--data-dir", str(tmp_path / "d"), "--no-browser"],
        PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring",
        OPENAI_API_KEY="",
    )
    try:
        with browser.new_context(locale="de-DE") as context:
            page = context.new_page()
            fresh = bring(page, served)
            page.goto(f"{served.address}/photo/{fresh}/looks?looks={LOOK}")
            expect(page.get_by_role("radio", name="This computer")).to_be_checked()
            expect(page.get_by_role("button", name="Make 1 headshot")).to_be_enabled()
            page.get_by_role("button", name="Add a key in two steps").click()
            there = page.get_by_role("link", name="Open OpenAI’s page of keys")
            expect(there).to_have_attribute("href", "https://platform.openai.com/api-keys")
            expect(there).to_have_attribute("rel", re.compile("noreferrer"))
            expect(there).to_have_attribute("target", "_blank")
            page.get_by_label("Your key").fill("nonsense with spaces")
            page.get_by_role("button", name="Save the key").click()
            expect(page.get_by_role("alert")).to_contain_text("This is not a key.")
            page.get_by_label("Your key").fill(KEY)
            page.get_by_role("button", name="Save the key").click()
            expect(page.get_by_role("radio", name="OpenAI")).to_be_checked()
            make = page.get_by_role("button", name="Make 1 headshot")
            expect(make).to_have_text(re.compile(r"OpenAI · about \d,\d\d–\d,\d\d\s\$"))
            page.get_by_text("4", exact=True).click()
            page.get_by_role("checkbox", name="LinkedIn daylight").check()
            expect(page.get_by_role("button", name="Make 8 headshots")).to_be_enabled()
            page.get_by_role("button", name="Make 8 headshots").click()
            expect(page.get_by_role("heading", name="May your photo be sent to OpenAI?")).to_be_visible()
            expect(page.get_by_text("normally keeps it for up to 30 days")).to_be_visible()
            expect(page.get_by_text("api.openai.com, over HTTPS")).to_be_visible()
    finally:
        served.stop()
        served.errors.close()


@pytest.mark.thorough
def test_a_yes_taken_back_is_asked_for_again_and_this_computer_sends_nothing(
    page: Page, app: Served, server: OpenAIServer, photo: str
) -> None:
    agree(page, app, photo)
    server.forget()
    page.goto(f"{app.address}/settings")
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("Taken back.")).to_be_visible()
    looks(page, app, photo).get_by_role("button", name="Make 1 headshot").click()
    page.get_by_role("button", name="Make it on this computer instead").click()
    page.wait_for_url("**/headshot/*", timeout=SLOW_MS)
    expect(page.get_by_text("Retouched on this computer")).to_be_visible()
    assert not server.posts


@pytest.mark.thorough
def test_pressed_twice_reloaded_gone_back_to_and_in_two_tabs_it_is_sent_once(
    page: Page, app: Served, server: OpenAIServer, photo: str
) -> None:
    page.goto(f"{app.address}/settings")
    if page.get_by_role("button", name="Take it back").is_visible():
        page.get_by_role("button", name="Take it back").click()
        expect(page.get_by_text("Taken back.")).to_be_visible()
    server.delay_s = 1.0
    looks(page, app, photo, LOOK, "founder-loft").get_by_role("button", name="Make 2 headshots").click()
    page.wait_for_url("**/sending*")
    second = page.context.new_page()
    second.goto(page.url)
    there = page.url
    page.get_by_role("button", name="Yes, send").dblclick()
    page.wait_for_url("**/order/*")
    second.get_by_role("button", name="Yes, send").click()
    second.wait_for_url("**/order/*")
    assert second.url == page.url
    page.reload()
    second.goto(there)
    second.get_by_role("button", name="Send this photo to").click()
    second.wait_for_url("**/order/*")
    page.go_back()
    page.go_forward()
    for tab in (page, second):
        expect(tab.get_by_role("heading", name="Your 2 headshots are ready.")).to_be_visible(timeout=SLOW_MS)
    assert len(server.posts) == 2


@pytest.mark.thorough
def test_a_pause_is_counted_down_and_ends_by_itself(
    page: Page, app: Served, server: OpenAIServer, photo: str
) -> None:
    agree(page, app, photo)
    server.forget()
    server.play(Fault.rate_limited(8))
    order(page, app, photo)
    pause = page.get_by_role("timer")
    expect(pause).to_contain_text(re.compile(r"goes on by itself in 0:0[3-8]"))
    expect(pause).to_contain_text(re.compile(r"in 0:0[12]"))
    page.wait_for_url("**/headshot/*", timeout=SLOW_MS)
    assert len(server.posts) == 2


@pytest.mark.thorough
def test_a_refusal_is_kind_and_this_computer_helps_out(
    page: Page, app: Served, server: OpenAIServer, photo: str
) -> None:
    agree(page, app, photo)
    server.forget()
    server.play(Fault.moderation())
    order(page, app, photo)
    expect(page.get_by_text("safety check said no")).to_be_visible(timeout=SLOW_MS)
    expect(page.locator(".request")).to_contain_text("req_")
    expect(page).to_have_title("No headshot was made · AI Headshot Pro")
    again = page.get_by_role("button", name="Try the failed one again")
    expect(again).to_contain_text("about $")
    page.get_by_role("button", name="Make it on this computer").dblclick()
    page.wait_for_url("**/headshot/*", timeout=SLOW_MS)
    expect(page.get_by_text("Retouched on this computer")).to_be_visible()
    assert len(server.posts) == 1


@pytest.mark.thorough
def test_what_may_have_been_charged_is_sent_again_only_by_its_own_button(
    page: Page, app: Served, server: OpenAIServer, photo: str
) -> None:
    agree(page, app, photo)
    server.forget()
    server.play(Fault.half_body())
    order(page, app, photo)
    expect(page.get_by_text("it may have been charged")).to_be_visible(timeout=SLOW_MS)
    page.reload()
    again = page.get_by_role("button", name="Try again anyway")
    expect(again).to_contain_text("about $")
    expect(page.get_by_role("button", name="Try the failed one again")).to_be_hidden()
    page.goto(f"{app.address}/sent")
    expect(page.get_by_text("1 may have been charged without bringing a picture.")).to_be_visible()
    page.go_back()
    assert len(server.posts) == 1
    again.dblclick()
    expect(page).to_have_url(re.compile("/headshot/|/order/"))
    expect(page.get_by_role("link", name="See Advisor navy").or_(page.get_by_role("slider"))).to_be_visible(
        timeout=SLOW_MS
    )
    assert len(server.posts) == 2


@pytest.mark.thorough
def test_over_the_budget_nothing_can_be_sent(
    page: Page, app: Served, server: OpenAIServer, photo: str
) -> None:
    agree(page, app, photo)
    server.forget()
    page.goto(f"{app.address}/settings#budget")
    page.get_by_label("Most in a day").fill("0.01")
    page.get_by_role("button", name="Save the budget").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.goto(f"{app.address}/photo/{photo}/looks?looks={LOOK}")
    expect(page.get_by_text("Over your budget of $0.01 a day.")).to_be_visible()
    expect(page.get_by_role("button", name="Make 1 headshot")).to_be_hidden()
    page.get_by_role("link", name="Change the budget").click()
    page.get_by_label("Most in a day").fill("a lot")
    page.get_by_role("button", name="Save the budget").click()
    expect(page.get_by_text("This can't be set")).to_be_visible()
    page.get_by_label("Most in a day").fill("")
    page.get_by_role("button", name="Save the budget").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert not server.posts


def complaints(page: Page, *rules: str) -> list[str]:
    """What axe-core finds; of these rules alone, or of all."""
    found = Axe().run(page, options={"runOnly": rules} if rules else None).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


@pytest.mark.thorough
def test_every_page_of_it_can_be_used_by_everyone_and_fits_a_small_phone(
    context: BrowserContext, app: Served, server: OpenAIServer, photo: str
) -> None:
    page = context.new_page()
    agree(page, app, photo)
    server.forget()
    server.play(Fault.moderation(), Fault.half_body(), Fault.no_money())
    order(page, app, photo, LOOK, "founder-loft", "linkedin-daylight", "boardroom-charcoal")
    expect(page.get_by_role("heading", name="1 of 4 headshots")).to_be_visible(timeout=SLOW_MS)
    headshot = page.get_by_role("link", name=re.compile("^See ")).get_attribute("href")
    ordered = page.url
    looks(page, app, photo, LOOK, "linkedin-daylight", more="&n=2")
    wall = page.url
    page.get_by_role("button", name="See what is sent").click()
    page.wait_for_url("**/sending*")
    addresses = (
        ordered,
        wall,
        page.url,
        f"{app.address}{headshot}",
        f"{app.address}/sent",
        f"{app.address}/settings",
    )
    found: dict[str, object] = {}
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": 360, "height": 740})
    for address in addresses:
        page.goto(address)
        shown(page)
        for fold in page.locator("summary").all()[:3]:
            fold.click()
        page.wait_for_timeout(200)
        if page.evaluate(SIDEWAYS):
            found[address] = "too wide"
        for scheme, rules in (("light", ()), ("dark", ("color-contrast", "link-in-text-block"))):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            if said := complaints(page, *rules):
                found[f"{address} {scheme}"] = said
    assert not found


@pytest.mark.thorough
def test_a_deleted_photo_leaves_its_lines_without_a_picture(
    page: Page, app: Served, server: OpenAIServer
) -> None:
    other = bring(page, app)
    agree(page, app, other)
    order(page, app, other, "founder-loft", more="&quality=draft")
    page.wait_for_url("**/headshot/*", timeout=SLOW_MS)
    page.goto(f"{app.address}/photo/{other}")
    page.get_by_role("button", name="Delete this photo").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete this photo").click()
    page.wait_for_url(f"{app.address}/")
    page.goto(f"{app.address}/sent")
    line = page.locator(".sent > li").first
    expect(line.locator("summary")).to_contain_text("deleted here since")
    expect(line.locator("img")).to_have_count(0)


@pytest.mark.thorough
def test_ten_thousand_lines_are_shown_a_page_at_a_time(page: Page, app: Served) -> None:
    assert app.folder
    with closing(sqlite3.connect(app.folder / "index.sqlite3")) as index, index:
        columns = [row[1] for row in index.execute("PRAGMA table_info(sendings)") if row[1] != "seq"]
        one = index.execute(f"SELECT {', '.join(columns)} FROM sendings LIMIT 1").fetchone()  # noqa: S608
        sql = f"INSERT INTO sendings ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608
        index.executemany(sql, [one] * MANY)
    page.goto(f"{app.address}/sent")
    rows = page.locator(".sent > li")
    expect(rows).to_have_count(50)
    more = page.get_by_role("button", name="Show more")
    for count in (100, 150):
        expect(more).to_be_enabled()
        more.press("Enter")  # the list grows above it: a mouse might let go of it elsewhere
        expect(rows).to_have_count(count)
    expect(page.get_by_text(re.compile(r"^150 of 10,0\d\d"))).to_be_visible()
