"""A report of a problem: a text that a person reads, and sends themselves if they like. Nobody else does.

It is put together from a list of what may be in it: versions, names of settings, how each thing looked at by
the doctor is, and the last lines of the log, which hold nothing of a person's anyway.
"""

from __future__ import annotations

import platform
from decimal import Decimal
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Final

from headshot_web import NAME, __version__, doctor, logbook
from headshot_web.keys import Keys
from headshot_web.settings import Settings

if TYPE_CHECKING:
    from headshot_web.findings import Finding

LINES: Final = 40
_SYSTEMS: Final = {"Linux": "Linux", "Darwin": "macOS", "Windows": "Windows"}
_TOLD: Final = frozenset({
    "port", "browser", "max_upload_mb", "workers", "theme", "openai_stream", "openai_at_once",
    "openai_timeout_s", "delete_after_days", "delete_originals",
})  # fmt: skip
"""The settings whose values say nothing about a person."""
_SPOKEN: Final = frozenset({"photos", "networks", "pages", "index", "files", "privacy", "disk", "browser"})
"""What the doctor says of these names no path, no host and no key."""


def compose(settings: Settings, keys: Keys | None = None) -> str:
    """Put the report together from how things are now; nothing is sent, and nothing is changed."""
    findings = doctor.examine(settings, keys or Keys(settings.folders))
    return "\n".join([
        f"{NAME} (headshot-web {__version__}): report of a problem",
        "This text stays with you until you send it. Read it first; take out what you like.",
        "",
        "What happened, and what you expected instead:",
        "",
        "",
        "System",
        f"  {_SYSTEMS.get(platform.system(), 'another system')}, Python {platform.python_version()}",
        *(f"  {line}" for line in _versions()),
        "",
        "Settings that were changed",
        *(f"  {line}" for line in _changed(settings) or ["none"]),
        "",
        "What the doctor found",
        *(f"  {_said(finding)}" for finding in findings),
        "",
        "The last lines of the log",
        *(f"  {line}" for line in logbook.last_lines(settings.folders, LINES) or ["none"]),
    ])  # fmt: skip


def _versions() -> list[str]:
    """Name the parts that are installed, and their versions."""
    said = []
    for part in doctor.PARTS:
        try:
            said.append(f"{part} {version(part)}")
        except PackageNotFoundError:
            said.append(f"{part} is missing")
    return said


def _changed(settings: Settings) -> list[str]:
    """Name the settings that are not as they were shipped; values only where they say nothing personal."""
    said = []
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        if value == field.get_default(call_default_factory=True):
            continue
        is_plain = name in _TOLD and isinstance(value, bool | int | str | Decimal)
        said.append(f"{name} = {value}" if is_plain else name)
    return said


def _said(finding: Finding) -> str:
    """Tell a finding: all of it where it can hold nothing personal, else only whether it is healthy."""
    how = "ok  " if finding.healthy else "LOOK"
    return f"{how}  {finding.name:<9} {finding.says if finding.name in _SPOKEN else ''}".rstrip()
