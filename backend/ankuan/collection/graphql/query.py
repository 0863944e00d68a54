"""Queries of money in."""

from datetime import date
from typing import Annotated

import strawberry

from ankuan.banking.queries import get_fund_account
from ankuan.collection import queries
from ankuan.collection.graphql.nodes import receipt_node
from ankuan.collection.graphql.types import (
    ReceiptType,
    SubAccountPoolType,
    SubAccountType,
    pool_type,
    receipt_type,
    sub_account_type,
)
from ankuan.collection.pool import count_pool
from ankuan.collection.rules import ReceiptStatus, SubAccountStatus
from ankuan.kernel.clock import business_date
from ankuan.kernel.errors import NotFound
from ankuan.kernel.money import Money
from ankuan.platform.graphql.connection import Connection, connection
from ankuan.platform.graphql.context import Information
from ankuan.platform.graphql.ids import expect_id
from ankuan.platform.graphql.scalars import readable
from ankuan.registry.graphql import AFTER, FIRST, After, First, court_argument
from ankuan.registry.scope import courts_for


@strawberry.input(description="Which receipts to list; conditions add up.")
class ReceiptFilter:
    """Filter of receipts."""

    court_id: strawberry.ID | None = strawberry.field(default=None, description="Only receipts of this court.")
    status: list[ReceiptStatus] | None = strawberry.field(default=None, description="Only receipts in these states.")
    case_id: strawberry.ID | None = strawberry.field(default=None, description="Only receipts this case got part of.")
    search: str | None = strawberry.field(
        default=None,
        description="Part of the payer's name or of the remark, the receipt's number, or the exact amount.",
    )
    from_: date | None = strawberry.field(default=None, name="from", description="Booked on or after this day.")
    to: date | None = strawberry.field(default=None, description="Booked on or before this day.")
    amount_from: Money | None = strawberry.field(default=None, description="Of at least this amount, in yuan.")
    amount_to: Money | None = strawberry.field(default=None, description="Of at most this amount, in yuan.")
    mine: bool | None = strawberry.field(default=None, description="Only receipts of cases that the viewer handles.")


Filter = Annotated[ReceiptFilter | None, strawberry.argument(description="Which receipts.")]
ReceiptId = Annotated[strawberry.ID, strawberry.argument(description="Global id of the receipt.")]
OfFundAccount = Annotated[strawberry.ID | None, strawberry.argument(description="Only of this fund account.")]
OfCase = Annotated[strawberry.ID | None, strawberry.argument(description="Only the one that stands for this case.")]
WithStatus = Annotated[SubAccountStatus | None, strawberry.argument(description="Only in this status.")]
FundAccountId = Annotated[strawberry.ID, strawberry.argument(description="Global id of the fund account.")]


@strawberry.type
class CollectionQuery:
    """Part of Query."""

    @strawberry.field(description="Receipts, the latest arrival first.")
    async def receipts(
        self,
        info: Information,
        filter: Filter = None,  # noqa: A002 - the name of the argument in the schema
        first: First = FIRST,
        after: After = AFTER,
    ) -> Connection[ReceiptType]:
        """Receipts."""
        wanted = filter or ReceiptFilter()
        query = _read_filter(info, wanted)
        async with info.context.read() as session:
            page = await queries.search_receipts(session, query, first=first, after=after)
        return connection(page.with_rows([receipt_type(row) for row in page.rows]))

    @strawberry.field(description="One receipt; null when there is none in the viewer's sight.")
    async def receipt(self, info: Information, id: ReceiptId) -> ReceiptType | None:  # noqa: A002 - the schema's name
        """A receipt."""
        return await receipt_node(info, expect_id(id, "Receipt", field="id"))

    @strawberry.field(description="Sub-accounts of a court (the viewer's own unless a filter says otherwise).")
    async def sub_accounts(
        self,
        info: Information,
        *,
        fund_account_id: OfFundAccount = None,
        case_id: OfCase = None,
        status: WithStatus = None,
        first: First = FIRST,
        after: After = AFTER,
    ) -> Connection[SubAccountType]:
        """Sub-accounts, the oldest first."""
        account = (
            expect_id(fund_account_id, "FundAccount", field="fundAccountId") if fund_account_id is not None else None
        )
        case = expect_id(case_id, "Case", field="caseId") if case_id is not None else None
        named = [ref.court_id for ref in (account, case) if ref is not None]
        court_id = named[0] if named else court_argument(info, None)
        if len(set(named)) > 1:
            raise NotFound("对象不存在", "No such object", field="caseId")
        info.context.gate.require(info.context.actor, "fund_account.read", court_id=court_id)
        async with info.context.read() as session:
            page = await queries.search_sub_accounts(
                session,
                court_id=court_id,
                fund_account_id=account.uuid if account else None,
                case_id=case.uuid if case else None,
                status=status,
                first=first,
                after=after,
            )
        return connection(page.with_rows([sub_account_type(row) for row in page.rows]))

    @strawberry.field(description="How many sub-accounts a fund account has.")
    async def sub_account_pool(self, info: Information, fund_account_id: FundAccountId) -> SubAccountPoolType:
        """The pool of one fund account."""
        ref = expect_id(fund_account_id, "FundAccount", field="fundAccountId")
        info.context.gate.require(info.context.actor, "fund_account.read", court_id=ref.court_id)
        async with info.context.read() as session:
            await get_fund_account(session, court_id=ref.court_id, fund_account_id=ref.uuid)
            count = await count_pool(
                session,
                court_id=ref.court_id,
                fund_account_id=ref.uuid,
                today=business_date(info.context.clock.now()),
            )
        return pool_type(count)


def _read_filter(info: Information, wanted: ReceiptFilter) -> queries.ReceiptQuery:
    """The filter as the query takes it, within the courts that the viewer may list."""
    actor = info.context.actor
    case = expect_id(wanted.case_id, "Case", field="filter.caseId") if wanted.case_id is not None else None
    if case is not None and wanted.court_id is None:
        court_id = case.court_id
    else:
        court_id = court_argument(info, wanted.court_id, field="filter.courtId")
    info.context.gate.require(actor, "receipt.read", court_id=court_id)
    one_court = wanted.court_id is not None or case is not None
    return queries.ReceiptQuery(
        courts={court_id} if one_court else courts_for(actor, "receipt.read"),
        statuses=tuple(wanted.status or ()),
        case=(case.court_id, case.uuid) if case else None,
        handler_id=actor.id if wanted.mine else None,
        search=wanted.search or "",
        booked_from=wanted.from_,
        booked_to=wanted.to,
        amount_from=readable(wanted.amount_from, "filter.amountFrom"),
        amount_to=readable(wanted.amount_to, "filter.amountTo"),
    )
