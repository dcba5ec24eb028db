"""The doctor: what is installed, where the files are, and whether everything is healthy."""

from __future__ import annotations

import importlib
import os
import platform
import shutil
import subprocess
import sys
import webbrowser
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Final

from headshot_web import __version__, provider_findings
from headshot_web.errors import HeadshotError, IndexDamaged
from headshot_web.findings import Finding
from headshot_web.library import Library
from headshot_web.paths import static_dir
from headshot_web.screen import has_screen

if TYPE_CHECKING:
    from pathlib import Path

    from headshot_web.inventory import Health
    from headshot_web.keys import Keys
    from headshot_web.settings import Settings

PARTS: Final = (
    "nicegui",
    "fastapi",
    "uvicorn",
    "pillow",
    "pi-heif",
    "ai-edge-litert",
    "numpy",
    "pebble",
    "openai",
)
HEADING_FONTS: Final = ("Iowan Old Style", "Palatino Linotype", "Palatino", "P052", "Georgia")
LITTLE_SPACE_GB: Final = 1.0
REBUILD: Final = "Your pictures are safe. Run “headshot-web doctor --rebuild”."


def examine(settings: Settings, keys: Keys) -> tuple[Finding, ...]:
    """Look at everything and change nothing; the app may be open meanwhile."""
    return (
        _program(),
        _parts(),
        _kinds(),
        _networks(),
        _pages(),
        *_folder(settings),
        _space(settings),
        _fonts(),
        _browser(settings),
        *provider_findings.examine(settings, keys),
    )


def rebuild(settings: Settings) -> str:
    """Make the index anew from the files and say what is there; raises `AlreadyRunning`."""
    health = Library.rebuild(settings.folders)
    return f"The index was made anew: {_contents(health)}."


def _program() -> Finding:
    system = f"{platform.system() or 'an unknown system'} {platform.machine()}".strip()
    return Finding(
        name="program", says=f"headshot-web {__version__}, Python {platform.python_version()}, {system}."
    )


def _parts() -> Finding:
    found, lost = [], []
    for part in PARTS:
        try:
            found.append(f"{part} {version(part)}")
        except PackageNotFoundError:
            lost.append(part)
    if lost:
        return Finding(
            name="parts",
            healthy=False,
            says=f"Missing: {', '.join(lost)}.",
            advice="Install headshot-web again.",
        )
    return Finding(name="parts", says=f"{', '.join(found)}.")


def _kinds() -> Finding:
    """Say which kinds of photos this installation opens."""
    from PIL import features  # noqa: PLC0415 - most commands need no pictures

    kinds = {"JPEG": features.check("jpg"), "PNG": features.check("zlib")}
    kinds |= {"WebP": features.check("webp"), "AVIF": features.check("avif")}
    try:
        importlib.import_module("pi_heif")
        kinds["HEIC"] = True
    except ImportError:
        kinds["HEIC"] = False
    lost = [kind for kind, opens in kinds.items() if not opens]
    if lost:
        says = f"Photos of these kinds can't be opened here: {', '.join(lost)}."
        return Finding(name="photos", healthy=False, says=says, advice="Install headshot-web again.")
    return Finding(name="photos", says=f"Opens {', '.join(kinds)}.")


def _networks() -> Finding:
    """Check the two networks against their checksums."""
    from headshot_web.imaging.networks import Network, verified  # noqa: PLC0415 - brings numpy

    try:
        sizes = [len(verified(network)) for network in Network]
    except HeadshotError as error:
        return Finding(name="networks", healthy=False, says=f"{error.title}.", advice=error.advice)
    says = f"Both are as they were shipped ({sum(sizes) / 1e6:.1f} MB)."
    return Finding(name="networks", says=says)


def _pages() -> Finding:
    if any(static_dir().glob("*.css")):
        return Finding(name="pages", says="Style sheets and scripts are in place.")
    return Finding(
        name="pages",
        healthy=False,
        says="The style sheets are missing.",
        advice="Install headshot-web again.",
    )


def _folder(settings: Settings) -> tuple[Finding, ...]:
    """Look through the app folder: the place, the index, the files and who may open them."""
    root = settings.folders.root
    if not root.exists():
        return (Finding(name="folder", says=f"{root} is made at the first start."),)
    if not os.access(root, os.R_OK | os.W_OK | os.X_OK):
        advice = "Make it yours again, or choose another folder with --data-dir."
        return (
            Finding(name="folder", healthy=False, says=f"{root} can't be read and written.", advice=advice),
        )
    place = Finding(name="folder", says=f"Photos and headshots are in {root}.")
    try:
        health = Library.examine(settings.folders)
    except HeadshotError as error:
        return place, Finding(name="index", healthy=False, says=f"{error.title}.", advice=error.advice)
    is_new = not settings.folders.index.exists() and not (health.photos or health.headshots)
    return place, _index(health, is_new=is_new), _files(health), _privacy(health)


def _index(health: Health, *, is_new: bool) -> Finding:
    if is_new:
        return Finding(name="index", says="Nothing was kept here yet.")
    if not health.index_sound:
        return Finding(name="index", healthy=False, says=f"{IndexDamaged.title}.", advice=IndexDamaged.advice)
    return Finding(name="index", says=f"Undamaged: {_contents(health)}.")


def _files(health: Health) -> Finding:
    wrong = []
    if health.missing:
        wrong.append(f"{_count(health.missing, 'picture')} of the index can't be found")
    if health.stray:
        wrong.append(f"{_count(health.stray, 'folder')} of pictures can't be found in the index")
    if wrong:
        return Finding(name="files", healthy=False, says=f"{', and '.join(wrong)}.", advice=REBUILD)
    return Finding(name="files", says="Every picture is where the index says.")


def _privacy(health: Health) -> Finding:
    if sys.platform == "win32":
        return Finding(name="privacy", says="The folder is as private as your Windows profile.")
    if health.open_modes:
        files = _count(health.open_modes, "file or folder", "files or folders")
        says = f"{files} could be opened by other users of this computer."
        return Finding(
            name="privacy", healthy=False, says=says, advice="Close them: chmod -R go= on the folder above."
        )
    return Finding(name="privacy", says="Only you can open the files.")


def _space(settings: Settings) -> Finding:
    free_gb = shutil.disk_usage(_existing(settings.folders.root)).free / 1e9
    says = f"{free_gb:.0f} GB are free." if free_gb >= 10 * LITTLE_SPACE_GB else f"{free_gb:.1f} GB are free."
    if free_gb < LITTLE_SPACE_GB:
        return Finding(
            name="disk", healthy=False, says=says, advice="Free some space before you take in photos."
        )
    return Finding(name="disk", says=says)


def _fonts() -> Finding:
    """Say which heading font the browser will find; without any it takes its own."""
    if sys.platform in ("win32", "darwin"):
        return Finding(name="fonts", says="The system brings the heading fonts.")
    lister = shutil.which("fc-list")
    if not lister:
        return Finding(
            name="fonts", says="This system does not tell which fonts it has; the browser chooses."
        )
    listed = subprocess.run([lister, ":", "family"], capture_output=True, text=True, check=False, timeout=20)  # noqa: S603
    families = {name.strip() for line in listed.stdout.splitlines() for name in line.split(",")}
    heading = next((font for font in HEADING_FONTS if font in families), None)
    if heading:
        return Finding(name="fonts", says=f"Headings appear in {heading}, text in the system's own.")
    says = "None of the heading fonts is here; headings appear in the browser's own serif."
    return Finding(name="fonts", says=says)


def _browser(settings: Settings) -> Finding:
    if not settings.browser:
        return Finding(name="browser", says="It is not opened at start, as you chose.")
    if not has_screen():
        return Finding(name="browser", says="There is no screen here, so only the address is said at start.")
    try:
        webbrowser.get()
    except webbrowser.Error:
        return Finding(
            name="browser", says="None was found; open the address that is said at start yourself."
        )
    return Finding(name="browser", says="It is opened at start.")


def _contents(health: Health) -> str:
    return f"{_count(health.photos, 'photo')}, {_count(health.headshots, 'headshot')}"


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _existing(path: Path) -> Path:
    """Return the nearest folder that is there."""
    return next(folder for folder in (path, *path.parents) if folder.exists())
