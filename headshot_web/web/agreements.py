"""What was agreed to, since when, and the way back."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from headshot_web import words_privacy as said
from headshot_web.consent import VERSIONS, Consent, ConsentKind
from headshot_web.studio import Studio
from headshot_web.web.frame import Ask, button, go, tag
from headshot_web.words import date

WORDS = said.AGREED


class Agreements:
    """Every yes that counts, each with its way back, and those that ended."""

    def __init__(self, studio: Studio, taken_back: Callable[[], Awaitable[None]]) -> None:
        self._studio = studio
        self._taken_back = taken_back
        with tag("section", id="agreed"):
            tag("h2", WORDS["heading"], "small")
            self._list = tag("div")
            self._news = tag("p", "", "fine news", role="status", tabindex="-1")
        self._show()

    def _show(self) -> None:
        history = self._studio.desk.consents.history()
        counting = [one for one in history if _counts(one)]
        ended = [one for one in history if not _counts(one)]
        self._list.clear()
        with self._list:
            if not counting:
                tag("p", WORDS["none"])
            for consent in counting:
                self._counting(consent)
            if ended:
                _before(ended)

    def _counting(self, consent: Consent) -> None:
        """Show a yes that counts; the one to a host is taken back as easily as it was given."""
        with tag("div", classes="agreed"):
            with tag("p"):
                tag("span", f"{_what(consent)}.")
                tag("span", f"{WORDS['given'].format(date=date(consent.given_at))}.", "fine")
            if consent.kind is ConsentKind.POLICY:
                asked = {
                    "title": WORDS["policy_title"],
                    "text": WORDS["policy_text"],
                    "confirm": WORDS["withdraw"],
                    "look": "button",
                }
                Ask(WORDS["withdraw_policy"], asked, self._withdraw_policy)
            else:
                take_back = button(WORDS["take_back"], lambda: self._take_back(consent.host))
                take_back.props["aria-label"] = f"{WORDS['take_back']}: {_what(consent)}"

    async def _withdraw_policy(self) -> None:
        await self._studio.desk.withdraw_policy()
        go("/", instead=True)

    async def _take_back(self, host: str) -> None:
        await self._studio.desk.withdraw(host)
        await self._taken_back()
        self._news.text = WORDS["taken_back"]
        with self._news:  # the button that was pressed goes, and with it its own place on the page
            ui.run_javascript("document.querySelector('#agreed [role=status]').focus()")
            self._show()


def add(studio: Studio, *, taken_back: Callable[[], Awaitable[None]]) -> None:
    """Add the section; `taken_back` hears of a yes that ended."""
    Agreements(studio, taken_back)


def _before(ended: list[Consent]) -> None:
    with tag("details", classes="unfold"):
        tag("summary", WORDS["before"])
        with tag("ul", classes="plain"):
            for consent in ended:
                tag("li", f"{_what(consent)}. {_ended(consent)}", "fine")


def _what(consent: Consent) -> str:
    if consent.kind is ConsentKind.POLICY:
        return WORDS["policy"].format(version=said.version_day(consent.version))
    return WORDS["sending"].format(host=consent.host)


def _counts(consent: Consent) -> bool:
    """Tell whether it still counts: not taken back, and to the words of today."""
    return consent.withdrawn_at is None and consent.version == VERSIONS[consent.kind]


def _ended(consent: Consent) -> str:
    given = date(consent.given_at)
    if consent.withdrawn_at is None:
        return f"{WORDS['outdated'].format(date=given)}."
    return f"{WORDS['ended'].format(date=given, end=date(consent.withdrawn_at))}."
