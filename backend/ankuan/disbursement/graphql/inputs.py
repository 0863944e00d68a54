"""Inputs and success types of the mutations."""

from typing import Annotated

import strawberry

from ankuan.disbursement.content import Line
from ankuan.disbursement.graphql.types import DisbursementType
from ankuan.disbursement.rules import Kind
from ankuan.kernel.money import Money
from ankuan.platform.graphql.errors import AnyError
from ankuan.platform.graphql.ids import expect_id

KEY = "Chosen by the caller; the same key acts once."
DRY = "Answer as if, and change nothing."
WAS_DRY = "Whether this was only a trial."


@strawberry.input(description="One payment to one payee.")
class DisbursementLineInput:
    """A line as given."""

    payee_name: str = strawberry.field(description="Payee, exactly as at the payee's bank.")
    payee_account: str = strawberry.field(description="Account or card number; spaces and hyphens are left out.")
    payee_bank_name: str = strawberry.field(default="", description="Bank of the payee.")
    payee_bank_code: str | None = strawberry.field(default=None, description="CNAPS code of the bank, 12 digits.")
    amount: Money = strawberry.field(description="Amount in yuan, above zero.")
    party_id: strawberry.ID | None = strawberry.field(default=None, description="The party of the case that is paid.")


@strawberry.input(description="Write a request to pay.")
class CreateDisbursementInput:
    """Input of createDisbursement."""

    idempotency_key: str = strawberry.field(description=KEY)
    dry_run: bool = strawberry.field(default=False, description=DRY)
    case_id: strawberry.ID = strawberry.field(description="The case whose money is paid.")
    kind: Kind = strawberry.field(description="What is paid.")
    purpose: str = strawberry.field(description="What for; the bank is told.")
    lines: list[DisbursementLineInput] = strawberry.field(description="Payments, 1 to 500.")


@strawberry.input(description="Change a draft.")
class EditDisbursementInput:
    """Input of editDisbursement."""

    idempotency_key: str = strawberry.field(description=KEY)
    dry_run: bool = strawberry.field(default=False, description=DRY)
    disbursement_id: strawberry.ID = strawberry.field(description="The draft.")
    digest: str = strawberry.field(description="Digest of what was seen.")
    purpose: str = strawberry.field(description="What for.")
    lines: list[DisbursementLineInput] = strawberry.field(description="All payments, 1 to 500.")


@strawberry.input(description="Act on one disbursement.")
class DisbursementActInput:
    """Input of every other act on one disbursement."""

    idempotency_key: str = strawberry.field(description=KEY)
    dry_run: bool = strawberry.field(default=False, description=DRY)
    disbursement_id: strawberry.ID = strawberry.field(description="The disbursement.")
    digest: str = strawberry.field(description="Digest of what was seen; another content answers stale_digest.")
    comment: str | None = strawberry.field(default=None, description="Needed to send back and to reject.")


@strawberry.input(name="ReleaseItem", description="One disbursement to be released.")
class ReleaseItemInput:
    """An item."""

    disbursement_id: strawberry.ID = strawberry.field(description="The disbursement.")
    digest: str = strawberry.field(description="Digest of what was seen.")


@strawberry.input(description="Release disbursements, all or none.")
class ReleaseDisbursementsInput:
    """Input of releaseDisbursements."""

    idempotency_key: str = strawberry.field(description=KEY)
    dry_run: bool = strawberry.field(default=False, description=DRY)
    items: list[ReleaseItemInput] = strawberry.field(description="1 to 100 disbursements.")


@strawberry.type(description="The draft is written.")
class CreateDisbursementSuccess:
    """Success of createDisbursement."""

    dry_run: bool = strawberry.field(description=WAS_DRY)
    disbursement: DisbursementType = strawberry.field(description="The draft.")


@strawberry.type(description="The draft is changed.")
class EditDisbursementSuccess:
    """Success of editDisbursement."""

    dry_run: bool = strawberry.field(description=WAS_DRY)
    disbursement: DisbursementType = strawberry.field(description="The draft in its new version.")


@strawberry.type(description="It is handed in and its money reserved.")
class SubmitDisbursementSuccess:
    """Success of submitDisbursement."""

    dry_run: bool = strawberry.field(description=WAS_DRY)
    disbursement: DisbursementType = strawberry.field(description="The disbursement.")


@strawberry.type(description="It is taken back and its money free.")
class WithdrawDisbursementSuccess:
    """Success of withdrawDisbursement."""

    dry_run: bool = strawberry.field(description=WAS_DRY)
    disbursement: DisbursementType = strawberry.field(description="The disbursement.")


@strawberry.type(description="The level is approved.")
class ApproveDisbursementSuccess:
    """Success of approveDisbursement."""

    dry_run: bool = strawberry.field(description=WAS_DRY)
    disbursement: DisbursementType = strawberry.field(description="The disbursement.")


@strawberry.type(description="It is a draft again, and its money free.")
class SendBackDisbursementSuccess:
    """Success of sendBackDisbursement."""

    dry_run: bool = strawberry.field(description=WAS_DRY)
    disbursement: DisbursementType = strawberry.field(description="The disbursement.")


@strawberry.type(description="It is ended, and its money free.")
class RejectDisbursementSuccess:
    """Success of rejectDisbursement."""

    dry_run: bool = strawberry.field(description=WAS_DRY)
    disbursement: DisbursementType = strawberry.field(description="The disbursement.")


@strawberry.type(description="It has passed the audit.")
class AuditDisbursementSuccess:
    """Success of auditDisbursement."""

    dry_run: bool = strawberry.field(description=WAS_DRY)
    disbursement: DisbursementType = strawberry.field(description="The disbursement.")


@strawberry.type(description="All are released.")
class ReleaseDisbursementsSuccess:
    """Success of releaseDisbursements."""

    dry_run: bool = strawberry.field(description=WAS_DRY)
    disbursements: list[DisbursementType] = strawberry.field(description="In the order of the items.")
    total: Money = strawberry.field(description="Sum of all.")
    total_capitals: str = strawberry.field(description="The sum in Chinese capitals.")


CreateDisbursementResult = Annotated[
    CreateDisbursementSuccess | AnyError,
    strawberry.union("CreateDisbursementResult", description="Outcome of createDisbursement."),
]
EditDisbursementResult = Annotated[
    EditDisbursementSuccess | AnyError,
    strawberry.union("EditDisbursementResult", description="Outcome of editDisbursement."),
]
SubmitDisbursementResult = Annotated[
    SubmitDisbursementSuccess | AnyError,
    strawberry.union("SubmitDisbursementResult", description="Outcome of submitDisbursement."),
]
WithdrawDisbursementResult = Annotated[
    WithdrawDisbursementSuccess | AnyError,
    strawberry.union("WithdrawDisbursementResult", description="Outcome of withdrawDisbursement."),
]
ApproveDisbursementResult = Annotated[
    ApproveDisbursementSuccess | AnyError,
    strawberry.union("ApproveDisbursementResult", description="Outcome of approveDisbursement."),
]
SendBackDisbursementResult = Annotated[
    SendBackDisbursementSuccess | AnyError,
    strawberry.union("SendBackDisbursementResult", description="Outcome of sendBackDisbursement."),
]
RejectDisbursementResult = Annotated[
    RejectDisbursementSuccess | AnyError,
    strawberry.union("RejectDisbursementResult", description="Outcome of rejectDisbursement."),
]
AuditDisbursementResult = Annotated[
    AuditDisbursementSuccess | AnyError,
    strawberry.union("AuditDisbursementResult", description="Outcome of auditDisbursement."),
]
ReleaseDisbursementsResult = Annotated[
    ReleaseDisbursementsSuccess | AnyError,
    strawberry.union("ReleaseDisbursementsResult", description="Outcome of releaseDisbursements."),
]


def content_lines(given: list[DisbursementLineInput], *, court_id: int) -> list[Line]:
    """Lines as the use cases take them. Raises ``NotFound`` for an id that is not a party's of the court."""
    return [
        Line(
            payee_name=line.payee_name,
            payee_account=line.payee_account,
            amount=line.amount,
            payee_bank_name=line.payee_bank_name,
            payee_bank_code=line.payee_bank_code,
            party_id=(
                expect_id(line.party_id, "Party", field=f"lines.{index}.partyId", court_id=court_id).uuid
                if line.party_id is not None
                else None
            ),
        )
        for index, line in enumerate(given)
    ]
