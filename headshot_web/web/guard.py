"""The guard at the door: every request and websocket passes here first, and what is foreign ends here."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from headshot_web import logbook
from headshot_web.errors import (
    BodyTooLarge,
    BodyTooSlow,
    HeadshotError,
    NotConnected,
    NotDoneHere,
    NotFound,
    NotUnderstood,
    OtherAddress,
    OtherOrigin,
    TooManyBytes,
)
from headshot_web.web.csp import QUIET_POLICY
from headshot_web.web.refusals import API_PREFIXES, refusal
from headshot_web.web.sessions import SCOPE_KEY, SessionId, Sessions

UPLOAD_PATH = "/api/photos"
BOOTH_UPLOAD_PATH = "/api/booth/photo"
SOCKET_PREFIX = "/_nicegui_ws/"
SOCKET_PATH = f"{SOCKET_PREFIX}socket.io/"
CLIENT_PREFIX = "/_nicegui/client/"
OPEN_PREFIXES = ("/static/", "/_nicegui/", "/favicon.ico")
MEGABYTE = 1_000_000

_SAFE_METHODS = ("GET", "HEAD")
_METHODS = (*_SAFE_METHODS, "POST")
_PAGE_DESTINATIONS = ("document", "empty", "")
_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(self), microphone=(), geolocation=(), display-capture=(), payment=(), "
    "usb=(), serial=(), hid=(), midi=(), browsing-topics=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
}


Reason = HeadshotError | type[HeadshotError]
"""Why a request is refused."""
Owns = Callable[[SessionId | None, str], bool]
"""Whether a session may speak for an open page, or over a socket, of this id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much and how slowly may be sent."""

    upload_bytes: int
    other_bytes: int = MEGABYTE
    pause_s: float = 20.0
    """The longest silence within one body."""
    upload_s: float = 600.0
    other_s: float = 30.0
    """The longest time spent waiting for the parts of one body."""


class BodyEnded(Exception):  # noqa: N818
    """A body was cut off by the guard; carries the error that is answered."""

    def __init__(self, error: Reason) -> None:
        super().__init__(error.title)
        self.error = error


class Body:
    """A request's body while it is read: counted in bytes and in seconds of waiting."""

    def __init__(
        self, receive: Receive, *, most_bytes: int, most_s: float, pause_s: float, too_large: Reason
    ) -> None:
        self._receive = receive
        self._most_bytes = most_bytes
        self._left_s = most_s
        self._pause_s = pause_s
        self._too_large = too_large
        self._bytes = 0
        self._complete = False
        self.was_cut = False

    async def receive(self) -> Message:
        """Return the next message, or end the request with `BodyEnded`."""
        if self._complete:
            return await self._receive()  # only the browser's leaving can still come: no limit on that
        started = time.monotonic()
        try:
            async with asyncio.timeout(min(self._pause_s, self._left_s)):
                message = await self._receive()
        except TimeoutError:
            self.was_cut = True
            raise BodyEnded(BodyTooSlow) from None
        self._left_s = max(0.0, self._left_s - (time.monotonic() - started))
        self._bytes += len(message.get("body", b""))
        if self._bytes > self._most_bytes:
            self.was_cut = True
            raise BodyEnded(self._too_large)
        self._complete = message["type"] != "http.request" or not message.get("more_body", False)
        return message


class Guard:
    """Lets in only this computer's own browser, by our own address, from our own pages."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        port: int,
        limits: Limits,
        owns: Owns,
        owns_socket: Owns,
    ) -> None:
        """Take the app behind the door, and who says which session an open page or socket belongs to."""
        self.app = app
        names = ("localhost", "127.0.0.1", "[::1]")
        self._hosts = {f"{name}:{port}".encode() for name in names}
        if port == 80:  # noqa: PLR2004 - a browser leaves out http's own port
            self._hosts |= {name.encode() for name in names}
        self._limits = limits
        self._sessions = Sessions(port)
        self._owns = owns
        self._owns_socket = owns_socket

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Judge one request or websocket, and pass it on or answer it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        scope = self._without_proxy_headers(scope)
        scope[SCOPE_KEY] = session = self._sessions.find(scope["headers"])
        error = self._judge(scope, session)
        if scope["type"] == "websocket":
            await self._websocket(error, scope, receive, send)
        elif error is not None:
            await self._answer(error, scope, receive, _Guarded(send, scope))
        else:
            await self._request(scope, receive, send)

    @staticmethod
    def _without_proxy_headers(scope: Scope) -> Scope:
        """Drop what only a proxy may say: there is none in front of us, and NiceGUI would believe it."""
        kept = [(k, v) for k, v in scope["headers"] if not k.startswith(b"x-forwarded") and k != b"forwarded"]
        return {**scope, "headers": kept}

    def _judge(self, scope: Scope, session: SessionId | None) -> Reason | None:
        """Return why a request is refused, or None."""
        hosts = _values(scope, b"host")
        if len(hosts) != 1:
            return NotUnderstood
        if hosts[0] not in self._hosts:
            return OtherAddress
        if scope["type"] == "http" and scope["method"] not in _METHODS:
            return NotDoneHere
        if not _is_own_origin(scope, hosts[0]) or not _is_own_site(scope):
            return OtherOrigin
        return self._judge_session(scope, session) or self._judge_length(scope)

    def _judge_session(self, scope: Scope, session: SessionId | None) -> Reason | None:
        path = scope["path"]
        if scope["type"] == "websocket" and path != SOCKET_PATH:
            return NotFound
        query = parse_qs(scope["query_string"].decode("latin-1"))
        if path.startswith(SOCKET_PREFIX):
            return self._judge_socket(scope, session, query)
        if path.startswith(CLIENT_PREFIX):
            client = path.removeprefix(CLIENT_PREFIX).partition("/")[0]
            return None if session and self._owns(session, client) else NotConnected
        if session is None and (path.startswith(API_PREFIXES) or scope["method"] not in _SAFE_METHODS):
            return NotConnected
        return None

    def _judge_socket(
        self, scope: Scope, session: SessionId | None, query: dict[str, list[str]]
    ) -> Reason | None:
        """Bind a page's connection to its session: neither a page's id nor a socket's may be borrowed."""
        clients = query.get("client_id", [])
        sockets = query.get("sid", [])
        if len(clients) != 1 or len(sockets) > 1:
            return NotUnderstood
        if sockets and not self._owns_socket(session, sockets[0]):
            return NotConnected
        if scope["type"] == "websocket" and (session is None or not self._owns(session, clients[0])):
            return NotConnected
        # By polling a strange page may ask, and is told in the socket's own words to reload (see clients.py):
        # so a window that was open while the app was started anew comes back by itself.
        return None

    def _judge_length(self, scope: Scope) -> Reason | None:
        """Refuse a body by its announced length before any of it is read."""
        lengths = _values(scope, b"content-length")
        if scope["type"] != "http" or not lengths:
            return None
        if len(lengths) > 1 or not lengths[0].isdigit():
            return NotUnderstood
        if int(lengths[0]) > self._most_bytes(scope):
            return self._too_large(scope)
        return None

    def _too_large(self, scope: Scope) -> Reason:
        return TooManyBytes(self._limits.upload_bytes // MEGABYTE) if _is_upload(scope) else BodyTooLarge

    def _most_bytes(self, scope: Scope) -> int:
        return self._limits.upload_bytes if _is_upload(scope) else self._limits.other_bytes

    async def _websocket(self, error: Reason | None, scope: Scope, receive: Receive, send: Send) -> None:
        if error is None:
            await self.app(scope, receive, send)
            return
        await receive()
        await send({"type": "websocket.close"})  # before it is accepted: the browser sees 403

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        cookie = self._begin_session(scope)
        guarded = _Guarded(send, scope, cookie=cookie)
        upload = _is_upload(scope)
        body = Body(
            receive,
            most_bytes=self._most_bytes(scope),
            most_s=self._limits.upload_s if upload else self._limits.other_s,
            pause_s=self._limits.pause_s,
            too_large=self._too_large(scope),
        )
        guarded.body = body
        try:
            # NiceGUI knows no HEAD; the server leaves the body out.
            await self.app({**scope, "method": _asked(scope)}, body.receive, guarded)
        except BodyEnded as ended:
            if not guarded.started:
                await self._answer(ended.error, scope, receive, guarded)
        except Exception as error:
            logbook.note(logbook.Event.REQUEST_FAILED, error)
            if guarded.started:
                raise
            await self._answer(HeadshotError, scope, receive, guarded)

    def _begin_session(self, scope: Scope) -> bytes | None:
        """Give a new browser its cookie with the first page it opens."""
        path = scope["path"]
        is_page = not path.startswith((*OPEN_PREFIXES, *API_PREFIXES, SOCKET_PREFIX))
        if scope[SCOPE_KEY] is not None or scope["method"] != "GET" or not is_page:
            return None
        scope[SCOPE_KEY], cookie = self._sessions.begin()
        return cookie

    @staticmethod
    async def _answer(error: Reason, scope: Scope, receive: Receive, send: _Guarded) -> None:
        send.cookie = None
        await refusal(error, scope)(scope, receive, send)


class _Guarded:
    """The way out: adds the headers that every answer carries."""

    def __init__(self, send: Send, scope: Scope, *, cookie: bytes | None = None) -> None:
        self._send = send
        self._is_private = not scope["path"].startswith(OPEN_PREFIXES)
        self.cookie = cookie
        self.body: Body | None = None
        self.started = False

    async def __call__(self, message: Message) -> None:
        """Send one message of the answer."""
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(raw=message.setdefault("headers", []))
            for name, value in _HEADERS.items():
                headers[name] = value
            headers.setdefault("content-security-policy", QUIET_POLICY)
            if self._is_private:
                headers["cache-control"] = "no-store"
            if self.body is not None and self.body.was_cut:
                headers["connection"] = "close"  # whatever is still coming is not read
            if self.cookie is not None:
                headers.append("set-cookie", self.cookie.decode())
        await self._send(message)


def _values(scope: Scope, name: bytes) -> list[bytes]:
    return [value for key, value in scope["headers"] if key == name]


def _is_upload(scope: Scope) -> bool:
    return scope["path"] in (UPLOAD_PATH, BOOTH_UPLOAD_PATH)


def _asked(scope: Scope) -> str:
    return "GET" if scope["method"] == "HEAD" else str(scope["method"])


def _is_unsafe(scope: Scope) -> bool:
    return scope["type"] == "websocket" or scope["method"] not in _SAFE_METHODS


def _is_own_origin(scope: Scope, host: bytes) -> bool:
    """Whether the Origin is the very address that is asked: a must for what changes something."""
    origins = _values(scope, b"origin")
    return origins == [b"http://" + host] if origins or _is_unsafe(scope) else True


def _is_own_site(scope: Scope) -> bool:
    """Whether the browser says that our own page, or the person by hand, asks for this."""
    sites = _values(scope, b"sec-fetch-site")
    destination = b"".join(_values(scope, b"sec-fetch-dest")).decode("latin-1")
    is_by_hand = _values(scope, b"sec-fetch-mode") == [b"navigate"] and not _is_unsafe(scope)
    if not sites:  # a browser that can run the pages always says it when it changes something
        return scope["type"] == "websocket" or not _is_unsafe(scope)
    if sites == [b"none"]:
        return is_by_hand and destination in _PAGE_DESTINATIONS
    return sites == [b"same-origin"] and (not is_by_hand or destination in _PAGE_DESTINATIONS)
