"""The whole app in a process of its own, watched from all sides, and a person's way through it by hand.

As a program it takes that way on this computer alone: `python -m tests.privacy.house FOLDER [--air-gap]`.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import struct
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from headshot_web.paths import Folders
from tests.doors import Reply, Served, Visitor, agreed_to_policy, ask, free_port, start
from tests.portraits import astronaut, saved
from tests.web.test_guard import dial, join

T = TypeVar("T")

LOOK = "advisor-navy"
MODEL = "gpt-image-2.6-sunburst"
COMPUTER, PERSON = "canary-computer-5d2e", "canary-person-81c4"
DISGUISE = f"""
import _socket, os
_socket.gethostname = lambda: {COMPUTER!r}
if hasattr(os, "uname"):
    _real = os.uname()
    os.uname = lambda: os.uname_result((_real[0], {COMPUTER!r}, *_real[2:]))
for _name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
    os.environ[_name] = {PERSON!r}
"""
"""What lets a Python take its computer and its person for others, whose names cannot be there by chance."""
WATCH = (
    DISGUISE
    + """
import os, sys
_NEAR = ("127.0.0.1", "::1", "localhost", "", "None")
def _text(name):
    return name.decode("latin-1") if isinstance(name, bytes) else str(name)
def _heard(event, args):
    if event in ("socket.connect", "socket.sendto"):
        to = args[1]
        if not isinstance(to, tuple):
            return
        host, port = _text(to[0]), to[1]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        host, port = _text(args[0]), 0
    elif event == "subprocess.Popen":
        host, port = _text(args[0]), 0
        if host in ("None", sys.executable):
            return
    else:
        return
    near = host in _NEAR or event == "subprocess.Popen"
    line = f"{event} {host} {port}\\n".encode()
    book = os.open(os.environ["WATCH_BOOK"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(book, line)
    os.close(book)
    if not near:
        raise OSError(101, "Network is unreachable")
sys.addaudithook(_heard)
"""
)
"""What every Python of the app runs first: it notes each way out, and shuts those that leave the computer."""


@dataclass
class House:
    """A running app: where it keeps things, where it might leave some, and whom it called."""

    root: Path
    served: Served
    answers: list[bytes] = field(default_factory=list)
    """All that a page or route said."""
    cookies: set[str] = field(default_factory=set)
    """All that a browser was given to keep."""

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def port(self) -> int:
        return self.served.port

    @property
    def around(self) -> list[Path]:
        """What lies in the home, the temporary folder and the folder it was started in."""
        return [path for name in ("home", "temp", "work") for path in (self.root / name).rglob("*")]

    @property
    def calls(self) -> set[tuple[str, str, int]]:
        """Everybody who was called: how, whom, at which port."""
        book = self.root / "calls"
        lines = book.read_text().splitlines() if book.exists() else []
        return {(how, " ".join(whom), int(port)) for how, *whom, port in map(str.split, lines)}

    @property
    def yeses(self) -> list[tuple[str, str]]:
        """All that was ever said yes to: to what, and for which host."""
        with closing(sqlite3.connect(f"file:{self.data / 'index.sqlite3'}?mode=ro", uri=True)) as index:
            return index.execute("SELECT kind, host FROM consents ORDER BY seq").fetchall()

    @property
    def files(self) -> dict[str, bytes]:
        """Every file in the app's folder, and all its bytes."""
        found = (path for path in self.data.rglob("*") if path.is_file())
        return {str(path.relative_to(self.data)): path.read_bytes() for path in found}

    def holding(self, *canaries: bytes | str) -> list[str]:
        """The files that hold any of these, in their name or in their bytes."""
        wanted = [one.encode() if isinstance(one, str) else one for one in canaries]
        return [name for name, data in self.files.items() if any(w in name.encode() + data for w in wanted)]

    def ask(self, method: str, path: str, body: bytes | None = None) -> Reply:
        """Ask for something as a page of ours does."""
        reply = ask(self.port, method, path, Visitor.opens(self.port, "/privacy").headers, body)
        self.answers.append(reply.body)
        return reply

    def page(self, path: str) -> Visitor:
        """Open a page."""
        visitor = Visitor.opens(self.port, path)
        self.cookies.add(visitor.cookie)
        self.answers.append(json.dumps(visitor.elements).encode())
        return visitor

    def press(
        self,
        path: str,
        event: str,
        says: object = None,
        *,
        on: str = "",
        opened: Visitor | None = None,
        shows: str = "",
    ) -> None:
        """Open a page, use what emits this event there (and says this), and wait for what it shows then."""
        visitor = opened or self.page(path)
        number, heard = next(
            (number, one)
            for number, element in visitor.elements.items()
            for one in element.get("events", [])
            if one["type"] == event and on in json.dumps(element, ensure_ascii=False)
        )
        told = {
            "id": int(number),
            "client_id": visitor.client_id,
            "listener_id": heard["listener_id"],
            "args": [] if says is None else [json.dumps(says)],
        }
        with dial(visitor, visitor.socket_path()) as line:
            join(line)
            line.send("42" + json.dumps(["event", told]))
            while True:
                self.answers.append(str(line.recv(20)).encode())
                if shows.encode() in self.answers[-1]:
                    return

    def close(self) -> None:
        """End it as a person would."""
        self.served.stop()
        self.served.errors.close()


@contextmanager
def house(
    root: Path, *, agreed: bool = True, server: str | None = None, **environment: str
) -> Iterator[House]:
    """Open the app in a folder of its own; `server` draws, and is taken for OpenAI."""
    for name in ("home", "temp", "work", "watch"):
        (root / name).mkdir(parents=True)
    (root / "watch" / "sitecustomize.py").write_text(WATCH)
    if agreed:
        agreed_to_policy(root / "data")
    if server:
        host = server.removeprefix("http://").removesuffix("/v1")
        folders = Folders(root / "data")
        folders.prepare()
        folders.prices.touch(mode=0o600)
        folders.prices.write_text(f'host = "{host}"\n')
        environment |= {
            "HEADSHOT_WEB_OPENAI_BASE_URL": server,
            "HEADSHOT_WEB_OPENAI_STREAM": "true",
            "HEADSHOT_WEB_OPENAI_MODEL": MODEL,
        }
    here = str(Path(__file__).resolve().parents[2])
    environment = {"OPENAI_API_KEY": "", **environment}
    served = start(
        ["-m", "headshot_web", "--port", str(free_port()), "--data-dir", str(root / "data"), "--no-browser"],
        cwd=root / "work",
        folder=root / "data",
        PYTHONPATH=os.pathsep.join((str(root / "watch"), here)),
        PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring",
        WATCH_BOOK=str(root / "calls"),
        HOME=str(root / "home"),
        TMPDIR=str(root / "temp"),
        XDG_DATA_HOME=str(root / "home" / "data"),
        XDG_CACHE_HOME=str(root / "home" / "cache"),
        **environment,
    )
    opened = House(root, served)
    try:
        yield opened
    finally:
        opened.close()


def until(look: Callable[[], T], seconds: float = 40.0) -> T:
    """Wait for something to be there."""
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)
    return found


def bring(at: House, photo: bytes | None = None) -> str:
    """Upload a photo; returns its id."""
    reply = at.ask("POST", "/api/photos", photo or saved(astronaut(), "JPEG", quality=92))
    assert reply.status == 201, reply.body
    return str(reply.json["photo"])


def headshots(at: House) -> list[str]:
    """The ids of all headshots, newest first."""
    return [str(one["id"]) for one in at.ask("GET", "/api/headshots").json["items"]]


def make(at: House, photo: str, look: str = LOOK) -> str:
    """Make a headshot on this computer; returns its id."""
    before = len(headshots(at))
    at.press(f"/photo/{photo}/looks", "make", {"looks": [look], "by": "here"})
    return until(lambda: len(found := headshots(at)) > before and found[0])  # type: ignore[return-value]


def download(at: House, headshot: str) -> bytes:
    """Take a headshot along."""
    return at.ask("GET", f"/download/headshot/{headshot}").body


def delete_everything(at: House, *also: str) -> None:
    """Delete everything, as the settings offer it."""
    at.press("/settings", "confirm", list(also), on="everything")


def whole_way(at: House) -> None:
    """Upload, look, have a headshot made, download it, delete: all on this computer."""
    at.press("/welcome", "click", on="13 or older")
    photo = bring(at)
    assert at.ask("GET", f"/media/photo/{photo}/look/{LOOK}").body[:2] == b"\xff\xd8"
    headshot = make(at, photo)
    assert download(at, headshot)[:2] == b"\xff\xd8"
    delete_everything(at)
    until(lambda: not headshots(at))
    assert at.ask("GET", f"/media/photo/{photo}").status == 404
    assert at.holding(photo, headshot) == []


def raise_loopback() -> None:
    """In a namespace without any network, let this computer reach itself."""
    import fcntl  # noqa: PLC0415 - not on Windows

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        fcntl.ioctl(line, 0x8914, struct.pack("16sh14x", b"lo", 0x41))


def main() -> None:
    """Take the whole way; the last line says whom the app called, and whom this computer can reach."""
    root, *more = sys.argv[1:]
    if more:
        raise_loopback()
    signal.alarm(100)
    with house(Path(root), agreed=False) as at:
        whole_way(at)
        told = {"calls": sorted(at.calls), "links": [name for _, name in socket.if_nameindex()]}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
