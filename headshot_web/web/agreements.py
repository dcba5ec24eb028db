"""What was agreed to, since when, and the way back."""

from nicegui import ui

from headshot_web import words_privacy as said
from headshot_web.consent import Consent, ConsentKind
from headshot_web.studio import Studio
from headshot_web.web.frame import Ask, go, tag
from headshot_web.words import date

WORDS = said.AGREED


def add(studio: Studio) -> None:
    """Add the section."""
    history = studio.desk.consents.history()
    counting = [one for one in history if one.withdrawn_at is None]
    with tag("section", id="agreed"):
        tag("h2", WORDS["heading"], "small")
        if not counting:
            tag("p", WORDS["none"])
        for consent in counting:
            _counting(studio, consent)
        ended = [one for one in history if one.withdrawn_at is not None]
        if ended:
            with tag("details", classes="unfold"):
                tag("summary", WORDS["before"])
                with tag("ul", classes="plain"):
                    for consent in ended:
                        tag("li", f"{_what(consent)}. {_ended(consent)}", "fine")


def _counting(studio: Studio, consent: Consent) -> None:
    """Show a yes that counts, and take it back when asked."""

    async def withdraw() -> None:
        if consent.kind is ConsentKind.POLICY:
            await studio.desk.withdraw_policy()
            go("/", instead=True)
        else:
            await studio.desk.withdraw(consent.host)
            ui.navigate.reload()

    is_policy = consent.kind is ConsentKind.POLICY
    with tag("div", classes="agreed"):
        with tag("p"):
            tag("span", f"{_what(consent)}.")
            tag("span", f"{WORDS['given'].format(date=date(consent.given_at))}.", "fine")
        asked = {
            "title": WORDS["policy_title"],
            "text": WORDS["policy_text"] if is_policy else WORDS["sending_text"],
            "confirm": WORDS["withdraw"],
            "look": "button",
        }
        Ask(WORDS["withdraw_policy"] if is_policy else WORDS["withdraw_sending"], asked, withdraw)


def _what(consent: Consent) -> str:
    if consent.kind is ConsentKind.POLICY:
        return WORDS["policy"].format(version=said.version_day(consent.version))
    return WORDS["sending"].format(host=consent.host)


def _ended(consent: Consent) -> str:
    end = date(consent.withdrawn_at) if consent.withdrawn_at else ""
    return f"{WORDS['ended'].format(date=date(consent.given_at), end=end)}."
