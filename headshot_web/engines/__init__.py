"""Who can make headshots: the protocol every engine keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias

from headshot_web.accounts import Paused, Returned, Sending
from headshot_web.model import Answer, Partial, Progress

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from headshot_web.accounts import Receipt
    from headshot_web.model import EngineName, Rendered, Request

Word: TypeAlias = Progress | Partial | Sending | Returned | Paused | Answer


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

    @property
    def at_once(self) -> int:
        """How many headshots it makes at the same time."""
        ...

    def render(self, request: Request) -> AsyncIterator[Word]:
        """Yield steps and unfinished pictures, then exactly one answer, last.

        Before anything leaves this computer it yields `Sending`, and sends only when it is asked for its next
        word: whoever listens has written it down by then, or closes the iterator, and nothing leaves. Closing
        the iterator cancels the work. Raises a `JobError` for what went wrong.
        """
        ...

    async def read(self, raw: bytes) -> tuple[Rendered, ...]:
        """Read the pictures of a stored answer; raises `AnswerUnreadable`."""
        ...

    def receipt(self, raw: bytes) -> Receipt | None:
        """Read what a stored answer says of its cost; None when nothing left this computer for it."""
        ...
