"""The phones that were let in: who each is, until when, and what was agreed to on it.

Of the secret that a phone keeps only the hash is known here. They are read once and then kept in memory
too, so that a request waits for no disk.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from headshot_web.access import Visitor
from headshot_web.errors import NotFound
from headshot_web.index import Index, insert
from headshot_web.model import OWNER, DeviceId, HeadshotId, Role, Session
from headshot_web.records import Record, Written, time_text
from headshot_web.shelves import new_id

if TYPE_CHECKING:
    import sqlite3

Listener = Callable[["Device"], None]

TOKEN_BYTES: Final = 32
SEEN_EVERY: Final = timedelta(minutes=1)
LONGEST_NAME: Final = 40
_AGREEMENTS: Final = {"policy": "agreed_policy", "sending": "agreed_sending"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A phone that was let in."""

    id: DeviceId
    role: Role
    session: Session
    name: str
    """What kind of device it is, roughly: “iPhone”."""
    only: HeadshotId | None = None
    """The one headshot it may fetch, when it may see nothing else."""
    paired_at: datetime
    last_seen: datetime
    ends_at: datetime
    ended_at: datetime | None = None
    """When it was let go; its listeners hear of that, and nobody else meets it again."""
    agreed_policy: str | None = None
    """The version of the policy that was agreed to on it."""
    agreed_sending: str | None = None
    """The version of the words, and the host, for which sending was agreed to on it."""
    keep: bool = False
    """Whether the owner keeps the visit's pictures at its end, as the guest is told."""

    @property
    def visitor(self) -> Visitor:
        """Who is at the app when this phone asks."""
        return Visitor(role=self.role, session=self.session, device=self.id, only=self.only)


def digest_of(token: str) -> str:
    """Return what is kept of a phone's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


class Devices:
    """Every phone that was let in; what is written here survives a restart. Thread-safe."""

    def __init__(self, index: Index, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Read those that are written in the index."""
        self._index = index
        self._now = now
        self._lock = threading.RLock()
        self._listeners: dict[object, Listener] = {}
        self.open_until: datetime | None = None
        """Until when phones are let in; None while that is not known."""
        self._known: dict[DeviceId, Device] = {}
        self._by_digest: dict[str, DeviceId] = {}
        for row in index.read("SELECT * FROM devices ORDER BY seq"):
            self._known[DeviceId(row["id"])] = _device(row)
            self._by_digest[row["digest"]] = DeviceId(row["id"])

    def pair(  # noqa: PLR0913 - all that is known of a phone
        self,
        role: Role,
        session: Session | None = None,
        *,
        name: str,
        ends_at: datetime,
        only: HeadshotId | None = None,
        keep: bool = False,
    ) -> tuple[Device, str]:
        """Let a phone in, and return it with its secret, which is not kept; a guest begins a new visit."""
        token, moment = secrets.token_urlsafe(TOKEN_BYTES), self._now()
        owners = role in (Role.OWNER, Role.FAMILY)
        device = Device(
            id=DeviceId(new_id()),
            role=role,
            session=OWNER if owners else session or Session(new_id()),
            name=name[:LONGEST_NAME],
            only=only,
            paired_at=moment,
            last_seen=moment,
            ends_at=ends_at,
            keep=keep,
        )
        with self._lock:
            with self._index.write() as connection:
                insert(connection, "devices", {"digest": digest_of(token), **_record(device)})
                _begin(connection, device.session, moment, keep=keep)
            self._known[device.id] = device
            self._by_digest[digest_of(token)] = device.id
        self._tell(device)
        return device, token

    def find(self, token: str) -> Device | None:
        """Return the phone that has this secret; None when it is unknown or its time is over."""
        with self._lock:
            device = self._known.get(self._by_digest.get(digest_of(token), DeviceId("")))
            moment = self._now()
            if device is None or device.ended_at is not None or device.ends_at <= moment:
                return None
            if moment - device.last_seen < SEEN_EVERY:
                return device
            device = self._known[device.id] = replace(device, last_seen=moment)
        self._tell(device)
        return device

    def device(self, device_id: DeviceId | None) -> Device:
        """Return a phone that is let in now; raises `NotFound`."""
        device = self._known.get(device_id) if device_id else None
        if device is None or device.ended_at is not None or device.ends_at <= self._now():
            raise NotFound
        return device

    def all(self) -> tuple[Device, ...]:
        """Return every phone that is let in now, the latest first."""
        moment = self._now()
        with self._lock:
            known = list(self._known.values())
        return tuple(one for one in reversed(known) if one.ended_at is None and one.ends_at > moment)

    def over(self) -> tuple[Device, ...]:
        """Return those that were let go, or whose time is over, and that are still written here."""
        moment = self._now()
        with self._lock:
            known = list(self._known.values())
        return tuple(one for one in known if one.ended_at is not None or one.ends_at <= moment)

    def end(self, device_id: DeviceId) -> Device | None:
        """Let a phone go: from now on its secret opens nothing; None when it is unknown."""
        with self._lock:
            device = self._known.get(device_id)
            if device is None or device.ended_at is not None:
                return device
            device = self._change(replace(device, ended_at=self._now()))
        self._tell(device)
        return device

    def end_all(self, role: Role | None = None) -> tuple[Device, ...]:
        """Let all phones go, or all of a role."""
        return tuple(ended for one in self.all() if role in (None, one.role) and (ended := self.end(one.id)))

    def drop(self, device_id: DeviceId) -> None:
        """Take a phone that was let go out of the index."""
        with self._lock:
            with self._index.write() as connection:
                connection.execute("DELETE FROM devices WHERE id = ?", (device_id,))
            self._known.pop(device_id, None)
            self._by_digest = {key: one for key, one in self._by_digest.items() if one != device_id}

    def forget_all(self) -> None:
        """Meet nobody any more whose row is gone, as after everything was deleted."""
        with self._lock:
            ended = [replace(one, ended_at=self._now()) for one in self._known.values()]
            self._known.clear()
            self._by_digest.clear()
        for device in ended:
            self._tell(device)

    def agree(self, device_id: DeviceId, kind: str, version: str | None) -> Device:
        """Write down on a phone what was agreed to on it, or, with None, that it was taken back."""
        with self._lock:
            changes: dict[str, Any] = {_AGREEMENTS[kind]: version}
            device = self._change(replace(self.device(device_id), **changes))
        self._tell(device)
        return device

    @property
    def is_open(self) -> bool:
        """Whether phones are let in now."""
        return self.open_until is not None and self.open_until > self._now()

    def prolong(self, ends_at: datetime) -> None:
        """Let all phones that are here, and those that come, stay until then."""
        self.open_until = ends_at
        for one in self.all():
            with self._lock:
                device = self._change(replace(one, ends_at=ends_at))
            self._tell(device)

    def move(self, device_id: DeviceId, session: Session, *, keep: bool = False) -> Device:
        """Give a device to its next guest, who has agreed to nothing yet."""
        with self._lock:
            fresh = replace(self.device(device_id), session=session, keep=keep, only=None)
            device = self._change(replace(fresh, agreed_policy=None, agreed_sending=None))
        self._tell(device)
        return device

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Tell a listener of each phone that comes, goes (`ended_at`) or changes; returns how to stop.

        It may be told in any thread.
        """
        key = object()
        self._listeners[key] = listener

        def unsubscribe() -> None:
            self._listeners.pop(key, None)

        return unsubscribe

    def _change(self, device: Device) -> Device:
        record = _record(device)
        sets = ", ".join(f"{column} = :{column}" for column in record)
        with self._index.write() as connection:
            connection.execute(f"UPDATE devices SET {sets} WHERE id = :id", record)  # noqa: S608 - see below
            _begin(connection, device.session, self._now(), keep=device.keep)
        self._known[device.id] = device
        return device

    def _tell(self, device: Device) -> None:
        for listener in list(self._listeners.values()):
            listener(device)


def _begin(connection: sqlite3.Connection, session: Session, moment: datetime, *, keep: bool) -> None:
    """Write down that a visit begins, if it is one and is new."""
    if session != OWNER:
        insert(connection, "visits", {"session": session, "began_at": time_text(moment), "keep": int(keep)})


def _record(device: Device) -> Record:
    return {
        "id": device.id,
        "role": device.role.value,
        "session": device.session,
        "kind": device.name,
        "only_headshot": device.only,
        "paired_at": time_text(device.paired_at),
        "last_seen": time_text(device.last_seen),
        "ends_at": time_text(device.ends_at),
        "ended_at": time_text(device.ended_at) if device.ended_at else None,
        "agreed_policy": device.agreed_policy,
        "agreed_sending": device.agreed_sending,
        "keep": int(device.keep),
    }


def _device(row: Written) -> Device:
    return Device(
        id=DeviceId(row["id"]),
        role=Role(row["role"]),
        session=Session(row["session"]),
        name=row["kind"],
        only=HeadshotId(row["only_headshot"]) if row["only_headshot"] else None,
        paired_at=datetime.fromisoformat(row["paired_at"]),
        last_seen=datetime.fromisoformat(row["last_seen"]),
        ends_at=datetime.fromisoformat(row["ends_at"]),
        ended_at=datetime.fromisoformat(row["ended_at"]) if row["ended_at"] else None,
        agreed_policy=row["agreed_policy"],
        agreed_sending=row["agreed_sending"],
        keep=bool(row["keep"]),
    )
