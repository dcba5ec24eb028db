"""The books, as the pages open them: what left this computer, what it cost, and what was deleted."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from headshot_web import downloads
from headshot_web.accounts import Entry, Estimate, Money, OutOfReach, Spending
from headshot_web.ledger import Ledger
from headshot_web.model import Deletion, Download, Headshot, PhotoId
from headshot_web.till import Budget, Till


class Books:
    """The ledger and the till, read without making a page wait."""

    def __init__(self, ledger: Ledger, till: Till) -> None:
        self._ledger = ledger
        self._till = till

    async def entries(self, offset: int = 0, limit: int = 100) -> tuple[Entry, ...]:
        """Return a page of what left this computer, newest first."""
        return await asyncio.to_thread(self._ledger.entries, offset, limit)

    async def count(self) -> int:
        """Return how often something left this computer."""
        return await asyncio.to_thread(self._ledger.count)

    async def table(self) -> Download:
        """Return all that left this computer as a table for spreadsheets."""
        data = await asyncio.to_thread(self._ledger.csv)
        return downloads.table("what-left-this-computer", data)

    async def spending(self) -> Spending:
        """Return what was spent today, this month and ever."""
        return await asyncio.to_thread(self._till.spending)

    async def budgets(self) -> tuple[Budget, ...]:
        """Return every budget that was set, as it stands."""
        return await asyncio.to_thread(self._till.budgets)

    async def budget(self, order: Estimate | None = None) -> Budget | None:
        """Return the budget of which least would be left after an order; None where there is none."""
        return await asyncio.to_thread(self._till.budget, order)

    async def cost_of_headshot(self, headshot: Headshot) -> Money | None:
        """Return what a headshot cost; None where it cost nothing or that is not known."""
        return await asyncio.to_thread(self._ledger.cost_of_headshot, headshot.job_id)

    async def cost_of_photo(self, photo_id: PhotoId) -> Money | None:
        """Return what all that was made of a photo cost; None where it cost nothing or that is not known."""
        return await asyncio.to_thread(self._ledger.cost_of_photo, photo_id)

    async def out_of_reach(self) -> OutOfReach:
        """Say which copies nothing done on this computer can delete."""
        return await asyncio.to_thread(self._ledger.out_of_reach, datetime.now(UTC))

    async def deletions(self) -> tuple[Deletion, ...]:
        """Return the latest deletions, newest first."""
        return await asyncio.to_thread(self._ledger.deletions)
