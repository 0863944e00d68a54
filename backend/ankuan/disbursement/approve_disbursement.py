"""Approve one level."""

from datetime import datetime
from uuid import UUID

from ankuan.disbursement.refusals import refuse
from ankuan.disbursement.rules import Act, deny
from ankuan.disbursement.take_act import change_status, life_of, lock_disbursement, person_of, record_act, tell
from ankuan.disbursement.transitions import LifeEvent
from ankuan.platform.db import WriteSession
from ankuan.registry.queries import get_case


async def approve_disbursement(
    session: WriteSession,
    *,
    court_id: int,
    disbursement_id: UUID,
    digest: str,
    comment: str | None = None,
    now: datetime,
) -> None:
    """Approve the level that waits, bound to what the person saw (I6).

    Of two approvers of one level at once, one succeeds and the other gets ``WrongState`` or ``AlreadyDecided``.
    Raises ``DisbursementNotFound``, ``StaleDigest``, ``NotYourTurn``, ``SamePerson``, ``CaseNotOpen``.
    """
    disbursement = await lock_disbursement(session, court_id=court_id, disbursement_id=disbursement_id)
    case = await get_case(session, court_id=court_id, case_id=disbursement.case_id)
    life = await life_of(session, disbursement, case)
    refuse(deny(Act.APPROVE, life, person_of(session.actor), digest=digest), field="disbursementId")
    level = disbursement.approved_level + 1
    role = disbursement.plan[disbursement.approved_level]
    await record_act(session, disbursement, Act.APPROVE, level=level, role=role, comment=comment, now=now)
    disbursement.approved_level = level
    last = level == len(disbursement.plan)
    change_status(disbursement, LifeEvent.APPROVE_LAST if last else LifeEvent.APPROVE_LEVEL, now=now)
    await tell(session, disbursement, case=case, now=now)
