"""What the loopback OpenAI was asked, and what it is to do next: safe to use from any thread."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.openai_faults import Fault
from tests.openai_line import Exchange
from tests.openai_rules import Order


@dataclass(slots=True, kw_only=True)
class Rule:
    """A fault for orders of one model, or whose prompt holds some words."""

    fault: Fault
    model: str | None = None
    prompt: str | None = None
    times: int | None = None

    def fits(self, order: Order) -> bool:
        """Whether this order is meant."""
        return (
            (self.model is None or self.model == order.model)
            and (self.prompt is None or self.prompt in order.prompt)
            and self.times != 0
        )


class Notebook:
    """The script and the record."""

    def __init__(self) -> None:
        self.delay_s = 0.0  # how long a good answer takes; a stream spreads its pictures over it
        self.partials: int | None = None  # at most so many partial pictures, whatever was asked
        self.connections = 0
        self.news = threading.Condition()
        self._posts: deque[Fault] = deque()
        self._gets: deque[Fault] = deque()
        self._rules: list[Rule] = []
        self._exchanges: list[Exchange] = []

    # The script

    def play(self, *faults: Fault) -> None:
        """Let the next edits go wrong, one fault each, in this order."""
        with self.news:
            self._posts.extend(faults)

    def play_check(self, *faults: Fault) -> None:
        """Let the next looks at the list of models go wrong."""
        with self.news:
            self._gets.extend(faults)

    def whenever(
        self, fault: Fault, *, model: str | None = None, prompt: str | None = None, times: int | None = None
    ) -> None:
        """Let every edit of this model, or with these words in its prompt, go wrong; before the queue."""
        with self.news:
            self._rules.append(Rule(fault=fault, model=model, prompt=prompt, times=times))

    def forget(self) -> None:
        """Empty the script and the record."""
        with self.news:
            for each in (self._posts, self._gets, self._rules, self._exchanges):
                each.clear()

    def follow(self, script: Mapping[str, Any]) -> None:
        """Do what a script in JSON says."""
        if script.get("forget"):
            self.forget()
        self.play(*map(Fault.from_json, script.get("play", ())))
        self.play_check(*map(Fault.from_json, script.get("play_check", ())))
        for rule in script.get("whenever", ()):
            self.whenever(**{**rule, "fault": Fault.from_json(rule["fault"])})
        self.delay_s = script.get("delay_s", self.delay_s)
        self.partials = script.get("partials", self.partials)

    def early_fault(self) -> Fault | None:
        """The next fault, if it happens before the whole request is there."""
        with self.news:
            if self._posts and self._posts[0].name == "reset_while_sending":
                return self._posts.popleft()
        return None

    def next_fault(self, order: Order | None) -> Fault | None:
        """The fault meant for this order, or for this look at the models."""
        with self.news:
            for rule in self._rules:
                if order is not None and rule.fits(order):
                    if rule.times is not None:
                        rule.times -= 1
                    return rule.fault
            queue = self._gets if order is None else self._posts
            return queue.popleft() if queue else None

    # The record

    @property
    def exchanges(self) -> list[Exchange]:
        """Every request, in the order in which it began."""
        with self.news:
            return list(self._exchanges)

    @property
    def posts(self) -> list[Exchange]:
        """Every POST, whole or not."""
        return [each for each in self.exchanges if each.method == "POST"]

    def note(self, exchange: Exchange) -> None:
        """Write down that a request began."""
        with self.news:
            self._exchanges.append(exchange)
            self.news.notify_all()

    def tell(self) -> None:
        """Wake those who wait for something in the record."""
        with self.news:
            self.news.notify_all()

    def wait_for(self, posts: int, *, timeout_s: float = 60.0) -> list[Exchange]:
        """Wait until so many POSTs have come whole, and give them; raises TimeoutError."""
        return self.wait_until(lambda all_: sum(each.complete for each in all_) >= posts, timeout_s=timeout_s)

    def wait_until(
        self, holds: Callable[[list[Exchange]], bool], *, timeout_s: float = 60.0
    ) -> list[Exchange]:
        """Wait until the POSTs fulfil something, and give them; raises TimeoutError."""
        with self.news:
            if not self.news.wait_for(lambda: holds(self.posts), timeout_s):
                raise TimeoutError(f"after {len(self.posts)} POSTs")
            return self.posts
