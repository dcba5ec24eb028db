"""What setting up and running a photo booth can fail with."""

from __future__ import annotations

from headshot_web.errors.told import HeadshotError


class BadEvent(HeadshotError):
    """Something about an event that cannot be set."""

    title = "This can't be set for an event"
    advice = "Correct it, then save again. The event was left as it was."
    status = 422

    def __init__(self, about: str = "", told: str | None = None) -> None:
        super().__init__()
        self.about = about
        """Which part of the event it is about, by its name in the file; empty for the whole file."""
        if told:
            self.advice = told


class EventUnreadable(BadEvent):
    """A file that does not hold an event."""

    title = "This file does not hold an event"
    advice = "Choose a file that was saved by “Save as a file” on the booth's own pages."
