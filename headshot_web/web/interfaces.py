"""The networks this computer is in: its private addresses, each by a name that a person knows."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import AddressValueError, IPv4Address, IPv4Network
from pathlib import Path
from typing import Final

from headshot_web import words_phones as said

PRIVATE: Final = tuple(IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
HOTSPOTS: Final = frozenset({"192.168.137.1", "192.168.2.1", "10.42.0.1"})
"""What Windows, macOS and NetworkManager give themselves where they share their connection."""
_ASKED_S: Final = 3.0
_PORTS: Final = "/usr/sbin/networksetup"

_VIRTUAL: Final = re.compile(
    r"docker|br-[0-9a-f]{6}|veth|virbr|vmnet|vmware|vbox|virtualbox|lxc|lxd|cni|flannel|podman|kube|calico|"
    r"tun\d|tap\d|tap-|utun|wg\d|wireguard|ppp|tailscale|zerotier|zt[0-9a-z]{6}|nordlynx|vpn|hamachi|awdl|"
    r"llw|vethernet|hyper-v|wsl|npcap|loopback|ifb\d|dummy|nebula|pseudo|isatap|teredo|bluetooth|bridge\d",
    re.IGNORECASE,
)
_WIFI: Final = re.compile(r"wl[\dopsx]|wlan|wifi|wi-fi|wireless|ath\d|airport", re.IGNORECASE)
_CABLE: Final = re.compile(
    r"eth\d|ethernet|en[\dopsx]|lan\b|thunderbolt|local area connection", re.IGNORECASE
)


class Kind(StrEnum):
    """How a computer is in a network; the likeliest for a phone first."""

    WIFI = "wifi"
    HOTSPOT = "hotspot"
    """A network that this computer makes itself."""
    CABLE = "cable"
    OTHER = "other"
    VIRTUAL = "virtual"
    """Between programs of this computer, or into a far network: no phone is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """One way into a network."""

    name: str
    """How the system calls it: “wlan0”."""
    label: str
    """How a person calls it: “Wi-Fi”."""
    address: str
    kind: Kind


Addresses = Mapping[str, tuple[str, ...]]
"""The IPv4 addresses of every interface that is up, by its name."""


Networks = Callable[[], "tuple[Interface, ...]"]
"""Finds the networks of this computer."""


def interfaces(
    read: Callable[[], Addresses] | None = None, names: Mapping[str, str] | None = None
) -> tuple[Interface, ...]:
    """Return the private addresses of this computer, the likeliest for a phone first; maybe none.

    `names` is how the system calls its interfaces where their own names say nothing, as on a Mac.
    """
    known = _hardware_names() if names is None else names
    found = [
        _interface(name, address, known.get(name, ""))
        for name, addresses in (read or _read)().items()
        for address in addresses
        if is_private(address)
    ]
    order = list(Kind)
    return tuple(sorted(found, key=lambda one: (order.index(one.kind), one.name, IPv4Address(one.address))))


def is_private(address: str) -> bool:
    """Whether an address belongs to a home's or an office's own network."""
    try:
        number = IPv4Address(address)
    except AddressValueError:
        return False
    return any(number in block for block in PRIVATE)


def _read() -> Addresses:
    """Ask the system."""
    import psutil  # noqa: PLC0415 - only once phones are let in

    states = psutil.net_if_stats()
    return {
        name: tuple(one.address for one in addresses if one.family.name == "AF_INET")
        for name, addresses in psutil.net_if_addrs().items()
        if name in states and states[name].isup
    }


def _interface(name: str, address: str, known: str) -> Interface:
    kind = _kind(name, address, known)
    return Interface(name=name, label=_label(name, kind, known), address=address, kind=kind)


def _kind(name: str, address: str, known: str) -> Kind:
    called = known or name
    if address in HOTSPOTS and (called.startswith("bridge") or not _VIRTUAL.search(called)):
        return Kind.HOTSPOT
    if _WIFI.match(called) or Path(f"/sys/class/net/{name}/wireless").is_dir():
        return Kind.WIFI
    if _VIRTUAL.search(called):
        return Kind.VIRTUAL
    return Kind.CABLE if _CABLE.match(called) else Kind.OTHER


def _label(name: str, kind: Kind, known: str) -> str:
    if kind is Kind.HOTSPOT:
        return said.HOTSPOT
    if known or " " in name or name[:1].isupper():
        return known or name  # Windows says it in words already: “Wi-Fi 2”
    return {
        Kind.WIFI: said.WIFI,
        Kind.CABLE: said.CABLE,
        Kind.VIRTUAL: said.VIRTUAL.format(name=name),
        Kind.OTHER: said.OTHER_NETWORK.format(name=name),
    }[kind]


def _hardware_names() -> Mapping[str, str]:
    """Return what a Mac calls its interfaces, where “en0” may be Wi-Fi or a cable."""
    if sys.platform != "darwin":
        return {}
    try:
        answer = subprocess.run(  # noqa: S603 - the system's own program
            [_PORTS, "-listallhardwareports"], capture_output=True, text=True, timeout=_ASKED_S, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return {}
    return hardware_names(answer.stdout)


def hardware_names(listed: str) -> dict[str, str]:
    """Read a Mac's list of hardware ports: each device, and its name in words."""
    pairs = re.findall(r"^Hardware Port: (.+)\nDevice: (\S+)$", listed, re.MULTILINE)
    return {device: port for port, device in pairs}
