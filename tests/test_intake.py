from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from headshot_web import errors, intake
from headshot_web.imaging.darkroom import Darkroom
from headshot_web.model import Size
from tests import portraits

LIMIT = 1_000_000


class Upload:
    """A browser sending a file in chunks, and how much of it was taken."""

    def __init__(self, data: bytes, *, breaks_off_at: int | None = None, chunk: int = 64_000) -> None:
        self.data = data
        self.taken = 0
        self._breaks_off_at = breaks_off_at
        self._chunk = chunk

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while self.taken < len(self.data):
            if self._breaks_off_at is not None and self.taken >= self._breaks_off_at:
                raise ConnectionResetError
            chunk = self.data[self.taken : self.taken + self._chunk]
            self.taken += len(chunk)
            yield chunk


async def test_a_photo_is_taken_in(shared_darkroom: Darkroom) -> None:
    data = portraits.saved(portraits.hopper(), "JPEG")
    developed = await intake.develop(shared_darkroom, aiter(Upload(data)), limit_bytes=LIMIT)
    assert developed.size == Size(width_px=512, height_px=600)
    assert developed.notices == ()


async def test_a_file_of_exactly_the_limit_is_taken_in(shared_darkroom: Darkroom) -> None:
    data = portraits.saved(portraits.hopper(), "JPEG")
    assert await intake.develop(shared_darkroom, aiter(Upload(data)), limit_bytes=len(data))


async def test_a_file_over_the_limit_is_refused_before_it_is_read_to_the_end(
    shared_darkroom: Darkroom,
) -> None:
    upload = Upload(bytes(50 * LIMIT))
    with pytest.raises(errors.TooManyBytes, match=f"at most {LIMIT // 1_000_000} MB"):
        await intake.develop(shared_darkroom, aiter(upload), limit_bytes=LIMIT)
    assert upload.taken <= LIMIT + 64_000


async def test_an_upload_that_breaks_off_is_refused(shared_darkroom: Darkroom) -> None:
    upload = Upload(portraits.saved(portraits.hopper(), "PNG"), breaks_off_at=100_000)
    with pytest.raises(errors.UploadInterrupted):
        await intake.develop(shared_darkroom, aiter(upload), limit_bytes=LIMIT)


async def test_an_empty_upload_is_no_picture(shared_darkroom: Darkroom) -> None:
    with pytest.raises(errors.NotAPicture):
        await intake.develop(shared_darkroom, aiter(Upload(b"")), limit_bytes=LIMIT)


@pytest.mark.parametrize(
    ("refusal", "data"),
    [
        (errors.NotAPicture, b"<html>"),
        (errors.KindNotOpened, portraits.saved(portraits.hopper(), "GIF")),
        (errors.BrokenFile, portraits.saved(portraits.hopper(), "JPEG")[:20_000]),
        (errors.TooManyPixels, portraits.pixel_bomb),
        (errors.TooManyScans, portraits.scan_bomb),
    ],
)
async def test_a_refusal_comes_back_from_the_process_as_itself(
    shared_darkroom: Darkroom, refusal: type[errors.Refusal], data: bytes | Callable[[], bytes]
) -> None:
    upload = Upload(data() if callable(data) else data)
    with pytest.raises(refusal):
        await intake.develop(shared_darkroom, aiter(upload), limit_bytes=LIMIT)


async def test_nothing_touches_the_disk(scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(scratch)
    darkroom = Darkroom(workers=1, scratch=scratch)
    try:
        for data in (portraits.laden("JPEG"), portraits.laden("HEIC"), portraits.scan_bomb(), b"<html>"):
            with contextlib.suppress(errors.Refusal):
                await intake.develop(darkroom, aiter(Upload(data)), limit_bytes=LIMIT)
        assert os.listdir(scratch) == []  # noqa: PTH208 - a list says what is there
    finally:
        darkroom.close()
    assert os.listdir(scratch) == []  # noqa: PTH208 - a list says what is there


@pytest.mark.thorough
async def test_a_true_200_megapixel_phone_photo_is_taken_in(shared_darkroom: Darkroom) -> None:
    data = portraits.phone(200)
    developed = await intake.develop(
        shared_darkroom, aiter(Upload(data, chunk=1_000_000)), limit_bytes=60_000_000
    )
    assert developed.size == Size(width_px=1512, height_px=2016)
