"""Register one case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from ankuan.kernel.clock import business_date
from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.kernel.ids import new_id
from ankuan.kernel.money import Money
from ankuan.platform.constraints import constraint_means
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import WriteSession
from ankuan.registry.case_facts import NewParty, Warned, check_case
from ankuan.registry.courts import court_code_of
from ankuan.registry.store_cases import CaseToStore, store_cases
from ankuan.registry.tables import Department, Staff, StaffRole

HANDLER_ROLE = "handler"


class CaseExists(AnkuanError):
    """The court has a case of this number already."""

    code = "case_exists"
    kind = ErrorKind.CONFLICT


class DepartmentNotFound(AnkuanError):
    """The court has no such department."""

    code = "department_not_found"
    kind = ErrorKind.NOT_FOUND


class HandlerNotFound(AnkuanError):
    """The court has no such person at work with the role of a handler."""

    code = "handler_not_found"
    kind = ErrorKind.NOT_FOUND


@dataclass(frozen=True, slots=True)
class RegisteredCase:
    """What was registered, and what looked odd."""

    case_id: UUID
    warnings: tuple[Warned, ...] = ()


def case_exists() -> CaseExists:
    """The error for a number that the court has already."""
    return CaseExists("该案号已登记", "A case of this number is registered already", field="number")


constraint_means("uq_court_case_court_id_number_key", case_exists)


async def register_case(
    session: WriteSession,
    *,
    court_id: int,
    number: str,
    department_id: UUID | None = None,
    handler_id: UUID | None = None,
    cause: str | None = None,
    subject_amount: Money | None = None,
    parties: Sequence[NewParty] = (),
    cipher: FieldCipher | None = None,
    now: datetime,
) -> RegisteredCase:
    """Register a case and tell of it (``CaseRegistered``; an enforcement case wants a sub-account at once).

    ``cipher`` is needed when a party has an identity number or a phone. A case without a department gets its
    handler's. Raises what :func:`ankuan.registry.case_facts.check_case` raises, and :class:`CaseExists`,
    :class:`DepartmentNotFound`, :class:`HandlerNotFound`, :class:`ankuan.registry.courts.CourtNotFound`.
    """
    facts = check_case(
        number=number,
        court_code=await court_code_of(session, court_id),
        cause=cause,
        subject_amount=subject_amount,
        parties=parties,
    )
    if handler_id is not None:
        handler = await _handler(session, court_id, handler_id)
        department_id = department_id or handler.department_id
    if department_id is not None:
        await _check_department(session, court_id, department_id)
    case = CaseToStore(
        id=new_id(),
        facts=facts,
        department_id=department_id,
        handler_id=handler_id,
        registered_on=business_date(now),
    )
    if not await store_cases(session, court_id=court_id, cases=[case], cipher=cipher, now=now):
        raise case_exists()
    return RegisteredCase(case.id, facts.warnings)


async def _handler(session: WriteSession, court_id: int, handler_id: UUID) -> Staff:
    handler = await session.scalar(
        select(Staff)
        .join(StaffRole, (StaffRole.court_id == Staff.court_id) & (StaffRole.staff_id == Staff.id))
        .where(Staff.court_id == court_id, Staff.id == handler_id, Staff.active, StaffRole.role == HANDLER_ROLE)
    )
    if handler is None:
        raise HandlerNotFound("本院没有该承办人", "The court has no such handler", field="handlerId")
    return handler


async def _check_department(session: WriteSession, court_id: int, department_id: UUID) -> None:
    found = await session.scalar(
        select(Department.id).where(Department.court_id == court_id, Department.id == department_id)
    )
    if found is None:
        raise DepartmentNotFound("本院没有该部门", "The court has no such department", field="departmentId")
