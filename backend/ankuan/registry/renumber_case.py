"""Give a case another number, e.g. when enforcement is resumed (执 → 执恢). The old number stays known (domain §3)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, update

from ankuan.platform.db import WriteSession
from ankuan.registry.case_facts import check_case
from ankuan.registry.courts import court_code_of
from ankuan.registry.queries import find_case_by_key, lock_case
from ankuan.registry.register_case import case_exists
from ankuan.registry.set_case_status import check_reason
from ankuan.registry.tables import CaseNumberHistory, CourtCase


async def renumber_case(
    session: WriteSession, *, court_id: int, case_id: UUID, number: str, reason: str, now: datetime
) -> None:
    """Replace the case's number; money that names the old one still finds the case.

    Raises what a number can be wrong with at registration, :class:`ankuan.registry.register_case.CaseExists` when any
    case of the court has or had the number, :class:`ankuan.registry.queries.CaseNotFound`,
    :class:`ankuan.registry.set_case_status.ReasonMissing`.
    """
    why = check_reason(reason)
    facts = check_case(
        number=number, court_code=await court_code_of(session, court_id), cause=None, subject_amount=None, parties=()
    )
    case = await lock_case(session, court_id=court_id, case_id=case_id)
    if await find_case_by_key(session, court_id=court_id, number_key=facts.number.key) is not None:
        raise case_exists()
    await session.execute(
        insert(CaseNumberHistory).values(
            court_id=court_id,
            case_id=case_id,
            number_key=case.number_key,
            number=case.number,
            replaced_at=now,
            reason=why,
        )
    )
    await session.execute(
        update(CourtCase)
        .where(CourtCase.court_id == court_id, CourtCase.id == case_id)
        .values(
            number=str(facts.number),
            number_typed=facts.typed,
            number_key=facts.number.key,
            type_code=facts.number.type_code,
            year=facts.number.year,
        )
    )
    await session.refresh(case)
