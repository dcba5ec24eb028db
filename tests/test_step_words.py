"""Whatever step a headshot is at, every page that shows it has a word for it."""

from __future__ import annotations

import pytest

from headshot_web import words, words_booth, words_openai
from headshot_web.model import Step

PAUSES = {Step.PAUSED: "pause", Step.RECONNECTING: "reconnect"}


@pytest.mark.parametrize("step", Step)
def test_every_step_has_its_word(step: Step) -> None:
    assert words_booth.STEPS[step]
    assert step in PAUSES or step in words.STEPS or step in words_openai.STEPS


def test_each_pause_says_why_it_is_made_and_for_how_long() -> None:
    said = {step: words_openai.ORDER[name] for step, name in PAUSES.items()}
    assert all("{time}" in text for text in said.values())
    assert "asks for a pause" in said[Step.PAUSED]
    assert "connection" in said[Step.RECONNECTING]
    assert "asks" not in said[Step.RECONNECTING]
