"""Tables of disbursements. ``alembic/versions/0007_disbursement.py`` makes them; names are kept in step.

Every version of the content keeps its own lines, so that what each person approved can be shown for ever. The payee's
account is encrypted; a keyed hash finds equal ones, the masked form is what screens show.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ankuan.kernel.money import Money
from ankuan.platform.db import Base, Instant, Uuid

__all__ = ["Disbursement", "DisbursementAct", "DisbursementLine", "PaymentReceipt", "ReviewCheck"]

_DISBURSEMENT = (["court_id", "disbursement_id"], ["disbursement.court_id", "disbursement.id"])


class Disbursement(Base):
    """A request to pay (付款申请). ``digest`` covers the content of ``version``; ``plan`` is fixed at submission."""

    __tablename__ = "disbursement"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "id"),
        UniqueConstraint("court_id", "number"),
        ForeignKeyConstraint(["court_id", "case_id"], ["court_case.court_id", "court_case.id"]),
        ForeignKeyConstraint(["court_id", "fund_account_id"], ["fund_account.court_id", "fund_account.id"]),
        ForeignKeyConstraint(["court_id", "requested_by"], ["staff.court_id", "staff.id"]),
        Index("ix_disbursement_court_id_status_id", "court_id", "status", "id"),
        Index("ix_disbursement_court_id_case_id_id", "court_id", "case_id", "id"),
        Index("ix_disbursement_id", "id"),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[str] = mapped_column(Text)
    case_id: Mapped[UUID] = mapped_column(Uuid)
    case_number: Mapped[str] = mapped_column(Text)
    fund_account_id: Mapped[UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(Text)
    total_fen: Mapped[int] = mapped_column(BigInteger)
    plan: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'"))
    approved_level: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    next_role: Mapped[str | None] = mapped_column(Text, nullable=True)
    payer_bank: Mapped[str | None] = mapped_column(Text, nullable=True)
    requested_by: Mapped[UUID] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Instant)
    submitted_at: Mapped[datetime | None] = mapped_column(Instant, nullable=True)
    changed_at: Mapped[datetime] = mapped_column(Instant)

    @property
    def total(self) -> Money:
        """Sum of the lines of the present version."""
        return Money(self.total_fen)


class DisbursementLine(Base):
    """One payment to one payee in one version. Its content never changes; what becomes of it is written once."""

    __tablename__ = "disbursement_line"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "id"),
        UniqueConstraint("court_id", "disbursement_id", "version", "line_no"),
        ForeignKeyConstraint(*_DISBURSEMENT),
        ForeignKeyConstraint(["court_id", "party_id"], ["party.court_id", "party.id"]),
        Index("ix_disbursement_line_court_id_payee_account_index", "court_id", "payee_account_index", "amount_fen"),
        Index(
            "uq_disbursement_line_court_id_instruction_id",
            "court_id",
            "instruction_id",
            unique=True,
            postgresql_where=text("instruction_id is not null"),
        ),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[UUID] = mapped_column(Uuid)
    disbursement_id: Mapped[UUID] = mapped_column(Uuid)
    version: Mapped[int] = mapped_column(Integer)
    line_no: Mapped[int] = mapped_column(Integer)
    payee_name: Mapped[str] = mapped_column(Text)
    payee_account_cipher: Mapped[bytes] = mapped_column(LargeBinary)
    payee_account_masked: Mapped[str] = mapped_column(Text)
    payee_account_index: Mapped[str] = mapped_column(Text)
    payee_bank_name: Mapped[str] = mapped_column(Text)
    payee_bank_code: Mapped[str | None] = mapped_column(Text, nullable=True)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    party_id: Mapped[UUID | None] = mapped_column(Uuid, nullable=True)
    hold_id: Mapped[UUID | None] = mapped_column(Uuid, nullable=True)
    instruction_id: Mapped[UUID | None] = mapped_column(Uuid, nullable=True)
    outcome: Mapped[str | None] = mapped_column(Text, nullable=True)
    outcome_at: Mapped[datetime | None] = mapped_column(Instant, nullable=True)

    @property
    def amount(self) -> Money:
        """What the payee gets."""
        return Money(self.amount_fen)


class DisbursementAct(Base):
    """Who did what, when, to which content. Append-only. Unique keys hold I10; a trigger holds I6."""

    __tablename__ = "disbursement_act"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "id"),
        ForeignKeyConstraint(*_DISBURSEMENT),
        Index("ix_disbursement_act_court_id_disbursement_id_id", "court_id", "disbursement_id", "id"),
        Index(
            "uq_disbursement_act_person",
            "court_id",
            "disbursement_id",
            "version",
            "person_key",
            unique=True,
            postgresql_where=text("act in ('submit', 'approve', 'audit', 'release')"),
        ),
        Index(
            "uq_disbursement_act_once",
            "court_id",
            "disbursement_id",
            "version",
            "act",
            "level",
            unique=True,
            postgresql_where=text("act in ('submit', 'approve', 'audit', 'release')"),
        ),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[UUID] = mapped_column(Uuid)
    disbursement_id: Mapped[UUID] = mapped_column(Uuid)
    act: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(Text)
    level: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    staff_id: Mapped[UUID] = mapped_column(Uuid)
    staff_name: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    person_key: Mapped[str] = mapped_column(Text)
    comment: Mapped[str | None] = mapped_column(Text, nullable=True)
    at: Mapped[datetime] = mapped_column(Instant)


class ReviewCheck(Base):
    """One result of the automatic review of a version, at submission or at release. Append-only."""

    __tablename__ = "review_check"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "id"),
        ForeignKeyConstraint(*_DISBURSEMENT),
        Index("ix_review_check_court_id_disbursement_id_id", "court_id", "disbursement_id", "id"),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[UUID] = mapped_column(Uuid)
    disbursement_id: Mapped[UUID] = mapped_column(Uuid)
    version: Mapped[int] = mapped_column(Integer)
    stage: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)


class PaymentReceipt(Base):
    """The electronic payment receipt (电子回单) of a settled line: its number, check code, facts. Append-only."""

    __tablename__ = "payment_receipt"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "id"),
        UniqueConstraint("court_id", "number"),
        UniqueConstraint("court_id", "line_id"),
        UniqueConstraint("court_id", "check_code"),
        ForeignKeyConstraint(["court_id", "line_id"], ["disbursement_line.court_id", "disbursement_line.id"]),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[UUID] = mapped_column(Uuid)
    line_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[str] = mapped_column(Text)
    check_code: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    issued_at: Mapped[datetime] = mapped_column(Instant)
