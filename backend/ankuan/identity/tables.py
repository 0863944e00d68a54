"""Secrets of identity. Only the platform itself (a system actor) sees these rows, whatever a person's scope is.

Passwords are kept as argon2 hashes, session keys and tokens as SHA-256 digests of 256 random bits.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Integer, PrimaryKeyConstraint, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ankuan.platform.db import Base, Instant, Uuid

__all__ = ["ApiToken", "Credential", "SignInGuard", "UserSession"]

_STAFF = (["court_id", "staff_id"], ["staff.court_id", "staff.id"])


class Credential(Base):
    """Login and password of a person. A login is one name in the whole deployment: it is what one signs in with."""

    __tablename__ = "credential"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "staff_id"),
        UniqueConstraint("login"),
        ForeignKeyConstraint(*_STAFF),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    staff_id: Mapped[UUID] = mapped_column(Uuid)
    login: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(Instant)


class SignInGuard(Base):
    """Failed attempts by login, kept alike for logins that do not exist, so that a lock-out tells nothing."""

    __tablename__ = "sign_in_guard"
    __table_args__ = (Index("ix_sign_in_guard_last_at", "last_at"),)

    login_digest: Mapped[str] = mapped_column(Text, primary_key=True)
    failures: Mapped[int] = mapped_column(Integer)
    locked_until: Mapped[datetime | None] = mapped_column(Instant, nullable=True)
    last_at: Mapped[datetime] = mapped_column(Instant)


class UserSession(Base):
    """A signed-in browser. ``standing`` is what the person was (court, department, roles) when it began."""

    __tablename__ = "user_session"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "id"),
        UniqueConstraint("token_digest"),
        ForeignKeyConstraint(*_STAFF),
        Index("ix_user_session_court_id_staff_id", "court_id", "staff_id"),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[UUID] = mapped_column(Uuid)
    staff_id: Mapped[UUID] = mapped_column(Uuid)
    token_digest: Mapped[str] = mapped_column(Text)
    standing: Mapped[str] = mapped_column(Text)
    remote: Mapped[str] = mapped_column(Text)
    user_agent: Mapped[str] = mapped_column(Text)
    began_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant, nullable=True)
    ended_why: Mapped[str | None] = mapped_column(Text, nullable=True)


class ApiToken(Base):
    """A key for a program that acts as a person. At most one of a name is valid at a time."""

    __tablename__ = "api_token"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "id"),
        UniqueConstraint("token_digest"),
        ForeignKeyConstraint(*_STAFF),
        Index(
            "uq_api_token_valid",
            "court_id",
            "staff_id",
            "name",
            unique=True,
            postgresql_where=text("revoked_at is null"),
        ),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[UUID] = mapped_column(Uuid)
    staff_id: Mapped[UUID] = mapped_column(Uuid)
    name: Mapped[str] = mapped_column(Text)
    token_digest: Mapped[str] = mapped_column(Text)
    issued_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime | None] = mapped_column(Instant, nullable=True)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant, nullable=True)
