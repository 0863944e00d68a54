from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import LineDirection, LineKind
from ankuan_bank_citic.cursor import SPAN, BadCursor, decode
from ankuan_bank_citic.lines import (
    adjustment_account_line,
    main_account_booking,
    may_be_returned,
    sub_account_booking,
    sub_account_lines,
)
from ankuan_bank_citic.mapping import BadValue
from ankuan_bank_citic.messages import Row, parse
from ankuan_bank_citic.values import day, moment, money

FIXTURES = Path(__file__).parent.parent / "fixtures"


def rows(name: str) -> tuple[Row, ...]:
    return parse((FIXTURES / f"{name}.xml").read_bytes()).rows


def test_the_increment_line_by_line() -> None:
    lines = [line for row in rows("DLSTRNDT__increment") for line in sub_account_lines(row)]
    told = [(line.kind, line.direction, line.amount.fen, line.client_ref) for line in lines]
    credit, debit = LineDirection.CREDIT, LineDirection.DEBIT
    assert told == [
        (LineKind.EXTERNAL, credit, 2_147_483_648, None),
        (LineKind.ADJUSTMENT, credit, 10_000, "99999000100000001"),
        (LineKind.EXTERNAL, debit, 3_000, "01022026112100000017"),
        (LineKind.FEE, debit, 50, None),
        (LineKind.EXTERNAL, credit, 3_000, None),
        (LineKind.INTEREST, credit, 123, None),
    ]
    assert [may_be_returned(line) for line in lines] == [False, False, False, False, True, False]
    assert len({line.bank_key for line in lines}) == 6
    first = lines[0]
    assert first.booked_at is not None
    assert first.booked_at.astimezone(UTC) == datetime(2026, 11, 21, 1, 30, 12, tzinfo=UTC)
    assert (first.booked_on, first.balance_after) == (date(2026, 11, 21), Money(2_147_483_648))


def test_the_public_adjustment_account() -> None:
    waiting, moved = [adjustment_account_line(row) for row in rows("DLSUBDTL__waiting")]
    assert waiting.adjustment_ref == "20261121|KEB00000000006|M000000000006"
    assert (waiting.kind, waiting.sub_account_no) == (LineKind.EXTERNAL, None)
    assert (moved.kind, moved.direction, moved.adjustment_ref) == (LineKind.ADJUSTMENT, LineDirection.DEBIT, None)


def test_account_numbers_overrule_the_transaction_type() -> None:
    row = {**rows("DLSTRNDT__increment")[0], "OPPACCNO": "8123000123450000009"}
    assert sub_account_lines(row)[0].kind is LineKind.ADJUSTMENT


@pytest.mark.parametrize(
    ("flag", "remark", "kind"),
    [
        ("D", "冲正", LineKind.REVERSAL),
        ("D", " 抹账 错账更正", LineKind.REVERSAL),
        ("D", "案款冲正", LineKind.EXTERNAL),
        ("D", "冲正[01022026112100000017]", LineKind.EXTERNAL),
        ("C", "冲正", LineKind.EXTERNAL),
    ],
)
def test_f7_a_credit_taken_back_is_a_reversal(flag: str, remark: str, kind: LineKind) -> None:
    """Not what only speaks of one: a payer's remark, a payment of ours."""
    row = {**rows("DLSTRNDT__increment")[0], "CDFG": flag, "RESUME": remark, "XTSFAM": ""}
    assert [line.kind for line in sub_account_lines(row)] == [kind]
    waiting = {**rows("DLSUBDTL__waiting")[0], "CDFG": flag, "MEMO": remark}
    assert adjustment_account_line(waiting).kind is kind


def test_f7_a_reversal_is_no_evidence_of_a_payment() -> None:
    """Same amount, same account, no reference: what goes back to the payer looks like a payment to him."""
    debit = LineDirection.DEBIT
    row = {**rows("DLSUBDTL__waiting")[0], "CDFG": "D", "MEMO": "冲正"}
    assert sub_account_booking(row, debit) is None
    assert sub_account_booking({**row, "MEMO": "案款"}, debit) is not None
    assert sub_account_booking({**row, "MEMO": "案款"}, LineDirection.CREDIT) is None
    main = {**rows("DLTRNALL__returned")[0], "creditDebitFlag": "D", "abstract": "冲正"}
    assert main_account_booking(main, debit) is None
    assert main_account_booking({**main, "abstract": "案款"}, debit) is not None


def test_a_payer_cannot_write_a_reference_into_his_remark() -> None:
    row = {**rows("DLSTRNDT__increment")[0], "RESUME": "案款[01022026112100000017]"}
    assert sub_account_lines(row)[0].client_ref is None


@pytest.mark.parametrize("name", ["DLSTRNDT__bad_amount", "DLSTRNDT__no_flow"])
def test_a_row_that_is_not_as_documented_is_no_line(name: str) -> None:
    with pytest.raises(BadValue):
        sub_account_lines(rows(name)[0])


@pytest.mark.parametrize("field", ["TRANAMT", "TRANDATE", "CDFG", "HOSTFLW", "HOSTSEQ", "subAccNo"])
@given(junk=st.text(max_size=6))
def test_junk_in_a_row_is_a_line_or_bad_value(field: str, junk: str) -> None:
    try:
        lines = sub_account_lines({**rows("DLSTRNDT__increment")[0], field: junk})
    except BadValue:
        return
    assert all(line.amount > Money.ZERO for line in lines)


@given(st.integers(1 - 10**15, 10**15 - 1))
def test_amounts_survive(fen: int) -> None:
    assert money(Money(fen).yuan) == Money(fen)


@pytest.mark.parametrize(
    "text", ["", "1.", ".5", "1,000.00", "1e3", "１.00", "0x1", "1.234", " 1.00", "+1.00", "9" * 16]
)
def test_amounts_refused(text: str) -> None:
    with pytest.raises(BadValue):
        money(text)


@pytest.mark.parametrize("text", ["", "2026112", "20261301", "2026-1-1", "２０２６１１２１", "99999999", "0000    "])
def test_dates_refused(text: str) -> None:
    with pytest.raises(BadValue):
        day(text)


@pytest.mark.parametrize("text", ["", "240000", "126000", "12345", "１２３４５６"])
def test_a_useless_time_is_no_time(text: str) -> None:
    assert moment(date(2026, 11, 21), text) is None


def test_the_window_moves_on_and_never_skips_a_day() -> None:
    start, today = date(2026, 1, 1), date(2026, 11, 21)
    cursor = decode(None, first_day=start)
    asked: list[tuple[date, date]] = []
    more = True
    while more:
        first, last, more = cursor.window(today)
        asked.append((first, last))
        cursor = decode(cursor.moved(last, []).encode(), first_day=today)
    assert (asked[0][0], asked[-1][1]) == (start, today)
    assert all(last - first <= SPAN for first, last in asked)
    assert all(after[0] <= before[1] for before, after in pairwise(asked))


def test_a_clock_set_back_does_not_break_the_window() -> None:
    cursor = decode(None, first_day=date(2026, 11, 21))
    first, last, more = cursor.window(date(2026, 11, 21) - timedelta(days=3))
    assert (first, last, more) == (date(2026, 11, 21), date(2026, 11, 21), False)


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"v":2,"host":["","",""],"since":"20260101","told":[]}'])
def test_a_foreign_cursor_is_refused(text: str) -> None:
    with pytest.raises(BadCursor):
        decode(text, first_day=date(2026, 1, 1))
