"""Reads from the source which kinds of alarm are raised: every call of ``raise_alarm``, followed to its text."""

import ast
import importlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.docs.pages import ROOT

Function = ast.FunctionDef | ast.AsyncFunctionDef
BACKEND = ROOT / "backend"
NOT_TEXT = "alarm_kind", "value", "kind"
"""``check.alarm_kind``, ``kind.value``, ``cause.kind``: of a table, an enum or a cause, which are read directly."""


@cache
def raised_kinds() -> frozenset[str]:
    """All kinds that stand as text in the source. AssertionError for a call that can't be followed."""
    found: set[str] = set()
    for path in sorted((BACKEND / "ankuan").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "raise_alarm(" in text and path.name != "alarms.py":
            found |= set(_kinds(path, ast.parse(text)))
        if "Cause(" in text:
            found |= set(_causes(path, ast.parse(text)))
    return frozenset(found)


def _kinds(path: Path, tree: ast.Module) -> Iterator[str]:
    for function, call in _calls(tree, "raise_alarm"):
        kind = next(keyword.value for keyword in call.keywords if keyword.arg == "kind")
        texts = list(_texts(path, tree, function, kind))
        is_told_elsewhere = isinstance(kind, ast.Attribute) and kind.attr in NOT_TEXT
        assert texts or is_told_elsewhere, f"{path}:{call.lineno}: which kind is raised here?"
        yield from texts


def _causes(path: Path, tree: ast.Module) -> Iterator[str]:
    """Kinds of causes that are gathered first and raised together."""
    for function, call in _calls(tree, "Cause"):
        texts = list(_texts(path, tree, function, call.args[0]))
        assert texts, f"{path}:{call.lineno}: which kind is this a cause of?"
        yield from texts


def _calls(tree: ast.Module, name: str) -> list[tuple[Function, ast.Call]]:
    """Calls of a function by its name, each with the function in which it stands."""
    return [
        (function, node)
        for function in ast.walk(tree)
        if isinstance(function, Function)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
    ]


def _texts(path: Path, tree: ast.Module, function: Function, kind: ast.expr) -> Iterator[str]:
    """The text itself, a constant of the module, what callers pass, or what the function assigned before."""
    if isinstance(kind, ast.Constant):
        if isinstance(kind.value, str):
            yield kind.value
    elif isinstance(kind, ast.IfExp):
        yield from _texts(path, tree, function, kind.body)
        yield from _texts(path, tree, function, kind.orelse)
    elif isinstance(kind, ast.Tuple):
        yield from _texts(path, tree, function, kind.elts[0])
    elif isinstance(kind, ast.Name):
        arguments = [argument.arg for argument in [*function.args.args, *function.args.kwonlyargs]]
        if isinstance(constant := getattr(_module(path), kind.id, None), str):
            yield constant
        elif kind.id in arguments:
            place = arguments.index(kind.id)
            for caller, call in _calls(tree, function.name):
                named = next((keyword.value for keyword in call.keywords if keyword.arg == kind.id), None)
                yield from _texts(path, tree, caller, named or call.args[place])
        else:
            for value in _assigned(function, kind.id):
                yield from _texts(path, tree, function, value)


def _assigned(function: Function, name: str) -> Iterator[ast.expr]:
    """What is assigned to a local name, or to the pair whose first part it is (``kind, message = found``)."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            first = [target.elts[0] if isinstance(target, ast.Tuple) else target for target in node.targets]
            if any(isinstance(target, ast.Name) and target.id == name for target in first):
                yield node.value


def _module(path: Path) -> object:
    return importlib.import_module(".".join(path.relative_to(BACKEND).with_suffix("").parts))
