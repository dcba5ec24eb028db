"""The headshot: compared with the photo, downloaded, kept, or deleted."""

import asyncio
from contextlib import suppress

from nicegui import ui
from nicegui.events import GenericEventArguments

from headshot_web import styles, words, words_privacy
from headshot_web import words_openai as said
from headshot_web.errors import HeadshotError, NotFound
from headshot_web.model import EngineName, Headshot, HeadshotId
from headshot_web.paths import static_dir
from headshot_web.studio import Studio
from headshot_web.visit import Visit
from headshot_web.web.amounts import say, visitor
from headshot_web.web.engine_choice import named_host
from headshot_web.web.frame import Ask, frame, go, link, missing, note, page, tag
from headshot_web.web.visiting import visit
from headshot_web.words_guests import there

CM_PER_PIXEL = 2.54 / 300
"""Print is sharp at 300 pixels an inch."""

MUCH_ENLARGED = 2.0
"""From here on a smaller, sharp file is offered beside the full size."""


class Compare(ui.element, component=static_dir() / "components" / "compare.js"):
    """Before and after in the same framing, and every pixel at its own size."""

    def __init__(self, headshot: Headshot, name: str, *, has_photo: bool) -> None:
        super().__init__()
        self.props.update(
            {
                "words": words.COMPARE,
                "before": f"/media/headshot/{headshot.id}/before" if has_photo else "",
                "after": f"/media/headshot/{headshot.id}",
                "alt": words.HEADSHOT_ALT.format(name=name),
                "name": name,
                "width": headshot.size.width_px,
                "height": headshot.size.height_px,
            }
        )


class Downloads(ui.element, component=static_dir() / "components" / "download.js"):
    """What the headshot is for, the file for it, and keeping it among the favourites."""

    def __init__(self, headshot: Headshot, name: str, *, has_photo: bool) -> None:
        super().__init__()
        here = headshot.engine is EngineName.ON_DEVICE
        self.props.update(
            {
                "words": words.DOWNLOAD,
                "marks": {
                    "label": words_privacy.MARKS["label"],
                    "left": words_privacy.MARKS["left_here" if here else "left_drawn"],
                },
                "id": headshot.id,
                "name": name,
                "purposes": _purposes(headshot),
                "width": headshot.size.width_px,
                "height": headshot.size.height_px,
                "scale": headshot.scale,
                "kinds": words.KINDS,
                "kept": headshot.favourite,
                "another": f"/photo/{headshot.photo_id}/looks" if has_photo else "",
            }
        )

    def keep(self, *, on: bool) -> None:
        """Show whether it is among the favourites."""
        self.props["kept"] = on
        self.update()


def register(studio: Studio) -> None:
    """Register the page of one headshot."""

    @page("/headshot/{headshot_id}", words.HEADSHOT_TITLE)
    async def headshot_page(headshot_id: str) -> None:
        here = visit(studio)
        try:
            headshot = await here.headshot(HeadshotId(headshot_id))
        except HeadshotError as error:
            missing(studio, error)
            return
        name = styles.name(headshot.style_id)
        to = await _maker(here, headshot)
        made = await _made(here, headshot, to)
        has_photo = await _has_photo(here, headshot)
        with frame(studio, "/gallery"), tag("div", classes="two"):
            with tag("div"):
                Compare(headshot, name, has_photo=has_photo)
            with tag("div", classes="panel"):
                tag("h1", name, "small")
                tag("p", made, "soft made")
                for remark in headshot.remarks:
                    note(*said.remark_words(remark, headshot.scale, is_drawn=bool(headshot.model)))
                _downloads(here, headshot, name, has_photo=has_photo)
                tag("hr")
                _facts(headshot, to, has_photo=has_photo)
                tag("hr")
                _delete(here, headshot)


async def _has_photo(here: Visit, headshot: Headshot) -> bool:
    """Tell whether the photo is still here, to compare with and to make other looks of."""
    try:
        await here.photo(headshot.photo_id)
    except NotFound:
        return False
    return True


async def _maker(here: Visit, headshot: Headshot) -> str:
    """Say who drew it; nothing when it was made here."""
    if headshot.engine is EngineName.ON_DEVICE:
        return ""
    host = await here.drawn_at(headshot)
    return named_host(host) if host else said.OPENAI


async def _made(here: Visit, headshot: Headshot, to: str) -> str:
    """Say in one line who made it, when, and what it cost."""
    day = words.date(headshot.created_at)
    if not to:
        return there(words.MADE_HERE, is_owner=here.visitor.is_owner).format(date=day)
    text = {"to": to, "model": headshot.model or "", "date": day}
    cost = await here.cost_of_headshot(headshot)
    line = said.MADE_COST.format(**text, money=say(cost, visitor())) if cost else said.MADE.format(**text)
    return line.replace(" ()", "")


def _purposes(headshot: Headshot) -> list[tuple[str, str, str, int, bool]]:
    """List what the headshot can be for; one enlarged a lot is also offered at the photo's own pixels."""
    full, *others = words.PURPOSES
    if headshot.scale <= MUCH_ENLARGED:
        return [full, *others]
    longest = round(max(headshot.size.width_px, headshot.size.height_px) / headshot.scale)
    return [full, ("sharp", words.SHARP, "", longest, False), *others]


def _downloads(here: Visit, headshot: Headshot, name: str, *, has_photo: bool) -> None:
    """Offer the file, and keep the headshot among the favourites when asked."""
    downloads = Downloads(headshot, name, has_photo=has_photo)
    in_turn = asyncio.Lock()

    async def keep(event: GenericEventArguments) -> None:
        on = bool(event.args)
        async with in_turn:  # of two quick taps, the later one counts
            try:
                await here.set_favourite(headshot.id, on)
            except NotFound:  # deleted in another window: this page then says so
                go(f"/headshot/{headshot.id}", instead=True)
            else:
                downloads.keep(on=on)

    downloads.on("keep", keep)


def _facts(headshot: Headshot, to: str, *, has_photo: bool) -> None:
    """Say what can be said about the file, honestly."""
    width, height = headshot.size.width_px, headshot.size.height_px
    sharp = max(1.0, headshot.scale)
    size = words.FACT_SIZE_VALUE.format(
        width=width,
        height=height,
        w_cm=round(width / sharp * CM_PER_PIXEL),
        h_cm=round(height / sharp * CM_PER_PIXEL),
    )
    tag("h2", words.FACTS, "small")
    with tag("dl", classes="facts"):
        for term, value in (
            (words.FACT_SIZE, size),
            (words.FACT_MARK, words.FACT_MARK_VALUE if not to else said.FACT_MARK_VALUE),
        ):
            tag("dt", term)
            tag("dd", value)
        tag("dt", words.FACT_PHOTO)
        with tag("dd"):
            text = words.FACT_PHOTO_VALUE if has_photo else words_privacy.FACT_PHOTO_GONE
            link(text, f"/photo/{headshot.photo_id}", "")
        if to:
            original = said.ORIGINAL_LINK if to == said.OPENAI else said.ORIGINAL_LINK_OWN
            tag("dt", said.ORIGINAL)
            with tag("dd"):
                link(original, f"/download/headshot/{headshot.id}/original", "", download=True)


def _delete(here: Visit, headshot: Headshot) -> None:
    """Delete this headshot after a clear question."""

    async def forget() -> None:
        with suppress(NotFound):  # another window was faster
            await here.bin_headshot(headshot.id)
        go("/gallery", instead=True)

    asked = {
        "title": words.DELETE_HEADSHOT_TITLE,
        "text": words_privacy.DELETE_HEADSHOT_TEXT,
        "confirm": words.DELETE_HEADSHOT,
        "look": "button quiet warn flush",
    }
    Ask(words.DELETE_HEADSHOT, asked, forget)
