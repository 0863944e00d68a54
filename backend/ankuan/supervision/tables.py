"""Tables of supervision: notices that were sent, or are to be sent, and the phones they go to.

``alembic/versions/0008_supervision.py`` makes them; names are kept in step.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from ankuan.platform.db import Base, Instant, Uuid

__all__ = ["Notice", "StaffContact"]


class StaffContact(Base):
    """Phone of a person at work in a court, encrypted; the masked form is what screens show."""

    __tablename__ = "staff_contact"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "staff_id"),
        ForeignKeyConstraint(["court_id", "staff_id"], ["staff.court_id", "staff.id"]),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    staff_id: Mapped[UUID] = mapped_column(Uuid)
    phone_cipher: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    phone_masked: Mapped[str] = mapped_column(Text)
    set_at: Mapped[datetime] = mapped_column(Instant)


class Notice(Base):
    """One short message to one person about one thing. ``unknown``: it may have gone out, so it is not sent again."""

    __tablename__ = "notice"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "id"),
        UniqueConstraint("court_id", "about", "kind", "staff_id"),
        ForeignKeyConstraint(["court_id", "staff_id"], ["staff.court_id", "staff.id"]),
        CheckConstraint("state in ('waiting', 'sending', 'sent', 'refused', 'unknown')", name="state"),
        CheckConstraint("(state = 'waiting') = (next_at is not null)", name="next_at"),
        CheckConstraint("(state = 'sending') = (taken_until is not null)", name="taken_until"),
        CheckConstraint("(state in ('sent', 'refused', 'unknown')) = (ended_at is not null)", name="ended_at"),
        Index("ix_notice_due", "next_at", postgresql_where=text("state = 'waiting'")),
        Index("ix_notice_taken", "taken_until", postgresql_where=text("state = 'sending'")),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(Text)
    about: Mapped[UUID] = mapped_column(Uuid)
    staff_id: Mapped[UUID] = mapped_column(Uuid)
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    next_at: Mapped[datetime | None] = mapped_column(Instant, nullable=True)
    taken_until: Mapped[datetime | None] = mapped_column(Instant, nullable=True)
    provider: Mapped[str | None] = mapped_column(Text, nullable=True)
    provider_ref: Mapped[str | None] = mapped_column(Text, nullable=True)
    answer: Mapped[str | None] = mapped_column(Text, nullable=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant, nullable=True)
