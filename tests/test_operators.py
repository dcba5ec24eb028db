"""Who is behind the PIN, and for how long."""

from __future__ import annotations

from pathlib import Path

import pytest

from headshot_web.errors import BadPin, OperatorOnly, PinThere, WrongPin
from headshot_web.operators import Operators
from headshot_web.paths import Folders
from headshot_web.pin import Pin

GOOD, HERE, PHONE = "480173", "browser-here", "a-phone"


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def operators(tmp_path: Path, clock: Clock) -> Operators:
    operators = Operators(Pin(Folders(tmp_path / "app")), clock=clock)
    await operators.choose(HERE, GOOD)
    return operators


async def test_who_sets_the_first_pin_is_in_and_nobody_sets_it_twice(operators: Operators) -> None:
    assert operators.is_open(HERE)
    with pytest.raises(PinThere):
        await operators.choose(PHONE, "902746")
    assert not operators.is_open(PHONE)


async def test_each_browser_enters_for_itself(operators: Operators) -> None:
    with pytest.raises(OperatorOnly):
        operators.use(PHONE)
    with pytest.raises(WrongPin):
        await operators.enter(PHONE, "000111")
    assert not operators.is_open(PHONE)
    await operators.enter(PHONE, GOOD)
    operators.lock(HERE)
    assert operators.is_open(PHONE)
    assert not operators.is_open(HERE)


async def test_it_stays_open_for_ten_minutes_of_use(operators: Operators, clock: Clock) -> None:
    for _ in range(3):
        clock.seconds += 599
        operators.use(HERE)
    clock.seconds += 599
    assert operators.is_open(HERE)  # looking is no use
    clock.seconds += 1
    assert not operators.is_open(HERE)
    with pytest.raises(OperatorOnly):
        operators.use(HERE)


async def test_another_pin_puts_everybody_else_out(operators: Operators) -> None:
    await operators.enter(PHONE, GOOD)
    with pytest.raises(BadPin):
        await operators.change(HERE, GOOD, "111111")
    await operators.change(HERE, GOOD, "902746")
    assert operators.is_open(HERE)
    assert not operators.is_open(PHONE)
    with pytest.raises(WrongPin):
        await operators.enter(PHONE, GOOD)


async def test_without_a_session_nobody_is_in(operators: Operators) -> None:
    assert not operators.is_open(None)
    with pytest.raises(OperatorOnly):
        await operators.enter(None, GOOD)
