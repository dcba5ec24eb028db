"""What the loopback OpenAI answers when nothing goes wrong: one JSON, or a stream of events."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from tests.openai_line import Line
from tests.openai_pictures import draw, draw_partial, encoded, size_of, usage
from tests.openai_rules import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A good answer to one order; faults change it, or the way it is written."""

    order: Order
    pictures: tuple[str | None, ...]  # base64
    partials: tuple[str, ...]  # base64, from coarse to fine
    usage: Mapping[str, object] | None
    size: tuple[int, int]
    delay_s: float = 0.0
    bare: bool = False  # as somebody's own server: pictures and nothing about them

    @classmethod
    def to(cls, order: Order, *, partials: int | None, drawn: bool, bare: bool) -> Self:
        """Draw what was ordered, or leave it undrawn where nobody will see it."""
        count = order.partial_images if partials is None else min(partials, order.partial_images)
        return cls(
            order=order,
            pictures=tuple(encoded(draw(order, number)) for number in range(order.n)) if drawn else (),
            partials=tuple(encoded(draw_partial(order, index)) for index in range(count)) if drawn else (),
            usage=None if bare else usage(order),
            size=size_of(order),
            bare=bare,
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
        body: dict[str, object] = {"created": int(time.time())}
        if not self.bare:
            body |= self.shown
        body["data"] = [{"b64_json": picture} for picture in self.pictures]
        if self.usage is not None:
            drawn = {"image_tokens": self.usage["output_tokens"], "text_tokens": 0}
            body["usage"] = {**self.usage, "output_tokens_details": drawn}
        return body

    def partial(self, index: int) -> dict[str, object]:
        """The event of a picture on its way."""
        return {
            "type": "image_edit.partial_image",
            "b64_json": self.partials[index],
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


async def answer_well(line: Line, answer: Answer) -> None:
    """Answer as OpenAI does."""
    if not answer.order.stream:
        await answer_plainly(line, answer)
        return
    await begin_stream(line, answer)
    for number in range(len(answer.pictures)):
        await line.chunk(spelt(answer.completed(number)))
    await line.chunk(b"")


async def answer_plainly(line: Line, answer: Answer) -> None:
    """One JSON, whether or not a stream was asked for."""
    await line.wait(answer.delay_s)
    await line.send_json(200, answer.body())


async def begin_stream(line: Line, answer: Answer) -> None:
    """Begin a stream and send all that comes before the finished picture, spread over the delay."""
    step = answer.delay_s / (len(answer.partials) + 1)
    line.head(200, "text/event-stream; charset=utf-8", None)
    for index in range(len(answer.partials)):
        await line.wait(step)
        await line.chunk(spelt(answer.partial(index)))
    await line.wait(step)
