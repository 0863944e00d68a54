"""Fund accounts, orders at banks and imported statements as GraphQL shows them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from ankuan.banking import queries
from ankuan.banking.graphql import loaders
from ankuan.banking.graphql.bank import BankType, bank_type
from ankuan.banking.graphql.enums import InstructionPurpose
from ankuan.banking.print_order import PRINTABLE
from ankuan.banking.statement_rules import REASONS_EN, REASONS_ZH, Reason
from ankuan.banking.tables import FundAccount, Instruction, StatementImport, StatementImportRow
from ankuan.banking.transitions import STATE_TITLES, InstructionState
from ankuan.banking.wait_for_opening import waiting_text
from ankuan.kernel.identifiers import mask_account
from ankuan.kernel.money import Money
from ankuan.platform.graphql.connection import Connection, Node, connection
from ankuan.platform.graphql.context import Information
from ankuan.platform.graphql.ids import global_id
from ankuan.registry.graphql import AFTER, After, CourtType, First, load_court

ON_PAPER = "等待打印并送交银行"
Outcome = Annotated[str | None, strawberry.argument(description="Only rows that were recorded, duplicate or rejected.")]


@strawberry.type(name="FundAccount", description="A court's real account at a bank (案款专户).")
class FundAccountType(Node):
    """One fund account."""

    bank_id: str = strawberry.field(description="Id of the bank's plugin.")
    account_no_masked: str = strawberry.field(description="Account number, masked.")
    name: str = strawberry.field(description="Name of the account.")
    active: bool = strawberry.field(description="Whether it is in use.")
    last_polled_at: datetime | None = strawberry.field(description="When the bank last answered with its bookings.")
    court_id: strawberry.Private[int]
    fund_account_id: strawberry.Private[UUID]

    @strawberry.field(description="Court that owns the account.")
    async def court(self, info: Information) -> CourtType:
        """The court."""
        return await load_court(info, self.court_id)

    @strawberry.field(description="Name of the bank.")
    def bank_name(self, info: Information) -> str:
        """The bank."""
        plugin = info.context.plugins.banks.get(self.bank_id)
        return plugin.display_name if plugin else self.bank_id

    @strawberry.field(description="The bank and what it can do; null while its plugin is not installed.")
    def bank(self, info: Information) -> BankType | None:
        """The bank."""
        plugin = info.context.plugins.banks.get(self.bank_id)
        return bank_type(plugin) if plugin else None

    @strawberry.field(description="What lies on the account by the ledger.")
    async def balance(self, info: Information) -> Money:
        """Balance."""
        return (await loaders.positions(info).load((self.court_id, self.fund_account_id))).bank

    @strawberry.field(description="Part of it that belongs to no case yet.")
    async def unidentified(self, info: Information) -> Money:
        """Unidentified money."""
        return (await loaders.positions(info).load((self.court_id, self.fund_account_id))).unidentified


@strawberry.type(name="Instruction", description="One order at one bank: a payment or an adjustment.")
class InstructionType(Node):
    """One order."""

    client_ref: str = strawberry.field(description="Our reference at the bank, the same for every try.")
    purpose: InstructionPurpose = strawberry.field(description="What it is for.")
    amount: Money = strawberry.field(description="Amount in yuan.")
    state: InstructionState = strawberry.field(description="Where it stands.")
    state_title: str = strawberry.field(description="The state in Chinese.")
    bank_ref: str | None = strawberry.field(description="The bank's number of the transaction.")
    bank_message: str | None = strawberry.field(description="The bank's last word, as it said it.")
    attempts: int = strawberry.field(description="How often it was submitted.")
    next_try_at: datetime | None = strawberry.field(description="When it is sent or asked about next.")
    settled_at: datetime | None = strawberry.field(description="When the execution was proved.")
    created_at: datetime = strawberry.field(description="When it was ordered.")
    payee_name: str = strawberry.field(description="Who gets the money.")
    waiting_until: datetime | None = strawberry.field(description="When the bank opens for an order that waits for it.")
    court_id: strawberry.Private[int]
    fund_account_id: strawberry.Private[UUID]
    waits_for: strawberry.Private[str | None]

    @strawberry.field(description="Why it is not sent yet, with the time of the opening; null when it does not wait.")
    async def waiting_reason(self, info: Information) -> str | None:
        """The reason in the viewer's language."""
        if await self._is_on_paper(info):
            return "Waits to be printed and carried to the bank" if info.context.language == "en" else ON_PAPER
        return waiting_text(
            self.waits_for, self.waiting_until, language=info.context.language, now=info.context.clock.now()
        )

    @strawberry.field(description="Path of the sheet (PDF) while an order on paper is open.")
    async def order_url(self, info: Information) -> str | None:
        """Where the sheet is printed."""
        return f"/payments/{self.id}/order.pdf" if await self._is_on_paper(info) else None

    async def _is_on_paper(self, info: Information) -> bool:
        if self.purpose is not InstructionPurpose.PAYMENT or self.state not in PRINTABLE:
            return False
        return (await loaders.fund_accounts(info).load((self.court_id, self.fund_account_id))).is_paper

    @strawberry.field(description="Account that pays.")
    async def fund_account(self, info: Information) -> FundAccountType:
        """The fund account."""
        return await load_fund_account(info, self.court_id, self.fund_account_id)


@strawberry.type(description="What became of one row of a statement file.")
class ImportRow:
    """One row."""

    row_no: int = strawberry.field(description="Place in the file, 1 being the first.")
    outcome: str = strawberry.field(description="recorded, duplicate or rejected.")
    reason: str | None = strawberry.field(description="Why it was rejected.")
    text: str = strawberry.field(description="The row as it stands in the file.")
    amount: Money | None = strawberry.field(description="Amount if it could be read; negative for money out.")


@strawberry.type(name="StatementImport", description="A statement file that was imported.")
class StatementImportType(Node):
    """One import."""

    file_name: str = strawberry.field(description="Name of the file.")
    format: str = strawberry.field(description="mt940 or camt053.")
    imported_at: datetime = strawberry.field(description="When.")
    row_count: int = strawberry.field(description="Rows in the file; each is recorded, duplicate or rejected.")
    recorded: int = strawberry.field(description="Rows that were new.")
    duplicates: int = strawberry.field(description="Rows known already, from an import or from the bank.")
    rejected: int = strawberry.field(description="Rows that could not be used.")
    court_id: strawberry.Private[int]
    import_id: strawberry.Private[UUID]
    fund_account_id: strawberry.Private[UUID]

    @strawberry.field(description="Account that the statement is of.")
    async def fund_account(self, info: Information) -> FundAccountType:
        """The fund account."""
        return await load_fund_account(info, self.court_id, self.fund_account_id)

    @strawberry.field(description="The rows in the order of the file.")
    async def rows(
        self, info: Information, outcome: Outcome = None, first: First = 100, after: After = AFTER
    ) -> Connection[ImportRow]:
        """Rows."""
        async with info.context.read() as session:
            page = await queries.search_import_rows(
                session, court_id=self.court_id, import_id=self.import_id, outcome=outcome, first=first, after=after
            )
        return connection(page.with_rows([import_row(row, info.context.language) for row in page.rows]))


def fund_account_type(account: FundAccount) -> FundAccountType:
    """Present a fund account."""
    return FundAccountType(
        id=global_id("FundAccount", account.court_id, account.id),
        bank_id=account.bank_id,
        account_no_masked=mask_account(account.account_no),
        name=account.name,
        active=account.active,
        last_polled_at=account.polled_at,
        court_id=account.court_id,
        fund_account_id=account.id,
    )


def instruction_type(instruction: Instruction) -> InstructionType:
    """Present an order."""
    state = InstructionState(instruction.state)
    return InstructionType(
        id=global_id("Instruction", instruction.court_id, instruction.id),
        client_ref=instruction.client_ref,
        purpose=InstructionPurpose(instruction.purpose),
        amount=instruction.amount,
        state=state,
        state_title=STATE_TITLES[state],
        bank_ref=instruction.bank_ref,
        bank_message=instruction.bank_message,
        attempts=instruction.sends,
        next_try_at=instruction.next_try_at,
        settled_at=instruction.settled_at,
        created_at=instruction.created_at,
        payee_name=instruction.payee_name,
        waiting_until=instruction.waits_until if state is InstructionState.READY else None,
        waits_for=instruction.waits_for if state is InstructionState.READY else None,
        court_id=instruction.court_id,
        fund_account_id=instruction.fund_account_id,
    )


def statement_import_type(row: StatementImport) -> StatementImportType:
    """Present an import."""
    return StatementImportType(
        id=global_id("StatementImport", row.court_id, row.id),
        file_name=row.file_name,
        format=row.format,
        imported_at=row.imported_at,
        row_count=row.row_count,
        recorded=row.recorded,
        duplicates=row.duplicates,
        rejected=row.rejected,
        court_id=row.court_id,
        import_id=row.id,
        fund_account_id=row.fund_account_id,
    )


def import_row(row: StatementImportRow, language: str) -> ImportRow:
    """Present a row in a language."""
    words = REASONS_EN if language == "en" else REASONS_ZH
    return ImportRow(
        row_no=row.row_no,
        outcome=row.outcome,
        reason=words[Reason(row.reason)] if row.reason else None,
        text=row.text,
        amount=Money(row.amount_fen) if row.amount_fen is not None else None,
    )


async def load_fund_account(info: Information, court_id: int, fund_account_id: UUID) -> FundAccountType:
    """The account, batched with its siblings. Raises ``FundAccountNotFound`` when it is not in sight."""
    return fund_account_type(await loaders.fund_accounts(info).load((court_id, fund_account_id)))


async def load_instruction(info: Information, court_id: int, origin_id: UUID) -> InstructionType | None:
    """The latest order that was issued for something (a payment line, an allocation), batched."""
    found = await loaders.latest_instructions(info).load((court_id, origin_id))
    return instruction_type(found) if found else None
