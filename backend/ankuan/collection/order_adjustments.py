"""Tell the bank to move claimed money from its adjustment account to the case's sub-account (调账, domain §6)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from ankuan.banking.issue_instruction import issue_instruction
from ankuan.collection.bind_sub_account import bind_sub_account
from ankuan.collection.tables import Allocation, Receipt
from ankuan.kernel.money import Money
from ankuan.platform.db import WriteSession


async def order_adjustments(
    session: WriteSession, *, court_id: int, case_id: UUID | None = None, limit: int = 100, now: datetime
) -> int:
    """Order what is due: all of one case at once (its money is about to leave), else what has waited long enough.

    Returns how many were ordered. Two workers share the work (SKIP LOCKED).
    """
    statement = (
        select(Allocation, Receipt)
        .join(Receipt, (Receipt.court_id == Allocation.court_id) & (Receipt.id == Allocation.receipt_id))
        .where(Allocation.court_id == court_id, Allocation.adjustment == "due", Allocation.undone_at.is_(None))
        .order_by(Allocation.id)
        .limit(limit)
    )
    if case_id is not None:
        statement = statement.where(Allocation.case_id == case_id).with_for_update(of=Allocation)
    else:
        statement = statement.where(Allocation.adjust_after <= now).with_for_update(of=Allocation, skip_locked=True)
    rows = (await session.execute(statement.execution_options(populate_existing=True))).all()
    for allocation, receipt in rows:
        await _order(session, allocation, receipt, now)
    return len(rows)


async def _order(session: WriteSession, allocation: Allocation, receipt: Receipt, now: datetime) -> None:
    sub_account = await bind_sub_account(session, court_id=allocation.court_id, case_id=allocation.case_id, now=now)
    amount = Money(allocation.amount_fen)
    await issue_instruction(
        session,
        court_id=allocation.court_id,
        fund_account_id=receipt.fund_account_id,
        purpose="adjustment",
        origin_id=allocation.id,
        case_id=allocation.case_id,
        amount=amount,
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
    allocation.adjustment = "ordered"
    allocation.adjust_after = None
    await session.flush()


async def settle_adjustment(session: WriteSession, *, court_id: int, allocation_id: UUID, state: str) -> None:
    """The bank's word on an adjustment: ``settled`` or ``refused``."""
    await session.execute(
        update(Allocation)
        .where(Allocation.court_id == court_id, Allocation.id == allocation_id)
        .values(adjustment=state)
    )
