"""What a person can do in the studio, and what they find there after whatever happened."""

from __future__ import annotations

import asyncio
import io
import os
import random
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from PIL import Image

from headshot_web.accounts import Outcome
from headshot_web.errors import (
    AlreadyRunning,
    BadWish,
    BrokenFile,
    DiskFull,
    NoSuchStyle,
    NotFound,
    TooManyBytes,
)
from headshot_web.imaging.darkroom import Darkroom
from headshot_web.imaging.sizes import standard_size
from headshot_web.model import (
    Crop,
    DeletionKind,
    EngineName,
    Export,
    Face,
    FileKind,
    HeadshotId,
    Job,
    JobState,
    OrderId,
    Photo,
    PhotoId,
    Remark,
    Step,
    StyleId,
    Wishes,
)
from headshot_web.settings import Settings, Theme
from headshot_web.studio import Studio, open_studio
from tests import portraits
from tests.fake_engine import FakeDarkroom, FakeEngine, PaidEngine, developed
from tests.test_deletion import traces
from tests.test_jobs import until
from tests.test_library import files_in, files_of_at_most, posix

NAVY, LOFT = StyleId("advisor-navy"), StyleId("founder-loft")
ORDER = OrderId("an order")
CHECKOUT = Path(__file__).resolve().parent.parent


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "app")


@asynccontextmanager
async def opened(
    settings: Settings, engine: FakeEngine | None = None, room: FakeDarkroom | None = None
) -> AsyncIterator[Studio]:
    engine = engine or FakeEngine()
    darkroom = cast("Darkroom", room or FakeDarkroom())
    before = os.umask(0o022)
    studio = await open_studio(settings, darkroom=darkroom, engines={engine.name: engine})
    if engine.may_cost:
        await studio.desk.agree_to_policy()
        await studio.desk.agree()
    try:
        yield studio
    finally:
        engine.go.set()
        await studio.close()
        os.umask(before)


async def stream(data: bytes = developed().picture) -> AsyncIterator[bytes]:
    for start in range(0, len(data), 60_000):
        yield data[start : start + 60_000]


async def made(
    studio: Studio, photo: Photo, looks: tuple[StyleId, ...] = (NAVY,), order_id: str = ORDER
) -> tuple[Job, ...]:
    """Order and wait."""
    await studio.order(photo.id, looks, order_id=OrderId(order_id))
    return await all_settled(studio, OrderId(order_id))


async def all_settled(studio: Studio, order_id: OrderId) -> tuple[Job, ...]:
    async with asyncio.timeout(60):
        while True:
            jobs = await studio.order_jobs(order_id)
            if all(job.state.is_final for job in jobs):
                return jobs
            await asyncio.sleep(0.005)


async def test_a_selfie_becomes_a_headshot_that_is_there_tomorrow_and_leaves_no_trace_when_deleted(
    settings: Settings,
) -> None:
    """With the real parts, from the bytes of a photo to a download."""
    studio = await open_studio(settings.model_copy(update={"workers": 1}))
    photo = await studio.take_in(stream(portraits.saved(portraits.astronaut(), "JPEG", quality=95)))
    assert len(await studio.faces(photo.id)) == 1
    preview = await studio.preview(photo.id, NAVY)
    assert Image.open(io.BytesIO(preview)).size == (480, 480)
    jobs = await made(studio, photo, (NAVY, LOFT))
    assert [job.state for job in jobs] == [JobState.DONE] * 2
    loft, navy = await studio.headshots()
    assert (navy.style_id, loft.style_id) == (NAVY, LOFT)
    master = Image.open(io.BytesIO(await studio.headshot_picture(navy.id)))
    assert master.size == (1200, 1200) == (navy.size.width_px, navy.size.height_px)
    assert Remark.ENLARGED in navy.remarks
    assert Image.open(io.BytesIO(await studio.headshot_thumbnail(loft.id))).size == (410, 512)
    assert Image.open(io.BytesIO(await studio.before(loft.id))).size == (1200, 1500)
    file = await studio.download(navy.id, Export(kind=FileKind.PNG, longest_px=300))
    assert Image.open(io.BytesIO(file.data)).size == (300, 300)
    assert (await studio.check()).is_well
    await studio.close()

    async with opened(settings) as studio:
        assert await studio.headshots() == (loft, replace(navy, downloaded=True))
        await studio.forget_photo(photo.id)
        assert not traces(settings.folders, {photo.id, loft.id, navy.id, *(job.id for job in jobs)})
        assert not files_in(settings.folders)


# Photos


@pytest.mark.parametrize("refusal", [BrokenFile, TooManyBytes])
async def test_a_refused_photo_leaves_nothing(settings: Settings, refusal: type[Exception]) -> None:
    room = FakeDarkroom(refusal=BrokenFile)
    async with opened(settings.model_copy(update={"max_upload_mb": 1}), room=room) as studio:
        size = 1_000_001 if refusal is TooManyBytes else 10
        with pytest.raises(refusal):
            await studio.take_in(stream(b"x" * size))
        assert not files_in(settings.folders)
        assert not await studio.photos()


@posix
async def test_a_photo_that_does_not_fit_on_the_disk_leaves_nothing(settings: Settings) -> None:
    async with opened(settings) as studio:
        with files_of_at_most(1000), pytest.raises(DiskFull):
            await studio.take_in(stream())
        assert not files_in(settings.folders)
        assert await studio.take_in(stream())


@posix
async def test_whatever_is_written_after_opening_is_private(settings: Settings) -> None:
    async with opened(settings):
        (settings.folders.scratch / "written by anything").write_bytes(b"")
        mode = (settings.folders.scratch / "written by anything").stat().st_mode
    assert mode & 0o777 == 0o600


async def test_a_second_studio_on_the_same_folder_is_told_that_the_first_is_running(
    settings: Settings,
) -> None:
    async with opened(settings) as studio:
        photo = await studio.take_in(stream())
        with pytest.raises(AlreadyRunning):
            await open_studio(settings, darkroom=cast("Darkroom", FakeDarkroom()))
        assert await studio.photo(photo.id)


# Looks


async def test_a_look_is_drawn_once_for_all_who_look(settings: Settings) -> None:
    room = FakeDarkroom(hold=asyncio.Event())
    async with opened(settings, room=room) as studio:
        photo = await studio.take_in(stream())
        tabs = [asyncio.create_task(studio.preview(photo.id, NAVY)) for _ in range(5)]
        await until(lambda: room.drawn == 1)
        tabs[0].cancel()  # one tab is closed while it waits
        assert room.hold is not None
        room.hold.set()
        pictures = await asyncio.gather(*tabs[1:])
        assert len(set(pictures)) == 1
        assert await studio.preview(photo.id, NAVY) == pictures[0]
        assert await studio.preview(photo.id, NAVY, Wishes()) == pictures[0]
        assert room.drawn == 1
        assert await studio.preview(photo.id, NAVY, Wishes(crop=Crop.PORTRAIT_2_3)) != pictures[0]
        assert room.drawn == 2


async def test_choosing_another_face_draws_the_looks_anew(settings: Settings) -> None:
    room = FakeDarkroom()
    async with opened(settings, room=room) as studio:
        photo = await studio.take_in(stream())
        first = await studio.preview(photo.id, NAVY)
        assert b"of None" in first
        chosen = await studio.choose_face(photo.id, 1)
        assert chosen.subject == (await studio.photo(photo.id)).subject == 1
        assert b"of 1" in await studio.preview(photo.id, NAVY)
        with pytest.raises(NotFound):
            await studio.choose_face(photo.id, 2)


async def test_where_faces_are_is_never_written_down(settings: Settings) -> None:
    rare = tuple(Face(left=left, top=0.1, width=0.2, height=0.3) for left in (0.12345671, 0.61234567))
    async with opened(settings, room=FakeDarkroom(faces_found=rare)) as studio:
        photo = await studio.take_in(stream())
        faces = await studio.faces(photo.id)
        await studio.choose_face(photo.id, 1)
        assert not traces(settings.folders, {str(face.left) for face in faces})


async def test_a_look_or_wish_that_does_not_exist_is_refused(settings: Settings) -> None:
    async with opened(settings) as studio:
        photo = await studio.take_in(stream())
        with pytest.raises(NoSuchStyle):
            await studio.preview(photo.id, StyleId("no such look"))
        with pytest.raises(BadWish):
            await studio.preview(photo.id, NAVY, Wishes(backdrop_color="blue"))
        with pytest.raises(NoSuchStyle):
            await studio.order(photo.id, [], order_id=ORDER)
        with pytest.raises(NoSuchStyle):
            await studio.order(photo.id, [NAVY, StyleId("none")], order_id=ORDER)
        with pytest.raises(NotFound):
            await studio.order_jobs(ORDER)
        with pytest.raises(NotFound):
            await studio.preview(PhotoId("0" * 32), NAVY)


async def test_looks_in_memory_are_bounded(settings: Settings) -> None:
    room = FakeDarkroom()
    async with opened(settings, room=room) as studio:
        photos = [await studio.take_in(stream(os.urandom(10))) for _ in range(70)]
        for photo in photos:
            await studio.faces(photo.id)
        drawn = room.drawn
        await studio.faces(photos[-1].id)
        assert room.drawn == drawn
        await studio.faces(photos[0].id)
        assert room.drawn == drawn + 1


# Orders and headshots


async def test_an_order_is_made_with_the_face_that_was_chosen_then(settings: Settings) -> None:
    engine = FakeEngine()
    async with opened(settings, engine) as studio:
        photo = await studio.take_in(stream())
        await studio.choose_face(photo.id, 1)
        (job,) = await made(studio, photo)
        await studio.choose_face(photo.id, 0)
        headshot = await studio.headshot(job.headshot_ids[0])
        assert (engine.asked[0].subject, job.subject, headshot.subject) == (1, 1, 1)
        assert engine.asked[0].size == standard_size(Crop.SQUARE)
        assert b"of 1" in await studio.before(headshot.id)


async def test_many_orders_of_one_photo_hold_it_once_in_memory(settings: Settings) -> None:
    engine = FakeEngine()
    async with opened(settings, engine) as studio:
        photo = await studio.take_in(stream())
        for order in ("one", "two", "three"):
            await made(studio, photo, (NAVY, LOFT), order)
        assert len(engine.asked) == 6
        assert len({id(request.picture) for request in engine.asked}) == 1


async def test_two_tabs_that_press_at_once_order_once(settings: Settings) -> None:
    engine = FakeEngine()
    async with opened(settings, engine) as studio:
        photo = await studio.take_in(stream())
        pressed = await asyncio.gather(*(made(studio, photo, (NAVY, LOFT, NAVY)) for _ in range(4)))
        assert len({tuple(job.id for job in jobs) for jobs in pressed}) == 1
        assert len(engine.asked) == await studio.count() == 2


async def test_what_failed_is_made_again_when_asked(settings: Settings) -> None:
    engine = FakeEngine(fails_at=Step.LIGHTING)
    async with opened(settings, engine) as studio:
        photo = await studio.take_in(stream())
        assert [job.state for job in await made(studio, photo, (NAVY, LOFT))] == [JobState.FAILED] * 2
        engine.fails_at = None
        await asyncio.gather(studio.retry_failed(ORDER), studio.retry_failed(ORDER))
        jobs = await made(studio, photo)
        assert [(job.state, job.style_id) for job in jobs] == [(JobState.DONE, NAVY), (JobState.DONE, LOFT)]
        assert await studio.count() == 2
        assert await studio.retry_failed(ORDER) == jobs


async def test_downloads_have_readable_names_that_are_unique_in_a_pack(settings: Settings) -> None:
    async with opened(settings) as studio:
        photo = await studio.take_in(stream())
        ids = [job.headshot_ids[0] for job in await made(studio, photo, (NAVY, LOFT))]
        ids += [job.headshot_ids[0] for job in await made(studio, photo, (NAVY,), "another")]
        day = (await studio.headshot(ids[0])).created_at.astimezone().date().isoformat()
        plain = await studio.download(ids[0], Export())
        assert (plain.name, plain.media_type) == (f"headshot-advisor-navy-{day}.jpg", "image/jpeg")
        assert plain.data == await studio.headshot_picture(ids[0]), "the master as it was made"
        small = await studio.download(ids[0], Export(kind=FileKind.WEBP, longest_px=400, crop=Crop.SQUARE))
        assert (small.name, small.media_type) == (
            f"headshot-advisor-navy-{day}-1x1-400px.webp",
            "image/webp",
        )

        pack = await studio.pack([*ids, ids[0]], Export())
        assert (pack.name, pack.media_type) == ("headshots.zip", "application/zip")
        with zipfile.ZipFile(io.BytesIO(b"".join(pack.pieces()))) as archive:
            assert archive.testzip() is None
            assert archive.namelist() == [
                f"headshot-advisor-navy-{day}.jpg",
                f"headshot-founder-loft-{day}.jpg",
                f"headshot-advisor-navy-{day}-2.jpg",
            ]
            assert archive.read(archive.namelist()[2]) == await studio.headshot_picture(ids[2])
        pack.close()
        with pytest.raises(NotFound):
            await studio.pack([HeadshotId("0" * 32)], Export())
        with pytest.raises(NotFound):
            await studio.pack([], Export())
        assert not list(settings.folders.scratch.iterdir())


async def test_the_chosen_theme_is_kept_beside_whatever_else_was_set(settings: Settings) -> None:
    settings.data_dir.mkdir()
    settings.folders.settings.write_text('# mine\nport = 9123\ntheme = "light"\n')
    async with opened(settings) as studio:
        await studio.choose_theme(Theme.DARK)
        assert studio.settings.theme is Theme.DARK
    again = Settings(data_dir=settings.data_dir)
    assert (again.theme, again.port) == (Theme.DARK, 9123)
    assert settings.folders.settings.read_text().startswith("# mine\n")


# Deleting


async def test_a_deleted_photo_is_gone_from_memory_too(settings: Settings) -> None:
    room = FakeDarkroom()
    async with opened(settings, room=room) as studio:
        photo = await studio.take_in(stream())
        await studio.preview(photo.id, NAVY)
        await studio.faces(photo.id)
        await studio.forget_photo(photo.id)
        assert room.forgotten
        with pytest.raises(NotFound):
            await studio.preview(photo.id, NAVY)
        with pytest.raises(NotFound):
            await studio.faces(photo.id)
        with pytest.raises(NotFound):
            await studio.forget_photo(photo.id)


async def test_a_look_being_drawn_when_its_photo_is_deleted_is_not_shown(settings: Settings) -> None:
    room = FakeDarkroom(hold=asyncio.Event())
    async with opened(settings, room=room) as studio:
        photo = await studio.take_in(stream())
        look = asyncio.create_task(studio.preview(photo.id, NAVY))
        await until(lambda: room.drawn == 1)
        await studio.forget_photo(photo.id)
        with pytest.raises(NotFound):
            await look


@pytest.mark.parametrize("step", [Step.FRAMING, Step.LIGHTING, Step.SAVING])
@pytest.mark.parametrize("what", ["photo", "everything"])
async def test_deleting_what_is_being_made_leaves_nothing_to_come_back(
    settings: Settings, step: Step, what: str
) -> None:
    engine = FakeEngine(stop_at=step)
    async with opened(settings, engine) as studio:
        photo = await studio.take_in(stream())
        heard: list[Job] = []
        studio.subscribe(heard.append)
        jobs = await studio.order(photo.id, [NAVY, LOFT, StyleId("consultant-cream")], order_id=ORDER)
        await until(lambda: heard[-1].step is step)
        await (studio.forget_photo(photo.id) if what == "photo" else studio.forget_everything())
        assert engine.ended == len(engine.asked), "nothing goes on being made"
        engine.go.set()
        await asyncio.sleep(0.05)
        assert not files_in(settings.folders)
        assert not traces(settings.folders, {photo.id, *(job.id for job in jobs)})
        with pytest.raises(NotFound):
            await studio.order_jobs(ORDER)
        assert [deletion.kind for deletion in await studio.books.deletions()] == [DeletionKind(what)]
        assert await studio.count() == 0


async def test_a_page_that_closes_does_not_cut_a_deletion_off(settings: Settings) -> None:
    async with opened(settings) as studio:
        for delay in range(8):
            photo = await studio.take_in(stream())
            await made(studio, photo, order_id=f"order {delay}")
            page = asyncio.create_task(studio.forget_photo(photo.id))
            await asyncio.sleep(0.002 * delay)
            page.cancel()
            await asyncio.wait({page})
            if delay:
                assert not files_in(settings.folders)
            assert (await studio.check()).is_well
            await studio.forget_everything()


async def test_several_headshots_are_deleted_together_or_not_at_all(settings: Settings) -> None:
    async with opened(settings) as studio:
        photo = await studio.take_in(stream())
        ids = [job.headshot_ids[0] for job in await made(studio, photo, (NAVY, LOFT))]
        with pytest.raises(NotFound):
            await studio.forget_headshots([ids[0], HeadshotId("0" * 32)])
        assert await studio.count() == 2
        await studio.forget_headshots([*ids, ids[0]])
        assert await studio.count() == 0
        assert (await studio.storage()).photos == 1
        with pytest.raises(NotFound):
            await studio.order_jobs(ORDER)


# Crashes at random moments


@posix
async def test_killed_at_random_moments_nothing_is_lost_stuck_or_left_over(tmp_path: Path) -> None:
    chance = random.Random(2026)  # noqa: S311
    command = [sys.executable, "-m", "tests.crashes"]
    with subprocess.Popen(  # noqa: ASYNC220 - there is nothing else to wait for
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT
    ) as crashing:
        assert crashing.stdin is not None
        assert crashing.stdout is not None
        for number in range(15):
            name = EngineName.OPENAI if number % 2 else EngineName.ON_DEVICE
            place = tmp_path / ("paid" if number % 2 else "free")
            crashing.stdin.write(f"{place} {name} {chance.uniform(0.01, 0.3)}\n")
            crashing.stdin.flush()
            assert crashing.stdout.readline() == "-9\n"
            await check_after_crash(Settings(data_dir=place), name)
        crashing.stdin.close()


async def check_after_crash(settings: Settings, name: EngineName) -> None:
    """Open the studio again and hold what is there against what was acknowledged."""
    lines = settings.data_dir.with_name(settings.data_dir.name + ".diary").read_text().splitlines()
    diary = [line.split() for line in lines]
    told: dict[str, set[str]] = {}
    for word, *things in diary:
        told.setdefault(word, set()).update(things)
    engine = PaidEngine() if name is EngineName.OPENAI else FakeEngine()
    async with opened(settings, engine) as studio:
        orders = {row[0] for row in studio.library.index.read("SELECT order_id FROM jobs")}
        async with asyncio.timeout(20):
            for order_id in orders:
                await all_settled(studio, OrderId(order_id))
        await until(lambda: not list(settings.folders.answers.iterdir()))
        assert not engine.asked, "nothing is asked for again by itself"
        entries = studio.ledger.entries(0, 100_000)
        assert Outcome.UNDER_WAY not in {entry.receipt.outcome for entry in entries}
        assert len(entries) >= len([word for word, *_ in diary if word == "asked"]) * (
            name is EngineName.OPENAI
        ), "something left without a line in the ledger"
        assert (await studio.check()).is_well
        await until(lambda: not list(settings.folders.scratch.iterdir()))
        there = {headshot.id: headshot for headshot in await studio.headshots(0, 100_000)}
        gone = told.get("deleting", set())
        assert told.get("done", set()) - gone <= there.keys(), "an acknowledged headshot is lost"
        assert told.get("photo", set()) - gone <= {photo.id for photo in await studio.photos()}
        assert not traces(settings.folders, told.get("deleted", set()))
        for headshot_id in there:
            assert (await studio.headshot_picture(headshot_id)).endswith(b"\xff\xd9")
        for job_id, count in studio.library.index.read(
            "SELECT job_id, count(*) FROM headshots GROUP BY job_id"
        ):
            assert count == 1, f"a job was finished twice: {job_id}"
    asked = [tuple(things) for word, *things in diary if word == "asked"]
    assert len(asked) == len(set(asked)), "the same was asked for twice"
