"""The settings for drawing elsewhere in a real browser: an own server, how many at once, what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from headshot_web.settings import Settings
from tests.doors import Served, agreed_to_policy, free_port, start
from tests.openai_faults import Fault
from tests.openai_server import OWN_MODEL, OpenAIServer

pytestmark = pytest.mark.thorough
UNSAFE = "your OpenAI key is never sent there. Plain http works only inside your own network"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app as it comes: nothing of a provider was set at its start."""
    folder = tmp_path_factory.mktemp("app") / "data"
    agreed_to_policy(folder)
    served = start(
        ["-m", "headshot_web", "--port", str(free_port()), "--data-dir", str(folder), "--no-browser"],
        folder=folder,
        PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring",
        OPENAI_API_KEY="",
    )
    yield served
    served.stop()
    served.errors.close()


def section(page: Page, app: Served) -> Locator:
    page.goto(f"{app.address}/settings#provider")
    expect(page.locator(".provider")).to_be_visible()
    return page.locator(".provider")


def kept(app: Served) -> Settings:
    assert isinstance(app.folder, Path)
    return Settings(data_dir=app.folder)


def test_how_many_at_once_is_saved_and_nonsense_refused(page: Page, app: Served) -> None:
    part = section(page, app)
    field = part.get_by_label("At the same time, 1 to 20")
    save = part.get_by_role("button", name="Save the number")
    expect(field).to_have_value("3")
    for nonsense in ("a few", "0", "21"):
        field.fill(nonsense)
        save.click()
        expect(part.locator(".note")).to_contain_text("Write a whole number from 1 to 20.")
        expect(field).to_have_value(nonsense)
        assert kept(app).openai_at_once == 3
        field.fill("")
        save.click()
    field.fill(" 5")
    field.press("Enter")
    expect(part.get_by_text("Saved.")).to_be_visible()
    expect(part.locator(".note")).to_have_count(0)
    page.reload()
    expect(field).to_have_value("5")
    assert kept(app).openai_at_once == 5


def test_a_server_of_ones_own_is_warned_of_tried_and_left_again(
    page: Page, app: Served, own_server: OpenAIServer
) -> None:
    part = section(page, app)
    host = f"127.0.0.1:{own_server.port}"
    part.get_by_text("Models and your own server").click()
    address, save = part.get_by_label("Address"), part.get_by_role("button", name="Save", exact=True)
    warning = part.locator(".note", has_text=UNSAFE)
    expect(warning).to_have_count(0)
    address.fill("http://pictures.example")
    expect(warning).to_be_visible()
    save.click()
    expect(part.get_by_text("This server address can't be used.")).to_be_visible()
    expect(address).to_have_value("http://pictures.example")
    address.fill(own_server.base_url)
    part.get_by_label("Model for headshots").fill(OWN_MODEL)
    save.click()
    expect(part.get_by_role("heading", level=2)).to_have_text(host)
    expect(part.get_by_text("This server was set up without a key")).to_be_visible()
    expect(warning).to_be_visible()
    part.get_by_role("button", name="Test the connection").click()
    expect(part.get_by_text(f"It works. {host} answered and knows the key.")).to_be_visible()
    own_server.play_check(Fault.missing_scope())
    part.get_by_role("button", name="Test the connection").click()
    expect(part.get_by_text("may not list the models, which is not needed.")).to_be_visible()
    own_server.play_check(Fault.wrong_key())
    part.get_by_role("button", name="Test the connection").click()
    expect(part.get_by_text("Your server did not accept the key.")).to_be_visible()
    number = own_server.exchanges[-1].request_id
    expect(part.locator(".request")).to_have_text(f"Number of the request at {host}: {number}")
    page.reload()
    expect(address).to_have_value(own_server.base_url)
    part.get_by_role("button", name="Use OpenAI").click()
    expect(part.get_by_role("heading", level=2)).to_have_text("OpenAI")
    expect(warning).to_have_count(0)
    assert kept(app).openai_base_url == Settings().openai_base_url
    assert not own_server.posts


def test_a_model_that_ends_is_warned_of_until_another_is_chosen(page: Page, app: Served) -> None:
    part = section(page, app)
    part.get_by_text("Models and your own server").click()
    field, save = part.get_by_label("Model for drafts"), part.get_by_role("button", name="Save", exact=True)
    field.fill("gpt-image-1.5")
    save.click()
    warning = part.locator(".note.ends")
    expect(warning).to_contain_text("gpt-image-1.5")
    expect(warning).to_contain_text("shut down on 1 December 2026. It draws your drafts.")
    page.reload()
    expect(warning).to_be_visible()
    expect(field).to_be_visible()
    field.fill("")
    save.click()
    expect(warning).to_have_count(0)


def test_a_budget_is_typed_as_the_visitor_writes_it(browser: Browser, app: Served) -> None:
    with browser.new_context(locale="cs-CZ") as context:
        part = section(context.new_page(), app)
        field = part.get_by_label("Most in a day")
        field.fill("1.000")
        part.get_by_role("button", name="Save the budget").click()
        expect(part.locator(".note")).to_contain_text("Write an amount like 1\u00a0250 or 12,50")
        expect(field).to_have_value("1.000")
        field.fill("12,5")
        part.get_by_role("button", name="Save the budget").click()
        expect(part.get_by_text("Saved.")).to_be_visible()
        expect(field).to_have_value("12,50")
    with browser.new_context(locale="en-US") as context:
        field = section(context.new_page(), app).get_by_label("Most in a day")
        expect(field).to_have_value("12.50")
