"""Reading a bank's bookings: told once, cursor moved with them, trouble shown and taken back (failures F2, F5, D8)."""

import asyncio

import pytest
from sqlalchemy import func, select

from ankuan.banking.poll_fund_account import poll_fund_account
from ankuan.banking.queries import open_adjustments
from ankuan.banking.tables import BankLine, FundAccount, RawMessage
from ankuan.kernel.ids import new_id
from ankuan.platform.tables import EventRow
from ankuan.registry.register_case import register_case
from tests.faults.conftest import SYSTEM, Counter


async def lines(counter: Counter) -> list[BankLine]:
    async with counter.context.database.read(SYSTEM) as session:
        return list(await session.scalars(select(BankLine).order_by(BankLine.id)))


async def account(counter: Counter) -> FundAccount:
    async with counter.context.database.read(SYSTEM) as session:
        return (await session.execute(select(FundAccount))).scalar_one()


def pay_in(counter: Counter, fen: int, to: str | None = None) -> None:
    given = {"to": to or counter.sub, "fen": fen, "payer_name": "被执行人乙", "remark": "（2026）鲁0102执1号"}
    counter.bank.admin("POST", "/credits", given)


async def test_each_booking_is_told_once_however_often_and_by_how_many_it_is_read(counter: Counter) -> None:
    for fen in (1, 10, 2_147_483_648, 1):
        pay_in(counter, fen)
    await asyncio.gather(
        *(
            poll_fund_account(counter.context, court_id=counter.court_id, fund_account_id=counter.fund_account_id)
            for _ in range(6)
        )
    )
    assert await counter.poll() == 0
    assert sorted(line.amount_fen for line in await lines(counter)) == [1, 1, 10, 10_000_000, 2_147_483_648]
    async with counter.context.database.read(SYSTEM) as session:
        assert await session.scalar(select(func.count()).where(EventRow.kind == "bank_line.seen")) == 5
    assert (await account(counter)).cursor
    pay_in(counter, 77)
    assert await counter.poll() == 1


async def test_f2_rows_that_the_bank_tells_twice_are_recorded_once(counter: Counter) -> None:
    for fen in (11, 12, 13):
        pay_in(counter, fen)
    counter.script("duplicate_rows", action="DLSTRNDT", times=3)
    await counter.poll()
    await counter.poll()
    assert sorted(line.amount_fen for line in await lines(counter)) == [11, 12, 13, 10_000_000]


@pytest.mark.parametrize("fault", ["garbage", "truncated", "wrong_encoding", "empty"])
async def test_broken_statements_change_nothing_are_kept_and_shown_until_it_works_again(
    counter: Counter, fault: str
) -> None:
    pay_in(counter, 5)
    counter.script(fault, action="DLSTRNDT", times=2)
    assert await counter.poll() == 0
    assert await lines(counter) == []
    assert (await account(counter)).cursor is None
    assert await counter.alarms() == ["bank_lines_malformed"]
    async with counter.context.database.read(SYSTEM) as session:
        kept = (await session.scalars(select(RawMessage.response).where(RawMessage.response.is_not(None)))).all()
    assert all(b"DLSTRNDT" not in (message or b"") for message in kept), "kept, and not readable without the key"
    assert await counter.poll() == 0
    assert (await account(counter)).poll_failures == 2
    assert await counter.poll() == 2
    assert await counter.alarms() == []
    assert (await account(counter)).poll_failures == 0


async def test_an_outage_is_weather_for_a_minute_and_an_alarm_after(counter: Counter) -> None:
    await counter.poll()
    counter.script("drop_before", action="DLSTRNDT", times=4)  # a read that was not answered is tried once more
    await counter.poll()
    assert await counter.alarms() == []
    counter.clock.advance(minutes=2)
    await counter.poll()
    assert await counter.alarms() == ["bank_unreachable"]
    await counter.poll()
    assert await counter.alarms() == []


async def test_a_payment_waits_until_its_case_has_been_given_its_money_by_the_bank(counter: Counter) -> None:
    """Money without a sub-account is claimed: the adjustment must be settled before the payment is sent (domain §6)."""
    pay_in(counter, 8_000, to=counter.main)
    await counter.poll()
    [waiting] = [line for line in await lines(counter) if line.adjustment_ref]
    sub = str(int(counter.sub) + 1)
    async with counter.context.database.write(SYSTEM) as session:
        case = await register_case(
            session, court_id=counter.court_id, number="（2026）鲁0102执1号", now=counter.clock.now()
        )
    payment = await counter.issue(8_000, case_id=case.case_id, pay_from_sub_account=sub)
    adjustment = await counter.issue(
        8_000,
        purpose="adjustment",
        case_id=case.case_id,
        origin_id=new_id(),
        pay_from_sub_account=None,
        payee_account=sub,
        payee_name="案款",
        payee_bank_code=None,
        to_sub_account=sub,
        adjustment_ref=waiting.adjustment_ref,
    )
    await counter.execute(payment)
    assert (await counter.row(payment)).sends == 0
    async with counter.context.database.read(SYSTEM) as session:
        assert await open_adjustments(session, counter.court_id, case.case_id, counter.fund_account_id) == 1
    await counter.carry_on()
    assert [await counter.state(one) for one in (adjustment, payment)] == ["settled", "settled"]
    [moved], [paid] = counter.executions(adjustment), counter.executions(payment)
    assert (moved["kind"], moved["credit"], moved["fen"]) == ("adjustment", sub, 8_000)
    assert (paid["debit"], paid["fen"]) == (sub, 8_000)
    assert moved["no"] < paid["no"]
    await counter.poll()
    assert await counter.alarms() == []
