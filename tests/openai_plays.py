"""How each fault is played: on the answer before it is written, or on the wire while it is."""

from __future__ import annotations

import base64
import dataclasses
import io
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from PIL import Image

from tests.openai_answers import Answer, answer_plainly, answer_well, begin_stream, spelt
from tests.openai_faults import Fault
from tests.openai_line import CallerLeftError, Line
from tests.openai_pictures import draw, written

Details = Mapping[str, Any]


async def play(fault: Fault, line: Line, answer: Answer) -> None:
    """Let one thing go wrong."""
    await line.wait(fault.after_s)
    if fault.name in _CHANGES:
        await answer_well(line, _CHANGES[fault.name](answer, fault.details))
    else:
        await _PLAYS[fault.name](line, answer, fault.details)


# On the answer


def _no_usage(answer: Answer, _: Details) -> Answer:
    return dataclasses.replace(answer, usage=None)


def _with(answer: Answer, data: bytes | str) -> Answer:
    text = data if isinstance(data, str) else base64.b64encode(data).decode()
    return dataclasses.replace(answer, pictures=(text,) * len(answer.pictures))


def _cut_base64(answer: Answer, _: Details) -> Answer:
    whole = answer.pictures[0] or ""
    return _with(answer, whole[: len(whole) // 8 * 4 + 1])


def _cut_picture(answer: Answer, _: Details) -> Answer:
    whole = base64.b64decode(answer.pictures[0] or "")
    return _with(answer, whole[: len(whole) // 2])


def _not_a_picture(answer: Answer, _: Details) -> Answer:
    return _with(answer, b"This is a letter, not a picture. " * 200)


def _drawn_at(answer: Answer, details: Details) -> Answer:
    order = dataclasses.replace(answer.order, size=tuple(details["size"]))
    return _with(answer, draw(order))


def _checkerboard(answer: Answer, _: Details) -> Answer:
    with Image.open(io.BytesIO(base64.b64decode(answer.pictures[0] or ""))) as image:
        person = image.convert("RGBA")
    tile = Image.new("RGB", (32, 32), (255, 255, 255))
    tile.paste((204, 204, 204), (0, 0, 16, 16))
    tile.paste((204, 204, 204), (16, 16, 32, 32))
    board = Image.new("RGB", person.size)
    for top in range(0, person.height, 32):
        for left in range(0, person.width, 32):
            board.paste(tile, (left, top))
    board.paste(person, (0, 0), person)
    return _with(answer, written(board, answer.order.output_format))


_CHANGES: dict[str, Callable[[Answer, Details], Answer]] = {
    "none": lambda answer, _: answer,
    "no_usage": _no_usage,
    "cut_base64": _cut_base64,
    "cut_picture": _cut_picture,
    "not_a_picture": _not_a_picture,
    "drawn_at": _drawn_at,
    "checkerboard": _checkerboard,
}


# On the wire


async def _answer(line: Line, _: Answer, details: Details) -> None:
    wait = details.get("retry_after")
    more = {} if wait is None else {"retry_after": f"{wait:g}"}
    await line.send_json(details["status"], details["body"], **more)


async def _text(line: Line, _: Answer, details: Details) -> None:
    await line.send(details["status"], details["kind"], details["words"].encode())


async def _redirect(line: Line, _: Answer, details: Details) -> None:
    await line.send(details["status"], "text/plain", b"", location=details["to"])


async def _reset(line: Line, _: Answer, __: Details) -> None:
    await line.reset()


async def _half_body(line: Line, answer: Answer, _: Details) -> None:
    await line.wait(answer.delay_s)
    body = json.dumps(answer.body()).encode()
    line.head(200, "application/json", len(body))
    await line.write(body[: len(body) // 2])
    line.hang_up()


async def _hang(line: Line, _: Answer, __: Details) -> None:
    await line.reader.gone.wait()
    raise CallerLeftError


async def _drip(line: Line, answer: Answer, details: Details) -> None:
    body, kind = json.dumps(answer.body()).encode(), "application/json"
    if answer.order.stream:
        events = [answer.partial(index) for index in range(len(answer.partials))] + [answer.completed()]
        body, kind = b"".join(map(spelt, events)), "text/event-stream; charset=utf-8"
    line.head(200, kind, len(body))
    step = -(-len(body) // details["pieces"])
    for start in range(0, len(body), step):
        await line.wait(details["seconds"] / details["pieces"])
        await line.write(body[start : start + step])


async def _garbage(line: Line, _: Answer, __: Details) -> None:
    await line.write(b"\x15\x03\x01 this is not HTTP\r\n\r\n")
    line.hang_up()


async def _bad_json(line: Line, answer: Answer, _: Details) -> None:
    if not answer.order.stream:
        await line.send(200, "application/json", b'{"created": 1790000000, "data": [{"b64_json": "iVBORw0')
        return
    line.head(200, "text/event-stream; charset=utf-8", None)
    await line.chunk(
        b'event: image_edit.completed\ndata: {"type": "image_edit.completed", "b64_json": "iVBO\n\n'
    )
    await line.chunk(b"")


async def _json_for_stream(line: Line, answer: Answer, _: Details) -> None:
    await answer_plainly(line, answer)


async def _no_data(line: Line, answer: Answer, details: Details) -> None:
    if not answer.order.stream:
        await line.wait(answer.delay_s)
        await line.send_json(200, {**answer.body(), "data": details["data"]})
        return
    await begin_stream(line, answer)
    event = {key: value for key, value in answer.completed().items() if key != "b64_json"}
    await line.chunk(spelt(event | (details["data"] or [{}])[0]))
    await line.chunk(b"")


async def _cut_stream(line: Line, answer: Answer, _: Details) -> None:
    await begin_stream(line, answer)
    await line.chunk(b"")


async def _reset_stream(line: Line, answer: Answer, _: Details) -> None:
    await begin_stream(line, answer)
    await line.reset()


async def _cut_completed(line: Line, answer: Answer, _: Details) -> None:
    await begin_stream(line, answer)
    event = spelt(answer.completed())
    await line.chunk(event[: len(event) // 2])
    await line.chunk(b"")


async def _stream_error(line: Line, answer: Answer, details: Details) -> None:
    await begin_stream(line, answer)
    code = details["code"]
    error = {"type": code, "code": code, "message": details["message"], "param": None}
    await line.chunk(spelt({"type": "error", "error": error}))
    await line.chunk(b"")


_PLAYS: dict[str, Callable[[Line, Answer, Details], Awaitable[None]]] = {
    "answer": _answer,
    "text": _text,
    "redirect": _redirect,
    "reset": _reset,
    "half_body": _half_body,
    "hang": _hang,
    "drip": _drip,
    "garbage": _garbage,
    "bad_json": _bad_json,
    "json_for_stream": _json_for_stream,
    "no_data": _no_data,
    "cut_stream": _cut_stream,
    "reset_stream": _reset_stream,
    "cut_completed": _cut_completed,
    "stream_error": _stream_error,
}
