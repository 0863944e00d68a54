"""Orders on paper: proposals for bookings without a reference, and the mutation ``confirmPaperPayment``."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from ankuan.banking import queries
from ankuan.banking.graphql.types import InstructionType, instruction_type
from ankuan.banking.paper_payments import confirm_paper_payment
from ankuan.banking.tables import BankLine, Instruction
from ankuan.kernel.identifiers import mask_account
from ankuan.kernel.money import Money
from ankuan.platform.db import WriteSession
from ankuan.platform.graphql.context import Information
from ankuan.platform.graphql.errors import AnyError
from ankuan.platform.graphql.ids import expect_id, global_id
from ankuan.platform.graphql.mutation import Outcome, run_mutation


@strawberry.type(
    name="PaperProposal",
    description="A booking without a reference beside an open order of the same amount, account and name.",
)
class PaperProposalType:
    """One possible pair; nothing happens until a person confirms it."""

    line_id: strawberry.ID = strawberry.field(description="The booking, for confirmPaperPayment.")
    booked_on: date = strawberry.field(description="Day of the booking.")
    amount: Money = strawberry.field(description="Amount in yuan.")
    counter_name: str = strawberry.field(description="Who was paid, by the bank's statement.")
    counter_account_masked: str = strawberry.field(description="The account that was paid, masked.")
    remark: str = strawberry.field(description="What the statement says of it.")
    instruction: InstructionType = strawberry.field(description="The order that it may have executed.")


@strawberry.input(description="Confirm that a booking executed an order on paper.")
class ConfirmPaperPaymentInput:
    """Input of confirmPaperPayment."""

    idempotency_key: str = strawberry.field(description="Chosen by the caller; the same key acts once.")
    dry_run: bool = strawberry.field(default=False, description="Answer as if, and change nothing.")
    line_id: strawberry.ID = strawberry.field(description="The booking.")
    instruction_id: strawberry.ID = strawberry.field(description="The order.")
    reason: str = strawberry.field(description="Why it is this one, 1 to 500 characters.")


@strawberry.type(description="The order is settled.")
class ConfirmPaperPaymentSuccess:
    """Success of confirmPaperPayment."""

    dry_run: bool = strawberry.field(description="Whether this was only a trial.")
    instruction: InstructionType = strawberry.field(description="The order as it stands now.")


ConfirmPaperPaymentResult = Annotated[
    ConfirmPaperPaymentSuccess | AnyError,
    strawberry.union("ConfirmPaperPaymentResult", description="Outcome of confirmPaperPayment."),
]


def paper_proposal_type(line: BankLine, order: Instruction) -> PaperProposalType:
    """Present a proposal."""
    return PaperProposalType(
        line_id=global_id("BankLine", line.court_id, line.id),
        booked_on=line.booked_on,
        amount=line.amount,
        counter_name=line.counter_name,
        counter_account_masked=mask_account(line.counter_account),
        remark=line.remark,
        instruction=instruction_type(order),
    )


async def run_confirm_paper_payment(info: Information, given: ConfirmPaperPaymentInput) -> ConfirmPaperPaymentResult:
    """The mutation, for those who release payments."""
    context = info.context

    async def perform(session: WriteSession, now: datetime) -> Outcome:
        line = expect_id(given.line_id, "BankLine", field="lineId")
        context.gate.require(context.actor, "disbursement.release", court_id=line.court_id)
        order = expect_id(given.instruction_id, "Instruction", field="instructionId", court_id=line.court_id)
        done = await confirm_paper_payment(
            session,
            court_id=line.court_id,
            line_id=line.uuid,
            instruction_id=order.uuid,
            reason=given.reason,
            now=now,
        )
        return {"court_id": done.court_id, "instruction_id": done.id.hex}

    async def present(session: WriteSession, outcome: Outcome) -> ConfirmPaperPaymentSuccess:
        key = (int(outcome["court_id"]), UUID(outcome["instruction_id"]))
        row = (await queries.instructions_by_id(session, [key]))[key]
        return ConfirmPaperPaymentSuccess(dry_run=given.dry_run, instruction=instruction_type(row))

    return await run_mutation(info, given, perform=perform, present=present)
