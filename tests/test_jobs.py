"""A headshot is made once, shown at every step, and settled whatever happens to it."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from headshot_web import shelves
from headshot_web.accounts import Dispatch, Money, Outcome
from headshot_web.errors import DiskFull, JobError, NoSuchEngine, NotFound, RenderingTookTooLong
from headshot_web.jobs import Jobs
from headshot_web.ledger import Ledger
from headshot_web.library import Library
from headshot_web.making import Permit
from headshot_web.model import (
    Backdrop,
    Crop,
    EngineName,
    Job,
    JobState,
    Light,
    OrderId,
    Photo,
    PhotoId,
    Recipe,
    Request,
    Scene,
    Step,
    StyleId,
    Wishes,
)
from headshot_web.orders import Wish
from headshot_web.paths import Folders
from tests.fake_engine import SMALL, FakeEngine, PaidEngine, developed
from tests.test_library import files_in, files_of_at_most, posix

ORDER = OrderId("an order")
FIVE = Decimal("0.05")
RECIPE = Recipe(
    backdrop=Backdrop(scene=Scene.PAPER, color="#ffffff"), light=Light.EVEN, crop=Crop.PORTRAIT_4_5
)
PAID = [Step.SENDING, Step.DRAWING]
STEPS = [Step.FRAMING, Step.CUTTING_OUT, Step.LIGHTING, Step.SAVING]


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path / "app")


async def anything(job: Job, dispatch: Dispatch) -> None:
    """Let everything go."""


@asynccontextmanager
async def working(
    folders: Folders, engine: FakeEngine, at_once: int = 2, permit: Permit = anything
) -> AsyncIterator[tuple[Jobs, Library]]:
    async def thumbnail(picture: bytes) -> bytes:
        return b"small " + picture[:4]

    with closing(Library.open(folders)) as library:
        engine.at_once = at_once
        jobs = Jobs(library, {engine.name: engine}, thumbnail=thumbnail, permit=permit)
        await jobs.start()
        try:
            yield jobs, library
        finally:
            engine.go.set()
            await jobs.close()


def as_if_the_power_failed(folders: Folders) -> Folders:
    """What lies on the disk at this moment."""
    return Folders(shutil.copytree(folders.root, folders.root.with_name("after")))


def wish(style: str = "look", picture: bytes = developed().picture) -> Wish:
    return Wish(StyleId(style), Wishes(), Request(picture=picture, recipe=RECIPE, size=SMALL, subject=1), 1)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 - what it waits for is another's to say
            await asyncio.sleep(0.005)


async def settled(jobs: Jobs, order_id: OrderId = ORDER) -> tuple[Job, ...]:
    async with asyncio.timeout(20):
        while True:
            found = await jobs.of_order(order_id)
            if found and all(job.state.is_final for job in found):
                return found
            await asyncio.sleep(0.005)


def states(jobs: tuple[Job, ...]) -> list[JobState]:
    return [job.state for job in jobs]


async def test_an_order_becomes_headshots_step_by_step(folders: Folders) -> None:
    async with working(folders, FakeEngine()) as (jobs, library):
        photo = library.keep_photo(developed())
        heard: list[Job] = []
        jobs.subscribe(heard.append)
        (placed,) = await jobs.order(photo, [wish()], engine=EngineName.ON_DEVICE, order_id=ORDER)
        (job,) = await settled(jobs)
        assert placed.id == job.id
        await until(lambda: heard[-1].state is JobState.DONE)

        seen = list(dict.fromkeys((told.state, told.step) for told in heard))
        assert seen == [
            (JobState.QUEUED, Step.WAITING),
            (JobState.SENDING, Step.WAITING),
            *((JobState.SENDING, step) for step in STEPS[:-1]),
            (JobState.RECEIVED, Step.SAVING),
            (JobState.DONE, Step.SAVING),
        ]
        assert heard[-1] == job
        (headshot,) = library.headshots()
        assert job.headshot_ids == (headshot.id,)
        assert (headshot.photo_id, headshot.job_id, headshot.subject) == (photo.id, job.id, 1)
        await until(lambda: not list(folders.answers.iterdir()))
        assert library.check().is_well


async def test_every_step_is_on_the_disk_before_it_begins(folders: Folders) -> None:
    for step in STEPS:
        engine = FakeEngine(stop_at=step)
        async with working(Folders(folders.root / step), engine) as (jobs, library):
            photo = library.keep_photo(developed())
            heard: list[Job] = []
            jobs.subscribe(heard.append)
            await jobs.order(photo, [wish()], engine=EngineName.ON_DEVICE, order_id=ORDER)
            await until(lambda: heard[-1].step is step)  # noqa: B023
            (written,) = library.orders.of_order(ORDER)
            assert written.step is step
            assert written.state is (JobState.RECEIVED if step is Step.SAVING else JobState.SENDING)
            assert (library.orders.answer(written.id) is not None) == (step is Step.SAVING)
            engine.go.set()
            assert states(await settled(jobs)) == [JobState.DONE]


async def test_the_same_order_placed_again_and_again_is_made_once(folders: Folders) -> None:
    engine = FakeEngine(pause_s=0.01)
    async with working(folders, engine) as (jobs, library):
        photo = library.keep_photo(developed())
        placing = [
            jobs.order(photo, [wish("a"), wish("b")], engine=EngineName.ON_DEVICE, order_id=ORDER)
            for _ in range(8)
        ]
        answers = await asyncio.gather(*placing)
        assert len({tuple(job.id for job in answer) for answer in answers}) == 1
        await settled(jobs)
        again = await jobs.order(photo, [wish("a")], engine=EngineName.ON_DEVICE, order_id=ORDER)
        assert states(again) == [JobState.DONE, JobState.DONE]
        assert len(engine.asked) == 2
        assert library.count() == 2


async def test_an_order_whose_headshots_were_deleted_is_not_made_again(folders: Folders) -> None:
    engine = FakeEngine()
    async with working(folders, engine) as (jobs, library):
        photo = library.keep_photo(developed())
        await jobs.order(photo, [wish()], engine=EngineName.ON_DEVICE, order_id=ORDER)
        (job,) = await settled(jobs)
        library.delete_headshots(job.headshot_ids)
        with pytest.raises(NotFound):
            await jobs.order(photo, [wish()], engine=EngineName.ON_DEVICE, order_id=ORDER)
        assert len(engine.asked) == 1


async def test_an_order_survives_the_page_that_placed_it(folders: Folders) -> None:
    async with working(folders, FakeEngine()) as (jobs, library):
        photo = library.keep_photo(developed())
        for number in range(12):
            order_id = OrderId(f"order {number}")
            page = asyncio.create_task(
                jobs.order(photo, [wish()], engine=EngineName.ON_DEVICE, order_id=order_id)
            )
            await asyncio.sleep(0.001 * number)
            page.cancel()
            await asyncio.wait({page})
        for number in range(12):
            order_id = OrderId(f"order {number}")
            if await jobs.of_order(order_id):
                assert states(await settled(jobs, order_id)) == [JobState.DONE]


@pytest.mark.parametrize("step", [None, *STEPS])
async def test_cancel_works_at_every_step_and_leaves_nothing_behind(
    folders: Folders, step: Step | None
) -> None:
    engine = FakeEngine(stop_at=step or Step.FRAMING)
    async with working(folders, engine, at_once=1) as (jobs, library):
        photo = library.keep_photo(developed())
        before = files_in(folders)
        heard: list[Job] = []
        jobs.subscribe(heard.append)
        placed = await jobs.order(photo, [wish("a"), wish("b")], engine=EngineName.ON_DEVICE, order_id=ORDER)
        await until(lambda: heard[-1].step is engine.stop_at)
        chosen = placed[0] if step else placed[1]
        cancelled = await jobs.cancel(chosen.id)
        assert cancelled.state is JobState.CANCELLED
        assert cancelled.error is None
        engine.stop_at = None
        engine.go.set()
        other = placed[1] if step else placed[0]
        done = {job.id: job.state for job in await settled(jobs)}
        assert done == {chosen.id: JobState.CANCELLED, other.id: JobState.DONE}
        assert library.count() == 1
        library.delete_headshots([shot.id for shot in library.headshots()])
        await until(lambda: files_in(folders) == before)
        assert await jobs.cancel(chosen.id) == cancelled


async def test_cancelling_at_any_moment_settles_the_job_once(folders: Folders) -> None:
    engine = FakeEngine(pause_s=0.001)
    async with working(folders, engine) as (jobs, library):
        photo = library.keep_photo(developed())
        for number in range(15):
            order_id = OrderId(f"order {number}")
            heard: list[Job] = []
            stop = jobs.subscribe(heard.append)
            (job,) = await jobs.order(photo, [wish()], engine=EngineName.ON_DEVICE, order_id=order_id)
            await asyncio.sleep(0.004 * number)
            await asyncio.gather(jobs.cancel(job.id), jobs.cancel(job.id))
            (job,) = await settled(jobs, order_id)
            stop()
            assert job.state in (JobState.CANCELLED, JobState.DONE)
            assert len(job.headshot_ids) == (job.state is JobState.DONE)
            assert len([told for told in heard if told.state.is_final]) == 1
        assert library.check().is_well
        await until(lambda: not list(folders.answers.iterdir()))


async def test_a_failure_is_named_and_spoils_no_other_headshot(
    folders: Folders, caplog: pytest.LogCaptureFixture
) -> None:
    engine = FakeEngine(fails_at=Step.LIGHTING, failure=RenderingTookTooLong())

    def recover(job: Job) -> None:
        if job.state is JobState.FAILED:
            engine.fails_at = None

    async with working(folders, engine, at_once=1) as (jobs, library):
        photo = library.keep_photo(developed())
        jobs.subscribe(recover)
        await jobs.order(photo, [wish("a"), wish("b")], engine=EngineName.ON_DEVICE, order_id=ORDER)
        first, second = await settled(jobs)
        assert (first.state, first.error) == (JobState.FAILED, "RenderingTookTooLong")
        assert second.state is JobState.DONE
        assert engine.ended == 2

        engine.fails_at, engine.failure = Step.CUTTING_OUT, OSError("/home/somebody/secret.jpg")
        with caplog.at_level(logging.DEBUG):
            await jobs.order(photo, [wish()], engine=EngineName.ON_DEVICE, order_id=OrderId("other"))
            (job,) = await settled(jobs, OrderId("other"))
        assert (job.state, job.error) == (JobState.FAILED, JobError.code())
        assert "OSError" in caplog.text
        assert "secret" not in caplog.text


async def test_an_answer_that_cannot_be_read_fails_and_leaves_nothing(folders: Folders) -> None:
    async with working(folders, FakeEngine(unreadable=True)) as (jobs, library):
        photo = library.keep_photo(developed())
        await jobs.order(photo, [wish()], engine=EngineName.ON_DEVICE, order_id=ORDER)
        (job,) = await settled(jobs)
        assert (job.state, job.error) == (JobState.FAILED, "AnswerUnreadable")
        await until(lambda: not list(folders.answers.iterdir()))


async def test_a_page_that_fails_to_listen_does_not_stop_a_headshot(folders: Folders) -> None:
    def broken(job: Job) -> None:
        raise RuntimeError("the page has gone")

    async with working(folders, FakeEngine()) as (jobs, library):
        heard: list[Job] = []
        jobs.subscribe(broken)
        stop = jobs.subscribe(heard.append)
        photo = library.keep_photo(developed())
        await jobs.order(photo, [wish()], engine=EngineName.ON_DEVICE, order_id=ORDER)
        assert states(await settled(jobs)) == [JobState.DONE]
        await until(lambda: heard[-1].state is JobState.DONE)
        stop()
        count = len(heard)
        await jobs.order(photo, [wish()], engine=EngineName.ON_DEVICE, order_id=OrderId("other"))
        await settled(jobs, OrderId("other"))
        assert len(heard) == count


async def test_a_large_order_does_not_hold_up_a_small_one(folders: Folders) -> None:
    engine = FakeEngine(pause_s=0.002)
    async with working(folders, engine, at_once=1) as (jobs, library):
        photo = library.keep_photo(developed())
        finished: list[OrderId] = []
        jobs.subscribe(lambda job: finished.append(job.order_id) if job.state is JobState.DONE else None)
        large, small = OrderId("large"), OrderId("small")
        looks = [wish(str(number)) for number in range(8)]
        await jobs.order(photo, looks, engine=EngineName.ON_DEVICE, order_id=large)
        await jobs.order(photo, [wish()], engine=EngineName.ON_DEVICE, order_id=small)
        await settled(jobs, large)
        await until(lambda: len(finished) == 9)
        assert finished.index(small) <= 2


async def test_no_more_are_made_at_once_than_was_said(folders: Folders) -> None:
    engine = FakeEngine(stop_at=Step.LIGHTING)
    async with working(folders, engine, at_once=3) as (jobs, library):
        photo = library.keep_photo(developed())
        looks = [wish(str(number)) for number in range(7)]
        await jobs.order(photo, looks, engine=EngineName.ON_DEVICE, order_id=ORDER)
        await until(lambda: len(engine.asked) == 3)
        await asyncio.sleep(0.05)
        assert len(engine.asked) == 3
        engine.go.set()
        assert set(states(await settled(jobs))) == {JobState.DONE}


async def test_retrying_makes_the_failed_ones_only_and_only_once(folders: Folders) -> None:
    engine = FakeEngine(fails_at=Step.FRAMING, failure=JobError())

    def recover(job: Job) -> None:
        if job.state is JobState.FAILED:
            engine.fails_at = None

    async with working(folders, engine, at_once=1) as (jobs, library):
        photo = library.keep_photo(developed())
        jobs.subscribe(recover)
        looks = [wish("a"), wish("b"), wish("c")]
        await jobs.order(photo, looks, engine=EngineName.ON_DEVICE, order_id=ORDER)
        first = await settled(jobs)
        assert states(first) == [JobState.FAILED, JobState.DONE, JobState.DONE]

        again = [(job, wish(job.style_id)) for job in first]
        await asyncio.gather(jobs.retry(again), jobs.retry(again))
        second = await settled(jobs)
        assert states(second) == [JobState.DONE] * 3
        assert [job.style_id for job in second] == ["a", "b", "c"]
        assert second[1:] == first[1:]
        assert len(engine.asked) == 4
        assert library.count() == 3


async def test_several_pictures_of_one_answer_become_one_headshot_each(folders: Folders) -> None:
    async with working(folders, FakeEngine(pictures=3)) as (jobs, library):
        photo = library.keep_photo(developed())
        await jobs.order(photo, [wish()], engine=EngineName.ON_DEVICE, order_id=ORDER)
        (job,) = await settled(jobs)
        pictures = [library.headshot_picture(headshot_id) for headshot_id in job.headshot_ids]
        assert [picture[-3:-2] for picture in pictures] == [b"0", b"1", b"2"]
        library.delete_headshots(job.headshot_ids[:1])
        (job,) = await jobs.of_order(ORDER)
        assert len(job.headshot_ids) == 2


async def test_an_unfinished_picture_is_shown_while_the_headshot_is_made(folders: Folders) -> None:
    engine = FakeEngine(stop_at=Step.SAVING)
    async with working(folders, engine) as (jobs, library):
        photo = library.keep_photo(developed())
        (job,) = await jobs.order(photo, [wish()], engine=EngineName.ON_DEVICE, order_id=ORDER)
        await until(lambda: jobs.partial(job.id) is not None)
        assert jobs.partial(job.id) == b"half a picture"
        engine.go.set()
        (job,) = await settled(jobs)
        await until(lambda: jobs.partial(job.id) is None)
        assert job.state is JobState.DONE


async def test_what_cannot_be_ordered_is_refused(folders: Folders) -> None:
    async with working(folders, FakeEngine()) as (jobs, library):
        photo = library.keep_photo(developed())
        with pytest.raises(NoSuchEngine):
            await jobs.order(photo, [wish()], engine=EngineName.OPENAI, order_id=ORDER)
        gone = Photo(id=PhotoId("0" * 32), created_at=photo.created_at, size=photo.size)
        with pytest.raises(NotFound):
            await jobs.order(gone, [wish()], engine=EngineName.ON_DEVICE, order_id=ORDER)
        assert await jobs.order(photo, [wish()], engine=EngineName.ON_DEVICE, order_id=ORDER)


async def test_a_settled_job_stays_as_it_is(folders: Folders) -> None:
    async with working(folders, FakeEngine()) as (jobs, library):
        photo = library.keep_photo(developed())
        await jobs.order(photo, [wish()], engine=EngineName.ON_DEVICE, order_id=ORDER)
        (job,) = await settled(jobs)
        for state in (JobState.FAILED, JobState.CANCELLED, JobState.SENDING):
            with pytest.raises(NotFound):
                library.orders.change(replace(job, state=state))
        assert await jobs.job(job.id) == job


# A full disk


@posix
async def test_a_headshot_that_does_not_fit_fails_with_that_reason(folders: Folders) -> None:
    engine = FakeEngine(stop_at=Step.SAVING)
    async with working(folders, engine) as (jobs, library):
        photo = library.keep_photo(developed())
        before = files_in(folders)
        await jobs.order(photo, [wish()], engine=EngineName.ON_DEVICE, order_id=ORDER)
        await until(lambda: any(folders.answers.iterdir()))
        with files_of_at_most(1000):
            engine.go.set()
            (job,) = await settled(jobs)
        assert (job.state, job.error) == (JobState.FAILED, DiskFull.code())
        assert files_in(folders) == before


@posix
@pytest.mark.parametrize("full_from", [*PAID, Step.SAVING])
async def test_a_paid_answer_outlives_a_full_disk_and_is_never_asked_for_twice(
    folders: Folders, full_from: Step
) -> None:
    engine = PaidEngine(stop_at=full_from)
    async with working(folders, engine) as (jobs, library):
        photo = library.keep_photo(developed())
        heard: list[Job] = []
        jobs.subscribe(heard.append)
        await jobs.order(photo, [wish()], engine=engine.name, order_id=ORDER)
        await until(lambda: heard[-1].step is full_from)
        with files_of_at_most(10):
            engine.go.set()
            (job,) = await settled(jobs)
            assert (job.state, job.error) == (JobState.FAILED, DiskFull.code())
            assert await jobs.is_answered(job)
            assert await jobs.unkept(job.id) == (engine, b'{"mark": "70686f746f70"}')
        await jobs.retry([(job, wish())])
        (job,) = await settled(jobs)
        assert job.state is JobState.DONE
        assert len(engine.posts) == 1
        assert Ledger(library.index).entries()[0].receipt.outcome is Outcome.ANSWERED
        assert await jobs.unkept(job.id) is None
        assert library.count() == 1
        await until(lambda: not list(folders.answers.iterdir()))


@pytest.mark.parametrize("number", [errno.EIO, errno.EROFS, errno.EACCES, errno.EMFILE])
async def test_a_paid_answer_outlives_whatever_keeps_it_from_being_written(
    folders: Folders, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    write = shelves._write

    def refuse(path: Path, data: bytes) -> None:
        if path.name == shelves.ANSWER:
            raise OSError(number, os.strerror(number))
        write(path, data)

    monkeypatch.setattr(shelves, "_write", refuse)
    engine = PaidEngine()
    async with working(folders, engine) as (jobs, library):
        photo = library.keep_photo(developed())
        await jobs.order(photo, [wish()], engine=engine.name, order_id=ORDER)
        (job,) = await settled(jobs)
        assert job.state is JobState.FAILED
        assert await jobs.unkept(job.id) == (engine, b'{"mark": "70686f746f70"}')
        monkeypatch.setattr(shelves, "_write", write)
        await jobs.retry([(job, wish())])
        assert states(await settled(jobs)) == [JobState.DONE]
        assert len(engine.posts) == 1, "nothing is paid twice"


# After a crash or an end


@pytest.mark.parametrize(
    ("may_cost", "step"), [*((False, step) for step in [None, *STEPS[:-1]]), *((True, step) for step in PAID)]
)
async def test_a_crash_leaves_no_job_working_for_ever(
    folders: Folders, step: Step | None, may_cost: bool
) -> None:
    kind = PaidEngine if may_cost else FakeEngine
    engine = kind(stop_at=step or Step.FRAMING)
    async with working(folders, engine, at_once=1) as (jobs, library):
        photo = library.keep_photo(developed())
        heard: list[Job] = []
        jobs.subscribe(heard.append)
        looks = [wish("a"), wish("b")]
        placed = await jobs.order(photo, looks, engine=engine.name, order_id=ORDER)
        await until(lambda: heard[-1].step is engine.stop_at)
        folders = as_if_the_power_failed(folders)
    watched, waiting = placed if step else placed[::-1]
    fresh = kind()
    async with working(folders, fresh) as (jobs, library):
        found = {job.id: job for job in await settled(jobs)}
        if may_cost:
            assert (found[watched.id].state, found[watched.id].error) == (JobState.UNKNOWN, "ChargeUnknown")
            assert found[waiting.id].state is JobState.FAILED
        else:
            assert (found[watched.id].state, found[watched.id].error) == (JobState.FAILED, "Interrupted")
        assert not fresh.asked, "nothing is asked for by itself"
        entries = Ledger(library.index).entries()
        assert [entry.receipt.outcome for entry in entries] == [Outcome.UNCLEAR] * may_cost
        assert library.check().is_well


@pytest.mark.parametrize("may_cost", [False, True])
@pytest.mark.parametrize("row", ["received", "sending"])
async def test_an_answer_that_arrived_before_the_crash_becomes_a_headshot(
    folders: Folders, row: str, may_cost: bool
) -> None:
    kind = PaidEngine if may_cost else FakeEngine
    engine = kind(stop_at=Step.SAVING, pictures=2)
    async with working(folders, engine) as (jobs, library):
        photo = library.keep_photo(developed())
        heard: list[Job] = []
        jobs.subscribe(heard.append)
        await jobs.order(photo, [wish()], engine=engine.name, order_id=ORDER)
        await until(lambda: heard[-1].state is JobState.RECEIVED)
        with library.index.write() as connection:
            connection.execute("UPDATE jobs SET state = ?", (row,))
            if row == "sending":
                connection.execute("UPDATE sendings SET outcome = 'under-way', cost_micro = NULL")
        folders = as_if_the_power_failed(folders)
    fresh = kind(pictures=2)
    async with working(folders, fresh) as (jobs, library):
        (job,) = await settled(jobs)
        assert job.state is JobState.DONE
        assert not fresh.asked
        assert len(job.headshot_ids) == library.count() == 2
        assert Ledger(library.index).cost_of_headshot(job.id) == (Money(amount=FIVE) if may_cost else None)
        await until(lambda: not list(folders.answers.iterdir()))


async def test_a_headshot_that_was_kept_before_the_crash_is_not_kept_twice(folders: Folders) -> None:
    engine = FakeEngine(pictures=2)
    async with working(folders, engine) as (jobs, library):
        photo = library.keep_photo(developed())
        await jobs.order(photo, [wish()], engine=EngineName.ON_DEVICE, order_id=ORDER)
        (job,) = await settled(jobs)
        await until(lambda: not list(folders.answers.iterdir()))
        # as after a crash between the files and the rows, the answer still there
        library.orders.keep_answer(job, b'{"mark": "ffd8"}')
        with library.index.write() as connection:
            connection.execute("DELETE FROM headshots WHERE id = ?", (job.headshot_ids[1],))
            connection.execute("UPDATE jobs SET state = 'received'")
    async with working(folders, engine) as (jobs, library):
        (again,) = await settled(jobs)
        assert again.headshot_ids == job.headshot_ids
        assert library.count() == 2
        assert library.check().is_well


async def test_closing_settles_what_costs_nothing_and_waits_for_what_may_be_paid(folders: Folders) -> None:
    engine = FakeEngine(stop_at=Step.LIGHTING)
    async with working(folders, engine, at_once=1) as (jobs, library):
        photo = library.keep_photo(developed())
        await jobs.order(photo, [wish("a"), wish("b")], engine=EngineName.ON_DEVICE, order_id=ORDER)
        await until(lambda: bool(engine.asked))
        await jobs.close()
        found = await jobs.of_order(ORDER)
        assert [(job.state, job.error) for job in found] == [(JobState.FAILED, "Interrupted")] * 2
        with pytest.raises(NoSuchEngine):
            await jobs.order(photo, [wish()], engine=EngineName.ON_DEVICE, order_id=OrderId("late"))

    paid = PaidEngine(stop_at=Step.DRAWING)
    async with working(folders, paid, at_once=1) as (jobs, library):
        order_id = OrderId("paid")
        await jobs.order(photo, [wish("a"), wish("b")], engine=EngineName.OPENAI, order_id=order_id)
        await until(lambda: bool(paid.asked))
        closing_time = asyncio.create_task(jobs.close())
        await asyncio.sleep(0.05)
        assert not closing_time.done()
        paid.go.set()
        await closing_time
        assert states(await jobs.of_order(order_id)) == [JobState.DONE, JobState.FAILED]
        assert len(paid.asked) == 1


async def test_a_paid_answer_is_not_thrown_away_by_cancelling_too_late(folders: Folders) -> None:
    engine = PaidEngine(stop_at=Step.SAVING)
    async with working(folders, engine) as (jobs, library):
        photo = library.keep_photo(developed())
        heard: list[Job] = []
        jobs.subscribe(heard.append)
        (job,) = await jobs.order(photo, [wish()], engine=EngineName.OPENAI, order_id=ORDER)
        await until(lambda: heard[-1].state is JobState.RECEIVED)
        late = await jobs.cancel(job.id)
        assert late.state is JobState.RECEIVED
        engine.go.set()
        assert states(await settled(jobs)) == [JobState.DONE]
