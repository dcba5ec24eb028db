"""Everything can be taken along, and the browser can be told to forget: by our own pages alone."""

from __future__ import annotations

from headshot_web.web.leaving import CLEAR_PATH, TAKE_ALL_PATH
from tests.doors import Served, Visitor, ask
from tests.fake_studio import JPEG


def test_everything_is_handed_to_its_own_session_as_one_file(door: Served) -> None:
    visitor = Visitor.opens(door.port)
    reply = ask(door.port, "GET", TAKE_ALL_PATH, {**visitor.headers, "accept-encoding": "gzip"})
    assert (reply.status, reply.body) == (200, b"PK" + JPEG)
    assert reply.headers["content-type"] == "application/zip"
    assert reply.headers["content-disposition"] == 'attachment; filename="all-my-headshots.zip"'
    assert reply.headers["cache-control"] == "no-store"
    assert ask(door.port, "GET", TAKE_ALL_PATH).status == 403


def test_the_browser_is_told_to_forget_when_our_own_page_asks(door: Served) -> None:
    visitor = Visitor.opens(door.port)
    reply = ask(door.port, "POST", CLEAR_PATH, visitor.headers)
    assert (reply.status, reply.headers.get("clear-site-data")) == (204, '"cache"')
    for headers in ({}, {**visitor.headers, "origin": "http://elsewhere.example"}):
        stranger = ask(door.port, "POST", CLEAR_PATH, headers)
        assert stranger.status == 403
        assert "clear-site-data" not in stranger.headers
