"""Undo an allocation while its money is unspent and the bank has not moved it yet (domain §5.5)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from ankuan.collection.claim_receipt import MEMO_LENGTH, clean_reason, lock_receipt
from ankuan.collection.money_lock import lock_unidentified
from ankuan.collection.rules import receipt_status
from ankuan.collection.tables import Allocation, Receipt
from ankuan.kernel.clock import business_date
from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.kernel.money import Money
from ankuan.ledger.accounts import AccountKind
from ankuan.ledger.database_errors import InsufficientBalance
from ankuan.ledger.entry_kinds import EntryKind
from ankuan.ledger.open_account import AccountKey, ensure_accounts
from ankuan.ledger.post import Entry, post
from ankuan.ledger.reverse_entry import reverse_entry
from ankuan.ledger.tables import LedgerAccount, LedgerEntry
from ankuan.platform.db import WriteSession
from ankuan.platform.events import emit
from ankuan.plugin_api.events import ReceiptChanged
from ankuan.registry.queries import lock_case

AT_BANK = frozenset({"ordered", "settled"})
"""States of an adjustment in which the bank has moved the money, or may have."""


class AllocationNotFound(AnkuanError):
    """No such allocation within the caller's scope."""

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
    """Give the money back to unidentified money: the allocation's entry is reversed and linked (domain §4).

    Raises ``ReasonRequired``, :class:`AllocationNotFound`, :class:`AllocationUndone`, :class:`AdjustedAtBank`,
    :class:`AllocationSpent`.
    """
    reason = clean_reason(reason)
    found = (
        await session.execute(
            select(Allocation.receipt_id, Allocation.case_id).where(
                Allocation.court_id == court_id, Allocation.id == allocation_id
            )
        )
    ).one_or_none()
    if found is None:
        raise AllocationNotFound("分配记录不存在", "No such allocation", field="allocationId")
    receipt = await lock_receipt(session, court_id=court_id, receipt_id=found.receipt_id)
    case = await lock_case(session, court_id=court_id, case_id=found.case_id)
    await lock_unidentified(session, court_id=court_id, fund_account_id=receipt.fund_account_id)
    allocation = await _lock(session, court_id, allocation_id)
    refuse_undo(allocation)
    await _give_back(session, receipt, allocation, reason, now)
    allocation.undone_at = now
    allocation.undone_by = session.actor.name
    allocation.undo_reason = reason
    allocation.adjustment, allocation.adjust_after = "none", None
    receipt.allocated_fen -= allocation.amount_fen
    receipt.status = receipt_status(receipt.amount_fen, receipt.allocated_fen)
    await session.flush()
    await emit(
        session,
        ReceiptChanged(court_id=court_id, subject=receipt.id, status=receipt.status, handler_id=case.handler_id),
        now=now,
    )
    return receipt


def refuse_undo(allocation: Allocation) -> None:
    """What the allocation itself says against undoing it. Raises :class:`AllocationUndone`, :class:`AdjustedAtBank`."""
    if allocation.undone_at is not None:
        raise AllocationUndone("该分配已撤销", "The allocation has been undone already", field="allocationId")
    if allocation.adjustment in AT_BANK:
        raise AdjustedAtBank(
            "银行已调账或正在调账，不能直接撤销，请办理转移",
            "The bank has moved this money or is doing so; use a transfer",
            field="allocationId",
        )


def allocation_spent() -> AllocationSpent:
    """The refusal when the case has less money left than the allocation gave."""
    return AllocationSpent(
        "该笔案款已支付或已被占用，不能撤销", "The money has been paid out or is held", field="allocationId"
    )


async def _lock(session: WriteSession, court_id: int, allocation_id: UUID) -> Allocation:
    return (
        await session.execute(
            select(Allocation)
            .where(Allocation.court_id == court_id, Allocation.id == allocation_id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    ).scalar_one()


async def _give_back(
    session: WriteSession, receipt: Receipt, allocation: Allocation, reason: str, now: datetime
) -> None:
    """Reverse the entry. One that came from the bank by itself (matched on arrival) is received anew, unidentified."""
    memo = f"{receipt.number} 撤销：{reason}"[:MEMO_LENGTH]
    today = business_date(now)
    from_bank = await _came_from_bank(session, allocation)
    try:
        await reverse_entry(
            session,
            court_id=receipt.court_id,
            entry_id=allocation.entry_id,
            effective_on=today,
            memo=memo,
            now=now,
            kind=EntryKind.ALLOCATION_UNDONE,
        )
    except InsufficientBalance as error:
        raise allocation_spent() from error
    if not from_bank:
        return
    fund = receipt.fund_account_id
    keys = [AccountKey(fund, AccountKind.BANK), AccountKey(fund, AccountKind.UNIDENTIFIED)]
    bank, unidentified = await ensure_accounts(session, court_id=receipt.court_id, keys=keys)
    again = Entry(
        court_id=receipt.court_id,
        source="allocation_undone",
        source_ref=str(allocation.id),
        posting_id=allocation.id,
        debit_account=bank,
        credit_account=unidentified,
        amount=Money(allocation.amount_fen),
        effective_on=today,
        kind=EntryKind.RECEIPT,
        memo=memo,
    )
    await post(session, [again], now=now)


async def _came_from_bank(session: WriteSession, allocation: Allocation) -> bool:
    kind = await session.scalar(
        select(LedgerAccount.kind)
        .join(
            LedgerEntry,
            (LedgerEntry.court_id == LedgerAccount.court_id) & (LedgerEntry.debit_account == LedgerAccount.id),
        )
        .where(LedgerEntry.court_id == allocation.court_id, LedgerEntry.id == allocation.entry_id)
    )
    return kind == AccountKind.BANK
