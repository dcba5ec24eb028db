"""A stand-in for CUPS: real programs on the path that note how they were called and answer as it does."""

from __future__ import annotations

import json
import sys
from pathlib import Path

PROGRAM = """#!{python}
import json, os, pathlib, sys
here = pathlib.Path({folder!r})
name = pathlib.Path(sys.argv[0]).name
words = sys.argv[1:]
with (here / "calls.jsonl").open("a") as calls:
    calls.write(json.dumps([name, words, sorted(os.environ)]) + "\\n")
state = json.loads((here / "state.json").read_text())
if state["silent"]:
    import time; time.sleep(60)
if state["down"]:
    sys.exit(print(name + ": Scheduler is not running.", file=sys.stderr) or 1)
def known(printer):
    if printer not in state["printers"]:
        sys.exit(print(name + ': Invalid destination name in list "' + printer + '".', file=sys.stderr) or 1)
if name == "lp":
    printer = words[words.index("-d") + 1]
    known(printer)
    state["number"] += 1
    job = printer + "-" + str(state["number"])
    state["queue"].append(job)
    state["spool"].append(job)
    (here / (job + ".jpg")).write_bytes(pathlib.Path(words[-1]).read_bytes())
    print("request id is " + job + " (1 file(s))")
elif name == "cancel":
    whole = words[:2] == ["-x", "-a"]
    if whole and state["keeps"]:
        sys.exit(print("cancel: purge-jobs failed: Forbidden", file=sys.stderr) or 1)
    if not whole and words[-1] not in state["queue"]:
        sys.exit(print("cancel: cancel-job failed: Job is already completed", file=sys.stderr) or 1)
    state["queue"] = [job for job in state["queue"] if job != words[-1]]
    state["spool"] = [job for job in state["spool"] if not (whole and job.startswith(words[-1] + "-"))]
elif words[0] == "-e":
    print("\\n".join(state["printers"]))
elif words[0] == "-o":
    wanted = [job for job in state["queue"] if len(words) == 1 or job.rpartition("-")[0] == words[1]]
    print("\\n".join(job + "  somebody  1024  Sat 28 Nov 2026" for job in wanted))
elif words[:2] == ["-l", "-p"]:
    known(words[2])
    printer = state["printers"][words[2]]
    how = "disabled since Sat -" if printer["disabled"] else "is idle.  enabled since Sat"
    print("printer " + words[2] + " " + how)
    print("\\tForm mounted:\\n\\tContent types: any")
    print("\\tAlerts: " + printer["alerts"] + "\\n\\tLocation: hall")
(here / "state.json").write_text(json.dumps(state))
"""


class Cups:
    """The stand-in's folder, to be put on the path; what is set counts from the next call on."""

    def __init__(self, folder: Path, *printers: str) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._write(
            printers={name: {"alerts": "none", "disabled": False} for name in printers},
            queue=[],
            spool=[],
            number=0,
            down=False,
            silent=False,
            keeps=False,
        )
        for name in ("lp", "lpstat", "cancel"):
            program = folder / name
            program.write_text(PROGRAM.format(python=sys.executable, folder=str(folder)))
            program.chmod(0o755)

    @property
    def state(self) -> dict[str, object]:
        """All it knows: printers, queue, and the pictures in its spool."""
        found: dict[str, object] = json.loads((self.folder / "state.json").read_text())
        return found

    @property
    def calls(self) -> list[tuple[str, list[str], list[str]]]:
        """How each program was called: its name, its words, and the names of its variables."""
        path = self.folder / "calls.jsonl"
        lines = path.read_text().splitlines() if path.exists() else []
        return [tuple(json.loads(line)) for line in lines]

    def printer(self, name: str, *, alerts: str = "none", disabled: bool = False) -> None:
        """Say how a printer is."""
        printers = self.state["printers"]
        assert isinstance(printers, dict)
        self._write(
            **{**self.state, "printers": {**printers, name: {"alerts": alerts, "disabled": disabled}}}
        )

    def set(self, **parts: object) -> None:
        """Set parts of what it knows."""
        self._write(**{**self.state, **parts})

    def _write(self, **state: object) -> None:
        (self.folder / "state.json").write_text(json.dumps(state))
