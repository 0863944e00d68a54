"""Migrates and loads the demonstration, in a process of its own: what it imports is heavy and needed once."""

import asyncio
import sys
from importlib.metadata import entry_points
from pathlib import Path

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
