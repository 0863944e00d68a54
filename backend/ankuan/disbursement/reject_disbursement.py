"""Reject a request for good."""

from datetime import datetime
from uuid import UUID

from ankuan.disbursement.free_holds import free_holds
from ankuan.disbursement.refusals import refuse
from ankuan.disbursement.rules import Act, deny, permission_for
from ankuan.disbursement.take_act import (
    acting_role,
    change_status,
    life_of,
    lock_disbursement,
    person_of,
    record_act,
    require_comment,
    tell,
)
from ankuan.disbursement.transitions import LifeEvent
from ankuan.platform.db import WriteSession
from ankuan.registry.queries import lock_case


async def reject_disbursement(
    session: WriteSession,
    *,
    court_id: int,
    disbursement_id: UUID,
    digest: str,
    comment: str | None,
    now: datetime,
) -> None:
    """End a request whose turn it is with this approver or auditor; its money is free again.

    Raises ``DisbursementNotFound``, ``WrongState``, ``StaleDigest``, ``NotYourTurn``, ``CommentRequired``.
    """
    require_comment(comment)
    disbursement = await lock_disbursement(session, court_id=court_id, disbursement_id=disbursement_id)
    case = await lock_case(session, court_id=court_id, case_id=disbursement.case_id)
    life = await life_of(session, disbursement, case)
    refuse(deny(Act.REJECT, life, person_of(session.actor), digest=digest), field="disbursementId")
    role = disbursement.next_role or acting_role(session.actor, permission_for(Act.REJECT, life.status))
    await record_act(session, disbursement, Act.REJECT, role=role, comment=comment, now=now)
    await free_holds(session, disbursement, why="驳回", now=now)
    change_status(disbursement, LifeEvent.REJECT, now=now)
    await tell(session, disbursement, case=case, now=now)
