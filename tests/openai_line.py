"""HTTP/1.1 on a loopback socket, by hand: each byte that came is kept, each way to fail can be played."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import socket
import struct
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Self, SupportsIndex

from tests.openai_form import Form, Refusal, read_form


@dataclass(slots=True, kw_only=True)
class Exchange:
    """One request as it came, and how it was answered."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]  # as sent: order and capitals kept
    began: float  # seconds since the epoch
    request_id: str
    body: bytes = b""
    complete: bool = False  # the whole body has come
    form: Form | None = None
    status: int | None = None  # what was answered, once it was
    fault: str | None = None
    left_early: bool = False  # the caller went before the answer was whole
    answered: bool = False  # the whole answer was written
    ended: float | None = None

    def header(self, name: str) -> str | None:
        """The value of a header, whatever its capitals."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def header_names(self) -> tuple[str, ...]:
        """The names of the headers in order, in small letters."""
        return tuple(name.lower() for name, _ in self.headers)

    def as_json(self, *, whole: bool) -> dict[str, Any]:
        """For a reader in another process; the body only where it is wanted whole."""
        said = {name: getattr(self, name) for name in _PLAIN}
        said |= {"body_bytes": len(self.body), "body_sha256": hashlib.sha256(self.body).hexdigest()}
        return said | {"body": base64.b64encode(self.body).decode()} if whole else said

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Self:
        """As `as_json` wrote it, whole."""
        exchange = cls(**{name: said[name] for name in _PLAIN})
        exchange.headers = tuple((name, value) for name, value in said["headers"])
        exchange.body = base64.b64decode(said["body"])
        with suppress(Refusal):
            exchange.form = read_form(exchange.header("content-type") or "", exchange.body)
        return exchange


_PLAIN = (
    "method", "path", "headers", "began", "request_id", "complete", "status", "fault", "left_early",
    "answered", "ended",
)  # fmt: skip


class CallerLeftError(Exception):
    """Nobody is at the other end any more."""


TLS_HELLO = b"\x16"


class Reader(asyncio.StreamReader):
    """A stream that counts its bytes and says at once when the caller is gone."""

    def __init__(self) -> None:
        super().__init__(limit=2**20)
        self.gone = asyncio.Event()
        self.count = 0

    def feed_data(self, data: Iterable[SupportsIndex]) -> None:
        """Count what comes."""
        self.count += len(bytes(data))
        super().feed_data(data)

    def feed_eof(self) -> None:
        """Notice the end."""
        self.gone.set()
        super().feed_eof()

    def set_exception(self, exc: BaseException) -> None:
        """Notice a break."""
        self.gone.set()
        super().set_exception(exc)  # type: ignore[arg-type]


@dataclass(slots=True, kw_only=True)
class Line:
    """The connection to one caller, for the answer to one request."""

    reader: Reader
    writer: asyncio.StreamWriter
    exchange: Exchange
    headers: dict[str, str] = field(default_factory=dict)
    keep: bool = True
    begun: bool = False

    async def wait(self, seconds: float) -> None:
        """Let time pass while the caller stays; raises CallerLeftError."""
        if seconds > 0:
            try:
                await asyncio.wait_for(self.reader.gone.wait(), seconds)
            except TimeoutError:
                return
            raise CallerLeftError

    def head(self, status: int, content_type: str, length: int | None, **more: str) -> None:
        """Write the first lines of an answer; without a length it comes in chunks."""
        self.exchange.status = status
        self.begun = True
        size = {"transfer-encoding": "chunked"} if length is None else {"content-length": str(length)}
        lines = {"content-type": content_type, **size, **self.headers}
        lines |= {name.replace("_", "-"): value for name, value in more.items()}
        text = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        self.writer.write(f"HTTP/1.1 {status} {_PHRASES.get(status, 'Status')}\r\n{text}\r\n".encode())

    async def send(self, status: int, content_type: str, body: bytes, **more: str) -> None:
        """Answer whole."""
        self.head(status, content_type, len(body), **more)
        await self.write(body)

    async def send_json(self, status: int, body: object, **more: str) -> None:
        """Answer whole, in JSON."""
        await self.send(status, "application/json", json.dumps(body).encode(), **more)

    async def write(self, data: bytes) -> None:
        """Write bytes as they are; raises CallerLeftError."""
        if self.reader.gone.is_set():
            raise CallerLeftError
        try:
            self.writer.write(data)
            await self.writer.drain()
        except (ConnectionError, OSError) as error:
            raise CallerLeftError from error

    async def chunk(self, data: bytes) -> None:
        """Write one chunk; an empty one ends the answer."""
        await self.write(b"%x\r\n%b\r\n" % (len(data), data))

    async def reset(self) -> None:
        """Break the connection hard, as a failing network does."""
        self.keep = False
        await asyncio.sleep(0.005)  # what was written before has left by then
        with suppressed():
            self.writer.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )
            self.writer.transport.abort()

    def hang_up(self) -> None:
        """Close the connection after what was written."""
        self.keep = False


@contextmanager
def suppressed() -> Iterator[None]:
    """Whatever a socket that is already gone may say."""
    try:
        yield
    except (OSError, RuntimeError, ValueError, AttributeError):
        return


_PHRASES = {
    200: "OK", 307: "Temporary Redirect", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden",
    404: "Not Found", 413: "Content Too Large", 422: "Unprocessable Entity", 429: "Too Many Requests",
    500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
}  # fmt: skip


async def read_head(reader: Reader) -> Exchange | None:
    """Read the first lines of a request; None when the caller hangs up before them."""
    try:
        start = await reader.readexactly(1)
        if start == TLS_HELLO:
            return None  # it speaks in the open alone, and hangs up on whoever wants it otherwise
        head = start + await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError, asyncio.LimitOverrunError):
        return None
    first, *rest = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in rest))
    return Exchange(
        method=method, path=path, headers=headers, began=time.time(),
        request_id=f"req_{uuid.uuid4().hex}",
    )  # fmt: skip


async def read_body(line: Line, most: int | None = None) -> bytes:
    """Read the body, or its first bytes only; raises CallerLeftError where it never comes."""
    exchange, reader = line.exchange, line.reader
    if (exchange.header("expect") or "").lower() == "100-continue":
        line.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    try:
        if (exchange.header("transfer-encoding") or "").lower() == "chunked":
            return await _chunked(reader, most)
        length = int(exchange.header("content-length") or 0)
        return await reader.readexactly(length if most is None else min(length, most))
    except (asyncio.IncompleteReadError, ConnectionError) as error:
        raise CallerLeftError from error


async def _chunked(reader: Reader, most: int | None) -> bytes:
    pieces: list[bytes] = []
    while size := int((await reader.readline()).split(b";")[0] or b"0", 16):
        pieces.append((await reader.readexactly(size + 2))[:-2])
        if most is not None and sum(map(len, pieces)) >= most:
            return b"".join(pieces)
    await reader.readline()
    return b"".join(pieces)
