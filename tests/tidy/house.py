"""The house: rooms, what they may reach for, and who may commit."""

import ast
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from tests.tidy.source import ROOT, Finding, Rule, Source, each

NETWORK = frozenset(
    {"httpx", "httpx2", "requests", "aiohttp", "urllib3", "urllib.request", "http.client", "socket", "ssl", "smtplib"}
)
ROOMS_WITH_NETWORK = {
    "platform": "holds the adapters",
    "plugin_api": "its certification kit drives simulators",
    "cli": "asks its own children whether they answer",
    "worker": "names its machine in its health key",
}
COMMITTING_ROOMS = frozenset({"platform", "cli", "bootstrap"})
MONEY_ROOMS = frozenset({"kernel", "ledger", "banking", "collection", "disbursement", "control", "registry", "insight"})
MONEY_MODULES = frozenset({"mapping.py", "messages.py", "journal.py", "bank.py", "rules.py"})
"""Plugins' modules with amounts in them; elsewhere plugins count seconds."""
PURE_MODULES = frozenset({"rules.py", "transitions.py"})


def contract_rooms() -> frozenset[str]:
    """Rooms named in the import contract."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    [house] = [found for found in settings["tool"]["importlinter"]["contracts"] if found["id"] == "house"]
    return frozenset(room.strip() for layer in house["layers"] for room in layer.split("|"))


def _every_room_is_in_the_contract(sources: Iterable[Source]) -> Iterator[Finding]:
    known = contract_rooms()
    for room, path in {source.room: source.path for source in sources if source.is_python and source.room}.items():
        if room not in known and room not in {"__init__", "assets"}:
            yield Finding(path, 0, f"{room} has no floor in the import contract")


def _network(source: Source) -> Iterator[Finding]:
    if source.room and source.room not in ROOMS_WITH_NETWORK:
        for name, line in source.imported():
            if name in NETWORK or name.partition(".")[0] in NETWORK:
                yield Finding(source.path, line, f"{name}: only plugins and platform speak to a network")


def _commits(source: Source) -> Iterator[Finding]:
    if source.room and source.room not in COMMITTING_ROOMS:
        for node in source.nodes(ast.Call):
            assert isinstance(node, ast.Call)
            if isinstance(node.func, ast.Attribute) and node.func.attr in {"commit", "rollback"}:
                yield Finding(source.path, node.lineno, "the edge commits: use Database.write")


def _floats(source: Source) -> Iterator[Finding]:
    is_plugin = source.path.startswith("plugins/") and PurePosixPath(source.path).name in MONEY_MODULES
    if source.room in MONEY_ROOMS or is_plugin:
        durations = set(_annotations_of_durations(source))
        for node in source.nodes(ast.Name):
            assert isinstance(node, ast.Name)
            if node.id == "float" and node not in durations:
                yield Finding(source.path, node.lineno, "money is integer fen; for anything else say why in EXCEPTIONS")


def _annotations_of_durations(source: Source) -> Iterator[ast.AST]:
    """Time may be a float, if its name says that it is time."""
    for node in source.nodes(ast.arg, ast.AnnAssign):
        name = node.arg if isinstance(node, ast.arg) else ast.unparse(getattr(node, "target", node))
        annotation = getattr(node, "annotation", None)
        if name.endswith(("seconds", "began")) and annotation is not None:
            yield from ast.walk(annotation)


def _pure(source: Source) -> Iterator[Finding]:
    if source.room and PurePosixPath(source.path).name in PURE_MODULES and source.room != "kernel":
        for name, line in source.imported():
            is_own = name.startswith("ankuan.")
            is_allowed = name.startswith(("ankuan.kernel", "ankuan.plugin_api")) if is_own else _is_pure_library(name)
            if not is_allowed and not _is_pure_sibling(name):
                yield Finding(source.path, line, f"{name}: rules decide on plain values, from the kernel only")


def _is_pure_library(name: str) -> bool:
    return name.partition(".")[0] not in {
        "sqlalchemy",
        "strawberry",
        "starlette",
        "asyncio",
        "asyncpg",
        "arq",
        "redis",
        "os",
    }


def _is_pure_sibling(name: str) -> bool:
    return bool({"rules", "transitions"} & set(name.split(".")))


_BAD_ROOM = "backend/ankuan/cellar/__init__.py"

RULES = [
    Rule(
        "every room is in the import contract",
        _every_room_is_in_the_contract,
        bad=(Source(_BAD_ROOM, ""), Source("backend/ankuan/cellar.py", "")),
        good=(Source("backend/ankuan/ledger/post.py", ""), Source("backend/ankuan/bootstrap.py", "")),
    ),
    Rule(
        "only plugins and platform speak to a network",
        each(_network),
        bad=(
            Source("backend/ankuan/banking/a.py", "import httpx\n"),
            Source("backend/ankuan/banking/a.py", "from urllib.request import urlopen\n"),
            Source("backend/ankuan/ledger/a.py", "from urllib import request\n"),
        ),
        good=(
            Source("plugins/bank_x/client.py", "import httpx\n"),
            Source("backend/ankuan/platform/a.py", "import socket\n"),
            Source("backend/ankuan/banking/a.py", "from urllib.parse import quote\n"),
        ),
    ),
    Rule(
        "only the edge commits",
        each(_commits),
        bad=(Source("backend/ankuan/ledger/post.py", "async def f(s):\n    await s.commit()\n"),),
        good=(Source("backend/ankuan/platform/db.py", "async def f(s):\n    await s.commit()\n"),),
    ),
    Rule(
        "no float near money",
        each(_floats),
        bad=(
            Source("backend/ankuan/ledger/post.py", "x = float('1')\n"),
            Source("plugins/bank_x/ankuan_bank_x/mapping.py", "def f(a: float): ...\n"),
        ),
        good=(
            Source("backend/ankuan/ledger/post.py", "x = int('1')\n"),
            Source("backend/ankuan/banking/a.py", "def f(limit_seconds: float): ...\n"),
        ),
    ),
    Rule(
        "rules are pure",
        each(_pure),
        bad=(
            Source("backend/ankuan/disbursement/rules.py", "from sqlalchemy import text\n"),
            Source("backend/ankuan/disbursement/rules.py", "from ankuan.platform.db import Base\n"),
        ),
        good=(
            Source("backend/ankuan/disbursement/rules.py", "from ankuan.kernel.money import Money\nimport enum\n"),
            Source("backend/ankuan/disbursement/queries.py", "from sqlalchemy import text\n"),
        ),
    ),
]
