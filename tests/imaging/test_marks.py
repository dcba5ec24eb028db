"""A picture says how it was made, in every kind of file, and nothing else."""

from __future__ import annotations

import io
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from headshot_web.imaging import exports, marks
from headshot_web.imaging.marks import Mark
from headshot_web.model import Export, FileKind
from tests import portraits

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
