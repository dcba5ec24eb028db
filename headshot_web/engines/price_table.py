"""Reading the table of models, prices and limits: the packaged one, and what a person changed of it."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from headshot_web.errors import BadPriceList
from headshot_web.model import Crop, Quality

PACKAGED: Final = Path(__file__).with_name("openai_models.toml")

_TOO_LARGE: Final = 1_000_000
_SIZE: Final = "^[1-9][0-9]{0,4}x[1-9][0-9]{0,4}$"
_SAYINGS: Final = {
    "missing": "is missing",
    "extra_forbidden": "is not known here; check how it is written",
    "greater_than_equal": "is less than it can be",
    "greater_than": "is less than it can be",
    "less_than_equal": "is more than it can be",
    "finite_number": "is not a number",
    "enum": "is not known here; check how it is written",
    "string_pattern_mismatch": "is not written as it must be",
    "string_too_short": "is empty",
    "too_short": "needs two numbers: from and to",
    "too_long": "needs two numbers: from and to",
}
_KINDS: Final = {
    "decimal": "must be a number",
    "int": "must be a whole number",
    "float": "must be a number",
    "string": "must be text in quotes",
    "date": "must be a date such as 2026-11-22",
    "tuple": "must be two numbers: [from, to]",
    "dict": "must be a table of its own",
    "model": "must be a table of its own",
}

Price = Annotated[Decimal, Field(ge=0, le=_TOO_LARGE)]
Tokens = Annotated[int, Field(ge=0, le=_TOO_LARGE)]
Span = tuple[Tokens, Tokens]
Word = Annotated[str, Field(min_length=1, max_length=200)]
Wire = Annotated[str, Field(pattern=_SIZE)]
Pixels = Annotated[int, Field(ge=1, le=100_000_000)]


class _Part(BaseModel):
    """A part of the table; what it does not know it refuses, so that a slip of the pen is told."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Prices(_Part):
    """What a million tokens cost."""

    text_in: Price
    image_in: Price
    cached: Price
    image_out: Price


class Area(_Part):
    """A picture's size."""

    width: Pixels
    height: Pixels


class Expected(_Part):
    """How many tokens to expect, from … to …."""

    text: Span
    picture_in: Span
    partial: Span
    at: Area


class Limits(_Part):
    """What the provider takes and draws."""

    multiple_of: Pixels
    longest_px: Pixels
    fewest_pixels: Pixels
    most_pixels: Pixels
    widest: Annotated[float, Field(ge=1, le=100)]
    pictures: Annotated[int, Field(ge=1, le=100)]
    picture_bytes: Annotated[int, Field(ge=1)]
    prompt_characters: Annotated[int, Field(ge=1)]

    def refusal(self, width: int, height: int) -> str | None:
        """Say why a size is not drawn; None when it is."""
        if width % self.multiple_of or height % self.multiple_of:
            return f"must have sides that are multiples of {self.multiple_of}"
        if max(width, height) > self.longest_px:
            return f"must not be longer than {self.longest_px} pixels"
        if max(width, height) > self.widest * min(width, height):
            return f"must not be longer than {self.widest:g} times its shorter side"
        if not self.fewest_pixels <= width * height <= self.most_pixels:
            return f"must have {self.fewest_pixels:,} to {self.most_pixels:,} pixels"
        return None


class Model(_Part):
    """One model: what comes next, when it ends, and how many tokens its pictures take."""

    family: Word = "own"
    next: Word | None = None
    ends: date | None = None
    host: Word | None = None
    prices: Word | None = None
    tokens: dict[Word, Span] = {}
    qualities: dict[Quality, Word] = {}


class Defaults(_Part):
    """Which model is used where the person named none."""

    final: Word
    draft: Word


class Sizes(_Part):
    """What a picture is asked for as, by the crop of the headshot cut out of it."""

    final: dict[Crop, Wire]
    draft: dict[Crop, Wire]


class Table(_Part):
    """The whole table, as it lies in the file."""

    dated: date
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    host: Word
    kept_days: Annotated[int, Field(ge=0, le=36_500)]
    defaults: Defaults
    qualities: dict[Quality, Word]
    prices: dict[Word, Prices]
    expected: Expected
    sizes: Sizes
    limits: Limits
    models: dict[Word, Model]

    @model_validator(mode="after")
    def _fits_together(self) -> Table:
        for look in (_unknown_names, _endless_chain, _refused_size, _backward_span):
            if told := look(self):
                raise ValueError(told)
        return self


def read(override: Path | None) -> Table:
    """Read the packaged table with a person's own changes laid over it; raises `BadPriceList`."""
    data = tomllib.loads(PACKAGED.read_text(encoding="utf-8"), parse_float=Decimal)
    changes = _changes(override)
    try:
        return Table.model_validate(_laid_over(data, changes))
    except ValidationError as error:
        raise BadPriceList(_sentence(error)) from None


def pixels(wire: str) -> tuple[int, int]:
    """Read a size such as `1024x1536`."""
    width, height = wire.split("x")
    return int(width), int(height)


def _changes(override: Path | None) -> dict[str, Any]:
    """Read what a person changed; nothing when they have no such file."""
    if override is None:
        return {}
    try:
        return tomllib.loads(override.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise BadPriceList("The file can't be opened.") from error
    except UnicodeDecodeError as error:
        raise BadPriceList("The file is not text in UTF-8.") from error
    except RecursionError as error:
        raise BadPriceList("Its lists lie too deep in one another.") from error
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line (\d+)", str(error))
        where = f"Line {at[1]}" if at else "The end of the file"
        raise BadPriceList(f"{where} can't be understood.") from error


def _laid_over(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Put each changed value in the place of the old one and leave the rest."""
    merged = dict(base)
    for name, value in changes.items():
        old = base.get(name)
        if isinstance(old, dict) and isinstance(value, dict):
            merged[name] = _laid_over(old, value)
        else:
            merged[name] = value
    return merged


def _sentence(error: ValidationError) -> str:
    """Say the first thing that is wrong."""
    first = error.errors(include_url=False, include_input=False)[0]
    kind, message = first["type"], first["msg"].removeprefix("Value error, ")
    if not first["loc"]:
        return f"{message}."
    where = " → ".join(str(part) for part in first["loc"] if part != "[key]")
    said = _SAYINGS.get(kind) or _KINDS.get(kind.split("_")[0], "can't be understood")
    return f"“{where}” {said}."


def _unknown_names(table: Table) -> str | None:
    """Say which name points to nothing."""
    named = [("defaults → final", table.defaults.final), ("defaults → draft", table.defaults.draft)]
    named += [(f"models → {name} → next", model.next) for name, model in table.models.items() if model.next]
    for where, name in named:
        if name not in table.models:
            return f"“{where}” names “{name}”, which is not among the models"
    for name, model in table.models.items():
        if model.prices is not None and model.prices not in table.prices:
            return f"“models → {name} → prices” names “{model.prices}”, which is not among the prices"
    missing = [quality.value for quality in Quality if quality not in table.qualities]
    missing += [
        crop.value for of in (table.sizes.final, table.sizes.draft) for crop in Crop if crop not in of
    ]
    return f"“{missing[0]}” is missing" if missing else None


def _endless_chain(table: Table) -> str | None:
    """Say which model would come after itself."""
    for name in table.models:
        seen, at = {name}, table.models[name].next
        while at is not None:
            if at in seen:
                return f"“models → {name} → next” leads in a circle"
            seen.add(at)
            at = table.models[at].next
    return None


def _refused_size(table: Table) -> str | None:
    """Say which size the provider would not draw."""
    for name, of in (("final", table.sizes.final), ("draft", table.sizes.draft)):
        for crop, wire in of.items():
            refusal = table.limits.refusal(*pixels(wire))
            if refusal:
                return f"“sizes → {name} → {crop.value}” {refusal}"
    return None


def _backward_span(table: Table) -> str | None:
    """Say where more is expected at least than at most."""
    expected = table.expected
    spans = {"text": expected.text, "picture_in": expected.picture_in, "partial": expected.partial}
    named = [(f"expected → {name}", span) for name, span in spans.items()]
    named += [
        (f"models → {name} → tokens → {quality}", span)
        for name, model in table.models.items()
        for quality, span in model.tokens.items()
    ]
    wrong = [where for where, (low, high) in named if low > high]
    return f"“{wrong[0]}” has a “from” above its “to”" if wrong else None
