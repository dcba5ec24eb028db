"""Starting and ending: on a port of our own, on this computer alone, without a trace in the terminal."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from websockets.sync.client import connect

from headshot_web.errors import NoPortFree
from headshot_web.web.ports import find_port, listen_at
from tests.doors import Visitor, ask, free_port, start, start_door


def hold(address: str, port: int) -> socket.socket:
    """Be somebody else's app on a port."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    other = socket.socket(family)
    other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    other.bind((address, port))
    other.listen()
    return other


def has_ipv6() -> bool:
    try:
        hold("::1", free_port()).close()
    except OSError:
        return False
    return True


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "0.0.0.0",  # noqa: S104
        pytest.param("::1", marks=pytest.mark.skipif(not has_ipv6(), reason="no IPv6 here")),
    ],
)
def test_somebody_elses_port_is_left_alone(address: str) -> None:
    port = free_port()
    with hold(address, port):
        door = find_port(port)
        try:
            assert port < door.port < port + 20
            assert door.address == f"http://localhost:{door.port}"
        finally:
            door.close()


def test_a_port_of_ours_is_held_from_the_moment_it_is_found() -> None:
    first = find_port(free_port())
    second = find_port(first.port)
    try:
        assert second.port > first.port
    finally:
        first.close()
        second.close()


def test_nothing_waits_to_be_sent_on_a_kept_line() -> None:
    """Asyncio switches Nagle's waiting off only where a socket names its protocol: 40 ms for each answer."""
    door = find_port(free_port())
    with ExitStack() as stack:
        stack.callback(door.close)
        phones = stack.enter_context(listen_at("127.0.0.1", free_port()))
        assert {one.proto for one in (*door.sockets, phones)} == {socket.IPPROTO_TCP}


def test_when_no_port_is_free_it_is_said() -> None:
    with ExitStack() as stack:
        port = free_port()
        stack.enter_context(hold("127.0.0.1", port))
        with pytest.raises(NoPortFree):
            find_port(port, tries=1)


@pytest.mark.parametrize("how", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.thorough)])
def test_it_ends_at_once_and_silently_even_with_pages_open(tmp_path: Path, how: signal.Signals) -> None:
    served = start_door(tmp_path)
    with ExitStack() as stack:
        for _ in range(3):
            visitor = Visitor.opens(served.port)
            headers = {"Cookie": visitor.cookie, "Origin": visitor.origin}
            address = f"ws://localhost:{served.port}{visitor.socket_path()}"
            line = stack.enter_context(connect(address, origin=None, additional_headers=headers))
            line.recv(3)
            line.send("40")
            line.recv(3)
        head = f"POST /api/photos HTTP/1.1\r\nHost: localhost:{served.port}\r\nContent-Length: 9999\r\n"
        own = "".join(f"{name}: {value}\r\n" for name, value in visitor.headers.items())
        for half in (head, f"{head}{own}\r\nx"):
            sending = stack.enter_context(socket.create_connection(("127.0.0.1", served.port)))
            sending.sendall(half.encode())
        time.sleep(0.2)
        started = time.monotonic()
        assert served.stop(how) == 0
        assert time.monotonic() - started < 10  # on a busy machine; about 2 otherwise
    assert served.said() == ""
    served.errors.close()


@pytest.mark.thorough
def test_a_second_start_takes_the_next_port_and_its_own_cookie(tmp_path: Path) -> None:
    first = start_door(tmp_path / "one")
    second = start_door(tmp_path / "two", first.port)
    try:
        assert second.port > first.port
        cookie = Visitor.opens(first.port).cookie
        assert ask(second.port, "GET", "/api/headshots", {"Cookie": cookie}).status == 403
    finally:
        for served in (first, second):
            assert served.stop() == 0
            served.errors.close()


def test_nothing_is_written_outside_the_app_folder(tmp_path: Path) -> None:
    work, temp, home, data = (tmp_path / name for name in ("work", "temp", "home", "data"))
    for folder in (work, temp, home):
        folder.mkdir()
    served = start_door(
        data, cwd=work, TMPDIR=str(temp), HOME=str(home), NICEGUI_REDIS_URL="redis://localhost:1"
    )
    Visitor.opens(served.port)
    served.stop()
    served.errors.close()
    assert [list(folder.rglob("*")) for folder in (work, temp, home)] == [[], [], []]


def test_starting_reads_none_of_the_heavy_parts() -> None:
    code = """
import sys
from headshot_web.web import server
assert "nicegui" not in sys.modules, "NiceGUI reads its folders when imported"
heavy = {"openai", "numpy", "ai_edge_litert", "PIL", "pi_heif"} & set(sys.modules)
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_app_that_is_open_has_nothing_at_hand_to_call_others_with(tmp_path: Path) -> None:
    """Python itself tells what was imported until the first page was there."""
    command = ["-X", "importtime", "-m", "headshot_web", "--port", str(free_port()), "--no-browser"]
    served = start([*command, "--data-dir", str(tmp_path / "data")])
    assert ask(served.port, "GET", "/").status < 400
    served.stop()
    imported = {line.rpartition("|")[2].strip() for line in served.said().splitlines()}
    served.errors.close()
    assert "socketio" in imported
    assert not imported & {"aiohttp.client", "openai", "httpx2", "keyring", "numpy", "PIL", "ai_edge_litert"}


@pytest.mark.thorough
@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="there is no hanging up here")
def test_started_with_nohup_it_outlives_its_terminal(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        served = start_door(tmp_path)
    finally:
        signal.signal(signal.SIGHUP, before)
    served.process.send_signal(signal.SIGHUP)
    time.sleep(0.3)
    assert ask(served.port, "GET", "/").status == 200
    assert served.stop() == 0
    served.errors.close()
