"""How this works, and the privacy policy as it is true on this computer."""

import asyncio
import re
from pathlib import Path

from headshot_web import words
from headshot_web import words_privacy as said
from headshot_web.access import Right
from headshot_web.folder_window import can_show, show_folder
from headshot_web.policy import Policy, Section, day
from headshot_web.studio import Studio
from headshot_web.web.deleting import TAKE_ALL
from headshot_web.web.frame import button, frame, link, page, tag
from headshot_web.web.threshold import POLICY, WELCOME
from headshot_web.web.visiting import visit


def register(studio: Studio) -> None:
    """Register the page on how this works."""

    @page(POLICY, words.NAV_PRIVACY)
    async def privacy_page() -> None:
        policy = await studio.desk.policy()
        here = visit(studio)
        agreed = await here.policy_agreed()
        with frame(studio, POLICY, bare=not agreed), tag("article", classes="policy"):
            _contents(policy)
            with tag("div", classes="reading"):
                _top(policy)
                if not agreed:
                    link(said.PRIVACY_BACK, WELCOME, "button")
                for section in policy.sections:
                    _section(studio, section, may_open=agreed and here.may(Right.SETTINGS))
                if agreed and here.may(Right.SETTINGS):
                    _choices()


def _contents(policy: Policy) -> None:
    """List the parts, each a jump away."""
    with tag("nav", classes="contents", aria_label=said.PRIVACY_CONTENTS), tag("ul", classes="plain"):
        for section in policy.sections:
            with tag("li"):
                link(section.title, f"#{_anchor(section.title)}", "")


def _top(policy: Policy) -> None:
    """Say in four steps how it works."""
    tag("p", said.PRIVACY_UPDATED.format(date=day(policy.updated)), "fine")
    tag("h1", said.PRIVACY_HEADING)
    with tag("ol", classes="numbered"):
        for title, text in said.PRIVACY_STEPS:
            with tag("li"), tag("span"):
                tag("b", f"{title} ")
                tag("span", text)
    tag("p", said.PRIVACY_OFFICES, "fine after")


def _section(studio: Studio, section: Section, *, may_open: bool) -> None:
    """Add one part; the folder in it is shown as what it is, a path, with the button that opens it."""
    folders = studio.settings.folders
    with tag("section", id=_anchor(section.title)):
        tag("h2", section.title, "small")
        for text in section.paragraphs:
            _paragraph(text, str(folders.log), str(folders.root))
        if may_open and can_show() and any(str(folders.root) in text for text in section.paragraphs):
            _opener(folders.root)


def _opener(folder: Path) -> None:
    """Open the folder in the system's own window."""

    async def show() -> None:
        shown = await asyncio.to_thread(show_folder, folder)
        news.text = said.PRIVACY_FOLDER_OPEN if shown else said.PRIVACY_FOLDER_SHUT

    button(said.PRIVACY_FOLDER, show)
    news = tag("p", "", "fine", role="status")


def _paragraph(text: str, *paths: str) -> None:
    """Add a paragraph in which a path is shown as one."""
    with tag("p"):
        for path in paths:
            before, found, after = text.partition(path)
            if found:
                tag("span", before)
                tag("code", path)
                tag("span", after)
                return
        tag("span", text)


def _choices() -> None:
    """Lead to what can be looked up, taken along and deleted."""
    with tag("section"), tag("div", classes="actions"):
        link(said.PRIVACY_SENT, "/sent")
        link(said.PRIVACY_EXPORT, TAKE_ALL, download=True)
        link(said.PRIVACY_DELETE, "/settings#delete")


def _anchor(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
