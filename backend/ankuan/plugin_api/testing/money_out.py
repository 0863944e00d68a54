"""Money out: at most once, to the payee ordered, and only evidence is called a result."""
# ruff: noqa: S101 - a test kit consists of assertions, and its test names say what they assert

from dataclasses import replace

import pytest

from ankuan.plugin_api.bank import AnswerState, LineDirection
from ankuan.plugin_api.errors import CannotExpress
from ankuan.plugin_api.testing.bench import PAYEE, REFUSED_PAYEE, Bench

UNDER_WAY = {AnswerState.ACCEPTED, AnswerState.AWAITING_BANK}


class MoneyOut:
    """Payments and queries."""

    async def test_a_payment_is_settled_once_and_told_as_a_line(self, bench: Bench) -> None:
        bench.credit(100_00)
        _, cursor = await bench.lines()
        order = bench.order(30_00)
        submitted = await bench.connector.pay(order)
        assert submitted.state in UNDER_WAY | {AnswerState.SETTLED}
        assert submitted.exchanges[0].request
        assert submitted.exchanges[0].response
        settled = await bench.final(order)
        assert (settled.state, settled.alarm) == (AnswerState.SETTLED, None)
        assert settled.bank_ref
        assert settled.booked_on
        (line,), _ = await bench.lines(cursor)
        assert (line.direction, line.amount, line.counter_account) == (LineDirection.DEBIT, order.amount, PAYEE)
        assert line.client_ref == order.client_ref

    async def test_out_of_the_main_account(self, bench: Bench) -> None:
        bench.credit(80_00, to=bench.account.account_no)
        order = replace(bench.order(50_00), pay_from_sub_account=None)
        await bench.connector.pay(order)
        assert (await bench.final(order)).state is AnswerState.SETTLED
        assert bench.executions(order.client_ref) == [(50_00, PAYEE)]

    async def test_d9_the_same_reference_again_moves_nothing_and_is_no_refusal(self, bench: Bench) -> None:
        bench.credit(100_00)
        order = bench.order(30_00)
        await bench.connector.pay(order)
        again = await bench.connector.pay(order)
        assert again.state is AnswerState.UNKNOWN
        assert (await bench.final(order)).state is AnswerState.SETTLED
        assert bench.executions(order.client_ref) == [(30_00, PAYEE)]

    async def test_a_refused_payee_and_an_overdraft_move_nothing(self, bench: Bench) -> None:
        bench.credit(100_00)
        for order in (bench.order(30_00, payee=REFUSED_PAYEE), bench.order(100_01)):
            answer = await bench.connector.pay(order)
            assert (answer.state, bool(answer.code)) == (AnswerState.REFUSED, True)
            assert (await bench.final(order)).state is AnswerState.REFUSED
            assert bench.executions(order.client_ref) == []
        assert bench.balance_fen() == 100_00

    async def test_an_order_never_sent_is_not_found_and_nothing_more(self, bench: Bench) -> None:
        assert (await bench.connector.query(bench.order(1))).state is AnswerState.NOT_FOUND

    async def test_d13_not_found_for_a_while_then_settled(self, bench: Bench) -> None:
        bench.credit(100)
        bench.fail("hide", queries=2)
        order = bench.order(100)
        await bench.connector.pay(order)
        states = [(await bench.connector.query(order)).state for _ in range(3)]
        assert states == [AnswerState.NOT_FOUND, AnswerState.NOT_FOUND, AnswerState.SETTLED]

    async def test_d10_processing_until_it_settles(self, bench: Bench) -> None:
        bench.credit(100)
        bench.fail("processing", queries=3)
        order = bench.order(100)
        assert (await bench.connector.pay(order)).state is AnswerState.ACCEPTED
        states = [(await bench.connector.query(order)).state for _ in range(3)]
        assert states == [AnswerState.ACCEPTED, AnswerState.ACCEPTED, AnswerState.SETTLED]

    @pytest.mark.parametrize(("act", "ends"), [("approve", AnswerState.SETTLED), ("refuse", AnswerState.REFUSED)])
    async def test_the_banks_own_approval(self, bench: Bench, act: str, ends: AnswerState) -> None:
        bench.credit(100)
        bench.fail("approval")
        order = bench.order(100)
        assert (await bench.connector.pay(order)).state is AnswerState.AWAITING_BANK
        assert (await bench.connector.query(order)).state is AnswerState.AWAITING_BANK
        bench.simulator.admin("POST", f"/payments/{order.client_ref}/{act}")
        assert (await bench.final(order)).state is ends
        assert len(bench.executions(order.client_ref)) == (1 if act == "approve" else 0)

    async def test_d11_refused_and_executed_after_all_is_seen(self, bench: Bench) -> None:
        bench.credit(100)
        order = bench.order(100)
        bench.fail("refuse")
        assert (await bench.connector.pay(order)).state is AnswerState.REFUSED
        bench.simulator.admin("POST", f"/payments/{order.client_ref}/settle", {"force": True})
        assert (await bench.final(order)).state is AnswerState.SETTLED

    async def test_d14_paid_to_another_account_is_no_success(self, bench: Bench) -> None:
        bench.credit(100)
        bench.fail("misdirect", account="6222000000000009999")
        order = bench.order(100)
        await bench.connector.pay(order)
        answer = await bench.final(order)
        assert answer.state is AnswerState.UNKNOWN
        assert answer.alarm

    async def test_d14_success_that_the_books_do_not_know_is_no_success(self, bench: Bench) -> None:
        bench.credit(100)
        bench.simulator.admin("PUT", "/switches", {"*": [{"fault": "lie_success"}]})
        answer = await bench.connector.query(bench.order(100))
        assert (answer.state, bool(answer.alarm)) == (AnswerState.UNKNOWN, True)

    async def test_d16_a_bank_that_pays_twice_raises_an_alarm(self, bench: Bench) -> None:
        bench.credit(500)
        bench.fail("pay_twice")
        order = bench.order(100)
        await bench.connector.pay(order)
        answer = await bench.final(order)
        assert answer.state is AnswerState.SETTLED
        assert answer.alarm
        assert len(bench.executions(order.client_ref)) == 2

    async def test_what_the_bank_cannot_write_is_never_sent(self, bench: Bench) -> None:
        bench.credit(100)
        rare = next((char for char in "𠮷😀" if not _encodable(char, bench.plugin.capabilities.encoding)), "\x00")
        for order in (bench.order(100, name=f"仲{rare}"), bench.order(100, payee="6217 <x>"), bench.order(0)):
            with pytest.raises(CannotExpress):
                await bench.connector.pay(order)
            assert bench.executions(order.client_ref) == []
        plain = bench.order(100, name="镕<&>\"'㐀"[:5])
        await bench.connector.pay(plain)
        assert (await bench.final(plain)).state is AnswerState.SETTLED


def _encodable(char: str, encoding: str) -> bool:
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
