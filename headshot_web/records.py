"""How photos, headshots and jobs are written down: alike in the index and in the note beside a picture.

A note holds ids, times, the look and the wishes; never a file name, a face or a point of one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, Protocol, TypeVar

from headshot_web.model import (
    OWNER,
    Crop,
    EngineName,
    Headshot,
    HeadshotId,
    Job,
    JobId,
    JobState,
    Notice,
    OrderId,
    Photo,
    PhotoId,
    Quality,
    Remark,
    Session,
    Size,
    Step,
    StyleId,
    Wishes,
)

Record = dict[str, str | int | float | None]


class Written(Protocol):
    """A row of the index, or the content of a note."""

    def __getitem__(self, column: str, /) -> Any:  # noqa: ANN401 - as sqlite3 gives it
        """Return what was written under a name."""
        ...


Word = TypeVar("Word", bound=StrEnum)

_FORMAT: Final = 1
_REQUIRED: Final = {
    "photo": {"id", "created_at", "width_px", "height_px"},
    "headshot": {"id", "photo_id", "job_id", "ordinal", "style_id", "engine", "created_at", "scale"},
    "job": {"id", "order_id", "position", "photo_id", "style_id", "engine", "created_at"},
}


_LATER: Final[dict[str, Record]] = {
    "photo": {"session": OWNER, "picture_gone": 0},
    "headshot": {"model": None, "downloaded": 0},
    "job": {"quality": Quality.FINAL.value, "others": "", "request_id": None, "resumes_at": None},
}
"""What the notes of earlier versions do not say."""


class NoteUnreadable(Exception):  # noqa: N818 - never leaves the library
    """A note beside a picture that is missing, damaged, or not about that picture."""


def photo_record(photo: Photo) -> Record:
    """Write a photo down."""
    return {
        "id": photo.id,
        "created_at": time_text(photo.created_at),
        "width_px": photo.size.width_px,
        "height_px": photo.size.height_px,
        "notices": " ".join(photo.notices),
        "subject": photo.subject,
        "session": photo.session,
        "picture_gone": int(photo.picture_gone),
    }


def photo_of(record: Written) -> Photo:
    """Read a photo that was written down."""
    return Photo(
        id=PhotoId(record["id"]),
        created_at=datetime.fromisoformat(record["created_at"]),
        size=Size(width_px=record["width_px"], height_px=record["height_px"]),
        notices=_known(Notice, record["notices"]),
        subject=record["subject"],
        session=Session(record["session"]),
        picture_gone=bool(record["picture_gone"]),
    )


def headshot_record(headshot: Headshot, ordinal: int) -> Record:
    """Write a headshot down; `ordinal` is its place among those of one job."""
    return {
        "id": headshot.id,
        "photo_id": headshot.photo_id,
        "job_id": headshot.job_id,
        "ordinal": ordinal,
        "style_id": headshot.style_id,
        "engine": headshot.engine.value,
        "backdrop_color": headshot.wishes.backdrop_color,
        "crop": headshot.wishes.crop.value if headshot.wishes.crop else None,
        "subject": headshot.subject,
        "created_at": time_text(headshot.created_at),
        "width_px": headshot.size.width_px,
        "height_px": headshot.size.height_px,
        "scale": headshot.scale,
        "remarks": " ".join(headshot.remarks),
        "favourite": int(headshot.favourite),
        "model": headshot.model,
        "downloaded": int(headshot.downloaded),
    }


def headshot_of(record: Written) -> Headshot:
    """Read a headshot that was written down."""
    return Headshot(
        id=HeadshotId(record["id"]),
        photo_id=PhotoId(record["photo_id"]),
        job_id=JobId(record["job_id"]),
        style_id=StyleId(record["style_id"]),
        engine=EngineName(record["engine"]),
        wishes=_wishes(record),
        subject=record["subject"],
        created_at=datetime.fromisoformat(record["created_at"]),
        size=Size(width_px=record["width_px"], height_px=record["height_px"]),
        scale=float(record["scale"]),
        remarks=_known(Remark, record["remarks"]),
        favourite=bool(record["favourite"]),
        model=record["model"],
        downloaded=bool(record["downloaded"]),
    )


def job_record(job: Job, position: int) -> Record:
    """Write a job down; `position` is its place in the order."""
    return {
        "id": job.id,
        "order_id": job.order_id,
        "position": position,
        "photo_id": job.photo_id,
        "style_id": job.style_id,
        "engine": job.engine.value,
        "backdrop_color": job.wishes.backdrop_color,
        "crop": job.wishes.crop.value if job.wishes.crop else None,
        "subject": job.subject,
        "state": job.state.value,
        "step": job.step.value,
        "created_at": time_text(job.created_at),
        "changed_at": time_text(job.changed_at),
        "error": job.error,
        "quality": job.quality.value,
        "others": " ".join(job.others),
        "request_id": job.request_id,
        "resumes_at": time_text(job.resumes_at) if job.resumes_at else None,
    }


def job_of(record: Written, headshots: Iterable[str] = ()) -> Job:
    """Read a job that was written down, with the headshots that came of it."""
    return Job(
        id=JobId(record["id"]),
        order_id=OrderId(record["order_id"]),
        photo_id=PhotoId(record["photo_id"]),
        style_id=StyleId(record["style_id"]),
        engine=EngineName(record["engine"]),
        wishes=_wishes(record),
        subject=record["subject"],
        state=JobState(record["state"]),
        step=Step(record["step"]),
        created_at=datetime.fromisoformat(record["created_at"]),
        changed_at=datetime.fromisoformat(record["changed_at"]),
        error=record["error"],
        quality=Quality(record["quality"]),
        others=tuple(PhotoId(photo) for photo in record["others"].split()),
        request_id=record["request_id"],
        resumes_at=datetime.fromisoformat(record["resumes_at"]) if record["resumes_at"] else None,
        headshot_ids=tuple(HeadshotId(headshot) for headshot in headshots),
    )


def note(kind: str, record: Record) -> bytes:
    """Write the note that lies beside a picture."""
    return json.dumps({"format": _FORMAT, "kind": kind, **record}, indent=1).encode()


def read_note(kind: str, thing: str, data: bytes) -> Record:
    """Read the note of a thing; raises `NoteUnreadable` when it is damaged or about something else."""
    try:
        record = json.loads(data)
        told = (record.pop("format"), record.pop("kind"), record["id"])
        if told != (_FORMAT, kind, thing) or not record.keys() >= _REQUIRED[kind]:
            raise NoteUnreadable
        record = {**_LATER[kind], **record}
        _READERS[kind](record)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NoteUnreadable from error
    return dict(record)


def time_text(moment: datetime) -> str:
    """Write a moment so that texts sort as the moments do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


_READERS: Final = {"photo": photo_of, "headshot": headshot_of, "job": job_of}


def _wishes(record: Written) -> Wishes:
    crop = record["crop"]
    return Wishes(backdrop_color=record["backdrop_color"], crop=Crop(crop) if crop else None)


def _known(words: type[Word], text: str) -> tuple[Word, ...]:
    """Read those words that this version knows; one of another version is passed over."""
    values = {word.value: word for word in words}
    return tuple(values[part] for part in text.split() if part in values)
