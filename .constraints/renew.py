"""Choose the newest versions of all dependencies: every Python and system, with hashes, no host."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
OPTIONS = [
    "--universal",
    "--python-version=3.11",
    "--fork-strategy=fewest",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--custom-compile-command=make constraints",
    "--constraint=.constraints/limits.in",
    "--quiet",
]


def compile_to(target: Path, *more: str) -> None:
    """Write one file of exact versions; `more` names the groups and the file to agree with."""
    command = [sys.executable, "-m", "uv", "pip", "compile", *OPTIONS, *more]
    subprocess.run(
        [*command, f"--output-file={target}"], cwd=FOLDER.parent, check=True, stdout=subprocess.DEVNULL
    )


def repeat_for(extra: str, target: Path) -> None:
    """Pin a package under its name with an extra too: pip, unlike uv, wants its hashes there as well."""
    text = target.read_text(encoding="utf-8")
    name = extra.partition("[")[0]
    found = re.search(rf"^{re.escape(name)}(==.*\n(?:    --hash.*\n)+)", text, re.MULTILINE)
    if found:
        again = extra + found[1].rstrip("\n \\") + "\n"
        target.write_text(text[: found.start()] + again + text[found.start() :], encoding="utf-8")


def main() -> None:
    """Renew run.txt, test.txt, renew.txt and gateway.txt; the first is a part of the second."""
    project = ["pyproject.toml", "--group=build", "--upgrade"]
    agreeing = "--constraint=.constraints/test.txt"
    compile_to(FOLDER / "test.txt", *project, "--group=test", "--group=check")
    compile_to(FOLDER / "run.txt", *project, agreeing)
    compile_to(FOLDER / "renew.txt", "--group=renew", "--upgrade", agreeing)
    # The gateway has an environment of its own, so it agrees with nothing here.
    compile_to(FOLDER / "gateway.txt", "--group=gateway", "--upgrade")
    repeat_for("pydantic[email]", FOLDER / "gateway.txt")
    print(
        "Renewed: .constraints/run.txt, test.txt, renew.txt and gateway.txt. "
        "Run “make test” and “make test-gateway” before you commit them."
    )


if __name__ == "__main__":
    main()
