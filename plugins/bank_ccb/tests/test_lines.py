"""Rows of 6WY101, and messages that are none."""

from pathlib import Path

import pytest

from ankuan.plugin_api.bank import LineDirection, LineKind
from ankuan.plugin_api.values import Malformed
from ankuan_bank_ccb.lines import line_of
from ankuan_bank_ccb.messages import parse, without_password

FIXTURES = Path(__file__).parent.parent / "fixtures"
REF = "2611210000000017"


def raw(name: str) -> bytes:
    return (FIXTURES / f"{name}.xml").read_bytes()


def test_five_rows() -> None:
    lines = [line_of(row) for row in parse(raw("6WY101__five")).rows]
    assert [(line.direction, line.kind, line.amount.fen, line.client_ref) for line in lines] == [
        (LineDirection.CREDIT, LineKind.EXTERNAL, 902_900, None),
        (LineDirection.DEBIT, LineKind.EXTERNAL, 10_001, REF),
        (LineDirection.CREDIT, LineKind.RETURNED, 10_001, REF),
        (LineDirection.DEBIT, LineKind.REVERSAL, 5_000, None),
        (LineDirection.DEBIT, LineKind.FEE, 50, None),
    ]
    assert lines[0].counter_name == "被执行人镕"
    assert len({line.bank_key for line in lines}) == 5


def test_an_empty_result_and_a_row_that_is_none() -> None:
    assert parse(raw("6WY101__none")).rows == ()
    (row,) = parse(raw("6WY101__no_flag")).rows
    with pytest.raises(Malformed):
        line_of(row)


@pytest.mark.parametrize("body", [b"", b"<TX/>", b"<a/>", b"\x00", raw("6W0100__balance")[:-9], "银行".encode()])
def test_what_is_no_message(body: bytes) -> None:
    with pytest.raises(Malformed):
        parse(body)


def test_the_password_is_cut_out_of_what_is_kept() -> None:
    assert without_password(b"<PASSWORD>s3cret</PASSWORD>") == b"<PASSWORD>******</PASSWORD>"
