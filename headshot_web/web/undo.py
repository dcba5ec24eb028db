"""The bar that puts back what was deleted a moment ago; it is on every page until the seconds are over."""

from datetime import UTC, datetime
from typing import Self

from nicegui import ui

from headshot_web import words_privacy as said
from headshot_web.errors import NotFound
from headshot_web.model import DeletionKind
from headshot_web.paths import static_dir
from headshot_web.visit import Visit
from headshot_web.wastebasket import Binned

SHORTEST_S = 1.0
"""With less time left nobody could press the button."""


class Undo(ui.element, component=static_dir() / "components" / "undo.js"):
    """What was deleted, the seconds that are left, and the button."""

    def __init__(self, here: Visit, binned: Binned, seconds: float) -> None:
        super().__init__()
        self._here = here
        self._binned = binned
        text = said.UNDO.get(binned.kind, said.UNDO[DeletionKind.PHOTO])
        self.props.update({"words": said.UNDO_WORDS, "said": text, "seconds": seconds, "over": False})
        self.on("undo", self._put_back, args=[])

    @classmethod
    def offer(cls, here: Visit) -> Self | None:
        """Add the bar when there is something to put back: the latest."""
        for binned in reversed(here.binned()):
            seconds = (binned.until - datetime.now(UTC)).total_seconds()
            if seconds > SHORTEST_S:
                return cls(here, binned, seconds)
        return None

    async def _put_back(self) -> None:
        try:
            await self._here.undo(self._binned.token)
        except NotFound:  # the seconds were over, or another window was faster
            self.props["over"] = True
            self.update()
            return
        ui.navigate.reload()
