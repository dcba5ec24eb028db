"""What becomes of settings.toml when something is chosen in the app."""

from __future__ import annotations

import os
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies

from headshot_web import settings_file
from headshot_web.errors import SettingsUnreadable
from headshot_web.paths import Folders
from headshot_web.settings import Settings

WRITTEN = """# chosen by hand
port = 9000  # the office's

theme = 'dark'   # easier on the eyes # at night
openai_base_url = "http://localhost:4000/#v1"

[notes]
theme = "this is another one"
"""


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path / "app")


def written(folders: Folders, text: str) -> Folders:
    folders.prepare()
    folders.settings.write_bytes(text.encode())
    return folders


def test_the_first_setting_makes_a_file_only_this_user_can_read(folders: Folders) -> None:
    settings_file.keep(folders, "openai_model", 'a "model"\\with\nlines')
    assert Settings(data_dir=folders.root).openai_model == 'a "model"\\with\nlines'
    if os.name == "posix":
        assert folders.settings.stat().st_mode & 0o777 == 0o600


def test_only_its_own_line_changes_and_comments_stay(folders: Folders) -> None:
    written(folders, WRITTEN)
    settings_file.keep(folders, "theme", "light")
    settings_file.keep(folders, "openai_base_url", "https://api.openai.com/v1")
    settings_file.keep(folders, "budget_day", Decimal("2.50"))
    assert folders.settings.read_text() == (
        "budget_day = 2.50\n"
        + WRITTEN.replace("theme = 'dark'   #", 'theme = "light"   #').replace(
            "http://localhost:4000/#v1", "https://api.openai.com/v1"
        )
    )


def test_a_setting_that_is_taken_out_leaves_no_line(folders: Folders) -> None:
    written(folders, WRITTEN)
    settings_file.keep(folders, "theme", None)
    settings_file.keep(folders, "never_there", None)
    assert "theme = 'dark'" not in folders.settings.read_text()
    assert folders.settings.read_text().startswith("# chosen by hand\nport = 9000  # the office's\n\nopenai")
    settings_file.keep(folders, "theme", "light")
    assert folders.settings.read_text().startswith('theme = "light"\n# chosen by hand')
    assert '[notes]\ntheme = "this is another one"\n' in folders.settings.read_text()


def test_the_end_of_the_lines_stays_as_it_is(folders: Folders) -> None:
    written(folders, 'theme = "dark"\r\nport = 9000')
    settings_file.keep(folders, "theme", "light")
    settings_file.keep(folders, "port", 9001)
    assert folders.settings.read_bytes() == b'theme = "light"\r\nport = 9001\n'


def test_every_kind_of_value_is_read_back_as_it_was_meant(folders: Folders) -> None:
    for name, value in {"budget_day": Decimal("0.10"), "openai_at_once": 7, "openai_stream": False}.items():
        settings_file.keep(folders, name, value)
    chosen = Settings(data_dir=folders.root)
    assert (chosen.budget_day, chosen.openai_at_once, chosen.openai_stream) == (Decimal("0.10"), 7, False)
    assert settings_file.named_in(folders) == {"budget_day", "openai_at_once", "openai_stream"}


@pytest.mark.parametrize("text", ['theme = """\ndark"""\n', "theme = [\n]\n", "theme = \n", "\xff\xfe"])
def test_a_file_that_would_be_harmed_is_left_to_the_person(folders: Folders, text: str) -> None:
    folders.prepare()
    folders.settings.write_bytes(text.encode("latin-1"))
    with pytest.raises(SettingsUnreadable):
        settings_file.keep(folders, "theme", "light")
    assert folders.settings.read_bytes() == text.encode("latin-1")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=strategies.text(), second=strategies.text(alphabet="\"'#=[]\\\n\r\té ab"))
def test_any_text_can_be_kept_and_replaced(tmp_path: Path, first: str, second: str) -> None:
    folders = Folders(tmp_path / "app")
    written(folders, WRITTEN)
    for text in (first, second, first):
        settings_file.keep(folders, "openai_model", text)
        there = tomllib.loads(folders.settings.read_text("utf-8"))
        assert there == {**tomllib.loads(WRITTEN), "openai_model": text}
