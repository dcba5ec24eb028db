"""What goes to a provider and what comes back: the person's working copy, and the finished headshot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image, ImageFilter

from headshot_web.errors import AnswerUnreadable, Refusal
from headshot_web.imaging import exports, filekinds, framing, negative, networks
from headshot_web.imaging.faces import FaceMark, chosen_face, find_faces, main_face
from headshot_web.imaging.filekinds import FileKind
from headshot_web.imaging.framing import EYE_LINES, FACES_HIGH, Frame
from headshot_web.imaging.marks import Mark
from headshot_web.model import Crop, Remark, Rendered, Size

if TYPE_CHECKING:
    from collections.abc import Iterable

LOOSER: Final = 1.4
"""How many times as high as the headshot's frame a working copy is: models draw larger than shown."""
COPY_PX: Final = 1536
COPY_QUALITY: Final = 92
CORE: Final = (0.75, 0.65, 0.55)
"""How many faces beside the eyes, above brow and below chin are the person's own, whoever else is near."""
AROUND: Final = (0.35, 0.6, 0.3)
"""How many faces beside, above and below somebody else's face they still are."""
SMALLEST_PX: Final = 512
MOST_BYTES: Final = 64_000_000
KINDS: Final = frozenset({FileKind.JPEG, FileKind.PNG, FileKind.WEBP})
BEFORE_QUALITY: Final = 92
MEASURED_FACES: Final = 2.0
MEASURED_PX: Final = 384
"""How many faces high the window is in which a face is measured, and how many pixels."""
BLANK: Final = 6
"""Of 255: a picture in which nothing differs by more than this shows nothing."""
CROWN_FACES: Final = 3.2
"""How many faces high the window is in which the top of hair or hat is looked for."""
NET_PX: Final = 256
ENLARGED: Final = 1.15
SHARPENED: Final = 1.3

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Portrait:
    """An upright picture, and the person in it."""

    picture: Image.Image
    face: FaceMark | None
    others: tuple[FaceMark, ...]


def working_copy(picture: bytes, *, crop: Crop, subject: int | None) -> bytes:
    """Cut the person out of a photo, looser than their headshot: a JPEG of at most 1536 px, pixels only.

    It never reaches past the photo's edges and is never enlarged. Other people are left out as far as
    head and shoulders allow. Without a face it is the photo's middle. The same photo, the same bytes.
    """
    seen = _portrait(negative.plain(picture), subject)
    width, height = seen.picture.size
    if seen.face is None:
        box = _middle(width, height, crop)
    else:
        box = _within(_loose(seen.face, crop), width, height)
        box = _without_others(box, seen.face, seen.others)
    whole = (round(box[0]), round(box[1]), round(box[2]), round(box[3]))
    sides = (whole[2] - whole[0], whole[3] - whole[1])
    share = min(1.0, COPY_PX / max(sides))
    copied = (max(1, round(sides[0] * share)), max(1, round(sides[1] * share)))
    return negative.jpeg(
        seen.picture.resize(copied, Image.Resampling.BICUBIC, box=whole), quality=COPY_QUALITY
    )


def finish(picture: bytes, *, crop: Crop, size: Size, asked: Size | None = None) -> Rendered:
    """Read a provider's picture, frame it by the eyes, and write it as a headshot of `size`.

    `asked` is the size it was to be drawn in. Raises `AnswerUnreadable` for what is no picture of anything.
    """
    drawn, pixels = _decoded(picture)
    seen = _portrait(drawn, None)
    frame = _frame(seen.picture, _measured(seen.picture, seen.face), crop)
    scale = size.width_px / frame.width
    box = (frame.left, frame.top, frame.left + frame.width, frame.top + frame.height)
    framed = seen.picture.resize((size.width_px, size.height_px), Image.Resampling.LANCZOS, box=box)
    if scale > SHARPENED:
        framed = _sharpened(framed, 0.7 * scale)
    scale *= max(drawn.size) / max(pixels.width_px, pixels.height_px)
    remarks = (
        *((Remark.OTHER_SIZE,) if _is_other_size(pixels, asked, crop) else ()),
        *((Remark.ENLARGED,) if scale > ENLARGED else ()),
        *((Remark.NO_FACE,) if seen.face is None else ()),
    )
    master, thumbnail = exports.master_and_thumbnail(framed, mark=Mark.EDITED_WITH_AI)
    return Rendered(
        picture=master,
        thumbnail=thumbnail,
        size=size,
        scale=round(scale, 3),
        remarks=remarks,
        original=picture,
    )


def before(picture: bytes, *, like: bytes, size: Size, subject: int | None) -> bytes:
    """Frame the photo so that its face lies exactly on the face of the headshot `like`, as JPEG of `size`.

    Where the headshot shows more than the photo, the photo's edges go on softly.
    """
    photo = _portrait(negative.plain(picture), subject)
    headshot = _portrait(negative.plain(like), None)
    face, same = (_measured(seen.picture, seen.face) for seen in (photo, headshot))
    if face is None or same is None:
        crop = min(Crop, key=lambda known: abs(known.aspect - size.width_px / size.height_px))
        frame = _frame_of(_middle(*photo.picture.size, crop))
    else:
        share = face.height / same.height
        frame = Frame(
            left=face.eye_x - same.eye_x * share,
            top=face.eye_y - same.eye_y * share,
            width=headshot.picture.width * share,
            height=headshot.picture.height * share,
        )
    return negative.jpeg(_softly_framed(photo.picture, frame, size), quality=BEFORE_QUALITY)


def _portrait(picture: Image.Image, subject: int | None) -> _Portrait:
    """Find the person in a picture, and set it upright when they lie on their side."""
    marks = find_faces(np.asarray(picture))
    face = chosen_face(marks, subject, *picture.size)
    others = tuple(mark for mark in marks if mark is not face)
    if face is not None and face.turned:
        size = picture.size
        others = tuple(mark.after_turns(face.turned, *size) for mark in others)
        picture, face = picture.rotate(90 * face.turned, expand=True), face.after_turns(face.turned, *size)
    return _Portrait(picture=picture, face=face, others=others)


def _measured(picture: Image.Image, face: FaceMark | None) -> FaceMark | None:
    """Look at a face once more, always equally large: its size comes out the same in every frame."""
    if face is None:
        return None
    reach = MEASURED_FACES * face.height / 2
    middle = face.eye_y + 0.2 * face.height
    box = _within((face.eye_x - reach, middle - reach, face.eye_x + reach, middle + reach), *picture.size)
    share = MEASURED_PX / (2 * reach)
    sides = (max(1, round((box[2] - box[0]) * share)), max(1, round((box[3] - box[1]) * share)))
    near = picture.resize(sides, Image.Resampling.BOX, box=box)
    again = main_face(find_faces(np.asarray(near), known=True), *sides)
    if again is None or again.turned:
        return face
    return again.scaled((box[2] - box[0]) / sides[0]).moved(box[0], box[1])


# The working copy


def _loose(face: FaceMark, crop: Crop) -> Box:
    """Frame a face like its headshot, only looser."""
    height = LOOSER * FACES_HIGH[crop] * face.height
    left = face.eye_x - height * crop.aspect / 2
    top = face.eye_y - EYE_LINES[crop] * height
    return left, top, left + height * crop.aspect, top + height


def _within(box: Box, width: int, height: int) -> Box:
    return max(0.0, box[0]), max(0.0, box[1]), min(float(width), box[2]), min(float(height), box[3])


def _middle(width: int, height: int, crop: Crop) -> Box:
    """Return the largest box of a shape in the middle of a picture."""
    wide, high = min(width, height * crop.aspect), min(height, width / crop.aspect)
    left, top = (width - wide) / 2, (height - high) / 2
    return left, top, left + wide, top + high


def _without_others(box: Box, face: FaceMark, others: Iterable[FaceMark]) -> Box:
    """Draw a box in from the side on which somebody else stands, never into the person's own head."""
    beside, above, below = (share * face.height for share in CORE)
    core = (
        face.eye_x - beside,
        face.top - above,
        face.eye_x + beside,
        face.top + face.height + below,
    )
    for other in sorted(others, key=lambda mark: -mark.height):
        box = _drawn_in(box, core, other)
    return box


def _drawn_in(box: Box, core: Box, other: FaceMark) -> Box:
    """Leave one other face out: by the side where least is lost, or else as far as the core allows."""
    beside, above, below = (share * other.height for share in AROUND)
    theirs = (
        other.left - beside,
        other.top - above,
        other.left + other.width + beside,
        other.top + other.height + below,
    )
    if theirs[0] >= box[2] or theirs[2] <= box[0] or theirs[1] >= box[3] or theirs[3] <= box[1]:
        return box
    left, top = min(theirs[2], core[0]), min(theirs[3], core[1])
    right, bottom = max(theirs[0], core[2]), max(theirs[1], core[3])
    cuts: tuple[tuple[Box, float], ...] = (
        ((max(box[0], left), box[1], box[2], box[3]), theirs[2] - left),
        ((box[0], box[1], min(box[2], right), box[3]), right - theirs[0]),
        ((box[0], max(box[1], top), box[2], box[3]), theirs[3] - top),
        ((box[0], box[1], box[2], min(box[3], bottom)), bottom - theirs[1]),
    )
    # First how much of the other one stays in the picture, then how much is lost of it.
    return min(cuts, key=lambda cut: (round(max(0.0, cut[1])), -_area(cut[0])))[0]


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


# The finished headshot


def _decoded(picture: bytes) -> tuple[Image.Image, Size]:
    """Open a provider's picture as upright sRGB, on white where it is clear, with the size it came in."""
    if len(picture) > MOST_BYTES:
        raise AnswerUnreadable
    try:
        if filekinds.kind_of(picture) not in KINDS:
            raise AnswerUnreadable
        drawn, pixels = negative.opened_picture(picture)
    except Refusal as error:
        raise AnswerUnreadable from error
    shorter = min(pixels.width_px, pixels.height_px)
    if shorter < SMALLEST_PX or _is_blank(drawn):
        raise AnswerUnreadable
    return drawn, pixels


def _sharpened(picture: Image.Image, radius: float) -> Image.Image:
    """Sharpen in brightness alone: no coloured rims, and a third of the work."""
    light, *colours = picture.convert("YCbCr").split()
    light = light.filter(ImageFilter.UnsharpMask(radius=radius, percent=40, threshold=1))
    return Image.merge("YCbCr", (light, *colours)).convert("RGB")


def _is_blank(picture: Image.Image) -> bool:
    """Tell whether a picture shows nothing at all."""
    small = picture.reduce(max(1, min(picture.size) // 32))
    return all(high - low <= BLANK for low, high in small.getextrema())  # type: ignore[misc]


def _is_other_size(pixels: Size, asked: Size | None, crop: Crop) -> bool:
    """Tell whether a picture has another size than was asked for, or, where nobody asked, another shape."""
    if asked is not None:
        return pixels != asked
    return abs(pixels.width_px / pixels.height_px / crop.aspect - 1) > 0.03  # noqa: PLR2004


def _frame(picture: Image.Image, face: FaceMark | None, crop: Crop) -> Frame:
    """Frame a face by the headshot's own rules, within the picture: no edge of it is ever shown."""
    if face is None:
        return _frame_of(_middle(*picture.size, crop))
    outline = framing.everywhere(_crown(picture, face))
    frame = framing.frame(face, crop, outline, *picture.size)
    share = min(1.0, picture.width / frame.width, picture.height / frame.height)
    width, height = frame.width * share, frame.height * share
    return Frame(
        left=min(max(0.0, frame.left + (frame.width - width) / 2), picture.width - width),
        top=min(max(0.0, frame.top + (frame.height - height) / 2), picture.height - height),
        width=width,
        height=height,
    )


def _frame_of(box: Box) -> Frame:
    return Frame(left=box[0], top=box[1], width=box[2] - box[0], height=box[3] - box[1])


def _softly_framed(photo: Image.Image, frame: Frame, size: Size) -> Image.Image:
    """Bring a frame of a photo to a size; past the photo's edges their colours go on, blurred."""
    across, down = size.width_px / frame.width, size.height_px / frame.height
    box = _within((frame.left, frame.top, frame.left + frame.width, frame.top + frame.height), *photo.size)
    left, top = round((box[0] - frame.left) * across), round((box[1] - frame.top) * down)
    right, bottom = round((box[2] - frame.left) * across), round((box[3] - frame.top) * down)
    part = photo.resize((max(1, right - left), max(1, bottom - top)), Image.Resampling.LANCZOS, box=box)
    if part.size == (size.width_px, size.height_px):
        return part
    beyond = ((top, size.height_px - top - part.height), (left, size.width_px - left - part.width), (0, 0))
    whole = Image.fromarray(np.pad(np.asarray(part), np.maximum(beyond, 0), mode="edge"))
    small = whole.reduce(8).filter(ImageFilter.GaussianBlur(6))
    soft = small.resize((size.width_px, size.height_px), Image.Resampling.BICUBIC)
    soft.paste(part, (left, top))
    return soft


def _crown(picture: Image.Image, face: FaceMark) -> float:
    """Find the top of hair or hat, in the picture's pixels."""
    half = CROWN_FACES * face.height / 2
    box = (
        max(0, round(face.eye_x - half)),
        max(0, round(face.eye_y - half)),
        min(picture.width, round(face.eye_x + half)),
        min(picture.height, round(face.eye_y + half)),
    )
    seen = np.asarray(picture.resize((NET_PX, NET_PX), Image.Resampling.BOX, box=box), np.float32) / 255
    mask = Image.fromarray(np.rint(networks.person(seen) * 255).astype(np.uint8))
    alpha = np.asarray(mask.resize((box[2] - box[0], box[3] - box[1]), Image.Resampling.BILINEAR))
    return framing.outline(alpha, box, face, *picture.size).crown
