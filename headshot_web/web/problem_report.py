"""A report of a problem: a text to read and to copy; nothing is sent."""

import asyncio

from nicegui import ui

from headshot_web import words_privacy as said
from headshot_web.paths import static_dir
from headshot_web.studio import Studio
from headshot_web.web.frame import tag


class ProblemReport(ui.element, component=static_dir() / "components" / "report.js"):
    """The button that writes the report, the report, and the button that copies it."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self.props.update({"words": said.REPORT, "text": ""})
        self.on("write", self._write, args=[])

    async def _write(self) -> None:
        from headshot_web import report  # noqa: PLC0415 - it brings the doctor, who is seldom needed

        text = await asyncio.to_thread(report.compose, self._studio.settings, self._studio.desk.keys)
        self.props["text"] = text
        self.update()


def add(studio: Studio) -> None:
    """Add the section."""
    with tag("section", id="report"):
        tag("h2", said.REPORT["heading"], "small")
        tag("p", said.REPORT["text"].format(contact=studio.settings.contact))
        ProblemReport(studio)
