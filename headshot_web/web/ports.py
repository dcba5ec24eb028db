"""The address on this computer: a free port, held from the moment it is found, on loopback alone."""

from __future__ import annotations

import errno
import socket
import sys
from contextlib import ExitStack
from dataclasses import dataclass

from headshot_web.errors import NoPortFree

TRIES = 20
_LOOPBACKS = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))
_NO_SUCH_FAMILY = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A port of this computer that is ours, and the sockets that hold it."""

    port: int
    sockets: tuple[socket.socket, ...]

    @property
    def address(self) -> str:
        """What a person opens."""
        return f"http://localhost:{self.port}"

    def close(self) -> None:
        """Give the port back."""
        for listener in self.sockets:
            listener.close()


def _bind(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    # The protocol by its name: else asyncio leaves Nagle's waiting on, 40 ms for each answer on a kept line.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform == "win32":
            # There SO_REUSEADDR would let us take the port of an app that is running.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((host, port))
        listener.listen(128)
        listener.settimeout(0)
    except BaseException:
        listener.close()
        raise
    return listener


def _open(port: int) -> Door:
    """Hold one port under both of its loopback names, so that “localhost” can't be somebody else's app."""
    with ExitStack() as held:
        sockets: list[socket.socket] = []
        for family, host in _LOOPBACKS:
            try:
                listener = _bind(family, host, port)
            except OSError as error:
                if family == socket.AF_INET6 and error.errno in _NO_SUCH_FAMILY:
                    continue  # no IPv6 on this computer
                raise
            held.callback(listener.close)
            sockets.append(listener)
        held.pop_all()
    return Door(port=port, sockets=tuple(sockets))


def listen_at(address: str, wished: int, *, tries: int = TRIES) -> socket.socket:
    """Listen at one IPv4 address, on the wished port or the next free one; raises `NoPortFree`."""
    for port in range(wished, min(wished + tries, 65536)):
        try:
            return _bind(socket.AF_INET, address, port)
        except OSError:
            continue
    raise NoPortFree


def find_port(wished: int, *, tries: int = TRIES) -> Door:
    """Hold the wished port, or the next free one; raises `NoPortFree`."""
    for port in range(wished, min(wished + tries, 65536)):
        try:
            return _open(port)
        except OSError:
            continue
    raise NoPortFree
