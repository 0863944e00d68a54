"""Mutations ``createDisbursement`` and ``editDisbursement``."""

from datetime import datetime

from ankuan.disbursement.create_disbursement import create_disbursement
from ankuan.disbursement.edit_disbursement import edit_disbursement
from ankuan.disbursement.graphql.inputs import (
    CreateDisbursementInput,
    CreateDisbursementResult,
    CreateDisbursementSuccess,
    EditDisbursementInput,
    EditDisbursementResult,
    EditDisbursementSuccess,
    content_lines,
)
from ankuan.disbursement.graphql.perform import act_on, outcome_of, shown
from ankuan.disbursement.rules import PERMISSION, Act
from ankuan.platform.db import WriteSession
from ankuan.platform.graphql.context import Information
from ankuan.platform.graphql.ids import Ref, expect_id
from ankuan.platform.graphql.mutation import Outcome, run_mutation
from ankuan.registry.queries import get_case


async def run_create(info: Information, given: CreateDisbursementInput) -> CreateDisbursementResult:
    """Write a draft, by ``disbursement.request`` on the case."""

    async def perform(session: WriteSession, now: datetime) -> Outcome:
        ref = expect_id(given.case_id, "Case", field="caseId")
        case = await get_case(session, court_id=ref.court_id, case_id=ref.uuid)
        info.context.gate.require(
            session.actor,
            PERMISSION[Act.CREATE],
            court_id=case.court_id,
            handler_id=case.handler_id,
            department_id=case.department_id,
        )
        made = await create_disbursement(
            session,
            cipher=info.context.cipher,
            court_id=case.court_id,
            case_id=case.id,
            kind=given.kind,
            purpose=given.purpose,
            lines=content_lines(given.lines, court_id=case.court_id),
            now=now,
        )
        return outcome_of(case.court_id, made)

    async def present(session: WriteSession, outcome: Outcome) -> CreateDisbursementSuccess:
        return CreateDisbursementSuccess(dry_run=given.dry_run, disbursement=await shown(info, session, outcome))

    return await run_mutation(info, given, perform=perform, present=present)


async def run_edit(info: Information, given: EditDisbursementInput) -> EditDisbursementResult:
    """Change a draft, by ``disbursement.request`` on the case."""

    async def use(session: WriteSession, ref: Ref, now: datetime) -> None:
        await edit_disbursement(
            session,
            cipher=info.context.cipher,
            court_id=ref.court_id,
            disbursement_id=ref.uuid,
            digest=given.digest,
            purpose=given.purpose,
            lines=content_lines(given.lines, court_id=ref.court_id),
            now=now,
        )

    return await act_on(
        info, given, Act.EDIT, use, lambda dry, made: EditDisbursementSuccess(dry_run=dry, disbursement=made)
    )
