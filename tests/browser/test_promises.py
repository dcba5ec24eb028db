"""The promise that only a browser can keep or break, as a test that is named as it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.steps import SLOW_MS, bring
from tests.doors import Served, ask

COUNTED = """
window.opened = [];
function noted(what, name, as) {
    const real = what?.[name]?.bind(what);
    if (real) what[name] = (...wish) => { opened.push(as); return real(...wish); };
}
noted(navigator.mediaDevices, 'getUserMedia', 'camera');
noted(navigator.mediaDevices, 'enumerateDevices', 'devices');
noted(navigator, 'webkitGetUserMedia', 'camera');
for (const name of ['read', 'readText']) noted(navigator.clipboard, name, 'clipboard');
for (const name of ['showOpenFilePicker', 'showDirectoryPicker'])
    window[name] = async () => { opened.push(name); throw new Error(name); };
const read = FileReader.prototype.readAsArrayBuffer;
FileReader.prototype.readAsArrayBuffer = function (file) {
    opened.push('file'); return read.call(this, file);
};
"""


def test_the_camera_is_opened_and_a_photo_is_read_only_when_you_choose_it(page: Page, app: Served) -> None:
    choosers: list[object] = []
    page.on("filechooser", lambda chooser: choosers.append(chooser))  # noqa: PLW0108 - Playwright asks for a function
    page.add_init_script(COUNTED)
    photo = bring(page, app)
    pages = (
        "/",
        f"/photo/{photo}",
        f"/photo/{photo}/looks",
        "/gallery",
        "/settings",
    )
    for path in pages:
        page.goto(app.address + path)
        page.wait_for_function("window.did_handshake === true")
        page.wait_for_timeout(100)
        assert page.evaluate("opened") == [], path
    assert not choosers
    allowed = ask(app.port, "GET", "/").headers["permissions-policy"].split(", ")
    assert {"camera=(self)", "microphone=()", "geolocation=()", "display-capture=()"} <= set(allowed)
    page.goto(app.address)
    expect(page.get_by_role("button", name="Use the camera")).to_be_visible(timeout=SLOW_MS)
    page.get_by_role("button", name="Use the camera").click()
    page.wait_for_function("opened.length > 0")
    assert page.evaluate("opened") == ["camera"]
    for other in ("mediaDevices.enumerateDevices", "clipboard.readText"):
        page.evaluate(f"void navigator.{other}().catch(() => 0)")
    assert page.evaluate("opened") == ["camera", "devices", "clipboard"], "each would have been noticed"
    assert page.locator("input[webkitdirectory]").count() == 0, "one photo is chosen, never a folder"
