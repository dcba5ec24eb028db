"""A picture says how it was made, in every kind of file, and nothing else."""

from __future__ import annotations

import io
import socket
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import pytest_socket
from PIL import Image, PngImagePlugin

from headshot_web import styles
from headshot_web.imaging import exports, marks
from headshot_web.imaging.marks import Mark
from headshot_web.model import Export, FileKind, Size, StyleId
from tests import portraits
from tests.imaging import sitters

FIELD = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType"


def master(mark: Mark) -> bytes:
    return exports.master(np.asarray(portraits.astronaut().resize((200, 250))), mark=mark)


@pytest.mark.parametrize("kind", FileKind)
@pytest.mark.parametrize("mark", Mark)
def test_every_download_says_how_the_picture_was_made(kind: FileKind, mark: Mark) -> None:
    download = exports.export(master(mark), Export(kind=kind))
    assert marks.read(download) is mark
    assert mark.uri.encode() in download


@pytest.mark.parametrize("mark", Mark)
def test_the_mark_is_what_other_programs_look_for(mark: Mark) -> None:
    packet = marks.packet(mark).decode()
    told = ET.fromstring(packet[packet.index("<x:xmpmeta") : packet.rindex("<?xpacket")])  # noqa: S314
    fields = [element for element in told.iter() if (element.text or "").strip()]
    assert [(field.tag, field.text) for field in fields] == [(FIELD, mark.uri)]


def test_a_retouch_is_a_composite_and_no_generated_picture() -> None:
    assert Mark.RETOUCHED.uri == "http://cv.iptc.org/newscodes/digitalsourcetype/composite"
    assert b"rainedAlgorithmic" not in master(Mark.RETOUCHED)


@pytest.mark.parametrize("kind", FileKind)
@pytest.mark.parametrize("longest_px", [None, 120])
def test_without_marks_a_download_is_its_pixels_and_their_colours(
    kind: FileKind, longest_px: int | None
) -> None:
    marked = master(Mark.EDITED_WITH_AI)
    plain = exports.export(marked, Export(kind=kind, longest_px=longest_px, marks=False))
    assert marks.read(plain) is None
    for trace in (
        b"xmp",
        b"XMP",
        b"iptc",
        b"Photoshop",
        b"Exif",
        b"DigitalSource",
        b"http",
        b"c2pa",
        b"jumb",
    ):
        assert trace not in plain, trace
    with Image.open(io.BytesIO(plain)) as opened:
        assert opened.info["icc_profile"] == exports.srgb_profile()
        pixels = np.asarray(opened.convert("RGB"), np.int16)
    with Image.open(io.BytesIO(exports.export(marked, Export(kind=kind, longest_px=longest_px)))) as opened:
        assert np.array_equal(pixels, np.asarray(opened.convert("RGB"), np.int16))


@pytest.mark.parametrize("mark", Mark)
def test_a_thumbnail_says_it_too(mark: Mark) -> None:
    assert marks.read(exports.thumbnail(master(mark), 64)) is mark
    assert marks.read(exports.export(master(mark), Export(longest_px=64))) is mark


def test_a_look_shown_before_it_is_ordered_says_it_too() -> None:
    recipe, size = styles.style(StyleId("advisor-navy")).recipe, Size(width_px=160, height_px=200)
    sitting = sitters.sitting("astronaut")
    assert marks.read(sitting.preview(recipe, size)) is Mark.RETOUCHED
    assert marks.read(sitters.puzzled().preview(recipe, size)) is Mark.SOFTENED


@pytest.mark.parametrize("kind", FileKind)
def test_reading_a_mark_asks_nobody(kind: FileKind, socket_disabled: None) -> None:
    """Neither the vocabulary it names nor anything that a file refers to is looked up."""
    out = io.BytesIO()
    packet = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1:9/e">]><x:xmpmeta>&e;'
        b'<c2pa:manifest href="http://127.0.0.1:9/manifest.c2pa"/>' + marks.packet(Mark.MADE_WITH_AI)
    )
    told = PngImagePlugin.PngInfo()
    told.add_itxt("XML:com.adobe.xmp", packet.decode())
    more: dict[str, object] = {"pnginfo": told} if kind is FileKind.PNG else {"xmp": packet}
    Image.new("RGB", (8, 8)).save(out, kind.value.upper(), **more)
    with pytest.raises(pytest_socket.SocketBlockedError):
        socket.socket()
    assert marks.read(out.getvalue()) is Mark.MADE_WITH_AI
    assert exports.thumbnail(out.getvalue())
    assert exports.export(out.getvalue(), Export(kind=kind))


def test_a_picture_without_a_mark_has_none() -> None:
    out = io.BytesIO()
    portraits.astronaut().save(out, "PNG")
    assert marks.read(out.getvalue()) is None


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b'<a Iptc4xmpExt:DigitalSourceType="%strainedAlgorithmicMedia"/>', Mark.MADE_WITH_AI),
        (b"<Iptc4xmpExt:DigitalSourceType>\n %scomposite </Iptc4xmpExt:DigitalSourceType>", Mark.RETOUCHED),
        (b"<Iptc4xmpExt:DigitalSourceType>%snegativeFilm</Iptc4xmpExt:DigitalSourceType>", None),
    ],
)
def test_marks_of_others_are_read_too(written: bytes, read: Mark | None) -> None:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG", xmp=written % marks.VOCABULARY.encode())
    assert marks.read(out.getvalue()) is read
