"""The cut-out: how much of each pixel is the person, and the person's own colour in it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from headshot_web.imaging import edges, networks
from headshot_web.imaging.faces import FaceMark
from headshot_web.imaging.planes import (
    Bools,
    Bytes,
    Floats,
    box_blur,
    flowed,
    joined,
    planes_of,
    resized,
    sampled,
    smooth_step,
    wide_blur,
)

NET_PX = 256
GRID_FACE_PX = 104
"""How wide a face is on the grid the network's answers are gathered on."""
REACHES = (
    (2.0, 0.5), (2.2, 0.7), (2.45, 0.8), (2.7, 1.0), (3.0, 1.0),
    (3.3, 1.0), (3.7, 0.9), (4.2, 0.8), (4.9, 0.6), (5.6, 0.5),
)  # fmt: skip
"""How many faces wide each look of the network is, and how much it counts."""
GAMMAS = (1.0, 0.7)
CERTAIN = 6.0
FLOW_PX = 8.0
"""How far on the grid what is sure tells of what is not."""
FLOW_EDGE = 0.1
"""A step of colour, all three added up, that holds it back as far as one such reach."""
LEAST_PERSON = 0.12
"""A smaller share of person around head and shoulders than this is no cut-out at all."""

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CutOut:
    """A person without their background."""

    alpha: Bytes
    """H×W, 0 (background) to 255 (person)."""
    colors: Bytes
    """H×W×3, sRGB: the person's own colours, the old background's taken out."""
    unsure: float
    """0 to 1: the share of the outline's surroundings the network could not decide about."""


def cut_out(photo: Image.Image, region: Box, face: FaceMark, others: Sequence[FaceMark] = ()) -> CutOut:
    """Cut the person of a face out of a region of a photo (sRGB), and leave the others behind."""
    belief = _belief(photo, region, face) - _others(region, face, others)
    crop = photo.crop(region)
    small = planes_of(crop, (belief.shape[1], belief.shape[0]))
    person = _person(_settled(belief, small), region, face)
    rgb = np.asarray(crop)
    alpha = _refined(rgb, small, person)
    alpha, colors = edges.parted(rgb, small, alpha)
    unsure = _unsure(belief, resized(alpha, belief.shape[1], belief.shape[0]), region, face)
    return CutOut(alpha=np.rint(alpha * 255).astype(np.uint8), colors=colors, unsure=unsure)


def _grid(region: Box, face: FaceMark) -> tuple[int, int, float]:
    """Return the width, height and scale of the small grid that covers a region."""
    scale = min(1.0, GRID_FACE_PX / face.height)
    return round((region[2] - region[0]) * scale), round((region[3] - region[1]) * scale), scale


def _belief(photo: Image.Image, region: Box, face: FaceMark) -> Floats:
    """Gather the network's answers, from near and far, as log-odds on the small grid."""
    width, height, _ = _grid(region, face)
    less = max(1, int(face.height * REACHES[0][0] / NET_PX))
    reduced = photo.reduce(less) if less > 1 else photo
    total = np.zeros((height, width), np.float32)
    weights = np.full((height, width), 1e-6, np.float32)
    for reach, weight in REACHES:
        window = _window(photo, face, reach)
        seen = (
            window[0],
            window[1],
            min(window[2], reduced.width * less),
            min(window[3], reduced.height * less),
        )
        box = (seen[0] / less, seen[1] / less, seen[2] / less, seen[3] / less)
        small = reduced.resize((NET_PX, NET_PX), Image.Resampling.BOX, box=box)
        odds = _odds(np.asarray(small, np.float32) / 255)
        placed, covers = _placed(odds, window, region, (width, height))
        total += placed * covers * weight
        weights += covers * weight
    return total / weights


def _others(region: Box, face: FaceMark, others: Sequence[FaceMark]) -> Floats:
    """Return what speaks against each grid point: that it is nearer to somebody else."""
    width, height, scale = _grid(region, face)
    rows, columns = np.indices((height, width), dtype=np.float32)
    against = np.zeros((height, width), np.float32)
    for other in others:
        mine, theirs = (
            np.hypot(
                (columns / scale + region[0] - mark.middle_x) / mark.width,
                0.35 * (rows / scale + region[1] - mark.middle_y) / mark.height,
            )
            for mark in (face, other)
        )
        against = np.maximum(against, np.clip(6 + 60 * (mine - theirs), 0, 2 * CERTAIN))
    return against


def _window(photo: Image.Image, face: FaceMark, reach: float) -> tuple[float, float, float, float]:
    """Return what the network looks at: a square around head and shoulders, kept inside the photo."""
    side = face.height * reach
    middle_x, top = face.middle_x, face.middle_y - side * 0.42
    return (
        max(0.0, middle_x - side / 2),
        max(0.0, top),
        min(float(photo.width), middle_x + side / 2),
        min(float(photo.height), top + side),
    )


def _odds(square: Floats) -> Floats:
    """Ask the network about a picture, its mirror image and brighter ones; return the mean log-odds."""
    answers = []
    for gamma, mirrored in zip(GAMMAS, (False, True), strict=True):
        seen = square**gamma if gamma != 1 else square
        mask = networks.person(np.ascontiguousarray(seen[:, ::-1]) if mirrored else seen)
        sure = np.clip(mask[:, ::-1] if mirrored else mask, 1e-4, 1 - 1e-4)
        answers.append(np.clip(np.log(sure / (1 - sure)), -CERTAIN, CERTAIN))
    mean: Floats = np.mean(answers, axis=0, dtype=np.float32)
    return mean


def _placed(
    odds: Floats, window: tuple[float, float, float, float], region: Box, size: tuple[int, int]
) -> tuple[Floats, Floats]:
    """Lay one window's answer on the region's grid; the second plane says where it covers it, softly."""
    across = (window[2] - window[0]) / NET_PX
    down = (window[3] - window[1]) / NET_PX
    grid_x = (region[2] - region[0]) / size[0]
    grid_y = (region[3] - region[1]) / size[1]
    affine = (
        grid_x / across, 0.0, (region[0] - window[0]) / across,
        0.0, grid_y / down, (region[1] - window[1]) / down,
    )  # fmt: skip
    method, smooth = Image.Transform.AFFINE, Image.Resampling.BILINEAR
    placed = Image.fromarray(odds).transform(size, method, affine, smooth)
    rim = np.minimum(np.arange(NET_PX), np.arange(NET_PX)[::-1]) / 16
    ramp = np.clip(rim, 0, 1)
    whole = np.ones(NET_PX)
    # A window that ends where the photo ends knows as much there as anywhere.
    columns = np.where(np.arange(NET_PX) < NET_PX / 2, ramp if window[0] > 0 else whole, ramp)
    cover = np.minimum.outer(ramp, columns).astype(np.float32) + np.float32(0.02)
    covers = Image.fromarray(cover).transform(size, method, affine, smooth)
    return np.asarray(placed), np.asarray(covers)


def _unsure(belief: Floats, share: Floats, region: Box, face: FaceMark) -> float:
    """Return how much around head and shoulders is neither person nor background, 0 to 1.

    It adds what the network could not decide about and what half belongs to the person in the end.
    """
    _, _, scale = _grid(region, face)
    left = int(max(0, (face.middle_x - 1.3 * face.width - region[0]) * scale))
    right = int((face.middle_x + 1.3 * face.width - region[0]) * scale)
    bottom = int((face.middle_y + 1.6 * face.height - region[1]) * scale)
    near = slice(None, bottom), slice(left, right)
    if np.mean(share[near] > 0.5) < LEAST_PERSON:  # noqa: PLR2004
        return 1.0
    undecided = np.mean(np.abs(belief[near]) < 1.4)  # noqa: PLR2004
    half = np.mean((share[near] > 0.15) & (share[near] < 0.85))  # noqa: PLR2004
    return float(undecided + half)


def _person(belief: Floats, region: Box, face: FaceMark) -> Floats:
    """Keep what hangs together with the face, and close small holes in it; 0 to 1 on the small grid."""
    _, _, scale = _grid(region, face)
    rows, columns = np.indices(belief.shape, dtype=np.float32)
    x = (face.middle_x - region[0]) * scale
    y = (face.middle_y - region[1]) * scale
    seed = np.hypot(rows - y, columns - x) < face.height * scale * 0.35
    inside = joined((belief > -0.5) | seed, seed)  # noqa: PLR2004
    outside = joined(~inside, _border(belief.shape))
    holes = ~inside & ~outside & (belief > -3)  # noqa: PLR2004
    probability = 1 / (1 + np.exp(-belief))
    near = box_blur(inside.astype(np.float32), 2) > 0
    kept = np.where(near, probability, 0)
    return np.where(holes | seed, 1, kept).astype(np.float32)


def _border(shape: tuple[int, ...]) -> Bools:
    border = np.zeros(shape, dtype=bool)
    border[0], border[:, 0], border[:, -1] = True, True, True
    return border


def _refined(rgb: Bytes, small: Floats, person: Floats) -> Floats:
    """Bend the small mask to the photo's own edges; H×W, 0 to 1."""
    height, width = rgb.shape[:2]
    coarse = _slopes(small, person, radius=4, eps=3e-4)
    bent = np.clip((coarse[:3] * small).sum(axis=0) + coarse[3], 0, 1)
    # A second, narrower look at what is now nearer to all or nothing: a wide doubt would be a smear.
    firm = np.clip(2 * bent - 0.5, 0, 1).astype(np.float32)
    coarse = _slopes(small, firm, radius=2, eps=1e-4)
    bent = np.clip((coarse[:3] * small).sum(axis=0) + coarse[3], 0, 1)
    # What came loose from the person by its colours, such as a cord behind them, goes.
    body = joined(bent > 0.6, box_blur(person, 8) > 0.99)  # noqa: PLR2004
    bent = np.where(box_blur(body.astype(np.float32), 2) > 0.02, bent, 0)  # noqa: PLR2004
    slopes = _slopes(small, bent, radius=2, eps=3e-5)
    # Only near the outline can the fit be anything else than all or nothing.
    around = box_blur(np.clip((bent - 0.02) / 0.96, 0, 1), 4)
    settled = np.where(around > 0.995, 255, np.where(around < 0.005, 0, 128)).astype(np.uint8)  # noqa: PLR2004
    large = np.asarray(Image.fromarray(settled).resize((width, height), Image.Resampling.NEAREST)).ravel()
    open_still = np.flatnonzero(large == 128)  # noqa: PLR2004
    fit = sampled(slopes, open_still, width, height)
    fine = (fit[:, :3] * rgb.reshape(-1, 3)[open_still]).sum(axis=1) / 255 + fit[:, 3]
    alpha = (large == 255).astype(np.float32)  # noqa: PLR2004
    alpha[open_still] = np.clip((fine - 0.06) / 0.88, 0, 1)
    refined: Floats = alpha.reshape(height, width)
    return refined


def _slopes(guide: Floats, plane: Floats, *, radius: int, eps: float) -> Floats:
    """Fit the plane as a line of the guide's colours around each pixel; 4×H×W: three slopes, an offset.

    The colour guided filter of He, Sun and Tang (2013), blurred coefficients included.
    """
    pairs = list(itertools.combinations_with_replacement(range(3), 2))
    products = [guide[i] * guide[j] for i, j in pairs] + [guide[i] * plane for i in range(3)]
    means = box_blur(np.stack([*guide, plane, *products]), radius)
    mean, mean_plane, spread, shared = means[:3], means[3], means[4:10], means[10:] - means[:3] * means[3]
    rr, rg, rb, gg, gb, bb = (
        spread[k] - mean[i] * mean[j] + np.float32(eps if i == j else 0) for k, (i, j) in enumerate(pairs)
    )
    c00, c01, c02 = gg * bb - gb * gb, rb * gb - rg * bb, rg * gb - rb * gg
    c11, c12, c22 = rr * bb - rb * rb, rg * rb - rr * gb, rr * gg - rg * rg
    determinant = rr * c00 + rg * c01 + rb * c02
    x, y, z = shared
    fit = np.stack([c00 * x + c01 * y + c02 * z, c01 * x + c11 * y + c12 * z, c02 * x + c12 * y + c22 * z])
    fit /= determinant
    offset = mean_plane - (fit * mean).sum(axis=0)
    return box_blur(np.concatenate([fit, offset[None]]), radius)


def _settled(belief: Floats, small: Floats) -> Floats:
    """Settle what the network was unsure of: by the colours close by, or else by the photo's edges.

    What is sure reaches on to where an edge of the photo stops it; what it would reach as well without
    any edges is no news. It is believed more readily that something is the person than that it is not.
    """
    told, trust = _with_colors(belief, small)
    sure = (told / np.float32(CERTAIN)) ** 4 + np.float32(1e-4)
    stack = np.stack([sure * told, sure])
    flow, without = (
        sums[0] / sums[1]
        for sums in (
            flowed(stack, small, reach=FLOW_PX, contrast=FLOW_EDGE),
            box_blur(box_blur(stack, round(FLOW_PX)), round(FLOW_PX)),
        )
    )
    news = flow - without
    settled = told + (1 - trust) * np.where(news > 0, news, 0.5 * news)
    person = settled > 0
    return np.where((person == (told > 0)) | (person == (flow > 0)), settled, told).astype(np.float32)


def _with_colors(belief: Floats, small: Floats) -> tuple[Floats, Floats]:
    """Return what the colours of person and background close by make of a belief, and how far to trust it."""
    sure = 1 / (1 + np.exp(-belief))
    person = (box_blur(sure, 6) > 0.97).astype(np.float32)  # noqa: PLR2004
    background = (box_blur(sure, 3) < 0.04).astype(np.float32)  # noqa: PLR2004
    likelier = 0.5 * (_strangeness(small, background) - _strangeness(small, person))
    trust = _trust(likelier, person, background)
    likelier -= np.clip(likelier, -0.7, 0.7)
    around = box_blur((belief > 0).astype(np.float32), 7)
    contour = np.clip(4 * around * (1 - around), 0, 1)
    doubt = trust * np.maximum(np.exp(-((belief / 3.5) ** 2)), 0.9 * contour)
    told: Floats = belief * (1 - 0.2 * trust * contour) + doubt * np.clip(likelier, -5, 5)
    return told.astype(np.float32), trust


def _trust(likelier: Floats, person: Floats, background: Floats) -> Floats:
    """Return how far colours can be believed, 0 to 1: as far as they are right about what is known nearby.

    Before a flag, a bookshelf or a starry sky they are not, and the network's answer stands as it is.
    """
    right = np.tanh(likelier)
    stack = np.stack([person * right, person, -background * right, background])
    sums = wide_blur(stack, 10) + np.float32(0.02) * wide_blur(stack, 30)
    for_person, for_background = (
        np.where(known > 1e-4, told / (known + np.float32(1e-6)), 0)  # noqa: PLR2004
        for told, known in (sums[:2], sums[2:])
    )
    return smooth_step(np.minimum(for_person, for_background), 0.8, 1.0)


def _strangeness(small: Floats, known: Floats) -> Floats:
    """Return how unlike the known places nearby each colour is: a squared distance plus a log spread."""
    stack = np.concatenate([small, small**2, np.ones_like(known)[None]]) * known
    sums = (
        box_blur(stack, 6)
        + np.float32(0.05) * wide_blur(stack, 14)
        + np.float32(0.002) * wide_blur(stack, 40)
    )
    means = sums[:6] / (sums[6] + np.float32(1e-7))
    mean = means[:3]
    spread = np.maximum(means[3:] - mean**2, 0) + np.float32(0.002)
    strange: Floats = ((small - mean) ** 2 / spread + np.log(spread)).sum(axis=0)
    return strange


def likely_face(photo: Image.Image) -> FaceMark:
    """Guess where a face would be when none was found: high in what looks most like a person."""
    small = photo.resize((NET_PX, NET_PX), Image.Resampling.BOX)
    believed = _odds(np.asarray(small, np.float32) / 255) > 0
    rows = np.flatnonzero(believed.mean(axis=1) > 0.04)  # noqa: PLR2004
    face = 0.26 * min(photo.size)
    x, y = photo.width / 2, photo.height * 0.42
    if rows.size and 0.05 < believed.mean() < 0.9:  # noqa: PLR2004
        top = rows[0] * photo.height / NET_PX
        upper = believed[rows[0] : rows[0] + 64]
        x = float(np.flatnonzero(upper.any(axis=0)).mean()) * photo.width / NET_PX
        y = min(photo.height * 0.6, top + 0.9 * face)
    return FaceMark(
        left=x - face / 2, top=y - face / 2, width=face, height=face,
        eye_x=x, eye_y=y - 0.15 * face, eye_distance=0.4 * face,
        mouth_x=x, mouth_y=y + 0.25 * face, tilt=0.0, score=0.0,
    )  # fmt: skip
