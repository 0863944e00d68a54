"""Queries of the registry."""

from typing import Annotated

import strawberry

from ankuan.kernel.case_number import TYPE_CODES
from ankuan.platform.graphql.connection import Connection, connection
from ankuan.platform.graphql.context import Information
from ankuan.platform.graphql.ids import expect_id
from ankuan.registry import queries
from ankuan.registry.graphql.arguments import AFTER, FIRST, After, First, court_argument
from ankuan.registry.graphql.nodes import case_node
from ankuan.registry.graphql.types import (
    CaseType,
    CaseTypeCode,
    CourtType,
    PartyType,
    StaffType,
    case_type,
    court_type,
    party_type,
    staff_type,
)
from ankuan.registry.rules import CaseStatus
from ankuan.registry.scope import courts_for


@strawberry.input(description="Which cases to list; conditions add up.")
class CaseFilter:
    """Filter of cases."""

    court_id: strawberry.ID | None = strawberry.field(default=None, description="Only cases of this court.")
    search: str | None = strawberry.field(
        default=None, description="Case number or part of it, or the beginning of a party's name."
    )
    status: CaseStatus | None = strawberry.field(default=None, description="Only cases in this status.")
    mine: bool | None = strawberry.field(default=None, description="Only cases that the viewer handles.")
    handler_id: strawberry.ID | None = strawberry.field(default=None, description="Only cases this person handles.")


CourtParent = Annotated[
    strawberry.ID | None, strawberry.argument(description="The court above; leave out for all courts.")
]
StaffCourt = Annotated[strawberry.ID | None, strawberry.argument(description="The court; the viewer's own by default.")]
RoleName = Annotated[str | None, strawberry.argument(description="Only holders of this role.")]
Filter = Annotated[CaseFilter | None, strawberry.argument(description="Which cases.")]
CaseId = Annotated[strawberry.ID, strawberry.argument(description="Global id of the case.")]


@strawberry.type
class RegistryQuery:
    """Part of Query."""

    @strawberry.field(description="Courts right below one court, or all courts, in the order of the tree.")
    async def courts(
        self,
        info: Information,
        parent_id: CourtParent = None,
        first: First = FIRST,
        after: After = AFTER,
    ) -> Connection[CourtType]:
        """Courts."""
        parent = expect_id(parent_id, "Court", field="parentId").court_id if parent_id is not None else None
        async with info.context.read() as session:
            page = await queries.search_courts(session, parent_id=parent, first=first, after=after)
        return connection(page.with_rows([court_type(row) for row in page.rows]))

    @strawberry.field(description="People at work in a court.")
    async def staff(
        self,
        info: Information,
        court_id: StaffCourt = None,
        role: RoleName = None,
        first: First = FIRST,
        after: After = AFTER,
    ) -> Connection[StaffType]:
        """People."""
        court = court_argument(info, court_id)
        info.context.gate.require(info.context.actor, "staff.read", court_id=court)
        async with info.context.read() as session:
            page = await queries.search_staff(session, court_id=court, role=role, first=first, after=after)
        return connection(page.with_rows([staff_type(row) for row in page.rows]))

    @strawberry.field(description="Cases, the newest first.")
    async def cases(
        self,
        info: Information,
        filter: Filter = None,  # noqa: A002 - the name of the argument in the schema
        first: First = FIRST,
        after: After = AFTER,
    ) -> Connection[CaseType]:
        """Cases."""
        actor = info.context.actor
        wanted = filter or CaseFilter()
        court = court_argument(info, wanted.court_id)
        info.context.gate.require(actor, "case.read", court_id=court)
        handler = expect_id(wanted.handler_id, "Staff", field="filter.handlerId").uuid if wanted.handler_id else None
        async with info.context.read() as session:
            page = await queries.search_cases(
                session,
                courts={court} if wanted.court_id else courts_for(actor, "case.read"),
                search=wanted.search,
                status=wanted.status,
                handler_id=actor.id if wanted.mine else handler,
                first=first,
                after=after,
            )
        return connection(page.with_rows([case_type(row) for row in page.rows]))

    @strawberry.field(description="One case; null when there is none in the viewer's sight.")
    async def case(self, info: Information, id: CaseId) -> CaseType | None:  # noqa: A002 - the schema's name
        """A case."""
        return await case_node(info, expect_id(id, "Case", field="id"))

    @strawberry.field(description="Parties of a case, in the order in which they were entered.")
    async def parties(
        self, info: Information, case_id: CaseId, first: First = FIRST, after: After = AFTER
    ) -> Connection[PartyType]:
        """Parties."""
        ref = expect_id(case_id, "Case", field="caseId")
        info.context.gate.require(info.context.actor, "case.read", court_id=ref.court_id)
        async with info.context.read() as session:
            await queries.get_case(session, court_id=ref.court_id, case_id=ref.uuid)
            page = await queries.search_parties(
                session, court_id=ref.court_id, case_id=ref.uuid, first=first, after=after
            )
        return connection(page.with_rows([party_type(row) for row in page.rows]))

    @strawberry.field(description="The table of case types.")
    async def case_types(self, info: Information) -> list[CaseTypeCode]:
        """Case types."""
        _ = info.context.actor  # signed in
        return [CaseTypeCode(code=code, name=name) for code, name in TYPE_CODES.items()]
