"""What guests may have drawn elsewhere, in whose name, and what becomes of a visit after a crash."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from headshot_web.errors import (
    BudgetReached,
    ConsentNeeded,
    GuestLimit,
    GuestsFull,
    NotForGuests,
    NotFound,
    PolicyChanged,
)
from headshot_web.library import Library
from headshot_web.model import OWNER, EngineName, JobState, OrderId, Photo, Role, Session, StyleId
from headshot_web.settings import GuestEngine, Settings
from headshot_web.studio import Studio
from headshot_web.visit import Visit
from tests.fake_engine import FakeEngine, PaidEngine, developed
from tests.test_studio import all_settled, opened, stream

NAVY, LOFT = StyleId("advisor-navy"), StyleId("founder-loft")
HOST = "api.openai.com"
ELSEWHERE: dict[str, Any] = {"engine": EngineName.OPENAI}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "app", guest_engine=GuestEngine.PROVIDER, guest_paid=2, guests_paid=3)


@asynccontextmanager
async def studio_of(settings: Settings, *engines: Any) -> AsyncIterator[Studio]:
    async with opened(settings, *engines) as studio:
        await studio.desk.keep_key("sk-1234567890")
        yield studio


async def comes(studio: Studio, role: Role = Role.GUEST, *, agrees: bool = True, keep: bool = False) -> Visit:
    ends_at = datetime.now(UTC) + timedelta(hours=4)
    device, _ = studio.devices.pair(role, name="iPhone", ends_at=ends_at, keep=keep)
    visit = Visit(studio, device.visitor)
    if agrees:
        await visit.agree_to_policy()
        await visit.agree_to_sending(HOST)
    return visit


async def orders(visit: Visit, photo: Photo, number: int, *looks: StyleId) -> None:
    order = OrderId(f"order {number}")
    await visit.order(photo.id, looks or (NAVY,), order_id=order, **ELSEWHERE)
    async with asyncio.timeout(10):
        while not all(job.state.is_final for job in await visit.order_jobs(order)):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_a_guest_can_have_only_so_many_drawn_and_deleting_brings_none_back(settings: Settings) -> None:
    engine = PaidEngine()
    async with studio_of(settings, engine) as studio:
        visit = await comes(studio)
        photo = await visit.take_in(stream())
        assert (await visit.allowance()) is not None
        await orders(visit, photo, 1)
        left = await visit.allowance()
        assert left
        assert (left.mine, left.everybodys, left.of, left.left) == (1, 2, 2, 1)
        with pytest.raises(GuestLimit):
            await orders(visit, photo, 2, NAVY, LOFT)
        await visit.forget_photo(photo.id)
        again = await visit.take_in(stream())
        await orders(visit, again, 3)
        with pytest.raises(GuestLimit):
            await orders(visit, again, 4)
        assert len(engine.posts) == 2


async def test_all_guests_together_can_have_only_so_many_drawn(settings: Settings) -> None:
    engine = PaidEngine()
    async with studio_of(settings, engine) as studio:
        for number in range(2):
            visit = await comes(studio)
            photo = await visit.take_in(stream())
            looks = (NAVY, LOFT) if number == 0 else (NAVY,)
            await orders(visit, photo, number, *looks)
            await visit.end()
        late = await comes(studio)
        photo = await late.take_in(stream())
        with pytest.raises(GuestsFull):
            await orders(late, photo, 9)
    async with studio_of(settings, engine) as studio:
        assert studio.library.visits.drawn_today() == 3, "also after a restart"
    assert len(engine.posts) == 3


async def test_two_orders_at_once_do_not_both_fit(settings: Settings) -> None:
    engine = PaidEngine(pause_s=0.05)
    async with studio_of(settings, engine) as studio:
        visit = await comes(studio)
        photo = await visit.take_in(stream())
        placed = await asyncio.gather(
            *(orders(visit, photo, number, NAVY, LOFT) for number in range(4)), return_exceptions=True
        )
        assert [type(one) for one in placed].count(GuestLimit) == 3
        assert len(engine.posts) == 2


async def test_only_the_guests_own_yes_sends_a_guests_photo(settings: Settings) -> None:
    engine = PaidEngine()
    async with studio_of(settings, engine) as studio:
        await studio.desk.agree_to_policy()
        await studio.desk.agree(HOST)
        somebody = await comes(studio)
        visit = await comes(studio, agrees=False)
        photo = await visit.take_in(stream())
        with pytest.raises(PolicyChanged):
            await orders(visit, photo, 1)
        await visit.agree_to_policy()
        with pytest.raises(ConsentNeeded):
            await orders(visit, photo, 2)
        await visit.agree_to_sending("elsewhere.example")
        with pytest.raises(ConsentNeeded):
            await orders(visit, photo, 3)
        assert not engine.posts
        assert (await visit.offer()).agreed_at is None
        await visit.agree_to_sending(HOST)
        assert (await visit.offer()).agreed_at
        await orders(visit, photo, 4)
        await visit.withdraw_sending()
        with pytest.raises(ConsentNeeded):
            await orders(visit, photo, 5)
        assert len(engine.posts) == 1
        assert await somebody.policy_agreed()


async def test_a_yes_taken_back_stops_what_still_waits(settings: Settings) -> None:
    engine = PaidEngine(stop_at=None, at_once=1, pause_s=0.1)
    async with studio_of(settings, engine) as studio:
        visit = await comes(studio)
        photo = await visit.take_in(stream())
        order = OrderId("two")
        await visit.order(photo.id, [NAVY, LOFT], order_id=order, **ELSEWHERE)
        async with asyncio.timeout(10):
            while not engine.posts:  # noqa: ASYNC110 - there is nothing to be told
                await asyncio.sleep(0.005)
        await visit.withdraw_sending()
        jobs = await all_settled(studio, order)
        assert len(engine.posts) == 1
        assert sorted(job.state for job in jobs) == [JobState.DONE, JobState.FAILED]


async def test_where_the_owner_allows_none_guests_learn_of_none(tmp_path: Path) -> None:
    async with studio_of(Settings(data_dir=tmp_path / "app"), PaidEngine()) as studio:
        visit = await comes(studio)
        photo = await visit.take_in(stream())
        offer = await visit.offer()
        assert (offer.ready, offer.hint, await visit.allowance()) == (False, None, None)
        with pytest.raises(NotForGuests):
            await orders(visit, photo, 1)
        assert await visit.estimate(photo.id, [NAVY], **ELSEWHERE) is None


async def test_guests_see_no_costs_unless_they_are_let(settings: Settings) -> None:
    async with studio_of(settings, PaidEngine()) as studio:
        visit = await comes(studio)
        photo = await visit.take_in(stream())
        await orders(visit, photo, 1)
        (headshot,) = await visit.headshots()
        assert await visit.estimate(photo.id, [NAVY], **ELSEWHERE) is None
        assert await visit.cost_of_headshot(headshot) is None
        await studio.desk.choose(guest_costs=True)
        assert await visit.estimate(photo.id, [NAVY], **ELSEWHERE)
        assert await visit.cost_of_headshot(headshot)


async def test_the_owners_budget_counts_for_guests_too(settings: Settings) -> None:
    async with studio_of(settings, engine := PaidEngine()) as studio:
        await studio.desk.set_budget(Decimal("0.01"), None)
        visit = await comes(studio)
        photo = await visit.take_in(stream())
        with pytest.raises(BudgetReached):
            await orders(visit, photo, 1)
        assert not engine.posts


async def test_another_visits_order_cannot_be_placed_again(settings: Settings) -> None:
    async with opened(settings, FakeEngine()) as studio:
        one, two = await comes(studio), await comes(studio)
        hers, his = await one.take_in(stream()), await two.take_in(stream())
        await one.order(hers.id, [NAVY], order_id=OrderId("hers"))
        for attempt in (hers, his):
            with pytest.raises(NotFound):
                await two.order(attempt.id, [NAVY], order_id=OrderId("hers"))
        with pytest.raises(NotFound):
            await two.order(his.id, [NAVY], order_id=OrderId("his"), others=[hers.id])


async def test_only_ones_own_jobs_are_heard_of(settings: Settings) -> None:
    async with opened(settings, FakeEngine()) as studio:
        one, two = await comes(studio), await comes(studio)
        heard: dict[str, set[str]] = {"one": set(), "two": set()}
        one.subscribe(lambda job: heard["one"].add(job.photo_id))
        two.subscribe(lambda job: heard["two"].add(job.photo_id))
        photo = await one.take_in(stream())
        await one.order(photo.id, [NAVY], order_id=OrderId("hers"))
        await all_settled(studio, OrderId("hers"))
        assert heard == {"one": {photo.id}, "two": set()}


async def test_only_ones_own_deletions_can_be_undone(settings: Settings) -> None:
    async with opened(settings, FakeEngine()) as studio:
        one, two = await comes(studio), await comes(studio)
        photo = await one.take_in(stream())
        binned = await one.bin_photo(photo.id)
        assert (one.binned(), two.binned()) == ((binned,), ())
        with pytest.raises(NotFound):
            await two.undo(binned.token)
        await one.undo(binned.token)
        assert await one.photo(photo.id)


async def test_what_comes_after_the_end_is_not_taken_in(settings: Settings) -> None:
    async with opened(settings, FakeEngine()) as studio:
        visit = await comes(studio)
        await visit.end()
        with pytest.raises(NotFound):
            await visit.take_in(stream())
        assert not await studio.photos()


async def test_a_kept_visit_is_handed_over_whole_and_stays_so_when_the_index_is_made_anew(
    settings: Settings,
) -> None:
    async with opened(settings, FakeEngine()) as studio:
        visit = await comes(studio, keep=True)
        photo, binned = await visit.take_in(stream()), await visit.take_in(stream())
        await visit.order(photo.id, [NAVY], order_id=OrderId("hers"))
        await all_settled(studio, OrderId("hers"))
        await visit.bin_photo(binned.id)
        assert await studio.count(session=OWNER) == 0
        await visit.end()
        assert await studio.count(session=OWNER) == 1
        assert [one.id for one in await studio.photos(OWNER)] == [photo.id]
    Library.rebuild(settings.folders)
    async with opened(settings, FakeEngine()) as studio:
        assert [one.id for one in await studio.photos(OWNER)] == [photo.id]
        assert await studio.count(session=OWNER) == 1


@pytest.mark.parametrize("keep", [True, False])
async def test_a_visit_that_a_crash_left_open_is_ended_at_the_next_start(
    settings: Settings, keep: bool
) -> None:
    library = Library.open(settings.folders)
    gone, here = Session("a" * 32), Session("b" * 32)
    library.visits.begin(gone, keep=keep)
    library.keep_photo(developed(b"gone"), gone)
    library.keep_photo(developed(b"nobody wrote this visit down"), here)
    library.close()
    async with opened(settings, FakeEngine()) as studio:
        assert len(await studio.photos()) == len(await studio.photos(OWNER)) == int(keep)


async def test_a_visit_whose_time_is_not_over_goes_on_after_a_restart(settings: Settings) -> None:
    async with opened(settings, FakeEngine()) as studio:
        visit = await comes(studio)
        await visit.take_in(stream())
    async with opened(settings, FakeEngine()) as studio:
        (device,) = studio.devices.all()
        again = Visit(studio, device.visitor)
        assert len(await again.photos()) == 1
        assert await again.policy_agreed()


async def test_deleting_everything_deletes_what_is_guests_too_and_lets_them_go(settings: Settings) -> None:
    async with opened(settings, FakeEngine()) as studio:
        visit = await comes(studio, keep=True)
        await visit.take_in(stream())
        await studio.forget_everything()
        assert not await studio.photos()
        assert not studio.devices.all()
        with pytest.raises(NotFound):
            await visit.take_in(stream())


async def test_a_family_shares_the_gallery_but_each_agrees_for_themself(settings: Settings) -> None:
    async with studio_of(settings, engine := PaidEngine()) as studio:
        await studio.desk.withdraw_policy()
        await studio.desk.withdraw(HOST)
        before = studio.desk.consents.history()
        photo = await studio.take_in(stream())
        family = await comes(studio, Role.FAMILY, agrees=False)
        assert await family.photo(photo.id)
        assert not await family.policy_agreed()
        await family.agree_to_policy()
        await family.agree_to_sending(HOST)
        assert studio.desk.consents.history() == before
        with pytest.raises(PolicyChanged):
            await orders(family, photo, 1)
        await studio.desk.agree_to_policy()
        await studio.desk.agree(HOST)
        await orders(family, photo, 2)
        assert len(engine.posts) == 1
        await family.end()
        assert await studio.photo(photo.id), "the gallery stays when the phone goes"


def test_a_gallery_of_ten_thousand_is_told_apart_at_once(settings: Settings) -> None:
    library = Library.open(settings.folders)
    try:
        plan = library.index.read(
            """EXPLAIN QUERY PLAN SELECT * FROM headshots WHERE binned_by IS NULL AND session = ?
            ORDER BY created_at DESC, seq DESC LIMIT 60""",
            ("owner",),
        )
        told = " ".join(row["detail"] for row in plan)
        assert "headshots_of_session" in told
        assert "TEMP B-TREE" not in told
    finally:
        library.close()
