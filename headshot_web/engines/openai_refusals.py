"""What a provider's refusal means: one error of ours for each, and whether it may be asked again."""

from __future__ import annotations

import email.utils
import json
import math
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

from headshot_web import provider_errors as errors
from headshot_web.engines.openai_stream import Kind
from headshot_web.line_errors import LineNotTrusted, ServerNotTrusted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headshot_web.engines.openai_stream import Incoming
    from headshot_web.provider_errors import ProviderError

_MOST_WORDS: Final = 4000
_MOST_ID: Final = 200


class _Status(IntEnum):
    """The numbers an answer may begin with."""

    MULTIPLE_CHOICES = 300
    BAD_REQUEST = 400
    UNAUTHORIZED = 401
    PAYMENT_REQUIRED = 402
    FORBIDDEN = 403
    NOT_FOUND = 404
    METHOD_NOT_ALLOWED = 405
    PROXY_AUTHENTICATION_REQUIRED = 407
    REQUEST_TIMEOUT = 408
    REQUEST_ENTITY_TOO_LARGE = 413
    TOO_MANY_REQUESTS = 429
    CALLER_LEFT = 499
    INTERNAL_SERVER_ERROR = 500
    SERVICE_UNAVAILABLE = 503
    GATEWAY_TIMEOUT = 504
    NETWORK_AUTHENTICATION_REQUIRED = 511


_BY_STATUS: Final[Mapping[int, type[ProviderError]]] = {
    _Status.UNAUTHORIZED: errors.KeyWrong,
    _Status.PAYMENT_REQUIRED: errors.QuotaSpent,
    _Status.PROXY_AUTHENTICATION_REQUIRED: errors.CaptivePortal,
    _Status.REQUEST_TIMEOUT: errors.ProviderTimeout,
    _Status.REQUEST_ENTITY_TOO_LARGE: errors.TooLargeForProvider,
    _Status.TOO_MANY_REQUESTS: errors.RateLimited,
    _Status.CALLER_LEFT: errors.ProviderTimeout,
    _Status.GATEWAY_TIMEOUT: errors.ProviderTimeout,
    _Status.NETWORK_AUTHENTICATION_REQUIRED: errors.CaptivePortal,
}
_AT_HOME: Final[Mapping[type[ProviderError], type[ProviderError]]] = {
    errors.KeyWrong: errors.ServerKeyWrong,
    errors.KeyNotAllowed: errors.ServerKeyWrong,
    LineNotTrusted: ServerNotTrusted,
    errors.ConnectionFailed: errors.ServerUnreachable,
    errors.ProviderBroke: errors.ServerBroke,
    errors.ProviderOverloaded: errors.ServerBusy,
    errors.ModelNotFound: errors.ServerModelNotFound,
    errors.QuotaSpent: errors.ServerCreditSpent,
    errors.AccountInactive: errors.ServerCreditSpent,
    errors.BillingLimit: errors.ServerLimitReached,
}
"""What reads differently when it comes from a person's own server."""

_MODERATION: Final = re.compile(
    r"moderation_blocked|content_policy_violation|content_filter|safety_violations?"
    r"|(?:rejected|not allowed) (?:by|as a result of) (?:the|our) safety system"
)
_NO_CREDIT: Final = re.compile(
    r"insufficient_quota|credit_balance_exhausted|exceeded your current quota"
    r"|credit balance is (?:too low|exhausted)|check your plan and billing details"
)
_NOT_ACTIVE: Final = re.compile(r"billing_not_active|account is not active|please check your billing details")
_NO_BUDGET: Final = re.compile(
    r"billing_hard_limit_reached|\w*spend_limit_exceeded|\w*usage_limit_exceeded"
    r"|budget_exceeded|budget has been exceeded|billing (?:hard )?limit|spend(?:ing)? limit"
)
# Also said of so many in a minute, which passes by itself, and of a machine's memory.
_NO_MORE_USE: Final = re.compile(
    r"^(?!.*(?:rate limit|(?:\bper |/ ?)(?:sec|min)|try again in|please (?:wait|retry)|memory))"
    r".*\busage limit",
    re.DOTALL,
)
_BAD_PHOTO: Final = re.compile(
    r"invalid_image_file|invalid_image_format|invalid_image\b|unsupported_file_mimetype|image_parse_error"
)
_LACKS: Final = re.compile(r"missing scopes?: *(\w[\w.]*\w(?:, *\w[\w.]*\w)*)")
# Gateways rewrite codes, so that they are looked for in the message too; the first that fits counts.
_SAID_NO: Final = (
    (_MODERATION, errors.ModerationRefused),
    (_NO_BUDGET, errors.BillingLimit),
    (_NO_CREDIT, errors.QuotaSpent),
    (_NOT_ACTIVE, errors.AccountInactive),
    (_NO_MORE_USE, errors.BillingLimit),
    (_BAD_PHOTO, errors.PhotoRefused),
    (re.compile(r"unsupported_country_region_territory"), errors.CountryNotServed),
    (re.compile(r"organi[sz]ation must be verified|verify organi[sz]ation"), errors.OrganisationUnverified),
    # LiteLLM without a database says of every key but its own that it has no database to look it up in.
    (re.compile(r"invalid_api_key|incorrect api key|no_db_connection"), errors.KeyWrong),
    (_LACKS, errors.KeyNotAllowed),
)
_NO_MODEL: Final = re.compile(
    r"model_not_found|invalid model name|\bmodel\b.{0,80}(?:does not exist|not found|not available)"
)
_OVERLOADED: Final = re.compile(r"server_is_overloaded|overloaded|slow_down")
_RATE: Final = re.compile(r"rate_limit_exceeded|slow_down|rate limit reached")
_WAIT: Final = re.compile(r"try again in (\d+(?:\.\d+)?) ?(ms|s|m)(?:ec|in)?(?:ond|ute)?s?\b")
_UNITS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0}
_NUMBERS: Final = ("x-request-id", "x-litellm-call-id")
_QUOTED: Final = re.compile(r"['\"`‘“]([a-z_]+)(?:\[\d*\])?['\"`’”]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a refusal comes to."""

    error: type[ProviderError]
    wait_s: float | None = None
    """How long the provider asked to wait; None where it did not say."""
    setting: str | None = None
    """The setting that was refused."""
    lacks: str | None = None
    """The permission that the key lacks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What an error's body says, whoever wrote it."""

    words: str
    """Its code, kind and message in small letters; never shown or logged: it may echo part of a key."""
    setting: str | None = None
    is_page: bool = False


def judge(status: int, headers: Mapping[str, str], body: bytes, *, is_openai: bool) -> Verdict:
    """Find our error for a status that is not 200."""
    said = _said(body)
    if _Status.MULTIPLE_CHOICES <= status < _Status.BAD_REQUEST:
        return Verdict(error=errors.ProviderMoved)
    may_wait = "retry-after" in headers
    lacks = _LACKS.search(said.words)
    error = _said_no(said) or _BY_STATUS.get(status) or _by_status(status, said, may_wait=may_wait)
    return Verdict(
        error=named(error, is_openai=is_openai),
        wait_s=_wait_s(headers, said),
        setting=said.setting,
        lacks=lacks[1] if lacks else None,
    )


def judge_answer(incoming: Incoming, *, is_openai: bool) -> type[ProviderError]:
    """Find our error for an answer that ended without a picture, though nothing broke it off."""
    if incoming.error is not None:
        error = _judge_inside(_said(incoming.error))
        # Once a part of the picture was drawn, nobody can say that nothing is charged.
        if incoming.partials and error is not errors.ModerationRefused:
            error = errors.ProviderBroke
        return named(error, is_openai=is_openai)
    if incoming.kind is Kind.PAGE:
        return errors.CaptivePortal
    if incoming.is_link:
        return errors.AnswerIsALink
    is_short = incoming.kind is Kind.EVENTS and not incoming.is_hollow
    return errors.AnswerCut if is_short or incoming.is_empty else errors.AnswerNotUnderstood


def named(error: type[ProviderError], *, is_openai: bool) -> type[ProviderError]:
    """Name an error as it reads where it came from: of somebody's own server, nothing is said of OpenAI."""
    return error if is_openai else _AT_HOME.get(error, error)


def _judge_inside(said: _Said) -> type[ProviderError]:
    """Find our error for one that came where a picture was expected, after the work had begun."""
    error = _said_no(said)
    if error is None and _RATE.search(said.words):
        error = errors.RateLimited
    if error is None:
        error = errors.ProviderOverloaded if _OVERLOADED.search(said.words) else errors.ProviderBroke
    return error


def request_id(headers: Mapping[str, str]) -> str | None:
    """Read the provider's or the gateway's own number for a request; None for what could not be shown."""
    text = next((headers[name] for name in _NUMBERS if name in headers), "")
    return text if text and len(text) <= _MOST_ID and text.isascii() and text.isprintable() else None


def _by_status(status: int, said: _Said, *, may_wait: bool) -> type[ProviderError]:
    """Find our error for a status that means several things."""
    if status >= _Status.INTERNAL_SERVER_ERROR:
        busy = status == _Status.SERVICE_UNAVAILABLE and (may_wait or _OVERLOADED.search(said.words))
        return errors.ProviderOverloaded if busy else errors.ProviderBroke
    if _NO_MODEL.search(said.words):
        return errors.ModelNotFound
    if status in (_Status.NOT_FOUND, _Status.METHOD_NOT_ALLOWED):
        return errors.NoSuchService
    if said.is_page:
        return errors.CaptivePortal
    return errors.KeyNotAllowed if status == _Status.FORBIDDEN else errors.SettingRefused


def _said_no(said: _Said) -> type[ProviderError] | None:
    """Find the error that a body names; None when it names none that is known."""
    return next((error for words, error in _SAID_NO if words.search(said.words)), None)


def _said(body: bytes) -> _Said:
    """Read an error's body: OpenAI's form, FastAPI's, a gateway's, or a page."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        text = body[:_MOST_WORDS].decode("utf-8", "replace").lower()
        return _Said(words="" if "<html" in text else text, is_page=text.lstrip().startswith("<"))
    error = found.get("error", found) if isinstance(found, dict) else found
    if isinstance(error, dict) and "detail" in error and "message" not in error:
        return _detail(error["detail"])
    if not isinstance(error, dict):
        return _Said(words=str(error)[:_MOST_WORDS].lower())
    return _of_error(error)


def _of_error(error: Mapping[str, Any]) -> _Said:
    message = str(error.get("message") or "")
    if (forwarded := _forwarded(message)) is not None:
        return forwarded
    words = f"{error.get('code') or ''} {error.get('type') or ''} {message}"[:_MOST_WORDS].lower()
    setting = error.get("param")
    if not isinstance(setting, str) or not setting:
        named = _QUOTED.search(words)
        setting = named[1] if named else None
    return _Said(words=words, setting=setting)


def _forwarded(message: str) -> _Said | None:
    """Read the error that a gateway wrote, whole, into its own message; None when it did not."""
    start = message.find('{"')
    if start < 0:
        return None
    try:
        found, _ = json.JSONDecoder().raw_decode(message, start)
    except (ValueError, RecursionError):
        return None
    said = _said(json.dumps(found).encode())
    # The gateway's own words count too: they say what it took the error for.
    return replace(said, words=f"{said.words} {message[:start]}"[:_MOST_WORDS].lower())


def _detail(detail: object) -> _Said:
    """Read FastAPI's errors: a sentence, or a list that names the field."""
    if isinstance(detail, dict):
        inner = detail.get("error", detail)
        return _of_error(inner) if isinstance(inner, dict) else _of_error({"message": inner})
    if not isinstance(detail, list):
        return _of_error({"message": str(detail)})
    entries = [entry for entry in detail if isinstance(entry, dict)]
    places = [entry.get("loc") for entry in entries]
    names = [place[-1] for place in places if isinstance(place, list) and place]
    words = " ".join(str(entry.get("msg") or "") for entry in entries)[:_MOST_WORDS].lower()
    return _Said(words=words, setting=next((name for name in names if isinstance(name, str)), None))


def _wait_s(headers: Mapping[str, str], said: _Said) -> float | None:
    """Read how long to wait: two headers, a date or a number, or the sentence itself."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        text = headers.get(name, "").strip()
        try:
            seconds = float(text) * unit
        except ValueError:
            seconds = _until(text)
        if math.isfinite(seconds):
            return max(0.0, seconds)
    hint = _WAIT.search(said.words)
    return float(hint[1]) * _UNITS[hint[2]] if hint else None


def _until(text: str) -> float:
    """Count the seconds until a date; not a number for what is no date."""
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError):
        return math.nan
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - datetime.now(UTC)).total_seconds()
