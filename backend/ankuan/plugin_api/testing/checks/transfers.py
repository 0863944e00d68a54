"""Transfers below the main account: they move money once, and no receipt comes of them."""
# ruff: noqa: S101 - a check consists of assertions

from ankuan.plugin_api.bank import AnswerState, LineKind
from ankuan.plugin_api.testing.bench import Bench
from ankuan.plugin_api.testing.check import check
from ankuan.plugin_api.testing.connecting import open_one


@check("sub_accounts.transfers", "transfers", "sub_accounts")
async def between_sub_accounts_and_the_main_account(bench: Bench) -> None:
    """Sub to sub, sub to main, main to sub: once each, told as moves inside."""
    other = await open_one(bench, "(2026)鲁0102执9号")
    bench.credit(1_000, to=bench.sub)
    bench.credit(500, to=bench.main)
    _, cursor = await bench.lines()
    orders = [
        bench.transfer(300, bench.sub, other.number, other.name),
        bench.transfer(200, bench.sub, None),
        bench.transfer(50, None, other.number, other.name),
    ]
    for order in orders:
        assert (await bench.move(order)).state in {AnswerState.ACCEPTED, AnswerState.SETTLED, AnswerState.AWAITING_BANK}
        answer = await bench.final(order)
        assert (answer.state, answer.alarm) == (AnswerState.SETTLED, None)
        assert [fen for fen, _ in bench.executions(order.client_ref)] == [order.amount.fen]
    assert (bench.balance_fen(bench.sub), bench.balance_fen(other.number)) == (500, 350)
    told, _ = await bench.lines(cursor)
    assert {line.kind for line in told} == {LineKind.ADJUSTMENT}
    on_subs = sorted((line.sub_account_no or "", line.direction.value, line.amount.fen) for line in told)
    for row in [(bench.sub, "debit", 300), (bench.sub, "debit", 200), (other.number, "credit", 300)]:
        assert row in on_subs
    assert (other.number, "credit", 50) in on_subs
    assert {line.client_ref for line in told} <= {order.client_ref for order in orders} | {None}


@check("sub_accounts.transfers", "transfers", "sub_accounts")
async def a_transfer_beyond_the_balance_moves_nothing(bench: Bench) -> None:
    """Refused, with the bank's code."""
    other = await open_one(bench, "(2026)鲁0102执9号")
    bench.credit(100, to=bench.sub)
    order = bench.transfer(101, bench.sub, other.number, other.name)
    answer = await bench.move(order)
    assert (answer.state, bool(answer.code)) == (AnswerState.REFUSED, True)
    assert bench.executions(order.client_ref) == []


@check(
    "sub_accounts.transfers", "transfers", "sub_accounts", "asks", cases={"lost": {}, "garbage": {"fault": "garbage"}}
)
async def d4_a_transfer_whose_answer_is_lost_settles_by_query(bench: Bench, fault: str = "drop_after") -> None:
    """Unknown first, then once."""
    other = await open_one(bench, "(2026)鲁0102执9号")
    bench.credit(100, to=bench.sub)
    order = bench.transfer(40, bench.sub, other.number, other.name)
    bench.fail(fault, about=order.client_ref)
    assert (await bench.move(order)).state is AnswerState.UNKNOWN
    assert (await bench.move(order)).state is AnswerState.UNKNOWN
    assert (await bench.final(order)).state is AnswerState.SETTLED
    assert [fen for fen, _ in bench.executions(order.client_ref)] == [40]
