"""A loopback OpenAI: speaks the Images API exactly, draws a true picture, records all, fails by script.

By hand: `python -m tests.openai_server --port 8899 --delay 3`.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Self

from tests.openai_faults import Answer, Fault, answer_well, play, refuse
from tests.openai_form import Refusal, read_form
from tests.openai_line import CallerLeftError, Exchange, Line, Reader, read_body, read_head, suppressed
from tests.openai_rules import MODELS, ModelCard, read_order

KEY = "sk-proj-loopback0123456789abcdefghijWXYZ"


@dataclass(slots=True, kw_only=True)
class Rule:
    """A fault for orders of one model, or whose prompt holds some words."""

    fault: Fault
    model: str | None = None
    prompt: str | None = None
    times: int | None = None

    def fits(self, answer: Answer) -> bool:
        """Whether this order is meant."""
        return (
            (self.model is None or self.model == answer.order.model)
            and (self.prompt is None or self.prompt in answer.order.prompt)
            and self.times != 0
        )


class OpenAIServer:
    """OpenAI on loopback, in a thread of its own."""

    def __init__(self, *, port: int = 0, key: str = KEY, own: bool = False) -> None:
        """With `own`, it is somebody's own server: any key, any model, no streams, FastAPI's errors."""
        self.port = port
        self.key = key
        self.own = own
        self.models: dict[str, ModelCard] = dict(MODELS)
        self.delay_s = 0.0
        self.partials: int | None = None  # at most so many partial pictures, whatever was asked
        self.connections = 0
        self._posts: deque[Fault] = deque()
        self._gets: deque[Fault] = deque()
        self._rules: list[Rule] = []
        self._exchanges: list[Exchange] = []
        self._readers: list[Reader] = []
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._news = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._run, name="loopback OpenAI", daemon=True)
        self._pencil = ThreadPoolExecutor(1, "pencil")

    # Open and close

    @property
    def base_url(self) -> str:
        """What an SDK is given."""
        return f"http://127.0.0.1:{self.port}/v1"

    def start(self) -> Self:
        """Listen; the port is known afterwards."""
        self._thread.start()
        self.come_back()
        return self

    def close(self) -> None:
        """Hang up on everyone and end."""
        self._call(self._hang_up())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._pencil.shutdown()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    def go_away(self) -> None:
        """Close the port and every connection: from now on it is as if nobody were there."""
        self._call(self._hang_up())

    def come_back(self) -> None:
        """Listen again, on the same port."""
        self._call(self._listen())

    @contextlib.contextmanager
    def away(self) -> Iterator[None]:
        """Offline for a while."""
        self.go_away()
        try:
            yield
        finally:
            self.come_back()

    # The script

    def play(self, *faults: Fault) -> None:
        """Let the next edits go wrong, one fault each, in this order."""
        with self._news:
            self._posts.extend(faults)

    def play_check(self, *faults: Fault) -> None:
        """Let the next looks at the list of models go wrong."""
        with self._news:
            self._gets.extend(faults)

    def whenever(
        self, fault: Fault, *, model: str | None = None, prompt: str | None = None, times: int | None = None
    ) -> None:
        """Let every edit of this model, or with these words in its prompt, go wrong."""
        with self._news:
            self._rules.append(Rule(fault=fault, model=model, prompt=prompt, times=times))

    def forget(self) -> None:
        """Empty the script and the record."""
        with self._news:
            self._posts.clear()
            self._gets.clear()
            self._rules.clear()
            self._exchanges.clear()

    # The record

    @property
    def exchanges(self) -> list[Exchange]:
        """Every request, in the order in which it began."""
        with self._news:
            return list(self._exchanges)

    @property
    def posts(self) -> list[Exchange]:
        """Every POST, whole or not."""
        return [each for each in self.exchanges if each.method == "POST"]

    @property
    def bytes_received(self) -> int:
        """Everything that ever came in on a connection, headers and all."""
        return sum(reader.count for reader in self._readers)

    def wait_for(self, posts: int, *, timeout_s: float = 10.0) -> list[Exchange]:
        """Wait until so many POSTs have come whole; raises TimeoutError."""
        return self.wait_until(
            lambda all_: sum(each.method == "POST" and each.complete for each in all_) >= posts,
            timeout_s=timeout_s,
        )

    def wait_until(
        self, holds: Callable[[list[Exchange]], bool], *, timeout_s: float = 10.0
    ) -> list[Exchange]:
        """Wait until the record fulfils something; gives the POSTs; raises TimeoutError."""
        with self._news:
            if not self._news.wait_for(lambda: holds(self._exchanges), timeout_s):
                raise TimeoutError(f"after {len(self._exchanges)} requests")
            return [each for each in self._exchanges if each.method == "POST"]

    # Behind the counter

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def _call(self, task: object) -> None:
        asyncio.run_coroutine_threadsafe(task, self._loop).result(10)  # type: ignore[arg-type]

    async def _listen(self) -> None:
        if self._server is not None:
            return
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        self._server = await self._loop.create_server(self._door, sock=listener)

    def _door(self) -> asyncio.StreamReaderProtocol:
        reader = Reader()
        self._readers.append(reader)
        return asyncio.StreamReaderProtocol(reader, self._welcome)

    async def _hang_up(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for writer in list(self._writers):
            writer.transport.abort()
        await asyncio.sleep(0)

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert isinstance(reader, Reader)
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        self.connections += 1
        try:
            while await self._one(reader, writer):
                pass
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            self._tasks.discard(task)
            self._writers.discard(writer)
            with suppressed():
                writer.close()

    async def _one(self, reader: Reader, writer: asyncio.StreamWriter) -> bool:
        with self._news:
            number = len(self._exchanges) + 1
        exchange = await read_head(reader, number)
        if exchange is None:
            return False
        line = Line(reader=reader, writer=writer, exchange=exchange)
        line.headers = {
            "x-request-id": exchange.request_id, "openai-version": "2020-10-01", "openai-processing-ms": "7",
        }  # fmt: skip
        with self._news:
            self._exchanges.append(exchange)
        try:
            await self._respond(line)
            exchange.answered = True
        except CallerLeftError:
            exchange.left_early = True
            return False
        finally:
            exchange.ended = time.time()
            with self._news:
                self._news.notify_all()
        return line.keep and (exchange.header("connection") or "").lower() != "close"

    async def _respond(self, line: Line) -> None:
        exchange = line.exchange
        if exchange.method == "POST" and (early := self._early()) is not None:
            exchange.fault = early.name
            exchange.body = await read_body(line, early.details["after_bytes"])
            await line.reset()
            return
        exchange.body = await read_body(line)
        exchange.complete = True
        with self._news:
            self._news.notify_all()
        try:
            await self._route(line)
        except Refusal as refusal:
            await refuse(line, refusal)

    async def _route(self, line: Line) -> None:
        exchange = line.exchange
        where = (exchange.method, exchange.path.partition("?")[0])
        if where == ("POST", "/v1/images/edits"):
            await self._edit(line)
        elif where == ("GET", "/v1/models"):
            await self._list(line)
        else:
            raise Refusal(f"Invalid URL ({exchange.method} {exchange.path})", status=404)

    def _early(self) -> Fault | None:
        with self._news:
            if self._posts and self._posts[0].name == "reset_while_sending":
                return self._posts.popleft()
        return None

    def _check_key(self, exchange: Exchange) -> None:
        if self.own:
            return
        given = (exchange.header("authorization") or "").removeprefix("Bearer ").strip()
        if not given:
            raise Refusal(
                "You didn't provide an API key. You need to provide your API key in an Authorization header "
                "using Bearer auth (i.e. Authorization: Bearer YOUR_KEY). You can obtain an API key from "
                "https://platform.openai.com/account/api-keys.",
                status=401,
            )
        if given != self.key:
            echo = given[:8] + "*" * max(0, len(given) - 12) + given[-4:]
            raise Refusal(
                f"Incorrect API key provided: {echo}. You can find your API key at "
                "https://platform.openai.com/account/api-keys.",
                code="invalid_api_key", status=401,
            )  # fmt: skip

    async def _edit(self, line: Line) -> None:
        exchange = line.exchange
        self._check_key(exchange)
        exchange.form = read_form(exchange.header("content-type") or "", exchange.body)
        order = read_order(exchange.form, self.models, lenient=self.own)
        answer = await self._loop.run_in_executor(
            self._pencil, lambda: Answer.to(order, delay_s=self.delay_s, partials=self.partials)
        )
        fault = self._next(answer)
        if fault is None:
            await answer_well(line, answer)
        else:
            exchange.fault = fault.name
            await play(fault, line, answer)

    def _next(self, answer: Answer) -> Fault | None:
        with self._news:
            for rule in self._rules:
                if rule.fits(answer):
                    if rule.times is not None:
                        rule.times -= 1
                    return rule.fault
            return self._posts.popleft() if self._posts else None

    async def _list(self, line: Line) -> None:
        self._check_key(line.exchange)
        data = [
            {
                "id": card.id, "object": "model", "created": 1_790_000_000, "owned_by": "system",
                **({} if card.shutdown_date is None else {"shutdown_date": card.shutdown_date}),
            }
            for card in self.models.values() if card.listed
        ]  # fmt: skip
        await line.send_json(200, {"object": "list", "data": data})
