"""The whole app with a provider on loopback, for tests in which headshots are drawn elsewhere."""

from __future__ import annotations

from pathlib import Path

from tests.doors import Served, agreed_to_policy, free_port, start
from tests.openai_server import OpenAIServer

MODEL = "gpt-image-2.6-sunburst"


def environment(provider: OpenAIServer) -> dict[str, str]:
    """What makes the app take the loopback for its provider: it streams, and no key is found elsewhere."""
    return {
        "HEADSHOT_WEB_OPENAI_BASE_URL": provider.base_url,
        "HEADSHOT_WEB_OPENAI_STREAM": "true",
        "HEADSHOT_WEB_OPENAI_MODEL": MODEL,
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "OPENAI_API_KEY": "",
    }


def start_with_provider(folder: Path, provider: OpenAIServer, **more: str) -> Served:
    """Start the app after its first visit; the loopback's prices are OpenAI's."""
    folder.mkdir(mode=0o700)
    (folder / "openai_models.toml").write_text(f'host = "127.0.0.1:{provider.port}"\n')
    agreed_to_policy(folder)
    command = ["-m", "headshot_web", "--port", str(free_port()), "--data-dir", str(folder), "--no-browser"]
    return start(command, folder=folder, **environment(provider), **more)
