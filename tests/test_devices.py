"""The phones that were let in: known by a secret of which only the hash is kept, until their time is over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from headshot_web.devices import Device, Devices
from headshot_web.errors import NotFound
from headshot_web.index import Index
from headshot_web.model import OWNER, DeviceId, HeadshotId, Role, Session

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
FOUR = NOON + timedelta(hours=4)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    opened = Index.open(tmp_path / "index.sqlite3")
    yield opened
    opened.close()


@pytest.fixture
def devices(index: Index, clock: Clock) -> Devices:
    return Devices(index, now=clock)


def pair(devices: Devices, role: Role = Role.GUEST) -> tuple[Device, str]:
    return devices.pair(role, name="iPhone", ends_at=FOUR)


def test_a_phone_is_known_by_its_secret_also_after_a_restart(devices: Devices, index: Index) -> None:
    device, token = pair(devices)
    for known in (devices, Devices(index, now=lambda: NOON)):
        assert known.find(token) == device
        assert known.find(token[:-1]) is None
        assert known.find("") is None
        assert known.all() == (device,)
    assert device.visitor.device == device.id
    rows = index.read("SELECT * FROM devices")
    assert token not in str([tuple(row) for row in rows])


def test_each_guest_has_a_space_of_their_own_and_the_family_the_owners(devices: Devices) -> None:
    one, two = pair(devices)[0], pair(devices)[0]
    assert OWNER != one.session != two.session != OWNER
    assert pair(devices, Role.FAMILY)[0].session == OWNER
    hers, _ = devices.pair(Role.GUEST, Session("anna"), name="iPhone", ends_at=FOUR, only=HeadshotId("hers"))
    assert (hers.visitor.session, hers.visitor.only) == ("anna", "hers")


def test_its_time_ends_and_can_be_prolonged(devices: Devices, clock: Clock) -> None:
    device, token = pair(devices)
    clock.now = FOUR - timedelta(seconds=1)
    assert devices.find(token)
    devices.prolong(FOUR + timedelta(hours=1))
    clock.now = FOUR + timedelta(minutes=59)
    assert devices.find(token)
    clock.now = FOUR + timedelta(hours=1)
    assert devices.find(token) is None
    assert devices.all() == ()
    assert [one.id for one in devices.over()] == [device.id]
    with pytest.raises(NotFound):
        devices.device(device.id)


def test_once_let_go_it_is_met_no_more(devices: Devices, index: Index) -> None:
    (device, token), (other, others) = pair(devices), pair(devices)
    devices.end(device.id)
    for known in (devices, Devices(index, now=lambda: NOON)):
        assert known.find(token) is None
        assert known.all() == (other,)
        assert [one.id for one in known.over()] == [device.id]
    devices.drop(device.id)
    assert devices.over() == Devices(index).over()[:0]
    assert devices.find(others)
    devices.end_all(Role.FAMILY)
    assert devices.find(others)
    devices.end_all()
    assert devices.find(others) is None
    assert devices.end(DeviceId("nobody")) is None


def test_it_is_said_when_it_was_seen_last(devices: Devices, clock: Clock) -> None:
    told: list[Device] = []
    device, token = pair(devices)
    devices.subscribe(told.append)
    clock.now += timedelta(seconds=59)
    devices.find(token)
    assert (devices.device(device.id).last_seen, told) == (NOON, [])
    clock.now += timedelta(seconds=1)
    devices.find(token)
    assert devices.device(device.id).last_seen == clock.now
    assert [one.id for one in told] == [device.id]


def test_what_is_agreed_to_counts_on_that_phone_alone(devices: Devices, index: Index) -> None:
    (device, token), (other, _) = pair(devices), pair(devices)
    devices.agree(device.id, "policy", "2026-11-23")
    devices.agree(device.id, "sending", "2026-11-22 api.openai.com")
    again = Devices(index, now=lambda: NOON).find(token)
    assert again
    assert (again.agreed_policy, again.agreed_sending) == ("2026-11-23", "2026-11-22 api.openai.com")
    assert devices.device(other.id).agreed_policy is None
    devices.agree(device.id, "sending", None)
    assert devices.device(device.id).agreed_sending is None


def test_the_next_guest_at_a_device_begins_anew(devices: Devices) -> None:
    device, token = devices.pair(Role.BOOTH, Session("anna"), name="Booth", ends_at=FOUR)
    devices.agree(device.id, "policy", "2026-11-23")
    told: list[Device] = []
    devices.subscribe(told.append)
    moved = devices.move(device.id, Session("bert"), keep=True)
    assert (moved.session, moved.agreed_policy, moved.keep) == ("bert", None, True)
    assert devices.find(token) == moved == told[-1]


def test_listeners_hear_who_comes_and_goes(devices: Devices) -> None:
    told: list[tuple[str, bool]] = []
    stop = devices.subscribe(lambda one: told.append((one.id, one.ended_at is not None)))
    device, _ = pair(devices)
    devices.end(device.id)
    devices.end(device.id)
    assert told == [(device.id, False), (device.id, True)]
    stop()
    pair(devices)
    assert len(told) == 2
