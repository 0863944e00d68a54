import tomllib
from importlib.metadata import entry_points
from pathlib import Path

from ankuan.plugin_api.version import ENTRY_POINT_GROUP, SIMULATOR_ENTRY_POINT_GROUP
from ankuan_bank_cib.config import SETTINGS
from ankuan_bank_cib.plugin import CAPABILITIES, CibPlugin

FOLDER = Path(__file__).parent.parent


def test_the_manifest_says_what_the_plugin_declares() -> None:
    manifest = tomllib.loads((FOLDER / "manifest.toml").read_text(encoding="utf-8"))
    assert set(manifest["capabilities"]) == set(CAPABILITIES.declared())
    assert (manifest["id"], manifest["name"]) == (CibPlugin.id, CibPlugin.display_name)
    assert manifest["security"]["signed_by"] == "front-end"


def test_it_is_found_by_entry_points() -> None:
    for group in (ENTRY_POINT_GROUP, SIMULATOR_ENTRY_POINT_GROUP):
        assert "bank_cib" in {point.name for point in entry_points(group=group)}


def test_every_setting_stands_in_the_readme() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [each.name for each in SETTINGS if f"`{each.name}`" not in readme] == []
