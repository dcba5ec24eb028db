"""What OpenAI takes and what it refuses, in its words: models, settings, sizes and pictures."""

from __future__ import annotations

import functools
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from PIL import Image, UnidentifiedImageError

from tests.openai_form import Form, Part, Refusal, schema

MOST_BYTES = 50_000_000
KINDS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
FILES = ("image", "image[]", "mask", "markup")
USER_ERROR = "image_generation_user_error"
SPELT = {"integer": "an integer", "boolean": "a boolean", "string": "a string"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """One model of the list, and what it takes."""

    id: str
    shutdown_date: str | None = None
    gone: bool = False
    qualities: frozenset[str] = frozenset({"low", "medium", "high", "auto"})
    markup: bool = False
    listed: bool = True

    def shown(self) -> dict[str, object]:
        """The model as it stands in the list."""
        card: dict[str, object] = {
            "id": self.id, "object": "model", "created": 1_790_000_000, "owned_by": "system",
        }  # fmt: skip
        return card if self.shutdown_date is None else {**card, "shutdown_date": self.shutdown_date}


_MORE = frozenset({"low", "medium", "high", "xhigh", "max", "auto"})
MODELS = {
    card.id: card
    for card in (
        ModelCard(id="gpt-image-2.6-sunburst", markup=True),
        ModelCard(id="gpt-image-2.6-flare", markup=True),
        ModelCard(id="gpt-image-2.5-sunburst", qualities=_MORE, markup=True),
        ModelCard(id="gpt-image-2.5-flare", qualities=_MORE, markup=True),
        ModelCard(id="gpt-image-2"),
        ModelCard(id="gpt-image-1.5", gone=True, shutdown_date="2026-12-01"),
        ModelCard(id="gpt-image-1-mini", gone=True, shutdown_date="2026-12-01"),
        ModelCard(id="chatgpt-image-latest", gone=True, shutdown_date="2026-12-01"),
        ModelCard(id="gpt-image-1", gone=True, shutdown_date="2026-10-23", listed=False),
        ModelCard(id="dall-e-2", gone=True, shutdown_date="2026-05-12", listed=False),
        ModelCard(id="dall-e-3", gone=True, shutdown_date="2026-05-12", listed=False),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An edit that OpenAI would accept."""

    prompt: str
    images: tuple[bytes, ...]
    model: str = "gpt-image-2"
    size: tuple[int, int] | None = None  # None: as the first picture lies
    quality: str = "auto"
    n: int = 1
    output_format: str = "png"
    background: str = "auto"
    stream: bool = False
    partial_images: int = 0
    given: Mapping[str, Any] = field(default_factory=dict)


def read_order(form: Form, models: Mapping[str, ModelCard], *, lenient: bool = False) -> Order:
    """Turn a form into an order; raises Refusal in OpenAI's words. Lenient: any model, any field."""
    rule = schema("CreateImageEditRequest")
    given: dict[str, Any] = {}
    for part in form.parts:
        if part.name in FILES:
            continue
        known = rule["properties"].get(part.name)
        if known is not None:
            given[part.name] = _value(part.name, part.data.decode(), known)
        elif not lenient:
            raise Refusal(f"Unknown parameter: '{part.name}'.", param=part.name, code="unknown_parameter")
    _judge_prompt(given)
    card = None if lenient else _judge_model(str(given.get("model", "gpt-image-2")), models)
    if card is not None:
        _judge_settings(given, card)
    _judge_images(form)
    _judge_layers(form, card)
    return _order(given, form)


def _order(given: Mapping[str, Any], form: Form) -> Order:
    asked = str(given.get("size") or "auto")
    width, _, height = asked.partition("x")
    return Order(
        prompt=given["prompt"],
        images=tuple(part.data for part in form.images),
        model=given.get("model", "gpt-image-2"),
        size=None if asked == "auto" else (int(width), int(height)),
        quality=given.get("quality", "auto"),
        n=given.get("n", 1),
        output_format=given.get("output_format", "png"),
        background=given.get("background", "auto"),
        stream=bool(given.get("stream", False)),
        partial_images=given.get("partial_images") or 0,
        given=given,
    )


def _value(name: str, text: str, rule: Mapping[str, Any]) -> Any:
    """Read one field by its schema, as OpenAI words what is wrong with it."""
    if "$ref" in rule:
        return _value(name, text, schema(rule["$ref"].rsplit("/", 1)[1]))
    if "anyOf" in rule:
        return _value(name, text, rule["anyOf"][0])
    kind = rule.get("type", "string")
    readers: dict[str, Callable[[str], Any]] = {
        "integer": int,
        "boolean": {"true": True, "false": False}.__getitem__,
    }
    try:
        value = readers.get(kind, str)(text)
    except (ValueError, KeyError) as error:
        message = f"Invalid type for '{name}': expected {SPELT[kind]}, but got a string instead."
        raise Refusal(message, param=name, code="invalid_type") from error
    if "enum" in rule and value not in rule["enum"]:
        raise Refusal(_not_among(value, rule["enum"]), param=name, code="invalid_value")
    _judge_range(name, value, rule)
    return value


def _judge_range(name: str, value: Any, rule: Mapping[str, Any]) -> None:
    sides = (("maximum", "above", "<=", value.__gt__), ("minimum", "below", ">=", value.__lt__))
    for limit, side, sign, beyond in sides:
        if limit in rule and beyond(rule[limit]):
            raise Refusal(
                f"Invalid '{name}': integer {side} {limit} value. "
                f"Expected a value {sign} {rule[limit]}, but got {value} instead.",
                param=name,
                code=f"integer_{side}_{limit[:3]}_value",
            )


def _not_among(value: object, allowed: Sequence[str]) -> str:
    *most, last = [f"'{each}'" for each in allowed]
    return f"Invalid value: '{value}'. Supported values are: {', '.join(most)}, and {last}."


def _judge_prompt(given: Mapping[str, Any]) -> None:
    if not given.get("prompt"):
        raise Refusal(
            "Missing required parameter: 'prompt'.", param="prompt", code="missing_required_parameter"
        )
    length = len(given["prompt"])
    if length > 32_000:
        message = (
            "Invalid 'prompt': string too long. Expected a string with maximum length 32000, "
            f"but got a string with length {length} instead."
        )
        raise Refusal(message, param="prompt", code="string_above_max_length")


def _judge_model(model: str, models: Mapping[str, ModelCard]) -> ModelCard:
    card = models.get(model)
    if card is None:
        raise Refusal(
            f"The model '{model}' does not exist or you do not have access to it.",
            param="model", code="model_not_found", status=404,
        )  # fmt: skip
    if card.gone:
        raise Refusal(
            f"The model `{model}` has been deprecated, learn more here: "
            "https://platform.openai.com/docs/deprecations",
            param="model", code="model_not_found", status=404,
        )  # fmt: skip
    return card


def _judge_settings(given: Mapping[str, Any], card: ModelCard) -> None:
    if "response_format" in given:
        raise Refusal(
            "Unknown parameter: 'response_format'.", param="response_format", code="unknown_parameter"
        )
    if given.get("input_fidelity") is not None:
        raise Refusal(
            f"The model '{card.id}' does not support the 'input_fidelity' parameter.",
            param="input_fidelity", code="invalid_input_fidelity_model", kind=USER_ERROR,
        )  # fmt: skip
    quality = given.get("quality", "auto")
    if quality not in card.qualities:
        shown = [each for each in ("low", "medium", "high", "xhigh", "max", "auto") if each in card.qualities]
        raise Refusal(_not_among(quality, shown), param="quality", code="invalid_value")
    kind = given.get("output_format", "png")
    if kind in ("gif", "svg") or any(name in given for name in ("frame_count", "frame_duration_ms")):
        raise Refusal(
            f"Your organization does not have access to '{kind}' output.",
            param="output_format", code="invalid_value",
        )  # fmt: skip
    if given.get("background") == "transparent" and kind == "jpeg":
        raise Refusal(
            "Transparent background is not supported for JPEG output format. Use png or webp.",
            param="background", code="invalid_value",
        )  # fmt: skip
    if given.get("output_compression", 100) != 100 and kind == "png":
        raise Refusal(
            "Compression less than 100 is not supported for PNG output format.",
            param="output_compression", code="invalid_value",
        )  # fmt: skip
    if given.get("partial_images") and not given.get("stream"):
        raise Refusal(
            "The 'partial_images' parameter is only supported when 'stream' is true.",
            param="partial_images", code="invalid_value",
        )  # fmt: skip
    judge_size(str(given.get("size") or "auto"))


def judge_size(asked: str) -> None:
    """Refuse a size that the 2.x models do not draw."""
    if asked == "auto":
        return
    found = re.fullmatch(r"(\d{1,5})x(\d{1,5})", asked)
    if found is None:
        raise Refusal(
            f"Invalid size '{asked}'. Expected 'auto' or WIDTHxHEIGHT.", param="size", code="invalid_value"
        )
    width, height = int(found[1]), int(found[2])
    words = ""
    if width % 16 or height % 16:
        words = "Width and height must both be divisible by 16."
    elif max(width, height) > 3840:
        words = "The longest edge must be less than or equal to 3840."
    elif max(width, height) > 3 * min(width, height):
        words = "The aspect ratio must be between 1:3 and 3:1."
    elif width * height < 655_360:
        words = "Requested resolution is below the current minimum pixel budget."
    elif width * height > 8_294_400:
        words = "Requested resolution exceeds the current pixel budget."
    if words:
        raise Refusal(f"Invalid size '{asked}'. {words}", param="size", code="invalid_value", kind=USER_ERROR)


def _judge_images(form: Form) -> None:
    if not form.images:
        raise Refusal(
            "Missing required parameter: 'image'.", param="image", code="missing_required_parameter"
        )
    if len(form.images) > schema("CreateImageEditRequest")["properties"]["image"]["anyOf"][1]["maxItems"]:
        message = (
            "Invalid 'image': array too long. Expected an array with maximum length 16, "
            f"but got an array with length {len(form.images)} instead."
        )
        raise Refusal(message, param="image", code="array_above_max_length")
    for place, part in enumerate(form.images, 1):
        _judge_image(part, place)


def _judge_image(part: Part, place: int) -> None:
    if len(part.data) >= MOST_BYTES:
        raise Refusal(
            f"Invalid file '{part.name}': file too large. Maximum size is 50MB.", param="image", status=413
        )
    kind = part.content_type or "application/octet-stream"
    if kind not in KINDS:
        raise Refusal(
            f"Invalid file '{part.name}': unsupported mimetype ('{kind}'). "
            "Supported file formats are 'image/jpeg', 'image/png', and 'image/webp'.",
            param="image", code="unsupported_file_mimetype",
        )  # fmt: skip
    measure(part.data, place)


@functools.lru_cache(maxsize=64)
def measure(data: bytes, place: int = 1) -> tuple[int, int, bool]:
    """Width and height in px of a picture and whether it can be seen through; raises Refusal."""
    try:
        with Image.open(io.BytesIO(data), formats=tuple(KINDS.values())) as image:
            clear = "A" in image.getbands() or "transparency" in image.info
            width, height = image.size
            image.draft("RGB", (64, 64))
            image.load()
            return width, height, clear
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Refusal(
            f"Invalid image file or mode for image {place}, please check your image file.",
            param="image", code="invalid_image_file", kind=USER_ERROR,
        ) from error  # fmt: skip


def _judge_layers(form: Form, card: ModelCard | None) -> None:
    mask, markup = form.file("mask"), form.file("markup")
    if mask and markup:
        raise Refusal("'markup' cannot be combined with 'mask'.", param="markup", code="invalid_value")
    if markup and card is not None and not card.markup:
        raise Refusal(
            f"The model '{card.id}' does not support the 'markup' parameter.",
            param="markup",
            code="invalid_value",
        )
    for layer in (each for each in (mask, markup) if each is not None):
        width, height, clear = measure(layer.data)
        first = measure(form.images[0].data)
        if (width, height) != first[:2] or not clear or not layer.data.startswith(b"\x89PNG"):
            raise Refusal(
                f"Invalid {layer.name}: must be a PNG with transparency and of the first image's size.",
                param=layer.name, code="invalid_image_file",
            )  # fmt: skip


def judge_key(header: str | None, key: str) -> None:
    """Refuse whoever has no key, or another one; the words echo a part of it, as OpenAI's do."""
    given = (header or "").removeprefix("Bearer ").strip()
    if not given:
        raise Refusal(
            "You didn't provide an API key. You need to provide your API key in an Authorization header "
            "using Bearer auth (i.e. Authorization: Bearer YOUR_KEY). You can obtain an API key from "
            "https://platform.openai.com/account/api-keys.",
            status=401,
        )
    if given != key:
        echo = given[:8] + "*" * max(0, len(given) - 12) + given[-4:]
        raise Refusal(
            f"Incorrect API key provided: {echo}. You can find your API key at "
            "https://platform.openai.com/account/api-keys.",
            code="invalid_api_key", status=401,
        )  # fmt: skip
