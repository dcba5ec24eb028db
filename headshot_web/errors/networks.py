"""What can go wrong while the app opens itself to the phones of a network."""

from __future__ import annotations

from headshot_web.errors.told import HeadshotError


class NoNetwork(HeadshotError):
    """There is no private address at which a phone could reach this computer."""

    title = "This computer is in no network of its own"
    advice = "Connect it to your Wi-Fi, then try again. Phones come in by the same Wi-Fi."
    status = 409


class NoSuchNetwork(HeadshotError):
    """The network that was chosen is not there."""

    title = "This network is not there any more"
    advice = "Choose one that is, or connect to it again."
    status = 409
