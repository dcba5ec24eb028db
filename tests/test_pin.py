"""The operator's PIN: what it may be, what is kept of it, and how long a guesser waits."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import assume, given, settings, strategies

from headshot_web.errors import BadPin, PinDamaged, PinRests, PinThere, WrongPin
from headshot_web.paths import Folders
from headshot_web.pin import Pin, refuse_simple

GOOD = "480173"
WRONG = "480174"


class Clock:
    def __init__(self) -> None:
        self.seconds = 1_800_000_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path / "app")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pin(folders: Folders, clock: Clock) -> Pin:
    chosen = Pin(folders, now=clock)
    chosen.choose(GOOD)
    return chosen


def tried(pin: Pin, text: str = WRONG) -> int:
    """Try once, and say for how long none is looked at."""
    with pytest.raises((WrongPin, PinRests)) as refused:
        pin.check(text)
    return refused.value.wait_s if isinstance(refused.value, PinRests) else 0


@pytest.mark.parametrize(
    "text",
    [
        *("", "12345", "1234567890123", "12345a", "１２３４５６", " 480173", "480173\n"),
        *("000000", "123456", "654321", "890123", "135791", "121212", "123123", "12341234", "122221"),
        "112233",
    ],
)
def test_what_a_guest_would_try_first_is_no_pin(folders: Folders, text: str) -> None:
    with pytest.raises(BadPin) as refused:
        Pin(folders).choose(text)
    assert refused.value.advice.endswith(".")
    assert not Pin(folders).is_set


def is_refused(text: str) -> bool:
    try:
        refuse_simple(text)
    except BadPin:
        return True
    return False


@settings(max_examples=300, deadline=None)
@given(strategies.integers(0, 999_999))
def test_most_digits_can_be_a_pin(number: int) -> None:
    text = f"{number:06}"
    steps = [int(after) - int(before) for before, after in pairwise(text)]
    assume(len(set(text)) >= 5 and abs(steps[0]) != abs(steps[1]))
    assert not is_refused(text)


def test_nothing_on_the_disk_says_the_pin(pin: Pin, folders: Folders) -> None:
    pin.check(GOOD)
    text = folders.pin.read_text()
    assert GOOD not in text
    if os.name == "posix":
        assert folders.pin.stat().st_mode & 0o777 == 0o600
        assert folders.booth.stat().st_mode & 0o777 == 0o700
    assert Pin(folders).is_set


def test_a_second_one_is_set_behind_the_first_alone(pin: Pin, folders: Folders) -> None:
    with pytest.raises(PinThere):
        pin.choose("902746")
    with pytest.raises(WrongPin):
        pin.change(WRONG, "902746")
    with pytest.raises(BadPin):
        pin.change(GOOD, "111111")
    pin.change(GOOD, "902746")
    Pin(folders).check("902746")
    with pytest.raises(WrongPin):
        Pin(folders).check(GOOD)


def test_after_five_wrong_ones_each_waits_longer(pin: Pin, clock: Clock) -> None:
    waits = [tried(pin) for _ in range(5)]
    assert waits == [0, 0, 0, 0, 30]
    clock.seconds += 29
    assert tried(pin, GOOD) == 1
    for longer in (60, 120, 300, 300):
        clock.seconds += pin.rests_s
        assert tried(pin) == longer
    clock.seconds += 300
    pin.check(GOOD)
    assert tried(pin) == 0


def test_the_wait_outlives_the_app_and_a_clock_that_is_set_back(
    pin: Pin, folders: Folders, clock: Clock
) -> None:
    for _ in range(5):
        tried(pin)
    again = Pin(folders, now=clock)
    assert tried(again, GOOD) == 30
    clock.seconds -= 1_000_000
    assert tried(again, GOOD) == 30


def test_each_wrong_one_counts_across_restarts(pin: Pin, folders: Folders, clock: Clock) -> None:
    for _ in range(4):
        assert tried(Pin(folders, now=clock)) == 0
    assert tried(Pin(folders, now=clock)) == 30


def test_a_damaged_file_opens_nothing_until_it_is_forgotten(pin: Pin, folders: Folders) -> None:
    for text in ("", "{}", '{"salt": "zz", "hash": "00"}', "[1]"):
        folders.pin.write_text(text)
        with pytest.raises(PinDamaged):
            Pin(folders)
    Pin.forget(folders)
    assert not Pin(folders).is_set


def test_no_pin_is_no_way_in(folders: Folders) -> None:
    with pytest.raises(WrongPin):
        Pin(folders).check("")
