"""A headshot on paper by the booth's own browser, which prints without asking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from nicegui import ui
from nicegui.events import GenericEventArguments
from starlette.responses import Response

from headshot_web.model import Paper
from headshot_web.paths import static_dir
from headshot_web.web.answers import answering
from headshot_web.web.assets import asset

if TYPE_CHECKING:
    from headshot_web.print_desk import PrintDesk, Sheet


class PaperTray(ui.element, component=static_dir() / "components" / "booth_paper.js"):
    """Takes the sheets that the desk has for the browser, one after another."""

    def __init__(self, desk: PrintDesk) -> None:
        super().__init__()
        width, height = Paper.P4X6.inches
        self.props.update({"sheet": "", "copies": 1, "width": width, "height": height})
        self._desk = desk
        self.on("put", self._put)
        self.client.on_delete(desk.wait_for_sheets(self._take))

    def _take(self, sheet: Sheet) -> None:
        if not self.is_deleted:
            width, height = sheet.paper.inches
            self.props.update({"sheet": sheet.id, "copies": sheet.copies, "width": width, "height": height})
            self.update()

    def _put(self, event: GenericEventArguments) -> None:
        sheet, good = event.args
        self._desk.put(str(sheet), good=good is True)
        self.props["sheet"] = ""
        self.update()


def add(desk: PrintDesk) -> None:
    """Add the tray to the page that is being built."""
    ui.add_head_html(f'<link rel="stylesheet" href="{asset("booth_paper.css")}">')
    PaperTray(desk)


def register(app: FastAPI, desk: PrintDesk) -> None:
    """Add the route of the sheet that is being printed."""

    @app.get("/media/booth/sheet/{sheet}")
    @answering
    async def show(request: Request, sheet: str) -> Response:  # noqa: ARG001
        return Response(desk.sheet_to_print(sheet), media_type="image/jpeg")
