"""Look-up by global id. Each function answers ``None`` for what is not there or not in the viewer's sight."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from ankuan.platform.graphql.connection import Node
from ankuan.platform.graphql.context import Information
from ankuan.platform.graphql.ids import Ref
from ankuan.registry import queries
from ankuan.registry.graphql.types import (
    CaseType,
    CourtType,
    DepartmentType,
    PartyType,
    StaffType,
    case_type,
    court_type,
    department_type,
    party_type,
    staff_type,
)


async def case_node(info: Information, ref: Ref) -> CaseType | None:
    """A case, by ``case.read``."""
    key = (ref.court_id, ref.uuid)
    async with info.context.read() as session:
        case = (await queries.cases_by_id(session, [key])).get(key)
    if case is None:
        return None
    info.context.gate.require(
        info.context.actor,
        "case.read",
        court_id=case.court_id,
        handler_id=case.handler_id,
        department_id=case.department_id,
    )
    return case_type(case)


async def court_node(info: Information, ref: Ref) -> CourtType | None:
    """A court; everybody signed in may see the tree."""
    if ref.key != ref.court_id:
        return None
    async with info.context.read() as session:
        found = await queries.courts_by_id(session, [ref.court_id])
    return court_type(found[ref.court_id]) if found else None


async def department_node(info: Information, ref: Ref) -> DepartmentType | None:
    """A department, by ``staff.read``."""
    key = (ref.court_id, ref.uuid)
    async with info.context.read() as session:
        found = (await queries.departments_by_id(session, [key])).get(key)
    if found is None:
        return None
    info.context.gate.require(info.context.actor, "staff.read", court_id=found.court_id)
    return department_type(found)


async def staff_node(info: Information, ref: Ref) -> StaffType | None:
    """A person, by ``staff.read``."""
    key = (ref.court_id, ref.uuid)
    async with info.context.read() as session:
        found = (await queries.staff_by_id(session, [key])).get(key)
    if found is None:
        return None
    info.context.gate.require(info.context.actor, "staff.read", court_id=found.court_id)
    return staff_type(found)


async def party_node(info: Information, ref: Ref) -> PartyType | None:
    """A party, by ``case.read``."""
    key = (ref.court_id, ref.uuid)
    async with info.context.read() as session:
        found = (await queries.parties_by_id(session, [key])).get(key)
    if found is None:
        return None
    info.context.gate.require(info.context.actor, "case.read", court_id=found.court_id)
    return party_type(found)


NODES: Final[Mapping[str, Callable[[Information, Ref], Awaitable[Node | None]]]] = {
    "Case": case_node,
    "Court": court_node,
    "Department": department_node,
    "Party": party_node,
    "Staff": staff_node,
}
