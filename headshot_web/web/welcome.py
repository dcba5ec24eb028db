"""What every first page has: a few short points, one clear step on, and a quiet way for who is too young."""

from nicegui import ui

from headshot_web import words_privacy as said
from headshot_web.errors import HeadshotError
from headshot_web.visit import Visit
from headshot_web.web.frame import button, go, icon, link, note, tag
from headshot_web.web.threshold import POLICY, YOUNG

Point = tuple[str, tuple[str, str]]
"""A sign, and a title with its text."""


def points(*shown: Point) -> None:
    """Say in short points what matters."""
    with tag("dl", classes="points"):
        for sign, (title, text) in shown:
            with tag("div"):
                with tag("dt"):
                    icon(sign)
                    tag("span", title)
                tag("dd", text)


def answer(here: Visit, way: str, yes: str, noted: str) -> None:
    """One clear step on, and a quiet way for who is too young."""
    trouble = ui.column().classes("trouble")

    async def start() -> None:
        try:
            await here.agree_to_policy()
        except HeadshotError as error:
            trouble.clear()
            with trouble, tag("div", role="alert"):
                note(f"{error.title}.", error.advice)
            return
        go(way, instead=True)

    with tag("div", classes="actions answer"):
        button(yes, start, "button accent")
        link(said.WELCOME_YOUNG, YOUNG, "button quiet")
    tag("p", noted, "fine after")
    with tag("p"):
        link(said.WELCOME_READ, POLICY, "")
