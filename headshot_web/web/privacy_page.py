"""How this works, and where a photo goes: short, dated, and true."""

from headshot_web import words
from headshot_web import words_openai as said
from headshot_web.studio import Studio
from headshot_web.web.frame import frame, link, page, tag


def register(studio: Studio) -> None:
    """Register the page on how this works."""

    @page("/privacy", words.NAV_PRIVACY)
    def privacy_page() -> None:
        with frame(studio, "/privacy"), tag("article", classes="reading"):
            tag("p", words.PRIVACY_UPDATED, "fine")
            tag("h1", words.PRIVACY_HEADING)
            tag("p", words.PRIVACY_LEAD, "lead")
            for title, paragraphs in words.privacy():
                with tag("section"):
                    tag("h2", title, "small")
                    for text in paragraphs:
                        _paragraph(text, str(studio.settings.data_dir))
            with tag("section"):
                link(said.SENT_TITLE, "/sent", "button")


def _paragraph(text: str, folder: str) -> None:
    """Add a paragraph; the folder is shown as what it is, a path."""
    before, found, after = text.partition("{folder}")
    with tag("p"):
        tag("span", before)
        if found:
            tag("code", folder)
            tag("span", after)
