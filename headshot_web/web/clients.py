"""Which open page belongs to which session: a page's id alone opens nothing."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import Any
from urllib.parse import parse_qs

from headshot_web.access import Visitor
from headshot_web.devices import Device
from headshot_web.web.sessions import SCOPE_KEY, VISITOR_KEY, SessionId

_MESSAGES = ("event", "javascript_response", "ack")
_RELOAD = "Implicit handshake failed"
"""NiceGUI's own word at which an open page reloads itself."""
_LONGEST_LOG = 500


def _owner(client_id: str) -> SessionId | None:
    """Return the session that a page was built for."""
    from nicegui import Client  # noqa: PLC0415 - NiceGUI reads its folders while it is imported

    client = Client.instances.get(client_id)
    return None if client is None else client.request.scope.get(SCOPE_KEY)


def _exists(client_id: str) -> bool:
    from nicegui import Client  # noqa: PLC0415

    return client_id in Client.instances


def owns(session: SessionId | None, client_id: str) -> bool:
    """Whether a session may speak for a page; a page that is gone belongs to nobody and does nothing."""
    return not _exists(client_id) or (session is not None and _owner(client_id) == session)


def owns_socket(session: SessionId | None, socket_id: str) -> bool:
    """Whether a connection was begun by this session."""
    from nicegui import core  # noqa: PLC0415

    environ = core.sio.environ.get(socket_id)
    return environ is None or environ["asgi.scope"].get(SCOPE_KEY) == session


def _speaker(sid: str) -> tuple[SessionId | None, str]:
    """Return the session and the page for which a connection was opened."""
    from nicegui import core  # noqa: PLC0415

    scope = (core.sio.get_environ(sid) or {}).get("asgi.scope", {})
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    return scope.get(SCOPE_KEY), query.get("client_id", [""])[0]


def _may(sid: str, data: Any) -> bool:  # noqa: ANN401 - whatever a stranger sends
    session, client_id = _speaker(sid)
    if session is None or not isinstance(data, dict) or data.get("client_id") != client_id:
        return False
    return owns(session, client_id)


def hang_up(device: Device) -> None:
    """Let the open pages of a phone's former visit go: they can do nothing more."""
    from nicegui import Client, background_tasks, core  # noqa: PLC0415

    for client in list(Client.instances.values()):
        if _is_over(client.request.scope, device):
            client.delete()
    for sid, environ in list(core.sio.environ.items()):
        if _is_over(environ.get("asgi.scope", {}), device):
            background_tasks.create(core.sio.disconnect(sid), name="hang up")


def _is_over(scope: Mapping[str, Any], device: Device) -> bool:
    visitor: Visitor | None = scope.get(VISITOR_KEY)
    if visitor is None or visitor.device != device.id:
        return False
    return device.ended_at is not None or visitor.session != device.session


async def _settle(result: Any) -> Any:  # noqa: ANN401 - NiceGUI's handlers return what they like
    return await result if inspect.isawaitable(result) else result


def _checked(handler: Callable[..., Any], refused: object) -> Callable[..., Awaitable[Any]]:
    @wraps(handler)
    async def checked(sid: str, data: Any = None) -> Any:  # noqa: ANN401
        return await _settle(handler(sid, data)) if _may(sid, data) else refused

    return checked


def _checked_log(handler: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    """Let a page write only one short line at a time into our log."""

    @wraps(handler)
    async def checked(sid: str, data: Any = None) -> None:  # noqa: ANN401
        if _may(sid, data) and data.get("level") in {"debug", "info", "warning", "error"}:
            line = ascii(str(data.get("message"))[:_LONGEST_LOG])
            await _settle(handler(sid, {**data, "message": line}))

    return checked


def _checked_connect(handler: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    @wraps(handler)
    async def checked(sid: str, environ: dict[str, Any], auth: object = None) -> None:
        from socketio.exceptions import ConnectionRefusedError as Refused  # type: ignore[import-untyped] # noqa: PLC0415

        session, client_id = _speaker(sid)
        if session is None or not owns(session, client_id):
            raise Refused(_RELOAD)
        await _settle(handler(sid, environ, auth))

    return checked


def bind_pages_to_sessions() -> None:
    """Make NiceGUI check, at the handshake and at every message, that the page belongs to who speaks."""
    from nicegui import core  # noqa: PLC0415

    handlers = core.sio.handlers["/"]
    if hasattr(handlers["connect"], "__wrapped__"):
        return
    core.sio.on("connect", _checked_connect(handlers["connect"]))
    core.sio.on("handshake", _checked(handlers["handshake"], refused=False))
    core.sio.on("log", _checked_log(handlers["log"]))
    for name in _MESSAGES:
        core.sio.on(name, _checked(handlers[name], refused=None))
