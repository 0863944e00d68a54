"""Mutation ``undoAllocation``."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from ankuan.collection.graphql.permissions import require_claim
from ankuan.collection.graphql.types import ReceiptType
from ankuan.collection.graphql.whole_receipt import whole_receipt
from ankuan.collection.queries import allocations_by_id
from ankuan.collection.undo_allocation import AllocationNotFound, undo_allocation
from ankuan.platform.db import WriteSession
from ankuan.platform.graphql.context import Information
from ankuan.platform.graphql.errors import AnyError
from ankuan.platform.graphql.ids import expect_id
from ankuan.platform.graphql.mutation import Outcome, run_mutation
from ankuan.registry.queries import get_case


@strawberry.input(description="Take an allocation back.")
class UndoAllocationInput:
    """Input of undoAllocation."""

    idempotency_key: str = strawberry.field(description="Chosen by the caller; the same key acts once.")
    dry_run: bool = strawberry.field(default=False, description="Answer as if, and change nothing.")
    allocation_id: strawberry.ID = strawberry.field(description="The allocation.")
    reason: str = strawberry.field(description="Why, at most 500 characters.")


@strawberry.type(description="The money is unidentified again.")
class UndoAllocationSuccess:
    """Success of undoAllocation."""

    dry_run: bool = strawberry.field(description="Whether this was only a trial.")
    receipt: ReceiptType = strawberry.field(description="The receipt as it stands now.")


UndoAllocationResult = Annotated[
    UndoAllocationSuccess | AnyError, strawberry.union("UndoAllocationResult", description="Outcome of undoAllocation.")
]


async def run_undo_allocation(info: Information, given: UndoAllocationInput) -> UndoAllocationResult:
    """The mutation, for whoever may claim into the allocation's case."""

    async def perform(session: WriteSession, now: datetime) -> Outcome:
        ref = expect_id(given.allocation_id, "Allocation", field="allocationId")
        info.context.gate.require(info.context.actor, "receipt.read", court_id=ref.court_id)
        allocation = (await allocations_by_id(session, [(ref.court_id, ref.uuid)])).get((ref.court_id, ref.uuid))
        if allocation is None:
            raise AllocationNotFound("分配记录不存在", "No such allocation", field="allocationId")
        require_claim(info.context, await get_case(session, court_id=ref.court_id, case_id=allocation.case_id))
        receipt = await undo_allocation(
            session, court_id=ref.court_id, allocation_id=ref.uuid, reason=given.reason, now=now
        )
        return {"court_id": ref.court_id, "receipt_id": receipt.id.hex}

    async def present(session: WriteSession, outcome: Outcome) -> UndoAllocationSuccess:
        receipt_id = UUID(outcome["receipt_id"])
        receipt = await whole_receipt(session, court_id=outcome["court_id"], receipt_id=receipt_id)
        return UndoAllocationSuccess(dry_run=given.dry_run, receipt=receipt)

    return await run_mutation(info, given, perform=perform, present=present)
