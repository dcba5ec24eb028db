"""Whose a photo, a headshot, an order or a job is: the visit it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from headshot_web.errors import NotFound
from headshot_web.model import Session

if TYPE_CHECKING:
    from headshot_web.index import Index
    from headshot_web.model import HeadshotId, JobId, OrderId, PhotoId

_OF_JOBS: Final = "SELECT session FROM photos JOIN jobs ON jobs.photo_id = photos.id WHERE"


class Belongings:
    """Asks the index; what is not there belongs to nobody, and is `NotFound`. Thread-safe, and quick."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def photo(self, photo_id: PhotoId) -> Session:
        """Return whose a photo is."""
        return self._one("SELECT session FROM photos WHERE id = ?", photo_id)

    def headshot(self, headshot_id: HeadshotId) -> Session:
        """Return whose a headshot is."""
        return self._one("SELECT session FROM headshots WHERE id = ?", headshot_id)

    def job(self, job_id: JobId) -> Session:
        """Return whose a job is."""
        return self._one(f"{_OF_JOBS} jobs.id = ?", job_id)

    def order(self, order_id: OrderId) -> Session:
        """Return whose an order is: all its jobs are of one photo."""
        return self._one(f"{_OF_JOBS} jobs.order_id = ? LIMIT 1", order_id)

    def _one(self, sql: str, thing: str) -> Session:
        rows = self._index.read(sql, (thing,))
        if not rows:
            raise NotFound
        return Session(rows[0]["session"])
