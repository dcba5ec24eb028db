"""What a stranger gets at the door: nothing, not even a cookie."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator

import psutil
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.doors import Reply, Served, Visitor, ask, ask_raw
from tests.fake_studio import JPEG, PHOTO

STRANGE_HOSTS = [
    "evil.test:{port}",
    "evil.test",
    "localhost",
    "localhost:1",
    "LOCALHOST:{port}",
    "localhost.:{port}",
    "localhost:{port}.evil.test",
    "localhost:{port}@evil.test",
    "evil.test@localhost:{port}",
    "127.0.0.1.evil.test:{port}",
    "127.1:{port}",
    "2130706433:{port}",
    "127.0.0.1:0{port}",
    "0.0.0.0:{port}",
    "[::]:{port}",
    "[::ffff:127.0.0.1]:{port}",
    "localhost:{port}, evil.test",
    "localhost:{port} evil.test",
    "",
]


def _is_shut(answer: bytes) -> bool:
    head = answer.partition(b"\r\n\r\n")[0].lower()
    return b"set-cookie" not in head and b"nicegui" not in answer and answer[9:10] == b"4"


def test_only_our_own_address_opens_anything(door: Served) -> None:
    for pattern in STRANGE_HOSTS:
        host = pattern.format(port=door.port)
        for path in ("/", "/static/app.css", "/_nicegui/3.18.0/static/nicegui.js", "/api/headshots"):
            answer = ask_raw(door.port, f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            assert _is_shut(answer), (host, path, answer[:300])


def test_two_or_no_hosts_open_nothing(door: Served) -> None:
    own = f"Host: localhost:{door.port}\r\n"
    for lines in ("", own + "Host: evil.test\r\n", own + own):
        assert _is_shut(ask_raw(door.port, f"GET / HTTP/1.1\r\n{lines}\r\n".encode())), lines


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]"])
def test_our_own_names_open_the_page(door: Served, name: str) -> None:
    reply = ask(door.port, "GET", "/", {"Host": f"{name}:{door.port}"})
    assert reply.status == 200
    cookie = reply.headers["set-cookie"]
    assert cookie.startswith(f"hsw_{door.port}=")
    assert "; HttpOnly" in cookie
    assert "; SameSite=Strict" in cookie


@pytest.mark.parametrize(
    ("site", "mode", "dest", "opens"),
    [
        ("none", "navigate", "document", True),
        ("same-origin", "navigate", "document", True),
        ("same-origin", "cors", "empty", True),
        ("cross-site", "navigate", "document", False),
        ("same-site", "navigate", "document", False),
        ("same-origin", "navigate", "iframe", False),
        ("none", "navigate", "object", False),
        ("cross-site", "no-cors", "image", False),
        ("same-site", "no-cors", "script", False),
        ("none", "no-cors", "image", False),
        ("anything", "navigate", "document", False),
    ],
)
def test_only_the_person_or_our_own_page_asks(
    door: Served, site: str, mode: str, dest: str, opens: bool
) -> None:
    headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest, "Accept": "text/html"}
    reply = ask(door.port, "GET", "/", headers)
    assert reply.status == (200 if opens else 403)
    assert ("set-cookie" in reply.headers) is opens


def test_a_link_from_elsewhere_leads_to_a_page_that_helps(door: Served) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Accept": "text/html"}
    reply = ask(door.port, "GET", "/gallery", headers)
    assert b'<a href="/">AI Headshot Pro</a>' in reply.body
    assert b"<script" not in reply.body


def test_nothing_is_sent_in_without_our_own_page(door: Served) -> None:
    visitor = Visitor.opens(door.port)
    own = visitor.headers

    def post(**changed: str | None) -> Reply:
        headers = {**own, **{name.replace("_", "-"): value for name, value in changed.items()}}
        kept = {name: value for name, value in headers.items() if value is not None}
        return ask(door.port, "POST", "/api/photos", kept, JPEG)

    assert post().status == 201
    other_port = f"http://localhost:{door.port + 1}"
    for changed in (
        {"Origin": None},
        {"Origin": "null"},
        {"Origin": "http://evil.test"},
        {"Origin": other_port},
        {"Origin": f"https://localhost:{door.port}"},
        {"Origin": f"http://127.0.0.1:{door.port}"},
        {"Sec_Fetch_Site": None},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "none", "Sec-Fetch-Mode": "navigate"},
        {"Cookie": None},
        {"Cookie": f"hsw_{door.port}=guessed"},
        {"Cookie": visitor.cookie.replace("hsw_", "hsw")},
    ):
        reply = post(**changed)
        assert reply.status == 403, changed
        assert set(reply.json) == {"title", "advice"}
    for method in ("PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"):
        assert ask(door.port, method, "/api/photos", own).status == 405


def test_a_tossed_cookie_of_another_app_does_not_shut_us_out(door: Served) -> None:
    visitor = Visitor.opens(door.port)
    cookies = f"other=1; hsw_{door.port}=tossed; {visitor.cookie}"
    assert ask(door.port, "GET", f"/media/photo/{PHOTO}", {"Cookie": cookies}).status == 200


def dial(visitor: Visitor, path: str, **headers: str | None) -> ClientConnection:
    wanted = {"Origin": visitor.origin, "Cookie": visitor.cookie, **headers}
    return connect(
        f"ws://localhost:{visitor.port}{path}",
        origin=None,
        additional_headers={name: value for name, value in wanted.items() if value is not None},
        open_timeout=5,
    )


@pytest.mark.parametrize("origin", [None, "null", "http://evil.test", "other port", "own"])
@pytest.mark.parametrize("cookie", [None, "guessed", "other's", "own"])
def test_a_websocket_needs_our_origin_and_its_own_cookie(
    door: Served, origin: str | None, cookie: str | None
) -> None:
    visitor = Visitor.opens(door.port)
    origins = {"own": visitor.origin, "other port": f"http://localhost:{door.port + 1}"}
    cookies = {
        "own": visitor.cookie,
        "guessed": f"hsw_{door.port}=x",
        "other's": Visitor.opens(door.port).cookie,
    }
    headers = {"Origin": origins.get(origin or "", origin), "Cookie": cookies.get(cookie or "", cookie)}
    if (origin, cookie) == ("own", "own"):
        with dial(visitor, visitor.socket_path()) as line:
            assert str(line.recv(3)).startswith("0{")
        return
    with pytest.raises(InvalidStatus) as refused:
        dial(visitor, visitor.socket_path(), **headers)
    assert refused.value.response.status_code == 403
    assert "set-cookie" not in refused.value.response.headers


@pytest.mark.parametrize(
    "path", ["/", "/_nicegui_ws", "/_nicegui_ws/other?client_id=x", "//_nicegui_ws/socket.io/", "/api/x"]
)
def test_a_websocket_to_anywhere_else_is_refused_without_a_word_in_the_log(door: Served, path: str) -> None:
    visitor = Visitor.opens(door.port)
    said = door.said()
    for cookie in (None, visitor.cookie):
        with pytest.raises(InvalidStatus) as refused:
            dial(visitor, path, Cookie=cookie)
        assert refused.value.response.status_code == 403
    assert door.said() == said


def join(line: ClientConnection) -> str:
    line.recv(3)
    line.send("40")
    return str(line.recv(3))


def _pressed(door: Served) -> str:
    page = Visitor.opens(door.port)
    return next(
        str(e["text"]) for e in page.elements.values() if str(e.get("text", "")).startswith("pressed")
    )


@pytest.fixture
def owner(door: Served) -> Iterator[Visitor]:
    """Somebody whose page is open and connected, so that it could be pressed."""
    visitor = Visitor.opens(door.port)
    with dial(visitor, visitor.socket_path()) as line:
        assert join(line).startswith("40{")
        yield visitor


def _visit(visitor: Visitor, **more: str) -> str:
    """Connect a page, in a tab, and leave it; returns whether it was still known."""
    with dial(visitor, visitor.socket_path(**more)) as line:
        return join(line)


def test_what_a_tab_showed_before_is_let_go_and_other_tabs_are_not(door: Served) -> None:
    before = Visitor.opens(door.port)
    assert _visit(before, tab_id="one").startswith("40{")
    assert _visit(before, tab_id="one").startswith("40{"), "a lost connection is no end"
    beside = _of_same_browser(before)
    assert _visit(beside, tab_id="two").startswith("40{")
    after = _of_same_browser(before)
    with dial(after, after.socket_path(tab_id="one")) as line:
        assert join(line).startswith("40{")
        assert _visit(before, tab_id="one").startswith("44{"), "nobody comes back to it"
        assert _visit(beside, tab_id="two").startswith("40{")
        stranger = Visitor.opens(door.port)
        assert _visit(stranger, tab_id="two").startswith("40{")
        assert _visit(beside, tab_id="two").startswith("40{"), "another browser's tab is another"


def _of_same_browser(visitor: Visitor) -> Visitor:
    reply = ask(visitor.port, "GET", "/", {"Accept": "text/html", "Cookie": visitor.cookie})
    return Visitor.of(visitor.port, reply, visitor.cookie)


def test_a_stolen_page_id_presses_nothing(door: Served, owner: Visitor) -> None:
    thief = Visitor.opens(door.port)
    before = _pressed(door)
    with pytest.raises(InvalidStatus):
        dial(thief, thief.socket_path(owner.client_id))
    with dial(thief, thief.socket_path()) as line:
        assert join(line).startswith("40{")
        line.send(owner.press())
        line.send(
            '420["handshake",'
            + json.dumps({"client_id": owner.client_id, "tab_id": "t", "document_id": "d"})
            + "]"
        )
        assert "[false]" in str(line.recv(3))
        line.send(owner.press())
        line.send("42" + json.dumps(["ack", {"client_id": owner.client_id, "next_message_id": 99}]))
        line.send('42["event",7]')
        line.send('42["event"]')
        line.send('420["handshake",null]')
        assert "[false]" in str(line.recv(3))
    assert _pressed(door) == before
    with dial(owner, owner.socket_path()) as line:
        assert join(line).startswith("40{")
        line.send(owner.press())
        assert "pressed" in str(line.recv(3))
    assert _pressed(door) != before


def test_a_stolen_page_id_is_told_to_reload_when_it_asks_by_polling(door: Served, owner: Visitor) -> None:
    thief = Visitor.opens(door.port)
    for cookie in (thief.cookie, None):
        headers = {**thief.headers, "Cookie": cookie or "none=1"}
        path = thief.socket_path(owner.client_id, transport="polling")
        number = json.loads(ask(door.port, "GET", path, headers).body[1:])["sid"]
        ask(door.port, "POST", f"{path}&sid={number}", headers, b"40")
        told = ask(door.port, "GET", f"{path}&sid={number}", headers).body
        assert told.startswith(b"44")
        assert b"Implicit handshake failed" in told
        before = _pressed(door)
        ask(door.port, "POST", f"{path}&sid={number}", headers, owner.press().encode())
        assert _pressed(door) == before


def test_a_stolen_connection_id_is_refused(door: Served) -> None:
    victim, thief = Visitor.opens(door.port), Visitor.opens(door.port)
    path = victim.socket_path(transport="polling")
    number = json.loads(ask(door.port, "GET", path, victim.headers).body[1:])["sid"]
    for client in (victim.client_id, thief.client_id):
        stolen = thief.socket_path(client, transport="polling", sid=number)
        assert ask(door.port, "POST", stolen, thief.headers, b"40").status == 403
    assert ask(door.port, "POST", f"{path}&sid={number}", victim.headers, b"40").status == 200


def test_a_stolen_upload_address_is_refused(door: Served, owner: Visitor) -> None:
    thief = Visitor.opens(door.port)
    path = f"/_nicegui/client/{owner.client_id}/upload/5"
    assert ask(door.port, "POST", path, thief.headers, b"x").status == 403


def test_what_only_a_proxy_may_say_is_not_believed(door: Served) -> None:
    headers = {"X-Forwarded-Prefix": "/evil", "X-Forwarded-Host": "evil.test", "X-Forwarded-For": "1.2.3.4"}
    assert b"evil" not in ask(door.port, "GET", "/", headers).body


def test_every_answer_carries_the_headers_that_keep_others_out(door: Served) -> None:
    cookie = {"Cookie": Visitor.opens(door.port).cookie}
    answers = {
        path: ask(door.port, "GET", path, {**cookie, **more})
        for path, more in {
            "/": {},
            "/nowhere": {},
            "/static/nothing.css": {},
            f"/media/photo/{PHOTO}": {},
            "/api/headshots": {},
            "/api/nothing": {},
            "/_nicegui/3.18.0/static/nicegui.js": {},
            "/?refused": {"Origin": "http://evil.test"},
        }.items()
    }
    for path, reply in answers.items():
        assert reply.headers["x-content-type-options"] == "nosniff", path
        assert reply.headers["referrer-policy"] == "same-origin"
        assert reply.headers["x-frame-options"] == "DENY"
        assert reply.headers["cross-origin-opener-policy"] == "same-origin"
        assert reply.headers["cross-origin-resource-policy"] == "same-origin"
        assert "camera=(self), microphone=()" in reply.headers["permissions-policy"]
        assert "default-src 'none'" in reply.headers["content-security-policy"]
        assert "server" not in reply.headers
        if not path.startswith(("/_nicegui", "/static")):
            assert reply.headers["cache-control"] == "no-store", path
    assert "immutable" in answers["/_nicegui/3.18.0/static/nicegui.js"].headers["cache-control"]


def test_each_page_has_a_nonce_of_its_own_on_every_script(door: Served) -> None:
    first, second = (ask(door.port, "GET", "/") for _ in range(2))
    policy = first.headers["content-security-policy"]
    nonce = policy.partition("'nonce-")[2].partition("'")[0]
    assert first.body.count(b"<script") == first.body.count(f"<script nonce={nonce}".encode()) > 5
    assert nonce.encode() not in second.body
    assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]


def test_a_question_for_the_head_alone_is_answered(door: Served) -> None:
    for path, status in (("/", 200), ("/nowhere", 404)):
        reply = ask(door.port, "HEAD", path)
        assert (reply.status, reply.body) == (status, b"")
        assert "set-cookie" not in reply.headers


def _memory(door: Served) -> int:
    return int(psutil.Process(door.process.pid).memory_info().rss)


def test_a_body_announced_too_large_is_refused_unread(door: Served) -> None:
    visitor = Visitor.opens(door.port)
    for path, length in (("/api/photos", 300_000_000), ("/download/headshots.zip", 1_000_001)):
        lines = [f"POST {path} HTTP/1.1", f"Host: localhost:{door.port}", f"Content-Length: {length}"]
        lines += [f"{name}: {value}" for name, value in visitor.headers.items()]
        answer = ask_raw(door.port, ("\r\n".join(lines) + "\r\n\r\n").encode())
        assert b" 413 " in answer[:20]
        assert b'"advice"' in answer


@pytest.mark.parametrize("path", ["/api/photos", "/download/headshots.zip", "/_nicegui_ws/socket.io/"])
def test_300_mb_in_pieces_are_refused_and_not_kept(door: Served, path: str) -> None:
    visitor = Visitor.opens(door.port)
    if path.startswith("/_nicegui_ws"):
        path = visitor.socket_path(transport="polling")
    before = _memory(door)
    piece = b"%x\r\n" % 1_000_000 + bytes(1_000_000) + b"\r\n"
    lines = [f"POST {path} HTTP/1.1", f"Host: localhost:{door.port}", "Transfer-Encoding: chunked"]
    lines += [f"{name}: {value}" for name, value in visitor.headers.items()]
    sent = 0
    with socket.create_connection(("127.0.0.1", door.port), timeout=10) as line:
        line.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        try:
            for _ in range(300):
                line.sendall(piece)
                sent += 1
            line.sendall(b"0\r\n\r\n")
            assert line.recv(20)[9:10] == b"4"
        except ConnectionError:
            assert sent < 100, "it was read to the end"
    assert _memory(door) - before < 50_000_000


def test_a_body_that_stops_coming_ends_in_time(door: Served) -> None:
    visitor = Visitor.opens(door.port)
    lines = ["POST /api/photos HTTP/1.1", f"Host: localhost:{door.port}", "Content-Length: 5000"]
    lines += [f"{name}: {value}" for name, value in visitor.headers.items()]
    with socket.create_connection(("127.0.0.1", door.port), timeout=10) as line:
        line.sendall(("\r\n".join(lines) + "\r\n\r\nabc").encode())
        started = time.monotonic()
        answer = line.recv(4000)
        assert b" 408 " in answer[:20]
        assert b"connection: close" in answer.lower()
        assert 0.8 < time.monotonic() - started < 9


def test_the_page_answers_while_200_connections_idle(door: Served) -> None:
    idle = [socket.create_connection(("127.0.0.1", door.port)) for _ in range(200)]
    try:
        for number, line in enumerate(idle):
            line.sendall(b"" if number % 2 else b"GET / HTTP/1.1\r\nHost: local")
        started = time.monotonic()
        assert ask(door.port, "GET", "/").status == 200
        assert time.monotonic() - started < 8
    finally:
        for line in idle:
            line.close()


def test_only_this_computer_can_reach_it(door: Served) -> None:
    family = [psutil.Process(door.process.pid), *psutil.Process(door.process.pid).children(recursive=True)]
    listening = {c.laddr for one in family for c in one.net_connections() if c.status == psutil.CONN_LISTEN}
    assert listening
    assert {address.ip for address in listening} <= {"127.0.0.1", "::1"}
    assert {address.port for address in listening} == {door.port}
