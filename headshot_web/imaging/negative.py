"""A photo's bytes become a clean picture: upright, sRGB, at most 2016 px, with nothing else of the file."""

from __future__ import annotations

import contextlib
import functools
import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PIL import Image, ImageCms

from headshot_web.errors import BrokenFile, HeadshotError, TooManyPixels, TooNarrow, TooSmall
from headshot_web.imaging import filekinds
from headshot_web.imaging.filekinds import FileKind
from headshot_web.model import Face, Notice, Size

if TYPE_CHECKING:
    from headshot_web.imaging.faces import FaceMark

LONGEST_PX = 2016
"""Half and a quarter of what phones give (4032, 8064 px), so that the JPEG decoder itself shrinks exactly."""
THUMBNAIL_PX = 512
SHORTEST_PX = 256
NARROWEST = 3.0
MOST_PIXELS_JPEG = 260_000_000
"""A true 200 MP phone photo is shrunk while it is decoded."""
MOST_PIXELS = 90_000_000
"""Of the other kinds, which are decoded whole."""
NEAR_ENOUGH = 0.94
"""A picture shrunk exactly to this share of the working size is not decoded again for the rest."""

ORIENTATION_TAG = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
REDUCED_FIRST = 1.9
"""A picture is averaged by whole pixels first, as far as this many times the size that is wanted."""
DECODERS_ERRORS = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    RuntimeError,
    TypeError,
    LookupError,
    ArithmeticError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Developed:
    """A photo as it is kept: two re-made JPEGs (sRGB, upright, no metadata) and what was noticed."""

    picture: bytes = field(repr=False)
    """At most 2016 px on the longer side."""
    thumbnail: bytes = field(repr=False)
    """At most 512 px on the longer side."""
    size: Size
    """Of the picture."""
    notices: tuple[Notice, ...] = ()


def develop(data: bytes) -> Developed:
    """Open a photo, make it anew and look at it; raises a `Refusal`."""
    from headshot_web.imaging import noticing  # noqa: PLC0415 - numpy and the networks are for the worker

    picture = clean_picture(data)
    return Developed(
        picture=jpeg(picture, quality=92),
        thumbnail=jpeg(shrunk(picture, THUMBNAIL_PX), quality=85),
        size=Size(width_px=picture.width, height_px=picture.height),
        notices=noticing.notices(picture),
    )


def clean_picture(data: bytes) -> Image.Image:
    """Decode a photo into a new upright sRGB picture of at most 2016 px; raises a `Refusal`."""
    return opened_picture(data)[0]


def opened_picture(data: bytes) -> tuple[Image.Image, Size]:
    """Decode a photo like `clean_picture`; the size it came in, upright, goes with it."""
    kind = filekinds.kind_of(data)
    if kind is FileKind.JPEG:
        filekinds.refuse_many_scans(data)
    try:
        with (
            _few_pixels(MOST_PIXELS_JPEG if kind is FileKind.JPEG else MOST_PIXELS),
            _opened(data, kind) as image,
        ):
            _refuse_shape(*image.size)
            sides = image.size
            picture = _upright(_flat(_in_srgb(_small(image))), _orientation(image))
            if (picture.width < picture.height) != (sides[0] < sides[1]):
                sides = sides[::-1]
            return picture, Size(width_px=sides[0], height_px=sides[1])
    except HeadshotError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError) as error:
        raise TooManyPixels from error
    except (*DECODERS_ERRORS, struct.error, zlib.error) as error:
        raise BrokenFile from error


def jpeg(picture: Image.Image, *, quality: int) -> bytes:
    """Write a picture as JPEG with nothing beside its pixels."""
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality, subsampling="4:4:4")
    return buffer.getvalue()


def shrunk(picture: Image.Image, longest_px: int) -> Image.Image:
    """Make a picture smaller, to `longest_px` on its longer side; a smaller one stays as it is."""
    longest = max(picture.size)
    if longest <= longest_px:
        return picture
    width, height = (max(1, round(side * longest_px / longest)) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=REDUCED_FIRST)


def plain(picture: bytes) -> Image.Image:
    """Open a kept picture; only its pixels come along."""
    with Image.open(io.BytesIO(picture), formats=["JPEG"]) as image:
        opened = image.convert("RGB")
    opened.info.clear()
    return opened


def faces(picture: bytes) -> tuple[Face, ...]:
    """Find the faces of a kept picture, from left to right."""
    from headshot_web.imaging import noticing  # noqa: PLC0415

    with Image.open(io.BytesIO(picture), formats=["JPEG"]) as image:
        return tuple(_as_fractions(mark, image.size) for mark in noticing.marks(image.convert("RGB")))


def warm() -> None:
    """Load decoders and networks, so that the first photo does not wait for them."""
    from headshot_web.imaging import noticing  # noqa: PLC0415

    _load_decoders()
    noticing.warm()


def _opened(data: bytes, kind: FileKind) -> Image.Image:
    """Open with the one decoder that the first bytes call for."""
    _load_decoders()
    return Image.open(io.BytesIO(data), formats=[kind.value])


@functools.cache
def _load_decoders() -> None:
    """Load the decoders of the allowed kinds and no others; each works on one thread."""
    import pi_heif  # noqa: PLC0415 - decoders are for the worker
    from PIL import AvifImagePlugin, JpegImagePlugin, PngImagePlugin, WebPImagePlugin  # noqa: F401, PLC0415

    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)


@contextlib.contextmanager
def _few_pixels(most: int) -> Iterator[None]:
    """Make the decoders refuse larger pictures before they decode them."""
    before, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, most
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    finally:
        Image.MAX_IMAGE_PIXELS = before


def _refuse_shape(width: int, height: int) -> None:
    if min(width, height) < SHORTEST_PX and max(width, height) <= NARROWEST * SHORTEST_PX:
        raise TooSmall
    if max(width, height) > NARROWEST * min(width, height):
        raise TooNarrow
    if min(width, height) < SHORTEST_PX:
        raise TooSmall


def _small(image: Image.Image) -> Image.Image:
    """Decode at the working size, inside the JPEG decoder as far as that can be."""
    longest = max(image.size)
    step = 1
    while step < 8 and longest / step > LONGEST_PX and longest / (2 * step) >= LONGEST_PX * NEAR_ENOUGH:  # noqa: PLR2004
        step *= 2
    if step > 1:
        image.draft(None, (image.width // step, image.height // step))
    image.load()
    if image.mode.startswith("I") or image.mode == "F":
        image = image.point(lambda value: value * (1 / 257)).convert("L")
    elif image.has_transparency_data:
        image = image.convert("RGBA")
    elif image.mode not in ("RGB", "L", "CMYK"):
        image = image.convert("RGB")
    return shrunk(image, LONGEST_PX)


def _in_srgb(image: Image.Image) -> Image.Image:
    """Convert colours by the file's own profile; one that is broken or does not fit is ignored."""
    profile = image.info.get("icc_profile")
    target = "RGBA" if image.mode == "RGBA" else "RGB"
    if profile and image.mode in ("RGB", "RGBA", "CMYK", "L"):
        with contextlib.suppress(ImageCms.PyCMSError, *DECODERS_ERRORS):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if "sRGB" in ImageCms.getProfileDescription(source) and image.mode == target:
                return image
            converted = ImageCms.profileToProfile(
                image,
                source,
                ImageCms.createProfile("sRGB"),
                renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
                outputMode=target,
                flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
            )
            if converted is not None:
                return converted
    return image if image.mode == target else image.convert(target)


def _flat(image: Image.Image) -> Image.Image:
    """Paste the pixels into a new picture, on white where they are clear: nothing else comes along."""
    flat = Image.new("RGB", image.size, "white")
    flat.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
    return flat


def _orientation(image: Image.Image) -> int:
    """Read which way up the camera was held; 1 when that cannot be read."""
    with contextlib.suppress(*DECODERS_ERRORS, struct.error):
        value = image.getexif().get(ORIENTATION_TAG, 1)
        return value if isinstance(value, int) else 1
    return 1


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    turn = TURNS.get(orientation)
    return image if turn is None else image.transpose(turn)


def _as_fractions(mark: FaceMark, size: tuple[int, int]) -> Face:
    width, height = size
    left, top = max(0.0, mark.left / width), max(0.0, mark.top / height)
    return Face(
        left=left,
        top=top,
        width=min(1.0, (mark.left + mark.width) / width) - left,
        height=min(1.0, (mark.top + mark.height) / height) - top,
    )
