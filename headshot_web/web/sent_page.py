"""What left this computer: every picture that was sent, when, to whom, what it cost, and where it is now."""

from contextlib import suppress
from typing import Any

from nicegui import ui

from headshot_web import styles, words, words_guests, words_privacy
from headshot_web import words_openai as said
from headshot_web.access import Right
from headshot_web.accounts import Entry, Money, Outcome, Spending
from headshot_web.errors import NotFound, PictureGone
from headshot_web.paths import static_dir
from headshot_web.studio import Studio
from headshot_web.visit import Visit
from headshot_web.web.amounts import say, say_range, visitor
from headshot_web.web.frame import frame, icon, link, page, tag
from headshot_web.web.visiting import visit

ENTRIES_AT_ONCE = 50


class Sent(ui.element, component=static_dir() / "components" / "ledger.js"):
    """The list of what was sent; it asks for more when the person does."""

    def __init__(self, first: list[dict[str, Any]], total: int) -> None:
        super().__init__()
        self.props.update({"words": said.SENT, "first": first, "total": total, "size": ENTRIES_AT_ONCE})


def register(studio: Studio) -> None:
    """Register the page of what left this computer."""

    @page("/sent", said.SENT_TITLE)
    async def sent_page() -> None:
        here = visit(studio)
        here.require(Right.LEDGER)
        locale = visitor()
        entries = await studio.books.entries(0, ENTRIES_AT_ONCE)
        total = await studio.books.count()
        with frame(studio):
            if not total:
                _nothing()
                await _receipts(studio)
                return
            with tag("div", classes="sent-head"):
                with tag("div"):
                    tag("h1", said.SENT_TITLE, "small")
                    tag("p", said.SENT_LEAD, "soft")
                link(said.SENT_CSV, "/download/sent.csv", "button", download=True)
            _sums(await studio.books.spending(), locale)
            Sent([await listed(here, entry, locale) for entry in entries], total)
            await _receipts(studio)


def _nothing() -> None:
    """Say that nothing has left, which is most people's whole story."""
    with tag("section", classes="empty"):
        icon("privacy")
        tag("h1", said.SENT_NOTHING, "small")
        tag("p", said.SENT_NOTHING_TEXT, "soft")
        with tag("div", classes="actions"):
            link(words.NAV_PRIVACY, "/privacy")


async def _receipts(studio: Studio) -> None:
    """List what was deleted: when, and how many files; nothing of what it was."""
    deletions = await studio.books.deletions()
    with tag("section", classes="receipts", id="deleted"):
        tag("h2", words_privacy.RECEIPTS, "small")
        if not deletions:
            tag("p", words_privacy.RECEIPTS_NONE, "soft")
            return
        tag("p", words_privacy.RECEIPTS_TEXT, "soft")
        with tag("ul", classes="plain"):
            for deletion in deletions:
                what, files = words_privacy.receipt(deletion)
                with tag("li"):
                    tag("b", what)
                    tag("span", said.moment(deletion.finished_at or deletion.began_at), "fine")
                    tag("span", files, "fine")


def _sums(spending: Spending, locale: str) -> None:
    """Sum up what was spent."""
    kept, kept_fine = said.SENT_KEPT_NONE, said.SENT_KEPT_FINE
    if spending.kept:
        whole = spending.everything
        kept = say(Money(amount=whole.amount / spending.kept, currency=whole.currency), locale)
    with tag("dl", classes="sums"):
        for term, value, fine in (
            (said.SENT_TODAY, say(spending.today, locale), ""),
            (said.SENT_MONTH, say(spending.month, locale), ""),
            (said.SENT_EVERYTHING, say(spending.everything, locale), ""),
            (said.SENT_KEPT, kept, kept_fine.format(kept=spending.kept, n=spending.headshots)),
        ):
            with tag("div"):
                tag("dt", term)
                with tag("dd"):
                    tag("b", value)
                    if fine:
                        tag("span", fine, "fine")
    text = said.SENT_KEPT_HOW
    if spending.unclear:
        text += " " + words.count(spending.unclear, said.SENT_UNCLEAR_ONE, said.SENT_UNCLEAR_MANY)
    tag("p", text, "fine")


async def listed(here: Visit, entry: Entry, locale: str) -> dict[str, Any]:
    """Say all that one line of the list shows."""
    dispatch, receipt = entry.dispatch, entry.receipt
    photo = await _photo(here, entry)
    return {
        "n": entry.number,
        "when": said.moment(entry.sent_at),
        "name": _name(entry),
        "host": dispatch.host,
        "secure": dispatch.secure,
        "size": words.megabytes(dispatch.size_bytes),
        "pictures": list(dispatch.pictures),
        "fields": ", ".join(dispatch.fields),
        "model": dispatch.model,
        "outcome": receipt.outcome.value,
        "said": said.OUTCOMES[receipt.outcome.value],
        "status": receipt.status or 0,
        "request": receipt.request_id or "",
        "cost": _cost(entry, locale),
        "gone": said.GONE_BY.format(date=words.date(entry.gone_by)) if entry.gone_by else said.GONE_UNKNOWN,
        "headshot": await _headshot(here, entry),
        "photo": photo,
        "deleted": entry.deleted or bool(entry.photo_ids and not photo and not entry.for_guest),
    }


def _name(entry: Entry) -> str:
    """Say which look it was, or that it was for a guest, whose choice it is."""
    if entry.for_guest:
        return words_guests.BY_A_GUEST
    return styles.name(entry.style_id) if entry.style_id else ""


async def _photo(here: Visit, entry: Entry) -> str:
    """Find the photo it was made of, when it is still here and not about to go."""
    for photo_id in entry.photo_ids[:1]:
        with suppress(NotFound):
            try:
                await here.photo(photo_id)
            except PictureGone:  # its page still shows what was made of it
                return photo_id
            return photo_id
    return ""


async def _headshot(here: Visit, entry: Entry) -> str:
    """Find the headshot that came of it, when it is still here."""
    if entry.deleted or entry.job_id is None or entry.receipt.outcome is not Outcome.ANSWERED:
        return ""
    with suppress(NotFound):
        for headshot_id in (await here.job(entry.job_id)).headshot_ids[:1]:
            return (await here.headshot(headshot_id)).id
    return ""


def _cost(entry: Entry, locale: str) -> str:
    """Say what it cost; while that is not known, what it may have cost."""
    receipt, estimate = entry.receipt, entry.dispatch.estimate
    if receipt.cost is not None:
        return say(receipt.cost, locale)
    if receipt.outcome is Outcome.REFUSED:
        return said.NO_COST
    if estimate is None or receipt.outcome is Outcome.ANSWERED:
        return said.NO_PRICE
    return said.ABOUT.format(money=say_range(estimate, locale))
