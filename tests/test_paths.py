"""Which folder the app takes, which it refuses, and that nothing of it is open to others."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import keyring
import pytest
from keyring.backends import fail

from headshot_web import logbook
from headshot_web.errors import FolderError, LinkInside, OthersCanWrite
from headshot_web.library import Library
from headshot_web.model import EngineName, Export
from headshot_web.paths import Folders
from headshot_web.settings import Settings, Theme
from tests.fake_engine import developed
from tests.openai_server import OpenAIServer
from tests.test_library import posix
from tests.test_provenance import made, studio_before

pytestmark = posix
STRANGER = 54_321

only_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can make things that belong to others"
)


@pytest.fixture
def no_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())
    yield
    keyring.set_keyring(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


class TestOthers:
    @pytest.mark.parametrize("open_to", [0o777, 0o775, 0o1777, 0o722])
    def test_a_folder_that_others_can_write_is_refused_and_left_as_it_was(
        self, tmp_path: Path, open_to: int
    ) -> None:
        folders = Folders(tmp_path / "app")
        with closing(Library.open(folders)) as library:
            library.keep_photo(developed())
        folders.root.chmod(open_to)
        names = sorted(folders.root.rglob("*"))
        with pytest.raises(OthersCanWrite):
            Library.open(folders)
        assert sorted(folders.root.rglob("*")) == names
        assert folders.root.stat().st_mode & 0o7777 == open_to
        folders.root.chmod(0o755)
        Library.open(folders).close()
        assert mode(folders.root) == 0o700

    def test_an_empty_one_is_closed_to_them_and_taken(self, tmp_path: Path) -> None:
        folders = Folders(tmp_path / "app")
        folders.root.mkdir()
        folders.root.chmod(0o777)
        Library.open(folders).close()
        assert mode(folders.root) == 0o700

    @only_root
    def test_a_folder_of_somebody_else_is_refused(self, tmp_path: Path) -> None:
        folders = Folders(tmp_path / "app")
        folders.root.mkdir(mode=0o700)
        os.chown(folders.root, STRANGER, STRANGER)
        with pytest.raises(OthersCanWrite):
            folders.prepare()
        assert list(folders.root.iterdir()) == []


class TestLinks:
    @only_root
    @pytest.mark.parametrize("where", ["the folder", "on the way", "behind an own one", "to nothing yet"])
    def test_a_link_of_somebody_else_is_not_followed(self, tmp_path: Path, where: str) -> None:
        target = tmp_path / "target"
        if where != "to nothing yet":
            (target / "app").mkdir(mode=0o700, parents=True)
        theirs, root = tmp_path / "theirs", tmp_path / "theirs"
        theirs.symlink_to("target/app" if where == "the folder" else "target")
        os.lchown(theirs, STRANGER, STRANGER)
        if where == "on the way":
            root = theirs / "app"
        elif where == "behind an own one":
            (tmp_path / "own").symlink_to(tmp_path / "elsewhere" / ".." / "theirs")
            root = tmp_path / "own" / "app"
        with pytest.raises(OthersCanWrite):
            Folders(root).prepare()
        assert not [path for path in target.rglob("*") if path.name != "app"]

    def test_a_link_of_this_user_may_lead_to_another_disk(self, tmp_path: Path) -> None:
        (tmp_path / "disk").mkdir()
        (tmp_path / "first").symlink_to("second/app")
        (tmp_path / "second").symlink_to(tmp_path / "disk")
        folders = Folders(tmp_path / "first")
        (tmp_path / "disk" / "app").mkdir()
        with closing(Library.open(folders)) as library:
            library.keep_photo(developed())
        assert mode(tmp_path / "disk" / "app") == 0o700
        assert (tmp_path / "disk" / "app" / "index.sqlite3").is_file()

    def test_links_in_a_circle_end(self, tmp_path: Path) -> None:
        (tmp_path / "one").symlink_to("two")
        (tmp_path / "two").symlink_to("one")
        with pytest.raises(FolderError):
            Folders(tmp_path / "one").prepare()

    @pytest.mark.parametrize(
        "name",
        ["photos", "headshots", "answers", "tmp", "log", "log/headshot-web.log", "index.sqlite3",
         "index.sqlite3-wal", "lock", "settings.toml", "keys.json", "openai_models.toml"],
    )  # fmt: skip
    def test_a_link_in_the_place_of_anything_of_ours_is_refused(self, tmp_path: Path, name: str) -> None:
        folders, outside = Folders(tmp_path / "app"), tmp_path / "outside"
        with closing(Library.open(folders)) as library:
            library.keep_photo(developed())
        place = folders.root / name
        if place.is_dir():
            outside.mkdir(mode=0o755)
            shutil.rmtree(place)
        else:
            outside.write_text('theme = "dark"')
            outside.chmod(0o644)
            place.unlink(missing_ok=True)
        place.symlink_to(outside)
        before = mode(outside), outside.read_text() if outside.is_file() else ""
        with pytest.raises(LinkInside):
            Library.open(folders)
        assert (mode(outside), outside.read_text() if outside.is_file() else "") == before

    def test_settings_are_not_read_through_a_link(self, tmp_path: Path) -> None:
        (tmp_path / "elsewhere.toml").write_text('theme = "dark"')
        (tmp_path / "app").mkdir()
        (tmp_path / "app" / "settings.toml").symlink_to(tmp_path / "elsewhere.toml")
        assert Settings(data_dir=tmp_path / "app").theme == "auto"


async def test_after_a_whole_visit_everything_in_the_folder_is_open_to_this_user_alone(
    openai_server: OpenAIServer, tmp_path: Path, no_keyring: None
) -> None:
    """Photos, headshots, a provider's file, a key, settings, the log, a ZIP: whatever the umask was."""
    before = os.umask(0)
    seen: set[str] = set()
    try:
        async with studio_before(openai_server, tmp_path / "app") as studio:
            folders = studio.settings.folders
            with logbook.keep(folders):
                await studio.desk.keep_key("sk-canary-8d1f0b7a6c5e4f3d")
                await studio.choose_theme(Theme.DARK)
                headshot = await made(studio, EngineName.OPENAI)
                logbook.note(logbook.Event.JOB_STOPPED)
                parcel = await studio.pack([headshot.id], Export(longest_px=200))
                await studio.set_favourite(headshot.id, on=True)
                seen = {path.name for path in folders.root.rglob("*")}
                modes = {path: mode(path) for path in (folders.root, *folders.root.rglob("*"))}
                parcel.close()
    finally:
        os.umask(before)
    assert {"original.bin", "picture.jpg", "index.sqlite3-wal", "lock", "keys.json", "settings.toml"} <= seen
    assert "headshot-web.log" in seen
    wrong = {str(path): oct(found) for path, found in modes.items() if found not in (0o600, 0o700)}
    assert wrong == {}
    assert all(modes[path] == (0o700 if path.is_dir() else 0o600) for path in modes if path.exists())
