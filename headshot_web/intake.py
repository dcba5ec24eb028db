"""Taking a photo in: its bytes are counted as they arrive, and held in memory only until it is developed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from headshot_web.errors import HeadshotError, NotAPicture, TooManyBytes, UploadInterrupted

if TYPE_CHECKING:
    from headshot_web.imaging.darkroom import Darkroom
    from headshot_web.imaging.negative import Developed

MEGABYTE = 1_000_000


async def develop(darkroom: Darkroom, stream: AsyncIterator[bytes], *, limit_bytes: int) -> Developed:
    """Read a photo and develop it; raises a `Refusal`, and nothing of a refused photo remains."""
    data = await _read(stream, limit_bytes)
    if not data:
        raise NotAPicture
    return await darkroom.develop(data)


async def _read(stream: AsyncIterator[bytes], limit_bytes: int) -> bytes:
    """Collect the bytes; stop reading once they are more than the limit."""
    data = bytearray()
    try:
        async for chunk in stream:
            data += chunk
            if len(data) > limit_bytes:
                break
    except HeadshotError:
        raise
    except Exception as error:  # whatever the connection calls its own end
        raise UploadInterrupted from error
    if len(data) > limit_bytes:
        raise TooManyBytes(limit_bytes // MEGABYTE)
    return bytes(data)
