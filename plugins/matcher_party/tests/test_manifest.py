import tomllib
from importlib.metadata import entry_points
from pathlib import Path

from ankuan.plugin_api.version import ENTRY_POINT_GROUP
from ankuan_matcher_party.matcher import PartyMatcher

FOLDER = Path(__file__).parent.parent


def test_the_manifest_says_what_the_plugin_is() -> None:
    manifest = tomllib.loads((FOLDER / "manifest.toml").read_text(encoding="utf-8"))
    assert (manifest["id"], manifest["name"]) == (PartyMatcher.id, PartyMatcher.display_name)
    assert set(manifest["capabilities"]) == {"party_name", "payer_account", "claim_amount"}


def test_it_is_found_by_its_entry_point() -> None:
    assert "matcher_party" in {point.name for point in entry_points(group=ENTRY_POINT_GROUP)}
