"""Withdraw a request before its release."""

from datetime import datetime
from uuid import UUID

from ankuan.disbursement.free_holds import free_holds
from ankuan.disbursement.refusals import refuse
from ankuan.disbursement.rules import Act, deny
from ankuan.disbursement.take_act import change_status, life_of, lock_disbursement, person_of, record_act, tell
from ankuan.disbursement.transitions import LifeEvent
from ankuan.platform.db import WriteSession
from ankuan.registry.queries import lock_case


async def withdraw_disbursement(
    session: WriteSession,
    *,
    court_id: int,
    disbursement_id: UUID,
    digest: str,
    comment: str | None = None,
    now: datetime,
) -> None:
    """Take a request back for good; its reserved money is free again, whatever the state of the case (failures B4).

    Raises ``DisbursementNotFound``, ``WrongState`` once it is released, ``StaleDigest``.
    """
    disbursement = await lock_disbursement(session, court_id=court_id, disbursement_id=disbursement_id)
    case = await lock_case(session, court_id=court_id, case_id=disbursement.case_id)
    life = await life_of(session, disbursement, case)
    refuse(deny(Act.WITHDRAW, life, person_of(session.actor), digest=digest), field="disbursementId")
    await record_act(session, disbursement, Act.WITHDRAW, comment=comment, now=now)
    await free_holds(session, disbursement, why="撤回", now=now)
    change_status(disbursement, LifeEvent.WITHDRAW, now=now)
    await tell(session, disbursement, case=case, now=now)
