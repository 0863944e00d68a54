"""Courts, people, cases and parties as GraphQL shows them."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from ankuan.kernel.case_number import TYPE_CODES, is_known_type
from ankuan.kernel.money import Money
from ankuan.platform.graphql.connection import Node
from ankuan.platform.graphql.context import Information
from ankuan.platform.graphql.ids import global_id
from ankuan.registry.graphql import loaders
from ankuan.registry.graphql.enums import CourtLevel
from ankuan.registry.rules import CaseStatus, PartyKind, PartyRole
from ankuan.registry.tables import Court, CourtCase, Department, Party, Role, Staff

CourtRef = Annotated["CourtType", strawberry.lazy("ankuan.registry.graphql.types")]


@strawberry.type(name="Court", description="A court (法院).")
class CourtType(Node):
    """One node of the court tree."""

    code: str = strawberry.field(description="Code in case numbers, e.g. 鲁0102.")
    name: str = strawberry.field(description="Full name.")
    level: CourtLevel = strawberry.field(description="High, intermediate or basic.")
    parent_id: strawberry.Private[int | None]
    court_id: strawberry.Private[int]

    @strawberry.field(description="The court above; none for the high court.")
    async def parent(self, info: Information) -> CourtRef | None:
        """The court above."""
        return await load_court(info, self.parent_id) if self.parent_id is not None else None


@strawberry.type(name="Department", description="A department or tribunal of a court.")
class DepartmentType(Node):
    """One department."""

    name: str = strawberry.field(description="Name within the court.")


@strawberry.type(name="Role", description="A role that people hold.")
class RoleType:
    """One role."""

    name: str = strawberry.field(description="Stable name, e.g. cashier.")
    title: str = strawberry.field(description="Title in the language of the request.")


@strawberry.type(name="Staff", description="A person at work in a court.")
class StaffType(Node):
    """One person."""

    name: str = strawberry.field(description="Name.")
    court_id: strawberry.Private[int]
    staff_id: strawberry.Private[UUID]
    department_id: strawberry.Private[UUID | None]

    @strawberry.field(description="Roles the person holds.")
    async def roles(self, info: Information) -> list[RoleType]:
        """Roles of the person."""
        held = await loaders.roles(info).load((self.court_id, self.staff_id))
        return [role_type(role, info.context.language) for role in held]

    @strawberry.field(description="Department the person works in.")
    async def department(self, info: Information) -> DepartmentType | None:
        """The department."""
        return await load_department(info, self.court_id, self.department_id)

    @strawberry.field(description="Court the person works in.")
    async def court(self, info: Information) -> CourtType:
        """The court."""
        return await load_court(info, self.court_id)


@strawberry.type(name="Case", description="A case (案件), to which money belongs.")
class CaseType(Node):
    """One case."""

    number: str = strawberry.field(description="Case number (案号) in its normal form, e.g. （2023）鲁0102执123号.")
    type_code: str = strawberry.field(description="Type code of the number, e.g. 执.")
    type_name: str = strawberry.field(description="The type in words; the code itself when it is not in the table.")
    known_type: bool = strawberry.field(description="Whether the type code is in the table.")
    cause: str | None = strawberry.field(description="Cause (案由).")
    subject_amount: Money | None = strawberry.field(description="What the case is about, in yuan.")
    status: CaseStatus = strawberry.field(description="Where the case stands.")
    registered_on: date = strawberry.field(description="Day of registration.")
    closed_on: date | None = strawberry.field(description="Day of closing.")
    court_id: strawberry.Private[int]
    case_id: strawberry.Private[UUID]
    department_id: strawberry.Private[UUID | None]
    handler_id: strawberry.Private[UUID | None]

    @strawberry.field(description="Court that has the case.")
    async def court(self, info: Information) -> CourtType:
        """The court."""
        return await load_court(info, self.court_id)

    @strawberry.field(description="Department that handles the case.")
    async def department(self, info: Information) -> DepartmentType | None:
        """The department."""
        return await load_department(info, self.court_id, self.department_id)

    @strawberry.field(description="Person who handles the case (承办人).")
    async def handler(self, info: Information) -> StaffType | None:
        """The handler."""
        return await load_staff(info, self.court_id, self.handler_id) if self.handler_id is not None else None


@strawberry.type(name="Party", description="A party of a case.")
class PartyType(Node):
    """One party; personal data are masked."""

    name: str = strawberry.field(description="Name.")
    role: PartyRole = strawberry.field(description="What the party is in the case.")
    kind: PartyKind = strawberry.field(description="Human being, legal person or other.")
    identifier_masked: str | None = strawberry.field(description="Identity number or credit code, masked.")
    phone_masked: str | None = strawberry.field(description="Phone number, masked.")


@strawberry.type(description="A type code of case numbers.")
class CaseTypeCode:
    """One row of the type table."""

    code: str = strawberry.field(description="The code, e.g. 执恢.")
    name: str = strawberry.field(description="What it means.")


def court_type(court: Court) -> CourtType:
    """Present a court."""
    return CourtType(
        id=global_id("Court", court.id, court.id),
        code=court.code,
        name=court.name,
        level=CourtLevel(court.level),
        parent_id=court.parent_id,
        court_id=court.id,
    )


def department_type(department: Department) -> DepartmentType:
    """Present a department."""
    return DepartmentType(id=global_id("Department", department.court_id, department.id), name=department.name)


def role_type(role: Role, language: str) -> RoleType:
    """Present a role in a language."""
    return RoleType(name=role.name, title=role.title_en if language == "en" else role.title_zh)


def staff_type(staff: Staff) -> StaffType:
    """Present a person."""
    return StaffType(
        id=global_id("Staff", staff.court_id, staff.id),
        name=staff.name,
        court_id=staff.court_id,
        staff_id=staff.id,
        department_id=staff.department_id,
    )


def case_type(case: CourtCase) -> CaseType:
    """Present a case."""
    return CaseType(
        id=global_id("Case", case.court_id, case.id),
        number=case.number,
        type_code=case.type_code,
        type_name=TYPE_CODES.get(case.type_code, case.type_code),
        known_type=is_known_type(case.type_code),
        cause=case.cause,
        subject_amount=case.subject_amount,
        status=CaseStatus(case.status),
        registered_on=case.registered_on,
        closed_on=case.closed_on,
        court_id=case.court_id,
        case_id=case.id,
        department_id=case.department_id,
        handler_id=case.handler_id,
    )


def party_type(party: Party) -> PartyType:
    """Present a party."""
    return PartyType(
        id=global_id("Party", party.court_id, party.id),
        name=party.name,
        role=PartyRole(party.role),
        kind=PartyKind(party.kind),
        identifier_masked=party.identifier_masked,
        phone_masked=party.phone_masked,
    )


async def load_court(info: Information, court_id: int) -> CourtType:
    """The court, batched with its siblings."""
    return court_type(await loaders.courts(info).load(court_id))


async def load_department(info: Information, court_id: int, department_id: UUID | None) -> DepartmentType | None:
    """The department, batched; ``None`` when there is none in sight."""
    if department_id is None:
        return None
    found = await loaders.departments(info).load((court_id, department_id))
    return department_type(found) if found else None


async def load_staff(info: Information, court_id: int, staff_id: UUID) -> StaffType | None:
    """The person, batched; ``None`` when nobody is in sight."""
    found = await loaders.staff(info).load((court_id, staff_id))
    return staff_type(found) if found else None


async def load_case(info: Information, court_id: int, case_id: UUID) -> CaseType:
    """The case, batched. Raises :class:`ankuan.registry.queries.CaseNotFound` when it is not in sight."""
    return case_type(await loaders.cases(info).load((court_id, case_id)))


async def load_party(info: Information, court_id: int, party_id: UUID) -> PartyType | None:
    """The party, batched; ``None`` when there is none in sight."""
    found = await loaders.parties(info).load((court_id, party_id))
    return party_type(found) if found else None
