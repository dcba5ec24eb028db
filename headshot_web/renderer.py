"""Headshots without a browser: photos from a folder in, headshots into a folder, nothing kept in the app."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from headshot_web import intake
from headshot_web.engines.on_device import OnDevice
from headshot_web.errands import (
    ENDINGS,
    MEGABYTE,
    Made,
    Noticed,
    NotMade,
    Teller,
    advice_for,
    contents,
    open_out,
    progress,
    safe_stem,
    said_of,
    stream,
    write,
)
from headshot_web.errors import HeadshotError
from headshot_web.imaging.darkroom import Darkroom
from headshot_web.model import Answer, Export, FileKind, Request

if TYPE_CHECKING:
    from headshot_web.errands import Order, Report
    from headshot_web.imaging.negative import Developed
    from headshot_web.model import Style
    from headshot_web.settings import Settings


async def render(order: Order, settings: Settings, *, quiet: bool = False) -> Report:
    """Make every headshot of the order, several at once; one that fails stops none of the others."""
    open_out(order)
    settings.folders.prepare()
    with ExitStack() as stack:
        scratch = stack.enter_context(
            tempfile.TemporaryDirectory(dir=settings.folders.scratch, ignore_cleanup_errors=True)
        )
        darkroom = Darkroom(workers=settings.workers, scratch=Path(scratch))
        stack.callback(darkroom.close)
        bar = stack.enter_context(progress(len(order.photos) * len(order.looks)))
        return await _Rendering(order, settings, darkroom, Teller(bar, quiet=quiet)).carry_out()


class _Rendering:
    """One order under way."""

    def __init__(self, order: Order, settings: Settings, darkroom: Darkroom, teller: Teller) -> None:
        self._order = order
        self._limit_bytes = settings.max_upload_mb * MEGABYTE
        self._at_once = settings.workers + 1  # one is taken in while the others are made
        self._darkroom = darkroom
        self._engine = OnDevice(darkroom)
        self._teller = teller

    async def carry_out(self) -> Report:
        """Go through the photos, several at once."""
        turns = asyncio.Semaphore(self._at_once)

        async def in_turn(photo: Path) -> None:
            async with turns:
                await self._photo(photo)

        async with asyncio.TaskGroup() as group:
            for photo in self._order.photos:
                group.create_task(in_turn(photo))
        return self._teller.report

    async def _photo(self, photo: Path) -> None:
        try:
            data = await asyncio.to_thread(contents, photo, self._limit_bytes)
            developed = await intake.develop(self._darkroom, stream(data), limit_bytes=self._limit_bytes)
        except HeadshotError as error:
            self._teller.tell(NotMade(photo=photo, look=None, error=error))
            self._teller.advance(len(self._order.looks))
            return
        if developed.notices:
            self._teller.tell(Noticed(photo=photo, advice=tuple(map(advice_for, developed.notices))))
        for look in self._order.looks:
            try:
                made = await self._headshot(photo, look, developed)
            except HeadshotError as error:
                self._teller.tell(NotMade(photo=photo, look=look, error=error))
            else:
                self._teller.tell(made)
            self._teller.advance()

    async def _headshot(self, photo: Path, look: Style, developed: Developed) -> Made:
        recipe = self._order.recipe(look)
        request = Request(picture=developed.picture, recipe=recipe, size=self._order.size(recipe))
        raw = b""
        async for step in self._engine.render(request):
            if isinstance(step, Answer):
                raw = step.raw
        (rendered,) = await self._engine.read(raw)
        picture = rendered.picture
        if self._order.kind is not FileKind.JPEG:
            picture = await self._darkroom.export(picture, Export(kind=self._order.kind))
        stem = f"{safe_stem(photo)}-{look.id}"
        file = await asyncio.to_thread(write, self._order.out, stem, ENDINGS[self._order.kind], picture)
        remarks = said_of(rendered.remarks, rendered.scale, developed.notices)
        return Made(photo=photo, look=look, file=file, size=rendered.size, remarks=remarks)
