"""What kind of device a browser runs on, roughly: enough to tell phones apart in a list, and no more."""

from __future__ import annotations

from typing import Final

_KINDS: Final = (
    ("iphone", "iPhone"),
    ("ipad", "iPad"),
    ("android", "Android tablet"),
    ("windows", "Windows computer"),
    ("macintosh", "Mac"),
    ("linux", "Linux computer"),
)
_OTHER: Final = "Phone"
_LONGEST: Final = 1000


def device_name(user_agent: str) -> str:
    """Say which kind it is; of what the browser said nothing is kept."""
    said = user_agent[:_LONGEST].lower()
    for mark, kind in _KINDS:
        if mark in said:
            return "Android phone" if mark == "android" and "mobile" in said else kind
    return _OTHER
