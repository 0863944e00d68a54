"""Rows of statements as lines: each told for what it is, or not at all."""

import base64
from datetime import date
from pathlib import Path

import pytest

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import BankLine, LineDirection, LineKind
from ankuan.plugin_api.evidence import Booking
from ankuan_bank_icbc.cards import CardEntry, card_entry, on_cards
from ankuan_bank_icbc.lines import account_line, as_returned, booking, may_be_returned
from ankuan_bank_icbc.messages import Answer, Request, parse
from ankuan_bank_icbc.values import BadValue, Row, day, fen, moment

FIXTURES = Path(__file__).parent.parent / "fixtures"
REFERENCE = "26112100000000000017"
PAYEE = "6217000000000001234"
TODAY = date(2026, 11, 21)


def rows(name: str) -> tuple[Row, ...]:
    asked = Request(name.partition("__")[0], "Q2611210930121230001", {})
    answer = parse(b"reqData=" + base64.b64encode((FIXTURES / name).read_bytes()), asked)
    assert isinstance(answer, Answer)
    return answer.rows


def line(changes: Row, name: str = "QPD__today.xml", number: int = 0) -> BankLine:
    return account_line({**rows(name)[number], **changes})


def test_a_row_of_today_is_a_line() -> None:
    credit, debit, fee = (account_line(row) for row in rows("QPD__today.xml"))
    assert (credit.direction, credit.kind, credit.amount) == (LineDirection.CREDIT, LineKind.EXTERNAL, Money(500_000))
    assert (credit.booked_on, str(credit.booked_at)) == (TODAY, "2026-11-21 09:00:00+08:00")
    assert (credit.counter_name, credit.counter_bank) == ("被执行人乙", "中国农业银行")
    assert "(2026)鲁0102执1号案款" in credit.remark
    assert (credit.client_ref, credit.balance_after) == (None, None)
    assert (debit.direction, debit.client_ref, debit.counter_account) == (LineDirection.DEBIT, REFERENCE, PAYEE)
    assert debit.bank_ref == "20261121|1602|00602|20295|000017"
    assert (fee.kind, fee.client_ref, fee.amount) == (LineKind.FEE, None, Money(50))


def test_the_same_booking_has_the_same_key_today_and_later() -> None:
    today, later = account_line(rows("QPD__today.xml")[1]), account_line(rows("QHISD__week.xml")[1])
    assert today.bank_key == later.bank_key
    assert (later.balance_after, later.booked_on) == (Money(497_000), date(2026, 11, 19))


def test_a_week_tells_each_booking_for_what_it_is() -> None:
    told = [account_line(row) for row in rows("QHISD__week.xml")]
    assert [(each.direction.value, each.kind.value) for each in told] == [
        ("credit", "external"),
        ("debit", "external"),
        ("credit", "external"),
        ("credit", "interest"),
        ("debit", "reversal"),
    ]
    assert [may_be_returned(each) for each in told] == [False, False, True, False, False]


@pytest.mark.parametrize("name", ["QHISD__bad_amount.xml", "QHISD__both_sides.xml", "QHISD__no_sequence.xml"])
def test_a_row_that_does_not_fit_is_no_line(name: str) -> None:
    with pytest.raises(BadValue):
        account_line(rows(name)[0])


@pytest.mark.parametrize(
    "changes",
    [
        {"Drcrf": "3"},
        {"Drcrf": ""},
        {"Amount": ""},
        {"Amount": "0"},
        {"Amount": "-5"},
        {"Amount": "5000.00"},
        {"Amount": "１００"},
        {"Amount": "1" * 17},
        {"CreditAmount": "1"},
        {"TradeDate": "20261301"},
        {"TradeDate": "2026112"},
        {"TradeDate": ""},
        {"Balance": "x"},
    ],
)
def test_a_field_that_is_not_of_its_type_is_refused(changes: Row) -> None:
    with pytest.raises(BadValue):
        line(changes)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"Summary": "结息"}, LineKind.EXTERNAL),  # somebody's account stands beside it: it is his money
        ({"Summary": "结息", "RecipAccNo": ""}, LineKind.INTEREST),
        ({"PostScript": "归还借款利息"}, LineKind.EXTERNAL),
        ({"PostScript": "退还手续费"}, LineKind.EXTERNAL),
        ({"Drcrf": "1", "Summary": "手续费", "RecipAccNo": ""}, LineKind.FEE),
        ({"Drcrf": "1", "Summary": "转账", "PostScript": "诉讼手续费"}, LineKind.EXTERNAL),
        ({"Drcrf": "1", "Summary": "冲正"}, LineKind.REVERSAL),
        ({"Drcrf": "1", "Summary": "冲正", "Ref": REFERENCE}, LineKind.EXTERNAL),
    ],
)
def test_words_alone_make_no_kind(changes: Row, kind: LineKind) -> None:
    assert line(changes).kind is kind


def test_without_ref_the_mark_in_the_remark_names_the_order() -> None:
    assert line({"Ref": ""}, number=1).client_ref == REFERENCE
    assert line({"Ref": "", "PostScript": "案款"}, number=1).client_ref is None


@pytest.mark.parametrize("told", ["", "1602|00602|20295", "1602|00602||000017", "a|b|c|d|e"])
def test_an_identity_that_is_not_of_four_parts_is_none(told: str) -> None:
    assert line({"RepReserved3": told}).bank_ref is None


def test_two_bookings_of_one_sequence_have_two_keys() -> None:
    assert line({}).bank_key != line({"Amount": "50"}).bank_key
    assert line({}).bank_key != line({"Drcrf": "1"}).bank_key


def test_only_payments_are_evidence() -> None:
    credit, debit, fee = (account_line(row) for row in rows("QPD__today.xml"))
    assert [booking(each) is not None for each in (credit, debit, fee)] == [False, True, False]


# ---------------------------------------------------------------- payments that came back

PAID = Booking(Money(3_000), PAYEE, REFERENCE, date(2026, 11, 19), "x")


def came_back(**changes: str) -> BankLine:
    return line(changes, "QHISD__week.xml", 2)


def test_a_return_names_its_payment() -> None:
    found = as_returned(came_back(), [PAID])
    assert (found.kind, found.client_ref) == (LineKind.RETURNED, REFERENCE)


def test_a_return_without_a_mark_is_known_by_amount_and_payee() -> None:
    assert as_returned(came_back(PostScript="退汇"), [PAID]).client_ref == REFERENCE
    other = Booking(Money(3_000), PAYEE, "26112100000000000018", date(2026, 11, 18), "y")
    found = as_returned(came_back(PostScript="退汇"), [PAID, other])
    assert (found.kind, found.client_ref) == (LineKind.RETURNED, None)


def test_a_part_comes_back() -> None:
    part = came_back(CreditAmount="1000", PostScript="退汇")
    assert (as_returned(part, [PAID]).kind, as_returned(part, [PAID]).client_ref) == (LineKind.RETURNED, None)
    assert as_returned(came_back(CreditAmount="1000"), [PAID]).client_ref == REFERENCE


@pytest.mark.parametrize(
    "paid",
    [
        Booking(Money(2_999), PAYEE, REFERENCE, date(2026, 11, 19), "x"),
        Booking(Money(3_000), "6217000000000005678", REFERENCE, date(2026, 11, 19), "x"),
        Booking(Money(3_000), PAYEE, REFERENCE, date(2026, 11, 21), "x"),
    ],
)
def test_who_was_not_paid_before_returns_nothing(paid: Booking) -> None:
    assert as_returned(came_back(), [paid]).kind is LineKind.EXTERNAL
    assert as_returned(came_back(RecipAccNo=""), [PAID]).kind is LineKind.EXTERNAL


def test_a_mark_that_names_no_payment_to_that_account_is_not_believed() -> None:
    forged = came_back(PostScript="退汇[26112100000000000099]", CreditAmount="10")
    assert as_returned(forged, [PAID]).client_ref is None


def test_the_bank_takes_a_payment_back() -> None:
    found = as_returned(came_back(Summary="冲正", PostScript=f"案款[{REFERENCE}]"), [PAID])
    assert (found.kind, found.client_ref) == (LineKind.REVERSAL, REFERENCE)


# ---------------------------------------------------------------- cards

ENTRY = CardEntry("9558890000000100001", TODAY, "16", Money(500_000), "6217000000000005678", Money(500_000))


def test_a_row_of_a_card_is_an_entry() -> None:
    assert card_entry(rows("QRYGJDTL__cards.xml")[0]) == ENTRY
    for changes in ({"Amt": "1.0"}, {"GCardNo": ""}, {"WordDate": "x"}, {"TranSerialno": ""}, {"CardBal": "x"}):
        with pytest.raises(BadValue):
            card_entry({**rows("QRYGJDTL__cards.xml")[0], **changes})


def test_a_line_stands_on_its_card() -> None:
    credit, debit, _ = on_cards((account_line(row) for row in rows("QPD__today.xml")), [ENTRY])
    assert (credit.sub_account_no, credit.balance_after) == ("9558890000000100001", Money(500_000))
    assert debit.sub_account_no is None


@pytest.mark.parametrize(
    "entries",
    [
        [],
        [CardEntry("1", TODAY, "17", Money(500_000), "", None)],
        [CardEntry("1", TODAY, "16", Money(500_001), "", None)],
        [CardEntry("1", date(2026, 11, 20), "16", Money(500_000), "", None)],
        [CardEntry("1", TODAY, "16", Money(500_000), "6217000000000009999", None)],
        [ENTRY, CardEntry("2", TODAY, "16", Money(500_000), "", None)],
    ],
)
def test_what_fits_no_card_or_two_stands_on_the_account(entries: list[CardEntry]) -> None:
    (found,) = on_cards([line({"Balance": "1"})], entries)
    assert (found.sub_account_no, found.balance_after) == (None, None)


def test_a_line_without_identity_is_never_put_on_a_card() -> None:
    nothing = CardEntry("1", TODAY, "", Money(500_000), "", None)
    (found,) = on_cards([line({"RepReserved3": ""})], [nothing])
    assert found.sub_account_no is None


# ---------------------------------------------------------------- values


def test_values() -> None:
    assert fen("-5") == Money(-5)
    assert str(moment(TODAY, "2026-11-21-23.59.59.999999")) == "2026-11-21 23:59:59+08:00"
    assert str(moment(TODAY, "093012")) == "2026-11-21 09:30:12+08:00"
    assert [moment(TODAY, text) for text in ("", "24.00.00", "9:30", "x", "09.30.12 ")] == [None] * 5
    for text in ("", "２０２６１１２１", "20260230", "2026-1-1"):
        with pytest.raises(BadValue):
            day(text)
