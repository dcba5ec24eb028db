"""Headshots drawn through a LiteLLM gateway over two servers on this computer: `make test-gateway`."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from headshot_web import errors, styles
from headshot_web.accounts import Entry, Outcome
from headshot_web.keys import OWN_VARIABLE, Keys
from headshot_web.model import EngineName, Job, JobState, OrderId, Quality
from headshot_web.provider_errors import (
    ModerationRefused,
    ProviderError,
    ServerBroke,
    ServerCreditSpent,
    ServerKeyWrong,
    ServerLimitReached,
    ServerModelNotFound,
    SettingRefused,
)
from headshot_web.settings import Settings
from headshot_web.studio import Studio, open_studio
from tests import portraits
from tests.gateway.gateway import KEY, Gateway
from tests.openai_faults import Fault
from tests.openai_process import OpenAIProcess

MODEL = "headshots"
GENERATIONS = 20
AT_ONCE = 4
REFUSED = {
    "moderation": (Fault.moderation(), ModerationRefused),
    "setting": (Fault.setting("prompt"), SettingRefused),
    "quota": (Fault.no_money(), ServerCreditSpent),
    "limit": (Fault.no_money("billing_hard_limit_reached"), ServerLimitReached),
    "key-behind": (Fault.wrong_key(), ServerKeyWrong),
    "model-behind": (Fault.no_model(), ServerModelNotFound),
}
UNCLEAR = {
    "broken": (Fault.status(500), ServerBroke),
    "memory": (Fault.detail("Image generation failed: out of memory"), ServerBroke),
    "proxy": (Fault.gateway(502), ServerBroke),
}
PAUSED = {"rate": Fault.rate_limited(1), "overloaded": Fault.overloaded(1)}
Servers = tuple[OpenAIProcess, OpenAIProcess]


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with OpenAIProcess(own=True, delay_s=0.5) as one, OpenAIProcess(own=True, delay_s=0.5) as other:
        yield one, other


@pytest.fixture(scope="module")
def gateway(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    groups = [MODEL, "nobody", *REFUSED, *UNCLEAR, *PAUSED]
    addresses = [server.base_url for server in servers]
    with Gateway(tmp_path_factory.mktemp("gateway"), addresses, groups) as running:
        yield running
        near = {f"127.0.0.1:{server.port}" for server in servers}
        assert near <= running.addresses, "nobody watched"
        assert {
            each for each in running.addresses if not each.startswith(("127.0.0.1:", "localhost:"))
        } == set()


@asynccontextmanager
async def studio_at(
    gateway: Gateway, folder: Path, *, model: str = MODEL, key: str = KEY
) -> AsyncIterator[Studio]:
    """The app as a person sets it up for an own server: an address, a model, a key."""
    settings = Settings(
        data_dir=folder, openai_base_url=gateway.base_url, openai_model=model, openai_at_once=AT_ONCE
    )
    keys = Keys(settings.folders, environ={OWN_VARIABLE: SecretStr(key)})
    studio = await open_studio(settings, keys=keys)
    try:
        await studio.desk.agree_to_policy()
        await studio.desk.agree()
        yield studio
    finally:
        await studio.close()


async def ordered(studio: Studio, looks: int = 1, each: int = 1) -> tuple[Job, ...]:
    """Order headshots of one photo: in so many looks, so many of each."""
    photo = await studio.take_in(whole(portraits.saved(portraits.hopper(), "JPEG")))
    chosen = [style.id for style in styles.catalogue()][:looks]
    jobs = await studio.order(
        photo.id,
        chosen,
        engine=EngineName.OPENAI,
        count=each,
        quality=Quality.DRAFT,
        order_id=OrderId(secrets.token_hex(8)),
    )
    assert len(jobs) == looks * each
    return jobs


async def whole(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def now(studio: Studio, jobs: tuple[Job, ...]) -> list[Job]:
    return [await studio.job(job.id) for job in jobs]


async def settled(studio: Studio, jobs: tuple[Job, ...], *, within_s: float = 120) -> list[Job]:
    async with asyncio.timeout(within_s):
        while True:
            found = await now(studio, jobs)
            if all(job.state.is_final for job in found):
                return found
            await asyncio.sleep(0.05)


def ledger(studio: Studio) -> list[Entry]:
    return list(studio.ledger.entries(0, 1000))


async def one(gateway: Gateway, folder: Path, **how: str) -> tuple[Job, list[Entry]]:
    """One headshot, however it ends, and what the ledger says of it."""
    async with studio_at(gateway, folder, **how) as studio:
        (job,) = await settled(studio, await ordered(studio))
        return job, ledger(studio)


def error_of(job: Job) -> type[errors.HeadshotError]:
    kind = errors.by_code(job.error)
    assert issubclass(kind, ProviderError)
    assert "OpenAI" not in kind.title + kind.advice
    assert kind.link is None
    return kind


# What goes wrong reads well, though the gateway writes it anew


@pytest.mark.parametrize("group", REFUSED)
async def test_a_refusal_is_named_and_not_sent_again(
    group: str, gateway: Gateway, servers: Servers, tmp_path: Path
) -> None:
    fault, kind = REFUSED[group]
    for server in servers:
        server.whenever(fault, model=group)
    before = gateway.posts
    job, entries = await one(gateway, tmp_path, model=group)
    assert (job.state, error_of(job)) == (JobState.FAILED, kind)
    assert [entry.receipt.outcome for entry in entries] == [Outcome.REFUSED]
    assert gateway.posts - before == 1
    assert job.request_id, "the gateway's own number is there to ask for"


@pytest.mark.parametrize("group", UNCLEAR)
async def test_what_broke_is_tried_on_every_server_and_then_left_to_the_person(
    group: str, gateway: Gateway, servers: Servers, tmp_path: Path
) -> None:
    fault, kind = UNCLEAR[group]
    for server in servers:
        server.whenever(fault, model=group)
    before = gateway.posts
    job, entries = await one(gateway, tmp_path, model=group)
    assert (job.state, error_of(job)) == (JobState.UNKNOWN, kind)
    assert [entry.receipt.outcome for entry in entries] == [Outcome.UNCLEAR]
    assert gateway.posts - before == 1
    asked = [
        len([post for post in each.posts if post.form and post.form.fields["model"] == group])
        for each in servers
    ]
    assert min(asked) >= 1


@pytest.mark.parametrize("group", PAUSED)
async def test_servers_that_are_busy_are_waited_for(
    group: str, gateway: Gateway, servers: Servers, tmp_path: Path
) -> None:
    for server in servers:
        server.whenever(PAUSED[group], model=group, times=2)
    job, entries = await one(gateway, tmp_path, model=group)
    assert (job.state, job.error) == (JobState.DONE, None)
    assert [entry.receipt.outcome for entry in entries][-1] is Outcome.ANSWERED
    assert {entry.receipt.outcome for entry in entries[:-1]} <= {Outcome.REFUSED}


async def test_a_wrong_key_for_the_gateway_is_named(gateway: Gateway, tmp_path: Path) -> None:
    job, entries = await one(gateway, tmp_path, key="sk-another-key-9876543210")
    assert (job.state, error_of(job)) == (JobState.FAILED, ServerKeyWrong)
    assert [entry.receipt.outcome for entry in entries] == [Outcome.REFUSED]


async def test_a_model_that_the_gateway_does_not_know_is_named(gateway: Gateway, tmp_path: Path) -> None:
    job, entries = await one(gateway, tmp_path, model="never-heard-of")
    assert (job.state, error_of(job)) == (JobState.FAILED, ServerModelNotFound)
    assert [entry.receipt.outcome for entry in entries] == [Outcome.REFUSED]


async def test_the_connection_can_be_tried_for_nothing(gateway: Gateway, tmp_path: Path) -> None:
    async with studio_at(gateway, tmp_path) as studio:
        assert MODEL in (await studio.desk.check()).models
        assert ledger(studio) == []
    async with studio_at(gateway, tmp_path / "other", key="sk-another-key-9876543210") as studio:
        with pytest.raises(ServerKeyWrong):
            await studio.desk.check()


# Twenty, and one server is stopped in the middle


async def test_twenty_come_back_from_two_servers_although_one_is_stopped(
    gateway: Gateway, servers: Servers, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stays, goes = servers
    before = gateway.posts
    async with studio_at(gateway, tmp_path) as studio:
        jobs = await ordered(studio, looks=GENERATIONS // 2, each=2)
        cut_off = await stopped_in_the_middle(studio, jobs, stays, goes)
        found = await settled(studio, jobs)
        assert [(job.state, job.error) for job in found] == [(JobState.DONE, None)] * GENERATIONS
        entries = ledger(studio)
        assert [entry.receipt.outcome for entry in entries] == [Outcome.ANSWERED] * GENERATIONS
        assert all(entry.receipt.cost is None for entry in entries), "nobody knows a price"
        assert len({entry.job_id for entry in entries}) == GENERATIONS
        assert gateway.posts - before == GENERATIONS, "the app sent each exactly once"
        sent = {sum_ for entry in entries for sum_ in entry.dispatch.pictures}
        posts = [post for post in stays.posts if post.form and post.form.fields["model"] == MODEL]
        received = {
            hashlib.sha256(part.data).hexdigest() for post in posts if post.form for part in post.form.images
        }
        assert received <= sent, "the gateway passed on the very picture, also when it asked again"
        assert {post.status for post in posts} == {200}
        drawn = GENERATIONS - len(posts)
        assert min(drawn, len(posts)) >= 3, "both drew"
        with capsys.disabled():
            print(
                f"\n{GENERATIONS} headshots: {len(posts)} by the server that stayed, {drawn} by the one that "
                f"was stopped; {cut_off} were cut off there and asked for again by the gateway."
            )


async def stopped_in_the_middle(
    studio: Studio, jobs: tuple[Job, ...], stays: OpenAIProcess, goes: OpenAIProcess
) -> int:
    """Stop one server once both have drawn some, while it draws; how many it was drawing."""
    async with asyncio.timeout(120):
        while True:
            gone, stayed = [await asyncio.to_thread(drawn_and_under_way, each) for each in (goes, stays)]
            if gone[0] >= 3 and stayed[0] >= 3 and gone[1]:
                break
            await asyncio.sleep(0.05)
    await asyncio.to_thread(goes.close)
    assert not all(job.state.is_final for job in await now(studio, jobs)), "it was in the middle"
    return gone[1]


def drawn_and_under_way(server: OpenAIProcess) -> tuple[int, int]:
    posts = [post for post in server.posts if post.form and post.form.fields["model"] == MODEL]
    drawn = sum(post.answered for post in posts)
    return drawn, len(posts) - drawn


# Nobody is left


async def test_when_every_server_is_gone_it_is_said_and_not_sent_again(
    gateway: Gateway, servers: Servers, tmp_path: Path
) -> None:
    for server in servers:
        server.close()
    before = gateway.posts
    job, entries = await one(gateway, tmp_path, model="nobody")
    assert (job.state, error_of(job)) == (JobState.UNKNOWN, ServerBroke)
    assert [entry.receipt.outcome for entry in entries] == [Outcome.UNCLEAR]
    assert gateway.posts - before == 1
