"""The ledger says that something was deleted, and never what."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from headshot_web.errors import NotFound
from headshot_web.ledger import Ledger
from headshot_web.library import Library
from headshot_web.model import Deletion, DeletionKind
from headshot_web.paths import Folders
from tests.fake_engine import developed
from tests.test_deletion import order

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    moments = iter(NOON + timedelta(seconds=second) for second in range(100))
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
