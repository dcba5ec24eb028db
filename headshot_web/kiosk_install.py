"""The booth at every login: a systemd user unit and an autostart entry, shown first and removable."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from headshot_web.errors import CannotWriteThere, FileThere, NotInstalledHere

NAME: Final = "headshot-web-kiosk"
MARK: Final = "# Written by “headshot-web kiosk --install”; “headshot-web kiosk --uninstall” removes it."
PATIENCE_S: Final = 15
_SESSION: Final = "DISPLAY WAYLAND_DISPLAY XAUTHORITY XDG_SESSION_TYPE"

_UNIT: Final = """{mark}
[Unit]
Description=Photo booth (headshot-web)
PartOf=graphical-session.target
StartLimitIntervalSec=300
StartLimitBurst=10

[Service]
ExecStart={command}
Restart=on-failure
RestartSec=3
TimeoutStopSec=30
UMask=0077
NoNewPrivileges=true
"""

_ENTRY: Final = """{mark}
[Desktop Entry]
Type=Application
Name=Photo booth
Comment=Opens the photo booth of headshot-web at login
Exec={command}
Terminal=false
NoDisplay=true
X-GNOME-Autostart-enabled=true
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A file that would be written."""

    path: Path
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """What was taken away, and what bears our name but was not written by us."""

    gone: tuple[Path, ...]
    left: tuple[Path, ...]


def plan(words: Sequence[str], environ: Mapping[str, str] = os.environ) -> tuple[Planned, ...]:
    """Say which files would be written so that the booth opens at every login; raises `NotInstalledHere`.

    `words` are the options the booth is started with.
    """
    if sys.platform in ("win32", "darwin"):
        raise NotInstalledHere(" ".join(_command(words)))
    unit, entry = _places(environ)
    systemctl = _systemctl(environ)
    if systemctl is None:
        return (Planned(path=entry, text=_entry(_command(words))),)
    starting = f"{systemctl} --user import-environment {_SESSION}; {systemctl} --user start {NAME}.service"
    command = " ".join(_quoted_for_unit(word) for word in _command(words))
    return (
        Planned(path=unit, text=_UNIT.format(mark=MARK, command=command)),
        Planned(path=entry, text=_entry(("/bin/sh", "-c", starting))),
    )


def write(planned: Sequence[Planned], environ: Mapping[str, str] = os.environ) -> None:
    """Write the files; raises `FileThere` for one that somebody else wrote, and then none is written."""
    if any(one.path.is_symlink() or (one.path.exists() and not _is_ours(one.path)) for one in planned):
        raise FileThere
    try:
        for one in planned:
            one.path.parent.mkdir(parents=True, exist_ok=True)
            one.path.write_text(one.text, encoding="utf-8")
            one.path.chmod(0o600)
    except OSError as error:
        raise CannotWriteThere from error
    _reload(environ)


def remove(environ: Mapping[str, str] = os.environ) -> Removed:
    """Remove exactly what was written."""
    places = _places(environ)
    ours = tuple(path for path in places if _is_ours(path))
    try:
        for path in ours:
            path.unlink()
    except OSError as error:
        raise CannotWriteThere from error
    if ours:
        _reload(environ)
    return Removed(gone=ours, left=tuple(path for path in places if path.exists()))


def _places(environ: Mapping[str, str]) -> tuple[Path, Path]:
    config = Path(environ.get("XDG_CONFIG_HOME") or Path(environ.get("HOME", "~")).expanduser() / ".config")
    return config / "systemd" / "user" / f"{NAME}.service", config / "autostart" / f"{NAME}.desktop"


def _command(words: Sequence[str]) -> tuple[str, ...]:
    return (sys.executable, "-m", "headshot_web", "kiosk", *words)


def _is_ours(path: Path) -> bool:
    with suppress(OSError, UnicodeDecodeError):
        return not path.is_symlink() and path.read_text("utf-8").startswith(MARK)
    return False


def _systemctl(environ: Mapping[str, str]) -> str | None:
    """Return systemd's program where systemd runs this system."""
    found = shutil.which("systemctl", path=environ.get("PATH", os.defpath))
    return str(Path(found).absolute()) if found and Path("/run/systemd/system").is_dir() else None


def _reload(environ: Mapping[str, str]) -> None:
    """Let systemd look again; where there is none, nothing is to be done."""
    systemctl = _systemctl(environ)
    if systemctl:
        with suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(  # noqa: S603 - an argument list without anything of a person's in it
                [systemctl, "--user", "daemon-reload"],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=PATIENCE_S,
                check=False,
            )


def _entry(command: Sequence[str]) -> str:
    return _ENTRY.format(mark=MARK, command=" ".join(_quoted_for_entry(word) for word in command))


def _quoted_for_unit(word: str) -> str:
    """Write one word as systemd reads it."""
    text = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{text}"'


def _quoted_for_entry(word: str) -> str:
    """Write one word as an autostart entry has it: quoted once as an argument, then as a text."""
    text = "".join(f"\\{sign}" if sign in '"`$\\' else sign for sign in word)
    return '"' + text.replace("\\", "\\\\").replace("%", "%%") + '"'
