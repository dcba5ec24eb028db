"""A fair waiting line: everyone who waits is served one thing in turn, however many they wait for."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Hashable
from typing import Generic, TypeVar

Who = TypeVar("Who", bound=Hashable)
Thing = TypeVar("Thing")


class Line(Generic[Who, Thing]):
    """Things that wait, by who waits for them; a large order does not hold up a small one."""

    def __init__(self) -> None:
        self._things: OrderedDict[Who, deque[Thing]] = OrderedDict()

    def join(self, who: Who, thing: Thing) -> None:
        """Put a thing behind the others of the same one."""
        self._things.setdefault(who, deque()).append(thing)

    def next(self) -> Thing | None:
        """Take the first thing of whose turn it is, who then goes to the end of the line."""
        if not self._things:
            return None
        who, things = self._things.popitem(last=False)
        thing = things.popleft()
        if things:
            self._things[who] = things
        return thing

    def leave(self, who: Who, thing: Thing) -> bool:
        """Take a thing out; False when it does not wait here (any more)."""
        things = self._things.get(who, deque())
        if thing not in things:
            return False
        things.remove(thing)
        if not things:
            del self._things[who]
        return True

    def clear(self) -> list[Thing]:
        """Send everyone home and return what they waited for."""
        left = [thing for things in self._things.values() for thing in things]
        self._things.clear()
        return left
