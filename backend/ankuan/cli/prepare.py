"""Migrates and loads the demonstration, in a process of its own: what it imports is heavy and needed once."""

import asyncio
import http.client
import json
import os
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

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


def demonstration(data_dir: Path) -> dict[str, Any] | None:
    """What the demonstration's loader left: sign-ins with tokens, and accounts that the simulated banks must have."""
    file = data_dir / "demonstration.json"
    if not file.exists():
        return None
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def open_accounts(data_dir: Path) -> None:
    """Have the simulated banks open the courts' main accounts; an open one stays as it is."""
    for plugin, accounts in ((demonstration(data_dir) or {}).get("simulatorAccounts") or {}).items():
        desk = urlsplit(os.environ[f"ANKUAN_SIMULATOR_{plugin.upper()}_ADMIN_URL"])
        connection = http.client.HTTPConnection(desk.netloc, timeout=20)
        for number, name in accounts.items():
            connection.request(
                "POST", "/accounts", json.dumps({"number": number, "name": name}), {"Content-Type": "application/json"}
            )
            answer = connection.getresponse()
            told = answer.read().decode("utf-8", "replace")
            if answer.status >= 300:
                sys.exit(f"the simulator {plugin} did not open account {number}: {answer.status} {told}")
        connection.close()


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
        open_accounts(settings.data_dir)


if __name__ == "__main__":
    main(sys.argv[1:])
