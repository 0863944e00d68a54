"""Claim: unidentified money is given to one or several cases (domain §5.5)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from ankuan.collection.bind_sub_account import bind_sub_account
from ankuan.collection.rules import receipt_status
from ankuan.collection.tables import Allocation, Receipt
from ankuan.kernel.clock import business_date
from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.kernel.ids import new_id
from ankuan.kernel.money import Money, MoneyFormatError
from ankuan.ledger.accounts import AccountKind
from ankuan.ledger.open_account import ensure_account
from ankuan.ledger.post import Entry, post
from ankuan.platform.db import WriteSession
from ankuan.platform.events import emit
from ankuan.plugin_api.events import ReceiptChanged
from ankuan.registry.policies import effective_policy
from ankuan.registry.queries import lock_case

MAX_CASES = 200


class ReceiptNotFound(AnkuanError):
    """No such receipt in scope."""

    code = "receipt_not_found"
    kind = ErrorKind.NOT_FOUND


class OverAllocated(AnkuanError):
    """More than what is left of the receipt. Somebody else may have claimed a part meanwhile."""

    code = "over_allocated"
    kind = ErrorKind.CONFLICT


class NothingToAllocate(AnkuanError):
    """No case named, too many, or the same case twice."""

    code = "invalid_allocations"
    kind = ErrorKind.INVALID


class ReasonRequired(AnkuanError):
    """A reason must be given."""

    code = "reason_required"
    kind = ErrorKind.INVALID


class CaseNotOpen(AnkuanError):
    """The case takes no money in its present state."""

    code = "case_not_open"
    kind = ErrorKind.REFUSED


async def lock_receipt(session: WriteSession, *, court_id: int, receipt_id: UUID) -> Receipt:
    """The receipt's row, locked until the transaction ends: claims of one receipt stand in line."""
    found = await session.scalar(
        select(Receipt)
        .where(Receipt.court_id == court_id, Receipt.id == receipt_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise ReceiptNotFound("到账不存在", "No such receipt", field="receiptId")
    return found


async def claim_receipt(
    session: WriteSession,
    *,
    court_id: int,
    receipt_id: UUID,
    allocations: Sequence[tuple[UUID, Money]],
    reason: str,
    now: datetime,
) -> Receipt:
    """Allocate parts of a receipt to cases; the rest stays unidentified.

    Raises :class:`ReceiptNotFound`, ``CaseNotFound``, :class:`OverAllocated`, :class:`NothingToAllocate`,
    :class:`ReasonRequired`, :class:`CaseNotOpen`, ``MoneyFormatError``.
    """
    _check_input(allocations, reason)
    receipt = await lock_receipt(session, court_id=court_id, receipt_id=receipt_id)
    total = Money.total(amount for _, amount in allocations)
    left = receipt.amount_fen - receipt.allocated_fen
    if total.fen > left:
        raise OverAllocated(
            f"分配合计 {total.display()} 元超过剩余 {Money(left).display()} 元",
            f"{total.display()} is more than the {Money(left).display()} left",
            field="allocations",
            left_fen=left,
        )
    handler_id: UUID | None = None
    for index, (case_id, _) in sorted(enumerate(allocations), key=lambda item: item[1][0]):
        case = await lock_case(session, court_id=court_id, case_id=case_id)
        if case.status == "closed":
            raise CaseNotOpen("案件已结案，不能再分配", "The case is closed", field=f"allocations.{index}.caseId")
        handler_id = case.handler_id
    entries = await _entries(session, receipt, allocations, reason, now)
    posted = await post(session, entries, now=now)
    for (case_id, amount), done in zip(allocations, posted, strict=True):
        session.add(await _allocation(session, receipt, case_id, amount, reason, entry_id=done.id, now=now))
    receipt.allocated_fen += total.fen
    receipt.status = receipt_status(receipt.amount_fen, receipt.allocated_fen)
    await session.flush()
    await emit(
        session,
        ReceiptChanged(court_id=court_id, subject=receipt_id, status=receipt.status, handler_id=handler_id),
        now=now,
    )
    return receipt


def _check_input(allocations: Sequence[tuple[UUID, Money]], reason: str) -> None:
    if not 0 < len(allocations) <= MAX_CASES or len({case_id for case_id, _ in allocations}) != len(allocations):
        raise NothingToAllocate(
            "请列出一至二百个互不相同的案件", "Name one to 200 different cases", field="allocations"
        )
    for index, (_, amount) in enumerate(allocations):
        if amount.fen <= 0:
            raise MoneyFormatError(
                "金额必须大于零", "The amount must be greater than zero", field=f"allocations.{index}.amount"
            )
    if not reason.strip():
        raise ReasonRequired("请填写事由", "A reason is required", field="reason")


async def _entries(
    session: WriteSession,
    receipt: Receipt,
    allocations: Sequence[tuple[UUID, Money]],
    reason: str,
    now: datetime,
) -> list[Entry]:
    source = await ensure_account(
        session,
        court_id=receipt.court_id,
        fund_account_id=receipt.fund_account_id,
        kind=AccountKind.UNIDENTIFIED,
    )
    posting_id = new_id()
    entries = []
    for case_id, amount in allocations:
        target = await ensure_account(
            session,
            court_id=receipt.court_id,
            fund_account_id=receipt.fund_account_id,
            kind=AccountKind.CASE,
            owner_id=case_id,
        )
        entries.append(
            Entry(
                court_id=receipt.court_id,
                source="claim",
                source_ref=f"{posting_id}:{case_id}",
                posting_id=posting_id,
                debit_account=source,
                credit_account=target,
                amount=amount,
                effective_on=business_date(now),
                kind="claim",
                memo=f"{receipt.number} {reason}"[:200],
            )
        )
    return entries


async def _allocation(
    session: WriteSession, receipt: Receipt, case_id: UUID, amount: Money, reason: str, *, entry_id: int, now: datetime
) -> Allocation:
    adjust_after: datetime | None = None
    if receipt.adjustment_ref is not None:
        # The money lies on the bank's adjustment account; the case needs a sub-account to take it.
        await bind_sub_account(session, court_id=receipt.court_id, case_id=case_id, now=now)
        policy = await effective_policy(session, court_id=receipt.court_id, name="adjustment", on=business_date(now))
        adjust_after = now + timedelta(seconds=int(policy["delay_seconds"]))
    return Allocation(
        court_id=receipt.court_id,
        id=new_id(),
        receipt_id=receipt.id,
        case_id=case_id,
        amount_fen=amount.fen,
        reason=reason.strip(),
        allocated_by=session.actor.name,
        allocated_by_id=session.actor.id,
        allocated_at=now,
        entry_id=entry_id,
        adjustment="none" if adjust_after is None else "due",
        adjust_after=adjust_after,
    )
