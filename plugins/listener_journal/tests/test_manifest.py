import tomllib
from importlib.metadata import entry_points
from pathlib import Path

from ankuan.plugin_api.version import ENTRY_POINT_GROUP
from ankuan_listener_journal.journal import FOLDER_VARIABLE, KINDS, Journal

FOLDER = Path(__file__).parent.parent


def test_the_manifest_says_what_the_plugin_is() -> None:
    manifest = tomllib.loads((FOLDER / "manifest.toml").read_text(encoding="utf-8"))
    assert manifest["id"] == Journal.id
    assert set(manifest["capabilities"]) == KINDS


def test_it_is_found_by_its_entry_point() -> None:
    assert "listener_journal" in {point.name for point in entry_points(group=ENTRY_POINT_GROUP)}


def test_its_setting_stands_in_the_readme() -> None:
    assert FOLDER_VARIABLE in (FOLDER / "README.md").read_text(encoding="utf-8")
