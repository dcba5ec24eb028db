"""The settings: appearance, where the pictures are, deleting everything, and about."""

from nicegui import ui
from nicegui.events import GenericEventArguments

from headshot_web import NAME, __version__, words
from headshot_web.paths import static_dir
from headshot_web.settings import Theme
from headshot_web.studio import Studio
from headshot_web.web import provider_settings
from headshot_web.web.frame import Ask, frame, link, page, tag


class Choice(ui.element, component=static_dir() / "components" / "choice.js"):
    """A few words of which one is chosen."""

    def __init__(self, label: str, options: tuple[tuple[str, str], ...], value: str) -> None:
        super().__init__()
        self.props.update({"label": label, "options": options, "value": value})


def register(studio: Studio) -> None:
    """Register the settings."""

    @page("/settings", words.SETTINGS_HEADING)
    async def settings_page() -> None:
        with frame(studio, "/settings"), tag("div", classes="reading"):
            tag("h1", words.SETTINGS_HEADING)
            _appearance(studio)
            await provider_settings.add(studio)
            with tag("section"):
                tag("h2", words.SETTINGS_FOLDER, "small")
                with tag("p"):
                    tag("code", str(studio.settings.data_dir))
                tag("p", words.SETTINGS_FOLDER_TEXT, "fine")
            with tag("section"):
                tag("h2", words.SETTINGS_STORAGE, "small")
                used = tag("p", await _used(studio), role="status")
            with tag("section"):
                tag("h2", words.SETTINGS_DELETE, "small")
                tag("p", words.SETTINGS_DELETE_TEXT)

                async def forget() -> None:
                    await studio.forget_everything()
                    used.text = f"{words.DELETED_ALL} {await _used(studio)}"

                Ask(words.DELETE_ALL, _ASKED, forget, word=words.DELETE_ALL_WORD)
            with tag("section"):
                tag("h2", words.SETTINGS_ABOUT, "small")
                tag("p", words.SETTINGS_ABOUT_TEXT.format(name=NAME, version=__version__))
                link(words.NAV_PRIVACY, "/privacy", "")


_ASKED = {
    "title": words.DELETE_ALL_TITLE,
    "text": words.DELETE_ALL_TEXT,
    "confirm": words.DELETE_ALL,
}


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
