"""Audit (稽核): the finance supervisor's check between approval and release."""

from datetime import datetime
from uuid import UUID

from ankuan.disbursement.refusals import refuse
from ankuan.disbursement.rules import Act, deny
from ankuan.disbursement.take_act import change_status, life_of, lock_disbursement, person_of, record_act, tell
from ankuan.disbursement.transitions import LifeEvent
from ankuan.platform.db import WriteSession
from ankuan.registry.queries import get_case


async def audit_disbursement(
    session: WriteSession,
    *,
    court_id: int,
    disbursement_id: UUID,
    digest: str,
    comment: str | None = None,
    now: datetime,
) -> None:
    """Pass an approved disbursement on to the cashier.

    Raises ``DisbursementNotFound``, ``WrongState``, ``StaleDigest``, ``SamePerson``, ``CaseNotOpen``.
    """
    disbursement = await lock_disbursement(session, court_id=court_id, disbursement_id=disbursement_id)
    case = await get_case(session, court_id=court_id, case_id=disbursement.case_id)
    life = await life_of(session, disbursement, case)
    refuse(deny(Act.AUDIT, life, person_of(session.actor), digest=digest), field="disbursementId")
    await record_act(session, disbursement, Act.AUDIT, comment=comment, now=now)
    change_status(disbursement, LifeEvent.AUDIT, now=now)
    await tell(session, disbursement, case=case, now=now)
