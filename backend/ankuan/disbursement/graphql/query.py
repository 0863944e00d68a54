"""Queries of the room."""

from typing import Annotated

import strawberry

from ankuan.disbursement.graphql.bundle import load_bundles
from ankuan.disbursement.graphql.nodes import disbursement_node
from ankuan.disbursement.graphql.types import DisbursementType, disbursement_type
from ankuan.disbursement.queries import Awaiting, Search, search_disbursements
from ankuan.disbursement.transitions import Status
from ankuan.platform.graphql.connection import Connection, connection
from ankuan.platform.graphql.context import Information
from ankuan.platform.graphql.ids import expect_id
from ankuan.registry.graphql import AFTER, FIRST, After, First, court_argument


@strawberry.input(description="Which disbursements to list; conditions add up.")
class DisbursementFilter:
    """Filter of disbursements."""

    court_id: strawberry.ID | None = strawberry.field(default=None, description="Only of this court.")
    status: list[Status] | None = strawberry.field(default=None, description="Only in one of these statuses.")
    case_id: strawberry.ID | None = strawberry.field(default=None, description="Only of this case.")
    search: str | None = strawberry.field(
        default=None, description="Part of the number or of the case number, or the beginning of a payee's name."
    )
    awaiting_me: Awaiting | None = strawberry.field(default=None, description="Only what waits for the viewer.")
    mine: bool | None = strawberry.field(
        default=None, description="Only what the viewer has written, or of cases that the viewer handles."
    )


Filter = Annotated[DisbursementFilter | None, strawberry.argument(description="Which disbursements.")]
DisbursementId = Annotated[strawberry.ID, strawberry.argument(description="Global id of the disbursement.")]


@strawberry.type
class DisbursementQuery:
    """Part of Query."""

    @strawberry.field(description="Disbursements that the viewer may read, the newest first.")
    async def disbursements(
        self,
        info: Information,
        filter: Filter = None,  # noqa: A002 - the name of the argument in the schema
        first: First = FIRST,
        after: After = AFTER,
    ) -> Connection[DisbursementType]:
        """List disbursements."""
        actor = info.context.actor
        wanted = filter or DisbursementFilter()
        court = court_argument(info, wanted.court_id)
        # Who reads own cases or the own department only, reads a narrower list, not none.
        info.context.gate.require(
            actor, "disbursement.read", court_id=court, handler_id=actor.id, department_id=actor.department_id
        )
        search = Search(
            court_id=court if wanted.court_id else None,
            status=tuple(wanted.status or ()),
            case_id=expect_id(wanted.case_id, "Case", field="filter.caseId").uuid if wanted.case_id else None,
            search=wanted.search or "",
            awaiting=wanted.awaiting_me,
            mine=bool(wanted.mine),
        )
        async with info.context.read() as session:
            page = await search_disbursements(session, actor=actor, search=search, first=first, after=after)
            bundles = await load_bundles(session, page.rows, now=info.context.clock.now())
        return connection(page.with_rows([disbursement_type(bundle) for bundle in bundles]))

    @strawberry.field(description="One disbursement; null when there is none in the viewer's sight.")
    async def disbursement(self, info: Information, id: DisbursementId) -> DisbursementType | None:  # noqa: A002 - the schema's name
        """A disbursement."""
        return await disbursement_node(info, expect_id(id, "Disbursement", field="id"))
