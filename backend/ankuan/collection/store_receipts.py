"""Insert receipts and allocations, many in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text

from ankuan.collection.rules import MatchRule
from ankuan.platform.db import WriteSession


@dataclass(frozen=True, slots=True)
class NewReceipt:
    """A receipt to be stored. ``explanation`` says in words why it is ``case_id``'s, or nobody's."""

    id: UUID
    number: str
    line_id: UUID
    amount_fen: int
    allocated_fen: int
    booked_on: date
    payer_name: str
    payer_account_masked: str
    payer_bank: str
    remark: str
    sub_account_no: str | None
    adjustment_ref: str | None
    status: str
    rule: MatchRule
    explanation: str
    case_id: UUID | None


@dataclass(frozen=True, slots=True)
class NewAllocation:
    """A whole receipt for one case. ``is_due``: the bank has to move the money to the case's sub-account."""

    id: UUID
    receipt_id: UUID
    case_id: UUID
    amount_fen: int
    reason: str
    entry_id: int
    is_due: bool


_RECEIPTS = text(
    """
    insert into receipt (court_id, id, number, fund_account_id, bank_line_id, amount_fen, allocated_fen, booked_on,
                         arrived_at, payer_name, payer_account_masked, payer_bank, remark, sub_account_no,
                         adjustment_ref, status, match_rule, match_explanation)
    select :court_id, r.id, r.number, :fund_account_id, r.line_id, r.amount, r.allocated, r.booked_on, :now, r.payer,
           r.account, r.bank, r.remark, r.sub_account, r.adjustment, r.status, r.rule,
           jsonb_build_object('text', r.explanation)
      from unnest(cast(:ids as uuid[]), cast(:numbers as text[]), cast(:lines as uuid[]), cast(:amounts as bigint[]),
                  cast(:allocated as bigint[]), cast(:days as date[]), cast(:payers as text[]),
                  cast(:accounts as text[]), cast(:banks as text[]), cast(:remarks as text[]),
                  cast(:sub_accounts as text[]), cast(:adjustments as text[]), cast(:statuses as text[]),
                  cast(:rules as text[]), cast(:explanations as text[]))
        as r (id, number, line_id, amount, allocated, booked_on, payer, account, bank, remark, sub_account, adjustment,
              status, rule, explanation)
    """
)
_ALLOCATIONS = text(
    """
    insert into allocation (court_id, id, receipt_id, case_id, amount_fen, reason, allocated_by, allocated_at,
                            entry_id, adjustment, adjust_after)
    select :court_id, a.id, a.receipt_id, a.case_id, a.amount, a.reason, :by, :now, a.entry_id,
           case when a.is_due then 'due' else 'none' end, case when a.is_due then cast(:now as timestamptz) end
      from unnest(cast(:ids as uuid[]), cast(:receipts as uuid[]), cast(:cases as uuid[]), cast(:amounts as bigint[]),
                  cast(:reasons as text[]), cast(:entries as bigint[]), cast(:dues as boolean[]))
        as a (id, receipt_id, case_id, amount, reason, entry_id, is_due)
    """
)


async def store_receipts(
    session: WriteSession, *, court_id: int, fund_account_id: UUID, receipts: Sequence[NewReceipt], now: datetime
) -> None:
    """Insert receipts of one fund account."""
    values = {
        "court_id": court_id,
        "fund_account_id": fund_account_id,
        "now": now,
        "ids": [r.id for r in receipts],
        "numbers": [r.number for r in receipts],
        "lines": [r.line_id for r in receipts],
        "amounts": [r.amount_fen for r in receipts],
        "allocated": [r.allocated_fen for r in receipts],
        "days": [r.booked_on for r in receipts],
        "payers": [r.payer_name for r in receipts],
        "accounts": [r.payer_account_masked for r in receipts],
        "banks": [r.payer_bank for r in receipts],
        "remarks": [r.remark for r in receipts],
        "sub_accounts": [r.sub_account_no for r in receipts],
        "adjustments": [r.adjustment_ref for r in receipts],
        "statuses": [r.status for r in receipts],
        "rules": [r.rule for r in receipts],
        "explanations": [r.explanation for r in receipts],
    }
    await session.execute(_RECEIPTS, values)


async def store_allocations(
    session: WriteSession, *, court_id: int, allocations: Sequence[NewAllocation], by: str, now: datetime
) -> None:
    """Insert allocations made by a rule; none is nothing to do."""
    if not allocations:
        return
    values = {
        "court_id": court_id,
        "by": by,
        "now": now,
        "ids": [a.id for a in allocations],
        "receipts": [a.receipt_id for a in allocations],
        "cases": [a.case_id for a in allocations],
        "amounts": [a.amount_fen for a in allocations],
        "reasons": [a.reason for a in allocations],
        "entries": [a.entry_id for a in allocations],
        "dues": [a.is_due for a in allocations],
    }
    await session.execute(_ALLOCATIONS, values)
