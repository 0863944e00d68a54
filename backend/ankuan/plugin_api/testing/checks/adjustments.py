"""Adjustments (调账): money that waits is moved to a sub-account, in parts if need be, and never more than there is."""
# ruff: noqa: S101 - a check consists of assertions

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import AnswerState, LineKind
from ankuan.plugin_api.testing.bench import UNDER_WAY, Bench
from ankuan.plugin_api.testing.check import check


@check("adjustment.adjust", "adjustments", "sub_accounts")
async def f6_money_without_a_sub_account_waits_and_is_adjusted(bench: Bench) -> None:
    """In two parts, each told on both sides with our reference."""
    assert bench.sub is not None
    bench.credit(30_000, to=bench.sub[:-4] + "9999", remark="(2026)鲁0102执1号案款")
    (line,), cursor = await bench.lines()
    assert (line.sub_account_no, line.kind, line.amount) == (None, LineKind.EXTERNAL, Money(30_000))
    assert line.adjustment_ref
    order, rest = bench.adjustment(line, 10_000), bench.adjustment(line, 20_000)
    for part, balance in ((order, 10_000), (rest, 30_000)):
        assert (await bench.adjust(part)).state in UNDER_WAY | {AnswerState.SETTLED}
        assert (await bench.final(part)).state is AnswerState.SETTLED
        assert bench.balance_fen(bench.sub) == balance
    moves, _ = await bench.lines(cursor)
    assert {move.kind for move in moves} == {LineKind.ADJUSTMENT}
    assert {move.client_ref for move in moves} == {order.client_ref, rest.client_ref}
    assert sorted(move.amount.fen for move in moves) == [10_000, 10_000, 20_000, 20_000]


@check("adjustment.adjust", "adjustments", "sub_accounts")
async def an_adjustment_beyond_the_line_is_refused(bench: Bench) -> None:
    """Even where other money waits on the same account."""
    bench.credit(500, to=bench.main)
    bench.credit(9_000, to=bench.main)
    lines, _ = await bench.lines()
    small = next(line for line in lines if line.amount.fen == 500)
    order = bench.adjustment(small, 501)
    assert (await bench.adjust(order)).state is AnswerState.REFUSED
    assert (bench.balance_fen(bench.sub), bench.executions(order.client_ref)) == (0, [])


@check("adjustment.adjust", "adjustments", "sub_accounts", "asks")
async def d4_an_adjustment_whose_answer_is_lost_settles_by_query(bench: Bench) -> None:
    """Unknown, and again unknown when it is submitted again; in the end once."""
    bench.credit(500, to=bench.main)
    (line,), _ = await bench.lines()
    order = bench.adjustment(line, 500)
    bench.fail("drop_after", about=order.client_ref)
    assert (await bench.adjust(order)).state is AnswerState.UNKNOWN
    assert (await bench.adjust(order)).state is not AnswerState.REFUSED
    assert (await bench.final(order)).state is AnswerState.SETTLED
    assert [fen for fen, _ in bench.executions(order.client_ref)] == [500]
