"""What asking for something can fail with: a thing, a wish, a key, a setting."""

from __future__ import annotations

from headshot_web.errors.told import HeadshotError


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
    advice = "Nothing was changed. Choose something else."
    status = 422


class BadAmount(BadSetting):
    """An amount of money that is none, that could mean two, or that is too large."""

    advice = "Nothing was changed. Choose a smaller amount, or leave it empty for no limit."

    def __init__(self, example: str | None = None) -> None:
        super().__init__()
        if example is not None:
            self.advice = (
                f"Nothing was changed. Write an amount like {example}, or leave it empty for no limit."
            )


class BadCount(BadSetting):
    """A number that is none, too small or too large."""

    advice = "Nothing was changed. Write a smaller whole number."

    def __init__(self, most: int | None = None) -> None:
        super().__init__()
        if most is not None:
            self.advice = f"Nothing was changed. Write a whole number from 1 to {most}."


class BadModelName(BadSetting):
    """A name that no model has."""

    advice = "Nothing was changed. A model’s name has no spaces; copy it as your provider writes it."


class SetElsewhere(HeadshotError):
    """A setting that was given when the app was started, which counts before the settings page."""

    title = "This was set when the app was started"
    advice = "Change it there, or start the app without it."
    status = 409

    def __init__(self, variable: str | None = None) -> None:
        super().__init__()
        if variable is not None:
            self.advice = f"Change the variable {variable}, or start the app without it."


class WelcomeFirst(HeadshotError):
    """Nobody of 13 or older has agreed to the privacy policy yet."""

    title = "The first page comes first"
    advice = (
        "Nothing was kept. Open the app, read what stays here and what leaves, then choose the photo again."
    )
    status = 403
