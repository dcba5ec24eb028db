"""The operator's pages, behind the PIN: how the booth is, what its event is set to, and its end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

from nicegui import ui
from nicegui.events import GenericEventArguments

from headshot_web import words_operator as said
from headshot_web.backstage import Backstage, Leftover
from headshot_web.errors import HeadshotError, OperatorOnly, PinRests
from headshot_web.finishing import firmly
from headshot_web.paths import static_dir
from headshot_web.web import operator_media, qr
from headshot_web.web.amounts import visitor
from headshot_web.web.assets import asset
from headshot_web.web.frame import frame, page
from headshot_web.web.operator_changes import parts
from headshot_web.web.operator_view import looks, now, receipt, setting
from headshot_web.web.sessions import SCOPE_KEY

PATH: Final = "/operator"
REFRESH_S: Final = 2.0
News = dict[str, Any]
Hear = Callable[[GenericEventArguments], Awaitable[None]]


class PinPad(ui.element, component=static_dir() / "components" / "pinpad.js"):
    """Digits to touch or type; what is typed is never shown and never kept."""

    def __init__(self, backstage: Backstage, session: str | None) -> None:
        super().__init__()
        self._backstage = backstage
        self._operators = backstage.operators
        self._session = session
        self.props.update({"words": said.PAD, "first": not self._operators.pin.is_set})
        self.props.update({"news": {}, "rests": self._operators.pin.rests_s})
        self.on("pin", self._typed)

    async def _typed(self, event: GenericEventArguments) -> None:
        digits = str(event.args)
        first = bool(self.props["first"])
        try:
            await (self._operators.choose if first else self._operators.enter)(self._session, digits)
            if first:
                await self._backstage.look()
        except HeadshotError as error:
            self.props["news"] = {"title": error.title, "advice": error.advice}
            self.props["rests"] = error.wait_s if isinstance(error, PinRests) else 0
            self.update()
            return
        ui.navigate.to(PATH)


class Desk(ui.element, component=static_dir() / "components" / "operator.js"):
    """Everything behind the PIN, as one page with a few sections."""

    def __init__(self, backstage: Backstage, session: str | None, locale: str, *, here: bool) -> None:
        """Show it to one browser; `here` is whether that is on the booth's own computer."""
        super().__init__()
        self._backstage = backstage
        self._session = session
        self._locale = locale
        self._here = here
        self._turn = 0
        self.props.update({"words": said.PAGE, "looks": looks(), "here": here, "news": {}, "receipt": {}})
        self.props.update({"printers": [], "now": {}, "code": ""})
        for name in ("change", "rest", "phones", "code", "end", "pin", "lock", "quit", "save", "look"):
            self.on(name, self._heard(getattr(self, f"_{name}")))

    async def show(self, **news: Any) -> None:  # noqa: ANN401 - what came of the latest press
        """Show how everything is now, and what came of the latest press."""
        self.props["setting"] = setting(self._backstage.events.current)
        self.props["now"] = await now(self._backstage, self._locale)
        if news:
            self._turn += 1
            self.props["news"] = {**news, "turn": self._turn}
        self.update()

    async def refresh(self) -> None:
        """Look again; and once the PIN is to be asked for, ask for it."""
        if not self._backstage.operators.is_open(self._session):
            ui.navigate.to(PATH)
            return
        fresh = await now(self._backstage, self._locale)
        if fresh != self.props["now"]:
            self.props["now"] = fresh
            self.update()

    async def list_printers(self) -> None:
        """Ask the print service once what there is."""
        self.props["printers"] = list(await self._backstage.desk.printers.names())

    def _heard(
        self, act: Callable[[Any], Awaitable[News]]
    ) -> Callable[[GenericEventArguments], Awaitable[None]]:
        async def hear(event: GenericEventArguments) -> None:
            about = act.__name__.removeprefix("_")
            if about == "change" and isinstance(event.args, dict):
                about = str(event.args.get("name"))
            try:
                self._backstage.operators.use(self._session)
                news = await act(event.args)
            except OperatorOnly:
                ui.navigate.to(PATH)
                return
            except HeadshotError as error:
                news = {"title": error.title, "advice": error.advice}
            await self.show(**{"about": about, **news})

        return hear

    async def _change(self, change: dict[str, Any]) -> News:
        name, value = str(change.get("name")), change.get("value")
        await firmly(self._backstage.events.revise, lambda event: parts(event, name, value))
        return {"good": said.PAGE["saved"]}

    async def _rest(self, closed: bool) -> News:  # noqa: FBT001 - of the page
        await self._backstage.close_booth(closed=closed is True)
        return {"good": said.PAGE["saved"]}

    async def _phones(self, wanted: bool) -> News:  # noqa: FBT001 - of the page
        network = self._backstage.network
        if network is not None:
            await (network.open() if wanted is True else network.close())
        return {"good": said.PAGE["saved"]}

    async def _code(self, _nothing: object) -> News:
        """Show a code for the operator's own phone, where these pages wait behind the PIN too."""
        network = self._backstage.network
        code = await network.invite_operator() if network is not None else None
        self.props["code"] = qr.svg(code.url, label=said.PAGE["own_phone"]) if code else ""
        return {}

    async def _end(self, also: list[str]) -> News:
        chosen = [one for one in Leftover if isinstance(also, list) and one.value in also]
        self.props["receipt"] = receipt(await self._backstage.end_event(chosen), self._locale)
        return {"good": said.PAGE["ended"]}

    async def _pin(self, typed: dict[str, str]) -> News:
        old, new = str(typed.get("old", "")), str(typed.get("new", ""))
        await self._backstage.operators.change(self._session, old, new)
        return {"good": said.PAGE["pin_changed"]}

    async def _lock(self, _nothing: object) -> News:
        """Lock these pages; on the booth's own screen the guests' page comes back."""
        self._backstage.operators.lock(self._session)
        if not self._here:
            raise OperatorOnly
        ui.navigate.to("/")
        await self._backstage.show_booth()
        return {}

    async def _quit(self, _nothing: object) -> News:
        self._backstage.quit()
        return {}

    async def _save(self, what: str) -> News:
        if what == "numbers":
            name, data = operator_media.NUMBERS_FILE, await self._backstage.counters_csv()
        else:
            name, data = operator_media.EVENT_FILE, self._backstage.events.current.written()
        path = await self._backstage.save_here(operator_media.file_name(name), data)
        return {"about": what, "good": said.PAGE["saved_as"].format(path=path)}

    async def _look(self, _nothing: object) -> News:
        """Look at what came by another way: a logo or a file."""
        return {"good": said.PAGE["saved"]}


def register(backstage: Backstage) -> None:
    """Register the page."""

    @page(PATH, said.TITLE)
    async def operator_page() -> None:
        client = ui.context.client
        scope = client.request.scope if client.request is not None else {}
        session = scope.get(SCOPE_KEY)
        ui.add_head_html(f'<link rel="stylesheet" href="{asset("operator.css")}">')
        with frame(backstage.studio, bare=True):
            if not backstage.operators.is_open(session):
                PinPad(backstage, session)
                return
            desk = Desk(backstage, session, visitor(), here=_is_here(scope))
            await desk.list_printers()
            await desk.show()
            ui.timer(REFRESH_S, desk.refresh)


def _is_here(scope: Any) -> bool:  # noqa: ANN401 - as Starlette has it
    """Whether a page is open on this very computer."""
    return (scope.get("client") or ("",))[0] in ("127.0.0.1", "::1")
