"""What the repository says about itself: dependencies, constraints, and the sentences of its tools."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from headshot_web import NAME, __version__
from headshot_web.imaging.networks import Network
from headshot_web.styles import catalogue
from tests.browser.find_chromium import find_chromium

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONSTRAINTS = sorted((ROOT / ".constraints").glob("*.txt"))


def normal(requirement: str) -> str:
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def named(*groups: str) -> set[str]:
    wanted = [*PROJECT["project"]["dependencies"]] if "run" in groups else []
    for group in groups:
        wanted += PROJECT["dependency-groups"].get(group, [])
    return {normal(requirement) for requirement in wanted}


def pinned(path: Path) -> dict[str, set[str]]:
    """Name and versions of every line; a library may have one version for each Python."""
    found: dict[str, set[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if match := re.match(r"([a-z0-9-]+)==([^ ]+)", line):
            found.setdefault(match[1], set()).add(match[2])
    return found


class TestConstraints:
    @pytest.mark.parametrize("path", CONSTRAINTS, ids=lambda path: path.name)
    def test_every_version_is_exact_and_hashed_and_no_host_is_named(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"://|--index|--extra-index|--find-links|--trusted-host|file:|@", text)
        requirements = re.split(r"\n(?=[a-z0-9])", text.partition("\n\n")[2] or text)
        for requirement in requirements:
            if not requirement.startswith("#"):
                assert re.match(r"[a-z0-9-]+(\[[a-z]+\])?==", requirement), requirement
                assert "--hash=sha256:" in requirement, requirement

    def test_every_dependency_is_in_them(self) -> None:
        folder = ROOT / ".constraints"
        assert named("run", "build") <= pinned(folder / "run.txt").keys()
        assert named("run", "build", "test", "check") <= pinned(folder / "test.txt").keys()
        assert named("renew") <= pinned(folder / "renew.txt").keys()

    def test_what_is_run_is_what_is_tested(self) -> None:
        run, test = (pinned(ROOT / ".constraints" / f"{name}.txt") for name in ("run", "test"))
        assert run.items() <= test.items()


class TestWords:
    def test_every_dependency_says_why(self) -> None:
        why = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Why")[2].lower()
        for name in named("run", "build", "test", "check", "renew"):
            assert re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", why), name

    def test_the_readme_names_only_looks_and_make_words_that_exist(self) -> None:
        text = (ROOT / "README.md").read_text(encoding="utf-8")
        looks = set(re.findall(r"--style ([a-z-]+)", text)) - {"all"}
        assert looks
        assert looks <= {look.id for look in catalogue()}
        targets = set(
            re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        )
        assert set(re.findall(r"`make ([a-z]+)", text)) <= targets

    def test_the_version_is_in_the_changelog_and_the_networks_in_the_notice(self) -> None:
        assert f"\n## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
        notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
        assert all(network.value in notice for network in Network)

    def test_the_name_people_see_is_written_once_in_the_code(self) -> None:
        code = [*(ROOT / "headshot_web").rglob("*.py"), *(ROOT / "static").rglob("*.js")]
        saying = [path.name for path in code if NAME in path.read_text(encoding="utf-8")]
        assert saying == ["__init__.py"]


@pytest.mark.skipif(not shutil.which("git") or not (ROOT / ".git").exists(), reason="not a checkout")
def test_no_committed_file_names_a_machine_or_a_registry() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    forbidden = re.compile(
        rb"(?<![\w.])/(?:root|work|Users/\w+|home/(?!some)\w+)/|pypi\.org|pythonhosted|npmjs"
    )
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.is_file() and path != Path(__file__):
            found = forbidden.search(path.read_bytes())
            assert not found, (name, found)


@pytest.mark.skipif(os.name == "nt" or not shutil.which("make"), reason="needs make and a POSIX shell")
class TestMake:
    @pytest.fixture
    def checkout(self, tmp_path: Path) -> Path:
        folder = tmp_path / "a folder with spaces"
        folder.mkdir()
        shutil.copy(ROOT / "Makefile", folder)
        shutil.copy(ROOT / "pyproject.toml", folder)
        shutil.copytree(ROOT / ".constraints", folder / ".constraints")
        return folder

    def make(self, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
        path = {**os.environ, "PATH": "/usr/bin:/bin", "MAKEFLAGS": ""}
        return subprocess.run(
            ["make", *words], cwd=folder, env=path, capture_output=True, text=True, check=False
        )

    def test_without_a_word_it_shows_the_words(self, checkout: Path) -> None:
        said = self.make(checkout).stdout
        for word in ("run", "test", "check", "bench", "constraints", "audit", "clean"):
            assert f"make {word} " in said

    def test_no_python_is_said(self, checkout: Path) -> None:
        done = self.make(checkout, "run", "PYTHON=/nowhere/python3")
        assert done.returncode
        assert "headshot-web needs Python 3.11" in done.stderr

    def test_a_python_that_is_too_old_is_said(self, checkout: Path) -> None:
        old = checkout / "python3"
        old.write_text("#!/bin/sh\nexit 1\n")
        old.chmod(0o755)
        assert "headshot-web needs Python 3.11" in self.make(checkout, "run", f"PYTHON={old}").stderr

    def test_a_python_without_venv_is_said(self, checkout: Path) -> None:
        poor = checkout / "python3"
        poor.write_text('#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; esac\n')
        poor.chmod(0o755)
        assert "apt install python3-venv" in self.make(checkout, "run", f"PYTHON={poor}").stderr


class TestBrowser:
    def test_the_one_that_is_named_is_taken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HEADSHOT_WEB_TEST_BROWSER", sys.executable)
        assert find_chromium() == Path(sys.executable)

    def test_one_that_playwright_brought_is_found(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        tail = {"win32": "chrome-win64/chrome.exe", "darwin": "chrome-mac/C.app/Contents/MacOS/C"}
        brought = tmp_path / "chromium-1200" / tail.get(sys.platform, "chrome-linux64/chrome")
        brought.parent.mkdir(parents=True)
        brought.write_bytes(b"\x7fELF")
        for name in ("HEADSHOT_WEB_TEST_BROWSER", "PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
        monkeypatch.setenv("PATH", str(tmp_path))
        if sys.platform != "darwin":
            assert find_chromium() == brought
