from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from cmb_bankside import MAIN, REFERENCE, SUB, UNIT, body
from hypothesis import given
from hypothesis import strategies as st

from ankuan.kernel.clock import SHANGHAI
from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import BankLine, LineDirection, LineKind
from ankuan.plugin_api.errors import CannotExpress, InvalidSettings
from ankuan_bank_cmb.cursor import BadCursor, Cursor, Mark, decode
from ankuan_bank_cmb.lines import (
    Returned,
    account_line,
    payment_booking,
    returned_payment,
    transfer_booking,
    unit_line,
    with_returns,
)
from ankuan_bank_cmb.messages import Row
from ankuan_bank_cmb.units import luhn_digit, new_unit, units_of
from ankuan_bank_cmb.values import BadValue, day, moment, positive_money, signed_money, stamp

UNITS = units_of(MAIN, f"{MAIN}0000000000")
IN, OUT = LineDirection.CREDIT, LineDirection.DEBIT
DAY = date(2026, 11, 21)


def rows(name: str, table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = body(name)[table]
    return found


def test_a_page_of_the_statement() -> None:
    told = [account_line(row, UNITS) for row in rows("trsQryByBreakPoint__day", "TRANSQUERYBYBREAKPOINT_Z2")]
    assert [(line.direction, line.kind, line.amount.fen, line.sub_account_no, line.client_ref) for line in told] == [
        (IN, LineKind.EXTERNAL, 50_000, SUB, None),
        (IN, LineKind.EXTERNAL, 30_000, None, None),
        (OUT, LineKind.EXTERNAL, 3_000, SUB, REFERENCE),
        (IN, LineKind.INTEREST, 37, SUB, None),
        (OUT, LineKind.FEE, 50, SUB, None),
        (OUT, LineKind.REVERSAL, 50_000, SUB, None),
        (IN, LineKind.EXTERNAL, 3_000, SUB, None),
        (IN, LineKind.EXTERNAL, 100, SUB, None),
    ]
    assert [line.bank_key for line in told] == [f"A:C{number:014d}" for number in range(1, 9)]
    assert [line.adjustment_ref for line in told if line.adjustment_ref] == ["C00000000000002|30000"]
    assert told[0].booked_at == datetime(2026, 11, 21, 10, 15, tzinfo=SHANGHAI)
    assert {line.balance_after for line in told} == {None}


def test_moves_between_units_are_told_on_both_sides_and_nothing_else_is() -> None:
    told = [unit_line(row, UNITS) for row in rows("NTDMTLST__move", "ntdmtlstz")]
    assert told[2] is None
    sides = [line for line in told if line is not None]
    assert [(line.direction, line.sub_account_no, line.kind) for line in sides] == [
        (IN, SUB, LineKind.ADJUSTMENT),
        (OUT, None, LineKind.ADJUSTMENT),
    ]
    assert {line.client_ref for line in sides} == {"20261121000000000021"}
    assert len({line.bank_key for line in sides}) == 2


def test_evidence_comes_from_debits_of_the_account_and_credits_of_the_unit() -> None:
    statement = rows("trsQryByBreakPoint__day", "TRANSQUERYBYBREAKPOINT_Z2")
    found = [booking for booking in map(payment_booking, statement) if booking is not None]
    assert [(unit, each.client_ref, each.amount.fen) for unit, each in found] == [
        (UNIT, REFERENCE, 3_000),
        (UNIT, None, 50),
    ]
    moves = [transfer_booking(row, UNITS) for row in rows("NTDMTLST__move", "ntdmtlstz")]
    assert [move is not None for move in moves] == [True, False, False]


def listed(**changes: str) -> Returned:
    return returned_payment({**rows("BB1PAYQB__returned", "bb1payqbz1")[0], **changes})


def told(*changes: dict[str, str]) -> list[tuple[BankLine, Row]]:
    back = rows("trsQryByBreakPoint__day", "TRANSQUERYBYBREAKPOINT_Z2")[6]
    made = [{**back, "transSequenceIdn": f"C{at}", **each} for at, each in enumerate(changes)]
    return [(account_line(row, UNITS), row) for row in made]


def returns(lines: list[BankLine]) -> list[str | None]:
    return [line.client_ref if line.kind is LineKind.RETURNED else "-" for line in lines]


def test_a_returned_payment_is_known_by_number_or_by_amount_payee_and_day() -> None:
    statement = rows("trsQryByBreakPoint__day", "TRANSQUERYBYBREAKPOINT_Z2")
    page = [(account_line(row, UNITS), row) for row in statement]
    assert returns(with_returns(page, [listed()])) == ["-"] * 6 + [REFERENCE, "-"]
    by_number = told({"requestNbr": listed().request_no, "ctpAcctNbr": "1"}, {"yurRef": REFERENCE, "ctpAcctNbr": "1"})
    for one in by_number:
        assert returns(with_returns([one], [listed()])) == [REFERENCE]
    for other in ({"transDate": "20261120"}, {"transAmount": "30.01"}, {"ctpAcctNbr": "1"}, {"loanCode": "D"}):
        assert returns(with_returns(told(other), [listed()])) == ["-"]


def test_one_return_is_one_credit() -> None:
    plain = {"remarkTextClt": "还款"}
    assert returns(with_returns(told(plain, {}), [listed()])) == ["-", REFERENCE]
    assert returns(with_returns(told(plain, plain), [listed()])) == [REFERENCE, "-"]


def test_a_return_that_fits_two_payments_names_neither() -> None:
    twins = [listed(), listed(yurRef="20261121000000000018", reqNbr="2")]
    assert returns(with_returns(told({}), twins)) == [None]
    assert returns(with_returns(told({}, {}), twins)) == [None, None]


@pytest.mark.parametrize("case", ["bad_amount", "no_sequence", "new_flag"])
def test_a_row_that_cannot_be_understood_is_no_line(case: str) -> None:
    (row,) = rows(f"trsQryByBreakPoint__{case}", "TRANSQUERYBYBREAKPOINT_Z2")
    with pytest.raises(BadValue):
        account_line(row, UNITS)


@pytest.mark.parametrize("changes", [{"loanCode": "X"}, {"transAmount": "-1.00"}, {"transAmount": "0.00"}])
def test_no_direction_or_amount_is_guessed(changes: dict[str, str]) -> None:
    row = rows("trsQryByBreakPoint__day", "TRANSQUERYBYBREAKPOINT_Z2")[0]
    with pytest.raises(BadValue):
        account_line({**row, **changes}, UNITS)


def test_money_from_our_own_account_is_no_receipt() -> None:
    row = rows("trsQryByBreakPoint__day", "TRANSQUERYBYBREAKPOINT_Z2")[0]
    assert account_line({**row, "ctpAcctNbr": SUB}, UNITS).kind is LineKind.ADJUSTMENT


@pytest.mark.parametrize(
    ("text", "fen"), [("0.01", 1), ("30", 3_000), ("30.5", 3_050), ("9999999999999.99", 10**15 - 1)]
)
def test_amounts(text: str, fen: int) -> None:
    assert positive_money(text) == Money(fen)
    assert signed_money(f"-{text}") == Money(-fen)


@given(st.text(max_size=12))
def test_values_are_of_their_type_or_refused(text: str) -> None:
    for read in (positive_money, signed_money, day, stamp):
        try:
            read(text)
        except BadValue:
            continue
        assert text.isascii()
    assert moment(DAY, text) is None or text.isascii()


# ---------------------------------------------------------------- units


def test_units_and_sub_accounts() -> None:
    assert (UNITS.number(UNIT), UNITS.number(""), UNITS.number("0000000000")) == (SUB, None, None)
    assert (UNITS.unit(SUB), UNITS.unit_or_default(None)) == (UNIT, "0000000000")
    for wrong in (MAIN, "", UNIT, f"{MAIN}12a", f"9{SUB}"):
        with pytest.raises(CannotExpress):
            UNITS.unit(wrong)
    assert units_of(MAIN, None).default == units_of(MAIN, MAIN).default == "0" * 10
    assert units_of(MAIN, f"{MAIN}0000000001").default == "0000000001"
    with pytest.raises(InvalidSettings):
        units_of(MAIN, "531909000000002")


@given(st.integers(0, len(SUB) - 1), st.integers(1, 9))
def test_one_wrong_digit_is_never_another_unit(at: int, by: int) -> None:
    number = MAIN + new_unit(MAIN)
    wrong = f"{number[:at]}{(int(number[at]) + by) % 10}{number[at + 1 :]}"
    assert luhn_digit(number[:-1]) == number[-1]
    assert luhn_digit(wrong[:-1]) != wrong[-1]


def test_new_units_are_apart() -> None:
    made = {new_unit(MAIN) for _ in range(1_000)}
    assert len(made) > 995
    assert {len(unit) for unit in made} == {10}


# ---------------------------------------------------------------- cursor


def test_a_cursor_is_read_back_as_it_was() -> None:
    cursor = Cursor(DAY, told={"20261121": ("abc",)}, stage=1, pages=3).at(Mark("5319", ({"acctNbr": "5319"},)), DAY)
    assert decode(cursor.encode(), first_day=DAY - timedelta(days=1)) == cursor
    assert decode(None, first_day=DAY) == Cursor(DAY)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", '{"v":2}', '{"v":1,"stage":9}', "x" * 50, '{"v":1,"stage":0}']
)
def test_a_foreign_cursor_is_refused(text: str) -> None:
    with pytest.raises(BadCursor):
        decode(text, first_day=DAY)


def test_a_finished_window_remembers_its_last_days() -> None:
    old, new = DAY - timedelta(days=30), DAY - timedelta(days=2)
    cursor = Cursor(DAY - timedelta(days=60)).telling([(old, "A:1"), (new, "A:2")])
    first, last = cursor.window(DAY)
    assert (first, last) == (DAY - timedelta(days=60), DAY)
    after = cursor.finished(last)
    assert (after.since, after.knows("A:2"), after.knows("A:1")) == (DAY - timedelta(days=7), True, False)


def test_a_long_past_is_read_window_by_window() -> None:
    cursor, windows = Cursor(DAY - timedelta(days=300)), list[tuple[date, date]]()
    while not windows or windows[-1][1] < DAY:
        windows.append(cursor.window(DAY))
        cursor = cursor.finished(windows[-1][1])
    assert len(windows) == 4
    assert all(later[0] <= earlier[1] for earlier, later in pairwise(windows))
