"""The form of an edit, exactly as it came, and OpenAI's schema to hold it against."""

from __future__ import annotations

import email.message
import functools
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCHEMAS = Path(__file__).parent / "schemas" / "openai-images.json"


class Refusal(Exception):  # noqa: N818 - OpenAI says no; nothing broke
    """OpenAI's no: its status, its words, the parameter it means and its code."""

    def __init__(
        self,
        message: str,
        *,
        param: str | None = None,
        code: str | None = None,
        status: int = 400,
        kind: str = "invalid_request_error",
    ) -> None:
        super().__init__(message)
        self.message, self.param, self.code, self.status, self.kind = message, param, code, status, kind

    @property
    def body(self) -> dict[str, Any]:
        """The JSON of the answer."""
        return {"error": {"message": self.message, "type": self.kind, "param": self.param, "code": self.code}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a multipart body, exactly as it came."""

    name: str
    filename: str | None
    content_type: str | None
    headers: tuple[tuple[str, str], ...]
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A multipart body in the order of its parts."""

    parts: tuple[Part, ...]

    @property
    def fields(self) -> dict[str, str]:
        """What was written in words, by name."""
        return {part.name: part.data.decode() for part in self.parts if part.filename is None}

    @property
    def images(self) -> tuple[Part, ...]:
        """The pictures to edit, in order."""
        return tuple(part for part in self.parts if part.name in ("image", "image[]"))

    def file(self, name: str) -> Part | None:
        """The first part of this name that is a file."""
        return next((part for part in self.parts if part.name == name and part.filename is not None), None)


# Reading the body


def read_form(content_type: str, body: bytes) -> Form:
    """Take a multipart body apart; raises Refusal where it is none."""
    message = email.message.Message()
    message["content-type"] = content_type
    boundary = message.get_param("boundary")
    if message.get_content_type() != "multipart/form-data" or not isinstance(boundary, str):
        raise Refusal(f"Unsupported content type: '{content_type}'.", code="unsupported_content_type")
    pieces = body.split(b"--" + boundary.encode())
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise Refusal("Could not parse multipart form.", code=None)
    return Form(parts=tuple(_part(piece) for piece in pieces[1:-1]))


def _part(piece: bytes) -> Part:
    head, _, data = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    lines = [line.partition(":") for line in head.decode("utf-8", "surrogateescape").split("\r\n")]
    headers = tuple((name.strip(), value.strip()) for name, _, value in lines)
    message = email.message.Message()
    for header, value in headers:
        message[header] = value
    name = message.get_param("name", header="content-disposition")
    return Part(
        name=str(name or ""),
        filename=message.get_filename(),
        content_type=message.get("content-type"),
        headers=headers,
        data=data.removesuffix(b"\r\n"),
    )


# The schema


@functools.cache
def schema(name: str) -> dict[str, Any]:
    """One schema of OpenAI's description."""
    found: dict[str, Any] = json.loads(SCHEMAS.read_text())["schemas"][name]
    return found


def faults_by_schema(value: object, rule: Mapping[str, Any], at: str = "") -> list[str]:
    """Everything in a JSON value that OpenAI's schema does not allow; empty where it is exact."""
    if "$ref" in rule:
        return faults_by_schema(value, schema(rule["$ref"].rsplit("/", 1)[1]), at)
    if "anyOf" in rule:
        found = [faults_by_schema(value, each, at) for each in rule["anyOf"]]
        return [] if [] in found else found[0]
    if value is None and rule.get("nullable"):
        return []
    types: dict[str, type] = {
        "object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None),
    }  # fmt: skip
    wanted = rule.get("type", "object")
    if not isinstance(value, types[wanted]) or (wanted == "integer" and isinstance(value, bool)):
        return [f"{at or 'value'} is not {wanted}"]
    return _beyond_limits(value, rule, at) + _within(value, rule, at)


def _beyond_limits(value: Any, rule: Mapping[str, Any], at: str) -> list[str]:
    checks: dict[str, Callable[[Any], bool]] = {
        "enum": lambda limit: value in limit,
        "minimum": lambda limit: value >= limit,
        "maximum": lambda limit: value <= limit,
        "maxItems": lambda limit: len(value) <= limit,
        "minItems": lambda limit: len(value) >= limit,
        "pattern": lambda limit: re.search(limit, value) is not None,
    }
    return [
        f"{at} breaks {key} {rule[key]}"
        for key, holds in checks.items()
        if key in rule and not holds(rule[key])
    ]


def _within(value: object, rule: Mapping[str, Any], at: str) -> list[str]:
    if isinstance(value, list):
        return [
            each
            for i, item in enumerate(value)
            for each in faults_by_schema(item, rule["items"], f"{at}[{i}]")
        ]
    if not isinstance(value, dict):
        return []
    known = rule.get("properties", {})
    found = [f"{at}.{name} is missing" for name in rule.get("required", ()) if name not in value]
    if rule.get("additionalProperties") is False:
        found += [f"{at}.{name} is unknown" for name in value if name not in known]
    for name, item in value.items():
        if name in known:
            found += faults_by_schema(item, known[name], f"{at}.{name}")
    return found
