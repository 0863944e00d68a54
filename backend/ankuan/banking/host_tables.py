"""Tables of the plugin host: health of endpoints, what was called, what is switched off, what was purged.

``alembic/versions/0013_plugin_host.py`` makes them.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Date, ForeignKeyConstraint, Integer, PrimaryKeyConstraint, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from ankuan.platform.db import Base, Instant, Uuid


class BankEndpoint(Base):
    """How the way to a fund account's bank is, as the process that called it last has seen it."""

    __tablename__ = "bank_endpoint"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "fund_account_id"),
        ForeignKeyConstraint(["court_id", "fund_account_id"], ["fund_account.court_id", "fund_account.id"]),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    fund_account_id: Mapped[UUID] = mapped_column(Uuid)
    state: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime | None] = mapped_column(Instant, nullable=True)
    failures: Mapped[int] = mapped_column(Integer)
    retry_at: Mapped[datetime | None] = mapped_column(Instant, nullable=True)
    last_ok_at: Mapped[datetime | None] = mapped_column(Instant, nullable=True)
    last_error: Mapped[str] = mapped_column(Text)
    p50_ms: Mapped[int] = mapped_column(Integer)
    p99_ms: Mapped[int] = mapped_column(Integer)
    calls: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    updated_at: Mapped[datetime] = mapped_column(Instant)


class BankEndpointCalls(Base):
    """Calls of a fund account's endpoint in five minutes, by all processes.

    Twelve places are an hour; each is used anew by the next, and ``slot`` says when its five minutes began.
    """

    __tablename__ = "bank_endpoint_calls"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "fund_account_id", "place"),
        ForeignKeyConstraint(["court_id", "fund_account_id"], ["fund_account.court_id", "fund_account.id"]),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    fund_account_id: Mapped[UUID] = mapped_column(Uuid)
    place: Mapped[int] = mapped_column(Integer)
    slot: Mapped[datetime] = mapped_column(Instant)
    calls: Mapped[int] = mapped_column(Integer)
    failures: Mapped[int] = mapped_column(Integer)


class PluginCall(Base):
    """Calls of a plugin's operation since ever, by all processes. ``buckets``: calls by time, not added up."""

    __tablename__ = "plugin_call"
    __table_args__ = (PrimaryKeyConstraint("plugin_id", "operation"),)

    plugin_id: Mapped[str] = mapped_column(Text)
    operation: Mapped[str] = mapped_column(Text)
    calls: Mapped[int] = mapped_column(BigInteger)
    failures: Mapped[int] = mapped_column(BigInteger)
    total_ms: Mapped[int] = mapped_column(BigInteger)
    buckets: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))


class PluginState(Base):
    """Switching a plugin off or on; the highest ``number`` holds. Append-only: who, when and why stay."""

    __tablename__ = "plugin_state"
    __table_args__ = (PrimaryKeyConstraint("plugin_id", "number"),)

    plugin_id: Mapped[str] = mapped_column(Text)
    number: Mapped[int] = mapped_column(Integer)
    enabled: Mapped[bool]
    changed_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(Text)


class RawMessagePurge(Base):
    """How many raw messages were purged on a day, and of which time the youngest was."""

    __tablename__ = "raw_message_purge"
    __table_args__ = (PrimaryKeyConstraint("court_id", "purged_on"),)

    court_id: Mapped[int] = mapped_column(Integer)
    purged_on: Mapped[date] = mapped_column(Date)
    messages: Mapped[int] = mapped_column(BigInteger)
    youngest_at: Mapped[datetime] = mapped_column(Instant)
