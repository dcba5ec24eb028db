"""One photo and one person in it, cut out once, for as many looks as are wanted."""

from __future__ import annotations

import io
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final, Self

import numpy as np
import numpy.typing as npt
from PIL import Image

from headshot_web.imaging import backdrops, exports, framing, matte, tone
from headshot_web.imaging.faces import FaceMark, chosen_face, find_faces
from headshot_web.imaging.marks import Mark
from headshot_web.imaging.print import Print, enlarged
from headshot_web.model import Crop, Recipe, Remark, Rendered, Size

Bytes = npt.NDArray[np.uint8]

FRAME_FACES: Final = 3.5
"""How many faces high a frame is at most, about: more pixels of the photo than that show would be wasted."""
LARGEST_PX: Final = 1600
UNSURE: Final = 0.05
ENLARGED: Final = 1.15
PRINTS_KEPT: Final = 3
PREVIEW_QUALITY: Final = 86
BEFORE_QUALITY: Final = 92


@dataclass(slots=True, kw_only=True, eq=False)
class Sitting:
    """One photo, one person: everything that all looks of them share."""

    photo: Image.Image
    """The photo, upright, no larger than the headshots need."""
    reduced: float
    """By what factor the photo was made smaller, at most 1."""
    face: FaceMark
    has_face: bool
    cut_out: matte.CutOut
    region: matte.Box
    """Where in the photo the cut-out lies."""
    _prints: OrderedDict[tuple[Crop, Size], Print] = field(default_factory=OrderedDict)

    @classmethod
    def of(cls, picture: bytes, *, subject: int | None = None, longest_px: int = LARGEST_PX) -> Self:
        """Find the person in a photo (JPEG, sRGB) and cut them out for headshots of at most `longest_px`.

        `subject` says which face, counted from the left from 0; None takes the most likely one.
        """
        with Image.open(io.BytesIO(picture), formats=["JPEG", "PNG", "WEBP"]) as opened:
            photo = opened.convert("RGB")
        marks = find_faces(np.asarray(photo))
        found = chosen_face(marks, subject, *photo.size)
        face = found or matte.likely_face(photo)
        others = [mark for mark in marks if mark is not found]
        if face.turned:
            others = [mark.after_turns(face.turned, *photo.size) for mark in others]
            photo, face = _upright(photo, face)
        reduced = min(1.0, min(longest_px, LARGEST_PX) / FRAME_FACES / face.height)
        if reduced < 1:
            size = (max(1, round(photo.width * reduced)), max(1, round(photo.height * reduced)))
            others = [mark.scaled(size[0] / photo.width) for mark in others]
            photo, face = photo.resize(size, Image.Resampling.HAMMING), face.scaled(size[0] / photo.width)
        region = framing.region(face, *photo.size)
        cut_out = matte.cut_out(photo, region, face, others)
        return cls(
            photo=photo,
            reduced=reduced,
            face=face,
            has_face=found is not None,
            cut_out=cut_out,
            region=region,
        )

    @property
    def keeps_background(self) -> bool:
        """Whether the outline is too unsure to put anything else behind the person."""
        return self.cut_out.unsure > UNSURE

    @property
    def softens_background(self) -> bool:
        """Whether the kept background is softened: without a face, nobody knows what it is."""
        return self.keeps_background and self.has_face

    @property
    def mark(self) -> Mark:
        """What a look on this photo says of how it was made."""
        return Mark.SOFTENED if self.keeps_background else Mark.RETOUCHED

    def headshot(self, recipe: Recipe, size: Size) -> Rendered:
        """Make the finished headshot."""
        made = self._print(recipe.crop, size)
        scale = made.scale * self.reduced
        remarks = (
            *((Remark.BACKGROUND_KEPT,) if self.softens_background else ()),
            *((Remark.ENLARGED,) if scale > ENLARGED else ()),
            *((Remark.NO_FACE,) if not self.has_face else ()),
        )
        picture = exports.master(self._look(made, recipe, size), mark=self.mark)
        return Rendered(picture=picture, size=size, scale=round(scale, 3), remarks=remarks)

    def preview(self, recipe: Recipe, size: Size) -> bytes:
        """Make a small picture of the same look, as JPEG."""
        look = self._look(self._print(recipe.crop, size), recipe, size)
        return exports.master(look, mark=self.mark, quality=PREVIEW_QUALITY)

    def before(self, crop: Crop, size: Size) -> bytes:
        """Return the original in exactly the headshot's framing, as JPEG."""
        return _jpeg(self._print(crop, size).original(), BEFORE_QUALITY)

    def _look(self, made: Print, recipe: Recipe, size: Size) -> Bytes:
        """Set the person before a look's backdrop, in its light: H×W×3."""
        if self.keeps_background:
            behind = made.softened() if self.softens_background else made.original()
        else:
            at = {"face_x": made.place.x / size.width_px, "face_y": made.place.y / size.height_px}
            behind = made.with_grain(backdrops.paint(recipe.backdrop, recipe.light, size, **at))
        person = tone.lit(made.colors, made.alpha, behind, light=recipe.light, place=made.place)
        picture = made.composed(person, behind)
        if recipe.monochrome:
            return tone.monochrome(picture, tone.inner_face(made.alpha, made.place))
        return picture

    def _print(self, crop: Crop, size: Size) -> Print:
        """Enlarge person, outline and original to a frame; the last few are kept."""
        key = (crop, size)
        if key not in self._prints:
            self._prints[key] = enlarged(
                self.photo,
                self.cut_out,
                region=self.region,
                face=self.face,
                frame=self._frame(crop),
                size=size,
            )
            while len(self._prints) > PRINTS_KEPT:
                self._prints.popitem(last=False)
        self._prints.move_to_end(key)
        return self._prints[key]

    def _frame(self, crop: Crop) -> framing.Frame:
        outline = framing.outline(self.cut_out.alpha, self.region, self.face, *self.photo.size)
        if self.keeps_background:
            outline = framing.everywhere(outline.crown)
        return framing.frame(self.face, crop, outline, *self.photo.size)


def _upright(photo: Image.Image, face: FaceMark) -> tuple[Image.Image, FaceMark]:
    """Turn a photo that lies on its side or head."""
    turned = photo.rotate(90 * face.turned, expand=True)
    return turned, face.after_turns(face.turned, *photo.size)


def _jpeg(rgb: Bytes, quality: int) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(rgb).save(buffer, "JPEG", quality=quality, subsampling=0)
    return buffer.getvalue()
