"""What is kept on this computer, and how it is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """How much is kept on this computer."""

    size_bytes: int
    photos: int
    headshots: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What was found when the whole library was looked through."""

    index_sound: bool
    photos: int
    headshots: int
    missing: int
    """Entries of the index whose picture is gone or not whole."""
    stray: int
    """Folders that the index does not know."""
    open_modes: int
    """Files and folders that other users of this computer could open."""

    @property
    def is_well(self) -> bool:
        """Whether nothing needs doing."""
        return self.index_sound and not (self.missing or self.stray or self.open_modes)
