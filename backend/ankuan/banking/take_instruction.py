"""Take an instruction that is due: one worker at a time, and the intent committed before anything leaves."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID, uuid4

from sqlalchemy import func, or_, select

from ankuan.banking.apply_fact import apply_fact
from ankuan.banking.issue_instruction import order_digest
from ankuan.banking.last_look import look_once_more
from ankuan.banking.policy_of import policy_of
from ankuan.banking.queries import get_fund_account
from ankuan.banking.rules import LeaseLost, Looked, Policy, Queried, SendStarted
from ankuan.banking.tables import FundAccount, Instruction, InstructionAttempt
from ankuan.banking.transitions import FINAL, InstructionState
from ankuan.banking.wait_for_opening import Opening, Waiting, look_at_hours, note_waiting
from ankuan.kernel.ids import new_id
from ankuan.platform.alarms import raise_alarm, settle_alarm
from ankuan.platform.db import WriteSession
from ankuan.platform.plugins import PluginHost
from ankuan.plugin_api.bank import AnswerState

_LOOK_AGAIN_AFTER = timedelta(seconds=3)
_TAMPERED_LOOK_AFTER = timedelta(minutes=10)
_TAMPERED = "instruction_tampered"


@dataclass(frozen=True, slots=True)
class Taken:
    """An instruction under this worker's lease. ``attempt``: number of the submission, or of the last one."""

    instruction: Instruction
    account: FundAccount
    policy: Policy
    kind: Literal["submit", "query"]
    attempt: int
    token: UUID
    at: datetime
    closes_at: datetime | None = None
    """From then on the bank takes no such order; it waits for the next opening."""


async def take_instruction(
    session: WriteSession,
    *,
    court_id: int,
    instruction_id: UUID,
    plugins: PluginHost,
    bank_timeout_seconds: int,
    now: datetime,
) -> Taken | None:
    """Take it if it is due and free. ``None``: nothing to do, or not now.

    Leases are judged by the database's clock alone, so that workers whose clocks differ agree (failures C8).
    """
    row = await _lock_due(session, court_id, instruction_id, now)
    if row is None:
        return None
    account = await get_fund_account(session, court_id=court_id, fund_account_id=row.fund_account_id)
    bank = plugins.banks.get(account.bank_id)
    policy = policy_of(account, bank_timeout_seconds=bank_timeout_seconds, bank=bank.capabilities if bank else None)
    if row.state == InstructionState.SENDING:
        await apply_fact(session, row, LeaseLost(attempt=row.sends, at=now), policy, now=now)
        if row.next_try_at is None or row.next_try_at > now:  # the bank answers no queries, or not yet
            row.lease_token, row.lease_until = None, None
            await session.flush()
            return None
    elif row.lease_token is not None:
        # A query whose worker did not come back is a query without an answer. Put off like any other, so that an
        # order that kills its workers is asked about ever more rarely, and a person is told (failures C7, C9).
        row.lease_token, row.lease_until = None, None
        await apply_fact(session, row, Queried(AnswerState.UNKNOWN, now), policy, now=now)
        return None
    is_submission = row.state == InstructionState.READY
    closes_at = None
    if is_submission:
        if await _is_tampered(session, row, now):
            return None
        opening = await look_at_hours(session, row, account, bank, now) if bank is not None else Opening()
        if opening.wait is None and await _waits_for_adjustment(session, row):
            opening = Opening(Waiting("adjustment", None, now + _LOOK_AGAIN_AFTER))
        note_waiting(row, opening.wait)
        if opening.wait is not None:
            await session.flush()
            return None
        if await look_once_more(session, [row], policy, now=now):
            return None
        closes_at = opening.closes_at
    elif not policy.answers_queries:
        await apply_fact(session, row, Looked(now), policy, now=now)
        return None
    token = uuid4()
    row.lease_token = token
    row.lease_until = func.clock_timestamp() + policy.lease
    if is_submission:
        await apply_fact(session, row, SendStarted(at=now), policy, now=now)
    kind: Literal["submit", "query"] = "submit" if is_submission else "query"
    session.add(
        InstructionAttempt(
            court_id=court_id,
            id=new_id(),
            instruction_id=row.id,
            kind=kind,
            number=row.sends,
            plugin=plugins.pinned(account.bank_id),
            started_at=now,
        )
    )
    await session.flush()
    await session.refresh(row)
    return Taken(row, account, policy, kind, row.sends, token, now, closes_at)


async def _lock_due(session: WriteSession, court_id: int, instruction_id: UUID, now: datetime) -> Instruction | None:
    return await session.scalar(
        select(Instruction)
        .where(
            Instruction.court_id == court_id,
            Instruction.id == instruction_id,
            Instruction.next_try_at <= now,
            or_(Instruction.lease_until.is_(None), Instruction.lease_until <= func.clock_timestamp()),
        )
        .with_for_update(skip_locked=True)
    )


async def _is_tampered(session: WriteSession, row: Instruction, now: datetime) -> bool:
    """Whether the row orders something else than what was issued (fraud drill 19); then it is not sent."""
    if order_digest(row) == row.content_digest:
        await settle_alarm(session, court_id=row.court_id, kind=_TAMPERED, subject_key=str(row.id), now=now)
        return False
    await raise_alarm(
        session,
        court_id=row.court_id,
        kind=_TAMPERED,
        subject_key=str(row.id),
        message=f"指令内容与签发时的摘要不符，已停止发送（{row.client_ref}）",
        now=now,
    )
    row.next_try_at = now + _TAMPERED_LOOK_AFTER
    await session.flush()
    return True


async def _waits_for_adjustment(session: WriteSession, row: Instruction) -> bool:
    """Whether money that the payment draws on is still on its way to the sub-account (domain §6)."""
    if row.purpose != "payment" or row.pay_from_sub_account is None:
        return False
    found = await session.scalar(
        select(Instruction.id)
        .where(
            Instruction.court_id == row.court_id,
            Instruction.purpose == "adjustment",
            Instruction.state.not_in([state.value for state in FINAL]),
            # What is not final is always due some time: the index of what is due answers, not years of history.
            Instruction.next_try_at.is_not(None),
            or_(
                Instruction.case_id == row.case_id,
                Instruction.to_sub_account == row.pay_from_sub_account,
            ),
        )
        .limit(1)
    )
    return found is not None
