"""Deleting everything, deleting by itself, and taking everything along, on whatever page."""

import json
from typing import Any

from nicegui import ui
from nicegui.events import GenericEventArguments

from headshot_web import words
from headshot_web import words_privacy as said
from headshot_web.errors import BadSetting, HeadshotError
from headshot_web.paths import static_dir
from headshot_web.studio import Studio
from headshot_web.web.frame import Ask, link, note, tag
from headshot_web.web.leaving import CLEAR_PATH, TAKE_ALL_PATH

TAKE_ALL = TAKE_ALL_PATH
EMPTIED = "/settings?emptied=1"

# First the browser's own copies, then a page that shows nothing of what was.
_LEAVE = "fetch({clear}, {{method: 'POST'}}).catch(() => 0).finally(() => location.replace({path}))"


async def ask_for_everything(studio: Studio) -> None:
    """Add the button that deletes everything, and what it asks first."""
    trouble = ui.column().classes("trouble")

    async def forget(event: GenericEventArguments) -> None:
        chosen = {value: value in event.args for value, _ in said.DELETE_ALL_CHOICES}
        try:
            await studio.forget_everything(**chosen)
        except HeadshotError as error:
            trouble.clear()
            with trouble, tag("div", role="alert"):
                note(f"{error.title}.", error.advice)
            return
        ui.run_javascript(_LEAVE.format(clear=json.dumps(CLEAR_PATH), path=json.dumps(EMPTIED)))

    asked = {
        "title": words.DELETE_ALL_TITLE,
        "text": said.DELETE_ALL_TEXT,
        "confirm": words.DELETE_ALL,
        "also": said.DELETE_ALL_ALSO,
        "reach": said.DELETE_ALL_REACH,
    }
    Ask(
        words.DELETE_ALL,
        asked,
        forget,
        word=words.DELETE_ALL_WORD,
        choices=said.DELETE_ALL_CHOICES,
        limits=said.out_of_reach(await studio.books.out_of_reach()),
    )


class Keeping(ui.element, component=static_dir() / "components" / "keeping.js"):
    """What is deleted by itself: never, after some days, or a photo once it became a headshot."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self.props.update({"words": said.BY_ITSELF, "news": {}})
        self._show()
        self.on("save", self._save)

    def _show(self, **news: Any) -> None:  # noqa: ANN401 - what the script shows
        chosen = self._studio.settings
        days, originals = chosen.delete_after_days, chosen.delete_originals
        self.props.update(
            {
                "now": said.by_itself(days, originals=originals),
                "days": "" if days is None else str(days),
                "originals": originals,
                "news": news,
            }
        )
        self.update()

    async def _save(self, event: GenericEventArguments) -> None:
        try:
            days, originals = _days(event.args.get("days")), bool(event.args.get("originals"))
            if not event.args.get("sure") and (warning := await self._warning(days, originals=originals)):
                self._show(ask=warning)
                return
            await self._studio.wastebasket.choose(after_days=days, originals=originals)
        except BadSetting:
            self._show(title=said.BY_ITSELF["bad_title"], advice=said.BY_ITSELF["bad_advice"])
            return
        except HeadshotError as error:
            self._show(title=f"{error.title}.", advice=error.advice)
            return
        self._show(good=said.BY_ITSELF["saved"])

    async def _warning(self, days: int | None, *, originals: bool) -> str:
        """Name what would go at once; nothing where nothing would."""
        before = self._studio.settings
        old = await self._studio.wastebasket.old(days) if days else None
        storage = await self._studio.storage()
        begins = originals and not before.delete_originals and bool(storage.photos and storage.headshots)
        photos, headshots = (old.photos, old.headshots) if old else (0, 0)
        return said.goes_now(photos, headshots, originals=begins)


def _days(text: object) -> int | None:
    """Read a number of days; nothing means never."""
    said_days = str(text or "").strip()
    if not said_days:
        return None
    if not (said_days.isascii() and said_days.isdigit()):
        raise BadSetting
    return int(said_days[:6])


def take_along() -> None:
    """Offer everything as one ZIP."""
    tag("h2", said.EXPORT_HEADING, "small")
    tag("p", said.EXPORT_TEXT)
    with tag("div", classes="actions"):
        link(said.PRIVACY_EXPORT, TAKE_ALL, "button", download=True)
