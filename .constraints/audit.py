"""Look for known weaknesses in the committed versions; say plainly when nobody can be asked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
NOT_REACHED = (
    "No advisory database could be reached from here, so nothing was checked. Run “make audit” again "
    "where there is a network."
)
SIGNS = ("ConnectionError", "Max retries", "Failed to establish", "timed out", "ServiceError", "HTTPError")


def main() -> int:
    """Ask PyPI's advisories, then OSV; 0 when nothing is known, 1 for a weakness, 2 when nobody answered."""
    for service in ("pypi", "osv"):
        files = [f"--requirement={FOLDER / name}.txt" for name in ("test", "renew")]
        command = [sys.executable, "-m", "pip_audit", "--no-deps", "--disable-pip", "--timeout=15", *files]
        answer = subprocess.run(
            [*command, f"--vulnerability-service={service}", "--progress-spinner=off"],
            capture_output=True,
            text=True,
            check=False,
        )
        if answer.returncode == 0 or not any(sign in answer.stderr for sign in SIGNS):
            print(answer.stdout + answer.stderr)
            return answer.returncode
    print(NOT_REACHED, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
