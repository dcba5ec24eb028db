"""Sheets for the printer: what lies where on the paper, in which size, with which marks."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from headshot_web.imaging import exports, marks
from headshot_web.imaging.marks import Mark
from headshot_web.imaging.sheets import sheet
from headshot_web.model import Paper


def master(width: int = 1200, height: int = 1500) -> bytes:
    """A picture that is red above and blue below, with a green bar at the eyes."""
    rgb = np.zeros((height, width, 3), np.uint8)
    rgb[: height // 2, :, 0] = 220
    rgb[height // 2 :, :, 2] = 220
    eyes = round(height * 0.4)
    rgb[eyes - 10 : eyes + 10] = (0, 220, 0)
    return exports.master(rgb, mark=Mark.RETOUCHED)


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data), formats=["JPEG"])


@pytest.mark.parametrize("paper", Paper)
@pytest.mark.parametrize("size", [(1200, 1200), (1200, 1500), (1024, 1536)])
def test_every_headshot_fills_every_paper_at_300_dpi(paper: Paper, size: tuple[int, int]) -> None:
    made = sheet(master(*size), paper)
    with opened(made) as picture:
        assert picture.size == tuple(300 * inches for inches in paper.inches)
        assert picture.info["dpi"] == pytest.approx((300, 300))
        assert picture.info["icc_profile"]
    assert marks.read(made) is Mark.RETOUCHED


def test_a_whole_sheet_goes_to_the_edges_and_keeps_the_eyes() -> None:
    with opened(sheet(master(), Paper.P4X6)) as picture:
        pixels = np.asarray(picture.convert("RGB"))
    assert (pixels[[0, -1]].max(axis=2) > 150).all()
    green = np.flatnonzero((pixels[:, 600, 1] > 150) & (pixels[:, 600, 0] < 100))
    assert green.mean() / pixels.shape[0] == pytest.approx(0.4, abs=0.06)


def test_six_small_ones_are_equal_and_can_be_cut_apart() -> None:
    with opened(sheet(master(), Paper.SHEET_2X2)) as picture:
        tiles = [picture.crop((x + 20, y + 20, x + 580, y + 580)) for y in (0, 600, 1200) for x in (0, 600)]
    first = np.asarray(tiles[0], np.int16)
    assert all(np.abs(np.asarray(tile, np.int16) - first).mean() < 2 for tile in tiles)


def test_two_strips_are_equal_and_bear_the_logo_at_the_foot() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (400, 100), (250, 200, 0, 255)).save(out, "PNG")
    with opened(sheet(master(), Paper.STRIP_2X6, out.getvalue())) as picture:
        left, right = picture.crop((10, 10, 590, 1790)), picture.crop((610, 10, 1190, 1790))
        foot = picture.getpixel((300, 1720))
        margin = picture.getpixel((8, 900))
    difference = np.abs(np.asarray(left, np.int16) - np.asarray(right, np.int16))
    assert difference.mean() < 2
    assert isinstance(foot, tuple)
    assert foot[0] > 200
    assert foot[2] < 60
    assert isinstance(margin, tuple)
    assert min(margin) > 240
