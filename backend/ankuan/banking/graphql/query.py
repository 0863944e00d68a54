"""Queries of banking."""

from typing import Annotated

import strawberry

from ankuan.banking import queries
from ankuan.banking.graphql.enums import InstructionPurpose
from ankuan.banking.graphql.integration_query import IntegrationQuery
from ankuan.banking.graphql.nodes import statement_import_node
from ankuan.banking.graphql.paper import PaperProposalType, paper_proposal_type
from ankuan.banking.graphql.types import (
    FundAccountType,
    InstructionType,
    StatementImportType,
    fund_account_type,
    instruction_type,
    statement_import_type,
)
from ankuan.banking.paper_payments import search_proposals
from ankuan.banking.transitions import InstructionState
from ankuan.platform.graphql.connection import Connection, connection
from ankuan.platform.graphql.context import Information
from ankuan.platform.graphql.ids import expect_id
from ankuan.registry.graphql import AFTER, FIRST, After, First, court_argument
from ankuan.registry.scope import courts_for


@strawberry.input(description="Which orders to list; conditions add up.")
class InstructionFilter:
    """Filter of orders at banks."""

    court_id: strawberry.ID | None = strawberry.field(default=None, description="Only orders of this court.")
    state: list[InstructionState] | None = strawberry.field(default=None, description="Only orders in these states.")
    purpose: InstructionPurpose | None = strawberry.field(default=None, description="Only orders for this purpose.")
    case_id: strawberry.ID | None = strawberry.field(default=None, description="Only orders about this case.")


CourtId = Annotated[strawberry.ID | None, strawberry.argument(description="Only of this court.")]
Filter = Annotated[InstructionFilter | None, strawberry.argument(description="Which orders.")]
PaperAccountId = Annotated[strawberry.ID, strawberry.argument(description="The fund account that pays on paper.")]
ImportId = Annotated[strawberry.ID, strawberry.argument(description="Global id of the import.")]
FundAccountId = Annotated[strawberry.ID | None, strawberry.argument(description="Only of this fund account.")]


def _courts(info: Information, permission: str, given: str | None, field: str) -> frozenset[int] | None:
    """Courts to list: the given one, or all that the permission reaches. Raises ``NotAllowed``, ``NotFound``."""
    court = court_argument(info, given, field=field)
    info.context.gate.require(info.context.actor, permission, court_id=court)
    return frozenset({court}) if given else courts_for(info.context.actor, permission)


@strawberry.type
class BankingQuery(IntegrationQuery):
    """Part of Query."""

    @strawberry.field(description="Fund accounts, the oldest first.")
    async def fund_accounts(
        self, info: Information, court_id: CourtId = None, first: First = FIRST, after: After = AFTER
    ) -> Connection[FundAccountType]:
        """Fund accounts."""
        courts = _courts(info, "fund_account.read", court_id, "courtId")
        async with info.context.read() as session:
            page = await queries.search_fund_accounts(session, courts=courts, first=first, after=after)
        return connection(page.with_rows([fund_account_type(row) for row in page.rows]))

    @strawberry.field(description="Orders at banks, the newest first.")
    async def instructions(
        self,
        info: Information,
        filter: Filter = None,  # noqa: A002 - the name of the argument in the schema
        first: First = FIRST,
        after: After = AFTER,
    ) -> Connection[InstructionType]:
        """Orders."""
        wanted = filter or InstructionFilter()
        courts = _courts(info, "disbursement.read", wanted.court_id, "filter.courtId")
        case = expect_id(wanted.case_id, "Case", field="filter.caseId") if wanted.case_id is not None else None
        async with info.context.read() as session:
            page = await queries.search_instructions(
                session,
                courts=courts,
                states=wanted.state or (),
                purpose=wanted.purpose.value if wanted.purpose else None,
                case_id=case.uuid if case else None,
                first=first,
                after=after,
            )
        return connection(page.with_rows([instruction_type(row) for row in page.rows]))

    @strawberry.field(description="Bookings that may be the execution of open orders on paper, the oldest first.")
    async def paper_proposals(
        self, info: Information, fund_account_id: PaperAccountId, first: First = FIRST, after: After = AFTER
    ) -> Connection[PaperProposalType]:
        """Proposals; only who releases payments may confirm one."""
        account = expect_id(fund_account_id, "FundAccount", field="fundAccountId")
        info.context.gate.require(info.context.actor, "disbursement.read", court_id=account.court_id)
        async with info.context.read() as session:
            await queries.get_fund_account(session, court_id=account.court_id, fund_account_id=account.uuid)
            page = await search_proposals(
                session, court_id=account.court_id, fund_account_id=account.uuid, first=first, after=after
            )
        return connection(page.with_rows([paper_proposal_type(line, order) for line, order in page.rows]))

    @strawberry.field(description="One imported statement; null when there is none in the viewer's sight.")
    async def statement_import(
        self,
        info: Information,
        id: ImportId,  # noqa: A002 - the name of the argument in the schema
    ) -> StatementImportType | None:
        """An import."""
        return await statement_import_node(info, expect_id(id, "StatementImport", field="id"))

    @strawberry.field(description="Imported statements, the newest first.")
    async def statement_imports(
        self, info: Information, fund_account_id: FundAccountId = None, first: First = FIRST, after: After = AFTER
    ) -> Connection[StatementImportType]:
        """Imports."""
        account = (
            expect_id(fund_account_id, "FundAccount", field="fundAccountId") if fund_account_id is not None else None
        )
        if account is not None:
            info.context.gate.require(info.context.actor, "fund_account.read", court_id=account.court_id)
        courts = frozenset({account.court_id}) if account else _courts(info, "fund_account.read", None, "courtId")
        async with info.context.read() as session:
            page = await queries.search_imports(
                session,
                courts=courts,
                fund_account_id=account.uuid if account else None,
                first=first,
                after=after,
            )
        return connection(page.with_rows([statement_import_type(row) for row in page.rows]))
