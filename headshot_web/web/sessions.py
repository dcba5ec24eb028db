"""Who is at the door: a browser is known by a random cookie, of which only the hash is kept, in memory."""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Iterable
from typing import NewType

SessionId = NewType("SessionId", str)

SCOPE_KEY = "headshot_web.session"
"""Where the guard writes the session of a request into its ASGI scope."""

VISITOR_KEY = "headshot_web.visitor"
"""Where the guard writes who is asking; nothing is there when nobody was let in."""

MOST_SESSIONS = 2000
TOKEN_BYTES = 32


def _digest(token: str) -> SessionId:
    return SessionId(hashlib.sha256(token.encode()).hexdigest())


def cookies(headers: Iterable[tuple[bytes, bytes]], name: str) -> Iterable[str]:
    """Yield every cookie of one name: other apps on localhost share the jar and may add their own."""
    for header, value in headers:
        if header == b"cookie":
            for pair in value.decode("latin-1").split(";"):
                key, _, text = pair.strip().partition("=")
                if key == name:
                    yield text


class Sessions:
    """The browsers that may come in; forgotten when the app ends."""

    def __init__(self, port: int) -> None:
        self.cookie_name = f"hsw_{port}"
        self._known: OrderedDict[SessionId, None] = OrderedDict()

    def find(self, headers: Iterable[tuple[bytes, bytes]]) -> SessionId | None:
        """Return the session that a request's cookies name, or None."""
        for token in cookies(headers, self.cookie_name):
            session = _digest(token)
            if session in self._known:
                self._known.move_to_end(session)
                return session
        return None

    def begin(self) -> tuple[SessionId, bytes]:
        """Begin a session; return it and the Set-Cookie value, which is not kept."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        session = _digest(token)
        self._known[session] = None
        while len(self._known) > MOST_SESSIONS:
            self._known.popitem(last=False)
        return session, f"{self.cookie_name}={token}; Path=/; HttpOnly; SameSite=Strict".encode()
