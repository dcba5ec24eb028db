"""What stands behind the person: the wished colour, believable light, the same picture at every size."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from skimage.color import deltaE_ciede2000, rgb2lab

from headshot_web.imaging.backdrops import paint
from headshot_web.imaging.canvas import Sheet, lens
from headshot_web.model import Backdrop, Light, Scene, Size

Picture = npt.NDArray[np.uint8]

PLAIN = (Scene.GRADIENT, Scene.PAPER, Scene.TEXTURE, Scene.PLASTER)
SMALL = Size(width_px=320, height_px=400)
FULL = Size(width_px=1024, height_px=1536)


def behind(
    scene: Scene,
    light: Light = Light.EVEN,
    size: Size = SMALL,
    color: str = "#8b8d90",
    face: tuple[float, float] = (0.5, 0.36),
) -> Picture:
    return paint(Backdrop(scene=scene, color=color), light, size, face_x=face[0], face_y=face[1])


def around(picture: Picture, x: float, y: float) -> npt.NDArray[np.float64]:
    """The median colour of what is seen around a head."""
    height, width, _ = picture.shape
    rows, columns = np.mgrid[:height, :width]
    distance = np.hypot(rows - y * height, columns - x * width) / height
    seen: npt.NDArray[np.float64] = np.median(picture[(distance > 0.17) & (distance < 0.28)], axis=0)
    return seen


@pytest.mark.parametrize("scene", PLAIN)
@pytest.mark.parametrize("color", ["#1f7a78", "#ffffff", "#000000", "#e4002b", "#ffd200", "#22344f"])
def test_the_colour_behind_the_head_is_the_wished_one_in_every_light(scene: Scene, color: str) -> None:
    wished = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)])
    for light in Light:
        for face in ((0.5, 0.36), (0.42, 0.45)):
            seen = around(behind(scene, light, Size(width_px=160, height_px=200), color, face), *face)
            difference = deltaE_ciede2000(rgb2lab(seen / 255), rgb2lab(wished / 255))  # type: ignore[no-untyped-call]
            assert difference < 2, (light, seen)


@pytest.mark.parametrize("scene", Scene)
def test_a_small_picture_shows_the_same_backdrop_as_a_large_one(scene: Scene) -> None:
    large = Image.fromarray(behind(scene, Light.WINDOW, FULL)).resize((160, 240), Image.Resampling.BOX)
    small = Image.fromarray(behind(scene, Light.WINDOW, Size(width_px=320, height_px=480)))
    apart = np.abs(
        np.asarray(large, float) - np.asarray(small.resize((160, 240), Image.Resampling.BOX), float)
    )
    assert apart.mean() < 4
    assert np.percentile(apart, 99) < 24


def test_a_square_shows_more_of_the_same_place_to_both_sides() -> None:
    square = behind(Scene.CITY, size=Size(width_px=480, height_px=480))
    tall = behind(Scene.CITY, size=Size(width_px=320, height_px=480))
    middle = np.abs(square[:, 80:400].astype(float) - tall)
    assert middle[:, 20:-20].mean() < 4


def test_the_same_wish_gives_the_same_pixels_in_another_run() -> None:
    code = (
        "import hashlib;from headshot_web.imaging.backdrops import paint;from headshot_web.model import *;"
        "print(*(hashlib.sha256(paint(Backdrop(scene=s,color='#8b8d90'),Light.WARM,"
        "Size(width_px=320,height_px=400),face_x=.5,face_y=.36)).hexdigest() for s in Scene))"
    )
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    here = [hashlib.sha256(behind(scene, Light.WARM).tobytes()).hexdigest() for scene in Scene]
    assert there.split() == here


@pytest.mark.parametrize("light", Light)
def test_a_dark_gradient_shows_no_steps(light: Light) -> None:
    # A step is a line along which a value changes while everything on each side of it is the same.
    picture = behind(Scene.GRADIENT, light, Size(width_px=512, height_px=768), color="#22344f").astype(int)
    flat = (np.abs(np.diff(picture[:, :-1], axis=0)) + np.abs(np.diff(picture[:-1], axis=1))).sum(axis=2) == 0
    assert flat.mean() < 0.05


def test_a_lamp_out_of_focus_becomes_an_even_disc() -> None:
    sheet = Sheet(width=120, height=120)
    planes = np.zeros((3, *sheet.shape), np.float32)
    row, column = sheet.shape[0] // 2, sheet.shape[1] // 2
    planes[:, row, column] = 500
    seen = lens(sheet, planes, 0.1)[0]
    inside = seen[row - 7 : row + 8, column - 7 : column + 8]
    assert inside.min() > 0.75 * inside.max()
    assert seen[row, column + 15] < 0.01 * inside.max()


def test_light_from_a_window_comes_from_the_left() -> None:
    for scene in PLAIN:
        picture = behind(scene, Light.WINDOW)
        assert picture[:, :80].mean() > picture[:, -80:].mean() + 15


def test_a_pool_of_light_stands_behind_the_head_wherever_it_is() -> None:
    for face_x in (0.35, 0.65):
        row = behind(Scene.GRADIENT, Light.LOW_KEY, face=(face_x, 0.36))[120:170].mean(axis=(0, 2))
        brightest = np.convolve(row, np.ones(31) / 31, "same").argmax() / len(row)
        assert abs(brightest - face_x) < 0.12


def test_a_low_key_leaves_the_corners_dark() -> None:
    picture = behind(Scene.GRADIENT, Light.LOW_KEY).astype(float)
    assert picture[-60:, :60].mean() < 0.6 * around(picture.astype(np.uint8), 0.5, 0.36).mean()


@pytest.mark.parametrize("scene", sorted(set(Scene) - set(PLAIN)))
def test_a_place_is_brighter_in_high_key_warmer_in_warm_light_and_darker_in_low_key(scene: Scene) -> None:
    high, even, low, warm = (
        behind(scene, light).reshape(-1, 3).mean(axis=0)
        for light in (Light.HIGH_KEY, Light.EVEN, Light.LOW_KEY, Light.WARM)
    )
    assert high.mean() > even.mean() > low.mean()
    assert warm[0] / warm[2] > 1.05 * even[0] / even[2]


@pytest.mark.parametrize("scene", sorted(set(Scene) - set(PLAIN)))
def test_a_place_is_out_of_focus_and_has_many_colours(scene: Scene) -> None:
    picture = behind(scene, size=Size(width_px=800, height_px=1000), color="#8d7a66")
    calm = np.asarray(Image.fromarray(picture).resize((200, 250), Image.Resampling.BOX), float)
    assert np.percentile(np.abs(np.diff(calm, axis=1)), 98) < 30
    assert calm.reshape(-1, 3).std(axis=0).mean() > 12
    hues = rgb2lab(calm / 255)[..., 1:].reshape(-1, 2)
    assert np.percentile(np.linalg.norm(hues - hues.mean(axis=0), axis=1), 95) > 5


@pytest.mark.parametrize(("width", "height"), [(1, 1), (35, 45), (413, 531), (641, 640), (900, 300)])
def test_any_size_can_be_drawn(width: int, height: int) -> None:
    for scene in Scene:
        assert behind(scene, size=Size(width_px=width, height_px=height)).shape == (height, width, 3)


def test_a_backdrop_is_drawn_while_nobody_waits() -> None:
    behind(Scene.OFFICE, size=FULL)
    for scene in Scene:
        best = 1.0
        for color in (
            "#707071",
            "#707072",
            "#707073",
        ):  # a colour of its own each time: nothing is remembered
            began = time.process_time()
            behind(scene, size=FULL, color=color)
            best = min(best, time.process_time() - began)
        assert best < 0.1, (scene, best)
