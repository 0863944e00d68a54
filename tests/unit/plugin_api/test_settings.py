"""What a form of settings takes, and where a bank may be."""

import pytest

from ankuan.plugin_api.errors import InvalidSettings
from ankuan.plugin_api.settings import Setting, SettingKind, read_settings

URL = (Setting(name="endpoint", label="地址", kind=SettingKind.URL),)
PLACE = (Setting(name="address", label="地址", kind=SettingKind.HOST_PORT),)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "192.168.1.10", "10.0.0.1", "front-end", "bank.court.example", "[fd00::1]", "[::1]", "b2e_1.local"],
)
def test_places_of_front_ends(host: str) -> None:
    assert read_settings(URL, {"endpoint": f"http://{host}:6789/"})["endpoint"]
    assert read_settings(PLACE, {"address": f"{host}:6789"})["address"]


@pytest.mark.parametrize(
    "host",
    [
        *("169.254.169.254", "[fe80::1]", "[::ffff:169.254.169.254]", "0.0.0.0", "[::]", "224.0.0.1", "0x7f000001"),
        *("2130706433", "127.1", "0177.0.0.1", "a..b", "-a", "a b", "甲", "", "[fe80::1%25eth0]", "a@b", "1.2.3.999"),
    ],
)
def test_places_that_are_none(host: str) -> None:
    for schema, name, value in ((URL, "endpoint", f"http://{host}:1/"), (PLACE, "address", f"{host}:1")):
        with pytest.raises(InvalidSettings) as wrong:
            read_settings(schema, {name: value})
        assert wrong.value.field_name == name


@pytest.mark.parametrize(
    "text",
    ["file:///etc/passwd", "http://a:0/", "http://a:99999/", "http://u:p@a/", "http://a/?q", "http://a/#f", "ftp://a/"],
)
def test_addresses_that_are_none(text: str) -> None:
    with pytest.raises(InvalidSettings):
        read_settings(URL, {"endpoint": text})


@pytest.mark.parametrize("port", ["0", "65536", "-1", "x", "", "١"])
def test_ports_that_are_none(port: str) -> None:
    with pytest.raises(InvalidSettings):
        read_settings(PLACE, {"address": f"front-end:{port}"})


KINDS = (
    Setting(name="number", label="数", kind=SettingKind.NUMBER, least=0, most=60, default="7"),
    Setting(name="limit", label="额", kind=SettingKind.MONEY, required=False),
    Setting(name="day", label="日", kind=SettingKind.DATE, required=False),
    Setting(name="way", label="法", kind=SettingKind.CHOICE, choices=("a", "b"), default="a"),
    Setting(name="user", label="名", pattern="[0-9]{1,6}", default="1"),
)


def test_defaults_stand_for_what_is_not_entered() -> None:
    assert read_settings(KINDS, {"number": " "}) == {"number": "7", "limit": "", "day": "", "way": "a", "user": "1"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("number", "61"), ("number", "-1"), ("number", "1.5"), ("number", "١"), ("limit", "-1"), ("limit", "0.001")),
        *(
            ("day", "20260230"),
            ("day", "2026-2-3"),
            ("way", "c"),
            ("user", "1234567"),
            ("user", "1\x00"),
            ("nobody", "1"),
        ),
    ],
)
def test_values_that_do_not_fit_name_their_field(name: str, value: str) -> None:
    with pytest.raises(InvalidSettings) as wrong:
        read_settings(KINDS, {name: value})
    assert wrong.value.field_name == name


def test_what_is_needed_is_asked_for() -> None:
    with pytest.raises(InvalidSettings, match="地址不能为空"):
        read_settings(URL, {"endpoint": "  "})
