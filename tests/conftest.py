"""What every test may ask for."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import keyring
import pytest
from keyring.backends import fail
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from headshot_web.imaging.darkroom import Darkroom
from tests.openai_process import OpenAIProcess
from tests.openai_server import KEY, OpenAIServer

if TYPE_CHECKING:
    from openai import OpenAI


# No test, and no process it starts, ever looks into the keyring of whoever runs the tests; here it is set at
# once, since whoever asks first while a test plays with the environment would find another.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]


def pytest_configure() -> None:
    """Keep what Python compiles for the next process, and let Ctrl-C reach it even in a background shell."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


LONG = (
    *("privacy", "test_commission", "test_cli", "test_delivery", "test_darkroom", "test_negative"),
    *("test_openai", "test_journey", "test_privacy_pages", "test_access", "test_touch", "test_pages"),
)
"""Where the longest tests are, the longest first: so none is still running when all others are done."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what is long, but drive the browser last: with Playwright's loop, no other can begin."""

    def place(item: pytest.Item) -> tuple[bool, int]:
        folder, name = item.path.parent.name, item.path.stem
        long = folder if folder in LONG else name
        return folder == "browser", LONG.index(long) if long in LONG else len(LONG)

    items.sort(key=place)


class OneHouse(LoadFileScheduling):
    """A file of tests stays in one process; and so do all promises, which look at one person's visit."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return file.rpartition("/")[0] if "/privacy/" in file else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneHouse | None:
    """Share the tests out among the processes."""
    return OneHouse(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def shared_darkroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Darkroom]:
    """One warm darkroom for all tests that do not harm it."""
    darkroom = Darkroom(workers=1, scratch=tmp_path_factory.mktemp("scratch"))
    darkroom.start()
    yield darkroom
    darkroom.close()


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """An empty scratch folder."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


@pytest.fixture
def openai_server() -> Iterator[OpenAIServer]:
    """OpenAI on loopback; `base_url` and `key` are what an SDK is given."""
    with OpenAIServer() as server:
        yield server


@pytest.fixture
def other_server() -> Iterator[OpenAIServer]:
    """A second host, to which nothing of the first one's may go."""
    with OpenAIServer() as server:
        yield server


@pytest.fixture
def own_server() -> Iterator[OpenAIServer]:
    """Somebody's own server that takes the same form: any key, any model, no streams, FastAPI's errors."""
    with OpenAIServer(own=True) as server:
        yield server


@pytest.fixture
def openai_process() -> Iterator[OpenAIProcess]:
    """OpenAI on loopback in a process of its own."""
    with OpenAIProcess() as process:
        yield process


@pytest.fixture(scope="module")
def bare_client() -> Iterator[OpenAI]:
    """The official client as it comes, but for repeating what fails."""
    from openai import OpenAI  # noqa: PLC0415 - slow to import; few tests need it

    with OpenAI(base_url="http://127.0.0.1:1/v1", api_key=KEY, max_retries=0, timeout=5) as client:
        yield client


@pytest.fixture
def sdk(bare_client: OpenAI, openai_server: OpenAIServer) -> OpenAI:
    """The official client before the loopback OpenAI."""
    return bare_client.with_options(base_url=openai_server.base_url)
