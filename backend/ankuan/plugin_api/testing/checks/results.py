"""Results: only the bank's positive word, with its books behind it, is called one (failures D10, D11, D14, D18)."""
# ruff: noqa: S101 - a check consists of assertions

import time

from ankuan.plugin_api.accounts import AccountClaim, AccountVerdict
from ankuan.plugin_api.bank import AnswerState, ChecksAccounts
from ankuan.plugin_api.testing.bench import PAYEE, REFUSED_PAYEE, UNDER_WAY, Bench
from ankuan.plugin_api.testing.check import check

ROUNDS = 20
SLOWEST_RESULT = 10.0
"""Median, in seconds. What is measured is the figure; this is for a plugin that waits for something of its own."""


@check("payments.result", "pays")
async def a_result_is_known_soon(bench: Bench) -> None:
    """Twenty payments, from the submission to the final word."""
    bench.credit(ROUNDS * 100)
    seconds = []
    for _ in range(ROUNDS):
        began = time.monotonic()
        _, answer = await bench.paid(100)
        seconds.append(time.monotonic() - began)
        assert answer.state is AnswerState.SETTLED
    seconds.sort()
    bench.figure("p50", seconds[len(seconds) // 2] * 1000, "ms")
    bench.figure("p99", seconds[-1] * 1000, "ms")
    assert seconds[len(seconds) // 2] < SLOWEST_RESULT


@check("payments.result", "pays", cases={"payee": {"fen": 30_00, "payee": REFUSED_PAYEE}, "overdraft": {"fen": 100_01}})
async def a_refusal_moves_nothing(bench: Bench, fen: int, payee: str = "6217000000001234567") -> None:
    """A payee that is refused, and more than there is."""
    bench.credit(100_00)
    order = bench.order(fen, payee=payee)
    answer = await bench.connector.pay(order)
    assert answer.state is not AnswerState.SETTLED
    if answer.state is AnswerState.REFUSED:
        assert answer.code
    if bench.plugin.capabilities.answers_queries:
        assert (await bench.final(order)).state is AnswerState.REFUSED
    assert bench.executions(order.client_ref) == []
    assert bench.balance_fen() == 100_00


@check("payments.result", "asks", "!manual_confirm")
async def d10_processing_until_it_settles(bench: Bench) -> None:
    """Three times "on its way", then settled."""
    bench.credit(100)
    order = bench.order(100)
    bench.fail("processing", about=order.client_ref, queries=3)
    assert (await bench.connector.pay(order)).state is AnswerState.ACCEPTED
    states = [(await bench.connector.query(order)).state for _ in range(2)]
    assert states == [AnswerState.ACCEPTED, AnswerState.ACCEPTED]
    assert (await bench.final(order)).state is AnswerState.SETTLED


@check("payments.result", "pays", cases={"approve": {"ends": "settled"}, "refuse": {"ends": "refused"}})
async def the_banks_own_approval(bench: Bench, ends: str) -> None:
    """Waiting at the bank, until somebody there decides."""
    bench.credit(100)
    order = bench.order(100)
    bench.fail("approval", about=order.client_ref)
    waiting = {AnswerState.AWAITING_BANK} if bench.plugin.capabilities.manual_confirm else UNDER_WAY
    assert (await bench.connector.pay(order)).state in waiting
    if bench.plugin.capabilities.answers_queries:
        assert (await bench.connector.query(order)).state in waiting
    act = "approve" if ends == "settled" else "refuse"
    bench.simulator.admin("POST", f"/payments/{order.client_ref}/{act}")
    if bench.plugin.capabilities.answers_queries:
        assert (await bench.final(order)).state is AnswerState(ends)
        assert len(bench.executions(order.client_ref)) == (1 if ends == "settled" else 0)


@check("payments.result", "asks", "!manual_confirm")
async def d11_refused_and_executed_after_all_is_seen(bench: Bench) -> None:
    """A bank that changes its mind: the fact beats the status."""
    bench.credit(100)
    order = bench.order(100)
    bench.fail("refuse", about=order.client_ref)
    assert (await bench.connector.pay(order)).state is not AnswerState.SETTLED
    bench.simulator.admin("POST", f"/payments/{order.client_ref}/settle", {"force": True})
    assert (await bench.final(order)).state is AnswerState.SETTLED


@check("payments.result", "asks")
async def d14_d18_paid_to_another_account_is_no_success(bench: Bench) -> None:
    """The bank paid somebody else: unknown, and a person must look."""
    bench.credit(100)
    order = bench.order(100)
    bench.fail("misdirect", about=order.client_ref, account="6222000000000009999")
    await bench.connector.pay(order)
    answer = await bench.final(order)
    assert answer.state is AnswerState.UNKNOWN
    assert answer.alarm


@check("payments.result", "asks")
async def d14_success_that_the_books_do_not_know_is_no_success(bench: Bench) -> None:
    """The status says paid; there is no booking."""
    bench.credit(100)
    bench.always("lie_success")
    answer = await bench.connector.query(bench.order(100))
    assert (answer.state, bool(answer.alarm)) == (AnswerState.UNKNOWN, True)


@check("payments.cut_off", "pays", live=True)
async def d19_declared_hours_make_sense(bench: Bench) -> None:
    """Opening before closing, and a limit for what goes at any hour."""
    declared = bench.plugin.capabilities
    for hours in (declared.payments, declared.large_value):
        assert hours is None or hours.opens < hours.closes
    assert declared.small_value_limit_fen > 0
    assert declared.query_after.total_seconds() >= 0


@check("payments.cut_off", "pays")
async def d19_out_of_hours_moves_nothing(bench: Bench) -> None:
    """Refused or unknown, never paid; the same payment under a new reference is paid later."""
    bench.credit(10_000_000)
    order = bench.order(6_000_000)
    bench.fail("out_of_hours", about=order.client_ref)
    answer = await bench.connector.pay(order)
    assert answer.state is not AnswerState.SETTLED
    assert bench.executions(order.client_ref) == []
    if bench.plugin.capabilities.answers_queries:
        assert (await bench.final(order)).state in {AnswerState.REFUSED, AnswerState.UNKNOWN, AnswerState.NOT_FOUND}
    later, settled = await bench.paid(6_000_000)
    assert settled.state is AnswerState.SETTLED
    assert len(bench.executions(later.client_ref)) == 1


@check("payments.cut_off", "pays")
async def d19_small_and_large_amounts_are_both_taken(bench: Bench) -> None:
    """On either side of the declared limit of the small-value system."""
    limit = bench.plugin.capabilities.small_value_limit_fen
    bench.credit(2 * limit + 1)
    for fen in (limit, limit + 1):
        order, answer = await bench.paid(fen)
        assert answer.state is AnswerState.SETTLED
        assert [paid for paid, _ in bench.executions(order.client_ref)] == [fen]


@check(
    "payments.result",
    "account_check",
    "wire",
    cases={
        "match": {"number": PAYEE, "verdicts": ("match",)},
        "differs": {"number": "6217000000000001111", "verdicts": ("name_differs",)},
        "none": {"number": "6217000000000002222", "verdicts": ("no_such_account", "not_active")},
    },
)
async def d18_name_and_number_are_checked_before_money_moves(
    bench: Bench, number: str, verdicts: tuple[str, ...]
) -> None:
    """The bank's word on an account; ``unknown`` when it is not heard."""
    assert isinstance(bench.connector, ChecksAccounts)
    claim = AccountClaim("申请执行人甲", number, "中国建设银行", "105100000017")
    said = await bench.connector.check_account(claim)
    assert said.verdict.value in verdicts
    assert said.exchanges
    bench.always("drop_after")
    lost = await bench.connector.check_account(claim)
    bench.always("garbage")
    broken = await bench.connector.check_account(claim)
    assert {lost.verdict, broken.verdict} == {AccountVerdict.UNKNOWN}
