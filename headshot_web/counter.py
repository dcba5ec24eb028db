"""The counter: what a person orders, turned into what an engine is given."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypedDict, Unpack

from headshot_web import prompts, styles, till
from headshot_web.errors import NoSuchEngine, NoSuchStyle
from headshot_web.imaging.sizes import standard_size
from headshot_web.model import (
    EngineName,
    Job,
    Photo,
    PhotoId,
    Quality,
    Recipe,
    Request,
    Style,
    StyleId,
    Wishes,
)
from headshot_web.orders import Wish

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headshot_web.accounts import Dispatch, Estimate
    from headshot_web.engines import Engine
    from headshot_web.library import Library
    from headshot_web.lightbox import Lightbox

MOST_OTHERS: Final = 3
"""How many more photos of the same person may go along."""
MOST_VARIANTS: Final = 10


class How(TypedDict, total=False):
    """How looks are to be made, where that is not as always."""

    engine: EngineName
    wishes: Wishes
    count: int
    """How many of each look, where an engine draws each one anew."""
    quality: Quality
    others: Sequence[PhotoId]
    """More photos of the same person, for likeness."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """An order that was taken: every single headshot of it, not made yet."""

    photo: Photo
    engine: EngineName
    wishes: list[Wish]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """All that would leave this computer for one headshot."""

    pictures: tuple[bytes, ...] = field(repr=False)
    """The working copies, the person's own first, as JPEG."""
    prompt: str = field(repr=False)
    dispatch: Dispatch


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sitter:
    """Whose headshot it becomes, from which photos, and how."""

    photo: Photo
    subject: int | None
    others: tuple[Photo, ...]
    wishes: Wishes
    quality: Quality


class Counter:
    """Prepares requests: on this computer with the photo itself, for a provider with its working copy."""

    def __init__(self, library: Library, lightbox: Lightbox, engines: Mapping[EngineName, Engine]) -> None:
        self._library = library
        self._lightbox = lightbox
        self._engines = engines

    async def take(self, photo_id: PhotoId, style_ids: Sequence[StyleId], **how: Unpack[How]) -> Taken:
        """Prepare each look of a photo, several times where that was wished and an engine can.

        Raises `NotFound`, `NoSuchStyle`, `NoSuchEngine`, `BadWish`.
        """
        if not style_ids:
            raise NoSuchStyle
        engine = self._engine(how.get("engine", EngineName.ON_DEVICE))
        photo = await asyncio.to_thread(self._library.photo, photo_id)
        sitter = _Sitter(
            photo=photo,
            subject=photo.subject,
            others=await self._others(photo_id, how.get("others", ())) if engine.may_cost else (),
            wishes=how.get("wishes", Wishes()),
            quality=how.get("quality", Quality.FINAL),
        )
        count = max(1, min(how.get("count", 1), MOST_VARIANTS)) if engine.may_cost else 1
        wishes: list[Wish] = []
        for look in dict.fromkeys(style_ids):
            wishes += [await self._wish(engine, sitter, look)] * count
        return Taken(photo=photo, engine=engine.name, wishes=wishes)

    async def outgoing(
        self, sender: till.Sender, photo_id: PhotoId, style_id: StyleId, **how: Unpack[How]
    ) -> Outgoing:
        """Prepare one headshot as a provider would get it, and send nothing."""
        how["engine"], how["count"] = EngineName.OPENAI, 1
        request = (await self.take(photo_id, [style_id], **how)).wishes[0].request
        return Outgoing(
            pictures=(request.picture, *request.others),
            prompt=request.prompt,
            dispatch=await asyncio.to_thread(sender.dispatch, request),
        )

    async def take_again(self, job: Job) -> Wish:
        """Prepare what a job was ordered with, as far as it is still here."""
        here = {photo.id for photo in await asyncio.to_thread(self._library.photos)}
        sitter = _Sitter(
            photo=await asyncio.to_thread(self._library.photo, job.photo_id),
            subject=job.subject,
            others=await self._others(job.photo_id, [other for other in job.others if other in here]),
            wishes=job.wishes,
            quality=job.quality,
        )
        return await self._wish(self._engine(job.engine), sitter, job.style_id)

    def _engine(self, name: EngineName) -> Engine:
        if name not in self._engines:
            raise NoSuchEngine
        return self._engines[name]

    async def _others(self, photo_id: PhotoId, others: Sequence[PhotoId]) -> tuple[Photo, ...]:
        more = [other for other in dict.fromkeys(others) if other != photo_id][:MOST_OTHERS]
        return tuple([await asyncio.to_thread(self._library.photo, other) for other in more])

    async def _wish(self, engine: Engine, sitter: _Sitter, look: StyleId) -> Wish:
        style = styles.style(look)
        recipe = styles.apply(style, sitter.wishes)
        if not engine.may_cost:
            request = await self._here(sitter, recipe)
            return Wish(look, sitter.wishes, request, sitter.subject)
        request = await self._elsewhere(sitter, style, recipe)
        price = await asyncio.to_thread(till.estimate, engine, request)
        others = tuple(other.id for other in sitter.others)
        return Wish(look, sitter.wishes, request, sitter.subject, others, price)

    async def _here(self, sitter: _Sitter, recipe: Recipe) -> Request:
        picture = await self._lightbox.picture(sitter.photo.id)
        size = standard_size(recipe.crop)
        return Request(picture=picture, recipe=recipe, size=size, subject=sitter.subject)

    async def _elsewhere(self, sitter: _Sitter, style: Style, recipe: Recipe) -> Request:
        people = [(sitter.photo, sitter.subject), *((other, other.subject) for other in sitter.others)]
        pictures = [await self._lightbox.working_copy(photo, recipe.crop, face) for photo, face in people]
        return Request(
            picture=pictures[0],
            others=tuple(pictures[1:]),
            recipe=recipe,
            prompt=prompts.prompt(style, recipe, pictures=len(pictures)),
            size=standard_size(recipe.crop),
            quality=sitter.quality,
        )


def total(wishes: Sequence[Wish]) -> Estimate | None:
    """Return what several headshots will cost together; None where that is known of none."""
    return till.together([wish.estimate for wish in wishes if wish.estimate is not None])
