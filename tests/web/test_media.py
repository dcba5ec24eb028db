"""Photos in, pictures out: through our own routes only, with a sentence when something is wrong."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from headshot_web.web.assets import asset
from tests.doors import Reply, Served, Visitor, ask, start_door
from tests.fake_studio import JPEG, PHOTO

PICTURES = [
    f"/media/photo/{PHOTO}",
    f"/media/photo/{PHOTO}/thumbnail",
    f"/media/photo/{PHOTO}/look/studio-gray?color=ff00aa&crop=4:5",
    f"/media/headshot/{PHOTO}",
    f"/media/headshot/{PHOTO}/thumbnail",
    f"/media/headshot/{PHOTO}/before",
    f"/download/headshot/{PHOTO}?kind=png&crop=1:1&px=800",
]


@pytest.fixture
def patient(tmp_path: Path) -> Iterator[Visitor]:
    """A visitor of a door that waits long for a body."""
    served = start_door(tmp_path, limits={"upload_bytes": 20_064_000, "pause_s": 30.0})
    yield Visitor.opens(served.port)
    served.stop()
    served.errors.close()


@pytest.fixture(scope="module")
def visitor(door: Served) -> Visitor:
    return Visitor.opens(door.port)


def get(visitor: Visitor, path: str) -> Reply:
    return ask(visitor.port, "GET", path, visitor.headers)


def is_a_sentence(reply: Reply) -> bool:
    """Whether an error says what is wrong and what to do, and nothing about our insides."""
    return set(reply.json) == {"title", "advice"} and not re.search(rb"Traceback|Error\b|secret", reply.body)


@pytest.mark.parametrize("path", PICTURES)
def test_a_picture_is_shown_to_its_session_alone_and_kept_by_no_cache(visitor: Visitor, path: str) -> None:
    reply = get(visitor, path)
    assert (reply.status, reply.body) == (200, JPEG)
    assert reply.headers["content-type"] == "image/jpeg"
    assert reply.headers["cache-control"] == "no-store"
    assert "etag" not in reply.headers
    stranger = ask(visitor.port, "GET", path)
    assert stranger.status == 403
    assert is_a_sentence(stranger)


@pytest.mark.parametrize("pattern", PICTURES)
def test_what_is_not_here_is_said_plainly(visitor: Visitor, pattern: str) -> None:
    for strange in ("f" * 32, "..%2f..%2fsettings.toml", "%00", "A" * 32, "0" * 33, "%0a" + PHOTO):
        reply = get(visitor, pattern.replace(PHOTO, strange))
        assert reply.status == 404, strange
        assert is_a_sentence(reply)


def test_wishes_that_do_not_exist_are_refused(visitor: Visitor) -> None:
    for wish in ("look/x?color=red", "look/x?color=%23ff00zz", "look/x?crop=9:1"):
        assert get(visitor, f"/media/photo/{PHOTO}/{wish}").status == 422
    for wish in ("kind=exe", "crop=0:0", "px=-5", "px=1e9", "px=999999", "marks=no"):
        reply = get(visitor, f"/download/headshot/{PHOTO}?{wish}")
        assert reply.status == 422
        assert is_a_sentence(reply)


def test_a_download_has_a_plain_name(visitor: Visitor) -> None:
    disposition = get(visitor, f"/download/headshot/{PHOTO}").headers["content-disposition"]
    assert re.fullmatch(r'attachment; filename="[A-Za-z0-9._-]+\.jpg"', disposition)


def test_many_headshots_come_as_one_zip(visitor: Visitor) -> None:
    other = "a" * 32
    by_address = get(visitor, f"/download/headshots.zip?ids={PHOTO},{other}&kind=png")
    form = {**visitor.headers, "Content-Type": "application/x-www-form-urlencoded"}
    by_form = ask(visitor.port, "POST", "/download/headshots.zip", form, f"ids={PHOTO}%2C{other}&kind=png")
    for reply in (by_address, by_form):
        assert reply.body == b"PK" + PHOTO.encode() + other.encode()
        assert reply.headers["content-type"] == "application/zip"
        assert reply.headers["content-length"] == str(len(reply.body)), (
            "so that the browser can show how far it is"
        )
        assert reply.headers["content-disposition"] == 'attachment; filename="headshots.zip"'
    for bad in ("", "ids=", "ids=../../x", "ids=" + ",".join([PHOTO] * 2001)):
        assert get(visitor, f"/download/headshots.zip?{bad}").status in {400, 404}


def test_the_gallery_list_says_how_many_there_are(visitor: Visitor) -> None:
    assert get(visitor, "/api/headshots?offset=0&limit=10&favourites=true").json == {"total": 0, "items": []}
    for bad in ("offset=-1", "limit=0", "limit=100000", "offset=x"):
        reply = get(visitor, f"/api/headshots?{bad}")
        assert reply.status == 400
        assert is_a_sentence(reply)


def test_an_error_nobody_expected_is_a_plain_sentence(visitor: Visitor) -> None:
    reply = get(visitor, "/api/headshots?style=boom")
    assert reply.status == 500
    assert is_a_sentence(reply)
    assert is_a_sentence(get(visitor, "/api/no-such-thing"))


def test_a_photo_goes_in(visitor: Visitor) -> None:
    reply = ask(visitor.port, "POST", "/api/photos", visitor.headers, JPEG)
    assert (reply.status, reply.json) == (201, {"photo": PHOTO})


def test_a_photo_over_the_limit_is_refused_in_the_photo_s_own_words(visitor: Visitor) -> None:
    reply = ask(visitor.port, "POST", "/api/photos", visitor.headers, bytes(20_050_000))
    assert reply.status == 413
    assert "file is too large" in reply.json["title"]
    assert "at most 20 MB" in reply.json["advice"], "the limit that was set, not the usual one"


def test_a_photo_cut_off_on_its_way_leaves_the_door_as_it_was(door: Served, visitor: Visitor) -> None:
    lines = ["POST /api/photos HTTP/1.1", f"Host: localhost:{door.port}", "Content-Length: 500000"]
    lines += [f"{name}: {value}" for name, value in visitor.headers.items()]
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", door.port)) as line:
            line.sendall(("\r\n".join(lines) + "\r\n\r\n").encode() + bytes(1000))
    time.sleep(0.2)
    assert ask(door.port, "POST", "/api/photos", visitor.headers, JPEG).status == 201
    assert "Traceback" not in door.said().partition("secret detail")[2]


def test_four_photos_are_read_at_once_and_the_others_wait_their_turn(patient: Visitor) -> None:
    visitor = patient
    lines = ["POST /api/photos HTTP/1.1", f"Host: localhost:{visitor.port}", "Content-Length: 5000"]
    lines += [f"{name}: {value}" for name, value in visitor.headers.items()]
    senders = [socket.create_connection(("127.0.0.1", visitor.port), timeout=10) for _ in range(12)]
    try:
        for sender in senders:
            sender.sendall(("\r\n".join(lines) + "\r\n\r\n").encode() + bytes(1000))
        deadline = time.monotonic() + 10
        while get(visitor, "/api/headshots").json["total"] < 4 and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(0.1)
        assert get(visitor, "/api/headshots").json["total"] == 4
        for sender in senders:
            sender.sendall(bytes(4000))
        assert {sender.recv(20)[9:12] for sender in senders} == {b"201"}
    finally:
        for sender in senders:
            sender.close()


def test_a_file_that_came_with_the_app_is_kept_until_it_changes(door: Served) -> None:
    address = asset("app.css")
    assert re.fullmatch(r"/static/app\.css\?v=[0-9a-f]{12}", address)
    assert "immutable" in ask(door.port, "GET", address).headers["cache-control"]
    plain = ask(door.port, "GET", "/static/app.css")
    assert plain.headers["cache-control"] == "no-cache"
    again = ask(door.port, "GET", "/static/app.css", {"If-None-Match": plain.headers["etag"]})
    assert again.status == 304
    assert ask(door.port, "GET", "/static/app.css?v=old").headers["cache-control"] == "no-cache"
    for path in ("/static/../pyproject.toml", "/static/%2e%2e/pyproject.toml", "/static/..%2fpyproject.toml"):
        assert ask(door.port, "GET", path).status == 404


def test_a_download_that_cannot_be_made_is_told_in_a_page_with_a_way_back(visitor: Visitor) -> None:
    headers = {**visitor.headers, "accept": "text/html,application/xhtml+xml"}
    reply = ask(visitor.port, "GET", f"/download/headshot/{'f' * 32}", headers)
    assert reply.status == 404
    assert reply.headers["content-type"].startswith("text/html")
    assert b"This is no longer here" in reply.body
    assert b'<a href="/">' in reply.body
