"""Two guests on two phones, and the owner: nobody sees, changes, hears or fetches what is another's."""

from __future__ import annotations

import json
import re
import socket
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection

from headshot_web.model import Role
from headshot_web.web import ways
from tests.doors import Reply, Visitor, ask
from tests.phones import Phone, Phones, computer

MARK = b"CANARY-of-anna"
LOOK = "advisor-navy"
UNKNOWN = uuid.UUID(int=7).hex
NUMBERS = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|nonce=[\w-]+|[0-9a-f]{32}|\d+")


def photo(mark: bytes) -> bytes:
    return b"\xff\xd8" + mark * 50 + b"\xff\xd9"


@dataclass
class Anna:
    """A guest who has made a headshot, and all the ids it can be asked for by."""

    phone: Phone
    photo: str
    headshot: str
    order: str
    job: str

    def fill(self, path: str) -> str:
        """Put her ids into a route's address."""
        names = {"photo": self.photo, "headshot": self.headshot, "order": self.order, "job": self.job}
        path = path.replace("{style}", LOOK).replace("{rest:path}", "x").replace("{path:path}", "x")
        if "{thing}" in path:
            path = path.replace("{thing}", self.photo if "/photo/" in path else self.headshot)
        return re.sub(r"\{(\w+?)(_id)?(:path)?\}", lambda found: names.get(found[1], UNKNOWN), path)

    @property
    def ids(self) -> tuple[str, ...]:
        return (self.photo, self.headshot, self.order, self.job)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Phones]:
    with computer(tmp_path_factory.mktemp("home")) as opened:
        yield opened


@pytest.fixture(scope="module")
def anna(home: Phones) -> Anna:
    return arrived(home, MARK)


def arrived(home: Phones, mark: bytes) -> Anna:
    """A guest comes in and has a headshot made."""
    phone = home.paired()
    brought = phone.bring(photo(mark))
    heard = phone.press(f"/photo/{brought}/looks", "make", {"looks": [LOOK], "by": "here"}, shows="/order/")
    order = re.search(r"/order/([0-9a-f]{32})", heard)
    assert order
    page = phone.opens(f"/order/{order[1]}")
    job = re.search(r'"id": "([0-9a-f]{32})", "style"', json.dumps(page.elements))
    assert job
    ends = time.monotonic() + 20
    while not (made := phone.headshots()):
        assert time.monotonic() < ends
        time.sleep(0.05)
    return Anna(phone, brought, made[0], order[1], job[1])


def bert(home: Phones) -> Phone:
    return home.paired()


def is_hers(reply: Reply, anna: Anna, path: str) -> bool:
    told = reply.body + json.dumps(reply.headers).encode()
    return MARK in told or any(one.encode() in told for one in anna.ids if one not in path)


def is_hung_up(line: ClientConnection) -> bool:
    """Whether a page's connection is closed from the other side before long."""
    try:
        while True:
            line.recv(4)
    except ConnectionClosed:
        return True
    except TimeoutError:
        return False


def ask_any(phone: Phone, method: str, path: str) -> Reply:
    if method == "GET" and not path.startswith(("/api/", "/media/", "/download/", "/_nicegui")):
        return phone.page(path)
    return phone.ask(method, path, b"{}" if method == "POST" else None)


def test_a_guest_sees_her_own(home: Phones, anna: Anna) -> None:
    for path in (
        f"/photo/{anna.photo}",
        f"/photo/{anna.photo}/looks",
        f"/headshot/{anna.headshot}",
        "/gallery",
    ):
        assert anna.phone.page(path).status == 200, path
    for path in (f"/media/photo/{anna.photo}", f"/media/photo/{anna.photo}/look/{LOOK}"):
        assert MARK in anna.phone.ask("GET", path).body, path
    assert anna.phone.ask("GET", f"/download/headshot/{anna.headshot}").status == 200
    assert anna.phone.headshots() == [anna.headshot]


def test_no_route_of_any_kind_tells_a_guest_of_another(home: Phones, anna: Anna) -> None:
    other = bert(home)
    owned = 0
    for template, methods in home.tell("routes"):
        path = anna.fill(template)
        for method in {"GET", "POST"} & set(methods or ["GET"]):
            if path == "/api/visit/end":
                continue
            reply = ask_any(other, method, path)
            assert not is_hers(reply, anna, path), (method, path, reply.body[:300])
            if path == template or not any(one in path for one in anna.ids):
                continue
            owned += 1
            unknown = ask_any(other, method, re.sub("|".join(anna.ids), UNKNOWN, path))
            assert reply.status == unknown.status == 404, (method, path, reply.status, unknown.status)
            assert len(NUMBERS.sub(b"", reply.body)) == len(NUMBERS.sub(b"", unknown.body)), path
    assert owned >= 16, "the routes were not found"


def test_what_is_the_owners_is_not_there_for_guests(home: Phones) -> None:
    guest, role = bert(home), re.compile("|".join(ways._THINGS + ways._ANYBODY))
    asked = 0
    for template, methods in home.tell("routes"):
        if role.fullmatch(template.replace("{", "").replace("}", "")) or "{" in template:
            continue
        for method in {"GET", "POST"} & set(methods or ["GET"]):
            asked += 1
            reply = ask_any(guest, method, template)
            assert reply.status == 404, (method, template, reply.status)
    assert asked >= 4
    for path in ("/settings", "/sent", "/api/sent", "/download/sent.csv", "/download/everything.zip"):
        assert ask_any(guest, "GET", path).status == 404, path
    page = guest.page("/").body.decode()
    assert "/settings" not in page
    assert "/sent" not in page


def test_a_new_page_is_the_owners_until_it_is_named_for_others() -> None:
    for role in (Role.GUEST, Role.FAMILY, Role.BOOTH):
        visitor = type("Anybody", (), {"is_owner": False, "only": None, "role": role})()
        assert not ways.is_for(visitor, "/a-page-of-tomorrow")  # type: ignore[arg-type]


def test_a_guest_neither_deletes_nor_orders_nor_takes_what_is_anothers(home: Phones, anna: Anna) -> None:
    other = bert(home)
    own = other.bring(photo(b"bert"))
    forget = other.opens("/gallery").event("forget", on="version")
    visitor = other.opens("/gallery")
    with other.dial(visitor) as line:
        line.recv(10)
        line.send("40")
        line.recv(10)
        for name, says in (("forget", [anna.headshot]), ("keep", {"id": anna.headshot, "on": True})):
            line.send("42" + json.dumps(["event", visitor.event(name, says)]))
        time.sleep(0.5)
    assert forget["client_id"] != visitor.client_id
    listed = anna.phone.ask("GET", "/api/headshots").json["items"]
    assert [(one["id"], one["favourite"]) for one in listed] == [(anna.headshot, False)]
    zipped = other.ask("GET", f"/download/headshots.zip?ids={anna.headshot}")
    assert zipped.status == 404
    sending = f"/photo/{own}/sending?looks={LOOK}&order={uuid.uuid4().hex}&others={anna.photo}"
    assert other.page(sending).status == 404, "her photo as another of his"


def test_a_borrowed_page_or_socket_opens_nothing(home: Phones, anna: Anna) -> None:
    other = bert(home)
    hers, his = anna.phone.opens("/gallery"), other.opens("/gallery")
    with pytest.raises(InvalidStatus):
        other.dial(his, hers.socket_path())
    with other.dial(his) as line:
        line.recv(10)
        line.send("40")
        line.recv(10)
        line.send("42" + json.dumps(["event", hers.event("forget", [anna.headshot])]))
        time.sleep(0.3)
    assert anna.phone.headshots() == [anna.headshot]
    borrowed = other.ask("POST", f"/_nicegui/client/{hers.client_id}/upload/1", b"x")
    assert borrowed.status == 403
    for path in (hers.socket_path(transport="polling"), "/_nicegui_ws/other/"):
        nobody = Phone(home.port).ask("GET", path)
        assert nobody.status == 403


def test_the_owner_does_not_see_a_guests_things_either(home: Phones, anna: Anna) -> None:
    owner = Visitor.opens(home.port)
    for path in (
        f"/media/photo/{anna.photo}",
        f"/media/headshot/{anna.headshot}",
        "/download/everything.zip",
    ):
        reply = ask(home.port, "GET", path, owner.headers)
        assert MARK not in reply.body, path
    assert ask(home.port, "GET", "/api/headshots", owner.headers).json["total"] == 0
    assert anna.photo not in str(Visitor.opens(home.port).elements)


def test_a_family_shares_the_owners_gallery_and_sees_no_guests(home: Phones, anna: Anna) -> None:
    owner = Visitor.opens(home.port)
    owners = ask(home.port, "POST", "/api/photos", owner.headers, photo(b"the owner")).json["photo"]
    family = home.paired(role="family")
    assert family.ask("GET", f"/media/photo/{owners}").status == 200
    assert family.ask("GET", f"/media/photo/{anna.photo}").status == 404
    assert family.page("/settings").status == 404
    assert bert(home).ask("GET", f"/media/photo/{owners}").status == 404


def test_who_fetches_one_headshot_gets_that_one_and_no_more(home: Phones, anna: Anna) -> None:
    one = home.paired(agreed=False, session=anna.phone.session, only=anna.headshot)
    assert one.ask("GET", f"/download/headshot/{anna.headshot}").status == 200
    assert one.page(f"/take/{anna.headshot}").status == 200
    for path in (f"/media/photo/{anna.photo}", f"/media/headshot/{anna.headshot}/before", "/api/headshots"):
        assert one.ask("GET", path).status == 404, path
    for path in ("/", "/gallery", f"/photo/{anna.photo}", f"/take/{UNKNOWN}", "/visit"):
        assert one.page(path).status == 404, path
    assert one.ask("POST", "/api/photos", b"x").status == 404
    home.tell("leave", device=one.id)
    assert anna.phone.headshots() == [anna.headshot], "her visit goes on when the other phone is gone"


def test_nothing_is_taken_in_before_the_guests_own_yes(home: Phones) -> None:
    fresh = home.paired(agreed=False)
    reply = fresh.ask("POST", "/api/photos", photo(b"early"))
    assert (reply.status, reply.json["title"]) == (403, "The first page comes first")
    assert fresh.page("/").headers["location"] == "/welcome"
    welcome = fresh.page("/welcome").body.decode()
    assert "Everything of yours is deleted there" in welcome
    fresh.agree()
    assert fresh.bring(photo(b"late"))


@pytest.mark.thorough
def test_an_upload_that_crawls_or_never_ends_is_cut_off(home: Phones) -> None:
    guest = bert(home)
    head = "".join(f"{name}: {value}\r\n" for name, value in guest.headers.items())
    with socket.create_connection(("127.0.0.2", home.port), timeout=20) as line:
        line.sendall(f"POST /api/photos HTTP/1.1\r\n{head}Content-Length: 2000000\r\n\r\nx".encode())
        begun = time.monotonic()
        assert b" 408 " in line.recv(4000)
        assert time.monotonic() - begun < 15
    assert guest.ask("POST", "/api/photos", b"x" * 3_000_001).status == 413
    assert guest.bring(photo(b"in time"))


class TestTheEnd:
    def test_done_deletes_everything_of_the_guest_and_says_so(self, home: Phones) -> None:
        guest = arrived(home, b"CANARY-of-carla")
        reply = guest.phone.ask("POST", "/api/visit/end", b"")
        assert reply.json == {"to": "/pair#ended"}
        assert "Max-Age=0" in reply.headers["set-cookie"]
        assert guest.phone.session not in str(home.tell("devices"))
        assert guest.phone.page("/").headers["location"] == "/pair"
        assert home.served.folder
        left = [
            p for p in home.served.folder.rglob("*") if p.is_file() and b"CANARY-of-carla" in p.read_bytes()
        ]
        assert not left

    def test_a_phone_that_is_let_go_is_cut_within_two_seconds(self, home: Phones) -> None:
        guest = arrived(home, b"CANARY-of-dora")
        visitor = guest.phone.opens("/gallery")
        with guest.phone.dial(visitor) as line:
            line.recv(10)
            line.send("40")
            line.recv(10)
            begun = time.monotonic()
            with ThreadPoolExecutor() as aside:  # what is deleted meanwhile takes its own time
                leaving = aside.submit(home.tell, "leave", device=guest.phone.id)
                assert is_hung_up(line)
                assert time.monotonic() - begun < 2
                leaving.result()
        assert guest.phone.ask("GET", f"/media/photo/{guest.photo}").status == 403
        with pytest.raises(InvalidStatus):
            guest.phone.dial(visitor)

    def test_the_next_guest_at_a_device_cannot_use_the_pages_of_the_one_before(self, home: Phones) -> None:
        booth = home.paired()
        brought = booth.bring(photo(b"before"))
        visitor = booth.opens("/gallery")
        with booth.dial(visitor) as line:
            line.recv(10)
            line.send("40")
            line.recv(10)
            home.tell("move", device=booth.id, session=uuid.uuid4().hex)
            assert is_hung_up(line)
        assert booth.page("/").headers["location"] == "/welcome", "who comes next agrees for themself"
        assert booth.ask("GET", f"/media/photo/{brought}").status == 404
        home.tell("leave", device=booth.id)

    def test_what_was_promised_to_be_kept_becomes_the_owners(self, home: Phones) -> None:
        home.tell("choose", guests_keep=True)
        try:
            guest = home.paired(agreed=False)
        finally:
            home.tell("choose", guests_keep=False)
        assert "stay there, in the gallery of whoever invited you" in guest.page("/welcome").body.decode()
        guest.agree()
        brought = guest.bring(photo(b"kept"))
        owner = Visitor.opens(home.port)
        assert ask(home.port, "GET", f"/media/photo/{brought}", owner.headers).status == 404
        assert guest.ask("POST", "/api/visit/end", b"").json == {"to": "/pair#kept"}
        assert ask(home.port, "GET", f"/media/photo/{brought}", owner.headers).status == 200

    @pytest.mark.thorough
    def test_a_visit_ends_by_itself_at_its_time(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        with computer(tmp_path_factory.mktemp("short")) as short:
            guest = short.paired()
            guest.bring(photo(b"CANARY-of-emil"))
            short.tell("stay", seconds=0.5)
            ends = time.monotonic() + 10
            while guest.ask("GET", "/api/headshots").status != 403:
                assert time.monotonic() < ends
                time.sleep(0.1)
            folder = short.served.folder
            assert folder
            while [one for one in (folder / "photos").rglob("*") if one.is_file()]:
                assert time.monotonic() < ends
                time.sleep(0.1)
