"""Tables of orders on paper. ``alembic/versions/0012_abilities.py`` makes them; both are append-only."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Integer, PrimaryKeyConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ankuan.platform.db import Base, Instant, Uuid

_INSTRUCTION = (["court_id", "instruction_id"], ["instruction.court_id", "instruction.id"])


class PaperPrint(Base):
    """One printing of an order: ``number`` counts within order and sheet (``order`` or ``list``), from 1."""

    __tablename__ = "paper_print"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "id"),
        UniqueConstraint("court_id", "instruction_id", "sheet", "number"),
        ForeignKeyConstraint(*_INSTRUCTION),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[UUID] = mapped_column(Uuid)
    instruction_id: Mapped[UUID] = mapped_column(Uuid)
    sheet: Mapped[str] = mapped_column(Text)
    number: Mapped[int] = mapped_column(Integer)
    printed_at: Mapped[datetime] = mapped_column(Instant)
    printed_by: Mapped[str] = mapped_column(Text)
    printed_by_id: Mapped[UUID | None] = mapped_column(Uuid, nullable=True)


class PaperConfirmation(Base):
    """A person's word that a booking is the execution of an order that was carried to the bank, and why."""

    __tablename__ = "paper_confirmation"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "id"),
        UniqueConstraint("court_id", "line_id"),
        UniqueConstraint("court_id", "instruction_id"),
        ForeignKeyConstraint(["court_id", "line_id"], ["bank_line.court_id", "bank_line.id"]),
        ForeignKeyConstraint(*_INSTRUCTION),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[UUID] = mapped_column(Uuid)
    line_id: Mapped[UUID] = mapped_column(Uuid)
    instruction_id: Mapped[UUID] = mapped_column(Uuid)
    reason: Mapped[str] = mapped_column(Text)
    confirmed_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_by: Mapped[str] = mapped_column(Text)
    confirmed_by_id: Mapped[UUID | None] = mapped_column(Uuid, nullable=True)
