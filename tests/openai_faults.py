"""Everything that can go wrong between this computer and OpenAI, each by a small name."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from tests.openai_form import Refusal
from tests.openai_line import CallerLeftError, Line
from tests.openai_pictures import draw, draw_partial, encoded, size_of, usage
from tests.openai_rules import Order

PORTAL = (
    b"<!doctype html><html><title>Welcome to the guest network</title><body>Please sign in.</body></html>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What would be answered if nothing went wrong; faults change it or the way it is written."""

    order: Order
    pictures: tuple[str, ...]  # base64
    usage: Mapping[str, object] | None
    size: tuple[int, int]
    delay_s: float = 0.0
    partials: int = 0

    @classmethod
    def to(cls, order: Order, *, delay_s: float = 0.0, partials: int | None = None) -> Self:
        """Draw the pictures of an order."""
        return cls(
            order=order,
            pictures=tuple(encoded(draw(order, number)) for number in range(order.n)),
            usage=usage(order),
            size=size_of(order),
            delay_s=delay_s,
            partials=order.partial_images if partials is None else min(partials, order.partial_images),
        )

    @property
    def shown(self) -> dict[str, object]:
        """What is said of the pictures beside them."""
        quality = "medium" if self.order.quality == "auto" else self.order.quality
        background = "transparent" if self.order.background == "transparent" else "opaque"
        return {
            "background": background,
            "output_format": self.order.output_format,
            "quality": quality,
            "size": f"{self.size[0]}x{self.size[1]}",
        }

    def body(self) -> dict[str, object]:
        """The JSON of a plain answer."""
        data = [{"b64_json": picture} for picture in self.pictures]
        body: dict[str, object] = {"created": int(time.time()), **self.shown, "data": data}
        if self.usage is not None:
            drawn = {"image_tokens": self.usage["output_tokens"], "text_tokens": 0}
            body["usage"] = {**self.usage, "output_tokens_details": drawn}
        return body

    def partial(self, index: int) -> dict[str, object]:
        """The event of a picture on its way."""
        return {
            "type": "image_edit.partial_image",
            "b64_json": encoded(draw_partial(self.order, index)),
            "created_at": int(time.time()),
            **self.shown,
            "partial_image_index": index,
        }

    def completed(self, number: int = 0) -> dict[str, object]:
        """The event that ends a stream."""
        event = {
            "type": "image_edit.completed",
            "b64_json": self.pictures[number],
            "created_at": int(time.time()),
            **self.shown,
        }
        return event if self.usage is None else {**event, "usage": self.usage}


def spelt(event: Mapping[str, object]) -> bytes:
    """One event as it stands in the stream."""
    return f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong, and how long it takes until it does."""

    name: str
    details: Mapping[str, Any] = field(default_factory=dict)
    after_s: float = 0.0

    def later(self, seconds: float) -> Self:
        """The same fault, only after some time."""
        return dataclasses.replace(self, after_s=seconds)

    def as_json(self) -> dict[str, Any]:
        """For a server in another process."""
        return {"name": self.name, "details": dict(self.details), "after_s": self.after_s}

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Self:
        """As `as_json` wrote it."""
        return cls(name=said["name"], details=said.get("details", {}), after_s=said.get("after_s", 0.0))

    # Nothing goes wrong

    @classmethod
    def none(cls) -> Self:
        """Answer well: a place in the queue without a fault."""
        return cls(name="none")

    # An answer that refuses

    @classmethod
    def status(
        cls, status: int, *, code: str | None = None, message: str = "", kind: str = "invalid_request_error",
        param: str | None = None, retry_after: float | None = None,
    ) -> Self:  # fmt: skip
        """Any error in OpenAI's form."""
        words = message or f"The server had an error while processing your request ({status})."
        body = {"error": {"message": words, "type": kind, "param": param, "code": code}}
        return cls.answer(status, body, retry_after=retry_after)

    @classmethod
    def answer(cls, status: int, body: object, *, retry_after: float | None = None) -> Self:
        """Any status with any JSON."""
        return cls(name="answer", details={"status": status, "body": body, "retry_after": retry_after})

    # The wire

    @classmethod
    def reset(cls) -> Self:
        """The whole request came; the connection breaks before a word of the answer."""
        return cls(name="reset")

    @classmethod
    def reset_while_sending(cls, after_bytes: int = 1000) -> Self:
        """The connection breaks while the request is still on its way."""
        return cls(name="reset_while_sending", details={"after_bytes": after_bytes})

    @classmethod
    def hang(cls) -> Self:
        """Never a word."""
        return cls(name="hang")

    @classmethod
    def cut_stream(cls) -> Self:
        """Partial pictures, then a clean end without the finished one."""
        return cls(name="cut_stream")


Play = Callable[[Line, Answer, Mapping[str, Any]], Awaitable[None]]


async def answer_well(line: Line, answer: Answer) -> None:
    """Answer as OpenAI does: one JSON, or a stream of events."""
    if not answer.order.stream:
        await line.wait(answer.delay_s)
        await line.send_json(200, answer.body())
        return
    await stream_partials(line, answer)
    for number in range(len(answer.pictures)):
        await line.chunk(spelt(answer.completed(number)))
    await line.chunk(b"")


async def stream_partials(line: Line, answer: Answer) -> None:
    """Begin a stream and send what comes before the finished picture, spread over the delay."""
    step = answer.delay_s / (answer.partials + 1)
    line.head(200, "text/event-stream; charset=utf-8", None)
    for index in range(answer.partials):
        await line.wait(step)
        await line.chunk(spelt(answer.partial(index)))
    await line.wait(step)


async def refuse(line: Line, refusal: Refusal) -> None:
    """Say no in OpenAI's form."""
    await line.send_json(refusal.status, refusal.body)


async def play(fault: Fault, line: Line, answer: Answer) -> None:
    """Let one thing go wrong."""
    await line.wait(fault.after_s)
    await _PLAYS[fault.name](line, answer, fault.details)


async def _none(line: Line, answer: Answer, details: Mapping[str, Any]) -> None:
    await answer_well(line, answer)


async def _answer(line: Line, answer: Answer, details: Mapping[str, Any]) -> None:
    wait = details.get("retry_after")
    more = {} if wait is None else {"retry_after": f"{wait:g}"}
    await line.send_json(details["status"], details["body"], **more)


async def _reset(line: Line, answer: Answer, details: Mapping[str, Any]) -> None:
    await line.reset()


async def _hang(line: Line, answer: Answer, details: Mapping[str, Any]) -> None:
    await line.reader.gone.wait()
    raise CallerLeftError


async def _cut_stream(line: Line, answer: Answer, details: Mapping[str, Any]) -> None:
    await stream_partials(line, answer)
    await line.chunk(b"")


_PLAYS: dict[str, Play] = {
    "none": _none,
    "answer": _answer,
    "reset": _reset,
    "hang": _hang,
    "cut_stream": _cut_stream,
}
