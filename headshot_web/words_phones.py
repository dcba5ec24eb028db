"""Every sentence about phones that a person reads on the owner's computer, ready for translation."""

from __future__ import annotations

from typing import Final

# Networks

WIFI: Final = "Wi-Fi"
CABLE: Final = "Ethernet"
HOTSPOT: Final = "This computer’s own hotspot"
VIRTUAL: Final = "Inside this computer ({name})"
OTHER_NETWORK: Final = "Network {name}"
