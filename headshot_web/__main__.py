"""The command `headshot-web`. Light on purpose: every worker process imports this module once more."""

from __future__ import annotations

import sys

INTERRUPTED = 130


def main() -> int:
    """Run the command; Ctrl-C ends it without a traceback, even while it is still starting."""
    try:
        from headshot_web.cli import run  # noqa: PLC0415 - only the command itself needs it, no worker does

        return run(sys.argv[1:])
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
