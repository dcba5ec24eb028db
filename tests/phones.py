"""Phones before the app's second door: what their browsers send, and what the computer is told meanwhile."""

from __future__ import annotations

import http.client
import json
import select
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.doors import Reply, Served, Visitor, agreed_to_policy, free_port, start

HERE = Path(__file__).parent
LAN = "127.0.0.2"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_2 like Mac OS X) Safari/604.1"
LIMITS = {"upload_bytes": 3_000_000, "pause_s": 2.0, "upload_s": 10.0}
CROWD = {"most_in_all": 200, "most_each": 60, "head_s": 2.0}


@dataclass
class Phones:
    """The computer that lets phones in."""

    served: Served

    @property
    def port(self) -> int:
        return self.served.port

    def tell(self, do: str, **told: Any) -> Any:
        """Have something done on the computer."""
        process: subprocess.Popen[str] = self.served.process
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps({"do": do, **told}) + "\n")
        process.stdin.flush()
        assert select.select([process.stdout], [], [], 30)[0], "the computer says nothing"
        answer = json.loads(process.stdout.readline())
        return answer["said"] if "said" in answer else answer["error"]

    def phone(self) -> Phone:
        """A phone that was not let in."""
        return Phone(self.port)

    def paired(self, *, agreed: bool = True, **grant: Any) -> Phone:
        """A phone that was let in, and whose guest has agreed for themself."""
        phone = self.phone()
        reply = phone.pair(self.tell("invite", **grant))
        assert reply.status == 200, reply.body
        newest = self.tell("devices")[0]
        phone.id, phone.session = newest["id"], newest["session"]
        if agreed:
            phone.agree()
        return phone


@dataclass
class Phone:
    """A phone's browser: its cookie and who it is to the computer."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    id: str = ""
    session: str = ""
    lan: str = LAN
    """Where the computer is in its network."""

    @property
    def host(self) -> str:
        return f"{self.lan}:{self.port}"

    @property
    def headers(self) -> dict[str, str]:
        """What a browser sends along when our own page asks."""
        own = {"Host": self.host, "Origin": f"http://{self.host}", "Sec-Fetch-Site": "same-origin"}
        jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {**own, "User-Agent": IPHONE, **({"Cookie": jar} if jar else {})}

    def ask(
        self, method: str, path: str, body: Any = None, *, at: str | None = None, **headers: str
    ) -> Reply:
        """Ask for something as a page of ours does."""
        with closing(http.client.HTTPConnection(at or self.lan, self.port, timeout=30)) as line:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            line.request(method, path, body, {**self.headers, **named})
            answer = line.getresponse()
            reply = Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        name, _, rest = reply.headers.get("set-cookie", "").partition("=")
        if name:
            self.cookies[name] = rest.partition(";")[0]
        return reply

    def page(self, path: str) -> Reply:
        """Open a page."""
        return self.ask("GET", path, Accept="text/html", Sec_Fetch_Mode="navigate", Sec_Fetch_Dest="document")

    def pair(self, token: str) -> Reply:
        return self.ask("POST", "/api/pair", json.dumps({"token": token}))

    def opens(self, path: str) -> Visitor:
        """Open a page and take it for one that can be pressed."""
        return Visitor.of(self.port, self.page(path), self.headers.get("Cookie", ""))

    def dial(self, visitor: Visitor, path: str | None = None) -> ClientConnection:
        """Connect an open page, as the browser does."""
        return connect(
            f"ws://{self.host}{path or visitor.socket_path()}",
            origin=None,
            additional_headers={"Cookie": self.headers.get("Cookie", ""), "Origin": f"http://{self.host}"},
        )

    def press(self, path: str, event: str, says: object = None, *, on: str = "", shows: str = "") -> str:
        """Open a page, use what emits this event there, and wait for what it shows then."""
        visitor = self.opens(path)
        told = visitor.event(event, says, on=on)
        with self.dial(visitor) as line:
            line.recv(10)
            line.send("40")
            line.recv(10)
            line.send("42" + json.dumps(["event", told]))
            while True:
                heard = str(line.recv(20))
                if shows in heard:
                    return heard

    def agree(self) -> None:
        """Say yes to the policy, on this phone."""
        self.press("/welcome", "click", on="13 or older", shows="location.replace")

    def bring(self, photo: bytes) -> str:
        """Upload a photo; returns its id."""
        reply = self.ask("POST", "/api/photos", photo)
        assert reply.status == 201, reply.body
        return str(reply.json["photo"])

    def make(self, photo: str, look: str = "advisor-navy") -> None:
        """Have a headshot made on the computer."""
        self.press(f"/photo/{photo}/looks", "make", {"looks": [look], "by": "here"}, shows="/order/")

    def headshots(self) -> list[str]:
        """The ids of all headshots that the phone is shown, newest first."""
        return [str(one["id"]) for one in self.ask("GET", "/api/headshots").json["items"]]


@contextmanager
def computer(
    folder: Path,
    *,
    crowd: dict[str, float] | None = None,
    limits: dict[str, float] = LIMITS,
    real: bool = False,
) -> Iterator[Phones]:
    """The whole app, with a door for phones on another loopback address; `real`, it works on photos."""
    agreed_to_policy(folder)
    command = [str(HERE / "phones_server.py"), str(folder), str(free_port())]
    more = [json.dumps({**CROWD, **(crowd or {})}), json.dumps(limits), json.dumps(real)]
    served = start([*command, *more], folder=folder, listens=True, OPENAI_API_KEY="")
    try:
        yield Phones(served)
    finally:
        served.stop()
        served.errors.close()
