"""Nothing leaves without a line in the ledger, nothing is sent twice, and nothing paid for is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from headshot_web.accounts import Dispatch, Money, Outcome, Receipt, Sending
from headshot_web.counter import How
from headshot_web.engines import Word
from headshot_web.errors import (
    BudgetReached,
    ConsentNeeded,
    HeadshotError,
    JobError,
    NotFound,
    RenderingStopped,
)
from headshot_web.ledger import Ledger
from headshot_web.library import Library
from headshot_web.model import EngineName, Export, Job, JobState, OrderId, Quality, Request, Step, StyleId
from headshot_web.orders import to_make_again
from headshot_web.paths import Folders
from headshot_web.settings import Settings
from tests.fake_engine import FakeEngine, PaidEngine, developed, dollars
from tests.test_jobs import FIVE, ORDER, PAID, as_if_the_power_failed, settled, states, until, wish, working
from tests.test_library import files_of_at_most, posix
from tests.test_studio import LOFT, NAVY, all_settled, opened, stream

OPENAI = EngineName.OPENAI


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path / "app")


def outcomes(library: Library) -> list[Outcome]:
    return [entry.receipt.outcome for entry in Ledger(library.index).entries()]


class Refused(JobError):  # noqa: N818 - named like the real ones
    """A provider's no, with what is known of it."""

    def __init__(self, receipt: Receipt | None = None) -> None:
        super().__init__()
        self.receipt = receipt


class BrokenOff(Refused):
    """A provider's silence."""

    may_be_charged = True


# Before it leaves


async def test_the_ledger_knows_of_it_before_a_byte_leaves(folders: Folders) -> None:
    on_the_disk: list[tuple[JobState, Step, list[Outcome]]] = []

    class Watching(PaidEngine):
        async def render(self, request: Request) -> AsyncIterator[Word]:
            async for word in super().render(request):
                yield word
                if isinstance(word, Sending):
                    (job,) = library.orders.of_order(ORDER)
                    on_the_disk.append((job.state, job.step, outcomes(library)))

    engine = Watching()
    async with working(folders, engine) as (jobs, library):
        photo = library.keep_photo(developed())
        await jobs.order(photo, [wish()], engine=OPENAI, order_id=ORDER)
        (job,) = await settled(jobs)
        assert on_the_disk == [(JobState.SENDING, Step.SENDING, [Outcome.UNDER_WAY])]
        (entry,) = Ledger(library.index).entries()
        (sent,) = engine.posts
        assert entry.dispatch == sent
        assert (entry.job_id, entry.photo_ids, entry.style_id) == (job.id, (photo.id,), job.style_id)
        assert entry.receipt == engine.receipt(b"")
        assert entry.answered_at is not None
        assert entry.sent_at <= entry.answered_at
        assert entry.gone_by == entry.answered_at + timedelta(days=30)
        assert job.request_id == "req_yes"


@pytest.mark.parametrize("reason", [ConsentNeeded, BudgetReached])
async def test_without_leave_nothing_goes(folders: Folders, reason: type[HeadshotError]) -> None:
    async def permit(job: Job, dispatch: Dispatch) -> None:
        raise reason

    engine = PaidEngine()
    async with working(folders, engine, permit=permit) as (jobs, library):
        photo = library.keep_photo(developed())
        await jobs.order(photo, [wish()], engine=OPENAI, order_id=ORDER)
        (job,) = await settled(jobs)
        assert (job.state, job.error) == (JobState.FAILED, reason.code())
        assert not engine.posts
        assert not outcomes(library)
        assert engine.ended == 1


@posix
async def test_on_a_full_disk_nothing_is_sent(folders: Folders) -> None:
    engine = PaidEngine(stop_at=Step.WAITING)
    async with working(folders, engine) as (jobs, library):
        photo = library.keep_photo(developed())
        await jobs.order(photo, [wish()], engine=OPENAI, order_id=ORDER)
        await until(lambda: bool(engine.asked))
        with files_of_at_most(10):
            engine.go.set()
            (job,) = await settled(jobs)
        assert (job.state, job.error) == (JobState.FAILED, "DiskFull")
        assert not engine.posts
        assert not outcomes(library)


# Once


@pytest.mark.parametrize("failure", [BrokenOff(), RuntimeError("?"), None])
async def test_whoever_presses_whatever_one_press_is_sent_once(
    folders: Folders, failure: Exception | None
) -> None:
    engine = PaidEngine(pause_s=0.01)
    if failure is not None:
        engine.fails_at, engine.failure = Step.DRAWING, failure
    async with working(folders, engine) as (jobs, library):
        photo = library.keep_photo(developed())
        for _ in range(3):  # a double click, two tabs, and a reload
            await asyncio.gather(
                *(jobs.order(photo, [wish()], engine=OPENAI, order_id=ORDER) for _ in range(4))
            )
            (job,) = await settled(jobs)
            await jobs.retry([(job, wish())])
        assert len(engine.posts) == len(outcomes(library)) == 1
        assert states(await jobs.of_order(ORDER)) == [JobState.UNKNOWN if failure else JobState.DONE]


async def test_each_variant_is_a_headshot_of_its_own(folders: Folders) -> None:
    engine = PaidEngine()
    async with working(folders, engine) as (jobs, library):
        photo = library.keep_photo(developed())
        await jobs.order(photo, [wish()] * 3, engine=OPENAI, order_id=ORDER)
        assert states(await settled(jobs)) == [JobState.DONE] * 3
        assert len(engine.posts) == library.count() == 3
        (headshot, *_) = library.headshots()
        assert headshot.model == "model-final"
        assert library.headshot_original(headshot.id).startswith(b"as it came")


# What comes back


@pytest.mark.parametrize(
    ("failure", "state", "error", "outcome"),
    [
        (Refused(Receipt(outcome=Outcome.REFUSED, status=400)), JobState.FAILED, "Refused", Outcome.REFUSED),
        (BrokenOff(), JobState.UNKNOWN, "BrokenOff", Outcome.UNCLEAR),
        (
            BrokenOff(Receipt(outcome=Outcome.UNCLEAR, status=500, request_id="req_5")),
            JobState.UNKNOWN,
            "BrokenOff",
            Outcome.UNCLEAR,
        ),
        (Refused(), JobState.UNKNOWN, "StoppedAfterSending", Outcome.UNCLEAR),
        (OSError("a line broke"), JobState.UNKNOWN, "StoppedAfterSending", Outcome.UNCLEAR),
    ],
)
async def test_what_may_have_been_charged_is_told_from_what_was_not(
    folders: Folders, failure: Exception, state: JobState, error: str, outcome: Outcome
) -> None:
    engine = PaidEngine(fails_at=Step.DRAWING, failure=failure)
    async with working(folders, engine) as (jobs, library):
        photo = library.keep_photo(developed())
        await jobs.order(photo, [wish()], engine=OPENAI, order_id=ORDER)
        (job,) = await settled(jobs)
        assert (job.state, job.error) == (state, error)
        (entry,) = Ledger(library.index).entries()
        assert entry.receipt.outcome is outcome
        assert job.request_id == entry.receipt.request_id


async def test_what_may_have_been_charged_is_made_again_only_when_asked_for_alone(folders: Folders) -> None:
    engine = PaidEngine(fails_at=Step.DRAWING, failure=BrokenOff())
    async with working(folders, engine) as (jobs, library):
        photo = library.keep_photo(developed())
        await jobs.order(photo, [wish()], engine=OPENAI, order_id=ORDER)
        (job,) = await settled(jobs)
        engine.fails_at = None
        await jobs.retry([(job, wish())])
        assert (await jobs.of_order(ORDER)) == (job,)
        await asyncio.gather(*(jobs.retry([(job, wish())], alone=True) for _ in range(3)))
        assert states(await settled(jobs)) == [JobState.DONE]
        assert len(engine.posts) == 2
        assert outcomes(library) == [Outcome.ANSWERED, Outcome.UNCLEAR]


@pytest.mark.parametrize("step", [Step.PAUSED, Step.RECONNECTING])
async def test_a_provider_that_lets_it_wait_is_asked_again_and_each_time_is_written_down(
    folders: Folders, step: Step
) -> None:
    engine = PaidEngine(says_no=2, stop_at=step)
    async with working(folders, engine) as (jobs, library):
        photo = library.keep_photo(developed())
        heard: list[Job] = []
        jobs.subscribe(heard.append)
        await jobs.order(photo, [wish()], engine=OPENAI, order_id=ORDER)
        await until(lambda: heard[-1].step is step)
        (written,) = library.orders.of_order(ORDER)
        assert written.step is step
        assert written.resumes_at is not None
        assert written.resumes_at == heard[-1].resumes_at
        assert outcomes(library) == [Outcome.REFUSED]
        engine.go.set()
        (job,) = await settled(jobs)
        assert (job.state, job.resumes_at) == (JobState.DONE, None)
        assert outcomes(library) == [Outcome.ANSWERED, Outcome.REFUSED, Outcome.REFUSED]


async def test_closed_while_it_waits_to_go_on_it_was_not_charged(folders: Folders) -> None:
    engine = PaidEngine(says_no=1, stop_at=Step.PAUSED)
    async with working(folders, engine) as (jobs, library):
        photo = library.keep_photo(developed())
        heard: list[Job] = []
        jobs.subscribe(heard.append)
        await jobs.order(photo, [wish()], engine=OPENAI, order_id=ORDER)
        await until(lambda: heard[-1].step is Step.PAUSED)
        after = as_if_the_power_failed(folders)
    async with working(after, PaidEngine()) as (jobs, _):
        (job,) = await settled(jobs)
        assert (job.state, job.error, job.resumes_at) == (JobState.FAILED, "Interrupted", None)


# Cancelling


@pytest.mark.parametrize("step", PAID)
async def test_what_was_sent_may_still_be_charged_when_it_is_cancelled(folders: Folders, step: Step) -> None:
    engine = PaidEngine(stop_at=step)
    async with working(folders, engine) as (jobs, library):
        photo = library.keep_photo(developed())
        (job,) = await jobs.order(photo, [wish()], engine=OPENAI, order_id=ORDER)
        await until(lambda: bool(engine.posts))
        await asyncio.sleep(0.05)
        cancelled = await jobs.cancel(job.id)
        assert (cancelled.state, cancelled.error) == (JobState.CANCELLED, "CancelledAfterSending")
        assert engine.ended == 1, "the line to the provider is still open"
        assert outcomes(library) == [Outcome.UNCLEAR]


async def test_cancelled_at_any_moment_the_ledger_says_what_left(folders: Folders) -> None:
    engine = PaidEngine(pause_s=0.001)
    async with working(folders, engine) as (jobs, library):
        photo = library.keep_photo(developed())
        for number in range(25):
            order_id = OrderId(f"order {number}")
            sent = len(engine.posts)
            (job,) = await jobs.order(photo, [wish()], engine=OPENAI, order_id=order_id)
            await asyncio.sleep(0.0015 * number)
            await jobs.cancel(job.id)
            (job,) = await settled(jobs, order_id)
            latest = Ledger(library.index).of_job(job.id)
            left = len(engine.posts) - sent
            assert left <= 1
            if left:
                assert latest[0].receipt.outcome in (Outcome.ANSWERED, Outcome.UNCLEAR)
            else:
                assert all(entry.receipt.outcome is Outcome.REFUSED for entry in latest)
            unclear = bool(latest) and latest[0].receipt.outcome is Outcome.UNCLEAR
            assert unclear == (job.error == "CancelledAfterSending")
        assert Outcome.UNDER_WAY not in outcomes(library)


# A full disk, and an end


@posix
@pytest.mark.parametrize("step", [Step.SENDING, Step.DRAWING, Step.SAVING])
async def test_what_came_on_a_full_disk_is_kept_when_the_app_is_closed_and_there_is_room(
    folders: Folders, step: Step
) -> None:
    engine = PaidEngine(stop_at=step)
    async with working(folders, engine) as (jobs, library):
        photo = library.keep_photo(developed())
        heard: list[Job] = []
        jobs.subscribe(heard.append)
        await jobs.order(photo, [wish()], engine=OPENAI, order_id=ORDER)
        await until(lambda: heard[-1].step is step)
        with files_of_at_most(10):
            engine.go.set()
            (job,) = await settled(jobs)
            assert job.error == "DiskFull"
            assert await jobs.unkept(job.id) is not None
    fresh = PaidEngine()
    async with working(folders, fresh) as (jobs, library):
        (job,) = await settled(jobs)
        if job.state is JobState.FAILED:
            await jobs.retry([(job, wish())])
        assert states(await settled(jobs)) == [JobState.DONE]
        assert not fresh.posts
        assert library.count() == 1
        assert outcomes(library) == [Outcome.ANSWERED]


async def test_at_the_end_what_has_not_left_stays_here_and_what_waits_after_a_refusal_too(
    folders: Folders,
) -> None:
    engine = PaidEngine(stop_at=Step.WAITING)
    async with working(folders, engine) as (jobs, library):
        photo = library.keep_photo(developed())
        await jobs.order(photo, [wish()], engine=OPENAI, order_id=ORDER)
        await until(lambda: bool(engine.asked))
        assert jobs.sent == 0
        await jobs.close(patience_s=30)
        assert states(library.orders.of_order(ORDER)) == [JobState.FAILED]
        assert not engine.posts
    engine = PaidEngine(says_no=1, pause=timedelta(seconds=30))
    async with working(folders, engine) as (jobs, library):
        (old,) = library.orders.of_order(ORDER)
        await jobs.retry([(old, wish())])
        await until(lambda: library.orders.of_order(ORDER)[0].step is Step.PAUSED)
        assert jobs.sent == 0
        await jobs.close(patience_s=30)
        assert states(library.orders.of_order(ORDER)) == [JobState.FAILED]
        assert outcomes(library) == [Outcome.REFUSED]


async def test_an_end_while_it_was_sent_is_told_as_such(folders: Folders) -> None:
    engine = PaidEngine(stop_at=Step.DRAWING)
    async with working(folders, engine) as (jobs, library):
        photo = library.keep_photo(developed())
        await jobs.order(photo, [wish()], engine=OPENAI, order_id=ORDER)
        await until(lambda: bool(engine.posts))
        await jobs.close(patience_s=0.05)
        (job,) = library.orders.of_order(ORDER)
        assert (job.state, job.error) == (JobState.UNKNOWN, "ChargeUnknown")
        assert outcomes(library) == [Outcome.UNCLEAR]


async def test_a_photo_deleted_while_it_was_sent_leaves_a_line_without_it(folders: Folders) -> None:
    engine = PaidEngine(stop_at=Step.DRAWING)
    async with working(folders, engine) as (jobs, library):
        photo, other = library.keep_photo(developed()), library.keep_photo(developed(b"other"))
        together = wish()._replace(others=(other.id,))
        (job,) = await jobs.order(photo, [together], engine=OPENAI, order_id=ORDER)
        await until(lambda: bool(engine.posts))
        await jobs.cancel_photo(other.id)
        assert (await jobs.job(job.id)).state is JobState.CANCELLED, "another photo of it is being deleted"
        library.delete_photo(other.id)
        assert (await jobs.job(job.id)).others == ()
        assert Ledger(library.index).entries()[0].photo_ids == (photo.id,)
        await jobs.cancel_photo(photo.id)
        library.delete_photo(photo.id)
        (entry,) = Ledger(library.index).entries()
        assert (entry.photo_ids, entry.job_id, entry.deleted) == ((), None, True)
        assert entry.receipt.outcome is Outcome.UNCLEAR


async def test_an_answer_without_a_price_is_still_an_answer(folders: Folders) -> None:
    engine = PaidEngine(price=None, cost=None)
    async with working(folders, engine) as (jobs, library):
        photo = library.keep_photo(developed())
        await jobs.order(photo, [wish()], engine=OPENAI, order_id=ORDER)
        (job,) = await settled(jobs)
        assert job.state is JobState.DONE
        assert Ledger(library.index).cost_of_headshot(job.id) is None
        assert outcomes(library) == [Outcome.ANSWERED]


async def test_an_answer_whose_cost_cannot_be_read_is_still_an_answer(folders: Folders) -> None:
    class Puzzling(PaidEngine):
        def receipt(self, raw: bytes) -> Receipt | None:  # noqa: ARG002
            raise ValueError

    engine = Puzzling()
    async with working(folders, engine) as (jobs, library):
        photo = library.keep_photo(developed())
        await jobs.order(photo, [wish()], engine=OPENAI, order_id=ORDER)
        assert states(await settled(jobs)) == [JobState.DONE]
        assert outcomes(library) == [Outcome.ANSWERED]
        assert Ledger(library.index).spent("USD") == dollars("0.06").high


# At the counter


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "app", budget_day=Decimal("0.40"))


async def test_several_of_each_look_are_ordered_at_once_and_sent_once(settings: Settings) -> None:
    engine = PaidEngine()
    async with opened(settings, engine) as studio:
        photo, second = await studio.take_in(stream()), await studio.take_in(stream(b"\xff\xd8another"))
        await studio.choose_face(photo.id, 1)
        how: How = {"engine": OPENAI, "count": 2, "quality": Quality.DRAFT, "others": [second.id, photo.id]}
        assert await studio.estimate(photo.id, (NAVY, LOFT), **how) == dollars("0.16", "0.24")
        for _ in range(2):
            pressed = [studio.order(photo.id, (NAVY, LOFT), order_id=ORDER, **how) for _ in range(3)]
            (placed, *_) = await asyncio.gather(*pressed)
            await all_settled(studio, ORDER)
        assert [job.style_id for job in placed] == [NAVY, NAVY, LOFT, LOFT]
        assert {(job.quality, job.others, job.subject) for job in placed} == {
            (Quality.DRAFT, (second.id,), 1)
        }
        assert len(engine.posts) == await studio.count() == await studio.books.count() == 4
        for request in engine.asked:
            assert b"framed" in request.picture, "the photo itself was sent"
            assert b"of 1" in request.picture
            assert (len(request.others), request.subject, request.count) == (1, None, 1)
        spending = await studio.books.spending()
        assert (spending.today.amount, spending.headshots, spending.kept) == (FIVE * 4, 4, 0)
        (first, *_) = await studio.headshots()
        await studio.download(first.id, Export())
        assert (await studio.headshot(first.id)).downloaded
        assert (await studio.books.spending()).kept == 1
        assert await studio.books.cost_of_headshot(first) == Money(amount=FIVE)
        table = await studio.books.table()
        assert table.name == "what-left-this-computer.csv"
        assert table.data.count(b"\r\n") == 5


async def test_on_this_computer_one_is_made_of_each_look_and_nothing_leaves(settings: Settings) -> None:
    engine = FakeEngine()
    async with opened(settings, engine) as studio:
        photo = await studio.take_in(stream())
        assert await studio.estimate(photo.id, (NAVY,), count=3) is None
        await studio.order(photo.id, (NAVY, LOFT), count=3, others=[photo.id], order_id=ORDER)
        assert len(await all_settled(studio, ORDER)) == 2
        assert await studio.books.entries() == ()


async def test_an_order_over_the_budget_is_not_even_begun(settings: Settings) -> None:
    engine = PaidEngine()
    async with opened(settings, engine) as studio:
        photo = await studio.take_in(stream())
        with pytest.raises(BudgetReached):
            await studio.order(photo.id, (NAVY,), engine=OPENAI, count=7, order_id=ORDER)
        with pytest.raises(NotFound):
            await studio.order_jobs(ORDER)
        assert not engine.asked
        await studio.order(photo.id, (NAVY,), engine=OPENAI, count=6, order_id=ORDER)
        assert states(await all_settled(studio, ORDER)) == [JobState.DONE] * 6
        budget = await studio.books.budget(dollars("0.1"))
        assert budget is not None
        assert budget.near
        assert not budget.over


async def test_a_budget_does_not_hold_back_what_was_paid_already(settings: Settings) -> None:
    engine = PaidEngine(fails_at=Step.SAVING, failure=RenderingStopped(), cost=Decimal("0.40"))
    async with opened(settings, engine) as studio:
        photo = await studio.take_in(stream())
        await studio.order(photo.id, (NAVY,), engine=OPENAI, order_id=ORDER)
        assert states(await all_settled(studio, ORDER)) == [JobState.FAILED]
        engine.fails_at = None
        await studio.retry_failed(ORDER)
        assert states(await all_settled(studio, ORDER)) == [JobState.DONE]
        with pytest.raises(BudgetReached):
            await studio.order(photo.id, (NAVY,), engine=OPENAI, order_id=OrderId("another"))
        assert len(engine.posts) == 1


async def test_a_drawn_picture_that_is_none_may_be_charged_and_is_asked_for_again_only_alone(
    settings: Settings,
) -> None:
    engine = PaidEngine(unreadable=True)
    async with opened(settings, engine) as studio:
        photo = await studio.take_in(stream())
        (job,) = await studio.order(photo.id, (NAVY,), engine=OPENAI, order_id=ORDER)
        (ended,) = await all_settled(studio, ORDER)
        assert (ended.state, ended.error) == (JobState.UNKNOWN, "DrawnUnreadable")
        came = await studio.unkept(job.id)
        assert came is not None, "it was paid: the person may have what came"
        assert came.name.endswith(".bin")
        engine.unreadable = False
        assert states(await studio.retry_failed(ORDER)) == [JobState.UNKNOWN]
        assert len(engine.posts) == 1
        await studio.retry(job.id)
        assert states(await all_settled(studio, ORDER)) == [JobState.DONE]
        assert len(engine.posts) == 2


async def test_all_that_failed_is_made_again_but_what_may_have_been_charged_only_alone(
    settings: Settings,
) -> None:
    engine = PaidEngine(fails_at=Step.DRAWING, failure=BrokenOff())
    async with opened(settings, engine) as studio:
        photo = await studio.take_in(stream())
        (job,) = await studio.order(photo.id, (NAVY,), engine=OPENAI, order_id=ORDER)
        assert states(await all_settled(studio, ORDER)) == [JobState.UNKNOWN]
        engine.fails_at = None
        assert states(await studio.retry_failed(ORDER)) == [JobState.UNKNOWN]
        await studio.retry(job.id)
        assert states(await all_settled(studio, ORDER)) == [JobState.DONE]
        assert len(engine.posts) == 2


async def test_what_was_cancelled_is_made_again_apart_from_what_failed(settings: Settings) -> None:
    engine = PaidEngine(stop_at=Step.DRAWING, at_once=2)
    async with opened(settings, engine) as studio:
        photo = await studio.take_in(stream())
        looks = (NAVY, LOFT, StyleId("stage"))
        sent, _, in_time = await studio.order(photo.id, looks, engine=OPENAI, order_id=ORDER)
        await until(lambda: len(engine.posts) == 2)
        await studio.cancel(in_time.id)
        await studio.cancel(sent.id)
        engine.fails_at, engine.failure = Step.SAVING, RenderingStopped()
        engine.go.set()
        after = await all_settled(studio, ORDER)
        assert states(after) == [JobState.CANCELLED, JobState.FAILED, JobState.CANCELLED]
        assert [job.error for job in after] == ["CancelledAfterSending", "RenderingStopped", None]
        assert to_make_again(after) == (after[1],)
        engine.fails_at = None
        posts = len(engine.posts)
        await studio.retry_failed(ORDER)
        again = await all_settled(studio, ORDER)
        assert states(again) == [JobState.CANCELLED, JobState.DONE, JobState.CANCELLED]
        await studio.retry_failed(ORDER)
        again = await all_settled(studio, ORDER)
        assert states(again) == [JobState.CANCELLED, JobState.DONE, JobState.DONE], "it never left"
        await studio.retry_failed(ORDER)
        assert await all_settled(studio, ORDER) == again, "what may be charged is never repeated with others"
        await studio.retry(sent.id)
        assert states(await all_settled(studio, ORDER)) == [JobState.DONE] * 3
        assert len(engine.posts) == posts + 2


@posix
async def test_what_came_on_a_full_disk_can_be_downloaded(settings: Settings) -> None:
    engine = PaidEngine(stop_at=Step.DRAWING)
    async with opened(settings, engine) as studio:
        photo = await studio.take_in(stream())
        (job,) = await studio.order(photo.id, (NAVY,), engine=OPENAI, order_id=ORDER)
        await until(lambda: bool(engine.posts))
        with files_of_at_most(10):
            engine.go.set()
            await all_settled(studio, ORDER)
            file = await studio.unkept(job.id)
        assert file is not None
        assert file.name.startswith("headshot-advisor-navy-")
        assert file.data.startswith(b"\xff\xd8")
        await studio.retry(job.id)
        assert states(await all_settled(studio, ORDER)) == [JobState.DONE]
        assert await studio.unkept(job.id) is None
        assert len(engine.posts) == 1
