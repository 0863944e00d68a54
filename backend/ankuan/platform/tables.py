"""Tables of the technical ground: events, consumer cursors, counters, idempotency keys, alarms, files."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, Integer, LargeBinary, PrimaryKeyConstraint, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from ankuan.platform.db import Base, Instant, Uuid

__all__ = ["Alarm", "ConsumerCursor", "Counter", "EventRow", "IdempotencyKey", "StoredFile"]


class Xid8(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Name of the type in SQL."""
        return "xid8"


class EventRow(Base):
    """What has happened. Append-only; read in order of ``(xid, id)`` below the snapshot horizon."""

    __tablename__ = "event"
    __table_args__ = (PrimaryKeyConstraint("xid", "id"), Index("ix_event_court_id_id", "court_id", "id"))

    xid: Mapped[int] = mapped_column(Xid8(), server_default=text("pg_current_xact_id()"))
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    court_id: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(Text)
    subject: Mapped[UUID] = mapped_column(Uuid)
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    actor: Mapped[str] = mapped_column(Text, server_default=text("current_setting('ankuan.actor', true)"))
    at: Mapped[datetime] = mapped_column(Instant, server_default=text("clock_timestamp()"))


class ConsumerCursor(Base):
    """How far a consumer outside the transaction (plugin listener, notice writer) has come."""

    __tablename__ = "consumer_cursor"

    consumer: Mapped[str] = mapped_column(Text, primary_key=True)
    cursor: Mapped[str] = mapped_column(Text)
    moved_at: Mapped[datetime] = mapped_column(Instant, server_default=text("clock_timestamp()"))


class Counter(Base):
    """Numbers without gaps (I7): a row, never a sequence; a rolled-back transaction gives its number back."""

    __tablename__ = "counter"

    court_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)


class IdempotencyKey(Base):
    """Outcome of a mutation by the caller's key. Never expires: money has no 'later it is allowed again'."""

    __tablename__ = "idempotency_key"

    actor: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    operation: Mapped[str] = mapped_column(Text)
    input_digest: Mapped[str] = mapped_column(Text)
    outcome: Mapped[dict[str, Any] | None] = mapped_column(JSONB, nullable=True)
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=text("clock_timestamp()"))


class Alarm(Base):
    """Something a person must look at. One open alarm per ``(court, kind, subject_key)``; repeats are counted."""

    __tablename__ = "alarm"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "id"),
        Index(
            "uq_alarm_open", "court_id", "kind", "subject_key", unique=True, postgresql_where=text("cleared_at is null")
        ),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(Text)
    subject_key: Mapped[str] = mapped_column(Text)
    message: Mapped[str] = mapped_column(Text)
    times: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    raised_at: Mapped[datetime] = mapped_column(Instant)
    last_at: Mapped[datetime] = mapped_column(Instant)
    cleared_at: Mapped[datetime | None] = mapped_column(Instant, nullable=True)
    cleared_by: Mapped[str | None] = mapped_column(Text, nullable=True)
    note: Mapped[str | None] = mapped_column(Text, nullable=True)


class StoredFile(Base):
    """An uploaded file as it was received, until it is used."""

    __tablename__ = "stored_file"
    __table_args__ = (PrimaryKeyConstraint("court_id", "id"),)

    court_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[UUID] = mapped_column(Uuid)
    name: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(Integer)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    uploaded_by: Mapped[str] = mapped_column(Text)
    uploaded_at: Mapped[datetime] = mapped_column(Instant)
