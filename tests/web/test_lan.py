"""The way in for phones over real sockets: closed until it is opened, watched over, and closed again."""

from __future__ import annotations

import asyncio
import socket
import ssl
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from headshot_web.errors import NoNetwork, NoSuchNetwork
from headshot_web.paths import Folders
from headshot_web.web.doors import LanDoor
from headshot_web.web.interfaces import Interface, Kind
from headshot_web.web.lan import Lan, News
from tests.doors import free_port

pytestmark = pytest.mark.enable_socket


class Here:
    """A computer whose networks, clock and phones the test moves."""

    def __init__(self) -> None:
        self.networks = {"wlan0": "127.0.0.21"}
        self.moment = datetime.now(UTC)
        self.stays: list[datetime] = []
        self.left = 0
        self.doors: list[LanDoor] = []

    def interfaces(self) -> tuple[Interface, ...]:
        """Other addresses of this computer stand in for those of a network: no test leaves loopback."""
        return tuple(
            Interface(name=name, label=name, address=address, kind=Kind.WIFI)
            for name, address in self.networks.items()
        )

    def now(self) -> datetime:
        return self.moment

    async def stay(self, until: datetime) -> None:
        self.stays.append(until)

    async def leave(self) -> None:
        self.left += 1

    def open_door(self, door: LanDoor) -> None:
        self.doors.append(door)

    def close_door(self, door: LanDoor) -> None:
        self.doors.remove(door)

    async def __call__(self, _scope: Any, receive: Any, send: Any) -> None:
        """Answer “hello” to whoever comes."""
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
        await send({"type": "http.response.body", "body": b"hello"})


@asynccontextmanager
async def phones(here: Here, folder: Path) -> AsyncIterator[Lan]:
    folders = Folders(folder)
    folders.prepare()
    lan = Lan(
        folders,
        port=free_port(),
        leave=here.leave,
        stay=here.stay,
        networks=here.interfaces,
        now=here.now,
        look_every_s=0.02,
    )
    lan.stand_before(here)
    try:
        yield lan
    finally:
        await lan.shut()


def answers(address: str | None, context: ssl.SSLContext | None = None) -> Awaitable[bytes]:
    """Ask at an address as a phone would; empty when nothing listens there."""
    assert address
    host, _, port = address.partition("://")[2].partition(":")
    return asyncio.to_thread(_asked, host, int(port), context)


def _asked(host: str, port: int, context: ssl.SSLContext | None) -> bytes:
    try:
        with socket.create_connection((host, port), timeout=5) as plain:
            line = context.wrap_socket(plain, server_hostname=host) if context else plain
            with line:
                line.sendall(f"GET / HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode())
                answer = b""
                while piece := line.recv(4096):
                    answer += piece
                return answer.rpartition(b"\r\n\r\n")[2]
    except ConnectionRefusedError:
        return b""


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 - what a person would see is looked at
            await asyncio.sleep(0.01)


async def test_nothing_listens_until_phones_are_let_in_and_nothing_after_that(tmp_path: Path) -> None:
    here = Here()
    async with phones(here, tmp_path) as lan:
        assert lan.state.address is None
        state = await lan.open()
        assert state.address
        assert state.address.startswith("http://127.0.0.21:")
        assert await answers(state.address) == b"hello"
        assert [(door.host_names, door.scheme) for door in here.doors] == [(("127.0.0.21",), "http")]
        # The same port of the other addresses of this computer is nobody's.
        assert await answers(state.address.replace("127.0.0.21", "127.0.0.22")) == b""
        held = socket.create_connection(("127.0.0.21", state.port or 0))
        await lan.close()
        held.settimeout(2)
        assert held.recv(10) == b""
        held.close()
        assert await answers(state.address) == b""
        assert not lan.state.open
        assert here.doors == []
        assert here.left == 1


async def test_it_closes_by_itself_when_its_time_is_over_and_can_be_prolonged(tmp_path: Path) -> None:
    here = Here()
    async with phones(here, tmp_path) as lan:
        state = await lan.open(hours=4)
        assert state.until == here.moment + timedelta(hours=4)
        await lan.prolong(4)
        assert lan.state.until == here.moment + timedelta(hours=8)
        assert here.stays[-1] == lan.state.until
        here.moment += timedelta(hours=7)
        await asyncio.sleep(0.1)
        assert await answers(state.address) == b"hello"
        await lan.prolong(100)
        assert lan.state.until == here.moment + timedelta(hours=24)
        here.moment += timedelta(hours=25)
        await until(lambda: not lan.state.open)
        assert lan.state.news is News.ENDED
        assert await answers(state.address) == b""
        await until(lambda: here.left == 1)


async def test_it_follows_the_address_of_its_network_and_waits_for_a_network_that_is_gone(
    tmp_path: Path,
) -> None:
    here = Here()
    async with phones(here, tmp_path) as lan:
        before = (await lan.open()).address
        said: list[News] = []
        lan.subscribe(lambda state: said.append(state.news))
        here.networks = {"wlan0": "127.0.0.23"}
        await until(lambda: lan.state.news is News.MOVED)
        assert lan.state.address
        assert "127.0.0.23" in lan.state.address
        assert await answers(lan.state.address) == b"hello"
        assert await answers(before) == b""
        moved = lan.state.address

        here.networks = {"eth0": "127.0.0.24"}
        await until(lambda: lan.state.news is News.AWAY)
        assert lan.state.open
        assert lan.state.address is None
        assert here.doors == []
        assert await answers(moved) == b""  # and nothing was opened in the other network

        here.networks = {"wlan0": "127.0.0.23"}
        await until(lambda: lan.state.address is not None)
        assert await answers(lan.state.address) == b"hello"
        assert said == [News.MOVED, News.AWAY, News.NONE]
        assert here.left == 0


async def test_among_several_networks_the_first_is_taken_or_the_chosen_one(tmp_path: Path) -> None:
    here = Here()
    here.networks = {"wlan0": "127.0.0.33", "eth0": "127.0.0.32"}
    async with phones(here, tmp_path) as lan:
        assert "127.0.0.33" in ((await lan.open()).address or "")
        assert "127.0.0.32" in ((await lan.open("eth0")).address or "")
        assert len(here.doors) == 1
        with pytest.raises(NoSuchNetwork):
            await lan.open("eth7")
        assert lan.state.open
        here.networks = {}
        with pytest.raises(NoNetwork):
            await lan.open()


async def test_the_next_port_is_taken_when_somebody_has_ours(tmp_path: Path) -> None:
    here = Here()
    async with phones(here, tmp_path) as lan:
        first = (await lan.open()).port or 0
        await lan.close()
        with socket.create_server(("127.0.0.21", first)):
            assert ((await lan.open()).port or 0) > first


async def test_over_https_the_certificate_holds_for_this_address_and_is_vouched_for_by_our_own_authority(
    tmp_path: Path,
) -> None:
    here = Here()
    async with phones(here, tmp_path) as lan:
        state = await lan.open(https=True)
        trusting = ssl.create_default_context(cadata=lan.certificates.authority())
        assert await answers(state.address, trusting) == b"hello"
        with pytest.raises(ssl.SSLCertVerificationError):
            await answers(state.address, ssl.create_default_context())
        assert await answers(state.address) == b""  # no plain answer, ever
        kept = sorted(tmp_path.glob("*.pem"))  # noqa: ASYNC240
        assert len(kept) == 2
        assert {stat.S_IMODE(one.stat().st_mode) for one in kept} == {0o600}
        here.networks = {"wlan0": "127.0.0.25"}
        await until(lambda: lan.state.news is News.MOVED)
        assert await answers(lan.state.address, trusting) == b"hello"
