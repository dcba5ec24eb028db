"""What a page may load and do: the content security policy, and the nonce on the scripts of our own pages."""

from __future__ import annotations

import re
import secrets
from collections.abc import MutableMapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_COMMON = (
    "style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; media-src 'self' blob:; font-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; form-action 'self'"
)
QUIET_POLICY = f"default-src 'none'; {_COMMON}"
"""For everything that is no page of ours: no script runs at all."""

_PAGE_MARK = "x-nicegui-content"
_SCRIPT_TAGS = re.compile(rb"<script(?=[\s>])|<link(?=\s+rel=\"modulepreload\")", re.IGNORECASE)
_LONGEST_TAG = len(b'<link rel="modulepreload"') + 8


def page_policy(nonce: str, host: str, *, secure: bool = False) -> str:
    """Return the policy of one page: its own scripts by nonce, and no other site than this one."""
    # Older Safari does not count ws: as 'self'; an IPv6 address cannot be written in a policy.
    socket = "" if host.startswith("[") else f" {'wss' if secure else 'ws'}://{host}"
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'unsafe-eval'; "
        f"connect-src 'self'{socket}; {_COMMON}"
    )


class Stamp:
    """Puts a nonce on the script tags of HTML that comes in pieces of any length."""

    def __init__(self, nonce: str) -> None:
        self._attribute = f" nonce={nonce}".encode()  # without quotes: harmless inside a script's own strings
        self._held = b""

    def feed(self, piece: bytes, *, last: bool) -> bytes:
        """Return what can be sent now; the end of a piece is held back where a tag may be cut in two."""
        text = self._held + piece
        cut = len(text)
        if not last:
            start = text.rfind(b"<", max(0, cut - _LONGEST_TAG))
            cut = cut if start < 0 else start
        self._held = text[cut:]
        return _SCRIPT_TAGS.sub(lambda tag: tag[0] + self._attribute, text[:cut])


class PageScripts:
    """Between NiceGUI and the guard: gives each page a nonce and the policy that names it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stamp the answer when it is a page."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        page: MutableMapping[str, Any] = {}

        async def stamped(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message.setdefault("headers", []))
                if _PAGE_MARK in headers:
                    nonce = secrets.token_urlsafe(16)
                    page["stamp"] = Stamp(nonce)
                    host, secure = Headers(scope=scope).get("host", ""), scope.get("scheme") == "https"
                    headers["content-security-policy"] = page_policy(nonce, host, secure=secure)
                    del headers["content-length"], headers[_PAGE_MARK]
            elif message["type"] == "http.response.body" and "stamp" in page:
                more = message.get("more_body", False)
                message["body"] = page["stamp"].feed(message.get("body", b""), last=not more)
            await send(message)

        await self.app(scope, receive, stamped)
