"""Sub-accounts: opening, capacity, and what the outside sees of them."""
# ruff: noqa: S101 - a check consists of assertions

import time
from dataclasses import replace

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import AnswerState, LineDirection, LineKind, ListsSubAccounts, OpensSubAccounts
from ankuan.plugin_api.testing.bench import PAYEE, Bench, amounts
from ankuan.plugin_api.testing.check import check
from ankuan.plugin_api.testing.connecting import listed, open_one

MILLION = 1_000_000


@check("sub_accounts.opening", "sub_accounts_online")
async def sub_accounts_get_numbers_of_their_own(bench: Bench) -> None:
    """Ten at once, numbered apart, named as ordered."""
    names = tuple(f"(2026)鲁0102执{n}号" for n in range(2, 12))
    assert isinstance(bench.connector, OpensSubAccounts)
    opened = (await bench.connector.open_sub_accounts(names)).opened
    assert [account.name for account in opened] == list(names)
    assert len({account.number for account in opened} | {bench.sub}) == 11
    for account in opened:
        assert bench.simulator.admin("GET", f"/accounts/{account.number}")["name"] == account.name


@check("sub_accounts.opening", "sub_accounts_online")
async def what_was_opened_before_a_failure_is_not_lost(bench: Bench) -> None:
    """The third message is answered with garbage: those of the first two are told, with the reason for the rest."""
    names = tuple(f"案件{number}" for number in range(4 * bench.plugin.capabilities.sub_accounts_per_call))
    bench.fail("garbage", nth=3)
    assert isinstance(bench.connector, OpensSubAccounts)
    told = await bench.connector.open_sub_accounts(names)
    expected = 2 * bench.plugin.capabilities.sub_accounts_per_call
    assert 0 < len(told.opened) <= expected
    assert [account.name for account in told.opened] == list(names[: len(told.opened)])
    assert told.failure
    assert told.exchanges


@check("sub_accounts.bulk", "sub_accounts_online")
async def many_are_opened_in_one_call(bench: Bench) -> None:
    """Sixty, in the order of their names, divided by the plugin as the bank wants it."""
    names = tuple(f"(2026)鲁0102执恢{n}号" for n in range(60))
    assert isinstance(bench.connector, OpensSubAccounts)
    began = time.monotonic()
    connector = bench.again(30)
    assert isinstance(connector, OpensSubAccounts)
    opened = (await connector.open_sub_accounts(names)).opened
    bench.figure("opened", len(opened) / (time.monotonic() - began), "1/s")
    assert [account.name for account in opened] == list(names)
    assert len({account.number for account in opened}) == 60


@check("sub_accounts.bulk", "sub_accounts_pool")
async def a_pool_is_listed_whole_and_goes_on_from_any_page(bench: Bench) -> None:
    """Those generated at the bank, in an order that stays."""
    before = [account.number for account in await listed(bench)]
    bench.simulator.admin("POST", "/accounts/bulk", {"main": bench.main, "count": 250, "name": "案款子账户"})
    began = time.monotonic()
    numbers = [account.number for account in await listed(bench)]
    bench.figure("listed", len(numbers) / (time.monotonic() - began), "1/s")
    assert numbers[: len(before)] == before
    assert len(set(numbers)) == len(numbers) == len(before) + 250
    assert isinstance(bench.connector, ListsSubAccounts)
    first = await bench.connector.list_sub_accounts(None)
    again: list[str] = [account.number for account in first.accounts]
    cursor, more = first.cursor, first.more
    while more:
        page = await bench.connector.list_sub_accounts(cursor)
        again += [account.number for account in page.accounts]
        cursor, more = page.cursor, page.more
    assert again == numbers


@check("sub_accounts.capacity", "sub_accounts", seconds=90)
async def a_million_sub_accounts_below_one_main_account(bench: Bench) -> None:
    """The last of a million takes money, is told under its own number, and has its own balance.

    Half of what fits, where a bank's numbers end before a million: more must open beside them.
    """
    capacity = bench.plugin.capabilities.sub_accounts_capacity
    count = MILLION if capacity is None else min(MILLION, capacity // 2)
    body = {"main": bench.main, "count": count, "name": "案款子账户"}
    last = bench.simulator.admin("POST", "/accounts/bulk", body)["last"]
    bench.credit(777, to=last)
    began = time.monotonic()
    (line,), cursor = await bench.lines()
    bench.figure("a read below a million", (time.monotonic() - began) * 1000, "ms")
    assert (line.sub_account_no, line.amount, line.kind) == (last, Money(777), LineKind.EXTERNAL)
    if bench.plugin.capabilities.balances:
        assert (await bench.connector.balance(last)).booked == Money(777)
    if bench.plugin.capabilities.sub_accounts_online:
        opened = await open_one(bench, "(2026)鲁0102执终1号")
        assert opened.number not in {last, bench.sub}
        bench.credit(5, to=opened.number)
        (line,), _ = await bench.lines(cursor)
        assert line.sub_account_no == opened.number
    bench.figure("sub-accounts", count, "")


@check("sub_accounts.clearing", "sub_accounts")
async def money_from_another_bank_arrives_on_the_sub_account(bench: Bench) -> None:
    """Sent to the sub-account's number, told on it, with who sent it."""
    bench.credit(8_800)
    bench.credit(8_800, to=bench.sub)
    told, _ = await bench.lines()
    (line,) = [line for line in told if line.sub_account_no == bench.sub][-1:]
    assert (line.kind, line.direction, line.amount) == (LineKind.EXTERNAL, LineDirection.CREDIT, Money(8_800))
    assert line.counter_account == "6217000000000005678"


@check("sub_accounts.clearing", "pay_from_sub_account", "pays")
async def a_payment_out_shows_on_the_sub_account(bench: Bench) -> None:
    """Drawn on the sub-account, and on no other."""
    bench.credit(100_00)
    _, cursor = await bench.lines()
    order, answer = await bench.paid(60_00)
    assert answer.state is AnswerState.SETTLED
    (line,), _ = await bench.lines(cursor)
    assert (line.sub_account_no, line.direction, line.amount) == (bench.sub, LineDirection.DEBIT, order.amount)
    assert bench.balance_fen(bench.sub) == 40_00


@check("sub_accounts.clearing", "sub_accounts", "pays")
async def a_payment_out_of_the_main_account_leaves_sub_accounts_alone(bench: Bench) -> None:
    """What no sub-account owns can be paid as well."""
    bench.credit(80_00, to=bench.main)
    bench.credit(7, to=bench.sub)
    order = replace(bench.order(50_00), pay_from_sub_account=None)
    await bench.connector.pay(order)
    assert (await bench.final(order)).state is AnswerState.SETTLED
    assert bench.executions(order.client_ref) == [(50_00, PAYEE)]
    assert bench.balance_fen(bench.sub) == 7
    told, _ = await bench.lines()
    assert sorted(amounts(line for line in told if line.direction is LineDirection.CREDIT)) == [7, 80_00]
