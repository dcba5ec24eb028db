"""What a file is by its first bytes, never by its name, and whether it was built to take for ever."""

from __future__ import annotations

import re
from enum import StrEnum

from headshot_web.errors import KindNotOpened, NotAPicture, TooManyScans

MOST_SCANS = 100
"""Progressive JPEGs of phones and programs have about 10 scans; each one costs a pass over the picture."""


class FileKind(StrEnum):
    """The kinds of picture file that are opened, by the decoder's name; an MPO begins as a JPEG."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WEBP"
    HEIC = "HEIF"
    AVIF = "AVIF"


_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_STILL_BRANDS = frozenset({b"mif1", b"mif2", b"msf1", b"miaf", b"jxl ", b"crx ", b"vvic"})

_NOT_OPENED = (
    *(b"GIF87a", b"GIF89a"),
    *(b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"IIRO", b"IIRS", b"IIU\0", b"FUJIFILMCCD-RAW"),  # TIFF, raw
    *(b"8BPS", b"8BPB", b"gimp xcf", b"%PDF-", b"%!PS", b"\xc5\xd0\xd3\xc6", b"\xd7\xcd\xc6\x9a"),
    *(b"\xff\x0a", b"\0\0\0\x0cJXL \r\n", b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51"),  # JPEG XL, JPEG 2000
    *(b"\0\0\x01\0", b"icns", b"\x76\x2f\x31\x01", b"#?RADIANCE", b"qoif", b"DDS ", b"SIMPLE  ="),
    *(b"AT&TFORM", b"\x8aMNG\r\n", b"\x8bJNG\r\n"),
)
_PORTABLE = re.compile(rb"P[1-7]\s")
_BITMAP = re.compile(rb"BM.{4}\0\0\0\0", re.DOTALL)
_DRAWING = re.compile(rb"\s*(<\?xml|<!--|<!DOCTYPE\s+svg|<svg)", re.IGNORECASE)
_NEXT_MARKER = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")

_START_OF_SCAN = 0xDA
_END_OF_IMAGE = 0xD9


def kind_of(data: bytes) -> FileKind:
    """Tell the kind of a file; raises `NotAPicture`, or `KindNotOpened` for a picture of another kind."""
    if data.startswith(b"\xff\xd8\xff"):
        return FileKind.JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileKind.PNG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return FileKind.WEBP
    if data[4:8] == b"ftyp":
        return _kind_of_box_file(data)
    if data.startswith(_NOT_OPENED) or _PORTABLE.match(data) or _BITMAP.match(data) or _is_drawing(data):
        raise KindNotOpened
    raise NotAPicture


def refuse_many_scans(data: bytes) -> None:
    """Count a JPEG's scans without decoding it; raises `TooManyScans`."""
    # Every scan begins with these two bytes, so few of them settle it without a walk.
    if data.count(b"\xff\xda") > MOST_SCANS and _scans(data) > MOST_SCANS:
        raise TooManyScans


def _kind_of_box_file(data: bytes) -> FileKind:
    size = min(int.from_bytes(data[:4], "big"), 4096)
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, size - 3, 4))}
    if data[8:12] not in _HEIC_BRANDS and brands & _AVIF_BRANDS:
        return FileKind.AVIF
    if brands & _HEIC_BRANDS:
        return FileKind.HEIC
    if brands & _STILL_BRANDS:
        raise KindNotOpened
    raise NotAPicture


def _is_drawing(data: bytes) -> bool:
    head = data[:4096].removeprefix(b"\xef\xbb\xbf")
    return bool(_DRAWING.match(head)) and b"<svg" in head.lower()


def _scans(data: bytes) -> int:
    """Count the scans of the first picture in the file, up to one more than the most."""
    at, scans = 2, 0
    while scans <= MOST_SCANS and (found := _NEXT_MARKER.search(data, at)):
        at = found.end()
        marker = data[at - 1]
        if marker == _END_OF_IMAGE:
            break
        if marker == _START_OF_SCAN:
            scans += 1
        at += max(
            2, int.from_bytes(data[at : at + 2], "big")
        )  # past the segment; what follows a scan is searched
    return scans
