"""Files of rows, and files that are refused whole."""

import os
from pathlib import Path

import pytest

from ankuan.plugin_api.bank import LineDirection, LineKind
from ankuan.plugin_api.values import Malformed
from ankuan_bank_abc.detail_file import parse_rows, read_file

FIXTURES = Path(__file__).parent.parent / "fixtures"
ACCOUNT = "17000104000000001"
REF = "01022611210000000017"


def test_five_rows() -> None:
    rows = parse_rows((FIXTURES / "CQRA10__five.dat").read_bytes(), ACCOUNT)
    lines = [row.line for row in rows]
    assert [(line.direction, line.kind, line.amount.fen, line.client_ref) for line in lines] == [
        (LineDirection.CREDIT, LineKind.EXTERNAL, 902_900, None),
        (LineDirection.DEBIT, LineKind.EXTERNAL, 10_001, REF),
        (LineDirection.CREDIT, LineKind.RETURNED, 10_001, REF),
        (LineDirection.DEBIT, LineKind.REVERSAL, 5_000, None),
        (LineDirection.DEBIT, LineKind.FEE, 50, None),
    ]
    assert [row.serial for row in rows] == [1, 2, 3, 4, 5]
    assert lines[0].counter_name == "被执行人镕"


@pytest.mark.parametrize("case", ["cut", "wrong_sign", "other_account", "columns"])
def test_a_file_with_one_wrong_row_is_refused_whole(case: str) -> None:
    with pytest.raises(Malformed):
        parse_rows((FIXTURES / f"CQRA10__{case}.dat").read_bytes(), ACCOUNT)


@pytest.mark.parametrize("body", ["银行|x\n".encode(), b"\x00\n", b"\xff\xff\n", b"|||\n", b"no end"])
def test_what_is_no_file_of_rows(body: bytes) -> None:
    with pytest.raises(Malformed):
        parse_rows(body, ACCOUNT)


def test_an_empty_file_has_no_rows() -> None:
    assert parse_rows(b"", ACCOUNT) == []


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "a/b", "", "..", ".hidden", "a\x00b", "a" * 65])
def test_a_name_never_leaves_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(Malformed):
        read_file(tmp_path, name)


def test_links_folders_and_pipes_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="link"):
        read_file(tmp_path, "link")
    for name in ("folder", "pipe"):
        with pytest.raises((Malformed, OSError)):
            read_file(tmp_path, name)
    assert read_file(tmp_path, "secret") == b"x"
