"""The booth at every login: what is shown, written, and taken away again."""

from __future__ import annotations

import configparser
import os
import subprocess
import sys
from pathlib import Path

import pytest

from headshot_web import kiosk_install
from headshot_web.errors import FileThere, NotInstalledHere

pytestmark = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="a Linux desktop's own files")
ODD = ("--data-dir", '/home/some one/100% "photos" $HOME `x` \\end', "--screen", "1")


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path), "PATH": "/nowhere"}


def read(text: str) -> configparser.ConfigParser:
    parsed = configparser.ConfigParser(interpolation=None, strict=False)
    parsed.optionxform = str  # type: ignore[assignment,method-assign]
    parsed.read_string(text)
    return parsed


def test_nothing_is_written_by_looking_and_exactly_that_is_written(
    home: dict[str, str], tmp_path: Path
) -> None:
    planned = kiosk_install.plan(("--screen", "1"), home)
    assert list(tmp_path.rglob("*")) == []
    kiosk_install.write(planned, home)
    written = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert written == {one.path for one in planned}
    assert all(one.path.read_text() == one.text for one in planned)


def test_the_entry_starts_this_very_program_with_odd_words_too(home: dict[str, str]) -> None:
    (entry,) = kiosk_install.plan(ODD, home)
    line = read(entry.text)["Desktop Entry"]["Exec"]
    # As a desktop does: the text's own escapes first, then its field codes, then the quoting.
    unescaped = line.replace("\\\\", "\\").replace("%%", "%")
    # Its quoting is that of a shell's double quotes.
    done = subprocess.run(
        ["/bin/sh", "-c", f"printf '%s\\n' {unescaped}"], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [sys.executable, "-m", "headshot_web", "kiosk", *ODD]


@pytest.mark.skipif(not Path("/run/systemd/system").is_dir(), reason="systemd does not run here")
def test_where_systemd_runs_the_entry_starts_the_unit(home: dict[str, str]) -> None:
    unit, entry = kiosk_install.plan(ODD, {**home, "PATH": os.environ["PATH"]})
    assert read(unit.text)["Service"]["Restart"] == "on-failure"
    assert "start headshot-web-kiosk.service" in entry.text


def test_what_was_written_is_taken_away_and_nothing_else(home: dict[str, str], tmp_path: Path) -> None:
    kiosk_install.write(kiosk_install.plan((), home), home)
    other = tmp_path / ".config" / "autostart" / "other.desktop"
    other.write_text("[Desktop Entry]\n")
    removed = kiosk_install.remove(home)
    assert len(removed.gone) == 1
    assert removed.left == ()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [other]
    assert kiosk_install.remove(home).gone == ()


def test_a_file_somebody_else_wrote_is_left_alone(home: dict[str, str]) -> None:
    (entry,) = kiosk_install.plan((), home)
    entry.path.parent.mkdir(parents=True)
    entry.path.write_text("[Desktop Entry]\nName=mine\n")
    with pytest.raises(FileThere):
        kiosk_install.write((entry,), home)
    removed = kiosk_install.remove(home)
    assert (removed.gone, removed.left) == ((), (entry.path,))
    assert "mine" in entry.path.read_text()


def test_a_link_is_not_written_through(home: dict[str, str], tmp_path: Path) -> None:
    (entry,) = kiosk_install.plan((), home)
    entry.path.parent.mkdir(parents=True)
    entry.path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileThere):
        kiosk_install.write((entry,), home)
    assert not (tmp_path / "elsewhere").exists()


def test_written_anew_it_is_replaced(home: dict[str, str]) -> None:
    kiosk_install.write(kiosk_install.plan(("--screen", "1"), home), home)
    (entry,) = kiosk_install.plan(("--screen", "2"), home)
    kiosk_install.write((entry,), home)
    assert '"2"' in entry.path.read_text()


def test_elsewhere_the_command_is_said(home: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(NotInstalledHere, match="headshot_web kiosk --screen 1"):
        kiosk_install.plan(("--screen", "1"), home)


@pytest.mark.skipif(not Path("/usr/bin/systemd-analyze").exists(), reason="systemd's own judge is not here")
def test_systemd_itself_reads_the_unit_as_it_is_meant(tmp_path: Path) -> None:
    command = " ".join(map(kiosk_install._quoted_for_unit, (sys.executable, *ODD)))
    unit = tmp_path / "booth.service"
    unit.write_text(kiosk_install._UNIT.format(mark=kiosk_install.MARK, command=command))
    done = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False
    )
    assert "booth.service" not in done.stderr
