"""What the container files speak of exists: files, commands, settings.

Building images needs a machine with Docker.
"""

import re
from typing import Any

import yaml
from typer.main import get_command

from ankuan.cli.main import app
from ankuan.platform.settings import Settings
from tests.tidy.source import ROOT

# Made by the build itself, or read by the database image's own script.
NOT_SETTINGS = {"ANKUAN_OWNER_PASSWORD", "ANKUAN_APP_PASSWORD"}


def dockerfile() -> str:
    return (ROOT / "docker" / "Dockerfile").read_text(encoding="utf-8")


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "docker" / "compose.yaml").read_text(encoding="utf-8"))
    return found


def copied(text: str) -> list[str]:
    """Sources of COPY from the build context."""
    joined = text.replace("\\\n", " ")
    lines = [line.split()[1:-1] for line in joined.splitlines() if line.startswith("COPY") and "--from" not in line]
    return [source for line in lines for source in line]


def unknown_variables(text: str) -> set[str]:
    known = {f"ANKUAN_{name.upper()}" for name in Settings.model_fields} | NOT_SETTINGS
    return set(re.findall(r"\bANKUAN_[A-Z_]+\b", text)) - known


def test_copied_files_exist() -> None:
    sources = copied(dockerfile())
    assert len(sources) > 5
    assert [source for source in sources if not (ROOT / source).exists()] == []


def test_a_missing_file_would_be_noticed() -> None:
    assert copied("COPY a b \\\n  /there\nCOPY --from=x c /there\n") == ["a", "b"]


def test_variables_are_settings() -> None:
    for name in ("Dockerfile", "compose.yaml", "roles.sh"):
        assert unknown_variables((ROOT / "docker" / name).read_text(encoding="utf-8")) == set()
    assert unknown_variables("ANKUAN_NO_SUCH_THING=1") == {"ANKUAN_NO_SUCH_THING"}


def test_commands_exist() -> None:
    commands = set(getattr(get_command(app), "commands", {}))
    used = [
        service["command"][1]
        for service in compose()["services"].values()
        if service.get("command", [""])[0] == "ankuan"
    ]
    assert sorted(used) == ["migrate", "serve", "worker"]
    assert set(used) <= commands


def test_only_the_migration_gets_the_owners_login() -> None:
    services = compose()["services"]
    with_owner = [
        name for name, service in services.items() if "ANKUAN_DATABASE_OWNER_URL" in service.get("environment", {})
    ]
    assert with_owner == ["migrate"]
