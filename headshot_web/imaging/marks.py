"""What a picture says about how it was made: the IPTC digital source type, written and read back."""

from __future__ import annotations

import io
import re
from enum import StrEnum

from PIL import Image

VOCABULARY = "http://cv.iptc.org/newscodes/digitalsourcetype/"

_PACKET = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">'
    "<Iptc4xmpExt:DigitalSourceType>{uri}</Iptc4xmpExt:DigitalSourceType>"
    "</rdf:Description></rdf:RDF></x:xmpmeta>"
    '<?xpacket end="r"?>'
)
_SOURCE_TYPE = re.compile(
    rb"DigitalSourceType\s*(?:>|=\s*[\"'])\s*https?://cv\.iptc\.org/newscodes/digitalsourcetype/(\w+)"
)


class Mark(StrEnum):
    """How a picture came to be, in the terms of the IPTC NewsCodes “Digital Source Type”.

    A retouch on this computer cuts a photographed person out and sets them before a backdrop that code
    drew. IPTC calls a “mix or composite of several elements” `composite`, and that is what it is.
    The neighbours would each say something untrue: `compositeCapture` is for elements that are all
    captures of real life, which a drawn backdrop is not; `algorithmicallyEnhanced` is for changes that
    leave the main content alone, such as sharpening, and a new place behind a person is more than that;
    `humanEdits` is for people with tools; the two `trainedAlgorithmicMedia` terms are for pixels that a
    generative model made, and here a network only found the outline. Where the outline was unsure and
    the person's own background was kept and softened, nothing was put together:
    that picture is `algorithmicallyEnhanced`.
    """

    RETOUCHED = "composite"
    """A photographed person before a drawn backdrop."""
    SOFTENED = "algorithmicallyEnhanced"
    """The photograph itself, framed, toned and softened."""
    EDITED_WITH_AI = "compositeWithTrainedAlgorithmicMedia"
    """A photograph changed by a generative model."""
    MADE_WITH_AI = "trainedAlgorithmicMedia"
    """Made by a generative model."""

    @property
    def uri(self) -> str:
        """The term's full name in the vocabulary."""
        return VOCABULARY + self.value


def packet(mark: Mark) -> bytes:
    """Write the mark as an XMP packet; it holds the term and nothing else."""
    return _PACKET.format(uri=mark.uri).encode()


def read(picture: bytes) -> Mark | None:
    """Read the mark back from a JPEG, PNG or WebP; None when there is none, or one we never write."""
    with Image.open(io.BytesIO(picture), formats=["JPEG", "PNG", "WEBP"]) as opened:
        written = opened.info.get("xmp") or opened.info.get("XML:com.adobe.xmp") or b""
    found = _SOURCE_TYPE.search(written.encode() if isinstance(written, str) else written)
    if found is None:
        return None
    term = found.group(1).decode()
    return next((mark for mark in Mark if mark.value == term), None)
