"""One door for the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.doors import Served, start_door


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with short patience: a body may pause for one second; its temp folder is watched."""
    temp = tmp_path_factory.mktemp("temp")
    limits = {"upload_bytes": 20_064_000, "pause_s": 1.0}
    served = start_door(tmp_path_factory.mktemp("data"), limits=limits, TMPDIR=str(temp))
    yield served
    served.stop()
    assert not list(temp.iterdir()), "something was left in the system's temp folder"
    served.errors.close()
