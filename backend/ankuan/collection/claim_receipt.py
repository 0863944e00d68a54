"""Claim: unidentified money is given to one or several cases (domain §5.5)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from ankuan.banking.abilities import adjusts
from ankuan.collection.bind_sub_account import CaseClosed
from ankuan.collection.money_lock import lock_unidentified
from ankuan.collection.rules import receipt_status
from ankuan.collection.tables import Allocation, Receipt
from ankuan.kernel.clock import business_date
from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.kernel.ids import new_id
from ankuan.kernel.money import Money, MoneyFormatError
from ankuan.ledger.accounts import AccountKind
from ankuan.ledger.entry_kinds import EntryKind
from ankuan.ledger.open_account import AccountKey, ensure_accounts
from ankuan.ledger.post import Entry, post
from ankuan.platform.db import WriteSession
from ankuan.platform.events import emit
from ankuan.plugin_api.events import ReceiptChanged
from ankuan.registry.policies import effective_policy
from ankuan.registry.queries import CaseNotFound, lock_case
from ankuan.registry.rules import CaseStatus
from ankuan.registry.tables import CourtCase

MAX_CASES = 200
MAX_REASON = 500
MEMO_LENGTH = 200
Allocations = Sequence[tuple[UUID, Money]]


class ReceiptNotFound(AnkuanError):
    """No such receipt within the caller's scope."""

    code = "receipt_not_found"
    kind = ErrorKind.NOT_FOUND


class OverAllocated(AnkuanError):
    """More than what is left of the receipt: somebody else may have claimed a part meanwhile. Details: left_fen."""

    code = "over_allocated"
    kind = ErrorKind.CONFLICT


class InvalidAllocations(AnkuanError):
    """No case named, more than 200, or the same case twice."""

    code = "invalid_allocations"
    kind = ErrorKind.INVALID


class ReasonRequired(AnkuanError):
    """A reason of 1 to 500 characters must be given."""

    code = "reason_required"
    kind = ErrorKind.INVALID


async def lock_receipt(session: WriteSession, *, court_id: int, receipt_id: UUID) -> Receipt:
    """The receipt, fresh and locked until the transaction ends: claims of one receipt stand in line.

    Raises :class:`ReceiptNotFound`.
    """
    found = await session.scalar(
        select(Receipt)
        .where(Receipt.court_id == court_id, Receipt.id == receipt_id)
        .with_for_update(key_share=True)
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
    allocations: Allocations,
    reason: str,
    now: datetime,
) -> Receipt:
    """Allocate parts of a receipt to cases; the rest stays unidentified.

    Of two people who claim at once the second sees what the first has left. Money that lies on the bank's adjustment
    account is ordered to the case's sub-account after the court's delay (policy ``adjustment``), where the bank can.
    Raises
    :class:`InvalidAllocations`, ``MoneyFormatError``, :class:`ReasonRequired`, :class:`ReceiptNotFound`,
    ``CaseNotFound``, ``CaseClosed``, :class:`OverAllocated`.
    """
    reason = clean_reason(reason)
    _check(allocations)
    receipt = await lock_receipt(session, court_id=court_id, receipt_id=receipt_id)
    cases = await _lock_cases(session, court_id, allocations)
    total = Money.total(amount for _, amount in allocations)
    left = Money(receipt.amount_fen - receipt.allocated_fen)
    if total > left:
        raise OverAllocated(
            f"分配合计 {total.display()} 元，超过剩余 {left.display()} 元",
            f"{total.display()} in all, but only {left.display()} is left",
            field="allocations",
            left_fen=left.fen,
        )
    await lock_unidentified(session, court_id=court_id, fund_account_id=receipt.fund_account_id)
    entries = await _post(session, receipt, allocations, reason, now)
    await _store(session, receipt, list(zip(allocations, entries, strict=True)), reason, now)
    receipt.allocated_fen += total.fen
    receipt.status = receipt_status(receipt.amount_fen, receipt.allocated_fen)
    await session.flush()
    handlers = {case.handler_id for case in cases}
    await emit(
        session,
        ReceiptChanged(
            court_id=court_id,
            subject=receipt_id,
            status=receipt.status,
            handler_id=handlers.pop() if len(handlers) == 1 else None,
        ),
        now=now,
    )
    return receipt


def clean_reason(reason: str) -> str:
    """The reason without spaces around it. Raises :class:`ReasonRequired`."""
    cleaned = reason.strip()
    if not 0 < len(cleaned) <= MAX_REASON or "\x00" in cleaned:
        raise ReasonRequired(
            f"请填写事由（不超过 {MAX_REASON} 字）", f"Give a reason of at most {MAX_REASON} characters", field="reason"
        )
    return cleaned


def _check(allocations: Allocations) -> None:
    if not 0 < len(allocations) <= MAX_CASES or len({case_id for case_id, _ in allocations}) != len(allocations):
        raise InvalidAllocations(
            "请列出一至二百个互不相同的案件", "Name one to 200 different cases", field="allocations"
        )
    for index, (_, amount) in enumerate(allocations):
        if amount.fen <= 0:
            raise MoneyFormatError(
                "金额必须大于零", "The amount must be greater than zero", field=f"allocations.{index}.amount"
            )


async def _lock_cases(session: WriteSession, court_id: int, allocations: Allocations) -> list[CourtCase]:
    """Lock in the order of ids, so that two claims of many cases never wait for each other in a circle."""
    cases = []
    for index, (case_id, _) in sorted(enumerate(allocations), key=lambda item: item[1][0]):
        field = f"allocations.{index}.caseId"
        try:
            case = await lock_case(session, court_id=court_id, case_id=case_id)
        except CaseNotFound as error:
            raise CaseNotFound(error.zh, error.en, field=field) from None
        if case.status == CaseStatus.CLOSED:
            raise CaseClosed(f"{case.number} 已结案，不能再分配", f"{case.number} is closed", field=field)
        cases.append(case)
    return cases


async def _post(
    session: WriteSession, receipt: Receipt, allocations: Allocations, reason: str, now: datetime
) -> tuple[int, ...]:
    """Unidentified money to the cases, in one posting. Returns the entries' numbers in the order given."""
    fund = receipt.fund_account_id
    keys = [AccountKey(fund, AccountKind.UNIDENTIFIED)]
    keys += [AccountKey(fund, AccountKind.CASE, case_id) for case_id, _ in allocations]
    source, *targets = await ensure_accounts(session, court_id=receipt.court_id, keys=keys)
    posting_id = new_id()
    entries = [
        Entry(
            court_id=receipt.court_id,
            source="claim",
            source_ref=f"{posting_id}:{case_id}",
            posting_id=posting_id,
            debit_account=source,
            credit_account=target,
            amount=amount,
            effective_on=business_date(now),
            kind=EntryKind.ALLOCATION,
            memo=f"{receipt.number} {reason}"[:MEMO_LENGTH],
        )
        for (case_id, amount), target in zip(allocations, targets, strict=True)
    ]
    return tuple(posted.id for posted in await post(session, entries, now=now))


async def _store(
    session: WriteSession,
    receipt: Receipt,
    posted: Sequence[tuple[tuple[UUID, Money], int]],
    reason: str,
    now: datetime,
) -> None:
    adjust_after: datetime | None = None
    if receipt.adjustment_ref is not None and await adjusts(
        session, court_id=receipt.court_id, fund_account_id=receipt.fund_account_id
    ):
        policy = await effective_policy(session, court_id=receipt.court_id, name="adjustment", on=business_date(now))
        adjust_after = now + timedelta(seconds=int(policy["delay_seconds"]))
    session.add_all(
        Allocation(
            court_id=receipt.court_id,
            id=new_id(),
            receipt_id=receipt.id,
            case_id=case_id,
            amount_fen=amount.fen,
            reason=reason,
            allocated_by=session.actor.name,
            allocated_by_id=session.actor.id,
            allocated_at=now,
            entry_id=entry_id,
            adjustment="none" if adjust_after is None else "due",
            adjust_after=adjust_after,
        )
        for (case_id, amount), entry_id in posted
    )
    await session.flush()
