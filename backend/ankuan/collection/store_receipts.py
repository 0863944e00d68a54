"""Insert receipts and allocations, many in one statement; what the bank told is copied from its line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from ankuan.collection.arrivals import Arrival
from ankuan.collection.rules import Match
from ankuan.platform.db import WriteSession


@dataclass(frozen=True, slots=True)
class NewReceipt:
    """A receipt to be stored: the whole of an arrival, for the case that the match names, or for nobody."""

    id: UUID
    number: str
    arrival: Arrival
    match: Match
    payer_account_masked: str
    handler_id: UUID | None


@dataclass(frozen=True, slots=True)
class NewAllocation:
    """A whole receipt for one case. ``is_due``: the bank has to move the money to the case's sub-account."""

    id: UUID
    receipt_id: UUID
    case_id: UUID
    entry_id: int
    is_due: bool


_RECEIPTS = text(
    """
    insert into receipt (court_id, id, number, fund_account_id, bank_line_id, amount_fen, allocated_fen, booked_on,
                         arrived_at, payer_name, payer_account_masked, payer_bank, remark, sub_account_no,
                         adjustment_ref, status, match_rule, match_explanation)
    select l.court_id, r.id, r.number, l.fund_account_id, l.id, l.amount_fen,
           case when r.is_matched then l.amount_fen else 0 end, l.booked_on, :now, l.counter_name, r.account,
           l.counter_bank, l.remark, l.sub_account_no, l.adjustment_ref,
           case when r.is_matched then 'allocated' else 'unidentified' end, r.rule,
           jsonb_build_object('text', r.explanation)
      from unnest(cast(:ids as uuid[]), cast(:numbers as text[]), cast(:lines as uuid[]), cast(:matched as boolean[]),
                  cast(:accounts as text[]), cast(:rules as text[]), cast(:explanations as text[]))
        as r (id, number, line_id, is_matched, account, rule, explanation)
      join bank_line l on l.court_id = :court_id and l.id = r.line_id
    """
)
_ALLOCATIONS = text(
    """
    insert into allocation (court_id, id, receipt_id, case_id, amount_fen, reason, allocated_by, allocated_at,
                            entry_id, adjustment, adjust_after)
    select r.court_id, a.id, r.id, a.case_id, r.amount_fen, r.match_explanation ->> 'text', :by, :now, a.entry_id,
           case when a.is_due then 'due' else 'none' end, case when a.is_due then cast(:now as timestamptz) end
      from unnest(cast(:ids as uuid[]), cast(:receipts as uuid[]), cast(:cases as uuid[]), cast(:entries as bigint[]),
                  cast(:dues as boolean[])) as a (id, receipt_id, case_id, entry_id, is_due)
      join receipt r on r.court_id = :court_id and r.id = a.receipt_id
    """
)


async def store_receipts(
    session: WriteSession, *, court_id: int, receipts: Sequence[NewReceipt], now: datetime
) -> None:
    """Insert receipts, each of a line that stands."""
    values = {
        "court_id": court_id,
        "now": now,
        "ids": [r.id for r in receipts],
        "numbers": [r.number for r in receipts],
        "lines": [r.arrival.line_id for r in receipts],
        "matched": [r.match.case_id is not None for r in receipts],
        "accounts": [r.payer_account_masked for r in receipts],
        "rules": [r.match.rule.value for r in receipts],
        "explanations": [r.match.explanation for r in receipts],
    }
    await session.execute(_RECEIPTS, values)


async def store_allocations(
    session: WriteSession, *, court_id: int, allocations: Sequence[NewAllocation], by: str, now: datetime
) -> None:
    """Insert allocations made by a rule, each of a receipt that stands; none is nothing to do."""
    if not allocations:
        return
    values = {
        "court_id": court_id,
        "by": by,
        "now": now,
        "ids": [a.id for a in allocations],
        "receipts": [a.receipt_id for a in allocations],
        "cases": [a.case_id for a in allocations],
        "entries": [a.entry_id for a in allocations],
        "dues": [a.is_due for a in allocations],
    }
    await session.execute(_ALLOCATIONS, values)
