"""Suspend, close or reopen a case."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from ankuan.kernel.clock import business_date
from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.platform.db import WriteSession
from ankuan.registry.queries import lock_case
from ankuan.registry.rules import CaseStatus
from ankuan.registry.tables import CourtCase

MAX_REASON = 500


class CaseStatusUnchanged(AnkuanError):
    """The case has this status already: somebody else was first, or nothing was meant."""

    code = "case_status_unchanged"
    kind = ErrorKind.CONFLICT


class ReasonMissing(AnkuanError):
    """A change of status needs a reason, of at most 500 characters."""

    code = "reason_missing"
    kind = ErrorKind.INVALID


def check_reason(reason: str) -> str:
    """The reason without outer spaces. Raises :class:`ReasonMissing`."""
    why = reason.strip()
    if not 0 < len(why) <= MAX_REASON or "\x00" in why:
        raise ReasonMissing(f"请填写理由，最多 {MAX_REASON} 字", "State a reason", field="reason")
    return why


async def set_case_status(
    session: WriteSession, *, court_id: int, case_id: UUID, status: CaseStatus, reason: str, now: datetime
) -> None:
    """Give the case another status, with the reason. Closing sets the day of closing, reopening clears it.

    Raises :class:`ankuan.registry.queries.CaseNotFound`, :class:`CaseStatusUnchanged`, :class:`ReasonMissing`.
    """
    why = check_reason(reason)
    case = await lock_case(session, court_id=court_id, case_id=case_id)
    if case.status == status.value:
        raise CaseStatusUnchanged("案件已是该状态", "The case has this status already", field="status")
    await session.execute(
        update(CourtCase)
        .where(CourtCase.court_id == court_id, CourtCase.id == case_id)
        .values(
            status=status.value,
            closed_on=business_date(now) if status is CaseStatus.CLOSED else None,
            status_reason=why,
        )
    )
    await session.refresh(case)
