"""All pages of the product."""

from headshot_web.studio import Studio
from headshot_web.web import (
    start_page,
)


def register(studio: Studio) -> None:
    """Register every page with the one object the pages talk to."""
    for room in (start_page,):
        room.register(studio)
