"""What the wire does to an answer: whatever it is, money moves at most once and nothing is guessed."""
# ruff: noqa: S101 - a test kit consists of assertions, and its test names say what they assert

from typing import Any

import pytest

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import AnswerState
from ankuan.plugin_api.errors import BankUnreachable, MalformedAnswer, PluginError
from ankuan.plugin_api.testing.bench import PAYEE, Bench

AFTER_COMMIT: list[tuple[str, dict[str, Any]]] = [
    ("drop_after", {}),
    ("slow", {"seconds": 2.5}),
    ("garbage", {}),
    ("garbage", {"body": ""}),
    ("garbage", {"body": "<html><body>502</body></html>"}),
    ("truncated", {}),
    ("truncated", {"at": 1}),
    ("wrong_encoding", {"encoding": "utf-8"}),
    ("wrong_encoding", {"encoding": "utf-16"}),
    ("empty", {}),
    ("http_error", {"status": 502}),
    ("http_error", {"status": 504}),
    ("unknown_code", {}),
    ("unknown_code", {"code": "QQQQQQQ"}),
    ("client_code", {}),
]
"""Faults after the bank has booked (failures D4, D6, D7, D8)."""
BROKEN = {"garbage", "truncated", "wrong_encoding", "empty"}


class WireFaults:
    """Failures of section D."""

    @pytest.mark.parametrize(("fault", "params"), AFTER_COMMIT)
    async def test_d4_d8_accepted_but_not_heard_is_unknown_and_settles_by_query(
        self, bench: Bench, fault: str, params: dict[str, Any]
    ) -> None:
        bench.credit(100)
        order = bench.order(100)
        bench.fail(fault, **params)
        answer = await bench.connector.pay(order)
        assert answer.state is AnswerState.UNKNOWN
        assert answer.exchanges[0].request
        if fault in BROKEN:
            assert answer.alarm
            assert answer.exchanges[0].response is not None
        settled = await bench.final(order)
        assert settled.state is AnswerState.SETTLED
        assert bench.executions(order.client_ref) == [(100, PAYEE)]

    async def test_d5_the_bank_never_saw_it(self, bench: Bench) -> None:
        bench.credit(100)
        order = bench.order(100)
        bench.fail("drop_before")
        assert (await bench.connector.pay(order)).state is AnswerState.UNKNOWN
        assert (await bench.connector.query(order)).state is AnswerState.NOT_FOUND
        assert bench.executions(order.client_ref) == []
        await bench.connector.pay(order)
        assert (await bench.final(order)).state is AnswerState.SETTLED
        assert bench.executions(order.client_ref) == [(100, PAYEE)]

    async def test_accepted_after_the_time_out_settles_once(self, bench: Bench) -> None:
        bench.credit(100)
        order = bench.order(100)
        bench.fail("slow", seconds=2.5, when="before")
        assert (await bench.connector.pay(order)).state is AnswerState.UNKNOWN
        states = [(await bench.connector.query(order)).state for _ in range(1)]
        assert AnswerState.REFUSED not in states
        await bench.connector.pay(order)
        await bench.final(order, tries=50)
        assert bench.executions(order.client_ref) == [(100, PAYEE)]

    @pytest.mark.parametrize(("fault", "params"), [*AFTER_COMMIT, ("drop_before", {})])
    @pytest.mark.parametrize("nth", [1, 2])
    async def test_a_query_not_heard_proves_nothing(
        self, bench: Bench, fault: str, params: dict[str, Any], nth: int
    ) -> None:
        bench.credit(100)
        order = bench.order(100)
        await bench.connector.pay(order)
        bench.fail(fault, nth=nth, **params)
        answer = await bench.connector.query(order)
        assert answer.state in {AnswerState.UNKNOWN, AnswerState.SETTLED}
        assert (answer.state is AnswerState.SETTLED) == (len(bench.simulator.admin("GET", "/faults")["scripts"]) > 0)
        assert (await bench.final(order)).state is AnswerState.SETTLED

    @pytest.mark.parametrize(("fault", "params"), AFTER_COMMIT)
    @pytest.mark.parametrize("nth", [1, 2])
    async def test_reading_lines_fails_loudly_and_loses_nothing(
        self, bench: Bench, fault: str, params: dict[str, Any], nth: int
    ) -> None:
        bench.credit(41)
        bench.credit(42, to=bench.account.account_no)
        bench.fail(fault, nth=nth, **params)
        with pytest.raises(PluginError) as raised:
            await bench.connector.fetch_lines(None)
        if fault in BROKEN:
            assert isinstance(raised.value, MalformedAnswer)
            assert raised.value.exchanges
        elif fault != "unknown_code":
            assert isinstance(raised.value, BankUnreachable)
        lines, _ = await bench.lines()
        assert sorted(line.amount.fen for line in lines) == [41, 42]

    async def test_a_bank_that_is_not_there(self, bench: Bench) -> None:
        bench.credit(100)
        bench.simulator.kill()
        order = bench.order(100)
        assert (await bench.connector.pay(order)).state is AnswerState.UNKNOWN
        assert (await bench.connector.query(order)).state is AnswerState.UNKNOWN
        with pytest.raises(BankUnreachable):
            await bench.connector.balance()
        bench.simulator.start()
        assert (await bench.connector.balance(bench.sub)).booked == Money(100)
        await bench.connector.pay(order)
        assert (await bench.final(order)).state is AnswerState.SETTLED
        assert bench.executions(order.client_ref) == [(100, PAYEE)]
