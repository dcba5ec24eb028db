"""An answer of a provider as it is stored: a line about it, then its own bytes exactly as they came."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final, Self

from headshot_web.accounts import Money, Outcome, Receipt, Usage
from headshot_web.endpoint import Connection
from headshot_web.engines.openai_stream import decoded, parsed, picture_text
from headshot_web.errors import AnswerUnreadable
from headshot_web.model import Crop, Remark, Size

if TYPE_CHECKING:
    from collections.abc import Mapping

SIGNATURE: Final = b"headshot-web openai 1\n"
_OK: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What must be known of an answer to read it later, even after a crash."""

    host: str
    model: str
    crop: Crop
    size: Size
    """How large the finished headshot becomes."""
    asked: Size | None
    """How large the picture was asked for; None when that was left to the provider."""
    quality: str
    request_id: str | None = None
    cost: Money | None = None
    kept_days: int | None = None
    remarks: tuple[Remark, ...] = ()

    def write(self, body: bytes) -> bytes:
        """Put the line before the provider's bytes."""
        said = asdict(self)
        said["cost"] = self.cost and {"amount": str(self.cost.amount), "currency": self.cost.currency}
        return SIGNATURE + json.dumps(said, sort_keys=True).encode() + b"\n" + body

    @classmethod
    def read(cls, raw: bytes) -> tuple[Self, bytes]:
        """Take a stored answer apart again; raises `AnswerUnreadable`."""
        if not raw.startswith(SIGNATURE):
            raise AnswerUnreadable
        end = raw.find(b"\n", len(SIGNATURE))
        line, body = raw[len(SIGNATURE) : end], raw[end + 1 :]
        try:
            about = cls._of(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError, InvalidOperation, RecursionError):
            raise AnswerUnreadable from None
        return about, body

    @classmethod
    def _of(cls, said: dict[str, Any]) -> Self:
        cost, asked = said["cost"], said["asked"]
        return cls(
            host=str(said["host"]),
            model=str(said["model"]),
            crop=Crop(said["crop"]),
            size=_size(said["size"]),
            asked=_size(asked) if asked else None,
            quality=str(said["quality"]),
            request_id=said["request_id"],
            cost=Money(amount=Decimal(cost["amount"]), currency=str(cost["currency"])) if cost else None,
            kept_days=said["kept_days"],
            remarks=tuple(Remark(remark) for remark in said["remarks"]),
        )

    def receipt(self, body: bytes) -> Receipt:
        """Say what came back, and what it cost."""
        return Receipt(
            outcome=Outcome.ANSWERED,
            status=_OK,
            request_id=self.request_id,
            usage=usage(body),
            cost=self.cost,
            kept_days=self.kept_days,
        )


def picture(body: bytes) -> bytes:
    """Take the finished picture out of an answer; raises `AnswerUnreadable`."""
    said = parsed(body)
    text = picture_text(said) if said else None
    found = decoded(text) if text else None
    if not found:
        raise AnswerUnreadable
    return found


def usage(body: bytes) -> Usage | None:
    """Read how much was counted; None when the answer does not say."""
    return usage_of((parsed(body) or {}).get("usage"))


def usage_of(said: object) -> Usage | None:
    """Understand what an answer says was counted; None when it does not say."""
    if not isinstance(said, dict):
        return None
    inside, drawn = _of(said, "input_tokens_details"), _of(said, "output_tokens_details")
    text, pictures = _count(inside, "text_tokens"), _count(inside, "image_tokens")
    if text is None and pictures is None:
        pictures = _count(said, "input_tokens")
    out = _count(said, "output_tokens")
    if out is None:
        out = _count(drawn, "image_tokens")
    return Usage(
        text_in=text or 0,
        pictures_in=pictures or 0,
        cached_in=_count(inside, "cached_tokens") or 0,
        pictures_out=out or 0,
    )


def connection(body: bytes) -> Connection | None:
    """Read a list of models; None for anything else."""
    data = (parsed(body) or {}).get("data")
    if not isinstance(data, list):
        return None
    models = {item["id"]: item for item in data if isinstance(item, dict) and isinstance(item.get("id"), str)}
    ends: dict[str, date] = {}
    for name, item in models.items():
        with suppress(ValueError):
            ends[name] = date.fromisoformat(str(item.get("shutdown_date")))
    return Connection(models=tuple(models), ends=ends)


def _of(said: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    inner = said.get(name)
    return inner if isinstance(inner, dict) else {}


def _count(said: Mapping[str, Any], name: str) -> int | None:
    """Read a count; None for anything that is none."""
    value = said.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _size(said: Mapping[str, Any]) -> Size:
    return Size(width_px=int(said["width_px"]), height_px=int(said["height_px"]))
