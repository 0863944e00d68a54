"""Submit a draft: automatic review, money reserved line by line, plan of approval fixed."""

from datetime import datetime
from uuid import UUID

from ankuan.disbursement.refusals import refuse
from ankuan.disbursement.review import review_disbursement
from ankuan.disbursement.review_rules import Stage
from ankuan.disbursement.rules import Act, Kind, approval_plan, deny
from ankuan.disbursement.stored_content import read_content
from ankuan.disbursement.take_act import change_status, life_of, lock_disbursement, person_of, record_act, tell
from ankuan.disbursement.transitions import LifeEvent
from ankuan.kernel.clock import business_date
from ankuan.ledger.reserve_hold import HoldRequest, reserve_holds
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import WriteSession
from ankuan.platform.plugins import PluginHost
from ankuan.registry.policies import effective_policy
from ankuan.registry.queries import lock_case


async def submit_disbursement(
    session: WriteSession,
    *,
    cipher: FieldCipher,
    plugins: PluginHost,
    court_id: int,
    disbursement_id: UUID,
    digest: str,
    comment: str | None = None,
    now: datetime,
) -> None:
    """Hand a draft in for approval and reserve its money; all of it or nothing.

    Raises ``DisbursementNotFound``, ``WrongState``, ``StaleDigest``, ``SamePerson``, ``CaseNotOpen``,
    ``ReviewBlocked``, ``InsufficientBalance``, ``ApprovalPolicyInvalid``, ``ContentTampered``.
    """
    disbursement = await lock_disbursement(session, court_id=court_id, disbursement_id=disbursement_id)
    case = await lock_case(session, court_id=court_id, case_id=disbursement.case_id)
    life = await life_of(session, disbursement, case)
    refuse(deny(Act.SUBMIT, life, person_of(session.actor), digest=digest), field="disbursementId")
    today = business_date(now)
    policy = await effective_policy(session, court_id=court_id, name="approval_tiers", on=today)
    plan = approval_plan(policy, kind=Kind(disbursement.kind), total=disbursement.total)
    stored = await read_content(session, cipher=cipher, disbursement=disbursement)
    await review_disbursement(
        session,
        plugins=plugins,
        disbursement=disbursement,
        case=case,
        stored=stored,
        stage=Stage.SUBMIT,
        now=now,
    )
    await session.flush()
    holds = await reserve_holds(
        session,
        court_id=court_id,
        fund_account_id=disbursement.fund_account_id,
        requests=[
            HoldRequest(case.id, row.id, row.amount, f"付款申请 {disbursement.number} 第 {row.line_no} 行")
            for row in stored.rows
        ],
        effective_on=today,
        now=now,
    )
    for row, hold_id in zip(stored.rows, holds, strict=True):
        row.hold_id = hold_id
    await record_act(session, disbursement, Act.SUBMIT, comment=comment, now=now)
    disbursement.plan = [step.role for step in plan]
    disbursement.submitted_at = now
    change_status(disbursement, LifeEvent.SUBMIT, now=now)
    await tell(session, disbursement, case=case, now=now)
