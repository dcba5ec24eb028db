"""The package as it is installed: a wheel in a fresh environment, used from another folder."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from headshot_web import __version__
from headshot_web.styles import catalogue
from tests.doors import ask, free_port

ROOT = Path(__file__).resolve().parents[1]


def build(what: str, source: Path, target: Path) -> Path:
    """Build with the backend that is installed here; nothing is fetched."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", what, "-d", str(target)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    (built,) = target.iterdir()
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installed command, in an environment that has this one's libraries but not this checkout."""
    folder = tmp_path_factory.mktemp("a fresh environment")
    venv.create(folder, with_pip=False, symlinks=os.name == "posix")
    paths = sysconfig.get_paths(vars={"base": str(folder), "platbase": str(folder)})
    python = Path(paths["scripts"]) / ("python.exe" if os.name == "nt" else "python")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "--no-deps",
        "--no-index",
        "--quiet",
    ]
    subprocess.run([*pip, str(wheel)], check=True)
    libraries = "\n".join({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})
    (Path(paths["purelib"]) / "libraries.pth").write_text(libraries)
    return Path(paths["scripts"]) / ("headshot-web.exe" if os.name == "nt" else "headshot-web")


def environment(**variables: str) -> dict[str, str]:
    return {
        k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "HEADSHOT_", "PYTHONPATH"))
    } | variables


def test_a_wheel_from_the_source_package_is_the_same(wheel: Path, tmp_path: Path) -> None:
    source = build("sdist", ROOT, tmp_path / "sdist")
    with tarfile.open(source) as packed:
        packed.extractall(tmp_path / "unpacked", filter="data")
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    again = build("wheel", unpacked, tmp_path / "again")
    with zipfile.ZipFile(wheel) as one, zipfile.ZipFile(again) as other:
        assert sorted(one.namelist()) == sorted(other.namelist())
        assert all(one.read(name) == other.read(name) for name in one.namelist())


def test_static_the_networks_and_the_licences_are_in_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
    static = {str(Path("headshot_web/static") / path.relative_to(ROOT / "static").as_posix())
              for path in (ROOT / "static").rglob("*") if path.is_file()}  # fmt: skip
    models = {
        f"headshot_web/models/{path.name}"
        for path in (ROOT / "headshot_web/models").iterdir()
        if path.is_file()
    }
    assert static | models <= names
    assert {"LICENSE", "NOTICE"} <= {Path(name).name for name in names if "dist-info/licenses" in name}
    assert not [name for name in names if name.startswith("tests") or "__pycache__" in name]


def test_it_works_from_another_folder(installed: Path, tmp_path: Path) -> None:
    def say(*options: str) -> str:
        done = subprocess.run(
            [installed, *options], cwd=tmp_path, env=environment(), check=True, capture_output=True, text=True
        )
        return done.stdout

    assert say("--version") == f"headshot-web {__version__}\n"
    assert len(json.loads(say("styles", "--json"))) == len(catalogue())
    findings = json.loads(say("doctor", "--json", "--data-dir", str(tmp_path / "data")))
    assert [finding["says"] for finding in findings if not finding["healthy"]] == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for another process")
def test_it_serves_its_pages_and_their_style(installed: Path, tmp_path: Path) -> None:
    command = [installed, "--port", str(free_port()), "--no-browser", "--data-dir", str(tmp_path / "data")]
    variables = environment(PYTHONUNBUFFERED="1")
    with subprocess.Popen(command, cwd=tmp_path, env=variables, stdout=subprocess.PIPE, text=True) as app:
        assert app.stdout
        found = re.search(r"localhost:(\d+)", app.stdout.readline())
        assert found
        page = ask(int(found[1]), "GET", "/welcome", {"Accept": "text/html"})
        style = ask(int(found[1]), "GET", "/static/app.css")
        app.send_signal(signal.SIGINT)
        assert app.wait(20) == 0
    assert (page.status, style.status) == (200, 200)
    assert style.body == (ROOT / "static/app.css").read_bytes()
