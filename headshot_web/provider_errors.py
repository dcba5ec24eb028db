"""Everything that can go wrong between this computer and whoever draws the pictures, and what to do then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from headshot_web.errors import HeadshotError, JobError

if TYPE_CHECKING:
    from headshot_web.accounts import Receipt

KEYS_PAGE: Final = "https://platform.openai.com/api-keys"
BILLING_PAGE: Final = "https://platform.openai.com/settings/organization/billing/overview"
LIMITS_PAGE: Final = "https://platform.openai.com/settings/organization/limits"
VERIFY_PAGE: Final = "https://platform.openai.com/settings/organization/general"
STATUS_PAGE: Final = "https://status.openai.com"


class BadServer(HeadshotError):
    """An address that is none, or to which photos would travel in the open."""

    title = "This server address can't be used"
    advice = (
        "It begins with https://. Plain http:// works only for this computer and for private addresses "
        "such as 192.168.1.20. Leave out names, keys and question marks."
    )
    status = 422


class ProviderError(JobError):
    """A headshot that whoever draws the pictures did not bring."""

    title = "The picture was not made"
    advice = "Your photo is safe. Try again in a moment."
    status = 502

    def __init__(
        self,
        receipt: Receipt | None = None,
        *,
        wait_s: float | None = None,
        setting: str | None = None,
    ) -> None:
        super().__init__()
        self.receipt = receipt
        """What is known of the dispatch that ended this way; None when nothing was sent."""
        self.wait_s = wait_s
        """How long the provider asked to wait."""
        self.setting = setting
        """Which setting it refused."""

    @property
    def request_id(self) -> str | None:
        """The provider's own number for it, for asking them."""
        return self.receipt.request_id if self.receipt else None


# Before anything is sent


class KeyMissing(ProviderError):
    """No key is known for the host."""

    title = "There is no OpenAI key yet"
    advice = "Nothing was sent. Make a key at OpenAI and add it in the settings; it takes two minutes."
    link = KEYS_PAGE
    link_text = "Get a key at OpenAI"
    status = 409
    retouch_helps = True
    settings_help = True


class ModelNotChosen(ProviderError):
    """A person's own server, and no model named for it."""

    title = "No model is chosen for your own server"
    advice = "Nothing was sent. Name your server's model in the settings, then try again."
    status = 409
    retouch_helps = True
    settings_help = True


class ConnectionFailed(ProviderError):
    """Offline, no such host, or no trusted line to it: not a byte of the photo left."""

    title = "There is no connection"
    advice = "Nothing was sent and nothing is charged. Check the internet on this computer, then try again."
    retouch_helps = True


class NoAnswer(ProviderError):
    """The connection was tried, and broke before an answer came."""

    title = "The server did not answer"
    advice = "Nothing was sent but the question. Check the server address, then test the connection again."
    retouch_helps = True


# It may have been charged


class Unclear(ProviderError):
    """It broke off after the photo had left, so nobody here knows what came of it."""

    may_be_charged = True
    title = "The connection broke while the picture was made"
    advice = "It may have been charged. Your photo is safe. Try again when you like; that is charged anew."


class ProviderTimeout(Unclear):
    """No answer within the time that was set."""

    title = "The picture took too long"
    advice = (
        "No answer came in time, and it may have been charged. Your photo is safe. "
        "Try again, or choose a draft: it is much quicker."
    )
    status = 504


class ProviderBroke(Unclear):
    """The other side failed with an error of its own."""

    title = "Something failed on the other side"
    advice = "It may have been charged. Your photo is safe. Wait a few minutes, then try again."
    link = STATUS_PAGE
    link_text = "See how OpenAI is doing"


class AnswerCut(Unclear):
    """The answer ended before the picture was whole."""

    title = "The picture did not arrive completely"
    advice = "The connection broke off, and it may have been charged. Your photo is safe. Try again."


class AnswerNotUnderstood(Unclear):
    """An answer that is no picture and no known error."""

    title = "The answer was not a picture"
    advice = "It may have been charged. Try again; if it stays so, check the server address."


class AnswerTooLarge(AnswerNotUnderstood):
    """More came than any picture needs."""

    title = "The answer was far too large"
    advice = "It was not kept, and it may have been charged. Your photo is safe. Check the server address."


class AnswerIsALink(AnswerNotUnderstood):
    """A server that answers with the address of a picture instead of the picture."""

    title = "Your server sent a link instead of a picture"
    advice = "Links are not followed from here. Set your server to answer with the picture itself (b64_json)."


# It was refused, and nothing is charged


class CaptivePortal(ProviderError):
    """A web page came back: a network's sign-in, or a filter."""

    title = "This network answered instead"
    advice = (
        "A web page came back, such as the sign-in of a hotel or guest network. Nothing was made. "
        "Open any page in your browser, sign in there, then try again."
    )
    retouch_helps = True


class ProviderMoved(ProviderError):
    """A redirect to another address: it is never followed."""

    title = "The address points somewhere else"
    advice = "The photo was not sent on, and nothing is charged. Check the server address in the settings."
    retouch_helps = True
    settings_help = True


class NoSuchService(ProviderError):
    """A host that has nothing at this address."""

    title = "No pictures are made at this address"
    advice = "Nothing is charged. Check the server address in the settings; it usually ends in /v1."
    retouch_helps = True
    settings_help = True


class ModerationRefused(ProviderError):
    """The provider's safety system said no."""

    title = "The provider's safety check said no to this one"
    advice = (
        "This happens with ordinary photos too, and says nothing about you. Nothing of the answer is stored. "
        "Try another look or photo, or make it on this computer."
    )
    status = 422
    retouch_helps = True


class PhotoRefused(ProviderError):
    """The provider could not open the picture."""

    title = "The provider could not open this photo"
    advice = "Nothing is charged. Try another photo, or make it on this computer."
    status = 422
    retouch_helps = True


class TooLargeForProvider(ProviderError):
    """Too many bytes, even after the picture was made smaller."""

    title = "The photo is too large for the provider"
    advice = "It was sent smaller once more and still refused. Nothing is charged. Send fewer photos at once."
    status = 413
    retouch_helps = True


class SettingRefused(ProviderError):
    """A setting that the model does not take."""

    title = "The model did not accept this request"
    advice = "Nothing is charged. Choose another model in the settings, or make it on this computer."
    status = 422
    retouch_helps = True
    settings_help = True


class ModelNotFound(ProviderError):
    """The model, and all that could stand in for it, are not there for this key."""

    title = "This model is not available to you"
    advice = "Nothing is charged. It was shut down, or is closed to your key. Choose another in the settings."
    link = LIMITS_PAGE
    link_text = "See which models you may use"
    status = 404
    retouch_helps = True
    settings_help = True


class KeyWrong(ProviderError):
    """OpenAI did not accept the key."""

    title = "OpenAI did not accept the key"
    advice = "Nothing is charged. It may have been deleted or copied only in part. Make a new one and add it."
    link = KEYS_PAGE
    link_text = "See your keys at OpenAI"
    status = 401
    retouch_helps = True
    settings_help = True


class ServerKeyWrong(ProviderError):
    """A person's own server did not accept the key."""

    title = "Your server did not accept the key"
    advice = "Nothing was made. Check the key for this server in the settings."
    status = 401
    retouch_helps = True
    settings_help = True


class KeyNotAllowed(ProviderError):
    """A key that may do other things, but not this."""

    title = "This key may not make pictures"
    advice = "Nothing is charged. Allow images for it, or make a new key and add it in the settings."
    link = KEYS_PAGE
    link_text = "See your keys at OpenAI"
    status = 403
    retouch_helps = True
    settings_help = True


class OrganisationUnverified(ProviderError):
    """OpenAI wants to know who asks before it draws people."""

    title = "OpenAI wants to verify you first"
    advice = "Nothing is charged. Verify your organisation there; it can take 15 minutes until it counts."
    link = VERIFY_PAGE
    link_text = "Verify at OpenAI"
    status = 403
    retouch_helps = True


class CountryNotServed(ProviderError):
    """OpenAI does not serve the country the request came from."""

    title = "OpenAI does not serve this country"
    advice = "Nothing is charged. The retouch on this computer works everywhere."
    status = 403
    retouch_helps = True


class QuotaSpent(ProviderError):
    """No credit is left."""

    title = "Your OpenAI credit is used up"
    advice = "Nothing is charged. Add credit at OpenAI, then try again."
    link = BILLING_PAGE
    link_text = "Add credit at OpenAI"
    status = 402
    retouch_helps = True


class AccountInactive(ProviderError):
    """An account that is not served until its owner has seen to the billing."""

    title = "Your OpenAI account is not active"
    advice = "Nothing is charged. See to the billing details at OpenAI, then try again."
    link = BILLING_PAGE
    link_text = "See your billing at OpenAI"
    status = 402
    retouch_helps = True


class BillingLimit(ProviderError):
    """A limit that the account's owner set at the provider."""

    title = "A spending limit at OpenAI is reached"
    advice = "Nothing is charged. Raise the limit at OpenAI, or wait until the new month begins."
    link = LIMITS_PAGE
    link_text = "See your limits at OpenAI"
    status = 402
    retouch_helps = True


class RateLimited(ProviderError):
    """Too many at once, for longer than it was worth waiting."""

    title = "The provider asks for a break"
    advice = "Too much was asked for in a short time. Nothing is charged. Try again in a few minutes."
    status = 429
    retouch_helps = True


class LongBreak(ProviderError):
    """More time was asked for than it is worth waiting."""

    title = "The provider asks for a long break"
    advice = "Nothing is charged. It asked for a pause of more than ten minutes. Try again later."
    status = 429
    retouch_helps = True


class ProviderOverloaded(ProviderError):
    """Too many people want pictures, for longer than it was worth waiting."""

    title = "The provider is very busy"
    advice = "Nothing is charged. Try again in a few minutes."
    link = STATUS_PAGE
    link_text = "See how OpenAI is doing"
    status = 503
    retouch_helps = True


# The same from a person's own server, which has no page at OpenAI to look at


class ServerUnreachable(ProviderError):
    """Nobody is there: not a byte of the photo left."""

    title = "Your server can't be reached"
    advice = "Nothing was sent. Check that it runs, and its address in the settings, then try again."
    retouch_helps = True
    settings_help = True


class ServerBroke(Unclear):
    """It failed with an error of its own, or the gateway in front of several found none that works."""

    title = "Your server could not finish the picture"
    advice = (
        "Your photo is safe. See what your server says about it, then try again. "
        "If it asks a paid provider, it may have been charged."
    )


class ServerBusy(ProviderError):
    """It has too much to do, for longer than it was worth waiting."""

    title = "Your server is very busy"
    advice = "Nothing was made. Try again in a few minutes."
    status = 503
    retouch_helps = True


class ServerModelNotFound(ProviderError):
    """It has no model of this name."""

    title = "Your server has no model of this name"
    advice = "Nothing was made. Set the name that your server, or the gateway before it, gives its model."
    status = 404
    retouch_helps = True
    settings_help = True


class ServerCreditSpent(ProviderError):
    """It asks somebody else who wants to be paid."""

    title = "The account behind your server has no credit left"
    advice = "Nothing was made. Add credit to that account, then try again."
    status = 402
    retouch_helps = True


class ServerLimitReached(ProviderError):
    """It asks somebody else, up to a limit."""

    title = "A spending limit behind your server is reached"
    advice = "Nothing was made. Raise the limit there, or wait until the new month begins."
    status = 402
    retouch_helps = True
