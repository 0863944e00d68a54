"""Mutations of money in."""

from typing import Annotated

import strawberry

from ankuan.collection.graphql.claim_receipt import ClaimReceiptInput, ClaimReceiptResult, run_claim_receipt
from ankuan.collection.graphql.sub_accounts import (
    BindSubAccountInput,
    BindSubAccountResult,
    RefillSubAccountsInput,
    RefillSubAccountsResult,
    run_bind_sub_account,
    run_refill_sub_accounts,
)
from ankuan.collection.graphql.undo_allocation import UndoAllocationInput, UndoAllocationResult, run_undo_allocation
from ankuan.platform.graphql.context import Information


@strawberry.type
class CollectionMutation:
    """Part of Mutation."""

    @strawberry.mutation(description="Give unidentified money to one or several cases.")
    async def claim_receipt(
        self,
        info: Information,
        input: Annotated[ClaimReceiptInput, strawberry.argument(description="What goes where.")],  # noqa: A002 - Relay's name
    ) -> ClaimReceiptResult:
        """Claim."""
        return await run_claim_receipt(info, input)

    @strawberry.mutation(description="Take an allocation back while its money is unspent.")
    async def undo_allocation(
        self,
        info: Information,
        input: Annotated[UndoAllocationInput, strawberry.argument(description="Which one, and why.")],  # noqa: A002 - Relay's name
    ) -> UndoAllocationResult:
        """Undo."""
        return await run_undo_allocation(info, input)

    @strawberry.mutation(description="Give a case a sub-account of its own; it keeps the one it has.")
    async def bind_sub_account(
        self,
        info: Information,
        input: Annotated[BindSubAccountInput, strawberry.argument(description="Which case.")],  # noqa: A002 - Relay's name
    ) -> BindSubAccountResult:
        """Bind."""
        return await run_bind_sub_account(info, input)

    @strawberry.mutation(description="Have more sub-accounts opened at the bank, in the background.")
    async def refill_sub_accounts(
        self,
        info: Information,
        input: Annotated[RefillSubAccountsInput, strawberry.argument(description="Where and how many.")],  # noqa: A002 - Relay's name
    ) -> RefillSubAccountsResult:
        """Refill."""
        return await run_refill_sub_accounts(info, input)
