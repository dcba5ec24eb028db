"""The one door to a provider: everything that leaves for it, or comes from it, passes here."""

from __future__ import annotations

import asyncio
import ssl
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

import anyio
import httpx2

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from pydantic import SecretStr

    from headshot_web.endpoint import Endpoint

AGENT: Final = "headshot-web"
CONNECT_S: Final = 10.0
WRITE_S: Final = 60.0
MOST_CONNECTIONS: Final = 32
MOST_ERROR_BYTES: Final = 64 * 1024
BROKEN: Final = (httpx2.HTTPError, httpx2.StreamError, anyio.EndOfStream, OSError)
"""Everything that a connection can fail with."""
_KEPT: Final = ("content-type", "content-length", "transfer-encoding")


class Untrusted(httpx2.ConnectError):
    """Whoever answered could not show, by a certificate, that they are who was asked for."""


class Crossing:
    """How far one request has come through the door."""

    def __init__(self) -> None:
        self.began = False
        """Whether any of its body left; without that there is nothing to be charged."""
        self.sent = asyncio.Event()
        """Set when the whole body has left."""


CROSSING: ContextVar[Crossing] = ContextVar("crossing")


class Door(httpx2.AsyncBaseTransport):
    """Lets requests out to one host only, with our own headers only, and errors in only up to a limit.

    Whatever the environment, a redirect or a library adds to a request is left behind here.
    """

    def __init__(self, endpoint: Endpoint, key: Callable[[], SecretStr | None]) -> None:
        self._address = httpx2.URL(endpoint.base_url)
        self._key = key
        # Each request has its own connection: one that was kept may be closed by the other side just
        # then, and nobody could tell whether the request had been read.
        limits = httpx2.Limits(max_connections=MOST_CONNECTIONS, max_keepalive_connections=0)
        self._street = httpx2.AsyncHTTPTransport(trust_env=False, limits=limits)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request and give its answer; what failed before a byte of it left is a `ConnectError`."""
        crossing = CROSSING.get(Crossing())
        if not self._is_ours(request.url):
            raise httpx2.ConnectError("another address")
        assert isinstance(request.stream, httpx2.AsyncByteStream)  # noqa: S101 - as the client has it
        letter = httpx2.Request(
            request.method,
            request.url,
            headers=self._headers(request),
            stream=_Leaving(request.stream, crossing),
            extensions=request.extensions,
        )
        try:
            response = await self._street.handle_async_request(letter)
        except BROKEN as error:
            if crossing.began:
                raise
            lost, kind = type(error).__name__, _kind(error)
        else:
            assert isinstance(response.stream, httpx2.AsyncByteStream)  # noqa: S101 - as the client has it
            if not response.is_success:
                response.stream = _Refusal(response.stream)
            return response
        raise kind(lost)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._street.aclose()

    def _is_ours(self, url: httpx2.URL) -> bool:
        ours = self._address
        return (url.scheme, url.host, url.port) == (ours.scheme, ours.host, ours.port)

    def _headers(self, request: httpx2.Request) -> list[tuple[str, str]]:
        """Write the headers anew: whatever is not needed to be understood stays here."""
        headers = [("host", self._address.netloc.decode("ascii"))]
        headers += [(name, request.headers[name]) for name in _KEPT if name in request.headers]
        headers += [
            ("accept", "application/json"),
            ("accept-encoding", "identity"),
            ("connection", "close"),
            ("user-agent", AGENT),
        ]
        key = self._key()
        if key is not None:
            headers.append(("authorization", f"Bearer {key.get_secret_value()}"))
        return headers


class _Leaving(httpx2.AsyncByteStream):
    """A body on its way out."""

    def __init__(self, body: httpx2.AsyncByteStream, crossing: Crossing) -> None:
        self._body = body
        self._crossing = crossing

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self._crossing.began = True
        async for chunk in self._body:
            yield chunk
        self._crossing.sent.set()


class _Refusal(httpx2.AsyncByteStream):
    """An error on its way in: it is read whole by the library, so it is cut off at a limit."""

    def __init__(self, body: httpx2.AsyncByteStream) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = MOST_ERROR_BYTES
        async for chunk in self._body:
            yield chunk[:left]
            left -= len(chunk)
            if left <= 0:
                return

    async def aclose(self) -> None:
        await self._body.aclose()


def client(endpoint: Endpoint, key: Callable[[], SecretStr | None]) -> httpx2.AsyncClient:
    """Open a client that goes through the door: no redirects, no proxies, nothing from the environment."""
    return httpx2.AsyncClient(
        transport=Door(endpoint, key),
        follow_redirects=False,
        trust_env=False,
        timeout=httpx2.Timeout(endpoint.timeout_s, connect=CONNECT_S, write=WRITE_S),
    )


def never_left(error: BaseException | None) -> bool:
    """Tell whether an exception says that nothing left."""
    return isinstance(error, httpx2.ConnectError)


def untrusted(error: BaseException | None) -> bool:
    """Tell whether an exception says that the other side could not show who it is."""
    return isinstance(error, Untrusted)


def _kind(error: BaseException) -> type[httpx2.ConnectError]:
    """Find out why a line did not come about: a certificate that is not trusted lies at the bottom then."""
    below: BaseException | None = error
    while below is not None:
        if isinstance(below, ssl.SSLCertVerificationError):
            return Untrusted
        below = below.__cause__ or below.__context__
    return httpx2.ConnectError


def timed_out(error: BaseException | None) -> bool:
    """Tell whether an exception says that it took too long."""
    return isinstance(error, httpx2.TimeoutException)
