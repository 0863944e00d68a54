"""Tables of money in. ``alembic/versions/0006_collection.py`` makes them; names are kept in step.

A receipt and an allocation are facts: what may change of them is listed in the triggers of the migration.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ankuan.banking.tables import BankLine
from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.ledger.tables import LedgerEntry
from ankuan.platform.constraints import constraint_means
from ankuan.platform.db import Base, Instant, Uuid
from ankuan.registry.tables import CourtCase

__all__ = [
    "BY_CLAIM",
    "BY_PAYER",
    "Allocation",
    "PoolRequest",
    "Receipt",
    "SubAccount",
    "SubAccountBinding",
    "SubAccountWish",
]


class SubAccount(Base):
    """A virtual sub-account. At most one bound (or frozen) per case: one case, one account."""

    __tablename__ = "sub_account"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "id"),
        UniqueConstraint("court_id", "fund_account_id", "number"),
        ForeignKeyConstraint(["court_id", "fund_account_id"], ["fund_account.court_id", "fund_account.id"]),
        ForeignKeyConstraint(["court_id", "case_id"], ["court_case.court_id", "court_case.id"]),
        CheckConstraint("status in ('free', 'bound', 'frozen', 'closed', 'cooling')", name="status"),
        CheckConstraint("(status in ('bound', 'frozen')) = (case_id is not null)", name="bound_has_case"),
        Index("uq_sub_account_case", "court_id", "case_id", unique=True, postgresql_where=text("case_id is not null")),
        Index("ix_sub_account_fund_account", "court_id", "fund_account_id", "status", "id"),
        Index(
            "ix_sub_account_free",
            "court_id",
            "fund_account_id",
            "opened_at",
            "id",
            postgresql_where=text("status = 'free'"),
        ),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[UUID] = mapped_column(Uuid)
    fund_account_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    case_id: Mapped[UUID | None] = mapped_column(Uuid, nullable=True)
    opened_at: Mapped[datetime] = mapped_column(Instant)
    bound_at: Mapped[datetime | None] = mapped_column(Instant, nullable=True)


class SubAccountBinding(Base):
    """Which case a sub-account stood for, and when: late money must never reach an earlier case's successor."""

    __tablename__ = "sub_account_binding"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "id"),
        ForeignKeyConstraint(["court_id", "sub_account_id"], ["sub_account.court_id", "sub_account.id"]),
        ForeignKeyConstraint(["court_id", "case_id"], ["court_case.court_id", "court_case.id"]),
        Index(
            "uq_sub_account_binding_open",
            "court_id",
            "sub_account_id",
            unique=True,
            postgresql_where=text("released_at is null"),
        ),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[UUID] = mapped_column(Uuid)
    sub_account_id: Mapped[UUID] = mapped_column(Uuid)
    case_id: Mapped[UUID] = mapped_column(Uuid)
    bound_at: Mapped[datetime] = mapped_column(Instant)
    released_at: Mapped[datetime | None] = mapped_column(Instant, nullable=True)


class SubAccountWish(Base):
    """A case that found the pool empty and gets its sub-account as soon as the pool is filled."""

    __tablename__ = "sub_account_wish"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "case_id"),
        ForeignKeyConstraint(["court_id", "case_id"], ["court_case.court_id", "court_case.id"]),
        Index("ix_sub_account_wish_open", "court_id", "case_id", postgresql_where=text("served_at is null")),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    case_id: Mapped[UUID] = mapped_column(Uuid)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    served_at: Mapped[datetime | None] = mapped_column(Instant, nullable=True)


class PoolRequest(Base):
    """An order to get more sub-accounts from the bank.

    ``kind`` online: the worker opens ``wanted`` of them, some at a time. ``kind`` pool: it reads all that the bank has
    generated, page after page; ``cursor`` is how far it has come, ``told`` how many the bank told, ``opened`` how many
    of them were new. ``taken_until``: a worker is at it; nobody else asks the bank before that time.
    """

    __tablename__ = "pool_request"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "id"),
        ForeignKeyConstraint(["court_id", "fund_account_id"], ["fund_account.court_id", "fund_account.id"]),
        CheckConstraint(
            "case kind when 'online' then wanted is not null and wanted between 1 and 1000 else wanted is null end",
            name="wanted",
        ),
        CheckConstraint("kind in ('online', 'pool')", name="kind"),
        CheckConstraint("opened >= 0", name="opened"),
        CheckConstraint("told >= 0", name="told"),
        Index("ix_pool_request_open", "court_id", "id", postgresql_where=text("finished_at is null")),
        Index(
            "uq_pool_request_reading",
            "court_id",
            "fund_account_id",
            unique=True,
            postgresql_where=text("kind = 'pool' and finished_at is null"),
        ),
        Index("ix_pool_request_fund_account", "court_id", "fund_account_id", "id"),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[UUID] = mapped_column(Uuid)
    fund_account_id: Mapped[UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(Text, server_default=text("'online'"))
    wanted: Mapped[int | None] = mapped_column(Integer, nullable=True)
    opened: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    told: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    cursor: Mapped[str | None] = mapped_column(Text, nullable=True)
    asked_by: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    taken_until: Mapped[datetime | None] = mapped_column(Instant, nullable=True)
    finished_at: Mapped[datetime | None] = mapped_column(Instant, nullable=True)


class Receipt(Base):
    """Money that arrived: one bank line, one receipt. ``allocated_fen`` is the sum of its active allocations (I4).

    ``booked_on`` is the bank's date; ids grow in the order of arrival. The payer's full account number stays with the
    bank line.
    """

    __tablename__ = "receipt"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "id"),
        UniqueConstraint("court_id", "bank_line_id"),
        UniqueConstraint("court_id", "number"),
        ForeignKeyConstraint(["court_id", "fund_account_id"], ["fund_account.court_id", "fund_account.id"]),
        ForeignKeyConstraint(["court_id", "bank_line_id"], ["bank_line.court_id", "bank_line.id"]),
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("allocated_fen between 0 and amount_fen", name="allocated"),
        CheckConstraint(
            "status = case when allocated_fen = 0 then 'unidentified'"
            " when allocated_fen < amount_fen then 'partly_allocated' else 'allocated' end",
            name="status",
        ),
        Index("ix_receipt_id", "id"),
        Index(
            "ix_receipt_open",
            "court_id",
            "id",
            postgresql_include=["amount_fen", "allocated_fen"],
            postgresql_where=text("allocated_fen < amount_fen"),
        ),
        Index("ix_receipt_booked_on", "booked_on", "court_id", postgresql_include=["amount_fen"]),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[str] = mapped_column(Text)
    fund_account_id: Mapped[UUID] = mapped_column(Uuid)
    bank_line_id: Mapped[UUID] = mapped_column(Uuid)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    allocated_fen: Mapped[int] = mapped_column(BigInteger)
    booked_on: Mapped[date] = mapped_column(Date)
    arrived_at: Mapped[datetime] = mapped_column(Instant)
    payer_name: Mapped[str] = mapped_column(Text)
    payer_account_masked: Mapped[str] = mapped_column(Text)
    payer_bank: Mapped[str] = mapped_column(Text)
    remark: Mapped[str] = mapped_column(Text)
    sub_account_no: Mapped[str | None] = mapped_column(Text, nullable=True)
    adjustment_ref: Mapped[str | None] = mapped_column(Text, nullable=True)
    status: Mapped[str] = mapped_column(Text)
    match_rule: Mapped[str] = mapped_column(Text)
    match_explanation: Mapped[dict[str, Any]] = mapped_column(JSONB)


class Allocation(Base):
    """Part of a receipt given to a case. Undone allocations stay as history.

    ``adjustment`` says how far the bank is: ``none`` (nothing to move), ``due`` (to be ordered at ``adjust_after``),
    ``ordered``, ``settled``, ``refused``.
    """

    __tablename__ = "allocation"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "id"),
        ForeignKeyConstraint(["court_id", "receipt_id"], ["receipt.court_id", "receipt.id"]),
        ForeignKeyConstraint(["court_id", "case_id"], ["court_case.court_id", "court_case.id"]),
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("adjustment in ('none', 'due', 'ordered', 'settled', 'refused')", name="adjustment"),
        Index("ix_allocation_receipt", "court_id", "receipt_id"),
        Index("ix_allocation_case", "court_id", "case_id"),
        ForeignKeyConstraint(["court_id", "entry_id"], [LedgerEntry.court_id, LedgerEntry.id]),
        CheckConstraint("(adjustment = 'due') = (adjust_after is not null)", name="adjust_after"),
        CheckConstraint("(undone_at is null) = (undone_by is null)", name="undone"),
        Index("ix_allocation_due", "adjust_after", postgresql_where=text("adjustment = 'due'")),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[UUID] = mapped_column(Uuid)
    receipt_id: Mapped[UUID] = mapped_column(Uuid)
    case_id: Mapped[UUID] = mapped_column(Uuid)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text)
    allocated_by: Mapped[str] = mapped_column(Text)
    allocated_by_id: Mapped[UUID | None] = mapped_column(Uuid, nullable=True)
    allocated_at: Mapped[datetime] = mapped_column(Instant)
    entry_id: Mapped[int] = mapped_column(BigInteger)
    adjustment: Mapped[str] = mapped_column(Text)
    adjust_after: Mapped[datetime | None] = mapped_column(Instant, nullable=True)
    undone_at: Mapped[datetime | None] = mapped_column(Instant, nullable=True)
    undone_by: Mapped[str | None] = mapped_column(Text, nullable=True)
    undo_reason: Mapped[str | None] = mapped_column(Text, nullable=True)


# Indexes on tables of lower rooms for questions that only matching asks (0010_matching.py makes them).
BY_CLAIM = Index(
    "ix_court_case_open_claim",
    CourtCase.court_id,
    CourtCase.subject_amount_fen,
    CourtCase.id,
    postgresql_where=CourtCase.subject_amount_fen.is_not(None) & (CourtCase.status != "closed"),
)
BY_PAYER = Index(
    "ix_bank_line_counter_account",
    BankLine.court_id,
    BankLine.counter_account,
    BankLine.id,
    postgresql_where=BankLine.counter_account != "",
)


class SubAccountTaken(AnkuanError):
    """Two requests bound a sub-account to the same case at once; the other one was first."""

    code = "sub_account_taken"
    kind = ErrorKind.CONFLICT


constraint_means(
    "uq_sub_account_case", lambda: SubAccountTaken("该案件已绑定子账户", "The case has a sub-account already")
)
