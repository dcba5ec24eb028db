"""What comes back, read as it comes: a stream of events, one JSON, or something else altogether."""

from __future__ import annotations

import base64
import binascii
import json
from enum import StrEnum
from typing import Any, Final

from headshot_web.model import Partial

MOST_BYTES: Final = 100 * 1024 * 1024
"""Far more than the largest picture takes."""
WEIGHTY_BYTES: Final = 64 * 1024
MOST_PARTIAL_BYTES: Final = 16 * 1024 * 1024
MOST_PARTIALS: Final = 8

_PICTURES: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")


class Kind(StrEnum):
    """What an answer is, by its first character."""

    EVENTS = "events"
    JSON = "json"
    PAGE = "page"


class TooMuchError(Exception):
    """More came than any picture needs."""


class Incoming:
    """An answer on its way: partial pictures are handed on, the finished one is kept as it came."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.kind: Kind | None = None
        self.finished: bytes | None = None
        """The JSON that holds the finished picture, byte for byte."""
        self.usage: object = None
        """What the finished picture's JSON says was counted."""
        self.error: bytes | None = None
        """The JSON that says what went wrong instead."""
        self.is_link = False
        """Whether an address came instead of a picture."""
        self.partials = 0
        self.is_hollow = False
        """Whether something came whole that should have held a picture, and holds none."""
        self._most_bytes = most_bytes
        self._waiting = bytearray()
        self._searched = 0
        self._count = 0
        self._event = ""
        self._data: list[bytes] = []

    @property
    def is_over(self) -> bool:
        """Whether nothing that comes now would change anything."""
        return self.finished is not None or self.error is not None

    @property
    def is_empty(self) -> bool:
        """Whether nothing came at all."""
        return self._count == 0

    def is_weighty(self, chunk: bytes) -> bool:
        """Whether a picture may be complete with these bytes, which takes a while to read."""
        return self.kind is Kind.EVENTS and len(self._waiting) > WEIGHTY_BYTES and b"\n" in chunk

    def feed(self, chunk: bytes) -> list[Partial]:
        """Take some bytes in; raises `TooMuchError`."""
        self._count += len(chunk)
        if self._count > self._most_bytes:
            raise TooMuchError
        self._waiting += chunk
        if self.kind is None:
            start = self._waiting.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
            if not start:
                return []
            self.kind = Kind.JSON if start in b"{[" else Kind.PAGE if start == b"<" else Kind.EVENTS
        return self._lines() if self.kind is Kind.EVENTS else []

    def end(self) -> None:
        """Nothing more will come: look at what there is."""
        if self.kind is Kind.JSON:
            self._take(bytes(self._waiting))
        elif self.kind is Kind.EVENTS and not self.is_over:
            was_hollow = self.is_hollow
            self._line(bytes(self._waiting).rstrip(b"\r"))
            self._line(b"")
            # An event that breaks off in its middle is no word of the provider's.
            self.is_hollow = was_hollow
        self._waiting.clear()

    def _lines(self) -> list[Partial]:
        partials = []
        while not self.is_over and (at := self._waiting.find(b"\n", self._searched)) >= 0:
            line = bytes(self._waiting[:at]).rstrip(b"\r")
            del self._waiting[: at + 1]
            self._searched = 0
            if (partial := self._line(line)) is not None:
                partials.append(partial)
        self._searched = len(self._waiting)
        return partials

    def _line(self, line: bytes) -> Partial | None:
        if line:
            name, _, value = line.partition(b":")
            value = value.removeprefix(b" ")
            if name == b"data":
                self._data.append(value)
            elif name == b"event":
                self._event = value.decode("utf-8", "replace")
            return None
        event, data = self._event, b"\n".join(self._data)
        self._event, self._data = "", []
        return self._take(data, event) if data and not data.startswith(b"[DONE]") else None

    def _take(self, data: bytes, event: str = "") -> Partial | None:
        """Sort one JSON: a partial picture, the finished one, or an error."""
        said = parsed(data)
        if said is None:
            self.is_hollow = True
            return None
        kind = said.get("type") if isinstance(said.get("type"), str) else event
        if str(kind).endswith("partial_image"):
            return self._partial(said)
        if picture_text(said) is not None:
            self.finished, self.usage = data, said.get("usage")
        elif said.get("error") or kind == "error" or event == "error":
            self.error = data
        else:
            self.is_link = self.is_link or _links(said)
            self.is_hollow = True
        return None

    def _partial(self, said: dict[str, Any]) -> Partial | None:
        text, index = said.get("b64_json"), said.get("partial_image_index")
        if not isinstance(text, str) or self.partials >= MOST_PARTIALS:
            return None
        picture = decoded(text) if len(text) < MOST_PARTIAL_BYTES else None
        if picture is None or not picture.startswith(_PICTURES):
            return None
        self.partials += 1
        return Partial(picture=picture, index=index if isinstance(index, int) else self.partials - 1)


def parsed(data: bytes) -> dict[str, Any] | None:
    """Read a JSON object; None for anything else."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def picture_text(said: dict[str, Any]) -> str | None:
    """Find the finished picture in an answer, in base64; None when there is none."""
    data = said.get("data")
    items = data if isinstance(data, list) else [said]
    texts = [item.get("b64_json") for item in items if isinstance(item, dict)]
    return next((text for text in texts if isinstance(text, str) and text), None)


def decoded(text: str) -> bytes | None:
    """Decode base64, also that of a data address; None when it is none or was cut."""
    if text.startswith("data:"):
        text = text.partition(",")[2]
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _links(said: dict[str, Any]) -> bool:
    data = said.get("data")
    items = data if isinstance(data, list) else [said]
    return any(isinstance(item, dict) and isinstance(item.get("url"), str) for item in items)
