"""The event in force: what is on the disk, who hears of it, and what a file from elsewhere brings."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from headshot_web.errors import BadEvent, LogoUnusable
from headshot_web.event import Event
from headshot_web.event_book import EventBook, from_elsewhere
from headshot_web.imaging.darkroom import Darkroom
from headshot_web.paths import Folders


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path / "app")


def picture(size: tuple[int, int], kind: str = "PNG", color: str | tuple[int, ...] = "teal") -> bytes:
    out = io.BytesIO()
    mode = "RGBA" if isinstance(color, tuple) else "RGB"
    Image.new(mode, size, color).save(out, kind, **({"exif": b"Exif\0\0secret"} if kind == "JPEG" else {}))
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data), formats=["PNG"])


def test_a_change_is_kept_and_told(folders: Folders) -> None:
    book = EventBook.open(folders)
    heard: list[Event] = []
    stop = book.subscribe(heard.append)
    book.change(name="Fair", operator_name="Novák")
    assert EventBook.open(folders).current == book.current == heard[0]
    stop()
    book.change(name="Other")
    assert len(heard) == 1


def test_what_cannot_be_changes_nothing(folders: Folders) -> None:
    book = EventBook.open(folders)
    book.change(name="Fair")
    before = folders.event.read_bytes()
    with pytest.raises(BadEvent):
        book.change(name="")
    assert book.current.name == "Fair"
    assert folders.event.read_bytes() == before


def test_a_fresh_event_keeps_its_number_from_the_first_change_on(folders: Folders) -> None:
    book = EventBook.open(folders)
    book.use(book.current)
    assert EventBook.open(folders).current.id == book.current.id


@pytest.mark.parametrize("size", [(2400, 300), (200, 60), (1000, 1000)])
async def test_a_logo_is_made_anew_and_fits(shared_darkroom: Darkroom, size: tuple[int, int]) -> None:
    made = await shared_darkroom.logo(picture(size, "JPEG"))
    with opened(made) as logo:
        assert logo.width <= 900
        assert logo.height <= 450
        assert logo.width / logo.height == pytest.approx(size[0] / size[1], rel=0.03)
    assert b"secret" not in made


async def test_what_is_clear_in_a_logo_stays_clear(shared_darkroom: Darkroom) -> None:
    with opened(await shared_darkroom.logo(picture((100, 50), color=(0, 0, 0, 0)))) as logo:
        assert logo.getpixel((50, 25)) == (0, 0, 0, 0)


async def test_a_noisy_logo_becomes_small_enough_for_the_file(shared_darkroom: Darkroom) -> None:
    out = io.BytesIO()
    Image.effect_noise((1200, 600), 120).convert("RGB").save(out, "PNG")
    made = await shared_darkroom.logo(out.getvalue())
    assert len(made) <= 500_000
    assert Event(logo=made).logo == made


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a" + bytes(20), picture((8, 8)), picture((300, 300))[:80], b"\x89PNG\r\n\x1a\n"]
)
async def test_what_is_no_logo_is_refused(shared_darkroom: Darkroom, data: bytes) -> None:
    with pytest.raises(LogoUnusable):
        await shared_darkroom.logo(data)


async def test_a_file_from_elsewhere_is_another_event_with_a_logo_of_ours(shared_darkroom: Darkroom) -> None:
    brought = Event(name="Fair", logo=picture((3000, 400)))
    event = await from_elsewhere(brought.written(), shared_darkroom)
    assert event.name == "Fair"
    assert event.id != brought.id
    assert event.logo
    with opened(event.logo) as logo:
        assert logo.width == 900
    spoiled = await from_elsewhere(Event(logo=b"not a picture").written(), shared_darkroom)
    assert spoiled.logo is None
