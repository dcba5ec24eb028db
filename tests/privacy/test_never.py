"""The promises about what is never done, each a test that is named as it."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from headshot_web.imaging import networks
from headshot_web.imaging.networks import CHECKSUMS, Network, verified
from headshot_web.index import MIGRATIONS
from headshot_web.model import Face
from headshot_web.paths import models_dir
from headshot_web.settings import Settings
from tests.doors import Reply, ask
from tests.phones import Phones
from tests.privacy.conftest import ORDER, PAGES, Visit
from tests.privacy.installed import ROOT, distributions, files

SHIPPED = [
    path
    for folder in ("headshot_web", "static")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".py", ".js", ".css", ".svg", ".toml", ".html"}
]
PERSONAL = {
    *("name", "email", "mail", "phone", "street", "city", "account", "user", "username", "login", "password"),
    *(
        "birth",
        "birthday",
        "age",
        "gender",
        "ip",
        "device",
        "advertising",
        "idfa",
        "fingerprint",
        "embedding",
    ),
}
TYPED = {
    *("key", "pasted", "day", "month", "address", "model", "draft", "after", "typed"),
    *("each", "all", "old", "fresh", "now", "count"),
}
"""What can be typed anywhere: a key, budgets, an own server and its models, days, the word “delete”, how many
each guest and all may have drawn and how many at once, an event, and its operator's PIN."""
TRACKS = re.compile(
    r"sentry|posthog|mixpanel|amplitude|segment|analytics|bugsnag|rollbar|datadog|ddtrace|newrelic|statsd|"
    r"honeycomb|logfire|raygun|airbrake|appcenter|firebase|crashlytics|appsflyer|opencensus|applicationinsights|"
    r"telemetry|prometheus|elastic-apm|scout-apm|clearcut|wandb|mlflow|comet-ml|huggingface|revenuecat|scarf"
)
RECOGNISES = re.compile(
    r"face|dlib|insight|mediapipe|onnx|torch|tensorflow|keras|opencv|rembg|arcface|vggface|retina"
)
HOSTS = (
    *(
        "google-analytics.com",
        "googletagmanager.com",
        "sentry.io",
        "posthog.com",
        "segment.io",
    ),
    *(
        "mixpanel.com",
        "amplitude.com",
        "bugsnag.com",
        "datadoghq.com",
        "newrelic.com",
        "honeycomb.io",
        "scarf.sh",
    ),
    *("appsflyer.com", "app-measurement.com", "crashlytics.com", "hotjar.com", "fullstory.com", "clarity.ms"),
    *("plausible.io", "play.googleapis.com", "applicationinsights.azure.com", "revenuecat.com"),
)
ALLOWED = {"opentelemetry-api"}
"""Interfaces that FastAPI names and that do nothing by themselves: see the test of no telemetry."""
PROGRAMS = {"ldconfig", "uname", "fc-list"}
"""What libraries start to ask this computer about itself."""
LINKS = {
    *("api.openai.com", "platform.openai.com", "status.openai.com"),
    *("www.w3.org", "iptc.org", "cv.iptc.org", "localhost"),
}
"""Whom the app's own files name: the provider, pages a person may open, and names in file formats."""


HOST = re.compile(r"//([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,})", re.IGNORECASE)
HEADERS = {
    *("accept-ranges", "cache-control", "content-encoding", "content-length", "content-security-policy"),
    *("content-type", "cross-origin-opener-policy", "cross-origin-resource-policy", "date", "etag"),
    *("last-modified", "permissions-policy", "referrer-policy", "set-cookie", "transfer-encoding", "vary"),
    *("x-content-type-options", "x-frame-options"),
}
"""All that an answer says beside what was asked for; none of them makes a browser load or tell anything."""


def addresses(visit: Visit) -> list[str]:
    return [path.format(photo=visit.photo, headshot=visit.here, order=ORDER) for path in PAGES]


def test_you_need_no_account_no_name_and_no_e_mail_address(visit: Visit) -> None:
    pages = [*visit.first, *map(visit.at.page, addresses(visit))]
    elements = [element for page in pages for element in page.elements.values()]
    asking = {"input", "textarea", "select", "form", "q-input", "q-select", "q-date"}
    assert not [element for element in elements if element["tag"] in asking]
    inputs = [
        tag
        for path in (ROOT / "static").rglob("*.js")
        for tag in re.findall(r"<(?:input|textarea|select)\b[^>]*>", path.read_text(encoding="utf-8"))
    ]
    free = [tag for tag in inputs if not re.search('type="(radio|checkbox|color|file)"|^<select', tag)]
    assert {model for tag in free for model in re.findall(r'v-model="(\w+)"', tag)} == TYPED
    kinds = '(type="(text|password)"|:type="kind|<textarea).*autocomplete="off"'
    assert not [tag for tag in free if not re.search(kinds, tag)]
    tables = " ".join(step for steps in MIGRATIONS for step in steps)
    columns = set(re.findall(r"(\w+) (?:TEXT|INTEGER|REAL|BLOB)", tables))
    assert "created_at" in columns
    known = columns | set(Settings.model_fields)
    assert not {one for one in known if PERSONAL & set(one.split("_"))}


def test_there_are_no_ads_no_tracking_no_profiling_and_no_telemetry(visit: Visit) -> None:
    installed = distributions()
    assert {"nicegui", "openai", "starlette", "numpy", "httpx2"} <= installed.keys()
    assert {name for name in installed if TRACKS.search(name)} <= ALLOWED
    named = {
        f"{owner}: {host}"
        for owner, path in [*files(".py", ".js", ".mjs"), *(("ours", path) for path in SHIPPED)]
        for data in [path.read_bytes() if path.is_file() else b""]
        for host in HOSTS
        if host.encode() in data
    }
    assert named == set()
    listening = [
        one
        for there in installed.values()
        for one in there.entry_points
        if one.group.startswith("opentelemetry")
    ]
    providers = [one for one in listening if one.group.endswith("_provider")]
    assert all(one.value.partition(":")[2].startswith("NoOp") for one in providers), providers
    assert not [one for one in listening if "exporter" in one.group or "processor" in one.group]
    silent = subprocess.run(
        [sys.executable, "-c", SILENT], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert silent.returncode == 0, silent.stderr
    kept = {cookie.partition("=")[0] for cookie in visit.at.cookies}
    assert kept == {f"hsw_{visit.at.port}"}, "no other mark is put on a browser"


SILENT = """
import tempfile
from pathlib import Path
from typing import Any
from headshot_web.settings import Settings
from headshot_web.web.server import build
from tests.fake_studio import FakeStudio
settings = Settings(data_dir=Path(tempfile.mkdtemp()))
settings.folders.prepare()
nobody: Any = None
build(FakeStudio(settings), settings, port=1, lan=nobody, register=lambda studio, lan: None)
import nicegui.core, openai
from opentelemetry import metrics, trace
span = trace.get_tracer("fastapi").start_span("a request")
assert not span.is_recording(), "somebody listens to every request"
assert not span.get_span_context().is_valid
assert type(trace.get_tracer_provider()).__module__ == "opentelemetry.trace"
assert type(metrics.get_meter_provider()).__module__.startswith("opentelemetry.metrics")
assert nicegui.core.air is None, "NiceGUI would open the app to a relay"
"""


def test_nothing_about_you_is_collected_sold_or_shared(visit: Visit) -> None:
    provider = ("socket.connect", "127.0.0.1", visit.provider.port)
    assert provider in visit.at.calls, "whoever is called is noticed"
    local = {call for call in visit.at.calls if call[0] == "subprocess.Popen"}
    assert {Path(whom).name for _, whom, _ in local} <= PROGRAMS
    assert visit.at.calls - local <= {provider, ("socket.getaddrinfo", "127.0.0.1", 0)}
    named = {
        str(urlsplit(address).hostname)
        for path in SHIPPED
        for address in re.findall(r"https?://[a-z0-9.-]+\.[a-z]+", path.read_text(encoding="utf-8"))
    }
    assert named <= LINKS


def loaded_by(page: Reply, door: str) -> set[str]:
    """All that a page loads, and every host that it names beside those a person may go to."""
    assert page.status == 200
    assert page.headers.keys() <= HEADERS, "no header leads anywhere"
    for rule in page.headers["content-security-policy"].split("; "):
        for source in rule.split()[1:]:
            assert source in {"blob:", "data:", f"ws://{door}"} or re.fullmatch(r"'[\w-]+'", source), rule
    text = html.unescape(page.body.decode())
    tags = re.findall(r"<(?:script|link|img|iframe|source|video|form)[^>]*>", page.body.decode())
    found = {address for tag in tags for address in re.findall(r'(?:src|href|action)="?([^" >]+)', tag)}
    found |= set(re.findall(r'"(?:src|srcset|poster|icon)": ?"([^"]+)"', text))
    found |= set(re.findall(r"url\(['\"]?([^'\")]+)", text))
    return found | {f"//{host}" for host in HOST.findall(text) if host not in LINKS}


def test_the_pages_load_nothing_from_anywhere_but_this_computer(visit: Visit, home: Phones) -> None:
    port = visit.at.port
    cookie = visit.at.page("/").headers
    pages = [ask(port, "GET", path, {**cookie, "Accept": "text/html"}) for path in addresses(visit)]
    loaded = {one for page in (*visit.firsts, *pages) for one in loaded_by(page, f"localhost:{port}")}
    new, guest = home.paired(agreed=False), home.paired()
    phones = [home.phone().page("/pair"), new.page("/welcome"), *map(guest.page, ("/", "/visit", "/gallery"))]
    loaded |= {one for page in phones for one in loaded_by(page, new.host)}
    sheets = [one for one in loaded if one.startswith("/static/") and ".css" in one]
    assert len(sheets) > 1
    for sheet in sheets:
        text = ask(port, "GET", sheet, cookie).body.decode()
        loaded |= set(re.findall(r"url\(['\"]?([^'\")]+)", text))
        assert "@import" not in text
    scripts = [
        path.read_text(encoding="utf-8") for path in SHIPPED if path.suffix in {".js", ".svg", ".html"}
    ]
    loaded |= {f"//{host}" for text in scripts for host in HOST.findall(text) if host not in LINKS}
    assert [one for one in loaded if not re.match(r"/(?!/)|data:", one)] == []
    for address in (*sheets[:1], f"/media/photo/{visit.photo}", "/api/headshots", "/nowhere"):
        assert ask(port, "GET", address, cookie).headers.keys() <= HEADERS, address


def test_headshots_are_made_on_this_computer_without_any_network(visit: Visit) -> None:
    assert visit.files["here.jpg"][:2] == b"\xff\xd8"
    assert {call for call in visit.called_before if call[0] != "subprocess.Popen"} == set()


def _has_namespaces() -> bool:
    program = shutil.which("unshare")
    return bool(program) and not subprocess.run([program or "", "-rn", "true"], check=False).returncode


@pytest.mark.skipif(not _has_namespaces(), reason="this system gives out no network namespaces (unshare -rn)")
def test_the_whole_way_can_be_gone_where_there_is_no_network_at_all(tmp_path: Path) -> None:
    gone = subprocess.run(
        ["unshare", "-rn", sys.executable, "-m", "tests.privacy.house", str(tmp_path), "--air-gap"],
        cwd=ROOT, check=False, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert gone.returncode == 0, gone.stderr
    told = json.loads(gone.stdout.splitlines()[-1])
    assert told["links"] == ["lo"]
    assert not [call for call in told["calls"] if call[0] != "subprocess.Popen"]


def test_nobody_is_recognised() -> None:
    assert {name for name in distributions() if RECOGNISES.search(name)} == set()
    learnt = (
        ".tflite",
        ".onnx",
        ".pt",
        ".pth",
        ".pb",
        ".h5",
        ".task",
        ".mlmodel",
        ".safetensors",
        ".caffemodel",
    )
    assert [
        path for name, path in files(*learnt) if name != "headshot-web" and not path.name.startswith("_")
    ] == []
    shipped = {path.name for path in models_dir().iterdir() if path.is_file()} - {"README.md", CHECKSUMS}
    assert shipped == {network.value for network in Network}
    assert all(verified(network) for network in Network)
    shapes = {network: _says(network) for network in Network}
    # For each of 2304 places: a box and six points, 16 numbers, and how sure; for each pixel: person or not.
    assert shapes == {Network.FACES: [[2304, 16], [2304, 1]], Network.PERSON: [[256, 256, 1]]}
    assert [field.name for field in fields(Face)] == ["left", "top", "width", "height"]


def _says(network: Network) -> list[list[int]]:
    """What a network says of a picture, as shapes: an embedding would be one long row for a whole face."""
    from ai_edge_litert.interpreter import Interpreter  # noqa: PLC0415 - few tests need it

    interpreter = Interpreter(model_content=networks.verified(network))
    return [[int(side) for side in told["shape"][1:]] for told in interpreter.get_output_details()]


def test_if_subscriptions_are_turned_on_their_service_sees_technical_data_only(visit: Visit) -> None:
    """As long as there is no way to turn them on, it sees nothing: no code speaks to it at all."""
    saying = {path.name for path in SHIPPED if "revenuecat" in path.read_text(encoding="utf-8").lower()}
    assert saying <= {"policy.py", "words_privacy.py"}, "let this test then hold what is sent to the allowed"
    assert not [name for name in distributions() if "revenue" in name or "purchase" in name]
    assert not [name for name in Settings.model_fields if "subscri" in name or "revenue" in name]
    assert not [call for call in visit.at.calls if "revenuecat" in call[1]]
    shown = b"".join(visit.at.answers)
    assert b"There are none. If whoever runs this app turns them on" in shown
    assert "HEADSHOT_WEB_SUBSCRIPTIONS" not in os.environ
