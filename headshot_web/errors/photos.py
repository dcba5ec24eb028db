"""What a photo can be refused for; nothing of it is kept."""

from __future__ import annotations

from headshot_web.errors.told import HeadshotError


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
