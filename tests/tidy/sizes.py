"""Small modules, small functions."""

import ast
from collections.abc import Iterable, Iterator
from statistics import median

from tests.tidy.source import Finding, Rule, Source, each

LONGEST_MODULE = 400
LONGEST_TEST_MODULE = 600
LARGEST_MEDIAN = 100
LONGEST_FUNCTION = 70
CODE = (".py", ".ts", ".tsx")


def _module_length(source: Source) -> Iterator[Finding]:
    longest = LONGEST_TEST_MODULE if source.is_test else LONGEST_MODULE
    if source.path.endswith(CODE) and len(source.lines) > longest:
        yield Finding(source.path, len(source.lines), f"{len(source.lines)} lines, at most {longest}")


def _median_length(sources: Iterable[Source]) -> Iterator[Finding]:
    lengths = [len(source.lines) for source in sources if source.is_python and not source.is_test and source.lines]
    if lengths and median(lengths) > LARGEST_MEDIAN:
        yield Finding("backend", 0, f"the median module has {median(lengths):g} lines, at most {LARGEST_MEDIAN}")


def _function_length(source: Source) -> Iterator[Finding]:
    for node in source.nodes(ast.FunctionDef, ast.AsyncFunctionDef):
        assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        if length > LONGEST_FUNCTION:
            yield Finding(source.path, node.lineno, f"{node.name} has {length} lines, at most {LONGEST_FUNCTION}")


def _lines(count: int) -> str:
    return "x = 1\n" * count


def _function(count: int) -> str:
    return "def f():\n" + "    x = 1\n" * (count - 1)


RULES = [
    Rule(
        "module length",
        each(_module_length),
        bad=(Source("backend/ankuan/a.py", _lines(401)), Source("frontend/src/a.tsx", _lines(401))),
        good=(Source("backend/ankuan/a.py", _lines(400)), Source("tests/a.py", _lines(600))),
    ),
    Rule(
        "median module length",
        _median_length,
        bad=tuple(Source(f"backend/ankuan/{n}.py", _lines(n)) for n in (90, 101, 300)),
        good=tuple(Source(f"backend/ankuan/{n}.py", _lines(n)) for n in (90, 100, 300)),
    ),
    Rule(
        "function length",
        each(_function_length),
        bad=(Source("backend/ankuan/a.py", _function(71)),),
        good=(Source("backend/ankuan/a.py", _function(70)),),
    ),
]
