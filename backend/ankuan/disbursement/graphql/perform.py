"""What all mutations of the room do around their use case: find, ask the gate under the lock, act, present."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from ankuan.disbursement.graphql.bundle import load_bundle
from ankuan.disbursement.graphql.inputs import DisbursementActInput, EditDisbursementInput
from ankuan.disbursement.graphql.types import DisbursementType, disbursement_type
from ankuan.disbursement.queries import get_disbursement
from ankuan.disbursement.rules import Act, permission_for
from ankuan.disbursement.take_act import lock_disbursement
from ankuan.disbursement.transitions import Status
from ankuan.platform.db import WriteSession
from ankuan.platform.graphql.context import Information
from ankuan.platform.graphql.errors import AnyError
from ankuan.platform.graphql.ids import Ref, expect_id
from ankuan.platform.graphql.mutation import Outcome, run_mutation
from ankuan.registry.queries import get_case

S = TypeVar("S")
Use = Callable[[WriteSession, Ref, datetime], Awaitable[None]]


async def act_on(
    info: Information,
    given: DisbursementActInput | EditDisbursementInput,
    act: Act,
    use: Use,
    success: Callable[[bool, DisbursementType], S],
) -> S | AnyError:
    """Run a mutation that acts on one disbursement."""

    async def perform(session: WriteSession, now: datetime) -> Outcome:
        ref = expect_id(given.disbursement_id, "Disbursement", field="disbursementId")
        await require(info, session, ref, act)
        await use(session, ref, now)
        return outcome_of(ref.court_id, ref.uuid)

    async def present(session: WriteSession, outcome: Outcome) -> S:
        return success(given.dry_run, await shown(info, session, outcome))

    return await run_mutation(info, given, perform=perform, present=present)


async def require(info: Information, session: WriteSession, ref: Ref, act: Act) -> None:
    """Ask the gate with the row locked: whose turn it is can't change between the question and the act."""
    row = await lock_disbursement(session, court_id=ref.court_id, disbursement_id=ref.uuid)
    case = await get_case(session, court_id=row.court_id, case_id=row.case_id)
    info.context.gate.require(
        session.actor,
        permission_for(act, Status(row.status)),
        court_id=row.court_id,
        handler_id=case.handler_id,
        department_id=case.department_id,
    )


def outcome_of(court_id: int, disbursement_id: UUID) -> Outcome:
    """What is kept under the idempotency key."""
    return {"court_id": court_id, "disbursement_id": disbursement_id.hex}


async def shown(info: Information, session: WriteSession, outcome: Outcome) -> DisbursementType:
    """Present what the outcome names, in the same transaction; all work on it is flushed."""
    row = await get_disbursement(
        session, court_id=outcome["court_id"], disbursement_id=UUID(outcome["disbursement_id"])
    )
    context = info.context
    bundle = await load_bundle(session, row, cipher=context.cipher, plugins=context.plugins, now=context.clock.now())
    # Detached, the rows stay readable after the roll-back that ends a dry run.
    session.expunge_all()
    return disbursement_type(bundle)
