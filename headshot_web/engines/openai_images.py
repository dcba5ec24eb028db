"""OpenAI's Images API, and servers that speak it: new clothes, light and backdrop, drawn somewhere else."""

from __future__ import annotations

import asyncio
import functools
import gc
import logging
import os
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol

from headshot_web import provider_errors as errors
from headshot_web.accounts import Outcome, Paused, Receipt, Returned, Sending
from headshot_web.endpoint import Connection
from headshot_web.engines.openai_answers import About, connection, picture, usage_of
from headshot_web.engines.openai_form import FILE_NAME, MEDIA_TYPE, Form
from headshot_web.engines.openai_patience import Attempts, Patience
from headshot_web.engines.openai_refusals import Verdict, judge, judge_answer, named, request_id
from headshot_web.engines.openai_stream import Incoming, TooMuchError
from headshot_web.errors import AnswerUnreadable, HeadshotError
from headshot_web.line_errors import NOTHING_LEFT, LineNotTrusted
from headshot_web.model import Answer, EngineName, Export, Partial, Progress, Step

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable

    from openai import AsyncAPIResponse, AsyncOpenAI
    from pydantic import SecretStr

    from headshot_web.accounts import Dispatch
    from headshot_web.endpoint import Endpoint
    from headshot_web.engines import Word
    from headshot_web.engines.openai_door import Crossing
    from headshot_web.engines.price_list import PriceList
    from headshot_web.model import Crop, Rendered, Request, Size
    from headshot_web.provider_errors import ProviderError

SMALLER_PX: Final = 1024
"""How long the longer side of a picture becomes when a provider finds it too large."""
CHECK_S: Final = 20.0
MAY_LIST: Final = "api.model.read"
"""The permission to list the models, which a key that draws need not have."""
_MOST_MODELS_BYTES: Final = 4 * 1024 * 1024
_AT_THE_DOOR: Final = "kept at the door"


class Bench(Protocol):
    """What of the darkroom a provider's picture needs."""

    async def finish(self, picture: bytes, *, crop: Crop, size: Size, asked: Size | None = None) -> Rendered:
        """Frame what a provider drew as a headshot; raises `AnswerUnreadable`."""
        ...

    async def export(self, picture: bytes, export: Export) -> bytes:
        """Write a picture smaller."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reply:
    """What came of knocking: a line on which an answer comes, or why there is none."""

    line: AsyncAPIResponse[Any] | None = None
    verdict: Verdict | None = None
    status: int | None = None
    request_id: str | None = None


class OpenAIImages:
    """Makes headshots at OpenAI, or at a server that speaks its API: one picture for each request."""

    name = EngineName.OPENAI
    may_cost = True

    def __init__(
        self,
        darkroom: Bench,
        *,
        endpoint: Callable[[], Endpoint],
        key: Callable[[str], SecretStr | None],
        prices: Callable[[], PriceList],
        patience: Patience | None = None,
    ) -> None:
        self._darkroom = darkroom
        self._endpoint = endpoint
        self._key = key
        self._prices = prices
        self._patience = patience or Patience()
        self._client: tuple[Endpoint, SecretStr | None, AsyncOpenAI] | None = None

    @property
    def at_once(self) -> int:
        """How many headshots are asked for at the same time."""
        try:
            return self._endpoint().at_once
        except HeadshotError:
            return 1

    def dispatch(self, request: Request) -> Dispatch:
        """Say what would leave for a request, without sending it; raises `BadServer` or `ModelNotChosen`."""
        endpoint, prices = self._endpoint(), self._prices()
        return Form.of(request, endpoint, prices).dispatch(endpoint, prices)

    async def render(self, request: Request) -> AsyncIterator[Word]:
        """Send a request, show the picture as it comes, and give the answer last; raises a `ProviderError`.

        What was refused for nothing is tried again by itself; what may have been charged never is.
        """
        endpoint, prices = self._endpoint(), self._prices()
        key = self._key(endpoint.host)
        _check_key(endpoint, key)
        attempts = Attempts(Form.of(request, endpoint, prices), prices, self._patience)
        client = await self._ready(endpoint, key)
        while True:
            yield Progress(step=Step.SENDING)
            yield Sending(dispatch=attempts.form.dispatch(endpoint, prices))
            failure: ProviderError | None = None
            try:
                async with aclosing(self._post(client, endpoint, prices, attempts, request)) as words:
                    async for word in words:
                        yield word
            except errors.ProviderError as error:
                failure = error
            if failure is None:
                return
            wait_s = attempts.after(failure)
            if attempts.must_shrink and not await self._shrink(attempts):
                wait_s = None
            if wait_s is None or failure.receipt is None:
                raise failure
            yield Returned(receipt=failure.receipt)
            if wait_s > 0:
                until = datetime.now(UTC) + timedelta(seconds=wait_s)
                yield Paused(until=until, offline=isinstance(failure, NOTHING_LEFT))
                await asyncio.sleep(wait_s)

    async def read(self, raw: bytes) -> tuple[Rendered, ...]:
        """Read the picture of a stored answer; raises `AnswerUnreadable`."""
        about, body = About.read(raw)
        drawn = await asyncio.to_thread(picture, body)
        made = await self._darkroom.finish(drawn, crop=about.crop, size=about.size, asked=about.asked)
        remarks = tuple(dict.fromkeys((*made.remarks, *about.remarks)))
        return (replace(made, original=drawn, model=about.model, remarks=remarks),)

    def receipt(self, raw: bytes) -> Receipt | None:
        """Read what a stored answer says of its cost; what cannot be read any more is unclear."""
        try:
            about, body = About.read(raw)
        except AnswerUnreadable:
            return Receipt(outcome=Outcome.UNCLEAR)
        return about.receipt(body)

    async def check(self) -> Connection:
        """Try the connection by asking for the list of models, which is free; raises a `ProviderError`."""
        endpoint = self._endpoint()
        key = self._key(endpoint.host)
        _check_key(endpoint, key)
        client = await self._ready(endpoint, key)
        deadline = asyncio.get_running_loop().time() + CHECK_S
        knock = client.models.with_streaming_response.list().__aenter__
        reply = await _knock(knock, deadline=deadline, is_openai=endpoint.is_openai)
        if reply.verdict and reply.verdict.lacks == MAY_LIST:
            return Connection(models=(), lists=False)
        failure, body = reply.verdict.error if reply.verdict else None, b""
        if reply.line is not None:
            body = await _whole(reply.line, deadline)
        found = None if failure else connection(body)
        if found is not None:
            return found
        if failure is None:
            failure = errors.CaptivePortal if body.lstrip()[:1] == b"<" else errors.NoSuchService
        if failure.may_be_charged:
            failure = errors.NoAnswer
        raise failure(Receipt(outcome=Outcome.REFUSED, status=reply.status, request_id=reply.request_id))

    def warm(self) -> None:
        """Import the library by and by, so that the first headshot does not wait for it."""
        asyncio.get_running_loop().run_in_executor(None, _bring_in)

    async def close(self) -> None:
        """Hang up on everyone."""
        opened, self._client = self._client, None
        if opened is not None:
            await opened[2].close()

    async def _ready(self, endpoint: Endpoint, key: SecretStr | None) -> AsyncOpenAI:
        """Open the client, anew when the address or the key has changed."""
        opened = self._client
        if opened is None or opened[:2] != (endpoint, key):
            # It takes more than a second the first time, and the pages must not wait for it.
            opened = (endpoint, key, await asyncio.to_thread(_open, endpoint, key))
            self._client = opened
        return opened[2]

    async def _shrink(self, attempts: Attempts) -> bool:
        """Make the pictures smaller; say whether that helped."""
        before = attempts.form.pictures
        wish = Export(longest_px=SMALLER_PX)
        after = tuple([await self._darkroom.export(each, wish) for each in before])
        attempts.form = attempts.form.with_pictures(after)
        attempts.must_shrink = False
        return sum(map(len, after)) < sum(map(len, before))

    async def _post(
        self, client: AsyncOpenAI, endpoint: Endpoint, prices: PriceList, attempts: Attempts, request: Request
    ) -> AsyncGenerator[Word, None]:
        """Send one form and give what comes of it, the answer last; raises a `ProviderError`."""
        from headshot_web.engines.openai_door import Crossing  # noqa: PLC0415 - it is slow to import

        form, crossing = attempts.form, Crossing()
        deadline = asyncio.get_running_loop().time() + endpoint.timeout_s
        knock = client.images.with_streaming_response.edit(**_arguments(form)).__aenter__
        knocking = asyncio.create_task(
            _knock(knock, deadline=deadline, is_openai=endpoint.is_openai, crossing=crossing)
        )
        try:
            await _either(knocking, crossing.sent)
            if crossing.sent.is_set():
                yield Progress(step=Step.DRAWING)
            reply = await knocking
            incoming, lost = Incoming(), reply.verdict.error if reply.verdict else None
            if reply.line is not None:
                async with aclosing(_listen(reply.line, incoming, deadline)) as words:
                    async for word in words:
                        if isinstance(word, type):
                            lost = word
                        else:
                            yield word
        finally:
            await _hang_up(knocking)
        kept_days = prices.kept_days if prices.host == endpoint.host else None
        if incoming.finished is None:
            error = lost or judge_answer(incoming, is_openai=endpoint.is_openai)
            raise _failed(error, reply, kept_days=kept_days, partials=incoming.partials)
        counted = usage_of(incoming.usage)
        about = About(
            host=endpoint.host,
            model=form.model,
            crop=request.recipe.crop,
            size=request.size,
            asked=form.size if "size" in form.settings else None,
            quality=form.quality,
            request_id=reply.request_id,
            cost=prices.cost(form.model, counted, host=endpoint.host) if counted else None,
            kept_days=kept_days,
            remarks=tuple(attempts.remarks),
        )
        yield Answer(raw=about.write(incoming.finished))


@functools.cache
def _bring_in() -> None:
    """Import the library, all that is used of it, and keep it silent."""
    os.environ.pop("OPENAI_LOG", None)
    from openai.resources import images, models  # noqa: F401, PLC0415 - it is slow to import

    for name in ("openai", "httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    gc.freeze()  # what was made of it stays to the end, and no sweeping need look at it while pages wait


def _open(endpoint: Endpoint, key: SecretStr | None) -> AsyncOpenAI:
    """Open the library's client; its own habits end at the door."""
    _bring_in()
    from openai import AsyncOpenAI  # noqa: PLC0415

    from headshot_web.engines import openai_door  # noqa: PLC0415

    return AsyncOpenAI(
        api_key=_AT_THE_DOOR,
        base_url=endpoint.base_url,
        max_retries=0,
        http_client=openai_door.client(endpoint, lambda: key),
    )


def _check_key(endpoint: Endpoint, key: SecretStr | None) -> None:
    """Refuse to begin without a key where one is needed, or with one that no header can hold."""
    if key is None:
        if endpoint.is_openai:
            raise errors.KeyMissing
        return
    text = key.get_secret_value()
    if not (text and text.isascii() and text.isprintable()) or " " in text:
        raise errors.KeyWrong if endpoint.is_openai else errors.ServerKeyWrong


def _arguments(form: Form) -> dict[str, Any]:
    """Write a form as the library wants it."""
    pictures = [(FILE_NAME, picture, MEDIA_TYPE) for picture in form.pictures]
    return {"prompt": form.prompt, "image": pictures if len(pictures) > 1 else pictures[0], **form.settings}


async def _knock(
    knock: Callable[[], Awaitable[AsyncAPIResponse[Any]]],
    *,
    deadline: float,
    is_openai: bool,
    crossing: Crossing | None = None,
) -> _Reply:
    """Send a request and wait until the answer begins; nothing it says in an error goes any further."""
    from openai import APIConnectionError, APIStatusError  # noqa: PLC0415

    from headshot_web.engines.openai_door import BROKEN, CROSSING, never_left, timed_out, untrusted  # noqa: PLC0415

    if crossing is not None:
        CROSSING.set(crossing)
    try:
        async with asyncio.timeout_at(deadline):
            line = await knock()
    except APIStatusError as error:
        answer = error.response
        verdict = judge(answer.status_code, answer.headers, answer.content, is_openai=is_openai)
        return _Reply(verdict=verdict, status=answer.status_code, request_id=request_id(answer.headers))
    except (APIConnectionError, TimeoutError, *BROKEN) as error:
        cause = error.__cause__ if isinstance(error, APIConnectionError) else error
        lost: type[ProviderError] = errors.Unclear
        if never_left(cause) or (crossing is not None and not crossing.began):
            lost = LineNotTrusted if untrusted(cause) else errors.ConnectionFailed
        elif isinstance(cause, TimeoutError) or timed_out(cause):
            lost = errors.ProviderTimeout
        return _Reply(verdict=Verdict(error=named(lost, is_openai=is_openai)))
    return _Reply(line=line, status=line.status_code, request_id=request_id(line.headers))


async def _listen(
    line: AsyncAPIResponse[Any], incoming: Incoming, deadline: float
) -> AsyncGenerator[Word | type[ProviderError], None]:
    """Read an answer to its end, or as far as it comes; what broke it comes last."""
    from headshot_web.engines.openai_door import BROKEN  # noqa: PLC0415

    lost: type[ProviderError] | None = None
    async with aclosing(line.iter_bytes()) as chunks:  # type: ignore[type-var]
        while not incoming.is_over and lost is None:
            try:
                async with asyncio.timeout_at(deadline):
                    chunk = await anext(chunks, None)
                partials = await _fed(incoming, chunk) if chunk is not None else None
            except TooMuchError:
                lost = errors.AnswerTooLarge
            except TimeoutError:
                lost = errors.ProviderTimeout
            except BROKEN:
                lost = errors.AnswerCut
            else:
                if partials is None:
                    break
                for partial in partials:
                    yield partial
    incoming.end()
    if lost is not None:
        yield lost


async def _fed(incoming: Incoming, chunk: bytes) -> list[Partial]:
    """Take some bytes in; what takes a while is read where no page waits for it."""
    if incoming.is_weighty(chunk):
        return await asyncio.to_thread(incoming.feed, chunk)
    return incoming.feed(chunk)


async def _whole(line: AsyncAPIResponse[Any], deadline: float) -> bytes:
    """Read a short answer whole; what broke off or is too long is given as far as it came."""
    from headshot_web.engines.openai_door import BROKEN  # noqa: PLC0415

    body = bytearray()
    with suppress(TimeoutError, *BROKEN):
        async with asyncio.timeout_at(deadline):
            async for chunk in line.iter_bytes():
                body += chunk
                if len(body) > _MOST_MODELS_BYTES:
                    break
    await line.close()
    return bytes(body)


async def _either(task: asyncio.Task[_Reply], event: asyncio.Event) -> None:
    """Wait until one of them is there."""
    waiting = asyncio.create_task(event.wait())
    try:
        await asyncio.wait((task, waiting), return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()


async def _hang_up(knocking: asyncio.Task[_Reply]) -> None:
    """Close the connection, whatever came of it."""
    knocking.cancel()
    await asyncio.wait((knocking,))
    if not knocking.cancelled() and knocking.exception() is None:
        line = knocking.result().line
        if line is not None:
            await line.close()


def _failed(
    error: type[ProviderError], reply: _Reply, *, kept_days: int | None, partials: int
) -> ProviderError:
    """Say what went wrong when no picture came, and what is known of the dispatch."""
    if error in NOTHING_LEFT:
        return error(Receipt(outcome=Outcome.REFUSED))
    unclear = error.may_be_charged or partials
    receipt = Receipt(
        outcome=Outcome.UNCLEAR if unclear else Outcome.REFUSED,
        status=reply.status,
        request_id=reply.request_id,
        kept_days=kept_days,
    )
    verdict = reply.verdict or Verdict(error=error)
    return error(receipt, wait_s=verdict.wait_s, setting=verdict.setting)
