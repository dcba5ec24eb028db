"""The gallery: all headshots, newest first, thousands of them if need be."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from nicegui import ui
from nicegui.events import GenericEventArguments

from headshot_web import styles, words, words_privacy
from headshot_web.errors import HeadshotError, NotFound
from headshot_web.model import HeadshotId, Role
from headshot_web.paths import static_dir
from headshot_web.studio import Studio
from headshot_web.visit import Visit
from headshot_web.web.frame import frame, page, tag
from headshot_web.web.visiting import visit
from headshot_web.words_guests import GALLERY_EMPTY, all_there

ROWS_AT_ONCE = 120
MARKS = {"label": words_privacy.MARKS["label_many"], "left": words_privacy.MARKS["left_many"]}

# The list and the first pictures are on their way before the scripts are read.
_FIRST = f"/api/headshots?offset=0&limit={ROWS_AT_ONCE}"
_FIRST_ROWS = f'<link rel="preload" as="fetch" crossorigin="anonymous" href="{_FIRST}">'
_FIRST_PICTURE = '<link rel="preload" as="image" fetchpriority="low" href="/media/headshot/{}/thumbnail">'
_FIRST_PICTURES = 6


class Gallery(ui.element, component=static_dir() / "components" / "gallery.js"):
    """The wall of headshots; it asks for the rows it shows."""

    def __init__(self, *, is_owner: bool, is_kept: bool, coming: Sequence[HeadshotId]) -> None:
        super().__init__()
        said = all_there(words.GALLERY, is_owner=is_owner)
        if not is_kept:
            said["empty_text"] = GALLERY_EMPTY
        looks = [[look.id, look.name] for look in styles.catalogue()]
        self.props.update({"words": said, "marks": MARKS, "looks": looks, "size": ROWS_AT_ONCE})
        self.props.update({"version": 0, "kept": 0, "coming": list(coming)})

    def renew(self) -> None:
        """Ask again for what is there."""
        self.props["version"] += 1
        self.update()

    def settle(self) -> None:
        """Tell it that one more change to the favourites is kept: a list asked for now knows of it."""
        self.props["kept"] += 1
        self.update()


def register(studio: Studio) -> None:
    """Register the gallery."""

    @page("/gallery", words.NAV_GALLERY)
    async def gallery_page() -> None:
        here = visit(studio)
        coming: list[HeadshotId] = []
        if not ui.context.client.request.url.query:
            coming = [one.id for one in await here.headshots(limit=_FIRST_PICTURES)]
            ui.add_head_html(_FIRST_ROWS + "".join(_FIRST_PICTURE.format(one) for one in coming))
        with frame(studio, "/gallery"):
            tag("h1", words.GALLERY_HEADING)
            stays = here.visitor.role is not Role.GUEST or here.is_kept
            gallery = Gallery(is_owner=here.visitor.is_owner, is_kept=stays, coming=coming)

        in_turn = asyncio.Lock()  # of two quick taps, the later one counts

        async def keep(event: GenericEventArguments) -> None:
            async with in_turn:
                try:
                    await here.set_favourite(HeadshotId(event.args["id"]), bool(event.args["on"]))
                except HeadshotError:  # deleted in another window, or no room: the list says how it is
                    gallery.renew()
                finally:
                    gallery.settle()

        async def forget(event: GenericEventArguments) -> None:
            chosen = [HeadshotId(headshot_id) for headshot_id in event.args]
            if len(chosen) == 1:
                with suppress(NotFound):
                    await here.bin_headshot(chosen[0])
                ui.navigate.reload()  # the page then offers to put it back
                return
            try:
                await here.forget_headshots(chosen)
            except NotFound:
                await _forget_what_is_left(here, chosen)
            gallery.renew()

        gallery.on("keep", keep)
        gallery.on("forget", forget)


async def _forget_what_is_left(here: Visit, chosen: Sequence[HeadshotId]) -> None:
    """Delete those that another tab has not deleted already."""
    for headshot_id in chosen:
        with suppress(NotFound):
            await here.forget_headshots([headshot_id])
