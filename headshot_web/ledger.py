"""The ledger: what was deleted here, and when. It knows no name, no id and no picture of it."""

from __future__ import annotations

from datetime import datetime

from headshot_web.index import Index
from headshot_web.model import Deletion, DeletionKind


class Ledger:
    """The pages of the ledger, read from the index."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def deletions(self, limit: int = 100) -> tuple[Deletion, ...]:
        """Return the latest deletions, newest first."""
        rows = self._index.read(
            "SELECT kind, began_at, finished_at, files FROM deletions ORDER BY seq DESC LIMIT ?", (limit,)
        )
        return tuple(
            Deletion(
                kind=DeletionKind(row["kind"]),
                began_at=datetime.fromisoformat(row["began_at"]),
                finished_at=datetime.fromisoformat(row["finished_at"]) if row["finished_at"] else None,
                files=row["files"],
            )
            for row in rows
        )
