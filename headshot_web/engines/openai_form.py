"""What is asked of a provider: the fields of one request, and its exact length before it is written."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Self

from headshot_web.accounts import Dispatch
from headshot_web.model import Quality, Size
from headshot_web.provider_errors import ModelNotChosen

if TYPE_CHECKING:
    from headshot_web.endpoint import Endpoint
    from headshot_web.engines.price_list import PriceList
    from headshot_web.model import Request

FILE_NAME: Final = "photo.jpg"
MEDIA_TYPE: Final = "image/jpeg"
MOST_PICTURES: Final = 4
PARTIALS: Final = 2
OUTPUT_FORMAT: Final = "jpeg"
"""JPEG, which is drawn at its best quality, comes sooner than PNG and is a quarter of its size."""
BACKGROUND: Final = "opaque"
SAFE_QUALITY: Final = "high"
"""What every model knows; the finer ones are refused by some."""

_BOUNDARY: Final = 32
_OPTIONAL: Final = ("background", "n", "output_format", "partial_images", "quality", "size", "stream")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One request to a provider, as it goes over the wire: these fields and nothing else."""

    model: str
    prompt: str = field(repr=False)
    pictures: tuple[bytes, ...] = field(repr=False)
    """JPEG without metadata; the first is the one to be edited."""
    size: Size
    """How large the picture is asked for."""
    wish: Quality
    quality: str
    """How careful the model is asked to be, in the provider's word."""
    stream: bool
    widely_understood: bool
    """Whether only the fields go out that every server takes: for hosts other than OpenAI's."""
    dropped: frozenset[str] = frozenset()

    @classmethod
    def of(cls, request: Request, endpoint: Endpoint, prices: PriceList) -> Self:
        """Write down a request; raises `ModelNotChosen`."""
        model = endpoint.chosen_model(request.quality)
        if model is None:
            if not endpoint.is_openai:
                raise ModelNotChosen
            model = prices.model(request.quality)
        # A model that runs at home draws best at about one megapixel, which is a draft's size.
        drawn_as = request.quality if endpoint.is_openai else Quality.DRAFT
        return cls(
            model=model,
            prompt=request.prompt,
            pictures=(request.picture, *request.others)[:MOST_PICTURES],
            size=prices.wire_size(request.recipe.crop, drawn_as),
            wish=request.quality,
            quality=prices.wire_quality(model, request.quality),
            stream=endpoint.stream,
            widely_understood=not endpoint.is_openai,
        )

    @property
    def settings(self) -> dict[str, str | int | bool]:
        """The settings by name, in the order in which they are written after the prompt."""
        every: dict[str, str | int | bool] = {
            "background": BACKGROUND,
            "model": self.model,
            "n": 1,
            "output_format": OUTPUT_FORMAT,
            "partial_images": PARTIALS,
            "quality": self.quality,
            "size": f"{self.size.width_px}x{self.size.height_px}",
            "stream": True,
        }
        left_out = set(self.dropped)
        if not self.stream:
            left_out |= {"partial_images", "stream"}
        if self.widely_understood:
            # “quality” means a quicker, rougher way of drawing to some servers.
            left_out |= {"background", "output_format", "quality"}
        return {name: value for name, value in every.items() if name not in left_out}

    @property
    def picture_field(self) -> str:
        """The name under which the pictures go; several have brackets."""
        return "image" if len(self.pictures) == 1 else "image[]"

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of all fields, in their order."""
        return ("prompt", *self.settings, *(self.picture_field for _ in self.pictures))

    @property
    def size_bytes(self) -> int:
        """The length of the whole body, to the byte."""
        texts = {"prompt": self.prompt, **self.settings}
        parts = [
            len(f'Content-Disposition: form-data; name="{name}"\r\n\r\n') + len(_written(value))
            for name, value in texts.items()
        ]
        head = len(
            f'Content-Disposition: form-data; name="{self.picture_field}"; filename="{FILE_NAME}"\r\n'
            f"Content-Type: {MEDIA_TYPE}\r\n\r\n"
        )
        parts += [head + len(picture) for picture in self.pictures]
        around = len("--") + _BOUNDARY + len("\r\n") + len("\r\n")
        return sum(parts) + around * len(parts) + len("--") + _BOUNDARY + len("--\r\n")

    def dispatch(self, endpoint: Endpoint, prices: PriceList) -> Dispatch:
        """Say what is about to leave, without leaving."""
        return Dispatch(
            host=endpoint.host,
            secure=endpoint.secure,
            model=self.model,
            fields=self.fields,
            pictures=tuple(hashlib.sha256(picture).hexdigest() for picture in self.pictures),
            size_bytes=self.size_bytes,
            estimate=prices.estimate(
                self.model,
                quality=self.wish,
                size=self.size,
                pictures=len(self.pictures),
                partials=PARTIALS if "partial_images" in self.settings else 0,
                host=endpoint.host,
            ),
        )

    def without(self, setting: str | None) -> Self | None:
        """Leave out an optional setting that was refused; None when it is not one, or is gone already."""
        if setting not in _OPTIONAL or setting not in self.settings:
            return None
        if setting == "quality" and self.quality not in ("low", "medium", SAFE_QUALITY):
            return replace(self, quality=SAFE_QUALITY)
        gone = {setting, "partial_images"} if setting == "stream" else {setting}
        return replace(self, dropped=self.dropped | gone)

    def with_model(self, model: str, prices: PriceList) -> Self:
        """Ask another model for the same."""
        return replace(self, model=model, quality=prices.wire_quality(model, self.wish))

    def with_pictures(self, pictures: tuple[bytes, ...]) -> Self:
        """Send these pictures instead."""
        return replace(self, pictures=pictures)


def _written(value: str | float) -> bytes:
    """Write a value as it stands in a form."""
    if isinstance(value, bool):
        return b"true" if value else b"false"
    return str(value).encode()
