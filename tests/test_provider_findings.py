"""What the doctor says of the models in use, without asking anybody."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from headshot_web import provider_findings
from headshot_web.findings import Finding
from headshot_web.keys import Keys
from headshot_web.settings import Settings

OLD, NEW = "gpt-image-1.5", "gpt-image-2.6-flare"
OWN = {"openai_base_url": "https://pictures.example/v1"}
BEFORE, AFTER = date(2026, 11, 1), date(2026, 12, 1)


def models(folder: Path, **given: Any) -> Finding:
    settings = Settings(data_dir=folder, **given)
    return next(
        one for one in provider_findings.examine(settings, Keys(settings.folders)) if one.name == "models"
    )


@pytest.fixture(autouse=True)
def _before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provider_findings, "_today", lambda: BEFORE)


def test_the_models_in_use_are_named(tmp_path: Path) -> None:
    found = models(tmp_path)
    assert found.healthy
    assert found.says == "Headshots are drawn by gpt-image-2.6-sunburst, drafts by gpt-image-2.6-flare."
    assert models(tmp_path, openai_model=NEW).says == f"Headshots and drafts are drawn by {NEW}."
    own = models(tmp_path, **OWN)
    assert (own.healthy, own.says) == (True, "None is named for pictures.example yet.")


@pytest.mark.parametrize(
    ("given", "what", "variable"),
    [
        ({"openai_model": OLD}, "headshots", "HEADSHOT_WEB_OPENAI_MODEL"),
        ({"openai_draft_model": OLD}, "drafts", "HEADSHOT_WEB_OPENAI_DRAFT_MODEL"),
        (
            {"openai_model": OLD, "openai_draft_model": OLD},
            "headshots and drafts",
            "HEADSHOT_WEB_OPENAI_MODEL and HEADSHOT_WEB_OPENAI_DRAFT_MODEL",
        ),
    ],
)
def test_a_model_in_use_that_ends_is_something_to_look_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, str], what: str, variable: str
) -> None:
    found = models(tmp_path, **given)
    assert not found.healthy
    assert found.says == f"{OLD}, which draws {what}, is shut down on 2026-12-01."
    assert found.advice == f"Choose another in the settings page, or with {variable}."
    monkeypatch.setattr(provider_findings, "_today", lambda: AFTER)
    assert models(tmp_path, **given).says == f"{OLD}, which draws {what}, was shut down on 2026-12-01."


def test_of_another_host_and_of_a_model_in_nobodys_use_nothing_is_said(tmp_path: Path) -> None:
    assert models(tmp_path, openai_model=OLD, **OWN).healthy
    (tmp_path / "openai_models.toml").write_text(f'[models."{NEW}"]\nends = 2027-03-01\n')
    assert "which draws drafts, is shut down on 2027-03-01" in models(tmp_path).says
    assert models(tmp_path, openai_draft_model="gpt-image-2").healthy
