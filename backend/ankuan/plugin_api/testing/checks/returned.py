"""Money that comes back: returned payments (退汇) and reversals (冲正), told for what they are (failures D12, F7)."""
# ruff: noqa: S101 - a check consists of assertions

from ankuan.plugin_api.bank import AnswerState, LineDirection, LineKind
from ankuan.plugin_api.testing.bench import Bench
from ankuan.plugin_api.testing.check import check


@check("payments.returned", "pays", "statements_pull")
async def d12_a_returned_payment_is_told_as_returned(bench: Bench) -> None:
    """With a fee, beside a credit that only speaks of a return."""
    bench.credit(50_000)
    order, answer = await bench.paid(20_000)
    assert answer.state is AnswerState.SETTLED
    _, cursor = await bench.lines()
    bench.simulator.admin("POST", f"/payments/{order.client_ref}/return", {"fee_fen": 50})
    bench.credit(20_000, remark="退回借款")
    told, _ = await bench.lines(cursor)
    kinds = sorted((line.kind.value, line.direction.value, line.amount.fen) for line in told)
    assert kinds == [("external", "credit", 20_000), ("fee", "debit", 50), ("returned", "credit", 20_000)]
    (back,) = [line for line in told if line.kind is LineKind.RETURNED]
    assert back.client_ref == order.client_ref
    if bench.plugin.capabilities.answers_queries:
        asked = await bench.connector.query(order)
        assert (asked.state, asked.alarm) == (AnswerState.SETTLED, None)
    assert bench.balance_fen() == 50_000 - 50 + 20_000


@check("payments.returned", "pays", "statements_pull")
async def d12_a_part_of_a_payment_comes_back(bench: Bench) -> None:
    """Less than was sent, and the order stays settled."""
    bench.credit(50_000)
    order, answer = await bench.paid(20_000)
    assert answer.state is AnswerState.SETTLED
    _, cursor = await bench.lines()
    bench.simulator.admin("POST", f"/payments/{order.client_ref}/return", {"fen": 15_000})
    (back,), _ = await bench.lines(cursor)
    assert (back.kind, back.direction, back.amount.fen) == (LineKind.RETURNED, LineDirection.CREDIT, 15_000)
    assert back.client_ref in {order.client_ref, None}
    if bench.plugin.capabilities.answers_queries:
        assert (await bench.connector.query(order)).state is AnswerState.SETTLED


@check("payments.returned", "statements_pull")
async def f7_an_incoming_credit_taken_back_is_told_as_a_debit(bench: Bench) -> None:
    """Never as a payment of ours."""
    entry = bench.credit(7_000)
    _, cursor = await bench.lines()
    bench.simulator.admin("POST", f"/credits/{entry['no']}/reverse")
    (line,), _ = await bench.lines(cursor)
    assert (line.direction, line.amount.fen, line.client_ref) == (LineDirection.DEBIT, 7_000, None)
    assert line.kind in {LineKind.REVERSAL, LineKind.EXTERNAL}
