"""Receipts, their allocations, and sub-accounts as GraphQL shows them."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import strawberry

from ankuan.banking.graphql import FundAccountType, InstructionType, load_fund_account, load_instruction
from ankuan.collection.claim_receipt import OverAllocated
from ankuan.collection.graphql import loaders
from ankuan.collection.graphql.permissions import require_claim, require_some_claim
from ankuan.collection.pool import PoolCount
from ankuan.collection.rules import RULE_TITLES, MatchRule, ReceiptStatus, SubAccountStatus
from ankuan.collection.suggest_cases import clue_of
from ankuan.collection.tables import Allocation, Receipt, SubAccount
from ankuan.collection.undo_allocation import allocation_spent, refuse_undo
from ankuan.kernel.errors import AnkuanError
from ankuan.kernel.money import Money
from ankuan.platform.graphql.allowed import Allowed, allowed_unless, refused
from ankuan.platform.graphql.connection import Node
from ankuan.platform.graphql.context import Information
from ankuan.platform.graphql.ids import global_id
from ankuan.registry.graphql import CaseType, CourtType, case_type, load_case, load_court
from ankuan.registry.tables import CourtCase


@strawberry.type(name="SubAccount", description="A virtual sub-account (虚拟子账户) of a fund account.")
class SubAccountType(Node):
    """One sub-account."""

    number: str = strawberry.field(description="The number that payers use.")
    status: SubAccountStatus = strawberry.field(description="Where it stands in its life.")
    bound_at: datetime | None = strawberry.field(description="Since when it stands for its present or last case.")
    court_id: strawberry.Private[int]
    fund_account_id: strawberry.Private[UUID]
    case_id: strawberry.Private[UUID | None]

    @strawberry.field(description="The case it stands for.")
    async def case(self, info: Information) -> CaseType | None:
        """The case."""
        return await load_case(info, self.court_id, self.case_id) if self.case_id is not None else None

    @strawberry.field(description="The fund account it belongs to.")
    async def fund_account(self, info: Information) -> FundAccountType:
        """The fund account."""
        return await load_fund_account(info, self.court_id, self.fund_account_id)


@strawberry.type(name="SubAccountPool", description="How many sub-accounts a fund account has.")
class SubAccountPoolType:
    """A pool."""

    free: int = strawberry.field(description="Waiting for a case.")
    bound: int = strawberry.field(description="Standing for a case.")
    total: int = strawberry.field(description="All, whatever their status.")
    low: bool = strawberry.field(description="Free ones are below the court's mark; more are being opened.")


@strawberry.type(name="Allocation", description="A part of a receipt that was given to a case.")
class AllocationType(Node):
    """One allocation; undone ones stay visible."""

    amount: Money = strawberry.field(description="How much, in yuan.")
    reason: str = strawberry.field(description="Why, as the person or the matching rule said.")
    allocated_by: str = strawberry.field(description="Who did it.")
    allocated_at: datetime = strawberry.field(description="When.")
    undone_at: datetime | None = strawberry.field(description="When it was undone.")
    undone_by: str | None = strawberry.field(description="Who undid it.")
    undo_reason: str | None = strawberry.field(description="Why it was undone.")
    row: strawberry.Private[Allocation]
    fund_account_id: strawberry.Private[UUID]
    known_case: strawberry.Private[CaseType | None]

    @strawberry.field(description="The case that got the money.")
    async def case(self, info: Information) -> CaseType:
        """The case."""
        return self.known_case or await load_case(info, self.row.court_id, self.row.case_id)

    @strawberry.field(description="Whether the viewer may undo it now.")
    async def viewer_can_undo(self, info: Information) -> Allowed:
        """The reasons that the mutation would give, in the same order."""
        row, language = self.row, info.context.language
        case = await load_case(info, row.court_id, row.case_id)
        try:
            require_claim(info.context, case)
            refuse_undo(row)
        except AnkuanError as error:
            return refused(error, language)
        left = await loaders.available(info).load((row.court_id, self.fund_account_id, row.case_id))
        return refused(allocation_spent(), language) if left.fen < row.amount_fen else Allowed(allowed=True)

    @strawberry.field(description="The order by which the bank moves the money to the case's sub-account.")
    async def adjustment(self, info: Information) -> InstructionType | None:
        """The order; none while it waits, or when nothing has to be moved."""
        if self.row.adjustment in {"none", "due"}:
            return None
        return await load_instruction(info, self.row.court_id, self.row.id)


@strawberry.type(description="A case that the rest of a receipt may belong to.")
class CaseSuggestion:
    """One suggestion."""

    score: int = strawberry.field(description="0 to 100, the higher the surer.")
    evidence: list[str] = strawberry.field(
        description="What speaks for it, in Chinese words; of a matcher with its name."
    )
    court_id: strawberry.Private[int]
    case_id: strawberry.Private[UUID]

    @strawberry.field(description="The case.")
    async def case(self, info: Information) -> CaseType:
        """The case."""
        return await load_case(info, self.court_id, self.case_id)


@strawberry.type(name="Receipt", description="Money that arrived (到账).")
class ReceiptType(Node):
    """One receipt. What does not depend on the viewer stands in attributes: subscribers share one object."""

    number: str = strawberry.field(description="Number without gaps within court and year, e.g. R2026-000123.")
    amount: Money = strawberry.field(description="How much arrived, in yuan.")
    unallocated: Money = strawberry.field(description="How much of it belongs to no case yet.")
    arrived_at: datetime = strawberry.field(description="When the platform learnt of it.")
    booked_on: date = strawberry.field(description="The bank's booking date.")
    payer_name: str = strawberry.field(description="Name of the payer as the bank tells it.")
    payer_account_masked: str = strawberry.field(description="Account of the payer, masked.")
    payer_bank: str = strawberry.field(description="Bank of the payer.")
    remark: str = strawberry.field(description="Remark of the payer (附言).")
    sub_account_no: str | None = strawberry.field(description="Sub-account it was paid to.")
    status: ReceiptStatus = strawberry.field(description="How much of it belongs to cases.")
    match_rule: str = strawberry.field(description="Rule that decided on arrival: sub_account, remark or none.")
    match_title: str = strawberry.field(description="The rule in words.")
    match_explanation: str = strawberry.field(description="Why the rule decided so.")
    row: strawberry.Private[Receipt]
    known_allocations: strawberry.Private[list[AllocationType] | None]

    @strawberry.field(description="Court whose fund account it reached.")
    async def court(self, info: Information) -> CourtType:
        """The court."""
        return await load_court(info, self.row.court_id)

    @strawberry.field(description="Fund account it reached.")
    async def fund_account(self, info: Information) -> FundAccountType:
        """The fund account."""
        return await load_fund_account(info, self.row.court_id, self.row.fund_account_id)

    @strawberry.field(description="What was given to which case, undone allocations included.")
    async def allocations(self, info: Information) -> list[AllocationType]:
        """Allocations, the oldest first."""
        if self.known_allocations is not None:
            return self.known_allocations
        rows = await loaders.allocations(info).load((self.row.court_id, self.row.id))
        return [allocation_type(row, self.row) for row in rows]

    @strawberry.field(description="Cases that the rest may belong to, the surest first; none when nothing is left.")
    async def suggestions(self, info: Information) -> list[CaseSuggestion]:
        """Suggestions."""
        row = self.row
        if not self.unallocated:
            return []
        found = await loaders.suggestions(info).load(clue_of(row))
        return [
            CaseSuggestion(score=s.score, evidence=list(s.evidence), court_id=row.court_id, case_id=s.case_id)
            for s in found
        ]

    @strawberry.field(description="Whether the viewer may claim the rest, at least into own cases.")
    def viewer_can_claim(self, info: Information) -> Allowed:
        """The reasons that the mutation would give."""
        language = info.context.language
        if not self.unallocated:
            return refused(OverAllocated("已全部分配", "All of it is allocated"), language)
        return allowed_unless(lambda: require_some_claim(info.context, self.row.court_id), language)


def sub_account_type(row: SubAccount) -> SubAccountType:
    """Present a sub-account."""
    return SubAccountType(
        id=global_id("SubAccount", row.court_id, row.id),
        number=row.number,
        status=SubAccountStatus(row.status),
        bound_at=row.bound_at,
        court_id=row.court_id,
        fund_account_id=row.fund_account_id,
        case_id=row.case_id,
    )


def pool_type(count: PoolCount) -> SubAccountPoolType:
    """Present a pool."""
    return SubAccountPoolType(free=count.free, bound=count.bound, total=count.total, low=count.low)


def allocation_type(row: Allocation, receipt: Receipt, case: CourtCase | None = None) -> AllocationType:
    """Present an allocation; a case given here need not be loaded again."""
    return AllocationType(
        id=global_id("Allocation", row.court_id, row.id),
        amount=Money(row.amount_fen),
        reason=row.reason,
        allocated_by=row.allocated_by,
        allocated_at=row.allocated_at,
        undone_at=row.undone_at,
        undone_by=row.undone_by,
        undo_reason=row.undo_reason,
        row=row,
        fund_account_id=receipt.fund_account_id,
        known_case=case_type(case) if case else None,
    )


def receipt_type(row: Receipt, allocations: Sequence[AllocationType] | None = None) -> ReceiptType:
    """Present a receipt; allocations given here need not be loaded again."""
    return ReceiptType(
        id=global_id("Receipt", row.court_id, row.id),
        number=row.number,
        amount=Money(row.amount_fen),
        unallocated=Money(row.amount_fen - row.allocated_fen),
        arrived_at=row.arrived_at,
        booked_on=row.booked_on,
        payer_name=row.payer_name,
        payer_account_masked=row.payer_account_masked,
        payer_bank=row.payer_bank,
        remark=row.remark,
        sub_account_no=row.sub_account_no,
        status=ReceiptStatus(row.status),
        match_rule=row.match_rule,
        match_title=RULE_TITLES[MatchRule(row.match_rule)],
        match_explanation=str(row.match_explanation.get("text", "")),
        row=row,
        known_allocations=None if allocations is None else list(allocations),
    )
