"""Every promise of the policy has its test, which is named as the sentence it keeps, and the README lists it.

They are in `tests/privacy`, and in `tests/browser/test_promises.py` where a browser is needed.
"""

from __future__ import annotations

import ast
import functools
import os
import re
from pathlib import Path

import pytest

from headshot_web.policy import PROMISES
from tests.test_library import posix

ROOT = Path(__file__).resolve().parents[1]
FILES = [*(ROOT / "tests" / "privacy").glob("test_*.py"), ROOT / "tests" / "browser" / "test_promises.py"]
CONFTESTS = [ROOT / "tests" / folder / "conftest.py" for folder in ("", "privacy", "browser")]


def named(sentence: str) -> str:
    """Return what the test of a promise is called: its words, up to the first colon or semicolon."""
    words = re.split("[:;]", sentence)[0].lower().replace("’", "").rstrip(".")
    return "test_" + re.sub(r"[^a-z0-9]+", "_", words)


@functools.cache
def kept() -> dict[str, str]:
    """Every test of a promise, and the file it is in."""
    found: dict[str, str] = {}
    for path in FILES:
        for part in parsed(path).body:
            if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) and part.name.startswith("test_"):
                assert part.name not in found, part.name
                found[part.name] = f"tests/{path.parent.name}/{path.name}"
    return found


@functools.cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def left_out(tree: ast.Module) -> list[str]:
    """How a file could leave the test of a promise out, or let it fail unseen, while its name stays."""
    found: list[str] = []
    for part in tree.body:
        name = part.name if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) else ""
        if name in NAMES:
            marks = map(ast.unparse, part.decorator_list)  # type: ignore[attr-defined]
            found += [mark for mark in marks if mark not in HARMLESS]
        if name in NAMES or not name.startswith("test_"):
            found += [ast.unparse(one) for one in ast.walk(part) if LEAVES_OUT.fullmatch(_called(one))]
    return found


def _called(node: ast.AST) -> str:
    """The last name of what is called or set there."""
    match node:
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
            return name
        case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
            return name
    return ""


NAMES = {named(sentence): sentence for sentence in PROMISES.values()}
HARMLESS = {"posix"}
"""What may stand before the test of a promise: it is of a matter that only POSIX systems have."""
LEAVES_OUT = re.compile("skip|skipif|skipTest|xfail|importorskip|pytestmark|collect_ignore(_glob)?|__test__")


def test_there_are_enough_promises_and_each_has_a_name_of_its_own() -> None:
    assert len(PROMISES) >= 16
    assert len(NAMES) == len(PROMISES)


@pytest.mark.parametrize("promise", PROMISES)
def test_a_promise_has_its_test(promise: str) -> None:
    assert named(PROMISES[promise]) in kept()


@pytest.mark.parametrize("path", [*FILES, *CONFTESTS], ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_no_test_of_a_promise_is_left_out_of_what_make_test_runs(path: Path) -> None:
    assert left_out(parsed(path)) == []
    assert posix.mark.name == "skipif"
    assert posix.mark.args == (os.name != "posix",)


@pytest.mark.parametrize(
    "line",
    [
        "@pytest.mark.thorough\n{test}",
        "@pytest.mark.xfail(strict=False)\n{test}",
        "@unittest.skip('later')\n{test}",
        "later = pytest.mark.skip\n@later\n{test}",
        "pytestmark = pytest.mark.thorough\n{test}",
        "pytestmark: object = [pytest.mark.thorough]\n{test}",
        "pytest.importorskip('a_module')\n{test}",
        "if True:\n    pytest.skip(allow_module_level=True)\n{test}",
        "{test}    pytest.skip()\n",
        "{test}\n{name}.__test__ = False\n",
    ],
)
def test_however_it_was_left_out_that_is_seen(line: str) -> None:
    name = next(iter(NAMES))
    test = f"def {name}():\n    assert True\n"
    assert left_out(ast.parse(test)) == []
    assert left_out(ast.parse(line.format(test=test, name=name))) != []


def test_the_table_in_the_readme_leads_from_each_promise_to_its_test() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Privacy")[2].partition("\n## ")[0]
    rows = dict(re.findall(r"^\| (.+?) \| `(test_\w+)`", text, re.MULTILINE))
    assert rows == {sentence: name for name, sentence in NAMES.items()}
