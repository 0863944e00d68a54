"""Indexes on tables of lower rooms for questions that only this room asks. No tables of its own."""

from sqlalchemy import Index

from ankuan.banking.tables import Instruction

__all__ = ["PAID_AT", "PAID_ON", "UNKNOWN"]

_PAID = (Instruction.purpose == "payment") & (Instruction.state == "settled")
PAID_ON = Index(
    "ix_instruction_paid_on",
    Instruction.booked_on,
    Instruction.court_id,
    postgresql_include=["amount_fen"],
    postgresql_where=_PAID & Instruction.booked_on.is_not(None),
)
PAID_AT = Index(
    "ix_instruction_paid_at",
    Instruction.settled_at,
    Instruction.court_id,
    postgresql_include=["amount_fen"],
    postgresql_where=_PAID & Instruction.booked_on.is_(None),
)
UNKNOWN = Index("ix_instruction_unknown", Instruction.court_id, postgresql_where=Instruction.state == "unknown")
