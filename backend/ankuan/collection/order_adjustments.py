"""Tell the bank to move claimed money from its adjustment account to the case's sub-account (调账, domain §6)."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update

from ankuan.banking.abilities import adjusts
from ankuan.banking.issue_instruction import issue_instruction
from ankuan.collection.bind_sub_account import bind_sub_account
from ankuan.collection.tables import Allocation, Receipt, SubAccount
from ankuan.kernel.money import Money
from ankuan.platform.alarms import raise_alarm
from ankuan.platform.db import WriteSession
from ankuan.registry.queries import lock_case

WAIT_AGAIN = timedelta(minutes=10)


async def order_adjustments(
    session: WriteSession, *, court_id: int, case_id: UUID, at_once: bool = False, now: datetime
) -> int:
    """Order what is due for one case: what has waited long enough, or ``at_once`` all (its money is about to leave).

    Binds a sub-account to the case when it has none. At a bank that moves nothing by order nothing is due. Returns how
    many were ordered; nothing is ordered twice, since the case is locked first. Raises ``CaseNotFound``,
    ``CaseClosed``, ``SubAccountPoolEmpty``.
    """
    waiting = [Allocation.court_id == court_id, Allocation.case_id == case_id, Allocation.adjustment == "due"]
    if not at_once:
        waiting.append(Allocation.adjust_after <= now)
    if await session.scalar(select(Allocation.id).where(*waiting).limit(1)) is None:
        return 0
    await lock_case(session, court_id=court_id, case_id=case_id)
    rows = (
        await session.execute(
            select(Allocation, Receipt)
            .join(Receipt, (Receipt.court_id == Allocation.court_id) & (Receipt.id == Allocation.receipt_id))
            .where(*waiting)
            .order_by(Allocation.id)
            .with_for_update(of=Allocation, key_share=True)
            .execution_options(populate_existing=True)
        )
    ).all()
    ordered = 0
    for allocation, receipt in rows:
        if not await adjusts(session, court_id=court_id, fund_account_id=receipt.fund_account_id):
            allocation.adjustment, allocation.adjust_after = "none", None
            await session.flush()
            continue
        sub_account = await bind_sub_account(
            session, court_id=court_id, case_id=case_id, fund_account_id=receipt.fund_account_id, now=now
        )
        if sub_account.fund_account_id == receipt.fund_account_id:
            await _order(session, allocation, receipt, sub_account, now)
            ordered += 1
        else:
            await _give_up(session, allocation, receipt, now)
    return ordered


async def _order(
    session: WriteSession, allocation: Allocation, receipt: Receipt, sub_account: SubAccount, now: datetime
) -> None:
    await issue_instruction(
        session,
        court_id=allocation.court_id,
        fund_account_id=receipt.fund_account_id,
        purpose="adjustment",
        origin_id=allocation.id,
        case_id=allocation.case_id,
        amount=Money(allocation.amount_fen),
        pay_from_sub_account=None,
        payee_account=sub_account.number,
        payee_name=sub_account.name,
        payee_bank_name="",
        payee_bank_code=None,
        to_sub_account=sub_account.number,
        adjustment_ref=receipt.adjustment_ref,
        reason_text=f"{receipt.number} 认领调账",
        now=now,
    )
    allocation.adjustment, allocation.adjust_after = "ordered", None
    await session.flush()


async def _give_up(session: WriteSession, allocation: Allocation, receipt: Receipt, now: datetime) -> None:
    """The case's sub-account is at another fund account: no adjustment can reach it, a person must decide."""
    allocation.adjustment, allocation.adjust_after = "refused", None
    await session.flush()
    await raise_alarm(
        session,
        court_id=allocation.court_id,
        kind="adjustment_impossible",
        subject_key=str(allocation.id),
        message=f"{receipt.number} 认领的案款与案件子账户不在同一案款专户，无法调账",
        now=now,
    )


async def postpone_adjustments(session: WriteSession, *, court_id: int, case_id: UUID, now: datetime) -> None:
    """They can't be ordered now (no free sub-account, case closed): look again in ten minutes."""
    await session.execute(
        update(Allocation)
        .where(Allocation.court_id == court_id, Allocation.case_id == case_id, Allocation.adjustment == "due")
        .values(adjust_after=now + WAIT_AGAIN)
    )


async def settle_adjustment(
    session: WriteSession, *, court_id: int, allocation_id: UUID, settled: bool, now: datetime
) -> None:
    """The bank's word on an adjustment. A refusal after which the bank moves the money all the same is possible
    (failures D11): the fact wins, and when the claim was undone in between a person must look.
    """
    allocation = await session.scalar(
        select(Allocation)
        .where(Allocation.court_id == court_id, Allocation.id == allocation_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if allocation is None or allocation.adjustment == "settled":
        return
    if allocation.undone_at is None:
        allocation.adjustment = "settled" if settled else "refused"
        await session.flush()
        alarm = None if settled else ("adjustment_refused", "银行拒绝调账，认领的案款仍在公共调账账户")
    else:
        alarm = ("adjustment_after_undo", "认领已撤销，银行仍将案款调入案件子账户") if settled else None
    if alarm is not None:
        kind, message = alarm
        await raise_alarm(
            session, court_id=court_id, kind=kind, subject_key=str(allocation_id), message=message, now=now
        )
