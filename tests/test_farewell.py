"""What a person deletes or takes along on the command line, while the app is closed."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
import zipfile
from contextlib import closing, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from headshot_web import cli
from headshot_web.keys import Keys
from headshot_web.ledger import Ledger
from headshot_web.library import Library
from headshot_web.model import OWNER, DeletionKind
from headshot_web.paths import Folders
from tests.fake_engine import developed
from tests.test_deletion import a_guest_was_here, traces

KEY = "sk-canary-8d1f0b7a6c5e4f3d"


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path / "app")


def say(folders: Folders, *words: str) -> tuple[int, str]:
    """Give a command with nobody at a terminal, and return its exit code and all that was said."""
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        code = cli.run([*words, "--data-dir", str(folders.root)])
    return code, said.getvalue()


def test_erase_leaves_nothing_and_says_what_is_out_of_reach(folders: Folders) -> None:
    guest = a_guest_was_here(folders)
    folders.settings.write_text("budget_day = 123.45\n")
    Keys(folders).keep("api.openai.com", KEY)
    folders.kiosk_profile.mkdir(parents=True)
    (folders.kiosk_profile / "History").write_text("CANARY-in-the-booths-browser")
    code, said = say(folders, "erase", "--yes")
    assert code == 0
    assert "Deleted: 13 files" in said
    assert "Out of reach: backups" in said
    assert not traces(folders, {*guest.everything, guest.other.id, "CANARY-in-the-booths-browser"})
    assert traces(folders, {"123.45"}), "what was set was not chosen"
    assert Keys(folders).find("api.openai.com") is not None
    code, _ = say(folders, "erase", "--everything", "--settings", "--key", "--ledger", "--yes")
    assert code == 0
    assert not traces(folders, {"123.45", KEY})
    assert Keys(folders).find("api.openai.com") is None


def test_erase_by_age_leaves_what_is_younger(folders: Folders) -> None:
    guest = a_guest_was_here(folders)
    assert say(folders, "erase", "--older-than", "90", "--yes") == (0, "Nothing is as old as that.\n")
    assert say(folders, "erase", "--older-than", "30", "--yes")[0] == 0
    assert not traces(folders, guest.everything)
    with closing(Library.open(folders)) as library:
        assert library.photos() == (guest.other,)
        assert Ledger(library.index).deletions()[0].kind is DeletionKind.AUTOMATIC


def test_nothing_is_erased_without_a_word(folders: Folders) -> None:
    guest = a_guest_was_here(folders)
    assert say(folders, "erase")[0] == 2, "nobody is there to be asked"
    assert say(folders, "erase", "--older-than", "30", "--key", "--yes")[0] == 2
    assert traces(folders, {guest.headshot})


@pytest.mark.skipif(os.name != "posix", reason="needs a terminal of its own")
@pytest.mark.parametrize(("typed", "goes"), [("yes", False), ("", False), ("delete", True)])
def test_in_a_terminal_the_word_is_asked_for(folders: Folders, typed: str, goes: bool) -> None:
    guest = a_guest_was_here(folders)
    ours, theirs = pty.openpty()
    os.write(ours, typed.encode() + b"\n")
    done = subprocess.run(
        [sys.executable, "-m", "headshot_web", "erase", "--data-dir", str(folders.root)],
        stdin=theirs,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    os.close(ours)
    os.close(theirs)
    assert (done.returncode == 0) is goes
    assert "2 photos and 2 headshots" in done.stderr
    assert "Type delete to go on" in done.stderr
    assert bool(traces(folders, guest.everything)) is not goes
    assert "Traceback" not in done.stderr


def test_while_the_app_is_open_it_says_so(folders: Folders, tmp_path: Path) -> None:
    guest = a_guest_was_here(folders)
    with closing(Library.open(folders)):
        for words in (["erase", "--yes"], ["export", "--out", str(tmp_path / "all.zip")]):
            code, said = say(folders, *words)
            assert code == 1
            assert "already running" in said
    assert traces(folders, {guest.headshot})
    assert not (tmp_path / "all.zip").exists()


def test_a_damaged_index_does_not_keep_anything_from_being_erased(folders: Folders) -> None:
    guest = a_guest_was_here(folders)
    folders.index.write_bytes(b"not an index at all " * 500)
    assert say(folders, "erase", "--yes")[0] == 0
    assert not traces(folders, {*guest.everything, guest.other.id, "not an index"})


def test_where_nothing_is_kept_nothing_is_made(folders: Folders) -> None:
    assert say(folders, "erase", "--yes") == (0, "Nothing is kept here.\n")
    assert not folders.root.exists()


def test_everything_is_exported_into_a_new_private_file(folders: Folders, tmp_path: Path) -> None:
    guest = a_guest_was_here(folders, OWNER)
    out = tmp_path / "all of it.zip"
    code, said = say(folders, "export", "--out", str(out))
    assert (code, said) == (0, f"2 photos and 2 headshots are in {out}.\n")
    if os.name == "posix":
        assert out.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == 2 + 2 + 3
        day = f"{guest.photo.created_at.astimezone():%Y-%m-%d}"
        photo = archive.read(f"photos/{day} photo 1.jpg")
    assert photo == developed(b"CANARY-of-the-photo").picture
    before = out.read_bytes()
    code, said = say(folders, "export", "--out", str(out))
    assert (code, out.read_bytes()) == (1, before)
    assert "There is a file of this name already" in said
    assert say(folders, "export", "--out", str(tmp_path / "nowhere" / "all.zip"))[0] == 1
