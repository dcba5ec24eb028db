"""What making a headshot can fail with; the photo is safe."""

from __future__ import annotations

from headshot_web.errors.told import HeadshotError


class JobError(HeadshotError):
    """A headshot that could not be made; the photo is safe."""

    title = "This headshot was not made"
    advice = "Your photo is safe. Try again."


class RenderingTookTooLong(JobError):
    """The retouch did not finish before its deadline."""

    title = "This headshot took too long"
    advice = "Your photo is safe. Close other programs that keep this computer busy, then try again."


class RenderingStopped(JobError):
    """The process that makes headshots ended unexpectedly."""

    title = "Making this headshot stopped unexpectedly"
    advice = "Your photo is safe. Try again. If it happens again, run “headshot-web doctor”."


class Interrupted(JobError):
    """The app ended while the headshot was being made."""

    title = "This headshot was interrupted"
    advice = "The app was closed while it was being made. Your photo is safe. Try again."


class AnswerUnreadable(JobError):
    """What the engine gave back is no picture."""

    title = "The result could not be read"
    advice = "Your photo is safe. Try again."


class DrawnUnreadable(AnswerUnreadable):
    """What a provider gave back is no picture, though it says that it drew one."""

    may_be_charged = True
    title = "What came back is no picture"
    advice = "It was probably charged all the same. Your photo is safe. Try again?"
    retouch_helps = True


class ChargeUnknown(JobError):
    """The app ended while a provider was at work."""

    may_be_charged = True
    title = "This headshot may have been charged"
    advice = "The app was closed while it was being made. Your photo is safe. Try again?"


class StoppedAfterSending(JobError):
    """Something unexpected happened while a provider was at work."""

    may_be_charged = True
    title = "Making this headshot stopped unexpectedly"
    advice = "It had been sent, so it may have been charged. Your photo is safe. Try again?"


class CancelledAfterSending(JobError):
    """A person cancelled while a provider was at work."""

    may_be_charged = True
    title = "Cancelled after it was sent"
    advice = "It may still be charged."


class ConsentNeeded(JobError):
    """Nobody has said yes to sending photos there, or the yes was taken back."""

    title = "Your yes is needed first"
    advice = "Nothing was sent. Look at what would be sent, say yes, then try again."
    status = 403
    retouch_helps = True


class PolicyChanged(ConsentNeeded):
    """Nobody has agreed to the privacy policy as it is now."""

    title = "The privacy policy comes first"
    advice = "Nothing was sent. Read it as it is now and agree to it, then try again."


class NobodyAsked(ConsentNeeded):
    """A yes is needed, and nobody sits at a terminal to give it."""

    advice = (
        "Nothing was sent. Run this in a terminal and you are asked once, "
        "or add --i-agree when you know what is sent and to whom."
    )


class Declined(ConsentNeeded):
    """A person was asked, and did not say yes."""

    title = "Nothing was sent"
    advice = "Without your yes nothing leaves. “--engine on-device” makes the headshots on this computer."


class BudgetReached(JobError):
    """More would be spent than was allowed for the day, the month or the event."""

    title = "Your budget does not reach for this"
    advice = "Nothing was sent. Raise the budget in the settings, order less, or wait until it begins anew."
    status = 402
    retouch_helps = True
