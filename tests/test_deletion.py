"""What is deleted leaves no trace in the app folder: not in a file, a name, the index or its log."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from headshot_web.ledger import Ledger
from headshot_web.library import Library
from headshot_web.model import (
    EngineName,
    HeadshotId,
    Job,
    JobId,
    JobState,
    OrderId,
    Photo,
    Step,
    StyleId,
    Wishes,
)
from headshot_web.paths import Folders
from tests.fake_engine import developed, rendered

CANARY_PIXELS = b"CANARY-in-the-pixels-7c1f"
CANARY_COLOR = "#c0ffee"


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path / "app")


def order(library: Library, photo: Photo, count: int = 3, color: str = CANARY_COLOR) -> list[HeadshotId]:
    """Keep some headshots of one order."""
    jobs = [_job(photo, color) for _ in range(count)]
    library.orders.add(OrderId(os.urandom(16).hex()), jobs)
    return [library.keep_headshot(job, rendered(CANARY_PIXELS), CANARY_PIXELS).id for job in jobs]


def leave_an_answer(library: Library, photo: Photo) -> None:
    """Leave a job whose answer waits to be read."""
    job = _job(photo, CANARY_COLOR)
    library.orders.add(OrderId(os.urandom(16).hex()), [job])
    library.orders.keep_answer(job, CANARY_PIXELS)


def _job(photo: Photo, color: str) -> Job:
    return Job(
        id=JobId(os.urandom(16).hex()),
        order_id=OrderId(os.urandom(16).hex()),
        photo_id=photo.id,
        style_id=StyleId("advisor-navy"),
        engine=EngineName.ON_DEVICE,
        wishes=Wishes(backdrop_color=color),
        state=JobState.QUEUED,
        step=Step.WAITING,
        created_at=photo.created_at,
        changed_at=photo.created_at,
    )


def ids_of(library: Library) -> set[str]:
    """Every id that anything of a person's has."""
    tables = {"photos": ["id"], "headshots": ["id", "job_id"], "jobs": ["id", "order_id"]}
    return {
        row[0]
        for table, columns in tables.items()
        for column in columns
        for row in library.index.read(f"SELECT {column} FROM {table}")  # noqa: S608
    }


def traces(folders: Folders, canaries: set[str]) -> dict[str, list[str]]:
    """Search every byte and every name in the app folder."""
    found: dict[str, list[str]] = {}
    for path in folders.root.rglob("*"):
        name = str(path.relative_to(folders.root))
        data = name.encode() + (path.read_bytes() if path.is_file() else b"")
        hits = [canary for canary in canaries if canary.encode() in data]
        if hits:
            found[name] = hits
    return found


ALL = {CANARY_PIXELS.decode(), CANARY_COLOR}


def test_the_search_for_traces_finds_what_is_there(folders: Folders) -> None:
    with closing(Library.open(folders)) as library:
        photo = library.keep_photo(developed(CANARY_PIXELS))
        order(library, photo)
        leave_an_answer(library, photo)
        for canary in ALL | ids_of(library):
            assert traces(folders, {canary}), canary


def test_a_deleted_headshot_leaves_no_trace(folders: Folders) -> None:
    with closing(Library.open(folders)) as library:
        photo = library.keep_photo(developed(b"the photo stays"))
        others = order(library, photo, 1, "#111111")
        (gone,) = order(library, photo, 1)
        job = library.orders.job(library.headshot(gone).job_id)
        (again,) = library.orders.renew([(job.id, replace(job, id=JobId("e" * 32)))])
        library.set_favourite(gone, on=True)
        library.delete_headshot(gone)
        assert not traces(folders, {gone, job.id, again.id, job.order_id, CANARY_COLOR})
        assert [headshot.id for headshot in library.headshots()] == others
        assert library.photo_picture(photo.id)


def test_a_deleted_photo_takes_all_that_came_of_it_along(folders: Folders) -> None:
    with closing(Library.open(folders)) as library:
        other = library.keep_photo(developed(b"another person"))
        others = order(library, other, 2, "#111111")
        kept = ids_of(library)
        photo = library.keep_photo(developed(b"only-in-this-photo"))
        order(library, photo)
        leave_an_answer(library, photo)
        gone = ids_of(library) - kept
        assert len(gone) >= 9
        library.delete_photo(photo.id)
        assert not traces(folders, gone | {CANARY_COLOR, "only-in-this-photo"})
        assert ids_of(library) == kept
        assert {headshot.id for headshot in library.headshots()} == set(others)
        assert library.check().is_well


def test_deleting_everything_leaves_the_settings_and_nothing_else(folders: Folders) -> None:
    with closing(Library.open(folders)) as library:
        for _ in range(3):
            photo = library.keep_photo(developed(CANARY_PIXELS))
            order(library, photo)
            leave_an_answer(library, photo)
        gone = ids_of(library)
        folders.settings.write_text('theme = "dark"\n')
        (folders.scratch / "half").write_bytes(CANARY_PIXELS)
        (folders.photos / "stranger.jpg").write_bytes(CANARY_PIXELS)
        library.delete_everything()
        assert not traces(folders, ALL | gone)
        assert folders.settings.read_text() == 'theme = "dark"\n'
        assert library.storage().photos == library.storage().headshots == 0
    assert not traces(folders, ALL | gone)


def test_many_deletions_in_a_large_library_leave_no_trace_of_any(folders: Folders) -> None:
    chance = random.Random(7)  # noqa: S311
    with closing(Library.open(folders)) as library:
        photo = library.keep_photo(developed())
        with library.index.write() as connection:
            for number in range(3000):
                ids = (chance.randbytes(16).hex(), photo.id, chance.randbytes(16).hex())
                values = (*ids, f"{number * 7919 % 3000:08d}")
                connection.execute(
                    "INSERT INTO headshots (id, photo_id, job_id, created_at, ordinal, style_id, engine,"
                    " width_px, height_px, scale) VALUES (?, ?, ?, ?, 0, 's', 'on-device', 1, 1, 1.0)",
                    values,
                )
        rows = library.index.read("SELECT id, job_id FROM headshots")
        gone: set[str] = set()
        for size in (1, 1, 5, 300, 1, 900):
            chosen = chance.sample([row for row in rows if row["id"] not in gone], size)
            library.delete_headshots([HeadshotId(row["id"]) for row in chosen])
            gone |= {value for row in chosen for value in row}
            left = folders.index.read_bytes() + folders.index.with_name("index.sqlite3-wal").read_bytes()
            assert not [name for name in gone if name.encode() in left]
        assert library.index.is_sound()


# A crash in the middle of a deletion

CRASHING = """
import os, signal, sys
from pathlib import Path
from headshot_web.library import Library
from headshot_web.paths import Folders
root, what, left = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
library = Library.open(Folders(root))
def crash(event, _):
    global left
    if event in ("os.rename", "os.remove", "os.rmdir"):
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(crash)
library.delete_everything() if what == "everything" else library.delete_photo(what)
"""


@pytest.mark.skipif(os.name != "posix", reason="needs a signal that nothing can catch")
@pytest.mark.parametrize("what", ["photo", "everything"])
@pytest.mark.parametrize("step", [1, 2, 6, 15, 40])
def test_a_deletion_cut_off_by_a_crash_is_finished_at_the_next_start(
    folders: Folders, what: str, step: int
) -> None:
    with closing(Library.open(folders)) as library:
        photo = library.keep_photo(developed(CANARY_PIXELS))
        order(library, photo, 9)
        gone = ids_of(library)
    target = photo.id if what == "photo" else what
    ended = subprocess.run(
        [sys.executable, "-c", CRASHING, str(folders.root), target, str(step)], check=False
    )
    assert ended.returncode == -signal.SIGKILL
    with closing(Library.open(folders)) as library:
        assert not traces(folders, ALL | gone)
        assert library.check().is_well
        (deletion,) = Ledger(library.index).deletions()
        assert deletion.kind == what
        assert deletion.finished_at
