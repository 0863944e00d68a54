"""Money on the bank's adjustment account: claimed at once, moved after a delay, or before it leaves."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from ankuan.collection.bind_sub_account import SubAccountPoolEmpty
from ankuan.collection.claim_receipt import claim_receipt
from ankuan.collection.jobs import JOBS
from ankuan.collection.order_adjustments import order_adjustments
from ankuan.collection.undo_allocation import AdjustedAtBank, undo_allocation
from ankuan.kernel.clock import FixedClock
from ankuan.kernel.ids import new_id
from ankuan.kernel.money import Money
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.events import emit
from ankuan.platform.jobs import JobContext
from ankuan.platform.plugins import PluginHost
from ankuan.platform.settings import Settings
from ankuan.plugin_api.events import DisbursementChanged, InstructionChanged
from tests.fixtures.province import NOW
from tests.fixtures.receiving_court import SYSTEM, World

LATER = NOW + timedelta(minutes=5)


async def _claimed(world: World, *, fen: int = 500) -> tuple[UUID, UUID]:
    """A case and its allocation of money that lies on the bank's adjustment account."""
    case = await world.case(1)
    receipt = await world.arrive(fen, adjustment_ref="0000000000017")
    async with world.database.write(world.actor()) as session:
        await claim_receipt(
            session, court_id=world.court, receipt_id=receipt, allocations=[(case, Money(fen))], reason="款", now=NOW
        )
    return case, UUID(str(await world.one("select id from allocation")))


async def _work(world: World, now_later: timedelta = timedelta(0)) -> None:
    """One turn of the worker: what the finder names is run."""
    context = JobContext(
        database=world.database,
        clock=FixedClock(NOW + now_later),
        plugins=PluginHost(),
        settings=Settings(data_dir=Path("unused")),
        cipher=FieldCipher(bytes(32)),
        actor=SYSTEM,
    )
    jobs = {job.name: job for job in JOBS.jobs}
    finder = next(f for f in JOBS.finders if f.name == "due_adjustments")
    for call in await finder.find(context):
        await jobs[call.name].run(context, call.arguments)


async def _answer(world: World, allocation: UUID, case: UUID, state: str) -> None:
    async with world.database.write(SYSTEM) as session:
        told = InstructionChanged(
            court_id=world.court,
            subject=new_id(),
            purpose="adjustment",
            origin_id=allocation,
            case_id=case,
            state=state,
            amount_fen=500,
        )
        await emit(session, told, now=LATER)


async def _undo(world: World, allocation: UUID) -> None:
    async with world.database.write(world.actor()) as session:
        await undo_allocation(session, court_id=world.court, allocation_id=allocation, reason="误", now=LATER)


async def test_claimed_money_waits_and_is_then_ordered_to_the_cases_sub_account(world: World) -> None:
    [number] = await world.fill(1, first=7)
    async with world.database.write(SYSTEM) as session:
        await session.execute(text("update sub_account set status = 'closed'"))
    case, allocation = await _claimed(world)
    await _work(world, timedelta(minutes=4, seconds=59))
    assert await world.rows("select adjustment from allocation") == [("due",)]
    async with world.database.write(SYSTEM) as session:
        await session.execute(text("update sub_account set status = 'free'"))
    await _work(world, timedelta(minutes=5))
    await _work(world, timedelta(minutes=5))
    assert await world.rows("select adjustment, adjust_after from allocation") == [("ordered", None)]
    assert await world.rows(
        "select purpose, origin_id, case_id, amount_fen, to_sub_account, adjustment_ref, pay_from_sub_account"
        " from instruction"
    ) == [("adjustment", allocation, case, 500, number, "0000000000017", None)]
    with pytest.raises(AdjustedAtBank):
        await _undo(world, allocation)
    await _answer(world, allocation, case, "settled")
    assert await world.rows("select adjustment from allocation") == [("settled",)]
    await _answer(world, allocation, case, "refused")
    assert await world.rows("select adjustment from allocation") == [("settled",)]


async def test_within_the_delay_a_claim_can_be_undone_and_nothing_is_ordered(world: World) -> None:
    await world.fill(1)
    _, allocation = await _claimed(world)
    await _undo(world, allocation)
    await _work(world, timedelta(hours=1))
    assert await world.rows("select adjustment, adjust_after from allocation") == [("none", None)]
    assert await world.rows("select 1 from instruction") == []


async def test_a_submitted_disbursement_orders_at_once(world: World) -> None:
    await world.fill(1)
    case, _ = await _claimed(world)
    for status in ("draft", "in_approval", "approved", "released"):
        async with world.database.write(SYSTEM) as session:
            told = DisbursementChanged(
                court_id=world.court, subject=new_id(), status=status, case_id=case, handler_id=None
            )
            await emit(session, told, now=NOW)
        expected = "due" if status == "draft" else "ordered"
        assert await world.rows("select adjustment from allocation") == [(expected,)]
    assert await world.one("select count(*) from instruction") == 1


async def test_a_refusal_raises_an_alarm_and_lets_the_claim_be_undone(world: World) -> None:
    await world.fill(1)
    case, allocation = await _claimed(world)
    await _work(world, timedelta(minutes=5))
    await _answer(world, allocation, case, "refused")
    assert await world.rows("select adjustment from allocation") == [("refused",)]
    assert await world.rows("select kind from alarm") == [("adjustment_refused",)]
    await _undo(world, allocation)
    assert await world.balance("unidentified") == 500
    # The bank moves the money all the same: nobody's claim comes back, but a person is told.
    await _answer(world, allocation, case, "settled")
    assert await world.rows("select adjustment, undone_at is null from allocation") == [("none", False)]
    assert ("adjustment_after_undo",) in await world.rows("select kind from alarm")


async def test_without_a_free_sub_account_the_order_is_put_off_and_a_payment_refused(world: World) -> None:
    case, _ = await _claimed(world)
    with pytest.raises(SubAccountPoolEmpty):
        async with world.database.write(SYSTEM) as session:
            await order_adjustments(session, court_id=world.court, case_id=case, at_once=True, now=NOW)
    await _work(world, timedelta(minutes=5))
    [(adjustment, after)] = await world.rows("select adjustment, adjust_after from allocation")
    assert (adjustment, after) == ("due", LATER + timedelta(minutes=10))


async def test_a_bank_without_adjustment_accounts_is_never_asked_for_one(world: World) -> None:
    case = await world.case(1)
    receipt = await world.arrive(500)
    async with world.database.write(world.actor()) as session:
        await claim_receipt(
            session, court_id=world.court, receipt_id=receipt, allocations=[(case, Money(500))], reason="款", now=NOW
        )
        await order_adjustments(session, court_id=world.court, case_id=case, at_once=True, now=NOW)
    await _work(world, timedelta(days=1))
    assert await world.rows("select adjustment from allocation") == [("none",)]
    assert await world.rows("select 1 from instruction") == []
    assert await world.rows("select 1 from sub_account_binding") == []


async def test_a_sub_account_at_another_fund_account_cannot_take_the_money(world: World) -> None:
    case, _ = await _claimed(world)
    await world.fill(1)
    async with world.database.write(SYSTEM) as session:
        other = new_id()
        await session.execute(
            text(
                "insert into fund_account (court_id, id, bank_id, account_no, name, settings, active)"
                " values (:court, :id, 'other', '1', '专户二', '{}', true)"
            ),
            {"court": world.court, "id": other},
        )
        await session.execute(
            text("update sub_account set fund_account_id = :other, status = 'bound', case_id = :case"),
            {"other": other, "case": case},
        )
    await _work(world, timedelta(minutes=5))
    assert await world.rows("select adjustment from allocation") == [("refused",)]
    assert await world.rows("select kind from alarm order by raised_at desc limit 1") == [("adjustment_impossible",)]
    assert await world.rows("select 1 from instruction") == []
