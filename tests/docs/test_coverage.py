"""The page of invariants names tests that exist, and every invariant and failure point."""

import ast
import re

import pytest

from ankuan.control.runtime_checks import CHECKS
from tests.docs.pages import ROOT, page

PAGE = ROOT / "docs" / "invariants.md"
POINTS = {"A": 9, "B": 12, "C": 10, "D": 27, "E": 8, "F": 13, "G": 14}
_ROW = re.compile(r"^\| ([A-GI]\d+(?:(?:, | to )[A-GI]?\d+)*) \|", re.MULTILINE)


def named_tests() -> list[str]:
    return sorted({code for code in page(PAGE).inline_code if re.match(r"^[\w/]+/test\w*\.py|^backend/.+\.py", code)})


@pytest.mark.parametrize("named", named_tests())
def test_every_named_test_exists(named: str) -> None:
    place, _, function = named.partition("::")
    path = ROOT / place
    assert path.is_file(), place
    if function:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        defined = {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}
        # Hypothesis machines become tests by assignment: test_money_in = Machine.TestCase
        defined |= {t.id for n in tree.body if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)}
        assert function in defined


def test_many_tests_are_named() -> None:
    assert len(named_tests()) > 60


def test_every_invariant_and_every_point_has_a_row() -> None:
    found: list[str] = []
    for row in _ROW.findall(PAGE.read_text(encoding="utf-8")):
        first, _, last = row.partition(" to ")
        if last:
            found += [f"{first[0]}{number}" for number in range(int(first[1:]), int(last[1:]) + 1)]
        else:
            found += row.split(", ")
    wanted = [f"I{number}" for number in range(1, 11)]
    wanted += [f"{letter}{number}" for letter, last in POINTS.items() for number in range(1, last + 1)]
    assert sorted(found) == sorted(wanted)


def test_every_runtime_check_is_named() -> None:
    assert {check.name for check in CHECKS} - set(page(PAGE).inline_code) == set()
