"""The same order again: at once, later, by another connector, after a refusal. Money moves once (failures D9, D16)."""
# ruff: noqa: S101 - a check consists of assertions

import asyncio

from ankuan.plugin_api.bank import AnswerState
from ankuan.plugin_api.testing.bench import PAYEE, REFUSED_PAYEE, Bench
from ankuan.plugin_api.testing.check import check


@check("payments.duplicate_submit", "pays")
async def d9_the_same_reference_again_moves_nothing_and_is_no_refusal(bench: Bench) -> None:
    """ "Duplicate reference" means: ask."""
    bench.credit(100_00)
    order = bench.order(30_00)
    await bench.connector.pay(order)
    again = await bench.connector.pay(order)
    assert again.state is AnswerState.UNKNOWN
    assert (await bench.final(order)).state is AnswerState.SETTLED
    assert bench.executions(order.client_ref) == [(30_00, PAYEE)]


@check("payments.duplicate_submit", "pays")
async def d9_again_by_another_connector_after_it_settled(bench: Bench) -> None:
    """As after a restart of the worker."""
    bench.credit(100_00)
    order, answer = await bench.paid(30_00)
    assert answer.state is AnswerState.SETTLED
    other = bench.again()
    assert (await other.pay(order)).state is not AnswerState.REFUSED
    assert (await bench.final(order)).state is AnswerState.SETTLED
    assert bench.executions(order.client_ref) == [(30_00, PAYEE)]


@check("payments.duplicate_submit", "pays")
async def d24_five_at_once_are_one(bench: Bench) -> None:
    """The same order five times side by side: one execution, and nobody hears a refusal."""
    bench.credit(100_00)
    order = bench.order(20_00)
    answers = await asyncio.gather(*(bench.connector.pay(order) for _ in range(5)))
    assert AnswerState.REFUSED not in {answer.state for answer in answers}
    assert (await bench.final(order)).state is AnswerState.SETTLED
    assert bench.executions(order.client_ref) == [(20_00, PAYEE)]


@check("payments.duplicate_submit", "pays")
async def d9_again_after_a_refusal_pays_nothing(bench: Bench) -> None:
    """A reference is used up by a refusal too."""
    bench.credit(100_00)
    order = bench.order(30_00, payee=REFUSED_PAYEE)
    assert (await bench.connector.pay(order)).state in {AnswerState.REFUSED, AnswerState.AWAITING_BANK}
    again = await bench.connector.pay(order)
    assert again.state is not AnswerState.SETTLED
    assert bench.executions(order.client_ref) == []


@check("payments.duplicate_submit", "pays")
async def d16_a_bank_that_pays_twice_raises_an_alarm(bench: Bench) -> None:
    """The plugin cannot prevent it; it must not keep silent."""
    bench.credit(500)
    order = bench.order(100)
    bench.fail("pay_twice", about=order.client_ref)
    await bench.connector.pay(order)
    answer = await bench.final(order)
    assert answer.state in {AnswerState.SETTLED, AnswerState.UNKNOWN}
    assert answer.alarm
    assert len(bench.executions(order.client_ref)) == 2


@check("payments.duplicate_submit", "pays")
async def one_submission_is_one_execution(bench: Bench) -> None:
    """Ten orders, each submitted once: the bank's journal has each of them once, and nothing else of ours."""
    bench.credit(10_000)
    orders = [(await bench.paid(number + 1))[0] for number in range(10)]
    for order in orders:
        assert bench.executions(order.client_ref) == [(order.amount.fen, PAYEE)]
    gone = sorted(fen for direction, fen, _ in bench.bookings() if direction == "debit")
    assert gone == sorted(order.amount.fen for order in orders)
