"""Undo an allocation while its money is unspent and the bank has not moved it yet (domain §5.5)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from ankuan.collection.claim_receipt import ReasonRequired, lock_receipt
from ankuan.collection.rules import receipt_status
from ankuan.collection.tables import Allocation, Receipt
from ankuan.kernel.clock import business_date
from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.kernel.money import Money
from ankuan.ledger.accounts import AccountKind
from ankuan.ledger.open_account import ensure_account
from ankuan.ledger.post import Entry, InsufficientBalance, post
from ankuan.platform.db import WriteSession
from ankuan.platform.events import emit
from ankuan.plugin_api.events import ReceiptChanged
from ankuan.registry.queries import get_case


class AllocationNotFound(AnkuanError):
    """No such allocation in scope."""

    code = "allocation_not_found"
    kind = ErrorKind.NOT_FOUND


class AllocationUndone(AnkuanError):
    """It was undone before."""

    code = "allocation_already_undone"
    kind = ErrorKind.CONFLICT


class AllocationSpent(AnkuanError):
    """The case has not enough money left: it was paid out or is held for a payment."""

    code = "allocation_spent"
    kind = ErrorKind.REFUSED


class AdjustedAtBank(AnkuanError):
    """The bank has moved the money to the case's sub-account, or has been told to."""

    code = "adjusted_at_bank"
    kind = ErrorKind.REFUSED


async def undo_allocation(
    session: WriteSession, *, court_id: int, allocation_id: UUID, reason: str, now: datetime
) -> Receipt:
    """Give the money back to unidentified money, as a posting of its own.

    Raises :class:`AllocationNotFound`, :class:`AllocationUndone`, :class:`AllocationSpent`, :class:`AdjustedAtBank`,
    ``ReasonRequired``.
    """
    if not reason.strip():
        raise ReasonRequired("请填写事由", "A reason is required", field="reason")
    receipt_id = await session.scalar(
        select(Allocation.receipt_id).where(Allocation.court_id == court_id, Allocation.id == allocation_id)
    )
    if receipt_id is None:
        raise AllocationNotFound("分配记录不存在", "No such allocation", field="allocationId")
    receipt = await lock_receipt(session, court_id=court_id, receipt_id=receipt_id)
    allocation = (
        await session.execute(
            select(Allocation)
            .where(Allocation.court_id == court_id, Allocation.id == allocation_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    ).scalar_one()
    if allocation.undone_at is not None:
        raise AllocationUndone("该分配已撤销", "The allocation has been undone already", field="allocationId")
    if allocation.adjustment in {"ordered", "settled"}:
        raise AdjustedAtBank(
            "银行已调账或正在调账，不能直接撤销，请办理转移",
            "The bank has moved this money or is doing so; use a transfer",
            field="allocationId",
        )
    await _give_back(session, receipt, allocation, reason, now)
    allocation.undone_at = now
    allocation.undone_by = session.actor.name
    allocation.undo_reason = reason.strip()
    allocation.adjustment = "none"
    receipt.allocated_fen -= allocation.amount_fen
    receipt.status = receipt_status(receipt.amount_fen, receipt.allocated_fen)
    await session.flush()
    case = await get_case(session, court_id=court_id, case_id=allocation.case_id)
    await emit(
        session,
        ReceiptChanged(court_id=court_id, subject=receipt.id, status=receipt.status, handler_id=case.handler_id),
        now=now,
    )
    return receipt


async def _give_back(
    session: WriteSession, receipt: Receipt, allocation: Allocation, reason: str, now: datetime
) -> None:
    where = {"court_id": receipt.court_id, "fund_account_id": receipt.fund_account_id}
    case_account = await ensure_account(session, **where, kind=AccountKind.CASE, owner_id=allocation.case_id)
    unidentified = await ensure_account(session, **where, kind=AccountKind.UNIDENTIFIED)
    entry = Entry(
        court_id=receipt.court_id,
        source="claim_undo",
        source_ref=str(allocation.id),
        posting_id=allocation.id,
        debit_account=case_account,
        credit_account=unidentified,
        amount=Money(allocation.amount_fen),
        effective_on=business_date(now),
        kind="claim_undo",
        memo=f"{receipt.number} 撤销：{reason}"[:200],
    )
    try:
        await post(session, [entry], now=now)
    except InsufficientBalance as error:
        raise AllocationSpent(
            "该笔案款已支付或已被占用，不能撤销",
            "The money has been paid out or is held",
            field="allocationId",
        ) from error
