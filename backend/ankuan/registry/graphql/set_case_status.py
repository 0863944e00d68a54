"""Mutation ``setCaseStatus``."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from ankuan.platform.db import WriteSession
from ankuan.platform.graphql.context import Information
from ankuan.platform.graphql.errors import AnyError
from ankuan.platform.graphql.ids import expect_id
from ankuan.platform.graphql.mutation import Outcome, run_mutation
from ankuan.registry.graphql.types import CaseType, case_type
from ankuan.registry.queries import get_case
from ankuan.registry.rules import CaseStatus
from ankuan.registry.set_case_status import set_case_status


@strawberry.input(description="Suspend, close or reopen a case.")
class SetCaseStatusInput:
    """Input of setCaseStatus."""

    idempotency_key: str = strawberry.field(description="Chosen by the caller; the same key acts once.")
    dry_run: bool = strawberry.field(default=False, description="Answer as if, and change nothing.")
    case_id: strawberry.ID = strawberry.field(description="The case.")
    status: CaseStatus = strawberry.field(description="The new status.")
    reason: str = strawberry.field(description="Why; it is kept.")


@strawberry.type(description="The case has its new status.")
class SetCaseStatusSuccess:
    """Success of setCaseStatus."""

    dry_run: bool = strawberry.field(description="Whether this was only a trial.")
    case: CaseType = strawberry.field(description="The case.")


SetCaseStatusResult = Annotated[
    SetCaseStatusSuccess | AnyError, strawberry.union("SetCaseStatusResult", description="Outcome of setCaseStatus.")
]


async def run_set_case_status(info: Information, given: SetCaseStatusInput) -> SetCaseStatusResult:
    """The mutation."""

    async def perform(session: WriteSession, now: datetime) -> Outcome:
        ref = expect_id(given.case_id, "Case", field="caseId")
        case = await get_case(session, court_id=ref.court_id, case_id=ref.uuid)
        info.context.gate.require(
            info.context.actor,
            "case.manage",
            court_id=case.court_id,
            handler_id=case.handler_id,
            department_id=case.department_id,
        )
        await set_case_status(
            session, court_id=case.court_id, case_id=case.id, status=given.status, reason=given.reason, now=now
        )
        return {"court_id": case.court_id, "case_id": case.id.hex}

    async def present(session: WriteSession, outcome: Outcome) -> SetCaseStatusSuccess:
        case = await get_case(session, court_id=outcome["court_id"], case_id=UUID(outcome["case_id"]))
        return SetCaseStatusSuccess(dry_run=given.dry_run, case=case_type(case))

    return await run_mutation(info, given, perform=perform, present=present)
