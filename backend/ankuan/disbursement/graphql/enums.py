"""Enums of the room as GraphQL shows them, each value described."""

from ankuan.disbursement.queries import Awaiting
from ankuan.disbursement.review_rules import Outcome
from ankuan.disbursement.rules import Act, Kind
from ankuan.disbursement.transitions import Status
from ankuan.platform.graphql.enums import describe_enum

describe_enum(
    Kind,
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
    name="DisbursementKind",
)
describe_enum(
    Status,
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
    name="DisbursementStatus",
)
describe_enum(
    Act,
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
    name="ActKind",
)
describe_enum(
    Outcome,
    "What a check of the automatic review found.",
    {"PASS": "Nothing.", "WARN": "Something to look at.", "BLOCK": "A reason that forbids to go on."},
    name="CheckOutcome",
)
describe_enum(
    Awaiting,
    "What waits for the viewer.",
    {"APPROVAL": "To be approved.", "AUDIT": "To be audited.", "RELEASE": "To be released."},
    name="AwaitingMe",
)
