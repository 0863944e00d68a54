"""A credit line of the bank becomes a receipt: matched, posted and told, all in the transaction that saw it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from ankuan.banking.tables import BankLine
from ankuan.collection.rules import Match, MatchRule, RemarkFact, SubAccountFact, match, receipt_status
from ankuan.collection.tables import Allocation, Receipt, SubAccount
from ankuan.kernel.case_number import extract_case_numbers
from ankuan.kernel.clock import business_date
from ankuan.kernel.ids import new_id
from ankuan.kernel.money import Money
from ankuan.ledger.accounts import AccountKind
from ankuan.ledger.open_account import ensure_account
from ankuan.ledger.post import Entry, post
from ankuan.platform.counters import next_number
from ankuan.platform.db import ReadSession, WriteSession
from ankuan.platform.events import emit
from ankuan.plugin_api.events import ReceiptArrived
from ankuan.registry.queries import find_case_by_key, get_case, get_court

LOOKED_AT = 5
"""Case-number candidates of one remark that are looked up."""


async def receive_line(session: WriteSession, *, line: BankLine, now: datetime) -> Receipt:
    """Make the receipt of one external credit line (I16: once a line, by its unique key)."""
    decision = await _decide(session, line)
    amount = Money(line.amount_fen)
    receipt_id = new_id()
    case = None
    if decision.case_id is not None:
        case = await get_case(session, court_id=line.court_id, case_id=decision.case_id)
    year = business_date(now).year
    serial = await next_number(session, court_id=line.court_id, name="receipt", year=year)
    entry_id = await _post(session, line, receipt_id, decision, amount, now)
    allocated = amount.fen if case else 0
    receipt = Receipt(
        court_id=line.court_id,
        id=receipt_id,
        number=f"R{year}-{serial:06d}",
        fund_account_id=line.fund_account_id,
        bank_line_id=line.id,
        amount_fen=amount.fen,
        allocated_fen=allocated,
        booked_on=line.booked_on,
        arrived_at=now,
        payer_name=line.counter_name,
        payer_account=line.counter_account,
        payer_bank=line.counter_bank,
        remark=line.remark,
        sub_account_no=line.sub_account_no,
        adjustment_ref=line.adjustment_ref,
        status=receipt_status(amount.fen, allocated),
        match_rule=decision.rule.value,
        match_explanation={"text": decision.explanation},
    )
    session.add(receipt)
    await session.flush()
    if case is not None:
        # Money that came to the sub-account is where it belongs; money found by its remark is not.
        needs_adjustment = line.adjustment_ref is not None
        session.add(
            Allocation(
                court_id=line.court_id,
                id=new_id(),
                receipt_id=receipt_id,
                case_id=case.id,
                amount_fen=amount.fen,
                reason=decision.explanation,
                allocated_by="系统匹配",
                allocated_at=now,
                entry_id=entry_id,
                adjustment="due" if needs_adjustment else "none",
                adjust_after=now if needs_adjustment else None,
            )
        )
        await session.flush()
    await emit(
        session,
        ReceiptArrived(
            court_id=line.court_id,
            subject=receipt_id,
            number=receipt.number,
            amount_fen=amount.fen,
            case_id=case.id if case else None,
            handler_id=case.handler_id if case else None,
        ),
        now=now,
    )
    return receipt


async def _decide(session: ReadSession, line: BankLine) -> Match:
    fact: SubAccountFact | None = None
    if line.sub_account_no:
        found = await session.scalar(
            select(SubAccount).where(
                SubAccount.court_id == line.court_id,
                SubAccount.fund_account_id == line.fund_account_id,
                SubAccount.number == line.sub_account_no,
            )
        )
        fact = (
            SubAccountFact(found.number, found.status, found.case_id)
            if found
            else SubAccountFact(line.sub_account_no, "unknown", None)
        )
    return match(fact, await cases_in_remark(session, court_id=line.court_id, remark=line.remark))


async def cases_in_remark(session: ReadSession, *, court_id: int, remark: str) -> list[RemarkFact]:
    """Registered cases of this court whose numbers can be read from the remark, best first."""
    court = await get_court(session, court_id)
    facts: dict[UUID, RemarkFact] = {}
    candidates = extract_case_numbers(remark, known_courts=(court.code,), default_court=court.code)
    for candidate in candidates[:LOOKED_AT]:
        case = await find_case_by_key(session, court_id=court_id, number_key=candidate.number.key)
        if case is not None and case.id not in facts:
            facts[case.id] = RemarkFact(
                case.id, case.number, candidate.confidence, candidate.evidence, case.status == "open"
            )
    return list(facts.values())


async def _post(
    session: WriteSession, line: BankLine, receipt_id: UUID, decision: Match, amount: Money, now: datetime
) -> int:
    """Bank to case, or to unidentified money. Returns the entry's id."""
    bank = await ensure_account(
        session, court_id=line.court_id, fund_account_id=line.fund_account_id, kind=AccountKind.BANK
    )
    kind = AccountKind.UNIDENTIFIED if decision.rule is MatchRule.NONE else AccountKind.CASE
    target = await ensure_account(
        session,
        court_id=line.court_id,
        fund_account_id=line.fund_account_id,
        kind=kind,
        owner_id=decision.case_id,
    )
    posted = await post(
        session,
        [
            Entry(
                court_id=line.court_id,
                source="receipt",
                source_ref=str(receipt_id),
                posting_id=receipt_id,
                debit_account=bank,
                credit_account=target,
                amount=amount,
                effective_on=line.booked_on,
                kind="receipt",
                memo=f"{line.counter_name} {line.remark}".strip()[:200],
            )
        ],
        now=now,
    )
    return posted[0].id
