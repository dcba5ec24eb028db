"""How a phone gets in: by a code that counts once, over real sockets, with everything that tries to cheat."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest

from tests.phones import LAN, Phone, Phones, computer


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Phones]:
    with computer(tmp_path_factory.mktemp("home")) as opened:
        yield opened


def test_a_scanned_code_lets_the_phone_in_and_says_nothing_to_anybody_else(home: Phones) -> None:
    phone = home.phone()
    assert (phone.page("/").status, phone.page("/").headers["location"]) == (303, "/pair")
    page = phone.page("/pair")
    assert page.status == 200
    assert b"nicegui" not in page.body
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert not phone.cookies
    reply = phone.pair(home.tell("invite"))
    assert (reply.status, reply.json) == (200, {"to": "/"})
    cookie = reply.headers["set-cookie"]
    assert cookie.startswith(f"hsw_{home.port}=")
    assert all(part in cookie for part in ("; Path=/", "; HttpOnly", "; SameSite=Strict", "; Max-Age="))
    assert phone.page("/").headers["location"] == "/welcome"
    assert home.tell("devices")[0]["name"] == "iPhone"


def test_a_code_counts_once_also_when_fifty_try_it_at_the_same_time(home: Phones) -> None:
    token = home.tell("invite")
    before = len(home.tell("devices"))
    ready, won = threading.Barrier(50), []

    def race() -> None:
        phone = home.phone()
        ready.wait()
        won.append(phone.pair(token).status)

    racing = [threading.Thread(target=race) for _ in range(50)]
    for one in racing:
        one.start()
    for one in racing:
        one.join()
    assert sorted(won) == [200] + [403] * 49
    assert len(home.tell("devices")) == before + 1
    late = home.phone().pair(token)
    assert (late.status, late.json["title"]) == (403, "This code was used already")


def test_digits_let_one_phone_in_and_cannot_be_tried_through(home: Phones) -> None:
    digits = home.tell("digits")
    by_hand = home.phone()
    assert by_hand.ask("POST", "/api/pair/code", json.dumps({"code": digits})).status == 200
    digits = home.tell("digits")
    guesser, replies = home.phone(), []
    for guess in range(30):
        wrong = f"{(int(digits) + 1 + guess) % 10**8:08d}"
        replies.append(guesser.ask("POST", "/api/pair/code", json.dumps({"code": wrong})).status)
    assert set(replies) == {403, 429}
    assert guesser.ask("POST", "/api/pair/code", json.dumps({"code": digits})).status == 429
    assert home.tell("digits") == "TooManyTries"
    assert not guesser.cookies


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b'{"token": 7}', b'{"token": ""}', b"{" * 900, b'{"token": "' + b"a" * 5000]
)
def test_what_is_no_code_opens_nothing(home: Phones, body: bytes) -> None:
    phone = home.phone()
    assert phone.ask("POST", "/api/pair", body).status in (400, 403)
    assert not phone.cookies


def test_another_site_cannot_pair_or_ask(home: Phones) -> None:
    phone, token = home.paired(), home.tell("invite")
    told = json.dumps({"token": token})
    for headers in (
        {"Origin": "http://evil.test"},
        {"Origin": f"http://localhost:{home.port}"},
        {"Origin": f"https://{phone.host}"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ):
        assert phone.ask("POST", "/api/pair", told, **headers).status == 403, headers
        assert phone.ask("POST", "/api/photos", b"x", **headers).status == 403, headers
    assert phone.pair(token).status == 200


@pytest.mark.parametrize(
    "host",
    [
        *("evil.test:{port}", "localhost:{port}", "127.0.0.1:{port}", "[::1]:{port}", "127.0.0.2"),
        *("127.0.0.2:1", "127.0.0.2.:{port}", "127.0.0.02:{port}", "127.2:{port}", "2130706434:{port}"),
        *("127.0.0.2:0{port}", "127.0.0.2:{port}@evil.test", "127.0.0.2:{port}, evil.test", ""),
        *("0.0.0.0:{port}", "127.0.0.3:{port}", "headshots.local:{port}"),
        *("[::ffff:127.0.0.2]:{port}", "127.0.0.2:{port}.evil.test"),
    ],
)
def test_only_the_doors_own_names_open_it(home: Phones, host: str) -> None:
    phone, name = home.paired(agreed=False), host.format(port=home.port)
    for path in ("/pair", "/", "/static/pair.css", "/api/headshots"):
        reply = phone.ask("GET", path, Host=name, Origin=f"http://{name}")
        assert reply.status in (400, 421), (path, name)
        assert "set-cookie" not in reply.headers


def test_each_door_has_its_own_names_and_its_own_cookies(home: Phones) -> None:
    phone = home.paired(agreed=False)
    local = f"headshots-7f3a.local:{home.port}"
    assert phone.ask("GET", "/pair", Host=local, Origin=f"http://{local}").status == 200
    on_the_computer = phone.ask("GET", "/pair", at="127.0.0.1")
    assert on_the_computer.status == 421
    own = f"localhost:{home.port}"
    headers = {"Host": own, "Origin": f"http://{own}"}
    assert phone.ask("GET", "/api/headshots", at="127.0.0.1", **headers).status == 403
    owner = Phone(home.port)
    owner.ask("GET", "/", at="127.0.0.1", Accept="text/html", **headers)
    assert owner.cookies
    assert owner.ask("GET", "/api/headshots", at="127.0.0.1", **headers).status == 200
    assert owner.ask("GET", "/api/headshots").status == 403, "the owner's cookie opens nothing in the network"


def test_once_the_door_is_shut_nobody_comes_in(home: Phones) -> None:
    phone = home.paired()
    home.tell("close")
    try:
        assert phone.page("/").status == phone.ask("GET", "/api/headshots").status == 421
    finally:
        home.tell("open")
    assert phone.page("/").status == 200


def test_the_owner_may_be_asked_first(home: Phones) -> None:
    home.tell("choose", phones_ask=True)
    try:
        phone, other = home.phone(), home.phone()
        tickets = []
        for one in (phone, other):
            reply = one.pair(home.tell("invite"))
            assert reply.status == 202
            tickets.append(reply.json["ticket"])
        assert phone.ask("POST", "/api/pair/wait", json.dumps({"ticket": tickets[0]})).status == 202
        first, second = home.tell("waiting")
        home.tell("approve", knock=first)
        home.tell("decline", knock=second)
        assert phone.ask("POST", "/api/pair/wait", json.dumps({"ticket": tickets[0]})).status == 200
        no = other.ask("POST", "/api/pair/wait", json.dumps({"ticket": tickets[1]}))
        assert (no.status, no.json["title"]) == (403, "This phone was not let in")
        assert phone.cookies
        assert not other.cookies
    finally:
        home.tell("choose", phones_ask=False)


def test_a_phone_that_scans_again_keeps_its_pictures(home: Phones) -> None:
    phone = home.paired()
    photo = phone.bring(b"\xff\xd8 twice \xff\xd9")
    cookie = dict(phone.cookies)
    assert phone.pair(home.tell("invite")).status == 200
    assert phone.cookies == cookie
    assert phone.ask("GET", f"/media/photo/{photo}").status == 200


def test_a_phone_whose_time_is_over_is_told_where_to_go_on(home: Phones) -> None:
    phone = home.paired()
    home.tell("leave", device=phone.id)
    assert phone.page("/gallery").headers["location"] == "/pair"
    assert phone.ask("GET", "/api/headshots").json["title"] == "This phone is not connected"
    assert phone.ask("GET", "/api/headshots").status == 403


def test_idle_sockets_do_not_keep_anybody_out(home: Phones) -> None:
    phone = home.paired()
    idle = [socket.create_connection((LAN, home.port)) for _ in range(70)]
    for number, one in enumerate(idle):
        one.sendall(b"GET /pair HTTP/1.1\r\nHost: " if number % 2 else b"")
    begun = time.monotonic()
    while True:
        try:
            assert phone.ask("GET", "/api/headshots").status == 200
            break
        except (ConnectionError, OSError):
            assert time.monotonic() - begun < 10, "the crawling ones hold all places"
            time.sleep(0.2)
    for one in idle:
        one.settimeout(10)
        with suppress(ConnectionError):
            assert one.recv(100) == b"", "a socket that says nothing is hung up on"
        one.close()


def test_over_plain_http_no_browser_says_whose_page_asks_and_its_origin_counts(home: Phones) -> None:
    phone = home.phone()
    body = json.dumps({"token": home.tell("invite")}).encode()
    unsaid = {key: value for key, value in phone.headers.items() if not key.lower().startswith("sec-fetch")}

    def post(**more: str) -> int:
        connection = http.client.HTTPConnection(LAN, home.port, timeout=20)
        with closing(connection):
            connection.request("POST", "/api/pair", body, {"Host": phone.host, **unsaid, **more})
            return connection.getresponse().status

    assert post(Origin="http://192.168.77.2:8417") == 403
    assert post(Origin="null") == 403
    assert post(Origin=f"http://{phone.host}") == 200
