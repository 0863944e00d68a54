"""Enums of banking as GraphQL shows them, each value described."""

from enum import StrEnum

from ankuan.banking.import_statement import StatementFormat
from ankuan.banking.transitions import InstructionState
from ankuan.platform.graphql.enums import describe_enum


class InstructionPurpose(StrEnum):
    """What an order is for."""

    PAYMENT = "payment"
    ADJUSTMENT = "adjustment"


describe_enum(
    InstructionPurpose,
    "What an order at a bank is for.",
    {
        "PAYMENT": "Pay a payee.",
        "ADJUSTMENT": "Move money from the public adjustment account to a case's sub-account (调账).",
    },
)
describe_enum(
    InstructionState,
    "Where an order at a bank stands.",
    {
        "READY": "To be sent.",
        "SENDING": "Being sent.",
        "ACCEPTED": "The bank has it and works on it.",
        "AWAITING_BANK": "Somebody at the bank must confirm it.",
        "SETTLED": "Executed, by the bank's positive word.",
        "REFUSED": "Refused, by the bank's positive word; the money is free again.",
        "UNKNOWN": "Nobody knows yet; the bank is being asked.",
    },
)
describe_enum(
    StatementFormat,
    "Format of a statement file.",
    {"MT940": "SWIFT MT940.", "CAMT053": "ISO 20022 camt.053, any version."},
)
