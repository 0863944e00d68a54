"""Import cases from a table. All problems of all rows come back at once; the good rows are registered together."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from ankuan.kernel.clock import business_date
from ankuan.kernel.errors import AnkuanError
from ankuan.kernel.ids import new_id
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import WriteSession
from ankuan.registry.case_table import CaseTableRow, read_case_table
from ankuan.registry.courts import court_code_of
from ankuan.registry.read_case_row import CourtPeople, DuplicateRow, ReadRow, read_case_row
from ankuan.registry.register_case import HANDLER_ROLE, case_exists
from ankuan.registry.store_cases import CaseToStore, store_cases
from ankuan.registry.tables import CourtCase, Department, Staff, StaffRole

__all__ = ["CaseImportRow", "ImportOutcome", "import_cases", "read_case_table"]


class ImportOutcome(StrEnum):
    """What became of a row."""

    CREATED = "created"
    EXISTS = "exists"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseImportRow:
    """What became of one row. ``problems`` are all that was wrong with it; for one that exists, that it does."""

    row_no: int
    number: str | None
    outcome: ImportOutcome
    case_id: UUID | None = None
    problems: tuple[AnkuanError, ...] = ()


async def import_cases(
    session: WriteSession,
    *,
    court_id: int,
    rows: Sequence[CaseTableRow],
    cipher: FieldCipher | None = None,
    now: datetime,
) -> tuple[CaseImportRow, ...]:
    """Register what can be registered and say of each row, in order, what became of it.

    A number that the court has already is reported and left as it is; a number that stands twice in the table is
    taken once. ``cipher`` is needed when a party has an identity number or a phone. Ten thousand rows take a few
    statements. Raises :class:`ankuan.registry.courts.CourtNotFound`.
    """
    people = await _people(session, court_id)
    court_code = await court_code_of(session, court_id)
    today = business_date(now)
    read = [read_case_row(row, court_code=court_code, people=people, today=today) for row in rows]
    read = list(_without_repetitions(read))
    known = await _known_keys(session, court_id, {row.key for row in read if row.key and not row.problems})
    cases = {
        row.number: CaseToStore(
            id=new_id(),
            facts=row.facts,
            department_id=row.department_id,
            handler_id=row.handler_id,
            registered_on=row.registered_on,
        )
        for row in read
        if row.facts is not None and not row.problems and row.key not in known
    }
    stored = await store_cases(session, court_id=court_id, cases=list(cases.values()), cipher=cipher, now=now)
    return tuple(_outcome(row, cases.get(row.number), stored) for row in read)


def _outcome(row: ReadRow, case: CaseToStore | None, stored: Collection[UUID]) -> CaseImportRow:
    number = str(row.facts.number) if row.facts else row.typed
    if row.problems:
        return CaseImportRow(row_no=row.number, number=number, outcome=ImportOutcome.REJECTED, problems=row.problems)
    if case is not None and case.id in stored:
        return CaseImportRow(row_no=row.number, number=number, outcome=ImportOutcome.CREATED, case_id=case.id)
    return CaseImportRow(row_no=row.number, number=number, outcome=ImportOutcome.EXISTS, problems=(case_exists(),))


def _without_repetitions(rows: Sequence[ReadRow]) -> Iterator[ReadRow]:
    first: dict[str, int] = {}
    for row in rows:
        if row.key is None or row.problems:
            yield row
            continue
        earlier = first.setdefault(row.key, row.number)
        if earlier == row.number:
            yield row
        else:
            yield row.with_problem(
                DuplicateRow(f"与第 {earlier} 行案号相同", f"The same case number stands in row {earlier}", row=earlier)
            )


async def _known_keys(session: WriteSession, court_id: int, keys: Collection[str]) -> frozenset[str]:
    found = await session.scalars(
        select(CourtCase.number_key).where(CourtCase.court_id == court_id, CourtCase.number_key.in_(keys))
    )
    return frozenset(found)


async def _people(session: WriteSession, court_id: int) -> CourtPeople:
    handlers = await session.execute(
        select(Staff.id, Staff.number, Staff.name, Staff.department_id)
        .join(StaffRole, (StaffRole.court_id == Staff.court_id) & (StaffRole.staff_id == Staff.id))
        .where(Staff.court_id == court_id, Staff.active, StaffRole.role == HANDLER_ROLE)
    )
    departments = await session.execute(select(Department.name, Department.id).where(Department.court_id == court_id))
    people = CourtPeople(departments={row.name: row.id for row in departments})
    for row in handlers:
        people.add_handler(staff_id=row.id, number=row.number, name=row.name, department_id=row.department_id)
    return people
