"""Names that say nothing, promises instead of work, and suppressions without a reason."""

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from tests.tidy.source import Finding, Rule, Source, each

EMPTY_NAMES = frozenset({"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc", "stuff"})
_LATER = re.compile(r"\b(?:TODO|FIX" + r"ME|XXX|HACK)\b")
_SUPPRESSION = re.compile(r"#\s*noqa(?P<codes>:\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)?(?P<reason>\s+-\s+\S.{5,})?")
_BARE_IGNORE = re.compile(r"#\s*type:\s*ignore(?!\[)")


def _empty_names(source: Source) -> Iterator[Finding]:
    for part in PurePosixPath(source.path).parts:
        if set(part.partition(".")[0].lower().split("_")) & EMPTY_NAMES:
            yield Finding(source.path, 0, f"{part} says nothing: name it for what it does")


def _promises(source: Source) -> Iterator[Finding]:
    if not source.path.endswith(".json") and source.path != "tests/tidy/words.py":
        for number, line in enumerate(source.lines, 1):
            if _LATER.search(line):
                yield Finding(source.path, number, "do it, or open an issue")


def _suppressions(source: Source) -> Iterator[Finding]:
    if source.is_python and not source.path.startswith("tests/tidy/"):
        for number, line in enumerate(source.lines, 1):
            found = _SUPPRESSION.search(line)
            if found and not (found["codes"] and found["reason"]):
                yield Finding(source.path, number, "write `noqa: CODE - why`")
            if _BARE_IGNORE.search(line):
                yield Finding(source.path, number, "write `type: ignore[code]`")


def _broad_excepts(source: Source) -> Iterator[Finding]:
    for node in source.nodes(ast.ExceptHandler):
        assert isinstance(node, ast.ExceptHandler)
        is_broad = node.type is None or (isinstance(node.type, ast.Name) and node.type.id == "Exception")
        reason = source.lines[node.lineno - 1].partition("#")[2].partition(" - ")
        explained = (reason[2] if reason[1] else reason[0]).strip()
        is_bare_suppression = explained.startswith("noqa")
        swallows = not isinstance(node.body[-1], ast.Raise)
        if is_broad and swallows and (len(explained) < 10 or is_bare_suppression):
            yield Finding(source.path, node.lineno, "say on this line why everything must be caught")


_TRY = "try:\n    x = 1\nexcept Exception:"

RULES = [
    Rule(
        "no empty names",
        each(_empty_names),
        bad=(Source("backend/ankuan/ledger/utils.py", ""), Source("backend/ankuan/db_helpers/a.py", "")),
        good=(Source("backend/ankuan/ledger/post.py", ""),),
    ),
    Rule(
        "no promises",
        each(_promises),
        bad=(Source("backend/ankuan/a.py", "# TODO later\n"),),
        good=(Source("backend/ankuan/a.py", "# done\n"),),
    ),
    Rule(
        "suppressions have a code and a reason",
        each(_suppressions),
        bad=(
            Source("backend/ankuan/a.py", "x = 1  # noqa\n"),
            Source("backend/ankuan/a.py", "x = 1  # noqa: S101\n"),
            Source("backend/ankuan/a.py", "x = 1  # type: ignore\n"),
        ),
        good=(
            Source("backend/ankuan/a.py", "x = 1  # noqa: S101 - shown to be true above\n"),
            Source("backend/ankuan/a.py", "x = 1  # type: ignore[misc]\n"),
        ),
    ),
    Rule(
        "broad excepts have a reason",
        each(_broad_excepts),
        bad=(
            Source("backend/ankuan/a.py", f"{_TRY}\n    pass\n"),
            Source("backend/ankuan/a.py", f"{_TRY}  # noqa: BLE001\n    pass\n"),
            Source("backend/ankuan/a.py", "try:\n    x = 1\nexcept:\n    pass\n"),
        ),
        good=(
            Source("backend/ankuan/a.py", f"{_TRY}  # a plugin may raise anything\n    pass\n"),
            Source("backend/ankuan/a.py", f"{_TRY}  # noqa: BLE001 - a plugin may raise anything\n    pass\n"),
            Source("backend/ankuan/a.py", "try:\n    x = 1\nexcept ValueError:\n    pass\n"),
            Source("backend/ankuan/a.py", f"{_TRY}\n    x = 2\n    raise\n"),
        ),
    ),
]
