"""The running booth: every guest leaves with a headshot or a kind word, and leaves nothing behind."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from headshot_web.booth_leaving import without_the_booth
from headshot_web.errors import DiskFull, NotFound
from headshot_web.event import BoothEngine, Keep, Print
from headshot_web.kiosk import Step
from headshot_web.model import OWNER, EngineName, Role
from headshot_web.model import Step as WorkStep
from headshot_web.paths import Folders
from headshot_web.provider_errors import ConnectionFailed, ProviderTimeout
from headshot_web.settings import Settings
from headshot_web.signals import Agree, Cancel, Closed, Share, Shot, Tick
from headshot_web.signals import Print as PrintTouch
from headshot_web.studio import open_studio
from tests.booth_guests import (
    FakePaper,
    FakePhones,
    Guest,
    Times,
    booth,
    offering,
    photo,
    refuses,
    settled,
    until,
)
from tests.fake_engine import FakeEngine, PaidEngine

HERE, ELSEWHERE = EngineName.ON_DEVICE, EngineName.OPENAI


def pictures(folder: Path) -> list[Path]:
    """Every file of a photo or a headshot."""
    folders = Folders(folder)
    places = (folders.photos, folders.headshots, folders.answers)
    return [path for place in places for path in place.rglob("*") if path.is_file()]


async def test_a_guest_leaves_with_a_headshot_and_leaves_nothing(tmp_path: Path) -> None:
    async with booth(tmp_path) as keeper:
        guest = Guest(keeper)
        headshot = await guest.has_headshot()
        assert b"A" in await keeper.headshot(guest.visit, headshot)
        assert await keeper.look_of(guest.visit, guest.looks[3])
        await guest.leaves()
        assert keeper.state.step is Step.ATTRACT
        assert not pictures(tmp_path)
        assert await refuses(keeper.headshot(guest.visit, headshot))
        numbers = await keeper.counters()
        assert (numbers.total("guests"), numbers.total("headshots"), numbers.under_way) == (1, 1, 0)


async def test_a_guest_who_leaves_while_it_works_gets_it_by_phone_and_the_next_sees_nothing_of_it(
    tmp_path: Path,
) -> None:
    slow = FakeEngine(stop_at=WorkStep.LIGHTING)
    times, phones = Times(), FakePhones()
    async with booth(tmp_path, engines={HERE: slow}, times=times, phones=phones) as keeper:
        first = await Guest(keeper, b"A").is_photographed()
        photo_id = keeper.state.photo
        await first.orders()
        first.touches(Share)
        await until(lambda: keeper.code is not None)
        await first.leaves()
        assert keeper.code is None

        second = await Guest(keeper, b"B").is_photographed()
        await second.orders()
        slow.go.set()
        shown = await second.sees_result()
        assert b"B" in await keeper.headshot(second.visit, shown)
        async with asyncio.timeout(20):
            while not (theirs := await keeper.studio.headshots(photo_id=photo_id)):  # noqa: ASYNC110 - of an index
                await asyncio.sleep(0.01)
        assert len(theirs) == 1, "the first guest's headshot waits for their phone"
        assert await refuses(keeper.headshot(second.visit, theirs[0].id))
        assert await refuses(keeper.photo(first.visit))
        await second.leaves()
        assert pictures(tmp_path)
        times.ahead_s += 31 * 60
        await keeper.tidy()
        assert not pictures(tmp_path)


async def test_the_code_leads_to_the_one_headshot_that_is_seen(tmp_path: Path) -> None:
    phones = FakePhones()
    async with booth(tmp_path, phones=phones) as keeper:
        guest = Guest(keeper)
        headshot = await guest.has_headshot()
        session = keeper.state.session
        await guest.takes()
        await until(lambda: keeper.code is not None)
        assert phones.invited == [(session, headshot)]
        assert keeper.state.shared


async def test_where_no_phone_can_fetch_it_no_code_is_shown_and_nothing_stays(tmp_path: Path) -> None:
    async with booth(tmp_path, phones=FakePhones(off=True)) as keeper:
        guest = Guest(keeper)
        await guest.has_headshot()
        await guest.takes()
        assert keeper.code is None
        assert not keeper.state.shared
        await guest.leaves()
        assert not pictures(tmp_path)


async def test_who_was_here_when_the_power_went_is_forgotten_at_the_next_start(tmp_path: Path) -> None:
    async with booth(tmp_path, phones=FakePhones()) as keeper:
        guest = Guest(keeper)
        await guest.has_headshot()
        keeper.state = type(keeper.state)()  # as if it had ended here, without a word
        assert pictures(tmp_path)
    async with booth(tmp_path):
        assert not pictures(tmp_path)


async def test_who_waited_for_their_phone_is_forgotten_when_the_app_opens_without_the_booth(
    tmp_path: Path,
) -> None:
    async with booth(tmp_path, phones=FakePhones()) as keeper:
        guest = Guest(keeper)
        await guest.has_headshot()
        await guest.takes()
        await until(lambda: keeper.code is not None)
        await guest.leaves()
        assert pictures(tmp_path)
    studio = await open_studio(Settings(data_dir=tmp_path))
    try:
        await without_the_booth(studio)
        assert not pictures(tmp_path)
    finally:
        await studio.close()


async def test_what_an_event_keeps_is_still_here_after_a_restart_and_after_a_phone_is_let_go(
    tmp_path: Path,
) -> None:
    kept = offering(BoothEngine.ON_DEVICE, keep=Keep.UNTIL_EVENT_ENDS)
    async with booth(tmp_path, kept, phones=FakePhones()) as keeper:
        guest = Guest(keeper)
        await guest.has_headshot()
        session = keeper.state.session
        ends = datetime.now(UTC) + timedelta(hours=1)
        keeper.studio.devices.pair(Role.GUEST, session, name="iPhone", ends_at=ends)
        await guest.leaves()
        await keeper.studio.guests.leave_all()
        assert pictures(tmp_path)
    async with booth(tmp_path, kept) as keeper:
        assert pictures(tmp_path)
        await keeper.end_event(delete=True)
        assert not pictures(tmp_path)


async def test_only_the_pictures_of_a_guest_who_said_yes_are_handed_over(tmp_path: Path) -> None:
    event = offering(BoothEngine.ON_DEVICE, keep=Keep.HANDED_OVER)
    async with booth(tmp_path, event) as keeper:
        handed: list[bytes] = []
        for mark, keep in ((b"A", False), (b"B", True), (b"C", False)):
            guest = await Guest(keeper, mark).comes()
            guest.touches(Agree, keep=keep)
            guest.touches(Shot)
            await keeper.take_in(guest.visit, photo(mark))
            await guest.orders()
            await guest.sees_result()
            await guest.leaves()
            await keeper.tidy()
            owned = await keeper.studio.headshots(session=OWNER)
            handed = [await keeper.studio.headshot_picture(one.id) for one in owned]
        assert [b"B" in picture for picture in handed] == [True]
        assert len([path for path in pictures(tmp_path) if path.suffix == ".jpg"]) == 4, "two of each: B's"
    async with booth(tmp_path, event) as keeper:
        await keeper.end_event(delete=True)
        assert len(await keeper.studio.headshots(session=OWNER)) == 1, "it is the owner's now"


async def test_what_cannot_be_reached_is_made_here_instead(tmp_path: Path) -> None:
    away = PaidEngine(fails_at=WorkStep.WAITING, failure=ConnectionFailed())
    engines = {HERE: FakeEngine(), ELSEWHERE: away}
    async with booth(tmp_path, offering(BoothEngine.OPENAI_ELSE_HERE), engines) as keeper:
        guest = await Guest(keeper).is_photographed()
        await guest.orders()
        await guest.sees_result()
        assert [choice.instead for choice in keeper.state.orders] == [True]
        assert keeper.last_error
        assert keeper.last_error[1].title == "There is no connection"


async def test_a_failure_is_told_kindly_and_the_guest_can_go_on(tmp_path: Path) -> None:
    broken = PaidEngine(fails_at=WorkStep.DRAWING, failure=ProviderTimeout())
    async with booth(tmp_path, offering(BoothEngine.OPENAI), {ELSEWHERE: broken}) as keeper:
        guest = await Guest(keeper).is_photographed()
        await guest.orders()
        await until(lambda: keeper.state.trouble is not None)
        assert guest.step is Step.WAITING
        assert keeper.state.left(keeper.event) == 1, "it may have been charged, so it counts"
        broken.fails_at = None
        await guest.orders(1)
        await guest.sees_result()
        assert len(broken.posts) == 2


@pytest.mark.parametrize(
    ("limit", "value"), [("paid_per_hour", 1), ("paid_in_all", 1), ("budget", Decimal("0.07"))]
)
async def test_the_limits_of_the_event_hold_over_all_guests(
    tmp_path: Path, limit: str, value: Decimal | int
) -> None:
    paid = PaidEngine()
    event = offering(BoothEngine.OPENAI, **{limit: value})
    async with booth(tmp_path, event, {ELSEWHERE: paid}) as keeper:
        first = Guest(keeper)
        await first.has_headshot()
        await first.leaves()
        second = Guest(keeper)
        await keeper.tidy()
        if keeper.state.in_the_way:
            assert keeper.state.in_the_way == (Closed.BUDGET_SPENT,)
        else:  # what is left of the budget is only known with a price
            await second.is_photographed()
            await second.orders()
            await until(lambda: keeper.state.trouble == "BudgetReached")
        assert len(paid.posts) == 1
        assert (await keeper.counters()).cost.amount == Decimal("0.05")


async def test_another_event_begins_to_count_anew(tmp_path: Path) -> None:
    event = offering(BoothEngine.OPENAI, paid_in_all=1)
    async with booth(tmp_path, event, {ELSEWHERE: PaidEngine()}) as keeper:
        guest = Guest(keeper)
        await guest.has_headshot()
        await guest.leaves()
        keeper.events.use(event.anew())
        await settled(keeper)
        await keeper.tidy()
        assert not keeper.state.in_the_way
        assert (await keeper.counters()).total("guests") == 0


async def test_a_booth_that_cannot_deliver_says_why_and_opens_by_itself(tmp_path: Path) -> None:
    paper = FakePaper()
    event = offering(BoothEngine.ON_DEVICE, share_by_qr=False, printing=Print(enabled=True))
    async with booth(tmp_path, event, paper=paper) as keeper:
        for make, mend, reason in (
            (lambda: keeper.camera(missing=True), lambda: keeper.camera(missing=False), Closed.NO_CAMERA),
            (
                lambda: setattr(keeper.health, "least_free_bytes", 10**18),
                lambda: setattr(keeper.health, "least_free_bytes", 0),
                Closed.DISK_FULL,
            ),
            (
                lambda: setattr(paper, "broken", DiskFull()),
                lambda: setattr(paper, "broken", None),
                Closed.PRINTER_OUT,
            ),
        ):
            make()
            await keeper.tidy()
            assert keeper.state.in_the_way == (reason,)
            keeper.begin()
            assert keeper.state.visit is None
            mend()
            await keeper.tidy()
            assert not keeper.state.in_the_way


async def test_without_a_key_a_booth_of_openai_is_closed(tmp_path: Path) -> None:
    async with booth(tmp_path, offering(BoothEngine.OPENAI)) as keeper:
        await keeper.studio.desk.withdraw()
        await keeper.tidy()
        assert keeper.state.in_the_way == (Closed.NO_ENGINE,)
        keeper.events.change(engine=BoothEngine.ON_DEVICE)
        await settled(keeper)
        assert not keeper.state.in_the_way


async def test_a_photo_that_arrives_after_its_guest_left_is_not_kept(tmp_path: Path) -> None:
    arrives = asyncio.Event()

    async def late() -> object:
        async for piece in photo():
            await arrives.wait()
            yield piece

    async with booth(tmp_path) as keeper:
        guest = await Guest(keeper).comes()
        guest.touches(Agree)
        guest.touches(Shot)
        coming = asyncio.create_task(keeper.take_in(guest.visit, late()))  # type: ignore[arg-type]
        await until(lambda: keeper.state.taking_in)
        await guest.leaves()
        arrives.set()
        await asyncio.wait([coming])
        await settled(keeper)
        await keeper.tidy()
        assert not pictures(tmp_path)


async def test_pressing_twice_and_cancelling_orders_and_pays_once(tmp_path: Path) -> None:
    paid = PaidEngine(stop_at=WorkStep.WAITING)
    async with booth(tmp_path, offering(BoothEngine.OPENAI), {ELSEWHERE: paid}) as keeper:
        guest = await Guest(keeper).is_photographed()
        await asyncio.gather(guest.orders(), guest.orders(1), guest.orders())
        await until(lambda: len(paid.asked) == 1)
        guest.touches(Cancel)
        assert guest.step is Step.LOOKS
        await until(lambda: not keeper.state.orders)
        assert not paid.posts


async def test_idle_ends_the_visit_and_cancels_what_nobody_waits_for(tmp_path: Path) -> None:
    slow, times = FakeEngine(stop_at=WorkStep.LIGHTING), Times()
    async with booth(tmp_path, engines={HERE: slow}, times=times) as keeper:
        guest = await Guest(keeper).is_photographed()
        await guest.orders()
        await until(lambda: bool(slow.asked))
        times.ahead_s += 300
        keeper.touch(Tick(visit=guest.visit))
        await settled(keeper)
        assert guest.step is Step.ATTRACT
        assert slow.ended == 1
        assert not pictures(tmp_path)


async def test_prints_as_many_copies_as_allowed_and_says_when_it_cannot(tmp_path: Path) -> None:
    paper = FakePaper()
    event = offering(BoothEngine.ON_DEVICE, printing=Print(enabled=True, copies_most=2))
    async with booth(tmp_path, event, paper=paper) as keeper:
        guest = Guest(keeper)
        await guest.has_headshot()
        await guest.takes()
        guest.touches(PrintTouch, copies=9)
        await until(lambda: keeper.print_state == "printed")
        assert len(paper.sheets) == 2
        paper.broken = DiskFull()
        guest.touches(PrintTouch, copies=1)
        await until(lambda: keeper.print_state == "DiskFull")


async def test_at_the_end_of_the_event_no_face_is_left(tmp_path: Path) -> None:
    event = offering(BoothEngine.ON_DEVICE, keep=Keep.UNTIL_EVENT_ENDS)
    times = Times()
    async with booth(tmp_path, event, times=times) as keeper:
        for mark in (b"A", b"B"):
            guest = Guest(keeper, mark)
            await guest.has_headshot()
            await guest.leaves()
        times.ahead_s += timedelta(days=3).total_seconds()
        await keeper.tidy()
        assert pictures(tmp_path)
        receipt = await keeper.end_event(delete=True)
        assert (receipt.visits, receipt.deleted) == (2, 2)
        assert not pictures(tmp_path)


async def test_a_test_shot_shows_a_look_and_leaves_nothing(tmp_path: Path) -> None:
    async with booth(tmp_path) as keeper:
        assert await keeper.test_shot(photo(b"T"), keeper.event.looks[0])
        assert not pictures(tmp_path)
        assert (await keeper.counters()).total("guests") == 0


async def test_nothing_is_taken_in_for_nobody(tmp_path: Path) -> None:
    async with booth(tmp_path) as keeper:
        guest = await Guest(keeper).comes()
        with pytest.raises(NotFound):
            await keeper.take_in(guest.visit, photo())
        assert not pictures(tmp_path)
