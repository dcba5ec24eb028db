"""A line between a browser and the app that can be slow, and be cut: bytes pass it as over a weak Wi-Fi."""

from __future__ import annotations

import socket
import struct
import threading
import time
from contextlib import suppress
from typing import Self

PIECE = 16_384
AT_ONCE = struct.pack("ii", 1, 0)
"""A connection closed like this ends without a goodbye."""


class SlowLine:
    """Passes connections on to an address; what goes there goes no faster than `pace` bytes a second."""

    def __init__(self, host: str, port: int) -> None:
        self._there = (host, port)
        self._here = socket.create_server(("127.0.0.1", 0))
        self._here.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * PIECE)
        self.port = int(self._here.getsockname()[1])
        self.pace: float | None = None
        self.passed = 0
        """How many bytes went there."""
        self._is_cut = False
        self._open: set[socket.socket] = set()

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._here.close()
        self.cut()

    def cut(self) -> None:
        """End every connection, and let none through until it is mended."""
        self._is_cut = True
        for one in tuple(self._open):
            with suppress(OSError):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._open.clear()

    def mend(self) -> None:
        """Let connections through again."""
        self._is_cut = False

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._here.accept()
                if self._is_cut:
                    near.close()
                    continue
                far = socket.create_connection(self._there)
                self._open |= {near, far}
                for way in ((near, far, True), (far, near, False)):
                    threading.Thread(target=self._pass_on, args=way, daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket, there: bool) -> None:
        with suppress(OSError):
            while data := one.recv(PIECE):
                other.sendall(data)
                if there:
                    self.passed += len(data)
                    if self.pace:
                        time.sleep(len(data) / self.pace)
            other.shutdown(socket.SHUT_WR)
