"""``ankuan doctor``: looks at what an installation needs, without changing anything."""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import ankuan
from ankuan.cli import state
from ankuan.cli.migrations import NoMigrations, newest_revision, scripts_folder
from ankuan.cli.prerequisites import node_problem, python_problem
from ankuan.cli.simulator import simulators
from ankuan.platform.embedded import EmbeddedServerError
from ankuan.platform.embedded.account import account_for
from ankuan.platform.embedded.programs import postgres_programs, valkey_programs
from ankuan.platform.settings import Settings

FONTS = ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. What is not needed is only a note."""

    is_good: bool
    text: str
    is_needed: bool = True


def examine(data_dir: Path) -> list[Finding]:
    """All findings, most basic first."""
    return [
        _python(),
        *_servers(data_dir),
        _migrations(),
        _fonts(),
        _pages(),
        _node(),
        Finding(bool(simulators()), f"simulators: {', '.join(found.name for found in simulators()) or 'none'}", False),
        _running(data_dir),
    ]


def _python() -> Finding:
    problem = python_problem()
    return Finding(problem is None, problem or f"Python {sys.version.split()[0]}")


def _servers(data_dir: Path) -> list[Finding]:
    settings = Settings()
    findings = []
    choices = [
        ("postgres", settings.database_url, "ANKUAN_DATABASE_URL", postgres_programs),
        ("valkey", settings.redis_url, "ANKUAN_REDIS_URL", valkey_programs),
    ]
    for name, own, variable, programs in choices:
        if own:
            findings.append(Finding(True, f"{name}: your own server, from {variable}"))
            continue
        try:
            folder = programs(account_for(data_dir / name))
        except EmbeddedServerError as error:
            findings.append(Finding(False, f"{name}: {error}"))
        else:
            findings.append(Finding(True, f"{name}: embedded, programs in {folder}"))
    return findings


def _migrations() -> Finding:
    try:
        return Finding(True, f"migrations: newest is {newest_revision(scripts_folder())}")
    except NoMigrations as error:
        return Finding(False, f"migrations: {error}")


def _fonts() -> Finding:
    folder = Path(ankuan.__file__).parent / "assets" / "fonts"
    missing = [name for name in FONTS if not (folder / name).exists()]
    return Finding(not missing, f"fonts: {', '.join(missing)} missing, run make setup" if missing else "fonts: present")


def _pages() -> Finding:
    built = Path(ankuan.__file__).resolve().parents[2] / "frontend" / "dist" / "index.html"
    return Finding(built.exists(), "pages: built" if built.exists() else "pages: not built, run make setup")


def _node() -> Finding:
    problem = node_problem()
    text = problem or f"Node.js: {shutil.which('node')}"
    return Finding(problem is None, text, is_needed=False)


def _running(data_dir: Path) -> Finding:
    found = state.verified(data_dir)
    return Finding(found["state"] == "running", f"{data_dir}: {found['state']}", is_needed=False)
