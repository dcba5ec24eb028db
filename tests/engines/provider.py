"""A provider on loopback as the engine sees it, a bench that frames quickly, and ways to listen."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from pydantic import SecretStr

from headshot_web.accounts import Returned, Sending
from headshot_web.endpoint import Endpoint
from headshot_web.engines import Word
from headshot_web.engines.openai_images import OpenAIImages
from headshot_web.engines.openai_patience import Patience
from headshot_web.engines.price_list import PriceList
from headshot_web.errors import AnswerUnreadable
from headshot_web.model import Crop, Export, Quality, Rendered, Request, Size
from headshot_web.provider_errors import ProviderError
from tests import portraits
from tests.imaging.sitters import SMALL, jpeg, recipe
from tests.openai_server import KEY, OpenAIServer

BRISK = Patience(reconnect_s=(0.01, 0.01, 0.01), busy_s=(0.01,), longest_s=3.0)
PROMPT = "Change only the clothes.\r\nKeep: “everything” else – ähnlich, 同じ."


@dataclass
class Bench:
    """Frames anything that is whole as it is, and makes pictures smaller by making them anew."""

    finished: list[tuple[bytes, Crop, Size, Size | None]] = field(default_factory=list)
    shrunk: list[int | None] = field(default_factory=list)

    async def finish(self, picture: bytes, *, crop: Crop, size: Size, asked: Size | None = None) -> Rendered:
        self.finished.append((picture, crop, size, asked))
        if not picture.startswith((b"\xff\xd8", b"\x89PNG")):
            raise AnswerUnreadable
        return Rendered(picture=b"framed" + hashlib.sha256(picture).digest(), size=size, scale=1.0)

    async def export(self, picture: bytes, export: Export) -> bytes:
        assert picture
        self.shrunk.append(export.longest_px)
        return small()


@functools.cache
def portrait() -> bytes:
    return jpeg(portraits.hopper())


@functools.cache
def small() -> bytes:
    return jpeg(portraits.hopper().resize((200, 240)))


@functools.cache
def prices() -> PriceList:
    return PriceList.load()


def request(*others: bytes, quality: Quality = Quality.DRAFT, crop: Crop = Crop.PORTRAIT_4_5) -> Request:
    return Request(
        picture=portrait(),
        others=others,
        recipe=recipe(crop=crop),
        size=SMALL[crop],
        prompt=PROMPT,
        quality=quality,
    )


def openai_at(server: OpenAIServer, **changes: object) -> Endpoint:
    """What OpenAI's own address gives, only on loopback."""
    endpoint = Endpoint(
        base_url=server.base_url,
        host=f"127.0.0.1:{server.port}",
        secure=False,
        is_openai=True,
        stream=True,
        at_once=3,
        timeout_s=20.0,
    )
    return replace(endpoint, **changes)  # type: ignore[arg-type]


def home_at(server: OpenAIServer, **changes: object) -> Endpoint:
    """Somebody's own server."""
    given = {"is_openai": False, "stream": False, "model": "Qwen-Image-Edit", **changes}
    return openai_at(server, **given)


def engine_at(
    endpoint: Endpoint,
    *,
    key: str | None = KEY,
    bench: Bench | None = None,
    patience: Patience = BRISK,
    price_list: PriceList | None = None,
) -> OpenAIImages:
    secret = None if key is None else SecretStr(key)
    return OpenAIImages(
        bench or Bench(),
        endpoint=lambda: endpoint,
        key=lambda _host: secret,
        prices=lambda: price_list or prices(),
        patience=patience,
    )


async def heard(engine: OpenAIImages, wish: Request) -> list[Word]:
    """Every word up to the answer."""
    async with aclosing(engine.render(wish)) as words:  # type: ignore[type-var]
        return [word async for word in words]


async def heard_until_it_failed(
    engine: OpenAIImages, wish: Request
) -> tuple[list[Word], ProviderError | None]:
    """Every word, and what ended them."""
    said: list[Word] = []
    try:
        async for word in engine.render(wish):
            said.append(word)  # noqa: PERF401 - those before the end count too
    except ProviderError as error:
        return said, error
    return said, None


def sendings(words: list[Word]) -> list[Sending]:
    return [word for word in words if isinstance(word, Sending)]


def returns(words: list[Word]) -> Iterator[Returned]:
    return (word for word in words if isinstance(word, Returned))
