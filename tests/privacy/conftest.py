"""One person's whole way through the app, headshots made here and elsewhere, for all promises to look at."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

import keyring
import pytest
from keyring.backends import fail

from tests import portraits
from tests.doors import Reply, Visitor, ask
from tests.openai_server import KEY, OpenAIServer
from tests.phones import Phones, computer
from tests.privacy.house import LOOK, House, bring, download, headshots, house, make, until

ORDER = "0f" * 16
YES = "Yes, send this photo"
INHERITED = "sk-proj-inherited0123456789abcdefghijklmn"
"""A key that the environment gives the app for OpenAI itself, and that nobody else may inherit."""


@dataclass
class Visit:
    """What a person did, where, and what each step led to."""

    at: House
    provider: OpenAIServer
    stranger: OpenAIServer
    """To whom the environment would lead everything."""
    photo: str = ""
    here: str = ""
    """The headshot that was made on this computer."""
    drawn: str = ""
    """The headshot that the provider drew."""
    files: dict[str, bytes] = field(default_factory=dict)
    """What was taken along."""
    called_before: set[tuple[str, str, int]] = field(default_factory=set)
    """Who was called until everything here was done."""
    first: list[Visitor] = field(default_factory=list)
    """The pages before the first yes."""
    firsts: list[Reply] = field(default_factory=list)
    """The same as they came."""
    sent_before: int = 0
    """How much had left when the yes was asked for."""
    asked: bool = False
    """Whether it was asked for."""
    yeses: list[tuple[str, str]] = field(default_factory=list)
    """What had been said yes to until then."""
    shown: dict[str, bytes] = field(default_factory=dict)
    """The picture and the description, as they were shown before they left."""


@pytest.fixture(autouse=True)
def _no_keyring() -> Iterator[None]:
    """Leave the keyring of whoever runs the tests alone."""
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]
    yield
    keyring.set_keyring(before)


@pytest.fixture(scope="session")
def visit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    """Agree, bring a photo that carries much, make a headshot here, have one drawn, take both along."""
    with OpenAIServer() as provider, OpenAIServer() as stranger:
        elsewhere = stranger.base_url.removesuffix("/v1")
        traps = dict.fromkeys(
            ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"), elsewhere
        )
        traps |= {"OPENAI_BASE_URL": stranger.base_url, "NO_PROXY": "", "no_proxy": ""}
        traps["OPENAI_API_KEY"] = INHERITED
        root = tmp_path_factory.mktemp("house")
        with house(root, agreed=False, server=provider.base_url, **traps) as at:
            yield _walked(Visit(at, provider, stranger))


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Phones]:
    """A computer that lets phones in; what a test closes, it opens again."""
    with computer(tmp_path_factory.mktemp("home") / "data") as opened:
        yield opened


def _walked(visit: Visit) -> Visit:
    at = visit.at
    visit.first = [at.page(path) for path in FIRST]
    visit.firsts = [ask(at.port, "GET", path, {"Accept": "text/html"}) for path in FIRST]
    at.press("/welcome", "click", on="13 or older")
    visit.photo = bring(at, portraits.laden("JPEG"))
    assert at.ask("GET", f"/media/photo/{visit.photo}/look/{LOOK}").status == 200
    at.page(f"/photo/{visit.photo}")
    visit.here = make(at, visit.photo)
    visit.files["here.jpg"] = download(at, visit.here)
    visit.called_before = at.calls

    at.press("/settings", "key", KEY)
    at.press(f"/photo/{visit.photo}/looks", "make", {"looks": [LOOK], "by": "provider", "quality": "draft"})
    sending = f"/photo/{visit.photo}/sending?looks={LOOK}&quality=draft&order={ORDER}"
    opened = at.page(sending)
    visit.asked = YES in json.dumps(opened.elements)
    visit.yeses, visit.sent_before = at.yeses, visit.provider.bytes_received
    visit.shown = _shown(at, opened)
    at.press(sending, "click", on=YES if visit.asked else "Send this photo", opened=opened)
    visit.drawn = until(lambda: next((one for one in headshots(at) if one != visit.here), ""))
    visit.files["drawn.jpg"] = download(at, visit.drawn)
    for path in ("sent.csv", "everything.zip", f"headshot/{visit.drawn}/original"):
        visit.files[path] = at.ask("GET", f"/download/{path}").body
    for path in PAGES:
        at.page(path.format(photo=visit.photo, headshot=visit.here, order=ORDER))
    return visit


def _shown(at: House, opened: Visitor) -> dict[str, bytes]:
    """What the page before sending shows of what would leave."""
    elements = opened.elements.values()
    pictures = [one["props"]["src"] for one in elements if one["tag"] == "img" and "src" in one["props"]]
    return {
        "picture": b"".join(at.ask("GET", address).body for address in pictures if "/sending?" in address),
        "prompt": "".join(one["text"] for one in elements if one["tag"] == "pre").encode(),
    }


FIRST = ("/welcome", "/not-yet")
PAGES = (
    "/", "/privacy", "/settings", "/sent", "/gallery", "/phones", "/photo/{photo}",
    "/photo/{photo}/looks", "/headshot/{headshot}", "/order/{order}",
    "/photo/{photo}/sending?looks=advisor-navy&order={order}",
)  # fmt: skip
"""Every page of the app behind its first one."""
