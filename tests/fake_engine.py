"""An engine and a darkroom without networks: quick, and made to fail, hang or stop where a test wants it."""

# ruff: noqa: ARG002 - the fakes have the real signatures

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from headshot_web.accounts import (
    Dispatch,
    Estimate,
    Money,
    Outcome,
    Paused,
    Receipt,
    Returned,
    Sending,
    Usage,
)
from headshot_web.engines import Word
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


def dollars(low: str, high: str | None = None) -> Estimate:
    return Estimate(low=Decimal(low), high=Decimal(high or low))


@dataclass
class PaidEngine(FakeEngine):
    """Says what it is about to send, and counts what left; `says_no` times it is told to wait first."""

    name: EngineName = EngineName.OPENAI
    may_cost: bool = True
    at_once: int = 3
    price: Estimate | None = field(default_factory=lambda: dollars("0.04", "0.06"))
    cost: Decimal | None = Decimal("0.05")
    says_no: int = 0
    pause: timedelta = timedelta(seconds=0.02)
    posts: list[Dispatch] = field(default_factory=list)

    def dispatch(self, request: Request) -> Dispatch:
        pictures = (request.picture, *request.others)
        return Dispatch(
            host="api.openai.com",
            secure=True,
            model=f"model-{request.quality}",
            fields=("model", "prompt", "image"),
            pictures=tuple(hashlib.sha256(picture).hexdigest() for picture in pictures),
            size_bytes=sum(map(len, pictures)) + 700,
            estimate=self.price,
        )

    async def render(self, request: Request) -> AsyncIterator[Word]:
        self.asked.append(request)
        try:
            await self._play(Step.WAITING)
            for number in range(self.says_no + 1):
                yield Sending(dispatch=self.dispatch(request))
                self.posts.append(self.dispatch(request))
                await self._play(Step.SENDING)
                if number < self.says_no:
                    until = datetime.now(UTC) + self.pause
                    yield Returned(receipt=Receipt(outcome=Outcome.REFUSED, status=429, request_id="req_no"))
                    step = self.stop_at if self.stop_at is Step.RECONNECTING else Step.PAUSED
                    yield Paused(until=until, offline=step is Step.RECONNECTING)
                    await self._play(step)
                    await asyncio.sleep(self.pause.total_seconds())
            yield Progress(step=Step.DRAWING)
            await self._play(Step.DRAWING)
            yield Partial(picture=b"half a picture", index=0)
            yield Answer(raw=json.dumps({"mark": request.picture[2:8].hex()}).encode())
        finally:
            self.ended += 1

    async def read(self, raw: bytes) -> tuple[Rendered, ...]:
        pictures = await super().read(raw)
        return tuple(replace(one, original=b"as it came " + raw, model="model-final") for one in pictures)

    def receipt(self, raw: bytes) -> Receipt | None:
        return Receipt(
            outcome=Outcome.ANSWERED,
            status=200,
            request_id="req_yes",
            usage=Usage(text_in=300, pictures_in=1500, pictures_out=4000),
            cost=None if self.cost is None else Money(amount=self.cost),
            kept_days=30,
        )


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

    async def working_copy(self, picture: bytes, *, crop: Crop, subject: int | None) -> bytes:
        return picture[:20] + f" framed {crop} of {subject}".encode()

    async def before(
        self, picture: bytes, *, crop: Crop, size: Size, subject: int | None, like: bytes | None = None
    ) -> bytes:
        return f"before {crop} {size} of {subject}".encode()

    async def export(self, picture: bytes, export: Export) -> bytes:
        return f"{export.kind} {export.longest_px} ".encode() + picture

    async def thumbnail(self, picture: bytes) -> bytes:
        return await self.export(picture, Export(longest_px=512))
