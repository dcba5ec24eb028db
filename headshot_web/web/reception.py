"""Letting phones in, as the owner sees it: the code to scan, the digits, until when, and who is here."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from babel.dates import format_time
from nicegui import ui
from nicegui.events import GenericEventArguments

from headshot_web import words_phones as said
from headshot_web.devices import Device
from headshot_web.errors import HeadshotError, NotFound, TooManyTries
from headshot_web.model import DeviceId, Role
from headshot_web.pairing import INVITATION_S, RequestId
from headshot_web.paths import static_dir
from headshot_web.studio import Studio
from headshot_web.web import qr
from headshot_web.web.amounts import visitor
from headshot_web.web.interfaces import Interface
from headshot_web.web.lan import MOST_HOURS, Lan

TICK_S: Final = 0.5
FRESH_S: Final = INVITATION_S - 20
"""When a fresh code is drawn: whoever scans the old one at that moment still comes in."""
AGAIN_S: Final = 30.0
"""How often “seen” is said anew."""
_LEAST_LEFT: Final = timedelta(minutes=30)


def chosen_network(studio: Studio, there: tuple[Interface, ...]) -> Interface | None:
    """Return the network that was chosen, while this computer is in it; else the likeliest."""
    wanted = studio.settings.phones_network
    chosen = [one for one in there if wanted in (one.name, one.label, one.address)]
    return next(iter((*chosen, *there)), None)


class Reception(ui.element, component=static_dir() / "components" / "phones.js"):
    """Opens and closes the way in, draws a fresh code in time, and lists the phones."""

    def __init__(self, studio: Studio, lan: Lan, watching: set[str]) -> None:
        """`watching` holds every open page of this kind: digits count only while one of them is open."""
        super().__init__()
        self._studio, self._lan, self._watching = studio, lan, watching
        self._locale = visitor()
        self._due = 0.0
        self._drawn_at = 0.0
        self._drawn_for = ""
        self._refused: HeadshotError | None = None
        self.props.update({"words": said.PAGE, "qr": "", "state": {}})
        for name in ("switchon", "switchoff", "prolong", "approve", "decline", "disconnect"):
            self.on(name, getattr(self, f"_{name}"))

    def begin(self) -> None:
        """Hear of every change while the page is open; called last, since a timer sends the page off."""
        client = self.client
        for stop in (
            self._lan.subscribe(lambda _state: self._soon()),
            self._studio.devices.subscribe(lambda _device: self._soon()),
            self._studio.pairing.subscribe(self._anew),
        ):
            client.on_delete(stop)
        client.on_disconnect(self._leave)
        client.on_delete(self._leave)
        ui.timer(TICK_S, self._tick)

    def _soon(self) -> None:
        """Show what changed at the next tick; it may be told in any thread."""
        self._due = 0.0

    def _anew(self) -> None:
        """Draw a fresh code: the one that is shown may have been used."""
        self._drawn_for = ""
        self._soon()

    def _leave(self) -> None:
        """Put the digits away when nobody looks at them any more."""
        self._watching.discard(self.client.id)
        if not self._watching:
            self._studio.pairing.close_code()

    async def _tick(self) -> None:
        if not self.client.has_socket_connection:
            return
        self._watching.add(self.client.id)
        address = self._lan.state.address or ""
        moment = time.monotonic()
        stale = address and (address != self._drawn_for or moment - self._drawn_at > FRESH_S)
        if moment >= self._due or stale:
            self._due = moment + AGAIN_S
            await self.show()

    async def show(self) -> None:
        """Show how it is now."""
        self._draw()
        self.props["state"] = await self._state()
        self.update()

    # What is shown

    def _draw(self) -> None:
        """Draw a code that counts, for the address that is open now."""
        address, moment = self._lan.state.address or "", time.monotonic()
        if not address:
            self.props["qr"] = self._drawn_for = ""
            return
        if address == self._drawn_for and moment - self._drawn_at <= FRESH_S:
            return
        invitation = self._studio.pairing.invite(role=self._role)
        label = said.QR_LABEL.format(address=address)
        self.props["qr"] = qr.svg(f"{address}/pair#{invitation.token}", label=label)
        self._drawn_for, self._drawn_at = address, moment

    @property
    def _role(self) -> Role:
        return Role.FAMILY if self._studio.settings.phones_family else Role.GUEST

    async def _state(self) -> dict[str, Any]:
        state = self._lan.state
        shown: dict[str, Any] = {
            "open": state.open,
            "news": said.NEWS.get(state.news.value, ""),
            "trouble": _told(state.trouble or self._refused),
        }
        if not state.open or state.until is None:
            there = await self._lan.interfaces()
            return shown | {"steps": said.STEPS, "where": self._where(chosen_network(self._studio, there))}
        left = state.until - datetime.now(UTC)
        return shown | {
            "address": state.address,
            "named": state.named_addresses,
            "digits": self._digits() if state.address else None,
            "fresh_s": FRESH_S - (time.monotonic() - self._drawn_at),
            "until": self._clock(state.until),
            "left_s": left.total_seconds(),
            "can_prolong": left < timedelta(hours=MOST_HOURS) - _LEAST_LEFT,
            "phones": self._phones(),
            "off_text": self._off_text(),
            "waiting": [{"id": one.id, "name": one.name} for one in self._studio.pairing.waiting()],
            "https": state.https,
            "warning": self._warning() if state.https else None,
        }

    def _where(self, network: Interface | None) -> str:
        if network is None:
            return ""
        name = f"{network.label} ({network.address})"
        return said.where(name, self._studio.settings.phones_hours)

    def _digits(self) -> str | None:
        """Return the digits that count now, new ones where there are none."""
        pairing = self._studio.pairing
        with suppress(TooManyTries):
            return pairing.code or pairing.open_code(role=self._role)
        return None

    def _clock(self, moment: datetime) -> str:
        return str(format_time(moment.astimezone(), "short", locale=self._locale))

    def _phones(self) -> list[dict[str, str]]:
        """List the phones, newest first; of several of one name each says when it came."""
        there = self._studio.devices.all()
        names = Counter(device.name for device in there)
        shown = [self._phone(device) for device in there]
        for device, one in zip(there, shown, strict=True):
            if names[device.name] > 1:
                one["name"] = said.CAME.format(name=device.name, time=self._clock(device.paired_at))
        return shown

    def _phone(self, device: Device) -> dict[str, str]:
        keeps = self._studio.settings.guests_keep
        end = "family" if device.role is Role.FAMILY else "keeps" if device.keep or keeps else "deletes"
        return {
            "id": device.id,
            "name": device.name,
            "role": "one" if device.only else device.role.value,
            "seen": said.seen(datetime.now(UTC) - device.last_seen),
            "end": end,
        }

    def _off_text(self) -> str:
        phones = self._studio.devices.all()
        return said.off_text(len(phones), keeps=any(one.keep for one in phones))

    def _warning(self) -> dict[str, Any]:
        address = f"{self._lan.state.address}/certificate"
        return said.warning(address, self._lan.certificates.fingerprint())

    # What is done

    async def _switchon(self) -> None:
        settings = self._studio.settings
        self._refused = None
        try:
            network = chosen_network(self._studio, await self._lan.interfaces())
            await self._lan.open(
                network.address if network else None, https=settings.phones_https, hours=settings.phones_hours
            )
        except HeadshotError as error:
            self._refused = error
        await self.show()

    async def _switchoff(self) -> None:
        await self._lan.close()
        await self.show()

    async def _prolong(self) -> None:
        await self._lan.prolong()
        await self.show()

    async def _approve(self, event: GenericEventArguments) -> None:
        with suppress(NotFound):
            self._studio.pairing.approve(RequestId(str(event.args)))
        await self.show()

    async def _decline(self, event: GenericEventArguments) -> None:
        with suppress(NotFound):
            self._studio.pairing.decline(RequestId(str(event.args)))
        await self.show()

    async def _disconnect(self, event: GenericEventArguments) -> None:
        with suppress(NotFound):
            await self._studio.guests.leave(DeviceId(str(event.args)))
        await self.show()


def _told(error: HeadshotError | None) -> tuple[str, str] | None:
    return (error.title, error.advice) if error else None
