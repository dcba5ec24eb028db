"""How each light falls on what stands behind the person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from headshot_web.model import Light

if TYPE_CHECKING:
    from headshot_web.imaging.canvas import Plane


@dataclass(frozen=True, slots=True, kw_only=True)
class Lamp:
    """One light: the pool it throws on a wall, the side it comes from, its strength and its colour."""

    pool_radius: float
    """How wide the pool of light around the head is, in picture heights."""
    pool_floor: float
    """How much light is left far from the pool, 0 to 1."""
    pool_x: float = 0.0
    pool_y: float = 0.05
    """Where the pool's middle lies, seen from the face, in picture heights."""
    side: float = 0.0
    """How much brighter the left side is (negative: the right side), as a share for each half height."""
    above: float = 0.0
    """How much brighter the top is than the bottom."""
    exposure: float = 1.0
    """How strong the light is in a drawn place."""
    warmth: float = 0.0
    """From cool daylight (−1) to a low sun (1)."""

    @property
    def tint(self) -> Plane:
        """The colour of the light as three factors, 3×1×1."""
        shares = (1 + 0.1 * self.warmth, 1, 1 - 0.16 * self.warmth)
        return np.array(shares, np.float32)[:, None, None]


LAMPS: Final = {
    Light.EVEN: Lamp(pool_radius=0.85, pool_floor=0.62),
    Light.WINDOW: Lamp(pool_radius=0.8, pool_floor=0.55, pool_x=-0.1, side=0.42, above=0.08, warmth=-0.12),
    Light.CLASSIC: Lamp(pool_radius=0.46, pool_floor=0.2, pool_x=0.06, pool_y=0.1, side=0.1, exposure=0.9),
    Light.LOW_KEY: Lamp(pool_radius=0.31, pool_floor=0.05, pool_x=0.05, pool_y=0.06, side=0.2, exposure=0.55),
    Light.HIGH_KEY: Lamp(pool_radius=1.2, pool_floor=0.88, above=0.05, exposure=1.3, warmth=-0.05),
    Light.OPEN_SHADE: Lamp(pool_radius=0.95, pool_floor=0.6, pool_y=-0.15, above=0.22, warmth=-0.3),
    Light.WARM: Lamp(pool_radius=0.62, pool_floor=0.34, pool_x=-0.16, side=0.26, exposure=0.95, warmth=0.8),
}
