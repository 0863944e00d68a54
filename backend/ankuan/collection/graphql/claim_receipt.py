"""Mutation ``claimReceipt``."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from ankuan.collection.claim_receipt import claim_receipt
from ankuan.collection.graphql.permissions import require_claim
from ankuan.collection.graphql.types import ReceiptType
from ankuan.collection.graphql.whole_receipt import whole_receipt
from ankuan.collection.queries import get_receipt
from ankuan.kernel.money import Money
from ankuan.platform.db import WriteSession
from ankuan.platform.graphql.context import Information
from ankuan.platform.graphql.errors import AnyError
from ankuan.platform.graphql.ids import expect_id
from ankuan.platform.graphql.mutation import Outcome, run_mutation
from ankuan.registry.queries import CaseNotFound, cases_by_id


@strawberry.input(description="A part of a receipt for one case.")
class AllocationInput:
    """One part."""

    case_id: strawberry.ID = strawberry.field(description="The case.")
    amount: Money = strawberry.field(description="How much, in yuan.")


@strawberry.input(description="Give unidentified money to one or several cases.")
class ClaimReceiptInput:
    """Input of claimReceipt."""

    idempotency_key: str = strawberry.field(description="Chosen by the caller; the same key acts once.")
    dry_run: bool = strawberry.field(default=False, description="Answer as if, and change nothing.")
    receipt_id: strawberry.ID = strawberry.field(description="The receipt.")
    allocations: list[AllocationInput] = strawberry.field(description="Parts, at most 200, each for another case.")
    reason: str = strawberry.field(description="Why the money belongs there, at most 500 characters.")


@strawberry.type(description="The money belongs to the cases.")
class ClaimReceiptSuccess:
    """Success of claimReceipt."""

    dry_run: bool = strawberry.field(description="Whether this was only a trial.")
    receipt: ReceiptType = strawberry.field(description="The receipt as it stands now.")


ClaimReceiptResult = Annotated[
    ClaimReceiptSuccess | AnyError, strawberry.union("ClaimReceiptResult", description="Outcome of claimReceipt.")
]


async def run_claim_receipt(info: Information, given: ClaimReceiptInput) -> ClaimReceiptResult:
    """The mutation. Own cases need ``receipt.claim``, others ``receipt.allocate_any``."""

    async def perform(session: WriteSession, now: datetime) -> Outcome:
        ref = expect_id(given.receipt_id, "Receipt", field="receiptId")
        info.context.gate.require(info.context.actor, "receipt.read", court_id=ref.court_id)
        await get_receipt(session, court_id=ref.court_id, receipt_id=ref.uuid)
        case_ids = [_case_of_court(ref.court_id, part, index) for index, part in enumerate(given.allocations)]
        # A case that does not exist is left to the use case, which names the input at fault.
        for case in (await cases_by_id(session, {(ref.court_id, case_id) for case_id in case_ids})).values():
            require_claim(info.context, case)
        await claim_receipt(
            session,
            court_id=ref.court_id,
            receipt_id=ref.uuid,
            allocations=[(key, part.amount) for key, part in zip(case_ids, given.allocations, strict=True)],
            reason=given.reason,
            now=now,
        )
        return {"court_id": ref.court_id, "receipt_id": ref.uuid.hex}

    async def present(session: WriteSession, outcome: Outcome) -> ClaimReceiptSuccess:
        receipt_id = UUID(outcome["receipt_id"])
        receipt = await whole_receipt(session, court_id=outcome["court_id"], receipt_id=receipt_id)
        return ClaimReceiptSuccess(dry_run=given.dry_run, receipt=receipt)

    return await run_mutation(info, given, perform=perform, present=present)


def _case_of_court(court_id: int, part: AllocationInput, index: int) -> UUID:
    """Money stays in its court: a case of another one is as good as none."""
    field = f"allocations.{index}.caseId"
    ref = expect_id(part.case_id, "Case", field=field)
    if ref.court_id != court_id:
        raise CaseNotFound("案件不存在", "No such case", field=field)
    return ref.uuid
