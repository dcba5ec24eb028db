"""Work that is brought to its end, even when the one who waits for it is cancelled, and waiting cut short."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, Self, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


async def firmly(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do blocking work in a thread, and, when cancelled, let it end first: a file is never left half kept."""
    return await to_its_end(asyncio.to_thread(work, *args, **kwargs))


async def to_its_end(work: Coroutine[Any, Any, T]) -> T:
    """Await something that goes on to its end even when the one who waits is cancelled."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            if task.cancelled():
                raise
            cancelled = error
        except BaseException:  # noqa: BLE001, S110 - raised below, once
            pass
    if cancelled is not None:
        task.exception()
        raise cancelled
    return task.result()


class CtrlC:
    """Ctrl-C, each time it is pressed, ends what is just waited for, and nothing else.

    Within `with`, in the main thread, where signals arrive. Pressed early, it counts for what comes next.
    """

    def __enter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._task: asyncio.Task[Any] | None = None
        self._early = False
        self._before = signal.signal(signal.SIGINT, self._arrived)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    async def unless_pressed(self, work: Coroutine[Any, Any, T]) -> T | None:
        """Await something, and return what came of it; None when Ctrl-C cancelled it."""
        self._task = asyncio.ensure_future(work)
        if self._early:
            self._early = False
            self._task.cancel()
        task = self._task
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:  # whoever waits here is ended too
            task.cancel()
            await asyncio.wait([task])
            raise
        finally:
            self._task = None
        return None if task.cancelled() else task.result()

    def _arrived(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._pressed)

    def _pressed(self) -> None:
        self._early = self._task is None
        if self._task is not None:
            self._task.cancel()
