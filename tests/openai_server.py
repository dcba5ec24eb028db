"""A loopback OpenAI: speaks the Images API exactly, draws a true picture, records all, fails by script.

By hand: `python -m tests.openai_server --port 8899 --delay 3`, then set the printed address as base URL.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import dataclasses
import json
import signal
import socket
import threading
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Self

from tests.openai_answers import Answer, answer_well
from tests.openai_form import Refusal, read_form
from tests.openai_line import CallerLeftError, Line, Reader, read_body, read_head, suppressed
from tests.openai_notebook import Notebook
from tests.openai_plays import play
from tests.openai_rules import MODELS, ModelCard, Order, judge_key, read_order

KEY = "sk-proj-loopback0123456789abcdefghijWXYZ"
OWN_MODEL = "portrait-edit"


class OpenAIServer(Notebook):
    """OpenAI on loopback, in a thread of its own."""

    def __init__(self, *, port: int = 0, key: str = KEY, own: bool = False) -> None:
        """With `own`, it is somebody's own server: any key, any model, no streams, FastAPI's errors."""
        super().__init__()
        self.port = port
        self.key = key
        self.own = own
        self.models: dict[str, ModelCard] = {OWN_MODEL: ModelCard(id=OWN_MODEL)} if own else dict(MODELS)
        self._readers: list[Reader] = []
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, name="loopback OpenAI", daemon=True)
        self._pencil = ThreadPoolExecutor(1, "pencil")

    # Open and close

    @property
    def base_url(self) -> str:
        """What an SDK is given."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def bytes_received(self) -> int:
        """Everything that ever came in on a connection, headers and all."""
        return sum(reader.count for reader in self._readers)

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
        """Close the port and break every connection: from now on nobody is there."""
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

    # The door

    def _call(self, task: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(task, self._loop).result(10)

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
        exchange = await read_head(reader)
        if exchange is None:
            return False
        line = Line(reader=reader, writer=writer, exchange=exchange)
        line.headers = {
            "x-request-id": exchange.request_id, "openai-version": "2020-10-01", "openai-processing-ms": "7",
        }  # fmt: skip
        if exchange.path.startswith("/_"):
            await self._control(line)
            return True
        self.note(exchange)
        try:
            await self._respond(line)
            exchange.answered = True
        except CallerLeftError:
            exchange.left_early = True
            return False
        finally:
            exchange.ended = time.time()
            self.tell()
        return line.keep and (exchange.header("connection") or "").lower() != "close"

    # The counter

    async def _respond(self, line: Line) -> None:
        exchange = line.exchange
        if exchange.method == "POST" and (early := self.early_fault()) is not None:
            exchange.fault = early.label
            exchange.body = await read_body(line, early.details["after_bytes"])
            await line.reset()
            return
        exchange.body = await read_body(line)
        exchange.complete = True
        self.tell()
        try:
            await self._route(line)
        except Refusal as refusal:
            body = {"detail": refusal.message} if self.own else refusal.body
            await line.send_json(refusal.status, body)

    async def _route(self, line: Line) -> None:
        exchange = line.exchange
        where = (exchange.method, exchange.path.partition("?")[0])
        if where == ("POST", "/v1/images/edits"):
            await self._edit(line)
        elif where == ("GET", "/v1/models"):
            await self._list(line)
        else:
            raise Refusal(f"Invalid URL ({exchange.method} {exchange.path})", status=404)

    async def _edit(self, line: Line) -> None:
        exchange = line.exchange
        if not self.own:
            judge_key(exchange.header("authorization"), self.key)
        exchange.form = read_form(exchange.header("content-type") or "", exchange.body)
        order = read_order(exchange.form, self.models, lenient=self.own)
        if self.own and order.stream:
            raise Refusal("Streaming is not supported by this server.", status=500)
        fault = self.next_fault(order)
        answer = await self._answer(order, drawn=fault is None or fault.drawn)
        if fault is None:
            await answer_well(line, answer)
        else:
            exchange.fault = fault.label
            await play(fault, line, answer)

    async def _answer(self, order: Order | None, *, drawn: bool) -> Answer:
        began = self._loop.time()
        order = order or Order(prompt="", images=(), size=(1024, 1024))
        draw = partial(Answer.to, order, partials=self.partials, drawn=drawn, bare=self.own)
        answer = await self._loop.run_in_executor(self._pencil, draw)
        left = max(0.0, self.delay_s - (self._loop.time() - began))  # drawing is a part of the delay
        return dataclasses.replace(answer, delay_s=left)

    async def _list(self, line: Line) -> None:
        if not self.own:
            judge_key(line.exchange.header("authorization"), self.key)
        fault = self.next_fault(None)
        if fault is not None and fault.name != "none":
            line.exchange.fault = fault.label
            await play(fault, line, await self._answer(None, drawn=False))
            return
        data = [card.shown() for card in self.models.values() if card.listed]
        await line.send_json(200, {"object": "list", "data": data})

    async def _control(self, line: Line) -> None:
        body = await read_body(line)
        where, _, query = line.exchange.path.partition("?")
        if where == "/_script":
            self.follow(json.loads(body))
            await line.send_json(200, {"ok": True})
            return
        whole = "bodies" in query
        exchanges = [each.as_json(whole=whole) for each in self.exchanges]
        record = {
            "exchanges": exchanges,
            "connections": self.connections,
            "bytes_received": self.bytes_received,
        }
        await line.send_json(200, record)


def main() -> None:
    """Serve until told to stop; print the address once it answers."""
    reader = argparse.ArgumentParser(description="A loopback OpenAI.")
    reader.add_argument("--port", type=int, default=0)
    reader.add_argument("--key", default=KEY)
    reader.add_argument("--delay", type=float, default=0.0, help="seconds until a finished picture")
    reader.add_argument("--own", action="store_true", help="be somebody's own server")
    chosen = reader.parse_args()
    server = OpenAIServer(port=chosen.port, key=chosen.key, own=chosen.own)
    server.delay_s = chosen.delay
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with server:
        print(server.base_url, flush=True)
        stop.wait()


if __name__ == "__main__":
    main()
