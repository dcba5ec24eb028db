"""What every page shares: the head, the way around, the words of a missing page, and plain elements."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

from headshot_web import NAME, words, words_guests, words_openai, words_phones
from headshot_web.access import Right
from headshot_web.errors import HeadshotError
from headshot_web.model import Role
from headshot_web.paths import static_dir
from headshot_web.settings import Theme
from headshot_web.studio import Studio
from headshot_web.visit import Visit
from headshot_web.web.assets import asset
from headshot_web.web.lines import POLICY_VIOLATION
from headshot_web.web.telling import told
from headshot_web.web.undo import Undo
from headshot_web.web.visiting import visit

SETTINGS, VISIT, PHONES = "/settings", "/visit", "/phones"
PLACES = (
    ("/", words.NAV_NEW, words.NAV_NEW_SHORT, "new"),
    ("/gallery", words.NAV_GALLERY, words.NAV_GALLERY, "gallery"),
    ("/privacy", words.NAV_PRIVACY, words.NAV_PRIVACY, "privacy"),
    (SETTINGS, words.NAV_SETTINGS, words.NAV_SETTINGS, "settings"),
)
GUEST_PLACES = (*PLACES[:3], (VISIT, words_guests.NAV_VISIT, words_guests.NAV_VISIT_SHORT, "tick"))
PATIENCE_S = 75.0
"""How long a page may wait for what it shows: a picture that takes longer has been given up by then."""
SHEETS = ("app.css", "openai.css", "privacy.css")
# What a phone needs to keep the app among its own.
INSTALLABLE = (
    '<link rel="manifest" href="/static/app.webmanifest">'
    '<link rel="apple-touch-icon" href="/static/icon-192.png">'
    '<meta name="theme-color" content="#f6f3ee" media="(prefers-color-scheme: light)">'
    '<meta name="theme-color" content="#161412" media="(prefers-color-scheme: dark)">'
)
# A page that comes back from the browser's own cache would answer with an order already placed.
_FRESH = "<script>addEventListener('pageshow',e=>{if(e.persisted)location.reload()})</script>"


# A phone that is let go hears so when its line is closed, and says it instead of waiting for the app.
_LET_GO = (
    "<script>{const wait=setInterval(()=>{if(!window.socket)return;clearInterval(wait);"
    "window.socket.on('disconnect',(how,why)=>{if(window.leaving)return;"
    f"if(why?.context?.code==={POLICY_VIOLATION}||how==='io server disconnect')"
    "location.replace('/pair#left')})},50)}</script>"
)


def page(path: str, title: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a page of the product under a path, with its title in the browser's tab."""
    return ui.page(path, title=f"{title} · {NAME}", response_timeout=PATIENCE_S)


def retitle(title: str) -> None:
    """Say something new in the browser's tab."""
    ui.page_title(f"{title} · {NAME}")


def tag(name: str, text: str = "", classes: str = "", **attributes: str | int | bool) -> TextElement:
    """Add a plain element; `aria_label` becomes `aria-label`, a trailing underscore is dropped."""
    element = TextElement(tag=name, text=text)
    if classes:
        element.classes(classes)
    for key, value in attributes.items():
        element.props[key.rstrip("_").replace("_", "-")] = value
    return element


def link(text: str, href: str, classes: str = "button", **attributes: str | int | bool) -> TextElement:
    """Add a link that looks like a button unless told otherwise."""
    return tag("a", text, classes, href=href, **attributes)


def button(text: str, handler: Callable[..., Any] | None = None, classes: str = "button") -> TextElement:
    """Add a real button."""
    element = tag("button", text, classes, type="button")
    if handler is not None:
        element.on("click", handler, args=[])
    return element


def icon(name: str) -> ui.html:
    """Add one of the drawn icons; it says nothing to a screen reader."""
    return ui.html(
        f'<svg aria-hidden="true"><use href="/static/icons.svg#{name}"/></svg>', sanitize=False, tag="span"
    ).classes("icon")


def note(title: str, advice: str, classes: str = "note") -> None:
    """Add something to mind: what it is, then what to do."""
    with tag("p", classes=classes):
        tag("b", f"{title} ")
        tag("span", advice)


@contextmanager
def frame(studio: Studio, here: str = "", *, bare: bool = False) -> Iterator[None]:
    """Put the name, the way around and the promise above what is built inside; `bare`, the name alone."""
    client, visitor = ui.context.client, visit(studio)
    scheme = "light dark" if studio.settings.theme is Theme.AUTO else str(studio.settings.theme)
    links = "".join(f'<link rel="stylesheet" href="{asset(name)}">' for name in SHEETS)
    installable = "" if visitor.visitor.is_owner else INSTALLABLE + _LET_GO
    sheet = f"{links}{installable}<style>:root{{color-scheme:{scheme}}}</style>"
    ui.add_head_html(sheet + _FRESH)
    with client.layout:
        with tag("header", classes="masthead bare" if bare else "masthead") as header:
            link(NAME, "/", "name")
            if not bare:
                with tag("nav", classes="places", aria_label=words.NAV_LABEL):
                    for path, name, short, sign in PLACES if visitor.visitor.is_owner else GUEST_PLACES:
                        _place(path, name, short, sign, here=path == here)
                phones = studio.lets_phones_in or here == PHONES
                _pill(visitor, may_send=studio.desk.is_set_up, phones=phones)
        header.move(target_index=0)
        if not bare:
            Undo.offer(visitor)
    ui.skip_link(words.SKIP, target=client.content)
    yield


def _pill(visitor: Visit, *, may_send: bool, phones: bool) -> None:
    """Promise what is true now: that nothing leaves, or that nothing does without the person."""
    long, short, path = words.PILL, words.PILL_SHORT, "/privacy"
    if visitor.visitor.role is Role.FAMILY:
        long, short = words_guests.PILL_FAMILY, words_guests.PILL_FAMILY_SHORT
    elif not visitor.visitor.is_owner:
        long, short = words_guests.PILL, words_guests.PILL_SHORT
    elif phones:
        long, short, path = words_phones.PILL, words_phones.PILL_SHORT, PHONES
    elif may_send and visitor.may(Right.LEDGER):
        long, short, path = words_openai.PILL, words_openai.PILL_SHORT, "/sent"
    with link("", path, "pill", aria_label=long):
        tag("span", long, "long")
        tag("span", short, "short")


def _place(path: str, name: str, short: str, sign: str, *, here: bool) -> None:
    """Add one place one can go; the tabs of a phone show its icon and short name."""
    place = link("", path, "", aria_label=name)
    if here:
        place.props["aria-current"] = "page"
    with place:
        icon(sign)
        tag("span", name, "long")
        tag("span", short, "short")


def missing(studio: Studio, error: HeadshotError) -> None:
    """Build the page for something that is not (or no longer) here; the status is the error's."""
    ui.context.client.status_code = error.status
    gone = error.status == 404  # noqa: PLR2004
    title, advice = told(error, is_owner=visit(studio).visitor.is_owner)
    with frame(studio), tag("section", classes="empty"):
        icon("frame")
        tag("h1", words.GONE_TITLE if gone else title, "small")
        tag("p", words.GONE_ADVICE if gone else advice, "soft")
        with tag("div", classes="actions"):
            link(words.TO_GALLERY, "/gallery", "button accent")


class Ask(ui.element, component=static_dir() / "components" / "ask.js"):
    """A button that asks before it deletes; what goes is named on the button that does it.

    With choices, each of them left out until it is ticked, the handler hears which were chosen.
    """

    def __init__(  # noqa: PLR0913 - all that is asked
        self,
        trigger: str,
        asked: Mapping[str, str],
        handler: Callable[..., Any],
        *,
        word: str = "",
        choices: Sequence[tuple[str, str]] = (),
        limits: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self.props.update(
            {
                "trigger": trigger,
                "title": asked["title"],
                "text": asked["text"],
                "confirm": asked["confirm"],
                "cancel": words.CANCEL,
                "word": word,
                "wordlabel": words.DELETE_ALL_TYPE,
                "look": asked.get("look", "button warn"),
                "choices": choices,
                "also": asked.get("also", ""),
                "limits": limits,
                "reach": asked.get("reach", ""),
            }
        )
        self.on("confirm", handler, args=None if choices else [])


def go(path: str, *, instead: bool = False) -> None:
    """Go to another page; `instead` leaves this one out of the way back."""
    if instead:
        ui.run_javascript(f"location.replace({json.dumps(path)})")
    else:
        ui.navigate.to(path)
