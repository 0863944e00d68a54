"""The import contracts speak about every package there is; import-linter itself then checks the imports."""

import tomllib
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

import pytest

from tests.tidy.house import contract_rooms
from tests.tidy.source import ROOT


def read(path: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / path).read_text(encoding="utf-8"))


def plugin_packages() -> set[str]:
    packages: set[str] = set()
    for file in (ROOT / "plugins").glob("*/pyproject.toml"):
        wheel = tomllib.loads(file.read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
        packages |= {PurePosixPath(path).name for path in wheel["packages"]}
    return packages


def unspoken(settings: dict[str, Any], packages: Iterable[str], rooms: Iterable[str]) -> set[str]:
    """Packages and rooms about which a contract says nothing."""
    linter = settings["tool"]["importlinter"]
    contracts = {one["id"]: one for one in linter["contracts"]}
    wanted = set(packages)
    public = {"plugin_api", "kernel"}
    return (
        (wanted - set(linter["root_packages"]))
        | (wanted - set(contracts["plugins"]["source_modules"]))
        | (wanted - set(contracts["discovery"]["forbidden_modules"]))
        | ({f"ankuan.{room}" for room in set(rooms) - public} - set(contracts["plugins"]["forbidden_modules"]))
    )


def test_contracts_speak_about_everything() -> None:
    assert unspoken(read("pyproject.toml"), plugin_packages(), contract_rooms()) == set()


@pytest.mark.parametrize(
    ("packages", "rooms", "told"),
    [(["ankuan_bank_new"], [], {"ankuan_bank_new"}), ([], ["cellar"], {"ankuan.cellar"})],
)
def test_something_new_is_noticed(packages: list[str], rooms: list[str], told: set[str]) -> None:
    assert unspoken(read("pyproject.toml"), packages, rooms) == told


def test_type_checker_finds_every_plugin() -> None:
    searched = " ".join(read("pyproject.toml")["tool"]["mypy"]["mypy_path"])
    missing = [
        path.parent.name for path in (ROOT / "plugins").glob("*/pyproject.toml") if path.parent.name not in searched
    ]
    assert missing == []
