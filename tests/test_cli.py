"""What a person gets from the command line."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from PIL import Image

from headshot_web import __version__, cli, doctor
from headshot_web.errands import find_photos, safe_stem
from headshot_web.imaging.negative import develop
from headshot_web.library import Library
from headshot_web.paths import Folders
from headshot_web.settings import Settings
from headshot_web.styles import catalogue
from tests import portraits
from tests.doors import ask, free_port, start

CANARY = "sk-canary-8d1f0b7a6c5e4f3d"
COMMAND = [sys.executable, "-m", "headshot_web"]


@dataclass
class Done:
    """What a command said, and its exit code."""

    returncode: int
    stdout: str
    stderr: str


def headshot_web(*options: object, cwd: Path | None = None, **variables: object) -> Done:
    """Run the command with no settings but these: in this process, which saves starting one each time."""
    before = dict(os.environ)
    out, err = io.StringIO(), io.StringIO()
    with ExitStack() as stack:
        stack.callback(os.environ.update, before)
        stack.callback(os.environ.clear)
        os.environ.clear()
        os.environ.update(environment(**variables))
        stack.enter_context(chdir(cwd or Path.cwd()))
        stack.enter_context(redirect_stdout(out))
        stack.enter_context(redirect_stderr(err))
        try:
            code = cli.run([str(option) for option in options])
        except SystemExit as exit_:
            code = int(exit_.code or 0)
    return Done(code, out.getvalue(), err.getvalue())


def environment(**variables: object) -> dict[str, str]:
    ours = ("PYTEST_", "HEADSHOT_", "DISPLAY", "OPENAI_", "DBUS_")
    clean = {
        k: v for k, v in os.environ.items() if not k.startswith(ours) and not k.upper().endswith("_PROXY")
    }
    return {
        **clean,
        "COLUMNS": "100",
        "NO_COLOR": "1",
        "HEADSHOT_WEB_WORKERS": "1",
        "LANGUAGE": "",
        "LC_ALL": "en_US.UTF-8",
        **{name: str(value) for name, value in variables.items()},
    }


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with two portraits, and one file that is no picture."""
    folder = tmp_path / "the office"
    folder.mkdir()
    portraits.astronaut().save(folder / "a.png")
    portraits.hopper().save(folder / "b.JPG")
    (folder / "notes.txt").write_text("not a photo")
    return folder


def a_kept_photo(folder: Path) -> Folders:
    """An app folder in which one photo is kept."""
    folders = Folders(folder)
    library = Library.open(folders)
    portraits.hopper().save(folder / "portrait.jpg")
    library.keep_photo(develop((folder / "portrait.jpg").read_bytes()))
    library.close()
    (folder / "portrait.jpg").unlink()
    return folders


def test_an_empty_variable_counts_as_none(tmp_path: Path) -> None:
    said = headshot_web(
        "doctor", "--json", HEADSHOT_WEB_DATA_DIR="", HEADSHOT_WEB_PORT="", cwd=tmp_path, HOME=tmp_path
    )
    folder = next(finding for finding in json.loads(said.stdout) if finding["name"] == "folder")
    assert "headshot-web" in folder["says"]


class TestHelp:
    def test_it_names_every_command_every_setting_the_folder_and_the_promise(self) -> None:
        said = headshot_web("--help", HOME="/home/someone", XDG_DATA_HOME="/home/someone/data").stdout
        for word in ("render", "styles", "doctor", "--port", "--data-dir", "--no-browser", "--version"):
            assert word in said
        for name in Settings.model_fields:
            assert f"HEADSHOT_WEB_{name.upper()}" in said
        for name in ("OPENAI_API_KEY", "HEADSHOT_WEB_OPENAI_API_KEY"):
            assert f"  {name} " in said
        assert "Photos never leave this computer unless you choose" in said
        if sys.platform == "linux":
            assert "/home/someone/data/headshot-web" in said

    def test_every_look_that_the_examples_name_exists(self) -> None:
        said = headshot_web("--help").stdout + headshot_web("render", "--help").stdout
        words = said.split()
        named = {words[at + 1] for at, word in enumerate(words) if word == "--style" and at + 1 < len(words)}
        assert named - {"NAME", "all"} <= {look.id for look in catalogue()}
        assert len(named) > 2

    def test_the_version_is_said(self) -> None:
        done = subprocess.run(
            [*COMMAND, "--version"], env=environment(), capture_output=True, text=True, check=True
        )
        assert done.stdout == f"headshot-web {__version__}\n"

    @pytest.mark.parametrize(
        ("options", "sentence"),
        [
            (["--port", "seventy"], "a port is a number from 1 to 65535, not “seventy”"),
            (["rendr"], "rendr"),
            (["render", "a.jpg", "--style", "x", "--out", "o", "--size", "500x900"], "1:1, 4:5, 2:3 or 3:4"),
            (["render", "a.jpg", "--style", "x", "--out", "o", "--color", "blue"], "#rrggbb"),
            (["render", "a.jpg"], "--style"),
            (["render", "a.jpg", "--style", "x", "--out", "o", "--count", "11"], "a number from 1 to 10"),
            (["render", "a.jpg", "--style", "x", "--out", "o", "--engine", "other"], "openai"),
        ],
    )
    def test_what_is_not_understood_is_said_in_a_sentence(self, options: list[str], sentence: str) -> None:
        done = headshot_web(*options)
        assert done.returncode == 2
        assert sentence in done.stderr
        assert "--help" in done.stderr
        assert "Traceback" not in done.stderr


class TestSettings:
    def test_a_wrong_variable_is_named(self) -> None:
        done = headshot_web("doctor", HEADSHOT_WEB_PORT="seventy")
        assert done.returncode == 2
        assert done.stderr.startswith("HEADSHOT_WEB_PORT is not understood.")
        assert "Traceback" not in done.stderr

    def test_a_wrong_line_of_the_settings_file_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "settings.toml").write_text("max_upload_mb = 0\n")
        done = headshot_web("doctor", "--data-dir", tmp_path)
        assert done.returncode == 2
        assert "“max_upload_mb” in settings.toml" in done.stderr

    def test_a_variable_chooses_the_folder_and_an_option_comes_first(self, tmp_path: Path) -> None:
        by_variable = headshot_web("doctor", HEADSHOT_WEB_DATA_DIR=tmp_path / "variable").stdout
        assert str(tmp_path / "variable") in by_variable
        both = headshot_web(
            "doctor", "--data-dir", tmp_path / "option", HEADSHOT_WEB_DATA_DIR=tmp_path / "variable"
        )
        assert str(tmp_path / "option") in both.stdout
        assert not list(tmp_path.iterdir())  # looking makes nothing


class TestStyles:
    def test_every_look_is_a_line_with_its_name(self) -> None:
        lines = headshot_web("styles").stdout.splitlines()
        assert [line.split()[0] for line in lines] == [look.id for look in catalogue()]
        for line, look in zip(lines, catalogue(), strict=True):
            # Another attire is only possible with AI: there, what this computer makes keeps the clothes.
            assert ("keeps your clothes" in line) is not look.keeps_clothes
            assert ("all of it on this computer" in line) is look.keeps_clothes

    def test_programs_read_it_as_json(self) -> None:
        looks = json.loads(headshot_web("styles", "--json").stdout)
        assert [look["id"] for look in looks] == [look.id for look in catalogue()]
        assert looks[0]["backdrop"]["color"].startswith("#")


class TestRender:
    def test_a_folder_becomes_headshots_and_nothing_is_kept(self, photos: Path, tmp_path: Path) -> None:
        data = tmp_path / "data"
        done = headshot_web(
            "render", photos.name, "--style", "advisor-navy", "--style", "open-office", "--out", "out",
            cwd=tmp_path, HEADSHOT_WEB_DATA_DIR=data,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        made = sorted(path.name for path in (tmp_path / "out").iterdir())
        assert made == [f"{who}-{look}.jpg" for who in "ab" for look in ("advisor-navy", "open-office")]
        for path in (tmp_path / "out").iterdir():
            with Image.open(path) as picture:
                assert picture.size == ((1200, 1200) if "navy" in path.name else (1200, 1500))
        lines = [line for line in done.stdout.splitlines() if "→" in line]
        assert len(lines) == 4
        assert not [path for path in data.rglob("*") if path.is_file()]

    def test_one_broken_photo_stops_no_other_and_is_said(self, photos: Path, tmp_path: Path) -> None:
        (photos / "broken.jpg").write_bytes((photos / "b.JPG").read_bytes()[:3000])
        wanted = ["broken.jpg", "missing.jpg", "notes.txt", "b.JPG"]
        done = headshot_web(
            "render", *wanted, "--style", "advisor-navy", "--out", tmp_path / "out", "--size", "600",
            "--data-dir", tmp_path / "data", cwd=photos,
        )  # fmt: skip
        assert done.returncode == 1
        said = {line.partition(": ")[0]: line for line in done.stderr.splitlines()}
        assert "damaged" in said["broken.jpg"]
        assert "can't be read" in said["missing.jpg"]
        assert "not a picture" in said["notes.txt"]
        assert [path.name for path in (tmp_path / "out").iterdir()] == ["b-advisor-navy.jpg"]
        assert "Traceback" not in done.stderr

    @pytest.mark.thorough
    def test_what_was_noticed_in_a_photo_is_said_once_however_many_looks(self, tmp_path: Path) -> None:
        portraits.group().save(tmp_path / "us.png")
        wanted = [
            "render",
            tmp_path / "us.png",
            "--style",
            "stage",
            "--style",
            "advisor-navy",
            "--size",
            "400",
        ]
        wanted += ["--out", tmp_path / "out", "--data-dir", tmp_path / "data"]
        said = headshot_web(*wanted).stdout
        assert said.count("several people") == 1
        assert "Tap" not in said, "there is nothing to tap on here"
        again = ["stage" if look == "advisor-navy" else look for look in wanted]  # once more, one look alone
        (noticed,) = json.loads(headshot_web(*again, "--json").stdout)["noticed"]
        assert any("several people" in advice for advice in noticed["advice"])

    def test_nothing_is_replaced_and_wishes_are_followed(self, photos: Path, tmp_path: Path) -> None:
        out = tmp_path / "out"
        out.mkdir()
        (out / "b-stage.png").write_text("mine")
        options = ["--style", "stage", "--out", out, "--size", "320x400", "--kind", "png", "--json"]
        done = headshot_web("render", photos / "b.JPG", *options, HEADSHOT_WEB_DATA_DIR=tmp_path / "data")
        assert done.returncode == 0, done.stderr
        (made,) = json.loads(done.stdout)["made"]
        assert (made["width_px"], made["height_px"]) == (320, 400)
        assert Path(made["file"]).name == "b-stage-2.png"
        with Image.open(made["file"]) as picture:
            assert (picture.format, picture.size) == ("PNG", (320, 400))
        assert (out / "b-stage.png").read_text() == "mine"

    def test_failures_are_json_too(self, tmp_path: Path) -> None:
        done = headshot_web(
            "render",
            "no.jpg",
            "--style",
            "stage",
            "--out",
            tmp_path,
            "--json",
            "--data-dir",
            tmp_path / "data",
        )
        assert done.returncode == 1
        (failed,) = json.loads(done.stdout)["failed"]
        assert (failed["photo"], failed["error"]) == ("no.jpg", "PhotoUnreadable")

    def test_a_look_that_does_not_exist_is_said_before_anything_is_made(
        self, photos: Path, tmp_path: Path
    ) -> None:
        done = headshot_web("render", photos, "--style", "beach", "--out", tmp_path / "out")
        assert done.returncode == 1
        assert done.stderr.startswith("This look is not in the catalogue.")
        assert not (tmp_path / "out").exists()

    def test_a_folder_without_photos_is_said(self, tmp_path: Path) -> None:
        done = headshot_web("render", tmp_path, "--style", "stage", "--out", tmp_path / "out")
        assert done.returncode == 1
        assert "No photo was found" in done.stderr

    @pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for another process")
    def test_ctrl_c_ends_it_without_a_traceback(self, photos: Path, tmp_path: Path) -> None:
        for number in range(12):
            shutil.copy(photos / "b.JPG", photos / f"{number}.jpg")
        command = [*COMMAND, "render", str(photos), "--style", "all", "--out", str(tmp_path / "out")]
        variables = environment(HEADSHOT_WEB_DATA_DIR=tmp_path / "data")
        with subprocess.Popen(
            command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as run:
            assert run.stdout
            run.stdout.readline()  # the first one is made
            run.send_signal(signal.SIGINT)
            _, errors = run.communicate(timeout=20)
        assert run.returncode == 130
        assert "Traceback" not in errors
        assert "Stopped." in errors
        for path in (tmp_path / "out").iterdir():
            with Image.open(path) as picture:
                picture.load()  # none is half-written


class TestNames:
    @pytest.mark.parametrize(
        ("name", "stem"),
        [
            ("me.jpg", "me"),
            ("a:b?c.jpg", "a_b_c"),
            ("CON.jpg", "_CON"),
            (".jpg", "jpg"),
            ("...jpg", "_"),
            ("line\nbreak.png", "line_break"),
            ("Zoë Ångström.heic", "Zoë Ångström"),
            ("x" * 300 + ".jpg", "x" * 80),
        ],
    )
    def test_file_names_are_safe_on_every_system(self, name: str, stem: str) -> None:
        assert safe_stem(Path(name)) == stem

    def test_each_photo_is_found_once_in_the_order_named(self, photos: Path) -> None:
        found = find_photos([str(photos / "b.JPG"), str(photos), str(photos / "*.png"), "missing.jpg"])
        assert [path.name for path in found] == ["b.JPG", "a.png", "missing.jpg"]


class TestDoctor:
    def test_a_healthy_folder(self, tmp_path: Path) -> None:
        a_kept_photo(tmp_path)
        done = headshot_web("doctor", "--data-dir", tmp_path)
        assert done.returncode == 0, done.stdout
        assert "1 photo, 0 headshots" in done.stdout
        assert str(tmp_path) in done.stdout
        assert __version__ in done.stdout

    def test_a_damaged_index_is_said_and_made_anew(self, tmp_path: Path) -> None:
        folders = a_kept_photo(tmp_path)
        for left in tmp_path.glob("index.sqlite3-*"):
            left.unlink()
        folders.index.write_bytes(b"this is no index" * 400)
        done = headshot_web("doctor", "--data-dir", tmp_path)
        assert done.returncode == 1
        assert "doctor --rebuild" in done.stdout
        done = headshot_web("doctor", "--rebuild", "--json", "--data-dir", tmp_path)
        assert done.returncode == 0, done.stdout
        findings = {finding["name"]: finding for finding in json.loads(done.stdout)}
        assert findings["index"]["healthy"]
        assert "1 photo" in findings["index"]["says"]

    def test_a_picture_that_is_gone_is_said(self, tmp_path: Path) -> None:
        folders = a_kept_photo(tmp_path)
        shutil.rmtree(next(folders.photos.iterdir()))
        done = headshot_web("doctor", "--data-dir", tmp_path)
        assert done.returncode == 1
        assert "1 picture of the index can't be found" in done.stdout

    @pytest.mark.skipif(os.name != "posix", reason="file modes are of POSIX")
    def test_a_file_that_others_could_open_is_said(self, tmp_path: Path) -> None:
        a_kept_photo(tmp_path).index.chmod(0o644)
        done = headshot_web("doctor", "--data-dir", tmp_path)
        assert done.returncode == 1
        assert "could be opened by other users" in done.stdout

    def test_it_says_who_would_draw_with_which_key_and_what_it_does_not_follow(self, tmp_path: Path) -> None:
        (tmp_path / "openai_models.toml").write_text('[prices."2.x"]\nimage_out = 31.0\n')
        done = headshot_web(
            "doctor", "--json", "--data-dir", tmp_path, OPENAI_API_KEY=CANARY, HTTPS_PROXY="http://10.0.0.9",
            OPENAI_BASE_URL="http://evil.example", OPENAI_ORG_ID="org", HEADSHOT_WEB_BUDGET_DAY="2.5",
        )  # fmt: skip
        findings = {finding["name"]: finding["says"] for finding in json.loads(done.stdout)}
        assert "api.openai.com, encrypted" in findings["server"]
        assert "comes from the environment" in findings["key"]
        assert "Nobody said yes" in findings["consent"]
        assert "2.50 a day" in findings["budgets"]
        assert findings["ignored"].endswith("HTTPS_PROXY, OPENAI_BASE_URL, OPENAI_ORG_ID.")
        assert "of 2026-" in findings["prices"]
        assert str(tmp_path / "openai_models.toml") in findings["prices"]
        assert CANARY not in done.stdout + done.stderr

    @pytest.mark.parametrize(
        ("address", "said"),
        [
            ("http://192.168.1.20:4000", "in the open"),
            ("http://photos.example.com", "can't be used"),
        ],
    )
    def test_a_server_by_which_others_could_read_along_is_said(
        self, tmp_path: Path, address: str, said: str
    ) -> None:
        done = headshot_web("doctor", "--data-dir", tmp_path, HEADSHOT_WEB_OPENAI_BASE_URL=address)
        assert done.returncode == 1
        (line,) = [line for line in done.stdout.splitlines() if " server " in line]
        assert line.startswith("LOOK")
        assert said in line

    def test_one_on_this_computer_is_fine_without_https(self, tmp_path: Path) -> None:
        address = "http://127.0.0.1:4000"
        done = headshot_web("doctor", "--data-dir", tmp_path, HEADSHOT_WEB_OPENAI_BASE_URL=address)
        assert done.returncode == 0
        assert "127.0.0.1:4000, on this computer" in done.stdout

    def test_a_key_where_it_does_not_belong_is_said_and_not_repeated(self, tmp_path: Path) -> None:
        (tmp_path / "settings.toml").write_text(f'openai_api_key = "{CANARY}"\n')
        done = headshot_web("doctor", "--data-dir", tmp_path)
        assert done.returncode == 1
        assert "settings.toml is no place for a key" in done.stdout
        assert CANARY not in done.stdout + done.stderr
        other = headshot_web("doctor", "--data-dir", tmp_path / "new", OPENAI_API_KEY="not set yet")
        assert "OPENAI_API_KEY holds no key" in other.stdout


def test_a_key_is_in_no_note_of_an_unforeseen_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError(CANARY)

    monkeypatch.setattr(doctor, "examine", fail)
    done = headshot_web("doctor", "--data-dir", tmp_path, OPENAI_API_KEY=CANARY)
    assert done.returncode == 1
    assert "Something did not work" in done.stderr
    assert "headshot-web doctor --report" in done.stderr
    assert CANARY not in done.stdout + done.stderr
    assert "is noted in" in done.stderr
    assert not [
        file for file in tmp_path.rglob("*") if file.is_file() and CANARY in file.read_text("latin-1")
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for another process")
class TestServing:
    @pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows what another process was given")
    @pytest.mark.thorough
    def test_a_key_of_the_environment_reaches_no_child_process_no_page_and_no_file(
        self, tmp_path: Path
    ) -> None:
        served = start(
            ["-m", "headshot_web", "--data-dir", str(tmp_path / "data"), "--port", str(free_port())],
            OPENAI_API_KEY=CANARY, HEADSHOT_WEB_BROWSER="false", PYTHONUNBUFFERED="1",
        )  # fmt: skip
        try:
            for page in ("/", "/settings", "/privacy"):
                assert CANARY not in ask(served.port, "GET", page, {"Accept": "text/html"}).body.decode()
            deadline = time.monotonic() + 15
            while not (children := psutil.Process(served.process.pid).children(recursive=True)):
                assert time.monotonic() < deadline, "the process that opens photos is started by itself"
                time.sleep(0.1)
            for child in children:
                assert not {"OPENAI_API_KEY", "HEADSHOT_WEB_OPENAI_API_KEY"} & child.environ().keys()
                assert CANARY not in str(child.environ()) + str(child.cmdline())
        finally:
            served.stop()
        assert CANARY not in served.said()
        served.errors.close()
        files = [file for file in (tmp_path / "data").rglob("*") if file.is_file()]
        assert files
        assert not [file for file in files if CANARY.encode() in file.read_bytes()]

    def test_it_says_its_address_answers_and_closes_at_ctrl_c(self, tmp_path: Path) -> None:
        port = free_port()
        served = start(
            ["-m", "headshot_web", "--data-dir", str(tmp_path / "data")],
            HEADSHOT_WEB_PORT=str(port), HEADSHOT_WEB_BROWSER="false", PYTHONUNBUFFERED="1",
        )  # fmt: skip
        try:
            assert served.address == f"http://localhost:{port}"
            assert ask(port, "GET", "/welcome", {"Accept": "text/html"}).status == 200
            again = headshot_web("--data-dir", tmp_path / "data", "--no-browser")
            assert again.returncode == 1
            assert again.stderr.startswith("The app is already running with this folder.")
        finally:
            code = served.stop()
        assert code == 0
        assert served.said() == ""
        served.errors.close()

    def test_a_busy_port_is_said_and_the_next_one_is_used(self, tmp_path: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as busy:
            port = busy.getsockname()[1]
            command = [*COMMAND, "--port", str(port), "--no-browser", "--data-dir", str(tmp_path)]
            with subprocess.Popen(
                command, env=environment(PYTHONUNBUFFERED=1), stdout=subprocess.PIPE, text=True
            ) as run:
                assert run.stdout
                first, second = run.stdout.readline(), run.stdout.readline()
                run.send_signal(signal.SIGINT)
                assert run.wait(20) == 0
        assert first.startswith(f"Port {port} is not free")
        assert "http://localhost:" in second
        assert f":{port}\n" not in second

    @pytest.mark.parametrize("moment", ["headshot_web.options", "headshot_web.studio", "uvicorn.config"])
    def test_ctrl_c_while_it_starts_prints_no_traceback(self, tmp_path: Path, moment: str) -> None:
        """Python itself tells when a module was imported: then Ctrl-C comes."""
        command = [
            sys.executable,
            "-X",
            "importtime",
            *COMMAND[1:],
            "--no-browser",
            "--port",
            str(free_port()),
        ]
        variables = environment(HEADSHOT_WEB_DATA_DIR=tmp_path)
        with subprocess.Popen(command, env=variables, stderr=subprocess.PIPE, text=True) as run:
            assert run.stderr
            assert any(line.endswith(f" {moment}\n") for line in run.stderr)
            run.send_signal(signal.SIGINT)
            _, errors = run.communicate(timeout=20)
        assert "Traceback" not in errors
        assert run.returncode in (0, 130)

    @pytest.mark.parametrize("wait_s", [0.0, 0.3])
    def test_ctrl_c_in_a_terminal_reaches_the_workers_too_and_none_complains(
        self, tmp_path: Path, wait_s: float
    ) -> None:
        """A terminal sends Ctrl-C to the app and to every process it started, even one still starting."""
        command = [*COMMAND, "--no-browser", "--port", str(free_port()), "--data-dir", str(tmp_path)]
        with subprocess.Popen(
            command,
            env=environment(PYTHONUNBUFFERED=1),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as run:
            assert run.stdout
            run.stdout.readline()
            time.sleep(wait_s)
            os.killpg(run.pid, signal.SIGINT)
            _, errors = run.communicate(timeout=20)
        assert errors == ""
        assert run.returncode == 0
