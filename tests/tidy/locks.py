"""Lock files pin versions and hashes, and leave it to each machine where packages come from."""

import re
from collections.abc import Iterator

from tests.tidy.source import Finding, Rule, Source, each

_PINNED = re.compile(r"^[A-Za-z0-9._-]+(?:\[[a-z,-]+\])?==\S+")


def _hosts(source: Source) -> Iterator[Finding]:
    is_python_lock = source.path.startswith("requirements/")
    is_node_lock = source.path.endswith("package-lock.json")
    for number, line in enumerate(source.lines, 1):
        if is_python_lock and ("://" in line or line.startswith(("--index", "--extra-index", "--find-links"))):
            yield Finding(source.path, number, "a lock file names no host")
        if is_node_lock and '"resolved"' in line:
            yield Finding(source.path, number, "a lock file names no host: omit-lockfile-registry-resolved")


def _hashes(source: Source) -> Iterator[Finding]:
    if source.path.startswith("requirements/") and source.path.endswith(".txt"):
        for number, line in enumerate(source.lines, 1):
            if _PINNED.match(line) and "--hash=" not in (source.lines[number] if number < len(source.lines) else ""):
                yield Finding(source.path, number, "every locked package has a hash")


_HASH = "    --hash=sha256:00\n"

RULES = [
    Rule(
        "no hosts in lock files",
        each(_hosts),
        bad=(
            Source("requirements/runtime.txt", "a @ https://example.invalid/a.whl\n"),
            Source("requirements/runtime.txt", "--index-url x\n"),
            Source("frontend/package-lock.json", '  "resolved": "x",\n'),
        ),
        good=(Source("requirements/runtime.txt", f"a==1 \\\n{_HASH}"), Source("frontend/package-lock.json", "{}")),
    ),
    Rule(
        "locked packages have hashes",
        each(_hashes),
        bad=(Source("requirements/runtime.txt", "a==1\n"), Source("requirements/dev.txt", "a==1 \\\n    # via b\n")),
        good=(Source("requirements/runtime.txt", f"a==1 \\\n{_HASH}b==2 ; python_version < '3.12' \\\n{_HASH}"),),
    ),
]
