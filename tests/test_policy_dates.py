"""Whoever changes what the policy, or the question before sending, says must give it a new day and say so."""

from __future__ import annotations

import hashlib
import itertools
import json
from dataclasses import asdict, fields
from datetime import datetime

from headshot_web.consent import SENDING_VERSION, VERSIONS, ConsentKind, sending_words, with_policy
from headshot_web.engines.price_list import PriceList
from headshot_web.policy import POLICY_DATE, PROMISES, Booth, Facts, day, policy
from headshot_web.settings import Settings
from headshot_web.words_privacy import CHANGES, changes_since

POLICIES = {
    "2026-11-23": "3d8de94b8ccff7e0",
    "2026-11-28": "32824f3538220580",
    "2026-11-29": "615bc8d70863c1e9",
}
"""Every policy that was ever shown, by its day: a fingerprint of all that it can say.

When the test below finds other words, they are another policy. Give `POLICY_DATE` a new day, say in
`words_privacy.CHANGES` what is new, and add the new fingerprint here. A line that is here stays as it is.
"""
QUESTIONS = {
    "2026-11-22": "0ce037cb32372c08",
    "2026-11-28": "04fe33d92f867bcf",
}
"""The same for the question whether photos may be sent, and `consent.SENDING_VERSION`."""
_BOOTH = [field.name for field in fields(Booth) if field.name != "grace_min"]
WHAT_TO_DO = "the words have changed, so everybody must be asked again: a new day, and this fingerprint: "


def _fingerprint(said: object) -> str:
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:16]


def _all_facts() -> list[Facts]:
    """Every policy that somebody may read, each once."""
    moment = datetime(2026, 1, 2, 12)  # noqa: DTZ001 - the same day in every country
    kept = PriceList.load().kept_days
    servers = (
        {"host": None, "is_openai": False, "secure": False, "on_this_computer": False, "kept_days": None},
        {"host": "h", "is_openai": True, "secure": True, "on_this_computer": False, "kept_days": kept},
        {"host": "h", "is_openai": False, "secure": True, "on_this_computer": False, "kept_days": None},
        {"host": "h", "is_openai": False, "secure": False, "on_this_computer": False, "kept_days": None},
        {"host": "h", "is_openai": False, "secure": False, "on_this_computer": True, "kept_days": None},
    )
    choices = itertools.product(servers, (True, False), (None, 1, 30), (True, False), (True, False))
    ways = itertools.product((True, False), repeat=len(_BOOTH))
    brief = Booth(grace_min=1, **dict.fromkeys(_BOOTH, False))
    all_booths = [None, brief, *(Booth(grace_min=30, **dict(zip(_BOOTH, way, strict=True))) for way in ways)]
    assert len(all_booths) < len(servers) * 24, "each of them is in the list"
    booths = itertools.cycle(all_booths)
    return [
        Facts(
            folder="/folder",
            log="/folder/log",
            contact=Settings.model_fields["contact"].default,
            made_here=here,
            delete_after_days=days,
            delete_originals=originals,
            subscriptions=subscriptions,
            phones_open=originals,
            guests_keep=subscriptions,
            guests_drawn=here and server["host"] is not None,
            booth=next(booths),
            sending_since=moment if here else None,
            agreed_since=moment if here else None,
            **server,  # type: ignore[arg-type]
        )
        for server, here, days, originals, subscriptions in choices
    ]


def said_by_the_policy() -> str:
    texts = [asdict(policy(facts))["sections"] for facts in _all_facts()]
    # Its own day stands in the text, and changes by itself.
    plain = json.dumps(texts, ensure_ascii=False).replace(day(POLICY_DATE), "")
    return _fingerprint([plain, PROMISES])


def _said_by_the_question() -> str:
    kept = PriceList.load().kept_days
    questions = [
        sending_words("h", "p", days, is_openai=days is not None, is_guest=guest)
        for days in (kept, None)
        for guest in (False, True)
    ]
    return _fingerprint([asdict(with_policy(one)) for one in questions])


def test_other_words_are_another_policy_with_a_day_of_its_own() -> None:
    said = said_by_the_policy()
    assert POLICIES.get(POLICY_DATE.isoformat()) == said, WHAT_TO_DO + said
    assert len(set(POLICIES.values())) == len(POLICIES)
    assert max(POLICIES) == POLICY_DATE.isoformat()


def test_every_policy_says_what_is_new_in_it() -> None:
    assert CHANGES.keys() == POLICIES.keys(), "each new day has its line of changes, and no other has one"
    assert all(len(line) > 40 and line.endswith(".") for line in CHANGES.values())
    assert len(set(CHANGES.values())) == len(CHANGES)
    assert changes_since("2026-01-01")[0] == CHANGES[POLICY_DATE.isoformat()], "who agreed before reads it"
    assert changes_since(POLICY_DATE.isoformat()) == ()


def test_other_words_are_another_question() -> None:
    said = _said_by_the_question()
    assert QUESTIONS.get(SENDING_VERSION) == said, WHAT_TO_DO + said
    assert len(set(QUESTIONS.values())) == len(QUESTIONS)
    assert max(QUESTIONS) == SENDING_VERSION


def test_a_yes_is_to_the_day_of_the_words_that_were_shown() -> None:
    assert {
        ConsentKind.POLICY: POLICY_DATE.isoformat(),
        ConsentKind.SENDING: SENDING_VERSION,
    } == VERSIONS
