"""A court with a second account at a bank without sub-accounts: its money comes, is claimed and paid all the same."""

from dataclasses import replace
from datetime import datetime, time, timedelta

from ankuan.banking.execute_instruction import execute_instruction
from ankuan.banking.poll_fund_account import poll_fund_account
from ankuan.banking.wait_for_opening import waiting_text
from ankuan.collection.bind_sub_account import SubAccountsNotOffered, bind_sub_account
from ankuan.collection.request_sub_accounts import request_sub_accounts
from ankuan.kernel.clock import SHANGHAI, FixedClock
from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import AnswerState, Hours
from ankuan.registry.register_case import register_case
from tests.fixtures.payouts import HANDLER, HEAD, SYSTEM, pay
from tests.fixtures.plain_court import Plain
from tests.fixtures.province import NOW


async def test_money_in_by_remark_is_claimed_paid_and_settled_by_a_query(plain: Plain) -> None:
    court = plain.court
    case = await court.case(bound=True)
    receipt = await plain.receive(50_000, "执行款")
    await plain.claim(receipt, case, "500.00")
    assert await court.fetch("select adjustment, adjust_after from allocation") == [("none", None)]
    released = await court.to("released", case, pay("200.00"))
    assert (await court.load(released)).fund_account_id == plain.fund, "where the case's money lies"
    [order] = await plain.instructions()
    assert (order.fund_account_id, order.pay_from_sub_account) == (plain.fund, None)
    assert len(order.client_ref) == 16
    assert order.client_ref.startswith("261120")

    sent = await plain.execute(order, timedelta(0))
    assert (sent.state, plain.bank.book.submitted[0].submitted_on) == ("accepted", None)
    plain.bank.book.execute(order.client_ref)
    settled = await plain.execute(order, timedelta(hours=1))
    assert settled.state == "settled"
    assert plain.bank.book.queried[0].submitted_on == NOW.date(), "banks want to hear the day again"
    assert (await court.load(released)).status == "settled"
    assert (await court.position(case)).available == Money.parse("300.00")
    await poll_fund_account(plain.context, court_id=court.court, fund_account_id=plain.fund)
    kinds = await court.fetch("select kind from alarm where cleared_at is null and kind <> 'sub_account_pool_low'")
    assert kinds == []


async def test_money_that_a_bank_offers_to_adjust_is_not_adjusted_where_it_can_not(plain: Plain) -> None:
    """An adjustment due from before the bank's plugin changed is given up quietly, and blocks no payment."""
    court = plain.court
    case = await court.case(bound=True)
    receipt = await plain.receive(50_000, "执行款", adjustment_ref="x")
    await plain.claim(receipt, case, "500.00")
    await court.fetch("update allocation set adjustment = 'due', adjust_after = now()")
    await court.to("released", case, pay("200.00"))
    assert await court.fetch("select adjustment from allocation") == [("none",)]
    assert [order.purpose for order in await plain.instructions()] == ["payment"]


async def test_an_adjustment_at_the_other_bank_does_not_hold_up_this_one(plain: Plain) -> None:
    court = plain.court
    case = await court.case(bound=True)
    await plain.claim(await plain.receive(50_000, "执行款"), case, "500.00")
    released = await court.to("released", case, pay("200.00"))
    checks = await court.fetch(
        "select outcome from review_check where name = 'bank_adjustments' and disbursement_id = $1", released
    )
    assert {outcome for (outcome,) in checks} == {"pass"}


async def test_the_first_account_stays_the_one_that_pays_while_it_can(plain: Plain) -> None:
    court = plain.court
    case = await court.case("1000.00")
    await plain.claim(await plain.receive(50_000, "执行款"), case, "500.00")
    for yuan, account in (("10.00", "6217000000000006"), ("900.00", "6217000000000014")):
        made = await court.draft(case, pay(yuan, account=account))
        assert (await court.load(made)).fund_account_id == court.fund


async def test_cases_of_a_court_without_sub_accounts_wait_for_none(plain: Plain) -> None:
    court = plain.court
    await court.fetch("update fund_account set active = false where id = $1", court.fund)
    async with court.database.write(SYSTEM) as session:
        made = await register_case(
            session,
            court_id=court.court,
            number="（2026）鲁0102执9001号",
            handler_id=court.province.staff_id(HANDLER),
            now=NOW,
        )
    assert await court.fetch("select 1 from sub_account_wish") == []
    assert await court.fetch("select 1 from alarm") == []
    async with court.database.write(court.actor(HEAD)) as session:
        error = await court.refused(bind_sub_account(session, court_id=court.court, case_id=made.case_id, now=NOW))
        assert isinstance(error, SubAccountsNotOffered)
        error = await court.refused(
            request_sub_accounts(
                session,
                court_id=court.court,
                fund_account_id=plain.fund,
                count=10,
                plugins=plain.context.plugins,
                now=NOW,
            )
        )
    assert (error.code, error.field) == ("sub_accounts_not_offered", "fundAccountId")


async def test_without_realtime_results_a_submission_is_only_accepted(plain: Plain) -> None:
    """Whatever the plugin makes of the answer: the bank declares that it books later, so a query has to say it."""
    court = plain.court
    plain.bank.book.answer = AnswerState.SETTLED
    case = await court.case(bound=True)
    await plain.claim(await plain.receive(50_000, "执行款"), case, "500.00")
    await court.to("released", case, pay("200.00"))
    [order] = await plain.instructions()
    assert (await plain.execute(order, timedelta(0))).state == "accepted"


async def test_d19_large_value_waits_for_its_hours_and_says_so(plain: Plain) -> None:
    """D19: Friday evening, above the limit, to another bank: sent on Monday after nine, and not a moment too early."""
    court = plain.court
    hours = Hours(time(9), time(17))
    plain.bank.capabilities = replace(plain.bank.capabilities, large_value=hours, small_value_limit_fen=10_000)
    case = await court.case(bound=True)
    await plain.claim(await plain.receive(50_000, "执行款"), case, "500.00")
    await court.to("released", case, pay("100.00"), pay("200.00", account="6217000000000014"))
    friday, monday = (datetime(2026, 11, day, hour, tzinfo=SHANGHAI) for day, hour in ((20, 20), (23, 9)))
    small, large = await plain.instructions()
    to_friday = friday - plain.context.clock.now()
    assert (await plain.execute(small, to_friday)).state == "accepted", "small value goes at any hour"
    waiting = await plain.execute(large, timedelta(0))
    assert (waiting.state, waiting.sends, waiting.waits_for) == ("ready", 0, "large_value")
    assert waiting.waits_until == monday
    assert waiting.next_try_at is not None
    assert monday <= waiting.next_try_at < monday + timedelta(minutes=5)
    assert (
        waiting_text(waiting.waits_for, waiting.waits_until, language="zh-CN", now=friday)
        == "等待大额支付开放 11月23日 09:00"
    )
    assert (
        waiting_text(waiting.waits_for, waiting.waits_until, language="zh-CN", now=monday) == "等待大额支付开放 09:00"
    )
    assert (await plain.execute(large, timedelta(hours=1))).sends == 0, "not due"
    sent = await plain.execute(large, waiting.next_try_at - plain.context.clock.now())
    assert (sent.state, sent.waits_for, sent.waits_until) == ("accepted", None, None)
    assert waiting_text(sent.waits_for, sent.waits_until, language="zh-CN", now=monday) is None


async def test_the_hours_are_looked_at_again_right_before_the_send(plain: Plain) -> None:
    """Taken a moment before the closing, sent not a moment after it."""

    class Striking(FixedClock):
        """Each look at it takes a second."""

        def now(self) -> datetime:
            return self.advance(timedelta(seconds=1))

    court = plain.court
    plain.bank.capabilities = replace(plain.bank.capabilities, payments=Hours(time(9), time(17)))
    case = await court.case(bound=True)
    await plain.claim(await plain.receive(50_000, "执行款"), case, "500.00")
    await court.to("released", case, pay("200.00"))
    [order] = await plain.instructions()
    closing = datetime(2026, 11, 20, 17, tzinfo=SHANGHAI)
    late = replace(plain.context, clock=Striking(closing - timedelta(seconds=2)))
    await execute_instruction(late, court_id=order.court_id, instruction_id=order.id)
    [row] = await plain.instructions()
    assert (row.state, row.sent, row.bank_message) == ("ready", 0, "已过银行受理时间")
    assert plain.bank.book.submitted == []
    again = await plain.execute(order, closing + timedelta(minutes=5) - plain.context.clock.now())
    assert again.waits_for == "payments"
