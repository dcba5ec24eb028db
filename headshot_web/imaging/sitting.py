"""One photo and one person in it, cut out once, for as many looks as are wanted."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from PIL import Image

from headshot_web.model import Crop, Recipe, Rendered, Size

Bytes = npt.NDArray[np.uint8]


@dataclass(slots=True, kw_only=True, eq=False)
class Sitting:
    """One photo, one person: everything that all looks of them share."""

    rgb: Bytes

    @classmethod
    def of(cls, picture: bytes, *, subject: int | None = None, longest_px: int | None = None) -> Self:
        """Find the person in a photo (JPEG, sRGB, upright) and cut them out."""
        image = Image.open(io.BytesIO(picture), formats=["JPEG", "PNG", "WEBP"]).convert("RGB")
        if longest_px is not None:
            image.thumbnail((longest_px, longest_px))
        return cls(rgb=np.asarray(image))

    def headshot(self, recipe: Recipe, size: Size) -> Rendered:
        """Make the finished headshot."""
        return Rendered(picture=self.before(recipe.crop, size), size=size, scale=1.0)

    def preview(self, recipe: Recipe, size: Size) -> bytes:
        """Make a small picture of the same look, as JPEG."""
        return self.before(recipe.crop, size)

    def before(self, crop: Crop, size: Size) -> bytes:  # noqa: ARG002
        """Return the original in exactly the headshot's framing, as JPEG."""
        buffer = io.BytesIO()
        Image.fromarray(self.rgb).resize((size.width_px, size.height_px)).save(buffer, "JPEG", quality=90)
        return buffer.getvalue()
