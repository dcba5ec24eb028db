"""What a person wants made: looks, wishes, quality, how many, what goes along; it fits an address."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlencode

from headshot_web import styles
from headshot_web.errors import BadWish, NotFound
from headshot_web.model import Crop, OrderId, PhotoId, Quality, StyleId, Wishes

MOST_OF_EACH = 4
MOST_OTHERS = 3
_ID = re.compile(r"[0-9a-f]{32}")
_COLOR = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One choice on the wall of looks."""

    looks: tuple[StyleId, ...]
    wishes: Wishes
    quality: Quality
    count: int
    others: tuple[PhotoId, ...]

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Self:
        """Read what a page or an address said; raises `BadWish`, `NotFound`, `NoSuchStyle`."""
        color, crop = str(said.get("color") or ""), str(said.get("crop") or "")
        if color and not _COLOR.fullmatch(color):
            raise BadWish
        try:
            return cls(
                looks=tuple(styles.style(name).id for name in _listed(said.get("looks"))),
                wishes=Wishes(backdrop_color=color or None, crop=Crop(crop) if crop else None),
                quality=Quality(str(said.get("quality") or Quality.FINAL)),
                count=min(MOST_OF_EACH, max(1, int(said.get("count") or 1))),
                others=tuple(PhotoId(checked(one)) for one in _listed(said.get("others")))[:MOST_OTHERS],
            )
        except ValueError as error:
            raise BadWish from error

    @property
    def headshots(self) -> int:
        """How many headshots it makes."""
        return len(self.looks) * self.count

    @property
    def shapes(self) -> dict[Crop, StyleId]:
        """Every shape that is needed, with the first look in it: each needs a picture of its own."""
        found: dict[Crop, StyleId] = {}
        for look in self.looks:
            found.setdefault(styles.apply(styles.style(look), self.wishes).crop, look)
        return found

    def _said(self) -> dict[str, object]:
        return {
            "looks": ",".join(self.looks),
            "color": self.wishes.backdrop_color,
            "crop": self.wishes.crop,
            "quality": self.quality,
            "others": ",".join(self.others),
        }

    def sending(self, photo_id: PhotoId, order_id: OrderId) -> str:
        """Return where what would be sent is shown."""
        said = {**self._said(), "count": self.count, "order": order_id}
        return f"/photo/{photo_id}/sending?{_query(said)}"

    def wall(self, photo_id: PhotoId) -> str:
        """Return where this choice is made, and can be changed."""
        return f"/photo/{photo_id}/looks?{_query({**self._said(), 'n': self.count})}"


def checked(text: object) -> str:
    """Return an id that has the shape of one; anything else is not here."""
    if not _ID.fullmatch(str(text)):
        raise NotFound
    return str(text)


def _query(said: Mapping[str, object]) -> str:
    return urlencode({key: value for key, value in said.items() if value}, safe=",:")


def _listed(said: object) -> list[str]:
    parts = said.split(",") if isinstance(said, str) else said if isinstance(said, list) else []
    return list(dict.fromkeys(str(part) for part in parts if part))
