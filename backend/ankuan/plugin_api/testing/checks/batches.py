"""Batches: every row has its own fate, a row nobody mentions is unknown (failures D25)."""
# ruff: noqa: S101 - a check consists of assertions

from ankuan.plugin_api.bank import AnswerState, BatchAnswer, BatchOrder, PaymentOrder, PaysBatches
from ankuan.plugin_api.testing.bench import PAYEE, REFUSED_PAYEE, UNDER_WAY, Bench
from ankuan.plugin_api.testing.check import check

ROWS = 6


def _rows(bench: Bench, count: int = ROWS) -> BatchOrder:
    count = min(count, bench.plugin.capabilities.batch_limit)
    ref = bench.next_ref()
    orders = [bench.order(10_00 + number) for number in range(count)]
    named = tuple(
        PaymentOrder(
            **{name: getattr(order, name) for name in PaymentOrder.__slots__ if name != "batch_ref"}, batch_ref=ref
        )
        for order in orders
    )
    return BatchOrder(ref, named)


async def _submit(bench: Bench, batch: BatchOrder) -> BatchAnswer:
    assert isinstance(bench.connector, PaysBatches)
    answer = await bench.connector.pay_batch(batch)
    assert isinstance(answer, BatchAnswer)
    assert len(answer.answers) == len(batch.orders)
    return answer


@check("payments.partial_batch", "batches", "pays")
async def d25_all_rows_are_paid_once(bench: Bench) -> None:
    """One answer a row, in the order of the batch; each row is asked about by itself."""
    bench.credit(1_000_00)
    batch = _rows(bench)
    answer = await _submit(bench, batch)
    realtime = {AnswerState.SETTLED} if bench.plugin.capabilities.realtime_result else set()
    assert {one.state for one in answer.answers} <= UNDER_WAY | realtime | {AnswerState.UNKNOWN}
    for order in batch.orders:
        assert (await bench.final(order)).state is AnswerState.SETTLED
        assert bench.executions(order.client_ref) == [(order.amount.fen, PAYEE)]


@check("payments.partial_batch", "batches", "asks")
async def d25_some_succeed_some_are_refused(bench: Bench) -> None:
    """The second row is refused; the others are paid."""
    bench.credit(1_000_00)
    batch = _rows(bench)
    orders = list(batch.orders)
    refused = bench.order(9_00, payee=REFUSED_PAYEE)
    orders[1] = PaymentOrder(
        **{name: getattr(refused, name) for name in PaymentOrder.__slots__ if name != "batch_ref"},
        batch_ref=batch.batch_ref,
    )
    batch = BatchOrder(batch.batch_ref, tuple(orders))
    answer = await _submit(bench, batch)
    assert answer.answers[1].state is not AnswerState.SETTLED
    assert AnswerState.REFUSED not in {one.state for number, one in enumerate(answer.answers) if number != 1}
    for number, order in enumerate(orders):
        expected = AnswerState.REFUSED if number == 1 else AnswerState.SETTLED
        assert (await bench.final(order)).state is expected
        assert len(bench.executions(order.client_ref)) == (0 if number == 1 else 1)


@check("payments.partial_batch", "batches", "asks")
async def d25_a_row_that_is_missing_is_unknown(bench: Bench) -> None:
    """Left out of the answer, and never executed: neither settled nor refused by silence."""
    bench.credit(1_000_00)
    batch = _rows(bench)
    bench.always("partial_batch", refused=[], lost=[2])
    answer = await _submit(bench, batch)
    bench.behave()
    assert answer.answers[1].state in {AnswerState.UNKNOWN, AnswerState.ACCEPTED}
    asked = await bench.final(batch.orders[1])
    assert asked.state in {AnswerState.NOT_FOUND, AnswerState.UNKNOWN}
    assert bench.executions(batch.orders[1].client_ref) == []
    assert (await bench.final(batch.orders[0])).state is AnswerState.SETTLED


@check("payments.partial_batch", "batches", "asks")
async def d4_a_batch_whose_answer_is_lost_is_unknown_row_by_row(bench: Bench) -> None:
    """And settles by query, once each."""
    bench.credit(1_000_00)
    batch = _rows(bench)
    bench.fail("drop_after", about=batch.batch_ref)
    answer = await _submit(bench, batch)
    if bench.struck:
        assert {one.state for one in answer.answers} == {AnswerState.UNKNOWN}
    for order in batch.orders:
        assert (await bench.final(order)).state is AnswerState.SETTLED
        assert bench.executions(order.client_ref) == [(order.amount.fen, PAYEE)]


@check("payments.partial_batch", "batches", "asks")
async def d25_the_same_batch_again_moves_nothing(bench: Bench) -> None:
    """A file that is sent twice."""
    bench.credit(1_000_00)
    batch = _rows(bench)
    await _submit(bench, batch)
    again = await _submit(bench, batch)
    assert AnswerState.REFUSED not in {one.state for one in again.answers}
    for order in batch.orders:
        assert (await bench.final(order)).state is AnswerState.SETTLED
        assert bench.executions(order.client_ref) == [(order.amount.fen, PAYEE)]


@check("payments.partial_batch", "batches", "pays")
async def d25_a_batch_as_large_as_declared(bench: Bench) -> None:
    """Up to two hundred rows are tried."""
    bench.credit(1_000_000_00)
    batch = _rows(bench, 200)
    bench.connector = bench.again(20)
    await _submit(bench, batch)
    for order in (batch.orders[0], batch.orders[-1]):
        assert (await bench.final(order)).state is AnswerState.SETTLED
    assert all(len(bench.executions(order.client_ref)) == 1 for order in batch.orders)
    bench.figure("rows", len(batch.orders), "")
