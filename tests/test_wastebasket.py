"""What is deleted in the studio is gone at once, can come back for ten seconds, and then leaves no trace."""

from __future__ import annotations

import asyncio
import io
import json
import os
import zipfile
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from headshot_web import logbook
from headshot_web.errors import BadSetting, NotFound, PictureGone
from headshot_web.keys import KeyPlace, Keys
from headshot_web.library import Library
from headshot_web.model import OWNER, DeletionKind, JobState, OrderId, Session, Step, Wishes
from headshot_web.settings import Settings
from headshot_web.studio import Studio
from headshot_web.takeaway import Takeaway
from headshot_web.wastebasket import UNDO_S
from tests.fake_engine import FakeEngine, PaidEngine, developed
from tests.test_deletion import CANARY_COLOR, a_guest_was_here, ids_of, killed, traces
from tests.test_studio import LOFT, NAVY, ORDER, all_settled, made, opened, stream

HOST = "api.openai.com"
KEY = "sk-canary-8d1f0b7a6c5e4f3d"
PIXELS = "CANARY-pixels"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "app")


async def receipts(studio: Studio) -> list[DeletionKind]:
    return [deletion.kind for deletion in await studio.books.deletions() if deletion.finished_at]


async def gone_by_itself(studio: Studio, canaries: set[str]) -> DeletionKind:
    """Wait for the receipt; by then nothing is left."""
    async with asyncio.timeout(10):
        while not (written := await receipts(studio)):  # noqa: ASYNC110 - there is nothing to be told
            await asyncio.sleep(0.02)
    assert not traces(studio.settings.folders, canaries)
    return written[0]


@pytest.mark.parametrize("what", ["headshot", "photo"])
async def test_a_deleted_thing_can_be_put_back_and_else_is_gone_by_itself(
    settings: Settings, what: str
) -> None:
    async with opened(settings) as studio:
        assert studio.wastebasket.undo_s == UNDO_S == 10
        photo = await studio.take_in(stream(developed(PIXELS.encode()).picture))
        (job,) = await made(studio, photo)
        (headshot,) = await studio.headshots()

        async def put() -> str:
            if what == "photo":
                return (await studio.bin_photo(photo.id)).token
            return (await studio.bin_headshot(headshot.id)).token

        token = await put()
        assert (await studio.headshots(), await studio.count()) == ((), 0)
        for look in (studio.headshot_picture, studio.before, studio.headshot_thumbnail):
            with pytest.raises(NotFound):
                await look(headshot.id)
        with pytest.raises(NotFound):
            await studio.order_jobs(ORDER)
        assert [binned.token for binned in studio.wastebasket.binned()] == [token]
        await studio.undo(studio.wastebasket.binned()[0].token)
        assert await studio.headshots() == (headshot,)
        assert await studio.order_jobs(ORDER) == (job,)
        assert not await receipts(studio)

        studio.wastebasket.undo_s = 0.05
        await put()
        (binned,) = studio.wastebasket.binned()
        gone = {headshot.id, job.id} | ({photo.id, PIXELS} if what == "photo" else set())
        assert await gone_by_itself(studio, gone) == DeletionKind(what)
        with pytest.raises(NotFound):
            await studio.undo(binned.token)


async def test_two_bins_at_once_do_not_hinder_each_other(settings: Settings) -> None:
    async with opened(settings) as studio:
        photo = await studio.take_in(stream())
        await made(studio, photo, (NAVY, LOFT))
        one, two = await studio.headshots()
        first, second = await studio.bin_headshot(one.id), await studio.bin_headshot(two.id)
        await studio.undo(first.token)
        with pytest.raises(NotFound):
            await studio.undo(first.token)
        assert await studio.headshots() == (one,)
        assert studio.wastebasket.binned() == (second,)


async def test_what_can_still_be_undone_is_carried_out_when_the_app_closes(settings: Settings) -> None:
    async with opened(settings) as studio:
        photo = await studio.take_in(stream(developed(PIXELS.encode()).picture))
        await made(studio, photo)
        await studio.bin_photo(photo.id)
    assert not traces(settings.folders, {PIXELS, photo.id})


async def test_deleting_everything_takes_along_what_could_still_be_undone(settings: Settings) -> None:
    async with opened(settings) as studio:
        photo = await studio.take_in(stream(developed(PIXELS.encode()).picture))
        binned = await studio.bin_photo(photo.id)
        await studio.forget_everything()
        assert not traces(settings.folders, {PIXELS, photo.id})
        with pytest.raises(NotFound):
            await studio.undo(binned.token)
        assert set(await receipts(studio)) == {DeletionKind.PHOTO, DeletionKind.EVERYTHING}


async def test_what_is_being_made_of_a_photo_stops_when_it_is_deleted(settings: Settings) -> None:
    engine = FakeEngine(pause_s=5)
    async with opened(settings, engine) as studio:
        photo = await studio.take_in(stream())
        await studio.order(photo.id, [NAVY], order_id=ORDER)
        binned = await studio.bin_photo(photo.id)
        await studio.undo(binned.token)
        (job,) = await studio.order_jobs(ORDER)
        assert job.state is JobState.CANCELLED


async def test_a_visit_is_deleted_with_all_that_came_of_it(settings: Settings) -> None:
    guest = Session("canary-visit")
    async with opened(settings) as studio:
        mine = await studio.take_in(stream())
        await made(studio, mine)
        kept = ids_of(studio.library)
        theirs = await studio.take_in(stream(developed(PIXELS.encode()).picture), guest)
        await made(studio, theirs, order_id="another")
        assert [photo.id for photo in await studio.photos(guest)] == [theirs.id]
        await studio.bin_headshot((await studio.headshots(photo_id=theirs.id))[0].id)
        gone = ids_of(studio.library) - kept
        await studio.wastebasket.forget_session(guest)
        assert not traces(settings.folders, gone | {PIXELS, guest})
        assert ids_of(studio.library) == kept
        await studio.wastebasket.forget_session(guest)
        assert await receipts(studio) == [DeletionKind.SESSION, DeletionKind.HEADSHOT]


@pytest.mark.parametrize("ledger", [False, True])
async def test_everything_takes_along_what_is_chosen_and_only_that(settings: Settings, ledger: bool) -> None:
    folders = settings.folders
    async with opened(settings, PaidEngine()) as studio:
        assert await studio.desk.keep_key(KEY) in (KeyPlace.FILE, KeyPlace.KEYRING)
        await studio.desk.set_budget(Decimal("123.45"), None)
        photo = await studio.take_in(stream(developed(PIXELS.encode()).picture))
        order = {"engine": PaidEngine.name, "wishes": Wishes(backdrop_color=CANARY_COLOR)}
        await studio.order(photo.id, [NAVY], order_id=OrderId("canary-order"), **order)  # type: ignore[arg-type]
        await all_settled(studio, OrderId("canary-order"))
        with logbook.keep(folders):
            logbook.note(logbook.Event.BACKGROUND_FAILED)
        (folders.root / "last-error.txt").write_text(PIXELS)
        (folders.scratch / "half").write_text(PIXELS)
        cache = folders.kiosk_profile / "Default" / "Cache"
        cache.mkdir(parents=True)
        (cache / "f_000001").write_text(PIXELS)
        canaries = ids_of(studio.library) | {PIXELS, CANARY_COLOR, "background-failed"}
        assert all(traces(folders, {canary}) for canary in canaries | {"123.45", HOST})
        beyond = await studio.books.out_of_reach()
        assert beyond.provider_copies_until is not None
        assert beyond.provider_copies_until > datetime.now(UTC) + timedelta(days=29)
        assert (beyond.hosts, beyond.undated_hosts) == ((HOST,), ())

        await studio.forget_everything()
        assert not traces(folders, canaries)
        assert studio.settings.budget_day is not None
        assert studio.desk.key(HOST) is not None
        (entry,) = await studio.books.entries()
        assert (entry.deleted, entry.photo_ids, entry.job_id) == (True, (), None)

        await studio.forget_everything(settings=True, keys=True, consents=True, ledger=ledger)
        assert not traces(folders, canaries | {KEY, "123.45", *([HOST] if ledger else [])})
        assert studio.settings.budget_day is None
        assert studio.desk.key(HOST) is None
        assert not studio.library.index.read("SELECT 1 FROM consents")
        assert await studio.books.count() == (0 if ledger else 1)
        assert (await receipts(studio))[0] is DeletionKind.EVERYTHING


@pytest.mark.skipif(os.name != "posix", reason="needs a signal that nothing can catch")
async def test_settings_whose_deletion_a_crash_cut_off_are_not_in_force_at_the_next_start(
    settings: Settings,
) -> None:
    a_guest_was_here(settings.folders)
    killed(settings.folders, 2, lambda library: library.delete_everything(settings=True))
    async with opened(settings.model_copy(update={"budget_day": Decimal(9)})) as studio:
        assert await studio.count() == 0
        assert studio.settings.budget_day is None


async def test_originals_go_once_their_headshots_are_there_if_that_was_chosen(settings: Settings) -> None:
    async with opened(settings) as studio:
        await studio.wastebasket.choose(after_days=None, originals=True)
        waiting = await studio.take_in(stream())
        photo = await studio.take_in(stream(developed(PIXELS.encode()).picture))
        await made(studio, photo, (NAVY, LOFT))
        assert await gone_by_itself(studio, {PIXELS}) is DeletionKind.AUTOMATIC
        assert await studio.photos() == (waiting,)
        assert len(await studio.headshots()) == 2
        assert [job.state for job in await studio.order_jobs(ORDER)] == [JobState.DONE] * 2
        headshot = (await studio.headshots())[0]
        with pytest.raises(PictureGone):
            await studio.before(headshot.id)
        with pytest.raises(PictureGone):
            await studio.preview(photo.id, NAVY)


async def test_what_is_old_goes_at_the_next_start_if_that_was_chosen(settings: Settings) -> None:
    guest = a_guest_was_here(settings.folders, OWNER)
    async with opened(settings) as studio:
        assert await studio.wastebasket.old(30) == (1, 1)
        assert await studio.photo(guest.photo.id), "nothing goes by itself before that was chosen"
        with pytest.raises(BadSetting):
            await studio.wastebasket.choose(after_days=0, originals=False)
        await studio.desk.choose(delete_after_days=30)
    async with opened(Settings(data_dir=settings.data_dir)) as studio:
        assert await gone_by_itself(studio, guest.everything) is DeletionKind.AUTOMATIC
        assert (await studio.photo(guest.other.id)) == guest.other


# Taking along


async def test_it_closes_even_in_the_moment_in_which_a_headshot_is_finished(settings: Settings) -> None:
    for ticks in range(6):
        engine = FakeEngine(stop_at=Step.SAVING)
        async with opened(settings, engine) as studio:
            photo = await studio.take_in(stream())
            finished = asyncio.Event()
            studio.subscribe(lambda job: finished.set() if job.state.is_final else None)  # noqa: B023
            await studio.order(photo.id, [NAVY], order_id=OrderId(f"order {ticks}"))
            engine.go.set()
            await finished.wait()
            for _ in range(ticks):
                await asyncio.sleep(0)
            closing_time = asyncio.create_task(studio.wastebasket.close())
            ended, _ = await asyncio.wait({closing_time}, timeout=10)
            assert ended, f"it waits for ever after {ticks} ticks"


def unpacked(takeaway: Takeaway) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(takeaway.pieces())))


async def test_everything_can_be_taken_along_under_readable_names(settings: Settings) -> None:
    async with opened(settings, PaidEngine()) as studio:
        photos = [await studio.take_in(stream(developed(name).picture)) for name in (b"first", b"second")]
        order = {"engine": PaidEngine.name, "wishes": Wishes(backdrop_color=CANARY_COLOR)}
        await studio.order(photos[1].id, [NAVY], order_id=ORDER, **order)  # type: ignore[arg-type]
        await all_settled(studio, ORDER)
        (headshot,) = await studio.headshots()
        day = f"{headshot.created_at.astimezone():%Y-%m-%d}"
        archive = unpacked(await studio.export_everything())
        assert archive.testzip() is None
        names = archive.namelist()
        assert names[:3] == ["README.txt", f"photos/{day} photo 1.jpg", f"photos/{day} photo 2.jpg"]
        assert names[3].startswith(f"headshots/{day} ")
        assert names[3].endswith(" 1.jpg")
        assert " original." in names[4]
        assert archive.read(names[1]) == developed(b"first").picture
        assert archive.read(names[3]) == await studio.headshot_picture(headshot.id)
        assert archive.read(names[4]) == await studio.headshot_original(headshot.id)
        recipes = json.loads(archive.read("recipes.json"))
        (recipe,) = recipes["headshots"]
        assert (recipe["file"], recipe["original"], recipe["photo"]) == (names[3], names[4], names[2])
        assert recipe["wishes"] == {"color": CANARY_COLOR, "crop": None}
        assert (recipe["engine"], recipe["model"]) == ("openai", "model-final")
        assert recipe["cost"] == {"amount": "0.05", "currency": "USD"}
        again = b"".join((await studio.export_everything()).pieces())
        assert again == b"".join((await studio.export_everything()).pieces()), "the same things, the same ZIP"


def test_what_is_deleted_meanwhile_is_left_out_and_memory_stays_small(settings: Settings) -> None:
    guest = a_guest_was_here(settings.folders, OWNER)
    with closing(Library.open(settings.folders)) as library:
        from headshot_web.ledger import Ledger  # noqa: PLC0415

        pieces = Takeaway(library, Ledger(library.index)).pieces()
        (younger,) = library.headshots(photo_id=guest.other.id)
        got = [next(pieces) for _ in range(3)]  # both photos, and the older headshot
        library.delete_headshot(younger.id)
        with suppress(StopIteration):
            while True:
                got.append(next(pieces))
        assert max(map(len, got)) < 5_000
        archive = zipfile.ZipFile(io.BytesIO(b"".join(got)))
        names = [name for name in archive.namelist() if name.startswith("headshots/")]
        assert len(names) == 2, "the older one, and its original"
        assert len(json.loads(archive.read("recipes.json"))["headshots"]) == 1


def test_every_key_is_forgotten_together(settings: Settings) -> None:
    kept = Keys(settings.folders)
    for host in (HOST, "gateway.local:4000"):
        kept.keep(host, KEY)
    kept.forget_all()
    assert not traces(settings.folders, {KEY})
    assert kept.find(HOST) is None
