"""How soon a gallery of ten thousand can be used, and how soon the app answers while headshots are made."""

from __future__ import annotations

import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import launch
from tests.browser.gallery_filler import fill
from tests.browser.steps import bring, choose
from tests.doors import Served, agreed_to_policy, free_port, start

Figure = tuple[str, float, float | None]
"""A name, the value measured, and the most it may be (None when it is only told)."""

MANY = 10_000
ROUNDS = 7
LOOKS = ("Advisor navy", "Boardroom charcoal", "Consultant cream", "LinkedIn daylight")
# When the page could be used, and when it showed pictures, on this machine's clock; either may come first.
WATCH = """(() => {
    const now = () => (performance.timeOrigin + performance.now()) / 1000;
    const seen = window.seen = { usable: null, pictures: null };
    const empty = () => document.querySelector('.empty');
    const usable = () => window.did_handshake && (empty() || document.querySelector('.tile .says'));
    const shots = () => [...document.querySelectorAll('.tile .shot img')];
    const pictures = () => empty() || shots().some((i) => i.complete && i.naturalWidth);
    const look = () => {
        if (!seen.usable && usable()) seen.usable = now();
        if (!seen.pictures && pictures()) seen.pictures = now();
        if (!seen.usable || !seen.pictures) setTimeout(look, 5);
    };
    look();
})()"""
SEEN = "window.seen.usable && window.seen.pictures"
ANSWERS = """async () => {
    const taken = [];
    while (!document.querySelector('.jobs.finished')) {
        const begin = performance.now();
        await (await fetch('/api/headshots?limit=1')).json();
        taken.push(performance.now() - begin);
        await new Promise((later) => setTimeout(later, 10));
    }
    return taken;
}"""


def figures() -> list[Figure]:
    """Measure both galleries in turn and take the least; then the answers while four headshots are made."""
    with ExitStack() as stack:
        player = stack.enter_context(sync_playwright())
        browser = launch(player)
        stack.callback(browser.close)
        full, empty = (_served(stack, headshots) for headshots in (MANY, 0))
        turns = [(_open(browser, full), _open(browser, empty)) for _ in range(ROUNDS)]
        usable, pictures = (min(turn[0][kind] for turn in turns[1:]) for kind in (0, 1))
        usable_empty = min(turn[1][0] for turn in turns[1:])
        answers = sorted(_answers(browser, empty))
        return [
            ("gallery of 10,000 usable over an empty one", usable / usable_empty, 1.3),
            ("gallery of 10,000 usable, seconds", usable, None),
            ("empty gallery usable, seconds", usable_empty, None),
            ("first pictures of 10,000, seconds", pictures, 1.0),
            ("answer while 4 headshots are made, p99, ms", answers[int(len(answers) * 0.99)], 100.0),
            ("answer while 4 headshots are made, median, ms", answers[len(answers) // 2], None),
        ]


def _served(stack: ExitStack, headshots: int) -> Served:
    """Start the app with a folder that holds so many headshots."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "data"
    fill(folder, headshots)
    agreed_to_policy(folder)
    command = ["-m", "headshot_web", "--port", str(free_port()), "--data-dir", str(folder), "--no-browser"]
    served = start(command, folder=folder)
    stack.callback(served.errors.close)
    stack.callback(served.stop)
    return served


def _open(browser: Browser, app: Served) -> tuple[float, float]:
    """Open the gallery in an empty profile: seconds until it can be used, and until it shows pictures."""
    with browser.new_context() as context:
        page = context.new_page()
        page.add_init_script(WATCH)
        began = time.time()
        page.goto(f"{app.address}/gallery", wait_until="commit")
        page.wait_for_function(SEEN, polling=50)
        seen = page.evaluate("window.seen")
        return seen["usable"] - began, seen["pictures"] - began


def _answers(browser: Browser, app: Served) -> list[float]:
    """Order four headshots and ask for the gallery's list meanwhile; milliseconds of each answer."""
    with browser.new_context() as context:
        page: Page = context.new_page()
        choose(page, app, bring(page, app), *LOOKS)
        page.get_by_role("button", name="Make 4 headshots").click()
        page.wait_for_url("**/order/*")
        page.wait_for_selector(".job")
        answers: list[float] = page.evaluate(ANSWERS)
        return answers
