"""Mutations ``bindSubAccount`` and ``refillSubAccounts``."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from ankuan.collection.bind_sub_account import bind_sub_account
from ankuan.collection.graphql.types import SubAccountType, sub_account_type
from ankuan.collection.queries import get_sub_account
from ankuan.collection.request_sub_accounts import request_sub_accounts
from ankuan.platform.db import WriteSession
from ankuan.platform.graphql.context import Information
from ankuan.platform.graphql.errors import AnyError
from ankuan.platform.graphql.ids import expect_id
from ankuan.platform.graphql.mutation import Outcome, run_mutation
from ankuan.registry.queries import get_case


@strawberry.input(description="Give a case its sub-account.")
class BindSubAccountInput:
    """Input of bindSubAccount."""

    idempotency_key: str = strawberry.field(description="Chosen by the caller; the same key acts once.")
    dry_run: bool = strawberry.field(default=False, description="Answer as if, and change nothing.")
    case_id: strawberry.ID = strawberry.field(description="The case.")


@strawberry.type(description="The case has a sub-account.")
class BindSubAccountSuccess:
    """Success of bindSubAccount."""

    dry_run: bool = strawberry.field(description="Whether this was only a trial.")
    sub_account: SubAccountType = strawberry.field(description="The case's sub-account, new or as before.")


@strawberry.input(description="Have more sub-accounts opened at the bank.")
class RefillSubAccountsInput:
    """Input of refillSubAccounts."""

    idempotency_key: str = strawberry.field(description="Chosen by the caller; the same key acts once.")
    dry_run: bool = strawberry.field(default=False, description="Answer as if, and change nothing.")
    fund_account_id: strawberry.ID = strawberry.field(description="The fund account.")
    count: int = strawberry.field(description="How many, 1 to 1,000.")


@strawberry.type(description="The order is stored; the bank is asked in the background.")
class RefillSubAccountsSuccess:
    """Success of refillSubAccounts."""

    dry_run: bool = strawberry.field(description="Whether this was only a trial.")
    requested: int = strawberry.field(description="How many will be opened.")


BindSubAccountResult = Annotated[
    BindSubAccountSuccess | AnyError, strawberry.union("BindSubAccountResult", description="Outcome of bindSubAccount.")
]
RefillSubAccountsResult = Annotated[
    RefillSubAccountsSuccess | AnyError,
    strawberry.union("RefillSubAccountsResult", description="Outcome of refillSubAccounts."),
]


async def run_bind_sub_account(info: Information, given: BindSubAccountInput) -> BindSubAccountResult:
    """The mutation, for those who may register cases."""

    async def perform(session: WriteSession, now: datetime) -> Outcome:
        ref = expect_id(given.case_id, "Case", field="caseId")
        info.context.gate.require(info.context.actor, "case.read", court_id=ref.court_id)
        case = await get_case(session, court_id=ref.court_id, case_id=ref.uuid)
        info.context.gate.require(
            info.context.actor,
            "case.register",
            court_id=case.court_id,
            handler_id=case.handler_id,
            department_id=case.department_id,
        )
        bound = await bind_sub_account(session, court_id=ref.court_id, case_id=ref.uuid, now=now)
        return {"court_id": ref.court_id, "sub_account_id": bound.id.hex}

    async def present(session: WriteSession, outcome: Outcome) -> BindSubAccountSuccess:
        key = UUID(outcome["sub_account_id"])
        found = await get_sub_account(session, court_id=outcome["court_id"], sub_account_id=key)
        return BindSubAccountSuccess(dry_run=given.dry_run, sub_account=sub_account_type(found))

    return await run_mutation(info, given, perform=perform, present=present)


async def run_refill_sub_accounts(info: Information, given: RefillSubAccountsInput) -> RefillSubAccountsResult:
    """The mutation, for those who manage fund accounts."""

    async def perform(session: WriteSession, now: datetime) -> Outcome:
        ref = expect_id(given.fund_account_id, "FundAccount", field="fundAccountId")
        info.context.gate.require(info.context.actor, "fund_account.manage", court_id=ref.court_id)
        await request_sub_accounts(
            session,
            court_id=ref.court_id,
            fund_account_id=ref.uuid,
            count=given.count,
            plugins=info.context.plugins,
            now=now,
        )
        return {"requested": given.count}

    async def present(_: WriteSession, outcome: Outcome) -> RefillSubAccountsSuccess:
        return RefillSubAccountsSuccess(dry_run=given.dry_run, requested=outcome["requested"])

    return await run_mutation(info, given, perform=perform, present=present)
