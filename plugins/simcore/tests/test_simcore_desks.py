"""Batches, payees, days, receipts and account lists of the simulated bank."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ankuan_simcore.bank import Bank
from ankuan_simcore.clock import SHANGHAI
from ankuan_simcore.faults import Fault, Plan
from ankuan_simcore.models import EntryKind, Order, OrderState, PayeeCheck, Refusal, RefusedError
from ankuan_simcore.numbering import Numbering
from ankuan_simcore.receipts import entry_of_receipt, pdf_page, receipt_no, receipt_pdf, receipts_of

MAIN = "8112501012300012345"
PAYEE = "6217000000000001234"
SEVEN_DIGITS = Numbering(tail_digits=7, first_tail=10, last_tail=9_999_999, adjustment="{}0000000".format)


def order(ref: str, payer: str, fen: int, payee: str = PAYEE, **more: str) -> Order:
    name, channel = more.get("payee_name", ""), more.get("channel", "")
    return Order(ref, "PAY", payer, payee, name, "", fen, "案款", OrderState.SETTLED, "", channel=channel)


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[Bank]:
    made = Bank(tmp_path / "bank.jsonl", SEVEN_DIGITS)
    made.freeze(datetime(2026, 11, 20, 10, tzinfo=SHANGHAI))  # a Friday
    made.open_main(MAIN, "示例人民法院")
    yield made
    made.close()


@pytest.fixture
def sub(bank: Bank) -> str:
    number = bank.open_sub(MAIN, "甲案").number
    bank.credit(number, 1000, payer_name="被执行人乙", payer_account="62170001")
    return number


def states(orders: list[Order] | None) -> dict[int, str]:
    assert orders is not None
    return {order.row: str(order.state) for order in orders}


def test_rows_of_a_batch_see_the_money_the_rows_before_them_leave(bank: Bank, sub: str) -> None:
    batch = bank.submit_batch("B1", [order("a", sub, 600), order("b", sub, 600), order("c", sub, 400)], [])
    assert states(bank.rows(batch)) == {1: "settled", 2: "refused", 3: "settled"}
    assert [bank.state.entries[no].debit_after for no in (2, 3)] == [400, 0]
    for wrong in ([order("d", sub, 1)], []):
        with pytest.raises(RefusedError):
            bank.submit_batch("B1", wrong, [])
    with pytest.raises(RefusedError):
        bank.submit_batch("B2", [order("a", sub, 1)], [])
    with pytest.raises(RefusedError):
        bank.submit_batch("B2", [order("e", sub, 1), order("e", sub, 1)], [])
    assert bank.lookup_batch("B2") is None
    assert bank.lookup("e") is None


def test_a_batch_is_refused_lost_and_unmentioned_row_by_row(bank: Bank, sub: str) -> None:
    partial = Plan(Fault.PARTIAL_BATCH, {"refused": [1], "unmentioned": [2], "lost": [3], "queries": 1})
    batch = bank.submit_batch("B1", [order(ref, sub, 100) for ref in "abcd"], [partial])
    assert states(bank.rows(batch)) == {1: "refused", 4: "settled"}
    assert states(bank.lookup_batch("B1")) == {1: "refused", 4: "settled"}
    assert states(bank.lookup_batch("B1")) == {1: "refused", 2: "settled", 4: "settled"}
    assert bank.lookup("c") is None
    assert bank.account(sub).balance == 800


def test_a_batch_under_way_settles_by_being_asked_and_hides(bank: Bank, sub: str) -> None:
    plans = [Plan(Fault.PROCESSING), Plan(Fault.HIDE, {"queries": 1})]
    bank.submit_batch("B1", [order("a", sub, 600), order("b", sub, 600)], plans)
    assert bank.account(sub).available == 400
    assert bank.lookup_batch("B1") is None
    assert states(bank.lookup_batch("B1")) == {1: "settled", 2: "refused"}


def test_transfers_within_a_main_account(bank: Bank, sub: str) -> None:
    other = bank.open_sub(MAIN, "乙案").number
    assert bank.submit(order("a", sub, 300, other, payee_name="乙案"), []).state == "settled"
    assert bank.submit(order("b", other, 100, MAIN), []).state == "settled"
    assert bank.submit(order("c", MAIN, 40, sub, payee_name="甲案"), []).state == "settled"
    assert [bank.account(number).balance for number in (sub, other, bank.standing(MAIN))] == [740, 200, 60]
    assert bank.state.main_balance(MAIN) == (1000, 1000)
    assert bank.shown(bank.standing(MAIN)) == MAIN
    assert bank.submit(order("d", sub, 1, sub), []).code == Refusal.NO_SUCH_ACCOUNT
    assert bank.submit(order("e", sub, 1, other, payee_name="丙案"), []).code == Refusal.NAME_MISMATCH


def test_accounts_of_others_are_checked(bank: Bank, sub: str) -> None:
    bank.register_payee(PAYEE, "申请执行人甲")
    bank.register_payee("62175555", "申请执行人丙", "closed")
    asked = {(PAYEE, "申请执行人甲"), (PAYEE, "甲"), ("62175555", "申请执行人丙"), ("6217", "甲"), (sub, "甲案")}
    asked |= {("62171111", "甲"), ("62172222", "甲"), (MAIN, "乙")}
    assert {question: bank.check_payee(*question) for question in asked} == {
        (PAYEE, "申请执行人甲"): PayeeCheck.MATCHES,
        (PAYEE, "甲"): PayeeCheck.NAME_DIFFERS,
        ("62175555", "申请执行人丙"): PayeeCheck.CLOSED,
        ("6217", "甲"): PayeeCheck.MATCHES,
        (sub, "甲案"): PayeeCheck.MATCHES,
        ("62171111", "甲"): PayeeCheck.NAME_DIFFERS,
        ("62172222", "甲"): PayeeCheck.NO_SUCH_ACCOUNT,
        (MAIN, "乙"): PayeeCheck.NAME_DIFFERS,
    }
    assert bank.submit(order("a", sub, 1, payee_name="甲"), []).code == Refusal.NAME_MISMATCH
    assert bank.submit(order("b", sub, 1, "62175555", payee_name="申请执行人丙"), []).code == Refusal.PAYEE_REFUSED
    assert bank.submit(order("c", sub, 1, payee_name="申请执行人甲"), []).state == "settled"


def test_a_million_sub_accounts_are_listed_in_order_without_objects(bank: Bank) -> None:
    chosen = bank.open_sub(MAIN, "自选", "0000500").number
    first, last = bank.open_range(MAIN, 1_000_000, "案款")
    assert bank.open_sub(MAIN, "其后").number == str(int(last) + 1)
    assert bank.sub_count(MAIN) == 1_000_002
    seen, after = 0, ""
    while page := bank.subs(MAIN, after, 10_000):
        numbers = [account.number for account in page]
        assert numbers == sorted(numbers)
        assert numbers[0] > after
        seen, after = seen + len(numbers), numbers[-1]
    assert seen == 1_000_002
    assert bank.subs(MAIN, "", 1)[0].number == chosen
    assert int(first) == int(chosen) + 1
    assert len(bank.state.accounts) < 10


def test_an_empty_sub_account_is_closed_for_ever(bank: Bank, sub: str) -> None:
    with pytest.raises(RefusedError):
        bank.close_sub(sub)
    assert bank.submit(order("a", sub, 1000), []).state == "settled"
    bank.close_sub(sub)
    assert bank.credit(sub, 5).credit == bank.standing(MAIN)
    assert bank.submit(order("b", sub, 1), []).code == Refusal.NO_SUCH_ACCOUNT
    with pytest.raises(RefusedError):
        bank.open_sub(MAIN, "再开", bank.numbering.tail(sub))
    assert [account.closed for account in bank.subs(MAIN)] == [True]


def test_a_closed_day_stays_as_it_is(bank: Bank, sub: str) -> None:
    bank.submit(order("a", sub, 300), [])
    bank.credit(MAIN, 50)
    assert bank.close_day() == "2026-11-20"
    before = [bank.statement(number, "2026-11-20") for number in (MAIN, sub, bank.standing(MAIN))]
    assert [(s.opening, s.closing, len(s.lines), s.closed) for s in before] == [
        (0, 750, 3, True),
        (0, 700, 2, True),
        (0, 50, 1, True),
    ]
    late = bank.credit(sub, 9, value_date="2026-11-19")
    assert (late.day, late.value_date) == ("2026-11-21", "2026-11-19")
    assert [bank.statement(number, "2026-11-20") for number in (MAIN, sub, bank.standing(MAIN))] == before
    today = bank.statement(sub, bank.today)
    assert (today.opening, [(line.fen, line.balance) for line in today.lines], today.closing) == (700, [(9, 709)], 709)
    bank.advance(timedelta(days=3))
    bank.give_back("a", fen=290, fee_fen=15, bank_ref="RT20261123")
    monday = bank.statement(MAIN, bank.today)
    assert (monday.opening, [line.fen for line in monday.lines], monday.closing) == (759, [290, -15], 1034)
    assert monday.lines[0].entry.bank_ref == "RT20261123"


def test_interest_and_fees(bank: Bank, sub: str) -> None:
    bank.credit(sub, 7, kind=EntryKind.INTEREST, remark="结息")
    bank.credit(MAIN, 20)
    bank.charge(sub, 2)
    bank.charge(MAIN, 3, "账户管理费")
    assert bank.state.main_balance(MAIN) == (1022, 1022)
    assert bank.account(sub).balance == 1005


def test_large_payments_keep_hours_and_confirmation_waits(bank: Bank, sub: str) -> None:
    bank.large_hours = ("09:00", "17:00")

    def large(ref: str) -> Order:
        return bank.submit(order(ref, sub, 1, channel="large"), [])

    assert large("a").state == "settled"
    bank.freeze(datetime(2026, 11, 20, 17, tzinfo=SHANGHAI))
    assert large("b").code == Refusal.OUT_OF_HOURS
    assert bank.submit(order("c", sub, 1), []).state == "settled"
    bank.advance(timedelta(hours=17))
    assert large("d").code == Refusal.OUT_OF_HOURS  # ten o'clock on a Saturday
    bank.set_rules(large_hours=())
    assert large("e").state == "settled"
    assert bank.submit(order("f", sub, 1), [Plan(Fault.OUT_OF_HOURS)]).code == Refusal.OUT_OF_HOURS
    bank.manual_confirm = True
    other = bank.open_sub(MAIN, "乙案").number
    assert [bank.submit(order(f"g{n}", sub, 1, to), []).state for n, to in enumerate((PAYEE, other))] == [
        "approval",
        "settled",
    ]
    bank.set_rules(manual_confirm=False)
    assert bank.submit(order("h", sub, 1), []).state == "settled"


def test_the_clock_stops_goes_on_and_never_goes_behind_a_booking(bank: Bank, sub: str) -> None:
    assert bank.account(sub).balance
    stopped = bank.state.clock.now()
    with pytest.raises(ValueError, match="back"):
        bank.freeze(stopped - timedelta(seconds=1))
    bank.run_clock()
    assert timedelta(0) <= bank.state.clock.now() - stopped < timedelta(minutes=1)


def test_a_receipt_is_a_real_page_and_always_the_same(bank: Bank, sub: str) -> None:
    bank.submit(order("a", sub, 123, payee_name="申请执行人甲𠮷(x)"), [])
    entries = receipts_of(bank, MAIN, "2026-11-20", "2026-11-20")
    assert [entry.kind for entry in entries] == ["incoming", "payment"]
    assert entry_of_receipt(bank, receipt_no(entries[1])) == entries[1]
    for wrong in ("", "x", "20261120", "2026111900000002", "2026112000000009"):
        with pytest.raises(RefusedError):
            entry_of_receipt(bank, wrong)
    page = receipt_pdf(bank, entries[1])
    assert page == receipt_pdf(bank, entries[1])
    shown = re.findall(r"<([0-9A-F]+)> Tj", page.decode("latin-1"))
    text = "\n".join(bytes.fromhex(line).decode("utf-16-be") for line in shown)
    for part in (receipt_no(entries[1]), "申请执行人甲?(x)", "CNY 1.23", sub, "记账日期 2026-11-20"):
        assert part in text


def test_a_page_says_truly_where_its_parts_are() -> None:
    page = pdf_page(["电子回单"])
    table = int(page.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    assert page[table:].startswith(b"xref\n0 8\n")
    places = [int(line[:10]) for line in page[table:].splitlines()[3:10]]
    assert [page[place:].split(b" obj")[0] for place in places] == [b"%d 0" % number for number in range(1, 8)]
    content = page.split(b"stream\n")[1].removesuffix(b"\nend")
    assert f"/Length {len(content)} ".encode() in page
