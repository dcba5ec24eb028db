"""The way in for phones: a second listener at one address of this computer, for as long as the owner says."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol

from headshot_web import logbook
from headshot_web.errors import HeadshotError, NoNetwork, NoSuchNetwork
from headshot_web.web.certificates import Certificates, Leaf
from headshot_web.web.doors import LanDoor
from headshot_web.web.interfaces import Interface, Networks, interfaces
from headshot_web.web.listening import Listener
from headshot_web.web.local_name import LocalName
from headshot_web.web.ports import listen_at

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from headshot_web.paths import Folders

USUAL_HOURS: Final = 4
MOST_HOURS: Final = 24
LOOK_EVERY_S: Final = 5.0
LEAF_RENEWED_BEFORE: Final = timedelta(days=2)


class News(StrEnum):
    """What happened to the network since phones were let in."""

    NONE = ""
    MOVED = "moved"
    """The computer has another address now, and the way in is there."""
    AWAY = "away"
    """The network is gone; the way in opens again when it is back."""
    ENDED = "ended"
    """The time was over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LanState:
    """Whether phones are let in, where, and until when."""

    open: bool = False
    """Whether it is switched on; there may be no network all the same."""
    interface: Interface | None = None
    port: int | None = None
    """Where it listens; None where nothing does."""
    names: tuple[str, ...] = ()
    """Names in this network beside the number."""
    https: bool = False
    until: datetime | None = None
    news: News = News.NONE
    trouble: HeadshotError | None = None
    """Why it could not be opened again."""

    @property
    def address(self) -> str | None:
        """What a phone opens; None where nothing listens."""
        if self.interface is None or self.port is None:
            return None
        return f"{self.scheme}://{self.interface.address}:{self.port}"

    @property
    def named_addresses(self) -> tuple[str, ...]:
        """The same by name."""
        return tuple(f"{self.scheme}://{name}:{self.port}" for name in self.names)

    @property
    def scheme(self) -> str:
        """How it is reached."""
        return "https" if self.https else "http"


class Doorkeeper(Protocol):
    """The guard: the whole app, and whoever knows which ways in are open."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as an ASGI app."""

    def open_door(self, door: LanDoor) -> None:
        """Let in who comes by this door."""

    def close_door(self, door: LanDoor) -> None:
        """Let in nobody by it any more."""


Listens = Callable[["LanState"], None]


class Lan:
    """Opens the way in for phones, watches over it, and closes it; off until somebody switches it on."""

    def __init__(  # noqa: PLR0913 - what it needs of the world, handed in
        self,
        folders: Folders,
        *,
        port: int,
        leave: Callable[[], Awaitable[object]],
        stay: Callable[[datetime], Awaitable[object]],
        networks: Networks = interfaces,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        look_every_s: float = LOOK_EVERY_S,
        name: LocalName | None = None,
    ) -> None:
        """Know where certificates lie and which port to take first.

        `leave` lets every phone go, once it is closed for good; `stay` lets them stay until then. `name`
        announces a name beside the number.
        """
        self.certificates = Certificates(folders)
        self.state = LanState()
        self._port = port
        self._leave, self._stay = leave, stay
        self._networks, self._now, self._look_every_s = networks, now, look_every_s
        self._app: Doorkeeper | None = None
        self._listener: Listener | None = None
        self._door: LanDoor | None = None
        self._leaf: Leaf | None = None
        self._name = name
        self._lock = asyncio.Lock()
        self._watching: asyncio.Task[None] | None = None
        self._naming: asyncio.Task[None] | None = None
        self._listening: dict[object, Listens] = {}

    def stand_before(self, app: Doorkeeper) -> None:
        """Take the app that phones come to: the guard, with everything behind it."""
        self._app = app

    async def interfaces(self) -> tuple[Interface, ...]:
        """Return the networks in which phones could be, the likeliest first."""
        return await asyncio.to_thread(self._networks)

    async def open(
        self, interface: str | None = None, *, https: bool = False, hours: float = USUAL_HOURS
    ) -> LanState:
        """Let phones in at one network, named by its address, name or label; the likeliest for None.

        Raises `NoNetwork`, `NoSuchNetwork`, `NoPortFree`, or a `FolderError` where https needs a certificate.
        """
        async with self._lock:
            chosen = _chosen(await self.interfaces(), interface)
            await self._hang_up()
            until = self._now() + timedelta(hours=min(hours, MOST_HOURS))
            self.state = LanState(open=True, interface=chosen, https=https, until=until)
            try:
                await self._answer_at(chosen)
            except BaseException:
                self._set(LanState())
                raise
            if self._watching is None or self._watching.done():
                self._watching = asyncio.create_task(self._watch(), name="network")
            await self._stay(until)
        return self.state

    async def close(self) -> None:
        """Let nobody in any more, and let every phone go: nothing listens there when this returns."""
        async with self._lock:
            await self._end(News.NONE)

    async def shut(self) -> None:
        """Stop listening because the app ends; who was let in may come back when it is open again."""
        async with self._lock:
            self._stop_watching()
            await self._hang_up()

    async def prolong(self, hours: float = USUAL_HOURS) -> None:
        """Stay open for longer, at most a day from now."""
        if self.state.until is None:
            return
        latest = self._now() + timedelta(hours=MOST_HOURS)
        until = min(self.state.until + timedelta(hours=hours), latest)
        await self._stay(until)
        self._set(replace(self.state, until=until))

    def subscribe(self, listener: Listens) -> Callable[[], None]:
        """Tell a listener of every change from now on; call what is returned to stop that."""
        key = object()
        self._listening[key] = listener
        return lambda: self._forget(key)

    def _forget(self, key: object) -> None:
        self._listening.pop(key, None)

    def _set(self, state: LanState) -> None:
        self.state = state
        for listener in list(self._listening.values()):
            listener(state)

    # Listening, and not

    async def _answer_at(self, interface: Interface, news: News = News.NONE) -> None:
        """Listen at an address, and say so."""
        assert self._app is not None  # noqa: S101 - `stand_before` comes first
        https = self.state.https
        listening = listen_at(interface.address, self._port)
        try:
            port = int(listening.getsockname()[1])
            names = self._name.hosts if self._name else ()
            if https:
                self._leaf = await asyncio.to_thread(self.certificates.leaf, interface.address, names)
            door = LanDoor(
                host_names=(interface.address, *names), port=port, scheme="https" if https else "http"
            )
            await self._begin(self._app, door, listening)
        except BaseException:
            await self._hang_up()
            listening.close()
            raise
        fresh = replace(self.state, interface=interface, port=port, names=names, news=news, trouble=None)
        self._set(fresh)
        if self._name is not None and names:
            self._naming = asyncio.create_task(self._announce(self._name, interface.address, port))

    async def _announce(self, name: LocalName, address: str, port: int) -> None:
        """Announce the name; it takes a second, for which nobody waits."""
        if not await name.announce(address, port):
            self._set(replace(self.state, names=()))

    async def _begin(self, app: Doorkeeper, door: LanDoor, listening: socket.socket) -> None:
        listener = Listener(app, self._leaf if door.scheme == "https" else None)
        app.open_door(door)
        self._door = door
        await listener.begin(listening)
        self._listener = listener

    async def _hang_up(self) -> None:
        """Stop listening; what is switched on stays so."""
        if self._door is not None and self._app is not None:
            self._app.close_door(self._door)
        listener, self._listener, self._door = self._listener, None, None
        if listener is not None:
            await listener.end()
        naming, self._naming = self._naming, None
        if naming is not None and self._name is not None:
            naming.cancel()
            await asyncio.gather(naming, return_exceptions=True)
            await self._name.withdraw()

    async def _end(self, news: News) -> None:
        was_open = self.state.open
        self._stop_watching()
        await self._hang_up()
        self._set(LanState(news=news))
        if was_open:
            await self._leave()

    # Watching over it

    def _stop_watching(self) -> None:
        watching, self._watching = self._watching, None
        if watching is not None and watching is not asyncio.current_task():
            watching.cancel()

    async def _watch(self) -> None:
        while self.state.open and self.state.until:
            left_s = (self.state.until - self._now()).total_seconds()
            await asyncio.sleep(min(self._look_every_s, max(left_s, 0)))
            try:
                async with self._lock:
                    await self._look()
            except HeadshotError as error:
                self._set(replace(self.state, trouble=error))
            except Exception as error:  # noqa: BLE001 - it must go on watching
                logbook.note(logbook.Event.REQUEST_FAILED, error)

    async def _look(self) -> None:
        """See whether the time is over, and whether the network is as it was."""
        state = self.state
        if not state.open or state.interface is None or state.until is None:
            return
        if self._now() >= state.until:
            await self._end(News.ENDED)
            return
        same = [one for one in await self.interfaces() if one.name == state.interface.name]
        here = next((one for one in same if one.address == state.interface.address), None)
        if here is not None and self._listener is not None:
            await self._renew(here)
        elif same:
            await self._hang_up()
            moved = here is None
            await self._answer_at(here or same[0], News.MOVED if moved else News.NONE)
        elif self._listener is not None:
            await self._hang_up()
            self._set(replace(state, port=None, names=(), news=News.AWAY))

    async def _renew(self, interface: Interface) -> None:
        """Make a new certificate in time."""
        if not self.state.https or self._leaf is None or self._listener is None:
            return
        if self._leaf.ends_at - self._now() < LEAF_RENEWED_BEFORE:
            names = self.state.names
            self._leaf = await asyncio.to_thread(self.certificates.leaf, interface.address, names)
            self._listener.renew(self._leaf)


def _chosen(there: Sequence[Interface], wanted: str | None) -> Interface:
    if not there:
        raise NoNetwork
    if wanted is None:
        return there[0]
    with suppress(StopIteration):
        return next(one for one in there if wanted in (one.address, one.name, one.label))
    raise NoSuchNetwork
