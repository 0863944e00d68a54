import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from ankuan.plugin_api.errors import InvalidSettings
from ankuan.plugin_api.version import ENTRY_POINT_GROUP, SIMULATOR_ENTRY_POINT_GROUP
from ankuan_bank_platform.config import SETTINGS
from ankuan_bank_platform.plugin import CAPABILITIES, PlatformPlugin

FOLDER = Path(__file__).parent.parent
PEM = "-----BEGIN PUBLIC KEY-----\n" + "MFkwEwYHKoZIzj0CAQYIKoEcz1UBgi0DQgAE" * 2 + "\n-----END PUBLIC KEY-----\n"
RIGHT = {
    "endpoint": "https://10.1.1.8:9443/",
    "app_id": "court-0102",
    "signing_key": "platform",
    "platform_public_key": PEM,
    "bank_code": "313451000015",
}


def test_the_manifest_says_what_the_plugin_declares() -> None:
    manifest = tomllib.loads((FOLDER / "manifest.toml").read_text(encoding="utf-8"))
    assert tuple(manifest["capabilities"]) == CAPABILITIES.declared()
    assert (manifest["id"], manifest["name"]) == (PlatformPlugin.id, PlatformPlugin.display_name)


def test_it_is_found_by_entry_points() -> None:
    for group in (ENTRY_POINT_GROUP, SIMULATOR_ENTRY_POINT_GROUP):
        assert "bank_platform" in {point.name for point in entry_points(group=group)}


def test_every_setting_stands_in_the_readme() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [each.name for each in SETTINGS if f"`{each.name}`" not in readme] == []


def test_settings_that_fit() -> None:
    PlatformPlugin().validate_settings(RIGHT)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("endpoint", "ftp://10.1.1.8/"),
        ("app_id", "with space"),
        ("algorithm", "md5"),
        ("signer", "../other"),
        ("platform_public_key", PEM.replace("PUBLIC", "PRIVATE")),
        ("platform_public_key_next", "not a key"),
        ("bank_code", "31345100001"),
        ("bank_code", "000451000015"),
        ("small_value_limit", "-1"),
        ("statement_from", "20260231"),
    ],
)
def test_settings_that_do_not_fit_name_their_field(name: str, value: str) -> None:
    with pytest.raises(InvalidSettings) as wrong:
        PlatformPlugin().validate_settings({**RIGHT, name: value})
    assert wrong.value.field_name == name
