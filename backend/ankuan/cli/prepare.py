"""Migrates and loads the demonstration, in a process of its own: what it imports is heavy and needed once."""

import asyncio
import json
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import ankuan
from ankuan.cli.migrations import newest_revision, scripts_folder


def stamp(*, demonstration: bool) -> str:
    """Names the state that a prepared embedded database is in: same stamp, nothing to do."""
    plugins = sorted(f"{found.dist.name}={found.dist.version}" for found in entry_points(group="ankuan") if found.dist)
    newest = newest_revision(scripts_folder())
    return "\n".join([ankuan.__version__, newest, f"demonstration={demonstration}", *plugins]) + "\n"


def stamp_file(data_dir: Path) -> Path:
    """Where the stamp of an embedded database stands."""
    return data_dir / "run" / "prepared"


def sign_ins(data_dir: Path) -> list[dict[str, Any]]:
    """What the demonstration's loader left for clients: logins, roles and tokens. Empty when there is nothing."""
    file = data_dir / "run" / "sign-ins.json"
    if not file.exists():
        return []
    found: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    return found


def main(arguments: list[str]) -> None:
    """``python -m ankuan.cli.prepare [--demonstration]`` with the owner's address in the environment."""
    from ankuan.cli.migrations import applied_revision, upgrade
    from ankuan.platform.settings import Settings

    settings = Settings()
    if asyncio.run(applied_revision(settings.owner_url)) != newest_revision(scripts_folder()):
        upgrade(settings.owner_url)
    if "--demonstration" in arguments:
        from ankuan.bootstrap import load_demonstration

        asyncio.run(load_demonstration(settings))


if __name__ == "__main__":
    main(sys.argv[1:])
