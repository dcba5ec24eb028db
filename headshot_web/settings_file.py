"""The file of what the person chose in the settings page; whatever else is written in it stays."""

from __future__ import annotations

import re

from headshot_web.errors import FolderError
from headshot_web.paths import Folders
from headshot_web.settings import Theme
from headshot_web.shelves import replace_file


def keep_theme(folders: Folders, theme: Theme) -> None:
    """Write the theme into settings.toml; raises `DiskFull` or `FolderError`."""
    try:
        text = folders.settings.read_text("utf-8") if folders.settings.exists() else ""
    except (OSError, ValueError) as error:
        raise FolderError from error
    line = f'theme = "{theme.value}"\n'
    text, replaced = re.subn(r"(?m)^theme[ \t]*=.*\n?", line, text, count=1)
    replace_file(folders.settings, (text if replaced else line + text).encode(), folders.scratch)
