"""What every engine keeps to, whoever makes the headshots."""

from __future__ import annotations

import inspect
from contextlib import aclosing
from dataclasses import fields

import pytest

from headshot_web.accounts import Outcome, Paused, Receipt, Returned, Sending
from headshot_web.engines import Engine
from headshot_web.errors import AnswerUnreadable
from headshot_web.model import Answer, Partial, Progress, Request
from tests.imaging.sitters import pixels


class EngineContract:
    """Run against every engine; a subclass gives the fixtures `engine` and `wish`."""

    async def answer(self, engine: Engine, wish: Request) -> Answer:
        last = [word async for word in engine.render(wish)][-1]
        assert isinstance(last, Answer)
        return last

    async def test_there_are_steps_then_exactly_one_answer_last(self, engine: Engine, wish: Request) -> None:
        words = [word async for word in engine.render(wish)]
        assert isinstance(words[0], Progress)
        assert [isinstance(word, Answer) for word in words] == [False] * (len(words) - 1) + [True]
        assert all(
            isinstance(word, Progress | Partial | Sending | Returned | Paused | Answer) for word in words
        )

    async def test_nothing_costs_without_a_word_before_it_leaves(self, engine: Engine, wish: Request) -> None:
        words = [word async for word in engine.render(wish)]
        assert any(isinstance(word, Sending) for word in words) == engine.may_cost

    async def test_the_stored_answer_gives_the_picture(self, engine: Engine, wish: Request) -> None:
        answer = await self.answer(engine, wish)
        (first,), (again,) = await engine.read(answer.raw), await engine.read(answer.raw)
        assert first == again
        assert first.size == wish.size
        assert pixels(first.picture).shape[:2] == (wish.size.height_px, wish.size.width_px)

    async def test_a_receipt_is_given_for_what_left_and_for_nothing_else(
        self, engine: Engine, wish: Request
    ) -> None:
        receipt = engine.receipt((await self.answer(engine, wish)).raw)
        if engine.may_cost:
            assert isinstance(receipt, Receipt)
            assert receipt.outcome is Outcome.ANSWERED
        else:
            assert receipt is None

    async def test_closing_ends_the_work_and_the_next_one_is_well(
        self, engine: Engine, wish: Request
    ) -> None:
        async with aclosing(engine.render(wish)) as words:  # type: ignore[type-var]
            assert isinstance(await anext(words), Progress)
        with pytest.raises(StopAsyncIteration):
            await anext(words)
        await self.answer(engine, wish)

    @pytest.mark.parametrize("harm", ["empty", "cut", "other", "head only", "no line"])
    async def test_a_damaged_answer_is_refused(self, harm: str, engine: Engine, wish: Request) -> None:
        raw = (await self.answer(engine, wish)).raw
        head = raw[: raw.index(b"\n") + 1]
        damaged = {
            "empty": b"",
            "cut": raw[:-1000],
            "other": b"<html>not a headshot</html>",
            "head only": head,
            "no line": head + b"\xff" * 40,
        }[harm]
        with pytest.raises(AnswerUnreadable):
            await engine.read(damaged)
        engine.receipt(damaged)

    def test_it_is_given_a_request_and_nothing_else(self, engine: Engine) -> None:
        assert list(inspect.signature(engine.render).parameters) == ["request"]
        given = {field.name for field in fields(Request)}
        assert given == {
            "picture", "others", "recipe", "prompt", "size", "count", "quality", "subject",
        }  # fmt: skip
        assert isinstance(engine.at_once, int)
        assert engine.at_once >= 1
