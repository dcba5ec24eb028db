"""A name for this computer's address while phones are let in, where `zeroconf` is installed: an extra."""

from __future__ import annotations

import secrets
from contextlib import suppress
from importlib.util import find_spec
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from zeroconf.asyncio import AsyncZeroconf

SERVICE: Final = "_http._tcp.local."
SUFFIX_BYTES: Final = 3


class LocalName:
    """Announces a name that nobody can guess, such as headshot-4f7a1c.local, and withdraws it."""

    def __init__(self) -> None:
        self._name = f"headshot-{secrets.token_hex(SUFFIX_BYTES)}"
        self._announced: AsyncZeroconf | None = None

    @property
    def hosts(self) -> tuple[str, ...]:
        """The name; none where the extra is not installed."""
        return (f"{self._name}.local",) if find_spec("zeroconf") else ()

    async def announce(self, address: str, port: int) -> bool:
        """Give an address the name, in its own network alone; say whether that could be done."""
        from zeroconf import IPVersion, ServiceInfo  # noqa: PLC0415 - an extra
        from zeroconf.asyncio import AsyncZeroconf  # noqa: PLC0415

        await self.withdraw()
        service = ServiceInfo(
            SERVICE,
            f"{self._name}.{SERVICE}",
            addresses=[IPv4Address(address).packed],
            port=port,
            server=f"{self._name}.local.",
        )
        try:
            self._announced = AsyncZeroconf(interfaces=[address], ip_version=IPVersion.V4Only)
            await self._announced.async_register_service(service, strict=False)
        except Exception:  # noqa: BLE001 - the number is enough; the name is a convenience
            await self.withdraw()
            return False
        return True

    async def withdraw(self) -> None:
        """Take the name back."""
        announced, self._announced = self._announced, None
        if announced is not None:
            with suppress(Exception):
                await announced.async_unregister_all_services()
            with suppress(Exception):
                await announced.async_close()
