"""Where the app's files are: its private folder, and the files that came with it."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from headshot_web.errors import FolderError, LinkInside, NotOurFolder, OthersCanWrite

FOLDER_MODE = 0o700
FILE_MODE = 0o600
LOG_FILE = "headshot-web.log"
MOST_LINKS = 40
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
    def logs(self) -> Path:
        """The log and its predecessors."""
        return self.root / "log"

    @property
    def log(self) -> Path:
        """The log that is written now."""
        return self.logs / LOG_FILE

    @property
    def index(self) -> Path:
        """The SQLite index."""
        return self.root / "index.sqlite3"

    @property
    def half_made(self) -> Path:
        """An index that is being made anew."""
        return self.root / "index-half-made.sqlite3"

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

    @property
    def booth(self) -> Path:
        """What belongs to the photo booth: its event, its PIN, and its browser's own profile."""
        return self.root / "booth"

    @property
    def event(self) -> Path:
        """What the operator set for the booth's event, as TOML."""
        return self.booth / "event.toml"

    @property
    def pin(self) -> Path:
        """What a PIN is known by, and how often it was tried."""
        return self.booth / "pin.json"

    @property
    def kiosk_profile(self) -> Path:
        """The booth browser's own profile; emptied at the start and at the end."""
        return self.booth / "browser"

    @property
    def phone_authority(self) -> Path:
        """The key and certificate by which this computer vouches for its own addresses, for phones."""
        return self.root / "phones-authority.pem"

    @property
    def phone_certificate(self) -> Path:
        """The key and certificate of the address that phones open."""
        return self.root / "phones-certificate.pem"

    @property
    def left_over(self) -> tuple[Path, ...]:
        """What earlier versions wrote, and nothing reads any more."""
        return (self.root / "last-error.txt",)

    def prepare(self) -> None:
        """Make the folders, private to this user.

        Raises `NotOurFolder`, `OthersCanWrite`, `LinkInside` or another `FolderError`.
        """
        try:
            _distrust(self.root)
            if self._holds_other_things():
                raise NotOurFolder
            folders = (self.root, self.photos, self.headshots, self.answers, self.scratch, self.logs)
            if any(path.is_symlink() for path in (*folders[1:], *self._files)):
                raise LinkInside
            for folder in folders:
                folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
                if os.name == "posix":
                    folder.chmod(FOLDER_MODE)
        except OSError as error:
            raise FolderError from error

    @property
    def _files(self) -> tuple[Path, ...]:
        """The files that lie in the folder itself, and the booth's."""
        sqlite = (self.index.with_name(f"{self.index.name}-{part}") for part in ("wal", "shm", "journal"))
        booth = (self.booth, self.event, self.pin, self.kiosk_profile)
        return (self.index, *sqlite, self.lock, self.log, *self._chosen, *booth)

    @property
    def _chosen(self) -> tuple[Path, ...]:
        """What was set, and the keys."""
        certificates = (self.phone_authority, self.phone_certificate)
        return (self.settings, self.keys, self.prices, *certificates)

    def _holds_other_things(self) -> bool:
        """Say whether this is somebody else's folder, where “photos” and “tmp” are not ours to empty."""
        if not self.root.is_dir() or self.index.exists() or self.lock.exists():
            return False
        shelves = (self.photos, self.headshots, self.answers)
        own = {*shelves, self.scratch, self.logs, *self._chosen, self.booth}
        there = [path for path in self.root.iterdir() if not path.name.startswith(".")]
        inside = [path for shelf in shelves if shelf.is_dir() for path in shelf.iterdir()]
        strange = [path for path in inside if not _THING.fullmatch(path.name)]
        if self.logs.is_dir():
            strange += [path for path in self.logs.iterdir() if not path.name.startswith((LOG_FILE, "."))]
        swept = self.scratch.is_dir() and not self.answers.is_dir() and any(self.scratch.iterdir())
        return swept or not own.issuperset(there) or bool(strange)


def _distrust(root: Path) -> None:
    """Refuse a folder in which others could have put something, and a way to it that others laid."""
    if os.name != "posix":
        return
    _follow(Path(os.path.abspath(root)))  # noqa: PTH100 - `resolve` would follow the links to be judged
    try:
        found = root.stat()
    except FileNotFoundError:
        return
    if found.st_uid != os.geteuid():
        raise OthersCanWrite
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        if any(root.iterdir()):
            raise OthersCanWrite
        root.chmod(FOLDER_MODE)  # still empty, so that nobody was there before us
        if any(root.iterdir()):
            raise OthersCanWrite


def _follow(path: Path, links: int = 0) -> None:
    """Go along a path, one link after the other, and refuse a link that somebody else laid."""
    place = Path(path.anchor)
    for number, part in enumerate(path.parts[1:], start=2):
        if part == "..":
            place = place.parent
            continue
        place /= part
        if not place.is_symlink():
            continue
        if links == MOST_LINKS or place.lstat().st_uid not in (0, os.geteuid()):
            raise OthersCanWrite
        target = Path(os.path.normpath(place.parent / place.readlink()))
        return _follow(target.joinpath(*path.parts[number:]), links + 1)
    return None
