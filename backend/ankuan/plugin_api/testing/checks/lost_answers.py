"""An answer that does not arrive proves nothing: unknown, and settled by asking (failures D4 to D8, D13)."""
# ruff: noqa: S101 - a check consists of assertions

from collections.abc import Mapping
from typing import Any, Final

from ankuan.plugin_api.bank import AnswerState
from ankuan.plugin_api.testing.bench import PAYEE, Bench
from ankuan.plugin_api.testing.check import check

IMPATIENT: Final = 1.0
AFTER_COMMIT: Final[Mapping[str, Mapping[str, Any]]] = {
    "drop_after": {"fault": "drop_after"},
    "slow": {"fault": "slow", "params": {"seconds": 1.4}},
    "garbage": {"fault": "garbage"},
    "garbage_nothing": {"fault": "garbage", "params": {"body": ""}},
    "garbage_html": {"fault": "garbage", "params": {"body": "<html><body>502</body></html>"}},
    "truncated": {"fault": "truncated"},
    "truncated_at_1": {"fault": "truncated", "params": {"at": 1}},
    "utf_8": {"fault": "wrong_encoding", "params": {"encoding": "utf-8"}},
    "utf_16": {"fault": "wrong_encoding", "params": {"encoding": "utf-16"}},
    "empty": {"fault": "empty"},
    "http_502": {"fault": "http_error", "params": {"status": 502}},
    "http_504": {"fault": "http_error", "params": {"status": 504}},
    "xml_bomb": {"fault": "xml_bomb"},
    "unknown_code": {"fault": "unknown_code"},
    "foreign_code": {"fault": "unknown_code", "params": {"code": "QQQQQQQ"}},
    "client_code": {"fault": "client_code"},
}
"""Faults after the bank has booked."""
BROKEN: Final = frozenset({"garbage", "truncated", "wrong_encoding", "empty", "xml_bomb"})
"""Those that leave something that cannot be understood: a person must look, and the bytes are kept."""


@check("payments.lost_answer", "pays", cases=AFTER_COMMIT)
async def d4_d8_accepted_but_not_heard_is_unknown_and_settles_by_query(
    bench: Bench, fault: str, params: Mapping[str, Any] | None = None
) -> None:
    """Unknown, the evidence kept, and in the end one execution."""
    bench.credit(100)
    order = bench.order(100)
    if fault == "slow":
        bench.connector = bench.again(IMPATIENT)
    bench.fail(fault, about=order.client_ref, **(params or {}))
    answer = await bench.connector.pay(order)
    assert bench.struck
    assert answer.state is AnswerState.UNKNOWN
    assert answer.exchanges[0].request
    if fault in BROKEN:
        assert answer.alarm
        assert answer.exchanges[-1].response is not None
    bench.connector = bench.again()
    settled = await bench.settle(order)
    assert settled.state is AnswerState.SETTLED
    assert bench.executions(order.client_ref) == [(100, PAYEE)]


@check("payments.lost_answer", "pays")
async def d5_the_bank_never_saw_it(bench: Bench) -> None:
    """Unknown, not found, submitted again under the same reference, settled once."""
    bench.credit(100)
    order = bench.order(100)
    bench.fail("drop_before", about=order.client_ref)
    assert (await bench.connector.pay(order)).state is AnswerState.UNKNOWN
    if bench.plugin.capabilities.answers_queries:
        assert (await bench.connector.query(order)).state is AnswerState.NOT_FOUND
    assert bench.executions(order.client_ref) == []
    await bench.connector.pay(order)
    assert (await bench.final(order)).state is AnswerState.SETTLED
    assert bench.executions(order.client_ref) == [(100, PAYEE)]


@check("payments.lost_answer", "pays")
async def d4_accepted_after_the_time_out_settles_once(bench: Bench) -> None:
    """The bank acts on it after we have stopped waiting; the same order again changes nothing."""
    bench.credit(100)
    order = bench.order(100)
    bench.connector = bench.again(IMPATIENT)
    bench.fail("slow", about=order.client_ref, seconds=1.4, when="before")
    assert (await bench.connector.pay(order)).state is AnswerState.UNKNOWN
    if bench.plugin.capabilities.answers_queries:
        assert (await bench.connector.query(order)).state is not AnswerState.REFUSED
    bench.connector = bench.again()
    await bench.connector.pay(order)
    await bench.final(order, tries=50)
    assert bench.executions(order.client_ref) == [(100, PAYEE)]


@check("payments.lost_answer", "asks", cases={**AFTER_COMMIT, "drop_before": {"fault": "drop_before"}})
async def d4_a_query_not_heard_proves_nothing(
    bench: Bench, fault: str, params: Mapping[str, Any] | None = None
) -> None:
    """Whichever message of the query is broken, the first or the second."""
    bench.credit(200)
    for nth in (1, 2):
        order = bench.order(100)
        await bench.connector.pay(order)
        bench.confirm(order.client_ref)
        if fault == "slow":
            bench.connector = bench.again(IMPATIENT)
        bench.fail(fault, nth=nth, **(params or {}))
        answer = await bench.connector.query(order)
        struck = bench.struck
        bench.behave()
        assert answer.state in ({AnswerState.UNKNOWN} if struck else {AnswerState.SETTLED})
        assert answer.exchanges
        bench.connector = bench.again()
        assert (await bench.final(order)).state is AnswerState.SETTLED


@check("payments.lost_answer", "asks")
async def an_order_never_sent_is_not_found_and_nothing_more(bench: Bench) -> None:
    """Not found is an answer, not a result."""
    assert (await bench.connector.query(bench.order(1))).state is AnswerState.NOT_FOUND


@check("payments.lost_answer", "asks")
async def d13_not_found_for_a_while_then_settled(bench: Bench) -> None:
    """The bank's index lags behind its books."""
    bench.credit(100)
    order = bench.order(100)
    bench.fail("hide", about=order.client_ref, queries=2)
    await bench.connector.pay(order)
    states = [(await bench.connector.query(order)).state for _ in range(2)]
    assert states == [AnswerState.NOT_FOUND, AnswerState.NOT_FOUND]
    assert (await bench.final(order)).state is AnswerState.SETTLED
