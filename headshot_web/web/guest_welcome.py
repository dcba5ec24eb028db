"""The first page on a phone: what this is, where the pictures are, and what becomes of them at the end."""

from contextlib import suppress

from nicegui import ui

from headshot_web import words_guests as said
from headshot_web import words_privacy
from headshot_web.model import Role
from headshot_web.provider_errors import BadServer
from headshot_web.studio import Studio
from headshot_web.visit import Visit
from headshot_web.web.doors import DOOR_KEY, LanDoor
from headshot_web.web.engine_choice import named_host
from headshot_web.web.frame import frame, tag
from headshot_web.web.welcome import answer, points


async def build(studio: Studio, here: Visit, way: str) -> None:
    """Build the page: who uses the phone agrees for themself, and is told the end at the beginning."""
    is_family = here.visitor.role is Role.FAMILY
    stays = said.WELCOME_STAYS_FAMILY if is_family else said.WELCOME_STAYS_TEXT
    with frame(studio, bare=True), tag("div", classes="reading welcome"):
        tag("h1", words_privacy.WELCOME_HEADING)
        tag("p", said.WELCOME_LEAD, "lead")
        points(
            ("frame", (said.WELCOME_STAYS, stays)),
            ("tick", (said.WELCOME_END, _fate(here, is_family=is_family))),
            ("privacy", (words_privacy.WELCOME_LEAVES, await _leaves(studio, here))),
            ("person", words_privacy.WELCOME_WHO),
            *([] if _is_encrypted() else [("settings", said.WELCOME_PLAIN)]),
        )
        answer(here, way, words_privacy.WELCOME_START, said.WELCOME_NOTED)


def _fate(here: Visit, *, is_family: bool) -> str:
    if is_family:
        return said.WELCOME_FAMILY
    return said.WELCOME_KEPT if here.is_kept else said.WELCOME_DELETED


async def _leaves(studio: Studio, here: Visit) -> str:
    """Say whether anything can leave that computer, and to whom."""
    to = ""
    if (await here.offer()).ready:
        with suppress(BadServer):
            to = named_host(studio.desk.endpoint().host)
    return words_privacy.WELCOME_LEAVES_ASKED.format(to=to) if to else said.WELCOME_LEAVES_NEVER


def _is_encrypted() -> bool:
    """Whether nobody in the network can read along: by https, or on this computer itself."""
    door = ui.context.client.request.scope.get(DOOR_KEY)
    return not isinstance(door, LanDoor) or door.scheme == "https"
