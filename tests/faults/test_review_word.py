"""The bank's word on a payment is recorded whatever else the case has open: a fact is never refused."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from ankuan.banking.queries import get_fund_account
from ankuan.banking.record_lines import record_lines
from ankuan.bootstrap import make_bus
from ankuan.collection.claim_receipt import claim_receipt
from ankuan.kernel.money import Money
from ankuan.platform.bus import EventBus
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import Database, WriteSession, make_engine
from ankuan.platform.plugins import load_plugins
from ankuan.plugin_api.bank import AnswerState
from ankuan.plugin_api.events import BankLineSeen
from tests.faults.conftest import Counter
from tests.fixtures.payouts import AUDITOR, SYSTEM, Payouts, pay
from tests.fixtures.province import load_province
from tests.fixtures.receiving_court import told


@pytest.fixture
async def court(database_url: str, owner_database_url: str, superuser_database_url: str) -> AsyncIterator[Payouts]:
    province = await load_province(owner_database_url)
    database = Database(make_engine(database_url), bus=make_bus())
    made = Payouts(database, province, FieldCipher(bytes(range(32))), load_plugins(), superuser_database_url)
    await made.open_court()
    yield made
    await made.close()


async def test_a_payment_settles_while_claimed_money_waits_for_a_sub_account(court: Payouts) -> None:
    """The pool is empty, so the claimed money can't be moved now: no reason to forget that the bank has paid."""
    case = await court.case("1000.00")
    released = await court.to("released", case, pay("10.00"), pay("20.00", account="6217000000000014"))
    async with court.database.write(SYSTEM) as session:
        seen = await record_lines(
            session,
            court_id=court.court,
            fund_account_id=court.fund,
            lines=[told(5_000, key="k1", adjustment_ref="20261120|1|2")],
            source="poll",
            now=court.now,
        )
    async with court.database.read(SYSTEM) as session:
        receipt = await session.scalar(text("select id from receipt where bank_line_id = :l"), {"l": seen.new_ids[0]})
    async with court.database.write(court.actor(AUDITOR)) as session:
        await claim_receipt(
            session,
            court_id=court.court,
            receipt_id=UUID(str(receipt)),
            allocations=[(case, Money(5_000))],
            reason="认领",
            now=court.now,
        )
    first, second = await court.lines(released)
    await court.answer(first, AnswerState.SETTLED)
    assert [line.outcome for line in await court.lines(released)] == ["settled", None]
    await court.answer(second, AnswerState.SETTLED)
    assert (await court.load(released)).status == "settled"
    assert await court.fetch("select adjustment from allocation") == [("due",)], "it goes on waiting"


async def test_a_line_that_no_room_can_take_is_seen_by_people_and_does_not_hammer_the_bank(counter: Counter) -> None:
    """A defect in what follows from a line undoes the page; the account must not stand still in silence."""

    async def refuse(session: WriteSession, event: BankLineSeen, now: datetime) -> None:
        raise RuntimeError("a defect")

    counter.context.database.bus.listen(BankLineSeen, refuse)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            await counter.poll()
    assert await counter.alarms() == ["bank_lines_malformed"]
    async with counter.context.database.read(SYSTEM) as session:
        account = await get_fund_account(session, court_id=counter.court_id, fund_account_id=counter.fund_account_id)
        assert await session.scalar(text("select count(*) from bank_line")) == 0
    assert (account.cursor, account.poll_failures) == (None, 2)
    assert account.poll_after is not None
    assert account.poll_after > counter.clock.now() + timedelta(seconds=5)
    counter.context.database.bus = EventBus()
    assert await counter.poll() > 0
    assert await counter.alarms() == []
