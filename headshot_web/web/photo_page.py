"""The photo: what was noticed about it, who it is for, and on to the looks."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from nicegui import ui
from nicegui.events import GenericEventArguments

from headshot_web import styles, words, words_privacy
from headshot_web import words_openai as said
from headshot_web.errors import HeadshotError, NotFound, PictureGone
from headshot_web.model import Face, Headshot, Notice, Photo, PhotoId
from headshot_web.paths import static_dir
from headshot_web.studio import Studio
from headshot_web.visit import Visit
from headshot_web.web.amounts import say, visitor
from headshot_web.web.frame import Ask, frame, go, link, missing, note, page, tag
from headshot_web.web.visiting import visit

MOST_SHOWN = 12
CALM = frozenset({Notice.SEVERAL_FACES, Notice.SIDEWAYS})
"""What the app sees to by itself, or with one tap: the photo is none the worse for it."""


class Faces(ui.element, component=static_dir() / "components" / "faces.js"):
    """The photo, with the people in it to choose from."""

    def __init__(self, photo: Photo) -> None:
        super().__init__()
        self.props.update(
            {
                "words": words.FACES,
                "src": f"/media/photo/{photo.id}",
                "width": photo.size.width_px,
                "height": photo.size.height_px,
                "faces": [],
                "chosen": -1 if photo.subject is None else photo.subject,
            }
        )

    def show(self, faces: Sequence[Face]) -> None:
        """Offer these people; nobody is chosen before the person did."""
        self.props["faces"] = [
            {"left": face.left, "top": face.top, "width": face.width, "height": face.height} for face in faces
        ]
        self.update()

    def choose(self, number: int) -> None:
        """Mark one of them as the person."""
        self.props["chosen"] = number
        self.update()


def register(studio: Studio) -> None:
    """Register the page of one photo."""

    @page("/photo/{photo_id}", words.PHOTO_TITLE)
    async def photo_page(photo_id: str) -> None:
        here = visit(studio)
        try:
            photo = await here.photo(PhotoId(photo_id))
        except PictureGone:
            await _without_picture(studio, here, PhotoId(photo_id))
            return
        except HeadshotError as error:
            missing(studio, error)
            return
        made = await here.headshots(0, MOST_SHOWN, photo_id=photo.id)
        total = await here.count(photo_id=photo.id)
        cost = await here.cost_of_photo(photo.id)
        with frame(studio, "/"), tag("div", classes="two"):
            with tag("div"):
                picture = Faces(photo)
            with tag("div", classes="panel"):
                _panel(photo)
                if made:
                    _made(made, said.PHOTO_COST.format(money=say(cost, visitor())) if cost else "")
                _delete(here, photo.id, words.delete_photo(total))
        picture.on("choose", partial(_choose, here, photo, picture, asyncio.Lock()))
        if Notice.SEVERAL_FACES in photo.notices:
            await ui.context.client.connected()
            with suppress(HeadshotError):  # deleted or unreadable meanwhile: the photo alone is shown
                picture.show(await here.faces(photo.id))


async def _choose(
    here: Visit, photo: Photo, picture: Faces, in_turn: asyncio.Lock, event: GenericEventArguments
) -> None:
    """Remember which person the headshot is for, and mark it then: what is marked is what counts."""
    number = int(event.args)
    async with in_turn:  # of two quick taps, the later one counts
        try:
            await here.choose_face(photo.id, number)
        except NotFound:  # deleted in another window: this page then says so
            go(f"/photo/{photo.id}", instead=True)
        else:
            picture.choose(number)


def _panel(photo: Photo) -> None:
    """Say what was noticed, and offer what comes next."""
    heading = words.PHOTO_HEADING if CALM.issuperset(photo.notices) else words.PHOTO_HEADING_ADVICE
    if photo.notices == (Notice.SEVERAL_FACES,):
        heading = words.FACES["heading"]
    tag("h1", heading, "small")
    if photo.notices:
        for notice in photo.notices:
            note(*words.NOTICES[notice], "note calm" if notice in CALM else "note")
    else:
        tag("p", words.PHOTO_LEAD, "soft")
    with tag("div", classes="actions after thumb"):
        link(words.SEE_LOOKS, f"/photo/{photo.id}/looks", "button accent")
        link(words.OTHER_PHOTO, "/")


async def _without_picture(studio: Studio, here: Visit, photo_id: PhotoId) -> None:
    """Show what is left of a photo that was deleted by itself: the headshots from it."""
    made = await here.headshots(0, MOST_SHOWN, photo_id=photo_id)
    with frame(studio, "/"), tag("div", classes="reading"):
        tag("h1", words_privacy.PHOTO_GONE_HEADING, "small")
        tag("p", words_privacy.PHOTO_GONE_TEXT, "soft")
        _made(made, "")
        number = await here.count(photo_id=photo_id)
        _delete(here, photo_id, words_privacy.delete_rest(number))


def _delete(here: Visit, photo_id: PhotoId, delete: str) -> None:
    """Delete the photo and all that came of it after a clear question."""
    tag("hr")

    async def forget() -> None:
        with suppress(NotFound):  # another window was faster
            await here.bin_photo(photo_id)
        go("/", instead=True)

    asked = {"title": words.DELETE_PHOTO_TITLE, "text": words_privacy.DELETE_PHOTO_TEXT, "confirm": delete}
    Ask(delete, {**asked, "look": "button quiet warn flush"}, forget)


def _made(headshots: Sequence[Headshot], cost: str) -> None:
    """Show what was made from this photo."""
    tag("hr")
    tag("h2", words.PHOTO_MADE, "small")
    with tag("ul", classes="strip"):
        for shot in headshots:
            name = styles.name(shot.style_id)
            with tag("li"), link("", f"/headshot/{shot.id}", "", aria_label=name):
                tag("img", src=f"/media/headshot/{shot.id}/thumbnail", alt="", loading="lazy")
    if cost:
        tag("p", cost, "fine after")
