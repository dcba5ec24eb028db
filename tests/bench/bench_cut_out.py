"""How near the cut-out comes to the true outline, beside the plain way with the same network.

The plain way is the textbook's: ten looks of the network averaged, what hangs together with the face kept,
the rest left to a guided filter. The truth is known: the portraits are laid on other backgrounds by masks.
"""

from __future__ import annotations

import itertools

import numpy as np
from PIL import Image
from skimage import data

from headshot_web.imaging import framing, matte, networks
from headshot_web.imaging.faces import FaceMark
from headshot_web.imaging.planes import Floats, box_blur, joined, planes_of, resized
from tests.imaging.sitters import PEOPLE, mask, over, the_face

Figure = tuple[str, float, float]
"""A name, the value measured, and the most it may be (infinite: only told)."""

NET_PX = 256
REACHES = (2.2, 2.7, 3.3, 4.2, 5.0)
BEHIND = ("brick", "gravel", "coffee", "hubble_deep_field", "chelsea", "rocket")
PLAIN = ("#e8e6e0", "#3a3f46", "#5c7f9c")


def figures() -> list[Figure]:
    """Measure the error of both outlines on each person before each background."""
    networks.warm()
    ours, plain = np.array([_errors(person, behind) for person, behind in _cases()]).T
    return [
        (
            f"error of the outline over the plain way's, {len(ours)} portraits",
            float(ours.sum() / plain.sum()),
            0.9,
        ),
        (f"portraits of {len(ours)} to which the plain way comes nearer", float((ours > plain).sum()), 4.0),
        ("share of a portrait that is wrong, per mille", float(ours.mean() * 1000), float("inf")),
    ]


def _cases() -> list[tuple[str, Image.Image]]:
    walls = [Image.fromarray(getattr(data, name)()) for name in BEHIND]
    walls += [Image.new("RGB", (64, 64), colour) for colour in PLAIN]
    return list(itertools.product(PEOPLE, walls))


def _errors(person: str, behind: Image.Image) -> tuple[float, float]:
    """Return how wrong the two outlines are in head and shoulders, 0 to 1: ours, and the plain way's."""
    photo = over(person, behind)
    face = the_face(photo)
    region = framing.region(face, *photo.size)
    true = np.asarray(mask(person).crop(region), np.float32) / 255
    bottom = int(face.middle_y + 1.9 * face.height) - region[1]
    reach = 1.7 * face.width
    shown = np.s_[
        :bottom, max(0, int(face.middle_x - reach) - region[0]) : int(face.middle_x + reach) - region[0]
    ]
    outlines = matte.cut_out(photo, region, face).alpha / np.float32(255), _plain(photo, region, face)
    ours, plain = (float(np.abs(one - true)[shown].mean()) for one in outlines)
    return ours, plain


def _plain(photo: Image.Image, region: matte.Box, face: FaceMark) -> Floats:
    """Cut out a region in the plain way: H×W, 0 to 1."""
    width, height = region[2] - region[0], region[3] - region[1]
    total, weights = np.zeros((2, height, width), np.float32)
    for reach in REACHES:
        side = reach * face.height
        left, top = face.middle_x - side / 2, face.middle_y - 0.42 * side
        box = (max(0.0, left), max(0.0, top), min(photo.width, left + side), min(photo.height, top + side))
        seen = np.asarray(photo.resize((NET_PX, NET_PX), Image.Resampling.BOX, box=box), np.float32) / 255
        odds = (_odds(seen) + _odds(np.ascontiguousarray(seen[:, ::-1]) ** np.float32(0.7))[:, ::-1]) / 2
        there = tuple(round(value) for value in box)
        size = (there[2] - there[0], there[3] - there[1])
        answer = Image.fromarray(np.ascontiguousarray(odds)).resize(size, Image.Resampling.BILINEAR)
        placed = Image.new("F", photo.size)
        placed.paste(answer, there[:2])
        covered = Image.new("F", photo.size)
        covered.paste(1, there)
        total += np.asarray(placed.crop(region))
        weights += np.asarray(covered.crop(region))
    likely = 1 / (1 + np.exp(-total / np.maximum(weights, 1)))
    seed = np.zeros(likely.shape, bool)
    seed[int(face.middle_y) - region[1], int(face.middle_x) - region[0]] = True
    likely = np.where(joined(likely > 0.3, seed), likely, 0).astype(np.float32)
    guide = planes_of(photo.crop(region), (width // 2, height // 2))
    fit = _guided(guide, resized(likely, width // 2, height // 2))
    large = planes_of(photo.crop(region), (width, height))
    slopes = resized(fit, width, height)
    return np.clip((slopes[:3] * large).sum(axis=0) + slopes[3], 0, 1)


def _odds(seen: Floats) -> Floats:
    sure = np.clip(networks.person(seen), 1e-4, 1 - 1e-4)
    return np.log(sure / (1 - sure))


def _guided(guide: Floats, plane: Floats, radius: int = 4, eps: float = 1e-4) -> Floats:
    """The colour guided filter of He, Sun and Tang (2013): its slopes and offset, 4×H×W."""
    mean, mean_plane = box_blur(guide, radius), box_blur(plane, radius)
    spread = box_blur(np.stack([a * b for a in guide for b in guide]), radius)
    spread -= np.stack([a * b for a in mean for b in mean])
    shared = box_blur(guide * plane, radius) - mean * mean_plane
    matrices = spread.transpose(1, 2, 0).reshape(*plane.shape, 3, 3) + eps * np.eye(3)
    slopes = np.linalg.solve(matrices, shared.transpose(1, 2, 0)[..., None])[..., 0].transpose(2, 0, 1)
    offset = mean_plane - (slopes * mean).sum(axis=0)
    return box_blur(np.concatenate([slopes, offset[None]]).astype(np.float32), radius)
