"""The bank has said how a payment ended: money leaves its hold, or goes back to its case (domain §7)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Select, select

from ankuan.banking.queries import instructions_by_id
from ankuan.disbursement.issue_payment_receipt import issue_payment_receipt
from ankuan.disbursement.tables import Disbursement, DisbursementLine
from ankuan.disbursement.take_act import change_status, lock_disbursement, tell
from ankuan.disbursement.transitions import LineOutcome, Status, event_of_outcomes
from ankuan.kernel.clock import business_date
from ankuan.kernel.ids import new_id
from ankuan.ledger.accounts import AccountKind
from ankuan.ledger.database_errors import InsufficientBalance
from ankuan.ledger.open_account import AccountKey, ensure_accounts
from ankuan.ledger.post import Entry, post
from ankuan.ledger.post_hold import post_hold
from ankuan.ledger.reserve_hold import reserve_hold
from ankuan.ledger.void_hold import void_hold
from ankuan.platform.alarms import raise_alarm
from ankuan.platform.db import WriteSession
from ankuan.plugin_api.events import InstructionChanged
from ankuan.registry.queries import lock_case

_OUTCOMES: Final = {
    "settled": LineOutcome.SETTLED,
    "settled_after_refusal": LineOutcome.SETTLED,
    "refused": LineOutcome.REFUSED,
}
PAID_WITHOUT_COVER: Final = "paid_without_cover"
"""Alarm: a bank paid after it had refused, and the case's money was gone meanwhile."""


@dataclass(slots=True)
class _Payment:
    """One line whose payment has ended, with what booking it needs."""

    disbursement: Disbursement
    line: DisbursementLine
    hold_id: UUID
    booked_on: date
    memo: str
    now: datetime


async def settle_line(session: WriteSession, event: InstructionChanged, now: datetime) -> None:
    """Take in a change of a payment instruction, in the transaction that tells it.

    Told twice it does nothing. A payment told after a refusal is booked all the same: the fact beats the status
    (failures D11).
    """
    if event.purpose != "payment":
        return
    found = await session.scalar(_line_of(event))
    if found is None:
        return
    disbursement = await lock_disbursement(session, court_id=event.court_id, disbursement_id=found.disbursement_id)
    # The case before the ledger, like everybody: telling it may order adjustments, which lock the case.
    case = await lock_case(session, court_id=event.court_id, case_id=disbursement.case_id)
    outcome = _OUTCOMES.get(event.state)
    if outcome is not None:
        # Read again under the lock: another worker may have told the same a moment before.
        await session.refresh(found)
        if found.outcome in {str(outcome), str(LineOutcome.SETTLED)}:
            return
        await _settle(session, disbursement=disbursement, line=found, outcome=outcome, event=event, now=now)
    await tell(session, disbursement, case=case, now=now)


async def _settle(
    session: WriteSession,
    *,
    disbursement: Disbursement,
    line: DisbursementLine,
    outcome: LineOutcome,
    event: InstructionChanged,
    now: datetime,
) -> None:
    if line.hold_id is None:
        raise AssertionError("a line with an instruction has a hold")
    key = (event.court_id, event.subject)
    instruction = (await instructions_by_id(session, [key]))[key]
    payment = _Payment(
        disbursement=disbursement,
        line=line,
        hold_id=line.hold_id,
        booked_on=instruction.booked_on or business_date(now),
        memo=f"付款申请 {disbursement.number} 第 {line.line_no} 行",
        now=now,
    )
    if outcome is LineOutcome.SETTLED:
        await _pay(session, payment)
        await issue_payment_receipt(session, disbursement=disbursement, line=line, instruction=instruction, now=now)
    else:
        await void_hold(
            session,
            court_id=line.court_id,
            hold_id=payment.hold_id,
            effective_on=business_date(now),
            memo=f"{payment.memo} 银行拒付",
            now=now,
        )
    line.outcome = str(outcome)
    line.outcome_at = now
    await session.flush()
    await _conclude(session, disbursement, now)


async def _pay(session: WriteSession, payment: _Payment) -> None:
    if payment.line.outcome is not None and not await _reserve_again(session, payment):
        await _book_difference(session, payment)
        return
    await post_hold(
        session,
        court_id=payment.line.court_id,
        hold_id=payment.hold_id,
        effective_on=payment.booked_on,
        memo=payment.memo,
        now=payment.now,
    )


async def _reserve_again(session: WriteSession, payment: _Payment) -> bool:
    """Take the money, which a refusal had given back, once more from the case; false when it is gone meanwhile."""
    try:
        async with session.begin_nested():
            payment.hold_id = await reserve_hold(
                session,
                court_id=payment.line.court_id,
                fund_account_id=payment.disbursement.fund_account_id,
                case_id=payment.disbursement.case_id,
                amount=payment.line.amount,
                origin_id=payment.line.id,
                effective_on=payment.booked_on,
                memo=f"{payment.memo} 银行先拒后付",
                now=payment.now,
            )
    except InsufficientBalance:
        return False
    payment.line.hold_id = payment.hold_id
    return True


async def _book_difference(session: WriteSession, payment: _Payment) -> None:
    """The money has left the bank and the case can't bear it: suspense does, until people have decided."""
    line, fund = payment.line, payment.disbursement.fund_account_id
    keys = [AccountKey(fund, AccountKind.SUSPENSE), AccountKey(fund, AccountKind.BANK)]
    suspense, bank = await ensure_accounts(session, court_id=line.court_id, keys=keys)
    entry = Entry(
        court_id=line.court_id,
        source="disbursement",
        source_ref=f"{line.id}:uncovered",
        posting_id=new_id(),
        debit_account=suspense,
        credit_account=bank,
        amount=line.amount,
        effective_on=payment.booked_on,
        kind=PAID_WITHOUT_COVER,
        memo=f"{payment.memo} 银行先拒后付，案件余额不足",
    )
    await post(session, [entry], now=payment.now)
    await raise_alarm(
        session,
        court_id=line.court_id,
        kind=PAID_WITHOUT_COVER,
        subject_key=str(line.id),
        message=f"{payment.memo}：银行先拒后付 {line.amount.display()} 元，案件余额不足，差额已挂待查",
        now=payment.now,
    )


async def _conclude(session: WriteSession, disbursement: Disbursement, now: datetime) -> None:
    outcomes = await session.scalars(
        select(DisbursementLine.outcome).where(
            DisbursementLine.court_id == disbursement.court_id,
            DisbursementLine.disbursement_id == disbursement.id,
            DisbursementLine.version == disbursement.version,
        )
    )
    happened = event_of_outcomes(Status(disbursement.status), [LineOutcome(o) if o else None for o in outcomes.all()])
    if happened is not None:
        change_status(disbursement, happened, now=now)


def _line_of(event: InstructionChanged) -> Select[DisbursementLine]:
    return select(DisbursementLine).where(
        DisbursementLine.court_id == event.court_id, DisbursementLine.instruction_id == event.subject
    )
