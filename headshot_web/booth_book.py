"""The booth's own book: whose things are deleted when, also after a crash, and how many guests there were."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from headshot_web.index import Index, insert
from headshot_web.model import Session
from headshot_web.records import time_text

AT_THE_END: Final = "9999"
"""In place of a moment: when the event ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """What happened at the booth in one hour: numbers only."""

    began_at: datetime
    guests: int = 0
    headshots: int = 0
    paid: int = 0
    failures: int = 0
    printed: int = 0
    shared: int = 0
    """How many guests were shown a code for their phone."""
    waited_s: float = 0.0
    """How long all headshots together were waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A guest's things whose time is over; `keep` when they said yes to handing them over."""

    session: Session
    keep: bool


_COUNTED: Final = ("guests", "headshots", "paid", "failures", "printed", "shared", "waited_s")


class BoothBook:
    """Written in the index before anything of a guest is kept. Synchronous and thread-safe."""

    def __init__(self, index: Index) -> None:
        self._index = index

    # Guests

    def begin(self, session: Session, event: str, now: datetime) -> None:
        """Write down that a guest is here."""
        row = {"session": session, "event": event, "began_at": time_text(now)}
        with self._index.write() as connection:
            insert(connection, "booth_visits", row)

    def share(self, session: Session) -> None:
        """Write down that a code for the guest's phone is shown."""
        self._change("UPDATE booth_visits SET shared = 1 WHERE session = ?", session)

    def leave(self, session: Session, forget_at: datetime | None, *, keep: bool) -> None:
        """Write down when a guest's things go; None for the end of the event."""
        when = time_text(forget_at) if forget_at else AT_THE_END
        self._change(
            "UPDATE booth_visits SET forget_at = ?, keep = ? WHERE session = ?", when, int(keep), session
        )

    def interrupted(self, forget_at: datetime, now: datetime) -> None:
        """Let those go who were here when the app ended: now, or, where a code was shown, after the grace."""
        self._change(
            """UPDATE booth_visits SET forget_at = CASE WHEN shared = 1 THEN ? ELSE ? END
            WHERE forget_at IS NULL""",
            time_text(forget_at),
            time_text(now),
        )

    def due(self, now: datetime) -> tuple[Gone, ...]:
        """Return those whose time is over."""
        rows = self._index.read(
            "SELECT session, keep FROM booth_visits WHERE forget_at <= ?", (time_text(now),)
        )
        return tuple(Gone(session=Session(row["session"]), keep=bool(row["keep"])) for row in rows)

    def of_event(self, event: str) -> tuple[Session, ...]:
        """Return the guests of an event whose things are still here."""
        rows = self._index.read("SELECT session FROM booth_visits WHERE event = ?", (event,))
        return tuple(Session(row["session"]) for row in rows)

    def done(self, session: Session) -> None:
        """Forget that this guest was here at all."""
        self._change("DELETE FROM booth_visits WHERE session = ?", session)

    # Numbers

    def count(self, event: str, now: datetime, **more: float) -> None:
        """Add to the numbers of the hour."""
        hour = time_text(now.astimezone(UTC).replace(minute=0, second=0, microsecond=0))
        sets = ", ".join(f"{name} = {name} + :{name}" for name in more if name in _COUNTED)
        with self._index.write() as connection:
            connection.execute("INSERT OR IGNORE INTO booth_hours (event, hour) VALUES (?, ?)", (event, hour))
            connection.execute(
                f"UPDATE booth_hours SET {sets} WHERE event = :event AND hour = :hour",  # noqa: S608 - our names
                {**more, "event": event, "hour": hour},
            )

    def hours(self, event: str) -> tuple[Hour, ...]:
        """Return the numbers of an event, hour by hour."""
        rows = self._index.read("SELECT * FROM booth_hours WHERE event = ? ORDER BY hour", (event,))
        return tuple(
            Hour(began_at=datetime.fromisoformat(row["hour"]), **{name: row[name] for name in _COUNTED})
            for row in rows
        )

    def forget_numbers(self, event: str) -> None:
        """Delete the numbers of an event."""
        self._change("DELETE FROM booth_hours WHERE event = ?", event)

    def _change(self, sql: str, *values: str | int) -> None:
        with self._index.write() as connection:
            connection.execute(sql, values)
