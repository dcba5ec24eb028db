"""A guest's phone that weighs nearly nothing: fifty of them live in one process beside what they measure."""

from __future__ import annotations

import asyncio
import gzip
import re
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from urllib.parse import urlencode

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from tests.phones import LAN, Phone

_CLIENT = re.compile(rb"['\"]client_id['\"]:\s*['\"]([^'\"]+)")


@dataclass(kw_only=True)
class GuestPhone:
    """One browser at an address of its own: what it asked for, how long that took, and what it was shown."""

    number: int
    phone: Phone
    photos: list[str] = field(default_factory=list)
    took_s: dict[str, list[float]] = field(default_factory=dict)
    shown: set[bytes] = field(default_factory=set)
    strange: int = 0
    failed: list[str] = field(default_factory=list)
    _spare: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where it is in the network."""
        return f"127.0.1.{self.number + 1}"

    async def ask(
        self, kind: str, path: str, *, method: str = "GET", body: bytes = b"", **more: str
    ) -> tuple[int, bytes]:
        """Ask for something over a connection that is kept, as a browser does; returns status and body."""
        lines = {**self.phone.headers, "Accept-Encoding": "gzip", "Content-Length": str(len(body)), **more}
        head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items())
        began = time.perf_counter()
        try:
            reader, writer = await self._connection()
            writer.write(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
            status, headers, answer = await _read(reader)
        except (OSError, asyncio.IncompleteReadError) as error:
            self.failed.append(f"{path}: {type(error).__name__} after {time.perf_counter() - began:.1f} s")
            return 0, b""
        self.took_s.setdefault(kind, []).append(time.perf_counter() - began)
        if b"connection: close" in headers:
            writer.close()
        else:
            self._spare.append((reader, writer))
        return status, gzip.decompress(answer) if b"content-encoding: gzip" in headers else answer

    async def open(self, path: str, line: AsyncExitStack) -> None:
        """Open a page and connect it; what the page before kept open ends."""
        await line.aclose()
        status, page = await self.ask("page", path, Accept="text/html", Sec_Fetch_Mode="navigate")
        found = _CLIENT.search(page)
        if status != 200 or not found:
            self.failed.extend([f"{path}: {status}"] if status else [])
            return
        said = {"client_id": found[1].decode(), "tab_id": f"tab-{self.number}", "document_id": "document"}
        more = {"next_message_id": "0", "implicit_handshake": "true", "EIO": "4", "transport": "websocket"}
        way = f"ws://{self.phone.host}/_nicegui_ws/socket.io/?{urlencode({**said, **more})}"
        own = {name: self.phone.headers[name] for name in ("Cookie", "Origin")}
        opened = connect(way, additional_headers=own, local_addr=(self.address, 0), compression=None)
        try:
            socket = await line.enter_async_context(opened)
            await socket.recv()
            await socket.send("40")
        except (OSError, WebSocketException) as error:
            self.failed.append(f"{path}, its connection: {type(error).__name__}")

    async def see(self, *paths: str) -> None:
        """Load the pictures of a page, two at a time."""
        turns = asyncio.Semaphore(2)

        async def one(path: str) -> None:
            async with turns:
                status, picture = await self.ask("preview" if "/look/" in path else "picture", path)
            if status == 200:
                self.shown.add(picture)
            elif status:
                self.failed.append(f"{path.rpartition('/')[2]}: {status}")

        await asyncio.gather(*map(one, paths))

    async def bring(self, photo: bytes) -> None:
        """Upload a photo."""
        status, answer = await self.ask("upload", "/api/photos", method="POST", body=photo)
        found = re.search(rb'"photo":\s*"([0-9a-f]+)"', answer)
        if status == 201 and found:
            self.photos.append(found[1].decode())
        elif status:
            self.failed.append(f"upload: {status}")

    async def pry(self, photo: str) -> None:
        """Ask for a photo of somebody else's."""
        status, _ = await self.ask("pried", f"/media/photo/{photo}")
        self.strange += status == 200

    def leave(self) -> None:
        """Close what is open."""
        for _, writer in self._spare:
            writer.close()
        self._spare.clear()

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Take one that is kept and that the app has not closed meanwhile, or a new one."""
        while self._spare:
            reader, writer = self._spare.pop()
            if not reader.at_eof() and not writer.is_closing() and reader.exception() is None:
                return reader, writer
            writer.close()
        return await self._dial()

    async def _dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(
            LAN, self.phone.port, local_addr=(self.address, 0), limit=1 << 22
        )


async def _read(reader: asyncio.StreamReader) -> tuple[int, bytes, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head[9:12])
    if length := re.search(rb"content-length: (\d+)", head):
        return status, head, await reader.readexactly(int(length[1]))
    pieces = []
    while size := int(await reader.readuntil(b"\r\n"), 16):
        pieces.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readexactly(2)
    return status, head, b"".join(pieces)
