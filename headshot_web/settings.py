"""What the person or operator chose: the command line, the environment, and settings.toml, in that order."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from headshot_web.paths import Folders, default_data_dir

DEFAULT_PORT = 8417
CONTACT = "main@jellyapps.cz"
OPENAI_BASE_URL = "https://api.openai.com/v1"


class Theme(StrEnum):
    """How the pages look."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


class GuestEngine(StrEnum):
    """Where the headshots of guests are made."""

    HERE = "here"
    """On this computer alone."""
    PROVIDER = "provider"
    """Also by the provider, with the owner's key."""


def variable(name: str) -> str:
    """Return the environment variable of a setting."""
    return f"HEADSHOT_WEB_{name.upper()}"


class Settings(BaseSettings):
    """Every setting; each is also the environment variable HEADSHOT_WEB_<NAME>. A key is none: see `keys`."""

    model_config = SettingsConfigDict(
        env_prefix="HEADSHOT_WEB_", env_ignore_empty=True, extra="ignore", frozen=True
    )

    data_dir: Annotated[Path, Field(description="the folder that holds photos and headshots")] = Field(
        default_factory=default_data_dir
    )
    port: Annotated[int, Field(ge=1, le=65535, description="the port on this computer")] = DEFAULT_PORT
    browser: Annotated[bool, Field(description="open the browser at start")] = True
    max_upload_mb: Annotated[
        int, Field(ge=1, le=1000, description="the largest photo taken in, in megabytes")
    ] = 60
    workers: Annotated[int, Field(ge=1, le=16, description="how many headshots are made at once")] = 2
    theme: Annotated[Theme, Field(description="auto, light or dark")] = Theme.AUTO
    openai_base_url: Annotated[str, Field(description="OpenAI's API, or your own server that speaks it")] = (
        OPENAI_BASE_URL
    )
    openai_model: Annotated[str | None, Field(description="the model for finished headshots")] = None
    openai_draft_model: Annotated[str | None, Field(description="the model for quick drafts")] = None
    openai_stream: Annotated[
        bool | None, Field(description="show the picture as it comes; off for other hosts than OpenAI's")
    ] = None
    openai_at_once: Annotated[
        int, Field(ge=1, le=20, description="how many headshots are asked for at the same time")
    ] = 3
    openai_timeout_s: Annotated[
        int, Field(ge=10, le=3600, description="how long an answer is waited for, in seconds")
    ] = 600
    budget_day: Annotated[
        Decimal | None,
        Field(ge=0, description="no more than this is spent in a day, in the currency of the prices"),
    ] = None
    budget_month: Annotated[
        Decimal | None, Field(ge=0, description="no more than this is spent in a month")
    ] = None
    contact: Annotated[
        str, Field(min_length=3, max_length=200, description="who answers questions about privacy")
    ] = CONTACT

    delete_after_days: Annotated[
        int | None,
        Field(ge=1, le=3650, description="photos and headshots older than this are deleted by themselves"),
    ] = None
    delete_originals: Annotated[
        bool, Field(description="a photo is deleted by itself once a headshot was made of it")
    ] = False

    guest_engine: Annotated[
        GuestEngine, Field(description="where guests' headshots are made: here, or also by the provider")
    ] = GuestEngine.HERE
    guest_paid: Annotated[
        int, Field(ge=0, le=1000, description="how many headshots a guest may have drawn by the provider")
    ] = 4
    guests_paid: Annotated[
        int, Field(ge=0, le=10_000, description="how many all guests together may have drawn in a day")
    ] = 40
    guest_costs: Annotated[bool, Field(description="guests see what a drawn headshot costs")] = False
    guests_keep: Annotated[
        bool, Field(description="the pictures of guests stay with the owner; else they go at the end")
    ] = False
    phones_hours: Annotated[int, Field(ge=1, le=24, description="how long phones may connect, in hours")] = 4
    phones_family: Annotated[bool, Field(description="phones share the owner's gallery")] = False
    phones_ask: Annotated[bool, Field(description="each phone waits for a yes on this computer")] = False
    phones: Annotated[bool, Field(description="let phones connect at once, in one network")] = False
    phones_network: Annotated[
        str | None, Field(description="in which network: its name or this computer's address in it")
    ] = None
    phones_https: Annotated[bool, Field(description="phones connect by https, with an own certificate")] = (
        False
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: given here, then the environment, then settings.toml in the app folder."""
        first = {**env_settings(), **init_settings()}
        folder = Path(first.get("data_dir") or default_data_dir())
        own = Folders(folder).settings
        chosen = TomlConfigSettingsSource(settings_cls, Path() if own.is_symlink() else own)
        return init_settings, env_settings, chosen

    @property
    def folders(self) -> Folders:
        """Where the app's files are."""
        return Folders(self.data_dir)
