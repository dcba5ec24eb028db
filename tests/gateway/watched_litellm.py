"""LiteLLM's own command, run by the Python it lives in, with every address it looks for written down.

The first argument is the file for the addresses; the rest is LiteLLM's. Only this computer is let through.
"""

from __future__ import annotations

import sys
from pathlib import Path

NEAR = ("127.0.0.1", "::1", "localhost", "", None)


def main() -> None:
    """Watch, then do what `litellm` does."""
    diary = Path(sys.argv.pop(1))

    def watch(event: str, details: tuple[object, ...]) -> None:
        if event == "socket.connect" and isinstance(details[1], tuple):
            host, port = details[1][:2]
        elif event in {"socket.getaddrinfo", "socket.gethostbyname"}:
            host, port = details[0], "?"
        else:
            return
        name = host.decode() if isinstance(host, bytes) else host
        with diary.open("a") as lines:
            lines.write(f"{name}:{port}\n")
        if name not in NEAR:
            raise OSError(f"{name} is not on this computer")

    sys.addaudithook(watch)
    from litellm import run_server  # noqa: PLC0415 - it is watched while it is imported
    from litellm.proxy.proxy_cli import ProxyInitializationHelpers  # noqa: PLC0415

    # Python's own event loop tells what it connects to; uvloop does not.
    ProxyInitializationHelpers.get_loop_type = staticmethod(lambda: "asyncio")
    run_server()


if __name__ == "__main__":
    main()
