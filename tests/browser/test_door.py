"""What another site, another app on this computer, and our own pages can do in a real Chromium."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests import portraits
from tests.browser.chromium import Log, launch
from tests.doors import Served, Visitor, ask, free_port, start_door
from tests.fake_studio import PHOTO


class Stranger(http.server.BaseHTTPRequestHandler):
    """Another app on this computer: serves an empty page and remembers who asked."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>stranger</title><body>")

    do_POST = do_GET  # noqa: N815 - the standard library's name

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@pytest.fixture(scope="module")
def stranger() -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []
    handler = type("Asked", (Stranger,), {"asked": asked})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def press(page: Page) -> None:
    before = page.get_by_text("pressed").inner_text()
    page.get_by_role("button", name="Press").click()
    expect(page.get_by_text("pressed")).not_to_have_text(before)


def count(door: Served) -> str:
    return next(
        str(element["text"])
        for element in Visitor.opens(door.port).elements.values()
        if str(element.get("text", "")).startswith("pressed")
    )


def test_opening_localhost_just_works_and_talks_to_us_alone(page: Page, log: Log, door: Served) -> None:
    for name in ("localhost", "127.0.0.1"):
        page.goto(f"http://{name}:{door.port}/")
        before = page.get_by_text("pressed").inner_text()
        press(page)
        expect(page.get_by_text("pressed")).not_to_have_text(before)
    page.wait_for_function("window.socket.io.engine.transport.name === 'websocket'")
    assert log.origins == {f"localhost:{door.port}", f"127.0.0.1:{door.port}"}
    assert log.complaints == []


def test_the_page_breaks_no_rule_of_its_own_and_lets_nothing_out(
    page: Page, door: Served, stranger: tuple[str, list[str]]
) -> None:
    address, asked = stranger
    page.add_init_script(
        "window.broken=[];addEventListener('securitypolicyviolation',e=>broken.push(e.effectiveDirective))"
    )
    page.goto(door.address)
    press(page)
    page.wait_for_timeout(300)
    assert page.evaluate("broken") == []
    asked.clear()
    page.evaluate(
        """async (there) => {
            await fetch(there + '/fetch', {mode: 'no-cors'}).catch(() => 0);
            navigator.sendBeacon(there + '/beacon', 'x');
            new Image().src = there + '/image';
            try { new WebSocket(there.replace('http', 'ws') + '/socket') } catch {}
            document.body.insertAdjacentHTML('beforeend',
                `<iframe src="${there}/frame"></iframe><link rel=stylesheet href="${there}/style">
                 <form id=out action="${there}/form" method=post target=_self></form>
                 <img src=x onerror="window.hacked=1"><base href="${there}/">`);
            const script = document.createElement('div');
            script.innerHTML = '<script>window.hacked=1</' + 'script>';
            document.body.append(script);
            document.getElementById('out').submit();
            await new Promise(done => setTimeout(done, 500));
        }""",
        address,
    )
    assert asked == []
    assert page.evaluate("window.hacked") is None
    assert len(set(page.evaluate("broken"))) >= 5


@pytest.mark.thorough
def test_every_page_of_the_app_keeps_its_own_rules_and_talks_to_us_alone(
    page: Page, log: Log, app: Served
) -> None:
    page.add_init_script("addEventListener('securitypolicyviolation',e=>console.error(e.effectiveDirective))")
    page.goto(app.address)
    selfie = portraits.saved(portraits.astronaut(), "JPEG")
    page.locator("input[type=file]").first.set_input_files(
        {"name": "C:me.jpg", "mimeType": "image/jpeg", "buffer": selfie}
    )
    page.wait_for_url("**/photo/*")
    photo = page.url.rpartition("/")[2]
    for path in (f"/photo/{photo}", f"/photo/{photo}/looks", "/gallery", "/privacy", "/settings", "/"):
        page.goto(app.address + path)
        page.wait_for_function("window.did_handshake === true")
    assert page.goto(f"{app.address}/media/photo/{photo}").status == 200  # type: ignore[union-attr]
    assert log.origins == {f"localhost:{app.port}"}
    assert log.complaints == []


ATTACK = """async ([there, client, photo]) => {
    const results = {}, io = '/_nicegui_ws/socket.io/?EIO=4';
    const attempt = async (name, act) => {
        try { results[name] = await act() } catch (error) { results[name] = 'shut' }
    };
    const own = {credentials: 'include'}, post = {method: 'POST', body: 'x'};
    const read = async (path, more) => (await fetch(there + path, {...own, ...more})).text();
    await attempt('page', () => read('/'));
    await attempt('list', () => read('/api/headshots'));
    await attempt('post', () => read('/api/photos', post));
    await attempt('blind post', async () =>
        (await fetch(there + '/api/photos', {...own, ...post, mode: 'no-cors'})).type);
    const shown = (tag, url) => new Promise(done => {
        const element = document.createElement(tag);
        element.onload = () => done('open'); element.onerror = () => done('shut');
        element.src = url; document.body.append(element);
        setTimeout(() => done('shut'), 3000);
    });
    await attempt('picture', () => shown('img', there + '/media/photo/' + photo));
    await attempt('script', () => shown('script', there + '/_nicegui/3.18.0/static/nicegui.js'));
    await attempt('socket', () => new Promise((done, shut) => {
        const line = new WebSocket(there.replace('http', 'ws') + io + '&transport=websocket' +
            '&implicit_handshake=true&next_message_id=0&tab_id=t&document_id=d&client_id=' + client);
        line.onmessage = () => done('open'); line.onerror = shut;
    }));
    await attempt('polling', () => read(io + '&transport=polling&client_id=' + client));
    return results;
}"""


def test_another_app_on_this_computer_reads_and_sends_nothing(
    context: BrowserContext, door: Served, stranger: tuple[str, list[str]]
) -> None:
    owner = context.new_page()
    owner.goto(door.address)
    press(owner)
    client = owner.evaluate("window.clientId")
    before = count(door)
    page = context.new_page()  # the same profile: localhost's cookies go to every port
    page.goto(stranger[0])
    results = page.evaluate(ATTACK, [door.address, client, PHOTO])
    blind = results.pop("blind post")
    assert set(results.values()) == {"shut"}, results
    assert blind in {"opaque", "shut"}  # it may be sent blindly; what became of it is told below
    assert count(door) == before
    frame = page.evaluate_handle(
        "there => Object.assign(document.body.appendChild(document.createElement('iframe')), {src: there})",
        door.address,
    )
    page.wait_for_timeout(500)
    inside = frame.as_element().content_frame()  # type: ignore[union-attr]
    assert inside is None or not inside.get_by_role("button", name="Press").count()


def test_a_link_from_another_app_stops_at_the_door_and_one_click_goes_on(
    page: Page, door: Served, stranger: tuple[str, list[str]]
) -> None:
    page.goto(stranger[0])
    page.evaluate("there => { location.href = there + '/' }", door.address)
    expect(page.get_by_role("heading")).to_have_text("Another site asked for this")
    assert page.context.cookies() == []
    page.get_by_role("link", name="AI Headshot Pro").click()
    expect(page.get_by_role("button", name="Press")).to_be_visible()


def test_a_rebound_name_opens_nothing(player: Playwright, door: Served) -> None:
    # Chromium's own check of private addresses is off: the door must do without it.
    trusting = "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests"
    chromium = launch(player, "--host-resolver-rules=MAP evil.test 127.0.0.1", trusting)
    try:
        page = chromium.new_page()
        answer = page.goto(f"http://evil.test:{door.port}/")
        assert answer is not None
        assert answer.status == 421
        assert page.context.cookies() == []
        assert "Press" not in page.content()
        # The attacker's own page, from before the name was bound to this computer:
        page.route("**/bait", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
        page.goto(f"http://evil.test:{door.port}/bait")
        for path in ("/", "/api/headshots", "/_nicegui/3.18.0/static/nicegui.js"):
            assert page.evaluate("async path => (await fetch(path)).status", path) == 421
        assert (
            page.evaluate("async () => (await fetch('/api/photos', {method: 'POST', body: 'x'})).status")
            == 421
        )
    finally:
        chromium.close()


@pytest.mark.thorough
def test_a_page_that_was_open_while_the_app_was_started_anew_comes_back(page: Page, tmp_path: Path) -> None:
    port = free_port()
    first = start_door(tmp_path, port)
    page.goto(first.address)
    press(page)
    expect(page.get_by_text("pressed 1")).to_be_visible()
    old = page.context.cookies()[0]["value"]
    first.stop()
    expect(page.locator("#popup")).to_have_attribute("aria-hidden", "false")
    second = start_door(tmp_path, port)
    try:
        assert second.port == port
        expect(page.get_by_text("pressed 0")).to_be_visible()
        press(page)
        expect(page.get_by_text("pressed 1")).to_be_visible()
        assert page.context.cookies()[0]["value"] != old
    finally:
        second.stop()
        first.errors.close()
        second.errors.close()


@pytest.mark.thorough
def test_a_page_whose_cookie_was_cleared_comes_back(page: Page, door: Served) -> None:
    page.goto(door.address)
    press(page)
    page.context.clear_cookies()
    with page.expect_navigation():
        page.evaluate("window.socket.io.engine.close()")
    before = page.get_by_text("pressed").inner_text()
    press(page)
    expect(page.get_by_text("pressed")).not_to_have_text(before)


@pytest.mark.thorough
def test_a_photo_too_large_is_told_so_in_the_browser(page: Page, door: Served) -> None:
    page.goto(door.address)
    told = page.evaluate(
        "async () => { const body = new Blob([new Uint8Array(40e6)]);"
        " const r = await fetch('/api/photos', {method: 'POST', body}); return [r.status, await r.json()] }"
    )
    assert told[0] == 413
    assert set(told[1]) == {"title", "advice"}
    assert ask(door.port, "GET", "/").status == 200
