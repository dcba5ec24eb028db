"""What a person or a program reads when the door stays shut: a sentence, no cookie, no file."""

from __future__ import annotations

import html

from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.types import Scope

from headshot_web import NAME
from headshot_web.errors import HeadshotError, OtherOrigin

API_PREFIXES = ("/api/", "/media/", "/download/")

_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>:root{{color-scheme:light dark}}
body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:18vh auto;
padding:0 1.5rem}}a{{display:inline-block;padding:.7rem 0}}</style></head>
<body><main><h1>{title}</h1><p>{advice}</p>{link}</main></body></html>"""


def as_json(error: type[HeadshotError] | HeadshotError) -> Response:
    """Return an error as a program reads it: its sentence and what to do."""
    return JSONResponse({"title": error.title, "advice": error.advice}, status_code=error.status)


def refusal(error: type[HeadshotError] | HeadshotError, scope: Scope, *, is_ours: bool = False) -> Response:
    """Return the answer to a refused request in the form its sender can read: a page, JSON or a sentence."""
    if b"text/html" not in dict(scope["headers"]).get(b"accept", b""):
        if scope["path"].startswith(API_PREFIXES):
            return as_json(error)
        return PlainTextResponse(f"{error.title}. {error.advice}\n", status_code=error.status)
    # Only who came by our own address gets a way in: it is the same address.
    link = f'<p><a href="/">{html.escape(NAME)}</a></p>' if is_ours or error is OtherOrigin else ""
    page = _PAGE.format(title=html.escape(error.title), advice=html.escape(error.advice), link=link)
    return HTMLResponse(page, status_code=error.status)
