"""Field encryption: bound to its place, never the same twice, refused when touched."""

import stat
from pathlib import Path

import pytest

from ankuan.platform.crypto import CannotDecrypt, FieldCipher, load_cipher

CIPHER = FieldCipher(bytes(range(32)))


def test_what_goes_in_comes_out_and_looks_different_each_time() -> None:
    one, two = (CIPHER.encrypt("六二一七".encode(), context="t.c.1") for _ in range(2))
    assert one != two
    assert CIPHER.decrypt(one, context="t.c.1").decode() == "六二一七"


@pytest.mark.parametrize("position", [0, 1, 13, -1])
def test_a_changed_byte_is_noticed(position: int) -> None:
    sealed = bytearray(CIPHER.encrypt(b"value", context="c"))
    sealed[position] ^= 1
    with pytest.raises(CannotDecrypt):
        CIPHER.decrypt(bytes(sealed), context="c")


def test_a_value_can_not_be_moved_to_another_row_or_key() -> None:
    sealed = CIPHER.encrypt(b"value", context="party.identifier.1")
    with pytest.raises(CannotDecrypt):
        CIPHER.decrypt(sealed, context="party.identifier.2")
    with pytest.raises(CannotDecrypt):
        FieldCipher(bytes(32)).decrypt(sealed, context="party.identifier.1")


def test_the_blind_index_finds_equals_within_one_column_only() -> None:
    assert CIPHER.blind_index("a", context="x") == CIPHER.blind_index("a", context="x")
    assert CIPHER.blind_index("a", context="x") != CIPHER.blind_index("a", context="y")
    assert CIPHER.blind_index("a", context="x") != CIPHER.blind_index("b", context="x")


def test_the_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    file = tmp_path / "secrets" / "master.key"
    assert load_cipher(file) == load_cipher(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [found.name for found in file.parent.iterdir()] == ["master.key"]
    file.write_bytes(b"short")
    with pytest.raises(ValueError, match="32-byte"):
        load_cipher(file)
