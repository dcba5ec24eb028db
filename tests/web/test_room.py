"""Several hosts in networks of their own: two phones come in by real interfaces, and nobody else does."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.web.test_interfaces import apart

ROOM = Path(__file__).parents[1] / "room.py"


@pytest.mark.thorough
@pytest.mark.skipif(not apart(), reason="this system gives out no network namespaces")
def test_two_phones_of_the_same_network_come_in_and_another_network_does_not(tmp_path: Path) -> None:
    command = [*apart(), sys.executable, str(ROOM), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=180)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert all(code.startswith("http://192.168.77.1:8417/pair#") for code in told["codes"])
    assert len(set(told["codes"])) == 2
    for name in ("one", "other"):
        assert (told["first"][name]["paired"], told["first"][name]["headshots"]) == (200, 1)
        then = told["then"][name]
        assert (then["own"], then["is_mine"], then["headshots"]) == (200, True, 1)
        assert then["others"] == 404
        assert then["again"] in (403, 404, 410), "a code counts once, from whichever host"
        assert then["as_owner"] == 421
    assert told["outside"] is False, "the app answers in the one network alone"
    name, address, by_name, by_another = told["named"]["one"]
    assert (name.startswith("headshot-"), name.endswith(".local"), address) == (True, True, "192.168.77.1")
    assert (by_name, by_another) == (200, 421), "only under the name that was announced"
    assert told["named"]["outside"] is None, "the name is told in the one network alone"
    assert (told["ended"], told["after"]) == (0, False)
