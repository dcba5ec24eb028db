"""The darkroom: the processes in which photos are opened and headshots are made."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from headshot_web.errors import BrokenFile, LogoUnusable, RenderingStopped, RenderingTookTooLong, TookTooLong
from headshot_web.imaging.worker import Worker, WorkStopped, WorkTookTooLong
from headshot_web.model import Export

if TYPE_CHECKING:
    from headshot_web.imaging.negative import Developed
    from headshot_web.imaging.sitting import Sitting
    from headshot_web.model import Crop, Face, Paper, Recipe, Rendered, Size

T = TypeVar("T")

DEVELOP_DEADLINE_S = 30.0
RENDER_DEADLINE_S = 60.0
SITTINGS_KEPT = 3
COPIES_KEPT = 4
THUMBNAIL_PX = 512


class Darkroom:
    """Opens photos in one process and makes headshots in others; a photo always meets the same process.

    What is no photo goes to whichever has least to do.

    Giving up on a photo or a headshot ends its process; what is short ends by itself and keeps it warm.
    """

    def __init__(
        self,
        *,
        workers: int,
        scratch: Path,
        develop_deadline_s: float = DEVELOP_DEADLINE_S,
        render_deadline_s: float = RENDER_DEADLINE_S,
    ) -> None:
        self._develop_deadline_s = develop_deadline_s
        self._render_deadline_s = render_deadline_s
        self._intake = Worker(scratch=scratch)
        self._renderers = tuple(Worker(scratch=scratch) for _ in range(workers))

    def start(self) -> None:
        """Start the process that opens photos, so that the first photo does not wait for it."""
        self._intake.tell(_warm_for_intake)

    def close(self) -> None:
        """End every process at once; what was under way stops."""
        for worker in (self._intake, *self._renderers):
            worker.close()

    async def develop(self, data: bytes) -> Developed:
        """Open a photo's bytes; raises a `Refusal`, and keeps nothing of a refused file."""
        try:
            developed = await self._intake.run(_develop, data, deadline_s=self._develop_deadline_s)
        except WorkTookTooLong as error:
            raise TookTooLong from error
        except WorkStopped as error:
            raise BrokenFile from error
        self._renderer(developed.picture).tell(_warm_for_rendering)
        return developed

    async def logo(self, data: bytes) -> bytes:
        """Make a logo anew, as PNG with what is clear in it left clear; raises `LogoUnusable`."""
        try:
            return await self._intake.run(_logo, data, deadline_s=self._develop_deadline_s)
        except (WorkTookTooLong, WorkStopped) as error:
            raise LogoUnusable from error

    async def faces(self, picture: bytes) -> tuple[Face, ...]:
        """Find the faces of a developed picture, from left to right."""
        return await self._render(picture, _faces, short=True)

    async def prepare(self, picture: bytes, *, recipe: Recipe, size: Size, subject: int | None) -> None:
        """Find, frame and cut out the person; the process keeps that for the looks to come."""
        await self._render(picture, _prepare, recipe, size, subject)

    async def render(self, picture: bytes, *, recipe: Recipe, size: Size, subject: int | None) -> Rendered:
        """Make a headshot; quick when it was prepared."""
        return await self._render(picture, _headshot, recipe, size, subject)

    async def preview(self, picture: bytes, *, recipe: Recipe, size: Size, subject: int | None) -> bytes:
        """Make the same look small and fast, as JPEG."""
        return await self._render(picture, _preview, recipe, size, subject, short=True, pressing=False)

    async def before(
        self, picture: bytes, *, crop: Crop, size: Size, subject: int | None, like: bytes | None = None
    ) -> bytes:
        """Cut the photo itself in exactly the headshot's framing, as JPEG.

        `like` is the headshot a provider drew; without it, it is one made here.
        """
        if like is not None:
            return await self._render(picture, _before_like, like, size, subject, short=True)
        return await self._render(picture, _before, crop, size, subject, short=True)

    async def export(self, picture: bytes, export: Export) -> bytes:
        """Make a download from a master."""
        return await self._render(picture, _export, export, short=True, on=self._freest())

    async def thumbnail(self, picture: bytes) -> bytes:
        """Make a master small, as JPEG."""
        return await self.export(picture, Export(longest_px=THUMBNAIL_PX))

    async def working_copy(self, picture: bytes, *, crop: Crop, subject: int | None) -> bytes:
        """Make the person's framed copy, the only thing a provider is ever sent, as JPEG of pixels alone."""
        return await self._render(picture, _working_copy, crop, subject, short=True)

    async def finish(self, picture: bytes, *, crop: Crop, size: Size, asked: Size | None = None) -> Rendered:
        """Frame what a provider drew as a headshot; raises `AnswerUnreadable`.

        `asked` is the size it was to be drawn in.
        """
        made = await self._render(picture, _finish, crop, size, asked, short=True, on=self._freest())
        return replace(made, original=picture)

    async def sheet(self, picture: bytes, paper: Paper, logo: bytes | None = None) -> bytes:
        """Lay a master out for printing on a paper, as JPEG at 300 dpi; a strip bears the logo."""
        return await self._render(picture, _sheet, paper, logo, short=True)

    def forget(self) -> None:
        """Drop every cut-out the processes keep, after a deletion."""
        for worker in self._renderers:
            if worker.is_started:
                worker.tell(_forget)

    def _renderer(self, picture: bytes) -> Worker:
        digest = hashlib.sha256(picture).digest()
        return self._renderers[int.from_bytes(digest[:4], "big") % len(self._renderers)]

    def _freest(self) -> Worker:
        """Return the process with least to do; of several, one that is warm already."""
        return min(self._renderers, key=lambda worker: (worker.load, not worker.is_started))

    async def _render(
        self,
        picture: bytes,
        work: Callable[..., T],
        *args: object,
        short: bool = False,
        pressing: bool | None = None,
        on: Worker | None = None,
    ) -> T:
        """Have a picture worked on; what is short goes ahead unless told otherwise: a page waits for it."""
        try:
            return await (on or self._renderer(picture)).run(
                work,
                picture,
                *args,
                deadline_s=self._render_deadline_s,
                outlives_asking=short,
                pressing=short if pressing is None else pressing,
            )
        except WorkTookTooLong as error:
            raise RenderingTookTooLong from error
        except WorkStopped as error:
            raise RenderingStopped from error


# What is done inside the processes; all imports wait until then, so that the app itself stays light.


def _warm_for_intake() -> None:
    from headshot_web.imaging import negative  # noqa: PLC0415

    negative.warm()


def _develop(data: bytes) -> Developed:
    from headshot_web.imaging import negative  # noqa: PLC0415

    return negative.develop(data)


def _logo(data: bytes) -> bytes:
    from headshot_web.imaging import logos  # noqa: PLC0415

    return logos.logo(data)


def _warm_for_rendering() -> None:
    from headshot_web.imaging import exports, networks, sitting  # noqa: F401, PLC0415

    networks.warm()


def _faces(picture: bytes) -> tuple[Face, ...]:
    from headshot_web.imaging import negative  # noqa: PLC0415

    return negative.faces(picture)


@functools.lru_cache(maxsize=SITTINGS_KEPT)
def _sitting(picture: bytes, subject: int | None, longest_px: int) -> Sitting:
    from headshot_web.imaging.sitting import Sitting  # noqa: PLC0415

    return Sitting.of(picture, subject=subject, longest_px=longest_px)


def _prepare(picture: bytes, _recipe: Recipe, size: Size, subject: int | None) -> None:
    _sitting(picture, subject, _longest_px(size))


def _headshot(picture: bytes, recipe: Recipe, size: Size, subject: int | None) -> Rendered:
    return _sitting(picture, subject, _longest_px(size)).headshot(recipe, size)


def _preview(picture: bytes, recipe: Recipe, size: Size, subject: int | None) -> bytes:
    return _sitting(picture, subject, _longest_px(size)).preview(recipe, size)


def _before(picture: bytes, crop: Crop, size: Size, subject: int | None) -> bytes:
    return _sitting(picture, subject, _longest_px(size)).before(crop, size)


def _before_like(picture: bytes, like: bytes, size: Size, subject: int | None) -> bytes:
    from headshot_web.imaging import delivery  # noqa: PLC0415

    return delivery.before(picture, like=like, size=size, subject=subject)


def _export(picture: bytes, export: Export) -> bytes:
    from headshot_web.imaging import exports  # noqa: PLC0415

    return exports.export(picture, export)


@functools.lru_cache(maxsize=COPIES_KEPT)
def _working_copy(picture: bytes, crop: Crop, subject: int | None) -> bytes:
    from headshot_web.imaging import delivery  # noqa: PLC0415

    return delivery.working_copy(picture, crop=crop, subject=subject)


def _finish(picture: bytes, crop: Crop, size: Size, asked: Size | None) -> Rendered:
    from headshot_web.imaging import delivery  # noqa: PLC0415

    made = delivery.finish(picture, crop=crop, size=size, asked=asked)
    return replace(made, original=None)  # whoever asked has it


def _sheet(picture: bytes, paper: Paper, logo: bytes | None) -> bytes:
    from headshot_web.imaging import sheets  # noqa: PLC0415

    return sheets.sheet(picture, paper, logo)


def _forget() -> None:
    _sitting.cache_clear()
    _working_copy.cache_clear()


def _longest_px(size: Size) -> int:
    """Sort sizes into two classes, so that all the looks of one photo share a cut-out."""
    small, full = 768, 2016
    return small if max(size.width_px, size.height_px) <= small else full
