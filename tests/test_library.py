"""What is kept is there tomorrow, private to its user, and what a crash or a full disk left is made good."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from headshot_web.errors import AlreadyRunning, DiskFull, FolderError, IndexDamaged, NotFound, NotOurFolder
from headshot_web.library import Library
from headshot_web.model import (
    Crop,
    EngineName,
    Headshot,
    HeadshotId,
    Job,
    JobId,
    JobState,
    Notice,
    OrderId,
    Photo,
    PhotoId,
    Quality,
    Remark,
    Step,
    StyleId,
    Wishes,
)
from headshot_web.paths import Folders
from tests.fake_engine import developed, rendered

posix = pytest.mark.skipif(os.name != "posix", reason="a matter of POSIX systems")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path / "app")


@pytest.fixture
def library(folders: Folders) -> Iterator[Library]:
    with closing(Library.open(folders)) as library:
        yield library


def job_for(photo: Photo, number: int = 1, style: str = "advisor-navy") -> Job:
    return Job(
        id=JobId(f"{number:032x}"),
        order_id=OrderId("order"),
        photo_id=photo.id,
        style_id=StyleId(style),
        engine=EngineName.ON_DEVICE,
        wishes=Wishes(backdrop_color="#a1b2c3", crop=Crop.SQUARE),
        state=JobState.RECEIVED,
        step=Step.SAVING,
        created_at=NOON,
        changed_at=NOON,
        subject=1,
    )


def files_in(folders: Folders) -> set[str]:
    """Every file and folder of a person's in the app folder."""
    own = (folders.photos, folders.headshots, folders.answers, folders.scratch)
    return {str(path.relative_to(folders.root)) for folder in own for path in folder.rglob("*")}


def test_a_photo_is_there_tomorrow_as_it_was_taken_in(folders: Folders) -> None:
    with closing(Library.open(folders)) as library:
        photo = library.keep_photo(replace(developed(b"me"), notices=(Notice.DARK, Notice.SIDEWAYS)))
        library.set_subject(photo.id, 2)
    with closing(Library.open(folders)) as library:
        found = library.photo(photo.id)
        assert found == replace(photo, subject=2)
        assert found.notices == (Notice.DARK, Notice.SIDEWAYS)
        assert library.photo_picture(photo.id) == developed(b"me").picture
        assert library.photo_thumbnail(photo.id) == developed(b"me").thumbnail
        assert library.photos() == (found,)


def test_a_headshot_is_there_tomorrow_with_its_look_and_remarks(folders: Folders) -> None:
    with closing(Library.open(folders)) as library:
        photo = library.keep_photo(developed())
        kept = library.keep_headshot(job_for(photo), rendered(b"first"), b"small")
        library.set_favourite(kept.id, on=True)
    with closing(Library.open(folders)) as library:
        found = library.headshot(kept.id)
        assert found == replace(kept, favourite=True)
        assert found.wishes == Wishes(backdrop_color="#a1b2c3", crop=Crop.SQUARE)
        assert (found.remarks, found.scale, found.subject) == ((Remark.ENLARGED,), 1.25, 1)
        assert library.headshot_picture(kept.id) == rendered(b"first").picture
        assert library.headshot_thumbnail(kept.id) == b"small"


def test_the_gallery_lists_the_newest_first_and_filters(folders: Folders) -> None:
    moments = iter(NOON + timedelta(minutes=number) for number in range(100))
    with closing(Library.open(folders, now=lambda: next(moments))) as library:
        mine, yours = library.keep_photo(developed()), library.keep_photo(developed())
        shots = [
            library.keep_headshot(
                job_for(mine if n % 2 else yours, n, "blue" if n < 3 else "red"), rendered(), b"s"
            )
            for n in range(6)
        ]
        library.set_favourite(shots[4].id, on=True)

        def ids(found: tuple[Headshot, ...]) -> list[int]:
            return [[shot.id for shot in shots].index(headshot.id) for headshot in found]

        assert ids(library.headshots()) == [5, 4, 3, 2, 1, 0]
        assert ids(library.headshots(2, 3)) == [3, 2, 1]
        assert ids(library.headshots(style_id=StyleId("blue"))) == [2, 1, 0]
        assert ids(library.headshots(photo_id=mine.id)) == [5, 3, 1]
        assert ids(library.headshots(favourites=True)) == [4]
        assert (library.count(), library.count(style_id=StyleId("red"), photo_id=yours.id)) == (6, 1)
        assert ids(library.headshots(60, 60)) == []


def test_what_is_not_here_is_said_to_be_not_here(library: Library) -> None:
    for name in ("0" * 32, "../../etc/passwd", "", "x" * 32, "0" * 31 + "\n"):
        with pytest.raises(NotFound):
            library.photo(PhotoId(name))
        with pytest.raises(NotFound):
            library.photo_picture(PhotoId(name))
        with pytest.raises(NotFound):
            library.headshot_picture(HeadshotId(name))
        with pytest.raises(NotFound):
            library.set_favourite(HeadshotId(name), on=True)
        with pytest.raises(NotFound):
            library.delete_photo(PhotoId(name))
        with pytest.raises(NotFound):
            library.delete_headshot(HeadshotId(name))


def test_a_note_beside_a_picture_tells_no_more_than_it_must(library: Library, folders: Folders) -> None:
    photo = library.set_subject(library.keep_photo(developed()).id, 0)
    headshot = library.keep_headshot(job_for(photo), rendered(), b"s")
    of_photo = json.loads((folders.photos / photo.id / "note.json").read_text())
    of_headshot = json.loads((folders.headshots / headshot.id / "note.json").read_text())
    common = {"format", "kind", "id", "created_at", "width_px", "height_px", "subject"}
    assert of_photo.keys() == common | {"notices", "session", "picture_gone"}
    assert of_headshot.keys() == common | {
        "photo_id", "job_id", "ordinal", "style_id", "engine", "backdrop_color", "crop",
        "scale", "remarks", "favourite", "model", "downloaded",
    }  # fmt: skip


def test_the_providers_own_file_is_kept_untouched_beside_the_headshot(folders: Folders) -> None:
    original = b"RIFF" + bytes(range(256)) * 9
    with closing(Library.open(folders)) as library:
        photo = library.keep_photo(developed())
        drawn = replace(rendered(), original=original, model="drawer-2")
        theirs = library.keep_headshot(job_for(photo), drawn, b"s")
        ours = library.keep_headshot(job_for(photo, 2), rendered(), b"s")
        assert library.headshot_original(theirs.id) == original
        assert (theirs.model, ours.model) == ("drawer-2", None)
        with pytest.raises(NotFound):
            library.headshot_original(ours.id)
    folders.index.unlink()
    assert Library.rebuild(folders).is_well
    with closing(Library.open(folders)) as library:
        assert library.headshot(theirs.id) == theirs
        assert library.headshot_original(theirs.id) == original
        library.delete_headshot(theirs.id)
        with pytest.raises(NotFound):
            library.headshot_original(theirs.id)


def test_what_was_downloaded_is_remembered(folders: Folders) -> None:
    with closing(Library.open(folders)) as library:
        headshot = library.keep_headshot(job_for(library.keep_photo(developed())), rendered(), b"s")
        assert not headshot.downloaded
        assert library.set_downloaded(headshot.id).downloaded
        library.set_favourite(headshot.id, on=True)
    folders.index.unlink()
    Library.rebuild(folders)
    with closing(Library.open(folders)) as library:
        assert library.headshot(headshot.id) == replace(headshot, downloaded=True, favourite=True)


def test_notes_of_the_first_version_are_still_read(folders: Folders) -> None:
    with closing(Library.open(folders)) as library:
        photo = library.keep_photo(developed())
        headshot = library.keep_headshot(job_for(photo), rendered(), b"s")
        library.orders.keep_answer(job_for(photo, 2), b"an answer")
    later = {"model", "downloaded", "quality", "others", "request_id", "resumes_at"}
    for path in (*folders.headshots.rglob("note.json"), *folders.answers.rglob("note.json")):
        note = json.loads(path.read_text())
        path.write_text(json.dumps({word: value for word, value in note.items() if word not in later}))
    folders.index.unlink()
    Library.rebuild(folders)
    with closing(Library.open(folders)) as library:
        assert library.headshots() == (headshot,)
        (waiting,) = library.orders.unfinished()
        assert (waiting.quality, waiting.others) == (Quality.FINAL, ())


@posix
def test_every_file_and_folder_is_private_whatever_the_umask(folders: Folders) -> None:
    before = os.umask(0)
    try:
        with closing(Library.open(folders)) as library:
            photo = library.keep_photo(developed())
            headshot = library.keep_headshot(job_for(photo), rendered(), b"s")
            library.set_favourite(headshot.id, on=True)
            library.orders.keep_answer(job_for(photo, 2), b"answer")
            modes = {
                str(path.relative_to(folders.root)): path.stat().st_mode & 0o777
                for path in (folders.root, *folders.root.rglob("*"))
                if not path.is_dir()
            }
            rooms = {path.stat().st_mode & 0o777 for path in folders.root.rglob("*") if path.is_dir()}
            assert library.check().is_well
    finally:
        os.umask(before)
    assert set(modes.values()) == {0o600}, modes
    assert rooms == {0o700}
    assert len(modes) >= 11
    assert folders.root.stat().st_mode & 0o777 == 0o700


def test_a_second_instance_is_told_so_and_changes_nothing(library: Library, folders: Folders) -> None:
    photo = library.keep_photo(developed())
    (folders.scratch / "under way").write_bytes(b"half a picture")
    code = (
        "import sys; from pathlib import Path; from headshot_web.library import Library;"
        "from headshot_web.paths import Folders; from headshot_web.errors import AlreadyRunning\n"
        "try: Library.open(Folders(Path(sys.argv[1])))\n"
        "except AlreadyRunning as error: print(error.title)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(folders.root)], capture_output=True, text=True, check=False
    )
    assert run.stdout.strip() == AlreadyRunning.title, run.stderr
    with pytest.raises(AlreadyRunning):
        Library.rebuild(folders)
    assert (folders.scratch / "under way").exists()
    assert library.photo_picture(photo.id)


def test_the_folder_is_free_again_once_it_was_closed(folders: Folders) -> None:
    with closing(Library.open(folders)) as library:
        photo = library.keep_photo(developed())
        with pytest.raises(AlreadyRunning):
            Library.open(folders)
    with closing(Library.open(folders)) as library:
        assert library.photo(photo.id) == photo


# After a crash


def test_a_picture_whose_row_was_lost_in_a_crash_is_in_the_gallery_after_the_next_start(
    folders: Folders,
) -> None:
    with closing(Library.open(folders)) as library:
        photo = library.keep_photo(developed())
        headshot = library.keep_headshot(job_for(photo), rendered(), b"s")
        with library.index.write() as connection:
            connection.execute("DELETE FROM headshots")
            connection.execute("DELETE FROM photos")
    with closing(Library.open(folders)) as library:
        assert library.photos() == (photo,)
        assert library.headshots() == (headshot,)


def test_halves_that_a_crash_left_are_swept_away(folders: Folders) -> None:
    with closing(Library.open(folders)) as library:
        photo = library.keep_photo(developed())
        before = files_in(folders)
    (folders.scratch / "upload").write_bytes(b"half")
    (folders.scratch / "deeper").mkdir()
    (folders.scratch / "deeper" / "half.jpg").write_bytes(b"half")
    for number, names in enumerate((["picture.jpg"], ["note.json"], [], ["thumbnail.jpg"])):
        half = folders.headshots / f"{number:032x}"
        half.mkdir()
        for name in names:
            (half / name).write_bytes(b"half")
    (folders.answers / f"{7:032x}").mkdir()
    with closing(Library.open(folders)) as library:
        assert files_in(folders) == before
        assert library.photos() == (photo,)
        assert library.check().is_well


def test_a_picture_with_a_note_of_a_later_version_is_left_alone(folders: Folders) -> None:
    Library.open(folders).close()
    later = folders.headshots / ("b" * 32)
    later.mkdir(mode=0o700)
    (later / "picture.jpg").write_bytes(b"picture")
    (later / "note.json").write_text(json.dumps({"format": 2, "kind": "headshot", "id": "b" * 32}))
    with closing(Library.open(folders)) as library:
        assert (later / "picture.jpg").exists()
        assert library.count() == 0
        assert library.check().stray == 1


def test_a_headshot_whose_files_are_gone_is_no_longer_listed(folders: Folders) -> None:
    with closing(Library.open(folders)) as library:
        photo = library.keep_photo(developed())
        lost, kept = (library.keep_headshot(job_for(photo, n), rendered(), b"s") for n in (1, 2))
        shutil.rmtree(folders.headshots / lost.id)
        assert library.check().missing == 1
        with pytest.raises(NotFound):
            library.headshot_picture(lost.id)
    with closing(Library.open(folders)) as library:
        assert library.headshots() == (kept,)


def test_other_peoples_files_in_the_folder_are_not_touched(folders: Folders) -> None:
    Library.open(folders).close()
    (folders.photos / ".DS_Store").write_bytes(b"a file manager's")
    (folders.headshots / "holiday").mkdir()
    with closing(Library.open(folders)):
        assert (folders.photos / ".DS_Store").exists()
        assert (folders.headshots / "holiday").exists()


@posix
def test_links_are_never_followed(folders: Folders, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    with closing(Library.open(folders)) as library:
        photo = library.keep_photo(developed())
        precious = outside / "note.json"
        shutil.copy(folders.photos / photo.id / "note.json", precious)
        shutil.copy(folders.photos / photo.id / "picture.jpg", outside / "picture.jpg")
        shutil.rmtree(folders.photos / photo.id)
        (folders.photos / photo.id).symlink_to(outside)
        with pytest.raises(NotFound):
            library.photo_picture(photo.id)
        with pytest.raises(NotFound):
            library.set_subject(photo.id, 1)
        library.delete_photo(photo.id)
    (folders.scratch / "link").symlink_to(outside)
    (folders.headshots / ("c" * 32)).symlink_to(outside)
    with closing(Library.open(folders)) as library:
        assert library.check().is_well
        library.delete_everything()
    assert {path.name for path in outside.iterdir()} == {"note.json", "picture.jpg"}
    assert json.loads(precious.read_text())["subject"] is None


@posix
def test_a_link_in_the_place_of_a_shelf_is_refused(folders: Folders, tmp_path: Path) -> None:
    folders.root.mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside").chmod(0o755)
    folders.headshots.symlink_to(tmp_path / "outside")
    with pytest.raises(FolderError):
        Library.open(folders)
    assert (tmp_path / "outside").stat().st_mode & 0o777 == 0o755, "what it leads to was closed to others"


@pytest.mark.parametrize(
    "precious", ["letter.txt", "photos/holiday.jpg", "tmp/download.zip", "headshots/actors/one.jpg"]
)
def test_a_folder_of_other_things_is_refused_and_left_as_it_was(folders: Folders, precious: str) -> None:
    file = folders.root / precious
    file.parent.mkdir(parents=True)
    file.write_text("not ours to sweep away")
    folders.root.chmod(0o755)
    with pytest.raises(NotOurFolder):
        Library.open(folders)
    assert [path for path in folders.root.rglob("*") if path.is_file()] == [file]
    assert os.name != "posix" or folders.root.stat().st_mode & 0o777 == 0o755


def test_an_empty_folder_and_one_from_a_backup_are_taken(folders: Folders) -> None:
    folders.root.mkdir()
    (folders.root / ".DS_Store").write_bytes(b"a file manager's")
    folders.settings.write_text('theme = "dark"')
    with closing(Library.open(folders)) as library:
        photo = library.keep_photo(developed())
    for name in (folders.index, folders.lock):
        name.unlink(missing_ok=True)
    with closing(Library.open(folders)) as library:
        assert library.photos() == (photo,)


# Rebuilding


@pytest.mark.parametrize("damage", ["missing", "garbage", "empty", "well"])
def test_the_index_is_made_anew_from_the_files(folders: Folders, damage: str) -> None:
    with closing(Library.open(folders)) as library:
        photo = library.set_subject(library.keep_photo(developed()).id, 1)
        shots = [library.keep_headshot(job_for(photo, n), rendered(), b"s") for n in range(5)]
        favourite = library.set_favourite(shots[2].id, on=True)
        pages = library.headshots()
    if damage == "missing":
        folders.index.unlink()
    elif damage != "well":
        folders.index.write_bytes(b"" if damage == "empty" else b"no index at all " * 999)
    if damage == "garbage":
        with pytest.raises(IndexDamaged):
            Library.open(folders)
        assert not Library.examine(folders).index_sound
        assert Library.examine(folders).headshots == 5

    health = Library.rebuild(folders)
    assert health.is_well
    assert (health.photos, health.headshots) == (1, 5)
    with closing(Library.open(folders)) as library:
        assert library.headshots() == pages
        assert library.headshots(favourites=True) == (favourite,)
        assert library.photos() == (photo,)
    assert {path.name for path in folders.root.iterdir() if path.is_file()} == {"index.sqlite3", "lock"}


@posix
def test_a_rebuild_makes_files_private_that_a_backup_opened_to_others(folders: Folders) -> None:
    with closing(Library.open(folders)) as library:
        library.keep_photo(developed())
    for path in folders.root.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert Library.examine(folders).open_modes >= 9
    assert Library.rebuild(folders).is_well


def test_a_rebuild_keeps_what_only_the_index_knows(folders: Folders) -> None:
    with closing(Library.open(folders)) as library:
        photo, other = library.keep_photo(developed()), library.keep_photo(developed())
        failed = replace(job_for(photo), state=JobState.FAILED, error="JobError")
        assert library.orders.add(failed.order_id, [failed])
        library.delete_photo(other.id)
    Library.rebuild(folders)
    with closing(Library.open(folders)) as library:
        assert library.orders.of_order(failed.order_id) == (failed,)
        assert not library.orders.add(failed.order_id, [failed]), "an order is known for ever"
        assert library.index.read("SELECT kind FROM deletions")[0]["kind"] == "photo"


def test_an_answer_that_waits_to_be_read_outlives_the_index(folders: Folders) -> None:
    with closing(Library.open(folders)) as library:
        photo = library.keep_photo(developed())
        library.orders.add(OrderId("order"), [job_for(photo)])
        library.orders.keep_answer(job_for(photo), b"paid for")
    folders.index.write_bytes(b"garbage " * 999)
    Library.rebuild(folders)
    with closing(Library.open(folders)) as library:
        job = library.orders.job(job_for(photo).id)
        assert job.state is JobState.RECEIVED
        assert library.orders.answer(job.id) == b"paid for"


def test_the_app_can_be_looked_through_while_it_runs(library: Library, folders: Folders) -> None:
    library.keep_photo(developed())
    health = Library.examine(folders)
    assert health.is_well
    assert health.photos == 1


# A full disk


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Let the system refuse files that grow beyond a size."""
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real disk of 1 MB, where the system lets us have one."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    command = [str(mount), "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    if mount is None or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no small disk can be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def fill(place: Path) -> None:
    with suppress(OSError), (place / "filling").open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)


@posix
def test_a_photo_that_does_not_fit_leaves_nothing_behind(folders: Folders) -> None:
    large = replace(developed(), picture=b"p" * 300_000)
    with closing(Library.open(folders)) as library:
        photo = library.keep_photo(developed())
        before = files_in(folders)
        with files_of_at_most(200_000):
            with pytest.raises(DiskFull):
                library.keep_photo(large)
            with pytest.raises(DiskFull):
                library.keep_headshot(job_for(photo), replace(rendered(), picture=b"p" * 300_000), b"s")
        assert files_in(folders) == before
        assert library.photos() == (photo,)
        assert library.keep_photo(large)


def test_on_a_full_disk_nothing_is_half_kept_and_deleting_makes_room(small_disk: Path) -> None:
    folders = Folders(small_disk / "app")
    with closing(Library.open(folders)) as library:
        photo = library.keep_photo(replace(developed(b"old"), picture=b"p" * 200_000))
        fill(small_disk)
        before = files_in(folders)
        for _ in range(3):
            with pytest.raises(DiskFull):
                library.keep_photo(developed())
        assert files_in(folders) == before
        library.delete_photo(photo.id)
        assert not files_in(folders)
        assert library.keep_photo(developed())
    with closing(Library.open(folders)) as library:
        assert len(library.photos()) == 1
        assert library.check().is_well


def test_a_full_disk_is_not_taken_for_a_damaged_index(small_disk: Path) -> None:
    folders = Folders(small_disk / "app")
    Library.open(folders).close()
    fill(small_disk)
    with pytest.raises(DiskFull):
        Library.examine(folders)
