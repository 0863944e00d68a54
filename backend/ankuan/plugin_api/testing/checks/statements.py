"""Statements: balances that follow from each other, pages that lose nothing, receipts that are whole."""
# ruff: noqa: S101 - a check consists of assertions

from collections.abc import Iterable, Mapping
from typing import Any

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import BankLine, BankReceipt, GivesReceipts, LineDirection
from ankuan.plugin_api.errors import PluginError
from ankuan.plugin_api.testing.bench import Bench, amounts
from ankuan.plugin_api.testing.check import check

MANY = 250


@check("statements.balance_chain", "balances")
async def balances_are_those_of_the_bank(bench: Bench) -> None:
    """Of the main account and, where there is one, of the sub-account."""
    bench.credit(12_345)
    bench.credit(55, to=bench.main)
    main = await bench.connector.balance()
    assert main.booked == Money(12_400)
    assert main.exchanges
    if bench.sub is not None:
        held = 12_345 if bench.draws_on_sub else 0
        sub = await bench.connector.balance(bench.sub)
        assert (sub.booked, sub.available) == (Money(held), Money(held))


@check("statements.balance_chain", "statements_pull")
async def f10_each_lines_balance_follows_from_the_one_before(bench: Bench) -> None:
    """Where the bank tells balances line by line."""
    for fen in (100, 250, 3, 77_777):
        bench.credit(fen)
    if "pays" in bench.subject.facts:
        await bench.paid(50)
    told, _ = await bench.lines()
    assert broken_chains(told) == []
    bench.figure("lines with a balance", sum(line.balance_after is not None for line in told), "")


@check("statements.balance_chain", "statements_pull", "balances", live=True)
async def f10_a_line_and_the_balance_agree(bench: Bench) -> None:
    """The last balance of the main account's lines is no more than what the balance query tells."""
    page = await bench.connector.fetch_lines(None)
    assert broken_chains(page.lines) == [] or page.more
    balance = await bench.connector.balance()
    assert balance.available <= balance.booked or balance.booked < Money.ZERO


def broken_chains(lines: Iterable[BankLine]) -> list[str]:
    """Keys of lines whose balance does not follow from the one before on the same account, in the order told."""
    last: dict[str | None, Money] = {}
    broken = []
    for line in lines:
        if line.balance_after is None:
            continue
        signed = line.amount if line.direction is LineDirection.CREDIT else Money(-line.amount.fen)
        before = last.get(line.sub_account_no)
        if before is not None and before + signed != line.balance_after:
            broken.append(line.bank_key)
        last[line.sub_account_no] = line.balance_after
    return broken


@check("statements.paging", "statements_pull", seconds=90)
async def more_than_a_page_is_told_completely(bench: Bench) -> None:
    """250 bookings, each once; then one more."""
    for fen in range(1, MANY + 1):
        bench.credit(fen)
    bench.connector = bench.again(20)
    told, cursor = await bench.lines()
    assert sorted(amounts(told)) == list(range(1, MANY + 1))
    bench.credit(999)
    assert amounts((await bench.lines(cursor))[0]) == [999]


@check("statements.paging", "statements_pull", seconds=90)
async def f5_a_booking_between_two_pages_is_neither_lost_nor_doubled(bench: Bench) -> None:
    """Reading goes on while money comes in, on the newest page and behind it."""
    for fen in range(1, MANY + 1):
        bench.credit(fen)
    bench.connector = bench.again(20)
    found: list[BankLine] = []
    cursor: str | None = None
    extra = 1_000
    for _ in range(40):
        page = await bench.connector.fetch_lines(cursor)
        found += page.lines
        cursor = page.cursor
        if extra < 1_003:
            bench.credit(extra)
            extra += 1
        elif not page.more:
            break
    keys = {line.bank_key: line.amount.fen for line in found}
    assert sorted(keys.values()) == [*range(1, MANY + 1), 1_000, 1_001, 1_002]


@check("statements.paging", "statements_pull", seconds=90, cases={"back": {"by": 1}})
async def f5_pages_that_shift_lose_nothing(bench: Bench, by: int) -> None:
    """From the second page on every row has moved back by one: it is seen again, and told once."""
    for fen in range(1, 121):
        bench.credit(fen)
    bench.always("pages_shift", by=by)
    bench.connector = bench.again(20)
    told, _ = await bench.lines()
    keys = {line.bank_key: line.amount.fen for line in told}
    assert sorted(keys.values()) == list(range(1, 121))


@check("statements.paging", "statements_pull")
async def a_cursor_moves_and_stays_readable(bench: Bench) -> None:
    """The same cursor gives the same lines; a foreign one is refused, not guessed at."""
    bench.credit(1)
    _, cursor = await bench.lines()
    bench.credit(2)
    bench.credit(3)
    first, second = await bench.lines(cursor), await bench.lines(cursor)
    assert [line.bank_key for line in first[0]] == [line.bank_key for line in second[0]]
    assert len(cursor) < 100_000
    raised = None
    try:
        await bench.connector.fetch_lines("no cursor of this plugin \x7f")
    except PluginError as error:
        raised = error
    assert raised is not None


@check("statements.paging", "statements_pull", live=True)
async def reading_again_tells_the_same(bench: Bench) -> None:
    """Two reads of the first page give the same keys, up to what was booked between them."""
    first, second = await bench.connector.fetch_lines(None), await bench.connector.fetch_lines(None)
    keys, again = [line.bank_key for line in first.lines], [line.bank_key for line in second.lines]
    assert len(set(keys)) == len(keys)
    assert set(keys) <= set(again) or first.more


@check("statements.receipt", "receipts")
async def a_receipt_is_a_whole_pdf_and_always_the_same(bench: Bench) -> None:
    """Of a credit and of a payment."""
    bench.credit(4_321)
    if "pays" in bench.subject.facts:
        await bench.paid(1_234)
    told, _ = await bench.lines()
    assert isinstance(bench.connector, GivesReceipts)
    numbers = set()
    for line in told:
        receipt = await _receipt(bench, line)
        assert receipt.content.startswith(b"%PDF-")
        assert b"%%EOF" in receipt.content[-64:]
        assert (await _receipt(bench, line)).content == receipt.content
        assert receipt.exchanges
        numbers.add(receipt.number or receipt.content)
    assert len(numbers) == len(told)


async def _receipt(bench: Bench, line: BankLine) -> BankReceipt:
    assert isinstance(bench.connector, GivesReceipts)
    for _ in range(5):
        found = await bench.connector.receipt(line)
        if found is not None:
            return found
    raise AssertionError("the bank never has the receipt")


BROKEN: Mapping[str, Mapping[str, Any]] = {
    "garbage": {"fault": "garbage"},
    "truncated": {"fault": "truncated"},
    "empty": {"fault": "empty"},
    "dropped": {"fault": "drop_after"},
}


@check("statements.receipt", "receipts", cases=BROKEN)
async def a_broken_receipt_is_an_error_and_no_receipt(bench: Bench, fault: str) -> None:
    """Nothing that is not a whole PDF is handed on."""
    bench.credit(4_321)
    (line,), _ = await bench.lines()
    assert isinstance(bench.connector, GivesReceipts)
    bench.fail(fault)
    raised, found = None, None
    try:
        found = await bench.connector.receipt(line)
    except PluginError as error:
        raised = error
    assert raised is not None or found is None
    assert (await _receipt(bench, line)).content.startswith(b"%PDF-")
