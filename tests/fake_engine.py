"""An engine and a darkroom without networks: quick, and made to fail, hang or stop where a test wants it."""

# ruff: noqa: ARG002 - the fakes have the real signatures

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

from headshot_web.accounts import Receipt
from headshot_web.errors import AnswerUnreadable, HeadshotError, Refusal
from headshot_web.imaging.negative import Developed
from headshot_web.model import (
    Answer,
    Crop,
    EngineName,
    Export,
    Face,
    Partial,
    Progress,
    Recipe,
    Remark,
    Rendered,
    Request,
    Size,
    Step,
)

SMALL = Size(width_px=40, height_px=50)


def rendered(mark: bytes = b"headshot") -> Rendered:
    """A picture whose bytes hold a mark; 2 kB, so that it is more than a file name."""
    picture = b"\xff\xd8" + mark * (2000 // len(mark)) + b"\xff\xd9"
    return Rendered(picture=picture, size=SMALL, scale=1.25, remarks=(Remark.ENLARGED,))


def developed(mark: bytes = b"photo") -> Developed:
    picture = b"\xff\xd8" + mark * (2000 // len(mark)) + b"\xff\xd9"
    return Developed(picture=picture, thumbnail=b"\xff\xd8small" + mark, size=SMALL, notices=())


@dataclass
class FakeEngine:
    """Takes every step; `stop_at` holds it there until `go` is set, `fails_at` raises `failure` there."""

    name: EngineName = EngineName.ON_DEVICE
    may_cost: bool = False
    at_once: int = 2
    stop_at: Step | None = None
    fails_at: Step | None = None
    failure: Exception = field(default_factory=HeadshotError)
    pictures: int = 1
    unreadable: bool = False
    pause_s: float = 0.0
    go: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[Request] = field(default_factory=list)
    ended: int = 0

    async def render(self, request: Request) -> AsyncIterator[Progress | Partial | Answer]:
        self.asked.append(request)
        try:
            for step in (Step.FRAMING, Step.CUTTING_OUT, Step.LIGHTING):
                yield Progress(step=step)
                await self._play(step)
            yield Partial(picture=b"half a picture", index=0)
            yield Answer(raw=json.dumps({"mark": request.picture[2:8].hex()}).encode())
        finally:
            self.ended += 1

    async def read(self, raw: bytes) -> tuple[Rendered, ...]:
        await self._play(Step.SAVING)
        if self.unreadable:
            raise AnswerUnreadable
        mark = bytes.fromhex(json.loads(raw)["mark"])
        return tuple(rendered(mark + bytes([48 + number])) for number in range(self.pictures))

    def receipt(self, raw: bytes) -> Receipt | None:
        return None

    async def _play(self, step: Step) -> None:
        await asyncio.sleep(self.pause_s)
        if step is self.fails_at:
            raise self.failure
        if step is self.stop_at:
            await self.go.wait()


@dataclass
class FakeDarkroom:
    """Opens any bytes as a photo and draws looks as words."""

    drawn: int = 0
    hold: asyncio.Event | None = None
    refusal: type[Refusal] | None = None
    forgotten: int = 0
    faces_found: tuple[Face, ...] = tuple(
        Face(left=left, top=0.1, width=0.2, height=0.3) for left in (0.1, 0.6)
    )

    def start(self) -> None:
        pass

    def close(self) -> None:
        pass

    def forget(self) -> None:
        self.forgotten += 1

    async def develop(self, data: bytes) -> Developed:
        if self.refusal is not None:
            raise self.refusal
        return replace(developed(), picture=data)

    async def faces(self, picture: bytes) -> tuple[Face, ...]:
        self.drawn += 1
        return self.faces_found

    async def preview(self, picture: bytes, *, recipe: Recipe, size: Size, subject: int | None) -> bytes:
        self.drawn += 1
        if self.hold is not None:
            await self.hold.wait()
        return f"preview {recipe.backdrop.color} {size} of {subject} ".encode() + picture[:40]

    async def before(self, picture: bytes, *, crop: Crop, size: Size, subject: int | None) -> bytes:
        return f"before {crop} {size} of {subject}".encode()

    async def export(self, picture: bytes, export: Export) -> bytes:
        return f"{export.kind} {export.longest_px} ".encode() + picture
