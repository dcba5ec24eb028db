"""Lines that did not come about: whoever answered could not show that they are who was asked for."""

from __future__ import annotations

from typing import Final

from headshot_web.provider_errors import ConnectionFailed, ProviderError, ServerUnreachable


class LineNotTrusted(ProviderError):
    """Somebody answered for OpenAI without a certificate for it that this computer trusts."""

    title = "This could not be shown to be OpenAI"
    advice = (
        "Nothing was sent and nothing is charged. A network that wants a sign-in, a filter that reads along, "
        "or a wrong date on this computer can be the cause. Try again in another network."
    )
    retouch_helps = True


class ServerNotTrusted(ProviderError):
    """The same where a person's own server was asked for."""

    title = "Your server could not show that it is yours"
    advice = (
        "Nothing was sent. It needs a certificate for its name that this computer trusts, and that has not "
        "run out. Check the address in the settings too."
    )
    retouch_helps = True
    settings_help = True


NOTHING_LEFT: Final = (ConnectionFailed, ServerUnreachable, LineNotTrusted, ServerNotTrusted)
"""What ends before a byte of the photo, of its description or of the key has left."""
