"""The loopback OpenAI in a process of its own: it outlives what is killed, and costs its caller no time."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from tests.openai_faults import Fault
from tests.openai_line import Exchange
from tests.openai_server import KEY


class OpenAIProcess:
    """Start it, script it and read its record over loopback; the same words as OpenAIServer."""

    def __init__(self, *, delay_s: float = 0.0, own: bool = False, port: int = 0) -> None:
        self.key = KEY
        command = [sys.executable, "-m", "tests.openai_server", "--delay", str(delay_s), "--port", str(port)]
        self._process = subprocess.Popen(
            [*command, *(["--own"] if own else [])],
            cwd=Path(__file__).parents[1], stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        self.base_url = self._process.stdout.readline().strip()
        self.port = int(self.base_url.rsplit(":", 1)[1].removesuffix("/v1"))
        self.pid = self._process.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End it; it may have ended already."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()

    def play(self, *faults: Fault) -> None:
        """Let the next edits go wrong, one fault each, in this order."""
        self.follow(play=[fault.as_json() for fault in faults])

    def play_check(self, *faults: Fault) -> None:
        """Let the next looks at the list of models go wrong."""
        self.follow(play_check=[fault.as_json() for fault in faults])

    def whenever(self, fault: Fault, **rule: Any) -> None:
        """Let every edit of this model, or with these words in its prompt, go wrong."""
        self.follow(whenever=[{"fault": fault.as_json(), **rule}])

    def follow(self, **script: Any) -> None:
        """Send a script: play, play_check, whenever, delay_s, partials, forget."""
        self._ask("POST", "/_script", json.dumps(script).encode())

    @property
    def exchanges(self) -> list[Exchange]:
        """Every request, whole."""
        return [Exchange.from_json(each) for each in self._ask("GET", "/_record?bodies")["exchanges"]]

    @property
    def posts(self) -> list[Exchange]:
        """Every POST, whole or not."""
        return [each for each in self.exchanges if each.method == "POST"]

    def count(self) -> int:
        """How many POSTs have begun; cheaper than `posts`."""
        return sum(each["method"] == "POST" for each in self._ask("GET", "/_record")["exchanges"])

    def wait_for(self, posts: int, *, timeout_s: float = 60.0) -> list[Exchange]:
        """Wait until so many POSTs have come whole, and give them; raises TimeoutError."""
        return self.wait_until(lambda all_: sum(each.complete for each in all_) >= posts, timeout_s=timeout_s)

    def wait_until(
        self, holds: Callable[[list[Exchange]], bool], *, timeout_s: float = 60.0
    ) -> list[Exchange]:
        """Wait until the POSTs fulfil something, and give them; raises TimeoutError."""
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            if holds(found := self.posts):
                return found
            time.sleep(0.02)
        raise TimeoutError

    def _ask(self, method: str, path: str, body: bytes | None = None) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body)
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()
