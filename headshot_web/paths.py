"""Where the app's files are: its private folder, and the files that came with it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from headshot_web.errors import FolderError

FOLDER_MODE = 0o700
FILE_MODE = 0o600


def default_data_dir() -> Path:
    """Return the folder this operating system keeps an app's private data in; nothing is made."""
    return platformdirs.user_data_path("headshot-web", appauthor=False)


def static_dir() -> Path:
    """Return the folder of css, js and icons: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "static"
    return inside if inside.is_dir() else package.parent / "static"


def models_dir() -> Path:
    """Return the folder of the two networks."""
    return Path(__file__).resolve().parent / "models"


@dataclass(frozen=True, slots=True)
class Folders:
    """The app folder and what lies where in it."""

    root: Path

    @property
    def photos(self) -> Path:
        """One folder a photo: the working picture and its thumbnail."""
        return self.root / "photos"

    @property
    def headshots(self) -> Path:
        """One folder a headshot: the master, its thumbnail and the small JSON beside it."""
        return self.root / "headshots"

    @property
    def answers(self) -> Path:
        """What engines gave back and was not read yet, one file a job."""
        return self.root / "answers"

    @property
    def scratch(self) -> Path:
        """Half-written files; emptied at every start."""
        return self.root / "tmp"

    @property
    def index(self) -> Path:
        """The SQLite index."""
        return self.root / "index.sqlite3"

    @property
    def lock(self) -> Path:
        """The lock by which a second instance knows of the first."""
        return self.root / "lock"

    @property
    def settings(self) -> Path:
        """What the person chose, as TOML."""
        return self.root / "settings.toml"

    def prepare(self) -> None:
        """Make the folders, private to this user; raises `FolderError`."""
        try:
            for folder in (self.root, self.photos, self.headshots, self.answers, self.scratch):
                folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
                if os.name == "posix":
                    folder.chmod(FOLDER_MODE)
        except OSError as error:
            raise FolderError from error
