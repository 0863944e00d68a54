import tomllib
from importlib.metadata import entry_points
from pathlib import Path

from ankuan.plugin_api.signing import SignatureAlgorithm
from ankuan.plugin_api.version import ENTRY_POINT_GROUP
from ankuan_signer_softkey.signer import FOLDER_VARIABLE, SoftKeySigner

FOLDER = Path(__file__).parent.parent


def test_the_manifest_says_what_the_plugin_is() -> None:
    manifest = tomllib.loads((FOLDER / "manifest.toml").read_text(encoding="utf-8"))
    assert (manifest["id"], manifest["name"]) == (SoftKeySigner.id, SoftKeySigner.display_name)
    assert set(manifest["capabilities"]) == set(SignatureAlgorithm)


def test_it_is_found_by_its_entry_point() -> None:
    assert "signer_softkey" in {point.name for point in entry_points(group=ENTRY_POINT_GROUP)}


def test_its_setting_stands_in_the_readme() -> None:
    assert FOLDER_VARIABLE in (FOLDER / "README.md").read_text(encoding="utf-8")
