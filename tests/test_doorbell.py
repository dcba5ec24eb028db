"""Letting phones in from the command line: the address is said, and Ctrl-C closes both ways in."""

from __future__ import annotations

import os
import re
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.doors import HERE, agreed_to_policy, free_port
from tests.networks import WIFI, start_with_networks, write_networks
from tests.qr_terminal import read_terminal

pytestmark = pytest.mark.enable_socket


def test_the_address_is_said_and_both_ways_in_are_closed_at_the_end(tmp_path: Path) -> None:
    file = tmp_path / "networks.json"
    write_networks(file, wlan0=WIFI)
    wished = {"HEADSHOT_WEB_PHONES": "1", "HEADSHOT_WEB_PHONES_HOURS": "2"}
    served = start_with_networks(tmp_path / "data", file, **wished)
    assert served.process.stdout
    line = served.process.stdout.readline()
    assert re.match(rf"Phones can connect at http://{WIFI}:{served.port} until \d\d:\d\d\.", line)
    said = [served.process.stdout.readline() for _ in range(3)]
    assert any("could read along" in one for one in said)
    assert any("open “Use a phone”" in one for one in said)
    socket.create_connection((WIFI, served.port), timeout=5).close()
    assert served.stop() == 0
    for address in (WIFI, "127.0.0.1"):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((address, served.port), timeout=5)
    assert served.said() == ""
    served.errors.close()


def test_without_a_network_it_is_said_and_the_app_is_open_all_the_same(tmp_path: Path) -> None:
    file = tmp_path / "networks.json"
    write_networks(file)
    served = start_with_networks(tmp_path / "data", file, HEADSHOT_WEB_PHONES="1")
    assert served.process.stdout
    assert "in no network of its own" in served.process.stdout.readline()
    socket.create_connection(("127.0.0.1", served.port), timeout=5).close()
    assert served.stop() == 0
    served.errors.close()


@pytest.mark.skipif(os.name != "posix", reason="needs a terminal that a test can be")
def test_in_a_terminal_a_code_is_drawn_and_a_fresh_one_at_enter(tmp_path: Path) -> None:
    file, port = tmp_path / "networks.json", free_port()
    write_networks(file, wlan0=WIFI)
    agreed_to_policy(tmp_path / "data")
    ours, theirs = os.openpty()
    command = [sys.executable, str(HERE / "networks_server.py"), str(tmp_path / "data"), str(port), str(file)]
    own = {"HEADSHOT_WEB_PHONES": "1", "PYTHONPATH": str(HERE.parent)}
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env={**os.environ, **own}, start_new_session=True
    )
    os.close(theirs)
    try:
        first = read_terminal(until(ours, "Enter draws a fresh one"))
        assert first.startswith(f"http://{WIFI}:{port}/pair#")
        os.write(ours, b"\n")
        second = read_terminal(until(ours, "Enter draws a fresh one"))
        assert second.startswith(f"http://{WIFI}:{port}/pair#")
        assert first != second
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(15) == 0
        os.close(ours)


def until(terminal: int, words: str) -> str:
    """Read what is written on a terminal until these words."""
    said = b""
    while words.encode() not in said:
        assert select.select([terminal], [], [], 30)[0], said.decode()
        said += os.read(terminal, 65536)
    return said.decode()
