"""The looks: every one on the person's own photo, and who makes the headshots."""

import uuid

from nicegui import ui
from nicegui.events import GenericEventArguments

from headshot_web import styles, words
from headshot_web.access import Right
from headshot_web.errors import HeadshotError, PolicyChanged
from headshot_web.model import EngineName, OrderId, Photo, PhotoId
from headshot_web.paths import static_dir
from headshot_web.studio import Studio
from headshot_web.visit import Visit
from headshot_web.web import engine_choice
from headshot_web.web.amounts import visitor
from headshot_web.web.frame import frame, go, link, missing, page, tag
from headshot_web.web.telling import told
from headshot_web.web.threshold import welcome
from headshot_web.web.visiting import visit
from headshot_web.web.wanted import Wanted
from headshot_web.words_guests import all_there, there

SECONDS_TO_BEGIN = 1.0
SECONDS_EACH = 0.4
"""Measured from the press to the finished page on two busy cores; said as “about” and rounded up."""


class Looks(ui.element, component=static_dir() / "components" / "looks.js"):
    """The wall of looks, the wishes, who makes them, and the bar that does."""

    def __init__(self, photo: Photo, who: dict[str, object], *, is_owner: bool) -> None:
        super().__init__()
        self._is_owner = is_owner
        looks = [
            {
                "id": look.id,
                "name": look.name,
                "audience": look.audience,
                "group": look.group,
                "color": look.recipe.backdrop.color,
                "attire": look.attire,
                "keeps": look.keeps_clothes,
            }
            for look in styles.catalogue()
        ]
        self.props.update(
            {
                "words": all_there(words.LOOKS, is_owner=is_owner),
                "photo": photo.id,
                "looks": looks,
                "shapes": words.SHAPES,
                "backdrops": words.BACKDROPS,
                "seconds": [SECONDS_TO_BEGIN, SECONDS_EACH],
                "problem": {},
                "who": who,
                "price": {},
            }
        )

    def refuse(self, error: HeadshotError) -> None:
        """Say why nothing was ordered; what was chosen stays chosen."""
        title, what_to_do = told(error, is_owner=self._is_owner)
        self.show(problem={"title": title, "advice": what_to_do})

    def show(self, **what: object) -> None:
        """Show something new."""
        self.props.update(what)
        self.update()


class Choosing:
    """One visitor's choice of looks, on one opened page: it orders once, however often it is pressed."""

    def __init__(self, studio: Studio, here: Visit, photo: Photo, looks: Looks) -> None:
        self.studio = studio
        self.here = here
        self.photo = photo
        self.looks = looks
        self.locale = visitor()
        self.order_id = OrderId(uuid.uuid4().hex)
        self._turn = 0

    async def price(self, event: GenericEventArguments) -> None:
        """Say what the choice would cost, and whether the budget allows it.

        Only the latest is answered: what is asked before the page is connected may come in any order.
        """
        turn = int(event.args["turn"])
        if turn < self._turn:
            return
        self._turn = turn
        try:
            price = await engine_choice.price(self.here, self.photo, Wanted.read(event.args), self.locale)
        except HeadshotError as error:
            self.looks.refuse(error)
            return
        if turn == self._turn:
            self.looks.show(price={**price, "asked": event.args["asked"]}, problem={})

    async def keep_key(self, event: GenericEventArguments) -> None:
        """Keep the key that was pasted; it never comes back."""
        try:
            self.here.require(Right.SETTINGS)
            await self.studio.desk.keep_key(str(event.args))
        except HeadshotError as error:
            self.looks.refuse(error)
            return
        self.looks.show(who=await engine_choice.who(self.studio, self.here, self.photo), problem={})

    async def make(self, event: GenericEventArguments) -> None:
        """Order what was chosen; before the first photo leaves, it is shown, and the yes is asked for."""
        try:
            wanted = Wanted.read(event.args)
            sends = event.args.get("by") == "provider"
            if sends and (await self.here.offer()).agreed_at is None:
                go(wanted.sending(self.photo.id, self.order_id))
                return
            engine = EngineName.OPENAI if sends else EngineName.ON_DEVICE
            await engine_choice.order(self.here, self.photo, wanted, engine=engine, order_id=self.order_id)
        except PolicyChanged:
            go(welcome(wanted.sending(self.photo.id, self.order_id)))
            return
        except HeadshotError as error:
            self.looks.show(who=await engine_choice.who(self.studio, self.here, self.photo))
            self.looks.refuse(error)
            return
        go(f"/order/{self.order_id}")

    def see(self, event: GenericEventArguments) -> None:
        """Show what would be sent, also to those who said yes long ago."""
        try:
            go(Wanted.read(event.args).sending(self.photo.id, self.order_id))
        except HeadshotError as error:
            self.looks.refuse(error)


def register(studio: Studio) -> None:
    """Register the page of looks."""

    @page("/photo/{photo_id}/looks", words.LOOKS["looks"])
    async def looks_page(photo_id: str) -> None:
        here = visit(studio)
        try:
            photo = await here.photo(PhotoId(photo_id))
        except HeadshotError as error:
            missing(studio, error)
            return
        who = await engine_choice.who(studio, here, photo)
        with frame(studio, "/"):
            with tag("div", classes="looks-head"):
                with tag("div"):
                    tag("h1", words.LOOKS_HEADING)
                    tag("p", there(words.LOOKS_LEAD, is_owner=here.visitor.is_owner), "soft")
                with link("", f"/photo/{photo.id}", "", aria_label=words.LOOKS["photo"]):
                    tag("img", src=f"/media/photo/{photo.id}/thumbnail", alt="")
            looks = Looks(photo, who, is_owner=here.visitor.is_owner)
        choosing = Choosing(studio, here, photo, looks)
        looks.on("price", choosing.price)
        looks.on("key", choosing.keep_key)
        looks.on("make", choosing.make)
        looks.on("see", choosing.see)
