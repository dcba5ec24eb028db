"""All pages of the product."""

from headshot_web.studio import Studio
from headshot_web.web import (
    gallery_page,
    headshot_page,
    looks_page,
    order_page,
    photo_page,
    privacy_page,
    settings_page,
    start_page,
)

ROOMS = (
    start_page,
    photo_page,
    looks_page,
    order_page,
    headshot_page,
    gallery_page,
    privacy_page,
    settings_page,
)


def register(studio: Studio) -> None:
    """Register every page with the one object the pages talk to."""
    for room in ROOMS:
        room.register(studio)
