"""Mutations of the room."""

from typing import Annotated

import strawberry

from ankuan.disbursement.graphql import acts, release, write
from ankuan.disbursement.graphql.inputs import (
    ApproveDisbursementResult,
    AuditDisbursementResult,
    CreateDisbursementInput,
    CreateDisbursementResult,
    DisbursementActInput,
    EditDisbursementInput,
    EditDisbursementResult,
    RejectDisbursementResult,
    ReleaseDisbursementsInput,
    ReleaseDisbursementsResult,
    SendBackDisbursementResult,
    SubmitDisbursementResult,
    WithdrawDisbursementResult,
)
from ankuan.platform.graphql.context import Information

Create = Annotated[CreateDisbursementInput, strawberry.argument(description="What to pay.")]
Edit = Annotated[EditDisbursementInput, strawberry.argument(description="Which, and its new content.")]
One = Annotated[DisbursementActInput, strawberry.argument(description="Which, as it was seen.")]
Many = Annotated[ReleaseDisbursementsInput, strawberry.argument(description="Which, as they were seen.")]


@strawberry.type
class DisbursementMutation:
    """Part of Mutation."""

    @strawberry.mutation(description="Write a request to pay, as a draft.")
    async def create_disbursement(self, info: Information, input: Create) -> CreateDisbursementResult:  # noqa: A002 - Relay's name
        """Create."""
        return await write.run_create(info, input)

    @strawberry.mutation(description="Change a draft: a new version with a new digest.")
    async def edit_disbursement(self, info: Information, input: Edit) -> EditDisbursementResult:  # noqa: A002 - Relay's name
        """Edit."""
        return await write.run_edit(info, input)

    @strawberry.mutation(description="Hand a draft in: automatic review, money reserved, approval begins.")
    async def submit_disbursement(self, info: Information, input: One) -> SubmitDisbursementResult:  # noqa: A002 - Relay's name
        """Submit."""
        return await acts.run_submit(info, input)

    @strawberry.mutation(description="Take a request back before its release; its money is free again.")
    async def withdraw_disbursement(self, info: Information, input: One) -> WithdrawDisbursementResult:  # noqa: A002 - Relay's name
        """Withdraw."""
        return await acts.run_withdraw(info, input)

    @strawberry.mutation(description="Approve the level that waits.")
    async def approve_disbursement(self, info: Information, input: One) -> ApproveDisbursementResult:  # noqa: A002 - Relay's name
        """Approve."""
        return await acts.run_approve(info, input)

    @strawberry.mutation(description="Send a request back to its author; every approval is void.")
    async def send_back_disbursement(self, info: Information, input: One) -> SendBackDisbursementResult:  # noqa: A002 - Relay's name
        """Send back."""
        return await acts.run_send_back(info, input)

    @strawberry.mutation(description="End a request; its money is free again.")
    async def reject_disbursement(self, info: Information, input: One) -> RejectDisbursementResult:  # noqa: A002 - Relay's name
        """Reject."""
        return await acts.run_reject(info, input)

    @strawberry.mutation(description="Pass the audit (稽核) between approval and release.")
    async def audit_disbursement(self, info: Information, input: One) -> AuditDisbursementResult:  # noqa: A002 - Relay's name
        """Audit."""
        return await acts.run_audit(info, input)

    @strawberry.mutation(description="Release audited requests with one click: all of them, or none.")
    async def release_disbursements(self, info: Information, input: Many) -> ReleaseDisbursementsResult:  # noqa: A002 - Relay's name
        """Release."""
        return await release.run_release(info, input)
