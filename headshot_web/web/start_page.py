"""The first page: where a photo comes in."""

from datetime import datetime

from nicegui import ui

from headshot_web import words, words_guests, words_phones
from headshot_web.access import Right
from headshot_web.paths import static_dir
from headshot_web.studio import Studio
from headshot_web.visit import Visit
from headshot_web.web.camera import Camera
from headshot_web.web.frame import frame, link, page, tag
from headshot_web.web.visiting import visit

RECENT_PHOTOS = 6


class Drop(ui.element, component=static_dir() / "components" / "drop.js"):
    """The place where a photo is dropped, chosen, pasted or taken."""

    def __init__(self, *, limit_mb: int, guest: bool = False) -> None:
        super().__init__()
        own = words_guests.DROP if guest else {}
        self.props.update({"words": {**words.DROP, **own}, "limit": limit_mb, "guest": guest})


async def _promise(here: Visit) -> str:
    """Promise where the photo goes, and where it does not."""
    if here.visitor.is_owner:
        return words.START_PROMISE
    return words_guests.PROMISE_ASKED if (await here.offer()).ready else words_guests.PROMISE


def register(studio: Studio) -> None:
    """Register the first page."""

    @page("/", words.START_TITLE)
    async def start() -> None:
        here = visit(studio)
        photos = (await here.photos())[:RECENT_PHOTOS]
        with frame(studio, "/"):
            with tag("div", classes="hero"):
                _pitch(words.START_LEAD if here.visitor.is_owner else words_guests.START_LEAD)
                with tag("div", classes="place"):
                    Drop(limit_mb=studio.settings.max_upload_mb, guest=not here.visitor.is_owner)
                    promise = await _promise(here)
                    tag("p", promise, "fine promise")
                    if here.may(Right.PHONES):
                        with tag("p", classes="fine from-phone"):
                            tag("span", f"{words_phones.START_ASK} ")
                            link(words_phones.START_LINK, "/phones", "")
            if photos:
                with tag("section", classes="recent"):
                    tag("h2", words.RECENT, "small")
                    with tag("ul", classes="strip"):
                        for photo in photos:
                            with (
                                tag("li"),
                                link("", f"/photo/{photo.id}", "", aria_label=_taken(photo.created_at)),
                            ):
                                tag("img", src=f"/media/photo/{photo.id}/thumbnail", alt="", loading="lazy")
            Camera()


def _taken(moment: datetime) -> str:
    return words.PHOTO_OF.format(date=words.date(moment))


def _pitch(lead: str) -> None:
    """Say what this is in one breath, and how to do it well."""
    with tag("div", classes="pitch"):
        with tag("div", classes="intro"):
            tag("h1", words.START_HEADING)
            tag("p", lead, "lead")
        with tag("ol", classes="numbered"):
            for title, text in words.START_STEPS:
                with tag("li"), tag("span"):
                    tag("b", f"{title} ")
                    tag("span", text)
