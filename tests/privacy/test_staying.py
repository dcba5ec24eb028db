"""The promises about what stays on this computer, each a test that is named as it."""

from __future__ import annotations

import io
import json
import os
import re
import sqlite3
import stat
import struct
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import psutil
from PIL import Image

from headshot_web.imaging.faces import find_faces
from headshot_web.index import Index
from headshot_web.keys import Keys
from headshot_web.library import Library
from headshot_web.model import OWNER, Notice, Remark
from headshot_web.paths import Folders
from headshot_web.settings import Settings
from headshot_web.shelves import NOTE, ORIGINAL, PICTURE, THUMBNAIL
from headshot_web.studio import Studio
from tests import portraits
from tests.doors import Visitor, ask
from tests.fake_engine import developed
from tests.openai_server import KEY
from tests.phones import Phones
from tests.portraits import CANARY
from tests.privacy.conftest import Visit
from tests.privacy.house import LOOK, bring
from tests.test_deletion import (
    ALL,
    CANARY_COLOR,
    CANARY_PIXELS,
    GUEST,
    PHOTO,
    Guest,
    a_guest_was_here,
    ids_of,
    leave_an_answer,
    order,
    traces,
)
from tests.test_library import posix
from tests.test_studio import opened
from tests.test_wastebasket import gone_by_itself
from tests.web.test_guests import arrived

COLUMNS = {
    "photos": {
        *("seq", "id", "created_at", "width_px", "height_px", "notices", "subject", "session"),
        *("picture_gone", "binned_by"),
    },
    "headshots": {
        *("seq", "id", "photo_id", "job_id", "ordinal", "style_id", "engine", "backdrop_color", "crop"),
        *("subject", "created_at", "width_px", "height_px", "scale", "remarks", "favourite", "model"),
        *("downloaded", "binned_by", "session"),
    },
    "jobs": {
        *("seq", "id", "order_id", "position", "photo_id", "style_id", "engine", "backdrop_color", "crop"),
        *("subject", "state", "step", "created_at", "changed_at", "error", "superseded", "quality", "others"),
        *("request_id", "resumes_at", "estimate_micro", "currency"),
    },
}
"""All that is written of a photo and of what is made of it; `subject` says whose face, by its number."""
TABLES = {
    *(*COLUMNS, "orders", "deletions", "sendings", "consents", "devices", "visits"),
    *("booth_visits", "booth_hours"),
}
KEYS = {
    "photo": COLUMNS["photos"] - {"seq", "binned_by"} | {"format", "kind"},
    "headshot": COLUMNS["headshots"] - {"seq", "binned_by", "session"} | {"format", "kind"},
}
"""The same in the note beside a picture."""


def described(index: Path) -> dict[str, set[str]]:
    """The names of all tables, and of their columns."""
    with closing(sqlite3.connect(f"file:{index}?mode=ro", uri=True)) as opened_index:
        tables = opened_index.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            table: {row[1] for row in opened_index.execute(f"PRAGMA table_info({table})")}
            for (table,) in tables
        }


def cells(index: Path) -> Iterator[object]:
    """Every value in every row of every table."""
    with closing(sqlite3.connect(f"file:{index}?mode=ro", uri=True)) as opened_index:
        tables = opened_index.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            for row in opened_index.execute(f"SELECT * FROM {table}"):  # noqa: S608 - our own tables
                yield from row


def fractions_in(index: Path) -> set[str]:
    """The names of all columns in which there is a number with a fraction."""
    found = set()
    with closing(sqlite3.connect(f"file:{index}?mode=ro", uri=True)) as opened_index:
        tables = opened_index.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            rows = opened_index.execute(f"SELECT * FROM {table}")  # noqa: S608 - our own tables
            names = [about[0] for about in rows.description]
            found |= {
                name
                for row in rows
                for name, value in zip(names, row, strict=True)
                if isinstance(value, float)
            }
    return found


def test_where_a_face_is_in_a_photo_is_held_in_memory_only_and_never_written_down(visit: Visit) -> None:
    with Image.open(visit.at.data / "photos" / visit.photo / "picture.jpg") as photo:
        width, height = photo.size
        (face,) = find_faces(np.asarray(photo.convert("RGB")))
    across = [face.left, face.width, face.eye_x, face.mouth_x, face.eye_distance]
    down = [face.top, face.height, face.eye_y, face.mouth_y]
    numbers = [*across, *down, face.tilt, face.score]
    numbers += [value / width for value in across] + [value / height for value in down]
    texts = [f"{number:.6f}"[:7].encode() for number in numbers if number % 1]
    raw = [struct.pack(f"{order}d", number) for number in numbers for order in "<>"]
    assert len(texts) > 15
    assert {
        name: data for name, data in visit.at.files.items() if any(one in data for one in texts + raw)
    } == {}
    floats = [value for value in cells(visit.at.data / "index.sqlite3") if isinstance(value, float)]
    assert not [value for value in floats for number in numbers if abs(value - number) < 1e-3]
    words = [value for value in cells(visit.at.data / "index.sqlite3") if isinstance(value, bytes)]
    assert not words, "nothing is packed into the index"
    # Nor is there any place for a measure of a face, however it might be rounded.
    assert fractions_in(visit.at.data / "index.sqlite3") <= {"scale"}
    tables = described(visit.at.data / "index.sqlite3")
    assert tables.keys() == TABLES
    assert {table: tables[table] for table in COLUMNS} == COLUMNS
    with closing(sqlite3.connect(visit.at.data / "index.sqlite3")) as index:
        index.row_factory = sqlite3.Row
        written = [dict(row) for table in COLUMNS for row in index.execute(f"SELECT * FROM {table}")]  # noqa: S608
    notes = {name: json.loads(data) for name, data in visit.at.files.items() if name.endswith(NOTE)}
    assert {said["kind"] for said in notes.values()} == KEYS.keys()
    assert [name for name, said in notes.items() if said.keys() != KEYS[said["kind"]]] == []
    for said in (*written, *notes.values()):
        assert set(str(said.get("notices", "")).split()) <= {notice.value for notice in Notice}
        assert set(str(said.get("remarks", "")).split()) <= {remark.value for remark in Remark}
        assert said["subject"] in (None, 0), "there is one face"
    whole = [re.escape(str(how(one))) for one in (face.left, face.top) for how in (int, round)]
    beside = re.compile(rf"\b({whole[0]}|{whole[1]})\D{{1,9}}({whole[2]}|{whole[3]})\b".encode())
    assert [
        name for name, data in visit.at.files.items() if name[-4:] != ".jpg" and beside.search(data)
    ] == []
    for name, data in visit.at.files.items():
        if name.startswith(("photos/", "headshots/")):
            assert name.rpartition("/")[2] in {PICTURE, THUMBNAIL, ORIGINAL, NOTE}, name
        if name.endswith(NOTE):
            said = json.loads(data)
            assert not [key for key, value in said.items() if isinstance(value, list | dict)], name
            assert {key for key, value in said.items() if isinstance(value, float)} <= {"scale"}, name
        if name.startswith("photos/") and name.endswith(".jpg"):
            assert data.endswith(b"\xff\xd9"), "nothing follows a picture"


def test_place_time_camera_and_file_name_are_left_behind_when_a_photo_is_taken_in(visit: Visit) -> None:
    name = b"IMG_Anna-Canary.jpg"
    kinds = ("JPEG", "PNG", "WEBP", "HEIC")
    photos = [bring(visit.at, portraits.laden(kind) + name) for kind in kinds]
    text = CANARY.decode()
    spelled = (CANARY, text.encode("utf-16-le"), text.encode("utf-16-be"), name)
    assert visit.at.holding(*spelled) == []
    for photo in photos:
        picture = visit.at.ask("GET", f"/media/photo/{photo}").body
        with Image.open(io.BytesIO(picture)) as shown:
            assert not shown.getexif()
            assert set(shown.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}


@posix
def test_photos_and_headshots_are_kept_only_on_this_computer_in_a_folder_that_nobody_else_can_open(
    visit: Visit,
) -> None:
    there = [visit.at.data, *visit.at.data.rglob("*")]
    assert len(there) > 10
    for path in there:
        known = path.lstat()
        assert stat.S_IMODE(known.st_mode) == (0o700 if path.is_dir() else 0o600), path
        assert known.st_uid == os.geteuid()
    assert visit.at.around == [], "something lies outside of the app's folder"
    assert visit.at.holding(visit.photo), "this is where it is"
    photo, headshot = f"/media/photo/{visit.photo}", f"/media/headshot/{visit.here}"
    for shown in (photo, f"{photo}/thumbnail", f"{photo}/look/{LOOK}", headshot, f"{headshot}/thumbnail"):
        reply = visit.at.ask("GET", shown)
        assert (reply.status, reply.headers["cache-control"]) == (200, "no-store"), "no browser keeps it"


def test_only_a_browser_on_this_computer_can_open_the_app_until_you_let_phones_in(
    visit: Visit, home: Phones
) -> None:
    port, picture = visit.at.port, f"/media/photo/{visit.photo}"
    listening = psutil.Process(visit.at.served.process.pid).net_connections()
    assert {one.laddr.ip for one in listening if one.status == psutil.CONN_LISTEN} <= {"127.0.0.1", "::1"}
    mine = Visitor.opens(port, "/privacy").headers
    assert ask(port, "GET", picture, mine).status == 200
    for change in (
        {"Cookie": "hsw=guessed"},
        *(
            {"Host": f"{name}:{port}", "Origin": f"http://{name}:{port}"}
            for name in ("rebound.example", "192.168.1.20")
        ),
        {"Origin": "http://elsewhere.example"},
        {"Origin": f"http://localhost:{port + 1}"},
        {"Sec-Fetch-Site": "cross-site"},
    ):
        assert ask(port, "GET", picture, {**mine, **change}).status in (403, 421), change
        assert ask(port, "POST", "/api/photos", {**mine, **change}, b"x").status in (403, 421), change
    paired, stranger = home.paired(), home.phone()
    assert (paired.page("/").status, stranger.page("/").status) == (200, 303)
    assert stranger.ask("GET", "/api/headshots").status == 403
    home.tell("close")
    try:
        assert paired.page("/").status == stranger.page("/pair").status == 421
    finally:
        home.tell("open")


def test_a_guests_pictures_are_seen_by_that_guest_alone_and_go_when_the_guest_leaves(home: Phones) -> None:
    guest, other = arrived(home, CANARY_PIXELS), home.paired()
    owner = Visitor.opens(home.port, "/privacy").headers
    ways = [path for path, _ in home.tell("routes") if path.startswith(("/media/", "/download/"))]
    pictures = [guest.fill(path) for path in ways if "{" in path and "{rest" not in path]
    assert len([path for path in pictures if guest.phone.ask("GET", path).status == 200]) > 7
    for path in pictures:
        for nobody in (other.ask("GET", path), ask(home.port, "GET", path, owner)):
            assert nobody.status == 404, path
            assert CANARY_PIXELS not in nobody.body
    assert CANARY_PIXELS in guest.phone.ask("GET", f"/media/photo/{guest.photo}").body
    assert guest.headshot not in other.headshots()
    assert guest.phone.ask("POST", "/api/visit/end", b"").status == 200
    for path in pictures:
        assert guest.phone.ask("GET", path).status == 403, path
    assert home.served.folder
    gone = {guest.photo, guest.headshot, guest.job, CANARY_PIXELS.decode()}
    assert traces(Folders(home.served.folder), gone) == {}


async def test_pictures_stay_until_you_delete_them(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "app")
    assert (settings.delete_after_days, settings.delete_originals) == (None, False)
    guest = a_guest_was_here(settings.folders, OWNER)
    async with opened(settings) as studio:
        for _ in range(2):
            await studio.wastebasket.sweep()
            assert (len(await studio.photos()), await studio.count()) == (2, 2), "two months old, and here"
        await studio.forget_headshots([guest.headshot])
        assert (len(await studio.photos()), await studio.count()) == (2, 1)
        await studio.wastebasket.choose(after_days=30, originals=False)
        assert [photo.id for photo in await studio.photos()] == [guest.other.id]
        await studio.forget_everything()
        assert (await studio.photos(), await studio.count()) == ((), 0)


async def end_a_visit(studio: Studio, guest: Guest) -> None:
    """Let it have been a guest's, who leaves."""
    with studio.library.index.write() as book:
        book.execute("UPDATE photos SET session = ? WHERE id = ?", (GUEST, guest.photo.id))
    await studio.wastebasket.forget_session(GUEST)


WAYS: dict[str, Callable[[Studio, Guest], Awaitable[object]]] = {
    "headshot": lambda studio, guest: studio.forget_headshots([guest.headshot]),
    "headshot, by way of the bin": lambda studio, guest: studio.bin_headshot(guest.headshot),
    "photo": lambda studio, guest: studio.forget_photo(guest.photo.id),
    "photo, by way of the bin": lambda studio, guest: studio.bin_photo(guest.photo.id),
    "visit": end_a_visit,
}
"""Each way of deleting but that of everything."""


async def test_what_you_delete_is_gone_from_the_apps_folder_its_temporary_files_and_its_log(
    tmp_path: Path,
) -> None:
    for name, delete in WAYS.items():
        some = Settings(data_dir=tmp_path / name)
        guest = a_guest_was_here(some.folders, OWNER)
        of_it = guest.everything - ({PHOTO, guest.photo.id} if "headshot" in name else set())
        assert [one for one in of_it - {GUEST} if not traces(some.folders, {one})] == [], "it finds them all"
        async with opened(some) as studio:
            assert studio.wastebasket.undo_s == 10
            studio.wastebasket.undo_s = 0.02
            await delete(studio, guest)
            await gone_by_itself(studio, of_it)
            assert (studio.wastebasket.binned(), await studio.count()) == ((), 1), "the other one stays"

    # Where the disk is too full to write the index anew, what is taken out of it is overwritten all the same.
    with closing(Index.open(tmp_path / "index")) as index:
        for step, found in (("INSERT INTO orders VALUES (?)", True), ("DELETE FROM orders", False)):
            with index.write() as book:
                book.execute(step, (CANARY_COLOR,) * step.count("?"))
            index._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            assert (CANARY_COLOR.encode() in (tmp_path / "index").read_bytes()) is found

    settings = Settings(data_dir=tmp_path / "app")
    folders: Folders = settings.folders
    with closing(Library.open(folders)) as library:
        photo = library.keep_photo(developed(CANARY_PIXELS))
        order(library, photo)
        leave_an_answer(library, photo)
        gone = ids_of(library) | ALL | {KEY}
    Keys(folders, environ={}).keep("api.openai.com", KEY)
    async with opened(settings) as studio:
        folders.logs.mkdir(exist_ok=True)
        for left in (folders.scratch / "half", folders.log, folders.logs / "headshot-web.log.1"):
            left.write_bytes(CANARY_PIXELS)
        assert traces(folders, gone).keys() >= {"tmp/half", "log/headshot-web.log", "index.sqlite3"}
        await studio.forget_everything(settings=True, keys=True, consents=True, ledger=True)
        assert traces(folders, gone) == {}
    assert traces(folders, gone) == {}
