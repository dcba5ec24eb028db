"""The whole app with networks made of loopback addresses, for tests that let phones in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.doors import HERE, Served, agreed_to_policy, free_port, start

WIFI = "127.0.0.41"
CABLE = "127.0.0.42"


def write_networks(file: Path, **networks: str) -> None:
    """Say in which networks the computer is from now on."""
    beside = file.with_suffix(".new")
    beside.write_text(json.dumps(networks), encoding="utf-8")
    beside.replace(file)


def start_with_networks(folder: Path, file: Path, **environment: Any) -> Served:
    """Start the app on a folder in which the policy was agreed to."""
    agreed_to_policy(folder)
    return start(
        [str(HERE / "networks_server.py"), str(folder), str(free_port()), str(file)],
        folder=folder,
        **{"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring", **environment},
        PYTHONPATH=str(HERE.parent),
    )
