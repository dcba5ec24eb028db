"""How large a finished headshot is: apart from the framing, so that the app starts without numbers."""

from __future__ import annotations

from typing import Final

from headshot_web.model import Crop, Size

STANDARD_SIZES: Final = {
    Crop.SQUARE: Size(width_px=1200, height_px=1200),
    Crop.PORTRAIT_4_5: Size(width_px=1200, height_px=1500),
    Crop.PORTRAIT_2_3: Size(width_px=1024, height_px=1536),
    Crop.PORTRAIT_3_4: Size(width_px=1152, height_px=1536),
}


def standard_size(crop: Crop) -> Size:
    """Return the size of a finished headshot of this shape."""
    return STANDARD_SIZES[crop]
