"""Before a photo leaves: the very picture, what goes with it, to whom, and the person's yes."""

from typing import NamedTuple

from fastapi import Request
from nicegui import ui

from headshot_web import styles, words
from headshot_web import words_openai as said
from headshot_web.access import Right
from headshot_web.accounts import Estimate
from headshot_web.consent import Question
from headshot_web.counter import Outgoing
from headshot_web.errors import HeadshotError, NotFound, PolicyChanged
from headshot_web.model import Crop, EngineName, OrderId, Photo, PhotoId
from headshot_web.provider import Offer
from headshot_web.studio import Studio
from headshot_web.visit import Visit
from headshot_web.web import engine_choice
from headshot_web.web.amounts import say_range, visitor
from headshot_web.web.engine_choice import named
from headshot_web.web.frame import button, frame, go, link, missing, note, page, tag
from headshot_web.web.telling import told
from headshot_web.web.threshold import welcome
from headshot_web.web.visiting import visit
from headshot_web.web.wanted import Wanted, checked
from headshot_web.words import date, megabytes
from headshot_web.words_guests import LEFT, NONE_LEFT, TOO_FEW_LEFT, there


class Sending(NamedTuple):
    """All that the page says."""

    photo: Photo
    wanted: Wanted
    order_id: OrderId
    offer: Offer
    outgoing: tuple[Outgoing, ...]
    """What would leave, one for each look."""
    estimate: Estimate | None
    question: Question
    """In the words that the yes is kept for."""
    left: int | None
    """How many a guest can still have drawn; None where there is no limit."""

    @property
    def to(self) -> str:
        """Who it would go to."""
        return named(self.offer)


def register(studio: Studio) -> None:
    """Register the page that is shown before anything leaves."""

    @page("/photo/{photo_id}/sending", said.SENDING_TITLE)
    async def sending_page(request: Request, photo_id: str) -> None:
        here = visit(studio)
        try:
            sending = await _prepared(studio, here, photo_id, request)
        except HeadshotError as error:
            missing(studio, error)
            return
        with frame(studio, "/"), tag("div", classes="two sending"):
            with tag("div"):
                _pictures(sending)
            with tag("div", classes="panel"):
                _question(sending, is_owner=here.visitor.is_owner)
                _facts(here, sending)
                _answer(here, sending)
                _unfold(here, sending)


async def _prepared(studio: Studio, here: Visit, photo_id: str, request: Request) -> Sending:
    """Read the address, and see what would leave; nothing does."""
    wanted = Wanted.read(request.query_params)
    order_id = OrderId(checked(request.query_params.get("order")))
    if not wanted.looks:
        raise NotFound
    photo = await here.photo(PhotoId(photo_id))
    outgoing = [
        await here.outgoing(
            photo.id, look, wishes=wanted.wishes, quality=wanted.quality, others=wanted.others
        )
        for look in wanted.looks
    ]
    offer = await here.offer()
    allowance = await here.allowance()
    return Sending(
        photo=photo,
        wanted=wanted,
        order_id=order_id,
        offer=offer,
        outgoing=tuple(outgoing),
        estimate=await engine_choice.estimate(here, photo, wanted),
        question=studio.desk.question(is_guest=not here.visitor.is_owner),
        left=None if allowance is None else allowance.left,
    )


def _pictures(sending: Sending) -> None:
    """Show exactly what would leave: one picture for each shape, and the others that go along."""
    shapes = list(sending.wanted.shapes)
    alt = said.SENDING_ALT.format(to=sending.to)
    with tag("figure", classes="leaving"):
        tag("img", src=_sent(sending.photo.id, shapes[0]), alt=alt)
        if len(shapes) > 1:
            tag("figcaption", said.SENDING_SHAPE.format(shape=shapes[0].value), "fine")
    for shape in shapes[1:]:
        with tag("figure", classes="leaving small"):
            tag("img", src=_sent(sending.photo.id, shape), alt=alt)
            tag("figcaption", said.SENDING_SHAPE.format(shape=shape.value), "fine")
    if sending.wanted.others:
        tag("p", said.SENDING_OTHER, "fine")
        with tag("div", classes="leaving-others"):
            for other in sending.wanted.others:
                tag("img", src=_sent(other, shapes[0]), alt=alt)


def _sent(photo_id: PhotoId, crop: Crop) -> str:
    return f"/media/photo/{photo_id}/sending?crop={crop.value}"


def _question(sending: Sending, *, is_owner: bool) -> None:
    """Ask in the words that the yes is kept for, or recall that it was given."""
    offer = sending.offer
    question = sending.question
    pictures = len(sending.wanted.shapes) + len(sending.wanted.others)
    shown = words.count(pictures, said.SENDING_AGREED, said.SENDING_AGREED_MANY)
    tag("h1", shown if offer.agreed_at else question.title, "small")
    tag("p", said.SENDING_LEAD, "soft")
    if not offer.secure:
        plain = said.PLAIN_HERE if offer.on_this_computer else said.PLAIN
        note(*(there(text, is_owner=is_owner) for text in plain))
    if offer.agreed_at:
        tag("p", said.AGREED_ALREADY.format(host=offer.host, date=date(offer.agreed_at)))
        return
    with tag("div", classes="said"):
        for paragraph in question.paragraphs:
            tag("p", paragraph)


def _facts(here: Visit, sending: Sending) -> None:
    """Say to whom, how much, and what it costs, if that is theirs to know."""
    offer, locale = sending.offer, visitor()
    size = megabytes(max(one.dispatch.size_bytes for one in sending.outgoing))
    one, many = (text.replace("{size}", size) for text in (said.HOW_MUCH_ONE, said.HOW_MUCH_MANY))
    cost = said.COST_UNKNOWN
    if sending.estimate is not None:
        cost = said.COST_VALUE.format(money=say_range(sending.estimate, locale), to=sending.to)
    with tag("dl", classes="facts"):
        for term, value in (
            (said.TO, (said.TO_SECURE if offer.secure else said.TO_PLAIN).format(host=offer.host)),
            (said.HOW_MUCH, words.count(sending.wanted.headshots, one, many)),
            *([(said.COST, cost)] if here.may(Right.COSTS) else []),
            *([] if sending.left is None else [(LEFT, str(sending.left))]),
        ):
            tag("dt", term)
            tag("dd", value)


def _unfold(here: Visit, sending: Sending) -> None:
    """Give the description, every field, and the picture's fingerprint to whoever wants to know."""
    wanted = sending.wanted
    tag("hr")
    for look, one in zip(wanted.looks, sending.outgoing, strict=True):
        with tag("details", classes="unfold"):
            tag("summary", f"{said.PROMPT}: {styles.name(look)}" if len(wanted.looks) > 1 else said.PROMPT)
            tag("pre", one.prompt, tabindex="0")
    dispatch = sending.outgoing[0].dispatch
    with tag("details", classes="unfold"):
        tag("summary", said.FIELDS)
        tag("p", said.FIELDS_TEXT.format(model=dispatch.model, fields=", ".join(dispatch.fields)), "fine")
        for sha in dict.fromkeys(sha for one in sending.outgoing for sha in one.dispatch.pictures):
            tag("p", said.FINGERPRINT.format(sha=sha), "fine sha")
    if here.may(Right.LEDGER):
        with tag("p", classes="fine"):
            link(said.LEFT_SO_FAR, "/sent", "")


def _answer(here: Visit, sending: Sending) -> None:
    """Two ways on: yes, or on this computer. The same order is placed once, whatever is pressed how often."""
    trouble = ui.column().classes("trouble")

    async def place(engine: EngineName) -> None:
        try:
            if engine is EngineName.OPENAI:
                if sending.offer.agreed_at and not (await here.offer()).agreed_at:
                    ui.navigate.reload()  # taken back in another window: the question comes first
                    return
                await here.check_allowance(sending.wanted.headshots)
                await here.agree_to_sending(sending.offer.host)
            await engine_choice.order(
                here, sending.photo, sending.wanted, engine=engine, order_id=sending.order_id
            )
        except PolicyChanged:
            go(welcome(sending.wanted.sending(sending.photo.id, sending.order_id)))
            return
        except HeadshotError as error:
            trouble.clear()
            with trouble, tag("div", role="alert"):
                title, what_to_do = told(error, is_owner=here.visitor.is_owner)
                note(f"{title}.", what_to_do)
            return
        go(f"/order/{sending.order_id}", instead=True)

    photos = 1 + len(sending.wanted.others)
    one, many = (said.SEND, said.SEND_MANY) if sending.offer.agreed_at else (said.YES, said.YES_MANY)
    yes = words.count(photos, *(text.replace("{to}", sending.to) for text in (one, many)))
    instead = words.count(len(sending.wanted.looks), said.INSTEAD, said.INSTEAD_MANY)
    is_over = sending.left is not None and sending.wanted.headshots > sending.left
    if is_over:
        title, advice = TOO_FEW_LEFT if sending.left else NONE_LEFT
        note(title.format(n=sending.left), advice)
    with tag("div", classes="actions after answer"):
        if not is_over:
            button(yes, lambda: place(EngineName.OPENAI), "button accent")
        button(there(instead, is_owner=here.visitor.is_owner), lambda: place(EngineName.ON_DEVICE))
    with tag("p", classes="fine after"):
        link(said.BACK_TO_LOOKS, sending.wanted.wall(sending.photo.id), "")
