"""The looks: every one on the person's own photo."""

import uuid
from functools import partial

from nicegui import ui
from nicegui.events import GenericEventArguments

from headshot_web import styles, words
from headshot_web.errors import HeadshotError
from headshot_web.model import Crop, OrderId, Photo, PhotoId, StyleId, Wishes
from headshot_web.paths import static_dir
from headshot_web.studio import Studio
from headshot_web.web.frame import frame, go, link, missing, page, tag

SECONDS_TO_BEGIN = 1.0
SECONDS_EACH = 0.4
"""Measured from the press to the finished page on two busy cores; said as “about” and rounded up."""


class Looks(ui.element, component=static_dir() / "components" / "looks.js"):
    """The wall of looks, the wishes, and the bar that makes the headshots."""

    def __init__(self, photo: Photo) -> None:
        super().__init__()
        looks = [
            {
                "id": look.id,
                "name": look.name,
                "audience": look.audience,
                "group": look.group,
                "color": look.recipe.backdrop.color,
            }
            for look in styles.catalogue()
        ]
        self.props.update(
            {
                "words": words.LOOKS,
                "photo": photo.id,
                "looks": looks,
                "shapes": words.SHAPES,
                "backdrops": words.BACKDROPS,
                "seconds": [SECONDS_TO_BEGIN, SECONDS_EACH],
                "problem": {},
            }
        )

    def refuse(self, error: HeadshotError) -> None:
        """Say why nothing was ordered; what was chosen stays chosen."""
        self.props["problem"] = {"title": error.title, "advice": error.advice}
        self.update()


def register(studio: Studio) -> None:
    """Register the page of looks."""

    @page("/photo/{photo_id}/looks", words.LOOKS["looks"])
    async def looks_page(photo_id: str) -> None:
        try:
            photo = await studio.photo(PhotoId(photo_id))
        except HeadshotError as error:
            missing(studio, error)
            return
        order_id = OrderId(uuid.uuid4().hex)
        with frame(studio, "/"):
            with tag("div", classes="looks-head"):
                with tag("div"):
                    tag("h1", words.LOOKS_HEADING)
                    tag("p", words.LOOKS_LEAD, "soft")
                with link("", f"/photo/{photo.id}", "", aria_label=words.LOOKS["photo"]):
                    tag("img", src=f"/media/photo/{photo.id}/thumbnail", alt="")
            looks = Looks(photo)
        looks.on("make", partial(_make, studio, photo, order_id, looks))


async def _make(
    studio: Studio, photo: Photo, order_id: OrderId, looks: Looks, event: GenericEventArguments
) -> None:
    """Order what was chosen; the same page orders only once, however often it is pressed."""
    wishes = Wishes(
        backdrop_color=event.args["color"] or None,
        crop=Crop(event.args["crop"]) if event.args["crop"] else None,
    )
    chosen = [StyleId(look) for look in event.args["looks"]]
    try:
        await studio.order(photo.id, chosen, wishes=wishes, order_id=order_id)
    except HeadshotError as error:
        looks.refuse(error)
        return
    go(f"/order/{order_id}")
