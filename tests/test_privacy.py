"""Every promise of the policy has its test, which is named as the sentence it keeps, and the README lists it.

They are in `tests/privacy`, and in `tests/browser/test_promises.py` where a browser is needed.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from headshot_web.policy import PROMISES

ROOT = Path(__file__).resolve().parents[1]
FILES = [*(ROOT / "tests" / "privacy").glob("test_*.py"), ROOT / "tests" / "browser" / "test_promises.py"]


def named(sentence: str) -> str:
    """Return what the test of a promise is called: its words, up to the first colon or semicolon."""
    words = re.split("[:;]", sentence)[0].lower().replace("’", "").rstrip(".")
    return "test_" + re.sub(r"[^a-z0-9]+", "_", words)


def kept() -> dict[str, str]:
    """Every test of a promise, and the file it is in; none of them may be left out."""
    found: dict[str, str] = {}
    for path in FILES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for part in tree.body:
            if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) and part.name.startswith("test_"):
                skipped = [one for one in part.decorator_list if "skip" in ast.unparse(one)]
                assert not (skipped and part.name in NAMES), part.name
                assert part.name not in found, part.name
                found[part.name] = f"tests/{path.parent.name}/{path.name}"
    return found


NAMES = {named(sentence): sentence for sentence in PROMISES.values()}


def test_there_are_enough_promises_and_each_has_a_name_of_its_own() -> None:
    assert len(PROMISES) >= 16
    assert len(NAMES) == len(PROMISES)


@pytest.mark.parametrize("promise", PROMISES)
def test_a_promise_has_its_test(promise: str) -> None:
    assert named(PROMISES[promise]) in kept()


def test_the_table_in_the_readme_leads_from_each_promise_to_its_test() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Privacy")[2].partition("\n## ")[0]
    rows = dict(re.findall(r"^\| (.+?) \| `(test_\w+)`", text, re.MULTILINE))
    assert rows == {sentence: name for name, sentence in NAMES.items()}
