"""What the app's own folder, its files and its installation can fail with."""

from __future__ import annotations

from headshot_web.errors.told import HeadshotError


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
