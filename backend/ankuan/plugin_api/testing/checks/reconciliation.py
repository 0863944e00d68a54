"""A whole day, held against the bank's journal line by line."""
# ruff: noqa: S101 - a check consists of assertions

import random

from ankuan.plugin_api.bank import AnswerState, LineDirection
from ankuan.plugin_api.errors import MalformedAnswer
from ankuan.plugin_api.testing.bench import REFUSED_PAYEE, Bench, told
from ankuan.plugin_api.testing.check import check
from ankuan.plugin_api.testing.checks.statements import broken_chains

SEED = 20261121
ACTS = 40


@check("reconciliation.day", "statements_pull", seconds=90)
async def f1_a_day_of_all_kinds_is_told_line_by_line(bench: Bench) -> None:
    """Forty acts drawn by a seed: what is told is what the journal has, and the balance is their sum."""
    dice = random.Random(SEED)  # noqa: S311 - a day that can be repeated
    bench.credit(1_000_000)
    cursor, found = None, []
    for number in range(ACTS):
        await _act(bench, dice)
        if number % 9 == 0:
            page, cursor = await bench.lines(cursor)
            found += page
    page, cursor = await bench.lines(cursor)
    found += page
    assert len({line.bank_key for line in found}) == len(found)
    assert told(found) == sorted(bench.bookings(), key=str)
    signed = [line.amount.fen if line.direction is LineDirection.CREDIT else -line.amount.fen for line in found]
    assert sum(signed) == bench.balance_fen(bench.main)
    if bench.plugin.capabilities.balances:
        assert (await bench.connector.balance()).booked.fen == sum(signed)
    whole, _ = await bench.lines()
    assert {line.bank_key for line in whole} == {line.bank_key for line in found}
    bench.figure("bookings", len(found), "")


async def _act(bench: Bench, dice: random.Random) -> None:
    fen = dice.randint(1, 20_000)
    kind = dice.choice(["credit", "credit", "main", "pay", "pay", "refused", "returned", "fee", "interest"])
    pays = "pays" in bench.subject.facts
    if kind == "credit" or (kind in {"pay", "refused", "returned"} and not pays):
        bench.credit(fen, remark=f"案款{fen}")
    elif kind == "main":
        bench.credit(fen, to=bench.main)
    elif kind == "pay":
        assert (await bench.paid(fen))[1].state is AnswerState.SETTLED
    elif kind == "refused":
        await bench.paid(fen, payee=REFUSED_PAYEE)
    elif kind == "returned":
        order, _ = await bench.paid(fen)
        bench.simulator.admin("POST", f"/payments/{order.client_ref}/return", {})
    elif kind == "fee":
        bench.simulator.admin("POST", "/fees", {"from": bench.purse, "fen": 1 + fen % 9})
    else:
        bench.credit(1 + fen % 99, kind="interest", remark="结息")


@check("reconciliation.day", "statements_pull")
async def f1_a_line_that_the_bank_leaves_out_is_told_later(bench: Bench) -> None:
    """Missing from one answer, there in the next: either an error at once, or told when the bank tells it."""
    for fen in (11, 12, 13):
        bench.credit(fen)
    _, cursor = await bench.lines()
    bench.credit(14)
    told_first, after = await bench.lines(cursor)
    assert [line.amount.fen for line in told_first] == [14]
    whole, _ = await bench.lines()
    assert sorted(line.amount.fen for line in whole) == [11, 12, 13, 14]
    assert (await bench.lines(after))[0] == []


@check("reconciliation.day", "statements_pull")
async def f1_a_missing_row_shows_in_the_balances(bench: Bench) -> None:
    """Where lines carry balances, one left out breaks the chain: the host refuses such a day."""
    for fen in (100, 200, 300, 400):
        bench.credit(fen)
    whole, _ = await bench.lines()
    bench.always("missing_rows", row=2)
    try:
        partial, _ = await bench.lines()
    except MalformedAnswer:
        return  # the plugin has counted the rows itself
    finally:
        bench.behave()
    with_balance = all(line.balance_after is not None for line in whole)
    if len(partial) < len(whole) and with_balance:
        assert broken_chains(partial)
    assert {line.bank_key for line in partial} <= {line.bank_key for line in whole}
