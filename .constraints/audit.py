"""Look for known weaknesses in the committed versions; say plainly when nobody can be asked."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
NOBODY = "No advisory database could be reached from here, so nothing was checked. Try again with a network."
CLEAN, WEAK, UNKNOWN = 0, 1, 2


def main() -> int:
    """Ask PyPI's advisories, then OSV; 0 when nothing is known, 1 for a weakness, 2 when nobody answered."""
    for service in ("pypi", "osv"):
        libraries = ask(service)
        known = [library for library in libraries if "skip_reason" not in library]
        if known:
            return tell(known, len(libraries) - len(known))
    print(NOBODY, file=sys.stderr)
    return UNKNOWN


def ask(service: str) -> list[dict[str, Any]]:
    """Ask one database about every committed version; nothing when it does not answer."""
    files = [f"--requirement={FOLDER / name}.txt" for name in ("test", "renew")]
    command = [sys.executable, "-m", "pip_audit", *files, "--no-deps", "--disable-pip", "--format=json"]
    more = [f"--vulnerability-service={service}", "--progress-spinner=off", "--timeout=15"]
    answer = subprocess.run([*command, *more], capture_output=True, text=True, check=False)
    try:
        libraries: list[dict[str, Any]] = json.loads(answer.stdout)["dependencies"]
    except (ValueError, KeyError):
        return []
    return libraries


def tell(known: list[dict[str, Any]], unknown: int) -> int:
    """Say each weakness and the version that is without it."""
    weak = [(library, found) for library in known for found in library["vulns"]]
    for library, found in weak:
        better = ", ".join(found["fix_versions"]) or "no version yet"
        print(f"{library['name']} {library['version']}: {found['id']}, better in {better}")
    print(f"{len(known)} versions checked, {len(weak)} weaknesses known, {unknown} not in the database.")
    return WEAK if weak else CLEAN


if __name__ == "__main__":
    sys.exit(main())
