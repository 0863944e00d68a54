"""What the wire does to a read, and banks that are not there, slow, or answer somebody else."""
# ruff: noqa: S101 - a check consists of assertions

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ankuan.kernel.clock import business_date
from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import AnswerState
from ankuan.plugin_api.errors import BankRefused, BankUnreachable, MalformedAnswer, PluginError
from ankuan.plugin_api.testing.bench import FINAL, PAYEE, Bench
from ankuan.plugin_api.testing.check import check
from ankuan.plugin_api.testing.checks.lost_answers import AFTER_COMMIT, BROKEN, IMPATIENT
from ankuan.plugin_api.testing.meddling import meddled

CONTRACTED = (BankUnreachable, MalformedAnswer, BankRefused)


@check("robustness.wire", "statements_pull", cases=AFTER_COMMIT)
async def reading_lines_fails_loudly_and_loses_nothing(
    bench: Bench, fault: str, params: Mapping[str, Any] | None = None
) -> None:
    """Whichever message of the read is broken: a read error, the bytes kept, and all lines at the next read."""
    bench.credit(41)
    bench.credit(42, to=bench.main)
    for nth in (1, 2):
        if fault == "slow":
            bench.connector = bench.again(IMPATIENT)
        bench.fail(fault, nth=nth, **(params or {}))
        raised: PluginError | None = None
        try:
            await bench.connector.fetch_lines(None)
        except PluginError as error:
            raised = error
        struck = bench.struck
        bench.behave()
        if struck:
            assert isinstance(raised, CONTRACTED)
            _fits(raised, fault)
        bench.connector = bench.again()
        lines, _ = await bench.lines()
        assert sorted(line.amount.fen for line in lines) == [41, 42]


def _fits(raised: PluginError, fault: str) -> None:
    if fault in BROKEN:
        assert isinstance(raised, MalformedAnswer | BankUnreachable)
        assert raised.exchanges
    elif fault not in {"unknown_code", "client_code"}:
        assert isinstance(raised, BankUnreachable)


@check("robustness.wire", "statements_pull", "pays", seconds=60)
async def d6_a_bank_that_is_not_there(bench: Bench) -> None:
    """Connections are refused: unknown, unreachable. Then it is back, and the order is paid once."""
    bench.credit(100)
    async with meddled(bench) as between:
        connector = bench.again(account=between.account)
        await between.close()
        order = bench.order(100)
        assert (await connector.pay(order)).state is AnswerState.UNKNOWN
        if bench.plugin.capabilities.answers_queries:
            assert (await connector.query(order)).state is AnswerState.UNKNOWN
        raised: PluginError | None = None
        try:
            await connector.fetch_lines(None)
        except BankUnreachable as error:
            raised = error
        assert raised is not None
        await between.open()
        if bench.plugin.capabilities.balances:
            assert (await connector.balance(bench.sub if bench.draws_on_sub else None)).booked == Money(100)
        await connector.pay(order)
        assert (await bench.final(order)).state is AnswerState.SETTLED
    assert bench.executions(order.client_ref) == [(100, PAYEE)]


@check("robustness.wire", "pays")
async def an_answer_byte_by_byte_is_an_answer(bench: Bench) -> None:
    """Slow, but whole, and in time."""
    bench.credit(100)
    order = bench.order(100)
    bench.connector = bench.again(20)
    bench.fail("dribble", about=order.client_ref, seconds=0.0)
    submitted = await bench.connector.pay(order)
    assert submitted.state not in {AnswerState.REFUSED, AnswerState.NOT_FOUND}
    assert (await bench.final(order)).state is AnswerState.SETTLED


@check("robustness.wire", "asks")
async def d14_the_answer_to_another_request_is_no_result(bench: Bench) -> None:
    """The bank mixes up its answers: a query is told the fate of the order before."""
    bench.credit(300)
    paid, settled = await bench.paid(100)
    assert settled.state is AnswerState.SETTLED
    never = bench.order(77)
    bench.fail("other_answer", about=never.client_ref)
    answer = await bench.connector.query(never)
    assert answer.state not in FINAL
    assert bench.executions(never.client_ref) == []
    assert bench.executions(paid.client_ref) == [(100, PAYEE)]


@check("robustness.wire", "asks")
async def d17_an_answer_in_the_wrong_unit_is_no_result(bench: Bench) -> None:
    """A hundred times the amount that was ordered, told as settled: unknown, never settled."""
    bench.credit(10_000)
    order = bench.order(1_234)
    await bench.connector.pay(order)
    bench.confirm(order.client_ref)
    bench.always("wrong_unit")
    answer = await bench.connector.query(order)
    assert answer.state is AnswerState.UNKNOWN
    bench.behave()
    assert (await bench.final(order)).state is AnswerState.SETTLED


class _Skewed:
    """A clock that is wrong by so many seconds."""

    def __init__(self, seconds: int) -> None:
        self._by = timedelta(seconds=seconds)

    def now(self) -> datetime:
        """As of the protocol."""
        return datetime.now(UTC) + self._by


@check("robustness.wire", "asks", cases={"ahead": {"seconds": 600}, "behind": {"seconds": -600}})
async def f9_our_clock_and_the_banks_differ(bench: Bench, seconds: int) -> None:
    """Ten minutes either way: nothing is refused, and on the same day nothing changes."""
    bench.credit(100)
    skewed = _Skewed(seconds)
    bench.connector = bench.again(clock=skewed)
    order = bench.order(100)
    submitted = await bench.connector.pay(order)
    assert submitted.state not in {AnswerState.REFUSED, AnswerState.NOT_FOUND}
    answer = await bench.final(order)
    if business_date(skewed.now()) == business_date(datetime.now(UTC)):
        assert answer.state is AnswerState.SETTLED
    assert answer.state is not AnswerState.REFUSED
    assert bench.executions(order.client_ref) == [(100, PAYEE)]
