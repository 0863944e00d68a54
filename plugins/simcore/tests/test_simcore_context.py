"""Keys that a bank makes once, and numbers it gives."""

import secrets
import threading
from contextlib import closing
from pathlib import Path

import pytest

from ankuan_simcore.bank import Bank
from ankuan_simcore.faults import FaultBook
from ankuan_simcore.notices import Notifier
from ankuan_simcore.numbering import WITHOUT_SUB_ACCOUNTS, Numbering
from ankuan_simcore.wires import Context


def test_all_who_want_a_key_at_once_get_the_same(tmp_path: Path) -> None:
    with closing(Bank(tmp_path / "bank.jsonl")) as bank:
        context = Context(tmp_path, tmp_path / "keys", {"wire": 9, "sign": 8}, 7, Notifier(bank, FaultBook()))
        found: list[bytes] = []
        threads = [
            threading.Thread(
                target=lambda: found.append(context.key_file("a.pem", lambda: secrets.token_bytes(64)).read_bytes())
            )
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 8
        assert len(set(found)) == 1
        assert [path.name for path in context.keys.iterdir()] == ["a.pem"]
        assert (context.keys / "a.pem").stat().st_mode & 0o077 == 0
        assert (context.url("sign", "/x"), context.address()) == ("http://127.0.0.1:8/x", "127.0.0.1:9")
        assert context.folder("result").is_dir()


@pytest.mark.parametrize("tail", ["x", "12345678", "１２", "-1", "a"])
def test_a_tail_this_bank_does_not_have(tail: str) -> None:
    with pytest.raises(ValueError, match="tail"):
        Numbering().sub("6220", tail)


def test_a_bank_without_sub_accounts_has_no_tails() -> None:
    with pytest.raises(ValueError, match="tail"):
        WITHOUT_SUB_ACCOUNTS.sub("6220", 1)
    assert WITHOUT_SUB_ACCOUNTS.tail("6220") == ""
