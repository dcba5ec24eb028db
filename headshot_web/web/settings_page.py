"""The settings: appearance, where the pictures are, deleting everything, and about."""

from nicegui import ui
from nicegui.events import GenericEventArguments

from headshot_web import NAME, __version__, words, words_phones
from headshot_web import words_privacy as said
from headshot_web.access import Right
from headshot_web.paths import static_dir
from headshot_web.settings import Theme
from headshot_web.studio import Studio
from headshot_web.web import agreements, deleting, problem_report, provider_settings
from headshot_web.web.frame import frame, link, page, tag
from headshot_web.web.visiting import visit


class Choice(ui.element, component=static_dir() / "components" / "choice.js"):
    """A few words of which one is chosen."""

    def __init__(self, label: str, options: tuple[tuple[str, str], ...], value: str) -> None:
        super().__init__()
        self.props.update({"label": label, "options": options, "value": value})


def register(studio: Studio) -> None:
    """Register the settings."""

    @page("/settings", words.SETTINGS_HEADING)
    async def settings_page(emptied: bool = False) -> None:  # noqa: FBT001, FBT002 - of the address
        visit(studio).require(Right.SETTINGS)
        with frame(studio, "/settings"), tag("div", classes="reading"):
            tag("h1", words.SETTINGS_HEADING)
            if emptied:
                tag("p", said.DELETED_ALL, "note calm", role="status")
            _appearance(studio)
            await provider_settings.add(studio)
            with tag("section"):
                tag("h2", words_phones.SETTINGS_HEADING, "small")
                tag("p", words_phones.SETTINGS_TEXT)
                link(words_phones.START_LINK, "/phones", "")
            with tag("section"):
                tag("h2", words.SETTINGS_FOLDER, "small")
                with tag("p"):
                    tag("code", str(studio.settings.data_dir))
                tag("p", words.SETTINGS_FOLDER_TEXT, "fine")
            with tag("section"):
                tag("h2", words.SETTINGS_STORAGE, "small")
                tag("p", await _used(studio), role="status")
            agreements.add(studio)
            with tag("section", id="export"):
                deleting.take_along()
            with tag("section", id="delete"):
                tag("h2", words.SETTINGS_DELETE, "small")
                tag("p", said.SETTINGS_DELETE_TEXT)
                await deleting.ask_for_everything(studio)
                deleting.Keeping(studio)
            problem_report.add(studio)
            with tag("section"):
                tag("h2", words.SETTINGS_ABOUT, "small")
                tag("p", words.SETTINGS_ABOUT_TEXT.format(name=NAME, version=__version__))
                link(words.NAV_PRIVACY, "/privacy", "")


def _appearance(studio: Studio) -> None:
    """Choose light or dark; the page follows at once, the others when they are opened."""

    async def choose(event: GenericEventArguments) -> None:
        theme = Theme(event.args)
        await studio.choose_theme(theme)
        scheme = "light dark" if theme is Theme.AUTO else theme.value
        ui.run_javascript(f'document.documentElement.style.colorScheme = "{scheme}"')

    with tag("section"):
        tag("h2", words.SETTINGS_THEME, "small")
        Choice(words.SETTINGS_THEME, words.SETTINGS_THEMES, studio.settings.theme.value).on("choose", choose)


async def _used(studio: Studio) -> str:
    """Say how much room the pictures take."""
    storage = await studio.storage()
    return words.kept(storage.photos, storage.headshots, words.megabytes(storage.size_bytes))
