"""Credit lines of a bank become receipts: matched, posted and told, all in the transaction that saw them.

A page of a thousand lines takes as many statements as a single line; a single line is a page of one.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from ankuan.collection.arrivals import Decided, decide, read_arrivals
from ankuan.collection.money_lock import lock_unidentified
from ankuan.collection.rules import MatchRule
from ankuan.collection.store_receipts import NewAllocation, NewReceipt, store_allocations, store_receipts
from ankuan.kernel.clock import business_date
from ankuan.kernel.identifiers import mask_account
from ankuan.kernel.ids import new_ids
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
        received |= {receipt.arrival.line_id: receipt.id for receipt in receipts}
    return received


async def _receive(
    session: WriteSession, court_id: int, fund_account_id: UUID, decided: Sequence[Decided], now: datetime
) -> list[NewReceipt]:
    year = business_date(now).year
    first = await next_number(session, court_id=court_id, name="receipt", year=year, count=len(decided))
    receipts = [
        NewReceipt(
            id=receipt_id,
            number=f"R{year}-{number:06d}",
            arrival=each.arrival,
            match=each.match,
            payer_account_masked=mask_account(each.arrival.payer_account) if each.arrival.payer_account else "",
            handler_id=each.handler_id,
        )
        for number, (receipt_id, each) in enumerate(zip(new_ids(len(decided)), decided, strict=True), first)
    ]
    await store_receipts(session, court_id=court_id, receipts=receipts, now=now)
    entries = await _post(session, court_id, fund_account_id, receipts, now)
    allocations = _allocations(receipts, entries)
    await store_allocations(session, court_id=court_id, allocations=allocations, by=MATCHED_BY, now=now)
    await emit(session, *[_arrived(court_id, receipt) for receipt in receipts], now=now)
    return receipts


async def _post(
    session: WriteSession, court_id: int, fund_account_id: UUID, receipts: Sequence[NewReceipt], now: datetime
) -> list[int]:
    """Bank to case, or to unidentified money, in one call. Returns the entries' numbers."""
    bank = AccountKey(fund_account_id, AccountKind.BANK)
    unidentified = AccountKey(fund_account_id, AccountKind.UNIDENTIFIED)
    keys: dict[UUID | None, AccountKey] = {
        case_id: AccountKey(fund_account_id, AccountKind.CASE, case_id) if case_id else unidentified
        for case_id in (receipt.match.case_id for receipt in receipts)
    }
    debit, *credits_ = await ensure_accounts(session, court_id=court_id, keys=[bank, *keys.values()])
    credit = dict(zip(keys, credits_, strict=True))
    entries = [
        Entry(
            court_id=court_id,
            source="receipt",
            source_ref=str(receipt.id),
            posting_id=receipt.id,
            debit_account=debit,
            credit_account=credit[receipt.match.case_id],
            amount=Money(receipt.arrival.amount_fen),
            effective_on=receipt.arrival.booked_on,
            kind=EntryKind.RECEIPT,
            memo=f"{receipt.number} {receipt.arrival.payer_name} {receipt.arrival.remark}".strip()[:MEMO_LENGTH],
        )
        for receipt in receipts
    ]
    return [posted.id for posted in await post(session, entries, now=now)]


def _allocations(receipts: Sequence[NewReceipt], entries: Sequence[int]) -> list[NewAllocation]:
    """Money that came to the case's sub-account is where it belongs; money found by its remark has to be moved."""
    matched = [(r, r.match.case_id, entry) for r, entry in zip(receipts, entries, strict=True)]
    known = [(receipt, case_id, entry) for receipt, case_id, entry in matched if case_id is not None]
    return [
        NewAllocation(
            id=allocation_id,
            receipt_id=receipt.id,
            case_id=case_id,
            entry_id=entry,
            is_due=receipt.match.rule is MatchRule.REMARK and receipt.arrival.adjustment_ref is not None,
        )
        for allocation_id, (receipt, case_id, entry) in zip(new_ids(len(known)), known, strict=True)
    ]


def _arrived(court_id: int, receipt: NewReceipt) -> ReceiptArrived:
    return ReceiptArrived(
        court_id=court_id,
        subject=receipt.id,
        number=receipt.number,
        amount_fen=receipt.arrival.amount_fen,
        case_id=receipt.match.case_id,
        handler_id=receipt.handler_id,
    )
