"""The guard at the door: every request and websocket passes here first, and what is foreign ends here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from headshot_web import logbook
from headshot_web.access import OWNER_HERE, Visitor
from headshot_web.devices import Device, Devices, digest_of
from headshot_web.errors import (
    BodyTooLarge,
    FromOutside,
    HeadshotError,
    NotConnected,
    NotDoneHere,
    NotFound,
    NotPaired,
    NotUnderstood,
    OtherAddress,
    OtherOrigin,
    TooManyBytes,
)
from headshot_web.web.bodies import MEGABYTE, Body, BodyEnded, Limits, Reason
from headshot_web.web.csp import QUIET_POLICY
from headshot_web.web.doors import DOOR_KEY, Door, Doors, LanDoor, is_near
from headshot_web.web.lines import Cut, Line, Lines
from headshot_web.web.refusals import API_PREFIXES, refusal
from headshot_web.web.sessions import SCOPE_KEY, VISITOR_KEY, SessionId, Sessions, cookies
from headshot_web.web.ways import NOT_HERE, is_for, is_for_anybody

PAIR_PATH = "/pair"
LEAVE_PATH = "/api/visit/end"
UPLOAD_PATH = "/api/photos"
BOOTH_UPLOAD_PATH = "/api/booth/photo"
SOCKET_PREFIX = "/_nicegui_ws/"
SOCKET_PATH = f"{SOCKET_PREFIX}socket.io/"
CLIENT_PREFIX = "/_nicegui/client/"
OPEN_PREFIXES = ("/static/", "/_nicegui/", "/favicon.ico")

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


Here = Callable[[SessionId | None], Visitor]
"""Who a session of the browser on this computer is."""


def owner_here(_session: SessionId | None) -> Visitor:
    """Return the owner: whoever sits at this computer."""
    return OWNER_HERE


Owns = Callable[[SessionId | None, str], bool]
"""Whether a session may speak for an open page, or over a socket, of this id."""


class Guard:
    """Lets in this computer's own browser, and the phones that were paired, each by our own address only."""

    def __init__(  # noqa: PLR0913 - all that it asks
        self,
        app: ASGIApp,
        *,
        port: int,
        limits: Limits,
        owns: Owns,
        owns_socket: Owns,
        devices: Devices,
        hang_up: Callable[[Device], None] = lambda _device: None,
        here: Here = owner_here,
    ) -> None:
        """Take the app behind the door, and who says which session an open page or socket belongs to.

        `hang_up` ends the open pages of a phone's former visit; `here` says who the browser on this
        computer is.
        """
        self.app = app
        self._doors = Doors(port)
        self._limits = limits
        self._sessions = Sessions(port)
        self._owns = owns
        self._owns_socket = owns_socket
        self._devices = devices
        self._hang_up = hang_up
        self._here = here
        self._lines = Lines()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._visits = {device.id: device.session for device in devices.all()}
        devices.subscribe(self._hear)

    def open_door(self, door: LanDoor) -> None:
        """Let phones in by an address of the network, once somebody listens there."""
        self._doors.open(door)

    def close_door(self, door: LanDoor) -> None:
        """Let nobody in there any more."""
        self._doors.close(door)

    def cut(self, device: Device) -> None:
        """Cut whatever a phone has open of a visit that is over."""
        self._lines.cut(device.id)
        self._hang_up(device)

    def _hear(self, device: Device) -> None:
        """Cut the phone that was let go, or given to the next guest; it may be told in any thread."""
        before = self._visits.get(device.id, device.session)
        self._visits[device.id] = device.session
        if device.ended_at is not None:
            self._visits.pop(device.id, None)
        elif before == device.session:
            return
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.cut, device)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Judge one request or websocket, and pass it on or answer it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        self._loop = self._loop or asyncio.get_running_loop()
        scope = self._without_proxy_headers(scope)
        scope[DOOR_KEY] = door = self._doors.find(scope)
        self._recognise(scope, door)
        error = self._judge(scope, door)
        visitor: Visitor | None = scope[VISITOR_KEY]
        if visitor is None or visitor.device is None or scope["path"] == LEAVE_PATH:  # who leaves is answered
            await self._serve(error, scope, receive, send, None)
            return
        with self._lines.open(visitor.device) as line:
            await self._serve(error, scope, receive, send, line)

    def _recognise(self, scope: Scope, door: Door | None) -> None:
        """Write into the scope which session asks, and who that is."""
        scope[SCOPE_KEY] = scope[VISITOR_KEY] = None
        if isinstance(door, LanDoor):
            for token in cookies(scope["headers"], door.cookie_name):
                if device := self._devices.find(token):
                    scope[SCOPE_KEY], scope[VISITOR_KEY] = SessionId(digest_of(token)), device.visitor
        elif door is not None:
            scope[SCOPE_KEY] = session = self._sessions.find(scope["headers"])
            scope[VISITOR_KEY] = self._here(session)

    async def _serve(
        self, error: Reason | None, scope: Scope, receive: Receive, send: Send, line: Line | None
    ) -> None:
        if scope["type"] == "websocket":
            await self._websocket(error, scope, receive, send, line)
        elif error is None:
            await self._request(self._led(scope), receive, send, line)
        elif error is NotPaired and _is_page(scope):
            await RedirectResponse(PAIR_PATH, 303)(scope, receive, _Guarded(send, scope))
        else:
            await self._answer(error, scope, receive, _Guarded(send, scope))

    @staticmethod
    def _led(scope: Scope) -> Scope:
        """Lead to nowhere whoever asks for a page that is not theirs."""
        visitor: Visitor | None = scope[VISITOR_KEY]
        if visitor is None or is_for(visitor, scope["path"]):
            return scope
        return {**scope, "path": NOT_HERE, "raw_path": NOT_HERE.encode()}

    @staticmethod
    def _without_proxy_headers(scope: Scope) -> Scope:
        """Drop what only a proxy may say: there is none in front of us, and NiceGUI would believe it."""
        kept = [(k, v) for k, v in scope["headers"] if not k.startswith(b"x-forwarded") and k != b"forwarded"]
        return {**scope, "headers": kept}

    def _judge(self, scope: Scope, door: Door | None) -> Reason | None:
        """Return why a request is refused, or None."""
        hosts = _values(scope, b"host")
        if len(hosts) != 1:
            return NotUnderstood
        if door is None or hosts[0] not in door.hosts:
            return OtherAddress
        if door.is_lan and not is_near((scope.get("client") or ("",))[0]):
            return FromOutside
        if scope["type"] == "http" and scope["method"] not in _METHODS:
            return NotDoneHere
        # Over plain http at an address of the network no browser says whose page asks; its Origin does.
        is_said = not door.is_lan or door.scheme == "https"
        own = door.scheme.encode() + b"://" + hosts[0]
        if not _is_own_origin(scope, own) or not _is_own_site(scope, is_said=is_said):
            return OtherOrigin
        return self._judge_visitor(scope) or self._judge_session(scope) or self._judge_length(scope)

    @staticmethod
    def _judge_visitor(scope: Scope) -> Reason | None:
        """Refuse who was not let in, and what is not theirs where a page could not say so."""
        visitor: Visitor | None = scope[VISITOR_KEY]
        if visitor is None:
            return None if scope["type"] == "http" and is_for_anybody(scope["path"]) else NotPaired
        return None if is_for(visitor, scope["path"]) or _is_page(scope) else NotFound

    def _judge_session(self, scope: Scope) -> Reason | None:
        path, session = scope["path"], scope[SCOPE_KEY]
        if scope[VISITOR_KEY] is None:
            return None
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

    async def _websocket(
        self, error: Reason | None, scope: Scope, receive: Receive, send: Send, line: Line | None
    ) -> None:
        if error is None:
            if line is not None:
                receive, send = line.websocket(receive, send)
            await self.app(scope, receive, send)
            return
        await receive()
        await send({"type": "websocket.close"})  # before it is accepted: the browser sees 403

    async def _request(self, scope: Scope, receive: Receive, send: Send, line: Line | None) -> None:
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
            work = self.app({**scope, "method": _asked(scope)}, body.receive, guarded)
            await (work if line is None else line.hold(work))
        except Cut:
            body.was_cut = True
            if guarded.started:
                raise  # what was sent so far is all that the phone gets
            await self._answer(NotPaired, scope, receive, guarded)
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
        is_begun = scope[SCOPE_KEY] is not None or scope[DOOR_KEY].is_lan
        if is_begun or scope["method"] != "GET" or not is_page:
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


def _is_page(scope: Scope) -> bool:
    """Whether it is a page that is asked for, and not something for a page."""
    is_part = scope["path"].startswith((*OPEN_PREFIXES, *API_PREFIXES, SOCKET_PREFIX))
    return scope["type"] == "http" and scope["method"] in _SAFE_METHODS and not is_part


def _is_own_origin(scope: Scope, own: bytes) -> bool:
    """Whether the Origin is the very address that is asked: a must for what changes something."""
    origins = _values(scope, b"origin")
    return origins == [own] if origins or _is_unsafe(scope) else True


def _is_own_site(scope: Scope, *, is_said: bool) -> bool:
    """Whether the browser says that our own page, or the person by hand, asks for this."""
    sites = _values(scope, b"sec-fetch-site")
    destination = b"".join(_values(scope, b"sec-fetch-dest")).decode("latin-1")
    is_by_hand = _values(scope, b"sec-fetch-mode") == [b"navigate"] and not _is_unsafe(scope)
    if not sites:  # where it is said at all, a browser always says it when it changes something
        return not is_said or scope["type"] == "websocket" or not _is_unsafe(scope)
    if sites == [b"none"]:
        return is_by_hand and destination in _PAGE_DESTINATIONS
    return sites == [b"same-origin"] and (not is_by_hand or destination in _PAGE_DESTINATIONS)
