"""Faces are found where they are, whichever way the photo lies, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data

from headshot_web.errors import ModelsDamaged
from headshot_web.imaging import networks
from headshot_web.imaging.faces import find_faces
from headshot_web.imaging.networks import Network
from headshot_web.paths import models_dir
from tests import portraits
from tests.imaging.sitters import the_face


def test_the_eyes_are_found_where_they_are() -> None:
    face = the_face(portraits.astronaut())
    assert face.eye_x == pytest.approx(226, abs=6)
    assert face.eye_y == pytest.approx(103, abs=6)
    face = the_face(portraits.hopper())
    assert face.eye_x == pytest.approx(264, abs=8)
    assert face.eye_y == pytest.approx(191, abs=10)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_face_is_found_however_the_photo_lies_and_says_which_turn_is_upright(turns: int) -> None:
    upright = the_face(portraits.astronaut())
    lying = portraits.sideways(portraits.astronaut(), turns)
    (found,) = find_faces(np.asarray(lying))
    assert (turns + found.turned) % 4 == 0
    again = found.after_turns(found.turned, *lying.size)
    assert again.eye_x == pytest.approx(upright.eye_x, abs=4)
    assert again.eye_y == pytest.approx(upright.eye_y, abs=4)
    assert again.turned == 0


@pytest.mark.parametrize("picture", ["cat", "coffee", "rocket", "brick", "gravel", "clock", "horse"])
def test_nobody_is_seen_where_nobody_is(picture: str) -> None:
    shown = getattr(data, picture)()
    image = Image.fromarray(shown if shown.dtype == np.uint8 else (shown * 255).astype(np.uint8))
    assert find_faces(np.asarray(image.convert("RGB"))) == ()


def test_two_people_are_two_faces_from_left_to_right() -> None:
    left, right = find_faces(np.asarray(portraits.group()))
    assert left.eye_x < 600 < right.eye_x


def test_a_small_face_in_a_large_picture_is_found() -> None:
    face = the_face(portraits.far_away(portraits.astronaut()))
    assert 40 < face.width < 80


def test_the_same_face_is_found_at_every_size() -> None:
    small = the_face(portraits.hopper())
    large = the_face(portraits.hopper().resize((1536, 1800), Image.Resampling.LANCZOS))
    assert large.eye_x / 3 == pytest.approx(small.eye_x, abs=4)
    assert large.height / 3 == pytest.approx(small.height, rel=0.06)


def test_both_networks_are_the_files_that_were_released() -> None:
    sums = {
        Network.PERSON: "8d13b7fae74af625c641226813616a2117bd6bca19eb3b75574621fc08557f27",
        Network.FACES: "99bf9494d84f50acc6617d89873f71bf6635a841ea699c17cb3377f9507cfec3",
    }
    written = (models_dir() / networks.CHECKSUMS).read_text(encoding="utf-8")
    for network, expected in sums.items():
        assert expected in written
        assert networks.verified(network)


@pytest.mark.parametrize("harm", ["changed", "missing"])
def test_a_network_that_was_touched_is_refused(harm: str, tmp_path: Path) -> None:
    (tmp_path / networks.CHECKSUMS).write_bytes((models_dir() / networks.CHECKSUMS).read_bytes())
    if harm == "changed":
        content = bytearray((models_dir() / Network.PERSON.value).read_bytes())
        content[1000] ^= 1
        (tmp_path / Network.PERSON.value).write_bytes(content)
    with pytest.raises(ModelsDamaged):
        networks.verified(Network.PERSON, tmp_path)
