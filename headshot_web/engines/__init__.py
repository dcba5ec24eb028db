"""Who can make headshots: the protocol every engine keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from headshot_web.model import Answer, EngineName, Partial, Progress, Rendered, Request


class Engine(Protocol):
    """Makes headshots from a request, which holds nothing but pixels, words, a size and a count."""

    @property
    def name(self) -> EngineName:
        """Which engine this is."""
        ...

    @property
    def may_cost(self) -> bool:
        """Whether a request may be charged, so that it must never be repeated by itself."""
        ...

    def render(self, request: Request) -> AsyncIterator[Progress | Partial | Answer]:
        """Yield steps and unfinished pictures, then exactly one answer, last.

        Closing the iterator cancels the work. Raises a `JobError` for what went wrong.
        """
        ...

    async def read(self, raw: bytes) -> tuple[Rendered, ...]:
        """Read the pictures of a stored answer; raises `AnswerUnreadable`."""
        ...
