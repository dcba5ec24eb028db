"""The nouns of the product: a photo, a look, an order's job, a headshot, and what an engine is given."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NewType

if TYPE_CHECKING:
    from datetime import datetime

PhotoId = NewType("PhotoId", str)
StyleId = NewType("StyleId", str)
OrderId = NewType("OrderId", str)
JobId = NewType("JobId", str)
HeadshotId = NewType("HeadshotId", str)
Session = NewType("Session", str)
"""Whose visit a photo belongs to; its headshots and jobs belong to it through the photo."""

DeviceId = NewType("DeviceId", str)

OWNER: Final = Session("owner")
"""The one whose computer it is."""


class Role(StrEnum):
    """Who somebody is to this computer."""

    OWNER = "owner"
    """The browser on this computer."""
    FAMILY = "family"
    """A phone that shares the owner's gallery."""
    GUEST = "guest"
    """A phone with a space of its own."""
    BOOTH = "booth"
    """The booth's browser, with a space of its own for each guest before it."""


class EngineName(StrEnum):
    """Who makes the headshot."""

    ON_DEVICE = "on-device"
    OPENAI = "openai"


class Quality(StrEnum):
    """How carefully an engine works, where it can choose: a quick draft, or the real thing."""

    DRAFT = "draft"
    FINAL = "final"


class Notice(StrEnum):
    """Something noticed in a photo: advice before going on, never a refusal."""

    NO_FACE = "no-face"
    SEVERAL_FACES = "several-faces"
    FACE_SMALL = "face-small"
    BLURRED = "blurred"
    DARK = "dark"
    SIDEWAYS = "sideways"


class Remark(StrEnum):
    """Something a finished headshot must say about itself."""

    BACKGROUND_KEPT = "background-kept"
    """The outline was unsure, so the person's own background was softened instead of replaced."""
    ENLARGED = "enlarged"
    """The photo had fewer pixels than the headshot; `Headshot.scale` says how many times it was enlarged."""
    NO_FACE = "no-face"
    """No face was found; the picture was framed on its middle."""
    OTHER_SIZE = "other-size"
    """The provider drew it in another size than it was asked for; it was cut to the look's shape."""
    OTHER_MODEL = "other-model"
    """The chosen model was not available; another one of the provider's made it."""
    PLAINER = "plainer"
    """The provider refused an optional setting, so the headshot was made without it."""


class JobState(StrEnum):
    """Where a job is; only `jobs` changes it."""

    QUEUED = "queued"
    SENDING = "sending"
    RECEIVED = "received"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"

    @property
    def is_final(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self in (JobState.DONE, JobState.FAILED, JobState.CANCELLED, JobState.UNKNOWN)


class Step(StrEnum):
    """The named steps a person watches while a headshot is made."""

    WAITING = "waiting"
    SENDING = "sending"
    DRAWING = "drawing"
    PAUSED = "paused"
    RECONNECTING = "reconnecting"
    FRAMING = "framing"
    CUTTING_OUT = "cutting-out"
    LIGHTING = "lighting"
    SAVING = "saving"


class Crop(StrEnum):
    """The shape of a headshot, width to height."""

    SQUARE = "1:1"
    PORTRAIT_4_5 = "4:5"
    PORTRAIT_2_3 = "2:3"
    PORTRAIT_3_4 = "3:4"

    @property
    def aspect(self) -> float:
        """Width divided by height."""
        width, height = self.value.split(":")
        return int(width) / int(height)


class Scene(StrEnum):
    """What is drawn behind the person."""

    GRADIENT = "gradient"
    PAPER = "paper"
    TEXTURE = "texture"
    PLASTER = "plaster"
    BRICK = "brick"
    OFFICE = "office"
    LIBRARY = "library"
    CORRIDOR = "corridor"
    ROOM = "room"
    OUTDOORS = "outdoors"
    CITY = "city"
    BOKEH = "bokeh"


class Light(StrEnum):
    """How the light falls: on the backdrop and, gently, on the person."""

    EVEN = "even"
    WINDOW = "window"
    CLASSIC = "classic"
    LOW_KEY = "low-key"
    HIGH_KEY = "high-key"
    OPEN_SHADE = "open-shade"
    WARM = "warm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large a picture is, in pixels."""

    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Backdrop:
    """What stands behind the person: a drawn scene in one main colour (`#rrggbb`)."""

    scene: Scene
    color: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """All that an engine needs to know of a look; the same recipe gives the same picture."""

    backdrop: Backdrop
    light: Light
    crop: Crop
    monochrome: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """One look of the catalogue, in the words and wishes a person chooses by."""

    id: StyleId
    name: str
    audience: str
    group: str
    attire: str
    keeps_clothes: bool
    """Whether the look leaves clothes as photographed, so this computer can do all of it."""
    recipe: Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a person changed about a look before ordering; None keeps the look's own."""

    backdrop_color: str | None = None
    crop: Crop | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """Where a face is, for framing and for choosing: kept in memory only, never stored.

    All values are fractions of the picture's width and height, 0 to 1, from the top left corner.
    """

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A photo that was taken in: upright, sRGB, without metadata, at most 2016 px."""

    id: PhotoId
    created_at: datetime
    size: Size
    notices: tuple[Notice, ...] = ()
    subject: int | None = None
    """Which face is the person, counted from the left from 0; None when the person was not asked."""
    session: Session = OWNER
    """Whose visit it belongs to."""
    picture_gone: bool = False
    """Whether its picture was deleted by itself, so that only its headshots are left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """All that an engine is given: pixels, words, a size, a count. No id, name or path is in it."""

    picture: bytes = field(repr=False)
    """The photo, or the working copy of it that may leave this computer: JPEG, sRGB, without metadata."""
    others: tuple[bytes, ...] = field(repr=False, default=())
    """At most three more working copies of the same person, for likeness only."""
    recipe: Recipe
    prompt: str = field(repr=False, default="")
    size: Size
    """How large the finished headshot becomes."""
    count: int = 1
    quality: Quality = Quality.FINAL
    subject: int | None = None
    """Which face is the person, counted from the left from 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """An engine's word that it has begun a step."""

    step: Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Partial:
    """An unfinished picture on the way, as an encoded image."""

    picture: bytes = field(repr=False)
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an engine gave back, exactly as it came; it is stored before anything reads it."""

    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """One finished picture, read from an answer: an encoded master, its size and its remarks."""

    picture: bytes = field(repr=False)
    """The headshot as JPEG, sRGB."""
    thumbnail: bytes | None = field(repr=False, default=None)
    """The same small, where it was made along with it."""
    size: Size
    scale: float
    """How many times the photo's pixels were enlarged; at most 1 when nothing was."""
    remarks: tuple[Remark, ...] = ()
    original: bytes | None = field(repr=False, default=None)
    """The provider's own file, byte for byte, where one made the headshot."""
    model: str | None = None
    """Which of a provider's models drew it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One headshot being made. Only `jobs` makes a changed copy of it."""

    id: JobId
    order_id: OrderId
    photo_id: PhotoId
    style_id: StyleId
    engine: EngineName
    wishes: Wishes
    state: JobState
    step: Step
    created_at: datetime
    changed_at: datetime
    error: str | None = None
    """The code of what went wrong (a class of `errors`), never an exception's own text."""
    headshot_ids: tuple[HeadshotId, ...] = ()
    subject: int | None = None
    """Which face was the person when it was ordered."""
    quality: Quality = Quality.FINAL
    others: tuple[PhotoId, ...] = ()
    """More photos of the same person that were to go along."""
    request_id: str | None = None
    """The provider's own number for it, for asking them."""
    resumes_at: datetime | None = None
    """When it goes on by itself, while the provider lets it wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Headshot:
    """A finished headshot in the gallery."""

    id: HeadshotId
    photo_id: PhotoId
    job_id: JobId
    style_id: StyleId
    engine: EngineName
    wishes: Wishes
    created_at: datetime
    size: Size
    scale: float
    remarks: tuple[Remark, ...] = ()
    favourite: bool = False
    subject: int | None = None
    """Which face was the person when it was made."""
    model: str | None = None
    """Which of a provider's models drew it; None when it was made here."""
    downloaded: bool = False


class FileKind(StrEnum):
    """A picture file a person can download."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"


class Paper(StrEnum):
    """What headshots are printed on, in inches."""

    P4X6 = "4x6"
    P5X7 = "5x7"
    STRIP_2X6 = "2x6"
    """Two equal strips side by side on a 4×6 paper, to be cut apart."""
    SHEET_2X2 = "2x2"
    """Six small square pictures on a 4×6 paper, to be cut apart."""

    @property
    def inches(self) -> tuple[int, int]:
        """The width and height of the paper that goes through the printer."""
        return (5, 7) if self is Paper.P5X7 else (4, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A download: which kind of file, which shape (None keeps it), at most how many pixels high or wide."""

    kind: FileKind = FileKind.JPEG
    crop: Crop | None = None
    longest_px: int | None = None
    marks: bool = True
    """Whether the file says how it was made; without, it is written anew from the pixels alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A file for the person's own folder: its readable name, its media type, and its bytes."""

    name: str
    media_type: str
    data: bytes = field(repr=False)


class DeletionKind(StrEnum):
    """What was deleted."""

    HEADSHOT = "headshot"
    PHOTO = "photo"
    """A photo, and all that was made of it."""
    SESSION = "session"
    """All that belongs to a visit."""
    EVERYTHING = "everything"
    AUTOMATIC = "automatic"
    """What went by itself, as the person had set it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """The ledger's word that something was deleted: no id, no name, no picture of it."""

    kind: DeletionKind
    began_at: datetime
    finished_at: datetime | None
    """None while it is still under way."""
    files: int
