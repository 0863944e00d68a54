"""Reads of cases, parties and staff. Row-level security applies to all of them."""

from collections.abc import Collection, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, or_, select, tuple_

from ankuan.kernel.case_number import CaseNumber, CaseNumberError
from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.platform.db import ReadSession, WriteSession
from ankuan.platform.paging import Keyset, Page, fetch_page
from ankuan.registry.courts import court_code_of, courts_below, courts_by_id, get_court, search_courts
from ankuan.registry.rules import CaseStatus
from ankuan.registry.staff_queries import get_staff, roles_of, search_staff, staff_by_id
from ankuan.registry.tables import CaseNumberHistory, CourtCase, Department, Party
from ankuan.registry.working_days import working_calendar

__all__ = [
    "CaseNotFound",
    "cases_by_id",
    "court_code_of",
    "courts_below",
    "courts_by_id",
    "departments_by_id",
    "find_case_by_key",
    "get_case",
    "get_court",
    "get_staff",
    "lock_case",
    "parties_by_id",
    "parties_of",
    "roles_of",
    "search_cases",
    "search_courts",
    "search_parties",
    "search_staff",
    "staff_by_id",
    "working_calendar",
]

T = TypeVar("T", CourtCase, Department, Party)
Refs = Collection[tuple[int, UUID]]


class CaseNotFound(AnkuanError):
    """No such case within the caller's scope."""

    code = "case_not_found"
    kind = ErrorKind.NOT_FOUND


async def get_case(session: ReadSession, *, court_id: int, case_id: UUID) -> CourtCase:
    """The case. Raises :class:`CaseNotFound`."""
    return _found(await session.scalar(_one_case(court_id, case_id)))


async def lock_case(session: WriteSession, *, court_id: int, case_id: UUID) -> CourtCase:
    """The case, fresh and locked against change until the transaction ends. Raises :class:`CaseNotFound`.

    The lock lets others insert rows that point to the case, but not lock, close or renumber it.
    """
    statement = _one_case(court_id, case_id).with_for_update(key_share=True).execution_options(populate_existing=True)
    return _found(await session.scalar(statement))


async def cases_by_id(session: ReadSession, refs: Refs) -> dict[tuple[int, UUID], CourtCase]:
    """Those of the cases that exist in the caller's scope, by (court, id)."""
    return await _by_id(session, CourtCase, refs)


async def departments_by_id(session: ReadSession, refs: Refs) -> dict[tuple[int, UUID], Department]:
    """Those of the departments that exist in the caller's scope, by (court, id)."""
    return await _by_id(session, Department, refs)


async def parties_by_id(session: ReadSession, refs: Refs) -> dict[tuple[int, UUID], Party]:
    """Those of the parties that exist in the caller's scope, by (court, id)."""
    return await _by_id(session, Party, refs)


async def find_case_by_key(session: ReadSession, *, court_id: int, number_key: str) -> CourtCase | None:
    """The court's case with this number, or the one that had it before it was renumbered (domain §3)."""
    case = await session.scalar(
        select(CourtCase).where(CourtCase.court_id == court_id, CourtCase.number_key == number_key)
    )
    if case is not None:
        return case
    return await session.scalar(
        select(CourtCase)
        .join(
            CaseNumberHistory,
            (CaseNumberHistory.court_id == CourtCase.court_id) & (CaseNumberHistory.case_id == CourtCase.id),
        )
        .where(CaseNumberHistory.court_id == court_id, CaseNumberHistory.number_key == number_key)
        .order_by(CaseNumberHistory.replaced_at.desc())
        .limit(1)
    )


async def search_cases(
    session: ReadSession,
    *,
    courts: Collection[int] | None = None,
    search: str | None = None,
    status: CaseStatus | None = None,
    handler_id: UUID | None = None,
    first: int = 50,
    after: str | None = None,
) -> Page[CourtCase]:
    """Cases, the newest first. ``courts`` None means all that the caller's scope shows.

    ``search`` is a case number, typed however, or a part of one; or the beginning of a party's name.
    Raises :class:`ankuan.platform.paging.InvalidPage`.
    """
    statement = select(CourtCase)
    if courts is not None:
        statement = statement.where(CourtCase.court_id.in_(courts))
    if status is not None:
        statement = statement.where(CourtCase.status == status.value)
    if handler_id is not None:
        statement = statement.where(CourtCase.handler_id == handler_id)
    if search and (wanted := search.strip()):
        statement = _matching(statement, wanted)
    return await fetch_page(
        session, statement, Keyset(columns=(CourtCase.id,), kinds=(UUID,)), first=first, after=after
    )


async def parties_of(session: ReadSession, *, court_id: int, case_id: UUID) -> Sequence[Party]:
    """All parties of a case, in the order in which they were entered."""
    found = await session.scalars(
        select(Party).where(Party.court_id == court_id, Party.case_id == case_id).order_by(Party.id)
    )
    return found.all()


async def search_parties(
    session: ReadSession, *, court_id: int, case_id: UUID, first: int = 50, after: str | None = None
) -> Page[Party]:
    """One page of a case's parties. Raises :class:`ankuan.platform.paging.InvalidPage`."""
    statement = select(Party).where(Party.court_id == court_id, Party.case_id == case_id)
    keyset = Keyset(columns=(Party.id,), kinds=(UUID,), descending=False)
    return await fetch_page(session, statement, keyset, first=first, after=after)


def _matching(statement: Select[CourtCase], wanted: str) -> Select[CourtCase]:
    by_party = (
        select(Party.case_id)
        .where(Party.court_id == CourtCase.court_id, Party.case_id == CourtCase.id)
        .where(Party.name.startswith(wanted, autoescape=True))
        .exists()
    )
    try:
        return statement.where(or_(CourtCase.number_key == CaseNumber.parse(wanted).key, by_party))
    except CaseNumberError:
        part = "".join(c for c in wanted if c not in "（）()〔〕[]号 ")
        by_number = CourtCase.number_key.contains(part, autoescape=True)
        return statement.where(or_(by_number, by_party) if part else by_party)


def _one_case(court_id: int, case_id: UUID) -> Select[CourtCase]:
    return select(CourtCase).where(CourtCase.court_id == court_id, CourtCase.id == case_id)


def _found(case: CourtCase | None) -> CourtCase:
    if case is None:
        raise CaseNotFound("案件不存在", "No such case", field="caseId")
    return case


async def _by_id(session: ReadSession, table: type[T], refs: Refs) -> dict[tuple[int, UUID], T]:
    if not refs:
        return {}
    columns: Any = tuple_(table.court_id, table.id)
    found = await session.scalars(select(table).where(columns.in_(list(refs))))
    return {(row.court_id, row.id): row for row in found}
