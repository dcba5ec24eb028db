"""The very first page: what this is, what stays and leaves, who may use it; and a kind stop for children."""

from starlette.responses import RedirectResponse, Response

from headshot_web import words_privacy as said
from headshot_web.consent import Consent
from headshot_web.provider_errors import BadServer
from headshot_web.studio import Studio
from headshot_web.web import deleting, guest_welcome
from headshot_web.web.engine_choice import named_host
from headshot_web.web.frame import frame, icon, link, page, tag
from headshot_web.web.threshold import WELCOME, YOUNG, way_on
from headshot_web.web.visiting import visit
from headshot_web.web.welcome import answer, points


def register(studio: Studio) -> None:
    """Register both pages."""

    @page(WELCOME, said.WELCOME_TITLE)
    async def welcome_page(to: str = "") -> Response | None:
        here = visit(studio)
        if await here.policy_agreed():
            return RedirectResponse(way_on(to), 303)
        if not here.visitor.is_owner:
            await guest_welcome.build(studio, here, way_on(to))
            return None
        before = await studio.desk.policy_before()
        storage = await studio.storage()
        is_anew = bool(storage.photos or storage.headshots)
        with frame(studio, bare=True), tag("div", classes="reading welcome"):
            if before:
                _changed(before)
            else:
                tag("h1", said.WELCOME_HEADING_AGAIN if is_anew else said.WELCOME_HEADING)
                tag("p", said.WELCOME_LEAD, "lead")
            _points(studio)
            answer(here, way_on(to), said.CHANGED_START if before else said.WELCOME_START, said.WELCOME_NOTED)
            if is_anew:
                await _what_is_here(studio)
        return None

    @page(YOUNG, said.YOUNG_TITLE)
    def young_page() -> None:
        with frame(studio, bare=True), tag("section", classes="empty"):
            icon("person")
            tag("h1", said.YOUNG_HEADING, "small")
            tag("p", said.YOUNG_TEXT, "soft")
            tag("p", said.YOUNG_SLIP, "fine")


def _changed(before: Consent) -> None:
    """Say what is new since the policy that was agreed to."""
    tag("h1", said.CHANGED_HEADING)
    tag("p", said.CHANGED_LEAD.format(date=said.version_day(before.version)), "lead")
    with tag("div", classes="note calm"):
        tag("b", said.CHANGED_NEWS)
        for change in said.changes_since(before.version):
            tag("p", change)


def _points(studio: Studio) -> None:
    """Say in four short points what matters."""
    try:
        to = named_host(studio.desk.endpoint().host)
    except BadServer:
        to = ""
    leaves = said.WELCOME_LEAVES_ASKED.format(to=to) if to else said.WELCOME_LEAVES_NEVER
    points(
        ("frame", said.WELCOME_STAYS),
        ("privacy", (said.WELCOME_LEAVES, leaves)),
        ("person", said.WELCOME_WHO),
        ("tick", said.WELCOME_NO_ACCOUNT),
    )


async def _what_is_here(studio: Studio) -> None:
    """Who took the yes back can still take everything along, or delete it."""
    with tag("section"):
        tag("h2", said.BACK_HEADING, "small")
        tag("p", said.BACK_TEXT)
        with tag("div", classes="actions"):
            link(said.PRIVACY_EXPORT, deleting.TAKE_ALL, "button", download=True)
            await deleting.ask_for_everything(studio)
