"""What is deleted leaves no trace in the app folder: not in a file, a name, the index or its log."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from headshot_web.errors import NotFound, PictureGone
from headshot_web.keys import Keys
from headshot_web.ledger import Ledger
from headshot_web.library import Library
from headshot_web.model import (
    DeletionKind,
    EngineName,
    HeadshotId,
    Job,
    JobId,
    JobState,
    OrderId,
    Photo,
    Session,
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
@pytest.mark.parametrize(
    "step",
    [1, pytest.param(2, marks=pytest.mark.thorough), 6, pytest.param(15, marks=pytest.mark.thorough), 40],
)
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


# Every way of deleting, whole and cut off

GUEST = Session("a guest of the booth")
NOW = datetime.now(UTC)
PHOTO, HEADSHOT, ORIGINAL = "CANARY-of-the-photo", "CANARY-of-the-headshot", "CANARY-as-it-came"
SET, KEY = "canary@example.org", "sk-canary-8d1f0b7a6c5e4f3d"


@dataclass
class Guest:
    """What somebody left here two months ago, beside another person's things of today."""

    photo: Photo
    headshot: HeadshotId
    ids: set[str]
    """Every id that has to do with them."""
    other: Photo

    @property
    def everything(self) -> set[str]:
        return {PHOTO, HEADSHOT, ORIGINAL, CANARY_COLOR, GUEST, *self.ids}

    @property
    def of_the_headshot(self) -> set[str]:
        return {HEADSHOT, ORIGINAL, CANARY_COLOR, self.headshot}


def a_guest_was_here(folders: Folders, session: Session = GUEST) -> Guest:
    with closing(Library.open(folders, now=lambda: NOW - timedelta(days=60))) as library:
        photo = library.keep_photo(developed(PHOTO.encode()), session)
        job = _job(photo, CANARY_COLOR)
        library.orders.add(OrderId(os.urandom(16).hex()), [job])
        picture = replace(rendered(HEADSHOT.encode()), original=ORIGINAL.encode())
        kept = library.keep_headshot(job, picture, HEADSHOT.encode())
        ids = ids_of(library)
    with closing(Library.open(folders)) as library:
        other = library.keep_photo(developed(b"somebody else"))
        order(library, other, 1, "#111111")
    return Guest(photo=photo, headshot=kept.id, ids=ids, other=other)


Way = tuple[DeletionKind, Callable[[Library, Guest], object], Callable[[Guest], set[str]]]
WAYS: dict[str, Way] = {
    "headshot": (
        DeletionKind.HEADSHOT,
        lambda library, guest: library.delete_headshot(guest.headshot),
        lambda guest: guest.of_the_headshot,
    ),
    "headshot, by way of the bin": (
        DeletionKind.HEADSHOT,
        lambda library, guest: library.shredder.empty(library.shredder.bin_headshot(guest.headshot)),
        lambda guest: guest.of_the_headshot,
    ),
    "photo": (
        DeletionKind.PHOTO,
        lambda library, guest: library.delete_photo(guest.photo.id),
        lambda guest: guest.everything,
    ),
    "photo, by way of the bin": (
        DeletionKind.PHOTO,
        lambda library, guest: library.shredder.empty(library.shredder.bin_photo(guest.photo.id)),
        lambda guest: guest.everything,
    ),
    "session": (
        DeletionKind.SESSION,
        lambda library, _: library.delete_session(GUEST),
        lambda guest: guest.everything,
    ),
    "what is old": (
        DeletionKind.AUTOMATIC,
        lambda library, _: library.shredder.sweep(NOW - timedelta(days=30)),
        lambda guest: guest.everything,
    ),
    "originals": (
        DeletionKind.AUTOMATIC,
        lambda library, _: library.shredder.sweep(None, originals=True),
        lambda _: {PHOTO},
    ),
    "everything": (
        DeletionKind.EVERYTHING,
        lambda library, _: library.delete_everything(),
        lambda guest: guest.everything | {guest.other.id, "somebody else"},
    ),
}


def assert_gone(library: Library, guest: Guest, way: Way) -> None:
    """Nothing of it is left, the receipt says so, and whatever was not meant is still there."""
    kind, _, gone = way
    assert not traces(library.folders, gone(guest))
    assert library.check().is_well
    (deletion,) = Ledger(library.index).deletions()
    assert (deletion.kind, deletion.finished_at is None) == (kind, False)
    assert deletion.files
    if kind is not DeletionKind.EVERYTHING:
        if kind is not DeletionKind.AUTOMATIC or HEADSHOT in gone(guest):
            assert library.photo_picture(guest.other.id)
        assert len(library.headshots(photo_id=guest.other.id)) == 1


@pytest.mark.parametrize("way", WAYS)
def test_each_way_of_deleting_leaves_no_trace_and_a_receipt(folders: Folders, way: str) -> None:
    guest = a_guest_was_here(folders)
    assert traces(folders, {PHOTO}).keys() >= {f"photos/{guest.photo.id}/picture.jpg"}
    assert all(traces(folders, {canary}) for canary in WAYS[way][2](guest)), "the search finds what is there"
    with closing(Library.open(folders)) as library:
        WAYS[way][1](library, guest)
        assert_gone(library, guest, WAYS[way])
    assert not traces(folders, WAYS[way][2](guest))


def killed(folders: Folders, step: int, act: Callable[[Library], object]) -> None:
    """Do something to the library in a process of its own, and kill it at a change of the folder."""
    child = os.fork()
    if not child:
        library = Library.open(folders)
        left = step

        def crash(event: str, _: object) -> None:
            nonlocal left
            if event in ("os.rename", "os.remove", "os.rmdir"):
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(crash)
        act(library)
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)


@pytest.mark.skipif(os.name != "posix", reason="needs a signal that nothing can catch")
@pytest.mark.parametrize("step", [1, 3, 99])
@pytest.mark.parametrize("way", WAYS)
def test_each_way_of_deleting_is_finished_after_a_crash(folders: Folders, way: str, step: int) -> None:
    guest = a_guest_was_here(folders)
    killed(folders, step, lambda library: WAYS[way][1](library, guest))
    if step == 3:
        Library.rebuild(folders)
    with closing(Library.open(folders)) as library:
        assert_gone(library, guest, WAYS[way])


@pytest.mark.skipif(os.name != "posix", reason="needs a signal that nothing can catch")
@pytest.mark.parametrize("step", [2, *range(6, 30, 4), 99])
def test_everything_with_settings_and_keys_is_one_deletion_that_a_crash_does_not_cut_in_two(
    folders: Folders, step: int
) -> None:
    guest = a_guest_was_here(folders)
    chosen = {SET, KEY}
    folders.settings.write_text(f'contact = "{SET}"\n')
    Keys(folders).keep("api.openai.com", KEY)
    gone = {*guest.everything, guest.other.id, *chosen}
    assert all(traces(folders, {canary}) for canary in gone)
    killed(folders, step, lambda library: library.delete_everything(settings=True, keys=True))
    left = traces(folders, chosen)
    with closing(Library.open(folders)) as library:
        assert not traces(folders, gone), left
        assert library.check().is_well
        (deletion,) = Ledger(library.index).deletions()
        assert deletion.finished_at


@pytest.mark.skipif(os.name != "posix", reason="needs a signal that nothing can catch")
@pytest.mark.parametrize("what", ["headshot", "photo"])
def test_what_lay_in_the_bin_when_the_app_was_killed_is_gone_at_the_next_start(
    folders: Folders, what: str
) -> None:
    guest = a_guest_was_here(folders)

    def put(library: Library) -> None:
        if what == "photo":
            library.shredder.bin_photo(guest.photo.id)
        else:
            library.shredder.bin_headshot(guest.headshot)

    killed(folders, 99, put)
    with closing(Library.open(folders)) as library:
        assert_gone(library, guest, WAYS[what])


def test_what_is_in_the_bin_is_nowhere_to_be_found_and_comes_back_as_it_was(folders: Folders) -> None:
    guest = a_guest_was_here(folders)
    with closing(Library.open(folders)) as library:
        before = (library.photos(), library.headshots(), library.headshot(guest.headshot))
        (job,) = library.orders.of_photo(guest.photo.id)
        ordered = _job(guest.photo, "#444444")
        library.orders.add(OrderId(os.urandom(16).hex()), [ordered])
        first = library.shredder.bin_headshot(guest.headshot)
        second = library.shredder.bin_photo(guest.photo.id)
        for look in (
            lambda: library.photo(guest.photo.id),
            lambda: library.photo_picture(guest.photo.id),
            lambda: library.photo_thumbnail(guest.photo.id),
            lambda: library.headshot(guest.headshot),
            lambda: library.headshot_picture(guest.headshot),
            lambda: library.headshot_original(guest.headshot),
            lambda: library.set_favourite(guest.headshot, on=True),
            lambda: library.orders.job(job.id),
            lambda: library.orders.job(ordered.id),
            lambda: library.delete_headshot(guest.headshot),
            lambda: library.delete_photo(guest.photo.id),
            lambda: library.shredder.bin_photo(guest.photo.id),
        ):
            with pytest.raises(NotFound):
                look()
        assert library.photos(GUEST) == ()
        assert library.storage().photos == library.count() == len(library.headshots()) == 1
        library.shredder.put_back(first)
        assert library.count() == 1, "its photo is still in the other bin"
        library.shredder.put_back(second)
        assert (library.photos(), library.headshots(), library.headshot(guest.headshot)) == before
        assert library.orders.job(job.id) == job
        assert not Ledger(library.index).deletions()
        with pytest.raises(NotFound):
            library.shredder.put_back(second)


def test_two_bins_are_emptied_each_by_itself(folders: Folders) -> None:
    guest = a_guest_was_here(folders)
    with closing(Library.open(folders)) as library:
        (other,) = library.headshots(photo_id=guest.other.id)
        first = library.shredder.bin_headshot(guest.headshot)
        second = library.shredder.bin_headshot(other.id)
        library.shredder.empty(first)
        assert not traces(folders, guest.of_the_headshot)
        with pytest.raises(NotFound):
            library.shredder.put_back(first)
        library.shredder.put_back(second)
        assert library.headshots() == (other,)


def test_deleting_everything_empties_the_bins_too(folders: Folders) -> None:
    guest = a_guest_was_here(folders)
    with closing(Library.open(folders)) as library:
        library.shredder.bin_headshot(guest.headshot)
        library.shredder.bin_photo(guest.photo.id)
        library.delete_everything()
        assert not traces(folders, guest.everything)
        kinds = [deletion.kind for deletion in Ledger(library.index).deletions()]
        assert kinds[0] is DeletionKind.EVERYTHING
        assert all(deletion.finished_at for deletion in Ledger(library.index).deletions())


def test_an_old_photo_stays_while_something_is_made_of_it(folders: Folders) -> None:
    guest = a_guest_was_here(folders)
    with closing(Library.open(folders)) as library:
        job = _job(guest.photo, "#222222")
        library.orders.add(OrderId(os.urandom(16).hex()), [job])
        library.shredder.sweep(NOW - timedelta(days=30), originals=True)
        assert library.photo_picture(guest.photo.id), "it is being drawn"
        library.orders.change(replace(job, state=JobState.FAILED))
        library.shredder.sweep(NOW - timedelta(days=30), originals=True)
        assert not traces(folders, guest.everything)


def test_a_photo_whose_picture_went_leaves_its_headshots_and_goes_with_the_last_of_them(
    folders: Folders,
) -> None:
    guest = a_guest_was_here(folders)
    with closing(Library.open(folders)) as library:
        library.shredder.sweep(None, originals=True)
        for look in (library.photo, library.photo_picture, library.photo_thumbnail):
            with pytest.raises(PictureGone):
                look(guest.photo.id)
        assert library.photos() == ()
        assert not library.shredder.sweep(None, originals=True), "there is nothing more to do"
    health = Library.rebuild(folders)
    assert (health.is_well, health.photos, health.headshots) == (True, 0, 2)
    with closing(Library.open(folders)) as library:
        assert library.headshot_picture(guest.headshot)
        assert library.session_of(guest.photo.id) == GUEST
        library.delete_headshot(guest.headshot)
        assert not traces(folders, guest.everything)


def test_an_old_photo_with_a_younger_headshot_loses_its_picture_alone(folders: Folders) -> None:
    guest = a_guest_was_here(folders)
    with closing(Library.open(folders)) as library:
        (young,) = order(library, guest.photo, 1, "#333333")
        assert library.shredder.old(NOW - timedelta(days=30)) == (1, 1)
        library.shredder.sweep(NOW - timedelta(days=30))
        assert not traces(folders, {PHOTO, *guest.of_the_headshot})
        assert library.headshot_picture(young)
