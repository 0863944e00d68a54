"""Indexes on tables of lower rooms for questions that only this room asks. No tables of its own."""

from sqlalchemy import Index, func

from ankuan.banking.tables import Instruction

__all__ = ["PAID_ON", "UNKNOWN"]

PAID_ON = Index(
    "ix_instruction_paid_on",
    func.instruction_paid_on(Instruction.booked_on, Instruction.settled_at),
    Instruction.court_id,
    postgresql_include=["amount_fen"],
    postgresql_where=(Instruction.purpose == "payment") & (Instruction.state == "settled"),
)
UNKNOWN = Index("ix_instruction_unknown", Instruction.court_id, postgresql_where=Instruction.state == "unknown")
