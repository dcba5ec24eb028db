"""The ledger says what left and what it cost, and that something was deleted, and never what."""

from __future__ import annotations

import csv
import io
import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from headshot_web.accounts import Money, Outcome, Receipt
from headshot_web.errors import NotFound
from headshot_web.ledger import Ledger
from headshot_web.library import Library
from headshot_web.model import (
    Deletion,
    DeletionKind,
    EngineName,
    Job,
    JobState,
    OrderId,
    PhotoId,
    Request,
    Step,
    StyleId,
    Wishes,
)
from headshot_web.orders import Wish, new_job
from headshot_web.paths import Folders
from tests.fake_engine import SMALL, PaidEngine, developed, dollars, rendered
from tests.test_deletion import order, traces
from tests.test_jobs import RECIPE

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    moments = iter(NOON + timedelta(seconds=second) for second in range(1000))
    with closing(Library.open(Folders(tmp_path / "app"), now=lambda: next(moments))) as library:
        yield library


def test_each_deletion_is_written_down_with_when_and_how_many_files(library: Library) -> None:
    photo = library.keep_photo(developed())
    one, two, *_ = order(library, photo, 4)
    library.delete_headshots([one, two])
    library.delete_photo(photo.id)
    library.keep_photo(developed())
    library.delete_everything()

    newest, middle, oldest = Ledger(library.index).deletions()
    assert [(entry.kind, entry.files) for entry in (oldest, middle, newest)] == [
        (DeletionKind.HEADSHOT, 6),
        (DeletionKind.PHOTO, 9),
        (DeletionKind.EVERYTHING, 3),
    ]
    times = [time for entry in (oldest, middle, newest) for time in (entry.began_at, entry.finished_at)]
    assert times == sorted(time for time in times if time)
    assert all(time and time > NOON for time in times)


def test_an_entry_has_no_room_for_what_was_deleted() -> None:
    assert set(Deletion.__slots__) == {"kind", "began_at", "finished_at", "files"}


def test_what_was_not_deleted_is_not_written_down(library: Library) -> None:
    photo = library.keep_photo(developed())
    (headshot,) = order(library, photo, 1)
    with pytest.raises(NotFound):
        library.delete_headshots([headshot, headshot])
    assert library.headshot(headshot)
    assert not Ledger(library.index).deletions()


def test_the_newest_entries_come_first_and_no_more_than_asked_for(library: Library) -> None:
    for _ in range(5):
        library.delete_photo(library.keep_photo(developed()).id)
    ledger = Ledger(library.index)
    assert [entry.began_at for entry in ledger.deletions(2)] == [
        entry.began_at for entry in ledger.deletions()[:2]
    ]


# What left this computer


def paid(library: Library, price: str | None = "0.06", cost: str | None = "0.05") -> Job:
    """Order a headshot, send it, and keep what came."""
    photo = (library.photos() or (library.keep_photo(developed()),))[0]
    request = Request(picture=b"p", recipe=RECIPE, size=SMALL)
    order_id = OrderId(os.urandom(16).hex())
    job = new_job(photo.id, order_id, EngineName.OPENAI, Wish(StyleId("advisor-navy"), Wishes(), request))
    library.orders.add(order_id, [job])
    sent = replace(job, state=JobState.SENDING, step=Step.SENDING)
    engine = PaidEngine(price=dollars("0.01", price) if price else None, cost=cost and Decimal(cost))
    library.orders.send(sent, engine.dispatch(request))
    Ledger(library.index, lambda: NOON).finish_job(job.id, engine.receipt(b"") or REFUSED)
    library.keep_headshot(job, rendered(), b"small")
    return job


REFUSED = Receipt(outcome=Outcome.REFUSED)


def test_a_line_says_the_same_tomorrow(tmp_path: Path) -> None:
    with closing(Library.open(Folders(tmp_path / "app"))) as library:
        job = paid(library)
        (entry,) = Ledger(library.index).entries()
        assert entry.receipt == PaidEngine().receipt(b"")
        assert entry.gone_by == NOON + timedelta(days=30)
        assert entry.job_id == job.id
    with closing(Library.open(Folders(tmp_path / "app"))) as library:
        assert Ledger(library.index).entries() == (entry,)
        Ledger(library.index).finish(entry.number, REFUSED)
        assert Ledger(library.index).entries() == (entry,), "a finished line was changed"


def test_the_newest_lines_come_first_page_by_page(library: Library) -> None:
    jobs = [paid(library).id for _ in range(5)]
    ledger = Ledger(library.index)
    assert ledger.count() == 5
    assert [entry.job_id for entry in ledger.entries(1, 3)] == jobs[3:0:-1]
    assert ledger.entries(5, 3) == ()


def test_the_cost_of_a_headshot_and_of_a_photo_is_known_to_the_cent(library: Library) -> None:
    one, two = paid(library, cost="0.051234"), paid(library, cost="0.1")
    paid(library, cost=None)
    ledger = Ledger(library.index)
    assert ledger.cost_of_headshot(one.id) == Money(amount=Decimal("0.051234"))
    assert ledger.cost_of_photo(two.photo_id) == Money(amount=Decimal("0.151234"))
    assert ledger.cost_of_photo(PhotoId("%")) is None
    assert ledger.cost_of_photo(PhotoId("0" * 32)) is None
    spending = ledger.spending(NOON, UTC)
    assert spending.everything.amount == Decimal("0.211234"), "without a price it counts as the estimate"


def test_a_headshot_counts_as_kept_when_it_is_a_favourite_or_was_downloaded(library: Library) -> None:
    for _ in range(4):
        paid(library)
    ledger = Ledger(library.index)
    first, second, third, _ = library.headshots()
    library.set_favourite(first.id, on=True)
    library.set_downloaded(second.id)
    library.set_downloaded(third.id)
    library.set_favourite(third.id, on=True)
    spending = ledger.spending(NOON, UTC)
    assert (spending.headshots, spending.kept, spending.unclear) == (4, 3, 0)
    library.set_favourite(first.id, on=False)
    assert ledger.spending(NOON, UTC).kept == 2
    library.set_favourite(first.id, on=True)
    library.delete_headshot(third.id)
    assert ledger.spending(NOON, UTC).kept == 3, "it was taken along before it was deleted here"
    library.delete_everything()
    assert ledger.spending(NOON, UTC).kept == 3


@pytest.mark.parametrize("what", ["photo", "everything"])
def test_a_line_whose_photo_was_deleted_no_longer_knows_which_it_was(library: Library, what: str) -> None:
    job = paid(library)
    (before,) = Ledger(library.index).entries()
    if what == "photo":
        library.delete_photo(job.photo_id)
    else:
        library.delete_everything()
    (after,) = Ledger(library.index).entries()
    assert after == replace(before, photo_ids=(), job_id=None, deleted=True)
    assert not traces(library.folders, {job.id, job.photo_id, job.order_id})
    assert job.photo_id not in Ledger(library.index).csv().decode()
    assert Ledger(library.index).spending(NOON, UTC).everything.amount == Decimal("0.05")


def test_a_line_whose_headshot_was_deleted_still_knows_its_photo(library: Library) -> None:
    job = paid(library)
    library.delete_headshots([shot.id for shot in library.headshots()])
    (entry,) = Ledger(library.index).entries()
    assert (entry.job_id, entry.photo_ids, entry.deleted) == (None, (job.photo_id,), False)
    assert not traces(library.folders, {job.id})


def test_a_photo_that_was_lost_is_let_go_of_at_the_next_start(tmp_path: Path) -> None:
    folders = Folders(tmp_path / "app")
    with closing(Library.open(folders)) as library:
        job = paid(library)
    shutil.rmtree(folders.photos / job.photo_id)  # as a deletion on a full disk, cut off, leaves it
    with closing(Library.open(folders)) as library:
        (entry,) = Ledger(library.index).entries()
        assert (entry.photo_ids, entry.deleted) == ((), True)


def test_the_lines_outlive_a_rebuilt_index(tmp_path: Path) -> None:
    folders = Folders(tmp_path / "app")
    with closing(Library.open(folders)) as library:
        paid(library)
        before = Ledger(library.index).entries()
    Library.rebuild(folders)
    with closing(Library.open(folders)) as library:
        assert Ledger(library.index).entries() == before


def test_the_table_opens_in_a_spreadsheet_and_calculates_nothing(library: Library) -> None:
    paid(library)
    with library.index.write() as connection:
        connection.execute(
            """UPDATE sendings SET model = '=HYPERLINK("http://evil")', host = '@x', request_id = '-1+2',
            fields = 'a "quoted", word'"""
        )
    paid(library)
    data = Ledger(library.index).csv()
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == 3
    assert b"\n" not in data.replace(b"\r\n", b"")
    bad, good = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert bad["model"] == '\'=HYPERLINK("http://evil")'
    assert (bad["host"], bad["request_id"]) == ("'@x", "'-1+2")
    assert bad["form_fields"] == 'a "quoted", word'
    assert not [cell for cell in [*bad.values(), *good.values()] if cell and cell[0] in "=+-@\t\r"]
    assert good["sent_at"].startswith("2026-11-22T12:00:")
    assert datetime.fromisoformat(good["provider_copy_gone_by"]) == NOON + timedelta(days=30)
    assert (good["cost"], good["estimate_high"], good["currency"]) == ("0.05", "0.06", "USD")
    assert (good["encrypted"], good["photo_deleted_here"], good["outcome"]) == ("yes", "no", "answered")
