"""Where person and old background share a pixel: how much of it is whose, and in which colour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image

from headshot_web.imaging.planes import (
    GAMMA,
    Bytes,
    Floats,
    box_blur,
    light_of,
    picture_of,
    resized,
    sampled,
    shown,
    smooth_step,
    wide_blur,
)

DOUBT: Final = 3.0
"""How much a colour's own spread counts against what it tells of the outline."""
LEAST_CONTRAST: Final = 2e-3
"""Person and background that differ by less than this (squared, in light) tell nothing."""
GRAIN: Final = 0.12
NEAR: Final = (0.25, 0.7)
"""So much of the person a neighbour must be known to be before a pixel becomes more of them by its colour."""
PLAIN: Final = (0.75, 0.95)
"""Between these, colours so far apart begin to tell the outline by themselves, however wide it is."""
STAIN: Final = 2e-3
"""Hues that differ by less than this (squared) leave no stain."""
LUMA: Final = np.array([0.3, 0.59, 0.11], np.float32)
CLEAR: Final = (0.85, 1.0)
"""Between these, a step of the outline within two pixels of the small grid begins to count."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Sides:
    """Both sides of the outline on the small grid, in linear light: 3×h×w, and h×w."""

    person: Floats
    background: Floats
    spread: Floats
    """How much the colours on both sides vary."""
    rim: Floats
    """0 to 1: how near the outline is."""
    clear: Floats
    """0 to 1: whether the outline is a narrow line here, with the person whole on one side of it."""


def parted(rgb: Bytes, small: Floats, alpha: Floats) -> tuple[Floats, Bytes]:
    """Part person and old background at the outline; returns the outline (H×W) and the person's colours.

    A lens mixes light, not the values that stand for it: all of this happens in linear light. `alpha`
    (H×W, 0 to 1) is what is known so far, and stands wherever colours cannot tell any better.
    """
    height, width = alpha.shape
    inner, outer = _least(alpha), _least(1 - alpha)
    sides = _sides((small**GAMMA).astype(np.float32), alpha, inner, outer)
    open_still = np.flatnonzero((inner < 0.996) & (outer < 0.996))  # noqa: PLR2004
    planes = [sides.person, sides.background, sides.spread[None], sides.clear[None]]
    told = sampled(np.concatenate(planes), open_still, width, height)
    own, old = told[:, :3], told[:, 3:6]
    seen = light_of(rgb.reshape(-1, 3)[open_still])
    known = np.column_stack([told[:, 6:], 1 - outer.ravel()[open_still]])
    part = _share(seen, own, old, known, alpha.ravel()[open_still])[:, None]
    alpha = alpha.copy()
    alpha.ravel()[open_still] = part[:, 0]
    near_by = picture_of(np.clip(sides.person, 0, 1) ** np.float32(1 / GAMMA), width, height)
    colors = np.where((alpha > 0)[..., None], rgb, near_by)
    mixed = (part[:, 0] > 0) & (inner.ravel()[open_still] < 0.996)  # noqa: PLR2004
    trust = np.minimum(part, inner.ravel()[open_still, None])
    clean = own + trust * (seen - part * own - (1 - part) * old)
    clean += part * _unmixed(seen, own, old) * (np.minimum(seen, clean) - clean)
    colors.reshape(-1, 3)[open_still[mixed]] = shown(clean[mixed])
    _unstain(colors, alpha, sides)
    return alpha, colors


def _unmixed(seen: Floats, own: Floats, old: Floats) -> Floats:
    """Return how surely a colour is no mixture of two others, 0 to 1 (N×1): it is darker than both."""
    darkest = np.minimum(own, old) @ LUMA
    return smooth_step(1 - seen @ LUMA / (darkest + np.float32(0.01)), 0.2, 0.6)[:, None]


def _unstain(colors: Bytes, alpha: Floats, sides: _Sides) -> None:
    """Take the old background's hue out of the person's rim, where the photo's file let colours run.

    A JPEG keeps hue more coarsely than brightness, so a dark coat before a blue wall has a blue rim.
    """
    height, width = alpha.shape
    few = sides.rim > 0.01  # noqa: PLR2004
    large = np.asarray(Image.fromarray(few).resize((width, height), Image.Resampling.NEAREST))
    rim = np.flatnonzero(large & (alpha > 0))
    told = sampled(np.concatenate([sides.person, sides.background, sides.rim[None]]), rim, width, height)
    own, old = np.clip(told[:, :3], 0, 1) ** np.float32(1 / GAMMA), told[:, 3:6] ** np.float32(1 / GAMMA)
    seen = colors.reshape(-1, 3)[rim].astype(np.float32) / 255
    across, away = _hue(old - own), _hue(seen - own)
    along = (away * across).sum(axis=1) / ((across**2).sum(axis=1) + np.float32(STAIN))
    stain = (told[:, 6] * np.clip(along, 0, 1))[:, None] * across
    colors.reshape(-1, 3)[rim] = np.rint(np.clip(seen - stain, 0, 1) * 255).astype(np.uint8)


def _hue(values: Floats) -> Floats:
    """Return what is left of colours (N×3) without their brightness."""
    hue: Floats = values - (values @ LUMA)[:, None]
    return hue


def _share(seen: Floats, own: Floats, old: Floats, known: Floats, before: Floats) -> Floats:
    """Return how much of each pixel is the person, 0 to 1: where its colour lies between both sides' (N×3).

    `known` (N×3) holds the sides' spread, how clear the outline is, and the most of the person that any of
    the pixels around is known to be.
    """
    across = own - old
    contrast = (across**2).sum(axis=1)
    along = np.clip(((seen - old) * across).sum(axis=1) / (contrast + np.float32(1e-6)), 0, 1)
    beside = ((seen - old - along[:, None] * across) ** 2).sum(axis=1)
    doubt = np.float32(DOUBT) * (known[:, 0] + beside) + np.float32(LEAST_CONTRAST)
    # Grain in the background, and what merely looks like the person, must not become crumbs of them.
    along = np.where(before > 0, along, np.clip((along - GRAIN) / (1 - GRAIN), 0, 1))
    along = np.minimum(along, np.maximum(before, smooth_step(known[:, 2], *NEAR)))
    plain = contrast / (contrast + doubt)
    told = np.maximum(known[:, 1], smooth_step(plain, *PLAIN))
    share: Floats = before + told * plain * (along - before)
    return share


def _sides(light: Floats, alpha: Floats, inner: Floats, outer: Floats) -> _Sides:
    """Estimate the colours on both sides of the outline (Forte's blur fusion, 2021)."""
    height, width = light.shape[1:]
    share = resized(alpha, width, height)
    person, background = light, light
    for radius in (10, 3):
        near = _spread(person, share, radius)
        background = _spread(background, 1 - share, radius)
        person = np.clip(near + share * (light - share * near - (1 - share) * background), 0, 1)
    within, without = (
        resized(sure, width, height) ** 2 + np.float32(1e-4) * rest
        for sure, rest in ((inner, share), (outer, 1 - share))
    )
    person, background = _spread(person, within, 2), _spread(light, without, 2)
    varied = _spread((light - person) ** 2, within, 4) + _spread((light - background) ** 2, without, 4)
    whole, none = _least(_least(share)), _least(_least(1 - share))
    return _Sides(
        person=person,
        background=background,
        spread=varied.sum(axis=0),
        rim=smooth_step(1 - box_blur(whole, 1), 0, 0.6),
        clear=smooth_step(1 - whole - none, *CLEAR),
    )


def _least(plane: Floats) -> Floats:
    """Return the least of each pixel and its eight neighbours."""
    lowest = plane.copy()
    for one, other in ((lowest[1:], plane[:-1]), (lowest[:-1], plane[1:])):
        np.minimum(one, other, out=one)
    beside = lowest.copy()
    for one, other in ((lowest[:, 1:], beside[:, :-1]), (lowest[:, :-1], beside[:, 1:])):
        np.minimum(one, other, out=one)
    return lowest


def _spread(colors: Floats, share: Floats, radius: int) -> Floats:
    """Spread the colours of where there is a share to where there is none."""
    stack = np.concatenate([colors * share, share[None]])
    sums = box_blur(stack, radius) + np.float32(0.01) * wide_blur(stack, 4 * radius)
    colors_near: Floats = (sums[:3] + np.float32(1e-5) * colors) / (sums[3] + np.float32(1e-5))
    return colors_near
