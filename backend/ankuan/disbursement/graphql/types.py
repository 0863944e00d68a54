"""Disbursements as GraphQL shows them. What depends on the viewer (language, rights, full accounts) is a method."""

from datetime import datetime

import strawberry
import structlog

from ankuan.banking.graphql import FundAccountType, InstructionType, load_fund_account, load_instruction
from ankuan.disbursement.graphql.bundle import Bundle, ShownCheck
from ankuan.disbursement.graphql.viewer_can import DisbursementActions, actions, reads_accounts
from ankuan.disbursement.review_rules import TITLES, Outcome
from ankuan.disbursement.rules import STATUS_TITLES, Act, Kind
from ankuan.disbursement.stored_content import payee_account
from ankuan.disbursement.tables import DisbursementAct, DisbursementLine
from ankuan.disbursement.titles import act_title, kind_title
from ankuan.disbursement.transitions import LineOutcome, Status
from ankuan.kernel.money import Money
from ankuan.platform.graphql.connection import Node
from ankuan.platform.graphql.context import Information
from ankuan.platform.graphql.ids import global_id
from ankuan.registry.graphql import (
    CaseType,
    CourtType,
    PartyType,
    StaffType,
    case_type,
    load_court,
    load_party,
    load_staff,
)
from ankuan.registry.roles import packaged_roles
from ankuan.registry.staff_queries import StaffNotFound

log = structlog.get_logger(__name__)


@strawberry.type(name="DisbursementLine", description="One payment to one payee.")
class DisbursementLineType(Node):
    """A line of the present version."""

    line_no: int = strawberry.field(description="Number within the disbursement, from 1.")
    payee_name: str = strawberry.field(description="Payee, as approved and as the bank is told.")
    payee_account_masked: str = strawberry.field(description="Account of the payee, masked.")
    payee_bank_name: str = strawberry.field(description="Bank of the payee.")
    payee_bank_code: str | None = strawberry.field(description="CNAPS code of the payee's bank.")
    amount: Money = strawberry.field(description="What the payee gets.")
    receipt_url: str | None = strawberry.field(description="Path of the payment receipt (PDF), once the bank has paid.")
    row: strawberry.Private[DisbursementLine]
    bundle: strawberry.Private[Bundle]

    @strawberry.field(
        description="Account of the payee: in full for people of the court with a right to act on it, else masked."
    )
    def payee_account(self, info: Information) -> str:
        """The account as far as the viewer may see it; showing it in full is logged (domain §14)."""
        if not reads_accounts(info, self.bundle):
            return self.row.payee_account_masked
        log.info("payee_account.shown", line=str(self.row.id), to=str(info.context.actor.id))
        return payee_account(self.row, info.context.cipher)

    @strawberry.field(description="The party of the case that is paid, if one was named.")
    async def party(self, info: Information) -> PartyType | None:
        """The party."""
        return await load_party(info, self.row.court_id, self.row.party_id) if self.row.party_id else None

    @strawberry.field(description="The order at the bank, once released.")
    async def instruction(self, info: Information) -> InstructionType | None:
        """The instruction."""
        return await load_instruction(info, self.row.court_id, self.row.id) if self.row.instruction_id else None


@strawberry.type(name="ReviewCheck", description="One result of the automatic review.")
class ReviewCheckType:
    """A check of the present version; of a draft, what it would say now."""

    check: str = strawberry.field(description="Stable name of the check.")
    outcome: Outcome = strawberry.field(description="Pass, warn or block.")
    reason: str = strawberry.field(description="What was found, in Chinese.")
    stage: str = strawberry.field(description="When it ran: submit or release.")
    at: datetime = strawberry.field(description="When it ran.")

    @strawberry.field(description="The check in words.")
    def title(self, info: Information) -> str:
        """Title in the viewer's language."""
        return TITLES[self.check][info.context.language == "en"]


@strawberry.type(name="DisbursementAct", description="What one person did to a disbursement.")
class DisbursementActType:
    """An act, bound to the version and digest that the person saw."""

    act: Act = strawberry.field(description="What was done.")
    by: str = strawberry.field(description="Name of the person.")
    at: datetime = strawberry.field(description="When.")
    level: int | None = strawberry.field(description="Level of approval.")
    comment: str | None = strawberry.field(description="What the person wrote.")
    version: int = strawberry.field(description="Version acted on.")
    digest: str = strawberry.field(description="Digest of the content acted on.")
    role_name: strawberry.Private[str]

    @strawberry.field(description="The act in words.")
    def act_title(self, info: Information) -> str:
        """Title in the viewer's language."""
        return act_title(self.act, info.context.language)

    @strawberry.field(description="Title of the role in which the person acted.")
    def role(self, info: Information) -> str:
        """Title in the viewer's language."""
        return _role_title(self.role_name, info.context.language)


@strawberry.type(description="One level of the approval that a disbursement needs.")
class ApprovalStep:
    """Planned, and perhaps done."""

    level: int = strawberry.field(description="Level, from 1.")
    role: str = strawberry.field(description="Name of the role that decides.")
    done_by: str | None = strawberry.field(description="Who has approved.")
    done_at: datetime | None = strawberry.field(description="When.")

    @strawberry.field(description="The role in words.")
    def title(self, info: Information) -> str:
        """Title in the viewer's language."""
        return _role_title(self.role, info.context.language)


@strawberry.type(name="Disbursement", description="A request to pay out case money (付款申请).")
class DisbursementType(Node):
    """One disbursement in its present version."""

    number: str = strawberry.field(description="Number without gaps, e.g. PD-2026-000123.")
    kind: Kind = strawberry.field(description="What is paid.")
    status: Status = strawberry.field(description="Where it stands.")
    version: int = strawberry.field(description="Version of the content; grows with each change.")
    digest: str = strawberry.field(description="SHA-256 of the content. Send back the one you have seen with each act.")
    total: Money = strawberry.field(description="Sum of the lines.")
    total_capitals: str = strawberry.field(description="The sum in Chinese capitals.")
    purpose: str = strawberry.field(description="What for.")
    created_at: datetime = strawberry.field(description="When it was written.")
    submitted_at: datetime | None = strawberry.field(description="When it was last handed in.")
    lines: list[DisbursementLineType] = strawberry.field(description="Payments, in order.")
    checks: list[ReviewCheckType] = strawberry.field(
        description="Automatic review of the present version; of a single draft, what it would say now."
    )
    acts: list[DisbursementActType] = strawberry.field(description="What people did, oldest first.")
    approval_plan: list[ApprovalStep] = strawberry.field(description="Who must approve.")
    case: CaseType = strawberry.field(description="The case whose money it is.")
    bundle: strawberry.Private[Bundle]

    @strawberry.field(description="The kind in words.")
    def kind_title(self, info: Information) -> str:
        """Title in the viewer's language."""
        return kind_title(self.kind, info.context.language)

    @strawberry.field(description="The status in words.")
    def status_title(self, info: Information) -> str:
        """Title in the viewer's language."""
        return STATUS_TITLES[self.status][info.context.language == "en"]

    @strawberry.field(description="The court that pays.")
    async def court(self, info: Information) -> CourtType:
        """The court."""
        return await load_court(info, self.bundle.disbursement.court_id)

    @strawberry.field(description="The account that is paid from.")
    async def fund_account(self, info: Information) -> FundAccountType:
        """The fund account."""
        row = self.bundle.disbursement
        return await load_fund_account(info, row.court_id, row.fund_account_id)

    @strawberry.field(description="Who wrote it.")
    async def requested_by(self, info: Information) -> StaffType:
        """The author."""
        row = self.bundle.disbursement
        found = await load_staff(info, row.court_id, row.requested_by)
        if found is None:
            raise StaffNotFound("人员不存在", "No such person")
        return found

    @strawberry.field(description="What the viewer may do now.")
    def viewer_can(self, info: Information) -> DisbursementActions:
        """Answers for the viewer."""
        return actions(info, self.bundle)


def disbursement_type(bundle: Bundle) -> DisbursementType:
    """Present a disbursement; nothing in it depends on the viewer."""
    row = bundle.disbursement
    approvals = {act.level: act for act in bundle.acts if act.act == Act.APPROVE and act.version == row.version}
    return DisbursementType(
        id=global_id("Disbursement", row.court_id, row.id),
        number=row.number,
        kind=Kind(row.kind),
        status=Status(row.status),
        version=row.version,
        digest=row.digest,
        total=row.total,
        total_capitals=row.total.capitals(),
        purpose=row.purpose,
        created_at=row.created_at,
        submitted_at=row.submitted_at,
        lines=[line_type(line, bundle) for line in bundle.lines],
        checks=[_check_type(check) for check in bundle.checks],
        acts=[_act_type(act) for act in bundle.acts],
        approval_plan=[_step(level, role, approvals.get(level)) for level, role in enumerate(bundle.plan, start=1)],
        case=case_type(bundle.case),
        bundle=bundle,
    )


def line_type(row: DisbursementLine, bundle: Bundle) -> DisbursementLineType:
    """Present a line."""
    line_id = global_id("DisbursementLine", row.court_id, row.id)
    return DisbursementLineType(
        id=line_id,
        line_no=row.line_no,
        payee_name=row.payee_name,
        payee_account_masked=row.payee_account_masked,
        payee_bank_name=row.payee_bank_name,
        payee_bank_code=row.payee_bank_code,
        amount=row.amount,
        receipt_url=f"/payment-receipts/{line_id}.pdf" if row.outcome == LineOutcome.SETTLED else None,
        row=row,
        bundle=bundle,
    )


def _check_type(check: ShownCheck) -> ReviewCheckType:
    return ReviewCheckType(
        check=check.name, outcome=Outcome(check.outcome), reason=check.reason, stage=check.stage, at=check.at
    )


def _act_type(act: DisbursementAct) -> DisbursementActType:
    return DisbursementActType(
        act=Act(act.act),
        by=act.staff_name,
        at=act.at,
        level=act.level or None,
        comment=act.comment,
        version=act.version,
        digest=act.digest,
        role_name=act.role,
    )


def _step(level: int, role: str, done: DisbursementAct | None) -> ApprovalStep:
    return ApprovalStep(
        level=level, role=role, done_by=done.staff_name if done else None, done_at=done.at if done else None
    )


def _role_title(name: str, language: str) -> str:
    role = packaged_roles().get(name)
    if role is None:
        return name
    return role.title_en if language == "en" else role.title_zh
