"""A LiteLLM gateway on loopback over several servers, in a process of its own."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from tests.doors import free_port

HERE = Path(__file__).parent
PYTHON = Path(os.environ.get("GATEWAY_PYTHON", ".venv-gateway/bin/python"))
KEY = "sk-gateway-0123456789"
# Everything that LiteLLM would otherwise ask the internet for when it starts.
QUIET = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_LOCAL_BLOG_POSTS": "True",
    "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",
    "LITELLM_LOCAL_POLICY_TEMPLATES": "True",
    "LITELLM_LOCAL_AUTOROUTER_PRESETS": "True",
}
KEPT = ("PATH", "SYSTEMROOT", "TEMP", "TMP")
START_S = 180.0
# As the README has it: picked by chance, asked again elsewhere, and left alone for a while once it failed.
ROUTER = {"num_retries": 3, "allowed_fails": 0, "cooldown_time": 30}


def config(servers: Sequence[str], groups: Sequence[str]) -> dict[str, Any]:
    """The config file: each group of this name over every server; the model asked for is the group's name."""
    models = [
        {
            "model_name": group,
            "litellm_params": {"model": f"openai/{group}", "api_base": server, "api_key": "none"},
        }
        for group in groups
        for server in servers
    ]
    return {"model_list": models, "router_settings": ROUTER, "general_settings": {"master_key": KEY}}


class Gateway:
    """Starts when it is made; `close` ends it."""

    def __init__(self, folder: Path, servers: Sequence[str], groups: Sequence[str]) -> None:
        if not PYTHON.exists():
            raise FileNotFoundError(f"There is no gateway at {PYTHON}; run “make test-gateway”.")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "config.yaml").write_text(json.dumps(config(servers, groups)))  # JSON is YAML
        self._addresses, self._log = folder / "addresses", folder / "log"
        self.port = free_port()
        command = [PYTHON.absolute(), HERE / "watched_litellm.py", self._addresses]
        command += ["--config", folder / "config.yaml", "--host", "127.0.0.1", "--port", str(self.port)]
        environment = {name: os.environ[name] for name in KEPT if name in os.environ}
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                [*map(str, command), "--telemetry", "False"],
                cwd=folder, env={**environment, **QUIET, "HOME": str(folder)}, stdout=log, stderr=log,
            )  # fmt: skip
        try:
            self._wait()
        except BaseException:
            self.close()
            print(self.log[-4000:], file=sys.stderr)
            raise

    @property
    def base_url(self) -> str:
        """What the app is given."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def log(self) -> str:
        """Everything it said."""
        return self._log.read_text(errors="replace")

    @property
    def posts(self) -> int:
        """How many edits it was asked for."""
        return self.log.count('"POST /v1/images/edits HTTP')

    @property
    def addresses(self) -> set[str]:
        """Whom it looked for or connected to, as host:port."""
        return set(self._addresses.read_text().split())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _wait(self) -> None:
        end = time.monotonic() + START_S
        while not self._is_up():
            if self._process.poll() is not None or time.monotonic() > end:
                raise TimeoutError("The gateway did not start.")
            time.sleep(0.2)

    def _is_up(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/health/liveliness")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()
