"""The booth's screen: one page on which a guest goes the whole way, by touch alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from nicegui import background_tasks, ui
from nicegui.events import GenericEventArguments
from starlette.responses import RedirectResponse, Response

from headshot_web import signals
from headshot_web import words_booth as said
from headshot_web.booth import BoothKeeper
from headshot_web.model import HeadshotId, Role, StyleId
from headshot_web.paths import static_dir
from headshot_web.signals import VisitId
from headshot_web.web.assets import asset
from headshot_web.web.booth_view import setting, view
from headshot_web.web.visiting import visit, visitor_of

REFRESH_S: Final = 1.0
"""How often the time left is said anew."""

Touched = Callable[[VisitId, Mapping[str, Any]], signals.Signal]

_TOUCHES: Final[Mapping[str, Touched]] = {
    "stay": lambda visit, _: signals.Touch(visit=visit),
    "back": lambda visit, _: signals.Back(visit=visit),
    "agree": lambda visit, more: signals.Agree(visit=visit, keep=more.get("keep") is True),
    "shot": lambda visit, _: signals.Shot(visit=visit),
    "again": lambda visit, _: signals.Again(visit=visit),
    "cancel": lambda visit, _: signals.Cancel(visit=visit),
    "share": lambda visit, _: signals.Share(visit=visit),
    "another": lambda visit, _: signals.Another(visit=visit),
    "see": lambda visit, more: signals.See(visit=visit, headshot=HeadshotId(str(more.get("headshot")))),
    "take": lambda visit, _: signals.Take(visit=visit),
    "print": lambda visit, more: signals.Print(visit=visit, copies=_number(more.get("copies"))),
    "leave": lambda visit, _: signals.Leave(visit=visit),
    "returned": lambda visit, _: signals.Returned(visit=visit),
}


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 1


class Seat:
    """The one window that is the booth's; the latest takes it from the one before."""

    def __init__(self) -> None:
        self._screen: Screen | None = None

    def take(self, screen: Screen) -> None:
        """Sit down; whoever sat here is told."""
        before, self._screen = self._screen, screen
        if before is not None and before is not screen:
            before.stand_up()

    def is_of(self, screen: Screen) -> bool:
        """Whether this window has the seat."""
        return self._screen is screen

    def leave(self, screen: Screen) -> None:
        """Let the seat be free."""
        if self._screen is screen:
            self._screen = None


class Screen(ui.element, component=static_dir() / "components" / "booth.js"):
    """All that a guest sees and touches; what they touch goes to the booth, named by their visit."""

    def __init__(self, keeper: BoothKeeper, seat: Seat, to: str) -> None:
        super().__init__()
        self._keeper = keeper
        self._seat = seat
        self._to = to
        self.props["words"] = said.SCREEN
        self.props["fine"] = said.CLOSED_FINE
        self.on("touch", self._touched)
        self.on("camera", self._camera)
        self.on("seat", self._sit, args=[])

    def open(self) -> None:
        """Take the seat, and show how the booth stands."""
        self._seat.take(self)
        if self._keeper.state.visit:
            self._keeper.touch(signals.Returned(visit=self._keeper.state.visit))
        self.show()

    def show(self) -> None:
        """Show how the booth stands now."""
        if self._seat.is_of(self):
            self._put(setting=setting(self._keeper, self._to), view=view(self._keeper, self._to))

    def stand_up(self) -> None:
        """Say that another window is the booth now."""
        self._put(setting=setting(self._keeper, self._to), view={"step": "elsewhere", "visit": ""})

    def _put(self, **what: object) -> None:
        """Send only what is new: a booth stands open for days."""
        if any(self.props.get(name) != value for name, value in what.items()):
            self.props.update(what)
            self.update()

    def _sit(self) -> None:
        self.open()

    async def _touched(self, event: GenericEventArguments) -> None:
        said_ = event.args if isinstance(event.args, dict) else {}
        if not self._seat.is_of(self):
            return
        kind, visit = str(said_.get("kind")), VisitId(str(said_.get("visit", "")))
        if kind == "begin":
            self._keeper.begin()
        elif kind == "choose":
            await self._keeper.choose(visit, StyleId(str(said_.get("style"))))
        elif kind in _TOUCHES:
            self._keeper.touch(_TOUCHES[kind](visit, said_))

    def _camera(self, event: GenericEventArguments) -> None:
        if self._seat.is_of(self) and isinstance(event.args, dict):
            self._keeper.camera(missing=event.args.get("missing") is True)


def register(keeper: BoothKeeper, beside: Callable[[], object] = lambda: None) -> None:
    """Register the booth's page, in place of the first one; `beside` adds what else lies on it, unseen."""
    seat = Seat()

    @ui.page("/", title=said.TITLE)
    async def booth_page() -> Response | None:
        if visitor_of(ui.context.client.request.scope).role is not Role.BOOTH:
            # A guest's phone has pictures; one without any is the operator's own.
            own = await visit(keeper.studio).photos()
            return RedirectResponse("/gallery" if own else "/operator", 303)
        ui.add_head_html(f'<link rel="stylesheet" href="{asset("booth.css")}">')
        offer = await keeper.studio.desk.offer()
        to = said.OPENAI if offer.is_openai or not offer.host else said.OWN_SERVER
        screen = Screen(keeper, seat, to)
        beside()
        screen.open()
        client = ui.context.client
        client.on_delete(keeper.subscribe(lambda: _shown(screen)))
        client.on_delete(lambda: seat.leave(screen))
        with screen:
            ui.timer(REFRESH_S, screen.show)
        return None


def _shown(screen: Screen) -> None:
    """Show what is new, once in a turn of the loop however much happened in it."""
    if not screen.is_deleted:
        with screen:
            background_tasks.create_lazy(_soon(screen), name=f"booth {screen.id}")


async def _soon(screen: Screen) -> None:
    screen.show()
