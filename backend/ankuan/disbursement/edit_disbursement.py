"""Change a draft: a new version with its own lines and digest."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from ankuan.disbursement.content import Line, clean_lines, clean_purpose
from ankuan.disbursement.create_disbursement import check_parties
from ankuan.disbursement.refusals import refuse
from ankuan.disbursement.rules import Act, deny
from ankuan.disbursement.stored_content import content_of, write_lines
from ankuan.disbursement.tables import Disbursement
from ankuan.disbursement.take_act import life_of, lock_disbursement, person_of, record_act, tell
from ankuan.kernel.money import Money
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import WriteSession
from ankuan.registry.queries import get_case


async def edit_disbursement(
    session: WriteSession,
    *,
    cipher: FieldCipher,
    court_id: int,
    disbursement_id: UUID,
    digest: str,
    purpose: str,
    lines: Sequence[Line],
    now: datetime,
) -> None:
    """Replace purpose and lines of a draft. Whatever was approved of an earlier version does not count for this one.

    Raises the errors of ``content``, ``DisbursementNotFound``, ``WrongState``, ``StaleDigest``, ``PartyNotFound``.
    """
    purpose = clean_purpose(purpose)
    cleaned = clean_lines(lines)
    disbursement = await lock_disbursement(session, court_id=court_id, disbursement_id=disbursement_id)
    case = await get_case(session, court_id=court_id, case_id=disbursement.case_id)
    life = await life_of(session, disbursement, case)
    refuse(deny(Act.EDIT, life, person_of(session.actor), digest=digest), field="disbursementId")
    await check_parties(session, court_id=court_id, case_id=case.id, lines=cleaned)
    disbursement.case_number = case.number
    await new_version(session, cipher=cipher, disbursement=disbursement, purpose=purpose, lines=cleaned, now=now)
    await record_act(session, disbursement, Act.EDIT, now=now)
    await tell(session, disbursement, case=case, now=now)


async def new_version(
    session: WriteSession,
    *,
    cipher: FieldCipher,
    disbursement: Disbursement,
    purpose: str,
    lines: Sequence[Line],
    now: datetime,
) -> None:
    """Make the next version of a draft from clean content; earlier versions and their lines stay as they are."""
    disbursement.version += 1
    disbursement.purpose = purpose
    disbursement.total_fen = Money.total(line.amount for line in lines).fen
    disbursement.digest = content_of(disbursement, lines).digest
    disbursement.changed_at = now
    await session.flush()
    await write_lines(session, cipher=cipher, disbursement=disbursement, lines=lines)
