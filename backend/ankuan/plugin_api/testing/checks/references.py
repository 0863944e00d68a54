"""Our reference: the whole of it counts, and it comes back with the booking."""
# ruff: noqa: S101 - a check consists of assertions

from ankuan.plugin_api.bank import AnswerState, LineDirection
from ankuan.plugin_api.testing.bench import PAYEE, UNDER_WAY, Bench
from ankuan.plugin_api.testing.check import check


@check("payments.reference", "pays")
async def a_payment_is_settled_once_and_told_as_a_line(bench: Bench) -> None:
    """Submitted, settled, in the bank's journal once, and told with our reference."""
    bench.credit(100_00)
    _, cursor = await bench.lines()
    order = bench.order(30_00)
    submitted = await bench.connector.pay(order)
    realtime = {AnswerState.SETTLED} if bench.plugin.capabilities.realtime_result else set()
    assert submitted.state in UNDER_WAY | realtime
    assert submitted.exchanges[0].request
    assert submitted.exchanges[0].response
    settled = await bench.final(order)
    assert (settled.state, settled.alarm) == (AnswerState.SETTLED, None)
    assert settled.bank_ref
    assert settled.booked_on
    assert bench.executions(order.client_ref) == [(30_00, PAYEE)]
    (line,), _ = await bench.lines(cursor)
    assert (line.direction, line.amount, line.counter_account) == (LineDirection.DEBIT, order.amount, PAYEE)
    assert line.client_ref == order.client_ref


@check("payments.reference", "pays")
async def d14_references_that_differ_in_one_place_are_two_orders(bench: Bench) -> None:
    """In the first place or in the last: nothing of a reference is cut off, on the way out or back."""
    bench.credit(100_00)
    whole = bench.next_ref()
    first = ("8" if whole[0] != "8" else "7") + whole[1:]
    last = whole[:-1] + ("8" if whole[-1] != "8" else "7")
    orders = [bench.order(10_00 + number, ref=ref) for number, ref in enumerate((whole, first, last))]
    for order in orders:
        assert (await bench.connector.pay(order)).state is not AnswerState.REFUSED
    for order in orders:
        assert (await bench.final(order)).state is AnswerState.SETTLED
        assert bench.executions(order.client_ref) == [(order.amount.fen, PAYEE)]


@check("payments.reference", "pays")
async def d15_a_reference_of_full_length_is_taken(bench: Bench) -> None:
    """As long as the plugin declares, in all of its alphabet's kinds."""
    bench.credit(100)
    allowed = bench.plugin.capabilities
    letters = "".join(sorted(set(allowed.client_ref_alphabet) - set("0123456789")))
    tail = bench.next_ref()[-10:]
    body = (letters * allowed.client_ref_max_length + "8" * allowed.client_ref_max_length)[
        : allowed.client_ref_max_length
    ]
    ref = (body[: max(0, allowed.client_ref_max_length - len(tail))] + tail)[-allowed.client_ref_max_length :]
    order = bench.order(100, ref=ref)
    await bench.connector.pay(order)
    assert (await bench.final(order)).state is AnswerState.SETTLED
    assert bench.executions(ref) == [(100, PAYEE)]


@check("payments.reference", "asks")
async def d14_an_order_of_that_reference_but_another_amount_is_no_success(bench: Bench) -> None:
    """What was paid is not what is asked about: unknown, and a person must look."""
    bench.credit(500)
    order, _ = await bench.paid(100)
    for other in (
        bench.order(101, ref=order.client_ref),
        bench.order(100, ref=order.client_ref, payee="6217000000007777777"),
    ):
        answer = await bench.connector.query(other)
        assert answer.state is AnswerState.UNKNOWN
        assert answer.alarm
