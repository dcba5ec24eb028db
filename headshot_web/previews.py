"""Small pictures kept in memory for a while: a look on a photo, or the photo framed like its headshot."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Generic, NamedTuple, TypeVar

Thing = TypeVar("Thing")


class _Entry(NamedTuple, Generic[Thing]):
    thing: Thing
    weight: int


class Memory(Generic[Thing]):
    """What was made of photos, the least recently asked for dropped first; never on the disk.

    Each thing belongs to an owner (a photo's id) and is dropped with it. Those who ask for the same
    thing while it is being made wait for the one making.
    """

    def __init__(self, limit: int, weigh: Callable[[Thing], int] = lambda _: 1) -> None:
        self._limit = limit
        self._weigh = weigh
        self._kept: OrderedDict[tuple[object, ...], _Entry[Thing]] = OrderedDict()
        self._making: dict[tuple[object, ...], asyncio.Task[Thing]] = {}
        self._weight = 0

    async def get(self, owner: str, what: tuple[object, ...], make: Callable[[], Awaitable[Thing]]) -> Thing:
        """Return a thing, made now if it is not kept."""
        key = (owner, *what)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key].thing
        task = self._making.get(key)
        if task is None:
            task = self._making[key] = asyncio.create_task(self._make(key, make))
            task.add_done_callback(_heard)
        # One who goes away must not spoil it for the others, nor cost the cut-out that was made for it.
        return await asyncio.shield(task)

    def drop(self, owner: str) -> None:
        """Drop all that belongs to an owner, and stop what is being made of it."""
        self._drop([key for key in {*self._kept, *self._making} if key[0] == owner])

    def clear(self) -> None:
        """Drop everything."""
        self._drop([*self._kept, *self._making])

    async def _make(self, key: tuple[object, ...], make: Callable[[], Awaitable[Thing]]) -> Thing:
        mine = asyncio.current_task()
        try:
            thing = await make()
            if self._making.get(key) is mine:
                self._keep(key, thing)
            return thing
        finally:
            if self._making.get(key) is mine:
                del self._making[key]

    def _keep(self, key: tuple[object, ...], thing: Thing) -> None:
        entry = _Entry(thing, self._weigh(thing))
        self._kept[key] = entry
        self._weight += entry.weight
        while self._weight > self._limit and self._kept:
            _, oldest = self._kept.popitem(last=False)
            self._weight -= oldest.weight

    def _drop(self, keys: list[tuple[object, ...]]) -> None:
        for key in keys:
            with suppress(KeyError):
                self._weight -= self._kept.pop(key).weight
            with suppress(KeyError):
                self._making.pop(key).cancel()


def _heard(task: asyncio.Task[Thing]) -> None:
    """Take note of a failure that nobody waited for any more."""
    if not task.cancelled():
        task.exception()
