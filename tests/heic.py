"""Writes HEIC files without an HEVC encoder: each block is stored as plain samples, as the standard allows.

Layouts: ITU-T H.265 (7.3 syntax, 9.3 arithmetic coding), ISO/IEC 14496-12 and 23008-12 (boxes).
"""

from __future__ import annotations

import struct

import numpy as np
import numpy.typing as npt
from PIL import Image

BLOCK = 16
_PROFILE = bytes.fromhex("03 70000000 900000000000 5d")  # Main Still Picture, level 3.1
_LEAST_LIKELY = (
    *(240, 227, 216, 205, 195, 185, 175, 166, 158, 150, 142, 135, 128, 122, 116, 110, 104, 99, 94, 89, 85),
    *(80, 76, 72, 69, 65, 62, 59, 56, 53, 50, 48, 45, 43, 41, 39, 37, 35, 33, 31, 30, 28, 27, 25, 24, 23, 22),
    *(21, 20, 19, 18, 17, 16, 15, 14, 14, 13, 12, 12, 11, 11, 10, 9),
)
"""H.265 table 9-46, last column: the range of the less likely symbol by state."""


def heic(rgb: npt.NDArray[np.uint8], *, quarter_turns: int = 0, exif: bytes = b"", icc: bytes = b"") -> bytes:
    """Write H×W×3 sRGB pixels (both sides multiples of 16), shown turned counter-clockwise."""
    height, width = rgb.shape[:2]
    sets = _vps(), _sps(width, height), _pps()
    slice_ = _slice(rgb)
    coded = struct.pack(">I", len(slice_)) + slice_
    note = struct.pack(">I", 0) + exif if exif else b""
    properties = [_hvcc(sets), _box(b"ispe", struct.pack(">III", 0, width, height))]
    properties.append(_box(b"colr", b"nclx" + struct.pack(">HHHB", 1, 13, 6, 0x80)))  # as Pillow's YCbCr
    if icc:
        properties.append(_box(b"colr", b"prof" + icc))
    if quarter_turns:
        properties.append(_box(b"irot", bytes([quarter_turns])))
    head = _box(b"ftyp", b"heic\0\0\0\0mif1heic")
    start = len(head) + len(_meta(properties, 0, len(coded), len(note))) + 8
    return head + _meta(properties, start, len(coded), len(note)) + _box(b"mdat", coded + note)


class _Bits:
    def __init__(self) -> None:
        self._bits: list[int] = []

    def put(self, *fields: tuple[int, int]) -> _Bits:
        """Append values, each with its count of bits; a count of 0 means Exp-Golomb."""
        for value, count in fields:
            length = count or 2 * (value + 1).bit_length() - 1
            number = value if count else value + 1
            self._bits += [(number >> at) & 1 for at in range(length - 1, -1, -1)]
        return self

    def raw(self, data: bytes) -> _Bits:
        return self.put(*((byte, 8) for byte in data))

    def ended(self) -> bytes:
        self.put((1, 1))
        return np.packbits(np.array(self._bits, np.uint8)).tobytes()


def _vps() -> bytes:
    bits = _Bits().put((0, 4), (3, 2), (0, 6), (0, 3), (1, 1), (0xFFFF, 16)).raw(_PROFILE)
    return _nal(32, bits.put((1, 1), (0, 0), (0, 0), (0, 0), (0, 6), (0, 0), (0, 1), (0, 1)).ended())


def _sps(width: int, height: int) -> bytes:
    bits = _Bits().put((0, 4), (0, 3), (1, 1)).raw(_PROFILE)
    bits.put((0, 0), (1, 0), (width, 0), (height, 0), (0, 1))  # 4:2:0
    bits.put((0, 0), (0, 0), (0, 0), (1, 1), (0, 0), (0, 0), (0, 0))
    bits.put((1, 0), (0, 0), (0, 0), (2, 0), (0, 0), (0, 0))  # blocks of 16, transforms of 4 to 16
    bits.put((0, 1), (0, 1), (0, 1))
    bits.put((1, 1), (7, 4), (7, 4), (1, 0), (0, 0), (1, 1))  # PCM: 8 bits, blocks of 16, no filter
    return _nal(33, bits.put((0, 0), (0, 1), (0, 1), (0, 1), (0, 1), (0, 1)).ended())


def _pps() -> bytes:
    bits = _Bits().put((0, 0), (0, 0), (0, 1), (0, 1), (0, 3), (0, 1), (0, 1), (0, 0), (0, 0), (0, 0))
    bits.put((0, 1), (0, 1), (0, 1), (0, 0), (0, 0), (0, 1), (0, 1), (0, 1), (0, 1), (0, 1), (0, 1), (0, 1))
    bits.put((1, 1), (0, 1), (1, 1))  # no deblocking
    return _nal(34, bits.put((0, 1), (0, 1), (0, 0), (0, 1), (0, 1)).ended())


def _slice(rgb: npt.NDArray[np.uint8]) -> bytes:
    image = Image.fromarray(rgb).convert("YCbCr")
    luma = _blocks(np.asarray(image)[:, :, 0], BLOCK)
    small = np.asarray(image.resize((image.width // 2, image.height // 2), Image.Resampling.BOX))
    blue, red = _blocks(small[:, :, 1], BLOCK // 2), _blocks(small[:, :, 2], BLOCK // 2)
    out = bytearray(_Bits().put((1, 1), (0, 1), (0, 0), (2, 0), (0, 0)).ended())
    for number in range(len(luma)):
        # one likely symbol (whole block), then the ending symbol (samples follow), flushed to whole bytes
        left = (508 if number else 510) - _LEAST_LIKELY[min(number, 62)] - 2
        out += ((left | 1) << 7).to_bytes(2, "big")
        out += luma[number].tobytes() + blue[number].tobytes() + red[number].tobytes()
    out += ((508 | 1) << 7).to_bytes(2, "big")
    return _nal(19, bytes(out))


def _blocks(plane: npt.NDArray[np.uint8], side: int) -> npt.NDArray[np.uint8]:
    rows, columns = plane.shape[0] // side, plane.shape[1] // side
    return plane.reshape(rows, side, columns, side).swapaxes(1, 2).reshape(rows * columns, side * side)


def _nal(kind: int, payload: bytes) -> bytes:
    out = bytearray(struct.pack(">H", kind << 9 | 1))
    zeros = 0
    for byte in payload:
        if zeros == 2 and byte <= 3:
            out.append(3)
            zeros = 0
        out.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes(out)


def _box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + name + content


def _hvcc(sets: tuple[bytes, bytes, bytes]) -> bytes:
    head = b"\x01" + _PROFILE + bytes.fromhex("f000 fc fd f8 f8 0000 0f 03")
    lists = (
        struct.pack(">BHH", 0x80 | kind, 1, len(nal)) + nal
        for kind, nal in zip((32, 33, 34), sets, strict=True)
    )
    return _box(b"hvcC", head + b"".join(lists))


def _meta(properties: list[bytes], start: int, coded: int, note: int) -> bytes:
    items = [(1, b"hvc1", start, coded)] + ([(2, b"Exif", start + coded, note)] if note else [])
    infos = b"".join(
        _box(b"infe", struct.pack(">IHH", 2 << 24, number, 0) + kind + b"\0") for number, kind, *_ in items
    )
    places = b"".join(struct.pack(">HHHII", number, 0, 1, at, size) for number, _, at, size in items)
    uses = bytes([0x80 | 1, *range(2, len(properties) + 1)])
    return _box(
        b"meta",
        bytes(4)
        + _box(b"hdlr", struct.pack(">II4s12x", 0, 0, b"pict") + b"\0")
        + _box(b"pitm", struct.pack(">IH", 0, 1))
        + _box(b"iinf", struct.pack(">IH", 0, len(items)) + infos)
        + (_box(b"iref", bytes(4) + _box(b"cdsc", struct.pack(">HHH", 2, 1, 1))) if note else b"")
        + _box(b"iloc", struct.pack(">IBBH", 0, 0x44, 0, len(items)) + places)
        + _box(
            b"iprp",
            _box(b"ipco", b"".join(properties))
            + _box(b"ipma", struct.pack(">IIHB", 0, 1, 1, len(properties)) + uses),
        ),
    )
