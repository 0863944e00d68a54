"""Apply a fact to an instruction: decide, store, tell. The one place where an instruction's state changes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from ankuan.banking.rules import AlarmKind, Decision, Fact, InstructionLife, MoneyEffect, Policy, decide
from ankuan.banking.tables import Instruction, InstructionFact
from ankuan.banking.transitions import FINAL, InstructionState
from ankuan.kernel.ids import new_id
from ankuan.platform.alarms import raise_alarm, settle_alarm
from ankuan.platform.db import WriteSession
from ankuan.platform.events import emit
from ankuan.plugin_api.bank import AnswerState
from ankuan.plugin_api.events import InstructionChanged

MALFORMED = "bank_answer_malformed"
_MESSAGES = {
    AlarmKind.OVERDUE: "银行指令超过{hours}小时仍无结果",
    AlarmKind.SETTLED_AFTER_REFUSAL: "银行先拒绝、后执行：占用已退回，款项却已付出，须人工处理",
    AlarmKind.CONTRADICTION: "银行前后答复矛盾",
    AlarmKind.LOST_BY_BANK: "银行曾受理，现查无此指令，不再自动重发",
    AlarmKind.PAID_TWICE: "同一指令在银行流水中出现两次",
    AlarmKind.LINE_DIFFERS: "银行流水与指令的金额或账号不符",
    AlarmKind.NEVER_SENT: "尚未发送的指令已被银行执行",
    AlarmKind.CANNOT_SEND: "指令内容无法用银行报文表达",
}
_GONE_WHEN_FINAL = (AlarmKind.OVERDUE, AlarmKind.LOST_BY_BANK)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What came along with a fact, in the bank's own words."""

    code: str = ""
    message: str = ""
    bank_ref: str | None = None
    booked_on: date | None = None
    line_id: UUID | None = None
    alarm: str | None = None


NO_EVIDENCE = Evidence()


def life_of(row: Instruction) -> InstructionLife:
    """What is known of the order, as the rules see it."""
    return InstructionLife(
        state=InstructionState(row.state),
        sends=row.sends,
        sent=row.sent,
        first_sent_at=row.first_sent_at,
        last_sent_at=row.last_sent_at,
        word=AnswerState(row.word) if row.word else None,
        word_at=row.word_at,
        refused_at=row.refused_at,
        refused_first=row.refused_first,
        refused_last=row.refused_last,
        not_found_at=row.not_found_at,
        settled_at=row.settled_at,
    )


async def apply_fact(
    session: WriteSession,
    row: Instruction,
    fact: Fact,
    policy: Policy,
    *,
    evidence: Evidence = NO_EVIDENCE,
    now: datetime,
) -> Decision:
    """Apply one fact to a row that the caller has locked. Emits ``InstructionChanged`` when the state changed."""
    before = row.state
    decision = decide(life_of(row), fact, policy, now)
    _store(row, decision, evidence)
    session.add(_fact_row(row, fact, decision, evidence=evidence, before=before, now=now))
    await session.flush()
    await _tell_alarms(session, row, decision, evidence=evidence, policy=policy, now=now)
    if row.state != before and decision.next_state is not InstructionState.SENDING:
        is_late = decision.money is MoneyEffect.SETTLED_AFTER_REFUSAL
        await emit(
            session,
            InstructionChanged(
                court_id=row.court_id,
                subject=row.id,
                purpose=row.purpose,
                origin_id=row.origin_id,
                case_id=row.case_id,
                state=decision.money.value if is_late else row.state,
                amount_fen=row.amount_fen,
            ),
            now=now,
        )
    return decision


def _store(row: Instruction, decision: Decision, evidence: Evidence) -> None:
    life = decision.life
    row.state = life.state.value
    row.sends, row.sent = life.sends, life.sent
    row.first_sent_at, row.last_sent_at = life.first_sent_at, life.last_sent_at
    row.word, row.word_at = life.word.value if life.word else None, life.word_at
    row.refused_at = life.refused_at
    row.refused_first, row.refused_last = life.refused_first, life.refused_last
    row.not_found_at, row.settled_at = life.not_found_at, life.settled_at
    row.next_try_at = decision.send_at or decision.query_at
    row.bank_ref = evidence.bank_ref or row.bank_ref
    row.booked_on = evidence.booked_on or row.booked_on
    row.bank_code = evidence.code or row.bank_code
    row.bank_message = evidence.message or row.bank_message


def _fact_row(
    row: Instruction, fact: Fact, decision: Decision, *, evidence: Evidence, before: str, now: datetime
) -> InstructionFact:
    answer = getattr(fact, "answer", None)
    return InstructionFact(
        court_id=row.court_id,
        id=new_id(),
        instruction_id=row.id,
        kind=type(fact).__name__,
        answer=answer.value if isinstance(answer, AnswerState) else None,
        code=evidence.code,
        message=evidence.message,
        line_id=evidence.line_id,
        state_before=before,
        state_after=decision.next_state.value,
        money=decision.money.value,
        at=now,
    )


async def _tell_alarms(
    session: WriteSession, row: Instruction, decision: Decision, *, evidence: Evidence, policy: Policy, now: datetime
) -> None:
    hours = policy.alarm_after // timedelta(hours=1)
    court_id, key = row.court_id, str(row.id)
    for kind in sorted(decision.alarms):
        message = f"{_MESSAGES[kind].format(hours=hours)}（{row.client_ref}，{row.amount.display()} 元）"
        await raise_alarm(session, court_id=court_id, subject_key=key, kind=kind.value, message=message, now=now)
    if evidence.alarm:
        message = f"{evidence.alarm}（{row.client_ref}）"
        await raise_alarm(session, court_id=court_id, subject_key=key, kind=MALFORMED, message=message, now=now)
    if decision.next_state in FINAL:
        gone = [kind.value for kind in _GONE_WHEN_FINAL]
        for name in gone if evidence.alarm else [*gone, MALFORMED]:
            await settle_alarm(session, court_id=court_id, subject_key=key, kind=name, now=now)
