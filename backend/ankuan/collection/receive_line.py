"""A credit line of the bank becomes a receipt: matched, posted and told, all in the transaction that saw it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, select

from ankuan.banking.tables import BankLine
from ankuan.collection.money_lock import lock_unidentified
from ankuan.collection.read_remark import cases_in_remark
from ankuan.collection.rules import Match, MatchRule, SubAccountFact, SubAccountStatus, match, receipt_status
from ankuan.collection.tables import Allocation, Receipt, SubAccount
from ankuan.kernel.clock import business_date
from ankuan.kernel.identifiers import mask_account
from ankuan.kernel.ids import new_id
from ankuan.kernel.money import Money
from ankuan.ledger.accounts import AccountKind
from ankuan.ledger.entry_kinds import EntryKind
from ankuan.ledger.open_account import AccountKey, ensure_accounts
from ankuan.ledger.post import Entry, post
from ankuan.platform.counters import next_number
from ankuan.platform.db import ReadSession, WriteSession
from ankuan.platform.events import emit
from ankuan.plugin_api.events import ReceiptArrived
from ankuan.registry.queries import get_case
from ankuan.registry.rules import CaseStatus
from ankuan.registry.tables import CourtCase

MATCHED_BY = "系统匹配"
MEMO_LENGTH = 200


async def receive_line(session: WriteSession, *, line: BankLine, now: datetime) -> Receipt:
    """Make the receipt of one external credit line, once a line (I16): a second call answers the first receipt.

    The bank account is debited; the matched case, or unidentified money, is credited. Numbers R-year-nnnnnn have no
    gaps within court and year (I7).
    """
    await lock_unidentified(session, court_id=line.court_id, fund_account_id=line.fund_account_id)
    known = await session.scalar(
        select(Receipt).where(Receipt.court_id == line.court_id, Receipt.bank_line_id == line.id)
    )
    if known is not None:
        return known
    decision = await _decide(session, line)
    case = None
    if decision.case_id is not None:
        case = await get_case(session, court_id=line.court_id, case_id=decision.case_id)
    receipt = await _store(session, line, decision, now)
    entry_id = await _post(session, line, receipt, decision, now)
    if case is not None:
        await _allocate(session, receipt, case, decision, entry_id=entry_id, now=now)
    await emit(
        session,
        ReceiptArrived(
            court_id=line.court_id,
            subject=receipt.id,
            number=receipt.number,
            amount_fen=receipt.amount_fen,
            case_id=case.id if case else None,
            handler_id=case.handler_id if case else None,
        ),
        now=now,
    )
    return receipt


async def _decide(session: ReadSession, line: BankLine) -> Match:
    """Ask the rules: first with the sub-account alone; the remark is read only when that does not decide."""
    fact = await _sub_account(session, line)
    decision = match(fact, ())
    if decision.case_id is not None or not line.remark.strip():
        return decision
    return match(fact, await cases_in_remark(session, court_id=line.court_id, remark=line.remark))


async def _sub_account(session: ReadSession, line: BankLine) -> SubAccountFact | None:
    if not line.sub_account_no:
        return None
    found = (
        await session.execute(
            select(SubAccount.status, SubAccount.case_id, CourtCase.status.label("case_status"))
            .outerjoin(CourtCase, and_(CourtCase.court_id == SubAccount.court_id, CourtCase.id == SubAccount.case_id))
            .where(
                SubAccount.court_id == line.court_id,
                SubAccount.fund_account_id == line.fund_account_id,
                SubAccount.number == line.sub_account_no,
            )
        )
    ).one_or_none()
    if found is None:
        return SubAccountFact(line.sub_account_no, None)
    return SubAccountFact(
        line.sub_account_no,
        SubAccountStatus(found.status),
        found.case_id,
        case_is_closed=found.case_status == CaseStatus.CLOSED,
    )


async def _store(session: WriteSession, line: BankLine, decision: Match, now: datetime) -> Receipt:
    year = business_date(now).year
    serial = await next_number(session, court_id=line.court_id, name="receipt", year=year)
    allocated_fen = line.amount_fen if decision.case_id is not None else 0
    receipt = Receipt(
        court_id=line.court_id,
        id=new_id(),
        number=f"R{year}-{serial:06d}",
        fund_account_id=line.fund_account_id,
        bank_line_id=line.id,
        amount_fen=line.amount_fen,
        allocated_fen=allocated_fen,
        booked_on=line.booked_on,
        arrived_at=now,
        payer_name=line.counter_name,
        payer_account_masked=mask_account(line.counter_account) if line.counter_account else "",
        payer_bank=line.counter_bank,
        remark=line.remark,
        sub_account_no=line.sub_account_no,
        adjustment_ref=line.adjustment_ref,
        status=receipt_status(line.amount_fen, allocated_fen),
        match_rule=decision.rule,
        match_explanation={"text": decision.explanation},
    )
    session.add(receipt)
    await session.flush()
    return receipt


async def _post(session: WriteSession, line: BankLine, receipt: Receipt, decision: Match, now: datetime) -> int:
    """Bank to case, or to unidentified money. Returns the entry's number."""
    if decision.case_id is None:
        target = AccountKey(line.fund_account_id, AccountKind.UNIDENTIFIED)
    else:
        target = AccountKey(line.fund_account_id, AccountKind.CASE, decision.case_id)
    bank = AccountKey(line.fund_account_id, AccountKind.BANK)
    debit, credit = await ensure_accounts(session, court_id=line.court_id, keys=[bank, target])
    entry = Entry(
        court_id=line.court_id,
        source="receipt",
        source_ref=str(receipt.id),
        posting_id=receipt.id,
        debit_account=debit,
        credit_account=credit,
        amount=Money(line.amount_fen),
        effective_on=line.booked_on,
        kind=EntryKind.RECEIPT,
        memo=f"{receipt.number} {line.counter_name} {line.remark}".strip()[:MEMO_LENGTH],
    )
    [posted] = await post(session, [entry], now=now)
    return posted.id


async def _allocate(
    session: WriteSession, receipt: Receipt, case: CourtCase, decision: Match, *, entry_id: int, now: datetime
) -> UUID:
    """Money that came to the case's sub-account is where it belongs; money found by its remark has to be moved."""
    to_be_moved = decision.rule is MatchRule.REMARK and receipt.adjustment_ref is not None
    allocation = Allocation(
        court_id=receipt.court_id,
        id=new_id(),
        receipt_id=receipt.id,
        case_id=case.id,
        amount_fen=receipt.amount_fen,
        reason=decision.explanation,
        allocated_by=MATCHED_BY,
        allocated_at=now,
        entry_id=entry_id,
        adjustment="due" if to_be_moved else "none",
        adjust_after=now if to_be_moved else None,
    )
    session.add(allocation)
    await session.flush()
    return allocation.id
