"""An error as a person is told it: a title, and what to do next."""

from __future__ import annotations

from typing import ClassVar


class HeadshotError(Exception):
    """The base of every error a person may see: a title, and what to do next."""

    title: ClassVar[str] = "Something did not work"
    advice: str = "Try again. If it happens again, run “headshot-web doctor”."
    status: ClassVar[int] = 500
    link: ClassVar[str | None] = None
    """Where the person can do something about it, when that is a page of someone else."""
    link_text: ClassVar[str] = ""
    may_be_charged: ClassVar[bool] = False
    """Whether a provider may have charged for it, so that it is made again only when a person says so."""
    retouch_helps: ClassVar[bool] = False
    """Whether the retouch on this computer would work in spite of it."""
    settings_help: ClassVar[bool] = False
    """Whether it is put right in the settings of the app."""

    @classmethod
    def code(cls) -> str:
        """Return the stable word by which a job or an answer names this error."""
        return cls.__name__

    def __str__(self) -> str:
        return f"{self.title}. {self.advice}"
