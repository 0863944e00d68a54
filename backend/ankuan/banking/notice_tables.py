"""The table of what banks have called. ``alembic/versions/0012_abilities.py`` makes it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Integer, LargeBinary, PrimaryKeyConstraint, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ankuan.platform.db import Base, Instant, Uuid


class BankNotice(Base):
    """A genuine call of a bank, once however often it was repeated; ``headers`` and ``body`` are encrypted.

    ``verdict`` says what it led to: ``poll``, ``query``, ``no_need``, ``unknown_order`` or ``other``.
    """

    __tablename__ = "bank_notice"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "id"),
        UniqueConstraint("court_id", "fund_account_id", "notice_id"),
        ForeignKeyConstraint(["court_id", "fund_account_id"], ["fund_account.court_id", "fund_account.id"]),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[UUID] = mapped_column(Uuid)
    fund_account_id: Mapped[UUID] = mapped_column(Uuid)
    notice_id: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    client_ref: Mapped[str | None] = mapped_column(Text, nullable=True)
    instruction_id: Mapped[UUID | None] = mapped_column(Uuid, nullable=True)
    verdict: Mapped[str] = mapped_column(Text)
    headers: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    body: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    received_at: Mapped[datetime] = mapped_column(Instant)
    times: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    last_at: Mapped[datetime] = mapped_column(Instant)
