"""Where the app's files are: its private folder, and the files that came with it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from headshot_web.errors import FolderError, NotOurFolder

FOLDER_MODE = 0o700
FILE_MODE = 0o600
ERROR_FILE = "last-error.txt"
_THING = re.compile(r"[0-9a-f]{32}|\..*")


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

    @property
    def keys(self) -> Path:
        """The keys for providers, where the system has no keyring that encrypts."""
        return self.root / "keys.json"

    @property
    def prices(self) -> Path:
        """What the person changed of the models and their prices, as TOML."""
        return self.root / "openai_models.toml"

    def prepare(self) -> None:
        """Make the folders, private to this user; raises `NotOurFolder` or another `FolderError`."""
        try:
            if self._holds_other_things():
                raise NotOurFolder
            for folder in (self.root, self.photos, self.headshots, self.answers, self.scratch):
                if folder.is_symlink() and folder != self.root:
                    raise FolderError
                folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
                if os.name == "posix":
                    folder.chmod(FOLDER_MODE)
        except OSError as error:
            raise FolderError from error

    def _holds_other_things(self) -> bool:
        """Say whether this is somebody else's folder, where “photos” and “tmp” are not ours to empty."""
        if not self.root.is_dir() or self.index.exists() or self.lock.exists():
            return False
        shelves = (self.photos, self.headshots, self.answers)
        own = {*shelves, self.scratch, self.settings, self.keys, self.prices, self.root / ERROR_FILE}
        there = [path for path in self.root.iterdir() if not path.name.startswith(".")]
        inside = [path for shelf in shelves if shelf.is_dir() for path in shelf.iterdir()]
        swept = self.scratch.is_dir() and not self.answers.is_dir() and any(self.scratch.iterdir())
        return swept or not own.issuperset(there) or not all(_THING.fullmatch(path.name) for path in inside)
