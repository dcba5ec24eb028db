"""The event that is in force, kept in the app folder; whoever needs it hears of every change."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from headshot_web.errors import FolderError, LogoUnusable
from headshot_web.event import Event
from headshot_web.imaging.darkroom import Darkroom
from headshot_web.paths import FOLDER_MODE, Folders


class EventBook:
    """Holds the one event that is in force. A change is on the disk before anybody hears of it."""

    def __init__(self, folders: Folders, event: Event) -> None:
        self._folders = folders
        self._current = event
        self._listeners: list[Callable[[Event], None]] = []
        self._changing = threading.RLock()

    @classmethod
    def open(cls, folders: Folders) -> EventBook:
        """Read what is in force, or begin with a fresh event; raises `BadEvent` or `FolderError`."""
        return cls(folders, Event.load(folders.event) if folders.event.is_file() else Event())

    @property
    def current(self) -> Event:
        """The event that is in force."""
        return self._current

    def change(self, **parts: Any) -> Event:  # noqa: ANN401 - the parts of an event
        """Change some parts; raises `BadEvent`, `DiskFull` or `FolderError`, and then nothing changed."""
        return self.revise(lambda _event: parts)

    def revise(self, changes: Callable[[Event], Mapping[str, Any]]) -> Event:
        """Change what follows from the event as it is then, so that none is lost; raises the same."""
        with self._changing:
            return self.use(self._current.changed(**changes(self._current)))

    def use(self, event: Event) -> Event:
        """Put an event in force."""
        with self._changing:
            if event != self._current or not self._folders.event.is_file():
                self._save(event)
            self._current = event
        for listener in tuple(self._listeners):
            listener(event)
        return event

    def subscribe(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        """Tell a listener of every change from now on; call what is returned to stop that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _save(self, event: Event) -> None:
        self._folders.prepare()
        try:
            self._folders.booth.mkdir(mode=FOLDER_MODE, exist_ok=True)
        except OSError as error:
            raise FolderError from error
        event.save(self._folders.event, self._folders.scratch)


async def from_elsewhere(written: bytes, darkroom: Darkroom) -> Event:
    """Understand a file that an operator brought: its logo is made anew, and nothing was spent for it yet.

    Raises `BadEvent`.
    """
    event = Event.of(written).anew()
    if event.logo is None:
        return event
    try:
        return replace(event, logo=await darkroom.logo(event.logo))
    except LogoUnusable:
        return replace(event, logo=None)
