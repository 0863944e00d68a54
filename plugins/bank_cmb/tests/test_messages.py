import json
from contextlib import suppress

import cmb_bankside as bankside
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ankuan.plugin_api.errors import InvalidSettings
from ankuan_bank_cmb.cipher import PlainError, decoded, decrypt
from ankuan_bank_cmb.config import SETTINGS, origin, read_config
from ankuan_bank_cmb.messages import Answer, Malformed, load, row_of


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"1",
        b"{",
        b'{"a":NaN}',
        b'{"a":1,"a":2}',
        b'{"a":{"b":1,"b":1}}',
        b"\xff\xfe{}",
        '{"a":"甲"}'.encode("gb18030"),
        '{"a":"甲"}'.encode("utf-16"),
        b"[" * 100_000,
        b'{"a":' * 100_000,
    ],
)
def test_what_is_no_object_in_utf8_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        load(raw)


def test_numbers_stay_the_digits_that_were_sent() -> None:
    assert load(b'{"a":0.10,"b":12345678901234567890,"c":1e2}') == {
        "a": "0.10",
        "b": "12345678901234567890",
        "c": "1e2",
    }


@given(st.binary(max_size=200))
def test_bytes_are_an_object_or_malformed(raw: bytes) -> None:
    with suppress(Malformed):
        assert isinstance(load(raw), dict)


@given(st.binary(max_size=200))
def test_an_answer_is_decrypted_or_refused(raw: bytes) -> None:
    with pytest.raises((Malformed, PlainError)):
        assert decrypt(raw, bankside.SM4_KEY, bankside.IDENTITY) is None


def test_tables_are_lists_of_rows_of_texts() -> None:
    answer = Answer("X", "SUC0000", "", {"a": [{"b": " 1 ", "c": None}], "d": {}, "e": ["x"], "f": [{"g": []}]})
    assert answer.rows("a") == ({"b": "1", "c": ""},)
    assert answer.rows("missing") == ()
    for name in ("d", "e", "f"):
        with pytest.raises(Malformed):
            answer.rows(name)
    with pytest.raises(Malformed):
        row_of({"a": {}})


def test_what_no_data_base_keeps_is_taken_out_of_texts() -> None:
    value = load(b'{"a":"\\ud800\\u0000x","b":"\\ud83d\\ude00"}')
    assert row_of(value) == {"a": "?x", "b": "😀"}


def test_base64_has_one_text_for_a_value() -> None:
    assert decoded(b"QUI=") == b"AB"
    for other in (b"QUJ=", b"QUI", b"QUI=\n", b"Q UI=", b"QUI==", b"\xff"):
        assert decoded(other) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("symmetric_key", "QUJD"),
        ("symmetric_key", "not base64"),
        ("symmetric_key", "密钥"),
        ("bank_public_key", "MFkwEwYH"),
        ("bank_public_key", "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----"),
        ("user_id", "N0034601020000001"),
        ("user_id", "用户"),
        ("branch", "531"),
        ("concurrent_requests", "21"),
        ("endpoint", "ftp://bank/"),
        ("receipt_host", "https://user@bank/"),
    ],
)
def test_settings_that_do_not_fit_name_their_field(name: str, value: str) -> None:
    with pytest.raises(InvalidSettings) as wrong:
        read_config({**bankside.SETTINGS, name: value})
    assert wrong.value.field_name == name


def test_settings_and_their_defaults() -> None:
    config = read_config(bankside.SETTINGS)
    assert (config.signer, config.business_mode, config.concurrent_requests) == ("signer_softkey", "00001", 4)
    assert config.receipt_host == "http://127.0.0.1:9"
    assert bankside.SETTINGS["symmetric_key"] not in repr(config)
    assert {setting.name for setting in SETTINGS if setting.kind.value == "secret"} == {"symmetric_key"}


def test_an_origin_is_scheme_host_and_port() -> None:
    assert origin("https://Files.Example/a/b.pdf?x=1") == "https://files.example:443"
    assert origin("http://[::1]:80/") == "http://[::1]:80"
    for wrong in (
        "files.example/a",
        "ftp://files.example/",
        "http:///a",
        "https://files.example@evil.example/",
        "http://a:x/",
    ):
        with pytest.raises(ValueError, match=r".*"):
            origin(wrong)


def test_fixtures_are_canonical_in_content() -> None:
    for path in bankside.FIXTURES.glob("*.json"):
        assert isinstance(json.loads(path.read_text(encoding="utf-8")), dict)
