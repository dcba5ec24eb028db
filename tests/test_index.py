"""The index survives what happens to files: older versions, newer ones, damage, and a crash in the middle."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from headshot_web.errors import FolderError, IndexDamaged, IndexTooNew
from headshot_web.index import MIGRATIONS, Index, Value, insert
from headshot_web.ledger import Ledger
from headshot_web.library import Library
from headshot_web.model import JobState, Quality
from headshot_web.paths import Folders
from tests.fake_engine import developed

PHOTO: dict[str, Value] = {
    "id": "a" * 32,
    "created_at": "2026-11-22T10:00:00+00:00",
    "width_px": 3,
    "height_px": 4,
}
JOB: dict[str, Value] = {
    "id": "b" * 32, "order_id": "an order", "position": 0, "style_id": "look", "engine": "on-device",
    "state": "queued", "step": "waiting", "created_at": "2026-11-22T10:00:00+00:00",
    "changed_at": "2026-11-22T10:00:00+00:00",
}  # fmt: skip
posix = pytest.mark.skipif(os.name != "posix", reason="file modes are a matter of POSIX systems")


def keep_a_photo(index: Index) -> None:
    with index.write() as connection:
        insert(connection, "photos", PHOTO)


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS) + 1))
def test_an_index_of_every_earlier_version_is_brought_up_to_date_with_all_that_was_in_it(
    tmp_path: Path, version: int
) -> None:
    path = tmp_path / "index"
    old = Index.open(path, MIGRATIONS[:version])
    keep_a_photo(old)
    old.close()

    index = Index.open(path)
    assert index.version == len(MIGRATIONS)
    assert [row["id"] for row in index.read("SELECT id FROM photos")] == [PHOTO["id"]]
    assert index.is_sound()
    index.close()


def test_a_folder_of_the_first_release_opens_with_its_jobs_and_headshots(tmp_path: Path) -> None:
    folders = Folders(tmp_path / "app")
    with closing(Library.open(folders)) as library:
        photo = library.keep_photo(developed())
    folders.index.unlink()
    old = Index.open(folders.index, MIGRATIONS[:2])
    with old.write() as connection:
        insert(connection, "photos", {**PHOTO, "id": photo.id})
        insert(connection, "jobs", JOB | {"photo_id": photo.id})
    old.close()
    with closing(Library.open(folders)) as library:
        (job,) = library.orders.of_photo(photo.id)
        assert (job.quality, job.others, job.request_id, job.resumes_at) == (Quality.FINAL, (), None, None)
        assert library.orders.change(replace(job, state=JobState.FAILED)).state is JobState.FAILED
        assert Ledger(library.index).entries() == ()
        assert library.check().is_well


def test_a_migration_that_fails_halfway_leaves_the_index_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "index"
    old = Index.open(path)
    keep_a_photo(old)
    old.close()

    with pytest.raises(FolderError):
        Index.open(path, (*MIGRATIONS, ("CREATE TABLE half (id TEXT)", "not SQL at all")))

    index = Index.open(path)
    assert index.version == len(MIGRATIONS)
    assert not index.read("SELECT 1 FROM sqlite_master WHERE name = 'half'")
    assert index.read("SELECT id FROM photos")
    index.close()


def test_a_folder_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "index"
    newer = Index.open(path, (*MIGRATIONS, ("CREATE TABLE tomorrow (id TEXT)",)))
    newer.close()
    before = path.read_bytes()

    with pytest.raises(IndexTooNew):
        Index.open(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("damage", ["garbage", "cut", "holes"])
def test_a_damaged_index_is_named_as_such(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "index"
    index = Index.open(path)
    with index.write() as connection:
        for number in range(500):
            insert(connection, "photos", {**PHOTO, "id": f"{number:032x}"})
    index.close()
    data = path.read_bytes()
    middle = len(data) // 2
    path.write_bytes(
        {
            "garbage": b"this is no index " * 1000,
            "cut": data[:middle],
            "holes": data[:4096] + b"\xff" * (len(data) - 8192) + data[-4096:],
        }[damage]
    )
    with pytest.raises(IndexDamaged):
        Index.open(path)


@posix
def test_the_index_and_its_log_are_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        index = Index.open(tmp_path / "index")
        keep_a_photo(index)
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
        index.close()
    finally:
        os.umask(before)
    assert modes == {"index": 0o600, "index-wal": 0o600, "index-shm": 0o600}


@posix
def test_an_index_that_others_could_read_is_made_private(tmp_path: Path) -> None:
    path = tmp_path / "index"
    Index.open(path).close()
    path.chmod(0o644)
    Index.open(path).close()
    assert path.stat().st_mode & 0o777 == 0o600


@posix
def test_a_link_in_the_place_of_the_index_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "index").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FolderError):
        Index.open(tmp_path / "index")
    assert not (tmp_path / "elsewhere").exists()


def test_reading_does_not_wait_for_a_write_under_way(tmp_path: Path) -> None:
    index = Index.open(tmp_path / "index")
    begun, read = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with index.write() as connection:
            insert(connection, "photos", PHOTO)
            begun.set()
            assert read.wait(20)

    writer = threading.Thread(target=write_slowly)
    writer.start()
    assert begun.wait(20)
    assert index.read("SELECT count(*) FROM photos")[0][0] == 0, "what is not committed is not seen"
    read.set()
    writer.join()
    assert index.read("SELECT count(*) FROM photos")[0][0] == 1
    index.close()


def test_a_failed_write_leaves_nothing_and_the_next_one_works(tmp_path: Path) -> None:
    index = Index.open(tmp_path / "index")

    def write_half() -> None:
        with index.write() as connection:
            insert(connection, "photos", PHOTO)
            connection.execute("INSERT INTO photos (id) VALUES ('half')")

    with pytest.raises(sqlite3.IntegrityError):
        write_half()
    assert not index.read("SELECT 1 FROM photos")
    keep_a_photo(index)
    assert index.read("SELECT 1 FROM photos")
    index.close()


def test_many_threads_read_and_write_at_once(tmp_path: Path) -> None:
    index = Index.open(tmp_path / "index")

    def work(first: int) -> None:
        for number in range(first, first + 10):
            with index.write() as connection:
                insert(connection, "photos", {**PHOTO, "id": f"{number:032x}"})
            index.read("SELECT count(*) FROM photos")

    threads = [threading.Thread(target=work, args=(10 * number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert index.read("SELECT count(*) FROM photos")[0][0] == 60
    index.close()


def test_the_newest_page_of_ten_thousand_costs_about_what_it_costs_of_a_hundred(tmp_path: Path) -> None:
    def fastest(rows: int) -> float:
        index = Index.open(tmp_path / f"{rows}")
        with index.write() as connection:
            for number in range(rows):
                headshot: dict[str, Value] = {
                    "id": f"{number:032x}", "photo_id": "p", "job_id": f"{number}", "ordinal": 0,
                    "style_id": "s", "engine": "on-device", "width_px": 1, "height_px": 1, "scale": 1.0,
                    "created_at": f"{number * 7919 % rows:08d}",
                }  # fmt: skip
                insert(connection, "headshots", headshot)
        times = []
        for _ in range(30):
            begin = time.perf_counter()
            page = index.read("SELECT * FROM headshots ORDER BY created_at DESC, seq DESC LIMIT 60")
            times.append(time.perf_counter() - begin)
            assert len(page) == 60
        index.close()
        return min(times)

    assert fastest(10_000) < 4 * fastest(100)
