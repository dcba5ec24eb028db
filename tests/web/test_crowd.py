"""Many sockets at once: one address can't take the room of the others, and who asks nothing is hung up on."""

from __future__ import annotations

import asyncio
import socket
import ssl
from contextlib import ExitStack
from pathlib import Path

import pytest

from headshot_web.paths import Folders
from headshot_web.web.certificates import Certificates
from headshot_web.web.crowd import Crowd
from headshot_web.web.listening import Listener
from tests.doors import free_port
from tests.web.test_lan import Here, answers

pytestmark = pytest.mark.enable_socket


async def opened(crowd: Crowd) -> tuple[Listener, int]:
    listener, port = Listener(Here(), crowd=crowd), free_port()
    await listener.begin(socket.create_server(("127.0.0.1", port)))
    return listener, port


def hold(stack: ExitStack, source: str, port: int, count: int) -> list[socket.socket]:
    lines = [
        stack.enter_context(socket.create_connection(("127.0.0.1", port), source_address=(source, 0)))
        for _ in range(count)
    ]
    for line in lines:
        line.settimeout(0.05)
    return lines


def is_held(line: socket.socket) -> bool:
    try:
        return line.recv(1) != b""
    except TimeoutError:
        return True
    except ConnectionResetError:
        return False


@pytest.mark.thorough
async def test_one_address_gets_its_share_and_the_others_get_theirs() -> None:
    listener, port = await opened(Crowd(most_in_all=60, most_each=20))
    with ExitStack() as stack:
        greedy = await asyncio.to_thread(hold, stack, "127.0.0.61", port, 50)
        await asyncio.sleep(0.2)
        held = await asyncio.to_thread(lambda: sum(map(is_held, greedy)))
        assert held == 20
        assert await answers(f"http://127.0.0.1:{port}") == b"hello"
        for line in greedy:
            line.close()
        await asyncio.sleep(0.1)
        again = await asyncio.to_thread(hold, stack, "127.0.0.61", port, 15)
        await asyncio.sleep(0.2)
        assert await asyncio.to_thread(lambda: all(map(is_held, again)))
    await listener.end()


@pytest.mark.thorough
async def test_who_asks_for_nothing_is_hung_up_on_and_who_asks_is_not() -> None:
    listener, port = await opened(Crowd(head_s=1.0))
    with ExitStack() as stack:
        silent, slow, asking = await asyncio.to_thread(hold, stack, "127.0.0.62", port, 3)
        slow.sendall(b"GET / HTTP/1.1\r\nHost:")
        asking.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        await asyncio.sleep(2.0)
        assert not await asyncio.to_thread(is_held, silent)
        assert not await asyncio.to_thread(is_held, slow)
        assert (await asyncio.to_thread(asking.recv, 4096)).endswith(b"hello")
        assert await asyncio.to_thread(is_held, asking)
    await listener.end()


async def test_who_never_begins_to_encrypt_takes_no_more_room_than_others(tmp_path: Path) -> None:
    folders = Folders(tmp_path)
    folders.prepare()
    certificates = Certificates(folders)
    leaf = certificates.leaf("127.0.0.1")
    trusting = ssl.create_default_context(cadata=certificates.authority())
    port = free_port()
    listener = Listener(Here(), leaf, Crowd(most_in_all=60, most_each=20))
    await listener.begin(socket.create_server(("127.0.0.1", port)))
    with ExitStack() as stack:
        silent = await asyncio.to_thread(hold, stack, "127.0.0.61", port, 50)
        await asyncio.sleep(0.2)
        assert await asyncio.to_thread(lambda: sum(map(is_held, silent))) == 20
        assert await answers(f"https://127.0.0.1:{port}", trusting) == b"hello"
    await listener.end()
