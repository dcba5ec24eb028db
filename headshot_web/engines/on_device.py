"""The studio retouch on this computer: needs no key and no network, and costs nothing."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

from headshot_web.errors import AnswerUnreadable
from headshot_web.model import Answer, EngineName, Progress, Remark, Rendered, Size, Step

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from headshot_web.accounts import Receipt
    from headshot_web.engines import Word
    from headshot_web.imaging.darkroom import Darkroom
    from headshot_web.model import Request

SIGNATURE = b"headshot-web on-device 1\n"


class OnDevice:
    """Makes headshots in the darkroom's own processes; nothing leaves this computer."""

    name = EngineName.ON_DEVICE
    may_cost = False

    def __init__(self, darkroom: Darkroom, *, at_once: int = 2) -> None:
        self._darkroom = darkroom
        self.at_once = at_once

    async def render(self, request: Request) -> AsyncIterator[Word]:
        """Frame, cut out and light one person; the answer comes last.

        The same request gives the same picture, so one is made whatever `Request.count` says.
        """
        recipe, size, subject = request.recipe, request.size, request.subject
        yield Progress(step=Step.FRAMING)
        yield Progress(step=Step.CUTTING_OUT)
        await self._darkroom.prepare(request.picture, recipe=recipe, size=size, subject=subject)
        yield Progress(step=Step.LIGHTING)
        rendered = await self._darkroom.render(request.picture, recipe=recipe, size=size, subject=subject)
        yield Answer(raw=_written(rendered))

    async def read(self, raw: bytes) -> tuple[Rendered, ...]:
        """Read the picture of a stored answer; raises `AnswerUnreadable`."""
        return (_read(raw),)

    def receipt(self, raw: bytes) -> Receipt | None:  # noqa: ARG002 - as the protocol has it
        """Return None: nothing left this computer."""
        return None


def _written(rendered: Rendered) -> bytes:
    """Write a picture and what it says about itself as one answer: two lines, then the JPEG."""
    about = {
        "width_px": rendered.size.width_px,
        "height_px": rendered.size.height_px,
        "scale": rendered.scale,
        "remarks": [remark.value for remark in rendered.remarks],
        "bytes": len(rendered.picture),
    }
    return SIGNATURE + json.dumps(about, sort_keys=True).encode() + b"\n" + rendered.picture


def _read(raw: bytes) -> Rendered:
    """Read what `_written` wrote; raises `AnswerUnreadable` for anything else."""
    if not raw.startswith(SIGNATURE):
        raise AnswerUnreadable
    line, _, picture = raw.removeprefix(SIGNATURE).partition(b"\n")
    try:
        about = json.loads(line)
        rendered = Rendered(
            picture=picture,
            size=Size(width_px=int(about["width_px"]), height_px=int(about["height_px"])),
            scale=float(about["scale"]),
            remarks=tuple(Remark(remark) for remark in about["remarks"]),
        )
        whole = len(picture) == about["bytes"] and picture.startswith(b"\xff\xd8")
    except (ValueError, KeyError, TypeError) as error:
        raise AnswerUnreadable from error
    if not whole or not math.isfinite(rendered.scale):
        raise AnswerUnreadable
    return rendered
