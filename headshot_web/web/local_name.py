"""A name for this computer's address while phones are let in, where `zeroconf` is installed: an extra."""

from __future__ import annotations

import secrets
from contextlib import suppress
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zeroconf.asyncio import AsyncZeroconf

SERVICE = "_http._tcp.local."
SUFFIX_BYTES = 3


class LocalName:
    """Announces a name that nobody can guess, such as headshot-4f7a1c.local, and withdraws it."""

    def __init__(self) -> None:
        self._name = f"headshot-{secrets.token_hex(SUFFIX_BYTES)}"
        self._announced: AsyncZeroconf | None = None

    async def announce(self, address: str, port: int) -> tuple[str, ...]:
        """Give an address a name in its own network alone; none where that can't be done."""
        await self.withdraw()
        try:
            from zeroconf import IPVersion, ServiceInfo  # noqa: PLC0415 - an extra
            from zeroconf.asyncio import AsyncZeroconf  # noqa: PLC0415
        except ImportError:
            return ()
        host = f"{self._name}.local"
        service = ServiceInfo(
            SERVICE,
            f"{self._name}.{SERVICE}",
            addresses=[IPv4Address(address).packed],
            port=port,
            server=f"{host}.",
        )
        try:
            self._announced = AsyncZeroconf(interfaces=[address], ip_version=IPVersion.V4Only)
            await self._announced.async_register_service(service, strict=False)
        except Exception:  # noqa: BLE001 - the number is enough; the name is a convenience
            await self.withdraw()
            return ()
        return (host,)

    async def withdraw(self) -> None:
        """Take the name back."""
        announced, self._announced = self._announced, None
        if announced is not None:
            with suppress(Exception):
                await announced.async_unregister_all_services()
            with suppress(Exception):
                await announced.async_close()
