"""A server in a process of its own, and a browser's and a stranger's way of talking to it."""

from __future__ import annotations

import html
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlencode, urlsplit

from headshot_web.consent import ConsentKind, Consents
from headshot_web.index import Index
from headshot_web.paths import Folders

HERE = Path(__file__).parent
DOOR = HERE / "door_server.py"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Served:
    """A running server: its address, its process, and what it wrote to the terminal."""

    process: subprocess.Popen[str]
    address: str
    errors: IO[str]
    folder: Path | None = None

    @property
    def port(self) -> int:
        return urlsplit(self.address).port or 80

    def said(self) -> str:
        """Everything written to the terminal's error stream so far."""
        self.errors.seek(0)
        return self.errors.read()

    def stop(self, how: int = signal.SIGINT) -> int:
        """End it as a person would, and return its exit code."""
        if self.process.stdin:
            self.process.stdin.close()
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(timeout=15)
        if self.process.stdout:
            self.process.stdout.close()
        return code


def agreed_to_policy(folder: Path) -> None:
    """Prepare an app folder in which somebody has agreed to the privacy policy as it is now."""
    folders = Folders(folder)
    folders.prepare()
    with closing(Index.open(folders.index)) as index:
        Consents(index).give(ConsentKind.POLICY)


def start(
    command: list[str],
    *,
    cwd: Path | None = None,
    folder: Path | None = None,
    listens: bool = False,
    **environment: str,
) -> Served:
    """Start a server that prints its address, and wait until it has; `listens`, it is told what to do."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "HEADSHOT_"))}
    errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 - lives as long as the server
    process = subprocess.Popen(
        [sys.executable, *command],
        stdin=subprocess.PIPE if listens else None,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
        cwd=cwd,
        env={**clean, **environment},
    )
    assert process.stdout
    for line in process.stdout:
        if found := re.search(r"http://[a-z0-9.]+:\d+", line):
            return Served(process, found[0], errors, folder)
    errors.seek(0)
    raise RuntimeError(errors.read())


def start_door(
    folder: Path, port: int | None = None, limits: dict[str, float] | None = None, **env: Any
) -> Served:
    """Start the door with the trivial pages of door_server.py behind it."""
    rest = [json.dumps(limits)] if limits else []
    return start([str(DOOR), str(folder), str(port or free_port()), *rest], folder=folder, **env)


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def joined(headers: Message) -> dict[str, str]:
    """Every header by its name in small letters; one that comes several times is there with all it says."""
    return {name.lower(): ", ".join(headers.get_all(name, [])) for name in headers}


def ask(port: int, method: str, path: str, headers: dict[str, str] | None = None, body: Any = None) -> Reply:
    """Send one request as it is; `headers` may name any Host."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        headers = {"Host": f"localhost:{port}", **(headers or {})}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return Reply(answer.status, joined(answer.headers), answer.read())
    finally:
        connection.close()


def ask_raw(port: int, request: bytes) -> bytes:
    """Send bytes as they are and return the whole answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
            head, end, body = answer.partition(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head.lower())
            if end and length and len(body) >= int(length[1]):
                break
        return answer


@dataclass
class Visitor:
    """A browser with a page open: its cookie, the page's id, and what can be pressed."""

    port: int
    cookie: str
    client_id: str
    elements: dict[str, Any]

    @classmethod
    def opens(cls, port: int, path: str = "/") -> Visitor:
        reply = ask(port, "GET", path, {"Accept": "text/html"})
        return cls.of(port, reply, reply.headers["set-cookie"].partition(";")[0])

    @classmethod
    def of(cls, port: int, reply: Reply, cookie: str) -> Visitor:
        """Read an opened page."""
        text = reply.body.decode()
        escaped = re.search(r"String\.raw`(.*?)`", text, re.DOTALL)
        client = re.search(r"['\"]client_id['\"]:\s*['\"]([^'\"]+)", text)
        assert escaped
        assert client
        elements = json.loads(html.unescape(escaped[1]))
        return cls(port, cookie, client[1], elements)

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def headers(self) -> dict[str, str]:
        """What a browser sends along when our own page asks."""
        return {"Origin": self.origin, "Cookie": self.cookie, "Sec-Fetch-Site": "same-origin"}

    def socket_path(self, client_id: str | None = None, **more: str) -> str:
        query = {
            "client_id": client_id or self.client_id,
            "tab_id": f"tab-{client_id or self.client_id}",
            "document_id": "document",
            "next_message_id": "0",
            "implicit_handshake": "true",
            "EIO": "4",
            "transport": "websocket",
            **more,
        }
        return f"/_nicegui_ws/socket.io/?{urlencode(query)}"

    def event(self, name: str, says: object = None, *, on: str = "") -> dict[str, Any]:
        """What the page says when the element that emits this event is used; `on` is something it shows."""
        number, heard = next(
            (number, one)
            for number, element in self.elements.items()
            for one in element.get("events", [])
            if one["type"] == name and on in json.dumps(element, ensure_ascii=False)
        )
        return {
            "id": int(number),
            "client_id": self.client_id,
            "listener_id": heard["listener_id"],
            "args": [] if says is None else [json.dumps(says)],
        }

    def press(self) -> str:
        """The message that presses the page's button."""
        return "42" + json.dumps(["event", self.event("click")])
