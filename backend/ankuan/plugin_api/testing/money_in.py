"""Money in: every booking is told, once, to the fen, under a key that stays."""
# ruff: noqa: S101 - a test kit consists of assertions, and its test names say what they assert

from datetime import timedelta

import pytest

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import AnswerState, LineDirection, LineKind
from ankuan.plugin_api.testing.bench import PAYEE, Bench, amounts

AMOUNTS = (1, 10, 2_147_483_648, 99_999_999_999)
"""One fen, 0.10, one fen more than 32 bits hold, 999,999,999.99 (failures D17)."""


class MoneyIn:
    """Lines and adjustments."""

    async def test_f2_a_credit_is_told_once_under_a_key_that_stays(self, bench: Bench) -> None:
        _, cursor = await bench.lines()
        bench.credit(100)
        bench.credit(100)
        told, after = await bench.lines(cursor)
        assert amounts(told) == [100, 100]
        assert len({line.bank_key for line in told}) == 2
        assert (await bench.lines(after))[0] == []
        again, _ = await bench.lines()
        assert [line.bank_key for line in again] == [line.bank_key for line in told]
        assert {line.sub_account_no for line in told} == {bench.sub}
        assert {(line.kind, line.direction) for line in told} == {(LineKind.EXTERNAL, LineDirection.CREDIT)}
        assert (told[0].counter_name, told[0].counter_account) == ("被执行人乙", "6217000000000005678")

    @pytest.mark.parametrize("fen", AMOUNTS)
    async def test_d17_amounts_arrive_and_leave_to_the_fen(self, bench: Bench, fen: int) -> None:
        bench.credit(fen)
        told, _ = await bench.lines()
        assert amounts(told) == [fen]
        order = bench.order(fen)
        await bench.connector.pay(order)
        assert (await bench.final(order)).state is AnswerState.SETTLED
        assert bench.executions(order.client_ref) == [(fen, PAYEE)]
        assert bench.balance_fen() == 0

    async def test_more_than_a_page_is_told_completely(self, bench: Bench) -> None:
        for fen in range(1, 251):
            bench.credit(fen)
        told, cursor = await bench.lines()
        assert sorted(amounts(told)) == list(range(1, 251))
        bench.credit(999)
        assert amounts((await bench.lines(cursor))[0]) == [999]

    async def test_f2_rows_told_twice_are_one_booking(self, bench: Bench) -> None:
        bench.credit(7)
        bench.credit(8, to=bench.account.account_no)
        switches = {"*": [{"fault": "duplicate_rows", "params": {}}]}
        bench.simulator.admin("PUT", "/switches", switches)
        told, _ = await bench.lines()
        assert sorted(amounts(told)) == [7, 8]

    async def test_f4_a_back_dated_booking_is_told(self, bench: Bench) -> None:
        bench.credit(5)
        bench.credit(15, to=bench.account.account_no)
        told, cursor = await bench.lines()
        day = told[0].booked_on - timedelta(days=3)
        bench.credit(6, value_date=str(day))
        bench.credit(16, to=bench.account.account_no, value_date=str(day))
        late, _ = await bench.lines(cursor)
        assert sorted(amounts(late)) == [6, 16]
        assert {line.booked_on for line in late} == {day}

    async def test_f6_money_without_a_sub_account_waits_and_is_adjusted(self, bench: Bench) -> None:
        assert bench.plugin.capabilities.adjustments
        bench.credit(30_000, to=bench.sub[:-7] + "9999999", remark="(2026)鲁0102执1号案款")
        (line,), cursor = await bench.lines()
        assert (line.sub_account_no, line.kind, line.amount) == (None, LineKind.EXTERNAL, Money(30_000))
        assert line.adjustment_ref
        order = bench.adjustment(line, 10_000)
        assert (await bench.adjust(order)).state in {AnswerState.ACCEPTED, AnswerState.SETTLED}
        assert (await bench.final(order)).state is AnswerState.SETTLED
        assert bench.balance_fen() == 10_000
        rest = bench.adjustment(line, 20_000)
        await bench.adjust(rest)
        assert (await bench.final(rest)).state is AnswerState.SETTLED
        moves, _ = await bench.lines(cursor)
        assert {move.kind for move in moves} == {LineKind.ADJUSTMENT}
        assert {move.client_ref for move in moves} == {order.client_ref, rest.client_ref}
        assert sorted(amounts(moves)) == [10_000, 10_000, 20_000, 20_000]

    async def test_an_adjustment_beyond_the_line_is_refused(self, bench: Bench) -> None:
        bench.credit(500, to=bench.account.account_no)
        bench.credit(9_000, to=bench.account.account_no)
        lines, _ = await bench.lines()
        small = next(line for line in lines if line.amount.fen == 500)
        order = bench.adjustment(small, 501)
        assert (await bench.adjust(order)).state is AnswerState.REFUSED
        assert (bench.balance_fen(), bench.executions(order.client_ref)) == (0, [])

    async def test_d12_a_returned_payment_is_told_as_returned(self, bench: Bench) -> None:
        bench.credit(50_000)
        order = bench.order(20_000)
        await bench.connector.pay(order)
        assert (await bench.final(order)).state is AnswerState.SETTLED
        _, cursor = await bench.lines()
        bench.simulator.admin("POST", f"/payments/{order.client_ref}/return", {"fee_fen": 50})
        bench.credit(20_000, remark="退回借款")
        told, _ = await bench.lines(cursor)
        kinds = sorted((line.kind.value, line.direction.value, line.amount.fen) for line in told)
        assert kinds == [("external", "credit", 20_000), ("fee", "debit", 50), ("returned", "credit", 20_000)]
        (back,) = [line for line in told if line.kind is LineKind.RETURNED]
        assert back.client_ref == order.client_ref
        asked = await bench.connector.query(order)
        assert (asked.state, asked.alarm) == (AnswerState.SETTLED, None)
        assert bench.balance_fen() == 50_000 - 50 + 20_000
