"""Entries as lines, pages that follow from each other, statements that agree."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import BankLine, LineDirection, LineKind
from ankuan_bank_platform.cursor import BadCursor, Cursor, decode
from ankuan_bank_platform.documents import Malformed
from ankuan_bank_platform.lines import KINDS, bookings_of, line
from ankuan_bank_platform.report import INTRADAY, STATEMENT, Account, Entry, Side, balance, prove, read_account
from ankuan_bank_platform.values import BadValue

FIXTURES = Path(__file__).parent.parent / "fixtures"
MAIN = "8660100010000001"
SUB = f"{MAIN}00000001"
DAY = date(2026, 11, 21)
IN, OUT = LineDirection.CREDIT, LineDirection.DEBIT


def intraday(case: str) -> Account:
    raw = (FIXTURES / f"camt.052__{case}.xml").read_bytes()
    return read_account(raw, INTRADAY, account=MAIN, question=f"acct={MAIN}&limit=200")


def lines(case: str = "page") -> list[BankLine]:
    return [line(entry, MAIN) for entry in intraday(case).entries]


def test_each_kind_of_booking() -> None:
    told = [(each.bank_key, each.direction, each.kind, each.amount.fen, each.sub_account_no) for each in lines()]
    assert told == [
        ("BP000000000001C", IN, LineKind.EXTERNAL, 1_000_000, SUB),
        ("BP000000000002C", IN, LineKind.EXTERNAL, 30_000, None),
        ("BP000000000003D", OUT, LineKind.EXTERNAL, 902_900, SUB),
        ("BP000000000004D", OUT, LineKind.ADJUSTMENT, 30_000, None),
        ("BP000000000004C", IN, LineKind.ADJUSTMENT, 30_000, SUB),
        ("BP000000000005C", IN, LineKind.RETURNED, 902_900, SUB),
        ("BP000000000006D", OUT, LineKind.REVERSAL, 30_000, None),
        ("BP000000000007D", OUT, LineKind.FEE, 50, None),
        ("BP000000000008C", IN, LineKind.INTEREST, 123, None),
        ("BP000000000009C", IN, LineKind.EXTERNAL, 500, SUB),
    ]


def test_references_are_ours_only_where_the_money_is() -> None:
    found = {each.bank_key: (each.client_ref, each.adjustment_ref) for each in lines()}
    assert found["BP000000000001C"] == (None, None), "EndToEndId of a credit is the payer's own"
    assert found["BP000000000002C"] == (None, "BP000000000002C")
    assert found["BP000000000003D"] == ("20261121000000000017", None)
    assert found["BP000000000004C"] == ("20261121000000000018", None)
    assert found["BP000000000005C"] == ("20261121000000000017", None)
    assert found["BP000000000008C"] == (None, None)


def test_the_other_side_is_told_whoever_keeps_the_roles() -> None:
    found = {each.bank_key: each for each in lines()}
    returned = found["BP000000000005C"]
    assert (returned.counter_name, returned.counter_account) == ("申请执行人甲", "6217000000001234")
    assert "账号户名不符" in returned.remark
    (entry,) = [each for each in intraday("page").entries if each.key == returned.bank_key]
    turned = line(replace(entry, debtor=entry.creditor, creditor=entry.debtor), MAIN)
    assert turned == returned
    credit = found["BP000000000001C"]
    assert (credit.counter_name, credit.counter_account, credit.counter_bank) == (
        "被执行人乙",
        "6217000000005678",
        "中国农业银行",
    )


def test_f4_a_booking_dated_back_stands_on_its_day() -> None:
    assert lines()[-1].booked_on == DAY - timedelta(days=3)
    assert lines()[0].booked_on == DAY


def test_a_booking_that_counts_from_later_stands_where_it_was_booked() -> None:
    entry = intraday("page").entries[0]
    assert line(replace(entry, valued_on=DAY + timedelta(days=2)), MAIN).booked_on == DAY


def test_every_other_code_is_external() -> None:
    entry = intraday("page").entries[0]
    for code in ("DMCT", "ESCT", "CASH", "", "ZZZZ"):
        assert code not in KINDS
        assert line(replace(entry, code=("PMNT", "RCDT", code)), MAIN).kind is LineKind.EXTERNAL


def test_a_virtual_account_of_another_customer_is_not_ours() -> None:
    entry = intraday("page").entries[0]
    stranger = Side("别院", "999900000001", "9999", "")
    assert line(replace(entry, debtor=stranger), MAIN).kind is LineKind.EXTERNAL


def test_only_debits_that_went_out_are_evidence() -> None:
    found = bookings_of(intraday("page").entries, MAIN)
    assert [(each.amount.fen, each.payee_account) for each in found][:2] == [
        (902_900, "6217000000001234"),
        (30_000, SUB),
    ]
    assert all(each.bank_ref != "BP000000000006D" for each in found)


@pytest.mark.parametrize("case", ["rows_twice", "shuffled"])
def test_f2_rows_doubled_or_out_of_order_are_the_same_page(case: str) -> None:
    assert lines(case) == lines("page")


@pytest.mark.parametrize("case", ["page", "row_missing"])
def test_f10_the_balances_have_to_follow(case: str) -> None:
    report = intraday(case)
    opening, closing = balance(report, "OPBD"), balance(report, "ITBD")
    if case == "page":
        prove(opening, report.entries, closing)
        return
    with pytest.raises(Malformed):
        prove(opening, report.entries, closing)


def test_f10_any_one_row_left_out_or_changed_by_a_fen_shows() -> None:
    report = intraday("page")
    opening, closing = balance(report, "OPBD"), balance(report, "ITBD")
    for number in range(len(report.entries)):
        rest = report.entries[:number] + report.entries[number + 1 :]
        one = replace(report.entries[number], amount=report.entries[number].amount + Money(1))
        for wrong in (rest, (*rest, one)):
            with pytest.raises(Malformed):
                prove(opening, wrong, closing)


@pytest.mark.parametrize(
    "case",
    ["one_key_two_bookings", "other_account", "other_question", "bad_amount", "negative", "two_in_one_entry"],
)
def test_f12_what_is_no_page_of_this_account_is_refused(case: str) -> None:
    with pytest.raises((Malformed, BadValue)):
        intraday(case)


def statement(case: str) -> Account:
    raw = (FIXTURES / f"camt.053__{case}.xml").read_bytes()
    return read_account(raw, STATEMENT, account=MAIN, question=f"acct={MAIN}&date=2026-11-21")


def test_the_statement_tells_the_keys_of_the_page() -> None:
    read = statement("day")
    assert [each.key for each in read.entries] == [each.key for each in intraday("page").entries]
    prove(balance(read, "OPBD"), read.entries, balance(read, "CLBD"))
    cursor = Cursor().read_on(19, Money(0), DAY, intraday("page").entries)
    assert cursor.agrees(read.entries)
    incomplete = statement("incomplete")
    assert not cursor.agrees(incomplete.entries)
    with pytest.raises(Malformed):
        prove(balance(incomplete, "OPBD"), incomplete.entries, balance(incomplete, "CLBD"))


def entry(number: int, on: date) -> Entry:
    nobody = Side("", "", "", "")
    return replace(
        intraday("page").entries[0], number=number, key=f"BP{number}", booked_on=on, debtor=nobody, creditor=nobody
    )


ENTRIES = st.lists(
    st.builds(entry, st.integers(1, 10**6), st.integers(0, 3).map(lambda days: DAY + timedelta(days=days))),
    max_size=30,
    unique_by=lambda each: each.key,
)


@given(ENTRIES, st.integers(0, 30), st.randoms(use_true_random=False))
def test_a_day_agrees_in_any_order_and_in_any_pages_and_in_no_other_set(
    entries: list[Entry], cut: int, dice: object
) -> None:
    cursor = Cursor().read_on(1, Money(0), DAY, entries[:cut]).read_on(2, Money(0), DAY, entries[cut:])
    cursor = decode(cursor.encode())
    today = [each for each in entries if each.booked_on == DAY]
    dice.shuffle(today)  # type: ignore[attr-defined]
    assert cursor.agrees(today)
    assert not cursor.agrees([*today, entry(10**7, DAY)])
    if today:
        assert not cursor.agrees(today[1:])
    assert decode(cursor.next_day().encode()).day == DAY + timedelta(days=1)
    assert len(cursor.encode()) < 600


@pytest.mark.parametrize(
    "text", ["", "{}", "null", "[]", '{"v":2}', '{"v":1,"after":"1","fen":0,"day":null,"told":{}}']
)
def test_a_foreign_cursor_is_refused(text: str) -> None:
    with pytest.raises(BadCursor):
        decode(text)
