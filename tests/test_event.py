"""What an operator can set for an event, and what becomes of it in a file."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies

from headshot_web import contrast
from headshot_web.errors import BadEvent, EventUnreadable, FolderError
from headshot_web.event import (
    INK,
    LIMITS,
    BoothEngine,
    Event,
    Keep,
    Placement,
    Print,
)
from headshot_web.model import Paper, Quality, StyleId

EVERYTHING = Event(
    name="Summer “party”",
    starts_on=date(2026, 7, 4),
    ends_on=date(2026, 7, 5),
    title="Say hello",
    logo=b"\x89PNG\r\n\x1a\n...",
    accent="#1f7a78",
    operator_name="Novák & daughters",
    terms_text="One photo each.\nThe rest is for the fun of it.",
    looks=(StyleId("editorial-mono"), StyleId("open-office")),
    engine=BoothEngine.OPENAI_ELSE_HERE,
    quality=Quality.DRAFT,
    headshots_per_guest=3,
    paid_per_guest=1,
    paid_per_hour=20,
    paid_in_all=150,
    budget=Decimal("25.50"),
    idle_s=60,
    idle_warning_s=20,
    grace_min=10,
    keep=Keep.HANDED_OVER,
    shots=1,
    countdown_s=5,
    flash=False,
    sounds=False,
    placement=Placement.LOW,
    camera="Studio cam (046d:0825)",
    printing=Print(enabled=True, size=Paper.STRIP_2X6, copies_most=4, printer="DNP_DS620"),
    share_by_qr=False,
)


class TestFile:
    def test_everything_that_is_set_comes_back(self, tmp_path: Path) -> None:
        EVERYTHING.save(tmp_path / "party.toml")
        assert Event.load(tmp_path / "party.toml") == EVERYTHING
        if os.name == "posix":
            assert (tmp_path / "party.toml").stat().st_mode & 0o777 == 0o600

    def test_what_is_left_out_is_as_at_first(self) -> None:
        event = Event.of(b'name = "Fair"\nbudget = 10\n[printing]\nenabled = true\n')
        assert (event.name, event.heading, event.budget) == ("Fair", "Fair", Decimal(10))
        assert event.printing == Print(enabled=True)
        assert event.looks == Event().looks
        assert event.keep is Keep.NOTHING

    def test_a_file_from_another_system_is_read(self) -> None:
        assert Event.of("\ufeffname = 'Fête'\r\nidle_s = 30\r\n".encode()).name == "Fête"

    @pytest.mark.parametrize("data", [b"name = ", b"\xff\xfe", b"[[[[", b"\x00"])
    def test_a_file_that_is_no_event_is_refused(self, data: bytes) -> None:
        with pytest.raises(EventUnreadable):
            Event.of(data)

    def test_a_file_that_is_not_there_and_one_far_too_large(self, tmp_path: Path) -> None:
        with pytest.raises(FolderError):
            Event.load(tmp_path / "none.toml")
        (tmp_path / "large.toml").write_bytes(b"#" * 2_000_001)
        with pytest.raises(EventUnreadable):
            Event.load(tmp_path / "large.toml")

    @pytest.mark.parametrize(
        ("line", "about"),
        [
            ('surname = "Fair"', "surname"),
            ("name = 3", "name"),
            ('name = ""', "name"),
            (f'name = "{"x" * 61}"', "name"),
            ('title = "two\\nlines"', "title"),
            ('operator_name = "\\u202eevil"', "operator_name"),
            ("idle_s = 9", "idle_s"),
            ("idle_s = 45.0", "idle_s"),
            ("shots = true", "shots"),
            ("shots = 5", "shots"),
            ('flash = "yes"', "flash"),
            ('engine = "midjourney"', "engine"),
            ('keep = "for ever"', "keep"),
            ('accent = "teal"', "accent"),
            ("looks = []", "looks"),
            ("looks = 3", "looks"),
            ("looks = [3]", "looks"),
            ("looks = [[1]]", "looks"),
            ('looks = ["no-such-look"]', "looks"),
            ('looks = ["open-office", "open-office"]', "looks"),
            ("budget = -1", "budget"),
            ("budget = nan", "budget"),
            ("budget = 0.001", "budget"),
            ('budget = "10"', "budget"),
            ('starts_on = "2026-07-04"', "starts_on"),
            ("starts_on = 2026-07-04T10:00:00", "starts_on"),
            ("starts_on = 2026-07-04\nends_on = 2026-07-03", "ends_on"),
            ('logo = "not base 64!"', "logo"),
            ("printing = 4", "printing"),
            ('printing = {size = "a4"}', "printing"),
            ("printing = {copies_most = 0}", "printing"),
            ('printing = {printer = "-o raw"}', "printing"),
            ('printing = {printer = ""}', "printing"),
            ("printing = {speed = 3}", "printing"),
            ('id = "../../etc"', "id"),
        ],
    )
    def test_each_part_that_cannot_be_is_named(self, line: str, about: str) -> None:
        with pytest.raises(BadEvent) as refused:
            Event.of(line.encode())
        assert refused.value.about == about
        assert refused.value.advice.endswith((".", "0000"))

    @settings(max_examples=200, deadline=None)
    @given(strategies.binary(max_size=300) | strategies.text(max_size=300).map(str.encode))
    def test_whatever_a_file_holds_it_is_an_event_or_refused(self, data: bytes) -> None:
        with suppress(BadEvent):
            assert isinstance(Event.of(data), Event)

    @settings(max_examples=50, deadline=None)
    @given(strategies.text(min_size=1, max_size=60), strategies.text(max_size=400))
    def test_any_text_comes_back_as_it_was_or_is_refused(self, name: str, terms: str) -> None:
        try:
            event = Event(name=name, terms_text=terms)
        except BadEvent:
            return
        assert Event.of(event.written()) == event


class TestEvent:
    def test_a_change_that_cannot_be_changes_nothing(self) -> None:
        event = Event()
        with pytest.raises(BadEvent, match="whole number from 1 to 4"):
            event.changed(shots=0)
        assert event.shots == 4

    def test_a_new_name_is_the_same_event_and_the_same_settings_can_be_another(self) -> None:
        event = Event()
        assert event.changed(name="Another name").id == event.id
        assert event.anew().id != event.id
        assert event.anew().changed(id=event.id) == event

    def test_guests_are_received_once_they_can_read_whose_booth_it_is(self) -> None:
        assert not Event().is_ready
        assert Event(operator_name="Novák & daughters").is_ready

    def test_the_title_is_the_name_until_it_is_written(self) -> None:
        assert Event(name="Fair").heading == "Fair"
        assert Event(name="Fair", title="Welcome").heading == "Welcome"

    def test_every_limit_is_kept_to_its_edges(self) -> None:
        for name, (least, most) in LIMITS.items():
            if isinstance(getattr(Event(), name, None), int):
                for edge in (least, most):
                    assert getattr(Event().changed(**{name: edge}), name) == edge
                for beyond in (least - 1, most + 1):
                    with pytest.raises(BadEvent):
                        Event().changed(**{name: beyond})


@settings(max_examples=200, deadline=None)
@given(strategies.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}"))
def test_whatever_accent_is_chosen_can_be_read_on_the_dark_booth(color: str) -> None:
    event = Event(accent=color)
    assert event.accent == color
    assert contrast.ratio(event.shown_accent, INK) >= 7
    if contrast.ratio(color, INK) >= 7:
        assert event.shown_accent == color


def test_contrast_is_as_it_is_defined() -> None:
    assert contrast.ratio("#000000", "#ffffff") == pytest.approx(21)
    assert contrast.ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
