"""Using a phone: the owner's page for letting phones in, and for what guests may do."""

from nicegui import ui
from nicegui.events import GenericEventArguments

from headshot_web import words_phones as said
from headshot_web.access import Right
from headshot_web.errors import HeadshotError
from headshot_web.paths import static_dir
from headshot_web.studio import Studio
from headshot_web.web.assets import asset
from headshot_web.web.frame import PHONES, frame, page, tag
from headshot_web.web.house_rules import HouseRules
from headshot_web.web.lan import Lan
from headshot_web.web.reception import Reception
from headshot_web.web.visiting import visit

PATH = PHONES


class Rules(ui.element, component=static_dir() / "components" / "phonerules.js"):
    """The choices; each is kept as soon as it is made."""

    def __init__(self, rules: HouseRules) -> None:
        super().__init__()
        self._rules = rules
        self.props.update({"words": said.PAGE, "news": {}})
        self.on("choose", self._choose)

    async def show(self, **news: str) -> None:
        """Show what counts now."""
        self.props.update(await self._rules.shown())
        self.props["news"] = news
        self.update()

    async def _choose(self, event: GenericEventArguments) -> None:
        name, value = event.args
        try:
            good = await self._rules.choose(str(name), value)
        except HeadshotError as error:
            await self.show(title=f"{error.title}.", advice=error.advice)
            return
        await self.show(good=good)


def register(studio: Studio, lan: Lan) -> None:
    """Register the page."""
    watching: set[str] = set()

    @page(PATH, said.HEADING)
    async def phones_page() -> None:
        visit(studio).require(Right.PHONES)
        ui.add_head_html(f'<link rel="stylesheet" href="{asset("phones.css")}">')
        with frame(studio, PATH):
            reception = Reception(studio, lan, watching)
            await reception.show()
            with tag("section", classes="rules-part"):
                tag("h2", said.RULES_HEADING)
                tag("p", said.RULES_TEXT, "soft")
                await Rules(HouseRules(studio, lan)).show()
            reception.begin()
