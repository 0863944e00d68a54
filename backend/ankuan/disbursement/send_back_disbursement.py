"""Send a request back to its author: a new version in draft, and every approval of the old one is void (I6)."""

from datetime import datetime
from uuid import UUID

from ankuan.disbursement.edit_disbursement import new_version
from ankuan.disbursement.free_holds import free_holds
from ankuan.disbursement.refusals import refuse
from ankuan.disbursement.rules import Act, deny, permission_for
from ankuan.disbursement.stored_content import read_content
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
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import WriteSession
from ankuan.registry.queries import lock_case


async def send_back_disbursement(
    session: WriteSession,
    *,
    cipher: FieldCipher,
    court_id: int,
    disbursement_id: UUID,
    digest: str,
    comment: str | None,
    now: datetime,
) -> None:
    """Return a request from whoever decides next (approver, auditor, cashier); its money is free again.

    The act itself stays bound to the version that was seen. Raises ``DisbursementNotFound``, ``WrongState``,
    ``StaleDigest``, ``NotYourTurn``, ``CommentRequired``, ``ContentTampered``.
    """
    require_comment(comment)
    disbursement = await lock_disbursement(session, court_id=court_id, disbursement_id=disbursement_id)
    case = await lock_case(session, court_id=court_id, case_id=disbursement.case_id)
    life = await life_of(session, disbursement, case)
    refuse(deny(Act.SEND_BACK, life, person_of(session.actor), digest=digest), field="disbursementId")
    stored = await read_content(session, cipher=cipher, disbursement=disbursement)
    role = disbursement.next_role or acting_role(session.actor, permission_for(Act.SEND_BACK, life.status))
    await record_act(session, disbursement, Act.SEND_BACK, role=role, comment=comment, now=now)
    await free_holds(session, disbursement, why="退回", now=now)
    disbursement.plan = []
    disbursement.approved_level = 0
    disbursement.case_number = case.number
    change_status(disbursement, LifeEvent.SEND_BACK, now=now)
    await new_version(
        session,
        cipher=cipher,
        disbursement=disbursement,
        purpose=disbursement.purpose,
        lines=stored.content.lines,
        now=now,
    )
    await tell(session, disbursement, case=case, now=now)
