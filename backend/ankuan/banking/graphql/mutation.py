"""Mutations of banking."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from ankuan.banking import queries
from ankuan.banking.graphql.integration_mutations import IntegrationMutation
from ankuan.banking.graphql.paper import (
    ConfirmPaperPaymentInput,
    ConfirmPaperPaymentResult,
    run_confirm_paper_payment,
)
from ankuan.banking.graphql.types import StatementImportType, statement_import_type
from ankuan.banking.import_statement import StatementFormat, import_statement
from ankuan.kernel.errors import NotFound
from ankuan.platform.db import WriteSession
from ankuan.platform.files import load_file
from ankuan.platform.graphql.context import Information
from ankuan.platform.graphql.errors import AnyError
from ankuan.platform.graphql.ids import expect_id
from ankuan.platform.graphql.mutation import Outcome, run_mutation


@strawberry.input(description="Import an uploaded statement file.")
class ImportStatementInput:
    """Input of importStatement."""

    idempotency_key: str = strawberry.field(description="Chosen by the caller; the same key acts once.")
    dry_run: bool = strawberry.field(default=False, description="Answer as if, and change nothing.")
    fund_account_id: strawberry.ID = strawberry.field(description="Account that the statement is of.")
    file_id: strawberry.ID = strawberry.field(description="The uploaded file.")
    format: StatementFormat = strawberry.field(description="Format of the file.")


@strawberry.type(description="The file was read; each row says what became of it.")
class ImportStatementSuccess:
    """Success of importStatement."""

    dry_run: bool = strawberry.field(description="Whether this was only a trial.")
    statement_import: StatementImportType = strawberry.field(description="The import with its rows.")


ImportStatementResult = Annotated[
    ImportStatementSuccess | AnyError,
    strawberry.union("ImportStatementResult", description="Outcome of importStatement."),
]


@strawberry.type
class BankingMutation(IntegrationMutation):
    """Part of Mutation."""

    @strawberry.mutation(description="Record the bookings of a statement file; imported twice, nothing is doubled.")
    async def import_statement(
        self,
        info: Information,
        input: Annotated[ImportStatementInput, strawberry.argument(description="Which file.")],  # noqa: A002 - Relay's name
    ) -> ImportStatementResult:
        """Import a statement."""
        return await run_import_statement(info, input)

    @strawberry.mutation(
        description="Settle an order on paper by a booking that names no reference; refused when amounts differ."
    )
    async def confirm_paper_payment(
        self,
        info: Information,
        input: Annotated[ConfirmPaperPaymentInput, strawberry.argument(description="Which.")],  # noqa: A002 - as above
    ) -> ConfirmPaperPaymentResult:
        """Confirm a payment on paper."""
        return await run_confirm_paper_payment(info, input)


async def run_import_statement(info: Information, given: ImportStatementInput) -> ImportStatementResult:
    """The mutation. The file must have been uploaded for the court that owns the account."""
    context = info.context

    async def perform(session: WriteSession, now: datetime) -> Outcome:
        account = expect_id(given.fund_account_id, "FundAccount", field="fundAccountId")
        file_ref = expect_id(given.file_id, "File", field="fileId")
        context.gate.require(context.actor, "statement.import", court_id=account.court_id)
        if file_ref.court_id != account.court_id:
            raise NotFound("文件不存在", "No such file", field="fileId")
        await queries.get_fund_account(session, court_id=account.court_id, fund_account_id=account.uuid)
        file = await load_file(session, court_id=file_ref.court_id, file_id=file_ref.uuid)
        done = await import_statement(
            session,
            court_id=account.court_id,
            fund_account_id=account.uuid,
            file_name=file.name,
            content=file.content,
            format=given.format,
            now=now,
        )
        return {"court_id": account.court_id, "import_id": done.import_id.hex}

    async def present(session: WriteSession, outcome: Outcome) -> ImportStatementSuccess:
        key = (int(outcome["court_id"]), UUID(outcome["import_id"]))
        row = (await queries.imports_by_id(session, [key]))[key]
        return ImportStatementSuccess(dry_run=given.dry_run, statement_import=statement_import_type(row))

    return await run_mutation(info, given, perform=perform, present=present)
