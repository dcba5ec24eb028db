"""The promises about what is said, asked and written of a person, each a test that is named as it."""

from __future__ import annotations

import json
import logging
import os
import re
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest

from headshot_web import logbook
from headshot_web.consent import ConsentKind
from headshot_web.imaging import marks
from headshot_web.imaging.marks import Mark
from headshot_web.logbook import Event
from headshot_web.policy import POLICY_DATE, day
from headshot_web.settings import Settings
from tests.doors import Visitor, ask
from tests.openai_server import KEY
from tests.portraits import astronaut, saved
from tests.privacy.conftest import ORDER, Visit
from tests.privacy.house import COMPUTER, DISGUISE, LOOK, PERSON, house
from tests.privacy.installed import ROOT
from tests.test_policy_dates import POLICIES, WHAT_TO_DO, said_by_the_policy
from tests.web.test_guard import dial

NAME = "IMG_Anna-Canary.heic"
WORDS = "a navy suit with a plain light shirt"


def test_the_log_stays_here_and_holds_no_key_no_picture_no_file_name_and_no_words_of_yours(
    visit: Visit, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folders = Settings(data_dir=tmp_path / "app").folders
    folders.prepare()
    picture = saved(astronaut(), "JPEG")[2000:2040]
    with logbook.keep(folders):
        for secret in (KEY, NAME, WORDS, repr(picture), visit.photo):
            error = OSError(2, secret, f"/volumes/anna/{secret}")
            logbook.note(Event.JOB_STOPPED, error)
            logging.getLogger("a_library").error("asked with %s", secret, exc_info=error)
            logging.getLogger("uvicorn.error").warning(secret)
            for own in ("headshot_web", "headshot_web.a_module"):
                logging.getLogger(own).error("%s", secret)
    lines = folders.log.read_text(encoding="ascii").splitlines()
    assert len(lines) == 25
    for text in ("\n".join(lines), "".join(capfd.readouterr())):
        assert not [
            one for one in (KEY, NAME, "Canary", "anna", WORDS, repr(picture), visit.photo) if one in text
        ]
    if os.name == "posix":
        assert stat.S_IMODE(folders.log.stat().st_mode) == 0o600
    whole = b"".join(data for name, data in visit.at.files.items() if name.startswith("log"))
    assert not [one for one in (KEY, visit.photo, visit.here, visit.drawn, WORDS) if one.encode() in whole]


LISTENING = """
import json, sys
called = []
def heard(event, args):
    if event.startswith(("socket.connect", "socket.send", "socket.get", "webbrowser", "os.exec")):
        called.append(event)
sys.addaudithook(heard)
from pathlib import Path
from headshot_web import report
from headshot_web.settings import Settings
text = report.compose(Settings(data_dir=Path(sys.argv[1])))
print(json.dumps({"called": called, "text": text}))
"""


def test_a_problem_report_is_a_text_for_you_to_read(visit: Visit) -> None:
    before = visit.at.calls, visit.provider.bytes_received, visit.stranger.bytes_received
    visit.at.press("/settings", "write", on="report", shows="What the doctor found")
    called, *received = visit.at.calls, visit.provider.bytes_received, visit.stranger.bytes_received
    assert not [call for call in called - before[0] if call[0] != "subprocess.Popen"]
    assert received == list(before[1:])
    done = subprocess.run(
        [sys.executable, "-c", DISGUISE + LISTENING, str(visit.at.data)],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    told = json.loads(done.stdout)
    assert told["called"] == []
    names = (COMPUTER, PERSON, str(visit.at.root), f"127.0.0.1:{visit.provider.port}")
    for secret in (KEY[:-4], visit.photo, visit.here, *names):
        assert secret not in told["text"]
        assert secret.encode() not in visit.at.answers[-1]


def test_every_headshot_says_in_its_file_how_it_was_made_unless_you_leave_that_out(visit: Visit) -> None:
    for headshot, mark in ((visit.here, Mark.RETOUCHED), (visit.drawn, Mark.EDITED_WITH_AI)):
        for kind in ("jpeg", "png", "webp"):
            path = f"/download/headshot/{headshot}?kind={kind}&px=200"
            assert marks.read(visit.at.ask("GET", path).body) is mark
            plain = visit.at.ask("GET", f"{path}&marks=0").body
            assert marks.read(plain) is None
            assert b"digitalsourcetype" not in plain.lower()
    assert marks.read(visit.files["here.jpg"]) is Mark.RETOUCHED, "without a word it stays in"
    assert marks.read(visit.files["drawn.jpg"]) is Mark.EDITED_WITH_AI


def _kept(folder: Path) -> dict[str, bytes]:
    """All that is in a folder, but for SQLite's map of its own memory."""
    found = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith("-shm"))
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


QUIET = {
    *(
        "a",
        "b",
        "button",
        "dd",
        "div",
        "dl",
        "dt",
        "h1",
        "h2",
        "header",
        "nicegui-html",
        "p",
        "section",
        "span",
    ),
    *("q-layout", "q-page", "q-page-container"),
}
"""What the pages before the first yes are made of: to be read, and pressed; nothing to be ticked or typed."""
STORES = re.compile(
    r"localStorage|sessionStorage|indexedDB|cookieStore|document\.cookie|\bcaches\b|serviceWorker",
    re.IGNORECASE,
)
"""How a page can let a browser remember something."""


def _heard(told: Visitor) -> str:
    """All that an opened page is told by the app in its first moments."""
    heard = ""
    with dial(told, told.socket_path()) as line, suppress(TimeoutError):
        line.recv(10)
        line.send("40")
        while True:
            heard += str(line.recv(0.3))
    return heard


def test_the_app_is_for_people_of_13_or_older(tmp_path: Path) -> None:
    with house(tmp_path / "house", agreed=False) as at:
        first = ask(at.port, "GET", "/")
        assert (first.status, first.headers["location"]) == (303, "/welcome")
        before = _kept(at.data)
        welcome, told = at.page("/welcome"), at.page("/not-yet")
        asked = json.dumps(welcome.elements, ensure_ascii=False)
        assert "13 or older" in asked
        assert '"/not-yet"' in asked
        assert {one["tag"] for page in (welcome, told) for one in page.elements.values()} <= QUIET
        assert not re.search("checked|model-value", asked), "nothing is ticked beforehand"
        assert "13" in json.dumps(told.elements)
        for path in ("/welcome", "/not-yet"):
            page = ask(at.port, "GET", path, {"Accept": "text/html"})
            assert not STORES.search(page.body.decode()), path
            alone = rf"hsw_{at.port}=[\w-]+; Path=/; HttpOnly; SameSite=Strict"
            assert re.fullmatch(alone, page.headers["set-cookie"]), "it ends with the browser"
        assert not STORES.search(_heard(told))
        for script in (ROOT / "static").rglob("*.js"):
            assert not STORES.search(script.read_text(encoding="utf-8")), script.name
        assert ask(at.port, "POST", "/api/photos", told.headers, saved(astronaut(), "JPEG")).status == 403
        for path in ("/", "/settings", "/gallery", f"/photo/{ORDER}/looks"):
            assert ask(at.port, "GET", path).headers["location"].startswith("/welcome"), path
        assert _kept(at.data) == before, "not even the answer is stored"
        assert at.around == []


def _policy_of(visit: Visit, version: str) -> None:
    with closing(sqlite3.connect(visit.at.data / "index.sqlite3")) as index, index:
        changed = index.execute(
            "UPDATE consents SET version = ? WHERE kind = ? AND withdrawn_at IS NULL",
            (version, ConsentKind.POLICY.value),
        )
        assert changed.rowcount == 1


def test_this_policy_is_in_the_app_carries_its_date_and_is_shown_again_when_it_changes_before_anything_more_is_sent(  # noqa: E501
    visit: Visit,
) -> None:
    shown = json.dumps(visit.at.page("/privacy").elements, ensure_ascii=False)
    assert f"Last updated {day(POLICY_DATE)}" in shown
    here = f"127.0.0.1:{visit.provider.port}"
    for told in (str(visit.at.data), "main@jellyapps.cz", "Nobody is recognised.", f"drawn at {here}."):
        assert told in shown
    assert "openai.com" not in shown, "pictures go to another host, and that is who it names"
    said = said_by_the_policy()
    assert POLICIES.get(POLICY_DATE.isoformat()) == said, WHAT_TO_DO + said
    mine = Visitor.opens(visit.at.port, "/settings")
    before = visit.provider.bytes_received
    looks = f"/photo/{visit.photo}/looks"
    waiting = visit.at.page(looks)
    _policy_of(visit, "2026-01-02")
    try:
        for path in ("/", looks, "/gallery"):
            sent_to = ask(visit.at.port, "GET", path, mine.headers)
            assert sent_to.status == 303
            assert sent_to.headers["location"].startswith("/welcome")
        again = json.dumps(visit.at.page("/welcome").elements, ensure_ascii=False)
        assert "The privacy policy has changed" in again
        assert "2 January 2026" in again
        wanted = {"looks": [LOOK], "by": "provider", "quality": "draft"}
        visit.at.press(looks, "make", wanted, opened=waiting)
        assert re.search(rb"/welcome\?to=", visit.at.answers[-1]), "it asks first"
        assert visit.provider.bytes_received == before
    finally:
        _policy_of(visit, POLICY_DATE.isoformat())
    assert ask(visit.at.port, "GET", "/", mine.headers).status == 200
