"""Everything that can go wrong, with the sentence a person reads and what to do next."""

from __future__ import annotations

from typing import ClassVar


class HeadshotError(Exception):
    """The base of every error a person may see: a title, and what to do next."""

    title: ClassVar[str] = "Something did not work"
    advice: str = "Try again. If it happens again, run “headshot-web doctor”."
    status: ClassVar[int] = 500
    link: ClassVar[str | None] = None
    """Where the person can do something about it, when that is a page of someone else."""
    link_text: ClassVar[str] = ""
    may_be_charged: ClassVar[bool] = False
    """Whether a provider may have charged for it, so that it is made again only when a person says so."""
    retouch_helps: ClassVar[bool] = False
    """Whether the retouch on this computer would work in spite of it."""
    settings_help: ClassVar[bool] = False
    """Whether it is put right in the settings of the app."""

    @classmethod
    def code(cls) -> str:
        """Return the stable word by which a job or an answer names this error."""
        return cls.__name__

    def __str__(self) -> str:
        return f"{self.title}. {self.advice}"


def by_code(code: str | None) -> type[HeadshotError]:
    """Find the error a job or an answer names; `JobError` for a word of another version."""
    waiting: list[type[HeadshotError]] = [HeadshotError]
    while waiting:
        error = waiting.pop()
        if error.code() == code:
            return error
        waiting.extend(error.__subclasses__())
    return JobError


# What a photo can be refused for


class Refusal(HeadshotError):
    """A photo that cannot be taken in; nothing of it is kept."""

    title = "This photo can't be used"
    advice = "Choose another photo."
    status = 422


class NotAPicture(Refusal):
    """The bytes are no picture at all."""

    title = "This file is not a picture"
    advice = "Choose a photo: JPEG, HEIC, PNG, WebP or AVIF."
    status = 415


class KindNotOpened(Refusal):
    """A picture of a kind that is not opened here."""

    title = "This kind of picture is not opened here"
    advice = "Save it as JPEG, PNG or WebP, or choose another photo. HEIC and AVIF work too."
    status = 415


class BrokenFile(Refusal):
    """A picture file that is damaged or cut off."""

    title = "This file is damaged"
    advice = (
        "Part of the picture is missing. Copy it from the phone or camera again, or choose another photo."
    )


class PhotoUnreadable(Refusal):
    """A file named on the command line that cannot be read."""

    title = "This photo can't be read"
    advice = "Check how its name is written, and that you may open it."
    status = 404


class TooManyBytes(Refusal):
    """More bytes than the limit; they were counted while reading."""

    title = "This file is too large"
    advice = "Choose a smaller one. A normal phone photo is 2 to 15 MB."
    status = 413

    def __init__(self, limit_mb: int | None = None) -> None:
        super().__init__()
        if limit_mb is not None:
            self.advice = f"Choose a photo of at most {limit_mb} MB. A normal phone photo is 2 to 15 MB."


class TooManyPixels(Refusal):
    """More pixels than this computer decodes safely."""

    title = "This picture has too many pixels"
    advice = "Save it smaller, at most 8000 pixels on the longer side, or choose another photo."


class TooManyScans(Refusal):
    """A progressive JPEG built to take very long."""

    title = "This file is built in an unusual way"
    advice = "It would take very long to open. Save it once more as a normal JPEG, or choose another photo."


class TooSmall(Refusal):
    """Too few pixels for a headshot."""

    title = "This picture is too small"
    advice = "A headshot needs at least 256 pixels on the shorter side. Choose a larger photo."


class TooNarrow(Refusal):
    """A panorama or a strip."""

    title = "This picture is too narrow"
    advice = "Choose a normal photo instead of a panorama or a strip."


class TookTooLong(Refusal):
    """The photo was not opened before the deadline."""

    title = "Opening this photo took too long"
    advice = "Try once more. If it happens again, save the photo as a normal JPEG or choose another."


class UploadInterrupted(Refusal):
    """The browser stopped sending before the photo was complete."""

    title = "The photo did not arrive completely"
    advice = "Nothing was kept. Choose the photo again."
    status = 400


# What making a headshot can fail with


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


# What asking for something can fail with


class NotFound(HeadshotError):
    """A photo, headshot or order that is not (or no longer) here."""

    title = "This is no longer here"
    advice = "It may have been deleted. Open the gallery to see what is there."
    status = 404


class PictureGone(NotFound):
    """A photo whose picture went by itself, as it was set; its headshots are still here."""

    title = "This photo is no longer here"
    advice = "Photos are deleted by themselves, as it is set. Its headshots are still in the gallery."


class NoSuchStyle(HeadshotError):
    """A look that is not in the catalogue."""

    title = "This look is not in the catalogue"
    advice = "Choose one of the looks shown, or run “headshot-web styles” to list them."
    status = 404


class NoSuchEngine(HeadshotError):
    """An engine that this version does not have."""

    title = "This way of making headshots is not available"
    advice = "Use “on-device”, the retouch on this computer."


class BadWish(HeadshotError):
    """A colour, crop or size that does not exist."""

    title = "This wish can't be followed"
    advice = "A colour is written as #rrggbb; a crop is one of 1:1, 4:5, 2:3, 3:4."
    status = 422


# What a key or a setting can be refused for


class BadKey(HeadshotError):
    """Text that cannot be a key."""

    title = "This is not a key"
    advice = "A key is one line of 8 to 512 letters, digits and signs without a space. Copy it once more."
    status = 422


class KeyNotForgotten(HeadshotError):
    """The system's keyring did not let go of a key."""

    title = "The key is still in this system's keyring"
    advice = "Unlock the keyring and try again, or delete the entry “headshot-web” there yourself."
    status = 409


class BadSetting(HeadshotError):
    """A value that a setting cannot have."""

    title = "This can't be set"
    advice = "An amount is a number such as 5 or 2.50; nothing stands for no limit."
    status = 422


class SetElsewhere(HeadshotError):
    """A setting that was given when the app was started, which counts before the settings page."""

    title = "This was set when the app was started"
    advice = "Change it there, or start the app without it."
    status = 409

    def __init__(self, variable: str | None = None) -> None:
        super().__init__()
        if variable is not None:
            self.advice = f"Change the variable {variable}, or start the app without it."


# What the app's own folder can fail with


class WelcomeFirst(HeadshotError):
    """Nobody of 13 or older has agreed to the privacy policy yet."""

    title = "The first page comes first"
    advice = (
        "Nothing was kept. Open the app, read what stays here and what leaves, then choose the photo again."
    )
    status = 403


class FolderError(HeadshotError):
    """The app folder cannot be used."""

    title = "The app folder can't be used"
    advice = "Check that it is yours and that you may write there, or choose another with --data-dir."


class NotOurFolder(FolderError):
    """A folder in which things of others lie: the app would close it to others, and sweep in it."""

    title = "This folder holds other things"
    advice = "The app needs a folder of its own. Choose an empty or a new one with --data-dir."


class OthersCanWrite(FolderError):
    """A folder that others can write, or to which a link of somebody else leads."""

    title = "Others could change this folder"
    advice = (
        "The app folder must be yours, writable by you alone, and reached by no link of somebody else. "
        "Choose another with --data-dir, or close it to others: chmod go-w"
    )


class LinkInside(FolderError):
    """A link in the place of one of the app's own files or folders."""

    title = "A link lies in the app folder"
    advice = "Links in there are not followed. Put the file or folder itself in its place, or take it away."


class SettingsUnreadable(FolderError):
    """A settings file that cannot be changed without harm to what else is written in it."""

    title = "settings.toml can't be changed from here"
    advice = "Correct the file yourself, or delete it, then try again."


class CannotWriteThere(FolderError):
    """The folder named for the headshots cannot be written to."""

    title = "The headshots can't be written there"
    advice = "Choose another folder with --out, one that is yours."


class FileThere(CannotWriteThere):
    """A file of that name exists."""

    title = "There is a file of this name already"
    advice = "It was left as it is. Choose another name with --out."


class NotConfirmed(HeadshotError):
    """A person was asked whether to delete, and did not type the word."""

    title = "Nothing was deleted"
    advice = "Everything is still there."


class LeftInTheApp(CannotWriteThere):
    """A headshot that a provider drew, and that could not be written to the person's folder."""

    title = "The headshot could not be written there"
    advice = "It was drawn and is kept in the app: open the app, then the photo's page or the gallery."


class AlreadyRunning(FolderError):
    """A second instance on the same folder."""

    title = "The app is already running with this folder"
    advice = "Use the window that is open, or start with another folder: --data-dir."
    status = 409


class DiskFull(FolderError):
    """No room for another picture."""

    title = "The disk is full"
    advice = "Nothing was lost. Free some space, then try again."
    status = 507


class IndexDamaged(FolderError):
    """The index cannot be opened."""

    title = "The index of your pictures is damaged"
    advice = (
        "Your pictures are safe. Run “headshot-web doctor --rebuild” to make the index anew from the files."
    )


class IndexTooNew(FolderError):
    """The folder was written by a later version."""

    title = "This folder was used by a newer version"
    advice = "Update headshot-web, or choose another folder with --data-dir."


class NoPortFree(HeadshotError):
    """No port near the wished one is free."""

    title = "No free port was found"
    advice = "Choose one yourself: headshot-web --port 9000."


class NoPhotosFound(HeadshotError):
    """A command was given folders or names in which there is no photo."""

    title = "No photo was found"
    advice = "Name photos, or a folder that holds some: JPEG, HEIC, PNG, WebP or AVIF."


class ModelsDamaged(HeadshotError):
    """The two networks are missing or changed."""

    title = "Part of the installation is missing or changed"
    advice = "Install headshot-web again; the files in its “models” folder do not match their checksums."


class BadPriceList(HeadshotError):
    """The person's own table of models and prices cannot be followed."""

    title = "Your own list of models and prices has a mistake"
    advice = "Correct openai_models.toml in the app folder, or take it out."

    def __init__(self, told: str | None = None) -> None:
        super().__init__()
        if told:
            self.advice = f"{told} {type(self).advice}"


# What the door refuses


class Refused(HeadshotError):
    """A request that was turned away before anything saw it."""

    title = "This was not opened"
    advice = "Open the app by the address it printed when it started."
    status = 403


class OtherAddress(Refused):
    """A request that came by another name than the app's own."""

    title = "This is not the address of the app"
    status = 421


class OtherOrigin(Refused):
    """Another website, or another app on this computer, asked."""

    title = "Another site asked for this"
    advice = "Nothing was opened or changed. To go on, open the app yourself."


class NotConnected(Refused):
    """The window has no session here: the app was started anew, or the cookies were cleared."""

    title = "This window is no longer connected"
    advice = "Reload the page. Everything that was saved is still there."


class BodyTooLarge(Refused):
    """More was sent than any page ever sends."""

    title = "That was too much at once"
    advice = "Nothing was kept. Reload the page and try again with less."
    status = 413


class BodyTooSlow(Refused):
    """The sending stopped or crawled."""

    title = "Sending took too long"
    advice = "Nothing was kept. Try again."
    status = 408


class NotUnderstood(Refused):
    """A request that no browser sends."""

    title = "This request was not understood"
    status = 400


class NotDoneHere(Refused):
    """A method that no page uses."""

    title = "This can't be done here"
    status = 405
