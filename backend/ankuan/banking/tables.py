"""Tables of banking. ``alembic/versions/0005_banking.py`` makes them; names are kept in step.

Facts (lines, sightings, attempts, answers, raw messages, import rows) are append-only. Of an instruction only what
the bank made of it changes, never what was ordered; a trigger refuses both kinds of cheating.
"""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Date,
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

from ankuan.banking.host_tables import BankEndpoint, BankEndpointCalls, PluginCall, PluginState, RawMessagePurge
from ankuan.banking.notice_tables import BankNotice
from ankuan.banking.paper_tables import PaperConfirmation, PaperPrint
from ankuan.kernel.money import Money
from ankuan.platform.db import Base, Instant, Uuid

__all__ = [
    "BankEndpoint",
    "BankEndpointCalls",
    "BankLine",
    "BankLineSighting",
    "BankNotice",
    "CaseAccount",
    "FundAccount",
    "Instruction",
    "InstructionAttempt",
    "InstructionFact",
    "PaperConfirmation",
    "PaperPrint",
    "PluginCall",
    "PluginState",
    "RawMessage",
    "RawMessagePurge",
    "StatementImport",
    "StatementImportRow",
]

_FUND_ACCOUNT = (["court_id", "fund_account_id"], ["fund_account.court_id", "fund_account.id"])
_INSTRUCTION = (["court_id", "instruction_id"], ["instruction.court_id", "instruction.id"])


class FundAccount(Base):
    """A court's real account at a bank (案款专户). ``cursor`` says how far its lines have been read.

    ``ref_length`` … ``files_decide`` note what the bank's plugin declares (``banking/abilities.py``).
    """

    __tablename__ = "fund_account"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "id"),
        UniqueConstraint("court_id", "bank_id", "account_no"),
        ForeignKeyConstraint(["court_id"], ["court.id"]),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[UUID] = mapped_column(Uuid)
    bank_id: Mapped[str] = mapped_column(Text)
    account_no: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    adjustment_account_no: Mapped[str | None] = mapped_column(Text, nullable=True)
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB)
    finality_seconds: Mapped[int] = mapped_column(Integer, server_default=text("21600"))
    in_flight_limit: Mapped[int] = mapped_column(Integer, server_default=text("8"))
    cursor: Mapped[str | None] = mapped_column(Text, nullable=True)
    polled_at: Mapped[datetime | None] = mapped_column(Instant, nullable=True)
    poll_after: Mapped[datetime | None] = mapped_column(Instant, nullable=True)
    poll_failures: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    ref_length: Mapped[int] = mapped_column(Integer, server_default=text("20"))
    ref_alphabet: Mapped[str] = mapped_column(Text, server_default=text("'0123456789'"))
    has_sub_accounts: Mapped[bool] = mapped_column(server_default=text("true"))
    adjusts: Mapped[bool] = mapped_column(server_default=text("true"))
    is_paper: Mapped[bool] = mapped_column(server_default=text("false"))
    files_decide: Mapped[bool] = mapped_column(server_default=text("false"))

    @property
    def finality_window(self) -> timedelta:
        """How long after a send the bank may still not find an order that it has taken."""
        return timedelta(seconds=self.finality_seconds)


class CaseAccount(Base):
    """The virtual account by which the bank knows a case."""

    __tablename__ = "case_account"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "case_id"),
        ForeignKeyConstraint(*_FUND_ACCOUNT),
        ForeignKeyConstraint(["court_id", "case_id"], ["court_case.court_id", "court_case.id"]),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    case_id: Mapped[UUID] = mapped_column(Uuid)
    fund_account_id: Mapped[UUID] = mapped_column(Uuid)
    sub_account_no: Mapped[str] = mapped_column(Text)
    linked_at: Mapped[datetime] = mapped_column(Instant)


class BankLine(Base):
    """One booking as a bank told it, once, however many feeds tell it (I16)."""

    __tablename__ = "bank_line"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "id"),
        ForeignKeyConstraint(*_FUND_ACCOUNT),
        Index("ix_bank_line_fingerprint", "court_id", "fund_account_id", "fingerprint"),
        Index("ix_bank_line_client_ref", "court_id", "client_ref", postgresql_where=text("client_ref is not null")),
        Index("ix_bank_line_booked", "court_id", "fund_account_id", "booked_on", "id"),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[UUID] = mapped_column(Uuid)
    fund_account_id: Mapped[UUID] = mapped_column(Uuid)
    source: Mapped[str] = mapped_column(Text)
    bank_key: Mapped[str] = mapped_column(Text)
    fingerprint: Mapped[str] = mapped_column(Text)
    direction: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    booked_on: Mapped[date] = mapped_column(Date)
    booked_at: Mapped[datetime | None] = mapped_column(Instant, nullable=True)
    sub_account_no: Mapped[str | None] = mapped_column(Text, nullable=True)
    counter_name: Mapped[str] = mapped_column(Text)
    counter_account: Mapped[str] = mapped_column(Text)
    counter_bank: Mapped[str] = mapped_column(Text)
    remark: Mapped[str] = mapped_column(Text)
    balance_after_fen: Mapped[int | None] = mapped_column(BigInteger, nullable=True)
    bank_ref: Mapped[str | None] = mapped_column(Text, nullable=True)
    client_ref: Mapped[str | None] = mapped_column(Text, nullable=True)
    adjustment_ref: Mapped[str | None] = mapped_column(Text, nullable=True)
    seen_at: Mapped[datetime] = mapped_column(Instant)

    @property
    def amount(self) -> Money:
        """Always above zero; ``direction`` says which way."""
        return Money(self.amount_fen)


class BankLineSighting(Base):
    """A feed's key for a booking. Each key that was ever told leads to one line."""

    __tablename__ = "bank_line_sighting"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "fund_account_id", "bank_key"),
        ForeignKeyConstraint(["court_id", "line_id"], ["bank_line.court_id", "bank_line.id"]),
        UniqueConstraint("court_id", "line_id", "source"),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    fund_account_id: Mapped[UUID] = mapped_column(Uuid)
    bank_key: Mapped[str] = mapped_column(Text)
    line_id: Mapped[UUID] = mapped_column(Uuid)
    source: Mapped[str] = mapped_column(Text)
    seen_at: Mapped[datetime] = mapped_column(Instant)


class RawMessage(Base):
    """What went over the wire, encrypted, as evidence. ``about``: how long it is kept (``keep_messages.About``)."""

    __tablename__ = "raw_message"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "id"),
        ForeignKeyConstraint(*_FUND_ACCOUNT),
        Index("ix_raw_message_instruction", "court_id", "instruction_id", "id"),
        Index("ix_raw_message_started", "court_id", "started_at"),
        Index("ix_raw_message_passing", "court_id", "started_at", postgresql_where=text("about = 'passing'")),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[UUID] = mapped_column(Uuid)
    fund_account_id: Mapped[UUID] = mapped_column(Uuid)
    instruction_id: Mapped[UUID | None] = mapped_column(Uuid, nullable=True)
    operation: Mapped[str] = mapped_column(Text)
    request: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    response: Mapped[bytes | None] = mapped_column(LargeBinary, nullable=True, deferred=True)
    note: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime] = mapped_column(Instant)
    about: Mapped[str] = mapped_column(Text, server_default=text("'lasting'"))
    reason: Mapped[str | None] = mapped_column(Text, nullable=True)


class Instruction(Base):
    """One order at one bank. What is ordered is fixed; ``client_ref`` is the same for every try (failures §1.1).

    An origin (payment line, allocation) has one order at a time: ``issue_no`` 2 comes only after 1 was refused.
    ``sent`` counts tries that may have left the house; ``lease_token`` fences the worker that holds the row.
    """

    __tablename__ = "instruction"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "id"),
        UniqueConstraint("client_ref"),
        UniqueConstraint("court_id", "origin_id", "issue_no"),
        ForeignKeyConstraint(*_FUND_ACCOUNT),
        ForeignKeyConstraint(["court_id", "case_id"], ["court_case.court_id", "court_case.id"]),
        Index("ix_instruction_case", "court_id", "case_id"),
        Index("ix_instruction_due", "next_try_at", postgresql_where=text("next_try_at is not null")),
        Index(
            "ix_instruction_open",
            "court_id",
            "fund_account_id",
            "state",
            postgresql_where=text("state not in ('settled', 'refused')"),
        ),
        Index("ix_instruction_held", "lease_until", postgresql_where=text("lease_until is not null")),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[UUID] = mapped_column(Uuid)
    fund_account_id: Mapped[UUID] = mapped_column(Uuid)
    purpose: Mapped[str] = mapped_column(Text)
    origin_id: Mapped[UUID] = mapped_column(Uuid)
    issue_no: Mapped[int] = mapped_column(Integer)
    case_id: Mapped[UUID | None] = mapped_column(Uuid, nullable=True)
    client_ref: Mapped[str] = mapped_column(Text)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    pay_from_sub_account: Mapped[str | None] = mapped_column(Text, nullable=True)
    payee_account: Mapped[str] = mapped_column(Text)
    payee_name: Mapped[str] = mapped_column(Text)
    payee_bank_name: Mapped[str] = mapped_column(Text)
    payee_bank_code: Mapped[str | None] = mapped_column(Text, nullable=True)
    to_sub_account: Mapped[str | None] = mapped_column(Text, nullable=True)
    adjustment_ref: Mapped[str | None] = mapped_column(Text, nullable=True)
    reason_text: Mapped[str] = mapped_column(Text)
    origin_digest: Mapped[str | None] = mapped_column(Text, nullable=True)
    content_digest: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)

    state: Mapped[str] = mapped_column(Text)
    sends: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    sent: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    first_sent_at: Mapped[datetime | None] = mapped_column(Instant, nullable=True)
    last_sent_at: Mapped[datetime | None] = mapped_column(Instant, nullable=True)
    word: Mapped[str | None] = mapped_column(Text, nullable=True)
    word_at: Mapped[datetime | None] = mapped_column(Instant, nullable=True)
    refused_at: Mapped[datetime | None] = mapped_column(Instant, nullable=True)
    refused_first: Mapped[int | None] = mapped_column(Integer, nullable=True)
    refused_last: Mapped[int | None] = mapped_column(Integer, nullable=True)
    not_found_at: Mapped[datetime | None] = mapped_column(Instant, nullable=True)
    settled_at: Mapped[datetime | None] = mapped_column(Instant, nullable=True)
    booked_on: Mapped[date | None] = mapped_column(Date, nullable=True)
    bank_ref: Mapped[str | None] = mapped_column(Text, nullable=True)
    bank_code: Mapped[str | None] = mapped_column(Text, nullable=True)
    bank_message: Mapped[str | None] = mapped_column(Text, nullable=True)
    next_try_at: Mapped[datetime | None] = mapped_column(Instant, nullable=True)
    lease_token: Mapped[UUID | None] = mapped_column(Uuid, nullable=True)
    lease_until: Mapped[datetime | None] = mapped_column(Instant, nullable=True)
    waits_for: Mapped[str | None] = mapped_column(Text, nullable=True)
    waits_until: Mapped[datetime | None] = mapped_column(Instant, nullable=True)

    @property
    def amount(self) -> Money:
        """What is ordered."""
        return Money(self.amount_fen)


class InstructionAttempt(Base):
    """Intent, committed before the first byte leaves: a submission or a query by one worker."""

    __tablename__ = "instruction_attempt"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "id"),
        ForeignKeyConstraint(*_INSTRUCTION),
        Index("ix_instruction_attempt_instruction", "court_id", "instruction_id", "id"),
        Index(
            "uq_instruction_attempt_submit",
            "court_id",
            "instruction_id",
            "number",
            unique=True,
            postgresql_where=text("kind = 'submit'"),
        ),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[UUID] = mapped_column(Uuid)
    instruction_id: Mapped[UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(Text)
    number: Mapped[int] = mapped_column(Integer)
    plugin: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(Instant)


class InstructionFact(Base):
    """What was learnt about an order, and what followed from it."""

    __tablename__ = "instruction_fact"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "id"),
        ForeignKeyConstraint(*_INSTRUCTION),
        Index("ix_instruction_fact_instruction", "court_id", "instruction_id", "id"),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[UUID] = mapped_column(Uuid)
    instruction_id: Mapped[UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text, nullable=True)
    code: Mapped[str] = mapped_column(Text)
    message: Mapped[str] = mapped_column(Text)
    line_id: Mapped[UUID | None] = mapped_column(Uuid, nullable=True)
    state_before: Mapped[str] = mapped_column(Text)
    state_after: Mapped[str] = mapped_column(Text)
    money: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)


class StatementImport(Base):
    """One imported statement file; ``sha256`` is the digest of its bytes."""

    __tablename__ = "statement_import"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "id"),
        ForeignKeyConstraint(*_FUND_ACCOUNT),
        Index("ix_statement_import_fund_account", "court_id", "fund_account_id", "id"),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[UUID] = mapped_column(Uuid)
    fund_account_id: Mapped[UUID] = mapped_column(Uuid)
    file_name: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(Text)
    format: Mapped[str] = mapped_column(Text)
    imported_at: Mapped[datetime] = mapped_column(Instant)
    imported_by: Mapped[str] = mapped_column(Text)
    row_count: Mapped[int] = mapped_column(Integer)
    recorded: Mapped[int] = mapped_column(Integer)
    duplicates: Mapped[int] = mapped_column(Integer)
    rejected: Mapped[int] = mapped_column(Integer)


class StatementImportRow(Base):
    """What became of one row of an imported file, with the row's text as it stood there."""

    __tablename__ = "statement_import_row"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "import_id", "row_no"),
        ForeignKeyConstraint(["court_id", "import_id"], ["statement_import.court_id", "statement_import.id"]),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    import_id: Mapped[UUID] = mapped_column(Uuid)
    row_no: Mapped[int] = mapped_column(Integer)
    outcome: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text, nullable=True)
    text: Mapped[str] = mapped_column(Text)
    amount_fen: Mapped[int | None] = mapped_column(BigInteger, nullable=True)
    line_id: Mapped[UUID | None] = mapped_column(Uuid, nullable=True)
