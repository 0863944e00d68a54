"""Credit lines of a bank become receipts: matched, posted and told, all in the transaction that saw them.

A page of a thousand lines takes as many statements as a single line; a single line is a page of one.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from ankuan.collection.arrivals import Decided, decide, read_arrivals
from ankuan.collection.money_lock import lock_unidentified
from ankuan.collection.rules import MatchRule, receipt_status
from ankuan.collection.store_receipts import NewAllocation, NewReceipt, store_allocations, store_receipts
from ankuan.kernel.clock import business_date
from ankuan.kernel.identifiers import mask_account
from ankuan.kernel.ids import new_id
from ankuan.kernel.money import Money
from ankuan.ledger.accounts import AccountKind
from ankuan.ledger.entry_kinds import EntryKind
from ankuan.ledger.open_account import AccountKey, ensure_accounts
from ankuan.ledger.post import LARGEST_POSTING, Entry, post
from ankuan.platform.counters import next_number
from ankuan.platform.db import WriteSession
from ankuan.platform.events import emit
from ankuan.plugin_api.events import ReceiptArrived

MATCHED_BY = "系统匹配"
MEMO_LENGTH = 200


async def receive_lines(
    session: WriteSession, *, court_id: int, fund_account_id: UUID, line_ids: Sequence[UUID], now: datetime
) -> dict[UUID, UUID]:
    """Make the receipts of external credit lines of one fund account, once a line (I16). Returns line -> receipt.

    A line that was received before answers its first receipt. The bank account is debited; the matched case, or
    unidentified money, is credited. Numbers R-year-nnnnnn go in the order of ``line_ids``, without gaps within court
    and year (I7).
    """
    await lock_unidentified(session, court_id=court_id, fund_account_id=fund_account_id)
    arrivals = await read_arrivals(
        session, court_id=court_id, fund_account_id=fund_account_id, line_ids=list(dict.fromkeys(line_ids))
    )
    received = {a.line_id: a.receipt_id for a in arrivals if a.receipt_id is not None}
    fresh = [a for a in arrivals if a.receipt_id is None]
    for start in range(0, len(fresh), LARGEST_POSTING):
        decided = await decide(session, court_id=court_id, arrivals=fresh[start : start + LARGEST_POSTING])
        receipts = await _receive(session, court_id, fund_account_id, decided, now)
        received |= {receipt.line_id: receipt.id for receipt in receipts}
    return received


async def _receive(
    session: WriteSession, court_id: int, fund_account_id: UUID, decided: Sequence[Decided], now: datetime
) -> list[NewReceipt]:
    year = business_date(now).year
    first = await next_number(session, court_id=court_id, name="receipt", year=year, count=len(decided))
    receipts = [_receipt(each, f"R{year}-{first + place:06d}") for place, each in enumerate(decided)]
    await store_receipts(session, court_id=court_id, fund_account_id=fund_account_id, receipts=receipts, now=now)
    entries = await _post(session, court_id, fund_account_id, receipts, now)
    allocations = [_allocation(r, entry) for r, entry in zip(receipts, entries, strict=True) if r.case_id is not None]
    await store_allocations(session, court_id=court_id, allocations=allocations, by=MATCHED_BY, now=now)
    told = [
        ReceiptArrived(
            court_id=court_id,
            subject=receipt.id,
            number=receipt.number,
            amount_fen=receipt.amount_fen,
            case_id=receipt.case_id,
            handler_id=each.handler_id,
        )
        for each, receipt in zip(decided, receipts, strict=True)
    ]
    await emit(session, *told, now=now)
    return receipts


def _receipt(each: Decided, number: str) -> NewReceipt:
    arrival, found = each.arrival, each.match
    allocated_fen = arrival.amount_fen if found.case_id is not None else 0
    return NewReceipt(
        id=new_id(),
        number=number,
        line_id=arrival.line_id,
        amount_fen=arrival.amount_fen,
        allocated_fen=allocated_fen,
        booked_on=arrival.booked_on,
        payer_name=arrival.payer_name,
        payer_account_masked=mask_account(arrival.payer_account) if arrival.payer_account else "",
        payer_bank=arrival.payer_bank,
        remark=arrival.remark,
        sub_account_no=arrival.sub_account_no,
        adjustment_ref=arrival.adjustment_ref,
        status=receipt_status(arrival.amount_fen, allocated_fen),
        rule=found.rule,
        explanation=found.explanation,
        case_id=found.case_id,
    )


async def _post(
    session: WriteSession, court_id: int, fund_account_id: UUID, receipts: Sequence[NewReceipt], now: datetime
) -> list[int]:
    """Bank to case, or to unidentified money, in one call. Returns the entries' numbers."""
    bank = AccountKey(fund_account_id, AccountKind.BANK)
    targets = [_target(fund_account_id, receipt) for receipt in receipts]
    keys = list(dict.fromkeys([bank, *targets]))
    numbers = dict(zip(keys, await ensure_accounts(session, court_id=court_id, keys=keys), strict=True))
    entries = [
        Entry(
            court_id=court_id,
            source="receipt",
            source_ref=str(receipt.id),
            posting_id=receipt.id,
            debit_account=numbers[bank],
            credit_account=numbers[target],
            amount=Money(receipt.amount_fen),
            effective_on=receipt.booked_on,
            kind=EntryKind.RECEIPT,
            memo=f"{receipt.number} {receipt.payer_name} {receipt.remark}".strip()[:MEMO_LENGTH],
        )
        for receipt, target in zip(receipts, targets, strict=True)
    ]
    return [posted.id for posted in await post(session, entries, now=now)]


def _target(fund_account_id: UUID, receipt: NewReceipt) -> AccountKey:
    if receipt.case_id is None:
        return AccountKey(fund_account_id, AccountKind.UNIDENTIFIED)
    return AccountKey(fund_account_id, AccountKind.CASE, receipt.case_id)


def _allocation(receipt: NewReceipt, entry_id: int) -> NewAllocation:
    """Money that came to the case's sub-account is where it belongs; money found by its remark has to be moved."""
    if receipt.case_id is None:
        raise ValueError("a receipt of no case has no allocation")
    return NewAllocation(
        id=new_id(),
        receipt_id=receipt.id,
        case_id=receipt.case_id,
        amount_fen=receipt.amount_fen,
        reason=receipt.explanation,
        entry_id=entry_id,
        is_due=receipt.rule is MatchRule.REMARK and receipt.adjustment_ref is not None,
    )
