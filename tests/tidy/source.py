"""Files as the tidiness rules see them, and how a rule is written."""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("backend", "plugins", "tests", "alembic", "requirements", "frontend")
LEFT_OUT = frozenset({"node_modules", "dist", "__pycache__", "generated", "fonts", ".vite"})
SUFFIXES = frozenset({".py", ".ts", ".tsx", ".txt", ".in", ".toml", ".json"})


@dataclass(frozen=True)
class Source:
    """One file: its path from the root of the repository, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed module."""
        return ast.parse(self.text, self.path)

    @cached_property
    def lines(self) -> list[str]:
        """The lines, without their ends."""
        return self.text.splitlines()

    @property
    def is_python(self) -> bool:
        """Whether this is a Python module."""
        return self.path.endswith(".py")

    @property
    def is_test(self) -> bool:
        """Whether this belongs to the tests of the product or of a plugin."""
        return "tests" in PurePosixPath(self.path).parts

    @property
    def room(self) -> str | None:
        """The room of the house that this module belongs to: ``ledger`` for ``backend/ankuan/ledger/post.py``."""
        parts = PurePosixPath(self.path).parts
        if parts[:2] != ("backend", "ankuan") or len(parts) < 3:
            return None
        return parts[2].removesuffix(".py")

    def nodes(self, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
        """All nodes of the given kinds; none for a file that is not Python."""
        if self.is_python:
            yield from (node for node in ast.walk(self.tree) if isinstance(node, kinds))

    def imported(self) -> Iterator[tuple[str, int]]:
        """Full names of imported modules, with their lines."""
        for node in self.nodes(ast.Import, ast.ImportFrom):
            if isinstance(node, ast.Import):
                yield from ((alias.name, node.lineno) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield f"{node.module}", node.lineno
                yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


@dataclass(frozen=True)
class Finding:
    """Something untidy."""

    path: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


Check = Callable[[Iterable[Source]], Iterable[Finding]]


@dataclass(frozen=True)
class Rule:
    """A rule with the proof that it can fail: it must object to ``bad`` and be content with ``good``."""

    name: str
    check: Check
    bad: tuple[Source, ...]
    good: tuple[Source, ...]


def each(check: Callable[[Source], Iterable[Finding]]) -> Check:
    """A check of many files from a check of one."""

    def check_all(sources: Iterable[Source]) -> Iterator[Finding]:
        for source in sources:
            yield from check(source)

    return check_all


def repository() -> list[Source]:
    """All files that the rules look at."""
    found = []
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            relative = path.relative_to(ROOT)
            if path.suffix in SUFFIXES and path.is_file() and not LEFT_OUT & set(relative.parts):
                found.append(Source(relative.as_posix(), path.read_text(encoding="utf-8")))
    return found
