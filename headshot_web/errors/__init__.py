"""Everything that can go wrong, with the sentence a person reads and what to do next."""

from __future__ import annotations

from headshot_web.errors.asked import (
    BadKey,
    BadSetting,
    BadWish,
    KeyNotForgotten,
    NoSuchEngine,
    NoSuchStyle,
    NotFound,
    PictureGone,
    SetElsewhere,
    WelcomeFirst,
)
from headshot_web.errors.door import (
    BodyTooLarge,
    BodyTooSlow,
    NotConnected,
    NotDoneHere,
    NotUnderstood,
    OtherAddress,
    OtherOrigin,
    Refused,
)
from headshot_web.errors.folder import (
    AlreadyRunning,
    BadPriceList,
    CannotWriteThere,
    DiskFull,
    FileThere,
    FolderError,
    IndexDamaged,
    IndexTooNew,
    LeftInTheApp,
    LinkInside,
    ModelsDamaged,
    NoPhotosFound,
    NoPortFree,
    NotConfirmed,
    NotOurFolder,
    OthersCanWrite,
    SettingsUnreadable,
)
from headshot_web.errors.jobs import (
    AnswerUnreadable,
    BudgetReached,
    CancelledAfterSending,
    ChargeUnknown,
    ConsentNeeded,
    Declined,
    DrawnUnreadable,
    Interrupted,
    JobError,
    NobodyAsked,
    PolicyChanged,
    RenderingStopped,
    RenderingTookTooLong,
    StoppedAfterSending,
)
from headshot_web.errors.kiosk import BadEvent, EventUnreadable
from headshot_web.errors.photos import (
    BrokenFile,
    KindNotOpened,
    NotAPicture,
    PhotoUnreadable,
    Refusal,
    TookTooLong,
    TooManyBytes,
    TooManyPixels,
    TooManyScans,
    TooNarrow,
    TooSmall,
    UploadInterrupted,
)
from headshot_web.errors.told import (
    HeadshotError,
)

__all__ = [
    "AlreadyRunning",
    "AnswerUnreadable",
    "BadEvent",
    "BadKey",
    "BadPriceList",
    "BadSetting",
    "BadWish",
    "BodyTooLarge",
    "BodyTooSlow",
    "BrokenFile",
    "BudgetReached",
    "CancelledAfterSending",
    "CannotWriteThere",
    "ChargeUnknown",
    "ConsentNeeded",
    "Declined",
    "DiskFull",
    "DrawnUnreadable",
    "EventUnreadable",
    "FileThere",
    "FolderError",
    "HeadshotError",
    "IndexDamaged",
    "IndexTooNew",
    "Interrupted",
    "JobError",
    "KeyNotForgotten",
    "KindNotOpened",
    "LeftInTheApp",
    "LinkInside",
    "ModelsDamaged",
    "NoPhotosFound",
    "NoPortFree",
    "NoSuchEngine",
    "NoSuchStyle",
    "NobodyAsked",
    "NotAPicture",
    "NotConfirmed",
    "NotConnected",
    "NotDoneHere",
    "NotFound",
    "NotOurFolder",
    "NotUnderstood",
    "OtherAddress",
    "OtherOrigin",
    "OthersCanWrite",
    "PhotoUnreadable",
    "PictureGone",
    "PolicyChanged",
    "Refusal",
    "Refused",
    "RenderingStopped",
    "RenderingTookTooLong",
    "SetElsewhere",
    "SettingsUnreadable",
    "StoppedAfterSending",
    "TooManyBytes",
    "TooManyPixels",
    "TooManyScans",
    "TooNarrow",
    "TooSmall",
    "TookTooLong",
    "UploadInterrupted",
    "WelcomeFirst",
    "by_code",
]


def by_code(code: str | None) -> type[HeadshotError]:
    """Find the error a job or an answer names; `JobError` for a word of another version."""
    waiting: list[type[HeadshotError]] = [HeadshotError]
    while waiting:
        error = waiting.pop()
        if error.code() == code:
            return error
        waiting.extend(error.__subclasses__())
    return JobError
