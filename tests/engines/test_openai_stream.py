"""An answer on its way: whatever the pieces it comes in, the same is read."""

from __future__ import annotations

import base64
import json
import tracemalloc

import pytest

from headshot_web.engines.openai_answers import picture, usage
from headshot_web.engines.openai_refusals import judge_answer
from headshot_web.engines.openai_stream import Incoming, TooMuchError
from headshot_web.model import Partial
from headshot_web.provider_errors import (
    AnswerCut,
    AnswerIsALink,
    AnswerNotUnderstood,
    CaptivePortal,
    ProviderBroke,
)
from tests.engines.provider import small


def event(kind: str, **said: object) -> bytes:
    return b"data: " + json.dumps({"type": kind, **said}).encode() + b"\n\n"


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


PARTIAL = event("image_edit.partial_image", b64_json=b64(small()), partial_image_index=1)
DONE = {"type": "image_edit.completed", "b64_json": b64(small()), "usage": {"output_tokens": 7}}
COMPLETED = b"event: image_edit.completed\ndata: " + json.dumps(DONE).encode() + b"\n\n"
PLAIN = json.dumps({"created": 1, "data": [{"b64_json": b64(small())}]}, indent=1).encode()


def read(answer: bytes, size: int = 4096) -> tuple[Incoming, list[Partial]]:
    incoming, partials = Incoming(), []
    for start in range(0, len(answer), size):
        partials += incoming.feed(answer[start : start + size])
    incoming.end()
    return incoming, partials


@pytest.mark.parametrize("size", [1, 7, 1000, 10**7])
@pytest.mark.parametrize(
    "answer",
    [
        PARTIAL + COMPLETED,
        (PARTIAL + COMPLETED).replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf: ping\n\nid: 7\nretry: 3\n"
        + PARTIAL
        + b": ping\n\n"
        + COMPLETED
        + b"data: [DONE]\n\n",
        (PARTIAL + COMPLETED).replace(b"data: ", b"data:").replace(b', "b64', b',\ndata:"b64'),
        PARTIAL + COMPLETED.removesuffix(b"\n\n"),
        PARTIAL + COMPLETED + event("error", error={"message": "too late"}),
    ],
    ids=["as it is", "CRLF", "comments", "two lines", "cut right after it", "error after it"],
)
def test_a_stream_is_read_in_any_pieces(answer: bytes, size: int) -> None:
    incoming, partials = read(answer, size)
    assert [(partial.index, partial.picture) for partial in partials] == [(1, small())]
    assert incoming.finished is not None
    assert picture(incoming.finished) == small()
    counted = usage(incoming.finished)
    assert counted is not None
    assert counted.pictures_out == 7


@pytest.mark.parametrize("size", [1, 1000, 10**7])
def test_a_plain_answer_is_kept_byte_for_byte(size: int) -> None:
    incoming, partials = read(b"\n" + PLAIN, size)
    assert (incoming.finished, partials) == (b"\n" + PLAIN, [])
    assert picture(PLAIN) == small()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"", AnswerCut),
        (b": ping\n\n", AnswerCut),
        (PARTIAL, AnswerCut),
        (PARTIAL + COMPLETED[: len(COMPLETED) // 2], AnswerCut),
        (event("image_edit.completed"), AnswerNotUnderstood),
        (event("image_edit.completed", b64_json=""), AnswerNotUnderstood),
        (b"data: {broken\n\n", AnswerNotUnderstood),
        (b"data: [1]\n\n", AnswerNotUnderstood),
        (PLAIN[:-3], AnswerNotUnderstood),
        (b"[" * 10**5, AnswerNotUnderstood),
        (b'{"data": null}', AnswerNotUnderstood),
        (b'{"data": [{"url": "https://pictures.example/1.png"}]}', AnswerIsALink),
        (b'{"error": {"message": "?"}}', ProviderBroke),
        (PARTIAL + event("error", message="?"), ProviderBroke),
        (b"\n<html><body>sign in</body></html>", CaptivePortal),
    ],
)
def test_what_is_no_picture_is_named(answer: bytes, error: type[Exception]) -> None:
    incoming, _ = read(answer)
    assert incoming.finished is None
    assert judge_answer(incoming, is_openai=True) is error


@pytest.mark.parametrize(
    "said",
    [
        {"b64_json": b64(b"<svg onload=alert(1)>"), "partial_image_index": 0},
        {"b64_json": "?" * 40, "partial_image_index": 0},
        {"b64_json": None},
        {"b64_json": [1]},
    ],
    ids=["no picture", "no base64", "nothing", "a list"],
)
def test_only_pictures_are_shown_on_the_way(said: dict[str, object]) -> None:
    _, partials = read(event("image_edit.partial_image", **said) + COMPLETED)
    assert partials == []


def test_a_flood_of_partial_pictures_is_not_shown() -> None:
    _, partials = read(PARTIAL * 50 + COMPLETED)
    assert len(partials) == 8


@pytest.mark.parametrize("start", [b"data: ", b"{", b"<", b" "], ids=["stream", "JSON", "page", "nothing"])
def test_an_endless_answer_is_refused_at_a_limit(start: bytes) -> None:
    incoming = Incoming(most_bytes=4 * 2**20)
    tracemalloc.start()
    try:
        for _ in range(63):
            incoming.feed(start * (2**16 // len(start)))
        with pytest.raises(TooMuchError):
            incoming.feed(b" " * 2**18)
        assert tracemalloc.get_traced_memory()[1] < 16 * 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        (
            {
                "input_tokens_details": {"text_tokens": 3, "image_tokens": 5, "cached_tokens": 2},
                "output_tokens": 9,
            },
            (3, 5, 2, 9),
        ),
        ({"input_tokens": 8, "output_tokens": 9}, (0, 8, 0, 9)),
        ({"input_tokens": "8", "output_tokens": -1, "input_tokens_details": None}, (0, 0, 0, 0)),
        ({"output_tokens_details": {"image_tokens": 4}}, (0, 0, 0, 4)),
        ({"output_tokens": True}, (0, 0, 0, 0)),
    ],
)
def test_usage_is_read_however_it_is_written(
    said: dict[str, object], counts: tuple[int, int, int, int]
) -> None:
    found = usage(json.dumps({"usage": said}).encode())
    assert found is not None
    assert (found.text_in, found.pictures_in, found.cached_in, found.pictures_out) == counts


@pytest.mark.parametrize("body", [b"", b"{}", b'{"usage": null}', b'{"usage": [1]}', b"<html>"])
def test_no_usage_is_none(body: bytes) -> None:
    assert usage(body) is None
