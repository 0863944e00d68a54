"""Tables of the ledger. The application reads them; only the functions of migration 0004 write (except holds)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from ankuan.platform.db import Base, Instant, Uuid
from ankuan.platform.tables import Xid8

__all__ = ["LedgerAccount", "LedgerBalance", "LedgerEntry", "LedgerFold", "LedgerFoldMark", "LedgerHold"]

_AMOUNT = "amount_fen > 0 and amount_fen < 100000000000000000"


class LedgerAccount(Base):
    """An account of a fund account; ``owner_id`` is the case for ``case`` and ``held``."""

    __tablename__ = "ledger_account"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "id"),
        UniqueConstraint(
            "court_id",
            "fund_account_id",
            "kind",
            "owner_id",
            name="uq_ledger_account_owner",
            postgresql_nulls_not_distinct=True,
        ),
        UniqueConstraint("court_id", "fund_account_id", "id", name="uq_ledger_account_fund"),
        CheckConstraint(
            "kind in ('bank', 'case', 'held', 'unidentified', 'treasury_due', 'interest', 'suspense', 'in_transit')",
            name="kind",
        ),
        CheckConstraint("(kind in ('case', 'held')) <= (owner_id is not null)", name="owner"),
        Index("ix_ledger_account_owner_id", "court_id", "owner_id", postgresql_where=text("owner_id is not null")),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    fund_account_id: Mapped[UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[UUID | None] = mapped_column(Uuid, nullable=True)


class LedgerEntry(Base):
    """A transfer row: one amount out of the credited into the debited account, never changed (I1)."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "id"),
        UniqueConstraint("court_id", "source", "source_ref", name="uq_ledger_entry_source"),
        CheckConstraint(_AMOUNT, name="amount"),
        CheckConstraint("debit_account <> credit_account", name="accounts"),
        CheckConstraint("source <> '' and source_ref <> '' and kind <> ''", name="source"),
        ForeignKeyConstraint(
            ["court_id", "fund_account_id", "debit_account"],
            ["ledger_account.court_id", "ledger_account.fund_account_id", "ledger_account.id"],
            name="fk_ledger_entry_debit_account",
        ),
        ForeignKeyConstraint(
            ["court_id", "fund_account_id", "credit_account"],
            ["ledger_account.court_id", "ledger_account.fund_account_id", "ledger_account.id"],
            name="fk_ledger_entry_credit_account",
        ),
        ForeignKeyConstraint(
            ["court_id", "reverses_id"],
            ["ledger_entry.court_id", "ledger_entry.id"],
            name="fk_ledger_entry_reverses_id",
        ),
        Index("ix_ledger_entry_debit_account", "court_id", "debit_account", "id"),
        Index("ix_ledger_entry_credit_account", "court_id", "credit_account", "id"),
        Index(
            "uq_ledger_entry_reverses_id",
            "court_id",
            "reverses_id",
            unique=True,
            postgresql_where=text("reverses_id is not null"),
        ),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[int] = mapped_column(BigInteger, server_default=text("nextval('ledger_entry_id_seq')"))
    fund_account_id: Mapped[UUID] = mapped_column(Uuid)
    posting_id: Mapped[UUID] = mapped_column(Uuid)
    debit_account: Mapped[int] = mapped_column(BigInteger)
    credit_account: Mapped[int] = mapped_column(BigInteger)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    effective_on: Mapped[date] = mapped_column(Date)
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    reverses_id: Mapped[int | None] = mapped_column(BigInteger, nullable=True)
    source: Mapped[str] = mapped_column(Text)
    source_ref: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    memo: Mapped[str] = mapped_column(Text)


class LedgerBalance(Base):
    """Balance of an account with a floor; on held accounts also what their reserved holds sum to (I2)."""

    __tablename__ = "ledger_balance"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "account_id"),
        ForeignKeyConstraint(
            ["court_id", "account_id"],
            ["ledger_account.court_id", "ledger_account.id"],
            name="fk_ledger_balance_account_id",
        ),
        CheckConstraint("balance_fen >= 0", name="floor"),
        CheckConstraint("balance_fen < 100000000000000000", name="limit"),
        CheckConstraint("is_held or reserved_fen = 0", name="reserved"),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    account_id: Mapped[int] = mapped_column(BigInteger)
    balance_fen: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    reserved_fen: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    is_held: Mapped[bool] = mapped_column(Boolean)


class LedgerHold(Base):
    """Money of a case reserved for one payout; ``origin_id`` is what it was reserved for."""

    __tablename__ = "ledger_hold"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "id"),
        CheckConstraint(_AMOUNT, name="amount"),
        CheckConstraint("state in ('reserved', 'posted', 'voided')", name="state"),
        CheckConstraint("(state = 'reserved') = (ended_at is null)", name="ended"),
        Index(
            "uq_ledger_hold_origin_id",
            "court_id",
            "origin_id",
            unique=True,
            postgresql_where=text("state <> 'voided'"),
        ),
        Index("ix_ledger_hold_case_id", "court_id", "case_id"),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[UUID] = mapped_column(Uuid)
    fund_account_id: Mapped[UUID] = mapped_column(Uuid)
    case_id: Mapped[UUID] = mapped_column(Uuid)
    origin_id: Mapped[UUID] = mapped_column(Uuid)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(Text, server_default=text("'reserved'"))
    reserved_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant, nullable=True)


class LedgerFold(Base):
    """Entries up to the court's mark, summed by day; ``account_id`` 0 sums all case or held accounts."""

    __tablename__ = "ledger_fold"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "fund_account_id", "kind", "account_id", "effective_on"),
        Index(
            "ix_ledger_fold_account_id",
            "court_id",
            "account_id",
            "effective_on",
            postgresql_where=text("account_id <> 0"),
        ),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    fund_account_id: Mapped[UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(Text)
    account_id: Mapped[int] = mapped_column(BigInteger)
    effective_on: Mapped[date] = mapped_column(Date)
    debit_fen: Mapped[int] = mapped_column(BigInteger)
    credit_fen: Mapped[int] = mapped_column(BigInteger)


class LedgerFoldMark(Base):
    """How far the fold of a court has come, and how far it may go once older transactions have ended."""

    __tablename__ = "ledger_fold_mark"
    __table_args__ = (PrimaryKeyConstraint("court_id"),)

    court_id: Mapped[int] = mapped_column(Integer)
    through_id: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    next_id: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    next_xid: Mapped[int] = mapped_column(Xid8(), server_default=text("'0'"))
