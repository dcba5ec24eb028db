"""The files that came with the app: css, js and icons, kept by the browser until they change."""

from __future__ import annotations

import hashlib
import mimetypes
from functools import cache
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from headshot_web.paths import static_dir

_KINDS = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_EACH_TIME = "no-cache"


@cache
def _version(name: str) -> str:
    return hashlib.sha256((static_dir() / name).read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """Return the address of a file in static/, which changes when its content does."""
    return f"/static/{name}?v={_version(name)}"


class Assets(StaticFiles):
    """Serves static/: for ever under a versioned address, else asked for anew by ETag."""

    def __init__(self) -> None:
        for ending, kind in _KINDS.items():
            mimetypes.add_type(kind, ending)  # Windows takes kinds from its registry, where they may be wrong
        super().__init__(directory=static_dir(), check_dir=False)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return one file with its cache rule; raises 404 as any static folder does."""
        response = await super().get_response(path, scope)
        wished = parse_qs(scope["query_string"].decode("latin-1")).get("v", [""])[0]
        try:
            is_current = bool(wished) and wished == _version(path)
        except OSError:
            raise HTTPException(404) from None
        response.headers["cache-control"] = _FOR_EVER if is_current else _ASK_EACH_TIME
        return response
