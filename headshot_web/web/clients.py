"""Which open page belongs to which session: a page's id alone opens nothing."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from headshot_web.access import Visitor
from headshot_web.devices import Device
from headshot_web.web.sessions import SCOPE_KEY, VISITOR_KEY, SessionId

if TYPE_CHECKING:
    from nicegui import Client

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
            _delete(client)
    for sid, environ in list(core.sio.environ.items()):
        if _is_over(environ.get("asgi.scope", {}), device):
            background_tasks.create(core.sio.disconnect(sid), name="hang up")


def _leave_behind(client_id: str) -> None:
    """Let go of the pages that the same tab showed before this one: nobody comes back to them.

    Else each stays in memory until a lost connection would have been given up, a third of a megabyte a page.
    """
    from nicegui import Client  # noqa: PLC0415

    shown = Client.instances.get(client_id)
    tab = getattr(shown, "_pinned_tab_id", None)
    if shown is None or tab is None:
        return
    session = _owner(client_id)
    for client in list(Client.instances.values()):
        is_of_tab = getattr(client, "_pinned_tab_id", None) == tab and _owner(client.id) == session
        if is_of_tab and client is not shown and not client.has_socket_connection:
            _delete(client)


def _delete(client: Client) -> None:
    """Delete a page, and what waits for its browser to come back."""
    waiting: dict[str, asyncio.Task[None]] = getattr(client, "_delete_tasks", {})
    while waiting:
        waiting.popitem()[1].cancel()
    client.delete()


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


def _checked_handshake(handler: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    @wraps(handler)
    async def checked(sid: str, data: Any = None) -> Any:  # noqa: ANN401
        if not _may(sid, data):
            return False
        is_accepted = await _settle(handler(sid, data))
        if is_accepted:
            _leave_behind(data["client_id"])
        return is_accepted

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
        _leave_behind(client_id)

    return checked


def bind_pages_to_sessions() -> None:
    """Make NiceGUI check, at the handshake and at every message, that the page belongs to who speaks."""
    from nicegui import core  # noqa: PLC0415

    handlers = core.sio.handlers["/"]
    if hasattr(handlers["connect"], "__wrapped__"):
        return
    core.sio.on("connect", _checked_connect(handlers["connect"]))
    core.sio.on("handshake", _checked_handshake(handlers["handshake"]))
    core.sio.on("log", _checked_log(handlers["log"]))
    for name in _MESSAGES:
        core.sio.on(name, _checked(handlers[name], refused=None))
