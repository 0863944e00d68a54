"""Enums of the room as GraphQL shows them, each value described."""

from collections.abc import Mapping
from enum import Enum

import strawberry

from ankuan.disbursement.queries import Awaiting
from ankuan.disbursement.review_rules import Outcome
from ankuan.disbursement.rules import Act, Kind
from ankuan.disbursement.transitions import Status


def _show(cls: type[Enum], name: str, description: str, values: Mapping[str, str]) -> None:
    """Register an enum of the pure rules under its public name; KeyError when a value has no description."""
    shown = strawberry.enum(cls, name=name, description=description)
    for value in shown.__strawberry_definition__.values:  # type: ignore[attr-defined]  # set by strawberry
        value.description = values[value.name]


_show(
    Kind,
    "DisbursementKind",
    "What is paid.",
    {
        "PAY_PARTY": "To a party of the case.",
        "REFUND_PAYER": "Back to who paid in.",
        "REFUND_COURT_FEE": "Court fee refunded.",
        "LITIGATION_FEE": "Litigation fee, to the treasury.",
        "ENFORCEMENT_FEE": "Enforcement fee, to the treasury.",
        "FINE": "Fine, to the treasury.",
        "CRIMINAL_FINE": "Criminal fine (罚金), to the treasury.",
        "OTHER_COURT": "To another court.",
        "BANKRUPTCY_ADMINISTRATOR": "To the administrator of a bankruptcy.",
        "DEPOSIT": "Deposited for the creditor (提存).",
    },
)
_show(
    Status,
    "DisbursementStatus",
    "Where a disbursement stands.",
    {
        "DRAFT": "Being written, or sent back.",
        "IN_APPROVAL": "Money reserved; an approver decides next.",
        "APPROVED": "Waits for the audit.",
        "AUDITED": "Waits for the cashier.",
        "RELEASED": "The bank has or will get the orders.",
        "SETTLED": "Every line is paid.",
        "PARTLY_SETTLED": "Some lines are paid, the others refused and their money given back.",
        "FAILED": "Every line was refused; the money was given back.",
        "WITHDRAWN": "Taken back by its author.",
        "REJECTED": "Rejected by an approver or the auditor.",
    },
)
_show(
    Act,
    "ActKind",
    "What a person did.",
    {
        "CREATE": "Wrote it.",
        "EDIT": "Changed it; a new version.",
        "SUBMIT": "Handed it in.",
        "APPROVE": "Approved one level.",
        "SEND_BACK": "Sent it back to its author; a new version.",
        "REJECT": "Ended it.",
        "WITHDRAW": "Took it back.",
        "AUDIT": "Passed the audit (稽核).",
        "RELEASE": "Released the payment.",
    },
)
_show(
    Outcome,
    "CheckOutcome",
    "What a check of the automatic review found.",
    {"PASS": "Nothing.", "WARN": "Something to look at.", "BLOCK": "A reason that forbids to go on."},
)
_show(
    Awaiting,
    "AwaitingMe",
    "What waits for the viewer.",
    {"APPROVAL": "To be approved.", "AUDIT": "To be audited.", "RELEASE": "To be released."},
)
