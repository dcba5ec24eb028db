"""What the doctor finds: one line each."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at: how it is, in a sentence, and what to do when it is not healthy."""

    name: str
    healthy: bool = True
    says: str
    advice: str = ""

    @property
    def line(self) -> str:
        """Return the finding as a line for a person."""
        mark = "ok  " if self.healthy else "LOOK"
        return f"{mark}  {self.name:<9} {self.says} {self.advice}".rstrip()

    def as_json(self) -> dict[str, object]:
        """Return the finding for other programs."""
        return asdict(self)
