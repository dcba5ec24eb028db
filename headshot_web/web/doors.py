"""The doors of the app: the one on this computer, and those in the network while phones are let in."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from headshot_web.endpoint import is_private

DOOR_KEY: Final = "headshot_web.door"
"""Where the guard writes by which door a request came."""

_LOOPBACK: Final = ("127.0.0.1", "::1")
_USUAL_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A way in: the names it is reached by, its port, and whether it is encrypted."""

    host_names: tuple[str, ...]
    """What may stand in an address before the port; an IPv6 address in brackets."""
    port: int
    scheme: str = "http"

    @property
    def hosts(self) -> frozenset[bytes]:
        """What a browser may send as Host."""
        found = {f"{name}:{self.port}".encode() for name in self.host_names}
        if self.port == _USUAL_PORTS.get(self.scheme):  # a browser leaves it out
            found |= {name.encode() for name in self.host_names}
        return frozenset(found)

    @property
    def is_lan(self) -> bool:
        """Whether it is open to the network."""
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class LanDoor(Door):
    """A way in from the network; the listener's own address is one of its names."""

    @property
    def is_lan(self) -> bool:
        """Whether it is open to the network."""
        return True

    @property
    def cookie_name(self) -> str:
        """What a phone's secret is called; over TLS by a name that no other site can set."""
        return f"__Host-hsw_{self.port}" if self.scheme == "https" else f"hsw_{self.port}"

    def cookie(self, token: str, seconds: int) -> str:
        """Return how a phone is told to keep its secret, or, with no seconds, to forget it."""
        secure = "; Secure" if self.scheme == "https" else ""
        kept = f"Path=/; Max-Age={max(0, seconds)}; HttpOnly; SameSite=Strict{secure}"
        return f"{self.cookie_name}={token}; {kept}"


class Doors:
    """Every door that is open now."""

    def __init__(self, port: int) -> None:
        """Begin with the one on this computer."""
        self._here = Door(host_names=("localhost", "127.0.0.1", "[::1]"), port=port)
        self._lan: list[LanDoor] = []

    def open(self, door: LanDoor) -> None:
        """Open one more."""
        self._lan = [one for one in self._lan if one != door] + [door]

    def close(self, door: LanDoor) -> None:
        """Shut it again."""
        self._lan = [one for one in self._lan if one != door]

    def find(self, scope: Mapping[str, Any]) -> Door | None:
        """Return the door whose socket a request came to; None when it is none of ours."""
        address, port = scope.get("server") or ("", None)
        name = f"[{address}]" if ":" in str(address) else str(address)
        for door in self._lan:
            if port == door.port and name in door.host_names:
                return door
        return self._here if address in _LOOPBACK and port == self._here.port else None


def is_near(address: str) -> bool:
    """Whether an address is one of this network's, or of this computer."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return is_private(found)
