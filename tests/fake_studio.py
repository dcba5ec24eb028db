"""A studio that keeps nothing but a picture in memory: the door can be tested without the rooms behind it."""

# ruff: noqa: ARG002 - it has the studio's own signatures

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

from headshot_web.devices import Devices
from headshot_web.downloads import Parcel
from headshot_web.errors import NotFound, TooManyBytes
from headshot_web.index import Index
from headshot_web.model import OWNER, Download, Photo, PhotoId, Session, Size
from headshot_web.settings import Settings

PHOTO = PhotoId("0" * 31 + "1")
JPEG = b"\xff\xd8\xff\xe0 a picture \xff\xd9"


class FakeTakeaway:
    """A ZIP of unknown length."""

    name = "all-my-headshots.zip"
    media_type = "application/zip"

    def pieces(self) -> Iterator[bytes]:
        yield b"PK"
        yield JPEG


class FakeBelongings:
    """All is the owner's."""

    def photo(self, thing: str) -> Session:
        return OWNER

    headshot = job = order = photo


class FakeStudio:
    """Takes photos in by counting them, and shows one picture under one id."""

    belongings = FakeBelongings()

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.under_way = 0
        self.devices = Devices(Index.open(settings.folders.index))

    @property
    def desk(self) -> FakeStudio:
        return self

    async def policy_agreed(self) -> bool:
        return True

    async def take_in(self, stream: AsyncIterator[bytes], session: Session) -> Photo:
        count = 0
        self.under_way += 1
        try:
            async for piece in stream:
                count += len(piece)
                if count > self.settings.max_upload_mb * 1_000_000:
                    raise TooManyBytes(self.settings.max_upload_mb)
        finally:
            self.under_way -= 1
        return Photo(
            id=PHOTO, created_at=datetime(2026, 1, 2, tzinfo=UTC), size=Size(width_px=3, height_px=4)
        )

    async def photo_picture(self, photo: str) -> bytes:
        if photo != PHOTO:
            raise NotFound
        return JPEG

    photo_thumbnail = headshot_picture = headshot_thumbnail = before = photo_picture

    async def preview(self, photo: str, style: str, wishes: Any) -> bytes:
        return await self.photo_picture(photo)

    async def download(self, headshot: str, export: Any) -> Download:
        return Download(
            name="Ängström \r\nx.jpg", media_type="image/jpeg", data=await self.photo_picture(headshot)
        )

    async def pack(self, ids: list[str], export: Any) -> Parcel:
        return Parcel(io.BytesIO(b"PK" + b"".join(i.encode() for i in ids)))

    async def export_everything(self) -> FakeTakeaway:
        return FakeTakeaway()

    async def headshots(self, offset: int, limit: int, **chosen: Any) -> tuple[()]:
        return ()

    async def count(self, **chosen: Any) -> int:
        if chosen.get("style_id") == "boom":
            raise RuntimeError("secret detail")
        return self.under_way  # so that a test can see it
